"""The assignments of one lead and of all who coordinate with it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from config.rules.kinds import Timing
from models.tables.assignment import Assignment
from models.tables.lifecycle import NOT_STANDING, Role, State
from models.tables.report import Report


@dataclass(frozen=True)
class GroupMember:
    """What is told of an assignment beside the others of its group: there may be hundreds."""

    id: int
    office: str
    role: Role
    state: State
    due_at: datetime
    due_date: date
    timing: Timing
    rule: str
    monitor_office: str
    reported_at: datetime | None


Input = tuple[GroupMember, Report | None]


def group_of(session: Session, assignment: Assignment) -> Sequence[GroupMember]:
    """The assignments of one lead and those who coordinate with it, the lead's first."""
    named = ("subtask", "step", "variant", "period", "lead_office")
    return [GroupMember(*row) for row in session.execute(_GROUP, {name: getattr(assignment, name) for name in named})]


def inputs_to(session: Session, assignment: Assignment, group: Sequence[GroupMember]) -> list[Input]:
    """What coordinating offices hand in to the lead of this assignment, each with the report of theirs that counts:
    accepted, or waiting for a decision."""
    asked = [each for each in group if each.role is Role.COORDINATING and each.id != assignment.id]
    if assignment.role is not Role.LEAD or not asked:
        return []
    reports = session.exec(_REPORTS, params={"group": [each.id for each in asked]})
    counting = {report.assignment_id: report for report in reports}
    return [(each, counting.get(each.id)) for each in asked]


# Made once: composing them costs more than running them.
_GROUP = (
    sa.select(*(col(getattr(Assignment, each.name)) for each in fields(GroupMember)))
    .where(
        *(
            col(getattr(Assignment, name)) == bindparam(name)
            for name in ("subtask", "step", "variant", "period", "lead_office")
        )
    )
    .order_by(col(Assignment.role).desc(), col(Assignment.office))
)
_REPORTS = select(Report).where(
    col(Report.assignment_id).in_(bindparam("group", expanding=True)), col(Report.state).not_in(NOT_STANDING)
)
