"""The gate before every page: who is asked for, how large and how slow a request may be, and who has left."""

import asyncio
import json
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPResponse

import httpx
import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from models.access.accounts import make_token
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal import guards
from portal.app import make_app
from portal.serving import patience
from portal.serving.patience import TimedProtocol
from tests.support.doorstep import BEGINNING, Portal
from tests.support.waiting import eventually

pytestmark = pytest.mark.sqlite_only

BASE = "http://127.0.0.1:4280"


@contextmanager
def served(store: Store) -> Iterator[int]:
    """The portal as it is served, on a free port."""
    config = uvicorn.Config(
        make_app(store, now=lambda: BEGINNING),
        host="127.0.0.1",
        port=0,
        http=TimedProtocol,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="portal")
    thread.start()
    eventually(lambda: server.started, within_s=30)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(30)


def told(port: int, *pieces: bytes, leave: bool = False) -> bytes:
    """What the portal answers to these bytes, until it closes the connection; nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for piece in pieces:
            line.sendall(piece)
        if leave:
            return b""
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
        return answer


def head(path: str, *headers: str, method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:4280", *headers, "", ""]).encode()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:4280", "a@127.0.0.1", "x y", ""]
)
def test_another_host_is_not_answered(store: Store, host: str) -> None:
    browser = Portal(store).browser()
    for path in ("/", "/sign-in", "/api/v1/me", "/static/style.css", "/nowhere"):
        answer = browser.web.get(path, headers={"Host": host})
        assert answer.status_code == 421, path
        assert "content-security-policy" in answer.headers
        if path.startswith("/api/"):
            assert answer.headers["content-type"] == "application/problem+json" and answer.json()["status"] == 421
    assert browser.web.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_portals_own_host_is_answered_on_any_port(store: Store) -> None:
    public = Portal(store, portal_url="https://dondoc.tinh.example").browser()
    for host in ("dondoc.tinh.example", "DONDOC.tinh.example:443", "127.0.0.1:4280", "localhost:9", "[::1]:4280"):
        assert public.web.get("/sign-in", headers={"Host": host}).status_code == 200, host
    assert public.web.get("/sign-in", headers={"Host": "tinh.example"}).status_code == 421


def test_figures_are_for_this_machine_or_a_token(store: Store) -> None:
    portal = Portal(store)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=portal.now, actor="command")
        reading, office = [
            make_token(session, name="Giám sát", office=each, role=role, days=30, context=context)
            for each, role in ((None, UserRole.MANAGER), ("SYT", None))
        ]
    far, near = portal.browser("192.0.2.1").web, portal.browser("127.0.0.1").web
    assert near.get("/metrics").status_code == portal.browser("::1").web.get("/metrics").status_code == 200
    for handed_on in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert near.get("/metrics", headers={handed_on: "127.0.0.1"}).status_code == 401
    refused = far.get("/metrics")
    assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
    assert far.get("/metrics", headers={"Authorization": f"Bearer {reading}"}).status_code == 200
    for token in (office, "dd_wrong", ""):
        assert far.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/assignments"])
def test_a_large_body_is_refused_before_it_is_read(store: Store, path: str) -> None:
    with served(store) as port:
        answer = told(port, head(path, "Content-Length: 1000000000000", "Expect: 100-continue"))
        assert answer.startswith(b"HTTP/1.1 413") and b"413" in answer
        form = b"application/problem+json" if path.startswith("/api/") else b"text/html"
        assert form in answer.lower()


def test_a_body_that_does_not_say_its_size_is_cut_too(store: Store) -> None:
    browser = Portal(store).browser()
    for path, form in (("/sign-in", "text/html"), ("/api/v1/assignments", "application/problem+json")):
        pieces = (b"x" * 65_536 for _ in range(20))
        kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
        answer = browser.web.post(path, content=pieces, headers={"Content-Type": kind})
        assert answer.status_code == 413
        assert answer.headers["content-type"].startswith(form)


def test_a_program_reads_413_in_its_own_form(store: Store) -> None:
    portal = Portal(store)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=portal.now, actor="command")
        token = make_token(session, name="Phần mềm", office=None, role=UserRole.COORDINATOR, days=30, context=context)
    web = portal.browser().web
    for content in (b"x" * (guards.MAX_TEXT_BYTES + 1), (b"x" * 65_536 for _ in range(20))):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = web.post("/api/v1/assignments", content=content, headers=headers)
        assert answer.status_code == 413 and answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"].startswith("Yêu cầu lớn quá")


def test_headers_that_trickle_in_are_cut(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEADERS_WITHIN_S", 0.3)
    with served(store) as port:
        assert told(port).startswith(b"HTTP/1.1 408")
        assert told(port, b"GET / HTTP/1.1\r\n", b"X-A: 1\r\n").startswith(b"HTTP/1.1 408")
        # On a connection that was used before as well.
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(head("/healthz", method="GET"))
            answer = HTTPResponse(line)
            answer.begin()
            assert answer.status == 200 and answer.read()
            line.sendall(b"GET / HTTP/1.1\r\nX-")
            assert line.recv(65_536).startswith(b"HTTP/1.1 408")


def test_a_body_that_does_not_come_is_cut(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_WITHIN_S", 0.3)
    form = "Content-Type: application/x-www-form-urlencoded"
    with served(store) as port:
        assert told(port, head("/sign-in", "Content-Length: 100", form), b"a=").startswith(b"HTTP/1.1 408")
        files = "Content-Type: multipart/form-data; boundary=x"
        assert told(port, head("/sign-in", "Content-Length: 100", files), b"--x\r\n").startswith(b"HTTP/1.1 408")
        assert told(port, head("/sign-in", "Transfer-Encoding: chunked", form), b"1\r\na\r\n").startswith(
            b"HTTP/1.1 408"
        )
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200


def test_a_client_that_leaves_writes_no_traceback(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json")
    with caplog.at_level(logging.INFO), served(store) as port:
        for path in ("/sign-in", "/sign-out", "/api/v1/assignments", "/prefect/api/flow_runs/filter", "/work/1"):
            for kind in kinds:
                told(port, head(path, "Content-Length: 1000", f"Content-Type: {kind}"), b"--x\r\n", leave=True)
        told(port, head("/sign-in", method="GET"), leave=True)
        told(port, b"GET / HT", leave=True)
        eventually(lambda: httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200)
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
    assert not re.search(r"Traceback|Error", caplog.text)


def test_the_stores_own_address_is_the_one_that_is_checked(store: Store) -> None:
    """Not what a proxy passes on of its own accord."""
    portal = Portal(replace(store, settings=replace(store.settings, portal_url="https://dondoc.tinh.example")))
    answer = portal.browser().web.get("/sign-in", headers={"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1"})
    assert answer.status_code == 421


@pytest.mark.parametrize("path", ["/desk", "/api/v1/me"])
def test_what_is_under_way_when_the_portal_ends_is_told_to_come_again(path: str) -> None:
    sent: list[Message] = []

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async def send(message: Message) -> None:
        sent.append(message)

    async def live() -> None:
        scope = {"type": "http", "path": path, "method": "POST", "headers": []}
        under_way = asyncio.ensure_future(guards.end_in_words(never)(scope, never, send))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        under_way.cancel()
        await under_way

    asyncio.run(live())
    assert sent[0]["status"] == 503 and (b"retry-after", b"30") in sent[0]["headers"]
    body = sent[1]["body"].decode()
    assert ("khởi động lại" in body) if path == "/desk" else json.loads(body)["status"] == 503
