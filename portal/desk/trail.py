"""Who did what: the audit trail as a page, newest first, by account, office or day."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from config.clock import start_of_day
from config.errors import Refused
from models.access.accounts import users
from models.store.audit_event import DELIVER, HOUSEKEEPING, AuditEvent
from models.store.database import reading_session
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
        raise Refused(f"Trước số: «{before[:20]}» không phải số.", f"Before: '{before[:20]}' is no number.")
    conditions: list[ColumnElement[bool]] = [col(AuditEvent.verb).not_in((DELIVER, *HOUSEKEEPING))]
    who = query.get("who", "")[:64]
    if not who:
        conditions += [~col(AuditEvent.actor).startswith("flow:"), col(AuditEvent.actor).not_in(("system", "courier"))]
    elif who != EVERYBODY:
        conditions.append(col(AuditEvent.actor) == who)
    if day := query.get("day"):
        begins = start_of_day(FormReader(query).required_date("day", "Ngày", "Day"))
        conditions += [col(AuditEvent.at) >= begins, col(AuditEvent.at) < begins + timedelta(days=1)]
    with reading_session(store.engine) as session:
        end = int(before) if before else (session.exec(select(func.max(AuditEvent.seq))).one() or 0) + 1
        # A day is looked for in all: it is what people know, and there are few of them.
        first = 0 if day else max(0, end - LOOKED_THROUGH)
        conditions += [col(AuditEvent.seq) < end, col(AuditEvent.seq) >= first]
        events = session.exec(
            select(AuditEvent).where(*conditions).order_by(col(AuditEvent.seq).desc()).limit(PAGE_SIZE)
        ).all()
        accounts = {f"{each.role.value}:{each.id}": each for each in users(session)}
    earlier = events[-1].seq if len(events) == PAGE_SIZE else first
    return page(
        request,
        "trail.html",
        events=events,
        accounts=accounts,
        offices=offices_of_today(request),
        query=query,
        earlier=earlier if earlier > 1 else None,
    )
