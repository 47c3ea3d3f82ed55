"""Requests for more time and what became of each."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime, enum_column, partial_index
from models.tables.lifecycle import ExtensionState


class Extension(SQLModel, table=True):
    """A request made before the due date; granted to a date or refused, once, or lapsed with the work.

    ``submission``: see ``Report``.
    """

    # At most one request waits for a decision, also when two people ask at the same moment.
    __table_args__ = (
        Index("uq_extension_submission", "submission", unique=True),
        partial_index("uq_extension_waiting", "assignment_id", where="state = 'requested'", unique=True),
    )

    state: ExtensionState = Field(default=ExtensionState.REQUESTED, sa_type=enum_column(ExtensionState))
    requested_until: date
    requested_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=1000)
    granted_until: date | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision_reason: str = Field(default="", max_length=1000)
    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    submission: str | None = Field(default=None, max_length=64)
