"""A province on a working morning, for benchmarks: everything is open, most of it is late, and many are to be told.

The shape is the hard one that occurs: hundreds of pairs of days assigned and due, of which each has its timetable; what
is due now goes to as many recipients as are asked for, in equal shares; 30 % is acknowledged; the five priorities share
all equally. What was due before has been told. ``proportions`` says what a store really holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice, product

from sqlalchemy import Integer, String, and_, cast, insert, literal, or_, select
from sqlmodel import Session, col, func

from config.catalogue.loader import load_plan
from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.catalogue.subtasks import Priority
from config.clock import HANOI, end_of_day
from models.alerts.timetables import timetable_id
from models.keeping.opening import Store
from models.store.columns import UtcDateTime
from models.store.database import reading, session_scope
from models.store.upsert import table_of
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import NoticeState, Role, State, Urgency
from models.tables.outbox import Notice

NOW = datetime(2023, 9, 12, 7, 30, tzinfo=HANOI)
COMMUNES = 500
TIMETABLES = 200
ACKNOWLEDGED = 30
"""Per cent."""

_BLOCK = 20_000
"""Rows made one by one; all others are copies of these with periods of their own."""

_TOLD_FOR = timedelta(days=5)
"""Notices are laid as far back as anybody looks for them after a sweep."""


@cache
def province_plan(communes: int = COMMUNES) -> Plan:
    """The plan as shipped, and so many communes in the place of «xã, phường» as one."""
    plan = load_plan()
    offices = (
        OfficeSpec(
            code=commune(number),
            name_vi=f"Ủy ban nhân dân xã số {number}",
            name_en=f"People's Committee of commune {number}",
            kind="locality",
            member_of="XA",
        )
        for number in range(communes)
    )
    return plan.model_copy(update={"offices": (*plan.offices, *offices)})


def commune(number: int) -> str:
    """The code of an office."""
    return f"X{number:05}"


@dataclass(frozen=True)
class _Term:
    """A timetable, and how far it was told before its last rung that is past, and with it."""

    id: int
    assigned_on: date
    due_on: date
    done_before: int
    last_at: datetime
    done: int
    next_at: datetime


def lay(store: Store, *, all_: int, due: int, recipients: int = 1_000, timetables: int = TIMETABLES) -> None:
    """Lay ``all_`` open assignments into an empty store, of which ``due`` are to be told of now."""
    with session_scope(store.engine) as session:
        terms = [_term(session, store, *pair) for pair in _pairs(timetables)]
        steps = [_first_step(each) for each in store.plan.priorities]
        for first, count in ((0, due), (due, all_ - due)):
            numbers = range(first, first + min(count, _BLOCK))
            rows = [
                _row(n, commune(n % recipients), steps[n % len(steps)], terms[n % len(terms)], n < due) for n in numbers
            ]
            if rows:
                session.execute(insert(Assignment), rows)
            for begin in range(_BLOCK, count, _BLOCK):
                _copy(session, first, min(_BLOCK, count - begin), begin)
        _tell(session)


def proportions(store: Store) -> str:
    """What the store holds, in a line."""
    waits = col(Assignment.next_alert_at) <= NOW
    counted = (
        func.count(),
        func.count().filter(waits),
        func.count(col(Assignment.office).distinct()).filter(waits),
        func.count().filter(col(Assignment.acknowledged_at).is_not(None)),
        func.count(col(Assignment.timetable_id).distinct()),
        func.count(col(Assignment.due_at).distinct()),
    )
    with reading(store.engine) as connection:
        all_, due, recipients, acknowledged, timetables, days = connection.execute(select(*counted)).one()
        told = connection.scalar(select(func.count()).select_from(Notice))
    return (
        f"{all_:,} open assignments, {acknowledged / all_:.0%} acknowledged; {due:,} due of {recipients:,} offices;"
        f" {timetables} pairs of days assigned and due ({days} days due); {told:,} notices"
    )


def _pairs(count: int) -> Iterator[tuple[date, date]]:
    """Days assigned and due; the last days due are still to come, and their first reminder is due already."""
    due_on = [NOW.date() + timedelta(days=n) for n in range(6, -23, -1)]
    assigned_on = (date(2023, 8, 10) - timedelta(days=n) for n in range(count))
    return islice(product(assigned_on, due_on), count)


def _term(session: Session, store: Store, assigned_on: date, due_on: date) -> _Term:
    number = timetable_id(
        session,
        store.plan.ladder("standard"),
        assigned_on=assigned_on,
        due_on=due_on,
        today=NOW.date(),
        calendar=store.calendar,
    )
    query = select(col(TimetableRung.rank), col(TimetableRung.fire_at)).where(
        col(TimetableRung.timetable_id) == number, ~col(TimetableRung.unless_acknowledged)
    )
    rungs = sorted(set(session.execute(query).tuples()))
    past = [each for each in rungs if each[1] <= NOW]
    last, last_at = past[-1]
    before = past[-2][0] if past[1:] else 0
    return _Term(number, assigned_on, due_on, before, last_at, last, rungs[len(past)][1])


def _first_step(priority: Priority) -> tuple[str, str, str]:
    subtask = next(each for each in priority.subtasks if each.steps)
    return priority.code, subtask.code, subtask.steps[0].key


def _row(number: int, office: str, what: tuple[str, str, str], term: _Term, is_due: bool) -> dict[str, object]:
    priority, subtask, step = what
    acknowledged = number * 37 % 100 < ACKNOWLEDGED
    assigned_at = datetime.combine(term.assigned_on, NOW.timetz())
    due_at = end_of_day(term.due_on)
    return {
        "priority": priority,
        "subtask": subtask,
        "step": step,
        "variant": "",
        "period": f"event:{number}",
        "role": Role.LEAD,
        "lead_office": office,
        "assigned_office": office,
        "office": office,
        "monitor_office": "BNC",
        "urgency": Urgency.NORMAL,
        "state": State.ACKNOWLEDGED if acknowledged else State.ASSIGNED,
        "rule": "ISSUE+15",
        "basis": "proposal",
        "due_at": due_at,
        "due_date": term.due_on,
        "original_due_at": due_at,
        "original_due_date": term.due_on,
        "explanation_vi": "15 ngày làm việc kể từ ngày giao",
        "explanation_en": "15 working days from the day of assigning",
        "calendar_version": "x",
        "timetable_id": term.id,
        "rung_done": term.done_before if is_due else term.done,
        "next_alert_at": term.last_at if is_due else term.next_at,
        "assigned_at": assigned_at,
        "acknowledged_at": assigned_at + timedelta(days=1) if acknowledged else None,
    }


def _copy(session: Session, first: int, count: int, begin: int) -> None:
    """Copy the first rows of a part, once for each of its further blocks; only their occasion differs."""
    table = table_of(Assignment)
    columns = [each for each in table.c if each.name != "id"]
    occasion = literal("event:").concat(cast(cast(func.substr(table.c.period, 7), Integer) + begin, String))
    source = select(*(occasion if each.name == "period" else each for each in columns)).where(
        table.c.id > first, table.c.id <= first + count
    )
    session.execute(insert(table).from_select([each.name for each in columns], source))


def _tell(session: Session) -> None:
    """Everybody has been told what was due before, each once and by name of its rung."""
    rung, assignment = TimetableRung, Assignment
    told = (
        select(
            col(rung.kind),
            col(assignment.id),
            col(rung.rung),
            col(assignment.office),
            col(rung.audience),
            literal("mailbox"),
            col(assignment.urgency),
            literal(NoticeState.SENT.value),
            literal("earlier"),
            col(rung.fire_at),
            col(rung.fire_at),
            literal(""),
        )
        .join(assignment, col(rung.timetable_id) == col(assignment.timetable_id))
        .where(
            col(rung.rank) <= col(assignment.rung_done),
            or_(~col(rung.unless_acknowledged), col(assignment.acknowledged_at).is_(None)),
            # Without one notice for each of those lately due, the auditor would find that nobody was told of it.
            or_(
                col(rung.fire_at) > literal(NOW - _TOLD_FOR, UtcDateTime),
                and_(col(rung.rank) <= 2, col(assignment.due_at) > literal(NOW - _TOLD_FOR, UtcDateTime)),
            ),
        )
    )
    names: Sequence[str] = (
        *("kind", "assignment_id", "rung", "office", "desk", "channel", "urgency", "state", "run_key"),
        *("created_at", "sent_at", "reason"),
    )
    session.execute(insert(Notice).from_select(names, told))
