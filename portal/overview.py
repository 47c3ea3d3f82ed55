"""The overview: an office's own list, all assignments with filters and search, and the board."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.catalogue import Plan
from config.clock import local_date
from config.errors import Refused
from config.periods import period_in_words
from models.database import reading
from models.lifecycle import Role, Standing, State
from models.office_work import office_work
from models.queries import Wanted, page_of_assignments, search_for
from portal.entered import clean
from portal.problems import status_of
from portal.web import language_of, now_of, page, store_of, visitor_of
from reports.board import board

router = APIRouter(default_response_class=HTMLResponse)

LISTED = 50

_Word = TypeVar("_Word", bound=StrEnum)


@router.get("/work")
def my_work(request: Request) -> HTMLResponse:
    store, office = store_of(request), visitor_of(request).office
    assert office is not None
    with reading(store.engine) as connection:
        sections = office_work(connection, office, now=now_of(request), calendar=store.calendar)
    shown = [replace(section, rows=[line(request, row) for row in section.rows]) for section in sections]
    return page(request, "my_work.html", sections=shown, office=store.plan.office(office))


@router.get("/all")
def everything(request: Request) -> HTMLResponse:
    """All assignments, filtered by what the address says, so that a filter can be kept as a bookmark."""
    store, asked = store_of(request), {name: clean(value) for name, value in request.query_params.items()}
    refused, wanted = None, Wanted()
    try:
        wanted = _wanted(store.plan, asked)
    except Refused as fault:
        refused = fault
    beginning = _number(asked.get("from", ""))
    with reading(store.engine) as connection:
        rows, total = page_of_assignments(connection, wanted, now=now_of(request), limit=LISTED, offset=beginning)
    return page(
        request,
        "all.html",
        status_of(refused) if refused else 200,
        refused=refused,
        rows=[line(request, row) for row in rows],
        total=total,
        asked=asked,
        beginning=beginning,
        earlier=_link(asked, max(0, beginning - LISTED)) if beginning else None,
        later=_link(asked, beginning + LISTED) if beginning + LISTED < total else None,
        Standing=Standing,
        State=State,
        Role=Role,
    )


@router.get("/board")
def the_board(request: Request) -> HTMLResponse:
    store = store_of(request)
    with reading(store.engine) as connection:
        shown = board(connection, now=now_of(request), calendar=store.calendar)
    prefect = f"http://127.0.0.1:{store.settings.prefect_port}"
    return page(request, "board.html", board=shown, Standing=Standing, prefect=prefect)


def line(request: Request, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a list shows it: its title, its period in words, how many working days are left."""
    store, language = store_of(request), language_of(request)
    return {
        **row,
        "title": store.plan.step_title(
            row["subtask"], row["step"], row["variant"], language, occasion=row["occasion"] or ""
        ),
        "period_words": period_in_words(row["period"], language, occasion=row["occasion"] or ""),
        "days": store.calendar.count(local_date(now_of(request)), row["due_date"]),
        "past_due": row["due_at"] <= now_of(request),
    }


def _wanted(plan: Plan, asked: Mapping[str, str]) -> Wanted:
    status = asked.get("status", "")
    return Wanted(
        office=asked.get("office") or None,
        priority=asked.get("priority") or None,
        subtask=asked.get("subtask") or None,
        period=asked.get("period") or None,
        role=_one_of(Role, asked.get("role", ""), "Vai trò", "Role"),
        standing=Standing(status) if status in set(Standing) else None,
        state=None if status in set(Standing) else _one_of(State, status, "Tình trạng", "Status"),
        search=search_for(plan, asked.get("q", "")[:100]),
    )


def _one_of(kind: type[_Word], value: str, label_vi: str, label_en: str) -> _Word | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        raise Refused(f"{label_vi}: không có «{value[:40]}».", f"{label_en}: there is no '{value[:40]}'.") from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _link(asked: Mapping[str, str], beginning: int) -> str:
    return "/all?" + urlencode({**asked, "from": str(beginning)})
