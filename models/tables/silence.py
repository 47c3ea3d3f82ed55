"""Reminders held back for a while: of one office, of one subtask, for one reporting period, or where these meet."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime


class Silence(SQLModel, table=True):
    """In force up to and including ``until``, unless lifted before. Work goes on and is still counted as late;
    only reminders are not sent meanwhile, and each is recorded with this as its reason."""

    id: int | None = Field(default=None, primary_key=True)
    office: str | None = Field(default=None, max_length=32)
    subtask: str | None = Field(default=None, max_length=16)
    period: str | None = Field(default=None, max_length=100)
    until: date
    reason: str = Field(max_length=1000)
    set_by: str = Field(max_length=64)
    set_at: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
