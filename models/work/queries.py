"""Finding assignments by what is asked of them, and one of them with all that has happened to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    SQLColumnExpression,
    UnaryExpression,
    bindparam,
    type_coerce,
)
from sqlalchemy.sql import operators
from sqlmodel import Session, case, col, func, select

from config.catalogue.plan import Plan
from config.rules.periods import with_numbered
from models.alerts.status import DateFilter, due_between, is_open, not_withdrawn, overdue, status_expr, status_of
from models.store.audit_event import AuditEvent
from models.store.columns import UtcDateTime, enum_column
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import DeedItem, ItemKind
from models.tables.errors import AssignmentNotFound
from models.tables.lifecycle import NoticeState, Role, State, Status
from models.tables.outbox import Notice
from models.tables.report import Contribution, Extension, Question, Report
from models.work.deeds.facts import DeedFacts, deeds_on
from models.work.group import GroupMember, group_of
from models.work.parties import NOBODY_ELSE, Parties, own_work, parties_of
from models.work.rows import AssignmentRow, has_occasion, read_rows, select_rows
from models.work.search import Search, search_for


@dataclass(frozen=True)
class AssignmentFilter:
    """Which assignments to list; None means any.

    office         answers for them, alone or jointly
    offices        any of these does
    priorities     any of these, as those of one directive
    due_in         the first and the last day of due dates, both included
    is_open        whether it is still to be done, or over
    dates          what there is of its due date
    overdue_first  what is late first, then what is open, then what is done; otherwise by due date alone
    """

    office: str | None = None
    priority: str | None = None
    subtask: str | None = None
    period: str | None = None
    role: Role | None = None
    state: State | None = None
    status: Status | None = None
    search: Search | None = None
    offices: tuple[str, ...] | None = None
    priorities: tuple[str, ...] | None = None
    due_in: tuple[date, date] | None = None
    overdue_first: bool = False
    is_open: bool | None = None
    dates: DateFilter | None = None


def assignment_filter(
    plan: Plan,
    *,
    office: str | None = None,
    priority: str | None = None,
    subtask: str | None = None,
    directive: str | None = None,
    search: str = "",
    **others: Any,
) -> AssignmentFilter:
    """The filter by these codes, an office also by its name, and searched words.

    Of a part of the plan nothing else is listed. Raises ``Refused`` for a code that the plan does not have.
    """
    of_plan = None if plan.is_whole else plan.priority_codes
    return AssignmentFilter(
        office=None if office is None else plan.office_named(office).code,
        priority=None if priority is None else plan.priority(priority).code,
        subtask=None if subtask is None else plan.subtask(subtask).code,
        priorities=of_plan if directive is None else tuple(each.code for each in plan.priorities_of(directive)),
        search=search_for(plan, search),
        **others,
    )


def assignments(
    connection: Connection, criteria: AssignmentFilter, *, now: datetime, limit: int | None = None, offset: int = 0
) -> Sequence[AssignmentRow]:
    """Assignments with their status word at ``now``, by due date; withdrawn ones only when asked for by state.

    limit, offset  one page of them
    """
    first = (case((overdue(now), 0), (is_open, 1), else_=2),) if criteria.overdue_first else ()
    return ordered(connection, criteria, first, now, limit, offset)


def ordered(
    connection: Connection,
    criteria: AssignmentFilter,
    first: Sequence[SQLColumnExpression[Any]],
    now: datetime,
    limit: int | None,
    offset: int,
) -> Sequence[AssignmentRow]:
    """One page of them in this order, and by due date where that leaves it open."""
    order = in_order(first)
    if limit is not None and offset >= _FAR:
        left = max(0, count_assignments(connection, criteria, now=now) - offset)
        if left < offset:  # From the end: what is to be left out is sorted, too, which takes longer than counting it.
            order = [_reversed(each) for each in order]
            limit, offset = min(limit, left), max(0, left - limit)
    # The page is found in an index alone; only what is on it is opened.
    listed = select(col(Assignment.id)).where(*conditions(connection, criteria, now)).order_by(*order)
    query = rows_at(now).where(col(Assignment.id).in_(listed.limit(limit).offset(offset)))
    return read_rows(connection, AssignmentRow, query.order_by(*in_order(first)))


def in_order(first: Sequence[SQLColumnExpression[Any]]) -> list[SQLColumnExpression[Any]]:
    """This order, and by due date where it leaves it open."""
    return [*first, col(Assignment.due_at), col(Assignment.subtask), col(Assignment.id)]


_FAR = 5_000
"""Rows before a page; nearer to the beginning it costs little to leave them out."""


def _reversed(ordered_by: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    if isinstance(ordered_by, UnaryExpression) and ordered_by.modifier is operators.desc_op:
        return ordered_by.element
    return ordered_by.desc()


def read_assignment(connection: Connection, assignment_id: int, *, now: datetime) -> AssignmentRow:
    """One assignment with its status word at ``now``; raises ``NotFound``."""
    found = read_rows(connection, AssignmentRow, rows_at(now).where(col(Assignment.id) == assignment_id))
    if not found:
        raise AssignmentNotFound(assignment_id)
    return found[0]


def rows_at(now: datetime) -> Select[Any]:
    """A query for rows with their status word at ``now``."""
    return select_rows(AssignmentRow, type_coerce(status_of(now), enum_column(Status)).label("status"))


def count_assignments(connection: Connection, criteria: AssignmentFilter, *, now: datetime) -> int:
    """How many ``assignments`` there are."""
    query = select(func.count(col(Assignment.id))).where(*conditions(connection, criteria, now))
    return connection.scalar(query) or 0


def conditions(connection: Connection, criteria: AssignmentFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """What an assignment must fulfil to be listed."""
    if criteria.office is not None:
        yield own_work(connection, criteria.office)
    for name in ("priority", "subtask", "role", "state"):
        if (value := getattr(criteria, name)) is not None:
            yield col(getattr(Assignment, name)) == value
    if criteria.period is not None:
        yield col(Assignment.period).in_(with_numbered(criteria.period))
    if criteria.state is None:
        yield not_withdrawn
    if criteria.status is not None:
        yield status_expr(criteria.status, now)
    if criteria.is_open is not None:
        yield is_open if criteria.is_open else ~is_open
    if criteria.dates is not None:
        yield criteria.dates.condition(now)
    if criteria.offices is not None:
        yield own_work(connection, *criteria.offices)
    if criteria.priorities is not None:
        yield col(Assignment.priority).in_(criteria.priorities)
    if criteria.due_in is not None:
        yield due_between(*criteria.due_in)
    if criteria.search is not None:
        yield criteria.search.condition_of_all(connection)


@dataclass(frozen=True)
class History:
    """One assignment with all that has happened to it.

    parties        its joint leads and named offices
    led_by         the offices that lead the group today, its joint leads included
    occasion       title of the document, event or ad hoc work it was counted from, otherwise empty
    group          the assignments of the lead and of all who coordinate with it, itself included
    contributions  what named offices have added, in order
    questions      what the office and its coordinator have asked each other, in order
    events, deeds  what was done to it alone, and what deeds on many did to it
    taken_over_by  of one that a deed withdrew, the offices to which the same deed gave its part instead
    """

    assignment: Assignment
    status: Status
    occasion: str
    parties: Parties
    led_by: frozenset[str]
    group: Sequence[GroupMember]
    reports: Sequence[Report]
    extensions: Sequence[Extension]
    contributions: Sequence[Contribution]
    questions: Sequence[Question]
    notices: Sequence[Notice]
    events: Sequence[AuditEvent]
    deeds: Sequence[DeedFacts]
    taken_over_by: Sequence[str]

    def is_held_by(self, office: str | None) -> bool:
        """Whether an office answers for it, alone or as one of its joint leads."""
        return office in (self.assignment.office, *self.parties.joint)

    @property
    def entries(self) -> list[AuditEvent | DeedFacts]:
        """All that was done to it, in order."""
        entries: list[AuditEvent | DeedFacts] = [*self.events, *self.deeds]
        return sorted(entries, key=lambda entry: entry.at)


def history(session: Session, assignment_id: int, *, now: datetime) -> History:
    """Everything about one assignment; raises ``NotFound``."""
    found = session.exec(_ONE, params={"id": assignment_id, "now": now}).one_or_none()
    if found is None:
        raise AssignmentNotFound(assignment_id)
    assignment, status, occasion = found
    group = group_of(session, assignment)
    leads = [each for each in group if each.role is Role.LEAD]
    parties = parties_of(session, [assignment_id, *(each.id for each in leads)])
    joint = (office for each in leads for office in parties.get(each.id, NOBODY_ELSE).joint)
    it = {"id": assignment_id}
    return History(
        assignment=assignment,
        status=Status(status),
        occasion=occasion,
        parties=parties.get(assignment_id, NOBODY_ELSE),
        led_by=frozenset((*(each.office for each in leads), *joint)),
        group=group,
        reports=session.exec(_REPORTS, params=it).all(),
        extensions=session.exec(_EXTENSIONS, params=it).all(),
        contributions=session.exec(_CONTRIBUTIONS, params=it).all(),
        questions=session.exec(_QUESTIONS, params=it).all(),
        notices=session.exec(_NOTICES, params=it).all(),
        events=session.exec(_EVENTS, params={"subject": f"assignment:{assignment_id}"}).all(),
        deeds=deeds_on(session, [assignment_id]),
        taken_over_by=_taken_over_by(session, assignment),
    )


# Made once: composing them costs more than running them.
_ID = bindparam("id", type_=Integer)
_ONE = (
    select(Assignment, status_of(bindparam("now", type_=UtcDateTime)), func.coalesce(Anchor.title, ""))
    .outerjoin(Anchor, has_occasion)
    .where(Assignment.id == _ID)
)
_REPORTS = select(Report).where(Report.assignment_id == _ID).order_by(col(Report.version))
_EXTENSIONS = select(Extension).where(Extension.assignment_id == _ID).order_by(col(Extension.id))
_CONTRIBUTIONS = select(Contribution).where(Contribution.assignment_id == _ID).order_by(col(Contribution.id))
_QUESTIONS = select(Question).where(Question.assignment_id == _ID).order_by(col(Question.id))
_NOTICES = select(Notice).where(Notice.assignment_id == _ID).order_by(col(Notice.id))
_EVENTS = select(AuditEvent).where(AuditEvent.subject == bindparam("subject")).order_by(col(AuditEvent.seq))


def _taken_over_by(session: Session, assignment: Assignment) -> Sequence[str]:
    if assignment.withdrawn_by is None:
        return ()
    given = select(DeedItem.assignment_id).where(
        DeedItem.deed_id == assignment.withdrawn_by, DeedItem.kind != ItemKind.WITHDRAWN
    )
    same = (
        *(Assignment.subtask == assignment.subtask, Assignment.step == assignment.step),
        *(Assignment.variant == assignment.variant, Assignment.period == assignment.period),
    )
    offices = select(Assignment.office).where(col(Assignment.id).in_(given), *same, Assignment.role == assignment.role)
    return session.exec(offices.where(Assignment.state != State.WITHDRAWN).distinct().order_by(Assignment.office)).all()


def notices(session: Session, *, office: str | None = None, state: NoticeState | None = None) -> Sequence[Notice]:
    """The outbox, the oldest first."""
    query = select(Notice).order_by(col(Notice.id))
    if office is not None:
        query = query.where(Notice.office == office)
    if state is not None:
        query = query.where(Notice.state == state)
    return session.exec(query).all()


def report_of_submission(session: Session, submission: str) -> Report | None:
    """The report that one filling-in of a form has become, or None when it was not submitted yet."""
    return session.exec(select(Report).where(Report.submission == submission)).one_or_none()
