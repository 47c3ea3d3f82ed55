"""Calendar feeds for calendar programs, and the page to copy and change the address of one's own."""

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from config.errors import Refused
from models.access.feed_links import Address, Feed, FeedEnded, FeedNotFound, feed_links, revoke_feed_address
from models.plans.part_of_plan import limited_to
from models.store.database import reading, reading_session, session_scope
from portal.limiting import RateLimited, count_feed_fetch, count_unknown_feed
from portal.web import context_of, language_of, now_of, page, see_other, store_of, visitor_of
from reports.calendar_feed import FeedRequest, calendar_feed

router = APIRouter(default_response_class=HTMLResponse)

_MAX_AGE_S = 900


@router.get("/calendar")
def calendar_page(request: Request) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        address = feed_links(store.settings).address(session, _own_feed(request), now=now_of(request))
    return page(request, "calendar.html", address=address)


@router.post("/calendar/change")
def change(request: Request) -> Response:
    with session_scope(store_of(request).engine) as session:
        revoke_feed_address(session, _own_feed(request), context_of(request))
    return see_other("/calendar", flash="calendar_changed")


@router.api_route("/calendar/{token}.ics", methods=["GET", "HEAD"])
def feed(request: Request, token: str) -> Response:
    """The feed, or 304 for the ETag of its present content. No cookie is set or read."""
    try:
        content = _content(request, token)
    except FeedNotFound as unknown:
        return _plain_text(request, unknown, 404)
    except FeedEnded as ended:
        return _plain_text(request, ended, 410)
    except RateLimited as often:
        refused = Refused(
            "Tải lịch quá nhiều lần; thử lại sau.", "The calendar was fetched too many times; try again later."
        )
        return _plain_text(request, refused, 429, retry_after_s=often.retry_after_s)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={_MAX_AGE_S}"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="dondoc.ics"'
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _content(request: Request, token: str) -> bytes:
    store, now = store_of(request), now_of(request)
    with reading_session(store.engine) as session:
        try:
            address = feed_links(store.settings).open(session, token, plan=store.plan, now=now)
        except (FeedNotFound, FeedEnded):
            count_unknown_feed(request)
            raise
    count_feed_fetch(request, token)
    plan = store.plan if address.limit is None else limited_to(store.plan, address.limit)
    with reading(store.engine) as connection:
        return calendar_feed(connection, _asked(request, address), plan=plan, calendar=store.calendar, now=now)


def _asked(request: Request, address: Address) -> FeedRequest:
    store, office = store_of(request), address.feed.office
    return FeedRequest(office, store.contacts.language_of(office), store.settings.portal_url, address.last_day)


def _own_feed(request: Request) -> Feed:
    visitor = visitor_of(request)
    return Feed(office=visitor.office, user_id=visitor.user_id)


def _plain_text(request: Request, refused: Refused, status: int, *, retry_after_s: int | None = None) -> Response:
    """Two lines of text for whoever looks why their calendar stopped; a program reads the status."""
    retry = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    words = (refused.en, str(refused)) if language_of(request) == "en" else (str(refused), refused.en)
    return PlainTextResponse("\n".join(words) + "\n", status, headers=retry)
