"""The courier: claims, sends, records; loses nothing and doubles nothing it can know of."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text, update
from sqlmodel import Session, col

from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from config.rules.delivery_window import opens_at
from config.rules.quiet_hours import OUT_OF_OFFICE
from models.delivery import leases, pauses
from models.delivery.fallback import FallbackCounts
from models.delivery.leases import ClaimedMessage, RenderedMessage
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, Role, Urgency
from models.tables.outbox import Notice
from models.work import verbs
from models.work.locked_assignment import lock_assignment
from notifications.channels.mailbox import letters
from notifications.channels.rate_limits import RECIPIENT_BURST
from notifications.courier import courier
from notifications.courier import round as courier_round
from notifications.courier.composing import prepare
from notifications.courier.courier import deliver, run_forever
from tests.support.cast import COORDINATOR, LEAD, at, begin, issue, number_of, run, t0_report
from tests.support.outbox import MORNING, claim, grouped, messages, notices, plan_only
from tests.support.outposts import WebHook, free_port

TODAY = at("2023-08-23")
Hooks = Callable[..., WebHook]


class Killed(BaseException):
    """The process ends here."""


def die() -> float:
    raise Killed


def reached_over(store: Store, address: Address) -> Store:
    return replace(store, contacts=Contacts({(LEAD, "focal"): address}))


@pytest.fixture
def unreachable(store: Store) -> Store:
    """A store whose office SYT is reached over a service that nobody runs."""
    return reached_over(store, Address("json", "vi", f"json://127.0.0.1:{free_port()}/?cto=0.5&rto=0.5"))


class TestOneDigest:
    def test_a_recipient_gets_all_that_waits_in_one_message(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING, "p1", "p2", "p3", "p4", "p5", offices=(LEAD,))
        done = deliver(store, now=MORNING)
        assert (done.sent, done.waiting) == (1, 0)
        (message,) = messages(store)
        told = notices(store, NoticeState.SENT)
        assert len(told) > 10
        assert {notice.message_id for notice in told} == {message.id}

    def test_desks_of_one_office_get_their_own(self, store: Store) -> None:
        begin(store, "p1", MORNING, at("2023-09-18"))
        late = [message for message in messages(store) if message.created_at == at("2023-09-18")]
        recipients = [(message.office, message.desk) for message in late]
        assert len(recipients) == len(set(recipients))
        assert {(LEAD, Desk.FOCAL), (LEAD, Desk.HEAD), (COORDINATOR, Desk.COORDINATOR)} <= set(recipients)

    def test_one_reminder_to_four_desks_is_counted_once(self, store: Store) -> None:
        issue(store)
        for day in ("2023-08-18", "2023-09-12", "2023-09-18", "2023-09-25"):
            run(store, "p1", at(day))
        last = next(m for m in reversed(messages(store)) if (m.office, m.desk) == (LEAD, Desk.FOCAL))
        number = number_of(store, "T0.1")
        words = last.body_text.split(f"[{number}]")[1].split("[")[0]
        assert "đã nhắc 2 lần, gần nhất 18/09/2023" in words

    def test_a_head_is_told_what_was_sent_before_when_and_to_whom(self, store: Store) -> None:
        issue(store)
        for day in ("2023-08-18", "2023-09-12", "2023-09-14"):
            run(store, "p1", at(day))
        message = next(m for m in messages(store) if (m.office, m.desk) == (LEAD, Desk.HEAD))
        words = message.body_text.split(f"[{number_of(store, 'T0.1')}]")[1].split("[")[0]
        assert "– 18/08/2023 giao việc → đầu mối\n     – 12/09/2023 báo quá hạn → đầu mối\n" in words
        assert "14/09/2023" not in words, "what is sent at the same time was not sent before"

    def test_the_words_that_were_sent_are_kept(self, store: Store) -> None:
        begin(store, "p1", MORNING)
        (message,) = messages(store)
        (letter,) = letters(store.settings.mailbox_dir)
        assert message.subject == letter.subject == "[Đôn đốc] Sở Y tế: 7 việc mới – hạn gần nhất 11/09/2023"
        assert message.body_text.splitlines() == letter.text.splitlines()
        assert message.body_html.startswith("<!doctype html>")
        assert Path(letter.file).name.startswith("20230818-dondoc-")

    def test_an_office_that_reads_english_is_written_to_in_english(self, store: Store) -> None:
        english = replace(store, contacts=Contacts(languages={LEAD: "en"}))
        issue(english)
        run(english, "p1", MORNING)
        (message,) = messages(english)
        assert message.subject == "[dondoc] Department of Health: 7 newly assigned – nearest due 11/09/2023"
        assert "Acknowledge, report or request an extension here" in message.body_text
        assert "việc" not in message.body_text


class TestFailure:
    @pytest.mark.later
    def test_a_message_waits_longer_each_time_and_is_given_up_with_its_reason(self, unreachable: Store) -> None:
        issue(unreachable)
        run(unreachable, "p1", MORNING)
        now, waits = MORNING, []
        deliver(unreachable, now=now, jitter=lambda: 0.0)
        while (message := messages(unreachable)[0]).state is MessageState.QUEUED:
            waits.append(round((message.next_attempt_at - now) / timedelta(minutes=1)))
            assert deliver(unreachable, now=now).retrying == 0  # not before its time
            now = opens_at(message.next_attempt_at, quiet=OUT_OF_OFFICE, calendar=unreachable.calendar)
            deliver(unreachable, now=now, jitter=lambda: 0.0)
        assert waits == [1, 2, 4, 8, 16, 32] + [60] * (leases.MAX_ATTEMPTS - 7)
        message, to_the_coordinator = messages(unreachable)
        assert to_the_coordinator.office == COORDINATOR
        assert (message.state, message.attempts) == (MessageState.DEAD, leases.MAX_ATTEMPTS)
        assert message.error
        assert {notice.reason for notice in notices(unreachable, NoticeState.DEAD)} == {message.error}

    def test_jitter_spreads_retries_by_up_to_a_quarter(self) -> None:
        assert pauses.pause_after(1, 0.0) == timedelta(minutes=1)
        assert pauses.pause_after(1, 1.0) == timedelta(minutes=1.25)
        assert pauses.pause_after(8, 0.5) == timedelta(minutes=67.5)

    def test_a_refusal_for_good_ends_at_once(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook(404)
        refused = reached_over(store, hook.address())
        issue(refused)
        summary = run(refused, "p1", MORNING)
        assert (summary.messages_sent, summary.messages_failed) == (1, 1)
        message, to_the_coordinator = messages(refused)
        assert to_the_coordinator.office == COORDINATOR
        assert (message.state, message.attempts) == (MessageState.DEAD, 1)
        assert "404" in message.error
        assert {notice.reason for notice in notices(refused, NoticeState.DEAD)} == {message.error}
        deliver(refused, now=MORNING + timedelta(days=4))
        assert len(hook.taken) == 1

    def test_one_round_tries_a_failing_message_once(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook(503)
        failing = reached_over(store, hook.address())
        issue(failing)
        run(failing, "p1", MORNING)
        assert len(hook.taken) == 1
        assert deliver(failing, now=MORNING).retrying == 0
        assert deliver(failing, now=MORNING + timedelta(minutes=2)).retrying == 1
        assert len(hook.taken) == 2

    def test_a_message_without_words_holds_up_no_other_and_says_why(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING)
        with session_scope(store.engine) as session:
            gone = update(Assignment).where(col(Assignment.office) == LEAD).values(subtask="T9.9")
            session.execute(gone)
        done = deliver(store, now=MORNING)
        (stuck,) = messages(store, MessageState.QUEUED)
        assert (done.retrying, done.sent) == (1, len(messages(store)) - 1)
        assert done.sent > 10
        assert "T9.9" in stuck.error
        assert stuck.attempts == 1

    def test_waiting_for_its_turn_is_no_try(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook()
        offices = {(office.code, "focal"): hook.address() for office in store.plan.offices}
        patient = replace(store.settings, recipient_rate=0.001)
        slow = replace(store, contacts=Contacts(offices), settings=patient)
        issue(slow)
        plan_only(slow, MORNING, "p1")
        done = deliver(slow, now=MORNING)
        waiting = messages(slow, MessageState.QUEUED)
        assert len(hook.taken) == done.sent == RECIPIENT_BURST
        assert len(waiting) == done.retrying > 5
        assert {message.attempts for message in waiting} == {0}
        assert min(message.next_attempt_at for message in waiting) > MORNING + timedelta(minutes=15)

    def test_a_fault_of_a_library_in_sending_tells_its_kind_and_no_more(
        self, store: Store, web_hook: Hooks, monkeypatch: pytest.MonkeyPatch, log: list[str]
    ) -> None:
        def break_down(*_: object, **__: object) -> None:
            raise RuntimeError("https://user:s3cret@service.example")

        monkeypatch.setattr(courier_round, "send", break_down)
        broken = reached_over(store, web_hook().address())
        issue(broken)
        run(broken, "p1", MORNING)
        assert "RuntimeError" in messages(broken)[0].error
        assert "s3cret" not in "".join(log) + messages(broken)[0].error

    def test_nothing_secret_is_stored(self, store: Store, web_hook: Hooks, log: list[str]) -> None:
        for number, status in enumerate((200, 404, 503)):
            hook = web_hook(status)
            secret = reached_over(store, hook.address("/s3cret-token", "user:s3cret-pass@"))
            if not number:
                issue(secret)
            plan_only(secret, MORNING, f"p{number + 1}", offices=(LEAD,))
            deliver(secret, now=MORNING)
            assert hook.taken
        with store.engine.connect() as connection:
            for table in inspect(store.engine).get_table_names():
                rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
                assert "s3cret" not in repr(rows), table
        assert "s3cret" not in "\n".join(log)


class TestCrash:
    def test_after_sending_means_one_more_send_with_the_same_key_after_the_lease(
        self, store: Store, web_hook: Hooks
    ) -> None:
        hook = web_hook()
        over = reached_over(store, hook.address())
        issue(over)
        plan_only(over, MORNING, offices=(LEAD,))
        with pytest.raises(Killed):
            deliver(over, now=MORNING, jitter=die)  # asked for after sending, before recording
        assert len(hook.taken) == 1
        assert deliver(over, now=MORNING + leases.LEASE).sent == 0
        assert deliver(over, now=MORNING + leases.LEASE + timedelta(seconds=1)).sent == 1
        assert deliver(over, now=MORNING + timedelta(hours=2)).sent == 0
        first, second = (headers["idempotency-key"] for headers, _ in hook.taken)
        (message,) = messages(over)
        assert first == second == message.message_key
        assert (message.state, message.attempts) == (MessageState.SENT, 2)

    def test_after_claiming_loses_nothing_and_counts_as_a_try(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING)
        grouped(store)
        taken = claim(store, MORNING)
        assert taken is not None
        deliver(store, now=MORNING)
        (stuck,) = messages(store, MessageState.SENDING)
        assert stuck.id == taken.id
        deliver(store, now=MORNING + leases.LEASE + timedelta(seconds=1))
        again = next(message for message in messages(store) if message.id == taken.id)
        assert (again.state, again.attempts, again.message_key) == (MessageState.SENT, 2, taken.message_key)
        assert not notices(store, NoticeState.PENDING)

    def test_a_message_that_kills_every_courier_is_given_up(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        grouped(store)
        now = MORNING
        for _ in range(leases.MAX_EXPIRED_LEASES):
            assert claim(store, now) is not None
            now += leases.LEASE + timedelta(seconds=1)
        done = deliver(store, now=now)
        assert (done.sent, done.failed, done.waiting) == (1, 1, 0)
        message, to_the_coordinator = messages(store)
        assert to_the_coordinator.office == COORDINATOR
        assert (message.state, message.attempts) == (MessageState.DEAD, leases.MAX_EXPIRED_LEASES)
        assert "dừng giữa chừng" in message.error
        assert {notice.reason for notice in notices(store, NoticeState.DEAD)} == {message.error}

    def test_the_courier_goes_on_after_a_fault_and_stops_when_told(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING)
        with session_scope(store.engine) as session:
            session.execute(update(Assignment).where(col(Assignment.office) == LEAD).values(subtask="T9.9"))
        stop, rounds = threading.Event(), iter([MORNING + timedelta(hours=each) for each in range(3)])

        def tick() -> datetime:
            now = next(rounds)
            if now > MORNING + timedelta(hours=1):
                stop.set()
            return now

        run_forever(lambda: store, stop, clock=tick, every_s=0)
        assert len(messages(store, MessageState.SENT)) > 10

    def test_ended_by_a_signal_writes_down_what_it_has_sent(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Prefect makes an exception of the signal, of a kind of its own."""

        class Terminated(BaseException):
            pass

        claim, rounds = leases.claim, itertools.count()

        def interrupted(session: Session, *, poison_candidates: bool = False, **asked: Any) -> list[ClaimedMessage]:
            if not poison_candidates and next(rounds) > 0:
                raise Terminated
            return claim(session, poison_candidates=poison_candidates, **asked)

        issue(store)
        plan_only(store, MORNING)
        monkeypatch.setattr(leases, "claim", interrupted)
        with pytest.raises(Terminated):
            deliver(store, now=MORNING)
        assert messages(store, MessageState.SENDING) == []
        assert messages(store, MessageState.SENT) != []


class TestSeveralCouriers:
    def test_at_once_send_each_message_once(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING)
        counts: list[int] = []
        begin = threading.Barrier(4)

        def courier() -> None:
            begin.wait()
            counts.append(deliver(store, now=MORNING).sent)

        threads = [threading.Thread(target=courier) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = messages(store)
        recipients = [(message.office, message.desk) for message in sent]
        assert sum(counts) == len(sent) == len(set(recipients)) > 10
        assert all((message.state, message.attempts) == (MessageState.SENT, 1) for message in sent)
        assert len(letters(store.settings.mailbox_dir)) == len(sent)
        assert not notices(store, NoticeState.PENDING)

    def test_in_a_long_round_a_lease_begins_when_its_message_is_taken(self, store: Store) -> None:
        """Else every message after the first minute could be taken by two."""
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        grouped(store)
        assert claim(store, MORNING, lease_from=MORNING + timedelta(minutes=10)) is not None
        assert claim(store, MORNING + timedelta(minutes=10, seconds=30)) is None
        assert claim(store, MORNING + timedelta(minutes=11, seconds=1)) is not None

    @pytest.mark.parametrize(
        "reckoned_with", [MORNING, TODAY - timedelta(minutes=3)], ids=["another day", "began long ago"]
    )
    def test_what_a_run_has_taken_is_left_to_it_whatever_moment_it_reckons_with(
        self, store: Store, web_hook: Hooks, monkeypatch: pytest.MonkeyPatch, reckoned_with: datetime
    ) -> None:
        hook, really_send = web_hook(), courier_round.send
        over = reached_over(store, hook.address())
        issue(over)
        plan_only(over, MORNING, offices=(LEAD,))

        def send_while_another_looks(*given: Any, **options: Any) -> Any:
            monkeypatch.setattr(courier_round, "send", really_send)
            assert deliver(over, now=TODAY + timedelta(seconds=1)).sent == 0
            return really_send(*given, **options)

        monkeypatch.setattr(courier_round, "send", send_while_another_looks)
        assert deliver(over, now=TODAY, as_of=reckoned_with).sent == 1
        assert len(hook.taken) == 1

    def test_a_slow_one_that_did_send_is_believed_though_another_took_over(self, store: Store) -> None:
        message = self._taken_twice(store)
        with session_scope(store.engine) as session:
            leases.record_sent(session, {message.id: RenderedMessage()}, now=MORNING)
        with session_scope(store.engine) as session:
            gone = {"reason": "nobody", "final": True, "jitter": 0.0}
            assert not leases.record_failure(session, message.id, 2, now=MORNING, **gone)  # type: ignore[arg-type]
        (now_,) = messages(store)
        assert (now_.state, now_.error) == (MessageState.SENT, "")
        assert not notices(store, NoticeState.DEAD)

    def test_a_slow_one_that_failed_leaves_it_to_the_one_that_took_over(self, store: Store) -> None:
        message = self._taken_twice(store)
        with session_scope(store.engine) as session:
            gone = {"reason": "nobody", "final": True, "jitter": 0.0}
            assert not leases.record_failure(session, message.id, 1, now=MORNING, **gone)  # type: ignore[arg-type]
        (still,) = messages(store)
        assert (still.state, still.attempts) == (MessageState.SENDING, 2)
        assert not notices(store, NoticeState.DEAD)

    def test_what_a_slow_one_did_send_stays_sent_when_the_one_that_took_over_finds_nothing_to_say(
        self, store: Store
    ) -> None:
        message = self._taken_twice(store)
        (first, *_) = notices(store, NoticeState.PENDING)
        with session_scope(store.engine) as session:
            leases.record_sent(session, {message.id: RenderedMessage()}, now=MORNING)
        assert not [draft for looked in prepare(store, [message], now=MORNING) for draft in looked.drafts]
        with session_scope(store.engine) as session:
            leases.cancel(session, {first.id or 0: "withdrawn"})
        assert [message.state for message in messages(store)] == [MessageState.SENT]
        assert not notices(store, NoticeState.CANCELLED)

    def _taken_twice(self, store: Store) -> ClaimedMessage:
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        grouped(store)
        first, second = claim(store, MORNING), claim(store, MORNING + leases.LEASE + timedelta(seconds=1))
        assert first is not None and second is not None
        assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)
        return first


class TestLookedAtAgain:
    """What no longer applies just before sending is cancelled, with its reason."""

    NOW = at("2023-08-22")  # «not acknowledged» is due

    @pytest.fixture
    def reminded(self, store: Store) -> tuple[Store, int]:
        begin(store, "p1", MORNING)
        plan_only(store, self.NOW, offices=(LEAD,))
        return store, number_of(store, "T0.1")

    def _cancelled(self, store: Store, number: int) -> list[tuple[NoticeKind, str]]:
        deliver(store, now=self.NOW + timedelta(hours=2))
        gone = [notice for notice in notices(store, NoticeState.CANCELLED) if notice.assignment_id == number]
        return [(notice.kind, notice.reason) for notice in gone]

    def test_reported(self, reminded: tuple[Store, int]) -> None:
        store, number = reminded
        with session_scope(store.engine) as session:
            verbs.report(session, number, t0_report(), store.actor_context(now=self.NOW, actor=f"office:{LEAD}"))
        assert self._cancelled(store, number) == [(NoticeKind.NOT_ACKNOWLEDGED, "reported")]

    def test_acknowledged(self, reminded: tuple[Store, int]) -> None:
        store, number = reminded
        with session_scope(store.engine) as session:
            verbs.acknowledge(session, number, store.actor_context(now=self.NOW, actor=f"office:{LEAD}"))
        assert self._cancelled(store, number) == [(NoticeKind.NOT_ACKNOWLEDGED, "acknowledged")]

    def test_withdrawn(self, reminded: tuple[Store, int]) -> None:
        store, number = reminded
        with session_scope(store.engine) as session:
            verbs.withdraw(session, number, "Trùng việc.", store.actor_context(now=self.NOW, actor="coordinator"))
        assert self._cancelled(store, number) == [(NoticeKind.NOT_ACKNOWLEDGED, "withdrawn")]
        told = [n.kind for n in notices(store, NoticeState.SENT) if n.assignment_id == number]
        assert told == [NoticeKind.ASSIGNED, NoticeKind.WITHDRAWN]

    def test_extended(self, store: Store) -> None:
        begin(store, "p1", MORNING)
        number, day = number_of(store, "T0.1"), at("2023-09-08")  # «due in one day» is due
        plan_only(store, day, offices=(LEAD,))
        office, coordinator = (store.actor_context(now=day, actor=actor) for actor in (f"office:{LEAD}", "coordinator"))
        with session_scope(store.engine) as session:
            verbs.acknowledge(session, number, office)
            verbs.request_extension(session, number, date(2023, 9, 20), "Chờ số liệu.", office)
            verbs.grant_extension(session, number, None, coordinator)
        deliver(store, now=day + timedelta(hours=1))
        gone = {n.kind: n.reason for n in notices(store, NoticeState.CANCELLED) if n.assignment_id == number}
        # Nobody is asked to decide on what is decided.
        assert gone == {NoticeKind.DUE_SOON: "due date extended", NoticeKind.EXTENSION_REQUESTED: "decided"}
        told = [n.kind for n in notices(store, NoticeState.SENT) if n.assignment_id == number]
        assert told == [NoticeKind.ASSIGNED, NoticeKind.EXTENSION_GRANTED]

    def test_a_report_decided_before_its_news_went_out(self, reminded: tuple[Store, int]) -> None:
        store, number = reminded
        with session_scope(store.engine) as session:
            verbs.report(session, number, t0_report(), store.actor_context(now=self.NOW, actor=f"office:{LEAD}"))
            verbs.accept(session, number, store.actor_context(now=self.NOW, actor="coordinator"))
        assert (NoticeKind.REPORT_RECEIVED, "decided") in self._cancelled(store, number)

    def test_handed_over(self, reminded: tuple[Store, int]) -> None:
        store, number = reminded
        with session_scope(store.engine) as session:
            context = store.actor_context(now=self.NOW, actor="flow:p1")
            verbs.hand_over(session, [lock_assignment(session, number, context)], "SNV", context)
        assert self._cancelled(store, number) == [(NoticeKind.NOT_ACKNOWLEDGED, "handed over")]
        (news,) = [message for message in messages(store) if message.office == "SNV"]
        assert "nhận từ Sở Y tế" in news.body_text

    def test_of_reminders_that_waited_together_the_most_severe_is_said(self, store: Store) -> None:
        """The runs went on while nothing could be sent: overdue+1, +3, +5 and a repeat all wait."""
        begin(store, "p1", MORNING)
        number = number_of(store, "T0.1")
        for day in ("2023-09-12", "2023-09-14", "2023-09-18", "2023-09-25"):
            plan_only(store, at(day), offices=(LEAD,))
        deliver(store, now=at("2023-09-25", 9))

        def rungs(state: NoticeState) -> set[tuple[str, Desk]]:
            return {
                (notice.rung.partition(":")[0], notice.desk)
                for notice in notices(store, state)
                if notice.assignment_id == number and notice.kind is NoticeKind.OVERDUE
            }

        desks = (Desk.FOCAL, Desk.HEAD, Desk.COORDINATOR, Desk.MONITOR)
        assert rungs(NoticeState.SENT) == {("overdue+10", desk) for desk in desks}
        assert rungs(NoticeState.CANCELLED) == {
            ("overdue+1", Desk.FOCAL),
            *(("overdue+3", desk) for desk in desks[:2]),
            *(("overdue+5", desk) for desk in desks),
        }
        reasons = {n.reason for n in notices(store, NoticeState.CANCELLED) if n.kind is NoticeKind.OVERDUE}
        assert reasons == {"higher rung told"}
        last = next(m for m in reversed(messages(store)) if (m.office, m.desk) == (LEAD, Desk.FOCAL))
        assert last.body_text.count(f"[{number}]") == 1

    def test_a_reminder_and_a_decision_on_the_same_work_are_both_said(self, store: Store) -> None:
        begin(store, "p1", MORNING)
        number, day = number_of(store, "T0.1"), at("2023-09-12")
        with session_scope(store.engine) as session:
            verbs.report(
                session, number, t0_report(), store.actor_context(now=at("2023-09-08"), actor=f"office:{LEAD}")
            )
            verbs.return_(
                session, number, "Thiếu số liệu.", store.actor_context(now=at("2023-09-11"), actor="coordinator")
            )
        plan_only(store, day, offices=(LEAD,))
        deliver(store, now=day)
        told = {n.kind for n in notices(store, NoticeState.SENT) if n.assignment_id == number}
        assert {NoticeKind.REPORT_RETURNED, NoticeKind.OVERDUE} <= told

    def test_a_message_with_nothing_left_is_empty_and_not_sent(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        with session_scope(store.engine) as session:
            for number in session.scalars(select(col(Assignment.id))).all():
                verbs.withdraw(session, number or 0, "Thôi.", store.actor_context(now=MORNING, actor="coordinator"))
            withdrawn = col(Notice.kind) == NoticeKind.WITHDRAWN
            session.execute(update(Notice).where(withdrawn).values(state=NoticeState.SUPERSEDED))
        done = deliver(store, now=MORNING)
        assert (done.sent, done.cancelled > 0, done.waiting) == (0, True, 0)
        (message,) = messages(store)
        assert (message.state, message.body_text) == (MessageState.EMPTY, "")
        assert letters(store.settings.mailbox_dir) == []


class TestDaysOff:
    FRIDAY, SATURDAY, MONDAY = at("2023-08-18"), at("2023-08-19"), at("2023-08-21")

    def test_all_waits_for_the_next_working_day_and_then_makes_one_digest(self, store: Store) -> None:
        issue(store)
        for priority, hour in (("p1", 8), ("p2", 9), ("p3", 13)):
            assert run(store, priority, at("2023-08-19", hour)).messages_sent == 0
        assert (messages(store), letters(store.settings.mailbox_dir)) == ([], [])
        assert deliver(store, now=self.MONDAY).sent == 1
        (message,) = messages(store)
        assert len(notices(store, NoticeState.SENT)) > 7
        assert "tính đến 08:00 ngày 21/08/2023" in message.body_text

    def test_what_is_express_goes_at_once_and_alone(self, store: Store) -> None:
        issue(store)
        plan_only(store, self.SATURDAY, offices=(LEAD,))
        number = number_of(store, "T0.1")
        with session_scope(store.engine) as session:
            its = update(Notice).where(col(Notice.assignment_id) == number)
            session.execute(its.values(urgency=Urgency.EXPRESS))
        assert deliver(store, now=self.SATURDAY).sent == 1
        assert {notice.assignment_id for notice in notices(store, NoticeState.SENT)} == {number}
        assert deliver(store, now=at("2023-08-20")).sent == 0
        assert deliver(store, now=self.MONDAY).sent == 1
        assert not notices(store, NoticeState.PENDING)

    def test_what_is_express_has_a_message_of_its_own_by_day_too(self, store: Store) -> None:
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        number = number_of(store, "T0.1")
        with session_scope(store.engine) as session:
            its = update(Notice).where(col(Notice.assignment_id) == number)
            session.execute(its.values(urgency=Urgency.EXPRESS))
        assert deliver(store, now=MORNING).sent == 2
        (alone,) = [message.id for message in messages(store) if message.urgency is Urgency.EXPRESS]
        told = notices(store, NoticeState.SENT)
        assert {each.assignment_id for each in told if each.message_id == alone} == {number}
        assert number not in {each.assignment_id for each in told if each.message_id != alone}

    def test_a_retry_of_friday_waits_for_monday_too(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook(503)
        failing = reached_over(store, hook.address())
        issue(failing)
        run(failing, "p1", self.FRIDAY)
        assert deliver(failing, now=self.SATURDAY).retrying == 0
        assert len(hook.taken) == 1
        assert deliver(failing, now=self.MONDAY).retrying == 1


class TestLongRounds:
    """A round ends after a minute and another begins; here each is over as soon as it has taken two messages."""

    @pytest.fixture(autouse=True)
    def _rounds_are_short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(courier_round, "BATCH", 2)
        monkeypatch.setattr(courier_round.RoundClock, "elapsed_s", lambda clock: 2 * courier_round.ROUND_FOR_S)

    def test_one_that_lasts_into_the_night_falls_silent(self, store: Store) -> None:
        evening = at(MORNING.date(), 17, 29)
        issue(store)
        plan_only(store, evening)
        done = deliver(store, now=evening)
        assert done.sent == 2
        assert len(messages(store, MessageState.QUEUED)) > 10

    def test_what_came_meanwhile_and_is_express_overtakes(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        issue(store)
        plan_only(store, MORNING)
        grouped(store)
        last = max(notices(store, NoticeState.PENDING), key=lambda notice: notice.message_id or 0).id
        really_take_up = courier.start_fallbacks

        def start_fallbacks(session: Session, *given: Any) -> FallbackCounts:
            came = update(Notice).where(col(Notice.id) == last, col(Notice.state) == NoticeState.PENDING)
            session.execute(came.values(urgency=Urgency.EXPRESS, message_id=None))
            return really_take_up(session, *given)

        monkeypatch.setattr(courier, "start_fallbacks", start_fallbacks)
        deliver(store, now=MORNING)
        in_order = sorted(messages(store, MessageState.SENT), key=lambda message: (message.sent_at, message.id))
        assert Urgency.EXPRESS in [message.urgency for message in in_order[2:4]]
        assert len(in_order) > 10


def test_a_coordinating_office_is_told_its_own_role(store: Store) -> None:
    begin(store, "p1", MORNING)
    with session_scope(store.engine) as session:
        roles = {row.role for row in session.scalars(select(Assignment).where(col(Assignment.office) == LEAD))}
    (message,) = messages(store)
    assert ("(phối hợp với " in message.body_text) == (Role.COORDINATING in roles)
    assert "(chủ trì)" in message.body_text
