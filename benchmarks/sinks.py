"""Servers that take what the benchmarks send, each in a process of its own on the loopback."""

import asyncio
import multiprocessing
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sink:
    """A running server: its port, how many messages it has taken, and when the first since ``forget``."""

    port: int
    counted: Any
    first_at: Any

    @property
    def taken(self) -> int:
        return int(self.counted.value)

    def forget(self) -> None:
        self.first_at.value = 0.0

    def first_after(self, began: float) -> float:
        """Seconds from ``began``, by the monotonic clock, to the first message taken since."""
        return float(self.first_at.value) - began


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Throws every letter away; understands as much of SMTP as a client needs to hand one over."""
    with _running(_serve_smtp) as sink:
        yield sink


@contextmanager
def http_sink(*, answer_after_s: float = 0.0, certificate: Path | None = None) -> Iterator[Sink]:
    """Answers every request with 200, over HTTPS when there is a certificate."""
    with _running(_serve_http, answer_after_s, certificate) as sink:
        yield sink


@contextmanager
def _running(serve: Any, *options: Any) -> Iterator[Sink]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    counted, first_at = fork.Value("q", 0, lock=False), fork.Value("d", 0.0, lock=False)

    def take() -> None:
        counted.value += 1  # nobody else writes it
        if not first_at.value:
            first_at.value = time.monotonic()

    process = fork.Process(target=lambda: asyncio.run(serve(theirs, take, *options)), daemon=True)
    process.start()
    try:
        yield Sink(ours.recv(), counted, first_at)
    finally:
        process.kill()
        process.join()


class _Smtp(asyncio.Protocol):
    """One connection: commands that may come several at once, and the bodies of letters up to a line of one dot."""

    def __init__(self, take: Callable[[], None]) -> None:
        self._take, self._read, self._is_letter = take, bytearray(), False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 sink ready\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n.\r\n" if self._is_letter else b"\r\n")) >= 0:
            if self._is_letter:
                del self._read[: end + 5]
                self._take()
                self._is_letter = False
                self._transport.write(b"250 taken\r\n")
            else:
                verb = bytes(self._read[:4]).upper()
                del self._read[: end + 2]
                self._transport.write(self._answer(verb))
                if verb == b"QUIT":
                    self._transport.close()

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        self._is_letter = verb == b"DATA"
        return {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n")


async def _serve_smtp(ready: Any, take: Callable[[], None]) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Smtp(take), "127.0.0.1", 0)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _serve_http(ready: Any, take: Callable[[], None], answer_after_s: float, certificate: Path | None) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
                if answer_after_s:
                    await asyncio.sleep(answer_after_s)
                take()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=context)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
