"""The tracking table for Excel: what it says of life, row by row, and how it is read by something else."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from config.errors import Refused
from config.text.atomic_write import atomic_write
from models.alerts.status import not_withdrawn
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Status
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.queries import AssignmentFilter
from reports.figures import tally
from reports.sheets import workbook
from reports.sheets.workbook import gather, write_workbook
from tests.support.cast import at, issue
from tests.support.tracking_table import NOW, lived, written

HEAD = 5


def test_it_tells_of_every_row_as_it_is_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_BATCH", 50)
    lived(store)
    told: list[int] = []
    with TemporaryFile() as spool:
        with reading(store.engine) as connection:
            found = gather(*(connection, store.plan, store.calendar, AssignmentFilter()), now=NOW, spool=spool)
        write_workbook(found, BytesIO(), progress=told.append)
    assert told == [50, 50, 50, 22] and sum(told) == found.rows


def rows_of(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    head, *rows = book.worksheets[0].iter_rows(min_row=HEAD, values_only=True)
    plain = ([each.date() if isinstance(each, datetime) else each for each in row] for row in rows)
    return [dict(zip(head, row, strict=True)) for row in plain]


def test_the_table_says_of_each_work_what_was_asked_and_what_came_of_it(store: Store) -> None:
    number = lived(store)
    book = written(store)
    sheet = book.worksheets[0]
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == [
        "BẢNG THEO DÕI THỰC HIỆN NHIỆM VỤ",
        store.plan.main_directive.title_vi,
        "Tính đến 08:00 20/10/2023 · 7 nhiệm vụ: 0 hoàn thành, 4 quá hạn · 172 phần việc · toàn bộ."
        " Ngày hoàn thành là ngày gửi báo cáo đã được xác nhận.",
    ]
    rows = rows_of(book)
    mine = next(row for row in rows if row["Số việc"] == number)
    assert mine | {"TT": 0} == {
        "TT": 0,
        "Số việc": number,
        "Mã": "T0.1",
        "Nhiệm vụ": "Báo cáo phân tích nguyên nhân tồn tại",
        "Kỳ": "văn bản 123-TB/TU",
        "Vai trò": "chủ trì",
        "Chủ trì": "Sở Y tế",
        "Phối hợp": "Công an tỉnh",
        "Sản phẩm": "Văn bản (số, ngày)\nSố liệu: Số tồn tại, hạn chế đã phân tích, Số nguyên nhân chủ quan đã làm rõ",
        "Thời hạn": date(2023, 9, 29),
        "Hạn gốc": date(2023, 9, 11),
        "Tình trạng": "Hoàn thành đúng hạn",
        "Ngày hoàn thành": date(2023, 9, 27),
        "Kết quả": "45/BC-SYT ngày 18/08/2023\nSố tồn tại, hạn chế đã phân tích: 3\n"
        "Số nguyên nhân chủ quan đã làm rõ: 2\nĐã phân tích các tồn tại theo yêu cầu.",
        "Đơn vị theo dõi": "Ban Nội chính Tỉnh ủy",
    }
    following = rows[rows.index(mine) + 1]
    assert (following["Vai trò"], following["Chủ trì"], following["Phối hợp"]) == (
        *("phối hợp", "Sở Y tế", "Công an tỉnh"),
    )
    assert [row["TT"] for row in rows] == list(range(1, len(rows) + 1))
    assert sheet.freeze_panes == "E6" and sheet.auto_filter.ref == f"A5:O{5 + len(rows)}"
    assert sheet.print_title_rows == "$5:$5" and sheet.page_setup.orientation == "landscape"
    assert sheet.cell(6, 10).number_format == "dd/mm/yyyy"


def test_its_rows_and_its_tally_are_those_of_the_figures(store: Store) -> None:
    lived(store)
    book = written(store)
    with reading(store.engine) as connection:
        whole = tally(connection, now=NOW, calendar=store.calendar)[()]
        total = connection.scalar(select(func.count()).select_from(Assignment).where(not_withdrawn))
    rows = rows_of(book)
    assert len(rows) == total == whole.total
    assert sum(row["Tình trạng"] == "Chưa hoàn thành, quá hạn" for row in rows) == whole.open_overdue > 0
    sums = [row for row in book.worksheets[1].iter_rows(values_only=True) if row[0] == "Tất cả"]
    assert len(sums) == 2 and sums[0] == sums[1]
    assert sums[0][1:5] == (whole.total, whole.done_on_time, whole.done_late, whole.open_within_term)
    assert sums[0][8] == pytest.approx(whole.on_time_rate)


def test_a_part_of_it_names_what_it_is_a_part_of(store: Store) -> None:
    lived(store)
    book = written(store, AssignmentFilter(office="SYT", status=Status.OPEN_OVERDUE), language="en")
    rows = rows_of(book)
    assert rows and {row["Status"] for row in rows} == {"Open, overdue"}
    assert (
        "Department of Health" in book.worksheets[0]["A3"].value and "open, overdue" in book.worksheets[0]["A3"].value
    )
    assert book.sheetnames == ["Tracking table", "Tally"]


def test_an_earlier_day_is_told_as_it_was(store: Store) -> None:
    number = lived(store)
    with TemporaryFile() as spool:
        then = at("2023-08-21", 7)
        with reading_as_it_was(store.engine, then) as connection:
            found = gather(*(connection, store.plan, store.calendar, AssignmentFilter()), now=then, spool=spool)
        mine = next(work for work in found.works() if work.id == number)
    assert (mine.due, mine.original_due, mine.done_on, mine.result) == (date(2023, 9, 11), None, None, "")
    assert mine.coordinating == "Công an tỉnh"


def test_texts_stay_texts_whatever_they_begin_with(store: Store) -> None:
    issue(store)
    title = '=HYPERLINK("http://x.example";"Bấm vào đây")'
    wanted = AdHoc(subtask="T3.4", title=title, lead="SYT", due_on=date(2023, 9, 20), coordinating=("SNV", "CAT"))
    with session_scope(store.engine) as session:
        assign_ad_hoc(session, wanted, store.actor_context(now=at("2023-09-08"), actor="coordinator"))
    cells = [cell for row in written(store).worksheets[0].iter_rows(min_row=6) for cell in row if cell.value == title]
    assert len(cells) == 3 and {cell.data_type for cell in cells} == {"s"}
    # In the plan's order, whatever the order a database aggregates in.
    assert rows_of(written(store))[0]["Phối hợp"] == "Công an tỉnh; Sở Nội vụ"


def test_more_rows_than_anybody_waits_for_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(store)
    monkeypatch.setattr(workbook, "MAX_ROWS", 50)
    with pytest.raises(Refused, match="nhiều nhất 50 phần việc; chọn"):
        written(store)


def test_nothing_to_tell_is_a_table_without_rows(store: Store) -> None:
    book = written(store)
    assert rows_of(book) == [] and book.worksheets[0].auto_filter.ref == "A5:O5"


def test_a_file_is_written_wholly_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "bang.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"before" and [each.name for each in tmp_path.glob("*.part")] == []
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    path.chmod(0o640)
    with atomic_write(link) as file:
        file.write(b"after")
    assert (path.read_bytes(), path.stat().st_mode & 0o777, link.is_symlink()) == (b"after", 0o640, True)
    with pytest.raises(Refused, match="Không ghi được"), atomic_write(tmp_path / "no" / "bang.xlsx"):
        pass
