"""A collective entry («Các xã, phường») whose members are in the register: what it has not begun goes to them."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session

from config.rules.deadlines import Due, NotDated
from config.rules.kinds import Timing
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.work.deeds.diff import Identity, Item, Row, made, withdrawn
from models.work.planning import PlannedAssignment

NOT_BEGUN = frozenset({State.ASSIGNED, State.ACKNOWLEDGED})


def members_by_collective(context: ActorContext) -> Mapping[str, Sequence[str]]:
    """The members of each collective entry that exist today; only of entries that have some."""
    found: dict[str, list[str]] = {}
    for office in context.plan.offices:
        if office.member_of is not None and office.exists_on(context.today):
            found.setdefault(office.member_of, []).append(office.code)
    return found


def gave_way(
    session: Session, row: Row, members: Sequence[str], known: Mapping[Identity, Row], context: ActorContext
) -> Iterator[Item]:
    """A copy for each member, with the same date, in place of the collective's own.

    A date that is over was asked of nobody but the collective: no member is late by it, and the coordinator sets one.

    known  all assignments of the step, so that no member gets twice what it has
    """
    assignment = session.get_one(Assignment, row.id)
    subtask = context.plan.subtask(row.subtask)
    due = _due(row, assignment, context)
    for member in members:
        planned = PlannedAssignment(
            priority=row.priority,
            subtask=row.subtask,
            step=row.step,
            variant=row.variant,
            period=row.period,
            role=row.role,
            lead_office=member if row.role is Role.LEAD else row.lead_office,
            assigned_office=member,
            office=member,
            monitor_office=context.plan.current_office(row.monitor_office, context.today),
            anchor_id=assignment.anchor_id,
            urgency=row.urgency,
            basis=assignment.basis,
            due=due,
            ladder=context.plan.ladder(subtask.ladder),
        )
        if planned.identity not in known:
            yield made(planned, now=context.now)
    yield withdrawn(row)


def _due(row: Row, assignment: Assignment, context: ActorContext) -> Due:
    if row.timing is Timing.DATED and row.due_at <= context.now:
        day = f"{row.due_date:%d/%m/%Y}"
        return NotDated(
            Timing.UNDATED,
            assignment.rule,
            f"hạn {day} đã qua khi giao cho từng cơ quan; cơ quan đôn đốc định ngày",
            f"due {day}, which had passed when it was given to each office; the coordinator sets a date",
        ).as_stored(assignment.calendar_version)
    return Due(
        due_date=row.due_date,
        due_at=row.due_at,
        explanation_vi=row.explanation_vi,
        explanation_en=row.explanation_en,
        rule=assignment.rule,
        calendar_version=assignment.calendar_version,
        provisional=False,
        named_on=row.due_date,
        timing=row.timing,
    )
