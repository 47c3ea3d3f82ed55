"""Dated facts a coordinator enters, from which due dates are counted: the assigning document, new documents, events."""

import hashlib
import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from config.text.suggestions import without_accents
from models.store.columns import UtcDateTime, enum_column, partial_index
from models.tables.lifecycle import Urgency


class AnchorKind(StrEnum):
    ISSUE = "issue"  # the document that assigns the work: anchor of ISSUE+n, one in force for each directive
    DOCUMENT = "document"  # a new higher-level document: anchor of DOC+n
    EVENT = "event"  # a meeting, class or public event: anchor of EVENT±n
    AD_HOC = "ad_hoc"  # work outside the plan, given by the coordinator with a due date of its own


class Anchor(SQLModel, table=True):
    """One dated fact of a directive. ``key`` is also the period of the assignments counted from it.

    ``directive`` is the code of the directive whose work follows it: two may number their documents alike.
    ``plain_title`` is the title as a search asks for it; it follows from the title by itself. ``first_host`` is the
    host first entered where that was corrected: the assignments made for it keep their identity. ``undone_at`` is set
    on what was entered wrongly and taken back: nothing is counted from it, and its key may be entered again.
    """

    __table_args__ = (
        UniqueConstraint("directive", "key"),
        partial_index("uq_anchor_issue", "directive", where="kind = 'issue'", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: AnchorKind = Field(sa_type=enum_column(AnchorKind))
    directive: str = Field(max_length=32)
    key: str = Field(max_length=100)
    title: str = Field(max_length=300)
    plain_title: str | None = Field(
        default=None,
        sa_column_kwargs={
            "default": lambda context: without_accents(context.get_current_parameters()["title"]),
            "nullable": False,
        },
    )
    on_date: date
    subtask: str | None = Field(default=None, max_length=16)
    host_office: str | None = Field(default=None, max_length=32)
    urgency: Urgency = Field(default=Urgency.NORMAL, sa_type=enum_column(Urgency))
    first_host: str | None = Field(default=None, max_length=32)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def number(self) -> str:
        """The document's number as written, e.g. «123-TB/TU»."""
        return self.key.rpartition(":")[2]


def event_key(subtask: str, on_date: date, title: str, host_office: str | None) -> str:
    """The key of an event, which is the period of what is assigned for it."""
    readable = f"event:{subtask.lower().replace('.', '-')}-{on_date.isoformat()}-{slug(title)}"
    return distinct_key(readable, (title, host_office))


def document_key(number: str, on_date: date) -> str:
    """The key of a new document: numbers begin again each year (Decree 30/2020)."""
    return f"doc:{on_date.year}:{number}"


def distinct_key(readable: str, of: object) -> str:
    """A key of at most 89 characters that differs whenever what it is made of does."""
    return f"{readable[:76].rstrip('-')}-{hashlib.sha256(repr(of).encode()).hexdigest()[:12]}"


def slug(title: str) -> str:
    """A title as part of a key: small letters without accents, and hyphens."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
