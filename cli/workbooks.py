"""`dondoc workbook`: tables for Excel, out of the store and back into it."""

from pathlib import Path
from tempfile import TemporaryFile

import typer

from cli.assignments import wanted_of
from cli.output import JsonFlag, show_json
from cli.workspace import AsOf, instant, looking, opened
from config.whole_file import whole_file
from reports.workbook import gather, write_workbook

app = typer.Typer(no_args_is_help=True, help="Bảng Excel: xuất ra, lấy mẫu để điền, nhập vào. Tables for Excel.")

_INTO = typer.Option(..., "-o", "--output", metavar="FILE.xlsx", dir_okay=False, help="Tệp sẽ ghi. The file to write.")


@app.command("export")
def export_command(
    output: Path = _INTO,
    office: str | None = typer.Option(None, "--office", help="Mã cơ quan. Office code."),
    priority: str | None = typer.Option(None, "--priority", help="p1 … p5."),
    subtask: str | None = typer.Option(None, "--subtask", help="Mã việc, ví dụ T2.3."),
    period: str | None = typer.Option(None, "--period", help="Kỳ, ví dụ 2023-Q4."),
    role: str | None = typer.Option(None, "--role", help="lead hoặc coordinating."),
    status: str | None = typer.Option(None, "--status", help="Như của «dondoc assignment list». As there."),
    english: bool = typer.Option(False, "--english", help="Bằng tiếng Anh. In English."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Xuất bảng theo dõi ra Excel. The tracking table as a workbook."""
    with opened() as store:
        wanted = wanted_of(store.plan, office, priority, subtask, period, role, status)
        with TemporaryFile() as aside:
            with looking(store, as_of) as connection:
                found = gather(
                    *(connection, store.plan, store.calendar, wanted),
                    now=instant(as_of),
                    aside=aside,
                    language="en" if english else "vi",
                )
            with whole_file(output) as file:
                write_workbook(found, file)
    if json_:
        show_json({"file": str(output), "assignments": found.rows})
    else:
        print(f"Đã ghi {found.rows} việc vào {output}.")
