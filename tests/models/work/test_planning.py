"""What a plan asks for: the shipped plans ask for exactly what they asked for before plans could say more."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.clock import start_of_day
from models.store.actor import ActorContext
from models.tables.anchor import Anchor, AnchorKind
from models.work.planning import PlannedAssignment, planned_assignments
from tests.support.two_directives import both_plans


def anchors_of(plan: Plan) -> list[Anchor]:
    """An assigning document for each directive, a later document, and an event for each subtask that follows one."""
    found: list[Anchor] = []
    for directive in plan.directives:
        facts = [
            (AnchorKind.ISSUE, "doc:1-TB/TU", directive.date),
            (AnchorKind.DOCUMENT, "doc:2-NQ/TU", date(2024, 2, 5)),
        ]
        for kind, key, day in facts:
            found.append(_anchor(len(found), kind, key, day, directive.code))
    for subtask in plan.subtasks():
        if any(step.trigger == "event" for step in subtask.steps):
            code = plan.directive_of(subtask.code).code
            event = _anchor(len(found), AnchorKind.EVENT, f"event:{subtask.code}", date(2024, 4, 16), code)
            found.append(event.model_copy(update={"subtask": subtask.code, "host_office": "SNV"}))
    return found


def _anchor(number: int, kind: AnchorKind, key: str, day: date, directive: str) -> Anchor:
    at = start_of_day(day)
    return Anchor(
        id=number + 1, kind=kind, directive=directive, key=key, title=key, plain_title=key, on_date=day, created_at=at
    )


def planned(folder: Path, today: date) -> list[PlannedAssignment]:
    plan, calendar = load_plan(folder), load_calendar(folder / "calendar.yaml")
    context = ActorContext(plan=plan, calendar=calendar, now=start_of_day(today), actor="test")
    return [
        each
        for priority in plan.priorities
        for each in planned_assignments(context.for_priority(priority.code), anchors_of(plan))
    ]


def digest(assignments: list[PlannedAssignment]) -> str:
    rows = [
        [
            *each.identity, each.office, each.monitor_office, each.anchor_id, each.urgency, each.basis,
            each.ladder.code, each.due.due_at.isoformat(), each.due.explanation_vi,
            each.due.explanation_en, each.due.rule,
        ]
        for each in assignments
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("today", "number", "recorded"),
    [(date(2024, 8, 17), 2523, "19632300fbea0dad"), (date(2025, 8, 17), 4138, "ff13b80cb38717c1")],
)
def test_the_shipped_plans_ask_for_what_version_0_1_asked_for(
    tmp_path: Path, today: date, number: int, recorded: str
) -> None:
    found = planned(both_plans(tmp_path / "plan"), today)
    assert (len(found), digest(found)) == (number, recorded)
