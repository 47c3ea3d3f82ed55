"""The shapes of directives, plans, editions and amendments."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from config.catalogue.subtasks import Kind, Trigger
from portal.api.deeds import Grounds
from portal.api.shapes import RequestBody, ResponseBody

FileText = Annotated[str, Field(max_length=1_000_000, pattern=r"^[^\x00]*$")]
PlanTexts = dict[str, FileText]


class DirectiveEntry(ResponseBody):
    """A directive that is followed; the document that assigns its work is null before one was entered."""

    code: str
    title_vi: str
    title_en: str
    directive_date: date
    coordinator: str
    document_number: str | None
    document_date: date | None
    is_closed: bool
    priorities: list[str]
    subtasks: int


class DirectiveList(ResponseBody):
    """The directives, the main one first."""

    items: list[DirectiveEntry]


class TeamEntry(ResponseBody):
    """Who does a step, or a variant of it: ``each`` lead hands in a copy, or all of them one report together."""

    variant: str
    leads: list[str]
    asked: list[str]
    named: list[str]
    each: bool | None


class StepEntry(ResponseBody):
    """One report that a subtask asks for, and when it is due: by rule, and in the directive's words if any."""

    key: str
    title_vi: str
    title_en: str
    trigger: Trigger
    lead_rule: str
    lead_words: str
    coordinating_rule: str | None
    teams: list[TeamEntry]


class SubtaskEntry(ResponseBody):
    """One thing the directive asks for, with its words (``quotes``)."""

    code: str
    title_vi: str
    title_en: str
    kind: Kind
    basis: str | None
    monitor: str | None
    ladder: str
    quotes: list[str]
    steps: list[StepEntry]


class PriorityEntry(ResponseBody):
    """A priority task with its subtasks."""

    code: str
    numeral: str
    title_vi: str
    title_en: str
    subtasks: list[SubtaskEntry]


class DirectivePlan(ResponseBody):
    """The plan of one directive, and the directive's ``text`` as far as it was taken in."""

    code: str
    text: str
    priorities: list[PriorityEntry]


class EditionEntry(ResponseBody):
    """One state of one document of the plan: by which paper or reason, from when it holds, and who wrote it."""

    id: int
    series: str
    number: int
    is_in_force: bool
    paper_number: str
    paper_date: date | None
    reason: str
    effective_date: date
    author: str
    created_at: datetime
    digest: str


class EditionList(ResponseBody):
    """Every edition, the newest first."""

    items: list[EditionEntry]


class EditionDetail(EditionEntry):
    """An edition with its whole content, as it is kept."""

    content: dict[str, Any]


class PlanFiles(ResponseBody):
    """A plan as its files, by path: what an amendment takes back, changed."""

    files: PlanTexts


class Amendment(Grounds):
    """A changed plan: the files of ``/plan/files`` with what is to change, or one of them alone.

    Without ``open_work`` what is open stays, and each step changes with its next period; without ``letters`` nobody is
    told, for a slip of the pen that is mended.
    """

    files: Annotated[PlanTexts, Field(min_length=1, max_length=200)]
    open_work: bool = True
    letters: bool = True


class PlanCheck(RequestBody):
    """The files of a plan, to be checked beside the plan in force."""

    files: Annotated[PlanTexts, Field(min_length=1, max_length=200)]


class CheckedPlan(ResponseBody):
    """What a plan would hold; with faults it is refused, and all of them are listed."""

    directives: list[str]
    priorities: int
    subtasks: int
    offices: int
