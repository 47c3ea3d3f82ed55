"""What costs much to work out, kept until something changes: an event, an open assignment, the minute, the plan.

Each process keeps its own; what is sent of a page differs by the token of the visitor's session alone.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import bindparam
from sqlmodel import col, func, select

from config.clock import local_date
from models.store.audit_event import AuditHead
from models.store.columns import UtcDateTime
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.tally import AssignmentTally
from portal.sign_in.session import csrf_token, renew_session
from portal.web import language_of, now_of, render, store_of, visitor_of

_KEPT = 100
"""Of pages about 20 MB."""

_TOKEN = "\N{REPLACEMENT CHARACTER}csrf\N{REPLACEMENT CHARACTER}"

_T = TypeVar("_T")


class KeptPages:
    """The last pages drawn and figures counted, by what they were drawn from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> Any:
        """None for what is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[Any, ...], what: Any) -> None:
        with self._lock:
            self._kept[key] = what
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def keep_pages(app: FastAPI) -> None:
    """Have ``app`` keep what is drawn."""
    app.state.kept_pages = KeptPages()


def kept(request: Request, what: tuple[Hashable, ...], work_out: Callable[[], _T], *, until_due: bool = False) -> _T:
    """What ``work_out`` returns, or the same once more while nothing has changed.

    what       names it, and everything that it depends on beside the store, the plan and the minute; never None
    until_due  it stays true longer than a minute: until the day ends, or something falls due
    """
    pages: KeptPages = request.app.state.kept_pages
    key = (*what, *_worked_out_from(request, until_due=until_due))
    found: _T | None = pages.get(key)
    if found is None:
        found = work_out()
        pages.put(key, found)
    return found


def kept_page(
    request: Request, name: str, context: Callable[[], Mapping[str, Any]], *, drawn_from: tuple[Hashable, ...] = ()
) -> HTMLResponse:
    """``page`` of what ``context`` works out, or the same page once more while nothing has changed.

    drawn_from  what it shows beside that may change without an event
    """
    where = request.url.path, request.url.query, language_of(request), visitor_of(request), *drawn_from
    drawn = kept(request, where, lambda: render(request, name, csrf=lambda: _TOKEN, **context()))
    response = HTMLResponse(drawn.replace(_TOKEN, csrf_token(request)))
    renew_session(request, response)
    return response


def _worked_out_from(request: Request, *, until_due: bool) -> tuple[Any, ...]:
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        changes = connection.execute(_CHANGES).tuples().one()
        moment: tuple[Any, ...] = (now.replace(second=0, microsecond=0),)
        if until_due:
            moment = local_date(now), connection.scalar(_LAST_DUE, {"now": now})
    # An account of some directives alone has another part of the plan than its neighbour.
    return (*changes, *moment, *sorted(store.editions.items()), *store.plan.priority_codes)


# The second also for what changes without an event: by hand, or by another version.
_CHANGES = select(select(AuditHead.seq).scalar_subquery(), select(func.max(col(AssignmentTally.id))).scalar_subquery())
_LAST_DUE = select(func.max(col(Assignment.due_at))).where(
    col(Assignment.due_at) <= bindparam("now", type_=UtcDateTime)
)
