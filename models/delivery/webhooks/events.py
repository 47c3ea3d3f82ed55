"""What happens to assignments, put into the outbox for the programs that are told of it.

Facts are read off the audit trail, whose numbers have no gaps, each once and in order; what became overdue is told once
its due instant has passed, or after the fact by which it was late at once. Both positions are kept with the program and
move in the transaction that makes the messages. What is a sample is told to nobody; work that the caller's plan does
not know yet is told later.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, type_coerce, update
from sqlmodel import Session, col, select

from config.catalogue.plan import Plan
from config.contacts.web_addresses import WEBHOOK
from config.errors import Refused
from config.rules.due_words import dated
from models.alerts.status import is_dated, status_of
from models.delivery.letters import put_in_outbox
from models.store.actor import ActorContext
from models.store.audit_event import AuditEvent
from models.store.columns import enum_column
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import DeedItem, ItemKind
from models.tables.lifecycle import WAITING_FOR_OFFICE, Status, Urgency, Verb
from models.tables.outbox import Message, Webhook
from models.work.directives import samples_in_force
from models.work.rows import AssignmentRow, read_rows, select_rows


class Event(StrEnum):
    """What a program may be told of."""

    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"  # also a report that corrects one
    TAKEN_BACK = "taken_back"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENSION_WITHDRAWN = "extension_withdrawn"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    MOVED = "moved"  # its due date, by a deed
    REASSIGNED = "reassigned"  # to another office, by a deed or because the office ended
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    OVERDUE = "overdue"


_BY_VERB: Mapping[str, Event] = {
    Verb.ASSIGN: Event.ASSIGNED,
    Verb.ACKNOWLEDGE: Event.ACKNOWLEDGED,
    Verb.REPORT: Event.REPORTED,
    Verb.CORRECT: Event.REPORTED,
    Verb.TAKE_BACK: Event.TAKEN_BACK,
    Verb.ACCEPT: Event.ACCEPTED,
    Verb.RETURN: Event.RETURNED,
    Verb.REQUEST_EXTENSION: Event.EXTENSION_REQUESTED,
    Verb.WITHDRAW_REQUEST: Event.EXTENSION_WITHDRAWN,
    Verb.GRANT_EXTENSION: Event.EXTENSION_GRANTED,
    Verb.REFUSE_EXTENSION: Event.EXTENSION_REFUSED,
    Verb.SUSPEND: Event.SUSPENDED,
    Verb.RESUME: Event.RESUMED,
    Verb.WITHDRAW: Event.WITHDRAWN,
    Verb.HAND_OVER: Event.REASSIGNED,
}
_BY_ITEM: Mapping[ItemKind, Event] = {
    ItemKind.MADE: Event.ASSIGNED,
    ItemKind.RESTORED: Event.ASSIGNED,
    ItemKind.WITHDRAWN: Event.WITHDRAWN,
    ItemKind.REASSIGNED: Event.REASSIGNED,
    ItemKind.MOVED: Event.MOVED,
}
_WAITS_BY = frozenset({Event.ASSIGNED, Event.MOVED, Event.REASSIGNED, Event.RETURNED, Event.TAKEN_BACK, Event.RESUMED})
"""By these an office is asked for something, which may be late at once."""
_DEED = "deed"

FACTS_READ = 1_000
"""Audit events read at once; a deed among them may be about many assignments."""

EVENTS_IN_MESSAGE = 100


@dataclass(frozen=True)
class _AssignmentEvent:
    """One event of one assignment; ``name`` tells it from all others.

    seq  the audit event that told of it; after all of them for what time alone has brought
    """

    seq: int
    name: str
    event: Event
    at: datetime
    assignment: int
    deed: int | None = None


@dataclass(frozen=True)
class _NextEvents:
    """What one program is told next, and how far that takes it."""

    hook: Webhook
    events: Sequence[Mapping[str, Any]]
    seq: int
    at: datetime
    more: bool


_HOOKS = select(Webhook).where(col(Webhook.ended_at).is_(None)).order_by(col(Webhook.id))
"""Made once: every round of the courier asks."""


def queue_events(engine: Engine, context: ActorContext) -> bool:
    """Put what has happened since into messages to each program; returns whether there is more.

    It is read and put into words first: others may write meanwhile.
    """
    with reading_session(engine) as session:
        told = [_told(session, hook, context) for hook in session.exec(_HOOKS).all()]
    moved = [each for each in told if (each.seq, each.at) != (each.hook.seen_seq, each.hook.seen_at)]
    if not moved:
        return False
    with session_scope(engine) as session:
        for each in moved:
            mine = update(Webhook).where(col(Webhook.id) == each.hook.id, col(Webhook.seen_seq) == each.hook.seen_seq)
            mine = mine.where(col(Webhook.seen_at) == each.hook.seen_at, col(Webhook.ended_at).is_(None))
            if not session.exec(mine.values(seen_seq=each.seq, seen_at=each.at)).rowcount:
                continue  # another courier was faster
            for start in range(0, len(each.events), EVENTS_IN_MESSAGE):
                part = each.events[start : start + EVENTS_IN_MESSAGE]
                # A round may be later than another by time alone.
                position = f"{each.hook.seen_seq}-{each.hook.seen_at:%y%m%d%H%M%S%f}"
                queue_message(session, each.hook, part, f"{position}-{start}", context)
    return any(each.more for each in moved)


def queue_message(
    session: Session, hook: Webhook, events: Sequence[Mapping[str, Any]], name: str, context: ActorContext
) -> None:
    """Put a message with these events in the outbox, unless one of this ``name`` is there."""
    office, desk = context.main_coordinator
    kinds = list(dict.fromkeys(str(each["event"]) for each in events))
    put_in_outbox(
        session,
        f"{_key(hook)}{name}",
        WEBHOOK,
        context,
        office=office,
        desk=desk,
        urgency=Urgency.NORMAL,
        subject=f"{hook.name}: {', '.join(kinds)} ({len(events)})"[:500],
        body_text=json.dumps({"events": events}, ensure_ascii=False, separators=(",", ":")),
        body_html="",
    )


def hooks_of(session: Session, message_keys: Collection[str]) -> dict[str, Webhook]:
    """The program that each of these messages is for, by their keys; without those that are told nothing any more."""
    hooks = session.exec(select(Webhook).where(col(Webhook.ended_at).is_(None))).all()
    return {key: hook for key in message_keys for hook in hooks if key.startswith(_key(hook))}


def message_conditions_of(hook: Webhook) -> ColumnElement[bool]:
    """The messages to a program."""
    return and_(col(Message.channel) == WEBHOOK, col(Message.message_key).startswith(_key(hook)))


def _key(hook: Webhook) -> str:
    return f"dondoc-hook-{hook.id}-"


def _told(session: Session, hook: Webhook, context: ActorContext) -> _NextEvents:
    wanted = {Event(each) for each in hook.events if each in set(Event)} or set(Event)
    columns = (AuditEvent.seq, AuditEvent.at, AuditEvent.verb, AuditEvent.subject)
    later = select(*columns).where(AuditEvent.seq > hook.seen_seq).order_by(col(AuditEvent.seq)).limit(FACTS_READ)
    rows = session.exec(later).all()
    seq, more = (rows[-1][0] if rows else hook.seen_seq), len(rows) == FACTS_READ
    facts = [fact for row in rows for fact in _facts(session, *row)]
    facts = [fact for fact in _with_overdue(session, facts, hook.seen_at) if fact.event in wanted]
    at = hook.seen_at
    if not more and context.now > hook.seen_at:
        facts += _fallen_overdue(session, seq + 1, hook.seen_at, context.now) if Event.OVERDUE in wanted else []
        # Where nothing has happened nothing is written, however often a courier comes by.
        at = context.now if facts or seq != hook.seen_seq else at
    assignments, unknown = _rows_of(session, facts, context.plan, context.now)
    if strange := next((fact for fact in facts if fact.assignment in unknown), None):
        # Work of a newer plan than this one: what comes from there on waits for a round that has it.
        facts, seq = [fact for fact in facts if fact.seq < strange.seq], strange.seq - 1
        at, more = hook.seen_at, False
    return _NextEvents(hook, _in_words(facts, assignments), seq, at, more)


def _facts(session: Session, seq: int, at: datetime, verb: str, subject: str) -> Iterator[_AssignmentEvent]:
    kind, _, number = subject.partition(":")
    if kind == "assignment" and verb in _BY_VERB:
        yield _AssignmentEvent(seq, str(seq), _BY_VERB[verb], at, int(number))
    elif kind == _DEED and verb == _DEED:
        items = select(DeedItem.assignment_id, col(DeedItem.kind)).where(DeedItem.deed_id == int(number))
        for assignment, what in session.exec(items.order_by(col(DeedItem.assignment_id))):
            if what in _BY_ITEM:
                yield _AssignmentEvent(seq, f"{seq}-{assignment}", _BY_ITEM[what], at, assignment, int(number))


def _with_overdue(session: Session, facts: Sequence[_AssignmentEvent], until: datetime) -> Iterator[_AssignmentEvent]:
    """The facts, with «overdue» after the last one by which an assignment waits for its office, due by ``until``."""
    last = {fact.assignment: fact.name for fact in facts if fact.event in _WAITS_BY}
    numbers, late = sorted(last), set[int | None]()
    for start in range(0, len(numbers), FACTS_READ):
        these = col(Assignment.id).in_(numbers[start : start + FACTS_READ])
        waiting = col(Assignment.due_at) <= until, col(Assignment.state).in_(WAITING_FOR_OFFICE)
        late.update(session.exec(select(col(Assignment.id)).where(these, *waiting)))
    for fact in facts:
        yield fact
        if fact.assignment in late and fact.name == last[fact.assignment]:
            yield replace(fact, name=f"{fact.name}-overdue", event=Event.OVERDUE)


def _fallen_overdue(session: Session, seq: int, since: datetime, until: datetime) -> list[_AssignmentEvent]:
    """What is overdue by now and was not then: its due instant has passed between, and nothing was handed in."""
    passed = select(Assignment.id, Assignment.due_at).where(
        col(Assignment.due_at) > since,
        col(Assignment.due_at) <= until,
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
        is_dated,
    )
    found = session.exec(passed.order_by(col(Assignment.due_at), col(Assignment.id))).all()
    named = ((f"overdue-{number}-{due_at:%Y%m%d}", number or 0, due_at) for number, due_at in found)
    return [_AssignmentEvent(seq, name, Event.OVERDUE, due_at, number) for name, number, due_at in named]


def _rows_of(
    session: Session, facts: Sequence[_AssignmentEvent], plan: Plan, now: datetime
) -> tuple[Mapping[int, Mapping[str, Any]], Collection[int]]:
    """The assignments of these facts as they are now, without samples; and those whose work the plan does not know."""
    samples = samples_in_force(session) if facts else frozenset()
    rows: dict[int, Mapping[str, Any]] = {}
    unknown: set[int] = set()
    numbers = sorted({fact.assignment for fact in facts})
    status = type_coerce(status_of(now), enum_column(Status)).label("status")
    for start in range(0, len(numbers), FACTS_READ):
        these = col(Assignment.id).in_(numbers[start : start + FACTS_READ])
        for row in read_rows(session.connection(), AssignmentRow, select_rows(AssignmentRow, status).where(these)):
            try:
                rows[row.id] = _as_json(row, plan)
            except Refused:
                unknown.add(row.id)
    return {number: row for number, row in rows.items() if row["directive"] not in samples}, unknown


def _in_words(facts: Sequence[_AssignmentEvent], rows: Mapping[int, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The events as they are sent, with the assignment as it is now."""
    return [
        {
            "id": fact.name,
            "event": fact.event.value,
            "at": fact.at.isoformat(),
            "deed": fact.deed,
            "assignment": rows[fact.assignment],
        }
        for fact in facts
        if fact.assignment in rows
    ]


def _as_json(row: AssignmentRow, plan: Plan) -> Mapping[str, Any]:
    due = dated(row.due_date)
    return {
        "id": row.id,
        "directive": plan.directive_of(row.subtask).code,
        "subtask": row.subtask,
        "title": plan.step_title(row.subtask, row.step, row.variant, occasion=row.occasion),
        "period": row.period,
        "role": row.role.value,
        "office": row.office,
        "joint_offices": list(row.joint),
        "state": row.state.value,
        "status": row.status.value,
        "due_date": due.isoformat() if due else None,
    }
