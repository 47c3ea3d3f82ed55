"""Days off and swaps for programs: read, entered by a notice, and open work moved by them; taken back by /changes."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlmodel import Session

from config.clock import local_date
from config.rules.working_time import Override
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.work.deeds.apply import Change
from models.work.deeds.holidays import holiday_notice, recalculated_by
from portal.api.deeds import DeedAnswer, Grounds, shown_or_done
from portal.api.shapes import REFUSALS, Day, RequestBody, ResponseBody, Short
from portal.web import now_of, store_of

router = APIRouter(prefix="/api/v1", tags=["days off"], responses=REFUSALS)

Kind = Literal["day_off", "working_day"]


class NoticeDay(ResponseBody):
    """A day that an official notice decided: off, or worked in exchange for another."""

    date: date
    kind: Kind
    document: str
    note_vi: str
    note_en: str


class DaysOff(ResponseBody):
    """By date; ``unconfirmed_year`` is this or the next year if its holidays are not announced yet."""

    unconfirmed_year: int | None
    items: list[NoticeDay]


class NewDay(RequestBody):
    """A day of a notice."""

    date: Day
    kind: Kind


class DaysOffNotice(Grounds):
    """An official notice; a swap is two days. ``confirmed_year`` is the last year whose holidays are now announced."""

    days: list[NewDay] = Field(default=[], max_length=366)
    note: Short
    note_en: Short = ""
    confirmed_year: int | None = None


@router.get("/days-off")
def list_days_off(request: Request) -> DaysOff:
    """The days that notices decided; other holidays are those of the law."""
    calendar = store_of(request).calendar
    return DaysOff.model_validate(
        {
            "unconfirmed_year": calendar.unconfirmed_year(local_date(now_of(request))),
            "items": sorted(calendar.overrides, key=lambda each: each.date),
        }
    )


@router.post("/days-off")
def enter_days_off(request: Request, body: DaysOffNotice) -> DeedAnswer:
    """Enter the days of a notice, after a preview; open work stays until it is moved by them."""
    note, note_en = body.note, body.note_en or body.note
    days = [Override(each.date, each.kind, body.paper_number, note, note_en) for each in body.days]

    def build(_: Session, given: Provenance, context: ActorContext) -> Change:
        return holiday_notice(days, confirmed_year=body.confirmed_year, provenance=given, context=context)

    return shown_or_done(request, body, build)


@router.post("/days-off/recompute")
def recompute(request: Request, body: Grounds) -> DeedAnswer:
    """Move every open assignment whose date the calendar in force sets later, after a preview."""
    return shown_or_done(request, body, lambda session, given, context: recalculated_by(session, context, given))
