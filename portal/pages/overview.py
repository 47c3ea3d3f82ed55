"""The list of assignments: an office's own in sections, all of them with filters for accounts; both with search."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.rules.due_words import days_left
from config.rules.periods import period_in_words
from config.rules.working_time import WorkingCalendar
from config.text.counts import both_in_words, more_in_words
from models.access.saved_views import saved_views
from models.alerts.status import DateFilter, Dates
from models.store.database import DatabaseUnreachable, reading, reading_session
from models.tables.lifecycle import Role, State, Status
from models.work.lists.office_list import SectionKey, drafted, new_work, open_work, work_list
from models.work.lists.ordered_list import Column, Part, in_parts, page_of
from models.work.lists.questions import questions_waiting
from models.work.lists.search_list import found_page
from models.work.queries import AssignmentFilter, assignment_filter, conditions
from models.work.rows import ListedAssignment
from models.work.search import search_for
from portal.form import clean
from portal.problems import form_page
from portal.query import (
    PageRange,
    due_choices,
    offices_of_kind,
    parse_choice,
    read_query,
    requested_page,
    search_words,
)
from portal.rendering.kept_pages import kept
from portal.sign_in.entrance import ASSIGNMENTS
from portal.web import language_of, now_of, page, store_of, visitor_of
from portal.words import office_kinds
from reports.settled_years import SettledRow, settled_rows, spanning
from reports.spans import span_of
from reports.subtask_count import count_with

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50

PREVIEW_SIZE = 20
"""How many of each section an office sees at once; the rest of it page by page."""

FILTERS = ("q", "directive", "priority", "office", "status", "role", "subtask", "period", "due", "kind", "sort", "page")

_WITHOUT_FIELD = ("subtask", "period")
"""Filters that only links bring: the form keeps them, and the page says so."""


@router.get(ASSIGNMENTS)
def list_assignments(request: Request) -> HTMLResponse:
    office = visitor_of(request).office
    return _office_list(request, office) if office is not None else _full_list(request)


def _office_list(request: Request, office: str) -> HTMLResponse:
    """All sections from their beginning, or one of them page by page; of either only what is searched for."""
    store = store_of(request)
    query = read_query(request, ("q", "section", "page", "asked"))
    only = parse_choice(SectionKey, query.get("section", ""), "Phần", "Section")
    requested = requested_page(ASSIGNMENTS, query, size=PAGE_SIZE)
    asked = requested_page(ASSIGNMENTS, query, size=PREVIEW_SIZE, name="asked")
    if only is None and requested.number > 1:
        raise Refused("Trang: chọn một phần của danh sách trước.", "Page: choose a section of the list first.")
    with reading(store.engine) as connection:
        sections = work_list(
            connection,
            office,
            now=now_of(request),
            calendar=store.calendar,
            search=search_for(store.plan, search_words(query)),
            only=only,
            page_size=PAGE_SIZE if only else PREVIEW_SIZE,
            offset=requested.offset,
        )
        counts = open_work(connection, office)
        new_count = new_work(connection, office)
        questions, count = questions_waiting(connection, limit=PREVIEW_SIZE, offset=asked.offset, office=office)
        drafts = drafted(connection, [row.id for section in sections for row in section.rows])
    return page(
        request,
        "office_assignments.html",
        sections=[
            {"key": section.key, "total": section.total, "rows": [line(request, row) for row in section.rows]}
            for section in sections
            if section.total
        ],
        counted=both_in_words(*counts, language_of(request)) if counts[1] else "",
        new_count=new_count,
        questions=questions,
        asked_range=asked.range_of(count),
        drafts=drafts,
        only=only,
        page_range=requested.range_of(sections[0].total) if only else None,
        query=query,
    )


def _full_list(request: Request) -> HTMLResponse:
    """All assignments, filtered by what the address says, so that a filter can be kept as a bookmark."""
    store = store_of(request)
    try:
        query = read_query(request, FILTERS)
        wanted = filter_of(store.plan, query, now_of(request), store.calendar)
        requested = requested_page(ASSIGNMENTS, query, size=PAGE_SIZE)
        parts = _parts(wanted, query.get("sort", ""), now_of(request))
        found, size = None, {"limit": requested.size, "offset": requested.offset}
        with reading(store.engine) as connection:
            if wanted.search is not None:
                found = found_page(connection, wanted.search, parts, now=now_of(request), **size)
            rows = page_of(connection, parts, now=now_of(request), **size) if found is None else found.rows
            settled = settled_rows(connection, wanted, now=now_of(request), among=spanning(store.plan))
        if found is not None:
            subtasks, total = found.subtasks, found.total
        else:
            subtasks, total = kept(request, ("counted", wanted), lambda: _counted(request, wanted))
        page_range = requested.range_of(total, is_more=found is not None and found.is_more)
    except Refused as refused:
        if isinstance(refused, DatabaseUnreachable):
            raise
        query = {name: clean(value) for name, value in request.query_params.items() if name in FILTERS}
        return _full_list_page(request, query, (), None, refused=refused)
    in_words = more_in_words(total, language_of(request)) if page_range.is_more else None
    counted = in_words or both_in_words(subtasks, total, language_of(request))
    return _full_list_page(request, query, rows, page_range, counted, settled)


def _counted(request: Request, wanted: AssignmentFilter) -> tuple[int, int]:
    """How many subtasks and assignments there are of what is wanted: all are looked through."""
    with reading(store_of(request).engine) as connection:
        return count_with(connection, *conditions(connection, wanted, now_of(request)))


def _parts(wanted: AssignmentFilter, sort: str, now: datetime) -> Sequence[Part]:
    """In the order that is asked for («office», «-due»)."""
    by = parse_choice(Column, sort.removeprefix("-"), "Sắp xếp", "Sort")
    return in_parts(wanted, by, descending=sort.startswith("-"), now=now)


def _full_list_page(
    request: Request,
    query: Mapping[str, str],
    rows: Sequence[ListedAssignment],
    page_range: PageRange | None,
    counted: str = "",
    settled: Sequence[SettledRow] = (),
    *,
    refused: Refused | None = None,
) -> HTMLResponse:
    user_id = visitor_of(request).user_id
    with reading_session(store_of(request).engine) as session:
        views = saved_views(session, user_id) if user_id else ()
    return form_page(
        request,
        "all_assignments.html",
        refused,
        views=views,
        has_account=user_id is not None,
        kept_query=_address_part(query, without="page"),
        chosen=[
            (name, query[name], _in_words(request, name, query[name], rows), _address_part(query, without=name))
            for name in _WITHOUT_FIELD
            if query.get(name)
        ],
        Column=Column,
        rows=[line(request, row) for row in rows],
        page_range=page_range,
        counted=counted,
        settled=settled,
        settled_shown=PREVIEW_SIZE,
        query=query,
        Status=Status,
        State=State,
        Dates=Dates,
        Role=Role,
        kinds=office_kinds(store_of(request).plan, language_of(request)),
        due_choices=due_choices(local_date(now_of(request)), language_of(request), query.get("due", "")),
    )


def _address_part(query: Mapping[str, str], *, without: str) -> str:
    """The filters as they stand in an address, but for one; from the first page."""
    return urlencode({name: query[name] for name in FILTERS if query.get(name) and name not in ("page", without)})


def _in_words(request: Request, name: str, value: str, rows: Sequence[ListedAssignment]) -> str:
    """What a filter without a field asks for; by its code where nothing is found or there is no such thing."""
    if name == "period":
        return str(line(request, rows[0])["period_words"]) if rows else value
    with suppress(Refused):
        subtask = store_of(request).plan.subtask(value)
        return f"{value} {subtask.title_en if language_of(request) == 'en' else subtask.title_vi}"
    return value


def line(request: Request, row: ListedAssignment) -> dict[str, Any]:
    """A row for the list, with its title, its period in words and the working days left."""
    store, language = store_of(request), language_of(request)
    directive = store.plan.directive_of(row.subtask)
    return {
        **vars(row),
        # Shown only where there are several.
        "directive": directive.code if store.plan.has_several else "",
        "title": store.plan.step_title(row.subtask, row.step, row.variant, language, occasion=row.occasion),
        "period_words": period_in_words(row.period, language, occasion=row.occasion),
        "days": days_left(row, store.calendar.of(row.priority), local_date(now_of(request))),
        "past_due": row.due_at <= now_of(request),
    }


def filter_of(plan: Plan, query: Mapping[str, str], now: datetime, calendar: WorkingCalendar) -> AssignmentFilter:
    """The filter in the query; raises ``Refused`` for what does not exist."""
    office, priority, subtask = (query.get(name, "")[:40] for name in ("office", "priority", "subtask"))
    due = span_of(query["due"]) if "due" in query else None
    return assignment_filter(
        plan,
        office=office or None,
        priority=priority or None,
        subtask=subtask or None,
        directive=query.get("directive", "")[:40] or None,
        search=search_words(query),
        period=query.get("period") or None,
        role=parse_choice(Role, query.get("role", ""), "Vai trò", "Role"),
        **_by_status(query.get("status", ""), now, calendar),
        offices=offices_of_kind(plan, query["kind"]) if "kind" in query else None,
        due_in=(due.first, due.last) if due else None,
    )


def _by_status(text: str, now: datetime, calendar: WorkingCalendar) -> dict[str, Any]:
    """The part of the filter that is chosen as «Tình trạng»: a status word, a state, or what there is of its date."""
    if text in set(Status):
        return {"status": Status(text)}
    if text not in set(Dates):
        return {"state": parse_choice(State, text, "Tình trạng", "Status")}
    return {"dates": DateFilter.on(Dates(text), now, calendar)}
