"""A year of weekly runs by each of four real directives: what they say is followed, and nothing that they do not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from config.catalogue.assignees import assignees
from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.settings import Settings
from flows.forms import fill_in
from flows.steps import boards
from models.keeping.opening import Store, open_store
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import REMINDERS, NoticeKind, Role
from models.tables.outbox import Message, Notice
from models.work.directives import issue_directive, register_event
from tests.support.cast import at
from tests.support.corpus import CORPUS, NAMES, text_of
from tests.support.doorstep import Portal, words
from tests.support.following_up import follow_up_once

pytestmark = [pytest.mark.later, pytest.mark.sqlite_only]

NUMBER = "254/QĐ-UBND"
EVENTS_AFTER = timedelta(weeks=10)

PASSED = {"provincial-instruction-2010": {"T2.1": date(2009, 12, 31)}}
"""«Trong quý IV năm 2009» had passed when the work was assigned, so it waits for a date."""

HOSTS = {
    ("ministry-instruction-2010", "T1.4"): "DVTB",
    ("provincial-plan-2023", "T4.4"): "SBN",
    ("provincial-plan-2023", "T4.6"): "UBNDH",
}

DUE = {
    "instruction-31-2012": {"T1.5": {date(2012, 12, 21), date(2013, 12, 20)}},
    "ministry-instruction-2010": {
        "T9.1": {date(2010, 6, 21), date(2010, 12, 21), date(2011, 6, 21)},
        "T9.2": {date(2010, 12, 31)},
    },
    "provincial-instruction-2010": {
        "T2.6": {date(2010, 2, 1), date(2010, 6, 30)},
        "T5.2": {date(2010, 12, 21), date(2011, 12, 21)},
    },
    "provincial-plan-2023": {
        "T2.8": {date(2024, 1, 2)},
        "T4.1": {date(2023, 2, 27)},
        "T4.3": {date(2023, 11, 9)},
        "T4.4": {date(2023, 4, 29)},
    },
}
"""Every day on which something falls due in the year, as somebody finds it with the text and a calendar on the wall:
«trước ngày» is the working day before; what ends on a day off, the next working day; «hằng năm» and «định kỳ 6 tháng»
are five working days after 14/12 and 14/6 (NĐ 09); «báo cáo ngay» is the day after the incident."""

_DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lived(settings: Settings, name: str) -> Iterator[Store]:
    """The store after the year; in one week everything that waits for an event has one."""
    with open_store(replace(settings, plan_dir=CORPUS / name)) as store:
        signed = store.plan.main_directive.date
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at(signed), actor="coordinator")
            issue_directive(session, number=NUMBER, on_date=signed, context=context)
        for now in weeks(store.plan):
            if now == at(signed + EVENTS_AFTER):
                register_events(store, name, now)
            for priority in store.plan.priorities:
                follow_up_once(store, priority.code, fill_in(priority.code, {}, store.plan), now)
        yield store


def weeks(plan: Plan) -> Iterator[datetime]:
    return (at(plan.main_directive.date + timedelta(weeks=week)) for week in range(53))


def register_events(store: Store, name: str, now: datetime) -> None:
    for subtask, step in steps(store.plan):
        if step.trigger == "event":
            with session_scope(store.engine) as session:
                register_event(
                    session,
                    subtask=subtask,
                    title="Vụ việc",
                    on_date=now.date(),
                    host_office=HOSTS.get((name, subtask)),
                    context=store.actor_context(now=now, actor="coordinator"),
                )


def steps(plan: Plan) -> Iterator[tuple[str, Step]]:
    subtasks = chain.from_iterable(priority.subtasks for priority in plan.priorities)
    return ((subtask.code, step) for subtask in subtasks for step in subtask.steps)


def owed(plan: Plan, name: str) -> Iterator[tuple[str, str]]:
    """Who owes what by the plan alone, as subtask and office."""
    for subtask, step in steps(plan):
        for each in assignees(plan, step, plan.main_directive.date, HOSTS.get((name, subtask))):
            yield subtask, each.office


def test_a_year(lived: Store, name: str) -> None:
    """All at once, for the year is what takes time."""
    with reading_session(lived.engine) as session:
        rows = session.scalars(select(Assignment)).all()
        assert {(row.subtask, row.office) for row in rows} == set(owed(lived.plan, name))
        assert {row.role for row in rows} == {Role.LEAD}
        _dates_are_the_directives(rows, name)
        _only_those_who_owe_are_reminded(lived, session)
        _letters_name_no_other_day(lived, session, name)
    _boards_open(lived)


def _dates_are_the_directives(rows: Sequence[Assignment], name: str) -> None:
    dated: dict[str, set[date]] = {}
    for row in rows:
        if row.timing is Timing.DATED:
            dated.setdefault(row.subtask, set()).add(row.due_date)
        else:
            assert (row.due_date, row.original_due_date) == (NO_DATE, NO_DATE)
    assert dated == DUE[name]
    assert {row.timing for row in rows if row.subtask in PASSED.get(name, {})} <= {Timing.UNDATED}


def _only_those_who_owe_are_reminded(store: Store, session: Session) -> None:
    coordinator = store.plan.main_directive.coordinator
    query = select(Notice, Assignment).join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
    for notice, assignment in session.execute(query).tuples():
        if notice.kind not in REMINDERS:
            continue
        assert notice.office in (assignment.office, coordinator)
        if assignment.timing is not Timing.DATED:
            assert notice.kind in (NoticeKind.NOT_ACKNOWLEDGED, NoticeKind.PROGRESS)
        if notice.kind is NoticeKind.PROGRESS:
            assert assignment.timing is Timing.STANDING


def _letters_name_no_other_day(store: Store, session: Session, name: str) -> None:
    """A day in a letter is one of the text's, one on which something falls due or had fallen due, or one on which
    something happened; how a day was found is told from the rule alone."""
    happened = {now.date() for now in weeks(store.plan)}
    due = set().union(*DUE[name].values(), PASSED.get(name, {}).values())
    known = happened | due | set(_days(text_of(name)))
    written = session.scalars(select(Message)).all()
    assert written
    for message in written:
        told = [line for line in message.body_text.splitlines() if "cách tính hạn" not in line]
        assert set(_days(" ".join((message.subject, *told)))) <= known, message.body_text


def _days(text: str) -> Iterator[date]:
    return (date(int(year), int(month), int(day)) for day, month, year in _DAY.findall(text))


def _boards_open(store: Store) -> None:
    end = max(weeks(store.plan))
    shown = [board for each in store.plan.priorities for board in boards(store, each.code, end).values()]
    portal = Portal(store)
    portal.now = end
    coordinator = portal.signed_in(portal.account())
    for page in ("/board", "/assignments"):
        opened = coordinator.get(page)
        assert opened.status_code == 200
        shown.append(words(opened))
    assert all(str(NO_DATE.year) not in board for board in shown)
