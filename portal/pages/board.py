"""The board: pictures first, the figures under each of them, and links to every list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pendulum
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import end_of_day, local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from models.alerts.status import in_directive, in_plan
from models.keeping.as_of import reading_as_it_was
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.lifecycle import Status
from models.work.parties import held_by
from portal.form import FormReader
from portal.pages.board_pictures import LATE_UP_TO, BoardPictures, subtask_title
from portal.query import due_choices, offices_of_kind, read_query, requested_page
from portal.rendering.kept_pages import kept, kept_counts, kept_page, plan_of
from portal.web import language_of, now_of, store_of
from portal.words import office_kinds
from reports.board.board import SameWork, gather_same_work, is_sample, late_and_next
from reports.board.counts import BoardCounts, BoardScope, count_board, recount_board
from reports.board.situation import SituationLane, situation_lanes
from reports.charts import charts
from reports.figures import percent
from reports.settled_years import spanning
from reports.spans import Grain, Span, grain_of, last_keys, span_of
from reports.targets import TargetLine, target_lines, with_unit

router = APIRouter(default_response_class=HTMLResponse)

_FILTERS = ("directive", "priority", "office", "kind", "due", "page", "day")

SINCE = timedelta(days=7)
"""Over which the tiles tell what has changed."""

PREVIEW_ROWS = 40
"""How many offices have a row of their own; of more, a row stands for a kind until the kind is chosen."""

PREVIEW_SIZE = 10
"""Works listed as overdue longest, and as due next, each with all its lines among the first so many times as many."""
_LOOKED_AT = 6
"""How many of the longest overdue, and of the next to fall due, are listed."""


@router.get("/board")
def show(request: Request) -> HTMLResponse:
    """The state of all assignments, or of a priority, an office, a kind of offices, or a span of due dates."""
    return kept_page(request, "board.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    store, language = store_of(request), language_of(request)
    query = read_query(request, _FILTERS)
    then = end_of_past_day(FormReader({"day": query.get("day", "")}).day("day", "Ngày", "Day"), now_of(request))
    now = then or now_of(request)
    choice, requested = _choice(store.plan, query), requested_page("/board", query, size=PREVIEW_ROWS)
    selected = tuple(sorted((name, value) for name, value in query.items() if name != "page"))
    count = partial(_counted, request, query, choice, then, selected)
    figures = kept(request, ("board", language, *selected), count, until_due=not then)
    today = local_date(now)
    view = BoardPictures(store.plan, language, query, figures.counts.situation)
    whole = figures.counts.situation.whole
    return {
        "query": query,
        "link": view.link,
        "counts": view.counts,
        "whole": whole,
        "as_of": now,
        "is_past": then is not None,
        "changed": {change.value: count for change, count in figures.counts.changed.items()},
        "since": today - SINCE,
        "subtasks": figures.counts.subtasks.in_words(language),
        "has_joint_leads": bool(figures.counts.situation.joint),
        "targets": figures.targets,
        "with_unit": with_unit,
        "late": figures.late,
        "next_deadlines": figures.next_deadlines,
        "is_sample": figures.is_sample,
        "work": view.work(),
        "trend": view.trend(figures.counts.trend),
        "ranking": view.ranking() if not choice.office else None,
        "offices": view.offices(requested),
        "LATE_UP_TO": LATE_UP_TO,
        "lanes": view.lanes(figures.lanes, today) if choice.one_by_one else None,
        "more_lanes": figures.lane_count - len(figures.lanes),
        "parts": charts.parts,
        "part_name": lambda name: charts.part_name(name, language),
        "percent": percent,
        "kinds": office_kinds(store.plan, language),
        "due_choices": due_choices(today, language, query.get("due", "")),
        "Status": Status,
    }


@dataclass(frozen=True)
class _Figures:
    """What is counted for a board, and the lists beside it."""

    counts: BoardCounts
    late: Sequence[SameWork]
    next_deadlines: Sequence[SameWork]
    targets: Sequence[TargetLine]
    is_sample: bool
    lanes: Sequence[SituationLane]
    lane_count: int


def _counted(
    request: Request, query: Mapping[str, str], choice: "_Choice", then: datetime | None, selected: tuple[Any, ...]
) -> _Figures:
    store, now = store_of(request), then or now_of(request)
    calendar, only, today = store.calendar, choice.only, local_date(now)
    grain: Grain = "month" if choice.due and grain_of(choice.due) == "month" else "quarter"
    scope = BoardScope(
        calendar=calendar,
        spans=last_keys(today, grain, 12 if grain == "month" else 8),
        since=None if then else end_of_day(today - SINCE),
        by_subtask=choice.one_by_one,
        due_in=choice.due_in,
        only=only,
        spanning=spanning(store.plan),
    )
    with reading_as_it_was(store.engine, then) if then else reading(store.engine) as connection:
        count = partial(count_board, connection, scope, now=now)
        counts = (
            count()
            if then
            else kept_counts(
                request.app.state.kept_pages,
                connection,
                ("board", *selected, *plan_of(request)),
                now=now,
                count=count,
                recount=partial(recount_board, connection, now=now),
            )
        )
        looked_at = PREVIEW_SIZE * _LOOKED_AT
        lists = late_and_next(connection, now=now, calendar=calendar, only=scope.which, listed=looked_at)
        late, next_deadlines = (gather_same_work(lines, shown=PREVIEW_SIZE) for lines in lists)
        targets = target_lines(connection, store.plan, now=now, only=scope.which)
        sample = is_sample(connection, _directive_of(store.plan, query), store.plan)
        lanes: tuple[Sequence[SituationLane], int] = ((), 0)
        if choice.one_by_one:
            day = pendulum.instance(today)
            window = choice.due_in or Span(day.start_of("month").subtract(months=3), day.add(months=3))
            named = _namer(store.plan, language_of(request))
            lanes = situation_lanes(connection, due_in=window, named=named, now=now, calendar=calendar, only=only)
    return _Figures(counts, late, next_deadlines, targets, sample, *lanes)


@dataclass(frozen=True)
class _Choice:
    """What is selected; ``one_by_one`` shows subtasks instead of priorities, and the timeline."""

    priority: str
    office: str
    due: str
    only: ColumnElement[bool] | None

    @property
    def one_by_one(self) -> bool:
        return bool(self.priority or self.office)

    @property
    def due_in(self) -> Span | None:
        return span_of(self.due) if self.due else None


def end_of_past_day(day: date | None, now: datetime) -> datetime | None:
    """The end of a day that is past; None for today or none. Raises ``Refused`` for one still to come."""
    if day is None or day == local_date(now):
        return None
    if day > local_date(now):
        raise Refused(
            f"Ngày: {day:%d/%m/%Y} chưa đến; chọn ngày đã qua để xem lại.",
            f"Day: {day:%d/%m/%Y} is in the future; choose a past day.",
        )
    return end_of_day(day)


def _directive_of(plan: Plan, query: Mapping[str, str]) -> str | None:
    """The one directive that a board is about; None for all."""
    if query.get("directive") or not query.get("priority"):
        return query.get("directive") or None
    return plan.directive_of(query["priority"]).code


def _choice(plan: Plan, query: Mapping[str, str]) -> _Choice:
    """What the query selects; raises ``Refused`` for what is unknown."""
    priority, office, kind, due = (query.get(name, "")[:40] for name in ("priority", "office", "kind", "due"))
    its = in_plan(plan)
    conditions: list[ColumnElement[bool]] = [] if its is None else [its]
    if directive := query.get("directive", "")[:40]:
        conditions.append(in_directive(plan, plan.directive(directive)))
    if priority:
        conditions.append(col(Assignment.priority) == plan.priority(priority).code)
    if office:
        conditions.append(held_by(plan.office_named(office).code))
    if kind:
        conditions.append(held_by(*offices_of_kind(plan, kind)))
    if due:
        span_of(due)
    return _Choice(priority, office, due, and_(*conditions) if conditions else None)


def _namer(plan: Plan, language: str) -> Callable[[str, str, str], tuple[str, str]]:
    vi = language == "vi"

    def named(subtask: str, period: str, month: str) -> tuple[str, str]:
        group = f"{subtask} {subtask_title(plan, subtask, language)}"
        if not month:
            return group, period_in_words(period, language)
        what = ("sự kiện" if vi else "events") if period == "event:" else ("việc đột xuất" if vi else "ad hoc work")
        return group, f"{what}, {period_in_words(month, language)}"

    return named
