"""Rehearsals of the months ahead for programs: asked for, watched, and what they found."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from config.errors import Refused
from portal.api.shapes import REFUSALS, RequestBody, ResponseBody
from portal.form import FormReader
from portal.intake.rehearsals import kept_rehearsal, start_asked
from portal.web import RowId, now_of, store_of
from reports.months_ahead.kept import KeptRehearsal, KeptRehearsals
from reports.months_ahead.outcome import LONGEST_MONTHS, Rehearsal

router = APIRouter(prefix="/api/v1", tags=["rehearsals"], responses=REFUSALS)

DraftNumber = Annotated[int, Field(ge=1, le=999_999_999)]


class RehearsalState(StrEnum):
    """How far a rehearsal is."""

    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


class NewRehearsal(RequestBody):
    """A rehearsal to play: with ``answering`` offices answer as they have so far. The ``draft`` of a directive is
    launched in it, or the draft of an ``amendment`` applied; in the copy alone."""

    months: Annotated[int, Field(ge=1, le=LONGEST_MONTHS)]
    answering: bool = False
    draft: DraftNumber | None = None
    amendment: DraftNumber | None = None


class RehearsalEntry(ResponseBody):
    """A rehearsal: ``part`` of it is done (0 to 1); ``fault`` says why it found nothing, null unless it failed."""

    number: int
    asked_at: datetime
    months: int
    answering: bool
    draft: int | None
    amendment: int | None
    state: RehearsalState
    part: float
    fault: str | None
    fault_en: str | None


class RehearsalList(ResponseBody):
    """Those that are kept, the newest first; the twenty-first makes the oldest go."""

    items: list[RehearsalEntry]


class DayAheadEntry(ResponseBody):
    """How many letters would go out on a day, and to how many offices."""

    date: date
    letters: int
    offices: int


class WeekAheadEntry(ResponseBody):
    """What the week from this Monday on brings an office: letters, and assignments that fall due."""

    office: str
    week_date: date = Field(validation_alias="week")
    letters: int
    due: int


class OfficeAheadEntry(ResponseBody):
    """What an office would get, the Monday of its busiest week, and when it, its head and the coordinator after that
    would first be written to; null for never."""

    office: str
    letters: int
    due: int
    without_address: bool
    busiest_week_date: date | None = Field(validation_alias="busiest_week")
    first_date: date | None = Field(validation_alias="first_on")
    head_date: date | None = Field(validation_alias="head_on")
    coordinator_date: date | None = Field(validation_alias="coordinator_on")


class DateAtRiskEntry(ResponseBody):
    """A due date that may not stand, and why."""

    office: str
    subtask: str
    period: str
    date: date
    why: str
    why_en: str


class MonthsAhead(ResponseBody):
    """What would go out, by day, office and week; ``undated`` counts assignments without a date by subtask, ``names``
    are those of offices and subtasks, also of such as came in with a draft."""

    from_date: date
    until: date
    letters: int
    days: list[DayAheadEntry]
    offices: list[OfficeAheadEntry]
    weeks: list[WeekAheadEntry]
    dates_at_risk: list[DateAtRiskEntry]
    undated: dict[str, int]
    names: dict[str, str]


class RehearsalDetail(RehearsalEntry):
    """A rehearsal with what it ``found``; null before it is done."""

    found: MonthsAhead | None


@router.get("/rehearsals")
def list_rehearsals(request: Request) -> RehearsalList:
    """The rehearsals that were asked for."""
    return RehearsalList(items=[_entry(request, each) for each in KeptRehearsals(store_of(request).settings).all()])


@router.post("/rehearsals", status_code=201)
def start_rehearsal(request: Request, body: NewRehearsal) -> RehearsalEntry:
    """Rehearse the months ahead on a copy: nothing is recorded and nothing sent. One at a time; it takes minutes."""
    if body.draft and body.amendment:
        raise Refused("draft, amendment: chỉ ghi một trong hai.", "draft, amendment: give one of the two.")
    what = f"draft-{body.draft}" if body.draft else f"amendment-{body.amendment}" if body.amendment else ""
    form = FormReader({"months": str(body.months), "what": what, "answering": "yes" if body.answering else ""})
    return _entry(request, start_asked(request, form))


@router.get("/rehearsals/{number}")
def get_rehearsal(request: Request, number: RowId) -> RehearsalDetail:
    """How far a rehearsal is, and what it found."""
    entry = _entry(request, kept := kept_rehearsal(request, number))
    found = _found(kept.found) if entry.state is RehearsalState.DONE else None
    return RehearsalDetail(**vars(entry), found=found)


def _entry(request: Request, kept: KeptRehearsal) -> RehearsalEntry:
    asked, fault, is_done = kept.asked, kept.fault(now_of(request)), kept.is_done
    state = RehearsalState.DONE if is_done else RehearsalState.FAILED if fault else RehearsalState.UNDER_WAY
    return RehearsalEntry(
        number=kept.number,
        asked_at=asked.now,
        months=asked.months,
        answering=asked.answering,
        draft=asked.draft,
        amendment=asked.amendment,
        state=state,
        part=1.0 if is_done else kept.part,
        fault=str(fault) if fault else None,
        fault_en=fault.en if fault else None,
    )


def _found(found: Rehearsal) -> MonthsAhead:
    risks = [{**vars(each), "why": each.why[0], "why_en": each.why[1]} for each in found.dates_at_risk]
    whole = {**vars(found), "from_date": found.first, "until": found.last, "letters": found.letters}
    return MonthsAhead.model_validate({**whole, "dates_at_risk": risks, "undated": found.without_date})
