"""A collective entry («Các xã, phường») whose members are in the register: what it has not begun goes to them, with
what others owe it."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session

from config.rules.deadlines import Due, NotDated
from config.rules.kinds import Timing
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, Role, State
from models.work.deeds.diff import Identity, Item, Row, made, withdrawn
from models.work.parties import NOBODY_ELSE, Parties, parties_of
from models.work.planning import PlannedAssignment

OWED = OPEN - {State.REPORTED}
"""What of others goes along with it."""


def members_by_collective(context: ActorContext) -> Mapping[str, Sequence[str]]:
    """The members of each collective entry that exist today; only of entries that have some."""
    found: dict[str, list[str]] = {}
    for office in context.plan.offices:
        if office.member_of is not None and office.exists_on(context.today):
            found.setdefault(office.member_of, []).append(office.code)
    return found


def gave_way(
    session: Session,
    going: Sequence[tuple[Row, str]],
    members: Mapping[str, Sequence[str]],
    known: set[Identity],
    context: ActorContext,
) -> Iterator[Item]:
    """A copy for each member, with the same date and parties, in place of the collective's own.

    A date that is over was asked of nobody but the collective: no member is late by it, and the coordinator sets one.

    going    its assignment, and what is owed to it, which is owed to each copy instead; each with its office of today
    members  by collective entry
    known    all assignments of the step, so that no member gets twice what it has; grows
    """
    (row, collective), *parts = going
    there = parties_of(session, [row.id]).get(row.id, NOBODY_ELSE)
    for member in members[collective]:
        lead = member if row.role is Role.LEAD else row.lead_office
        beside = Parties.beside(member, there.joint, there.named)
        copies = [_copy(session, row, lead, member, context, beside)]
        for part, office in parts:
            helpers = [each for each in members.get(office, (office,)) if each not in (member, *beside.joint)]
            copies += [_copy(session, part, lead, each, context) for each in helpers]
        for copy in copies:
            if copy.identity not in known:
                known.add(copy.identity)
                yield made(copy, now=context.now)
    yield from (withdrawn(each) for each, _ in going)


def _copy(
    session: Session, row: Row, lead: str, office: str, context: ActorContext, parties: Parties = NOBODY_ELSE
) -> PlannedAssignment:
    assignment = session.get_one(Assignment, row.id)
    return PlannedAssignment(
        priority=row.priority,
        subtask=row.subtask,
        step=row.step,
        variant=row.variant,
        period=row.period,
        role=row.role,
        lead_office=lead,
        assigned_office=office,
        office=office,
        monitor_office=context.plan.current_office(row.monitor_office, context.today),
        anchor_id=assignment.anchor_id,
        urgency=row.urgency,
        basis=assignment.basis,
        due=_due(row, assignment, context),
        ladder=context.plan.ladder(context.plan.subtask(row.subtask).ladder),
        joint_offices=parties.joint,
        named_offices=parties.named,
    )


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
