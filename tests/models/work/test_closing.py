"""A directive is closed as one deed and opened again as another; what was there goes on as it was."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any

import pytest

from config.errors import Refused
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import State, Urgency
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.deeds.anchors import correct_anchor
from models.work.deeds.apply import Change
from models.work.deeds.grounds import grounds
from models.work.directive_deeds.closing import close_directive, reopen_directive
from models.work.directives import issue_directive, register_document, register_event
from tests.support.cast import at, number_of, t0_report
from tests.support.deeds import NOW, WHY, acting, all_assignments, done, open_assignments, previewed
from tests.support.following_up import follow_up_once

DIRECTIVE = "CD-2023-08-17"
BACK = at("2024-02-20")


def closing(store: Store, given: Provenance = WHY) -> Change:
    with reading_session(store.engine) as session:
        return close_directive(session, DIRECTIVE, provenance=given, context=acting(store))


def reopening(store: Store, when: object = BACK) -> Change:
    with reading_session(store.engine) as session:
        return reopen_directive(session, DIRECTIVE, provenance=WHY, context=acting(store, when))  # type: ignore[arg-type]


def run(store: Store, day: str) -> None:
    for priority in ("p1", "p3"):
        follow_up_once(store.of_today(), priority, fill_in(priority, {}, store.of_today().plan), at(day))


@pytest.mark.parametrize("deed", [close_directive, reopen_directive])
def test_a_blank_code_is_not_that_of_the_main_directive(running: Store, deed: Callable[..., Change]) -> None:
    with reading_session(running.engine) as session, pytest.raises(Refused, match="«» không có"):
        deed(session, "", provenance=WHY, context=acting(running))


def test_closing_withdraws_what_is_open_and_nothing_more_is_planned(running: Store) -> None:
    reported = number_of(running, "T0.1")
    with session_scope(running.engine) as session:
        verbs.report(session, reported, t0_report(), running.actor_context(now=NOW, actor="office:SYT"))
    before = open_assignments(running)
    items = previewed(running, closing(running))
    assert {item.assignment_id for item in items} == set(before)
    done(running, closing(running))
    assert set(open_assignments(running)) == {reported}, "its report waits for a decision"
    count = len(all_assignments(running))
    run(running, "2024-01-10")
    assert len(all_assignments(running)) == count
    with pytest.raises(Refused, match="đã kết thúc ngày 20/09/2023"):
        closing(running)
    with session_scope(running.engine) as session, pytest.raises(Refused) as refused:
        assign_ad_hoc(session, AdHoc("T3.4", "Báo cáo nhanh", "SYT", date(2024, 3, 1)), acting(running, BACK))
    assert "CD-2023-08-17 đã kết thúc" in refused.value.details[0]

    done(running, reopening(running), may_be_late=True)
    again = open_assignments(running)
    assert set(again) == set(before)
    for number, row in again.items():
        assert (row.state, row.office, row.due_at) == (
            before[number].state,
            before[number].office,
            before[number].due_at,
        )
    assert again[reported].state is State.REPORTED and again[reported].reported_at == NOW
    run(running, "2024-02-20")
    made = [row for number, row in all_assignments(running).items() if number not in before and number > count]
    assert not [row for row in made if row.period in ("2023-Q4", "2024-01")], "what began meanwhile is not made up for"
    run(running, "2024-04-02")
    assert len(open_assignments(running)) > len(again)


def test_reopening_asks_when_work_would_be_late_and_a_day_ahead_is_refused(running: Store) -> None:
    with pytest.raises(Refused, match="phải từ ngày của chỉ đạo"):
        closing(running, grounds(reason="Hết việc.", effective_on=date(2023, 10, 1)))
    with pytest.raises(Refused, match="đang mở"):
        reopening(running)
    done(running, closing(running))
    with pytest.raises(Refused, match="quá hạn ngay"):
        done(running, reopening(running))


def test_a_closed_directive_takes_no_event_and_no_document(running: Store) -> None:
    """They would make nothing; opened again, it takes both."""

    def enter(when: datetime) -> None:
        context = running.of_today().actor_context(now=when, actor="coordinator")
        subtask = next(each.code for each in context.plan.subtasks() if any(s.trigger == "event" for s in each.steps))
        with session_scope(running.engine) as session:
            with pytest.raises(Refused, match="đã kết thúc ngày 20/09/2023") if when != BACK else nullcontext():
                register_event(session, subtask=subtask, title="Hội nghị", on_date=date(2024, 3, 1), context=context)
            with pytest.raises(Refused, match="đã kết thúc ngày 20/09/2023") if when != BACK else nullcontext():
                named: dict[str, Any] = {"number": "77/CV", "title": "Về việc A", "urgency": Urgency.NORMAL}
                register_document(session, **named, on_date=when.date(), context=context)

    done(running, closing(running))
    enter(at("2023-10-02"))
    done(running, reopening(running), may_be_late=True)
    enter(BACK)


def test_what_took_place_while_a_directive_was_closed_is_refused_in_words(running: Store) -> None:
    """It would make nothing, also where an entry is corrected to such a day; what was entered before stays known."""
    context = running.actor_context(now=NOW, actor="coordinator")
    subtask = next(each.code for each in context.plan.subtasks() if any(s.trigger == "event" for s in each.steps))
    with session_scope(running.engine) as session:
        event = register_event(session, subtask=subtask, title="Giao ban", on_date=date(2023, 9, 25), context=context)
        number = event.id or 0
    done(running, closing(running))
    done(running, reopening(running), may_be_late=True)
    back = running.of_today().actor_context(now=BACK, actor="coordinator")
    closed = r"«.+» ngày 01/12/2023: khi ấy chỉ đạo CD-2023-08-17 đã kết thúc \(20/09/2023, mở lại 20/02/2024\)"
    with session_scope(running.engine) as session:
        again = register_event(session, subtask=subtask, title="Giao ban", on_date=date(2023, 9, 25), context=back)
        assert again.id == number
        with pytest.raises(Refused, match=closed):
            register_event(session, subtask=subtask, title="Hội nghị", on_date=date(2023, 12, 1), context=back)
        with pytest.raises(Refused, match=closed) as refused:
            register_document(
                session,
                number="77/CV",
                title="Về việc A",
                urgency=Urgency.NORMAL,
                on_date=date(2023, 12, 1),
                context=back,
            )
        assert "reopened 20/02/2024" in refused.value.en
    with reading_session(running.engine) as session:
        with pytest.raises(Refused, match=closed):
            correct_anchor(session, number, on_date=date(2023, 12, 1), provenance=WHY, context=back)
        correct_anchor(session, number, title="Giao ban tháng", on_date=date(2023, 9, 25), provenance=WHY, context=back)


def test_an_assigning_document_of_a_day_of_a_pause_assigns_when_it_is_entered(store: Store) -> None:
    def enter(when: datetime) -> None:
        with session_scope(store.engine) as session:
            context = store.of_today().actor_context(now=when, actor="coordinator")
            issue_directive(session, number="45/KH", on_date=date(2023, 12, 1), context=context)

    done(store, closing(store))
    with pytest.raises(Refused, match="đã kết thúc ngày 20/09/2023"):
        enter(at("2023-12-04"))
    done(store, reopening(store))
    enter(BACK)
    run(store, "2024-02-20")
    assert {row.subtask for row in open_assignments(store).values() if row.period == "doc:45/KH"}
