"""One directive that changes while it runs: by a paper, by a split of an office, by a late notice of a holiday.

A deadline moves, a lead is swapped and a subtask is dropped in one amendment; then the office that most is asked of
splits; then a day on which work is due becomes a day off. After each change every open assignment stands where its
preview put it and each office has one letter; day by day until all is due, nobody is urged for what is not his.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.rules.working_time import Override
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, open_store
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from
from models.store.audit import verify
from models.store.database import reading, reading_session
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, REMINDERS, WAITING_FOR_OFFICE, NoticeKind, NoticeState
from models.tables.outbox import Notice
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from models.work.register.changes import split
from notifications.courier.courier import deliver
from tests.support.cast import at, issue
from tests.support.deeds import acting, all_assignments, done, previewed
from tests.support.following_up import follow_up_once
from tests.support.plans import one_file

PLAN = """
- title_vi: Đầu tư công
  subtasks:
    - code: T1.1
      title_vi: Xây dựng kế hoạch
      steps: [{key: plan, lead: departments, due: {lead: "BY:14/03/2025"}}]
    - code: T1.2
      title_vi: Rà soát thủ tục
      steps:
        - {key: review, lead: SYT, coordinating: [SNV], due: {lead: "BY:28/03/2025", coordinating: "BY:21/03/2025"}}
    - code: T1.3
      title_vi: Tổng hợp vướng mắc
      steps: [{key: collect, lead: STC, coordinating: [SYT], due: {lead: "BY:31/03/2025", coordinating: lead}}]
    - code: T1.4
      title_vi: Công khai kết quả
      steps: [{key: open, lead: SYT, named: [HOI], due: {lead: "BY:28/03/2025"}}]
    - code: T1.5
      title_vi: Báo cáo quý
      steps: [{key: report, lead: SYT, trigger: quarter, due: {lead: CLOSE+3}}]
"""
FIRST, LAST, DAY_OFF = date(2025, 2, 10), date(2025, 4, 3), date(2025, 3, 28)
AMENDED, SPLIT, ANNOUNCED = at("2025-02-12", 9), at("2025-03-03", 9), at("2025-03-24", 9)
PAPER = grounds(paper_number="71/KH-UBND", paper_date=date(2025, 2, 7), needs_reason=False)
DECISION = grounds(paper_number="9/NQ-HĐND", paper_date=date(2025, 2, 28), needs_reason=False)
NOTICE = grounds(paper_number="12/TB-VPCP", paper_date=date(2025, 3, 21), needs_reason=False)


@pytest.fixture
def running(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """What the directive asks is assigned and told."""
    with open_store(replace(settings, plan_dir=one_file(tmp_path / "plan.yaml", PLAN))) as opened:
        issue(opened, number="45/KH-UBND", on_date=date(2025, 1, 6))
        followed(opened, at("2025-01-08"))
        yield opened


def followed(store: Store, now: datetime) -> None:
    """A daily run, and what it says."""
    follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), now, now.isoformat())
    deliver(store, now=now)


def amended(store: Store, folder: Path) -> Change:
    """By one paper a deadline moves, a lead is swapped and a subtask is dropped."""
    text = PLAN.replace("BY:14/03/2025", "BY:28/03/2025").replace("lead: SYT, coordinating", "lead: STC, coordinating")
    dropped = text[text.index("    - code: T1.3") : text.index("    - code: T1.4")]
    path = one_file(folder / "amended.yaml", text.replace(dropped, ""))
    context = acting(store, AMENDED)
    plan, calendar = plan_from(path, PlanInForce(context.plan, context.calendar, context.editions), context.today)
    with reading_session(store.engine) as session:
        return amendment(session, plan, calendar, provenance=PAPER, context=context)


def in_two(store: Store) -> Change:
    """The department of health becomes two: one takes over T1.4, the other all else."""
    new = {code: {"name_vi": name} for code, name in (("SYTA", "Sở Y tế A"), ("SYTB", "Sở Y tế B"))}
    with reading_session(store.engine) as session:
        return split(
            session, "SYT", [*new], {"T1.4": "SYTB"}, "SYTA", new, provenance=DECISION, context=acting(store, SPLIT)
        )


def carried_out(store: Store, change: Change) -> None:
    """Looked at and done: what is open stands where the preview put it, the rest as it was; one letter an office."""
    now = change.context.now
    before, items, told = all_assignments(store), previewed(store, change), last_notice(store)
    assert items
    applied = done(store, change)
    mirror_configuration(store.engine, change.context.plan, store.contacts)
    after = all_assignments(store)
    touched = {item.assignment_id: item for item in items if item.assignment_id is not None}
    for number, row in before.items():
        item, stands = touched.get(number), after[number]
        office, due, state = row.office, row.due_date, row.state
        if item is not None and item.kind is not ItemKind.LEFT:
            office, due = item.to_office, item.to_due_date
            state = stands.state
            assert (state in OPEN) == (item.kind is not ItemKind.WITHDRAWN)
        assert (stands.office, stands.due_date, stands.state) == (office, due, state)
        assert stands.original_due_date == row.original_due_date
    new = {number: row for number, row in after.items() if number not in before}
    made = Counter((each.subtask, each.to_office, each.to_due_date) for each in items if each.kind is ItemKind.MADE)
    assert Counter((row.subtask, row.office, row.due_date) for row in new.values()) == made
    deliver(store.of_today(), now=now + timedelta(hours=1))
    letters = {
        (notice.office, notice.desk, notice.channel, notice.message_id)
        for notice in notices(store)
        if (notice.id or 0) > told and notice.message_id is not None
    }
    assert len({office for office, *_ in letters}) == applied.prepared.letters
    assert max(Counter(letter[:3] for letter in letters).values()) == 1


def notices(store: Store) -> list[Notice]:
    with reading_session(store.engine) as session:
        return list(session.exec(select(Notice).order_by(col(Notice.id))))


def sent(store: Store) -> list[Notice]:
    return [notice for notice in notices(store) if notice.state is NoticeState.SENT]


def last_notice(store: Store) -> int:
    return max(notice.id or 0 for notice in notices(store))


def noticed_late(store: Store) -> Change:
    """The day on which much is due is a day off, as everybody learns four days before."""
    off = Override(DAY_OFF, "day_off", "12/TB-VPCP", "nghỉ hoán đổi", "exchanged day off")
    done(store, holiday_notice([off], provenance=NOTICE, context=acting(store, ANNOUNCED)))
    with reading_session(store.engine) as session:
        return recalculated_by(session, acting(store, ANNOUNCED))


@pytest.mark.later
def test_all_that_changes_arrives_and_nobody_is_urged_for_what_is_not_his(running: Store, tmp_path: Path) -> None:
    changes = {
        AMENDED.date(): lambda: amended(running, tmp_path),
        SPLIT.date(): lambda: in_two(running),
        ANNOUNCED.date(): lambda: noticed_late(running),
    }
    overdue: dict[str, set[tuple[str, date]]] = {}
    for day in (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)):
        said = {notice.id for notice in sent(running)}
        followed(running, at(day))
        rows = all_assignments(running)
        for notice in sent(running):
            if notice.id in said or notice.kind not in REMINDERS:
                continue
            row = rows[notice.assignment_id]
            assert row.state in WAITING_FOR_OFFICE
            assert notice.office in {row.office, row.monitor_office}, (day, notice.kind, row.subtask)
            if notice.kind is NoticeKind.OVERDUE:
                assert row.due_date < day
                overdue.setdefault(row.subtask, set()).add((row.office, row.due_date))
            elif notice.kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY):
                assert row.due_date >= day
        if day in changes:
            carried_out(running, changes[day]())

    moved = date(2025, 3, 31)
    assert overdue == {
        "T1.1": {(office, moved) for office in ("SYTA", "STC", "SNV")},
        "T1.2": {("STC", moved), ("SNV", date(2025, 3, 21))},
        "T1.4": {("SYTB", moved)},
        "T1.5": {("SYTA", date(2025, 3, 19))},
    }
    with reading(running.engine) as connection:
        assert verify(connection).broken_at is None
