"""What a preview's digest stands for, and what two changes that were prepared at once do to each other."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from config.catalogue.plan import Plan
from config.rules.working_time import Override
from config.settings import Settings
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import DatabaseUnreachable, reading_session
from models.work.deeds.apply import AppliedMeanwhile, Change, ChangedMeanwhile, apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.direct import move_dates
from models.work.deeds.holidays import holiday_notice
from models.work.directive_deeds.closing import close_directive
from models.work.register.changes import rename
from tests.support.deeds import WHY, acting, assign, open_assignments, with_step
from tests.support.past import after

PAPER = Provenance(paper_number="45/KH-UBND", effective_on=date(2023, 9, 18))
DAY = Override(date=date(2023, 10, 6), kind="day_off", document="1/TB", note_vi="Nghỉ", note_en="Off")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with after(settings, assign, "p1") as opened:
        yield opened


def retitled(plan: Plan, title: str) -> Plan:
    subtask = next(each for each in plan.subtasks() if each.steps)
    step = subtask.steps[0].key
    return with_step(plan, subtask.code, step, lambda one: one.model_copy(update={"title_vi": title}))


def amended(store: Store, plan: Plan, provenance: Provenance = PAPER, **how: bool) -> Change:
    with reading_session(store.engine) as session:
        context = acting(store)
        return amendment(session, plan, store.of_today().calendar, provenance=provenance, context=context, **how)


def digest(store: Store, change: Change) -> str:
    with previewing(store.engine, change) as (_, prepared):
        return prepared.digest


def test_another_title_is_another_change(store: Store) -> None:
    one, other = (amended(store, retitled(store.plan, title)) for title in ("Tên một", "Tên hai"))
    seen = digest(store, one)
    assert digest(store, amended(store, retitled(store.plan, "Tên một"))) == seen
    with pytest.raises(ChangedMeanwhile):
        apply(store.engine, other, confirmed=seen)


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda store, plan: amended(store, plan, replace(PAPER, effective_on=date(2023, 9, 19))),
        lambda store, plan: amended(store, plan, open_work=False),
        lambda store, plan: amended(store, plan, with_letters=False),
        lambda store, plan: amended(store, plan, replace(PAPER, paper_number="46/KH-UBND")),
    ],
)
def test_day_scope_letters_and_paper_are_confirmed_too(
    store: Store, otherwise: Callable[[Store, Plan], Change]
) -> None:
    plan = retitled(store.plan, "Tên một")
    seen = digest(store, amended(store, plan))
    with pytest.raises(ChangedMeanwhile):
        apply(store.engine, otherwise(store, plan), confirmed=seen)


def test_the_same_change_of_another_edition_is_looked_at_anew(store: Store) -> None:
    plan = retitled(store.plan, "Tên một")
    seen = digest(store, amended(store, plan))
    apply(store.engine, amended(store, retitled(store.plan, "Tên hai")))
    with pytest.raises(ChangedMeanwhile):
        apply(store.engine, amended(store, plan), confirmed=seen)


def _move(session: Session, store: Store) -> Change:
    return move_dates([min(open_assignments(store))], date(2024, 3, 1), provenance=WHY, context=acting(store))


@pytest.mark.parametrize(
    "prepared",
    [
        _move,
        lambda session, store: holiday_notice([DAY], provenance=PAPER, context=acting(store)),
        lambda session, store: rename(session, "STP", "Sở Tư pháp mới", provenance=WHY, context=acting(store)),
        lambda session, store: close_directive(
            session, store.plan.main_directive.code, provenance=WHY, context=acting(store)
        ),
    ],
)
def test_what_was_prepared_before_an_amendment_is_told_of_it(
    store: Store, prepared: Callable[[Session, Store], Change]
) -> None:
    with reading_session(store.engine) as session:
        change = prepared(session, store)
    seen = digest(store, change)
    apply(store.engine, amended(store, retitled(store.plan, "Tên một")))
    before = open_assignments(store)
    with pytest.raises(AppliedMeanwhile):
        apply(store.engine, change, confirmed=seen)
    assert open_assignments(store).keys() == before.keys()


@pytest.mark.sqlite_only
def test_a_disk_that_fails_while_a_preview_ends_is_told_and_gets_in_nobodys_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, failed = store.engine.dialect.do_commit, []

    def fail_once(connection: Any) -> None:
        if not failed:
            failed.append(fault := sqlite3.OperationalError("disk I/O error"))
            fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise fault
        commit(connection)

    plan = retitled(store.plan, "Tên một")
    with monkeypatch.context() as patched:
        patched.setattr(store.engine.dialect, "do_commit", fail_once)
        with pytest.raises(DatabaseUnreachable):
            apply(store.engine, amended(store, plan))
    assert failed
    apply(store.engine, amended(store, plan))
