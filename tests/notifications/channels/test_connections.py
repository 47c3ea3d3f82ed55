"""Connections kept from one message to the next: fewer of them, and nothing lost or shared by it."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from socket import create_server, socket
from threading import Thread
from types import SimpleNamespace

import pytest
import requests

from config.contacts.contacts import Address
from notifications.channels.connections import Connections, ssl_context
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.pace import PUBLISHED_PER_SECOND, RECIPIENT_BURST, UNANSWERED, NobodyAnswers, Pace, TooFast
from notifications.channels.sending import _understood
from notifications.channels.web import LONGEST_ANSWER, _retry_after
from tests.support.outposts import MailServer, WebHook, deliver_to, free_port

Mail = Callable[..., MailServer]
Hooks = Callable[..., WebHook]


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
    assert (wrong.result, len(server.letters)) == (Result.PERMANENT, 1)


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


def test_chat_messages_share_a_connection_and_no_cookies(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook(Set_Cookie="who=first; Path=/")
    with Connections() as connections:
        for _ in range(3):
            assert deliver_to(hook.address(), tmp_path, connections=connections) == Outcome(Result.SENT)
    assert hook.visitors == 1
    assert not [headers for headers, _ in hook.taken if "cookie" in headers]


def test_whoever_else_uses_requests_is_not_touched(web_hook: Hooks, tmp_path: Path) -> None:
    before = requests.post
    hook = web_hook()
    deliver_to(hook.address(), tmp_path)
    assert requests.post is before
    with requests.post(f"http://127.0.0.1:{hook.port}/", json={}, timeout=5) as answer:
        assert answer.status_code == 200


def test_certificates_are_read_once_and_verified() -> None:
    assert ssl_context(verified=True) is ssl_context(verified=True)
    assert ssl_context(verified=True).check_hostname and not ssl_context(verified=False).check_hostname


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
def test_how_long_a_service_asks_to_be_left_alone(
    web_hook: Hooks, tmp_path: Path, said: dict[str, str], seconds: int | None
) -> None:
    outcome = deliver_to(web_hook(429, **said).address(), tmp_path)
    asked = outcome.retry_after.total_seconds() if outcome.retry_after else None
    assert (outcome.result, asked) == (Result.TEMPORARY, seconds)


def test_a_date_to_wait_for_is_reckoned_by_the_clock_of_the_service() -> None:
    answer = requests.Response()
    answer.status_code = 503
    answer.headers.update({"Date": "Fri, 18 Aug 2023 01:00:00 GMT", "Retry-After": "Fri, 18 Aug 2023 01:00:45 GMT"})
    assert _retry_after(answer) == timedelta(seconds=45)


def test_telegram_says_it_in_its_answer(web_hook: Hooks, tmp_path: Path) -> None:
    outcome = deliver_to(web_hook(429, '{"ok": false, "parameters": {"retry_after": 35}}').address(), tmp_path)
    assert outcome.retry_after is not None and outcome.retry_after.total_seconds() == 35


def test_an_answer_nested_without_end_says_nothing(web_hook: Hooks, tmp_path: Path) -> None:
    outcome = deliver_to(web_hook(429, "[" * 9_000).address(), tmp_path)
    assert (outcome.result, outcome.retry_after) == (Result.TEMPORARY, None) and "429" in outcome.reason


def test_both_kinds_of_answer_of_apprise_are_understood() -> None:
    class Answer(SimpleNamespace):
        def __bool__(self) -> bool:
            return self.status.name == "SUCCESS"

    assert _understood(True) == _understood(Answer(status=SimpleNamespace(name="SUCCESS"))) == Outcome(Result.SENT)
    assert (
        _understood(False) is _understood(None) is _understood(Answer(status=SimpleNamespace(name="FAILURE"))) is None
    )
    ambiguous = _understood(Answer(status=SimpleNamespace(name="TIMEOUT")))
    assert ambiguous is not None and ambiguous.result is Result.AMBIGUOUS


def test_an_answer_that_is_too_long_is_left_where_it_is(tmp_path: Path, web_hook: Hooks) -> None:
    """Whether the message was taken is known by then; the rest must not come as the answer to the next one."""
    hook = web_hook(200, "x" * (3 * LONGEST_ANSWER))
    with Connections() as connections:
        for _ in range(2):
            assert deliver_to(hook.address(), tmp_path, connections=connections).result is Result.SENT
    assert (len(hook.taken), hook.visitors) == (2, 2)


class TestPace:
    def test_a_recipient_gets_a_few_at_once_and_then_its_turn(self) -> None:
        pace = Pace(per_provider=1000, per_recipient=0.01)
        for _ in range(RECIPIENT_BURST):
            pace.wait_for_recipient("json://one")
        with pytest.raises(TooFast) as told:
            pace.wait_for_recipient("json://one")
        assert 90 < told.value.wait_s <= 100
        pace.wait_for_recipient("json://another")

    def test_a_provider_gets_what_it_says_it_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(PUBLISHED_PER_SECOND, "slow.example", 0.01)
        pace = Pace(per_provider=1000, per_recipient=1)
        pace.wait_for_provider("slow.example")
        with pytest.raises(TooFast):
            pace.wait_for_provider("slow.example")
        for _ in range(100):
            pace.wait_for_provider("fast.example")

    def test_where_nobody_answers_is_not_knocked_for_ever(self, tmp_path: Path) -> None:
        pace = Pace(per_provider=1000, per_recipient=1000)
        address = Address("json", "vi", f"json://127.0.0.1:{free_port()}/")
        with Connections(pace) as connections:
            reasons = [deliver_to(address, tmp_path, connections=connections).reason for _ in range(UNANSWERED + 1)]
        assert len(set(reasons[:UNANSWERED])) == 1 != len(set(reasons))
        pace.answered("127.0.0.1", at_all=True)
        pace.wait_for_provider("127.0.0.1")
        for _ in range(UNANSWERED):
            pace.answered("127.0.0.1", at_all=False)
        with pytest.raises(NobodyAnswers):
            pace.wait_for_provider("127.0.0.1")


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
