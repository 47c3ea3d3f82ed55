"""When offices are spoken to: quiet hours, days on duty, the hour of a digest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from config.contacts.contacts import Address, Contacts
from config.rules.quiet_hours import Hours, QuietHours
from flows.forms import fill_in
from flows.steps import assign_due, track
from models.delivery.leases import LEASE
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, Urgency
from models.tables.outbox import Message, Notice
from models.work import verbs
from notifications.courier.courier import deliver
from tests.support.cast import COORDINATOR, LEAD, at, issue, number_of, run, t0_report
from tests.support.outposts import WebHook

FRIDAY = "2023-08-18"
Hooks = Callable[..., WebHook]


@pytest.fixture
def begun(store: Store) -> Store:
    issue(store)
    return store


def with_hours(store: Store, office: str, hours: Hours) -> Store:
    return replace(store, contacts=replace(store.contacts, preferred_hours={office: hours}))


def plan_only(store: Store, day: str, hour: int) -> None:
    """Assign and track, and send nothing."""
    context = store.actor_context(now=at(day, hour), actor="flow:p1", run_key=f"{day}-{hour}")
    assign_due(store, "p1", fill_in("p1", {"offices": (LEAD,)}, store.plan), context)
    track(store, "p1", context)


def hand_in(store: Store, day: str, hour: int) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(day, hour), actor=f"office:{LEAD}")
        verbs.report(session, number_of_t0(store), t0_report(), context)


def number_of_t0(store: Store) -> int:
    return number_of(store, "T0.1")


def last_message(store: Store) -> Message:
    with session_scope(store.engine) as session:
        return session.scalars(select(Message).order_by(col(Message.id).desc()).limit(1)).one()


class TestQuietHours:
    @pytest.mark.parametrize("hour", [17, 18, 23])
    def test_what_an_evening_run_finds_is_told_at_half_past_seven(self, begun: Store, hour: int) -> None:
        assert run(begun, "p1", at(FRIDAY, hour, 30)).notices > 0
        for quiet in (at(FRIDAY, 23, 59), at("2023-08-19", 9), at("2023-08-21", 7, 29)):
            assert deliver(begun, now=quiet).sent == 0
        assert deliver(begun, now=at("2023-08-21", 7, 30)).sent == 1

    def test_a_moment_before_it_is_still_told(self, begun: Store) -> None:
        assert run(begun, "p1", at(FRIDAY, 17, 29)).messages_sent == 1

    def test_what_somebody_did_waits_for_morning_and_is_told_within_a_minute_by_day(self, begun: Store) -> None:
        run(begun, "p1", at(FRIDAY))
        hand_in(begun, "2023-08-21", 21)
        assert deliver(begun, now=at("2023-08-21", 21, 1)).sent == 0
        assert deliver(begun, now=at("2023-08-22", 7, 30)).sent == 1
        with session_scope(begun.engine) as session:
            context = begun.actor_context(now=at("2023-08-22", 9), actor="coordinator")
            verbs.return_(session, number_of_t0(begun), "Thiếu phụ lục.", context)
        assert deliver(begun, now=at("2023-08-22", 9, 1)).sent == 1

    def test_express_goes_at_night_and_alone(self, begun: Store) -> None:
        plan_only(begun, FRIDAY, 22)
        number = number_of_t0(begun)
        with session_scope(begun.engine) as session:
            its = update(Notice).where(col(Notice.assignment_id) == number)
            session.execute(its.values(urgency=Urgency.EXPRESS))
        assert deliver(begun, now=at(FRIDAY, 22)).sent == 1
        with session_scope(begun.engine) as session:
            told = session.scalars(select(col(Notice.assignment_id)).where(col(Notice.state) == NoticeState.SENT))
            assert set(told) == {number}

    def test_a_retry_of_the_afternoon_waits_for_morning(self, begun: Store, web_hook: Hooks) -> None:
        hook = web_hook(503)
        failing = replace(begun, contacts=Contacts({(LEAD, "focal"): hook.address()}))
        assert run(failing, "p1", at(FRIDAY, 17, 29)).messages_sent == 0
        assert deliver(failing, now=at(FRIDAY, 17, 40)).retrying == 0
        assert last_message(failing).next_attempt_at == at("2023-08-21", 7, 30)
        assert deliver(failing, now=at("2023-08-21", 7, 30)).retrying == 1
        assert len(hook.taken) == 2

    def test_a_retry_of_what_is_express_does_not_wait_for_morning(self, begun: Store, web_hook: Hooks) -> None:
        hook = web_hook(503)
        failing = replace(begun, contacts=Contacts({(LEAD, "focal"): hook.address()}))
        plan_only(failing, FRIDAY, 22)
        with session_scope(begun.engine) as session:
            session.execute(update(Notice).values(urgency=Urgency.EXPRESS))
        assert deliver(failing, now=at(FRIDAY, 22)).retrying == 1
        assert deliver(failing, now=at(FRIDAY, 22, 5)).retrying == 1
        assert len(hook.taken) == 2
        assert last_message(failing).next_attempt_at < at(FRIDAY, 22, 10)

    def test_a_message_whose_courier_fell_silent_in_the_evening_waits_too(self, begun: Store) -> None:
        plan_only(begun, FRIDAY, 17)
        gone = replace(begun, contacts=Contacts({(LEAD, "focal"): Address("json", "vi", "json://127.0.0.1:1/")}))
        deliver(gone, now=at(FRIDAY, 17))
        with session_scope(begun.engine) as session:
            taken = {"state": MessageState.SENDING, "lease_until": at(FRIDAY, 17, 30)}
            session.execute(update(Message).values(**taken))
        assert deliver(begun, now=at(FRIDAY, 17, 31) + LEASE).sent == 0
        assert last_message(begun).next_attempt_at == at("2023-08-21", 7, 30)
        assert deliver(begun, now=at("2023-08-21", 7, 30)).sent == 1

    def test_an_office_on_duty_is_told_at_any_hour_and_nobody_else(self, begun: Store) -> None:
        on_duty = with_hours(begun, COORDINATOR, Hours(None))
        run(on_duty, "p1", at(FRIDAY))
        hand_in(on_duty, "2023-08-19", 22)  # a Saturday
        plan_only(on_duty, "2023-08-22", 23)
        assert deliver(on_duty, now=at("2023-08-22", 23)).sent == 1
        assert (last_message(on_duty).office, last_message(on_duty).desk) == (COORDINATOR, "coordinator")

    def test_an_office_may_have_other_hours(self, begun: Store) -> None:
        assert run(with_hours(begun, LEAD, Hours(QuietHours(time(7), time(9)))), "p1", at(FRIDAY)).messages_sent == 0
        assert deliver(begun, now=at(FRIDAY, 9)).sent == 1


class TestDigestHour:
    @pytest.fixture
    def at_ten(self, begun: Store) -> Store:
        return with_hours(begun, LEAD, Hours(digest_at=time(10)))

    def test_what_runs_say_waits_for_it(self, at_ten: Store) -> None:
        assert run(at_ten, "p1", at(FRIDAY, 7, 30)).messages_sent == 0
        assert deliver(at_ten, now=at(FRIDAY, 9, 59)).sent == 0
        assert deliver(at_ten, now=at(FRIDAY, 10)).sent == 1

    def test_what_comes_after_it_waits_for_the_next_working_day(self, at_ten: Store) -> None:
        assert run(at_ten, "p1", at(FRIDAY, 13, 30)).messages_sent == 0
        assert deliver(at_ten, now=at("2023-08-19", 10)).sent == 0
        assert deliver(at_ten, now=at("2023-08-21", 10)).sent == 1

    def test_an_answer_does_not_wait_and_takes_no_reminder_along(self, at_ten: Store) -> None:
        run(at_ten, "p1", at(FRIDAY, 10))
        hand_in(at_ten, "2023-08-21", 14)
        run(at_ten, "p1", at("2023-08-22", 7, 30))
        with session_scope(at_ten.engine) as session:
            context = at_ten.actor_context(now=at("2023-08-22", 8), actor="coordinator")
            verbs.return_(session, number_of_t0(at_ten), "Thiếu phụ lục.", context)
        deliver(at_ten, now=at("2023-08-22", 8))
        with session_scope(at_ten.engine) as session:
            ours = (col(Notice.office) == LEAD, col(Notice.created_at) >= at("2023-08-22"))
            states = dict(session.execute(select(col(Notice.kind), col(Notice.state)).where(*ours)).tuples().all())
        assert states[NoticeKind.REPORT_RETURNED] is NoticeState.SENT
        assert {state for kind, state in states.items() if kind is not NoticeKind.REPORT_RETURNED} <= {
            NoticeState.PENDING
        }

    def test_express_does_not_wait(self, at_ten: Store) -> None:
        plan_only(at_ten, FRIDAY, 7)
        with session_scope(at_ten.engine) as session:
            session.execute(update(Notice).values(urgency=Urgency.EXPRESS))
        assert deliver(at_ten, now=at(FRIDAY, 7, 1)).sent == 1
