"""The years of a span that were accepted as progress, each with the day it was due: told by the audit trail, for the
row goes on to the next year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, cast, literal, select
from sqlmodel import Session, col

from models.alerts.status import both, not_withdrawn
from models.store.audit_event import AuditEvent
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb


@dataclass(frozen=True)
class SettledYear:
    """One accepted report after which the work went on to another due date.

    due_at       until when it was due
    reported_at  when the report came
    """

    due_at: datetime
    reported_at: datetime


def settling(due_at: datetime, reported_at: datetime | None, until: date) -> dict[str, str]:
    """What the audit event of such an acceptance says of it; ``until``: the day on which the work is due from then
    on."""
    assert reported_at is not None  # what is accepted has been reported
    return {"due": due_at.isoformat(), "reported": reported_at.isoformat(), "until": until.isoformat()}


def next_dates(session: Session, assignment_id: int) -> list[date]:
    """The days until which an assignment went on, each time that a year was settled."""
    accepted = select(col(AuditEvent.details)).where(
        col(AuditEvent.subject) == f"assignment:{assignment_id}", col(AuditEvent.verb) == Verb.ACCEPT.value
    )
    return [date.fromisoformat(each["until"]) for each in session.scalars(accepted) if "until" in each]


def all_settled(
    connection: Connection, *columns: Any, by: datetime, only: ColumnElement[bool] | None = None
) -> Iterator[tuple[SettledYear, *tuple[Any, ...]]]:
    """Every year that was settled by a moment, with these columns of its assignment; withdrawn ones are left out.

    only  any further condition on assignments
    """
    its = col(AuditEvent.subject) == literal("assignment:") + cast(col(Assignment.id), String)
    of_spans = and_(not_withdrawn, col(Assignment.rule).startswith("SPAN:"))
    query = select(col(AuditEvent.details), *columns).where(
        both(and_(its, col(AuditEvent.verb) == Verb.ACCEPT.value, col(AuditEvent.at) <= by, of_spans), only)
    )
    for details, *values in connection.execute(query):
        if "due" in details:
            dates = (datetime.fromisoformat(details[name]) for name in ("due", "reported"))
            yield SettledYear(*dates), *values
