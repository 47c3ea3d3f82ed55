"""The verb ``assign``, for a whole batch: what is missing is made, what is there stays as it is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import bindparam, tuple_
from sqlalchemy import select as select_columns  # sqlmodel's is typed for four at most
from sqlmodel import Session, col, func, select

from config.contacts.desks import Desk, Recipient
from config.contacts.own_channels import LOCAL_MAILBOX
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.rules.ladder import Ladder
from models.alerts.notices import notice_row
from models.alerts.timetables import Term, timetable_id
from models.store.actor import PriorityContext
from models.store.audit import AuditEntry, lock_audit_chain, record_all
from models.store.upsert import insert_new
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import NoticeKind, Role, State, Urgency, Verb
from models.tables.office import Contact
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.work.parties import Parties
from models.work.planning import PlannedAssignment

BATCH = 5_000
"""Planned assignments looked at together: however many there are, so many are held in memory."""

SHARE, TIMETABLES = 250, 10
"""Assignments made or handed over in one transaction, and timetables that new ones need: some tenths of a second."""


def assign(session: Session, planned: Iterable[PlannedAssignment], context: PriorityContext) -> int:
    """Make every planned assignment of a priority that is not there yet and tell each office; returns how many."""
    lock_audit_chain(session)
    return sum(_assign_batch(session, missing, context) for missing in missing_assignments(session, planned))


def missing_assignments(session: Session, planned: Iterable[PlannedAssignment]) -> Iterator[list[PlannedAssignment]]:
    """Those that do not exist yet, batch by batch; no batch is empty."""
    remaining = iter(planned)
    while batch := list(islice(remaining, BATCH)):
        known = _known_identities(session, batch)
        if missing := [each for each in batch if each.identity not in known]:
            yield missing


def shares(missing: Iterable[PlannedAssignment], context: PriorityContext) -> Iterator[list[PlannedAssignment]]:
    """What is to be made, cut into what one transaction makes."""
    share: list[PlannedAssignment] = []
    timetables: set[tuple[str, Term]] = set()
    for each in missing:
        its = _timetable_of(each, context)
        if len(share) >= SHARE or len(timetables | {its}) > TIMETABLES:
            yield share
            share, timetables = [], set()
        share.append(each)
        timetables.add(its)
    if share:
        yield share


def _timetable_of(planned: PlannedAssignment, context: PriorityContext) -> tuple[str, Term]:
    """By which an assignment made today shares its timetable with others: the ladder, and the term."""
    due = planned.due
    term = Term.of(due.rule, due.timing, assigned_at=context.now, due_at=due.due_at)
    return planned.ladder.content_hash, term


def _known_identities(session: Session, planned: Iterable[PlannedAssignment]) -> set[tuple[Any, ...]]:
    """The identities of all that is there of the same subtasks, steps and periods."""
    occasions = {(each.subtask, each.step, each.variant, each.period) for each in planned}
    return {tuple(row) for row in session.execute(_KNOWN, {"occasions": sorted(occasions)})}


_OCCASION = col(Assignment.subtask), col(Assignment.step), col(Assignment.variant), col(Assignment.period)
_KNOWN = select_columns(
    *_OCCASION, col(Assignment.lead_office), col(Assignment.assigned_office), col(Assignment.role)
).where(tuple_(*_OCCASION).in_(bindparam("occasions", expanding=True)))
_FIRST_ALERT = select(func.min(TimetableRung.fire_at)).where(TimetableRung.timetable_id == bindparam("timetable"))
"""Made once: every run asks them."""


class _NewAssignment(NamedTuple):
    """What is told and recorded of a new assignment."""

    id: int
    subtask: str
    step: str
    variant: str
    period: str
    lead_office: str
    assigned_office: str
    role: Role
    office: str
    due_date: date
    due_at: datetime
    timing: Timing
    rule: str
    urgency: Urgency

    @property
    def identity(self) -> tuple[str, str, str, str, str, str, Role]:
        return self.subtask, self.step, self.variant, self.period, self.lead_office, self.assigned_office, self.role


def _assign_batch(session: Session, batch: Sequence[PlannedAssignment], context: PriorityContext) -> int:
    timetables: dict[tuple[str, Term], tuple[int, datetime | None]] = {}
    rows = []
    for each in batch:
        key = _timetable_of(each, context)
        if key not in timetables:
            timetables[key] = _timetable(session, each.ladder, key[1], context)
        rows.append(_row(each, *timetables[key], context))
    returned = [col(getattr(Assignment, name)) for name in _NewAssignment._fields]
    made = [
        _NewAssignment(*row) for row in session.exec(insert_new(session, Assignment).returning(*returned), params=rows)
    ]
    if not made:
        return 0
    planned_parties = {each.identity: Parties(each.joint_offices, each.named_offices) for each in batch}
    parties = {each.id: planned_parties[each.identity] for each in made}
    rows = [
        {"assignment_id": number, "office": office, "part": part, "acknowledged_at": None}
        for number, its in parties.items()
        for office, part in its.each()
    ]
    if rows:
        session.exec(insert_new(session, Party), params=rows)
    channels = _focal_channels(session)
    notices = [
        notice_row(
            kind,
            assignment.id,
            Recipient(office, Desk.FOCAL),
            rung="assigned",
            urgency=_urgency(assignment, context),
            channel=channels.get(office, LOCAL_MAILBOX),
            context=context,
        )
        for assignment in made
        for office, kind in _told(assignment.office, parties[assignment.id])
    ]
    session.exec(insert_new(session, Notice), params=notices)
    entries = (_audit_entry(each, parties[each.id]) for each in made)
    record_all(session, entries, actor=context.actor, now=context.now)
    return len(made)


def _told(office: str, parties: Parties) -> Iterator[tuple[str, NoticeKind]]:
    """Who is told of a new assignment, and what: that it is theirs, or that it is there."""
    yield office, NoticeKind.ASSIGNED
    for each, part in parties.each():
        yield each, NoticeKind.ASSIGNED if part is Part.JOINT else NoticeKind.INFORMED


def _timetable(session: Session, ladder: Ladder, term: Term, context: PriorityContext) -> tuple[int, datetime | None]:
    """The timetable of an assignment made today and the first instant at which it has something to say."""
    timetable = timetable_id(
        session,
        ladder,
        **vars(term),
        today=context.today,
        calendar=context.calendar,
        calendar_name=context.calendar_name,
        basis=context.directive.conventions.basis_on(context.today),
    )
    return timetable, session.exec(_FIRST_ALERT, params={"timetable": timetable}).one()


def _row(
    planned: PlannedAssignment, timetable: int, first_alert_at: datetime | None, context: PriorityContext
) -> dict[str, Any]:
    columns = vars(planned) | vars(planned.due)
    for no_column in ("due", "ladder", "provisional"):
        del columns[no_column]
    return columns | {
        "priority": context.priority.code,
        "original_due_at": planned.due.due_at,
        "original_due_date": planned.due.due_date,
        "original_timing": planned.due.timing,
        "state": State.ASSIGNED,
        "timetable_id": timetable,
        "rung_done": 0,
        "next_alert_at": first_alert_at,
        "assigned_at": context.now,
        "edition": context.edition,
    }


def _focal_channels(session: Session) -> dict[str, str]:
    query = select(Contact.office, Contact.channel).where(Contact.desk == Desk.FOCAL)
    return dict(session.exec(query).all())


def _urgency(made: _NewAssignment, context: PriorityContext) -> Urgency:
    """How urgently it is told: a term in hours does not wait for the morning."""
    term = Term.of(made.rule, made.timing, assigned_at=context.now, due_at=made.due_at)
    return Urgency.EXPRESS if term.ends_at else made.urgency


def _audit_entry(made: _NewAssignment, parties: Parties) -> AuditEntry:
    details: dict[str, Any] = {
        "subtask": made.subtask,
        "period": made.period,
        "office": made.office,
        "role": made.role.value,
        "due_date": None if made.due_date == NO_DATE else made.due_date.isoformat(),
    }
    details |= {name: [*offices] for name, offices in vars(parties).items() if offices}
    return AuditEntry(Verb.ASSIGN.value, f"assignment:{made.id}", details)
