"""An amendment of a step whose coordinating offices owe their input once, beside several copies of the report."""

from collections.abc import Iterator
from datetime import date

import pytest

from config.catalogue.offices import Selector
from config.catalogue.steps import Step
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.deed import ItemKind
from models.work.deeds.changes import amendment
from tests.support.cast import at, one_step_issued
from tests.support.deeds import WHY, previewed, with_step
from tests.support.following_up import follow_up_once

STEP = """
lead: departments
coordinating: [VHTT]
due: {lead: BY:30/09/2025, coordinating: BY:15/09/2025}
"""


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with one_step_issued(settings, STEP, on_date=date(2025, 8, 4)) as opened:
        follow_up_once(opened, "p1", fill_in("p1", {}, opened.plan), at("2025-08-11"))
        yield opened


def becomes(store: Store, **changes: object) -> list[tuple[ItemKind, str, str]]:
    """What an amendment of the step does: kind, office and day."""
    plan = with_step(store.plan, "T1.1", "plan", lambda step: altered(step, changes))
    with reading_session(store.engine) as session:
        context = store.of_today().actor_context(now=at("2025-08-12"), actor="coordinator")
        change = amendment(session, plan, store.calendar, provenance=WHY, context=context)
    items = previewed(store, change)
    return sorted((each.kind, each.to_office, f"{each.to_due_date:%d/%m}") for each in items)


def altered(step: Step, changes: dict[str, object]) -> Step:
    due = {key: changes.pop(key) for key in ("by_lead", "by_helpers") if key in changes}
    rules = {"lead": due.get("by_lead", step.due.lead), "coordinating": due.get("by_helpers", step.due.coordinating)}
    return step.model_copy(update={**changes, "due": step.due.model_copy(update=rules)})


def test_its_day_is_moved(store: Store) -> None:
    assert becomes(store, by_helpers="BY:17/09/2025") == [(ItemKind.MOVED, "VHTT", "17/09")]


def test_the_day_of_the_leads_is_moved_and_the_input_stays(store: Store) -> None:
    moved = [(ItemKind.MOVED, office, "01/10") for office in ("SNV", "STC", "SYT")]
    assert becomes(store, by_lead="BY:01/10/2025") == moved


def test_another_office_owes_it(store: Store) -> None:
    assert becomes(store, coordinating=(Selector(office="UBND"),)) == [
        (ItemKind.MADE, "UBND", "15/09"),
        (ItemKind.WITHDRAWN, "VHTT", "15/09"),
    ]


def test_two_offices_owe_it(store: Store) -> None:
    both = (Selector(office="VHTT"), Selector(office="UBND"))
    assert becomes(store, coordinating=both) == [(ItemKind.MADE, "UBND", "15/09")]
