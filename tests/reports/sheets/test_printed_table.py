"""The tracking table as it is printed: which paper, which columns."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from config.errors import Refused
from models.keeping.opening import Store
from models.store.database import reading
from models.work.queries import AssignmentFilter
from reports.sheets.columns import COLUMNS, print_as
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


@pytest.mark.parametrize(("paper", "columns", "told"), [("A5", [], "Khổ giấy «A5»"), ("A4", ["tite"], "Cột «tite»")])
def test_what_there_is_not_is_named(paper: str, columns: list[str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        print_as(paper, columns)
