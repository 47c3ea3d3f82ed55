"""Work that follows another subtask, or several, gets its date on the day after the last is done, as one deed.

Done is what every lead on the same occasion has been accepted for; where the other subtask has no such occasion, on its
only one. The day counted from is that of the last product: the document's date where the report has one, else the day
of acceptance. What follows withdrawn work, or work of which no occasion is its own, or has no term of its own, waits
for the coordinator to set a date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine, bindparam
from sqlmodel import Session, col, select

from config.catalogue.checks.waiting_check import is_never_given, never_completed, round_of
from config.clock import local_date
from config.errors import Refused
from config.rules.deadlines import Due
from config.rules.due import NotDated
from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, Rule, Timing
from models.plans.editions import Provenance
from models.store.actor import ActorContext, PriorityContext
from models.store.database import reading_session
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind
from models.tables.lifecycle import OPEN, ReportState, Role, State
from models.tables.report import Report
from models.work.deeds.apply import AppliedMeanwhile, Change, apply
from models.work.deeds.diff import Item, Row, changed_to
from models.work.planned import ROW
from models.work.planning import PlannedAssignment
from models.work.terms import term_of

_DONE = Provenance(reason="Việc phải xong trước đã có kết quả, hoặc đã thu hồi.")


def date_what_follows(engine: Engine, priority: str, context: ActorContext) -> int:
    """Set the dates of a priority's assignments that waited for work now done; returns how many."""
    change = Change(
        kind=DeedKind.DIRECT,
        subject="",
        provenance=_DONE,
        context=context,
        items=lambda reader: _items(reader, priority, context),
    )
    with reading_session(engine) as reader:
        if not any(True for _ in _items(reader, priority, context)):
            return 0
    try:
        return sum(apply(engine, change).prepared.counts.values())
    except AppliedMeanwhile:  # the next run goes by the plan that is in force by now
        return 0


def _items(session: Session, priority: str, context: ActorContext) -> Iterator[Item]:
    for values in session.exec(_WAITING, params={"priority": priority}).all():
        row = Row(*values)
        rule = parse_rule(row.rule)
        if isinstance(rule, AfterSubtask):
            of_priority = context.for_priority(row.priority)
            if (term := _term(session, row, rule, of_priority)) is not None:
                planned = _planned(session, row, term, of_priority)
                kept = row.office, row.monitor_office
                moved = changed_to(row, planned, *kept, term.due_date, term.due_at, context.now, timing=term.timing)
                yield from [moved] if moved else []


_WAITING = (
    select(*ROW)
    .where(
        Assignment.timing == Timing.AFTER,
        Assignment.priority == bindparam("priority"),
        col(Assignment.state).in_(OPEN),
    )
    .order_by(col(Assignment.id))
)
"""Made once: every run asks."""


def _term(session: Session, row: Row, rule: AfterSubtask, context: PriorityContext) -> Due | None:
    """Its due day, or why there is none; None while the other subtask is not done."""
    awaited = {each: _leads(session, row, *each) for each in rule.awaited}
    for each, found in awaited.items():
        if why := _why_never(session, row, each, found, context):
            return _for_the_desk(row, context, *why)
    if not all(awaited.values()):
        return None
    leads = [lead for found in awaited.values() for lead in found or ()]
    live = [each for each in leads if each.state is not State.WITHDRAWN]
    if not live:
        return _for_the_desk(row, context, "việc ấy đã thu hồi", "that one was withdrawn")
    if any(each.state is not State.ACCEPTED for each in live):
        return None
    done_on = max(_done_on(session, each) for each in live)
    term = term_of(row.rule, context, on=done_on, anchor=None)
    if term is None or (term.timing is Timing.DATED and term.due_at <= context.now):
        past = f"{done_on:%d/%m/%Y}"
        return _for_the_desk(
            row,
            context,
            f"việc ấy xong ngày {past}, tính ra ngày đã qua",
            f"that work was completed on {past}; the resulting date has already passed",
        )
    return term


def _leads(session: Session, row: Row | Assignment, subtask: str, step: str) -> Sequence[Assignment] | None:
    """The leads of a subtask that it waits for: those of its own occasion, else those of the only one; None where there
    are several and none is its own."""
    query = select(Assignment).where(Assignment.subtask == subtask, Assignment.role == Role.LEAD)
    if step:
        query = query.where(Assignment.step == step)
    leads = session.exec(query).all()
    if same := [each for each in leads if each.period == row.period]:
        return same
    return leads if len({each.period for each in leads}) < 2 else None


def _why_never(
    session: Session,
    row: Row,
    awaited: tuple[str, str],
    found: Sequence[Assignment] | None,
    context: PriorityContext,
) -> tuple[str, str] | None:
    """Why what it waits for is never done: it goes on without an end or waits for it in turn, or has no occasion that
    is its own, by the plan in force; None where it may be done yet."""
    if found:
        return _why_never_done(session, row, found)
    plan, (code, key) = context.plan, awaited
    steps = [step for each in plan.subtasks() if each.code == code for step in each.steps if key in ("", step.key)]
    if not steps:
        return "việc ấy không giao cho cơ quan nào", "no office is given that work"
    if all(is_never_given(step, context.calendar) for step in steps):
        return "việc ấy đến hạn ngoài thời gian có hiệu lực", "that work falls due when it is not in force"
    if found is not None:
        return None
    anchor = session.get_one(Anchor, session.get_one(Assignment, row.id).anchor_id)
    own = round_of(anchor.kind.value, subtask=row.subtask, directive=anchor.directive)
    directive = plan.directive_of(plan.priority_of(code)).code
    if own in {round_of(step.trigger, subtask=code, directive=directive) for step in steps}:
        return None
    several_en = "that work comes round several times, and which time is meant is not clear"
    return "việc ấy làm nhiều lần, không rõ chờ lần nào", several_en


def _why_never_done(session: Session, row: Row, leads: Sequence[Assignment]) -> tuple[str, str] | None:
    ways, seen = [*leads], set[tuple[str, str]]()
    for place, lead in enumerate(ways):
        rule = _rule_of(lead) if lead.state in OPEN else None
        if rule is None:
            continue
        if lead.id == row.id:
            return "việc ấy lại chờ chính việc này", "that work waits for this one in turn"
        if place < len(leads) and (never := never_completed(rule)):
            return f"việc ấy {never[0]}", f"that work {never[1]}"
        if isinstance(rule, AfterSubtask) and (lead.rule, lead.period) not in seen:
            seen.add((lead.rule, lead.period))
            ways.extend(each for awaited in rule.awaited for each in _leads(session, lead, *awaited) or ())
    return None


def _rule_of(lead: Assignment) -> Rule | None:
    """The rule that its date follows; None where a date was set beside it, or it is one of an earlier version."""
    try:
        rule = parse_rule(lead.rule)
    except Refused:
        return None
    return rule if rule.timing is lead.timing else None


def _done_on(session: Session, lead: Assignment) -> date:
    accepted = select(Report).where(Report.assignment_id == lead.id, Report.state == ReportState.ACCEPTED)
    report = session.exec(accepted.order_by(col(Report.version).desc())).first()
    assert lead.completed_at is not None
    return report.document_date if report and report.document_date else local_date(lead.completed_at)


def _for_the_desk(row: Row, context: PriorityContext, why_vi: str, why_en: str) -> Due:
    vi, en = f"{row.explanation_vi}; {why_vi}", f"{row.explanation_en}; {why_en}"
    return NotDated(
        Timing.UNDATED, row.rule, f"{vi}; cơ quan đôn đốc định ngày", f"{en}; the coordinator sets a date"
    ).as_stored(context.calendar.version)


def _planned(session: Session, row: Row, term: Due, context: PriorityContext) -> PlannedAssignment:
    """The assignment as it would be planned with this date."""
    there = session.get_one(Assignment, row.id)
    return PlannedAssignment(
        priority=row.priority,
        subtask=row.subtask,
        step=row.step,
        variant=row.variant,
        period=row.period,
        role=row.role,
        lead_office=row.lead_office,
        assigned_office=row.assigned_office,
        office=row.office,
        monitor_office=row.monitor_office,
        anchor_id=there.anchor_id,
        urgency=row.urgency,
        basis=there.basis,
        due=replace(term, rule=row.rule),
        ladder=context.plan.ladder(context.plan.subtask(row.subtask).ladder),
    )
