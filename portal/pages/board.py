"""The board for those who decide: pictures first, the figures under each of them, and the way down to every list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import local_date
from config.rules.periods import period_in_words
from models.alerts.status import in_directive
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.lifecycle import Status
from portal.query import Among, Pages, asked_of, due_choices, offices_of_kind, pages_of
from portal.web import language_of, now_of, page, store_of
from portal.words import kinds_of_offices, word
from reports.board.board import is_sample, late_and_next
from reports.board.situation import Situation, SituationLane, due_trend, situation, situation_lanes
from reports.board.spans import Grain, grain_of, short_key, span_in_words, span_of
from reports.charts import charts
from reports.charts.timeline import timeline
from reports.figures import Span, Tally, due_within, percent, ranked

router = APIRouter(default_response_class=HTMLResponse)

_FILTERS = ("directive", "priority", "office", "kind", "due", "page")

_KEPT = ("directive", "priority", "office", "kind", "due")

PREVIEW_ROWS = 40
"""How many offices stand one by one; of more, those of a kind stand together until the kind is chosen."""

ENDS = 10
"""How many of a long ranking its picture shows from each end; the table has all."""

PREVIEW_SIZE = 10
"""How much of what is longest overdue, and of what falls due next, is named."""


@router.get("/board")
def the_board(request: Request) -> HTMLResponse:
    """How work stands: all of it, or that of a priority, an office, a kind of offices, or due in a span of time."""
    store, now, language = store_of(request), now_of(request), language_of(request)
    asked = asked_of(request, _FILTERS)
    choice, pages = _choice(store.plan, asked), pages_of("/board", asked, size=PREVIEW_ROWS)
    calendar, only, today = store.calendar, choice.only, local_date(now)
    with reading(store.engine) as connection:
        found = situation(
            connection, by_subtask=choice.one_by_one, due_in=choice.due_in, now=now, calendar=calendar, only=only
        )
        grain: Grain = "month" if choice.due and grain_of(choice.due) == "month" else "quarter"
        trend = due_trend(
            connection, grain=grain, count=12 if grain == "month" else 8, now=now, calendar=calendar, only=only
        )
        late, next_deadlines = late_and_next(
            connection, now=now, calendar=calendar, only=choice.with_due(), listed=PREVIEW_SIZE
        )
        sample = is_sample(connection, _directive_of(store.plan, asked))
        lanes: tuple[Sequence[SituationLane], int] = ((), 0)
        if choice.one_by_one:
            window = choice.due_in or Span(today.replace(day=1) - timedelta(days=92), today + timedelta(days=92))
            lanes = situation_lanes(
                connection, due_in=window, named=_namer(store.plan, language), now=now, calendar=calendar, only=only
            )
    view = _View(store.plan, language, asked, found)
    offices = view.offices(pages)
    return page(
        request,
        "board.html",
        asked=asked,
        link=view.link,
        counts=view.counts,
        whole=found.whole,
        late=late,
        next_deadlines=next_deadlines,
        is_sample=sample,
        work=view.work(),
        trend=view.trend(trend),
        ranking=view.ranking() if not choice.office else None,
        offices=offices,
        lanes=view.lanes(lanes[0], today) if choice.one_by_one else None,
        more_lanes=lanes[1] - len(lanes[0]),
        parts=charts.parts,
        part_name=lambda name: charts.part_name(name, language),
        percent=percent,
        kinds=kinds_of_offices(language),
        due_choices=due_choices(today, language, asked.get("due", "")),
        Status=Status,
    )


@dataclass(frozen=True)
class _Choice:
    """What is looked at; ``one_by_one`` shows subtasks instead of priorities, and the timeline."""

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

    def with_due(self) -> ColumnElement[bool] | None:
        due = due_within(self.due_in) if self.due_in else None
        both = [each for each in (self.only, due) if each is not None]
        return and_(*both) if both else None


def _directive_of(plan: Plan, asked: Mapping[str, str]) -> str | None:
    """The one directive that a board is about; None for all."""
    if asked.get("directive") or not asked.get("priority"):
        return asked.get("directive") or None
    return plan.directive_of(asked["priority"]).code


def _choice(plan: Plan, asked: Mapping[str, str]) -> _Choice:
    """What the address asks for; raises ``Refused`` for what is unknown."""
    priority, office, kind, due = (asked.get(name, "")[:40] for name in ("priority", "office", "kind", "due"))
    conditions: list[ColumnElement[bool]] = []
    if directive := asked.get("directive", "")[:40]:
        conditions.append(in_directive(plan, plan.directive(directive)))
    if priority:
        conditions.append(col(Assignment.priority) == plan.priority(priority).code)
    if office:
        conditions.append(col(Assignment.office) == plan.office(office).code)
    if kind:
        conditions.append(col(Assignment.office).in_(offices_of_kind(plan, kind)))
    if due:
        span_of(due)
    return _Choice(priority, office, due, and_(*conditions) if conditions else None)


def _namer(plan: Plan, language: str) -> Callable[[str, str, str], tuple[str, str]]:
    vi = language == "vi"

    def named(subtask: str, period: str, month: str) -> tuple[str, str]:
        group = f"{subtask} {_subtask_title(plan, subtask, language)}"
        if not month:
            return group, period_in_words(period, language)
        what = ("sự kiện" if vi else "events") if period == "event:" else ("việc đột xuất" if vi else "ad hoc work")
        return group, f"{what}, {span_in_words(month, language)}"

    return named


def _subtask_title(plan: Plan, subtask: str, language: str) -> str:
    found = plan.subtask(subtask)
    return found.title_vi if language == "vi" else found.title_en


@dataclass(frozen=True)
class Picture:
    """A chart and the rows of the table that says the same."""

    svg: Markup
    rows: Sequence[Any]


@dataclass(frozen=True)
class OfficesPicture:
    """The heat map with its table: names of the columns with their codes, and which offices of how many it shows."""

    svg: Markup
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, str, Sequence[Tally | None]]]
    by_kind: bool
    among: Among | None


@dataclass(frozen=True)
class _View:
    """The figures of one answer in its language, as pictures."""

    plan: Plan
    language: str
    asked: Mapping[str, str]
    situation: Situation

    def t(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def link(self, path: str = "/all", **changes: str) -> str:
        """The address of a list, or of the board, that keeps what is asked for here but for ``changes``."""
        kept = {**{name: self.asked[name] for name in _KEPT if name in self.asked}, **changes}
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}?{query}" if query else path

    def counts(self, each: Tally, **key: str) -> Markup:
        """The figures of one row as cells, each with the way to the list that it counts.

        Put together here, not in the template: a long ranking has a thousand of them.
        """
        listed = str(escape(self.link(**key)))
        narrowed = f"{listed}{'&amp;' if '?' in listed else '?'}status="
        cells = []
        for status in Status:
            if number := getattr(each, status.value):
                words = f'<span class="phone">{escape(word("status", status.value, self.language))}: </span>'
                shown = f'<a class="status {status.value}" href="{narrowed}{status.value}">{words}{number}</a>'
                cells.append(f"<td>{shown}</td>")
            else:
                cells.append('<td class="none"><span class="meta">0</span></td>')
        cells.append(f'<td class="none">{each.due_soon}</td><td class="none"><a href="{listed}">{each.total}</a></td>')
        on_time = f'<span class="phone">{self.t("Đúng hạn", "On time")}: </span>'
        return Markup("".join(cells) + f"<td>{on_time}{percent(each.on_time_rate)}</td>")

    def office(self, code: str) -> str:
        found = self.plan.office(code)
        return self.t(found.name_vi, found.name_en)

    def place(self, code: str) -> int:
        """Where a priority stands in the plan: under its directive. Subtasks stay as they are."""
        codes = [each.code for each in self.plan.priorities]
        return codes.index(code) if code in codes else 0

    def work(self) -> Picture:
        """By priority, with the way to its own board, or by subtask once a priority or an office is chosen."""
        found = self.situation.by(lambda work, _: work)
        rows = []
        several = self.plan.has_several and "directive" not in self.asked
        for code, each in sorted(found.items(), key=lambda one: self.place(one[0])):
            if code.startswith("p"):
                priority = self.plan.priority(code)
                name = f"{self.t(priority.numeral, code)}: {self.t(priority.title_vi, priority.title_en)}"
                if several and priority.directive != self.plan.house.code:
                    name = f"{priority.directive} · {name}"
                rows.append((name, self.link("/board", priority=code), {"priority": code}, each))
            else:
                name = f"{code} {_subtask_title(self.plan, code, self.language)}"
                rows.append((name, self.link(subtask=code), {"subtask": code}, each))
        title = self.t("Tình trạng theo nhiệm vụ", "How work stands, by task")
        bars = [charts.Row(name, each) for name, _, _, each in rows]
        return Picture(Markup(charts.stacked_bars("work", bars, title=title, language=self.language)), rows)

    def trend(self, found: Mapping[str, Tally]) -> Picture:
        begun = next((number for number, each in enumerate(found.values()) if each.total), 0)
        found = dict([*found.items()][min(begun, max(0, len(found) - 4)) :])  # nothing is told of the time before
        rows = [(span_in_words(key, self.language), key, each) for key, each in found.items()]
        columns = [charts.Row(short_key(key), each) for key, each in found.items()]
        title = self.t("Diễn biến theo hạn", "Trend by due date")
        return Picture(Markup(charts.trend("trend", columns, title=title, language=self.language)), rows)

    def ranking(self) -> Picture:
        """Offices by on-time rate; of a long ranking both its ends are drawn, and all of it stands in the table."""
        by_office = self.situation.by(lambda _, office: (office,))
        places = [charts.Place(place, self.office(code), each) for place, code, each in ranked(by_office)]
        codes = [code for _, code, _ in ranked(by_office)]
        drawn = places if len(places) <= 2 * ENDS else places[:ENDS] + places[-ENDS:]
        title = self.t("Xếp hạng cơ quan theo tỷ lệ đúng hạn", "Offices by on-time rate")
        svg = charts.ranking("ranking", drawn, title=title, language=self.language)
        rest = [(None, self.office(code), code, each) for (code,), each in by_office.items() if not each.due]
        rows = [(each.place, each.name, code, each.tally) for each, code in zip(places, codes, strict=True)]
        return Picture(Markup(svg), [*rows, *sorted(rest, key=lambda one: one[1])])

    def offices(self, pages: Pages) -> OfficesPicture:
        """Offices against work. Where they are many and no kind is chosen, a row stands for all of a kind."""
        works = sorted(self.situation.by(lambda work, _: work), key=self.place)
        told = self.plan.has_several or self.language != "vi"  # two directives may count theirs alike
        names = [code if told or not code.startswith("p") else self.plan.priority(code).numeral for code in works]
        order = {office.code: number for number, office in enumerate(self.plan.offices)}
        offices = sorted({office for _, office in self.situation.cells}, key=lambda code: order[code])
        by_kind, among = len(offices) > PREVIEW_ROWS and "kind" not in self.asked, None
        if by_kind:
            kinds: dict[str, str] = {office.code: office.kind for office in self.plan.offices}
            cells = self.situation.by(lambda work, office: (kinds[office], work))
            keys: list[str] = list(dict.fromkeys(kinds[office] for office in offices))
            heads = [(word("kind", key, self.language), self.link("/board", kind=key)) for key in keys]
        else:
            among = pages.among(len(offices)) if len(offices) > PREVIEW_ROWS or pages.number > 1 else None
            keys = offices[pages.offset : pages.offset + PREVIEW_ROWS]
            cells = self.situation.by(lambda work, office: (office, work))
            heads = [(self.office(key), self.link("/board", office=key, kind="")) for key in keys]
        drawn = {
            (r, c): cells[key, work]
            for r, key in enumerate(keys)
            for c, work in enumerate(works)
            if (key, work) in cells
        }
        title = self.t("Việc chậm theo cơ quan và nhiệm vụ", "Late work by office and task")
        svg = charts.heat_map("heat", [name for name, _ in heads], names, drawn, title=title, language=self.language)
        rows = [
            (name, address, key, [drawn.get((r, c)) for c in range(len(works))])
            for r, ((name, address), key) in enumerate(zip(heads, keys, strict=True))
        ]
        return OfficesPicture(Markup(svg), [*zip(names, works, strict=True)], rows, by_kind, among)

    def lanes(self, found: Sequence[SituationLane], today: date) -> Picture:
        title = self.t("Dòng thời gian", "Timeline")
        words = {name: charts.part_name(name, self.language) for name in charts.parts(Tally())}
        drawn = [each.lane for each in found]
        svg = timeline("lanes", drawn, today=today, title=title, language=self.language, words=words)
        rows = [
            (
                self.link(subtask=each.subtask, **({"due": each.month} if each.month else {"period": each.period})),
                each.lane,
            )
            for each in found
        ]
        return Picture(Markup(svg), rows)
