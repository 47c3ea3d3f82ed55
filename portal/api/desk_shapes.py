"""The shapes of the board and of the coordinator's desk."""

from datetime import date, datetime
from typing import Literal

from config.contacts.desks import Desk
from config.rules.kinds import Timing
from models.delivery.dead_letters import DeadLetter
from models.tables.lifecycle import Role, State, Status
from notifications.courier.sent_at_once import ChannelCheck
from portal.api.shapes import Day, RequestBody, ResponseBody, Short, Text


class StatusCounts(ResponseBody):
    """How many assignments have each status."""

    done_on_time: int
    done_late: int
    open_within_term: int
    open_overdue: int


class SubtaskCounts(ResponseBody):
    """Subtasks, each once for a period: done when all that its leads hand in is accepted, overdue if any of it is."""

    total: int
    done: int
    overdue: int


class TargetFigure(ResponseBody):
    """A figure that the directive asks for, and what leads have reported: the last accepted report of each.

    Of several leads with a copy each numbers are added up and percentages averaged; work led jointly counts once.
    ``actual`` and ``met`` are null where nobody has reported it; with ``at_most`` the value is not to be exceeded.
    """

    subtask: str
    key: str
    indicator_vi: str
    indicator_en: str
    unit: str
    value: int | float
    at_most: bool
    words: str
    actual: int | float | None
    met: bool | None
    reports: int


class BoardSummary(ResponseBody):
    """Assignments by status, of each priority and of each office, withdrawn ones left out.

    ``subtasks`` are what these make up. What several offices lead jointly counts once in ``total`` and for each of them
    in ``by_office``, which may thus add up to more. ``suspended`` are among ``open_within_term``; ``is_sample`` is true
    for the data of a rehearsal.
    """

    as_of: datetime
    is_sample: bool
    total: int
    subtasks: SubtaskCounts
    suspended: int
    by_status: StatusCounts
    by_priority: dict[str, StatusCounts]
    by_office: dict[str, StatusCounts]
    targets: list[TargetFigure]


class AnswerEntry(ResponseBody):
    """One office's part. ``offices`` are who answers for it and its joint leads; ``lead_office`` leads today.

    ``answered_at`` is null where nothing was handed in, or what was is returned; ``due_date`` where there is none.
    """

    assignment: int
    offices: list[str]
    lead_office: str
    state: State
    status: Status
    timing: Timing
    due_date: date | None
    answered_at: datetime | None


class AnswerCounts(ResponseBody):
    """``overdue`` are among ``missing``."""

    asked: int
    answered: int
    missing: int
    overdue: int


class AnswerSection(ResponseBody):
    """One step and one role in it, what is missing first."""

    step: str
    variant: str
    role: Role
    title: str
    count: AnswerCounts
    items: list[AnswerEntry]


class AnswersByOffice(ResponseBody):
    """Who has answered for one subtask and period; ``periods`` are the latest ones that there are."""

    subtask: str
    period: str
    periods: list[str]
    sections: list[AnswerSection]


class PendingDecision(ResponseBody):
    """A report or a request for more time on which the coordinator has to decide.

    ``number`` is the version of the report, or the id of the request, to be sent with the decision.
    """

    kind: Literal["report", "extension"]
    number: int
    since: datetime
    reason: str
    assignment: int
    office: str


class PendingDecisions(ResponseBody):
    """One page, the oldest first; ``total`` counts all."""

    total: int
    items: list[PendingDecision]


class NewSilence(RequestBody):
    """Reminders to suppress to the end of ``until``: of an office, on a subtask, for a period, or where these meet."""

    office: Short | None = None
    subtask: Short | None = None
    period: Short | None = None
    until: date
    reason: Text


class SilenceEntry(ResponseBody):
    """A silence in force; ``office``, ``subtask`` or ``period`` is null where it applies to all."""

    id: int
    office: str | None
    subtask: str | None
    period: str | None
    until: date
    reason: str


class SilenceList(ResponseBody):
    """The silences in force, the first to end first."""

    items: list[SilenceEntry]


class DeadLetterPage(ResponseBody):
    """The newest; ``total`` counts all."""

    total: int
    items: list[DeadLetter]


class DeadLetterFilter(RequestBody):
    """Which dead letters; null means any. ``since`` and ``until``: the first and the last day of their making."""

    office: Short | None = None
    desk: Desk | None = None
    channel: Short | None = None
    since: Day | None = None
    until: Day | None = None


class RetryResult(ResponseBody):
    """``queued`` is false when the message is under way or was sent, so that nothing had to be done."""

    queued: bool


class RetryCount(ResponseBody):
    """How many messages wait to be sent again."""

    queued: int


class ChannelTest(RequestBody):
    """The desk that gets the test message."""

    desk: Desk = Desk.FOCAL


class ChannelTestResult(ResponseBody):
    """The outcome over each channel of a desk, in the order in which they are used."""

    office: str
    desk: Desk
    channels: list[ChannelCheck]
