"""An assignment's request for more time that waits for a decision."""

from sqlmodel import Session, select

from models.tables.extension import Extension
from models.tables.lifecycle import ExtensionState
from models.work.locked_assignment import LockedAssignment


def waiting_extension(session: Session, assignment_id: int) -> Extension | None:
    """The request of an assignment that waits for a decision, or None."""
    waiting = select(Extension).where(
        Extension.assignment_id == assignment_id, Extension.state == ExtensionState.REQUESTED
    )
    return session.exec(waiting).one_or_none()


def let_request_lapse(locked: LockedAssignment) -> dict[str, object]:
    """Close a request that still waits although the work is over; returns what the audit trail says of it."""
    request = waiting_extension(locked.session, locked.id)
    if request is None:
        return {}
    request.state, request.decided_at = ExtensionState.LAPSED, locked.context.now
    return {"lapsed_extension": request.id}
