"""What costs much to work out, kept until something changes: an event, an open assignment, the minute, the plan.

Each process keeps its own; what is sent of a page differs by the token of the visitor's session alone.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, bindparam
from sqlmodel import col, func, select

from config.clock import local_date
from models.store.audit_event import AuditHead
from models.store.columns import UtcDateTime
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.tally import AssignmentTally
from models.work.looking_back.touched import Touched, touched_since
from portal.sign_in.session import csrf_token, renew_session
from portal.web import language_of, now_of, render, store_of, visitor_of

_KEPT = 100
"""Of pages about 20 MB."""

_TRUSTED_FOR = timedelta(minutes=15)

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


def kept_counts(
    pages: KeptPages,
    connection: Connection,
    what: tuple[Hashable, ...],
    *,
    now: datetime,
    count: Callable[[], _T],
    recount: Callable[[_T, Touched], _T],
) -> _T:
    """What ``count`` returns, or ``recount`` of what it returned before and of whose assignments have changed since.

    what  names it, and everything that it depends on beside the assignments and the day

    Counted anew on a new day, where something falls due, where anybody's assignments may have changed, and after
    ``_TRUSTED_FOR`` in any case: a hand that writes rows without an event is not seen while events tell of others.
    """
    key = ("counts", *what, *_until_due(connection, now))
    seen = connection.execute(_CHANGES).tuples().one()  # first, so that what comes meanwhile is looked at once more
    found: _Counted[_T] | None = pages.get(key)
    if found is not None and found.seen == seen:
        return found.counts
    touched = None
    if found is not None and found.seen[0] < seen[0] and now < found.anew_at:
        touched = touched_since(connection, found.seen[0])
    if found is None or touched is None:
        found = _Counted(seen, now + _TRUSTED_FOR, count())
    else:
        found = _Counted(seen, found.anew_at, recount(found.counts, touched) if touched.offices else found.counts)
    pages.put(key, found)
    return found.counts


@dataclass(frozen=True)
class _Counted(Generic[_T]):
    """What was counted when the last event and the last change of open work were those that were seen."""

    seen: tuple[int, int | None]
    anew_at: datetime
    counts: _T


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


def plan_of(request: Request) -> tuple[Hashable, ...]:
    """What tells the plan of a visitor: an account of some directives alone has another part of it than another."""
    store = store_of(request)
    return (*sorted(store.editions.items()), *store.plan.priority_codes)


def _worked_out_from(request: Request, *, until_due: bool) -> tuple[Any, ...]:
    now = now_of(request)
    with reading(store_of(request).engine) as connection:
        changes = connection.execute(_CHANGES).tuples().one()
        moment = _until_due(connection, now) if until_due else (now.replace(second=0, microsecond=0),)
        return (*changes, *moment, *plan_of(request))


def _until_due(connection: Connection, now: datetime) -> tuple[Any, ...]:
    """The same until something falls due or the day ends."""
    return local_date(now), connection.scalar(_LAST_DUE, {"now": now})


# The second also for what changes without an event: by hand, or by another version.
_CHANGES = select(select(AuditHead.seq).scalar_subquery(), select(func.max(col(AssignmentTally.id))).scalar_subquery())
_LAST_DUE = select(func.max(col(Assignment.due_at))).where(
    col(Assignment.due_at) <= bindparam("now", type_=UtcDateTime)
)
