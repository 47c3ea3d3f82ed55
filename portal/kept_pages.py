"""Pages that cost much to draw, kept until something changes: an event, an open assignment, the minute, the plan.

Each process keeps its own; what is sent differs by the token of the visitor's session alone.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, func, select

from models.store.audit_event import AuditHead
from models.store.database import reading
from models.tables.tally import AssignmentTally
from portal.sign_in.session import csrf_token, renew_session
from portal.web import language_of, now_of, render, store_of, visitor_of

_PAGES = 100
"""About 20 MB."""

_TOKEN = "\N{REPLACEMENT CHARACTER}csrf\N{REPLACEMENT CHARACTER}"


class KeptPages:
    """The last pages drawn, by what they were drawn from."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> str | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def put(self, key: tuple[Any, ...], page: str) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > _PAGES:
                self._pages.popitem(last=False)


def keep_pages(app: FastAPI) -> None:
    """Have ``app`` keep what is drawn."""
    app.state.kept_pages = KeptPages()


def kept_page(request: Request, name: str, context: Callable[[], Mapping[str, Any]]) -> HTMLResponse:
    """``page`` of what ``context`` works out, or the same page once more while nothing has changed."""
    pages: KeptPages = request.app.state.kept_pages
    key = _drawn_from(request)
    drawn = pages.get(key)
    if drawn is None:
        drawn = render(request, name, csrf=lambda: _TOKEN, **context())
        pages.put(key, drawn)
    response = HTMLResponse(drawn.replace(_TOKEN, csrf_token(request)))
    renew_session(request, response)
    return response


def _drawn_from(request: Request) -> tuple[Any, ...]:
    store = store_of(request)
    with reading(store.engine) as connection:
        event = connection.scalar(select(AuditHead.seq))
        # Also what changes without an event: by hand, or by another version.
        change = connection.scalar(select(func.max(col(AssignmentTally.id))))
    minute = now_of(request).replace(second=0, microsecond=0)
    where = request.url.path, request.url.query
    return event, change, minute, *sorted(store.editions.items()), *where, language_of(request), visitor_of(request)
