"""What the servers of the delivery tests remember, and the message that is sent to them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from typing import Any

from config.contacts.contacts import Address
from notifications.channels.connections import Connections
from notifications.channels.outgoing import Outcome, OutgoingMessage
from notifications.channels.sending import send
from tests.support.cast import at

NOW = at("2023-09-12")
MESSAGE = OutgoingMessage(
    key="dondoc-0001",
    recipient_name="Sở Lao động - Thương binh và Xã hội, bộ phận văn thư và lưu trữ",
    subject="[Đôn đốc] Sở Lao động - Thương binh và Xã hội: 2 việc quá hạn, 1 việc đến hạn hôm nay",
    text="Kính gửi: Sở Lao động\n\nTrễ 3 ngày làm việc.\n  [5] Việc T0.1\n.\nHết.\n",
    html="<html><body><p>Kính gửi: <b>Sở Lao động</b></p><p>Trễ 3 ngày làm việc.</p></body></html>",
    short="[Đôn đốc] 2 việc quá hạn",
)


@dataclass
class MailServer:
    """An SMTP server: what it answers to a recipient ("" is any) and to a letter, and what it has taken."""

    port: int
    to_recipient: dict[str, str] = field(default_factory=dict)
    to_letter: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    visitors: set[Any] = field(default_factory=set)
    stop: Callable[[], None] = lambda: None

    def address(self, login: str = "", query: str = "", to: str = "vanthu@so.example") -> Address:
        url = f"mailto://{login}127.0.0.1:{self.port}?from=dondoc@tinh.example&to={to}{query}"
        return Address("mailto", "vi", url)


@dataclass
class WebHook:
    """An HTTP server: the headers (in small letters) and bodies it was sent, and over how many connections."""

    port: int = 0
    visitors: int = 0
    taken: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def address(self, path: str = "/hook", login: str = "") -> Address:
        return Address("json", "vi", f"json://{login}127.0.0.1:{self.port}{path}")


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def deliver_to(
    address: Address, home: Path, message: OutgoingMessage = MESSAGE, connections: Connections | None = None
) -> Outcome:
    return send(address, message, mailbox=home / "mailbox", now=NOW, connections=connections)


def message_keys(server: MailServer) -> list[str]:
    """The keys of the messages that arrived, in order."""
    return [letter["X-Dondoc-Message"] for letter in server.letters]


@contextmanager
def refusing(answers: Mapping[str, str], *, port: int = 0) -> Iterator[int]:
    """A mail server that answers a command ("" is the greeting) as told and all else with 250; yields its port."""

    offered = {"EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN", "AUTH": "235 come in"}

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=converse, args=listening.accept()[:1], daemon=True).start()

    def converse(connection: socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(f"{answers.get('', '220 here')}\r\n".encode())
            for line in lines:
                command = "STARTTLS" if line[:8].upper() == b"STARTTLS" else line[:4].decode().upper().strip()
                connection.sendall(f"{answers.get(command, offered.get(command, '250 OK'))}\r\n".encode())

    with create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(SHUT_RDWR)
    thread.join()
