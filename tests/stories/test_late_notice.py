"""A holiday notice that comes after the work was given: dates follow in one step, and nobody is urged early."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.errors import Refused
from config.rules.working_time import Override
from config.settings import PLAN_0_1_DIR, Settings
from flows.forms import fill_in
from models.keeping.opening import Store, open_store
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Notice
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.deeds.direct import move_dates
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from tests.support.cast import at, issue
from tests.support.deeds import WHY, acting, all_assignments, done, previewed
from tests.support.following_up import follow_up_once
from tests.support.plans import copy_plan

ISSUED, NOTICED, SWAPPED = date(2025, 12, 22), at("2025-12-25"), date(2026, 1, 2)
NOTICE = "12729/VPCP-KGVX"
BY_NOTICE = grounds(paper_number=NOTICE, paper_date=date(2025, 12, 25), needs_reason=False)


def day_off(day: date = SWAPPED) -> Override:
    return Override(day, "day_off", NOTICE, "nghỉ hoán đổi với ngày 10/01/2026", "exchanged with 10/01/2026")


def working_day(day: date = date(2026, 1, 10)) -> Override:
    return Override(day, "working_day", NOTICE, "làm bù cho ngày 02/01/2026", "in exchange for 02/01/2026")


@pytest.fixture
def before(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """A store that knows no notice for 2026, with work that is due on 2/1/2026."""
    folder = tmp_path / "plan"
    folder.mkdir()
    copy_plan(PLAN_0_1_DIR, folder)
    (folder / "calendar.yaml").write_text("overrides: []\nprovisional_from: 2026\n", encoding="utf-8")
    p1 = (folder / "p1.yaml").read_text(encoding="utf-8")
    shorter = re.sub(r"ISSUE\+15, coordinating: ISSUE\+12", "ISSUE+8, coordinating: ISSUE+5", p1)
    (folder / "p1.yaml").write_text(shorter, encoding="utf-8")
    with open_store(replace(settings, plan_dir=folder)) as store:
        issue(store, on_date=ISSUED)
        followed(store, at(ISSUED))
        yield store


def followed(store: Store, now: datetime) -> None:
    follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), now, now.isoformat())


def due_on(store: Store, day: date) -> dict[int, Assignment]:
    return {number: row for number, row in all_assignments(store).items() if row.due_date == day}


def first_overdue(store: Store) -> dict[int, date]:
    """For each assignment the day on which it was first told to be overdue."""
    with reading_session(store.engine) as session:
        told = session.exec(
            select(Notice)
            .where(Notice.kind == NoticeKind.OVERDUE, Notice.state == NoticeState.SENT)
            .order_by(col(Notice.id))
        ).all()
    first: dict[int, date] = {}
    for notice in told:
        assert notice.sent_at is not None and notice.assignment_id is not None
        first.setdefault(notice.assignment_id, (notice.sent_at + timedelta(hours=7)).date())
    return first


def test_no_overdue_letter_goes_out_a_day_early(before: Store) -> None:
    due = due_on(before, SWAPPED)
    assert len(due) > 5
    context = acting(before, NOTICED)
    with session_scope(before.engine) as session:
        (ad_hoc,) = assign_ad_hoc(session, AdHoc("T0.1", "Báo cáo nhanh", "SYT", SWAPPED), context)
    given = max(due)
    done(before, move_dates([given], date(2026, 1, 15), provenance=WHY, context=context))
    notice = holiday_notice([day_off(), working_day()], confirmed_year=2026, provenance=BY_NOTICE, context=context)
    done(before, notice)
    assert due_on(before, SWAPPED).keys() == {*due, ad_hoc} - {given}, "entering a notice moves nothing"
    context = acting(before, NOTICED)
    assert (context.editions["calendar"], context.calendar.provisional_from) == (2, 2027)
    with reading_session(before.engine) as session:
        change = recalculated_by(session, context)
    items = previewed(before, change)
    moves = {item.assignment_id: (item.from_due_date, item.to_due_date) for item in items}
    for number in ({*due} - {given}) | {ad_hoc}:
        assert moves[number] == (SWAPPED, date(2026, 1, 5))
    assert all(item.kind is ItemKind.MOVED and item.to_due_date > (item.from_due_date or date.max) for item in items)
    assert given not in moves, "it has been given more time already"
    done(before, change)
    row = all_assignments(before)[ad_hoc]
    assert (row.due_date, row.original_due_date) == (date(2026, 1, 5), SWAPPED)
    assert NOTICE in row.explanation_vi
    for day in (date(2025, 12, 31) + timedelta(days=n) for n in range(8)):
        followed(before, at(day, 9))
    first = first_overdue(before)
    assert {first[number] for number in moves if moves[number][1] == date(2026, 1, 5)} == {date(2026, 1, 6)}
    with reading_session(before.engine) as session:
        assert previewed(before, recalculated_by(session, acting(before, NOTICED))) == []


@pytest.mark.sqlite_only
def test_wrong_and_double_entries_are_refused_by_name(before: Store) -> None:
    context = acting(before, NOTICED)
    wrong = [
        day_off(date(2026, 1, 1)),
        day_off(date(2026, 1, 3)),
        working_day(date(2026, 1, 6)),
        day_off(),
        day_off(),
        day_off(date(2201, 1, 1)),
    ]
    with pytest.raises(Refused) as refused:
        holiday_notice(wrong, confirmed_year=2027, provenance=BY_NOTICE, context=context)
    assert list(refused.value.details) == [
        "01/01/2026: lịch đã có là ngày nghỉ (Tết Dương lịch); bỏ ngày này.",
        "03/01/2026: lịch đã có là ngày nghỉ; bỏ ngày này.",
        "06/01/2026: lịch đã có là ngày làm việc; bỏ ngày này.",
        "02/01/2026: ghi hai lần trong thông báo này.",
        "Ngày 2201-01-01 nằm ngoài lịch làm việc; dùng ngày từ năm 1990 đến 2100.",
        "Năm 2027: lịch năm 2026 chưa xác nhận; xác nhận lần lượt từng năm.",
    ]
    done(before, holiday_notice([day_off()], provenance=BY_NOTICE, context=context))
    context = acting(before, NOTICED)
    with pytest.raises(Refused, match=f"lịch đã có là ngày nghỉ .{NOTICE}: nghỉ hoán đổi"):
        holiday_notice([day_off()], provenance=BY_NOTICE, context=context)
    done(before, holiday_notice([working_day(SWAPPED)], provenance=BY_NOTICE, context=context))
    assert acting(before, NOTICED).calendar.is_working_day(SWAPPED), "a later notice may take a day back"


def test_the_years_that_are_not_confirmed_are_named_from_november(before: Store) -> None:
    calendar = before.calendar
    assert calendar.unconfirmed_year(date(2025, 10, 31)) is None
    assert calendar.unconfirmed_year(date(2025, 11, 1)) == 2026
    assert calendar.unconfirmed_year(date(2026, 2, 1)) == 2026
    context = acting(before, NOTICED)
    done(before, holiday_notice([], confirmed_year=2026, provenance=BY_NOTICE, context=context))
    assert acting(before, NOTICED).calendar.unconfirmed_year(date(2026, 10, 31)) is None
    assert acting(before, NOTICED).calendar.unconfirmed_year(date(2026, 11, 1)) == 2027
