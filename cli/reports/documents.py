"""`dondoc document`: Word and PDF documents, ready to be numbered and signed."""

from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console
from sqlalchemy import Connection, and_

from cli.options import AS_OF, DIRECTIVE
from cli.store import effective_time, open_configured_store, read_as_of
from config.clock import now, parse_date
from config.rules.periods import parse_period
from config.text.atomic_write import atomic_write
from intake.files.evidence import examine
from models.alerts.status import in_directive, overdue
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.parties import own_work
from models.work.verbs.urging import LetterToRecord
from notifications.words.urging_letter import urge_in_writing
from reports.papers.document import issuer, reminder_document, report_document, slip_document
from reports.papers.filling import write_templates
from reports.papers.office_letters import OfficeAssignments, assignments_for_paper, office_assignments
from reports.papers.pdf import font_warning, to_pdf
from reports.papers.period_report import period_report
from reports.papers.signing import record_signature, signed_pdf

app = typer.Typer()

Writer = Callable[[Store, Connection], bytes]
"""Writes a document from what a connection shows: the store as it is, or as it was."""

_OFFICE = typer.Argument(help="Mã cơ quan. / Code of the office.")
_OUT = typer.Option(
    ..., "-o", "--output", metavar="TỆP", help="Tệp sẽ ghi, ví dụ bao-cao.docx. / The file to write, e.g. report.docx."
)
_PDF = typer.Option(
    False, "--pdf", help="Ghi PDF thay cho Word; cần LibreOffice. / Write PDF instead of Word; needs LibreOffice."
)

_SIGN = typer.Option(
    False,
    "--sign",
    help="PDF có chữ ký số của cơ quan (DONDOC_SIGNING_CERTIFICATE). / A PDF signed with the office's certificate.",
)


@app.command("report")
def report_command(
    period: str = typer.Argument(
        help="Kỳ: 2026-11, 2026-Q4, 2026-H2 hoặc 2026. / Period: 2026-11, 2026-Q4, 2026-H2 or 2026."
    ),
    output: Path = _OUT,
    pdf: bool = _PDF,
    sign: bool = _SIGN,
    directive: str | None = DIRECTIVE,
    as_of: str | None = AS_OF,
) -> None:
    """Báo cáo tổng hợp của một kỳ. / Write the consolidated report of a period."""
    wanted = parse_period(period)

    def write(store: Store, connection: Connection) -> bytes:
        found = period_report(connection, store, wanted, now=effective_time(as_of), directive=directive)
        return report_document(found, store)

    _write(write, output, pdf, sign, directive, as_of)


def _office_command(paper: Callable[[OfficeAssignments, Store], bytes]) -> Callable[..., None]:
    def command(
        office: str = _OFFICE,
        output: Path = _OUT,
        pdf: bool = _PDF,
        sign: bool = _SIGN,
        directive: str | None = DIRECTIVE,
        as_of: str | None = AS_OF,
    ) -> None:
        def write(store: Store, connection: Connection) -> bytes:
            found = office_assignments(connection, store, office, now=effective_time(as_of), directive=directive)
            return paper(found, store)

        _write(write, output, pdf, sign, directive, as_of, office)

    return command


app.command("slip", help="Phiếu giao việc của một cơ quan. / Write an office's assignment slip.")(
    _office_command(slip_document)
)
app.command("reminder", help="Văn bản đôn đốc một cơ quan. / Write an urging letter to an office.")(
    _office_command(reminder_document)
)


@app.command("urged")
def urged_command(
    office: str = _OFFICE,
    paper: Path = typer.Argument(help="Văn bản đã ký: PDF, Word, ảnh. / The signed letter: PDF, Word or a photo."),
    number: str = typer.Option(..., "--number", help="Số, ký hiệu, ví dụ 45/CV-VP. / Number and symbol."),
    issued: str = typer.Option(
        ..., "--issued", help="Ngày văn bản, ví dụ 2026-11-05. / Date of the letter, e.g. 2026-11-05."
    ),
    answer_by: str = typer.Option(..., "--answer-by", help="Trả lời chậm nhất ngày. / Reply requested by."),
    assignment: list[int] = typer.Option(
        [],
        "--assignment",
        help="Số của việc; để trống là mọi việc quá hạn. / Assignment numbers; all overdue work by default.",
    ),
    corrects: int | None = typer.Option(
        None, "--corrects", help="Số thứ tự văn bản được thay. / Number in the store of the letter it replaces."
    ),
    directive: str | None = DIRECTIVE,
) -> None:
    """Ghi văn bản đôn đốc đã ban hành, báo cho cơ quan. / Record an issued urging letter and notify the office."""
    days = parse_date(issued, "--issued"), parse_date(answer_by, "--answer-by")
    with open_configured_store() as store, paper.open("rb") as file:
        examined = examine(paper.name, file)
        context = store.actor_context(now=now(), actor="command")
        code, followed = store.plan.office_named(office).code, store.plan.directive(directive)
        with session_scope(store.engine) as session:
            late = and_(own_work(session.connection(), code), in_directive(store.plan, followed), overdue(context.now))
            chosen = assignment or [each.id for each in assignments_for_paper(session.connection(), late)]
            letter = LetterToRecord(
                code, followed.code, number, *days, assignments=frozenset(chosen), corrects=corrects
            )
            recorded = urge_in_writing(session, store, letter, examined, context)
            said = f"{recorded.id}: {recorded.number}, {len(letter.assignments)}"
    print(f"Đã ghi văn bản đôn đốc {said} việc; thư đang chờ gửi. Recorded; the message is waiting to be sent.")


@app.command("templates")
def templates_command(folder: Path = typer.Argument(help="Thư mục sẽ ghi. / The folder to write to.")) -> None:
    """Ghi các mẫu Word ra để sửa thành mẫu riêng. / Write the Word templates to a folder, to be edited."""
    for path in write_templates(folder):
        print(path)
    print(f"Sửa bằng Word rồi đặt DONDOC_TEMPLATES={folder.absolute()}. Edit them, then set DONDOC_TEMPLATES.")


def _write(
    write: Writer,
    output: Path,
    pdf: bool,
    sign: bool,
    directive: str | None,
    as_of: str | None,
    office: str | None = None,
) -> None:
    console = Console(stderr=True)
    with console.status("Đang lập văn bản … / writing"), open_configured_store() as store:
        with read_as_of(store, as_of) as connection:
            content = write(store, connection)
        if pdf or sign:
            content = to_pdf(content)
            if warning := font_warning():
                console.print(" / ".join(warning))
        if sign:
            content = _signed(store, content, directive, office)
        with atomic_write(output) as file:
            file.write(content)
    print(f"Đã ghi {output}. Written.")


def _signed(store: Store, content: bytes, directive: str | None, office: str | None) -> bytes:
    """Signed for the coordinating office, and on record before anybody has it."""
    whose, context = store.plan.directive(directive), store.actor_context(now=now(), actor="command")
    signed = signed_pdf(content, store.settings, issuer=issuer(store, whose, context.now).name_vi, now=context.now)
    code = store.plan.office_named(office).code if office else None
    with session_scope(store.engine) as session:
        record_signature(session, signed, context, directive=whose.code, office=code)
    return signed
