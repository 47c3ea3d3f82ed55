"""Programs that are told of events, from the browser: registered, tried, ended; the secret is shown once."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from config.contacts.web_addresses import WEBHOOK
from config.errors import Refused
from models.delivery.webhooks.events import Event, message_conditions_of
from models.delivery.webhooks.registering import (
    add_webhook,
    end_webhook,
    secret_of,
    try_webhook,
    webhooks,
)
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.tables.outbox import Message, Webhook
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/webhooks"


@router.get(_HOME)
def listed(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def add(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Register a program and show its secret, which no page shows again."""
    store = store_of(request)
    try:
        with session_scope(store.engine) as session:
            made = add_webhook(
                session,
                store.settings,
                name=form.text("name"),
                url=form.text("url"),
                events=form.each("events"),
                context=context_of(request),
                submission=form.text("submission"),
            )
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request, shown=made)


@router.post(f"{_HOME}/{{number}}/try")
def send_try(request: Request, number: RowId) -> Response:
    """Queue an event that says nothing."""
    try:
        with session_scope(store_of(request).engine) as session:
            try_webhook(session, number, context_of(request))
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused=refused)
    return see_other(_HOME, flash="try_queued")


@router.post(f"{_HOME}/{{number}}/end")
def end(request: Request, number: RowId) -> Response:
    with session_scope(store_of(request).engine) as session:
        end_webhook(session, number, context_of(request))
    return see_other(_HOME, flash="webhook_ended")


def _page(
    request: Request, *, refused: Refused | None = None, form: FormReader | None = None, shown: Webhook | None = None
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        there = webhooks(session)
        counts = {each.id: _counts(session, each) for each in there}
    return form_page(
        request,
        "webhooks.html",
        refused,
        form,
        webhooks=there,
        counts=counts,
        events=list(Event),
        channel=WEBHOOK,
        hosts=sorted(store.settings.webhook_hosts),
        shown=shown,
        secret=secret_of(store.settings, shown) if shown else "",
    )


def _counts(session: Session, hook: Webhook) -> dict[str, int]:
    """Its messages by what became of them."""
    counted = select(Message.state, func.count()).where(message_conditions_of(hook)).group_by(col(Message.state))
    return dict(session.exec(counted).all())
