"""The years of a span that were accepted as progress, each with the day it was due: told by the audit trail, for the
row goes on to the next year."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from models.store.audit_event import AuditEvent
from models.tables.lifecycle import Verb


@dataclass(frozen=True)
class SettledYear:
    """One accepted report after which the work went on to another due date.

    until  the day on which it was due from then on
    """

    until: date


def years_settled(session: Session, assignment_id: int) -> list[SettledYear]:
    """Those of one assignment, in order."""
    accepted = select(AuditEvent).where(
        AuditEvent.subject == f"assignment:{assignment_id}", AuditEvent.verb == Verb.ACCEPT.value
    )
    return [
        SettledYear(date.fromisoformat(event.details["until"]))
        for event in session.exec(accepted.order_by(col(AuditEvent.seq)))
        if "until" in event.details
    ]
