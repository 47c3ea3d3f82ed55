"""What offices answer: reports with their files and drafts, contributions, requests for time, questions, decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime, enum_column, partial_index
from models.tables.lifecycle import ExtensionState, ReportState


@dataclass(frozen=True)
class ReportContent:
    """A report as handed in. ``counts`` by the keys of the form, whole numbers but for the actual figures of targets;
    the texts have been through the boundary's lint.

    text          results in words
    difficulties  what hindered the work
    proposals     what the office asks for
    """

    counts: Mapping[str, float] = field(default_factory=dict)
    document_number: str | None = None
    document_date: date | None = None
    text: str = ""
    difficulties: str = ""
    proposals: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of a ``Report`` that say it, by name."""
        return vars(self) | {"counts": dict(self.counts)}


class Report(SQLModel, table=True):
    """One hand-in: counts from the closed form, the document that carries it, and short linted text.

    A returned report stays as it was; the correction is a new row with the next ``version``. ``submission`` names
    the one filling-in of the form it came from, so that the same form sent twice is one report. ``plain_text`` is what
    a search looks through: its document's number and its texts without accents.
    """

    __table_args__ = (
        UniqueConstraint("assignment_id", "version"),
        Index("uq_report_submission", "submission", unique=True),
        # The coordinator's desk looks only at what waits for a decision.
        partial_index("ix_report_waiting", "submitted_at", "assignment_id", where="state = 'submitted'"),
    )

    version: int
    state: ReportState = Field(default=ReportState.SUBMITTED, sa_type=enum_column(ReportState))
    counts: dict[str, float] = Field(sa_type=JSON)
    document_number: str | None = Field(default=None, max_length=64)
    document_date: date | None = None
    text: str = Field(default="", max_length=3000)
    difficulties: str = Field(default="", max_length=3000)
    proposals: str = Field(default="", max_length=3000)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=1000)
    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    submission: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    plain_text: str | None = Field(default=None, sa_type=Text)

    def says(self, content: ReportContent) -> bool:
        """Whether this is what ``content`` would hand in."""
        return all(getattr(self, name) == value for name, value in content.columns().items())


class Attachment(SQLModel, table=True):
    """One file of one assignment; it waits for its report until it has a ``report_id``, or came with a contribution.

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
    contribution_id: int | None = Field(default=None, foreign_key="contribution.id")
    media_type: str = Field(max_length=100)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)


class Contribution(SQLModel, table=True):
    """What an office that is only named adds, for the leads to use: nobody waits for it and nobody decides on it.

    ``submission``: see ``Report``.
    """

    __table_args__ = (
        Index("ix_contribution_assignment_id", "assignment_id"),
        Index("uq_contribution_submission", "submission", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    office: str = Field(max_length=32)
    text: str = Field(max_length=3000)
    contributed_at: datetime = Field(sa_type=UtcDateTime)
    submission: str | None = Field(default=None, max_length=64)


class Question(SQLModel, table=True):
    """One short question on an assignment with its answer, between the office that does it and its coordinator.

    office       the office on the one side, whoever of the two has asked
    by_office    whether it has asked, so that the coordinator is to answer; otherwise the other way round
    answered_at  None while it waits for its answer

    ``submission``: see ``Report``.
    """

    __table_args__ = (
        Index("ix_question_assignment_id", "assignment_id"),
        Index("uq_question_submission", "submission", unique=True),
        partial_index("ix_question_waiting", "asked_at", "assignment_id", where="answered_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    office: str = Field(max_length=32)
    by_office: bool
    text: str = Field(max_length=1000)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answer: str = Field(default="", max_length=1000)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    submission: str | None = Field(default=None, max_length=64)


class ReportDraft(SQLModel, table=True):
    """The fields of one report form as they were typed, right or wrong, so that nothing is lost; and which files of a
    version that is corrected stay.

    No fact and no part of the record: whatever could cross the boundary is refused here too, and the row goes when
    the report is handed in.
    """

    __tablename__ = "report_draft"

    assignment_id: int = Field(primary_key=True, foreign_key="assignment.id")
    fields: dict[str, str] = Field(sa_type=JSON)
    saved_at: datetime = Field(sa_type=UtcDateTime)


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
