"""Looking at deeds and doing them, as tests want it."""

from collections.abc import Callable
from datetime import date, datetime

from sqlmodel import col, select

from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, Role
from models.tables.report import ReportContent
from models.work.deeds.apply import Applied, Change, apply, previewing
from models.work.deeds.grounds import grounds
from models.work.deeds.prepared import PreparedItem, prepared_items
from tests.support.cast import at, issue
from tests.support.following_up import follow_up_once

NOW = at("2023-09-20")
WHY: Provenance = grounds(reason="Theo yêu cầu.")


def assign(store: Store, *priorities: str) -> None:
    """The document is issued, and what these priorities ask by 19/9/2023 is assigned."""
    issue(store)
    for priority in priorities:
        follow_up_once(store, priority, fill_in(priority, {}, store.plan), at("2023-09-19"))


def acting(store: Store, now: datetime = NOW) -> ActorContext:
    """The coordinator by the plan of today."""
    return store.of_today().actor_context(now=now, actor="coordinator")


def previewed(store: Store, change: Change) -> list[PreparedItem]:
    with previewing(store.engine, change) as (connection, _):
        return list(prepared_items(connection))


def done(store: Store, change: Change, *, may_be_late: bool = False) -> Applied:
    """Looked at, and done as it was looked at."""
    with previewing(store.engine, change) as (_, prepared):
        digest = prepared.digest
    return apply(store.engine, change, confirmed=digest, may_be_late=may_be_late)


def all_assignments(store: Store) -> dict[int, Assignment]:
    """Every assignment by its number."""
    with reading_session(store.engine) as session:
        return {each.id or 0: each for each in session.exec(select(Assignment).order_by(col(Assignment.id)))}


def open_assignments(store: Store) -> dict[int, Assignment]:
    return {number: each for number, each in all_assignments(store).items() if each.state in OPEN}


def with_helpers(store: Store, *, at_least: int = 1) -> tuple[Assignment, list[Assignment]]:
    """An open lead counted from the assigning document and not due yet, and the parts of those who coordinate."""
    rows = list(open_assignments(store).values())
    for lead in rows:
        if lead.role is Role.LEAD and lead.due_at > NOW and lead.period.startswith("doc:"):
            parts = [each for each in rows if each.role is Role.COORDINATING and _group(each) == _group(lead)]
            if len(parts) >= at_least:
                return lead, parts
    raise AssertionError("too few coordinate")


def _group(row: Assignment) -> tuple[str, ...]:
    return row.subtask, row.step, row.variant, row.period, row.lead_office


def with_step(plan: Plan, subtask: str, key: str, alter: Callable[[Step], Step | None]) -> Plan:
    """The plan with one step altered, or without it."""
    priorities = []
    for priority in plan.priorities:
        subtasks = []
        for each in priority.subtasks:
            if each.code == subtask:
                steps = [alter(step) if step.key == key else step for step in each.steps]
                each = each.model_copy(update={"steps": tuple(step for step in steps if step)})
            subtasks.append(each)
        priorities.append(priority.model_copy(update={"subtasks": tuple(subtasks)}))
    return plan.model_copy(update={"priorities": tuple(priorities)})


def report_on(plan: Plan, row: Assignment) -> ReportContent:
    """A report that fits the form of an assignment."""
    form = plan.subtask(row.subtask).form(row.step)
    number = None if form.document == "none" else "1/BC-UBND"
    return ReportContent(
        counts={count.key: 0 for count in form.counts},
        document_number=number,
        document_date=date(2023, 9, 19) if number else None,
        text="Đã xong." if form.texts else "",
    )
