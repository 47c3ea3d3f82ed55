"""Signing in by the link in a message, or by a fresh link to a registered address; signing out.

A request for a link always has the same answer; whether anything is sent, and to whom, is decided after it.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from config.clock import local_date
from config.contacts.apprise_services import service_of
from config.errors import Refused
from models.access.accounts import find_user, fold_email
from models.access.office_links import office_links
from models.access.signed_links import SignInRefused
from models.access.signing_in import sign_in_by_link, user_link, user_of_link
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from notifications.channels.outgoing import Outcome, Result
from notifications.courier.sent_at_once import send_office_link, send_user_link
from portal.background_tasks import background_tasks_of
from portal.form import FormReader, read_form
from portal.limiting import RateLimited, count_attempt, count_letter, count_own_letter
from portal.sign_in.entrance import ASSIGNMENTS, local_path
from portal.sign_in.known_browser import is_known_to, remember_browser
from portal.sign_in.session import close_session, open_session
from portal.web import now_of, offices_of_today, page, see_other, store_of

log = logging.getLogger("dondoc.portal")

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/"


@router.get("/door/{token}")
def door(request: Request, token: str, to: str = ASSIGNMENTS) -> Response:
    """Sign an office in by the link of a message. Opening it changes nothing, so a mail scanner may do so too."""
    store = store_of(request)
    try:
        with reading_session(store.engine) as session:
            office = office_links(store.settings).open(session, token, plan=store.plan, now=now_of(request))
    except SignInRefused as refused:
        return sign_in_page(request, 403, refused, to=to)
    response = see_other(local_path(to))
    open_session(request, response, office=office)
    return response


@router.get("/sign-in")
def sign_in_form(request: Request, to: str = _HOME) -> HTMLResponse:
    return sign_in_page(request, to=to)


@router.post("/sign-in")
def ask_for_link(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Always the same answer, so that nobody learns which addresses are registered."""
    office, email, to = form.text("office"), form.text("email"), form.text("to")
    if not office and not email:
        refused = Refused(
            "Chọn cơ quan, hoặc ghi địa chỉ thư đã đăng ký.",
            "Choose your office, or enter your registered e-mail address.",
        )
        return sign_in_page(request, 422, refused, to=to)
    try:
        count_attempt(request)
        _count_letter(request, office, email)
    except RateLimited as refused:
        return rate_limited_page(request, refused, to=to)
    background_tasks_of(request).submit(
        partial(send_links, store_of(request), office, email, local_path(to), now_of(request))
    )
    return page(request, "sign_in_sent.html")


@router.get("/sign-in/{token}")
def confirm(request: Request, token: str, to: str = _HOME) -> HTMLResponse:
    """A page with one button: a mail scanner that opens links must not use this one up."""
    store = store_of(request)
    try:
        with reading_session(store.engine) as session:
            user = user_of_link(session, store.settings, token, now=now_of(request))
    except SignInRefused as refused:
        return sign_in_page(request, 403, refused, to=to)
    return page(request, "sign_in_confirm.html", token=token, post=user.post, role=user.role.value, to=local_path(to))


@router.post("/sign-in/{token}")
def sign_in(request: Request, token: str, form: FormReader = Depends(read_form)) -> Response:
    store, to = store_of(request), local_path(form.text("to"))
    try:
        count_attempt(request)
        with session_scope(store.engine) as session:
            user = sign_in_by_link(session, store.settings, token, now=now_of(request))
    except RateLimited as refused:
        return rate_limited_page(request, refused, to=to)
    except SignInRefused as refused:
        return sign_in_page(request, 403, refused, to=to)
    response = see_other(to)
    open_session(request, response, user_id=user.id)
    remember_browser(request, response, user.id or 0)
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> RedirectResponse:
    response = see_other("/sign-in")
    close_session(request, response)
    return response


def sign_in_page(
    request: Request, status: int = 200, refused: Refused | None = None, *, to: str = _HOME
) -> HTMLResponse:
    """The page to ask for a link, after a refusal with its reason."""
    store = store_of(request)
    choices: dict[str, Any] = {
        "offices": offices_of_today(request),
        "openid": bool(store.settings.oidc_issuer),
    }
    return page(request, "sign_in.html", status, refused=refused, to=local_path(to), **choices)


def rate_limited_page(request: Request, refused: RateLimited, *, to: str = _HOME) -> HTMLResponse:
    response = sign_in_page(request, 429, refused, to=to)
    response.headers["Retry-After"] = str(refused.retry_after_s)
    return response


def _count_letter(request: Request, office: str, email: str) -> None:
    """Count the letter by the one way of writing the name, so that none has several allowances."""
    if email and is_known_to(request, email):
        count_own_letter(request, fold_email(email))
    elif email:
        count_letter(request, fold_email(email) or "(too long)")
    else:
        known = {each.code for each in store_of(request).plan.offices}
        count_letter(request, office.upper() if office.upper() in known else office.casefold()[:40])


def send_links(store: Store, office: str, email: str, to: str, now: datetime) -> None:
    """Send a link to a registered address and to no other: an account's own, or the focal one of an office."""
    if email:
        with reading_session(store.engine) as session:
            user = find_user(session, email)
        if user is not None and user.disabled_at is None:
            link = user_link(store.settings, user, now=now, to="" if to == _HOME else to)
            _log_failure(send_user_link(store, user.email, link, now=now))
            return
    office_page = to if to.startswith((f"{ASSIGNMENTS}/", f"{ASSIGNMENTS}?")) else ""
    for code in _requested_offices(store, office, email, now):
        link = office_links(store.settings).link(code, now=now, to=office_page)
        _log_failure(send_office_link(store, code, link, now=now))


def _requested_offices(store: Store, office: str, email: str, now: datetime) -> Iterator[str]:
    today = local_date(now)
    if office:
        if office.upper() in {each.code for each in store.plan.offices}:
            current = store.plan.current_office(office.upper(), today)
            if store.plan.office(current).exists_on(today):
                yield current
        return
    for each in store.plan.offices:
        if each.exists_on(today) and fold_email(email) in _registered_addresses(store, each.code):
            yield each.code


def _registered_addresses(store: Store, office: str) -> set[str]:
    """The mail addresses of the focal desk of an office, in lower case."""
    address = store.contacts.address(office, "focal")
    if not address.channel.startswith("mailto"):
        return set()
    service = service_of(address.url)
    return {fold_email(str(email)) for _, email in service.targets} - {""} if service is not None else set()


def _log_failure(outcome: Outcome) -> None:
    if outcome.result is not Result.SENT:
        log.warning("a link that was asked for was not sent: %s", outcome.reason)
