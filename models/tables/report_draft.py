"""What an office has typed into a report and not yet handed in."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime


class ReportDraft(SQLModel, table=True):
    """The fields of one report form as they were typed, right or wrong, so that nothing is lost.

    No fact and no part of the record: whatever could cross the boundary is refused here too, and the row goes when
    the report is handed in.
    """

    __tablename__ = "report_draft"

    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
    fields: dict[str, str] = Field(sa_type=JSON)
    saved_at: datetime = Field(sa_type=UtcDateTime)
