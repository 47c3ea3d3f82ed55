"""An office that joins work as its coordinating office owes its input on the day of those that were planned."""

from datetime import date

import pytest

from config.settings import Settings
from flows.forms import fill_in
from models.tables.deed import ItemKind
from models.tables.lifecycle import Role
from models.work.deeds.direct import coordinate
from tests.support.cast import at, one_step_issued
from tests.support.deeds import WHY, all_assignments, previewed
from tests.support.following_up import follow_up_once


@pytest.mark.parametrize(
    ("lead", "coordinating", "conventions"),
    [
        ("BY:30/09/2025", "lead", ""),
        ("BY:30/09/2025", "BY:15/09/2025", ""),
        ("MONTHLY:BY:20/2", "CLOSE+3", ""),
        ("ND09-Q", "CLOSE+3", "conventions: {periods: calendar}"),
        ("EVERY-Q", "CLOSE+1", "conventions: {periods: calendar}"),
        ("YEARLY:BY:10/09,20/09", "YEARLY:BY:05/09,15/09", ""),
    ],
)
def test_it_is_due_with_those_that_were_planned(
    settings: Settings, lead: str, coordinating: str, conventions: str
) -> None:
    step = f'lead: SYT\ncoordinating: [VHTT]\ndue: {{lead: "{lead}", coordinating: "{coordinating}"}}'
    with one_step_issued(settings, step, on_date=date(2025, 8, 4), directive=conventions) as store:
        follow_up_once(store, "p1", fill_in("p1", {}, store.plan), at("2025-09-01"))
        planned = {(each.period, each.role): each for each in all_assignments(store).values()}
        now = store.of_today().actor_context(now=at("2025-09-01", 9), actor="coordinator")
        leads = [each.id or 0 for each in planned.values() if each.role is Role.LEAD]
        made = previewed(store, coordinate(leads, ["UBND"], provenance=WHY, context=now))
        found = {each.period: each.to_due_date for each in made if each.kind is ItemKind.MADE}
    owed = {period: each for (period, role), each in planned.items() if role is Role.COORDINATING}
    assert {period: each.due_date for period, each in owed.items() if each.due_date > date(2025, 9, 1)} == {
        period: day for period, day in found.items() if owed[period].due_date > date(2025, 9, 1)
    }
    assert len(found) == len(leads)
