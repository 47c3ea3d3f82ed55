"""Launching a corrected draft for programs: shown first, then done by the key of what was shown."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from config.errors import Refused
from config.rules.due_words import dated
from intake.directives.correcting.launching import ChangedMeanwhile, Launch, Prepared
from models.tables.errors import NotFound
from portal.api.shapes import REFUSALS, Day, RequestBody, ResponseBody, Short
from portal.form import FormReader
from portal.intake.launching import (
    is_launched,
    launch_prepared,
    new_offices,
    prepared_launch,
    wanted_in,
    without_address,
)
from portal.web import RowId, store_of

router = APIRouter(prefix="/api/v1", tags=["intake"], responses=REFUSALS)


class Periods(StrEnum):
    """How periods are counted: closing on the 14th (NĐ 09/2019), or by the calendar."""

    ND09 = "nd09"
    CALENDAR = "calendar"


class DraftLaunch(RequestBody):
    """What a draft is launched with: the head of its plan, and the document that assigns its work.

    The first request, without ``confirm``, assigns nothing and answers with a preview; the same request with the
    ``confirm`` of that preview does what was shown, and once more changes nothing. ``leave_out`` allows rows that are
    not confirmed, which are not assigned; ``may_be_late`` work that is overdue at once. ``directive_date`` is the
    document's without, the ``coordinator`` that of the main directive.
    """

    code: Short
    title: Short
    document_number: Short
    document_date: Day
    directive_date: Day | None = None
    coordinator: Short = ""
    periods: Periods = Periods.ND09
    leave_out: bool = False
    may_be_late: bool = False
    confirm: Annotated[str, Field(max_length=64)] = ""


class OfficeLaunch(ResponseBody):
    """What an office would be assigned at once, and its first due date."""

    office: str
    leads: int
    coordinates: int
    undated: int
    first_due_date: date | None = Field(validation_alias="first_due")


class LateLaunch(ResponseBody):
    """An assignment that would be overdue at once."""

    subtask: str
    office: str
    due_date: date | None


class PassedStep(ResponseBody):
    """A step whose day has passed: overdue at once (``makes_late``), or assigned without a date."""

    subtask: str
    step: str
    due_date: date
    words: str
    makes_late: bool


class TargetLeftOut(ResponseBody):
    """A target that names no single figure, by the place of its task: it is not in the plan."""

    ref: str
    words: str


class LaunchPreview(ResponseBody):
    """What launching would do: ``subtasks`` in the plan, ``assignments`` made at once and how many of them have no
    date; ``waiting`` subtasks of which nothing begins yet; what is late, has passed or is left out; offices that come
    into the register (``new_offices``, names by code) and those whose letters go to the local mailbox."""

    confirm: str
    subtasks: int
    assignments: int
    undated: int
    offices: list[OfficeLaunch]
    waiting: list[str]
    late: list[LateLaunch]
    passed: list[PassedStep]
    left_out: list[TargetLeftOut]
    new_offices: dict[str, str]
    without_address: list[str]


class LaunchAnswer(ResponseBody):
    """``directive`` is the code of what was launched, or null with a ``preview`` of what would be."""

    directive: str | None
    preview: LaunchPreview | None


@router.post("/intake/{draft_id}/launch")
def launch_draft(request: Request, draft_id: RowId, body: DraftLaunch) -> LaunchAnswer:
    """Make the confirmed rows the plan of a directive and assign its work, after a preview."""
    fields = {"code": body.code, "title": body.title, "coordinator": body.coordinator, "periods": body.periods.value}
    fields |= {"number": body.document_number, "on_date": body.document_date.isoformat()}
    fields |= {"signed_on": body.directive_date.isoformat() if body.directive_date else ""}
    wanted = wanted_in(request, FormReader(fields))
    try:
        prepared = prepared_launch(request, draft_id, wanted, leave_out=body.leave_out)
        if not body.confirm:
            return LaunchAnswer(directive=None, preview=_preview(request, wanted, prepared))
        if body.confirm != prepared.digest(wanted):
            raise ChangedMeanwhile
        launch_prepared(request, draft_id, wanted, prepared, may_be_late=body.may_be_late)
    except NotFound:
        raise
    except Refused:
        if not is_launched(request, draft_id, wanted):
            raise
    return LaunchAnswer(directive=wanted.head.code, preview=None)


def _preview(request: Request, wanted: Launch, prepared: Prepared) -> LaunchPreview:
    store, assigned = store_of(request), prepared.assigned
    return LaunchPreview(
        confirm=prepared.digest(wanted),
        subtasks=sum(len(each.subtasks) for each in prepared.plan.priorities_of(wanted.head.code)),
        assignments=assigned.total,
        undated=assigned.undated,
        offices=[OfficeLaunch.model_validate(each) for each in assigned.offices],
        waiting=list(assigned.waiting),
        late=[
            LateLaunch(subtask=each.subtask, office=each.office, due_date=dated(each.due.due_date))
            for each in assigned.late
        ],
        passed=[PassedStep.model_validate(each) for each in prepared.passed],
        left_out=[TargetLeftOut(ref=ref, words=words) for ref, words in prepared.left_out],
        new_offices={each.code: each.name_vi for each in new_offices(store, prepared)},
        without_address=without_address(store, prepared),
    )
