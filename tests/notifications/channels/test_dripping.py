"""Servers that answer without end, a little at a time: a send ends all the same, and before its lease does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server
from threading import Event, Thread

import pytest

from config.contacts.contacts import Address
from models.delivery.leases import LEASE
from notifications.channels import apprise_channel, http, smtp
from notifications.channels.outgoing import Result
from notifications.channels.rate_limits import MAX_WAIT_S
from notifications.channels.time_limit import MAX_ABANDONED, SEND_LIMIT_S
from notifications.courier.round import FRESH_FOR
from tests.support.outposts import WebHook, deliver_to

PIECES = 500
"""More than any sender waits for here; a piece comes every hundredth of a second."""


@contextmanager
def dripping(first: bytes, drop: bytes, *, pause_s: float = 0.01) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says ``first`` and then ``drop`` again and again; gives its port, and what is left to be said."""
    over, left = Event(), [drop] * PIECES

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                connection.sendall(first)
                while left and not over.wait(pause_s):
                    connection.sendall(left.pop())
            except OSError:  # the other side has had enough
                pass

    with create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip)
        thread.start()
        try:
            yield listening.getsockname()[1], left
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"2"),
        (b"220-", b"a banner without end\r\n220-"),
        (b"220 here\r\n", b"250-one more thing\r\n"),
        (b"220 here\r\n250 OK\r\n250 OK\r\n250 OK\r\n", b"3"),
    ],
    ids=["one line", "many lines", "greeting", "before the letter"],
)
def test_a_mail_server_is_listened_to_for_so_long_and_has_not_got_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(smtp, "SEND_LIMIT_S", 0.3)
    with dripping(first, drop) as (port, left):
        url = f"mailto://127.0.0.1:{port}?from=a@b.example&to=c@d.example"
        outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
        assert len(left) > PIECES / 2
    assert outcome.result is Result.TEMPORARY


def test_a_farewell_is_listened_to_for_a_second(tmp_path: Path) -> None:
    taken = b"220 here\r\n250 OK\r\n250 OK\r\n250 OK\r\n354 go on\r\n250 OK\r\n"
    with dripping(taken, b"2") as (port, left):
        url = f"mailto://127.0.0.1:{port}?from=a@b.example&to=c@d.example"
        assert deliver_to(Address("mailto", "vi", url), tmp_path).result is Result.SENT
        assert len(left) > PIECES / 2


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("ending", [b"\r\n\r\n", b""], ids=["body", "headers"])
def test_a_service_is_listened_to_for_so_long_and_may_have_got_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, ending: bytes
) -> None:
    monkeypatch.setattr(apprise_channel, "SEND_LIMIT_S", 0.3)
    first = f"HTTP/1.1 {status} As said\r\nContent-Length: 100000".encode()
    with dripping(first + ending, b"x") as (port, left):
        outcome = deliver_to(Address("json", "vi", f"json://127.0.0.1:{port}/"), tmp_path)
        assert len(left) > PIECES / 2
    assert outcome.result is Result.AMBIGUOUS


def test_our_own_channels_stop_reading_and_what_the_service_said_first_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SEND_LIMIT_S", http.READ_TIMEOUT_S + 0.3)
    with dripping(b"HTTP/1.1 404 Not Found\r\nContent-Length: 100000\r\n\r\n", b"x") as (port, left):
        outcome = deliver_to(Address("zalo", "vi", f"zalo://token@4242?base=http://127.0.0.1:{port}"), tmp_path)
        assert len(left) > PIECES / 2
    assert (outcome.result, "404" in outcome.reason) == (Result.PERMANENT, True)


def test_our_own_channels_give_up_on_headers_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SEND_LIMIT_S", 0.3)
    with dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x") as (port, left):
        outcome = deliver_to(Address("zalo", "vi", f"zalo://token@4242?base=http://127.0.0.1:{port}"), tmp_path)
        assert len(left) > PIECES / 2
    assert outcome.result is Result.AMBIGUOUS


def test_a_provider_that_holds_several_sends_gets_no_more_and_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web_hook: Callable[..., WebHook]
) -> None:
    monkeypatch.setattr(apprise_channel, "SEND_LIMIT_S", 0.2)
    with ExitStack() as open_:
        ports = [open_.enter_context(dripping(b"HTTP/1.1 200 OK\r\n", b"x"))[0] for _ in range(MAX_ABANDONED)]
        results = [
            # Several ports of one host are one provider.
            deliver_to(Address("json", "vi", f"json://localhost:{port}/"), tmp_path).result
            for port in (*ports, ports[0])
        ]
        assert deliver_to(web_hook().address(), tmp_path).result is Result.SENT
    assert results == [Result.AMBIGUOUS] * MAX_ABANDONED + [Result.TEMPORARY]


def test_a_send_is_over_before_its_lease_however_long_it_waited_for_its_turn() -> None:
    waits = FRESH_FOR.total_seconds() + 2 * MAX_WAIT_S
    assert waits + SEND_LIMIT_S < LEASE.total_seconds()


def test_a_server_that_looks_through_a_letter_is_waited_for(tmp_path: Path) -> None:
    """Longer than for anything else: who goes before the answer sends the letter again."""
    asked = b"220 here\r\n250 OK\r\n250 OK\r\n250 OK\r\n354 go on\r\n"
    with dripping(asked, b"250 taken\r\n", pause_s=0.6) as (port, _):
        url = f"mailto://127.0.0.1:{port}?from=dondoc@tinh.example&to=vanthu@so.example&cto=0.2"
        assert deliver_to(Address("mailto", "vi", url), tmp_path).result is Result.SENT
