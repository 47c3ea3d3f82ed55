"""Whatever an amendment changes, in whatever has happened: what is shown is done, nothing is lost or made twice."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalogue.plan import Plan
from config.catalogue.steps import Selector, Step
from config.errors import Refused
from config.settings import load_settings
from flows.forms import fill_in
from flows.steps import assign_due
from models.keeping.opening import Store, open_store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, State
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from tests.support.cast import at, issue
from tests.support.deeds import acting, all_assignments, done, previewed
from tests.support.examples import examples
from tests.support.plan_0_1 import BY_PLAN_0_1

NOW = at("2023-09-20")
PRIORITIES = ("p1", "p3")

_ALTERATION = st.tuples(
    st.integers(0, 200),
    st.sampled_from(("later", "earlier", "lead", "drop", "helper", "no_helper", "title")),
    st.sampled_from(("STP", "SNV", "SCT", "SYT")),
)
_HAPPENED = st.tuples(st.integers(0, 400), st.sampled_from(("acknowledge", "extend", "withdraw")))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with what p1 and p3 have assigned."""
    folder = tmp_path_factory.mktemp("begun")
    with opened(folder) as store:
        issue(store)
        run_all(store, "2023-09-19")
    return folder


def opened(folder: Path | str) -> Any:
    return open_store(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(folder), "DONDOC_SAMPLE": "0"}))


def run_all(store: Store, day: str) -> None:
    for priority in PRIORITIES:
        context = store.actor_context(now=at(day), actor=f"flow:{priority}", run_key=day)
        assign_due(store, priority, fill_in(priority, {}), context)


def altered(step: Step, what: str, office: str) -> Step | None:
    rule = step.due.lead
    if what in ("later", "earlier") and rule.startswith("ISSUE+"):
        days = int(rule.removeprefix("ISSUE+")) + (30 if what == "later" else 0)
        rule = f"ISSUE+{days}" if what == "later" else "ISSUE+25"
        return step.model_copy(update={"due": step.due.model_copy(update={"lead": rule})})
    if what == "lead" and len(step.lead) == 1 and step.lead[0].office not in (None, office):
        return step.model_copy(update={"lead": (Selector(office=office),)})
    if what == "helper" and step.due.coordinating is not None:
        return step.model_copy(update={"coordinating": (*step.coordinating, Selector(office=office))})
    if what == "no_helper" and len(step.coordinating) > 1:
        return step.model_copy(update={"coordinating": step.coordinating[1:]})
    if what == "title":
        return step.model_copy(update={"title_vi": f"{step.title_vi} (sửa)"})
    return None if what == "drop" else step


def altered_plan(plan: Plan, alterations: list[tuple[int, str, str]]) -> Plan:
    for number, what, office in alterations:
        subtasks = [each for each in plan.subtasks() if each.steps and plan.priority_of(each.code) in PRIORITIES]
        chosen = subtasks[number % len(subtasks)]
        step = chosen.steps[number % len(chosen.steps)]
        new = altered(step, what, office)
        steps = tuple(new if each is step else each for each in chosen.steps if each is not step or new is not None)
        priorities = tuple(
            priority.model_copy(
                update={
                    "subtasks": tuple(
                        each.model_copy(update={"steps": steps}) if each is chosen else each
                        for each in priority.subtasks
                    )
                }
            )
            for priority in plan.priorities
        )
        plan = plan.model_copy(update={"priorities": priorities})
    return plan


def live(store: Store, happened: list[tuple[int, str]]) -> None:
    """What offices and the coordinator do first; what does not fit is passed over."""
    for number, what in happened:
        rows = [row for row in all_assignments(store).values() if row.state in OPEN]
        row = rows[number % len(rows)]
        office, desk = (store.actor_context(now=NOW, actor=actor) for actor in (f"office:{row.office}", "coordinator"))
        try:
            with session_scope(store.engine) as session:
                assert row.id is not None
                if what == "acknowledge":
                    verbs.acknowledge(session, row.id, office)
                elif what == "withdraw":
                    verbs.withdraw(session, row.id, "Không cần nữa.", desk)
                else:
                    until = row.due_date + timedelta(days=20)
                    verbs.request_extension(session, row.id, until, "Cần thêm thời gian.", office)
                    verbs.grant_extension(session, row.id, None, desk)
        except Refused:
            continue


def change_of(store: Store, plan: Plan) -> Change:
    on = date(2023, 9, 18)
    provenance = Provenance(paper_number="45/KH-UBND", paper_date=on, effective_on=on)
    with reading_session(store.engine) as session:
        return amendment(session, plan, store.calendar, provenance=provenance, context=acting(store, NOW))


@settings(max_examples=examples(12))
@given(alterations=st.lists(_ALTERATION, min_size=1, max_size=4), happened=st.lists(_HAPPENED, max_size=6))
def test_what_is_shown_is_done_and_nothing_is_lost(
    begun: Path, alterations: list[tuple[int, str, str]], happened: list[tuple[int, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(begun, folder, dirs_exist_ok=True)
        with opened(folder) as store:
            live(store, happened)
            plan = altered_plan(store.plan, alterations)
            try:
                change = change_of(store, plan)
            except Refused:
                assert plan == store.plan
                return
            before, items = all_assignments(store), previewed(store, change)
            done(store, change, may_be_late=True)
            after, later = all_assignments(store), store.of_today()
            shown = {item.assignment_id: item for item in items if item.kind is not ItemKind.MADE}
            for number, row in before.items():
                now, item = after[number], shown.get(number)
                assert now.original_due_date == row.original_due_date
                if item is None:
                    assert _seen(now) == _seen(row)
                else:
                    assert row.state is not State.ACCEPTED
                    assert (now.office, now.due_date) == (item.to_office, item.to_due_date)
                    assert (now.state is State.WITHDRAWN) == (item.kind is ItemKind.WITHDRAWN)
            made = [item for item in items if item.kind is ItemKind.MADE]
            assert len(after) == len(before) + len(made)
            assert len({_identity(row) for row in after.values()}) == len(after)
            run_all(later, "2023-09-20")
            assert all_assignments(later).keys() == after.keys(), "no twin is made by the next run"
            with pytest.raises(Refused, match="Không có gì khác"):
                change_of(later, later.plan)


def _seen(row: Assignment) -> tuple[object, ...]:
    columns = ("state", "office", "monitor_office", "due_date", "due_at", "acknowledged_at", "explanation_vi")
    return tuple(getattr(row, column) for column in columns)


def _identity(row: Assignment) -> tuple[object, ...]:
    columns = ("subtask", "step", "variant", "period", "lead_office", "assigned_office", "role")
    return tuple(getattr(row, column) for column in columns)
