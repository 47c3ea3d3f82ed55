"""The changes there are: a new edition of a directive, of the calendar or of the register, each as one deed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from config.catalogue.subtasks import Subtask
from config.clock import end_of_day
from config.errors import Refused
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.plans.documents import directive_of, plan_of, replaced
from models.plans.editions import AppliedMeanwhile as AppliedMeanwhile
from models.plans.editions import Provenance, next_documents, take_in
from models.store.actor import ActorContext
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind, ItemKind, LeftBecause
from models.tables.lifecycle import OPEN
from models.work.deeds.apply import Change
from models.work.deeds.collapsing import Group, collapsed, group_of
from models.work.deeds.diff import Item, Row, begun, diff, left, moved
from models.work.directives import anchors
from models.work.planned import rows_of_step
from models.work.planning import PlannedAssignment, planned_of_step


def amendment(
    session: Session,
    plan: Plan,
    calendar: WorkingCalendar,
    *,
    provenance: Provenance,
    context: ActorContext,
    open_work: bool = True,
    with_letters: bool = True,
) -> Change:
    """The deed by which a plan takes the place of the one in force, for open assignments too.

    plan, calendar  as they are to be; what they do not differ in stays
    session         reads the editions in force
    open_work       whether what is open changes; otherwise each step begins anew with its next period or occasion
    """
    documents, numbers = next_documents(session, plan, calendar, provenance=provenance, now=context.now)
    to_be = plan_of(documents, numbers)
    after = replace(context, plan=to_be.plan, calendar=to_be.calendar, editions=to_be.numbers)
    changed = [
        directive_of(series) or series for series, number in numbers.items() if context.editions.get(series) != number
    ]
    if not changed:
        raise Refused("Không có gì khác với kế hoạch đang dùng.", "Nothing is different from the plan in force.")
    return Change(
        kind=DeedKind.AMENDMENT,
        subject=", ".join(changed),
        provenance=provenance,
        context=after,
        items=lambda reader: _amended(reader, context, after, provenance.effective_on, open_work=open_work),
        take_effect=lambda writer: put_in_force(writer, plan, calendar, provenance, context),
        with_letters=with_letters,
        made_from=context.editions,
        particulars=replacing(context, to_be.plan, to_be.calendar) | {"open_work": open_work},
    )


def replacing(before: ActorContext, plan: Plan, calendar: WorkingCalendar) -> dict[str, object]:
    """``Change.particulars`` of a change by which a plan takes the place of the one in force."""
    found = replaced((before.plan, before.calendar), (plan, calendar))
    return {"editions": {series: [before.editions.get(series, 0), *digests] for series, digests in found.items()}}


def put_in_force(
    session: Session, plan: Plan, calendar: WorkingCalendar, provenance: Provenance, context: ActorContext
) -> Mapping[str, int]:
    """What ``Change.take_effect`` does with a plan that is to be in force. That nothing else came into force since the
    change was prepared, ``apply`` has seen to."""
    return take_in(session, plan, calendar, provenance=provenance, actor=context.actor, now=context.now)


def recalculation(*, provenance: Provenance, context: ActorContext) -> Change:
    """The deed that moves every open assignment whose frozen date the calendar in force would set later."""
    return Change(
        kind=DeedKind.CALENDAR,
        subject="calendar",
        provenance=provenance,
        context=context,
        items=lambda reader: _recalculated(reader, context),
    )


def _amended(
    session: Session, before: ActorContext, after: ActorContext, effective_on: date | None, *, open_work: bool
) -> Iterator[Item]:
    """Step by step, so that only the assignments of one step are in memory."""
    dated = anchors(session)
    holds_from = effective_on if effective_on and effective_on > after.today else date.min
    was, wanted = _subtasks(before.plan), _subtasks(after.plan)
    for code in dict.fromkeys((*was, *wanted)):
        old, new = was.get(code), wanted.get(code)
        steps = dict.fromkeys(step.key for subtask in (old, new) if subtask for step in subtask.steps)
        for key in steps:
            if _step(old, key) is None or open_work:
                yield from _amended_step(session, before, after, dated, old, new, key, holds_from)


def _amended_step(
    session: Session,
    before: ActorContext,
    after: ActorContext,
    dated: Sequence[Anchor],
    old: Subtask | None,
    new: Subtask | None,
    key: str,
    holds_from: date,
) -> Iterator[Item]:
    then, now = _step(old, key), _step(new, key)
    if old is None or then is None:
        assert new is not None and now is not None
        asked = planned_of_step(after.for_subtask(new.code), dated, new, now)
        yield from begun(asked, rows_of_step(session, new.code, key), now=after.now)
        return
    asked_then = list(planned_of_step(before.for_subtask(old.code), dated, old, then, as_now=True))
    if new is None or now is None:
        rows = rows_of_step(session, old.code, key)
        yield from diff(asked_then, (), rows, now=after.now, holds_from=holds_from)
    elif now.rhythm == then.rhythm:  # on other occasions from now on; what was asked before stays as it was asked
        asked_now = list(planned_of_step(after.for_subtask(new.code), dated, new, now, as_now=True))
        has_same_teams = list(then.teams()) == list(now.teams())
        if has_same_teams and asked_now == asked_then:
            return  # most steps: what they have in the store, often most of it, need not be read
        rows = rows_of_step(session, old.code, key)
        items = diff(asked_then, asked_now, rows, now=after.now, holds_from=holds_from)
        yield from items if has_same_teams else _held_once(items, rows)
    else:  # by another rhythm, from the next period on
        rows = rows_of_step(session, old.code, key)
        yield from (left(row, LeftBecause.RHYTHM) for row in rows if row.state in OPEN)


def _step(subtask: Subtask | None, key: str) -> Step | None:
    return next((step for step in subtask.steps if step.key == key), None) if subtask else None


def _held_once(items: Iterable[Item], rows: Iterable[Row]) -> Iterator[Item]:
    """The items, and the withdrawal of parts that an office was given before it is to lead."""
    found = list(items)
    yield from (item for item in found if item.row is None)
    going = {item.row.id for item in found if item.row and item.kind is ItemKind.WITHDRAWN}
    groups: dict[Group, list[Row]] = defaultdict(list)
    for row in rows:
        if row.id not in going:
            groups[group_of(row)].append(row)
    heirs = {item.office for item in found if item.kind is ItemKind.REASSIGNED}
    yield from collapsed((item for item in found if item.row is not None), groups, of=heirs)


def _recalculated(session: Session, context: ActorContext) -> Iterator[Item]:
    """Step by step of what is open, also of steps that the plan has no more and of work outside it."""
    dated = anchors(session)
    asked = {(subtask.code, step.key): (subtask, step) for subtask, step in context.plan.steps()}
    query = select(col(Assignment.subtask), col(Assignment.step)).where(col(Assignment.state).in_(OPEN)).distinct()
    for code, key in session.exec(query.order_by(col(Assignment.subtask), col(Assignment.step))).all():
        of_priority = context.for_subtask(code)
        known = asked.get((code, key))
        planned = planned_of_step(of_priority, dated, *known, as_now=True) if known else ()
        rows = rows_of_step(session, code, key)
        yield from recalculated(planned, rows, calendar=of_priority.calendar, now=context.now)


def recalculated(
    planned: Iterable[PlannedAssignment], rows: Iterable[Row], *, calendar: WorkingCalendar, now: datetime
) -> Iterator[Item]:
    """The open assignments of one step whose frozen date is earlier than what the calendar gives now.

    A date is never moved to an earlier one: the office has relied on it. One that was decided apart from the plan (ad
    hoc work, more time, the coordinator's own) is moved only where it has become a day off (BLDS 2015, 148).
    """
    wanted = {each.identity: each for each in planned}
    for row in rows:
        # What has no date yet gets one by a decision, not by a calendar.
        if row.state not in OPEN or row.due_date == NO_DATE:
            continue
        each = wanted.get(row.identity)
        if each is not None and each.due.timing is not Timing.DATED:
            each = None
        is_brought_forward = row.due_date < row.original_due_date
        if each is not None and row.original_due_date < each.due.due_date and not is_brought_forward:
            if row.due_at < each.due.due_at:  # else it has been given at least as much time already
                yield moved(row, each.due.due_date, each.due.due_at, now=now, planned=each)
        elif (each is None or each.due.due_date != row.due_date) and row.due_at == end_of_day(row.due_date):
            rolled = calendar.next_working_day(row.due_date)
            if rolled != row.due_date:
                yield moved(row, rolled, end_of_day(rolled), now=now)


def _subtasks(plan: Plan) -> Mapping[str, Subtask]:
    return {subtask.code: subtask for subtask in plan.subtasks()}
