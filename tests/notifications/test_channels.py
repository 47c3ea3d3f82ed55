"""Messages leave over real SMTP and HTTP servers of this test, or into the local mailbox; failures are told apart."""

import email
import json
import logging
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from config.contacts import Address
from notifications.channels import Outcome, Outgoing, Result, send
from notifications.mailbox import letters
from tests.cast import at

MESSAGE = Outgoing(
    key="dondoc-0001",
    recipient_name="Sở Lao động - Thương binh và Xã hội, bộ phận văn thư và lưu trữ",
    subject="[Đôn đốc] Sở Lao động - Thương binh và Xã hội: 2 việc quá hạn, 1 việc đến hạn hôm nay",
    text="Kính gửi: Sở Lao động\n\nTrễ 3 ngày làm việc.\n",
    html="<html><body><p>Kính gửi: <b>Sở Lao động</b></p><p>Trễ 3 ngày làm việc.</p></body></html>",
    short="2 việc quá hạn",
)
NOW = at("2023-09-12")


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """An SMTP server that keeps what it takes, or answers ``reply`` to every recipient."""

    def __init__(self, reply: str | None = None) -> None:
        self.reply = reply
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[Callable[..., tuple[MailServer, Address]]]:
    running: list[Controller] = []

    def start(reply: str | None = None) -> tuple[MailServer, Address]:
        handler, port = MailServer(reply), free_port()
        controller = Controller(handler, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)
        url = f"mailto://127.0.0.1:{port}?from=dondoc@tinh.example&to=vanthu@so.example"
        return handler, Address("mailto", "vi", url)

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def web_hook() -> Iterator[Callable[[int], tuple[list[dict[str, Any]], Address]]]:
    running: list[ThreadingHTTPServer] = []

    def start(status: int) -> tuple[list[dict[str, Any]], Address]:
        taken: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.append({"headers": dict(self.headers), "body": json.loads(body)})
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return taken, Address("json", "vi", f"json://user:s3cret-pass@127.0.0.1:{server.server_port}/hook")

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def deliver(address: Address, tmp_path: Path) -> Outcome:
    return send(address, MESSAGE, mailbox=tmp_path / "mailbox", now=NOW)


def test_mail_arrives_with_vietnamese_subject_and_body_intact(
    mail_server: Callable[..., tuple[MailServer, Address]], tmp_path: Path
) -> None:
    server, address = mail_server()
    assert deliver(address, tmp_path) == Outcome(Result.SENT)
    (letter,) = server.letters
    assert letter["Subject"] == MESSAGE.subject
    assert letter["X-Dondoc-Message"] == MESSAGE.key
    plain, rich = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None and rich is not None
    assert "Trễ 3 ngày làm việc." in plain.get_content()
    assert "<b>Sở Lao động</b>" in rich.get_content()
    assert server.recipients == [["vanthu@so.example"]]


@pytest.mark.parametrize(
    ("reply", "result"),
    [("550 no such mailbox", Result.PERMANENT), ("451 try later", Result.TEMPORARY)],
)
def test_a_mail_server_that_refuses_is_understood(
    mail_server: Callable[..., tuple[MailServer, Address]], tmp_path: Path, reply: str, result: Result
) -> None:
    _, address = mail_server(reply)
    outcome = deliver(address, tmp_path)
    assert outcome.result is result
    assert reply[:3] in outcome.reason


def test_a_chat_service_gets_the_text_and_a_key_to_drop_a_second_copy(
    web_hook: Callable[[int], tuple[list[dict[str, Any]], Address]], tmp_path: Path
) -> None:
    taken, address = web_hook(200)
    assert deliver(address, tmp_path).result is Result.SENT
    (request,) = taken
    assert request["body"]["title"] == MESSAGE.subject
    assert "Trễ 3 ngày làm việc." in request["body"]["message"]
    assert request["headers"]["Idempotency-Key"] == MESSAGE.key


@pytest.mark.parametrize(
    ("status", "result"),
    [(404, Result.PERMANENT), (401, Result.PERMANENT), (429, Result.TEMPORARY), (503, Result.TEMPORARY)],
)
def test_a_service_that_refuses_is_understood_and_no_secret_is_told(
    web_hook: Callable[[int], tuple[list[dict[str, Any]], Address]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    status: int,
    result: Result,
) -> None:
    caplog.set_level(logging.DEBUG)
    _, address = web_hook(status)
    outcome = deliver(address, tmp_path)
    assert (outcome.result, str(status) in outcome.reason) == (result, True)
    assert "s3cret" not in outcome.reason + caplog.text + repr(address)


def test_nobody_there_is_tried_again(tmp_path: Path) -> None:
    address = Address("json", "vi", f"json://127.0.0.1:{free_port()}/")
    assert deliver(address, tmp_path).result is Result.TEMPORARY


def test_no_answer_in_time_is_ambiguous(tmp_path: Path) -> None:
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = Address("json", "vi", f"json://127.0.0.1:{silent.getsockname()[1]}/?cto=0.2&rto=0.2")
        assert deliver(address, tmp_path).result is Result.AMBIGUOUS


def test_the_local_mailbox_keeps_letters_whole_and_never_twice(tmp_path: Path) -> None:
    address = Address("mailbox", "vi")
    assert deliver(address, tmp_path).result is Result.SENT
    assert deliver(address, tmp_path).result is Result.SENT
    (letter,) = letters(tmp_path / "mailbox")
    assert (letter.subject, letter.recipient, letter.text) == (MESSAGE.subject, MESSAGE.recipient_name, MESSAGE.text)


def test_a_mailbox_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    assert deliver(Address("mailbox", "vi"), tmp_path).result is Result.TEMPORARY
