"""The lists: an office's own work, and all assignments with filters and search."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from models.store.database import reading
from models.store.errors import DatabaseUnreachable
from models.tables.lifecycle import Role, State, Status
from models.work.queries import AssignmentFilter, page_of_assignments
from models.work.search import search_for
from models.work.work_lists import SectionKey, office_work
from portal.form import clean
from portal.problems import status_of
from portal.query import (
    Among,
    asked_of,
    due_choices,
    offices_of_kind,
    one_of,
    pages_of,
    priorities_asked,
    words_of,
)
from portal.web import language_of, now_of, page, store_of, visitor_of
from portal.words import kinds_of_offices
from reports.board.spans import span_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50

PREVIEW_SIZE = 20
"""How many of each section an office sees at once; the rest of it page by page."""

FILTERS = ("q", "directive", "priority", "office", "status", "role", "subtask", "period", "due", "kind", "page")


@router.get("/work")
def my_work(request: Request) -> HTMLResponse:
    """All sections from their beginning, or one of them page by page; of either only what is searched for."""
    store, office = store_of(request), visitor_of(request).office
    assert office is not None
    asked = asked_of(request, ("q", "section", "page"))
    only = one_of(SectionKey, asked.get("section", ""), "Phần", "Section")
    pages = pages_of("/work", asked, size=PAGE_SIZE)
    if only is None and pages.number > 1:
        raise Refused("Trang: chọn một phần của danh sách trước.", "Page: choose a section of the list first.")
    with reading(store.engine) as connection:
        sections = office_work(
            connection,
            office,
            now=now_of(request),
            calendar=store.calendar,
            search=search_for(store.plan, words_of(asked)),
            only=only,
            listed=PAGE_SIZE if only else PREVIEW_SIZE,
            offset=pages.offset,
        )
    shown = [replace(section, rows=[line(request, row) for row in section.rows]) for section in sections]
    return page(
        request,
        "my_work.html",
        sections=[section for section in shown if section.total],
        only=only,
        among=pages.among(sections[0].total) if only else None,
        asked=asked,
    )


@router.get("/all")
def everything(request: Request) -> HTMLResponse:
    """All assignments, filtered by what the address says, so that a filter can be kept as a bookmark."""
    store = store_of(request)
    try:
        asked = asked_of(request, FILTERS)
        wanted, pages = filter_of(store.plan, asked), pages_of("/all", asked, size=PAGE_SIZE)
        with reading(store.engine) as connection:
            rows, total = page_of_assignments(
                connection, wanted, now=now_of(request), limit=PAGE_SIZE, offset=pages.offset
            )
        among = pages.among(total)
    except Refused as refused:
        if isinstance(refused, DatabaseUnreachable):
            raise
        asked = {name: clean(value) for name, value in request.query_params.items()}
        return _all_page(request, asked, (), None, refused)
    return _all_page(request, asked, rows, among)


def _all_page(
    request: Request,
    asked: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    among: Among | None,
    refused: Refused | None = None,
) -> HTMLResponse:
    return page(
        request,
        "all.html",
        status_of(refused) if refused else 200,
        refused=refused,
        rows=[line(request, row) for row in rows],
        among=among,
        asked=asked,
        Status=Status,
        State=State,
        Role=Role,
        kinds=kinds_of_offices(language_of(request)),
        due_choices=due_choices(local_date(now_of(request)), language_of(request), asked.get("due", "")),
    )


def line(request: Request, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a list shows it: its title, its period in words, how many working days are left."""
    store, language = store_of(request), language_of(request)
    directive = store.plan.directive_of(row["subtask"])
    return {
        **row,
        # Told only where there are several.
        "directive": directive.code if store.plan.has_several else "",
        "title": store.plan.step_title(
            row["subtask"], row["step"], row["variant"], language, occasion=row["occasion"] or ""
        ),
        "period_words": period_in_words(row["period"], language, occasion=row["occasion"] or ""),
        "days": store.calendar.of(store.plan.priority_of(row["subtask"])).count(
            local_date(now_of(request)), row["due_date"]
        ),
        "past_due": row["due_at"] <= now_of(request),
    }


def filter_of(plan: Plan, asked: Mapping[str, str]) -> AssignmentFilter:
    """Which assignments the address asks for; raises ``Refused`` for what there is not."""
    office, priority, subtask = (asked.get(name, "")[:40] for name in ("office", "priority", "subtask"))
    status = asked.get("status", "")
    due = span_of(asked["due"]) if "due" in asked else None
    return AssignmentFilter(
        office=plan.office(office).code if office else None,
        priority=plan.priority(priority).code if priority else None,
        subtask=plan.subtask(subtask).code if subtask else None,
        period=asked.get("period") or None,
        role=one_of(Role, asked.get("role", ""), "Vai trò", "Role"),
        status=Status(status) if status in set(Status) else None,
        state=None if status in set(Status) else one_of(State, status, "Tình trạng", "Status"),
        search=search_for(plan, words_of(asked)),
        priorities=priorities_asked(plan, asked.get("directive", "")[:40]),
        offices=offices_of_kind(plan, asked["kind"]) if "kind" in asked else None,
        due_in=(due.first, due.last) if due else None,
    )
