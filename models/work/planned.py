"""What a plan asks of one office, what is there of it, and under which identity it goes on when the plan is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import false, func, or_, tuple_
from sqlmodel import Session, col, select

from config.rules.deadlines import Due
from config.rules.kinds import Timing
from config.rules.ladder import Ladder
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, Role, State, Urgency
from models.tables.report import Report

Identity = tuple[str, str, str, str, str, str, Role]


@dataclass(frozen=True)
class PlannedAssignment:
    """An assignment of one priority that should exist. ``assigned_office`` and ``lead_office`` are its identity for
    good; ``office`` answers for it on the day of planning (a successor where the office has ended).

    joint_offices  lead the same report with ``office`` on that day, without it; the first in the plan is the identity
    named_offices  are told of it on that day and owe nothing
    words          the directive's own words for the date, where the plan has them
    """

    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    role: Role
    lead_office: str
    assigned_office: str
    office: str
    monitor_office: str
    anchor_id: int | None
    urgency: Urgency
    basis: str
    due: Due
    ladder: Ladder
    joint_offices: tuple[str, ...] = ()
    named_offices: tuple[str, ...] = ()
    words: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str, str, str, Role]:
        return (
            self.subtask,
            self.step,
            self.variant,
            self.period,
            self.lead_office,
            self.assigned_office,
            self.role,
        )


@dataclass(frozen=True)
class Row:
    """An assignment in the store, as far as a change may concern it.

    has_report  whether a report of it waits, was returned or taken back, whatever became of it since
    """

    id: int
    subtask: str
    step: str
    variant: str
    period: str
    lead_office: str
    assigned_office: str
    role: Role
    priority: str
    office: str
    monitor_office: str
    state: State
    urgency: Urgency
    due_date: date
    due_at: datetime
    original_due_date: date
    acknowledged_at: datetime | None
    reported_at: datetime | None
    withdrawn_by: int | None
    timetable_id: int
    assigned_at: datetime
    resumed_at: datetime | None
    explanation_vi: str
    explanation_en: str
    timing: Timing
    rule: str
    has_report: bool

    @property
    def identity(self) -> Identity:
        return self.subtask, self.step, self.variant, self.period, self.lead_office, self.assigned_office, self.role

    @property
    def has_begun(self) -> bool:
        """Whether its office has more to show for it than that it was told."""
        return self.state not in _BEFORE_WORK or self.has_report


_BEFORE_WORK = frozenset({State.ASSIGNED, State.ACKNOWLEDGED})

_its_reports = select(Report.state).where(col(Report.assignment_id) == col(Assignment.id))
_its_last = _its_reports.order_by(col(Report.version).desc()).limit(1).correlate(Assignment).scalar_subquery()
# A round of work that goes on ends with the report that is accepted.
_HAS_REPORT = func.coalesce(_its_last != ReportState.ACCEPTED, false())

HAS_BEGUN = or_(col(Assignment.state).not_in(_BEFORE_WORK), _HAS_REPORT)
"""``Row.has_begun`` as a condition."""

ROW = [
    *(col(getattr(Assignment, name)) for name in Row.__dataclass_fields__ if name != "has_report"),
    _HAS_REPORT,
]


def rows_of_step(session: Session, subtask: str, step: str) -> list[Row]:
    """Every assignment of a step, whatever its state."""
    query = select(*ROW).where(Assignment.subtask == subtask, Assignment.step == step)
    return [Row(*values) for values in session.exec(query.order_by(col(Assignment.id)))]


Occasion = tuple[str, str, str, str]
"""Subtask, step, variant and period: what is asked on one occasion, of one lead and those beside it or of several."""


def rows_of_occasions(session: Session, occasions: Sequence[Occasion]) -> dict[Occasion, list[Row]]:
    """Every assignment of these occasions, whatever its state."""
    its = tuple_(col(Assignment.subtask), col(Assignment.step), col(Assignment.variant), col(Assignment.period))
    found: dict[Occasion, list[Row]] = {occasion: [] for occasion in occasions}
    for values in session.exec(select(*ROW).where(its.in_(occasions)).order_by(col(Assignment.id))):
        row = Row(*values)
        found[row.subtask, row.step, row.variant, row.period].append(row)
    return found


def continued(stages: Sequence[Sequence[PlannedAssignment]]) -> list[PlannedAssignment]:
    """What the last of several states of a step asks on one occasion, under the identities that the first gave.

    One lead that takes the place of one other has the identity of that one, through every state. Who owes its input to
    every lead has its own.
    """
    keys = {lead: lead[1] for lead in _leads(stages[0])}
    for stage in stages[1:]:
        leads = _leads(stage)
        known = {lead: key for lead, key in keys.items() if lead in leads}
        for variant in dict.fromkeys(variant for variant, _ in leads):
            gone = [lead for lead in keys if lead[0] == variant and lead not in leads]
            come = [lead for lead in leads if lead[0] == variant and lead not in keys]
            if len(gone) == len(come) == 1:
                known[come[0]] = keys[gone[0]]
            known |= {lead: _free_key(lead, known) for lead in come if lead not in known}
        keys = known
    found = []
    for each in stages[-1]:
        key = keys.get((each.variant, each.lead_office), each.lead_office)
        assigned = key if each.role is Role.LEAD else each.assigned_office
        found.append(replace(each, lead_office=key, assigned_office=assigned))
    return found


def _leads(stage: Sequence[PlannedAssignment]) -> dict[tuple[str, str], None]:
    return dict.fromkeys((each.variant, each.lead_office) for each in stage if each.role is Role.LEAD)


def _free_key(lead: tuple[str, str], keys: Mapping[tuple[str, str], str]) -> str:
    """The code of a lead, or where another goes under it that one's own."""
    variant, code = lead
    having = {key: office for (other, office), key in keys.items() if other == variant}
    while code in having:
        code = having[code]
    return code
