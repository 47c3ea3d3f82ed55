"""What of one assignment waits for the coordinator: its report, its request for more time."""

from sqlmodel import Session, col, select

from config.errors import Refused
from models.tables.lifecycle import ExtensionState, ReportState
from models.tables.report import Extension, Report


def waiting_report(session: Session, assignment_id: int) -> Report | None:
    """The report of an assignment that waits for a decision, or None."""
    waiting = select(Report).where(Report.assignment_id == assignment_id, Report.state == ReportState.SUBMITTED)
    # An earlier version took work back whose report waited; where that went on, the latest report is meant.
    return session.exec(waiting.order_by(col(Report.version).desc())).first()


def waiting_extension(session: Session, assignment_id: int) -> Extension | None:
    """The request of an assignment that waits for a decision, or None."""
    waiting = select(Extension).where(
        Extension.assignment_id == assignment_id, Extension.state == ExtensionState.REQUESTED
    )
    return session.exec(waiting).one_or_none()


def require_seen(waiting: Extension, seen: int | None) -> None:
    """Raise ``Refused`` where the request that waits is not the one that was looked at, by its number."""
    if seen not in (None, waiting.id):
        number, until = waiting.assignment_id, f"{waiting.requested_until:%d/%m/%Y}"
        raise Refused(
            f"Việc số {number} đã có đề nghị gia hạn khác, xin đến {until}; xem lại rồi gửi.",
            f"Assignment {number} has another extension request by now, until {until}; read it first.",
        )
