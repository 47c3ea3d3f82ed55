"""What the report of a period holds: figures, results in numbers and words, difficulties, proposals, what is late.

Taken from the reports that were accepted by then; everything is counted as on the board (``reports.figures``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select, tuple_
from sqlmodel import col

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC, Priority, Subtask
from config.clock import end_of_day, start_of_day
from config.rules.grammar import parse_rule
from config.rules.kinds import EndOf, Span, TargetYear
from config.rules.periods import MONTHS, Period, parse_period, period_of
from config.rules.working_time import WorkingCalendar
from config.text.amounts import amount_in_words, exact
from models.alerts.status import in_directive, is_dated, is_open, not_withdrawn, overdue
from models.keeping.opening import Store
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, Role
from models.tables.report import Report
from models.work.planning import ANCHORED
from models.work.report_form import targets_of
from models.work.rows import joint_offices, split_offices
from reports.board.board import is_sample
from reports.figures import Span as Days
from reports.figures import Tally, due_within, tally, tally_by_office
from reports.papers.office_letters import PaperRow, assigning_document_in_words, assignments_for_paper, paper_row
from reports.subtask_count import SubtaskCount, count_subtasks
from reports.targets import TargetLine, compared_in_words, target_lines, wanted_in_words, with_unit
from reports.wording import office_names

MAX_QUOTES = 20
"""Texts quoted for each subtask; the rest is counted, and the tracking table in Excel has it."""

MAX_LATE = 200
"""Overdue assignments listed; the rest is counted, and the tracking table in Excel has it."""


@dataclass(frozen=True)
class Quote:
    """A text of an office, from a report that was accepted."""

    office: str
    text: str


@dataclass
class Quotes:
    """The first texts of a kind, and how many more there are."""

    texts: list[Quote] = field(default_factory=list)
    more: int = 0

    def add(self, office: str, text: str) -> None:
        if not text or Quote(office, text) in self.texts:
            return
        if len(self.texts) < MAX_QUOTES:
            self.texts.append(Quote(office, text))
        else:
            self.more += 1


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
    """All of it, for one directive. ``before`` are the figures of the period before, None if nothing fell into it."""

    directive: str
    period: Period
    now: datetime
    figures: Tally
    subtasks: SubtaskCount
    before: Tally | None
    priorities: Sequence[PriorityPart]
    offices: Sequence[tuple[str, Tally]]
    late: Sequence[PaperRow]
    late_more: int
    assigned_by: str
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
    period = parse_period(period.key, bases)
    calendar = store.calendar.of(plan.priorities_of(followed.code)[0].code)
    its = in_directive(plan, followed)
    mine = and_(or_(_of_period(connection, period), _without_a_date(period)), its)
    figures: dict[str, Mapping[tuple[Any, ...], Tally]] = {
        name: tally(connection, *columns, now=now, calendar=calendar, only=mine)
        for name, columns in {
            "all": (),
            "priority": (col(Assignment.priority),),
            "subtask": (col(Assignment.subtask),),
        }.items()
    }
    by_office = tally_by_office(connection, now=now, calendar=calendar, only=mine)
    earlier = period_of(period.cadence, period.opens - timedelta(days=1), bases)
    before = tally(connection, now=now, calendar=calendar, only=and_(_of_period(connection, earlier), its))[()]
    late, late_more = _late(connection, mine, plan, calendar, now)
    return PeriodReport(
        directive=followed.code,
        period=period,
        now=now,
        figures=figures["all"][()],
        subtasks=count_subtasks(connection, now=now, assignments=figures["all"][()].total, only=mine),
        before=before if before.total else None,
        priorities=_priorities(connection, mine, plan, plan.priorities_of(followed.code), now, figures),
        offices=[(office.name_vi, by_office[office.code,]) for office in plan.offices if (office.code,) in by_office],
        late=late,
        late_more=late_more,
        assigned_by=assigning_document_in_words(connection, followed.code),
        is_sample=is_sample(connection, followed.code),
    )


def _of_period(connection: Connection, period: Period) -> ColumnElement[bool]:
    keys = connection.scalars(select(col(Assignment.period)).distinct()).all()
    reporting = [key for key in keys if not key.startswith(ANCHORED)]
    # Which period lies in which is the same by either convention, and steps of one directive may follow both.
    whole, read = parse_period(period.key, "calendar"), (parse_period(key, "calendar") for key in reporting)
    within = [each.key for each in read if whole.opens <= each.opens and each.closes <= whole.closes]
    anchored = or_(*(col(Assignment.period).startswith(mark) for mark in ANCHORED))
    named, elsewhere = _named(connection, period)
    by_day = and_(due_within(Days(period.opens, period.closes)), ~_RULE_AND_DAY.in_(elsewhere))
    return or_(col(Assignment.period).in_(within), and_(anchored, or_(by_day, _RULE_AND_DAY.in_(named))))


_NAMING = (*(cadence.upper() for cadence in MONTHS), "TARGET", "SPAN")
_RULE_AND_DAY = tuple_(col(Assignment.rule), col(Assignment.due_date))


def _named(connection: Connection, period: Period) -> tuple[list[tuple[str, date]], list[tuple[str, date]]]:
    """Rules and due dates of work whose words name a calendar period: those that stand in this report, and the others.

    «Quý II/2025» falls due on 30/06/2025 and stands in the report of Quý II, although its data close on the 14th.
    """
    written = or_(*(col(Assignment.rule).startswith(form) for form in _NAMING))
    as_named = and_(written, col(Assignment.due_date) == col(Assignment.original_due_date), is_dated)
    found: tuple[list[tuple[str, date]], list[tuple[str, date]]] = ([], [])
    query = select(col(Assignment.rule), col(Assignment.due_date)).where(as_named).distinct()
    for written_rule, due_date in connection.execute(query).tuples():
        rule = parse_rule(written_rule)
        if isinstance(rule, EndOf | TargetYear | Span):
            # The last one to have ended by the due date, which may have been moved off a day off.
            cadence = rule.cadence if isinstance(rule, EndOf) else "year"
            opens = period_of(cadence, due_date + timedelta(days=1), "calendar").opens
            key = period_of(period.cadence, opens - timedelta(days=1), "calendar").key
            found[key != period.key].append((written_rule, due_date))
    return found


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


def _without_a_date(period: Period) -> ColumnElement[bool]:
    """Standing and undated work: assigned by the end of the period, and not done before it began."""
    begun = col(Assignment.assigned_at) <= end_of_day(period.closes)
    going_on = or_(is_open, col(Assignment.completed_at) >= start_of_day(period.opens))
    anchored = or_(*(col(Assignment.period).startswith(mark) for mark in ANCHORED))
    return and_(anchored, ~is_dated, begun, going_on)


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


def _late(
    connection: Connection, mine: ColumnElement[bool], plan: Plan, calendar: WorkingCalendar, now: datetime
) -> tuple[list[PaperRow], int]:
    rows = assignments_for_paper(connection, and_(not_withdrawn, mine, overdue(now)), limit=MAX_LATE)
    all_ = tally(connection, now=now, calendar=calendar, only=mine)[()].open_overdue
    return [paper_row(row, plan, calendar, now) for row in rows], all_ - len(rows)
