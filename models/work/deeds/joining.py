"""Offices that begin to coordinate in groups that are there, as planned ones do, and that end with their lead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import Session

from config.catalogue.subtasks import AD_HOC
from config.errors import Refused, refuse_all
from config.rules.deadlines import Due, NotDated, due
from config.rules.grammar import parse_rule
from config.rules.kinds import Timing
from config.rules.periods import parse_period
from models.store.actor import ActorContext, PriorityContext
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, STATE_WORDS, Role, State
from models.work.deeds.collapsing import Group, group_of
from models.work.deeds.diff import Item, Row, made, restored, withdrawn
from models.work.parties import NOBODY_ELSE, parties_of
from models.work.planned import rows_of_step
from models.work.planning import ANCHORED, PlannedAssignment
from models.work.terms import term_of

_INPUT_BEFORE = 2
"""Working days by which a contribution to ad hoc work is due before the lead's report, where there is time."""


def joined(
    session: Session,
    rows: Sequence[Row],
    offices: Sequence[str],
    groups: Mapping[Group, Sequence[Row]],
    context: ActorContext,
) -> Iterator[Item]:
    """A part for each office in the group of each assignment; raises ``Refused`` with all that cannot be.

    An office that coordinates there already keeps its part; one that was let go gets its part back.
    """
    faults, found = list[Refused](), list[Item]()
    named = {group_of(row): row.id for row in rows}
    for key, number in named.items():
        lead = next((row for row in groups[key] if row.role is Role.LEAD), None)
        if lead is None or lead.state not in OPEN:
            how = STATE_WORDS[lead.state][0] if lead else "không còn"
            faults.append(
                Refused(
                    f"Việc số {number}: phần chủ trì {how}; không thêm cơ quan phối hợp được.",
                    f"Assignment {number}: the lead's part is no longer open, so no coordinating office can be added.",
                )
            )
            continue
        for office in offices:
            try:
                found += _part(session, lead, office, groups[key], context)
            except Refused as refused:
                faults.append(refused)
    refuse_all(faults)
    if not found:
        raise Refused("Các cơ quan này đã phối hợp rồi.", "These offices are already coordinating.")
    yield from found


def with_parts(items: Iterable[Item], session: Session) -> Iterator[Item]:
    """The items, and the withdrawal of what is owed to a lead that they withdraw: nobody asks for it any more.

    What was handed in to it and waits for a decision is left.
    """
    known, going = set[int](), dict[tuple[str, str], set[Group]]()
    for item in items:
        if item.row is not None:
            known.add(item.row.id)
            if item.kind is ItemKind.WITHDRAWN and item.row.role is Role.LEAD:
                going.setdefault((item.row.subtask, item.row.step), set()).add(group_of(item.row))
        yield item
    for step, groups in going.items():
        for row in rows_of_step(session, *step):
            if row.state in OPEN and row.role is not Role.LEAD and row.id not in known and group_of(row) in groups:
                yield withdrawn(row)


def _part(session: Session, lead: Row, office: str, parts: Sequence[Row], context: ActorContext) -> list[Item]:
    """The item by which an office joins; none where it coordinates already."""
    if office in (lead.office, *parties_of(session, [lead.id]).get(lead.id, NOBODY_ELSE).joint):
        raise Refused(
            f"Việc số {lead.id}: {office} đang chủ trì việc này.",
            f"Assignment {lead.id}: {office} is already the lead.",
        )
    if any(row.office == office and row.state is not State.WITHDRAWN for row in parts):
        return []
    of_priority = context.for_priority(lead.priority)
    assignment = session.get_one(Assignment, lead.id)
    planned = PlannedAssignment(
        priority=lead.priority,
        subtask=lead.subtask,
        step=lead.step,
        variant=lead.variant,
        period=lead.period,
        role=Role.COORDINATING,
        lead_office=lead.lead_office,
        assigned_office=office,
        office=office,
        monitor_office=lead.monitor_office,
        anchor_id=assignment.anchor_id,
        urgency=lead.urgency,
        basis=assignment.basis,
        due=_term(session, assignment, of_priority),
        ladder=context.plan.ladder(context.plan.subtask(lead.subtask).ladder),
    )
    there = next((row for row in parts if row.identity == planned.identity), None)
    if there is None:
        return [made(planned, now=context.now)]
    if there.state is State.WITHDRAWN:
        return [restored(there, planned, now=context.now)]
    raise Refused(
        f"Việc số {there.id}: phần phối hợp của {office} đã giao cho {there.office}; chuyển lại việc ấy.",
        f"Assignment {there.id}: the coordinating part of {office} was reassigned to {there.office}; reassign that "
        "one back instead.",
    )


def _term(session: Session, lead: Assignment, context: PriorityContext) -> Due:
    """When a part is due: by the step's own rule for coordinating offices, as long as that day has not passed and is
    not after the lead's, else with the lead."""
    own = _own_term(session, lead, context)
    if own is not None and context.today < own.due_date <= lead.due_date:
        return own
    if lead.timing is not Timing.DATED:
        none = NotDated(lead.timing, lead.rule, lead.explanation_vi, lead.explanation_en)
        return own or none.as_stored(context.calendar.version)
    return _on(lead.due_date, context)


def _own_term(session: Session, lead: Assignment, context: PriorityContext) -> Due | None:
    if lead.step == AD_HOC:
        return _on(context.calendar.add(lead.due_date, -_INPUT_BEFORE), context)
    rules = context.plan.step(lead.subtask, lead.step).due
    rule = rules.helpers_rule
    if rule is None:
        return None
    anchor = session.get(Anchor, lead.anchor_id) if lead.anchor_id else None
    if not lead.period.startswith(ANCHORED):
        period = parse_period(lead.period, context.directive.conventions.bases_of(parse_rule(rules.lead)))
        try:
            return term_of(rule, context, on=None, anchor=None, period=period)
        except Refused:  # the step comes round by another rhythm now
            return None
    return term_of(rule, context, on=anchor.on_date if anchor else None, anchor=anchor)


def _on(day: date, context: PriorityContext) -> Due:
    return due(f"BY:{day:%d/%m/%Y}", calendar=context.calendar)
