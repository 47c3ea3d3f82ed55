"""Coming in and going out: by the link in a message, or by a fresh link to a registered address.

A request for a link is always answered with the same words at once; whether anything is sent, and to whom, is decided
after the answer has left.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from sqlmodel import Session

from config.clock import local_date
from config.errors import Refused
from config.keys import signing_key
from models.account import User
from models.accounts import find_user
from models.audit import Fact, record
from models.database import reading_session, session_scope
from models.doors import DoorClosed, doors
from models.store import Store
from notifications.sign_in_letter import send_office_link, send_user_link
from portal.entered import Entered, entered_of
from portal.entrance import local_path
from portal.session import close_session, open_session
from portal.web import now_of, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

LINK_LIFE = timedelta(minutes=15)

_FROM_ONE_PLACE = RateLimitItemPerMinute(20, 10)
_FOR_ONE_NAME = RateLimitItemPerMinute(3, 10)


@router.get("/door/{token}")
def door(request: Request, token: str, to: str = "/work") -> Response:
    """An office comes in by the link of a message. Opening it changes nothing, so a mail scanner may do so too."""
    store = store_of(request)
    try:
        with reading_session(store.engine) as session:
            office = doors(store.settings).open(session, token, plan=store.plan, now=now_of(request))
    except DoorClosed as refused:
        return page(request, "sign_in.html", 403, refused=refused, to=local_path(to), **_choices(request))
    response = RedirectResponse(local_path(to), status_code=303)
    open_session(request, response, office=office)
    return response


@router.get("/sign-in")
def sign_in_form(request: Request, to: str = "/") -> HTMLResponse:
    return page(request, "sign_in.html", refused=None, to=local_path(to), **_choices(request))


@router.post("/sign-in")
def ask_for_link(request: Request, background: BackgroundTasks, entered: Entered = Depends(entered_of)) -> Response:
    """Always the same answer, so that nobody learns which addresses are registered."""
    office, email, to = entered.text("office"), entered.text("email"), local_path(entered.text("to"))
    if not office and not email:
        refused = Refused("Chọn cơ quan, hoặc ghi địa chỉ thư đã đăng ký.", "Choose your office, or give your address.")
        return page(request, "sign_in.html", 422, refused=refused, to=to, **_choices(request))
    if not _within_limits(request, f"{office}{email}".lower()[:200]):
        refused = Refused(
            "Đã xin đường dẫn nhiều lần. Xem lại hộp thư (cả mục thư rác), hoặc thử lại sau 10 phút.",
            "Too many requests. Look into your mailbox (also the spam folder), or try again in 10 minutes.",
        )
        response = page(request, "sign_in.html", 429, refused=refused, to=to, **_choices(request))
        response.headers["Retry-After"] = "600"
        return response
    background.add_task(_send_link, store_of(request), office, email, to, now_of(request))
    answer = page(request, "sign_in_sent.html")
    answer.background = background
    return answer


@router.get("/sign-in/{token}")
def confirm(request: Request, token: str) -> HTMLResponse:
    """A page with one button: what opens links by itself must not use this one up."""
    return page(request, "sign_in_confirm.html", token=token)


@router.post("/sign-in/{token}")
def sign_in(request: Request, token: str) -> Response:
    store, now = store_of(request), now_of(request)
    with session_scope(store.engine) as session:
        user = user_of_link(store, session, token, now=now)
        if user is not None:
            user.signed_in_at = now
            actor = f"{user.role.value}:{user.id}"
            record(session, [Fact("sign_in", f"user:{user.id}", {})], actor=actor, now=now)
    if user is None:
        refused = Refused(
            "Đường dẫn không đúng, đã dùng, hoặc đã quá 15 phút. Xin đường dẫn mới.",
            "This link is not right, was used already, or is older than 15 minutes. Ask for a new one.",
        )
        return page(request, "sign_in.html", 403, refused=refused, to="/", **_choices(request))
    response = RedirectResponse("/", status_code=303)
    open_session(request, response, user_id=user.id)
    return response


@router.post("/sign-out")
def sign_out() -> Response:
    response = RedirectResponse("/sign-in", status_code=303)
    close_session(response)
    return response


def user_link(store: Store, user: User, *, now: datetime) -> str:
    """An address that signs a user in, once, within ``LINK_LIFE``."""
    token = _serializer(store).dumps([user.id, int(now.timestamp())])
    return f"{store.settings.portal_url}/sign-in/{token}"


def user_of_link(store: Store, session: Session, token: str, *, now: datetime) -> User | None:
    """Whom a sign-in link signs in, or None when it is forged, old, used, or its account closed."""
    try:
        user_id, made = _serializer(store).loads(token)
        made_at = datetime.fromtimestamp(made, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError, OSError):
        return None
    user = session.get(User, user_id, with_for_update=True)
    if user is None or user.disabled_at is not None or now - made_at > LINK_LIFE:
        return None
    used = user.signed_in_at is not None and user.signed_in_at >= made_at
    return None if used else user


def _send_link(store: Store, office: str, email: str, to: str, now: datetime) -> None:
    if office in {each.code for each in store.plan.offices}:
        address = store.plan.current_office(office, local_date(now))
        send_office_link(store, address, doors(store.settings).link(address, now=now, to=to), now=now)
        return
    with reading_session(store.engine) as session:
        user = find_user(session, email) if email else None
    if user is not None and user.disabled_at is None:
        send_user_link(store, user.email, user_link(store, user, now=now), now=now)


def _within_limits(request: Request, name: str) -> bool:
    limiter: MovingWindowRateLimiter = request.app.state.limiter
    place = request.client.host if request.client else ""
    return limiter.hit(_FROM_ONE_PLACE, "place", place) and limiter.hit(_FOR_ONE_NAME, "name", name)


def _choices(request: Request) -> dict[str, Any]:
    today = local_date(now_of(request))
    return {"offices": [office for office in store_of(request).plan.offices if office.exists_on(today)]}


def _serializer(store: Store) -> URLSafeSerializer:
    return URLSafeSerializer(signing_key(store.settings), salt="sign-in")
