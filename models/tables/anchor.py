"""Dated facts a coordinator enters, from which due dates are counted: the assigning document, new documents, events."""

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
    ``plain_title`` is the title as a search asks for it; it follows from the title by itself.
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
    is_sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def number(self) -> str:
        """The document's number as written, e.g. «123-TB/TU»."""
        return self.key.partition(":")[2]
