"""The pictures of the board, each with the rows of the table that shows the same figures and links to the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from config.catalogue.plan import Plan
from config.rules.periods import period_in_words
from models.alerts.status import Dates
from models.tables.lifecycle import Status
from portal.query import PageRange, RequestedPage
from portal.sign_in.entrance import ASSIGNMENTS
from portal.words import word
from reports.board.situation import Situation, SituationLane
from reports.charts import charts
from reports.charts.timeline import timeline
from reports.figures import Tally, percent
from reports.ranking import ranked
from reports.spans import short_key

_LINKED = ("directive", "priority", "office", "kind", "due")
"""The parameters of the board that its links keep."""

ENDS = 10
"""How many of a long ranking its picture shows from each end; the table has all."""


def subtask_title(plan: Plan, subtask: str, language: str) -> str:
    found = plan.subtask(subtask)
    return found.title_vi if language == "vi" else found.title_en


@dataclass(frozen=True)
class Picture:
    """A chart and the rows of the table that says the same."""

    svg: Markup
    rows: Sequence[Any]


@dataclass(frozen=True)
class OfficesTable:
    """Offices against work: the names of its columns, which offices of how many it shows, and the worst in words."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, str, Markup]]
    """The name, its address, and a cell for each column."""

    worst: str
    by_kind: bool
    page_range: PageRange | None


LATE_UP_TO = (0.0, 0.1, 0.25, 0.5, 1.0)
"""The shares of late work that cells are shaded by (``.shade-0`` to ``.shade-4`` of the style sheet)."""


@dataclass(frozen=True)
class BoardPictures:
    """The figures of one page in its language, as pictures."""

    plan: Plan
    language: str
    query: Mapping[str, str]
    situation: Situation

    def t(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def link(self, path: str = ASSIGNMENTS, **changes: str) -> str:
        """The address of a list, or of the board, with the query of this page but for ``changes``."""
        kept = {**{name: self.query[name] for name in _LINKED if name in self.query}, **changes}
        if "subtask" in changes:
            kept.pop("priority", None)  # the subtask says it; of thousands of cells each is shorter
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}?{query}" if query else path

    def counts(self, each: Tally, **key: str) -> Markup:
        """The figures of one row as cells, each with a link to the list that it counts.

        Built here, not in the template: a long ranking has a thousand of them.
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
                cells.append('<td class="none meta">0</td>')
        soon = f'<a href="{narrowed}{Dates.DUE_SOON}">{each.due_soon}</a>' if each.due_soon else "0"
        cells.append(f'<td class="none">{soon}</td><td class="none"><a href="{listed}">{each.total}</a></td>')
        on_time = f'<span class="phone">{self.t("Đúng hạn", "On time")}: </span>'
        rate = percent(each.on_time_rate)
        if each.done_on_time:
            rate = f'<a href="{narrowed}{Status.DONE_ON_TIME}">{rate}</a>'
        return Markup("".join(cells) + f"<td>{on_time}{rate}</td>")

    def lists(self, **key: str) -> dict[str, str]:
        """The addresses of the lists that the parts of one bar count."""
        # What is due soon has a part of its own in a bar.
        named = {part: Dates.DUE_LATER if part == Status.OPEN_WITHIN_TERM else part for part in charts.parts(Tally())}
        return {part: self.link(status=status, **key) for part, status in named.items()}

    def office(self, code: str) -> str:
        found = self.plan.office(code)
        return self.t(found.name_vi, found.name_en)

    def place(self, code: str) -> int:
        """The position of a priority in the plan; 0 for subtasks, which keep their order."""
        codes = [each.code for each in self.plan.priorities]
        return codes.index(code) if code in codes else 0

    def work(self) -> Picture:
        """By priority, with a link to its own board, or by subtask once a priority or an office is chosen."""
        found = self.situation.by(lambda work, _: work)
        rows = []
        several = self.plan.has_several and "directive" not in self.query
        for code, each in sorted(found.items(), key=lambda one: self.place(one[0])):
            if code.startswith("p"):
                priority = self.plan.priority(code)
                name = f"{self.t(priority.numeral, code)}: {self.t(priority.title_vi, priority.title_en)}"
                if several and priority.directive != self.plan.main_directive.code:
                    name = f"{priority.directive} · {name}"
                rows.append((name, self.link("/board", priority=code), {"priority": code}, each))
            else:
                name = f"{code} {subtask_title(self.plan, code, self.language)}"
                rows.append((name, self.link(subtask=code), {"subtask": code}, each))
        title = self.t("Tình trạng theo nhiệm vụ", "How work stands, by task")
        bars = [charts.Row(name, each, self.lists(**key)) for name, _, key, each in rows]
        return Picture(Markup(charts.stacked_bars("work", bars, title=title, language=self.language)), rows)

    def trend(self, found: Mapping[str, Tally]) -> Picture:
        begun = next((number for number, each in enumerate(found.values()) if each.total), 0)
        found = dict(
            [*found.items()][min(begun, max(0, len(found) - 4)) :]
        )  # the periods before the first assignment are left out
        rows = [(period_in_words(key, self.language), key, each) for key, each in found.items()]
        columns = [charts.Row(short_key(key), each, self.lists(due=key)) for key, each in found.items()]
        title = self.t("Diễn biến theo hạn", "Trend by due date")
        return Picture(Markup(charts.trend("trend", columns, title=title, language=self.language)), rows)

    def ranking(self) -> Picture:
        """Offices by on-time rate; of a long ranking both its ends are drawn, and all of it stands in the table."""
        by_office = self.situation.by_office(lambda _, office: (office,))
        places = ranked(by_office)
        drawn = [
            charts.Place(place, self.office(code), each, self.link(office=code))
            for place, code, each in (places if len(places) <= 2 * ENDS else places[:ENDS] + places[-ENDS:])
        ]
        title = self.t("Xếp hạng cơ quan theo tỷ lệ đúng hạn", "Offices by on-time rate")
        svg = charts.ranking("ranking", drawn, title=title, language=self.language)
        rest = [(None, self.office(code), code, each) for (code,), each in by_office.items() if not each.due]
        rows = [(place, self.office(code), code, each) for place, code, each in places]
        return Picture(Markup(svg), [*rows, *sorted(rest, key=lambda one: one[1])])

    def offices(self, requested: RequestedPage) -> OfficesTable:
        """Who is late with what. Where offices are many and no kind is chosen, a row stands for all of a kind."""
        works = sorted(self.situation.by(lambda work, _: work), key=self.place)
        told = self.plan.has_several or self.language != "vi"  # two directives may count theirs alike
        names = [code if told or not code.startswith("p") else self.plan.priority(code).numeral for code in works]
        order = {office.code: number for number, office in enumerate(self.plan.offices)}
        offices = sorted(
            {office for _, office in (*self.situation.cells, *self.situation.joint)}, key=lambda code: order[code]
        )
        by_kind, page_range = len(offices) > requested.size and "kind" not in self.query, None
        if by_kind:
            kinds: dict[str, str] = {office.code: office.kind for office in self.plan.offices}
            cells = self.situation.by(lambda work, office: (kinds[office], work))
            keys: list[str] = list(dict.fromkeys(kinds[office] for office in offices))
            heads = [(word("kind", key, self.language), self.link("/board", kind=key)) for key in keys]
        else:
            page_range = (
                requested.range_of(len(offices)) if len(offices) > requested.size or requested.number > 1 else None
            )
            keys = offices[requested.offset : requested.offset + requested.size]
            cells = self.situation.by_office(lambda work, office: (office, work))
            heads = [(self.office(key), self.link("/board", office=key, kind="")) for key in keys]
        who = "kind" if by_kind else "office"
        rows = [
            (
                name,
                address,
                Markup("").join(self._late_cell(cells.get((key, work)), work, **{who: key}) for work in works),
            )
            for key, (name, address) in zip(keys, heads, strict=True)
        ]
        late = [
            (-each.late, r, c)
            for r, key in enumerate(keys)
            for c, work in enumerate(works)
            if (each := cells.get((key, work))) and each.late
        ]
        worst = "; ".join(f"{heads[r][0]}, {names[c]}: {-count}" for count, r, c in sorted(late)[:3])
        return OfficesTable(names, rows, worst, by_kind, page_range)

    def _late_cell(self, each: Tally | None, work: str, **who: str) -> Markup:
        """How many of all are late, shaded by their share; a dot for what was never assigned."""
        if each is None or not each.total:
            return Markup("<td>·</td>")
        shade = next(step for step, limit in enumerate(LATE_UP_TO) if each.late <= limit * each.total)
        to = escape(self.link(**{"priority" if work.startswith("p") else "subtask": work}, **who))
        return Markup(f'<td class="shade-{shade}"><a href="{to}">{each.late}/{each.total}</a></td>')

    def lanes(self, found: Sequence[SituationLane], today: date) -> Picture:
        title = self.t("Dòng thời gian", "Timeline")
        words = {name: charts.part_name(name, self.language) for name in charts.parts(Tally())}
        drawn = [replace(each.lane, list=self.lane_list(each)) for each in found]
        svg = timeline("lanes", drawn, today=today, title=title, language=self.language, words=words)
        return Picture(Markup(svg), [(each.list, each) for each in drawn])

    def lane_list(self, each: SituationLane) -> str:
        """The address of a lane's list."""
        return self.link(subtask=each.subtask, **({"due": each.month} if each.month else {"period": each.period}))
