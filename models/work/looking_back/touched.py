"""Whose assignments have changed since an event, so that what is counted of all of them need not be counted anew."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from models.store.audit_event import BACK_UP, DELIVER, AuditEvent
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from models.tables.party import Part, Party

MOST_EVENTS = 500
"""After more, what was counted is counted anew."""


@dataclass(frozen=True)
class Touched:
    """The offices whose assignments have changed, joint leads among them, and the subtasks of these assignments."""

    offices: frozenset[str]
    subtasks: frozenset[str]


def touched_since(connection: Connection, seq: int) -> Touched | None:
    """Whose assignments the events after this number are about; None where that may be anybody's.

    An event that is about one assignment changes its state and dates, and no office's part in it. A deed, a hand-over
    and what holds assignments beside its subject may take an assignment from one office to another, and only the new
    one is told by the row.
    """
    event = AuditEvent
    later = (
        select(col(event.verb), col(event.subject), col(event.digests))
        .where(col(event.seq) > seq, col(event.verb).not_in((DELIVER, BACK_UP)))
        .limit(MOST_EVENTS + 1)
    )
    events = connection.execute(later).tuples().all()
    if len(events) > MOST_EVENTS:
        return None
    assignment_ids = set[int]()
    for verb, subject, digests in events:
        kind, _, number = subject.partition(":")
        about = {each for each in digests if each.startswith("assignment:")}
        if kind == "deed" or verb == Verb.HAND_OVER or about - {subject}:
            return None
        if kind == "assignment":
            assignment_ids.add(int(number))
    return _touched(connection, assignment_ids)


def _touched(connection: Connection, assignment_ids: set[int]) -> Touched:
    rows = select(col(Assignment.office), col(Assignment.subtask)).where(col(Assignment.id).in_(assignment_ids))
    joint = select(col(Party.office)).where(col(Party.assignment_id).in_(assignment_ids), col(Party.part) == Part.JOINT)
    found = connection.execute(rows).tuples().all()
    offices = {office for office, _ in found}.union(connection.scalars(joint))
    return Touched(frozenset(offices), frozenset(subtask for _, subtask in found))
