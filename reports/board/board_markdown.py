"""The board as Vietnamese Markdown, as a run publishes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.rules.due_words import due_in_words
from config.rules.working_time import WorkingCalendar
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, Status
from reports.board.board import BOARD_VERSION, Board, BoardLine
from reports.board.situation import due_trend
from reports.figures import Tally, percent
from reports.spans import span_of
from reports.targets import TargetLine, with_unit
from reports.wording import STATUS_VI, markdown_table, office_names

MONTHS = 6
_BAR = 10


@dataclass(frozen=True)
class Month:
    """What fell due in a month, of the present one what fell due until today; ``tally`` is as things stand now."""

    first: date
    tally: Tally


def trend(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    priority: str | None = None,
    spanning: frozenset[str] = frozenset(),
) -> tuple[Month, ...]:
    """The last months, the present one last; those before the first that anything fell due in are left out."""
    only = None if priority is None else col(Assignment.priority) == priority
    which: dict[str, Any] = {"calendar": calendar, "only": only, "spanning": spanning, "until": local_date(now)}
    found = due_trend(connection, grain="month", count=MONTHS, now=now, **which)
    months = [Month(span_of(key).first, counts) for key, counts in found.items()]
    while months and not months[0].tally.total:
        del months[0]
    return tuple(months)


def trend_rows(months: Sequence[Month]) -> list[tuple[str, int, int, int, int, str]]:
    """A row for each month: its name, what fell due, on time, late, still owed, and the share on time with a bar."""
    return [
        (
            f"{month.first:%m/%Y}",
            month.tally.total,
            month.tally.done_on_time,
            month.tally.done_late,
            month.tally.open_overdue,
            _bar(month.tally.on_time_rate),
        )
        for month in months
    ]


def _bar(rate: float | None) -> str:
    if rate is None:
        return percent(rate)
    full = round(rate * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {percent(rate)}"


def board_markdown(
    board: Board,
    plan: Plan,
    months: Sequence[Month] = (),
    *,
    targets: Sequence[TargetLine] = (),
    priority: str | None = None,
) -> str:
    """The board as Vietnamese markdown, in a form that stays the same from run to run.

    months   how punctual work was lately
    targets  figures that are to be reached, and what has come of them
    """
    parts = [_heading(board, plan, priority), _status_table(board), _priority_table(board, plan, priority)]
    parts += [
        _target_table(targets),
        _trend_table(months),
        _late_offices(board, plan),
        _late_list(board, plan),
        _deadline_list(board, plan),
    ]
    parts.append(f"---\nBảng theo dõi đôn đốc · mẫu số {BOARD_VERSION} · quá hạn được tính theo thời điểm nêu trên.")
    return "\n\n".join(part for part in parts if part)


def _heading(board: Board, plan: Plan, priority: str | None) -> str:
    title = "Bảng theo dõi chung"
    if priority is not None:
        title = f"{priority} · {plan.priority(priority).title_vi}"
    lines = [f"# {title}", f"Tính đến {board.as_of.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"]
    lines.append(f"**{board.subtasks.in_words('vi')}**")
    if board.is_sample:
        lines.append("> **DỮ LIỆU MẪU** – để làm quen, không phải việc thật.")
    return "\n\n".join(lines)


def _status_table(board: Board) -> str:
    rows: list[tuple[Any, ...]] = []
    for word in Status:
        number = board.by_status[word.value]
        rows.append((STATUS_VI[word], number, _percent(number, board.total)))
        if word is Status.OPEN_WITHIN_TERM and board.suspended:
            rows.append(("– trong đó tạm dừng", board.suspended, _percent(board.suspended, board.total)))
    rows.append(("**Tổng số**", board.total, "100%" if board.total else "–"))
    return markdown_table(("Tình trạng", "Số phần việc", "Tỷ lệ"), rows)


def _priority_table(board: Board, plan: Plan, priority: str | None) -> str:
    if priority is not None or not board.by_priority:
        return ""
    parts = ["## Theo nhiệm vụ trọng tâm"]
    for directive in plan.directives:
        rows = [
            (f"{each.code} – {each.title_vi}", *counts.values(), sum(counts.values()))
            for each in plan.priorities_of(directive.code)
            if (counts := board.by_priority.get(each.code))
        ]
        if rows and plan.has_several:
            parts.append(f"### {directive.title_vi}")
        if rows:
            parts.append(markdown_table(("Nhiệm vụ", *STATUS_VI.values(), "Tổng"), rows))
    return "\n\n".join(parts)


def _target_table(targets: Sequence[TargetLine]) -> str:
    if not targets:
        return ""
    rows = [
        (
            f"{each.subtask} {each.target.indicator_vi}",
            f"{'không quá ' if each.target.at_most else ''}{with_unit(each.target.amount, each.target.unit)}",
            "–" if each.actual is None else with_unit(each.actual, each.target.unit),
            _RESULTS[each.is_met],
        )
        for each in targets
    ]
    return "## Chỉ tiêu\n\n" + markdown_table(("Chỉ tiêu", "Phải đạt", "Thực hiện", "Kết quả"), rows)


_RESULTS = {None: "chưa có số liệu", True: "đạt", False: "chưa đạt"}


def _trend_table(months: Sequence[Month]) -> str:
    if not months:
        return ""
    head = ("Tháng có hạn", "Đến hạn", "Xong đúng hạn", "Xong quá hạn", "Chưa xong", "Tỷ lệ đúng hạn")
    note = "Việc đến hạn trong từng tháng, theo tình trạng hiện nay; tháng này tính đến hôm nay."
    return f"## Diễn biến các tháng gần đây\n\n{markdown_table(head, trend_rows(months))}\n\n{note}"


def _late_offices(board: Board, plan: Plan) -> str:
    late = {code: counts[Status.OPEN_OVERDUE] for code, counts in board.by_office.items()}
    rows = [
        (plan.office(code).name_vi, count, sum(board.by_office[code].values()))
        for code, count in sorted(late.items(), key=lambda item: (-item[1], item[0]))
        if count
    ]
    if not rows:
        return "## Đơn vị có việc quá hạn\n\nKhông có đơn vị nào quá hạn."
    return "## Đơn vị có việc quá hạn\n\n" + markdown_table(("Đơn vị", "Quá hạn", "Tổng số việc"), rows)


def _late_list(board: Board, plan: Plan) -> str:
    if not board.late:
        return ""
    rows = [
        (
            line.id,
            _what(line, plan),
            office_names(line.leads, plan),
            due_in_words(line),
            line.days_late,
        )
        for line in board.late
    ]
    more = board.by_status[Status.OPEN_OVERDUE] - len(rows)
    table = markdown_table(("Số", "Việc", "Đơn vị", "Hạn", "Trễ (ngày làm việc)"), rows)
    return "## Việc quá hạn\n\n" + table + (f"\n\n… và {more} việc quá hạn khác." if more > 0 else "")


def _deadline_list(board: Board, plan: Plan) -> str:
    rows = [
        (due_in_words(line), line.id, _what(line, plan), office_names(line.leads, plan))
        for line in board.next_deadlines
    ]
    if not rows:
        return "## Hạn sắp tới\n\nKhông có."
    return "## Hạn sắp tới\n\n" + markdown_table(("Hạn", "Số", "Việc", "Đơn vị"), rows)


def _what(line: BoardLine, plan: Plan) -> str:
    # Where every office of a kind leads a group of its own, the work alone would not say whom to help.
    role = "chủ trì"
    if line.role is not Role.LEAD:
        shared = plan.is_for_all_leads(line.lead_office, line.office)
        role = "phối hợp chung" if shared else f"phối hợp với {plan.office(line.lead_office).name_vi}"
    title = plan.step_title(line.subtask, line.step, line.variant, occasion=line.occasion)
    return f"{line.subtask} {title} · {line.period} ({role})"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
