"""What goes in and out of the API, field by field."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from config.contacts.desks import Desk
from config.rules.working_time import FIRST_YEAR, LAST_YEAR
from models.tables.lifecycle import ExtensionState, Role, State, Status, Urgency
from notifications.channels.outgoing import Result
from portal.sign_in.session import VisitorRole

Text = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Day = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssignmentSummary(BaseModel):
    """One assignment, as lists show it."""

    id: int
    priority: str
    subtask: str
    title: str
    period: str
    office: str
    lead_office: str
    role: Role
    state: State
    status: Status
    due_date: date
    original_due_date: date


class Listing(BaseModel):
    """One page of assignments, by due date; ``total`` counts all that fit."""

    total: int
    items: list[AssignmentSummary]


class FileEntry(BaseModel):
    id: int
    name: str
    size: int
    sha256: str
    readable: bool


class ReportEntry(BaseModel):
    """A report as it was handed in, with the decision on it."""

    version: int
    state: str
    counts: dict[str, int]
    document_number: str | None
    document_date: date | None
    text: str
    difficulties: str
    proposals: str
    submitted_at: str
    reason: str
    files: list[FileEntry]


class ExtensionEntry(BaseModel):
    """A request for more time, with the answer to it."""

    state: ExtensionState
    requested_until: date
    requested_at: str
    reason: str
    granted_until: date | None
    decided_at: str | None
    decision_reason: str


class EventEntry(BaseModel):
    """Something that happened to the assignment, as the audit trail has it.

    ``actor`` is an office ("office:SYT"), the role of an account ("coordinator"), or the part of the system that acted.
    ``until`` is the day that was query for, granted or set; ``file`` the name of a file that was added or removed.
    """

    at: str
    actor: str
    verb: str
    reason: str
    until: date | None
    file: str | None


class AssignmentDetail(AssignmentSummary):
    """One assignment: the words it comes from, how its due date came about, its reports and requests, its history."""

    quote: str
    explanation_vi: str
    explanation_en: str
    delegated_to: str
    monitor_office: str
    group: list[int]
    reports: list[ReportEntry]
    extensions: list[ExtensionEntry]
    events: list[EventEntry]


class Me(BaseModel):
    role: VisitorRole
    office: str | None


class Reason(_Part):
    reason: Text


class Decision(_Part):
    """``version`` is the report that was looked at; refused when a newer one waits."""

    version: int | None = Field(None, ge=1, le=100_000)


class Return(Decision):
    reason: Text


class Unit(_Part):
    unit: Short


class DueDate(_Part):
    until: date | None = None


class ExtensionRequest(_Part):
    until: date
    reason: Text


class ReportSubmission(_Part):
    """A report by the closed form of its step; files are laid to the assignment before."""

    counts: dict[Short, Annotated[int, Field(ge=-1, le=999_999_999)]] = Field(default={}, max_length=50)
    document_number: Short | None = None
    document_date: date | None = None
    text: Text = ""
    difficulties: Text = ""
    proposals: Text = ""


class AdHocAssignment(_Part):
    """Work outside the plan, given by the coordinator."""

    subtask: Short
    title: Short
    lead: Short
    due_on: date
    coordinating: list[Short] = Field(default=[], max_length=100)
    urgency: Urgency = Urgency.NORMAL


class Assigned(BaseModel):
    assignments: list[int]


class Waiting(BaseModel):
    what: str
    since: str
    reason: str
    assignment: int
    office: str


class Decisions(BaseModel):
    total: int
    items: list[Waiting]


class NewSilence(_Part):
    """Reminders to hold back to the end of ``until``: of an office, on a subtask, for a period, or where these meet."""

    office: Short | None = None
    subtask: Short | None = None
    period: Short | None = None
    until: date
    reason: Text


class SilenceEntry(BaseModel):
    """A silence in force; ``office``, ``subtask`` or ``period`` is null where it concerns all of them."""

    id: int
    office: str | None
    subtask: str | None
    period: str | None
    until: date
    reason: str


class Silences(BaseModel):
    items: list[SilenceEntry]


class DeadLetterEntry(BaseModel):
    """A message that was given up: to whom, over which channel, why, and what it was about."""

    id: int
    office: str
    desk: Desk
    channel: str
    subject: str
    reason: str
    created_at: str
    given_up_at: str
    assignments: list[int]


class DeadLetterListing(BaseModel):
    """``total`` counts all, also those that are not listed."""

    total: int
    items: list[DeadLetterEntry]


class DeadLetterFilter(_Part):
    """Which messages given up; null means any. ``since`` and ``until``: the first and the last day of their making."""

    office: Short | None = None
    desk: Desk | None = None
    channel: Short | None = None
    since: Day | None = None
    until: Day | None = None


class SentAgain(BaseModel):
    """``again`` is false when the message is under way or was sent, so that nothing had to be done."""

    again: bool


class AllSentAgain(BaseModel):
    """How many messages wait to be tried again."""

    queued: int


class Trial(_Part):
    desk: Desk = Desk.FOCAL


class TriedChannel(BaseModel):
    """What became of a test message over one channel; ``reason`` in Vietnamese when it was not sent."""

    channel: str
    result: Result
    reason: str


class TrialResult(BaseModel):
    """What became of the test messages to a desk, in the order in which its channels are used."""

    office: str
    desk: Desk
    channels: list[TriedChannel]


class Problem(BaseModel):
    """Why something was refused (RFC 9457), in both languages; ``errors`` has one line for each fault."""

    type: str
    title: str
    status: int
    detail: str
    detail_en: str
    errors: list[str]
    errors_en: list[str]


REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused; nothing was changed.",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
}
"""How every operation may be refused, for the description."""
