"""Our workbooks in LibreOffice, as an office would open them: read, printed, saved and handed in again."""

import csv
import subprocess
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from pypdf import PdfReader

from intake.sheets.ad_hoc import ad_hoc_assigned
from intake.sheets.fill_in_sheets import choices_of
from intake.sheets.intake import review_workbook
from intake.sheets.offices import office_cells, offices_written
from intake.sheets.reading import ASSIGNMENTS, OFFICES
from intake.sheets.review import Outcome
from models.keeping.opening import Store
from models.store.database import reading, reading_session
from models.work.queries import AssignmentFilter
from reports.sheets.fill_in_workbook import ad_hoc_row
from reports.sheets.returned_table import review_returned_table
from reports.sheets.tracking_table import tracking_rows
from reports.sheets.workbook import gather, write_workbook
from tests.support.cast import at
from tests.support.sheets import AD_HOC, TODAY, filled, reviewed, template, write
from tests.support.tracking_table import NOW, lived

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]


def converted(path: Path, form: str) -> list[Path]:
    """What LibreOffice makes of a file, in a home of its own."""
    out = path.parent / "out"
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/home", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", str(out), str(path)], capture_output=True, check=True, timeout=120)
    return sorted(out.iterdir())


def test_the_tracking_table_is_read_and_printed_by_others_as_it_is_meant(store: Store, tmp_path: Path) -> None:
    lived(store)
    path = tmp_path / "bang.xlsx"
    with TemporaryFile() as spool, path.open("wb") as file:
        with reading(store.engine) as connection:
            found = gather(*(connection, store.plan, store.calendar, AssignmentFilter()), now=NOW, spool=spool)
            works = list(tracking_rows(connection, AssignmentFilter(), store.plan, now=NOW))
        write_workbook(found, file)
    # 44: comma, 34: quotes, 76: UTF-8, -1: all sheets. Days come in its own form there, since they are days.
    tables = converted(path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
    rows = list(csv.reader(StringIO((tmp_path / "out" / "bang-Bảng theo dõi.csv").read_text(encoding="utf-8"))))
    assert len(tables) == 2
    assert [(row[1], row[2], row[3], row[9], row[12]) for row in rows[5:]] == [
        (
            *(str(work.id), work.subtask, work.title, f"{work.due:%m/%d/%Y}"),
            f"{work.done_on:%m/%d/%Y}" if work.done_on else "",
        )
        for work in works
    ]
    (saved,) = [each for each in converted(path, "xlsx:Calc MS Excel 2007 XML") if each.suffix == ".xlsx"]
    assert saved.read_bytes() != path.read_bytes()
    context = store.actor_context(now=NOW, actor="coordinator")
    again = review_workbook(
        store, "bang.xlsx", BytesIO(saved.read_bytes()), context, tracking_table=review_returned_table
    )
    assert ({row.outcome for row in again.rows}, again.faults) == ({Outcome.SAME}, [])
    assert len(again.rows) == len(works) and again.to_write == 0
    (pdf,) = [each for each in converted(path, "pdf") if each.suffix == ".pdf"]
    printed = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
    pages = printed.split("\f")[:-1]
    assert len(pages) > 2 and all("Nhiệm vụ" in page and f"/{len(pages)}" in page for page in pages)
    assert all(f"{work.due:%d/%m/%Y}" in printed for work in works)
    box = PdfReader(pdf).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)


def test_forms_saved_by_others_are_taken_in_without_a_change(store: Store, tmp_path: Path) -> None:
    write(
        store,
        reviewed(store, filled(store.plan, ASSIGNMENTS, AD_HOC, {**AD_HOC, "lead": "STP", "coordinating": None})),
    )
    choices = choices_of(store.plan, TODAY)
    with reading_session(store.engine) as session:
        works = [ad_hoc_row(each, choices) for each in ad_hoc_assigned(session)]
    offices = [office_cells(entry, choices) for entry in offices_written(store.plan).values()]
    for kind, rows in ((ASSIGNMENTS, works), (OFFICES, offices)):
        path = tmp_path / kind / "mau.xlsx"
        path.parent.mkdir()
        path.write_bytes(template(store.plan, kind, rows))
        (saved,) = converted(path, "xlsx:Calc MS Excel 2007 XML")
        assert saved.read_bytes() != path.read_bytes()
        context = store.actor_context(now=at(TODAY), actor="coordinator")
        found = review_workbook(store, saved.name, BytesIO(saved.read_bytes()), context)
        assert ({row.outcome for row in found.rows}, found.faults) == ({Outcome.SAME}, [])
        assert len(found.rows) == len(rows)
