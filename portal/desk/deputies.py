"""Deputies by date from the browser: for accounts, and for desks whose letters somebody else gets as well."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.clock import local_date
from config.contacts.desks import Desk
from config.errors import Refused
from models.access.accounts import users
from models.access.deputies import appoint, appoint_for_desk, deputies, end_deputy, without_effect
from models.store.database import reading_session, session_scope
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, now_of, offices_of_today, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/deputies"
_FIRST, _LAST = ("Từ ngày", "From"), ("Đến hết ngày", "Until")


@router.get(_HOME)
def listed(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def add(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Have one account stand in for another."""
    try:
        days = form.required_date("first_day", *_FIRST), form.required_date("last_day", *_LAST)
        with session_scope(store_of(request).engine) as session:
            appoint(session, form.text("user"), form.text("deputy"), *days, context_of(request))
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return see_other(_HOME, flash="appointed")


@router.post(f"{_HOME}/desk")
def add_for_desk(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Have the letters of a desk go to a further address too."""
    store = store_of(request)
    try:
        days = form.required_date("desk_first_day", *_FIRST), form.required_date("desk_last_day", *_LAST)
        desk = form.choice(Desk, "desk", "Bộ phận", "Desk", Desk.FOCAL)
        with session_scope(store.engine) as session:
            appoint_for_desk(
                *(session, form.text("office"), desk, form.text("email"), *days),
                contacts=store.contacts,
                context=context_of(request),
            )
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return see_other(_HOME, flash="appointed")


@router.post(f"{_HOME}/{{number}}/end")
def end(request: Request, number: RowId) -> Response:
    with session_scope(store_of(request).engine) as session:
        end_deputy(session, number, context_of(request))
    return see_other(_HOME, flash="deputy_ended")


def _page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        today = local_date(now_of(request))
        there, everybody = deputies(session, today), users(session)
        useless = {each.id: fault for each, fault in without_effect(session, store_of(request).contacts, today)}
    return form_page(
        request,
        "deputies.html",
        refused,
        form,
        deputies=there,
        accounts={each.id: each for each in everybody},
        useless=useless,
        offered=[each for each in everybody if each.disabled_at is None],
        offices=offices_of_today(request),
        desks=list(Desk),
    )
