"""The shipped plan comes to a store of version 0.1 as one amendment: nothing is lost, each office gets one letter."""

import lzma
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from config.catalogue.loader import load_plan
from config.settings import PLAN_0_1_DIR, PLAN_DIR, load_settings
from flows.forms import fill_in
from models.keeping.opening import Store, open_store
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance
from models.plans.reading import plan_from, source_digest
from models.store.audit import verify
from models.store.database import reading, reading_session
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.edition import Edition
from models.tables.lifecycle import OPEN
from models.tables.outbox import Message, Notice
from models.tables.report import Extension, Report
from models.work.deeds.apply import apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.prepared import Prepared
from notifications.courier.courier import deliver
from tests.support.cast import at
from tests.support.following_up import follow_up_once

OLD = Path(__file__).parents[1] / "fixtures" / "store-0.1.0.sqlite.xz"
WHY = Provenance(reason="Cập nhật theo tổ chức và văn bản năm 2026.")
PRIORITIES = ("p1", "p2", "p3", "p4", "p5")
TWO_YEARS = ["2024-06-17", "2024-12-17", "2025-06-17", "2025-11-17"]
"""Days on which what has begun is assigned and followed up, as version 0.1 would have."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "dondoc.sqlite").write_bytes(lzma.decompress(OLD.read_bytes()))
    with open_store(load_settings({"DONDOC_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)})) as store:
        yield store


def rows(store: Store, table: type) -> dict[int, dict[str, Any]]:
    """By their numbers, as the database holds them: to make moments of tens of thousands takes seconds."""
    with reading(store.engine) as connection:
        found = connection.execute(select(text("*")).select_from(table_of(table))).mappings()
        return {row["id"]: dict(row) for row in found}


def run_all(store: Store, now: datetime, key: str) -> None:
    for priority in PRIORITIES:
        follow_up_once(store.of_today(), priority, fill_in(priority, {}, store.of_today().plan), now, key)


def amend(store: Store, now: datetime) -> Prepared:
    """Look at the amendment and apply it as it was looked at."""
    context = store.actor_context(now=now, actor="coordinator")
    plan, calendar = plan_from(PLAN_DIR, PlanInForce(store.plan, store.calendar, store.editions), context.today)
    with reading_session(store.engine) as session:
        change = amendment(session, plan, calendar, provenance=WHY, context=context)
    with previewing(store.engine, change) as (_, prepared):
        pass
    apply(store.engine, change, confirmed=prepared.digest)
    return prepared


def test_a_store_of_0_1_opens_with_the_plan_of_0_1(old: Store) -> None:
    assert {s.code for s in old.plan.subtasks()} == {s.code for s in load_plan(PLAN_0_1_DIR).subtasks()}
    assert {each["source_digest"] for each in rows(old, Edition).values()} == {source_digest(PLAN_0_1_DIR)}
    assert old.has_files_not_imported()  # and `dondoc plan editions` says so


@pytest.mark.parametrize(
    "years", [pytest.param([], id="ten weeks"), pytest.param(TWO_YEARS, id="two years", marks=pytest.mark.slow)]
)
def test_the_amendment_loses_nothing_and_makes_no_twin(old: Store, years: list[str]) -> None:
    for day in years:
        run_all(old, at(day), day)
    now = at("2025-12-01") if years else at("2023-11-20")
    deliver(old, now=now)
    kept = {table: rows(old, table) for table in (Report, Extension, Message)}
    before, told = rows(old, Assignment), max(rows(old, Notice))
    prepared = amend(old, now)
    after = rows(old, Assignment)
    assert prepared.late == 0
    for table, were in kept.items():
        now_held = rows(old, table)
        assert {number: now_held[number] for number in were} == were
    settled = {number for number, row in before.items() if row["state"] not in OPEN}
    assert {number: after[number] for number in settled} == {number: before[number] for number in settled}
    moved = [number for number in before if after[number]["due_date"] != before[number]["due_date"]]
    assert {before[number]["subtask"] for number in moved} <= {"T4.5"}  # the festival, as it is held
    assert [after[number]["original_due_date"] for number in moved] == [
        before[number]["original_due_date"] for number in moved
    ]

    store = old.of_today()
    deliver(store, now=now + timedelta(days=1))
    new = [row for number, row in rows(store, Notice).items() if number > told and row["message_id"]]
    letters = {(row["office"], row["desk"], row["channel"], row["message_id"]) for row in new}
    assert len({office for office, *_ in letters}) == prepared.letters
    assert max(Counter(letter[:3] for letter in letters).values()) == 1

    run_all(store, now, "next")
    again = rows(store, Assignment)
    identity = ("subtask", "step", "variant", "period", "role", "lead_office", "assigned_office")
    assert max(Counter(tuple(row[key] for key in identity) for row in again.values()).values()) == 1
    open_now = [row for row in again.values() if row["state"] in OPEN]
    held = ("subtask", "step", "variant", "period", "role", "lead_office", "office")
    assert max(Counter(tuple(row[key] for key in held) for row in open_now).values()) == 1
    run_all(store, now, "once more")
    assert len(rows(store, Assignment)) == len(again)
    with reading(store.engine) as connection:
        assert verify(connection).broken_at is None
