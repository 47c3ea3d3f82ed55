"""Offices that join or leave a group: who joins owes what falls due from then on, who leaves what had begun."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from config.catalogue.offices import OfficeSpec
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.documents import OFFICES
from models.plans.editions import Provenance, edition_content
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.work.deeds.changes import amendment
from models.work.register.changes import add, changed_register
from tests.support.cast import at, one_step_issued
from tests.support.deeds import WHY, done, previewed, with_step
from tests.support.following_up import follow_up_once

STEP = """
lead: departments
coordinating: [VHTT]
due: {lead: EVERY-Q, coordinating: EVERY-Q:coordinating}
"""
ENTERED = "2025-08-11"
SCIENCE = {"code": "SKHCN", "name_vi": "Sở Khoa học và Công nghệ", "groups": ("departments",)}


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """Quarterly reports of all departments since 6/1/2025, followed up until 11/8."""
    with one_step_issued(settings, STEP, on_date=date(2025, 1, 6)) as opened:
        follow_up(opened, ENTERED)
        yield opened


def follow_up(store: Store, day: str) -> None:
    later = store.of_today()
    follow_up_once(later, "p1", fill_in("p1", {}, later.plan), at(day))


def with_groups(offices: Iterable[OfficeSpec], code: str, *groups: str) -> list[OfficeSpec]:
    return [each.model_copy(update={"groups": groups}) if each.code == code else each for each in offices]


def enter(store: Store, code: str, *groups: str, day: str = ENTERED, provenance: Provenance = WHY) -> None:
    now = store.of_today()
    with reading_session(store.engine) as session:
        offices = with_groups(now.plan.offices, code, *groups)
        context = now.actor_context(now=at(day, 9), actor="coordinator")
        change = changed_register(session, offices, provenance=provenance, context=context)
    done(now, change)


def add_science(store: Store) -> None:
    now = store.of_today()
    with reading_session(store.engine) as session:
        context = now.actor_context(now=at(ENTERED, 9), actor="coordinator")
        change = add(session, SCIENCE, provenance=WHY, context=context)
    done(now, change)


def periods_of(store: Store, office: str) -> list[str]:
    with reading_session(store.engine) as session:
        query = select(col(Assignment.period)).where(Assignment.lead_office == office, Assignment.office == office)
        return list(session.exec(query.order_by(col(Assignment.period))))


def test_a_new_office_of_a_group_owes_no_report_that_was_due_before_it_was_entered(store: Store) -> None:
    assert periods_of(store, "SYT") == ["2025-Q1", "2025-Q2", "2025-Q3"]
    add_science(store)
    follow_up(store, "2025-08-12")
    assert periods_of(store, "SKHCN") == ["2025-Q3"]


def test_nor_does_an_office_that_joins_it(store: Store) -> None:
    enter(store, "UBND", "departments")
    follow_up(store, "2025-08-12")
    assert periods_of(store, "UBND") == ["2025-Q3"]


def test_one_that_is_to_join_owes_what_falls_due_from_that_day_on(store: Store) -> None:
    ahead = replace(WHY, effective_on=date(2025, 10, 1))
    enter(store, "UBND", "departments", provenance=ahead)
    follow_up(store, "2025-10-02")
    assert periods_of(store, "UBND") == ["2025-Q4"]


def test_one_that_leaves_keeps_what_it_was_asked_for_and_an_amendment_reaches_it(store: Store) -> None:
    enter(store, "SNV")
    follow_up(store, "2025-10-02")
    assert periods_of(store, "SNV") == ["2025-Q1", "2025-Q2", "2025-Q3"]
    now = store.of_today()
    rule = {"lead": "EVERY-Q:compiled", "coordinating": "EVERY-Q:coordinating"}
    plan = with_step(
        now.plan, "T1.1", "plan", lambda step: step.model_copy(update={"due": step.due.model_copy(update=rule)})
    )
    with reading_session(store.engine) as session:
        context = now.actor_context(now=at("2025-08-13"), actor="coordinator")
        change = amendment(session, plan, now.calendar, provenance=WHY, context=context)
    moved = {(each.to_office, each.period) for each in previewed(store, change) if each.kind is ItemKind.MOVED}
    assert ("SNV", "2025-Q3") in moved


def test_what_was_entered_by_a_mistake_and_taken_back_leaves_nothing(store: Store) -> None:
    def memberships() -> list[object]:
        with reading_session(store.engine) as session:
            numbers = store.of_today().editions
            return [each.get("memberships") for each in edition_content(session, OFFICES, numbers[OFFICES])["offices"]]

    enter(store, "UBND", "departments")
    assert any(memberships())
    enter(store, "UBND")
    assert not any(memberships())


def test_one_that_comes_back_owes_nothing_for_the_time_between(store: Store) -> None:
    enter(store, "SNV", provenance=replace(WHY, effective_on=date(2025, 8, 12)))
    enter(store, "SNV", "departments", day="2026-04-01")
    follow_up(store, "2026-04-02")
    assert periods_of(store, "SNV") == ["2025-Q1", "2025-Q2", "2025-Q3", "2026-Q2"]


def test_the_first_offices_of_a_new_group_are_of_it_from_the_beginning(store: Store) -> None:
    enter(store, "UBND", "new")
    assert not store.of_today().plan.office("UBND").memberships
