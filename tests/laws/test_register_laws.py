"""Whatever is decided about offices, in whatever order: no open assignment is lost, and what is shown is done."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from config.clock import local_date
from config.errors import Refused
from config.settings import load_settings
from flows.forms import fill_in
from flows.steps import assign_due
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, open_store
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, ReportState, State
from models.tables.report import Report
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.grounds import grounds
from models.work.register.changes import end, merge, rename, split
from tests.support.cast import at, issue
from tests.support.deeds import acting, all_assignments, done, open_assignments, previewed, report_on
from tests.support.examples import examples
from tests.support.plan_0_1 import BY_PLAN_0_1

NOW = at("2023-09-20")
OFFICES = ("SYT", "STP", "SNV", "CAT", "STC", "SGDDT", "HUYEN", "MOIA", "MOIB")
_CODES = st.sampled_from(OFFICES)
_DEED = st.tuples(
    st.sampled_from(("merge", "split", "end", "rename")),
    st.lists(_CODES, min_size=2, max_size=3, unique=True),
    st.lists(st.sampled_from(("T0.1", "T1.1", "T3.4")), max_size=2, unique=True),
)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with what p1 and p3 have assigned."""
    folder = tmp_path_factory.mktemp("begun")
    with open_store(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(folder), "DONDOC_SAMPLE": "0"})) as store:
        issue(store)
        for priority in ("p1", "p3"):
            context = store.actor_context(now=at("2023-09-19"), actor=f"flow:{priority}", run_key="begun")
            assign_due(store, priority, fill_in(priority, {}, store.plan), context)
        reported = [row for row in open_assignments(store).values() if row.subtask in ("T0.1", "T1.1", "T3.4")]
        with session_scope(store.engine) as session:
            for row in reported[::3]:
                office = store.actor_context(now=at("2023-09-19"), actor=f"office:{row.office}")
                verbs.report(session, row.id or 0, report_on(store.plan, row), office)
    return folder


def change_of(store: Store, kind: str, codes: list[str], subtasks: list[str], now_on: date) -> Change:
    context, given = acting(store, at(now_on)), grounds(reason="Theo quyết định.")
    new = {code: {"name_vi": f"Cơ quan {code}", "kind": "state"} for code in ("MOIA", "MOIB")}
    make: dict[str, Callable[..., Change]] = {
        "merge": lambda session: merge(
            session, codes[1:], codes[0], new.get(codes[0]), provenance=given, context=context
        ),
        "split": lambda session: split(
            *(session, codes[0], ["MOIA", "MOIB"], dict.fromkeys(subtasks, "MOIA"), "MOIB", new),
            provenance=given,
            context=context,
        ),
        "end": lambda session: end(session, codes[0], codes[1], provenance=given, context=context),
        "rename": lambda session: rename(session, codes[0], "Tên khác", provenance=given, context=context),
    }
    with reading_session(store.engine) as session:
        return make[kind](session)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(_DEED, min_size=1, max_size=4))
def test_a_register_deed_loses_no_open_assignment(begun: Path, deeds: list[tuple[str, list[str], list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(begun, folder, dirs_exist_ok=True)
        with open_store(load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": folder, "DONDOC_SAMPLE": "0"})) as store:
            for number, (kind, codes, subtasks) in enumerate(deeds):
                day = local_date(NOW) + timedelta(days=number)
                with suppress(Refused):
                    _done_and_held_to(store, change_of(store, kind, codes, subtasks, day), day)


def _done_and_held_to(store: Store, change: Change, day: date) -> None:
    before, items = open_assignments(store), previewed(store, change)
    done(store, change)
    mirror_configuration(store.engine, change.context.plan, store.contacts)
    after, plan = all_assignments(store), store.of_today().plan
    withdrawn = {item.assignment_id for item in items if item.kind is ItemKind.WITHDRAWN}
    given_to = {item.assignment_id: item.to_office for item in items if item.kind is ItemKind.REASSIGNED}
    assert after.keys() >= before.keys()
    with reading_session(store.engine) as session:
        waiting = session.exec(select(Report.assignment_id).where(Report.state == ReportState.SUBMITTED)).all()
    assert waiting, "some report waits throughout"
    assert all(after[number].state is State.REPORTED for number in waiting), "no report is lost"
    for number, row in before.items():
        now = after[number]
        assert (now.state in OPEN) == (number not in withdrawn)
        assert now.office == given_to.get(number, row.office)
        assert (now.original_due_date, now.due_at) == (row.original_due_date, row.due_at)
        if number not in withdrawn:
            assert plan.office(now.office).exists_on(day)
        else:
            assert _is_held(number, after, plan.current_office(row.office, day, (str(number), row.subtask)))


def _is_held(number: int, after: dict[int, Assignment], office: str) -> bool:
    """Whether what was withdrawn is held by its office in another part or copy."""
    return any(
        other.state in OPEN and other.office == office and _occasion(other) == _occasion(after[number])
        for other in after.values()
    )


def _occasion(row: Assignment) -> tuple[str, ...]:
    return row.subtask, row.step, row.variant, row.period
