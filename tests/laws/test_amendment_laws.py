"""Whatever an amendment changes, in whatever has happened: what is shown is done, nothing is lost or made twice."""

import shutil
import tempfile
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.catalogue.steps import Selector, Step
from config.errors import Refused
from config.settings import load_settings
from flows.forms import fill_in
from flows.steps import assign_due
from models.alerts.notices import deed_rung
from models.keeping.opening import Store, open_store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session, session_scope
from models.store.upsert import table_of
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, ReportState, Role, State
from models.tables.outbox import Notice
from models.tables.party import Party
from models.tables.report import Extension, Report
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.prepared import PreparedItem
from models.work.directives import anchors
from models.work.planning import planned_assignments
from tests.support.cast import at, issue
from tests.support.deeds import acting, all_assignments, done, previewed, report_on
from tests.support.examples import examples
from tests.support.plan_0_1 import BY_PLAN_0_1

NOW = at("2023-09-20")
PRIORITIES = ("p1", "p3")

_ALTERATION = st.tuples(
    st.integers(0, 200),
    st.sampled_from(("later", "earlier", "lead", "drop", "helper", "no_helper", "title", "joint", "named")),
    st.sampled_from(("STP", "SNV", "SCT", "SYT")),
)
_HAPPENED = st.tuples(st.integers(0, 400), st.sampled_from(("acknowledge", "extend", "withdraw", "report", "accept")))
_EFFECTIVE = st.sampled_from([date(2023, 9, 18), date(2023, 9, 20), date(2023, 9, 28), date(2023, 10, 20)])
LATER = "2023-11-20"


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
        assign_due(store, priority, fill_in(priority, {}, store.plan), context)


def altered(step: Step, what: str, office: str) -> Step | None:
    rule = step.due.lead
    if what in ("later", "earlier") and rule.startswith("ISSUE+"):
        days = int(rule.removeprefix("ISSUE+")) + (30 if what == "later" else 0)
        rule = f"ISSUE+{days}" if what == "later" else "ISSUE+25"
        return step.model_copy(update={"due": step.due.model_copy(update={"lead": rule})})
    if what == "lead" and len(step.lead) == 1 and step.lead[0].office not in (None, office):
        return step.model_copy(update={"lead": (Selector(office=office),)})
    if what == "joint" and len(step.lead) == 1 and step.lead[0].office not in (None, office):
        return step.model_copy(update={"lead": (*step.lead, Selector(office=office))})
    if what == "named":
        return step.model_copy(update={"named": (*step.named, Selector(office=office))})
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
                elif what in ("report", "accept"):
                    verbs.report(session, row.id, report_on(store.plan, row), office)
                    if what == "accept":
                        verbs.accept(session, row.id, desk)
                else:
                    until = row.due_date + timedelta(days=20)
                    verbs.request_extension(session, row.id, until, "Cần thêm thời gian.", office)
                    verbs.grant_extension(session, row.id, None, desk)
        except Refused:
            continue


def change_of(store: Store, plan: Plan, on: date = date(2023, 9, 18)) -> Change:
    provenance = Provenance(paper_number="45/KH-UBND", paper_date=date(2023, 9, 18), effective_on=on)
    with reading_session(store.engine) as session:
        return amendment(session, plan, store.calendar, provenance=provenance, context=acting(store, NOW))


def told_by(store: Store, deed: int) -> set[str]:
    """The offices that a deed's notices are for."""
    with reading_session(store.engine) as session:
        return set(session.scalars(select(col(Notice.office)).where(col(Notice.rung) == deed_rung(deed))))


Table = dict[tuple[object, ...], dict[str, object]]


def tables(store: Store) -> dict[str, Table]:
    """What is in the tables that an amendment may touch, row by row."""
    with reading(store.engine) as connection:
        found = {}
        for model in (Assignment, Party, Report, Extension, Anchor):
            table = table_of(model)
            rows = connection.execute(select(table)).mappings()
            found[table.name] = {tuple(row[key.name] for key in table.primary_key): dict(row) for row in rows}
        return found


def changed(before: Table, after: Table) -> dict[tuple[object, ...], set[str]]:
    """The rows there were that differ, and in which columns."""
    return {
        key: {name for name, value in row.items() if after[key][name] != value}
        for key, row in before.items()
        if after[key] != row
    }


@settings(max_examples=examples(15))
@given(
    alterations=st.lists(_ALTERATION, min_size=1, max_size=4),
    happened=st.lists(_HAPPENED, max_size=8),
    effective_on=_EFFECTIVE,
)
def test_what_is_shown_is_done_and_nothing_is_lost(
    begun: Path, alterations: list[tuple[int, str, str]], happened: list[tuple[int, str]], effective_on: date
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(begun, folder, dirs_exist_ok=True)
        with opened(folder) as store:
            live(store, happened)
            plan = altered_plan(store.plan, alterations)
            try:
                change = change_of(store, plan, effective_on)
            except Refused:
                assert plan == store.plan
                return
            before, items = tables(store), previewed(store, change)
            applied = done(store, change, may_be_late=True)
            assert applied.prepared.letters == len(told_by(store, applied.deed))
            _shown_is_done(before, tables(store), items)
            numbers, later = all_assignments(store).keys(), store.of_today()
            run_all(later, "2023-09-20")
            assert all_assignments(later).keys() == numbers, "no twin is made by the next run"
            with pytest.raises(Refused, match="Không có gì khác"):
                change_of(later, later.plan)
            run_all(later, LATER)
            _nothing_is_missing(store, all_assignments(later).values(), effective_on)


def _shown_is_done(before: dict[str, Table], after: dict[str, Table], items: list[PreparedItem]) -> None:
    """What the tables say of the deed by themselves is what was shown."""
    assignments = after["assignment"]
    shown = {(item.assignment_id,): item for item in items if item.kind is not ItemKind.MADE}
    touched = changed(before["assignment"], assignments)
    left = {number for number, item in shown.items() if item.kind is ItemKind.LEFT}
    assert touched.keys() - left == shown.keys() - left
    assert all(touched.get(number, set()) <= {"left_by"} for number in left)
    for number, item in shown.items():
        row = assignments[number]
        assert (row["office"], row["due_date"], row["timing"]) == (item.to_office, item.to_due_date, item.to_timing)
        assert (row["state"] is State.WITHDRAWN) == (item.kind is ItemKind.WITHDRAWN)
        assert not touched.get(number, set()) & {"original_due_date", "original_due_at", "completed_at", "reported_at"}
        assert before["assignment"][number]["state"] is not State.ACCEPTED
    made = sum(item.kind is ItemKind.MADE for item in items)
    assert len(assignments) == len(before["assignment"]) + made
    assert len({_identity(row) for row in assignments.values()}) == len(assignments)
    assert (after["report"], after["anchor"]) == (before["report"], before["anchor"])
    assert all(
        columns <= {"state", "decided_at"} for columns in changed(before["extension"], after["extension"]).values()
    )
    for report in after["report"].values():
        its = (report["assignment_id"],)
        if report["state"] is ReportState.SUBMITTED:
            assert assignments[its]["state"] is State.REPORTED
            assert assignments[its]["office"] == before["assignment"][its]["office"]
    assert {number for number, _ in after["party"]} <= {number for (number,) in assignments}


def _nothing_is_missing(store: Store, there: Collection[Assignment], effective_on: date) -> None:
    """What falls due before the day is made as the plan of before asks it, whatever was changed or dropped."""
    known = {_identity(vars(row)) for row in there}
    with reading_session(store.engine) as session:
        dated = anchors(session)
    for priority in PRIORITIES if effective_on > NOW.date() else ():
        context = store.actor_context(now=at(LATER), actor="law").for_priority(priority)
        for each in planned_assignments(context, dated):
            if each.role is Role.LEAD and each.due.due_date < effective_on:
                assert each.identity in known, each


def _identity(row: Mapping[str, object]) -> tuple[object, ...]:
    columns = ("subtask", "step", "variant", "period", "lead_office", "assigned_office", "role")
    return tuple(row[column] for column in columns)
