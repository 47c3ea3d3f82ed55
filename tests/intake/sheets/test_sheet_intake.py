"""Work from a filled-in sheet: every slip told by its cell, all or nothing, and the same file twice assigns once."""

import unicodedata
from dataclasses import replace
from datetime import date
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from config.errors import Refused
from intake.sheets.ad_hoc import ad_hoc_assigned
from intake.sheets.fill_in_sheets import choices_of
from intake.sheets.reading import ASSIGNMENTS, CONTACTS
from intake.sheets.review import Outcome, SheetReview
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import verify
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Urgency
from models.work.ad_hoc import AdHoc, assign_all_ad_hoc
from models.work.verbs import withdraw
from reports.sheets.fill_in_workbook import ad_hoc_row
from tests.support.cast import issue
from tests.support.outcome import outcome
from tests.support.sheets import AD_HOC, NOW, TODAY, filled, reviewed, template, write


def outcomes(found: SheetReview) -> list[Outcome]:
    return [row.outcome for row in found.rows]


def told(found: SheetReview) -> list[str]:
    return [str(fault) for fault in found.faults]


def test_a_filled_in_sheet_assigns_each_row_once_however_often_it_comes(store: Store) -> None:
    issue(store)
    nfd = {
        **AD_HOC,
        "title": unicodedata.normalize("NFD", "Tổng hợp kết quả quý"),
        "lead": "sgddt",
        "urgency": None,
    }
    # As people write days: with slashes, and as the number that Excel keeps.
    content = filled(
        *(store.plan, ASSIGNMENTS, AD_HOC),
        *(nfd | {"due_on": "25/9/2023"}, nfd | {"due_on": 45_196, "lead": "STP"}),
        cells={"A4": unicodedata.normalize("NFD", "VIỆC  phải làm*")},
    )
    found = reviewed(store, content)
    assert (outcomes(found), told(found)) == ([Outcome.NEW] * 3, [])
    assert write(store, found).startswith("Đã giao 3 việc: số ")
    with reading_session(store.engine) as session:
        works = ad_hoc_assigned(session)
        assert session.scalar(select(func.count()).select_from(Assignment)) == 9
    assert [(each.lead, each.due_on, each.urgency) for each in works] == [
        ("SYT", date(2023, 9, 20), Urgency.EXPRESS),
        ("SGDDT", date(2023, 9, 25), Urgency.NORMAL),
        ("STP", date(2023, 9, 27), Urgency.NORMAL),
    ]
    assert works[1].title == "Tổng hợp kết quả quý" and works[0].coordinating == {"CAT", "SNV"}
    again = reviewed(store, content)
    assert outcomes(again) == [Outcome.SAME] * 3 and again.to_write == 0
    assert again.rows[0].note_vi == f"đã giao: việc số {works[0].number}"
    with session_scope(store.engine) as session:
        withdraw(session, works[0].number, "Trùng việc.", store.actor_context(now=NOW, actor="coordinator"))
    assert reviewed(store, content).rows[0].note_vi == f"đã giao: việc số {works[0].number}, đã thu hồi"
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None


def test_what_is_there_comes_out_and_back_in_without_a_change(store: Store) -> None:
    issue(store)
    write(
        store,
        reviewed(store, filled(store.plan, ASSIGNMENTS, AD_HOC, {**AD_HOC, "lead": "STP", "coordinating": None})),
    )
    choices = choices_of(store.plan, TODAY)
    with reading_session(store.engine) as session:
        rows = [ad_hoc_row(each, choices) for each in ad_hoc_assigned(session)]
    assert outcomes(reviewed(store, template(store.plan, ASSIGNMENTS, rows))) == [Outcome.SAME] * 2


class Killed(Exception):
    pass


def test_a_sheet_that_ends_half_way_has_assigned_whole_rows_and_goes_on_when_it_comes_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came of it is, row by row, letter by letter and event by event, what one transaction makes of it."""
    issue(store)
    titles = [f"Báo cáo nhanh số {number}" for number in range(1, 5)]
    sheet = filled(store.plan, ASSIGNMENTS, *({**AD_HOC, "title": title} for title in titles))
    with monkeypatch.context() as patched:
        patched.setattr("intake.sheets.ad_hoc.assign_all_ad_hoc", kept := Mock(return_value=[[1]]))
        write(store, reviewed(store, sheet))
    with session_scope(store.engine) as session:
        assign_all_ad_hoc(session, kept.call_args.args[1], store.actor_context(now=NOW, actor="coordinator"))
        at_once = outcome(session)
        session.rollback()

    monkeypatch.setattr("models.work.ad_hoc.SHARE", 3)
    shares = []

    def assign_and_die(session: Session, share: list[AdHoc], context: ActorContext) -> list[list[int]]:
        shares.append([each.title for each in share])
        found = assign_all_ad_hoc(session, share, context)
        if len(shares) == 3:
            raise Killed
        return found

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("intake.sheets.ad_hoc.assign_all_ad_hoc", assign_and_die)
        write(store, reviewed(store, sheet))
    assert shares == [[title] for title in titles[:3]]
    with reading_session(store.engine) as session:
        assert [(each.title, len(each.coordinating)) for each in ad_hoc_assigned(session)] == [
            (title, 2) for title in titles[:2]
        ]
        assert verify(session.connection()).broken_at is None
    again = reviewed(store, sheet)
    assert outcomes(again) == [Outcome.SAME] * 2 + [Outcome.NEW] * 2
    assert write(store, again).startswith("Đã giao 2 việc")
    with session_scope(store.engine) as session:
        assert outcome(session) == at_once


def test_a_plan_that_is_amended_meanwhile_stops_a_sheet_in_words(store: Store) -> None:
    issue(store)
    found = reviewed(store, filled(store.plan, ASSIGNMENTS, AD_HOC))
    context = store.actor_context(now=NOW, actor="coordinator")
    with pytest.raises(Refused, match="đã giao 0 trong 1 việc"):
        found.write(replace(context, editions={"plan": 7}))
    with reading_session(store.engine) as session:
        assert ad_hoc_assigned(session) == []


@pytest.mark.sqlite_only
def test_every_slip_is_told_by_its_cell_and_nothing_is_written(store: Store) -> None:
    issue(store)
    content = filled(
        store.plan,
        ASSIGNMENTS,
        AD_HOC,
        {**AD_HOC, "lead": "SYTT", "due_on": "31/02/2023", "urgency": "gấp"},
        {**AD_HOC, "title": "Giao ông Nguyễn Văn An", "subtask": "T3,4", "due_on": date(2023, 9, 2)},
        {**AD_HOC, "title": '=A5&"!"', "coordinating": "SYT"},
        {**AD_HOC, "title": "Việc hai", "lead": None, "coordinating": "SNV; SNV", "due_on": "20.9.23"},
        {**AD_HOC, "title": "Việc ba", "due_on": date(2023, 8, 1)},
        AD_HOC,
        {**AD_HOC, "title": "Việc bốn", "lead": "SYT", "coordinating": "SYT", "due_on": 7},
    )
    found = reviewed(store, content)
    assert outcomes(found) == [Outcome.NEW, *[Outcome.WRONG] * 7]
    starts = [line.partition(";")[0].partition("(")[0].rstrip(" .") for line in told(found)]
    assert starts == [
        "Giao việc!C6: không có đơn vị «SYTT»",
        "Giao việc!E6: «31/02/2023» không phải là ngày",
        "Giao việc!F6: không có độ khẩn «gấp»",
        "Giao việc!B7: không có nội dung «T3,4»",
        "Giao việc!A7: Việc phải làm: có tên người",
        "Giao việc!A8: là công thức chưa tính ra giá trị",
        "Giao việc!C9: chưa ghi «Cơ quan chủ trì»",
        "Giao việc!D9: có mục ghi hai lần",
        "Giao việc!E9: «20.9.23» không phải là ngày",
        "Giao việc!E10: Hạn: 01/08/2023 đã qua",
        "Giao việc!A11: giống hệt dòng 5",
        "Giao việc!E12: «1900-01-07» không phải là ngày",
        "Giao việc!D12: Cơ quan phối hợp: SYT đã là cơ quan chủ trì",
    ]
    assert not any("Nguyễn" in text for text in [*told(found), *(row.about for row in found.rows)])
    assert "có phải «SYT»?" in told(found)[0] and "did you mean 'SYT'?" in found.faults[0].en
    with pytest.raises(Refused, match="Chưa nhập gì: 7 dòng có lỗi, 13 chỗ phải sửa"):
        found.refuse_faults()
    with reading_session(store.engine) as session:
        assert ad_hoc_assigned(session) == []
    write(store, found)  # the good rows, when they are asked for
    with reading_session(store.engine) as session:
        assert [each.title for each in ad_hoc_assigned(session)] == [AD_HOC["title"]]


@pytest.mark.sqlite_only
def test_a_sheet_of_another_kind_or_form_is_refused_in_words(store: Store) -> None:
    with pytest.raises(Refused, match="Tệp này là mẫu «Liên hệ»; ở đây cần mẫu «Giao việc»"):
        reviewed(store, template(store.plan, CONTACTS), only=ASSIGNMENTS)
    changed = filled(store.plan, ASSIGNMENTS, AD_HOC, cells={"B4": "Thuộc nội dug", "H7": "lạc"})
    with pytest.raises(Refused) as refused:
        reviewed(store, changed)
    assert list(refused.value.details) == [
        "Giao việc!B4: mẫu không có cột «Thuộc nội dug»; có phải «Thuộc nội dung»?",
        "Giao việc!A4: thiếu cột «Thuộc nội dung».",
    ]
    with pytest.raises(Refused) as refused:
        reviewed(store, filled(store.plan, ASSIGNMENTS, AD_HOC, cells={"H7": "lạc"}))
    assert list(refused.value.details) == [
        "Giao việc!H7: nằm ngoài các cột có tiêu đề; bỏ đi, hoặc ghi tiêu đề cho cột đó."
    ]
