"""Urging letters on paper: that an office was urged in writing, about what, and by when it is to answer."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime


class UrgingLetter(SQLModel, table=True):
    """One letter as it was issued and sent; never changed, only replaced by a later one that ``corrects`` it.

    number   the number and symbol that the issuing office gave it: «45/CV-VPTU»
    sha256   of the paper file, whose bytes are kept as those of any file
    """

    __tablename__ = "urging_letter"
    __table_args__ = (Index("ix_urging_letter_office", "office", "issued_on"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(max_length=32)
    directive: str = Field(max_length=32)
    number: str = Field(max_length=64)
    issued_on: date
    answer_by: date
    corrects: int | None = Field(default=None, foreign_key="urging_letter.id", unique=True)
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size: int
    recorded_by: str = Field(max_length=64)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class UrgedAssignment(SQLModel, table=True):
    """One assignment that a letter is about."""

    __tablename__ = "urged_assignment"
    __table_args__ = (Index("ix_urged_assignment_assignment_id", "assignment_id"),)

    letter_id: int = Field(primary_key=True, foreign_key="urging_letter.id")
    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
