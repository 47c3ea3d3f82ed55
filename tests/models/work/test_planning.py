"""What a plan asks for: the shipped plans ask for exactly what they asked for before plans could say more."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.conventions import Pause
from config.catalogue.history import StepHistory, histories_after
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.plan import Plan
from config.clock import start_of_day
from models.store.actor import ActorContext
from models.tables.anchor import Anchor, AnchorKind
from models.work.planning import PlannedAssignment, planned_assignments, planned_of_step
from tests.support.plans import plan_of
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


def test_a_plan_of_version_0_1_reads_and_asks_as_before(tmp_path: Path) -> None:
    """The files of 0.1 say nothing of copies and have names of their own; read as 0.1 read them, they are this plan."""
    folder = both_plans(tmp_path / "plan")
    for path in folder.rglob("p*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("        per_copy: true\n", "").replace("report_to:", "send_to:"), "utf-8")
    for path in folder.rglob("directive.yaml"):
        path.write_text(path.read_text("utf-8") + "lead_rule_quote: một\naddressees_quote: hai\n", "utf-8")
    assert load_plan(folder, version_0_1=True) == load_plan(both_plans(tmp_path / "now"))
    with pytest.raises(PlanErrors):
        load_plan(folder)


def planned_of(plan: Plan, today: date) -> list[PlannedAssignment]:
    context = ActorContext(plan=plan, calendar=load_calendar(), now=start_of_day(today), actor="test")
    return list(planned_assignments(context.for_priority("p1"), anchors_of(plan)))


def test_joint_leads_and_named_offices_are_those_of_today(tmp_path: Path) -> None:
    step = "lead: [SYT, SKHDT, STC]\nnamed: [SKHDT, SNV, UBND]\ndue: {lead: BY:30/06/2025}"
    plan = plan_of(tmp_path / "plan.yaml", step)
    (before,) = planned_of(plan, date(2025, 2, 1))
    (after,) = planned_of(plan, date(2025, 4, 1))
    assert before.identity == after.identity
    assert (before.office, before.joint_offices, before.named_offices) == ("SYT", ("SKHDT", "STC"), ("SNV", "UBND"))
    assert (after.joint_offices, after.named_offices) == (("STC",), ("SNV", "UBND"))


def test_a_lead_that_has_become_its_joint_lead_holds_it_once(tmp_path: Path) -> None:
    plan = plan_of(tmp_path / "plan.yaml", "lead: [SKHDT, STC]\nnamed: [STC, SNV]\ndue: {lead: BY:30/06/2025}")
    (after,) = planned_of(plan, date(2025, 4, 1))
    assert (after.assigned_office, after.office, after.joint_offices, after.named_offices) == (
        "SKHDT", "STC", (), ("SNV",)
    )  # fmt: skip


def test_a_date_is_explained_in_the_directives_own_words(tmp_path: Path) -> None:
    due = "{lead: BY:30/06/2025, coordinating: BY:20/06/2025, words: trong quý II/2025}"
    plan = plan_of(tmp_path / "plan.yaml", f"lead: SYT\ncoordinating: [STC]\ndue: {due}")
    lead, helper = planned_of(plan, date(2025, 2, 1))
    assert (lead.words, lead.basis) == ("trong quý II/2025", "stated")
    assert lead.due.explanation_vi.startswith("«trong quý II/2025»: chậm nhất ngày 30/6/2025")
    assert (helper.words, helper.basis) == ("", "proposal")


def test_what_has_begun_since_is_all_that_is_new() -> None:
    plan, calendar = load_plan(), load_calendar()
    facts = [each for each in anchors_of(plan) if each.on_date < date(2024, 1, 1)]
    days = [date(2023, 8, 1), date(2023, 8, 20), date(2023, 8, 21), date(2023, 11, 30), date(2024, 1, 1)]
    days += [date(2024, 3, 14), date(2024, 3, 15), date(2025, 7, 1)]
    for priority in plan.priorities:
        known: set[tuple[str, ...]] = set()
        for before, today in zip([None, *days[:-1]], days, strict=True):
            context = ActorContext(plan=plan, calendar=calendar, now=start_of_day(today), actor="test")
            of_priority = context.for_priority(priority.code)
            new = {each.identity for each in planned_assignments(of_priority, facts, since=before)}
            known |= new
            assert known == {each.identity for each in planned_assignments(of_priority, facts)}


def test_a_period_of_a_pause_closes_no_rhythm(tmp_path: Path) -> None:
    """What a changed step makes is what is compared when it is changed again, and more where work of a pause stands."""
    step = "lead: SYT\ntrigger: {}\ndue: {{lead: CLOSE+3}}"
    quarterly = plan_of(tmp_path / "quarterly.yaml", step.format("quarter"))
    monthly = plan_of(tmp_path / "monthly.yaml", step.format("month"))
    changed, pause = date(2025, 5, 12), Pause(since=date(2025, 3, 3), until=date(2025, 5, 12))
    before, after = (list(plan.subtasks()) for plan in (quarterly, monthly))
    plan = monthly.model_copy(
        update={
            "history": tuple(histories_after(before, after, (), changed, changed)),
            "directives": tuple(each.model_copy(update={"pauses": (pause,)}) for each in monthly.directives),
        }
    )
    today = date(2025, 6, 25)
    made = {each.period for each in planned_of(plan, today)}
    context = ActorContext(plan=plan, calendar=load_calendar(), now=start_of_day(today), actor="test")
    ((subtask, step),) = context.for_priority("p1").steps
    asked = planned_of_step(context.for_priority("p1"), anchors_of(plan), subtask, step, as_now=True)
    compared = {each.period for each in asked}
    assert made < compared


@pytest.mark.parametrize(
    ("lead", "periods"),
    [
        ("MONTHLY:BY:10", ["2025-07"]),
        ("MONTHLY:BY:20", ["2025-06", "2025-07"]),
        ("QUARTERLY:BY:10/3", ["2025-Q3"]),
        ("YEARLY:BY:10/06,10/07", ["2025-07"]),
        ("BY:10/06", []),
        ("ND09-M", ["2025-07", "2025-08"]),
    ],
)
def test_a_step_that_comes_later_asks_for_no_day_that_was_over(tmp_path: Path, lead: str, periods: list[str]) -> None:
    plan = plan_of(tmp_path / "plan.yaml", f'lead: SYT\ndue: {{lead: "{lead}"}}')
    since = StepHistory(subtask="T1.1", step="plan", since=date(2025, 6, 16))
    found = planned_of(plan.model_copy(update={"history": (since,)}), date(2025, 7, 20))
    assert [each.period for each in found] == periods
