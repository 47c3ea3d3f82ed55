"""Who did what: the audit trail as a page, newest first, by account, office or day."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from config.clock import start_of_day
from config.errors import Refused
from models.access.accounts import users
from models.store.audit_event import DELIVER, HOUSEKEEPING, AuditEvent
from models.store.clock_check import BEHIND_LIMIT
from models.store.database import reading_session
from models.tables.account import UserRole
from portal.form import FormReader
from portal.query import read_query
from portal.web import offices_of_today, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50

EVERYBODY = "*"
"""Asks for what the runs did, too."""

LOOKED_THROUGH = 100_000
"""Events that one page looks through: of somebody who did little, the page says from where to look on."""


@router.get("/desk/trail")
def trail(request: Request) -> HTMLResponse:
    """The events before the number ``before``; deliveries and housekeeping are left out."""
    store, query = store_of(request), read_query(request, ("who", "day", "before"))
    before = query.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) <= 12):
        raise Refused(f"Trước số: «{before[:20]}» không phải số.", f"Before no.: '{before[:20]}' is not a number.")
    who = query.get("who", "")[:64]
    day = FormReader(query).required_date("day", "Ngày", "Day") if query.get("day") else None
    with reading_session(store.engine) as session:
        events, earlier = events_before(session, int(before) if before else None, who=who, day=day)
        people = users(session)
    return page(
        request,
        "trail.html",
        events=events,
        people=people,
        accounts={f"{role}:{each.id}": each for each in people for role in UserRole},
        chosen=_names(who),
        offices=offices_of_today(request),
        query=query,
        earlier=earlier,
    )


def events_before(
    session: Session, before: int | None, *, who: str = "", day: date | None = None
) -> tuple[Sequence[AuditEvent], int | None]:
    """The newest ``PAGE_SIZE`` events before a number, and before which number to look on; None where there is no more.

    who  an account ("coordinator:3"), an office ("office:SYT"), ``EVERYBODY``; people alone without
    """
    conditions: list[ColumnElement[bool]] = [col(AuditEvent.verb).not_in((DELIVER, *HOUSEKEEPING))]
    if not who:
        conditions += [~col(AuditEvent.actor).startswith("flow:"), col(AuditEvent.actor).not_in(("system", "courier"))]
    elif who != EVERYBODY:
        conditions.append(col(AuditEvent.actor).in_(_names(who)))
    end = (session.exec(select(func.max(AuditEvent.seq))).one() or 0) + 1
    end = min(before, end) if before is not None else end
    first = max(0, end - LOOKED_THROUGH)
    if day is not None:
        begins = _begin_of(day)
        ends = begins + timedelta(days=1)
        conditions += [col(AuditEvent.at) >= begins, col(AuditEvent.at) < ends]
        last = _first_since(session, ends + BEHIND_LIMIT, end)
        first, end = _first_since(session, begins - BEHIND_LIMIT, last), last
    conditions += [col(AuditEvent.seq) < end, col(AuditEvent.seq) >= first]
    newest = select(AuditEvent).where(*conditions).order_by(col(AuditEvent.seq).desc()).limit(PAGE_SIZE)
    events = session.exec(newest).all()
    earlier = events[-1].seq if len(events) == PAGE_SIZE else first if day is None else 0
    return events, earlier if earlier > 1 else None


def _names(who: str) -> list[str]:
    """Under what somebody acts: an account under its own role, and that of whom it stands in for."""
    role, _, number = who.partition(":")
    return [f"{each}:{number}" for each in UserRole] if role in set(UserRole) else [who]


def _begin_of(day: date) -> datetime:
    if not 2000 <= day.year < 3000:
        raise Refused(
            f"Ngày: năm {day.year} không có trong nhật ký.",
            f"Day: the audit trail has no entries in the year {day.year}.",
        )
    return start_of_day(day)


def _first_since(session: Session, moment: datetime, end: int) -> int:
    """The number of the first event at ``moment`` or after, of those before the number ``end``; ``end`` without any.

    Looked for by halves, for there is no index on moments: numbers have no gaps, and moments grow with them, but for
    what a clock may be behind (``BEHIND_LIMIT``).
    """

    def at(number: int) -> datetime:
        return session.exec(select(AuditEvent.at).where(AuditEvent.seq == number)).one()

    return 1 + bisect_left(range(1, end), moment, key=at)
