"""Word templates, shipped (``word_templates/``) or the office's own, filled with what a paper says.

The shipped ones follow NĐ 30/2020/NĐ-CP, phụ lục I, those of Party offices HD 36-HD/VPTW. They are edited in Word like
any office's own.
"""

import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import DocxTemplate, RichText
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import SandboxedEnvironment

from config.errors import Refused
from config.text.counts import thousands
from config.text.shapes import printable
from reports.figures import percent
from reports.papers.first_page import in_words
from reports.papers.template_check import SEE_EN, SEE_VI, check_template, opened, place_of, plain_spaces

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SHIPPED = Path(__file__).parent / "word_templates"
"""The shipped templates, under the file names by which an office may put its own in their place."""


def write_templates(folder: Path) -> list[Path]:
    """Write the shipped templates into ``folder`` to be edited; raises ``Refused`` rather than write over a file."""
    paths = [folder / path.name for path in sorted(SHIPPED.iterdir())]
    if there := [path.name for path in paths if path.exists()]:
        raise Refused(
            f"Trong {folder} đã có {', '.join(there)}; chọn thư mục khác để không ghi đè.",
            f"{folder} holds {', '.join(there)} already; choose another folder.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            shutil.copyfile(SHIPPED / path.name, path)
    except OSError as fault:
        raise Refused(
            f"Không ghi được vào {folder} ({fault.strerror}).", f"Cannot write into {folder} ({fault.strerror})."
        ) from None
    return paths


def filled(
    name: str, content: Mapping[str, Any], *, own: Path | None, author: str, title: str, now: datetime, trail: str
) -> bytes:
    """A template with its placeholders filled in.

    own     a folder of templates that stand in place of the shipped ones of the same name
    author  the office in whose name the paper is written; with ``title`` and ``now`` the file's own properties
    trail   the end of the audit trail, for the footer: on paper nobody changes it

    Raises ``Refused`` where a template of one's own cannot be used, and says at which place.
    """
    path = own / name if own and (own / name).exists() else SHIPPED / name
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_as_written)
    environment.filters |= {"rate": percent, "in_words": in_words, "one_line": _one_line}
    document = opened(path)
    if path.parent != SHIPPED:
        check_template(path, document, content)
        plain_spaces(document)
        document.save(template := BytesIO())
    else:
        template = BytesIO(path.read_bytes())
    filling = DocxTemplate(template)
    try:
        filling.render(dict(content), environment, autoescape=True)
    except TemplateError as fault:
        vi, en, word = _told(fault)
        at_vi, at_en = place_of(document, word)
        raise _unusable(path, at_vi + vi, at_en + en) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        vi = "một phép tính hoặc bộ lọc không làm được với giá trị ở chỗ điền; bỏ phép tính ấy"
        raise _unusable(path, vi, "a calculation or filter cannot be done with its value; take it out") from None
    if filling.docx.element.body.xpath(".//w:t/w:r"):
        vi = "hình thanh và chú giải («bar», «legend») phải viết «{{r bar }}», có chữ r liền sau ngoặc"
        raise _unusable(path, vi, "bars and legends must be written '{{r bar }}', with an r after the braces")
    sign_off(filling, author=author, title=title, now=now, trail=trail)
    filling.save(file := BytesIO())
    return file.getvalue()


def empty_document() -> DocumentObject:
    """A Word file of nothing but the page, the font and the page numbers of the shipped templates."""
    document = Document(str(SHIPPED / "don-doc.docx"))
    body = document.element.body
    for block in list(body)[:-1]:  # the last one says what the page is
        body.remove(block)
    return document


def add_run(paragraph: Paragraph, text: str) -> Run:
    """Words at the end of a paragraph, also where a text that was kept holds what no Word file can."""
    return paragraph.add_run(printable(text))


def sign_off(document: Any, *, author: str, title: str, now: datetime, trail: str) -> None:
    """Give a Word file its own properties, and the end of the audit trail at the foot of each page."""
    own_properties(document, author=author, title=title, now=now)
    first = document.sections[0]
    feet = [
        document.sections[-1].footer,
        *([first.first_page_footer] if first.different_first_page_header_footer else []),
    ]
    for foot in feet:
        line = add_run(foot.add_paragraph(), trail)
        line.font.size = Pt(7)


def own_properties(document: Any, *, author: str, title: str, now: datetime) -> None:
    """The author, the title and the time of a Word file, and none of a library's or a template's."""
    about = document.core_properties
    about.author = about.last_modified_by = author
    about.title, about.language = printable(title)[:255], "vi-VN"
    about.created = about.modified = now
    about.comments = about.keywords = about.subject = ""
    about.revision = 1


def _unusable(path: Path, vi: str, en: str) -> Refused:
    return Refused(
        f"Mẫu {path}: chỗ điền không dùng được: {vi}. {SEE_VI}",
        f"Template {path}: a placeholder cannot be used: {en}. {SEE_EN}",
    )


def _as_written(value: object) -> object:
    """Numbers as Vietnamese writes them: 2.130. Raises ``TemplateRuntimeError`` for what is no text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return thousands(value)
    if type(value) is str:
        return printable(value)
    if value is None or isinstance(value, str | bool | float | RichText | Undefined):
        return value
    raise TemplateRuntimeError(_NO_TEXT)


_NO_TEXT = "no text"


def _one_line(text: str) -> str:
    return " ".join(text.split())


_QUOTED = re.compile(r"'([^']*)'")
_OF_XML = ("<", "/", ">")
"""What follows a placeholder that was never closed."""


def _told(fault: TemplateError) -> tuple[str, str, str]:
    """A fault of Jinja's in words, Vietnamese and English, and the word of the template that it is about."""
    said = str(fault.message or fault)
    if said == _NO_TEXT:
        return (
            "một chỗ điền là danh sách hoặc bản ghi, không phải chữ; lặp bằng «{%p for … %}» hoặc «{%tr for … %}», hay"
            " chọn một phần của nó",
            "a placeholder is a list or a record, not text; repeat it with '{%p for … %}' or name a part of it",
            "",
        )
    names = _QUOTED.findall(said)
    first, last = (names[0], names[-1]) if names else ("", "")
    if isinstance(fault, SecurityError):
        return f"«{first}» không được dùng trong mẫu", f"'{first}' is not allowed in a template", first
    if isinstance(fault, UndefinedError):
        if "has no attribute" in said:
            return f"không có phần «{last}» ở chỗ điền này", f"there is no part '{last}' of this placeholder", last
        if not names:
            return "danh sách không có phần tử ấy", "a list has no such element", ""
        return f"không có chỗ điền «{first}»", f"there is no placeholder '{first}'", first
    if "filter" in said:
        return f"không có bộ lọc «{first}»", f"there is no filter '{first}'", first
    if "unknown tag" in said:
        vi, en = f"không có lệnh «{first}», hoặc thừa lệnh này", f"there is no command '{first}', or it is superfluous"
        return vi, en, first
    if isinstance(fault, TemplateSyntaxError) and ("end of" in said or last in _OF_XML):
        return (
            "một lệnh «for» hoặc «if» chưa đóng bằng «endfor» hoặc «endif», hoặc thiếu dấu đóng «}}», «%}»",
            "a 'for' or 'if' is not closed by 'endfor' or 'endif', or a closing '}}' or '%}' is missing",
            "",
        )
    near_vi, near_en = (f" gần «{last}»", f" near '{last}'") if last else ("", "")
    return f"viết sai cú pháp{near_vi}", f"a syntax error{near_en}", last
