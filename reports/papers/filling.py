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
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Pt
from docx.table import _Cell
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from config.errors import Refused
from config.text.counts import thousands
from reports.figures import percent
from reports.papers.first_page import in_words

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SHIPPED = Path(__file__).parent / "word_templates"
"""The shipped templates, under the file names by which an office may put its own in their place."""


def write_templates(folder: Path) -> list[Path]:
    """Write the shipped templates into ``folder`` to be edited; raises ``Refused`` rather than write over a file."""
    paths = [folder / path.name for path in sorted(SHIPPED.iterdir())]
    if there := [path.name for path in paths if path.exists()]:
        raise Refused(
            f"Trong {folder} đã có {', '.join(there)}; chọn thư mục khác để không ghi đè.",
            f"{folder} already contains {', '.join(there)}; choose another folder so that nothing is overwritten.",
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
    try:
        if path.parent != SHIPPED:
            _refuse_split_rows(path)
        opened = DocxTemplate(path)
        opened.render(dict(content), environment, autoescape=True)
    except TemplateError as fault:
        vi, en = _told(fault)
        raise Refused(
            f"Mẫu {path}: chỗ điền không dùng được: {vi}. Xem các chỗ điền có sẵn trong docs/documents.md.",
            f"Template {path}: a placeholder cannot be used: {en}. See docs/documents.md for the available "
            "placeholders.",
        ) from None
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as fault:
        raise Refused(
            f"Mẫu {path} không đọc được như tệp Word (.docx): {fault}. Lưu lại bằng Word, hoặc bỏ tệp để dùng mẫu"
            " có sẵn.",
            f"Template {path} cannot be read as a Word file (.docx): {fault}. Save it again in Word, or remove it.",
        ) from None
    sign_off(opened, author=author, title=title, now=now, trail=trail)
    opened.save(file := BytesIO())
    return file.getvalue()


def empty_document() -> DocumentObject:
    """A Word file of nothing but the page, the font and the page numbers of the shipped templates."""
    document = Document(str(SHIPPED / "don-doc.docx"))
    body = document.element.body
    for block in list(body)[:-1]:  # the last one says what the page is
        body.remove(block)
    return document


def sign_off(document: Any, *, author: str, title: str, now: datetime, trail: str) -> None:
    """Give a Word file its own properties, and the end of the audit trail at the foot of each page."""
    own_properties(document, author=author, title=title, now=now)
    first = document.sections[0]
    feet = [
        document.sections[-1].footer,
        *([first.first_page_footer] if first.different_first_page_header_footer else []),
    ]
    for foot in feet:
        line = foot.add_paragraph().add_run(trail)
        line.font.size = Pt(7)


def own_properties(document: Any, *, author: str, title: str, now: datetime) -> None:
    """The author, the title and the time of a Word file, and none of a library's or a template's."""
    about = document.core_properties
    about.author = about.last_modified_by = author
    about.title, about.language = title[:255], "vi-VN"
    about.created = about.modified = now
    about.comments = about.keywords = about.subject = ""
    about.revision = 1


def _as_written(value: object) -> object:
    """Numbers as Vietnamese writes them: 2.130."""
    return thousands(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _one_line(text: str) -> str:
    return " ".join(text.split())


_BLOCK = re.compile(r"{%-?\s*(for|if|endfor|endif)\b")


def _refuse_split_rows(path: Path) -> None:
    """Refuse «{% for %}» begun in one cell of a table and ended in another: Word would lose the table by it."""
    for table in Document(str(path)).tables:
        for row in table.rows:
            for cell in row.cells:
                begun = _open_blocks(cell)
                if begun:
                    raise Refused(
                        f"Mẫu {path}: trong bảng có «{{% {begun} … %}}» không đóng trong cùng một ô. Để lặp hoặc bỏ cả"
                        f" hàng, viết «{{%tr {begun} … %}}» và «{{%tr end{begun.removeprefix('end')} %}}», mỗi lệnh"
                        " trong một hàng riêng.",
                        f"Template {path}: a table has '{{% {begun} … %}}' that is not closed in the same cell. To "
                        f"repeat or omit whole rows, write '{{%tr {begun} … %}}' and"
                        f" '{{%tr end{begun.removeprefix('end')} %}}', each in a row of its own.",
                    )


def _open_blocks(cell: _Cell) -> str:
    """A block that this cell begins or ends without the other half; empty where each is whole."""
    waiting: list[str] = []
    for found in _BLOCK.finditer(cell.text):
        word = found[1]
        if not word.startswith("end"):
            waiting.append(word)
        elif not waiting or waiting.pop() != word.removeprefix("end"):
            return word.removeprefix("end")
    return waiting[0] if waiting else ""


_QUOTED = re.compile(r"'([^']*)'")
_OF_XML = ("<", "/", ">")
"""What follows a placeholder that was never closed."""


def _told(fault: TemplateError) -> tuple[str, str]:
    """A fault of Jinja's in words, Vietnamese and English."""
    said = str(fault.message or fault)
    names = _QUOTED.findall(said)
    first, last = (names[0], names[-1]) if names else ("", "")
    if isinstance(fault, SecurityError):
        return f"«{first}» không được dùng trong mẫu", f"'{first}' is not allowed in a template"
    if isinstance(fault, UndefinedError):
        if "has no attribute" in said:
            return f"không có phần «{last}» ở chỗ điền này", f"there is no part '{last}' of this placeholder"
        return f"không có chỗ điền «{first}»", f"there is no placeholder '{first}'"
    if "filter" in said:
        return f"không có bộ lọc «{first}»", f"there is no filter '{first}'"
    if "unknown tag" in said:
        return f"không có lệnh «{first}», hoặc thừa lệnh này", f"there is no command '{first}', or it is superfluous"
    if isinstance(fault, TemplateSyntaxError) and ("end of" in said or last in _OF_XML):
        return (
            "một lệnh «for» hoặc «if» chưa đóng bằng «endfor» hoặc «endif», hoặc thiếu dấu đóng «}}», «%}»",
            "a 'for' or 'if' is not closed by 'endfor' or 'endif', or a closing '}}' or '%}' is missing",
        )
    near_vi, near_en = (f" gần «{last}»", f" near '{last}'") if last else ("", "")
    return f"viết sai cú pháp{near_vi}", f"a syntax error{near_en}"
