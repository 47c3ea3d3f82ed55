"""The plan as the store has it: editions of its documents, which of them is in force, drafts of more."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime, enum_column


class Edition(SQLModel, table=True):
    """One state of one document of the plan; never updated, never deleted.

    ``series`` names the document: ``directive/CODE``, ``offices``, ``ladders`` or ``calendar``. ``digest`` is of the
    content alone; ``source_digest`` is of the files that it came from, empty where it came from none, so that files
    which nobody has imported can be told. ``effective_on`` is the day from which the change holds, which its paper may
    set apart from its own date.
    """

    __table_args__ = (UniqueConstraint("series", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    series: str = Field(max_length=48)
    number: int
    content: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(max_length=64)
    source_digest: str = Field(default="", max_length=64)
    paper_number: str = Field(default="", max_length=100)
    paper_date: date | None = None
    reason: str = Field(default="", max_length=1000)
    effective_on: date
    author: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)


class DraftEnd(StrEnum):
    """What became of a draft."""

    APPLIED = "applied"
    DROPPED = "dropped"


class PlanDraft(SQLModel, table=True):
    """A changed plan that is kept until it is decided: nothing follows from it before it is applied.

    ``documents`` are those in which it differs, by series; ``made_from`` are the editions in force when it was made, by
    series, so that what has changed since can be told from what it changes. Paper and reason may come later.
    ``changed_by`` and ``changed_at`` are of the last change in the editor. ``unfinished`` is what was typed into its
    forms and could not be taken yet, by form and by who typed it, and what was in conflict and is not decided.
    """

    __tablename__ = "plan_draft"

    id: int | None = Field(default=None, primary_key=True)
    documents: dict[str, Any] = Field(sa_type=JSON)
    made_from: dict[str, int] = Field(sa_type=JSON)
    source_digest: str = Field(default="", max_length=64)
    paper_number: str = Field(default="", max_length=100)
    paper_date: date | None = None
    reason: str = Field(default="", max_length=1000)
    effective_on: date | None = None
    open_work: bool = True
    with_letters: bool = True
    author: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str | None = Field(default=None, max_length=64)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unfinished: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_as: DraftEnd | None = Field(default=None, sa_type=enum_column(DraftEnd))


class DirectiveDraft(SQLModel, table=True):
    """A directive's text with the tasks that were read from it, until the plan made of them is launched.

    ``text`` is never changed, and spans count its characters; ``layout`` is what of it is a paragraph or a table, with
    what was said of the reading. ``tasks`` are as they are corrected (``intake.directives.correcting``), ``launch`` the
    fields of the page from which it is launched, as they were typed. ``directive`` is the code it was launched under.
    """

    __tablename__ = "directive_draft"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    text: str = Field(sa_type=Text)
    text_sha256: str = Field(max_length=64)
    layout: dict[str, Any] = Field(sa_type=JSON)
    tasks: list[dict[str, Any]] = Field(sa_type=JSON)
    launch: dict[str, Any] = Field(sa_type=JSON)
    author: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_as: DraftEnd | None = Field(default=None, sa_type=enum_column(DraftEnd))
    directive: str = Field(default="", max_length=48)


class OfficeSpelling(SQLModel, table=True):
    """What an office is called in directives besides its names in the register, as somebody has said of a draft."""

    __tablename__ = "office_spelling"

    plain: str = Field(primary_key=True, max_length=200)
    words: str = Field(max_length=200)
    office: str = Field(max_length=32)
    author: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)


class EditionHead(SQLModel, table=True):
    """Which edition of a series is in force; ``position`` keeps the directives in the order they came in."""

    __tablename__ = "edition_head"

    series: str = Field(primary_key=True, max_length=48)
    number: int
    position: int
