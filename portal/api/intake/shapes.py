"""The shapes of drafts of directives, of their rows and of what is typed into them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from intake.directives.correcting.rows import RowState
from intake.directives.correcting.typed import LONGEST_OFFICES, MOST_OFFICES
from portal.api.shapes import RequestBody, ResponseBody, Short, Text
from portal.intake.correcting import RowsAct

OfficeWords = Annotated[str, Field(max_length=LONGEST_OFFICES, pattern=r"^[^\x00]*$")]
Offices = Annotated[list[OfficeWords], Field(max_length=MOST_OFFICES)]
Place = Annotated[int, Field(ge=0, le=10_000_000)]
RowNumber = Annotated[int, Field(ge=1, le=2_147_483_647)]


class DraftEntry(ResponseBody):
    """A directive's text whose tasks are being corrected; ``rows`` counts them by their state."""

    id: int
    name: str
    created_at: datetime
    changed_at: datetime
    rows: dict[RowState, int]


class DraftList(ResponseBody):
    """Those that are neither launched nor dropped, the one last worked on first."""

    items: list[DraftEntry]


class Passage(ResponseBody):
    """The characters of the text from ``start`` up to ``end``, without it."""

    start: int
    end: int


class OfficeRead(ResponseBody):
    """The words for an office or a group, and its code where the register knows it."""

    text: str
    office: str | None


class DeadlineRead(ResponseBody):
    """The words for a date and their reading: ``rule`` as a plan writes it, "" where they cannot be read; ``assumed``
    says why, where the words alone do not."""

    words: str
    kind: str
    rule: str
    date: date | None
    assumed: str


class RowEntry(ResponseBody):
    """One task as it was read or corrected; null, "" and empty lists are what the text does not say.

    ``ref`` is its place in the text («I.2»), ``sure`` how sure its reading is (0 to 1), ``why`` what it rests on
    (Vietnamese); ``is_sure`` tells that it asks for no look of its own. ``role`` is lead, joint, each or collective.
    ``seen`` goes back with a change of it; a second task may begin at the characters ``split_points``.
    """

    number: int
    state: RowState
    ref: str
    title: str
    quote: str
    passages: list[Passage]
    leads: list[OfficeRead]
    coordinating: list[OfficeRead]
    reports_to: list[OfficeRead]
    role: str
    deadline: DeadlineRead | None
    product: str
    target: str
    kind: str
    sure: float
    is_sure: bool
    why: list[str]
    duplicate_of: str | None
    split_points: list[int]
    seen: str


class DraftDetail(DraftEntry):
    """A draft with its text and its tasks in the order of the text; ``directive`` is what it was launched as.

    ``notes`` tell what to look at first. ``uncovered`` are the passages that no task covers, ``unknown_offices`` the
    words for offices that the register does not know, with how often they stand there.
    """

    ended_at: datetime | None
    directive: str | None
    text: str
    notes: list[str]
    notes_en: list[str]
    tasks: list[RowEntry]
    uncovered: list[Passage]
    unknown_offices: dict[str, int]


class RowsDecision(RequestBody):
    """What is done to the rows of these numbers; ``sure`` confirms all that are sure and takes none."""

    act: RowsAct
    rows: list[RowNumber] = Field(default=[], max_length=5000)


class LeadRole(StrEnum):
    """Whether several leads hand in one report or each its own."""

    JOINT = "joint"
    EACH = "each"


class RowSeen(RequestBody):
    """The ``seen`` of the row that was looked at; refused when it has changed."""

    seen: Short


class RowChange(RowSeen):
    """What a row is corrected to; null stays as it is, "" and an empty list say that the text does not tell.

    Offices by the words of the text, by name or code; the deadline in the words of the text. ``is_duplicate``: whether
    it still repeats the row that it was read to repeat. Without ``confirm`` it is kept to be looked at later.
    """

    title: Text | None = None
    leads: Offices | None = None
    coordinating: Offices | None = None
    reports_to: Offices | None = None
    role: LeadRole | None = None
    deadline: Short | None = None
    product: Text | None = None
    target: Text | None = None
    is_duplicate: bool | None = None
    confirm: bool = True


class RowSplit(RowSeen):
    """At which of its ``split_points`` the second task begins."""

    point: Place


class NewPassage(RequestBody):
    """The characters of the text, from ``start`` up to ``end``, that a row is made of."""

    start: Place
    end: Place


class MeantOffices(RequestBody):
    """Of words in the text the office that is meant, by name or code; later texts are read the same way."""

    offices: Annotated[dict[Short, Short], Field(min_length=1, max_length=500)]
