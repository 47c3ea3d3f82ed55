"""Servers of a test's own on the loopback, ended with it."""

import asyncio
import email
import json
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.support.outposts import MailServer, WebHook, free_port


class _Handler(MailServer):
    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.visitors.add(session.peer)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.asked.append(address)
        if reply := self.to_recipient.get(address, self.to_recipient.get("")):
            if reply.endswith("hang up"):
                server.transport.abort()
            if reply.endswith("say nothing"):
                await asyncio.Event().wait()  # until the other side has had enough
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_letter.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.recipients.append(list(envelope.rcpt_tos))
        if self.to_letter.endswith("hang up"):
            server.transport.abort()
        return self.to_letter


@pytest.fixture
def mail_server() -> Iterator[Callable[..., MailServer]]:
    """Starts an SMTP server that answers as it is told; with a password it wants a login."""
    running: list[Controller] = []

    def start(
        *, to_recipient: dict[str, str] | None = None, to_letter: str = "250 OK", password: str = "", port: int = 0
    ) -> MailServer:
        handler = _Handler(port or free_port(), to_recipient or {}, to_letter)
        login: dict[str, Any] = {}
        if password:
            login = {
                "auth_required": True,
                "auth_require_tls": False,
                "authenticator": lambda *given: AuthResult(
                    success=given[4].password == password.encode(), handled=False
                ),
            }
        controller = Controller(handler, hostname="127.0.0.1", port=handler.port, **login)
        controller.start()
        running.append(controller)
        handler.stop = controller.stop
        return handler

    yield start
    for controller in running:
        if controller.server is not None:
            controller.stop()


@pytest.fixture
def web_hook() -> Iterator[Callable[..., WebHook]]:
    """Starts an HTTP server that answers every POST with ``status`` and ``said``."""
    running: list[ThreadingHTTPServer] = []

    def start(status: int = 200, said: str = "", moved_to: str = "", **headers: str) -> WebHook:
        hook = WebHook()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # which keeps the connection for the next request

            def setup(self) -> None:
                super().setup()
                hook.visitors += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.taken.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(said.encode())))
                if moved_to:
                    self.send_header("Location", moved_to)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(said.encode())

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        hook.port = server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return hook

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
