"""Simulated mail servers, spoken to in SMTP by the real channel through a socket that is none.

A server takes letters, refuses them for now or for good, takes them and loses the answer, refuses before a letter is
named, or is away for hours. What it has taken is kept in order, whether or not anybody learns of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest

from notifications.channels.smtp_connection import SmtpConnection
from tests.simulation.machine import Machine
from tests.simulation.processes import Scheduler

HOSTS = ("thu.tinh.example", "thu.so.example")

_KEY = re.compile(rb"^X-Dondoc-Message: (\S+)\r$", re.MULTILINE)
_ID = re.compile(rb"^Message-ID: (\S+)\r$", re.MULTILINE)


class Mood(StrEnum):
    """How a server takes the next letter, or whether it is to be spoken to at all."""

    WELL = "takes"
    LOSES_ANSWER = "takes, loses the answer"
    LATER = "4xx"
    NEVER = "5xx"
    MAILBOX_FULL = "552"
    REFUSES_SENDER = "refuses before a letter"
    HANGS = "does not answer"
    DOWN = "down"


@dataclass(frozen=True)
class Letter:
    """A letter as a server has taken it."""

    at: datetime
    server: str
    key: str
    message_id: str
    recipient: str
    content: bytes = field(repr=False)


class MailServer:
    """One host. ``mood`` is drawn for each letter from ``moods`` with their weights."""

    def __init__(self, host: str, machine: Machine, take: Callable[[Letter, Mood], None]) -> None:
        self.host, self._machine, self._take = host, machine, take
        self.moods: dict[Mood, int] = {Mood.WELL: 1}
        self.seen: Counter[Mood] = Counter()

    def heal(self) -> None:
        self.moods = {Mood.WELL: 1}

    def mood(self) -> Mood:
        drawn = self._machine.chance.choices(list(self.moods), list(self.moods.values()))[0]
        self.seen[drawn] += 1
        return drawn

    @property
    def is_down(self) -> bool:
        return set(self.moods) == {Mood.DOWN}

    def take(self, recipient: str, content: bytes, mood: Mood) -> None:
        key, message_id = _KEY.search(content), _ID.search(content)
        assert key and message_id
        now = self._machine.now()
        self._take(Letter(now, self.host, key[1].decode(), message_id[1].decode(), recipient, content), mood)


class _Socket:
    """The client's end of a conversation; the server answers each line at once."""

    def __init__(self, server: MailServer, scheduler: Scheduler) -> None:
        self._server, self._scheduler = server, scheduler
        self._answers, self._heard = b"", b""
        self._is_closed, self._in_data = False, False
        self._mood = Mood.WELL
        self._recipients: list[str] = []
        self._say(f"220 {server.host} ESMTP")

    def _say(self, line: str) -> None:
        self._answers += line.encode() + b"\r\n"

    def sendall(self, data: bytes) -> None:
        self._scheduler.happening(statement=False, took_s=0.003)
        if self._is_closed:
            raise BrokenPipeError
        self._heard += data
        self._listen()
        # Handed over, and perhaps nobody is left to hear the answer.
        self._scheduler.happening(statement=False, took_s=0.003)

    def recv(self, size: int) -> bytes:
        if not self._answers:
            if self._is_closed:
                return b""
            raise TimeoutError
        piece, self._answers = self._answers[:size], self._answers[size:]
        return piece

    def settimeout(self, _: float | None) -> None:
        pass

    def close(self) -> None:
        self._is_closed = True

    def _listen(self) -> None:
        while True:
            if self._in_data:
                content, end, rest = self._heard.partition(b"\r\n.\r\n")
                if not end:
                    return
                self._heard, self._in_data = rest, False
                self._taken(content + b"\r\n")
                continue
            line, end, rest = self._heard.partition(b"\r\n")
            if not end:
                return
            self._heard = rest
            self._answer(line.decode())

    def _answer(self, line: str) -> None:
        word = line.split(":")[0].split(" ")[0].upper()
        match word:
            case "EHLO":
                self._say(f"250 {self._server.host}")
            case "MAIL":
                self._mood, self._recipients = self._server.mood(), []
                if self._mood is Mood.HANGS:
                    return
                if self._mood is Mood.DOWN:
                    self._is_closed = True
                    return
                self._say("550 no" if self._mood is Mood.REFUSES_SENDER else "250 ok")
            case "RCPT":
                refusal = {Mood.LATER: "451 later", Mood.NEVER: "550 unknown", Mood.MAILBOX_FULL: "552 5.2.2 full"}
                self._recipients.append(line[line.index("<") + 1 : line.rindex(">")])
                self._say(refusal.get(self._mood, "250 ok"))
            case "DATA":
                self._in_data = True
                self._say("354 go on")
            case "QUIT":
                self._say("221 bye")
                self._is_closed = True
            case _:
                self._say("250 ok")

    def _taken(self, content: bytes) -> None:
        self._server.take(self._recipients[0], content.replace(b"\r\n..", b"\r\n."), self._mood)
        if self._mood is Mood.LOSES_ANSWER:
            self._is_closed = True
        else:
            self._say("250 taken")


@contextmanager
def reachable(servers: Sequence[MailServer], scheduler: Scheduler) -> Iterator[None]:
    """Within the block these servers, and no others, are in the network."""
    by_host = {server.host: server for server in servers}

    def connect(_: SmtpConnection, host: str, port: int, timeout: float) -> Any:
        server = by_host[host]
        scheduler.happening(statement=False, took_s=0.001)
        if server.is_down:
            server.seen[Mood.DOWN] += 1
            raise ConnectionRefusedError
        return _Socket(server, scheduler)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SmtpConnection, "_get_socket", connect)
        yield
