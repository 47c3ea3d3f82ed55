"""A tracking table that comes back: untouched it changes nothing, and what was typed into it is told by its cell."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from config.errors import Refused
from intake.sheets.intake import review_workbook
from intake.sheets.review import Outcome, SheetReview
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.queries import AssignmentFilter
from models.work.verbs import withdraw
from reports.sheets.returned_table import review_returned_table
from tests.support.cast import at, number_of
from tests.support.sheets import saved
from tests.support.tracking_table import NOW, lived, written

LATER = at("2023-11-20")


def exported(store: Store, **options: Any) -> openpyxl.Workbook:
    return written(store, AssignmentFilter(office="SYT"), **options)


def returned(store: Store, book: openpyxl.Workbook, *, now: datetime = NOW) -> SheetReview:
    context = store.actor_context(now=now, actor="coordinator")
    return review_workbook(store, "bang.xlsx", BytesIO(saved(book)), context, tracking_table=review_returned_table)


def told(found: SheetReview) -> list[str]:
    return [str(fault) for fault in found.faults]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_untouched_table_changes_nothing(store: Store, language: Any) -> None:
    lived(store)
    found = returned(store, exported(store, language=language))
    assert {row.outcome for row in found.rows} == {Outcome.SAME} and len(found.rows) > 2
    assert (found.faults, found.to_write, {row.note_vi for row in found.rows}) == ([], 0, {""})
    assert all(row.about for row in found.rows)


def test_a_part_of_it_in_another_order_changes_nothing_either(store: Store) -> None:
    lived(store)
    book = exported(store)
    sheet = book.worksheets[0]
    sheet.delete_rows(7)
    sheet.delete_cols(1)
    first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=6, max_row=7))
    for place, (one, other) in enumerate(zip(first, second, strict=True), 1):
        sheet.cell(6, place).value, sheet.cell(7, place).value = other, one
    found = returned(store, book)
    assert ({row.outcome for row in found.rows}, told(found)) == ({Outcome.SAME}, [])


def test_a_column_of_the_office_s_own_and_a_filter_change_nothing(store: Store) -> None:
    lived(store)
    book = exported(store)
    sheet = book.worksheets[0]
    head = next(row[0].row for row in sheet.iter_rows(max_row=15) if sum(cell.value is not None for cell in row) > 5)
    beside = sheet.max_column + 1
    sheet.cell(head, beside).value, sheet.cell(head + 1, beside).value = "Ý kiến", "Đề nghị lùi hạn"
    sheet.row_dimensions[head + 2].hidden = True
    found = returned(store, book)
    assert ({row.outcome for row in found.rows}, told(found)) == ({Outcome.SAME}, [])


def test_what_was_typed_over_is_told_by_its_cell_and_not_repeated(store: Store) -> None:
    lived(store)
    book = exported(store)
    sheet = book.worksheets[0]
    numbers = [sheet.cell(row, 2).value for row in (6, 7, 8)]
    due = sheet["J6"].value
    sheet["J6"], sheet["N7"], sheet["L8"] = date(2023, 12, 29), "Nguyễn Văn A đã làm xong", "Hoàn thành đúng hạn"
    found = returned(store, book)
    assert told(found) == [
        f"Bảng theo dõi!J6: việc số {numbers[0]}: «Thời hạn» khác dondoc ({due:%d/%m/%Y}); thời hạn đổi bằng gia hạn,"
        " trên trang của việc.",
        f"Bảng theo dõi!N7: việc số {numbers[1]}: «Kết quả» khác dondoc; kết quả vào dondoc bằng báo cáo của cơ quan,"
        " được xác nhận.",
        f"Bảng theo dõi!L8: việc số {numbers[2]}: «Tình trạng» khác dondoc; kết quả vào dondoc bằng báo cáo của cơ"
        " quan, được xác nhận.",
    ]
    assert [row.outcome for row in found.rows[:4]] == [Outcome.WRONG] * 3 + [Outcome.SAME]
    with pytest.raises(Refused, match="3 dòng có lỗi"):
        found.refuse_faults()


def test_rows_that_nobody_knows_are_told(store: Store) -> None:
    lived(store)
    book = exported(store)
    sheet = book.worksheets[0]
    last = sheet.max_row
    sheet.cell(last + 1, 4).value = "Việc mới"
    sheet["B6"], sheet["B8"], sheet["J9"] = 99_999, sheet["B7"].value, "cuối năm"
    assert told(returned(store, book)) == [
        "Bảng theo dõi!B6: không có việc số 99999.",
        f"Bảng theo dõi!B8: {sheet['B7'].value} đã có ở dòng 7; bỏ một.",
        "Bảng theo dõi!J9: «cuối năm» không phải là ngày; viết ngày/tháng/năm, ví dụ 31/12/2026.",
        f"Bảng theo dõi!B{last + 1}: dòng không có số việc; việc mới thì giao bằng mẫu «Giao việc».",
    ]


def test_what_has_moved_on_since_is_no_fault_of_the_table(store: Store) -> None:
    """An office sends back in November what it was given in October: its cells were true then."""
    lived(store)
    book = exported(store)
    gone, known = number_of(store, "T1.1", office="SYT"), book.worksheets[0]
    with session_scope(store.engine) as session:
        withdraw(session, gone, "Giao nhầm.", store.actor_context(now=at("2023-11-01"), actor="coordinator"))
    found = returned(store, book, now=LATER)
    by_number = {known.cell(row.number, 2).value: row.note_vi for row in found.rows}
    assert (told(found), by_number[gone]) == ([], "việc đã thay đổi từ khi lập bảng")
    row = next(row.number for row in found.rows if known.cell(row.number, 2).value == gone)
    known.cell(row, 14).value = "Đã xong"
    assert told(returned(store, book, now=LATER)) == [
        f"Bảng theo dõi!N{row}: việc số {gone}: «Kết quả» khác dondoc; kết quả vào dondoc bằng báo cáo của cơ quan,"
        " được xác nhận."
    ]


def test_a_table_without_its_numbers_is_refused(store: Store) -> None:
    lived(store)
    book = exported(store)
    book.worksheets[0].delete_cols(2)
    with pytest.raises(Refused, match="không đúng mẫu") as refused:
        returned(store, book)
    assert list(refused.value.details) == ["Bảng theo dõi!A5: thiếu cột «Số việc»."]
