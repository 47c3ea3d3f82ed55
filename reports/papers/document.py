"""Documents in Word: a template, shipped (``word_templates/``) or the office's own, filled with what the store holds.

The shipped ones follow the form of NĐ 30/2020/NĐ-CP, phụ lục I, and are edited in Word like any office's own. Drafts:
number, day and signature are left to the office that issues them, and no person is named.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Directive
from config.clock import HANOI, local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from config.text.counts import both_in_words, subtasks_among
from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of
from models.store.database import reading
from reports.figures import Tally, percent, points
from reports.papers.office_letters import OfficeAssignments, PaperRow
from reports.papers.period_report import PeriodReport

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SHIPPED = Path(__file__).parent / "word_templates"
"""The shipped templates, under the file names by which an office may put its own in their place."""

_UNNAMED_PLACE = "…………"


def report_document(found: PeriodReport, store: Store) -> bytes:
    """The consolidated report of a period, as a Word file."""
    period = period_in_words(found.period.key, "vi")
    counts, directive = found.figures, store.plan.directive(found.directive)
    span = f"từ {found.period.opens:%d/%m/%Y} đến {found.period.closes:%d/%m/%Y}"
    return _filled(
        "bao-cao.docx",
        store,
        directive,
        found.now,
        {
            **{name: getattr(found, name) for name in ("priorities", "offices", "late", "late_more", "is_sample")},
            "figures": counts,
            "period": period[:1].upper() + period[1:],
            "opening": f"Thực hiện {_in_full(directive)} và {found.assigned_by},"
            f" {_issuer(store, directive, found.now).name_vi} tổng hợp kết quả {period} (số liệu {span},"
            f" tình trạng tính đến {_moment(found.now)}) như sau:",
            "overall": f"Tổng số {found.subtasks.in_words('vi')}. Trong {counts.total} phần việc được giao:"
            f" {_in_words(counts)}. Tỷ lệ đúng hạn trên số đã đến hạn: {percent(counts.on_time_rate)}."
            f"{_of_joint_leads(found)}",
            "compared": _compared(found),
            "ahead": _ahead(counts),
        },
    )


def _of_joint_leads(found: PeriodReport) -> str:
    """That the rows of offices add up to more than there is, where they do."""
    if sum(tally.total for _, tally in found.offices) <= found.figures.total:
        return ""
    return (
        " Việc nhiều cơ quan cùng chủ trì được tính một lần trong số chung và tính cho từng cơ quan, nên cộng số của"
        " các cơ quan lớn hơn số chung."
    )


def slip_document(found: OfficeAssignments, store: Store) -> bytes:
    """The slip of all that an office has to do, as a Word file."""
    grounds = (f"Căn cứ {_in_full(store.plan.directive(found.directive))};", f"Căn cứ {found.assigned_by}.")
    opening = f"{found.office} được giao {_both(found.all)} sau:"
    return _of_office("phieu-giao-viec.docx", found, store, opening=opening, grounds=grounds)


def reminder_document(found: OfficeAssignments, store: Store) -> bytes:
    """The letter that urges an office on. Raises ``Refused`` when nothing of its work is late or nearly so."""
    directive = store.plan.directive(found.directive)
    if not found.late and not found.soon:
        raise Refused(
            f"{found.office} không có việc quá hạn hay sắp đến hạn; không có gì để đôn đốc.",
            f"{found.office} has nothing late or due soon; there is nothing to urge.",
        )
    parts = ((found.late, "quá hạn"), (found.soon, "sắp đến hạn"))
    counted = " và ".join(f"{_both(rows)} {how}" for rows, how in parts if rows)
    opening = (
        f"Thực hiện {_in_full(directive)} và {found.assigned_by}, tính đến {_moment(found.now)}, {found.office} có"
        f" {counted}."
    )
    # A letter of the coordinating office to itself goes to those in it who do the work.
    own = found.office == _issuer(store, directive, found.now).name_vi
    addressee = f"Các đơn vị được giao nhiệm vụ thuộc {found.office}" if own else found.office
    return _of_office("don-doc.docx", found, store, opening=opening, addressee=addressee)


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


def _of_office(name: str, found: OfficeAssignments, store: Store, **said: Any) -> bytes:
    closing = (
        "Đề nghị cơ quan thực hiện đúng thời hạn, báo cáo kết quả hoặc đề nghị gia hạn tại trang đôn đốc"
        f" {store.settings.portal_url} theo đường dẫn trong thư của cơ quan."
    )
    filled = {name: getattr(found, name) for name in ("office", "all", "late", "soon", "is_sample")}
    return _filled(name, store, store.plan.directive(found.directive), found.now, filled | said | {"closing": closing})


def _filled(name: str, store: Store, directive: Directive, now: datetime, content: Mapping[str, Any]) -> bytes:
    coordinator = _issuer(store, directive, now)
    shared = {
        "issuer": coordinator.name_vi,
        "symbol": coordinator.code,
        "place": directive.place_vi or _UNNAMED_PLACE,
        "year": now.astimezone(HANOI).year,
        "moment": _moment(now),
        "directive": _in_full(directive),
    }
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.filters |= {"rate": percent, "in_words": _in_words, "one_line": _one_line}
    folder = store.settings.templates_dir
    own = folder / name if folder and (folder / name).exists() else None
    with reading(store.engine) as connection:
        trail = f"Nhật ký đến sự kiện số {anchor_of(connection, now).printed}"
    if own is None:
        return _rendered(SHIPPED / name, {**shared, **content}, environment, trail)
    try:
        return _rendered(own, {**shared, **content}, environment, trail)
    except TemplateError as fault:
        raise Refused(
            f"Mẫu {own}: chỗ điền không dùng được ({fault}). Xem các chỗ điền có sẵn trong docs/documents.md.",
            f"Template {own}: a placeholder cannot be used ({fault}). See docs/documents.md for those there are.",
        ) from None
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as fault:
        raise Refused(
            f"Mẫu {own} không đọc được như tệp Word (.docx): {fault}. Lưu lại bằng Word, hoặc bỏ tệp để dùng mẫu"
            " có sẵn.",
            f"Template {own} cannot be read as a Word file (.docx): {fault}. Save it again in Word, or remove it.",
        ) from None


def _rendered(template: Path, content: Mapping[str, Any], environment: SandboxedEnvironment, trail: str) -> bytes:
    """The filled template, with the end of the audit trail in its last footer: on paper nobody changes it."""
    opened, file = DocxTemplate(template), BytesIO()
    opened.render(content, environment, autoescape=True)
    line = opened.sections[-1].footer.add_paragraph().add_run(trail)
    line.font.size = Pt(7)
    opened.save(file)
    return file.getvalue()


def _compared(found: PeriodReport) -> str:
    before = found.before.on_time_rate if found.before else None
    changed = points(found.figures.on_time_rate, before)
    if changed is None:
        return "Chưa có số liệu kỳ trước để so sánh."
    change = "không đổi" if changed == 0 else f"{'tăng' if changed > 0 else 'giảm'} {abs(changed)} điểm phần trăm"
    return f"So với kỳ trước ({percent(before)}), tỷ lệ đúng hạn {change}."


def _issuer(store: Store, directive: Directive, now: datetime) -> OfficeSpec:
    """The coordinating office, in whose name papers are written."""
    return store.plan.office(store.plan.current_office(directive.coordinator, local_date(now)))


def _in_full(directive: Directive) -> str:
    # The day stays with its word where a line of a title ends.
    return f"{directive.title_vi} (ngày\N{NO-BREAK SPACE}{directive.date:%d/%m/%Y})"


def _ahead(counts: Tally) -> str:
    late, open_ = counts.open_overdue, counts.open_within_term - counts.standing - counts.undated
    if not late and not open_:
        return "Tiếp tục đôn đốc các nhiệm vụ được giao trong kỳ tới."
    soon = f", trong đó {counts.due_soon} phần việc sắp đến hạn" if counts.due_soon else ""
    parts = ((late, "đang chậm"), (open_, "còn trong hạn"))
    counted = " và ".join(f"{number} phần việc {how}" for number, how in parts if number)
    return f"Tiếp tục đôn đốc {counted}{soon}."


def _both(rows: Sequence[PaperRow]) -> str:
    """«3 nhiệm vụ (5 phần việc)»."""
    return both_in_words(subtasks_among(rows), len(rows))


def _in_words(counts: Tally) -> str:
    words = (
        (counts.done_on_time - counts.done_undated, "hoàn thành đúng hạn"),
        (counts.done_undated, "hoàn thành, không có hạn"),
        (counts.done_late, "hoàn thành quá hạn"),
        (counts.open_within_term - counts.standing - counts.undated, "chưa hoàn thành, trong hạn"),
        (counts.standing, "thường xuyên"),
        (counts.undated, "chưa định hạn"),
        (counts.open_overdue, "chưa hoàn thành, quá hạn"),
    )
    return "; ".join(f"{number} {word}" for number, word in words if number) or "không có"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _moment(now: datetime) -> str:
    return f"{now.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"


_PATIENCE_S = 120


def to_pdf(document: bytes) -> bytes:
    """The document as PDF; raises ``Refused`` without LibreOffice, or when it cannot turn it."""
    program = office_program()
    if program is None:
        raise Refused(
            "Chưa cài LibreOffice nên chưa xuất được PDF; cài gói libreoffice-writer, hoặc lấy tệp Word.",
            "LibreOffice is not installed, so there is no PDF; install libreoffice-writer, or take the Word file.",
        )
    with tempfile.TemporaryDirectory(prefix="dondoc-pdf-") as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(document)
        # A profile of its own, so that an office suite somebody has open on this machine is left alone.
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        try:
            subprocess.run(
                [*command, "--convert-to", "pdf", "--outdir", folder, str(source)],
                check=True,
                capture_output=True,
                timeout=_PATIENCE_S,
            )
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise Refused(
                "LibreOffice không chuyển được tệp sang PDF; lấy tệp Word.",
                "LibreOffice could not make a PDF of it; take the Word file.",
            ) from None


def office_program() -> str | None:
    """Where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")
