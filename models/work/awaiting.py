"""What an office does to its work while the next move is its own."""

from sqlmodel import Session

from models.store.audit import lock_audit_chain
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.lifecycle import WAITING_FOR_OFFICE, Verb


def take_awaited(session: Session, assignment_id: int) -> Assignment:
    """The assignment on which its office has something to report, locked until the transaction ends.

    Read anew, as it may have been handed in since this transaction first saw it. Raises ``NotFound`` or
    ``TransitionRefused``.
    """
    lock_audit_chain(session)
    assignment = session.get(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if assignment is None:
        raise NotFound(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )
    if assignment.state not in WAITING_FOR_OFFICE:
        raise TransitionRefused(assignment_id, assignment.state, Verb.REPORT)
    return assignment
