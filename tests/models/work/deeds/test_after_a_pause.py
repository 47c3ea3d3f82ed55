"""Work of an event within the days for which its directive was closed: it stands, and every deed reaches it."""

from datetime import date, timedelta

import pytest

from config.errors import Refused
from config.rules.working_time import Override
from flows.forms import fill_in
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.work.deeds.anchors import correct_anchor
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from models.work.directive_deeds.closing import close_directive, reopen_directive
from models.work.directives import register_event
from tests.support.cast import at
from tests.support.deeds import WHY, acting, all_assignments, done, open_assignments, with_step
from tests.support.following_up import follow_up_once

DIRECTIVE, WITHIN, BACK = "CD-2023-08-17", date(2023, 10, 25), at("2023-10-27")
SUBTASK = "T3.6"
PAPER = grounds(paper_number="12/TB-VPCP", needs_reason=False)


@pytest.fixture
def event(running: Store) -> int:
    """An event that its host and others work for, and whose day a pause holds."""
    with session_scope(running.engine) as session:
        entered = register_event(
            session, subtask=SUBTASK, title="Hội nghị", on_date=WITHIN, host_office="SYT", context=acting(running)
        )
        number = entered.id or 0
    run(running, "2023-09-20")
    with reading_session(running.engine) as session:
        closing = close_directive(session, DIRECTIVE, provenance=WHY, context=acting(running))
    done(running, closing)
    with reading_session(running.engine) as session:
        reopening = reopen_directive(session, DIRECTIVE, provenance=WHY, context=acting(running, BACK))
    done(running, reopening, may_be_late=True)
    assert its_work(running, number)
    return number


def run(store: Store, day: str) -> None:
    of_today = store.of_today()
    priority = of_today.plan.priority_of(SUBTASK)
    follow_up_once(of_today, priority, fill_in(priority, {}, of_today.plan), at(day))


def back(store: Store) -> ActorContext:
    return acting(store.of_today(), BACK)


def its_work(store: Store, event: int) -> dict[int, Assignment]:
    return {number: row for number, row in open_assignments(store).items() if row.anchor_id == event}


def correcting(store: Store, event: int, **what: object) -> Change:
    with reading_session(store.engine) as session:
        return correct_anchor(session, event, **what, provenance=WHY, context=back(store))  # type: ignore[arg-type]


@pytest.mark.parametrize("to", [date(2023, 11, 20), date(2023, 10, 26)])
def test_a_corrected_date_moves_what_stands(running: Store, event: int, to: date) -> None:
    before, there = its_work(running, event), len(all_assignments(running))
    applied = done(running.of_today(), correcting(running, event, on_date=to), may_be_late=True)
    assert applied.prepared.counts == {ItemKind.MOVED: len(before)}
    after = its_work(running, event)
    assert {number: row.due_date for number, row in after.items()} != {n: row.due_date for n, row in before.items()}
    assert len(all_assignments(running)) == there
    run(running, "2023-10-28")
    assert its_work(running, event).keys() == before.keys()


def test_a_corrected_host_gets_what_stands(running: Store, event: int) -> None:
    hosts = {
        number
        for number, row in its_work(running, event).items()
        if row.office == row.lead_office == "SYT" and row.step != "confirmation"  # which is each office's own
    }
    done(running.of_today(), correcting(running, event, host_office="STC"), may_be_late=True)
    after = its_work(running, event)
    assert hosts and {after[number].office for number in hosts} == {"STC"}


def test_a_step_that_is_dropped_takes_its_work_along(running: Store, event: int) -> None:
    of_today = running.of_today()
    plan = of_today.plan
    for key in [step.key for step in plan.subtask(SUBTASK).steps if step.trigger == "event"]:
        plan = with_step(plan, SUBTASK, key, lambda _: None)
    with reading_session(running.engine) as session:
        dropping = amendment(session, plan, of_today.calendar, provenance=WHY, context=back(running))
    done(of_today, dropping)
    assert not its_work(running, event)


def test_days_off_that_are_entered_later_move_what_stands(running: Store, event: int) -> None:
    late = {number for number, row in its_work(running, event).items() if row.due_date >= BACK.date()}
    before = its_work(running, event)
    given = [Override(BACK.date() + timedelta(days=days), "day_off", "12/TB", "Nghỉ", "Off") for days in (0, 3)]
    done(running, holiday_notice(given, provenance=PAPER, context=back(running)))
    with reading_session(running.engine) as session:
        moving = recalculated_by(session, back(running))
    done(running, moving)
    after = its_work(running, event)
    assert late and {number for number in after if after[number].due_date > before[number].due_date} == late


def test_where_nothing_is_open_no_day_of_the_pause_is_taken(running: Store, event: int) -> None:
    ahead = date(2023, 11, 20)
    with session_scope(running.engine) as session:
        later = register_event(
            session, subtask=SUBTASK, title="Giao ban", on_date=ahead, host_office="SYT", context=back(running)
        )
        number = later.id or 0
    with pytest.raises(Refused, match="nên không giao việc nào"):
        correcting(running, number, on_date=WITHIN)
