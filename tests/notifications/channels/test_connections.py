"""Connections kept from one message to the next: fewer of them, and nothing lost or shared by it."""

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from socket import create_server, socket
from threading import Thread
from types import SimpleNamespace

import httpx
import pytest
import requests

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address
from notifications.channels.apprise_channel import outcome_of
from notifications.channels.apprise_log import AppriseLog
from notifications.channels.connections import Connections
from notifications.channels.http import MAX_ANSWER_BYTES, stated_pause
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.rate_limits import (
    MAX_FAILED_CONNECTIONS,
    PUBLISHED_RATES,
    RECIPIENT_BURST,
    ProviderUnreachable,
    RateLimited,
    RateLimits,
)
from tests.support.outposts import MailServer, WebHook, deliver_to, free_port

Mail = Callable[..., MailServer]
Hooks = Callable[..., WebHook]


def zalo(port: int) -> Address:
    return Address("zalo", "vi", f"zalo://token@4242?base=http://127.0.0.1:{port}")


def test_letters_to_one_server_share_a_conversation(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server()
    with Connections() as connections:
        for _ in range(3):
            assert deliver_to(server.address(), tmp_path, connections=connections).result is Result.SENT
    assert (len(server.letters), len(server.visitors)) == (3, 1)


def test_a_login_of_another_is_not_used(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server(password="right")
    with Connections() as connections:
        assert deliver_to(server.address("dondoc:right@"), tmp_path, connections=connections).result is Result.SENT
        wrong = deliver_to(server.address("dondoc:wrong@"), tmp_path, connections=connections)
    assert (wrong.result, len(server.letters)) == (Result.TEMPORARY, 1)


def test_after_a_refusal_the_conversation_goes_on_with_the_next_letter(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server(to_recipient={"nobody@so.example": "550 no such mailbox"})
    with Connections() as connections:
        results = [
            deliver_to(server.address(to=f"{name}@so.example"), tmp_path, connections=connections).result
            for name in ("nobody", "vanthu", "nobody", "vanthu")
        ]
    assert results == [Result.PERMANENT, Result.SENT] * 2
    assert (server.recipients, len(server.visitors)) == ([["vanthu@so.example"]] * 2, 1)


def test_a_conversation_that_ended_meanwhile_is_begun_anew(mail_server: Mail, tmp_path: Path) -> None:
    first = mail_server()
    with Connections() as connections:
        assert deliver_to(first.address(), tmp_path, connections=connections).result is Result.SENT
        first.stop()
        second = mail_server(port=first.port)
        assert deliver_to(second.address(), tmp_path, connections=connections).result is Result.SENT
    assert (len(first.letters), len(second.letters)) == (1, 1)


def test_a_letter_that_may_have_been_taken_is_not_handed_over_again(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server()
    with Connections() as connections:
        deliver_to(server.address(), tmp_path, connections=connections)
        server.to_letter = "250 hang up"
        assert deliver_to(server.address(), tmp_path, connections=connections).result is Result.AMBIGUOUS
    assert len(server.letters) == 2


def test_messages_of_our_own_channels_share_a_connection_and_no_cookies(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook(said='{"error": 0}', Set_Cookie="who=first; Path=/")
    with Connections() as connections:
        for _ in range(3):
            assert deliver_to(zalo(hook.port), tmp_path, connections=connections) == Outcome(Result.SENT)
    assert hook.visitors == 1
    assert not [headers for headers, _ in hook.taken if "cookie" in headers]


def test_chat_messages_share_no_cookies(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook(Set_Cookie="who=first; Path=/")
    with Connections() as connections:
        for _ in range(3):
            assert deliver_to(hook.address(), tmp_path, connections=connections) == Outcome(Result.SENT)
    assert not [headers for headers, _ in hook.taken if "cookie" in headers]


def test_apprise_is_left_as_it_is(web_hook: Hooks, tmp_path: Path) -> None:
    before = requests.post
    hook = web_hook()
    deliver_to(hook.address(), tmp_path)
    assert sys.modules[type(service_of(hook.address().url)).__module__].requests is requests
    assert requests.post is before
    with requests.post(f"http://127.0.0.1:{hook.port}/", json={}, timeout=5) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "999999"}, 24 * 3600),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "nan"}, None),
        ({"Retry_After": "Fri, 01 Jan 2100 00:00:00 GMT"}, 24 * 3600),
        ({"Retry_After": "Fri, 01 Jan 2010 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("by", ["a channel of ours", "Apprise"])
def test_how_long_a_service_asks_to_be_left_alone(
    web_hook: Hooks, tmp_path: Path, by: str, said: dict[str, str], seconds: int | None
) -> None:
    busy = web_hook(429, **said)
    outcome = deliver_to(busy.address() if by == "Apprise" else zalo(busy.port), tmp_path)
    asked = outcome.retry_after.total_seconds() if outcome.retry_after else None
    assert (outcome.result, asked) == (Result.TEMPORARY, seconds)


def test_a_date_to_wait_for_is_reckoned_by_the_clock_of_the_service() -> None:
    dates = {"Date": "Fri, 18 Aug 2023 01:00:00 GMT", "Retry-After": "Fri, 18 Aug 2023 01:00:45 GMT"}
    assert stated_pause(503, httpx.Headers(dates)) == timedelta(seconds=45)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ('{"ok": false, "parameters": {"retry_after": 35}}', 35),  # Telegram
        ('{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}', 64.57),  # Discord
        ('{"retry_after": 99999999}', 24 * 3600),
        ('{"retry_after": 0}', None),
        ('{"retry_after": -5}', None),
        ('{"retry_after": "soon"}', None),
        ('{"retry_after_ms": 35}', None),
    ],
)
@pytest.mark.parametrize("status", [429, 503, 500])
def test_some_say_it_in_their_answer(
    web_hook: Hooks, tmp_path: Path, said: str, seconds: float | None, status: int
) -> None:
    outcome = deliver_to(web_hook(status, said).address(), tmp_path)
    asked = outcome.retry_after.total_seconds() if outcome.retry_after else None
    assert (outcome.result, asked) == (Result.TEMPORARY, seconds if status != 500 else None)


def test_a_refusal_that_is_not_for_now_states_no_pause(web_hook: Hooks, tmp_path: Path) -> None:
    outcome = deliver_to(web_hook(400, Retry_After="120").address(), tmp_path)
    assert (outcome.result, outcome.retry_after) == (Result.PERMANENT, None)


def test_an_answer_nested_without_end_says_nothing(web_hook: Hooks, tmp_path: Path) -> None:
    outcome = deliver_to(web_hook(429, "[" * 9_000).address(), tmp_path)
    assert (outcome.result, outcome.retry_after) == (Result.TEMPORARY, None) and "429" in outcome.reason


def test_both_kinds_of_answer_of_apprise_are_understood() -> None:
    class Answer(SimpleNamespace):
        def __bool__(self) -> bool:
            return self.status.name == "SUCCESS"

    refused = AppriseLog(status=404)
    for answer in (True, Answer(status=SimpleNamespace(name="SUCCESS"))):
        assert outcome_of(answer, refused) == Outcome(Result.SENT)
    for answer in (False, None, Answer(status=SimpleNamespace(name="FAILURE"))):
        assert outcome_of(answer, refused).result is Result.PERMANENT
    assert outcome_of(Answer(status=SimpleNamespace(name="TIMEOUT")), refused).result is Result.AMBIGUOUS


def test_a_refusal_of_an_earlier_request_says_nothing_of_one_that_hangs() -> None:
    log = AppriseLog()
    for level, text in (
        (logging.DEBUG, "Telegram POST URL: https://example (cert_verify=True)"),
        (logging.WARNING, "Failed to send: Forbidden, error=403."),
    ):
        log.add(logging.LogRecord("apprise", level, "", 0, text, (), None))
    assert (log.is_waiting, log.outcome().result) == (False, Result.PERMANENT)
    log.add(logging.LogRecord("apprise", logging.DEBUG, "", 0, "Telegram POST URL: https://example", (), None))
    assert log.is_waiting and not log.status


def test_an_answer_that_is_too_long_is_left_where_it_is(tmp_path: Path, web_hook: Hooks) -> None:
    """Whether the message was taken is known by then; the rest must not come as the answer to the next one."""
    hook, own = web_hook(200, "x" * (3 * MAX_ANSWER_BYTES)), web_hook(404, "x" * (64 * MAX_ANSWER_BYTES))
    with Connections() as connections:
        for _ in range(2):
            assert deliver_to(hook.address(), tmp_path, connections=connections).result is Result.SENT
            assert deliver_to(zalo(own.port), tmp_path, connections=connections).result is Result.PERMANENT
    assert (len(hook.taken), hook.visitors) == (len(own.taken), own.visitors) == (2, 2)


class TestRateLimits:
    def test_a_recipient_gets_a_few_at_once_and_then_its_turn(self) -> None:
        limits = RateLimits(per_provider=1000, per_recipient=0.01)
        for _ in range(RECIPIENT_BURST):
            limits.wait_for_recipient("json://one")
        with pytest.raises(RateLimited) as told:
            limits.wait_for_recipient("json://one")
        assert 90 < told.value.wait_s <= 100
        limits.wait_for_recipient("json://another")

    def test_a_provider_gets_what_it_says_it_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(PUBLISHED_RATES, "slow.example", 0.01)
        limits = RateLimits(per_provider=1000, per_recipient=1)
        limits.wait_for_provider("slow.example")
        with pytest.raises(RateLimited):
            limits.wait_for_provider("slow.example")
        for _ in range(100):
            limits.wait_for_provider("fast.example")

    def test_where_nobody_answers_is_not_knocked_for_ever(self, tmp_path: Path) -> None:
        limits = RateLimits(per_provider=1000, per_recipient=1000)
        address = Address("json", "vi", f"json://127.0.0.1:{free_port()}/")
        with Connections(limits) as connections:
            reasons = [
                deliver_to(address, tmp_path, connections=connections).reason for _ in range(MAX_FAILED_CONNECTIONS + 1)
            ]
        assert len(set(reasons[:MAX_FAILED_CONNECTIONS])) == 1 != len(set(reasons))
        limits.record_connection("127.0.0.1", succeeded=True)
        limits.wait_for_provider("127.0.0.1")
        for _ in range(MAX_FAILED_CONNECTIONS):
            limits.record_connection("127.0.0.1", succeeded=False)
        with pytest.raises(ProviderUnreachable):
            limits.wait_for_provider("127.0.0.1")


def test_a_kept_conversation_that_falls_silent_before_the_letter_is_begun_anew(tmp_path: Path) -> None:
    """A firewall forgot the connection: nothing comes back, not even its end."""
    taken: list[bytes] = []

    def converse(listening: socket) -> None:
        with ExitStack() as open_until_the_end:
            for visit in range(2):
                connection, _ = listening.accept()
                open_until_the_end.enter_context(connection)
                lines = open_until_the_end.enter_context(connection.makefile("rb"))
                connection.sendall(b"220 here\r\n")
                for line in lines:
                    if line[:4] == b"MAIL" and visit == 0 and taken:
                        break  # and keeps silent
                    if line[:4] == b"DATA":
                        connection.sendall(b"354 go on\r\n")
                        while (part := lines.readline()) != b".\r\n":
                            taken.append(part)
                    connection.sendall(b"250 OK\r\n")
                    if line[:4] == b"QUIT":
                        break

    with create_server(("127.0.0.1", 0)) as listening, Connections() as connections:
        thread = Thread(target=converse, args=(listening,), daemon=True)
        thread.start()
        url = f"mailto://127.0.0.1:{listening.getsockname()[1]}?from=a@b.example&to=c@d.example&cto=0.3"
        for _ in range(2):
            assert deliver_to(Address("mailto", "vi", url), tmp_path, connections=connections).result is Result.SENT
    thread.join()
    assert sum(part.startswith(b"Message-ID") for part in taken) == 2
