"""Offices that have a part in an assignment beside the one that answers for it: joint leads, and those named."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime, enum_column


class Part(StrEnum):
    """What an office is to an assignment that another one answers for."""

    JOINT = "joint"  # leads the same report with it: any of them may acknowledge, report and ask for more time
    NAMED = "named"  # is told of it and sees it, may contribute; owes nothing and is never late


class Party(SQLModel, table=True):
    """One such office. ``acknowledged_at`` is set for the joint lead that acknowledged the work for all of them."""

    __table_args__ = (Index("ix_party_office", "office", "part", "assignment_id"),)

    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
    office: str = Field(primary_key=True, max_length=32)
    part: Part = Field(sa_type=enum_column(Part))
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
