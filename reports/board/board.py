"""The board's figures: how all assignments stand at a moment, and which to look at first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.rules.working_time import WorkingCalendar
from models.alerts.status import both, in_plan, is_dated, overdue_by_due, waiting_by_due
from models.store.upsert import table_of
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role
from models.work.rows import ListedAssignment, joint_offices, split_offices
from reports.board.situation import situation
from reports.subtask_count import SubtaskCount, count_subtasks

BOARD_VERSION = 1
"""Raised when the published board's shape changes, so that readers of old ones are not misled."""

_PREVIEW_SIZE = 30


@dataclass(frozen=True)
class BoardLine(ListedAssignment):
    """One assignment on the board. ``days_late`` counts working days since the due date, 0 before it.

    lead_office  the office that leads the work today: this one, or the one it helps
    """

    days_late: int


@dataclass(frozen=True)
class Board:
    """Counts by status word (of ``Status``), and the assignments to look at first.

    suspended  how many of those that are open and within term have their clock stopped
    subtasks   how many subtasks they make up; the rows of offices may add up to more than ``total``, for what several
               lead jointly counts for each
    standing   how many of those are never due; undated: how many have no due date yet
    """

    as_of: datetime
    total: int
    subtasks: SubtaskCount
    suspended: int
    standing: int
    undated: int
    by_status: Mapping[str, int]
    by_priority: Mapping[str, Mapping[str, int]]
    by_office: Mapping[str, Mapping[str, int]]
    late: tuple[BoardLine, ...]
    next_deadlines: tuple[BoardLine, ...]
    is_sample: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "version": BOARD_VERSION,
            "as_of": self.as_of.astimezone(HANOI).isoformat(),
            "sample": self.is_sample,
            "total": self.total,
            "subtasks": self.subtasks.as_json(),
            "by_status": dict(self.by_status),
            "suspended": self.suspended,
            "standing": self.standing,
            "undated": self.undated,
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
    plan: Plan | None = None,
) -> Board:
    """Count everything that is not withdrawn; with ``priority`` only that one, of a part of the plan its own.

    directive  the one it belongs to, whose assigning document tells whether it is a sample's
    """
    only = None if plan is None else in_plan(plan)
    if priority is not None:
        only = both(col(Assignment.priority) == priority, only)
    found = situation(connection, now=now, calendar=calendar, only=only)
    late, next_deadlines = late_and_next(connection, now=now, calendar=calendar, only=only)
    return Board(
        as_of=now,
        total=found.whole.total,
        subtasks=count_subtasks(connection, now=now, assignments=found.whole.total, only=only),
        suspended=found.whole.suspended,
        standing=found.whole.standing,
        undated=found.whole.undated,
        by_status=found.whole.by_status,
        by_priority={code: each.by_status for code, each in found.by(lambda work, _: work).items()},
        by_office={code: each.by_status for code, each in sorted(found.by_office(lambda _, office: office).items())},
        late=late,
        next_deadlines=next_deadlines,
        is_sample=is_sample(connection, directive, plan),
    )


def is_sample(connection: Connection, directive: str | None = None, plan: Plan | None = None) -> bool:
    """Whether the data is a sample: the assigning document of this directive, or of any of the plan, is one's."""
    issued = select(col(Anchor.id)).where(col(Anchor.kind) == AnchorKind.ISSUE, col(Anchor.is_sample))
    if directive is not None:
        issued = issued.where(col(Anchor.directive) == directive)
    elif plan is not None and not plan.is_whole:
        issued = issued.where(col(Anchor.directive).in_([each.code for each in plan.directives]))
    return connection.scalar(issued.limit(1)) is not None


def late_and_next(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    only: ColumnElement[bool] | None = None,
    listed: int = _PREVIEW_SIZE,
) -> tuple[tuple[BoardLine, ...], tuple[BoardLine, ...]]:
    """The assignments overdue longest, and those due next; up to ``listed`` of each."""
    coming = and_(waiting_by_due, col(Assignment.due_at) > now, is_dated)
    longest, soonest = (
        _lines(connection, both(which, only), now, calendar, listed) for which in (overdue_by_due(now), coming)
    )
    return longest, soonest


@dataclass(frozen=True)
class SameWork:
    """Lines of the same work of the same office: the first, and how many others were looked at."""

    first: BoardLine
    others: int


def gather_same_work(lines: Iterable[BoardLine], *, shown: int) -> tuple[SameWork, ...]:
    """Say the same work of the same office once, where its first line stands; the first ``shown`` of these."""
    by_work: dict[tuple[object, ...], list[BoardLine]] = {}
    for line in lines:
        work = line.subtask, line.step, line.variant, line.role, line.office, line.lead_office
        by_work.setdefault(work, []).append(line)
    return tuple(SameWork(same[0], len(same) - 1) for same in list(by_work.values())[:shown])


_lead = table_of(Assignment).alias("lead")


def _lines(
    connection: Connection, which: ColumnElement[bool], now: datetime, calendar: WorkingCalendar, limit: int
) -> tuple[BoardLine, ...]:
    work = table_of(Assignment).c
    order = (work.due_at, work.office, work.id)
    # Found in an index alone; only what is listed is opened.
    shown = select(work.id).where(which).order_by(*order).limit(limit)
    # ``lead_office`` was assigned once; who leads today may be its successor.
    leading = and_(
        _lead.c.role == Role.LEAD,
        *(_lead.c[name] == work[name] for name in ("subtask", "step", "variant", "period", "lead_office")),
        _lead.c.assigned_office == work.lead_office,
    )
    query = (
        select(
            *(work[field.name] for field in fields(BoardLine) if field.name in work and field.name != "lead_office"),
            func.coalesce(_lead.c.office, work.lead_office).label("lead_office"),
            func.coalesce(col(Anchor.title), "").label("occasion"),
            joint_offices(work.id),
        )
        .outerjoin(Anchor, col(Anchor.id) == work.anchor_id)
        .outerjoin(_lead, leading)
        .where(work.id.in_(shown))
        .order_by(*order)
    )
    today = local_date(now)
    return tuple(
        BoardLine(
            **{**row, "joint": split_offices(row["joint"])},
            days_late=max(0, calendar.of(row["priority"]).count(row["due_date"], today)),
        )
        for row in connection.execute(query).mappings()
    )
