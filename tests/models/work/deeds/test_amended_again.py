"""Amendments of what was amended before: open work follows each of them, and no run makes a twin."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from config.catalogue.offices import Selector
from config.catalogue.plan import Plan
from config.catalogue.subtasks import Step
from config.clock import local_date
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind, LeftBecause
from models.tables.lifecycle import OPEN, Role, State
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.direct import give_to
from models.work.deeds.facts import deeds_on
from notifications.words.deeds import grounds_in_words
from tests.support.cast import at
from tests.support.deeds import (
    NOW,
    WHY,
    acting,
    all_assignments,
    assign,
    done,
    open_assignments,
    previewed,
    with_helpers,
    with_step,
)
from tests.support.following_up import follow_up_once
from tests.support.past import after

SAME_DAY, NEXT_DAY, TODAY, AHEAD, BACKWARDS = (18, 18), (18, 19), (20, 20), (25, 26), (19, 18)
EFFECTIVE = [SAME_DAY, NEXT_DAY, TODAY, AHEAD, BACKWARDS]


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with after(settings, assign, "p1") as opened:
        yield opened


def amend(store: Store, subtask: str, key: str, alter: Callable[[Step], Step], day: int) -> Store:
    """The store after an amendment of one step that is effective on a day of the month, and a run by it."""
    now = store.of_today()
    done(now, _change(now, with_step(now.plan, subtask, key, alter), date(2023, 9, day)), may_be_late=True)
    later = now.of_today()
    follow_up_once(later, "p1", fill_in("p1", {}, later.plan), NOW)
    return later


def _change(store: Store, plan: Plan, on: date) -> Change:
    provenance = Provenance(paper_number="45/KH-UBND", paper_date=min(on, NOW.date()), effective_on=on)
    with reading_session(store.engine) as session:
        return amendment(session, plan, store.calendar, provenance=provenance, context=acting(store))


def asked(rule: str) -> Callable[[Step], Step]:
    return lambda step: step.model_copy(update={"due": step.due.model_copy(update={"lead": rule})})


def renaming(old: str, new: str) -> Callable[[Step], Step]:
    """The step with one office in the place of another, wherever it is named."""
    return lambda step: Step.model_validate_json(step.model_dump_json().replace(f'"{old}"', f'"{new}"'))


def lead_of(store: Store, rule: str = "", due_from: int = 1) -> Assignment:
    """An open lead of a step that names it, with no other copy; due on a day of the month or later."""
    of_leads = (each for each in open_assignments(store).values() if each.role is Role.LEAD)
    rows = [each for each in of_leads if each.due_date >= date(2023, 9, due_from)]
    for row in rows:
        step = store.plan.step(row.subtask, row.step)
        copies = [each for each in rows if (each.subtask, each.step) == (row.subtask, row.step)]
        if len(copies) == 1 and row.rule.startswith(rule) and f'"{row.lead_office}"' in step.model_dump_json():
            return row
    raise AssertionError("no such lead")


def stranger_to(store: Store, row: Assignment) -> str:
    named = store.plan.step(row.subtask, row.step).model_dump_json()
    offices = (each for each in store.plan.offices if each.exists_on(local_date(NOW)))
    return next(each.code for each in offices if f'"{each.code}"' not in named)


@pytest.mark.parametrize("days", EFFECTIVE)
def test_a_date_moves_there_and_back(store: Store, days: tuple[int, int]) -> None:
    row = lead_of(store, "ISSUE+", max(days))
    before = {number: each.due_date for number, each in all_assignments(store).items()}
    amended = amend(store, row.subtask, row.step, asked("ISSUE+90"), days[0])
    assert all_assignments(amended)[row.id or 0].due_date > row.due_date
    amended = amend(amended, row.subtask, row.step, asked(row.rule), days[1])
    assert {number: each.due_date for number, each in all_assignments(amended).items()} == before


def test_a_date_that_an_amendment_gave_is_no_extension(store: Store) -> None:
    row = lead_of(store, "ISSUE+")
    amended = amend(store, row.subtask, row.step, asked("ISSUE+40"), 18)
    amended = amend(amended, row.subtask, row.step, asked("ISSUE+30"), 19)
    assert all_assignments(amended)[row.id or 0].rule == "ISSUE+30"


@pytest.mark.parametrize("days", EFFECTIVE)
def test_a_lead_is_swapped_there_and_back(store: Store, days: tuple[int, int]) -> None:
    row = lead_of(store, due_from=max(days))
    other, before = stranger_to(store, row), all_assignments(store)
    amended = amend(store, row.subtask, row.step, renaming(row.lead_office, other), days[0])
    assert all_assignments(amended).keys() == before.keys()
    assert all_assignments(amended)[row.id or 0].office == other
    amended = amend(amended, row.subtask, row.step, renaming(other, row.lead_office), days[1])
    assert all_assignments(amended).keys() == before.keys()
    assert all_assignments(amended)[row.id or 0].office == row.office


@pytest.mark.parametrize("days", EFFECTIVE)
def test_who_came_to_coordinate_is_dropped_again(store: Store, days: tuple[int, int]) -> None:
    row = lead_of(store, due_from=max(days))
    first = store.plan.step(row.subtask, row.step)
    before, other = open_assignments(store), stranger_to(store, row)
    due = first.due.model_copy(update={"coordinating": first.due.coordinating or "WITH_LEAD"})

    def joined(step: Step) -> Step:
        both = (*step.coordinating, Selector(office=other))
        return step.model_copy(update={"coordinating": both, "due": due})

    amended = amend(store, row.subtask, row.step, joined, days[0])
    assert other in {each.office for each in open_assignments(amended).values() if _is_beside(each, row)}
    amended = amend(amended, row.subtask, row.step, lambda _: first, days[1])
    assert open_assignments(amended).keys() == before.keys()


def test_a_run_that_began_before_an_amendment_goes_by_it(store: Store) -> None:
    before = all_assignments(store)
    once = ("issue", "document", "event")
    row = next(each for each in before.values() if store.plan.step(each.subtask, each.step).trigger not in once)
    done(store, _change(store, with_step(store.plan, row.subtask, row.step, lambda _: None), date(2023, 9, 20)))
    follow_up_once(store, "p1", fill_in("p1", {}, store.plan), at("2024-01-10"))
    new = [each for number, each in all_assignments(store).items() if number not in before]
    assert new
    assert not [each for each in new if (each.subtask, each.step) == (row.subtask, row.step)]


def test_who_was_given_a_part_and_comes_to_lead_holds_the_work_once(store: Store) -> None:
    row, part = _lead_with_part(store)
    other = stranger_to(store, row)
    done(store, give_to([part.id or 0], other, provenance=WHY, context=acting(store)))
    amended = amend(store, row.subtask, row.step, renaming(row.lead_office, other), 18)
    held = [each for each in open_assignments(amended).values() if each.office == other]
    assert [each.id for each in held if (each.subtask, each.step) == (row.subtask, row.step)] == [row.id]


def _lead_with_part(store: Store) -> tuple[Assignment, Assignment]:
    rows = open_assignments(store).values()
    for row in (each for each in rows if each.role is Role.LEAD):
        beside = [each for each in rows if _is_beside(each, row)]
        same_step = (each for each in rows if (each.subtask, each.step) == (row.subtask, row.step))
        copies = [each for each in same_step if each.role is Role.LEAD]
        named = f'"{row.lead_office}"' in store.plan.step(row.subtask, row.step).model_dump_json()
        if beside and copies == [row] and named:
            return row, beside[0]
    raise AssertionError("no such lead")


def _is_beside(each: Assignment, row: Assignment) -> bool:
    return each.role is Role.COORDINATING and (each.subtask, each.step) == (row.subtask, row.step)


def test_only_the_assignments_of_the_step_that_changes_are_read(store: Store) -> None:
    """A plan has a hundred steps, and their assignments fill the store."""
    row = lead_of(store, "ISSUE+")
    change = _change(store, with_step(store.plan, row.subtask, row.step, asked("ISSUE+90")), date(2023, 9, 20))
    said: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert row.id in {item.assignment_id for item in previewed(store, change)}
    assert len([each for each in said if "WHERE assignment.subtask = " in each]) == 1


def test_what_is_due_before_the_day_stays_as_it_was_given(store: Store) -> None:
    row = lead_of(store, "ISSUE+")
    other, before = stranger_to(store, row), all_assignments(store)
    plan = with_step(store.plan, row.subtask, row.step, renaming(row.lead_office, other))
    change = _change(store, plan, max(row.due_date, local_date(NOW)) + timedelta(days=1))
    left = [item for item in previewed(store, change) if item.assignment_id == row.id]
    assert [(item.kind, item.left_because) for item in left] == [(ItemKind.LEFT, LeftBecause.DUE_BEFORE)]
    done(store, change)
    follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), NOW)
    after = all_assignments(store)
    assert after.keys() == before.keys()
    assert after[row.id or 0] == before[row.id or 0]


def test_what_is_due_after_the_day_changes_at_once_and_says_from_when(store: Store) -> None:
    row = lead_of(store, "ISSUE+", 25)
    plan = with_step(store.plan, row.subtask, row.step, asked("ISSUE+90"))
    done(store, _change(store, plan, date(2023, 9, 25)))
    moved = all_assignments(store)[row.id or 0]
    assert row.due_date < moved.due_date
    assert "có hiệu lực từ" in moved.explanation_vi
    with reading_session(store.engine) as session:
        (told,) = deeds_on(session, [row.id or 0])
    assert "có hiệu lực từ" in grounds_in_words(told, "vi")


def test_another_rhythm_and_lead_leave_open_work_and_say_so(store: Store) -> None:
    rows = open_assignments(store)
    once = ("issue", "document", "event")
    row = next(each for each in rows.values() if store.plan.step(each.subtask, each.step).trigger not in once)
    rhythm = "half" if store.plan.step(row.subtask, row.step).trigger == "quarter" else "quarter"
    other = stranger_to(store, row)

    def otherwise(step: Step) -> Step:
        return renaming(row.lead_office, other)(step).model_copy(update={"trigger": rhythm})

    change = _change(store, with_step(store.plan, row.subtask, row.step, otherwise), date(2023, 9, 20))
    shown = previewed(store, change)
    theirs = {number for number, each in rows.items() if (each.subtask, each.step) == (row.subtask, row.step)}
    assert {item.assignment_id for item in shown} == theirs
    assert {item.left_because for item in shown} == {LeftBecause.RHYTHM}
    done(store, change)
    assert {number: each for number, each in all_assignments(store).items() if each.state in OPEN} == rows


def test_a_step_dropped_from_a_day_ahead_is_asked_for_until_then(store: Store) -> None:
    """What falls due before the day is made; what falls due later is not, also where its period begins before."""
    of_step = _quarterly(store)

    def periods() -> list[str]:
        return sorted({each.period for each in all_assignments(store).values() if (each.subtask, each.step) == of_step})

    before = periods()
    done(store, _change(store, with_step(store.plan, *of_step, lambda _: None), date(2024, 5, 1)))
    assert periods() == before
    for day in ("2024-01-20", "2024-03-10", "2024-04-20", "2024-07-20"):
        follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), at(day))
    assert periods() == [*before, "2024-Q1"]
    later = store.of_today()
    (history,) = later.plan.history
    assert (history.subtask, history.step, history.until) == (*of_step, date(2024, 5, 1))
    done(later, _change(later, store.plan, date(2023, 9, 20)), may_be_late=True)
    again = later.of_today().plan
    assert again.step(*of_step) == store.plan.step(*of_step)
    assert not [each for each in again.history if each.until]


def _quarterly(store: Store) -> tuple[str, str]:
    rows = open_assignments(store).values()
    triggers = {(each.subtask, each.step): store.plan.step(each.subtask, each.step).trigger for each in rows}
    return next(step for step, trigger in triggers.items() if trigger == "quarter")


def test_a_step_dropped_today_is_asked_for_no_more(store: Store) -> None:
    of_step = _quarterly(store)
    done(store, _change(store, with_step(store.plan, *of_step, lambda _: None), date(2023, 9, 20)))
    count = len(all_assignments(store))
    assert not store.of_today().plan.history
    follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), at("2024-01-20"))
    new = list(all_assignments(store).values())[count:]
    assert new and not [each for each in new if (each.subtask, each.step) == of_step]


def test_a_later_day_governs_what_falls_due_from_then_on_though_its_period_began_before(store: Store) -> None:
    of_step = _quarterly(store)
    rows = open_assignments(store).values()
    other = stranger_to(store, next(each for each in rows if (each.subtask, each.step) == of_step))
    lead_by = with_step(store.plan, *of_step, lambda step: step.model_copy(update={"lead": (Selector(office=other),)}))
    done(store, _change(store, lead_by, date(2023, 12, 20)))
    follow_up_once(store.of_today(), "p1", fill_in("p1", {}, store.of_today().plan), at("2024-01-10"))
    made = [each for each in all_assignments(store).values() if (each.subtask, each.step) == of_step]
    by_due = {(each.due_date >= date(2023, 12, 20), each.office) for each in made if each.role is Role.LEAD}
    assert all((office == other) == is_later for is_later, office in by_due), by_due


def test_a_part_whose_lead_is_done_is_left_and_says_so(store: Store) -> None:
    lead, parts = with_helpers(store)
    with session_scope(store.engine) as session:
        row = session.get_one(Assignment, lead.id)
        row.state, row.completed_at = State.ACCEPTED, NOW
        session.add(row)
    change = _change(store, with_step(store.plan, lead.subtask, lead.step, lambda _: None), date(2023, 9, 20))
    shown = {item.assignment_id: item.left_because for item in previewed(store, change) if item.left_because}
    assert {each.id for each in parts} <= shown.keys()
    assert {shown[each.id] for each in parts} == {LeftBecause.LEAD_CLOSED}
    done(store, change)
    assert all(all_assignments(store)[each.id or 0].state in OPEN for each in parts)
