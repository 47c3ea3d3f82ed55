"""The board: how all assignments stand at a moment, counted in SQL and shown as a Vietnamese table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.rules.working_time import WorkingCalendar
from models.alerts.status import counted, overdue, status_expr
from models.store.upsert import table_of
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, WAITING_FOR_OFFICE, Role, State, Status
from reports.board.trend import Month, trend_rows
from reports.wording import STATUS_VI, markdown_table

BOARD_VERSION = 1
"""Raised when the published board's shape changes, so that readers of old ones are not misled."""


_PREVIEW_SIZE = 30


@dataclass(frozen=True)
class Line:
    """One assignment on the board. ``days_late`` counts working days since the due date, 0 before it.

    lead_office  the office that leads the work today: this one, or the one it helps
    """

    id: int
    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    office: str
    role: Role
    lead_office: str
    state: State
    due_date: date
    original_due_date: date
    occasion: str | None
    days_late: int


@dataclass(frozen=True)
class Board:
    """Counts by status word (of ``Status``), and the assignments to look at first.

    suspended  how many of those that are open and within term have their clock stopped
    """

    as_of: datetime
    total: int
    suspended: int
    by_status: Mapping[str, int]
    by_priority: Mapping[str, Mapping[str, int]]
    by_office: Mapping[str, Mapping[str, int]]
    late: tuple[Line, ...]
    next_deadlines: tuple[Line, ...]
    is_sample: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "version": BOARD_VERSION,
            "as_of": self.as_of.astimezone(HANOI).isoformat(),
            "sample": self.is_sample,
            "total": self.total,
            "by_status": dict(self.by_status),
            "suspended": self.suspended,
            "by_priority": {key: dict(counts) for key, counts in self.by_priority.items()},
            "by_office": {key: dict(counts) for key, counts in self.by_office.items()},
        }


def board(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    priority: str | None = None,
    directive: str | None = None,
) -> Board:
    """Count everything that is not withdrawn; with ``priority`` only that one.

    directive  the one it belongs to, whose assigning document tells whether it is a sample's
    """
    by_status = _no_counts()
    by_priority: dict[str, dict[str, int]] = defaultdict(_no_counts)
    by_office: dict[str, dict[str, int]] = defaultdict(_no_counts)
    suspended = 0
    for one, other, states in _SIDES:
        # Grouped as ``ix_assignment_board`` is ordered: counted in passing, without sorting.
        key = (col(Assignment.state), col(Assignment.priority), col(Assignment.office))
        query = select(*key, func.count(), func.count().filter(status_expr(one, now))).where(key[0].in_(states))
        if priority is not None:
            query = query.where(col(Assignment.priority) == priority)
        for state, of_priority, office, count, so in connection.execute(query.group_by(*key)):
            suspended += count if state is State.SUSPENDED else 0
            for word, number in ((one.value, so), (other.value, count - so)):
                by_status[word] += number
                by_priority[of_priority][word] += number
                by_office[office][word] += number
    late, next_deadlines = look_first(
        connection, now=now, calendar=calendar, only=None if priority is None else col(Assignment.priority) == priority
    )
    return Board(
        as_of=now,
        total=sum(by_status.values()),
        suspended=suspended,
        by_status=by_status,
        by_priority=dict(sorted(by_priority.items())),
        by_office=dict(sorted(by_office.items())),
        late=late,
        next_deadlines=next_deadlines,
        is_sample=is_sample(connection, directive),
    )


def is_sample(connection: Connection, directive: str | None = None) -> bool:
    """Whether work stands for no real work: an assigning document, of this directive or of any, is the sample's."""
    issued = select(col(Anchor.id)).where(col(Anchor.kind) == AnchorKind.ISSUE, col(Anchor.is_sample))
    if directive is not None:
        issued = issued.where(col(Anchor.directive) == directive)
    return connection.scalar(issued.limit(1)) is not None


def look_first(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    listed: int = _PREVIEW_SIZE,
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What is overdue longest, and what falls due next; up to ``listed`` of each."""
    coming = col(Assignment.state).in_(WAITING_FOR_OFFICE) & (col(Assignment.due_at) > now)
    longest, soonest = (
        _lines(connection, which if only is None else and_(which, only), now, calendar, listed)
        for which in (overdue(now), coming)
    )
    return longest, soonest


def count_by_status(connection: Connection, *, now: datetime) -> Mapping[str, int]:
    """The board's ``by_status`` alone: two passes over an index, however many offices there are."""
    by_status = _no_counts()
    for one, other, states in _SIDES:
        which = col(Assignment.state).in_(states)
        count, so = connection.execute(
            select(func.count(), func.count().filter(status_expr(one, now))).where(which)
        ).one()
        by_status[one.value], by_status[other.value] = so, count - so
    return by_status


# Of what is done and of what is open: the word that is asked for, the word for the rest, and the states.
_SIDES = (
    (Status.DONE_ON_TIME, Status.DONE_LATE, frozenset({State.ACCEPTED})),
    (Status.OPEN_OVERDUE, Status.OPEN_WITHIN_TERM, OPEN),
)


def _no_counts() -> dict[str, int]:
    return {word.value: 0 for word in Status}


_OF_A_LINE = (
    *("id", "priority", "subtask", "step", "variant", "period", "office", "role"),
    *("state", "due_date", "original_due_date"),
)
_lead = table_of(Assignment).alias("lead")


def _lines(
    connection: Connection, which: ColumnElement[bool], now: datetime, calendar: WorkingCalendar, limit: int
) -> tuple[Line, ...]:
    work = table_of(Assignment).c
    order = (work.due_at, work.office, work.id)
    # Found in an index alone; only what is listed is opened.
    shown = select(work.id).where(which, counted).order_by(*order).limit(limit)
    # ``lead_office`` was assigned once; who leads today may be its successor.
    leading = and_(
        _lead.c.role == Role.LEAD,
        *(_lead.c[name] == work[name] for name in ("subtask", "step", "variant", "period", "lead_office")),
        _lead.c.assigned_office == work.lead_office,
    )
    query = (
        select(
            *(work[name] for name in _OF_A_LINE),
            func.coalesce(_lead.c.office, work.lead_office).label("lead_office"),
            col(Anchor.title).label("occasion"),
        )
        .outerjoin(Anchor, col(Anchor.id) == work.anchor_id)
        .outerjoin(_lead, leading)
        .where(work.id.in_(shown))
        .order_by(*order)
    )
    today = local_date(now)
    return tuple(
        Line(**row, days_late=max(0, calendar.of(row["priority"]).count(row["due_date"], today)))
        for row in connection.execute(query).mappings()
    )


def board_markdown(board: Board, plan: Plan, months: Sequence[Month] = (), *, priority: str | None = None) -> str:
    """The board as Vietnamese markdown, in a form that stays the same from run to run.

    months  how punctual work was lately
    """
    parts = [_heading(board, plan, priority), _status_table(board), _priority_table(board, plan, priority)]
    parts += [_trend_table(months), _late_offices(board, plan), _late_list(board, plan), _deadline_list(board, plan)]
    parts.append(f"---\nBảng theo dõi đôn đốc · mẫu số {BOARD_VERSION} · quá hạn được tính theo thời điểm nêu trên.")
    return "\n\n".join(part for part in parts if part)


def _heading(board: Board, plan: Plan, priority: str | None) -> str:
    title = "Bảng theo dõi chung"
    if priority is not None:
        title = f"{priority} · {plan.priority(priority).title_vi}"
    lines = [f"# {title}", f"Tính đến {board.as_of.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"]
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
    return markdown_table(("Tình trạng", "Số việc", "Tỷ lệ"), rows)


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
            plan.office(line.office).name_vi,
            f"{line.due_date:%d/%m/%Y}",
            line.days_late,
        )
        for line in board.late
    ]
    more = board.by_status[Status.OPEN_OVERDUE] - len(rows)
    table = markdown_table(("Số", "Việc", "Đơn vị", "Hạn", "Trễ (ngày làm việc)"), rows)
    return "## Việc quá hạn\n\n" + table + (f"\n\n… và {more} việc quá hạn khác." if more > 0 else "")


def _deadline_list(board: Board, plan: Plan) -> str:
    rows = [
        (f"{line.due_date:%d/%m/%Y}", line.id, _what(line, plan), plan.office(line.office).name_vi)
        for line in board.next_deadlines
    ]
    if not rows:
        return "## Hạn sắp tới\n\nKhông có."
    return "## Hạn sắp tới\n\n" + markdown_table(("Hạn", "Số", "Việc", "Đơn vị"), rows)


def _what(line: Line, plan: Plan) -> str:
    # Where every office of a kind leads a group of its own, the work alone would not say whom to help.
    role = "chủ trì" if line.role is Role.LEAD else f"phối hợp với {plan.office(line.lead_office).name_vi}"
    title = plan.step_title(line.subtask, line.step, line.variant, occasion=line.occasion or "")
    return f"{line.subtask} {title} · {line.period} ({role})"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
