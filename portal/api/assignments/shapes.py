"""The shapes of assignments, their reports, requests and history, and of what the verbs take."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from config.rules.kinds import Timing
from models.tables.deed import ItemKind
from models.tables.lifecycle import ExtensionState, ReportState, Role, State, Status, Urgency
from portal.api.shapes import RequestBody, ResponseBody, Short, Text

Figure = Annotated[int, Field(ge=-(10**15), le=10**15)] | Annotated[float, Field(ge=-(10**15), le=10**15)]


class AssignmentSummary(ResponseBody):
    """One assignment, as lists show it; ``due_date`` is null where ``timing`` is not "dated"."""

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
    timing: Timing
    due_date: date | None
    original_due_date: date | None


class AssignmentPage(ResponseBody):
    """One page of assignments, by due date; ``total`` counts all that fit, ``subtasks`` what these make up."""

    total: int
    subtasks: int
    items: list[AssignmentSummary]


class FileEntry(ResponseBody):
    """A file of an assignment; ``readable`` is false where a page is a picture, so that its text was not checked."""

    id: int
    name: str
    size: int
    sha256: str
    readable: bool


class ReportEntry(ResponseBody):
    """A report as it was handed in, with the decision on it; ``reason`` says why it was returned."""

    version: int
    state: ReportState
    counts: dict[str, int | float]
    document_number: str | None
    document_date: date | None
    text: str
    difficulties: str
    proposals: str
    submitted_at: datetime
    reason: str
    files: list[FileEntry] = Field(default=[])


class ContributionEntry(ResponseBody):
    """What a named office has added; nobody waits for it and nobody decides on it."""

    id: int
    office: str
    text: str
    contributed_at: datetime
    files: list[FileEntry] = Field(default=[])


class QuestionEntry(ResponseBody):
    """A question between an office and its coordinator; ``by_office`` tells who asked, ``answered_at`` is null before
    the answer."""

    id: int
    office: str
    by_office: bool
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class UrgingLetterEntry(ResponseBody):
    """A letter on record; ``number`` and ``letter_date`` are its own, ``corrects`` and ``replaced_by`` the ids of the
    letter that it replaces and of the one that replaces it."""

    id: int
    office: str
    directive: str
    number: str
    letter_date: date
    reply_until: date
    corrects: int | None
    replaced_by: int | None
    recorded_at: datetime
    name: str
    size: int
    sha256: str


class ExtensionEntry(ResponseBody):
    """A request for more time, with the decision on it."""

    id: int
    state: ExtensionState
    requested_until: date
    requested_at: datetime
    reason: str
    granted_until: date | None
    decided_at: datetime | None
    decision_reason: str


class EventEntry(ResponseBody):
    """One event of the audit trail of an assignment.

    ``actor`` is an office ("office:SYT"), the role of an account ("coordinator"), or the part of the system that acted.
    ``until`` is the day that was asked for, granted or set; ``file`` the name of a file that was added or removed;
    others than those who report read it once it is handed in. An office that is only named reads no reasons, and
    nothing of what is being prepared.
    """

    at: datetime
    actor: str
    verb: str
    reason: str
    until: date | None
    file: str | None


class ChangeEntry(ResponseBody):
    """What a change to many assignments did to this one, from what to what, and by which paper or reason.

    ``kind`` is made, withdrawn, restored, reassigned, moved, reworded (another rule, the same date), monitor or
    parties; ``from_*`` are null where it made it. An office that is only named reads no reason.
    """

    deed: int
    at: datetime
    kind: ItemKind
    from_office: str | None
    to_office: str
    from_due_date: date | None
    to_due_date: date | None
    asks_anew: bool
    paper_number: str
    paper_date: date | None
    reason: str


class AssignmentDetail(AssignmentSummary):
    """One assignment with the words it comes from, how its due date is set, its reports, requests and history.

    ``joint_offices`` lead it together with ``office``: any of them acknowledges, reports and asks for more time.
    ``named_offices`` are told of it, may see it and contribute, and owe nothing. ``group`` holds the ids of the
    assignments of the same subtask, period and lead, this one among them.
    """

    quote: str
    explanation_vi: str
    explanation_en: str
    delegated_to: str
    monitor_office: str
    joint_offices: list[str]
    named_offices: list[str]
    group: list[int]
    reports: list[ReportEntry]
    extensions: list[ExtensionEntry]
    contributions: list[ContributionEntry]
    questions: list[QuestionEntry]
    urging_letters: list[UrgingLetterEntry]
    events: list[EventEntry]
    changes: list[ChangeEntry]


class AdHocAssignment(RequestBody):
    """An assignment outside the plan, by the coordinator."""

    subtask: Short
    title: Short
    lead_office: Short
    due_date: date
    coordinating_offices: list[Short] = Field(default=[], max_length=100)
    urgency: Urgency = Urgency.NORMAL


class AssignedIds(ResponseBody):
    """The ids of new assignments, the lead's first."""

    assignments: list[int]


class Delegation(RequestBody):
    """The unit of the office that does the work; never a person."""

    unit: Short


class ReportSubmission(RequestBody):
    """A report by the closed form of its step; it takes along the files that were added before.

    ``counts`` are whole numbers; only the actual figures of targets may have decimals. ``corrects`` is the version of
    the report that waits for a decision and that this one replaces.
    """

    counts: dict[Short, Figure] = Field(default={}, max_length=50)
    document_number: Short | None = None
    document_date: date | None = None
    text: Text = ""
    difficulties: Text = ""
    proposals: Text = ""
    corrects: int | None = Field(None, ge=1, le=100_000)


class ReportVersion(RequestBody):
    """The version of the report that was looked at; refused when another waits by now."""

    version: int | None = Field(None, ge=1, le=100_000)


class ExtensionRequest(RequestBody):
    """A request for more time: until which day, and why."""

    until: date
    reason: Text


class ShortText(RequestBody):
    """A question or an answer; both sides read it."""

    text: Text


class Reason(RequestBody):
    """Why something is decided; the office is told."""

    reason: Text


class Acceptance(RequestBody):
    """``version`` is the report that was read; refused when a newer one waits. ``interim``: of work that spans years,
    whether it goes on, the report being one on its progress; told by the date of the report without."""

    version: int | None = Field(None, ge=1, le=100_000)
    interim: bool | None = None


class Return(RequestBody):
    """Why the report is returned; ``version`` as in an acceptance."""

    version: int | None = Field(None, ge=1, le=100_000)
    reason: Text


class RequestSeen(RequestBody):
    """The id of the extension request that was looked at; refused when another waits by now."""

    extension: int | None = Field(None, ge=1, le=2_147_483_647)


class ExtensionRefusal(RequestSeen, Reason):
    """Why more time is refused, and which request was looked at."""


class DueDate(RequestBody):
    """A new due date; null for the one that follows from the request or the suspension."""

    until: date | None = None


class ExtensionGrant(RequestSeen, DueDate):
    """The new due date, null for the one asked for, and which request was looked at."""
