"""What people have to look at: an office its assignments, the coordinator the decisions that wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy import ColumnElement, Connection, String, and_, func, literal, select, true, union_all
from sqlmodel import Session, col

from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.alerts.status import acknowledgement_missing, due_soon, is_dated, is_open, overdue
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, NoticeKind, ReportState, State
from models.tables.outbox import Notice
from models.tables.party import Part
from models.tables.report import Extension, Question, Report, ReportDraft
from models.work.parties import own_work, with_part
from models.work.rows import ListedAssignment, read_rows, select_rows
from models.work.search import Search

RECENTLY = timedelta(days=30)
"""For how long an accepted assignment stays on its office's list."""


class SectionKey(StrEnum):
    """The parts of an office's list, in the order in which it should look at them."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    LATER = "later"
    NO_DATE = "no_date"  # standing, or no date is set yet: never late
    WAITING = "waiting"  # reported, to be decided on
    SUSPENDED = "suspended"
    DONE = "done"  # of late
    NAMED = "named"  # of others, to know of and to coordinate: open, or done of late
    MONITORED = "monitored"  # open assignments of others that it monitors


@dataclass(frozen=True)
class Section:
    """One part of the list: how many there are, and one page of them by due date."""

    key: SectionKey
    total: int
    rows: Sequence[ListedAssignment]


def work_list(
    connection: Connection,
    office: str,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    page_size: int,
    search: Search | None = None,
    only: SectionKey | None = None,
    offset: int = 0,
) -> list[Section]:
    """Everything an office has to look at, of each section the first ``page_size``; with ``only`` one section."""
    conditions = _conditions(own_work(connection, office), office, now, calendar)
    found = (search.condition(),) if search else ()
    if search:  # what is searched for may have been finished long ago
        conditions[SectionKey.DONE] = (own_work(connection, office), col(Assignment.state) == State.ACCEPTED)
    return [
        _section(connection, key, and_(*conditions[key], *found), page_size, offset)
        for key in SectionKey
        if only in (None, key)
    ]


def _conditions(
    own: ColumnElement[bool], office: str, now: datetime, calendar: WorkingCalendar
) -> dict[SectionKey, tuple[ColumnElement[bool], ...]]:
    state, due_at = col(Assignment.state), col(Assignment.due_at)
    waiting, soon = state.in_(WAITING_FOR_OFFICE), due_soon(now, calendar)
    return {
        SectionKey.OVERDUE: (own, waiting, due_at <= now),
        SectionKey.DUE_SOON: (own, soon),
        SectionKey.LATER: (own, waiting, due_at > now, is_dated, ~soon),
        SectionKey.NO_DATE: (own, waiting, ~is_dated),
        SectionKey.WAITING: (own, state == State.REPORTED),
        SectionKey.SUSPENDED: (own, state == State.SUSPENDED),
        SectionKey.DONE: (own, state == State.ACCEPTED, col(Assignment.completed_at) > now - RECENTLY),
        SectionKey.MONITORED: (
            col(Assignment.monitor_office) == office,
            col(Assignment.office) != office,
            # As in the condition of the partial index on open assignments.
            state.not_in((_written(State.ACCEPTED), _written(State.WITHDRAWN))),
        ),
        SectionKey.NAMED: (
            with_part((office,), Part.NAMED),
            state != State.WITHDRAWN,
            func.coalesce(col(Assignment.completed_at), now) > now - RECENTLY,
        ),
    }


def _section(connection: Connection, key: SectionKey, which: ColumnElement[bool], size: int, offset: int) -> Section:
    order = (col(Assignment.due_at), col(Assignment.id))
    listed = select(col(Assignment.id)).where(which).order_by(*order).limit(size).offset(offset)
    query = select_rows(ListedAssignment).where(col(Assignment.id).in_(listed)).order_by(*order)
    rows = read_rows(connection, ListedAssignment, query)
    total = len(rows)
    if total == size or offset:
        total = connection.scalar(select(func.count()).select_from(Assignment).where(which)) or 0
    return Section(key, total, rows)


@dataclass(frozen=True)
class Decision:
    """One thing the coordinator has to decide on."""

    what: Literal["report", "extension"]
    since: datetime
    reason: str
    assignment: ListedAssignment
    version: int
    until: date | None


def decisions_waiting(
    connection: Connection, *, limit: int | None = None, offset: int = 0, only: Collection[int] | None = None
) -> tuple[list[Decision], int]:
    """Reports and requests for time that wait for a decision, the oldest first, one page; and how many in all.

    only  the numbers of the assignments to look at, instead of all

    ``version`` is that of the report, or the number of the request; ``until`` is the day asked for.
    """
    waiting = union_all(
        select(
            literal("report").label("what"),
            col(Report.assignment_id).label("assignment_id"),
            col(Report.submitted_at).label("since"),
            literal("").label("reason"),
        ).where(col(Report.state) == _written(ReportState.SUBMITTED)),
        select(
            literal("extension"), col(Extension.assignment_id), col(Extension.requested_at), col(Extension.reason)
        ).where(col(Extension.state) == _written(ExtensionState.REQUESTED)),
    ).subquery()
    order = (waiting.c.since, waiting.c.assignment_id)
    wanted = true() if only is None else waiting.c.assignment_id.in_(only)
    page = connection.execute(select(waiting).where(wanted).order_by(*order).limit(limit).offset(offset)).all()
    query = select_rows(ListedAssignment).where(col(Assignment.id).in_({each.assignment_id for each in page}))
    rows = {row.id: row for row in read_rows(connection, ListedAssignment, query)}
    details = _details(connection, {each.assignment_id for each in page})
    decisions = [
        Decision(each.what, each.since, each.reason, rows[each.assignment_id], *details[each.what, each.assignment_id])
        for each in page
    ]
    return decisions, connection.scalar(select(func.count()).select_from(waiting).where(wanted)) or 0


def _details(connection: Connection, assignments: Collection[int]) -> dict[tuple[str, int], tuple[int, date | None]]:
    """Of what waits for these assignments: the version of the report, or the number of the request and its day."""
    report, extension = col(Report.assignment_id), col(Extension.assignment_id)
    versions = select(report, col(Report.version)).where(
        report.in_(assignments), col(Report.state) == _written(ReportState.SUBMITTED)
    )
    requests = select(extension, col(Extension.id), col(Extension.requested_until)).where(
        extension.in_(assignments), col(Extension.state) == _written(ExtensionState.REQUESTED)
    )
    found: dict[tuple[str, int], tuple[int, date | None]] = {}
    for number, version in connection.execute(versions):
        found["report", number] = (version, None)
    for number, request, until in connection.execute(requests):
        found["extension", number] = (request, until)
    return found


@dataclass(frozen=True)
class OverdueOffice:
    """What of one office is overdue, and when it was last told so."""

    office: str
    count: int
    oldest_due_at: datetime
    last_told_at: datetime | None


def overdue_offices(connection: Connection, *, now: datetime, limit: int) -> tuple[list[OverdueOffice], int]:
    """The offices that owe overdue work, those that owe most first; and how many offices there are."""
    owed = overdue(now)
    office, count = col(Assignment.office), func.count()
    query = select(office, count, func.min(col(Assignment.due_at))).where(owed).group_by(office)
    found = connection.execute(query.order_by(count.desc(), office).limit(limit)).all()
    told = (
        select(office, func.max(col(Notice.sent_at)))
        .join(Notice, col(Notice.assignment_id) == col(Assignment.id))
        .where(owed, office.in_([row[0] for row in found]), col(Notice.kind) == NoticeKind.OVERDUE)
        .group_by(office)
    )
    when = dict(connection.execute(told).tuples().all())
    total = connection.scalar(select(func.count(func.distinct(office))).where(owed)) or 0
    return [OverdueOffice(code, owes, oldest, when.get(code)) for code, owes, oldest in found], total


def unacknowledged(connection: Connection, *, now: datetime, calendar: WorkingCalendar) -> int:
    """How many assignments should have been acknowledged by now and are not."""
    missing = acknowledgement_missing(now, calendar)
    return connection.scalar(select(func.count()).select_from(Assignment).where(missing)) or 0


def submitted_reports(session: Session, assignments: Collection[int]) -> dict[int, Report]:
    """The reports of these assignments that wait for a decision, by assignment."""
    waiting = select(Report).where(
        col(Report.assignment_id).in_(assignments), col(Report.state) == _written(ReportState.SUBMITTED)
    )
    return {report.assignment_id: report for report in session.scalars(waiting)}


def unacknowledged_of(connection: Connection, office: str, *, limit: int) -> list[ListedAssignment]:
    """What an office has not acknowledged yet, alone or jointly, the nearest due date first."""
    new = and_(own_work(connection, office), col(Assignment.state) == State.ASSIGNED)
    query = select_rows(ListedAssignment).where(new).order_by(col(Assignment.due_at), col(Assignment.id)).limit(limit)
    return read_rows(connection, ListedAssignment, query)


def drafted(connection: Connection, assignments: Collection[int]) -> set[int]:
    """Those of these assignments that have a draft of a report not sent yet."""
    query = select(col(ReportDraft.assignment_id)).where(col(ReportDraft.assignment_id).in_(assignments))
    return set(connection.scalars(query))


@dataclass(frozen=True)
class WaitingQuestion:
    """A question that was not answered yet, and what it is about."""

    id: int
    text: str
    asked_at: datetime
    office: str
    assignment: ListedAssignment


def questions_waiting(
    connection: Connection, *, office: str | None = None, limit: int
) -> tuple[list[WaitingQuestion], int]:
    """What the coordinator is to answer, or with ``office`` what that office is; the oldest first, and how many."""
    waits = col(Question.answered_at).is_(None)
    if office is None:
        which = and_(waits, col(Question.by_office))
    else:
        own = col(Question.assignment_id).in_(select(col(Assignment.id)).where(own_work(connection, office)))
        which = and_(waits, ~col(Question.by_office), own)
    columns = map(col, (Question.id, Question.text, Question.asked_at, Question.office, Question.assignment_id))
    found = connection.execute(
        select(*columns).where(which).order_by(col(Question.asked_at), col(Question.id)).limit(limit)
    ).all()
    numbers = {each.assignment_id for each in found}
    query = select_rows(ListedAssignment).where(col(Assignment.id).in_(numbers))
    rows = {row.id: row for row in read_rows(connection, ListedAssignment, query)}
    total = connection.scalar(select(func.count()).select_from(Question).where(which)) or 0
    waiting = [
        WaitingQuestion(each.id, each.text, each.asked_at, each.office, rows[each.assignment_id]) for each in found
    ]
    return waiting, total


def undated_work(connection: Connection, *, limit: int) -> tuple[list[ListedAssignment], int]:
    """Open work that waits for the coordinator to set a date, the oldest first; and how much there is in all."""
    query = select_rows(ListedAssignment).where(_UNDATED).order_by(col(Assignment.id)).limit(limit)
    total = connection.scalar(select(func.count()).select_from(Assignment).where(_UNDATED)) or 0
    return read_rows(connection, ListedAssignment, query), total


def undated_subtasks(connection: Connection) -> list[str]:
    """The codes of the subtasks with such work."""
    return list(connection.scalars(select(col(Assignment.subtask)).where(_UNDATED).distinct()))


_UNDATED = and_(is_open, ~is_dated, col(Assignment.timing) == Timing.UNDATED)


def _written(state: State | ReportState | ExtensionState) -> ColumnElement[str]:
    """A state written out in the statement, so that the partial index on that state is used."""
    return literal(state.value, String, literal_execute=True)
