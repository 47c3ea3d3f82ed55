"""Files that go with a report: what the store knows of them. The bytes lie under the data directory by their hash."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime


class Attachment(SQLModel, table=True):
    """One file of one assignment; ``report_id`` is empty until the report it belongs to is handed in.

    The content has been through the boundary's lint when the row is made, as far as it is ``readable``: a scan's pages
    are pictures, which those who look at the report have to look at themselves. Two rows may share one content.
    """

    __table_args__ = (Index("ix_attachment_assignment_id", "assignment_id"), Index("ix_attachment_sha256", "sha256"))

    name: str = Field(max_length=150)
    size: int
    sha256: str = Field(max_length=64)
    readable: bool
    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    report_id: int | None = Field(default=None, foreign_key="report.id")
    media_type: str = Field(max_length=100)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
