"""The tracking table as it is printed: which paper, which columns."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from config.errors import Refused
from intake.sheets.intake import review_workbook
from intake.sheets.review import Outcome
from models.keeping.opening import Store
from models.store.database import reading
from models.work.queries import AssignmentFilter
from reports.sheets.columns import COLUMNS, print_as
from reports.sheets.returned_table import review_returned_table
from reports.sheets.styles import height_of
from reports.sheets.workbook import gather, write_workbook
from tests.support.cast import at, begin

NOW = at("2023-10-20")


@pytest.mark.parametrize(
    ("paper", "columns", "size", "heads"),
    [
        ("", [], 9, [vi for _, vi, *_ in COLUMNS]),
        ("a3", [], 8, [vi for _, vi, *_ in COLUMNS]),
        ("A4", ["status", "title", "due"], 9, ["Nhiệm vụ", "Thời hạn", "Tình trạng"]),
        ("A4", ["title"], 9, ["Nhiệm vụ"]),
    ],
)
def test_the_table_has_the_paper_and_columns_that_were_chosen(
    store: Store, tmp_path: Path, paper: str, columns: list[str], size: int, heads: list[str]
) -> None:
    begin(store, "p1", at("2023-08-18"), NOW, offices=("SYT", "CAT"))
    with reading(store.engine) as connection, (tmp_path / "spool").open("w+b") as spool:
        found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=NOW, spool=spool)
        write_workbook(found, file := BytesIO(), print_as(paper, columns))
    sheet = load_workbook(file).worksheets[0]
    assert sheet.page_setup.paperSize == size and sheet.page_setup.orientation == "landscape"
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [each for each in rows[0] if each] == heads
    assert len(rows) == found.rows + 1 and all(len(row) == len(heads) for row in rows[1:])


def test_few_columns_are_as_wide_as_the_paper() -> None:
    """Else half of each page stays empty and there are twice as many."""
    widths = {key: width for key, *_, width in COLUMNS}
    chosen = {key: width for key, *_, width in print_as("A4", ["number", "title", "lead", "due", "status"]).columns}
    assert sum(chosen.values()) == pytest.approx(144) and chosen["due"] == widths["due"]
    assert chosen["title"] / chosen["lead"] == pytest.approx(widths["title"] / widths["lead"])
    assert print_as("A3", []).columns == print_as("", []).columns == COLUMNS
    assert [width for *_, width in print_as("A4", ["number", "due"]).columns] == [widths["number"], widths["due"]]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Management Board of Nghi Son Economic Zone and Industrial Parks", 19, 4),
        ("Sở Giáo dục và Đào tạo", 22, 1),
        ("ỦY BAN NHÂN DÂN XÃ", 19, 2),
        ("một\n\nhai", 10, 3),
        ("https://" + "a" * 40, 10, 5),
    ],
)
def test_a_row_is_as_high_as_its_text_in_wide_letters_too(text: str, width: float, lines: int) -> None:
    assert height_of([(text, width)]) == 15 * lines + 3


def test_a_table_without_the_column_of_helpers_says_who_helps(store: Store, tmp_path: Path) -> None:
    """Else the rows of all that help one lead say the same; returned, it is no other table than it was."""
    begin(store, "p1", at("2023-08-18"), NOW, offices=("SYT", "STC"))
    with reading(store.engine) as connection, (tmp_path / "spool").open("w+b") as spool:
        found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=NOW, spool=spool)
        write_workbook(found, file := BytesIO(), print_as("A4", ["id", "title", "lead", "due", "status"]))
    rows = list(load_workbook(file).worksheets[0].iter_rows(min_row=6, values_only=True))
    leads = {row[2] for row in rows if str(row[1]).endswith("Kết quả rà soát")}
    assert leads >= {"Công an tỉnh; phối hợp: Sở Y tế", "Công an tỉnh; phối hợp: Sở Tài chính"}
    context = store.actor_context(now=NOW, actor="coordinator")
    returned = review_workbook(store, "bang.xlsx", file, context, tracking_table=review_returned_table)
    assert (returned.faults, {row.outcome for row in returned.rows}) == ([], {Outcome.SAME})


def test_columns_are_as_wide_as_excel_and_libreoffice_measure_the_same_font(store: Store, tmp_path: Path) -> None:
    begin(store, "p1", at("2023-08-18"), NOW, offices=("SYT",))
    with reading(store.engine) as connection, (tmp_path / "spool").open("w+b") as spool:
        found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=NOW, spool=spool)
        write_workbook(found, file := BytesIO())
    with ZipFile(file) as parts:
        styles = parts.read("xl/styles.xml").decode()
    assert "Calibri" not in styles and styles.count('<name val="Times New Roman"/>') > 3


@pytest.mark.parametrize(("paper", "columns", "told"), [("A5", [], "Khổ giấy «A5»"), ("A4", ["tite"], "Cột «tite»")])
def test_what_there_is_not_is_named(paper: str, columns: list[str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        print_as(paper, columns)
