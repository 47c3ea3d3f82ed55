"""The months ahead, played through by the real flows on a copy that is deleted: what would be sent, to whom, when.

Nothing in the store changes, nothing leaves the machine. Nobody answers in the rehearsal, or each office does as it
has done so far.
"""

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pendulum
import sqlalchemy as sa
from sqlmodel import col, func

from config.clock import local_date
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from config.errors import Refused
from config.rules.due import NO_DATE
from config.rules.working_time import WorkingCalendar
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, MessageState
from models.tables.outbox import Message
from models.tables.party import Part, Party
from models.work.directives import assigning_document, issue_directive
from rehearsal.acting_out import morning_of
from rehearsal.days_ahead import play_ahead
from rehearsal.throwaway import copied_store, throwaway_settings
from reports.months_ahead.outcome import LONGEST_MONTHS, DateAtRisk, DayAhead, OfficeAhead, Rehearsal, WeekAhead

NOT_ISSUED = "00-DIEN-TAP/TB"
"""The number under which a directive that is not launched yet is assigned in the rehearsal."""

_LONG_HOLIDAY_DAYS = 5
_NEAR_HOLIDAY_DAYS = 3


def rehearse(
    store: Store,
    months: int,
    *,
    now: datetime,
    answering: bool = False,
    say: Callable[[float], None] = lambda _: None,
    beforehand: Callable[[Store], None] = lambda _: None,
) -> Rehearsal:
    """Play the next months through on a copy of the store; raises ``Refused`` for a span that cannot be played.

    answering   whether offices answer as they have done so far; without, nobody does
    say         called with the part that is done, from 0 to 1
    beforehand  done to the copy first: a draft that is launched, an amendment
    """
    if not 1 <= months <= LONGEST_MONTHS:
        raise Refused(f"Số tháng: từ 1 đến {LONGEST_MONTHS}.", f"Months: 1 to {LONGEST_MONTHS}.")
    first = local_date(now)
    last = _months_later(first, months) - timedelta(days=1)
    home = Path(tempfile.mkdtemp(prefix="dondoc-rehearsal-"))
    try:
        with copied_store(store, throwaway_settings(store.settings, home)) as copied:
            beforehand(copied := copied.of_today())
            copied = copied.of_today()
            _issue_what_is_not(copied, first, now)
            play_ahead(copied, first, last, now, answering=answering, say=say)
            return _outcome(copied, store.contacts, first, last, now)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _months_later(day: date, months: int) -> date:
    later = pendulum.date(day.year, day.month, day.day).add(months=months)
    return date(later.year, later.month, later.day)


def _issue_what_is_not(store: Store, first: date, now: datetime) -> None:
    """Assign the work of directives that are not launched yet, as if they were today."""
    with session_scope(store.engine) as session:
        for directive in store.plan.directives:
            if assigning_document(session, directive.code) is None:
                on_date = max(first, directive.date) if directive.date else first
                context = store.actor_context(now=max(now, morning_of(on_date)), actor="coordinator")
                issue_directive(session, number=NOT_ISSUED, on_date=on_date, directive=directive.code, context=context)


def _outcome(store: Store, contacts: Contacts, first: date, last: date, now: datetime) -> Rehearsal:
    at = col(Message.sent_at)
    sent = sa.select(col(Message.office), col(Message.desk), at).where(
        col(Message.state) == MessageState.SENT, at >= now
    )
    office, subtask, period = (col(getattr(Assignment, name)) for name in ("office", "subtask", "period"))
    day, priority = col(Assignment.due_date), col(Assignment.priority)
    is_open = col(Assignment.state).in_(OPEN)
    is_ahead = sa.or_(is_open, col(Assignment.completed_at) >= now)  # what was answered in the rehearsal was due too
    rows = sa.select(day, office, subtask, period, priority).where(is_ahead, day != NO_DATE)
    jointly = rows.with_only_columns(day, col(Party.office), subtask, period, priority).join(
        Party, sa.and_(col(Party.assignment_id) == Assignment.id, col(Party.part) == Part.JOINT)
    )
    undated = sa.select(subtask, func.count()).where(is_open, day == NO_DATE).group_by(subtask)
    with reading(store.engine) as connection:
        letters = [(office, desk, local_date(at)) for office, desk, at in connection.execute(sent)]
        work = sorted(_Work(*row) for each in (rows, jointly) for row in connection.execute(each))
        without_date = dict(connection.execute(undated).tuples().all())
    subtasks = {each.subtask for each in work} | set(without_date)
    offices = {office for office, _, _ in letters} | {each.office for each in work}
    plan = store.plan
    known = {each.code for each in plan.subtasks()}
    return Rehearsal(
        first=first,
        last=last,
        days=_by_day(letters),
        offices=_by_office(letters, work, contacts, first, last),
        weeks=_by_week(letters, work, first, last),
        dates_at_risk=list(_at_risk(work, store.calendar, first, last)),
        without_date=without_date,
        names={code: plan.office(code).name_vi for code in sorted(offices)}
        | {code: plan.subtask(code).title_vi for code in sorted(subtasks & known)},
    )


_Letter = tuple[str, Desk, date]


class _Work(NamedTuple):
    """What an office leads, alone or jointly, and has a date for."""

    due_date: date
    office: str
    subtask: str
    period: str
    priority: str


def _by_day(letters: Sequence[_Letter]) -> list[DayAhead]:
    offices: dict[date, set[str]] = defaultdict(set)
    for office, _, day in letters:
        offices[day].add(office)
    counts = Counter(day for _, _, day in letters)
    return [DayAhead(day, counts[day], len(offices[day])) for day in sorted(counts)]


def _by_office(
    letters: Sequence[_Letter], work: Sequence[_Work], contacts: Contacts, first: date, last: date
) -> list[OfficeAhead]:
    got = Counter(office for office, desk, _ in letters if desk is not Desk.COORDINATOR)
    due: dict[str, list[date]] = defaultdict(list)
    for each in work:
        if first <= each.due_date <= last:
            due[each.office].append(each.due_date)
    heads, told = _earliest(letters, Desk.HEAD), _earliest(letters, Desk.FOCAL)
    to_coordinator = sorted(day for _, desk, day in letters if desk == Desk.COORDINATOR)
    return [
        OfficeAhead(
            office=office,
            letters=got[office],
            due=len(due[office]),
            without_address=(office, Desk.FOCAL.value) not in contacts.addresses,
            busiest_week=_busiest(due[office]),
            head_on=heads.get(office),
            first_on=told.get(office),
            coordinator_on=next((day for day in to_coordinator if office in heads and day >= heads[office]), None),
        )
        for office in sorted({*got, *due})
    ]


def _by_week(letters: Sequence[_Letter], work: Sequence[_Work], first: date, last: date) -> list[WeekAhead]:
    got = Counter((office, _monday(day)) for office, desk, day in letters if desk is not Desk.COORDINATOR)
    due = Counter((each.office, _monday(each.due_date)) for each in work if first <= each.due_date <= last)
    return [WeekAhead(*both, got[both], due[both]) for both in sorted({*got, *due})]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _earliest(letters: Sequence[_Letter], desk: Desk) -> dict[str, date]:
    found: dict[str, date] = {}
    for office, to, day in letters:
        if to == desk:
            found[office] = min(day, found.get(office, day))
    return found


def _busiest(days: Sequence[date]) -> date | None:
    weeks = Counter(map(_monday, days))
    return min(weeks, key=lambda week: (-weeks[week], week)) if weeks else None


def _at_risk(work: Sequence[_Work], calendar: WorkingCalendar, first: date, last: date) -> Iterator[DateAtRisk]:
    near = _near_long_holidays(calendar, first, last)
    for each in work:
        day = each.due_date
        if not first <= day <= last:
            continue
        if calendar.of(each.priority).is_provisional(day.year):
            why = (f"lịch nghỉ năm {day.year} chưa có thông báo", f"the holidays of {day.year} have not been announced")
        elif day in near:
            why = (f"sát kỳ nghỉ dài từ {near[day]:%d/%m}", f"close to the long holiday from {near[day]:%d/%m}")
        else:
            continue
        yield DateAtRisk(each.office, each.subtask, each.period, day, why)


def _near_long_holidays(calendar: WorkingCalendar, first: date, last: date) -> dict[date, date]:
    """Working days close to a long run of days off, each with the day on which the run begins."""
    near: dict[date, date] = {}
    run: list[date] = []
    for day in _days(first - timedelta(days=7), last + timedelta(days=14)):
        if not calendar.is_working_day(day):
            run.append(day)
            continue
        if len(run) >= _LONG_HOLIDAY_DAYS:
            around = range(1, _NEAR_HOLIDAY_DAYS + 1)
            for close in (*(calendar.add(run[0], -n) for n in around), *(calendar.add(run[-1], n) for n in around)):
                near.setdefault(close, run[0])
        run = []
    return near


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
