"""A year looked back on («sơ kết»): how punctual work was by regulation, priority, subtask and office.

It is held against the year before. Of a year is what fell due in it, extensions included, and of work that spans years
the years settled in it. Everything is counted as on
the board (``reports.figures``); offices are compared, never persons.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Priority, Subtask
from config.clock import HANOI
from config.rules.due_words import due_in_words
from config.settings import Language
from models.alerts.status import in_directive, not_withdrawn
from models.keeping.opening import Store
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, ReportState
from models.tables.report import Extension, Report
from reports.board.board import BoardLine, is_sample, late_and_next
from reports.figures import Tally, percent, points, sum_tallies, tally, tally_by_office
from reports.settled_years import Tallies, count_with_settled, with_settled, with_settled_by_office
from reports.spans import Span, due_within, span_of
from reports.subtask_count import SubtaskCount, count_subtasks
from reports.wording import markdown_table, office_names, what_of

REVIEW_VERSION = 1
"""Raised when the published review's shape changes."""

_LONGEST = 10


@dataclass(frozen=True)
class ComparedLine:
    """One line of the review: the year's figures beside those of the year before."""

    code: str
    name: str
    now: Tally
    before: Tally
    name_en: str = ""

    def named(self, language: Language) -> str:
        """The name, in Vietnamese where the plan has no other."""
        return (self.name_en if language == "en" else "") or self.name

    @property
    def points(self) -> int | None:
        """By how many percentage points the on-time rate changed; None where one of the years has none."""
        return points(self.now.on_time_rate, self.before.on_time_rate)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "figures": asdict(self.now) | {"on_time_rate": self.now.on_time_rate},
            "before": asdict(self.before) | {"on_time_rate": self.before.on_time_rate},
            "points": self.points,
        }


@dataclass(frozen=True)
class YearlyReview:
    """A year's review of one directive.

    counted  its subtasks and assignments of the year
    longest  its works of the year overdue longest and still not done
    """

    directive: str
    is_one_of_several: bool
    year: int
    as_of: datetime
    is_sample: bool
    counted: SubtaskCount
    whole: ComparedLine
    priorities: Sequence[ComparedLine]
    subtasks: Sequence[ComparedLine]
    regulations: Sequence[ComparedLine]
    offices: Sequence[ComparedLine]
    extended: int
    returned: int
    longest: Sequence[BoardLine]

    @property
    def marked(self) -> str:
        """The code of the directive, where there are several."""
        return f" · {self.directive}" if self.is_one_of_several else ""

    def as_json(self) -> dict[str, Any]:
        parts = ("priorities", "subtasks", "regulations", "offices")
        return {
            "version": REVIEW_VERSION,
            "directive": self.directive,
            "year": self.year,
            "as_of": self.as_of.astimezone(HANOI).isoformat(),
            "sample": self.is_sample,
            "counted": self.counted.as_json() | {"assignments": self.counted.assignments},
            "whole": self.whole.as_json(),
            **{part: [each.as_json() for each in getattr(self, part)] for part in parts},
            "extended": self.extended,
            "returned": self.returned,
        }


def yearly_review(
    connection: Connection, store: Store, year: int, *, now: datetime, directive: str | None = None
) -> YearlyReview:
    """Compile the review of ``year`` for a directive, the main one where none is named, as things stand at ``now``.

    Raises ``Refused`` for a year out of reach.
    """
    plan, calendar = store.plan, store.calendar
    spans = span_of(str(year)), span_of(str(year - 1))
    followed = plan.directive(directive)
    its = in_directive(plan, followed)

    def of_year(span: Span, *by: Any, by_office: bool = False) -> Tallies:
        tallied: Any = tally_by_office if by_office else tally
        settled: Any = with_settled_by_office if by_office else with_settled
        found = tallied(connection, *by, now=now, calendar=calendar, due_in=span, only=its)
        return settled(found, connection, *by, falls=span.holds, now=now, only=its)  # type: ignore[no-any-return]

    def compared(by: Any, names: Mapping[str, tuple[str, str]]) -> list[ComparedLine]:
        columns = () if by is None else (by,)
        here, before = (of_year(span, *columns, by_office=by is None) for span in spans)
        return [
            ComparedLine(code, vi, here.get((code,), Tally()), before.get((code,), Tally()), en)
            for code, (vi, en) in names.items()
            if (code,) in here or (code,) in before
        ]

    whole, before = (of_year(span) for span in spans)
    mine = and_(due_within(spans[0]), its)
    subtasks = compared(col(Assignment.subtask), _titles(plan.subtasks()))
    longest, _ = late_and_next(connection, now=now, calendar=calendar, only=mine)
    return YearlyReview(
        directive=followed.code,
        is_one_of_several=plan.has_several,
        year=year,
        as_of=now,
        is_sample=is_sample(connection, followed.code),
        counted=count_with_settled(
            count_subtasks(connection, now=now, assignments=whole[()].total, due_in=spans[0], only=its),
            connection,
            falls=spans[0].holds,
            now=now,
            counts=due_within(spans[0]),
            only=its,
        ),
        whole=ComparedLine("", "", whole[()], before[()]),
        priorities=compared(col(Assignment.priority), _titles(plan.priorities)),
        subtasks=subtasks,
        regulations=_by_regulation(subtasks, plan, followed),
        offices=compared(None, {each.code: (each.name_vi, each.name_en) for each in plan.offices}),
        extended=_count(connection, col(Extension.assignment_id), col(Extension.state) == ExtensionState.GRANTED, mine),
        returned=_count(connection, col(Report.assignment_id), col(Report.state) == ReportState.RETURNED, mine),
        longest=longest[:_LONGEST],
    )


def _titles(parts: Iterable[Priority | Subtask]) -> dict[str, tuple[str, str]]:
    return {each.code: (each.title_vi, each.title_en) for each in parts}


def _by_regulation(subtasks: Sequence[ComparedLine], plan: Plan, directive: Directive) -> list[ComparedLine]:
    """Of each document that the plan names, the subtasks that rest on it; one may rest on several."""
    found = []
    for document in directive.documents:
        resting = [each for each in subtasks if document.id in plan.subtask(each.code).documents]
        if resting:
            now, before = (sum_tallies(getattr(each, name) for each in resting) for name in ("now", "before"))
            found.append(ComparedLine(document.id, document.title_vi, now, before))
    return found


def _count(connection: Connection, assignment: Any, *which: Any) -> int:
    query = select(func.count()).join(Assignment, col(Assignment.id) == assignment).where(not_withdrawn, *which)
    return connection.scalar(query.select_from(assignment.class_)) or 0


def review_title(review: YearlyReview, language: Language = "vi") -> str:
    """«Sơ kết 2026 · đúng hạn 87% (+4 điểm)»."""
    vi = language == "vi"
    points_ = review.whole.points
    change = "" if points_ is None else f" ({points_:+d} {'điểm' if vi else 'points'})"
    title, on_time = (f"Sơ kết {review.year}", "đúng hạn") if vi else (f"Review of {review.year}", "on time")
    return f"{title}{review.marked} · {on_time} {percent(review.whole.now.on_time_rate)}{change}"


def review_markdown(review: YearlyReview, plan: Plan) -> str:
    """The review as Vietnamese markdown, in a form that stays the same from year to year."""
    whole = review.whole
    of = f" · {plan.directive(review.directive).title_vi}" if plan.has_several else ""
    parts = [
        f"# Sơ kết năm {review.year}{of}",
        f"Việc có hạn trong năm {review.year}, tính đến {review.as_of.astimezone(HANOI):%H:%M ngày %d/%m/%Y}",
        "> **DỮ LIỆU MẪU** – để làm quen, không phải việc thật." if review.is_sample else "",
        f"Tổng số {review.counted.in_words('vi')}. Trong {whole.now.total} phần việc:"
        f" {whole.now.done_on_time} hoàn thành đúng hạn, {whole.now.done_late}"
        f" hoàn thành quá hạn, {whole.now.open_within_term} chưa hoàn thành trong hạn, {whole.now.open_overdue}"
        f" chưa hoàn thành quá hạn. Tỷ lệ đúng hạn **{percent(whole.now.on_time_rate)}**, năm"
        f" trước {percent(whole.before.on_time_rate)}"
        f" ({_change(whole)})."
        f" {review.extended} lần gia hạn, {review.returned} báo cáo bị trả lại.",
        _part("Theo nhiệm vụ trọng tâm", review.priorities),
        _part("Theo quy chế, văn bản", review.regulations),
        _part("Theo việc", review.subtasks),
        _part("Theo cơ quan", [_marked(each, plan) for each in review.offices], with_code=False),
        _movers(review),
        _late(review, plan),
        f"---\nSơ kết năm · mẫu số {REVIEW_VERSION} · không có số liệu về cá nhân.",
    ]
    return "\n\n".join(part for part in parts if part)


def _part(title: str, lines: Sequence[ComparedLine], *, with_code: bool = True) -> str:
    rows = [
        (
            f"{each.code} {each.name}" if with_code else each.name,
            each.now.total,
            each.now.done_on_time,
            each.now.done_late,
            each.now.open_overdue,
            percent(each.now.on_time_rate),
            percent(each.before.on_time_rate),
            _change(each),
        )
        for each in lines
    ]
    head = (
        "Nội dung",
        "Tổng số",
        "Đúng hạn",
        "Hoàn thành quá hạn",
        "Đang quá hạn",
        "Tỷ lệ đúng hạn",
        "Năm trước",
        "So với năm trước",
    )
    return f"## {title}\n\n" + (markdown_table(head, rows) if rows else "Không có.")


def _marked(line: ComparedLine, plan: Plan) -> ComparedLine:
    ended = plan.office(line.code).valid_to
    return (
        line if ended is None else ComparedLine(line.code, f"{line.name} (đến {ended:%d/%m/%Y})", line.now, line.before)
    )


def movers(review: YearlyReview) -> list[str]:
    """Which offices were more punctual than the year before, and which less; nothing where none was."""
    moved = [(each.points, each.name) for each in review.offices if each.points]
    better = sorted((one for one in moved if one[0] and one[0] > 0), key=lambda one: (-(one[0] or 0), one[1]))
    worse = sorted((one for one in moved if one[0] and one[0] < 0), key=lambda one: (one[0] or 0, one[1]))
    return [
        f"{word}: " + "; ".join(f"{name} ({change:+d} điểm)" for change, name in some[:5]) + "."
        for word, some in (("Tiến bộ nhất", better), ("Giảm nhiều nhất", worse))
        if some
    ]


def _movers(review: YearlyReview) -> str:
    lines = [f"- {each}" for each in movers(review)]
    return "## Cơ quan thay đổi nhiều\n\n" + "\n".join(lines) if lines else ""


def _late(review: YearlyReview, plan: Plan) -> str:
    rows = [
        (
            what_of(line, plan),
            office_names(line.leads, plan),
            due_in_words(line),
            line.days_late,
        )
        for line in review.longest
    ]
    if not rows:
        return ""
    return "## Quá hạn lâu nhất\n\n" + markdown_table(("Việc", "Cơ quan", "Hạn", "Quá hạn (ngày làm việc)"), rows)


def _change(line: ComparedLine) -> str:
    if line.points is None:
        return "chưa so được"
    if line.points == 0:
        return "không đổi"
    return f"{'tăng' if line.points > 0 else 'giảm'} {abs(line.points)} điểm"
