"""Servers that take what the benchmarks send, each in a process of its own on the loopback."""

import asyncio
import multiprocessing
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Sink:
    """A running server: its port, and how many messages it has taken."""

    port: int
    counted: Any

    @property
    def taken(self) -> int:
        return int(self.counted.value)


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """aiosmtpd, which throws every letter away."""
    with _running(_serve_smtp) as sink:
        yield sink


@contextmanager
def http_sink(*, answer_after_s: float = 0.0, certificate: Path | None = None) -> Iterator[Sink]:
    """Answers every request with 200, over HTTPS when there is a certificate."""
    with _running(_serve_http, answer_after_s, certificate) as sink:
        yield sink


def self_made_certificate(folder: Path) -> Path:
    """A file with a key and a certificate of this machine that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    began = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=30))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(secret + certificate.public_bytes(pem))
    return path


@contextmanager
def _running(serve: Any, *options: Any) -> Iterator[Sink]:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    counted = fork.Value("q", 0)
    process = fork.Process(target=lambda: asyncio.run(serve(theirs, counted, *options)), daemon=True)
    process.start()
    try:
        yield Sink(ours.recv(), counted)
    finally:
        process.kill()
        process.join()


class _Taking:
    def __init__(self, counted: Any) -> None:
        self._counted = counted

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self._counted.value += 1  # nobody else writes it
        return "250 OK"


async def _serve_smtp(ready: Any, counted: Any) -> None:
    handler = _Taking(counted)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _serve_http(ready: Any, counted: Any, answer_after_s: float, certificate: Path | None) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
                if answer_after_s:
                    await asyncio.sleep(answer_after_s)
                counted.value += 1
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
