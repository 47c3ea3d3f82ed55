"""`dondoc document`: papers in Word and PDF, ready to be numbered and signed."""

from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console
from sqlalchemy import Connection

from cli.workspace import AsOf, DirectiveOption, instant, looking, opened
from config.rules.periods import parse_period
from config.text.atomic_write import atomic_write
from models.keeping.opening import Store
from reports.papers.document import reminder_document, report_document, slip_document, write_templates
from reports.papers.office_letters import OfficeAssignments, office_assignments
from reports.papers.pdf import to_pdf
from reports.papers.period_report import period_report

app = typer.Typer(no_args_is_help=True, help="Văn bản Word và PDF. Documents in Word and PDF.")

Made = Callable[[Store, Connection], bytes]
"""Gathers what a document holds and writes it, from a store as it is or was."""

_OFFICE = typer.Argument(help="Mã cơ quan. The office.")
_OUT = typer.Option(..., "-o", "--output", metavar="TỆP", help="Tệp sẽ ghi, ví dụ bao-cao.docx. The file to write.")
_PDF = typer.Option(False, "--pdf", help="Ghi PDF thay cho Word; cần LibreOffice. PDF in place of Word.")


@app.callback()
def document() -> None:
    """Văn bản Word và PDF. Documents in Word and PDF."""


@app.command("report")
def report_command(
    period: str = typer.Argument(help="Kỳ: 2026-11, 2026-Q4, 2026-H2 hoặc 2026. The period."),
    output: Path = _OUT,
    pdf: bool = _PDF,
    directive: str | None = DirectiveOption,
    as_of: str | None = AsOf,
) -> None:
    """Báo cáo tổng hợp của một kỳ. The consolidated report of a period."""
    asked = parse_period(period)

    def made(store: Store, connection: Connection) -> bytes:
        now = instant(as_of)
        plan, calendar = store.plan, store.calendar
        found = period_report(connection, asked, plan=plan, calendar=calendar, now=now, directive=directive)
        return report_document(found, store)

    _write(made, output, pdf, as_of)


@app.command("slip")
def slip_command(
    office: str = _OFFICE,
    output: Path = _OUT,
    pdf: bool = _PDF,
    directive: str | None = DirectiveOption,
    as_of: str | None = AsOf,
) -> None:
    """Phiếu giao việc của một cơ quan. The slip of all that an office has to do."""
    _write(_of_office(slip_document, office, directive, as_of), output, pdf, as_of)


@app.command("reminder")
def reminder_command(
    office: str = _OFFICE,
    output: Path = _OUT,
    pdf: bool = _PDF,
    directive: str | None = DirectiveOption,
    as_of: str | None = AsOf,
) -> None:
    """Văn bản đôn đốc một cơ quan. The letter that urges an office on."""
    _write(_of_office(reminder_document, office, directive, as_of), output, pdf, as_of)


@app.command("templates")
def templates_command(folder: Path = typer.Argument(help="Thư mục sẽ ghi. Where to write them.")) -> None:
    """Ghi các mẫu Word ra để sửa thành mẫu riêng. Write the Word templates out to be edited."""
    for path in write_templates(folder):
        print(path)
    print(f"Sửa bằng Word rồi đặt DONDOC_TEMPLATES={folder.absolute()}. Edit them, then set DONDOC_TEMPLATES.")


def _of_office(
    paper: Callable[[OfficeAssignments, Store], bytes], office: str, directive: str | None, as_of: str | None
) -> Made:
    def made(store: Store, connection: Connection) -> bytes:
        plan, calendar, now = store.plan, store.calendar, instant(as_of)
        code = plan.office(office).code
        found = office_assignments(connection, code, plan=plan, calendar=calendar, now=now, directive=directive)
        return paper(found, store)

    return made


def _write(made: Made, output: Path, pdf: bool, as_of: str | None) -> None:
    console = Console(stderr=True)
    with console.status("Đang lập văn bản … / writing"):
        with opened() as store, looking(store, as_of) as connection:
            content = made(store, connection)
        if pdf:
            content = to_pdf(content)
        with atomic_write(output) as file:
            file.write(content)
    print(f"Đã ghi {output}. Written.")
