"""Deeds: changes to many assignments at once, each a whole with its paper or reason, and what each did to whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from config.rules.kinds import Timing
from models.store.columns import UtcDateTime, enum_column
from models.tables.lifecycle import State
from models.tables.party import Part


class DeedKind(StrEnum):
    """What kind of change a deed is."""

    AMENDMENT = "amendment"  # a new edition of a directive
    CALENDAR = "calendar"  # due dates worked out anew by a changed calendar
    OFFICES = "offices"  # a change of the office register: added, renamed, merged, split, ended
    DIRECTIVE_CLOSED = "directive_closed"
    DIRECTIVE_REOPENED = "directive_reopened"
    DIRECT = "direct"  # the coordinator's own on assignments named one by one
    ANCHOR = "anchor"  # an event or document corrected or undone


class ItemKind(StrEnum):
    """What a deed did to one assignment: the first of these that applies, where it did several things."""

    MADE = "made"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"  # withdrawn by an earlier deed, and open again
    REASSIGNED = "reassigned"  # reassigned to another office
    MOVED = "moved"
    REWORDED = "reworded"  # its date follows from another rule and stays: a span that ends in another year
    MONITOR = "monitor"
    PARTIES = "parties"  # other joint leads or named offices, and nothing else
    LEFT = "left"  # stays as it is though its step changes; shown in previews and not kept


class LeftBecause(StrEnum):
    """Why a change leaves an open assignment as it is."""

    DUE_BEFORE = "due_before"  # due before the day from which the change holds
    RHYTHM = "rhythm"  # its step is asked for by another rhythm, from the next period on
    EXTENDED = "extended"  # was granted the extension than the new date gives
    REPORT_WAITING = "report_waiting"  # its report waits for a decision, and would be lost with it
    LEAD_CLOSED = "lead_closed"  # a coordinating part whose lead is done, or was withdrawn by the coordinator


class Deed(SQLModel, table=True):
    """One change as a whole. Its audit event holds ``items_digest``, of the preview that was confirmed; what it did is
    in its items.

    ``editions`` are the heads it left in force, by series; ``undoes`` is the deed that it takes back. ``anchor`` is
    the event or document that it changed, before and after.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: DeedKind = Field(sa_type=enum_column(DeedKind))
    subject: str = Field(default="", max_length=100)
    paper_number: str = Field(default="", max_length=100)
    paper_date: date | None = None
    reason: str = Field(default="", max_length=1000)
    effective_on: date
    editions: dict[str, Any] = Field(sa_type=JSON)
    items_digest: str = Field(max_length=64)
    undoes: int | None = Field(default=None, foreign_key="deed.id")
    anchor: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    actor: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)


class DeedItem(SQLModel, table=True):
    """What a deed did to one assignment: its row before and after. The columns before are None where it was made."""

    __tablename__ = "deed_item"
    __table_args__ = (Index("ix_deed_item_assignment_id", "assignment_id"),)

    deed_id: int = Field(primary_key=True, foreign_key="deed.id")
    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
    kind: ItemKind = Field(sa_type=enum_column(ItemKind))
    from_state: State | None = Field(default=None, sa_type=enum_column(State))
    to_state: State = Field(sa_type=enum_column(State))
    from_office: str | None = Field(default=None, max_length=32)
    to_office: str = Field(max_length=32)
    from_monitor_office: str | None = Field(default=None, max_length=32)
    to_monitor_office: str = Field(max_length=32)
    from_due_date: date | None = None
    to_due_date: date
    from_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    to_due_at: datetime = Field(sa_type=UtcDateTime)
    from_timing: Timing | None = Field(default=None, sa_type=enum_column(Timing))
    to_timing: Timing = Field(default=Timing.DATED, sa_type=enum_column(Timing))
    asks_anew: bool = False


class DeedParty(SQLModel, table=True):
    """A part in an assignment that an office has from a deed on (``began``), or has no longer."""

    __tablename__ = "deed_party"

    deed_id: int = Field(primary_key=True, foreign_key="deed.id")
    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
    office: str = Field(primary_key=True, max_length=32)
    part: Part = Field(primary_key=True, sa_type=enum_column(Part))
    began: bool
