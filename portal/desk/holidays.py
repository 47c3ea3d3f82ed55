"""Notices of days off and swaps from the browser, and moving open work by the calendar that they give."""

import re
from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from config.clock import local_date
from config.errors import Refused, refuse_all
from config.rules.working_time import Override
from models.store.actor import ActorContext
from models.work.deeds.apply import Change
from models.work.deeds.holidays import holiday_notice, recalculated_by
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import now_of, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/holidays"
_BETWEEN_DAYS = re.compile(r"[,;\s]+")


@router.get(_HOME)
def holidays(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def notice(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Enter the days of a notice; open work stays until it is moved by them."""
    heading = ("Ghi thông báo nghỉ, hoán đổi", "Record a notice of days off and swapped working days")
    try:
        if not form.text("back"):
            return preview_or_apply(request, form, lambda _, c: _notice(form, c), send_to=_HOME, heading=heading)
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request, form=form)


@router.post(f"{_HOME}/recompute")
def recompute(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Move every open assignment whose date the calendar in force sets later."""

    def build(session: Session, context: ActorContext) -> Change:
        return recalculated_by(session, context)

    heading = ("Tính lại hạn các việc đang mở theo lịch", "Recalculate open work by the calendar")
    try:
        if not form.text("back"):
            return preview_or_apply(request, form, build, send_to=f"{_HOME}/recompute", heading=heading)
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request)


def _notice(form: FormReader, context: ActorContext) -> Change:
    note = form.text("note")
    faults, days = list[Refused](), list[Override]()
    for name, kind, vi, en in _FIELDS:
        for place, text in enumerate(filter(None, _BETWEEN_DAYS.split(form.text(name)))):
            try:
                day = FormReader({"day": text}).required_date(
                    "day", f"{vi}, ngày thứ {place + 1}", f"{en}, no. {place + 1}"
                )
            except Refused as refused:
                faults += refused.faults
            else:
                days.append(Override(day, kind, form.text("paper"), note, form.text("note_en") or note))
    refuse_all(faults)
    confirmed = form.count("confirmed_year", "Năm đã có lịch chính thức", "Confirmed year")
    return holiday_notice(days, confirmed_year=confirmed, provenance=grounds_in(form), context=context)


_FIELDS: tuple[tuple[str, Literal["day_off", "working_day"], str, str], ...] = (
    ("days_off", "day_off", "Ngày nghỉ", "Days off"),
    ("days_worked", "working_day", "Ngày làm việc bù", "Working days"),
)


def _page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    calendar, today = store_of(request).calendar, local_date(now_of(request))
    return form_page(
        request,
        "holidays.html",
        refused,
        form,
        days=sorted(calendar.overrides, key=lambda day: day.date, reverse=True),
        unconfirmed=calendar.unconfirmed_year(today),
    )
