"""A channel that fails for good: the next one is tried, the coordinator is told, each once."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from config.errors import Refused
from models.delivery import leases
from models.delivery.dead_letters import send_again
from models.delivery.leases import RenderedMessage
from models.delivery.letters import write_to_coordinator
from models.delivery.message_log import message
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from notifications.channels.outgoing import Result
from notifications.courier.courier import deliver
from notifications.courier.sent_at_once import check_channels, require_all_sent
from tests.support.cast import COORDINATOR, LEAD, at, begin, issue, number_of, run, told
from tests.support.outposts import WebHook, refusing

MORNING, LATER = at("2023-08-18"), at("2023-08-18", 15)
Hooks = Callable[..., WebHook]


def reached(store: Store, *addresses: Address, office: str = LEAD, desk: str = "focal") -> Store:
    """The same store, with a desk reached by these in order."""
    first, *further = addresses
    contacts = Contacts({(office, desk): first}, further={(office, desk): tuple(further)})
    mirror_configuration(store.engine, store.plan, contacts)
    return replace(store, contacts=contacts)


def sent(store: Store) -> list[tuple[str, str, MessageState]]:
    with session_scope(store.engine) as session:
        rows = session.scalars(select(Message).order_by(col(Message.id))).all()
        return [(f"{row.office}/{row.desk.value}", row.channel, row.state) for row in rows]


def body(store: Store, channel: str, office: str) -> str:
    with session_scope(store.engine) as session:
        found = select(col(Message.body_text)).where(col(Message.channel) == channel, col(Message.office) == office)
        return session.scalars(found.order_by(col(Message.id).desc())).first() or ""


def xml(hook: WebHook) -> Address:
    """A second way to the same kind of server, over a channel of another name."""
    return replace(hook.address(), channel="second")


def test_a_trial_tells_of_every_channel_by_its_name(store: Store, web_hook: Hooks) -> None:
    dead, alive = web_hook(404), web_hook()
    twice = reached(store, dead.address(), xml(alive))
    tried = check_channels(twice, LEAD, Desk.FOCAL, now=MORNING)
    assert [(each.channel, each.result) for each in tried] == [("json", Result.PERMANENT), ("second", Result.SENT)]
    assert len(dead.taken) == len(alive.taken) == 1
    with pytest.raises(Refused, match="1 trong 2 kênh") as told:
        require_all_sent(twice.plan.office(LEAD), tried)
    assert told.value.details[0].startswith("Kênh json: chưa gửi được. ") and "404" in told.value.details[0]
    assert told.value.details_en == ("Channel json: not sent (permanent).", "Channel second: sent.")
    require_all_sent(twice.plan.office(LEAD), tried[1:])


class TestNextChannel:
    def test_it_is_tried_in_the_same_round_and_the_log_tells_both(self, store: Store, web_hook: Hooks) -> None:
        dead, alive = web_hook(404), web_hook()
        twice = reached(store, dead.address(), xml(alive))
        issue(twice)
        summary = run(twice, "p1", MORNING)
        assert (summary.messages_failed, summary.messages_sent) == (1, 2)
        assert len(dead.taken) == len(alive.taken) == 1
        assert set(sent(twice)) == {
            (f"{LEAD}/focal", "json", MessageState.DEAD),
            (f"{COORDINATOR}/coordinator", "mailbox", MessageState.SENT),
            (f"{LEAD}/focal", "second", MessageState.SENT),
        }
        number = number_of(twice, "T0.1")
        assert told(twice, number, NoticeState.DEAD) == [(NoticeKind.ASSIGNED, "assigned", f"{LEAD}/focal")]
        assert (NoticeKind.ASSIGNED, "assigned", f"{LEAD}/focal") in told(twice, number)
        assert "đã chuyển sang kênh second" in body(twice, "mailbox", COORDINATOR)

    def test_its_lease_begins_when_it_is_taken_however_long_the_first_round_was(
        self, store: Store, web_hook: Hooks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dead, alive = web_hook(404), web_hook()
        twice = reached(store, dead.address(), xml(alive))
        issue(twice)
        began: list[datetime] = []

        def claim(*given: Any, now: datetime, lease_from: datetime, **options: Any) -> list[leases.ClaimedMessage]:
            taken = claim_truly(*given, now=now, lease_from=lease_from, **options)
            began.extend(lease_from for _ in taken)
            return taken

        claim_truly = leases.claim
        monkeypatch.setattr(leases, "claim", claim)
        slow = SimpleNamespace(monotonic=lambda: time.monotonic() + 600 * len(dead.taken))
        monkeypatch.setattr("notifications.courier.round.time", slow)
        run(twice, "p1", MORNING)
        assert len(alive.taken) == 1
        assert began[-1] >= MORNING + timedelta(seconds=600)

    def test_each_is_tried_once_however_often_one_looks(self, store: Store, web_hook: Hooks) -> None:
        first, second = web_hook(404), web_hook(403)
        twice = reached(store, first.address(), xml(second))
        issue(twice)
        assert run(twice, "p1", MORNING).messages_failed == 2
        for _ in range(3):
            assert deliver(twice, now=LATER).failed == 0
        assert len(first.taken) == len(second.taken) == 1
        with session_scope(store.engine) as session:
            kinds = session.scalars(select(col(Notice.kind)).where(col(Notice.office) == COORDINATOR)).all()
        assert kinds == [NoticeKind.UNDELIVERABLE] * 2

    def test_a_letter_of_its_own_words_goes_over_it_itself(self, store: Store, web_hook: Hooks) -> None:
        dead, refusing, alive = web_hook(404), web_hook(403), web_hook()
        third = replace(alive.address(), channel="third")
        contacts = reached(store, dead.address(), xml(refusing), third, office=COORDINATOR, desk="coordinator").contacts
        reachable = replace(store, contacts=contacts)
        issue(reachable)
        with session_scope(store.engine) as session:
            context, words = (
                reachable.actor_context(now=MORNING, actor="flow:su-co"),
                RenderedMessage("Sự cố", "p1 dừng.", "<p>p1</p>"),
            )
            write_to_coordinator(session, "dondoc-su-co-1", words, contacts, context)
        done = deliver(reachable, now=MORNING)
        assert (done.failed, done.sent, done.waiting) == (2, 1, 0)
        ((headers, said),) = alive.taken
        assert (headers["idempotency-key"], said["message"]) == ("dondoc-su-co-1", "p1 dừng.")
        with reading_session(store.engine) as session:
            assert [each.channel for each in message(session, 1)[1]] == ["json", "second", "third"]

    def test_what_is_only_delayed_goes_over_no_other(self, store: Store, web_hook: Hooks) -> None:
        alive = web_hook()
        twice = reached(store, web_hook(503).address(), xml(alive))
        issue(twice)
        run(twice, "p1", MORNING)
        assert not alive.taken and len(sent(twice)) == 1

    def test_over_an_edited_file_the_first_channel_there_is_is_used(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook()
        begin(store, "p1", at("2023-08-19"))  # a Saturday: it waits, for the local mailbox
        edited = reached(store, hook.address())
        assert deliver(edited, now=at("2023-08-21")).sent == 1
        assert sent(edited) == [(f"{LEAD}/focal", "json", MessageState.SENT)]


class TestTheCoordinatorIsTold:
    @pytest.fixture
    def lost(self, store: Store, web_hook: Hooks) -> Store:
        failing = reached(store, web_hook(404).address())
        issue(failing)
        run(failing, "p1", MORNING)
        return failing

    def test_once_with_office_channel_and_reason(self, lost: Store) -> None:
        words = body(lost, "mailbox", COORDINATOR)
        assert "THƯ KHÔNG TỚI ĐƯỢC CƠ QUAN (1)" in words
        assert "thư số 1 gửi Sở Y tế (đầu mối) qua kênh json: Dịch vụ từ chối (mã 404)" in words
        assert "chưa ai nhận được" in words
        assert deliver(lost, now=LATER).sent == 0

    def test_and_once_more_when_it_fails_after_being_sent_again(self, lost: Store) -> None:
        with session_scope(lost.engine) as session:
            assert send_again(session, 1, lost.actor_context(now=LATER, actor="coordinator"))
        done = deliver(lost, now=LATER)
        assert (done.failed, done.sent) == (1, 1)
        assert "thư số 1 gửi Sở Y tế" in body(lost, "mailbox", COORDINATOR)
        assert deliver(lost, now=LATER).sent == 0

    def test_and_of_the_channel_that_reached_the_office_though_it_fails_again(
        self, store: Store, web_hook: Hooks
    ) -> None:
        dead, alive = web_hook(404), web_hook()
        twice = reached(store, dead.address(), xml(alive))
        issue(twice)
        run(twice, "p1", MORNING)
        self._send_again_in_vain(twice)
        assert len(alive.taken) == 1
        assert "đã chuyển sang kênh second" in body(twice, "mailbox", COORDINATOR)

    def test_and_of_none_when_no_other_reached_it_before(self, store: Store, web_hook: Hooks) -> None:
        twice = reached(store, web_hook(404).address(), xml(web_hook(403)))
        issue(twice)
        run(twice, "p1", MORNING)
        self._send_again_in_vain(twice)
        assert "chưa ai nhận được" in body(twice, "mailbox", COORDINATOR)
        assert "đã chuyển" not in body(twice, "mailbox", COORDINATOR)

    @staticmethod
    def _send_again_in_vain(store: Store) -> None:
        with session_scope(store.engine) as session:
            assert send_again(session, 1, store.actor_context(now=LATER, actor="coordinator"))
        assert deliver(store, now=LATER).failed == 1

    def test_of_each_however_many_were_given_up(
        self, store: Store, web_hook: Hooks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("models.delivery.fallback.BATCH", 1)
        refusing = web_hook(404).address()
        contacts = Contacts({(LEAD, "focal"): refusing, ("SVHTTDL", "focal"): refusing})
        mirror_configuration(store.engine, store.plan, contacts)
        failing = replace(store, contacts=contacts)
        issue(failing)
        run(failing, "p1", MORNING, offices=(LEAD, "SVHTTDL"))
        assert "THƯ KHÔNG TỚI ĐƯỢC CƠ QUAN (2)" in body(failing, "mailbox", COORDINATOR)

    def test_and_not_of_what_has_been_sent_again_meanwhile(self, store: Store, web_hook: Hooks) -> None:
        failing = reached(store, web_hook(404).address())
        issue(failing)
        quiet = replace(failing, contacts=replace(failing.contacts, quiet=None))
        run(quiet, "p1", at("2023-08-18", 18))
        with session_scope(store.engine) as session:
            update = session.scalars(select(Notice).where(col(Notice.kind) == NoticeKind.UNDELIVERABLE)).one()
            update.state, update.message_id = NoticeState.PENDING, None
        mirror_configuration(store.engine, store.plan, store.contacts)
        with session_scope(store.engine) as session:
            assert send_again(session, 1, store.actor_context(now=LATER, actor="coordinator"))
        done = deliver(store, now=at("2023-08-21"))
        assert (done.sent, done.cancelled) == (1, 1)

    def test_one_who_cannot_be_reached_is_not_told_of_it(self, store: Store, web_hook: Hooks) -> None:
        hook = web_hook(404)
        failing = reached(store, hook.address(), office=COORDINATOR, desk="coordinator")
        issue(failing)
        run(failing, "p1", MORNING)
        run(failing, "p1", at("2023-09-18"))
        assert len(hook.taken) == 1
        for _ in range(3):
            deliver(failing, now=at("2023-09-18", 15))
        assert len(hook.taken) == 1
        with session_scope(store.engine) as session:
            assert not session.scalars(select(Notice).where(col(Notice.kind) == NoticeKind.UNDELIVERABLE)).all()

    def test_though_over_a_second_channel_of_its_own_it_is(self, store: Store, web_hook: Hooks) -> None:
        alive = web_hook()
        here = {"office": COORDINATOR, "desk": "coordinator"}
        twice = reached(store, web_hook(404).address(), xml(alive), **here)
        issue(twice)
        run(twice, "p1", MORNING)
        run(twice, "p1", at("2023-09-18"))
        assert len(alive.taken) == 1


class TestAnotherFirstChannel:
    """Set while a letter waits for the morning."""

    @pytest.mark.parametrize("keeps_the_old_one", [True, False])
    def test_what_waits_goes_over_it_alone(self, store: Store, web_hook: Hooks, keeps_the_old_one: bool) -> None:
        before, now = web_hook(404), web_hook()
        once = reached(store, before.address())
        issue(once)
        run(once, "p1", at("2023-08-17", 20))
        twice = reached(store, xml(now), *([before.address()] if keeps_the_old_one else []))
        run(twice, "p2", MORNING)
        assert (len(before.taken), len(now.taken)) == (0, 1)
        assert [each for each in sent(twice) if each[0] == f"{LEAD}/focal"] == [
            (f"{LEAD}/focal", "second", MessageState.SENT)
        ]

    def test_a_letter_tried_before_goes_over_the_first_of_them_that_was_not(
        self, store: Store, web_hook: Hooks
    ) -> None:
        dead, alive = web_hook(503), web_hook()
        once = reached(store, dead.address())
        issue(once)
        run(once, "p1", MORNING)
        assert dead.taken and (f"{LEAD}/focal", "json", MessageState.QUEUED) in sent(once)
        twice = reached(store, xml(alive), dead.address())
        assert (f"{LEAD}/focal", "json", MessageState.QUEUED) in sent(twice), "it may have arrived"
        with session_scope(store.engine) as session:
            number = session.scalars(select(Message.id).where(col(Message.channel) == "json")).one()
            session.get_one(Message, number).attempts = leases.MAX_ATTEMPTS - 1
        deliver(twice, now=LATER)
        assert (f"{LEAD}/focal", "second", MessageState.SENT) in sent(twice)

    @staticmethod
    def _letter(store: Store) -> None:
        words = RenderedMessage("Sự cố", "p1 dừng.", "<p>p1</p>")
        with session_scope(store.engine) as session:
            context = store.actor_context(now=MORNING, actor="flow:su-co")
            write_to_coordinator(session, "dondoc-su-co-1", words, store.contacts, context)

    def test_a_letter_of_its_own_words_that_waits_goes_over_it_alone(self, store: Store, web_hook: Hooks) -> None:
        before, now = web_hook(404), web_hook()
        desk = {"office": COORDINATOR, "desk": "coordinator"}
        self._letter(reached(store, before.address(), **desk))
        twice = reached(store, xml(now), before.address(), **desk)
        assert sent(twice) == [(f"{COORDINATOR}/coordinator", "second", MessageState.QUEUED)]
        deliver(twice, now=MORNING)
        assert (len(before.taken), len(now.taken)) == (0, 1)

    def test_a_letter_of_its_own_words_tried_before_goes_over_the_first_that_was_not(
        self, store: Store, web_hook: Hooks
    ) -> None:
        dead, alive = web_hook(404), web_hook()
        desk = {"office": COORDINATOR, "desk": "coordinator"}
        once = reached(store, dead.address(), **desk)
        self._letter(once)
        assert deliver(once, now=MORNING).failed == 1
        twice = reached(store, xml(alive), dead.address(), **desk)
        with session_scope(store.engine) as session:
            session.get_one(Message, 1).fallback_at = None
        assert deliver(twice, now=LATER).sent == 1
        assert len(alive.taken) == 1

    @pytest.mark.parametrize("is_other_tried", [True, False])
    def test_what_its_server_keeps_waiting_is_given_up_only_where_another_was_not_tried(
        self, store: Store, web_hook: Hooks, monkeypatch: pytest.MonkeyPatch, is_other_tried: bool
    ) -> None:
        monkeypatch.setattr(leases, "MAX_ATTEMPTS", 2)
        other = web_hook(404) if is_other_tried else web_hook()
        with refusing({"AUTH": "535 no"}) as port:
            mail = Address(
                "mailto", "vi", f"mailto://a:b@127.0.0.1:{port}?from=a@b.example&to=b@c.example&mode=insecure"
            )
            first = reached(store, other.address(), mail) if is_other_tried else reached(store, mail)
            issue(first)
            run(first, "p1", MORNING)
            now_first = (mail, other.address()) if is_other_tried else (other.address(), mail)
            turned = reached(store, *now_first)
            for hours in range(1, 4):
                deliver(turned, now=MORNING + timedelta(hours=hours))
        to_lead = {(channel, state) for to, channel, state in sent(turned) if to == f"{LEAD}/focal"}
        if is_other_tried:
            assert to_lead == {("json", MessageState.DEAD), ("mailto", MessageState.QUEUED)}
        else:
            assert to_lead == {("mailto", MessageState.DEAD), ("json", MessageState.SENT)}
