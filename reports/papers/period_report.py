"""What the report of a period holds: figures, results in numbers and words, difficulties, proposals, what is late.

Taken from the reports that were accepted by then; everything is counted as on the board (``reports.figures``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select
from sqlmodel import col

from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import AD_HOC, Priority, Subtask
from config.clock import local_date
from config.rules.periods import Period, month_named, parse_period, period_of
from config.text.amounts import amount_in_words, exact
from models.alerts.status import in_directive, not_withdrawn, overdue
from models.keeping.opening import Store
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, Role
from models.tables.report import Report
from models.work.report_form import targets_of
from models.work.rows import joint_offices, split_offices
from reports.board.board import is_sample
from reports.figures import Tally, tally, tally_by_office
from reports.papers.first_page import News, by_lateness, news
from reports.papers.gathering import LateRow, Quotes, late_rows
from reports.papers.office_letters import Paper, assigning_document, assignments_for_paper, paper_row
from reports.papers.period_work import of_period, settled_in, without_a_date
from reports.settled_years import count_with_settled, with_settled, with_settled_by_office
from reports.subtask_count import SubtaskCount, count_subtasks
from reports.targets import TargetLine, compared_in_words, target_lines, wanted_in_words, with_unit
from reports.wording import office_names

MAX_LATE = 200
"""Rows of overdue work; the rest is counted, and the tracking table in Excel has it."""

_MOST_READ = 5_000
"""Overdue assignments looked at for these rows."""


@dataclass
class SubtaskPart:
    """A subtask's figures and results. ``sums`` adds up the counts of the lead offices' accepted reports by label."""

    code: str
    title: str
    figures: Tally
    sums: list[tuple[str, str]] = field(default_factory=list)
    results: Quotes = field(default_factory=Quotes)


@dataclass
class PriorityPart:
    """A priority's section of the report."""

    code: str
    numeral: str
    title: str
    figures: Tally
    subtasks: list[SubtaskPart] = field(default_factory=list)
    difficulties: Quotes = field(default_factory=Quotes)
    proposals: Quotes = field(default_factory=Quotes)


@dataclass(frozen=True)
class PeriodReport:
    """All of it, for one directive.

    whole       the figures of all the directive's work, whatever the period
    before      the figures of the period before; None if nothing fell into it
    news        what happened since the period began, of all the directive's work
    offices     those with most overdue first
    late_more   overdue assignments that do not stand in ``late``
    recipients  the names of the offices to which the plan has finished reports sent
    """

    directive: str
    period: Period
    now: datetime
    figures: Tally
    whole: Tally
    subtasks: SubtaskCount
    before: Tally | None
    news: News
    priorities: Sequence[PriorityPart]
    offices: Sequence[tuple[str, Tally]]
    late: Sequence[LateRow]
    late_more: int
    assigned_by: str
    recipients: Sequence[str]
    is_sample: bool


def period_report(
    connection: Connection, store: Store, period: Period, *, now: datetime, directive: str | None = None
) -> PeriodReport:
    """Gather the report of ``period`` for a directive, the main one where none is named, as things stand at ``now``.

    It runs from the first to the last day that the period of this key has by the directive's conventions.

    Of a period is the work assigned for it or for a shorter period within it, and what was counted from a document or
    an event and fell due between its first and last day; and what has no due date, while it is going on.
    """
    plan, followed = store.plan, store.plan.directive(directive)
    bases = followed.conventions.bases
    period = parse_period(month_named(period.key), bases)
    calendar = store.calendar.of(plan.priorities_of(followed.code)[0].code)
    its = in_directive(plan, followed)
    mine = and_(or_(of_period(connection, period), without_a_date(period)), its)
    earlier = period_of(period.cadence, period.opens - timedelta(days=1), bases)
    settled: dict[str, Any] = {"falls": partial(settled_in, period), "now": now, "only": its}
    figures: dict[str, Mapping[tuple[Any, ...], Tally]] = {
        name: with_settled(
            tally(connection, *columns, now=now, calendar=calendar, only=mine), connection, *columns, **settled
        )
        for name, columns in {
            "all": (),
            "priority": (col(Assignment.priority),),
            "subtask": (col(Assignment.subtask),),
        }.items()
    }
    by_office = tally_by_office(connection, now=now, calendar=calendar, only=mine)
    by_office = with_settled_by_office(by_office, connection, **settled)
    was = tally(connection, now=now, calendar=calendar, only=and_(of_period(connection, earlier), its))
    before = with_settled(was, connection, falls=partial(settled_in, earlier), now=now, only=its)[()]
    assigned_by = assigning_document(connection, plan, followed.code)
    late, late_more = _late(connection, mine, Paper(plan, calendar, now, assigned_by))
    return PeriodReport(
        directive=followed.code,
        period=period,
        now=now,
        figures=figures["all"][()],
        whole=tally(connection, now=now, calendar=calendar, only=its)[()],
        subtasks=count_with_settled(
            count_subtasks(connection, now=now, assignments=figures["all"][()].total, only=mine),
            connection,
            counts=mine,
            **settled,
        ),
        before=before if before.total else None,
        news=news(connection, its, period.opens, now),
        priorities=_priorities(connection, mine, plan, plan.priorities_of(followed.code), now, figures),
        offices=by_lateness(
            (office.name_vi, by_office[office.code,]) for office in plan.offices if (office.code,) in by_office
        ),
        late=late,
        late_more=late_more,
        assigned_by=assigned_by.in_words,
        recipients=_recipients(plan, followed, now),
        is_sample=is_sample(connection, followed.code),
    )


def _priorities(
    connection: Connection,
    mine: ColumnElement[bool],
    plan: Plan,
    priorities: Sequence[Priority],
    now: datetime,
    figures: Mapping[str, Mapping[tuple[Any, ...], Tally]],
) -> list[PriorityPart]:
    parts = {
        each.code: PriorityPart(each.code, each.numeral, each.title_vi, figures["priority"][each.code,])
        for each in priorities
    }
    subtasks: dict[str, SubtaskPart] = {}
    for priority in priorities:
        for subtask in priority.subtasks:
            found = figures["subtask"].get((subtask.code,))
            if found is not None:
                subtasks[subtask.code] = SubtaskPart(subtask.code, subtask.title_vi, found)
                parts[priority.code].subtasks.append(subtasks[subtask.code])
    sums: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in _accepted(connection, mine, now):
        office = office_names((row.office, *split_offices(row.joint)), plan)
        part = parts[row.priority]
        part.difficulties.add(office, row.difficulties)
        part.proposals.add(office, row.proposals)
        if row.role is Role.LEAD:  # what others gave it is in it
            subtasks[row.subtask].results.add(office, row.text)
            for key, value in row.counts.items():
                sums[row.subtask][row.step, key].append(value)
    for code, counts in sums.items():
        subtasks[code].sums = list(_summed(plan.subtask(code), counts))
    for line in target_lines(connection, plan, now=now, only=mine):
        if line.subtask in subtasks:
            subtasks[line.subtask].sums.append((line.target.indicator_vi, _compared(line)))
    return [part for part in parts.values() if part.subtasks]


def _summed(subtask: Subtask, counts: Mapping[tuple[str, str], list[float]]) -> Iterator[tuple[str, str]]:
    """Numbers are added up, percentages averaged, under the labels of the form; steps of one label are one. The actual
    figures of targets are left to ``reports.targets``: of several periods only the last one counts."""
    by_label: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (step, key), values in counts.items():
        targets = targets_of(subtask, step)
        for count in subtask.form(step).counts if step != AD_HOC else ():
            if count.key == key and key not in targets:
                by_label[count.label_vi, count.kind] += values
    for (label, kind), values in by_label.items():
        if kind == "percent":
            yield f"{label.removesuffix(' (%)')} (bình quân)", f"{round(sum(values) / len(values))}%"
        else:
            yield label, amount_in_words(sum(map(exact, values)))


class _AcceptedReport(NamedTuple):
    """An accepted report with what it reports on."""

    priority: str
    subtask: str
    step: str
    office: str
    role: Role
    counts: dict[str, float]
    text: str
    difficulties: str
    proposals: str
    joint: str | None


def _accepted(connection: Connection, mine: ColumnElement[bool], now: datetime) -> Iterator[_AcceptedReport]:
    query = (
        select(
            *(getattr(Assignment, name) for name in _AcceptedReport._fields[:5]),
            *(getattr(Report, name) for name in _AcceptedReport._fields[5:-1]),
            joint_offices(table_of(Assignment).c.id),
        )
        .join(Assignment, col(Assignment.id) == col(Report.assignment_id))
        .where(not_withdrawn, mine, col(Report.state) == ReportState.ACCEPTED, col(Report.decided_at) <= now)
        .order_by(col(Assignment.subtask), col(Assignment.office), col(Report.id))
    )
    with connection.execute(query, execution_options={"yield_per": 1_000}) as rows:
        for row in rows:
            yield _AcceptedReport(*row)


def _compared(line: TargetLine) -> str:
    """«1.250 nhà; chỉ tiêu 2.305 nhà: chưa đạt»."""
    target = line.target
    if line.actual is None:
        return f"chưa có số liệu; {wanted_in_words(target)}"
    averaged = " (bình quân)" if target.is_percentage and line.reports > 1 else ""
    return f"{with_unit(line.actual, target.unit)}{averaged}; {compared_in_words(target, line.actual)}"


def _late(connection: Connection, mine: ColumnElement[bool], paper: Paper) -> tuple[list[LateRow], int]:
    rows = assignments_for_paper(connection, and_(not_withdrawn, mine, overdue(paper.now)), limit=_MOST_READ)
    listed = late_rows(paper_row(row, paper) for row in rows)[:MAX_LATE]
    all_ = tally(connection, now=paper.now, calendar=paper.calendar, only=mine)[()].open_overdue
    return listed, all_ - sum(row.count for row in listed)


def _recipients(plan: Plan, directive: Directive, now: datetime) -> list[str]:
    """Whom the coordinator's report goes to: as the directive says, else whoever its subtasks have reports sent to."""
    named = directive.report_to or tuple(
        office
        for priority in plan.priorities_of(directive.code)
        for subtask in priority.subtasks
        for step in subtask.steps
        for office in step.report_to
    )
    today = local_date(now)
    codes = dict.fromkeys(plan.current_office(code, today) for code in named)
    return [plan.office(code).name_vi for code in codes if code != plan.coordinator_on(directive, today).code]
