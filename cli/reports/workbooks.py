"""`dondoc workbook`: Excel tables, exported from the store and imported into it."""

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile

import typer

from cli.assignments.listing import filter_of
from cli.options import AS_OF, JSON, OFFICE, PERIOD, PRIORITY, ROLE, STATUS, SUBTASK
from cli.output import progress_bar, show_json
from cli.store import acting_time, effective_time, open_configured_store, read_as_of
from config.clock import local_date, now
from config.settings import Language
from config.text.atomic_write import atomic_write
from intake.sheets.ad_hoc import ad_hoc_assigned
from intake.sheets.contacts import contact_rows
from intake.sheets.fill_in_sheets import choices_of
from intake.sheets.intake import review_workbook
from intake.sheets.offices import office_cells, offices_written
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, OFFICES
from intake.sheets.review import Outcome, SheetReview
from models.store.database import reading, reading_session
from models.tables.lifecycle import State
from reports.sheets.columns import print_as
from reports.sheets.fill_in_workbook import Row, ad_hoc_row, write_fill_in
from reports.sheets.returned_table import review_returned_table
from reports.sheets.tracker_sheet import write_tracker
from reports.sheets.tracking_table import tracking_rows
from reports.sheets.workbook import gather, write_workbook

app = typer.Typer()

_OUTPUT = typer.Option(
    ..., "-o", "--output", metavar="FILE.xlsx", dir_okay=False, help="Tệp sẽ ghi. / The file to write."
)


_KIND = typer.Argument(
    metavar="BẢNG",
    help="assignments việc đột xuất, contacts liên hệ, offices cơ quan. / assignments (ad hoc), contacts or offices.",
)


class Sheet(StrEnum):
    """The tables that have a form to fill in."""

    ASSIGNMENTS = ASSIGNMENTS
    CONTACTS = CONTACTS
    OFFICES = OFFICES


@app.command("export")
def export_command(
    kind: Sheet | None = typer.Argument(
        None,
        metavar="[BẢNG]",
        help="Để trống: bảng theo dõi; assignments, contacts, offices: mẫu đã điền sẵn."
        " / The tracking table by default; assignments, contacts, offices: a form filled in.",
    ),
    output: Path = _OUTPUT,
    office: str | None = OFFICE,
    priority: str | None = PRIORITY,
    subtask: str | None = SUBTASK,
    period: str | None = PERIOD,
    role: str | None = ROLE,
    status: str | None = STATUS,
    tracker: bool = typer.Option(
        False,
        "--tracker",
        help="Chỉ nhiệm vụ, chủ trì, thời hạn, một trong bốn trạng thái, để nhập vào phần mềm theo dõi của tỉnh. / "
        "Only task, lead, due date and one of four statuses, for the province's own tracking system.",
    ),
    paper: str = typer.Option("A4", "--paper", help="Khổ giấy: A4 hoặc A3. / Paper: A4 or A3."),
    columns: str = typer.Option(
        "",
        "--columns",
        metavar="CỘT,CỘT",
        help="Chỉ các cột này, ví dụ title,lead,due,status. / Only these columns, e.g. title,lead,due,status.",
    ),
    english: bool = typer.Option(False, "--english", help="Bằng tiếng Anh. / In English."),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Xuất ra Excel: bảng theo dõi, hoặc mẫu điền sẵn những gì đang có. / Export the tracking table, or a form
    filled with the current data.
    """
    if kind is not None:
        _export_form(kind, output, json_)
        return
    language: Language = "en" if english else "vi"
    printed = print_as(paper, [key.strip() for key in columns.split(",") if key.strip()])
    with open_configured_store() as store:
        wanted = filter_of(store.plan, office, priority, subtask, period, "lead" if tracker else role, status)
        if tracker:
            with read_as_of(store, as_of) as connection, atomic_write(output) as file:
                works = tracking_rows(connection, wanted, store.plan, now=effective_time(as_of), language=language)
                rows = write_tracker(works, file, language)
            _show_exported(output, rows, json_)
            return
        with TemporaryFile() as spool:
            with read_as_of(store, as_of) as connection, progress_bar("Xem kho dữ liệu"):
                found = gather(
                    *(connection, store.plan, store.calendar, wanted),
                    now=effective_time(as_of),
                    spool=spool,
                    language=language,
                )
            with atomic_write(output) as file, progress_bar("Ghi bảng Excel", found.rows) as on_progress:
                write_workbook(found, file, printed, progress=on_progress)
    _show_exported(output, found.rows, json_)


def _show_exported(output: Path, rows: int, json_: bool) -> None:
    if json_:
        show_json({"file": str(output), "assignments": rows})
    else:
        print(f"Đã ghi {rows} việc vào {output}.")


def _export_form(kind: Sheet, output: Path, json_: bool) -> None:
    with open_configured_store() as store:
        today = local_date(now())
        choices = choices_of(store.plan, today)
        if kind is Sheet.ASSIGNMENTS:
            with reading_session(store.engine) as session:
                existing = [each for each in ad_hoc_assigned(session) if each.state is not State.WITHDRAWN]
            rows: list[Row] = [ad_hoc_row(each, choices) for each in existing]
        elif kind is Sheet.CONTACTS:
            with reading(store.engine) as connection:
                rows = [dict(row) for row in contact_rows(connection, store.plan, today)]
        else:
            rows = [office_cells(entry, choices) for entry in offices_written(store.plan).values()]
        with atomic_write(output) as file:
            write_fill_in(kind.value, store.plan, today, file, rows)
    _show_written(output, len(rows), json_)


@app.command("template")
def template_command(kind: Sheet = _KIND, output: Path = _OUTPUT, json_: bool = JSON) -> None:
    """Lấy mẫu trống để điền bằng Excel. / Write an empty form to fill in with Excel."""
    with open_configured_store() as store, atomic_write(output) as file:
        write_fill_in(kind.value, store.plan, local_date(now()), file)
    _show_written(output, 0, json_)


def _show_written(output: Path, rows: int, json_: bool) -> None:
    if json_:
        show_json({"file": str(output), "rows": rows})
    else:
        print(f"Đã ghi mẫu vào {output}" + (f", {rows} dòng." if rows else "."))


@app.command("import")
def import_command(
    path: Path = typer.Argument(
        metavar="FILE.xlsx", exists=True, dir_okay=False, help="Mẫu đã điền. / The filled-in form."
    ),
    good_rows: bool = typer.Option(
        False,
        "--good-rows",
        help="Có lỗi vẫn nhập các dòng đúng. / Import the valid rows even if others have errors.",
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Chỉ kiểm tra, không ghi gì. / Check only, write nothing."),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Nhập mẫu đã điền: báo lỗi theo từng ô, đúng hết mới ghi. / Import a form: errors shown by cell, all or
    nothing.
    """
    with open_configured_store() as store, path.open("rb") as file:
        moment = effective_time(as_of) if dry_run else acting_time(as_of)
        context = store.actor_context(now=moment, actor="coordinator")
        reviewed = review_workbook(store, path.name, file, context, tracking_table=review_returned_table)
        if not good_rows and not dry_run:
            reviewed.refuse_faults()
        done = reviewed.write(context) if reviewed.to_write and not dry_run else None
    if json_:
        show_json(
            {
                "sheet": reviewed.sheet,
                "written": done is not None,
                "rows": [
                    {"row": row.number, "about": row.about, "outcome": row.outcome.value, "note": row.note_vi}
                    for row in reviewed.rows
                ],
                "faults": [str(fault) for fault in reviewed.faults],
            }
        )
    else:
        _print_review(reviewed, dry_run)
        if done is not None:
            print(done[0])
    if reviewed.faults:
        raise SystemExit(1)


def _print_review(reviewed: SheetReview, dry_run: bool) -> None:
    counts = ", ".join(
        f"{reviewed.count(outcome)} {words}" for outcome, words in _OUTCOMES.items() if reviewed.count(outcome)
    )
    print(f"«{reviewed.sheet}»: {counts or 'không có dòng nào'}.")
    for row in reviewed.rows:
        if row.note_vi:
            print(f"  - dòng {row.number}: {row.note_vi}")
    for fault in reviewed.faults:
        print(f"  - {fault}")
    if not reviewed.to_write:
        print("Không có gì thay đổi.")
    elif dry_run:
        print("Mới kiểm tra, chưa ghi gì (--dry-run).")


_OUTCOMES = {
    Outcome.NEW: "dòng mới",
    Outcome.CHANGED: "dòng thay đổi",
    Outcome.SAME: "dòng đã có",
    Outcome.WRONG: "dòng có lỗi",
}
