"""The files of an assignment: laid to it before its report is handed in, bound to the report after."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select, update
from sqlmodel import Session, col

from models.attachment import Attachment


def waiting_attachments(session: Session, assignment_id: int) -> Sequence[Attachment]:
    """The files laid to an assignment that no report has taken along yet."""
    return session.scalars(select(Attachment).where(_waiting(assignment_id)).order_by(col(Attachment.id))).all()


def bind_attachments(session: Session, assignment_id: int, report_id: int | None) -> None:
    """The report that is handed in takes along every file laid to its assignment."""
    session.execute(update(Attachment).where(_waiting(assignment_id)).values(report_id=report_id))


def _waiting(assignment_id: int) -> ColumnElement[bool]:
    return and_(col(Attachment.assignment_id) == assignment_id, col(Attachment.report_id).is_(None))
