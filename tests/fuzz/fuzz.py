"""``make fuzz``: odd requests to every route of the portal, in every role, and through the door to a real Prefect.

The portal is `dondoc portal` in a process of its own. Requests to pages, to the API (by its description) and to the
door (by Prefect's description) are mixed; a share of those to the API is schemathesis's own. Ends with 1 when an answer
is 500 or above, the portal's memory grows by more than a tenth after the first fifth, or its log holds a traceback.

    python tests/fuzz/fuzz.py [--requests 100000] [--seed 20231117] [--minutes 60] [--without-prefect]
"""

import argparse
import os
import re
import secrets
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import httpx

from config import clock
from config.settings import Settings, load_settings
from hosting import child_process
from hosting.prefect.connection import HOST, await_server, connected_to, free_port, start_server
from hosting.processes.supervisor import say_at_once as say
from models.access.accounts import add_user, make_token, users
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal.app import make_app
from portal.prefect.rights import CHANGES, READS
from portal.rights import RIGHTS
from tests.fuzz import odd_values
from tests.support.cast import at, begin
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import ask_prefect
from tests.support.servers import copy_migrated_prefect
from tests.support.waiting import eventually

ROLES = ("nobody", "office", "stranger", "coordinator", "manager")
WARM_UP = 0.2
GROWTH = 1.1
SCHEMATHESIS_SHARE = 0.1
REFRESH_EVERY = 400
_FRESH = httpx.Limits(keepalive_expiry=1.0)
"""The portal closes a connection that rests for five seconds, perhaps just as it is used again."""

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_OFFICES = {"office": "SYT", "stranger": "TAND"}
_FIELDS = (
    *(
        "office",
        "email",
        "to",
        "title",
        "text",
        "reason",
        "until",
        "due_on",
        "subtask",
        "priority",
        "offices",
        "version",
    ),
    *(
        "document_number",
        "document_date",
        "difficulties",
        "proposals",
        "unit",
        "until_on",
        "action",
        "submission",
        "period",
    ),
)
_SPARED = ("/sign-out", "/revoke", "/try", "/test-message")
"""Tried now and then only: they end the sessions of the others, or send something."""


@dataclass
class Visitor:
    """One role: a browser signed in, its token of forms, and a program's token."""

    web: httpx.Client
    csrf: str = ""
    bearer: str = ""


@dataclass
class Fuzzer:
    """Sends odd requests and counts the answers."""

    store: Store
    pid: int
    rng: Random
    described: dict[str, Any]
    prefect: dict[str, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def run(self, requests: int, end_at: float) -> list[int]:
        """Send them, or as many as the time allows; returns the portal's memory in KiB, at fifty moments."""
        memory, step = [], max(1, requests // 50)
        for number in range(requests):
            if number % REFRESH_EVERY == 0:
                self.sign_in()
            if number % step == 0:
                memory.append(rss_kib(self.pid))
                if number % (step * 10) == 0:
                    say(f"  {number:>7} · {memory[-1] // 1024} MB · {dict(sorted(self.answers.items()))}")
            if time.monotonic() > end_at:
                say(f"  {number} requests when the time was over")
                break
            chance = self.rng.random()
            if self.prefect and chance < 0.25:
                self.door(self.rng.choice(("coordinator", "coordinator", *ROLES)))
            elif chance < 0.5:
                self.api()
            else:
                self.page()
        return [*memory, rss_kib(self.pid)]

    def sign_in(self) -> None:
        """Everybody anew: some of what was tried signs people out."""
        for visitor in self.visitors.values():
            visitor.web.close()
        now, settings = clock.now(), self.store.settings
        with session_scope(self.store.engine) as session:
            context = self.store.actor_context(now=now, actor="command")
            accounts = {user.role.value: user for user in users(session, enabled=True)}
            bearers = {
                role: make_token(
                    session,
                    name="Phần mềm",
                    office=_OFFICES.get(role),
                    role=UserRole(role) if role in accounts else None,
                    days=1,
                    context=context,
                )
                for role in ROLES[1:]
            }
            links = {role: user_link(settings, user, now=now) for role, user in accounts.items()}
        links |= {role: office_links(settings).link(office, now=now) for role, office in _OFFICES.items()}
        for role in ROLES:
            visitor = Visitor(
                httpx.Client(base_url=settings.portal_url, timeout=60, trust_env=False, verify=False, limits=_FRESH)
            )
            self.visitors[role] = visitor
            visitor.bearer = bearers.get(role, "")
            visitor.web.headers["X-Forwarded-For"] = f"198.51.{self.rng.randrange(256)}.{self.rng.randrange(256)}"
            if role in links:
                path = links[role].removeprefix(settings.portal_url)
                found = _CSRF.search(visitor.web.get(path).text)
                if found:
                    visitor.web.post(path, data={"csrf": found[1]})
            found = _CSRF.search(visitor.web.get("/sign-in").text)
            visitor.csrf = found[1] if found else ""

    def _role(self, method: str, path: str) -> str:
        """Mostly one for whom the route is, or the refusal would be all that is tried."""
        allowed = {each.value for each in RIGHTS[method, path]}
        able = [role for role in ROLES if role in allowed or (role == "stranger" and "office" in allowed)]
        return self.rng.choice(able if self.rng.random() < 0.8 else ROLES)

    def page(self) -> None:
        """A route of the pages, with a form or a query."""
        method, path = self.rng.choice(_PAGES)
        role = self._role(method, path)
        if path.endswith(_SPARED) and self.rng.random() < 0.95:
            return
        visitor, rng = self.visitors[role], self.rng
        options: dict[str, Any] = {"params": self._query()}
        if method == "POST":
            fields = {name: odd_values.text(rng) for name in rng.sample(_FIELDS, rng.randrange(6))}
            if rng.random() < 0.9:
                fields["csrf"] = visitor.csrf
            if rng.random() < 0.1:
                options |= {"content": rng.choice(odd_values.RAW), "headers": {"Content-Type": self._kind()}}
            elif rng.random() < 0.2:
                files = {
                    rng.choice(("file", "files", "workbook", "x")): (
                        odd_values.text(rng)[:60] or "a",
                        b"PK\x03\x04" + b"\0" * 50,
                    )
                }
                options |= {"data": fields, "files": files}
            else:
                options["data"] = fields
        self._send(visitor, method, self._filled(path), **options)

    def api(self) -> None:
        """An operation of the API, by its description."""
        path, methods = self.rng.choice(list(self.described["paths"].items()))
        method, operation = self.rng.choice(list(methods.items()))
        if path.endswith(_SPARED) and self.rng.random() < 0.95:
            return
        visitor = self.visitors[self._role(method.upper(), path)]
        is_known = visitor.bearer and self.rng.random() < 0.95
        headers = {"Authorization": f"Bearer {visitor.bearer}"} if is_known else {}
        self._send(
            visitor, method.upper(), self._filled(path), headers=headers, **self._described(operation, self.described)
        )

    def door(self, role: str) -> None:
        """A route of Prefect's API, by its description, or one of its pages."""
        visitor, rng = self.visitors[role], self.rng
        if rng.random() < 0.1:
            self._send(visitor, "GET", f"/prefect/v2/{quote(odd_values.text(rng)[:200], safe='/')}")
            return
        keys = self.open_to_some if rng.random() < 0.9 else list(self.prefect_routes_of)
        method, _, path = rng.choice(keys).partition(" ")
        operation = self.prefect_routes_of[f"{method} {path}"]
        filled = re.sub(
            r"\{\w+\}", lambda _: quote(rng.choice((*self.ids, "p1", "x", odd_values.text(rng)[:60])), safe=""), path
        )
        self._send(
            visitor,
            method,
            f"/prefect/api{filled}",
            headers={"Sec-Fetch-Site": "same-origin"},
            **self._described(operation, self.prefect),
        )

    @cached_property
    def prefect_routes_of(self) -> dict[str, Any]:
        """What Prefect describes, by method and path after ``/api``."""
        return {
            f"{method.upper()} {path.removeprefix('/api')}": operation
            for path, methods in self.prefect["paths"].items()
            for method, operation in methods.items()
        }

    @cached_property
    def open_to_some(self) -> list[str]:
        """Those of them that the door passes on."""
        plain = {key: re.sub("[{}]", "", key) for key in self.prefect_routes_of}
        return [key for key, route in plain.items() if any(each.fullmatch(route) for each in (*READS, *CHANGES))]

    def _described(self, operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
        rng, known = self.rng, document["components"]["schemas"]
        asked = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
        params = {each["name"]: odd_values.text(rng) for each in asked if rng.random() < 0.3}
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return {"params": params}
        if rng.random() < 0.1:
            return {"params": params, "content": rng.choice(odd_values.RAW)}
        kind, of = rng.choice(list(content.items()))
        body = odd_values.of_schema(of["schema"], rng, known)
        if kind == "application/json":
            return {"params": params, "content": odd_values.written(body)}
        fields = {name: str(each) for name, each in body.items()} if isinstance(body, dict) else {}
        return {"params": params, "data": fields, "files": {"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}}

    def _query(self) -> dict[str, str]:
        names = (
            "q",
            "directive",
            "priority",
            "office",
            "status",
            "due",
            "page",
            "period",
            "form",
            "to",
            "flash",
            "code",
            "subtask",
        )
        return {name: odd_values.text(self.rng)[:2_000] for name in self.rng.sample(names, self.rng.randrange(3))}

    def _kind(self) -> str:
        kinds = ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain; charset=no")
        return self.rng.choice((*kinds, "application/x-www-form-urlencoded; charset=utf-7"))

    def _filled(self, path: str) -> str:
        rng = self.rng

        def place(found: re.Match[str]) -> str:
            if rng.random() < 0.5:
                return {"office": "SYT", "paper": "slip", "language": "en"}.get(found[1], str(rng.randrange(1, 60)))
            return quote(odd_values.text(rng)[:300], safe="") or "x"

        return re.sub(r"\{(\w+)(?::path)?\}", place, path)

    def _send(self, visitor: Visitor, method: str, path: str, **options: Any) -> None:
        try:
            try:
                answer = visitor.web.request(method, path, **options)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                # Answered before it was read whole, the request before this one left a connection that was closed.
                answer = visitor.web.request(method, path, **options)
        except (httpx.InvalidURL, UnicodeEncodeError, ValueError):  # nothing that can be sent
            return
        except httpx.HTTPError as fault:
            self.answers[599] += 1
            self.fail(f"{method} {path}: {type(fault).__name__} {fault}")
            return
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.fail(f"{method} {path} {str(options)[:600]}: {answer.status_code} {answer.text[:300]}")

    def fail(self, what: str) -> None:
        """Say it at once, and keep it."""
        say(f"FAILED {what}")
        self.failed.append(what)


_PAGES = sorted(key for key in RIGHTS if not key[1].startswith(("/api/", "/prefect")))


def schemathesis_requests(fuzzer: Fuzzer, requests: int) -> None:
    """Every operation of the API with what schemathesis thinks of."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, seed, settings

    base = fuzzer.store.settings.portal_url
    operations = list(schemathesis.openapi.from_dict(fuzzer.described).get_all_operations())
    for found in operations:
        role = fuzzer.rng.choice(ROLES[1:])
        headers = {"Authorization": f"Bearer {fuzzer.visitors[role].bearer}"}

        def send(case: Any, bearer: dict[str, str] = headers) -> None:
            answer = case.call(base_url=base, headers=bearer)
            fuzzer.answers[answer.status_code] += 1
            if answer.status_code >= 500:
                fuzzer.fail(f"{case.method} {case.path}: {answer.status_code} {answer.text[:300]}")

        @seed(fuzzer.rng.randrange(2**32))
        @settings(
            max_examples=max(1, requests // len(operations)),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy())  # type: ignore[union-attr]
        def run(case: Any) -> None:
            send(case)

        run()


def rss_kib(pid: int) -> int:
    """The memory of a process and its children, in KiB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if pid in (int(said["Pid"]), int(said["PPid"])):
            total += int(said.get("VmRSS", "0 kB").split()[0])
    return total


@contextmanager
def running(folder: Path, with_prefect: bool, seed: int) -> Iterator[Fuzzer]:
    """A portal beside a Prefect, over a store with work in every state."""
    settings = load_settings(
        {
            **BY_PLAN_0_1,
            "DONDOC_DATA_DIR": str(folder),
            "DONDOC_SAMPLE": "0",
            "DONDOC_PORT": str(free_port()),
            "DONDOC_PORTAL_PORT": str(free_port()),
            "DONDOC_SECRET_KEY": secrets.token_hex(32),
        }
    )
    mark = f"{folder}:fuzz"
    with ExitStack() as opened:
        opened.callback(child_process.end_marked, mark)
        store = opened.enter_context(open_store(settings))
        begin(store, "p1", at("2023-08-18"), at("2023-09-12"), offices=())
        with session_scope(store.engine) as session:
            context = store.actor_context(now=clock.now(), actor="command")
            for role in UserRole:
                add_user(session, email=f"{role.value}@tinh.example", post="Phòng Tổng hợp", role=role, context=context)
        described, ids = {}, []
        if with_prefect:
            described, ids = _start_prefect(settings, store, mark, opened)
        portal = child_process.start(
            "portal",
            ("-m", "cli.main", "portal"),
            mark=mark,
            environment=_environment(settings),
            log=folder / "logs" / "portal.log",
        )
        opened.callback(portal.stop, 10)
        eventually(lambda: _answers(settings), within_s=120)
        app = make_app(store)
        yield Fuzzer(store, portal.process.pid, Random(seed), app.openapi(), described, ids)


def _start_prefect(settings: Settings, store: Store, mark: str, opened: ExitStack) -> tuple[dict[str, Any], list[str]]:
    copy_migrated_prefect(settings)
    api = f"http://{HOST}:{settings.prefect_port}/api"
    server = start_server(settings, settings.prefect_port, mark=mark, environment={})
    opened.callback(server.stop, 10)
    await_server(server, api)
    with connected_to(settings, api):
        from flows.deployments.register import deploy

        deploy(store.plan)
    found = ask_prefect(settings, "/deployments/filter", {})
    begun = []
    for each in found:
        with suppress(HTTPError):  # one that asks for more than its form's defaults
            wanted = {"parameters": {**each["parameters"], "form": {}}}
            begun.append(ask_prefect(settings, f"/deployments/{each['id']}/create_flow_run", wanted)["id"])
    ids = [*(each["id"] for each in found), *begun, str(uuid.UUID(int=0))]
    return dict(ask_prefect(settings, "/openapi.json")), ids


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "DONDOC_DATA_DIR": str(settings.data_dir),
        "DONDOC_PLAN_DIR": str(settings.plan_dir),
        "DONDOC_SAMPLE": "0",
        "DONDOC_PORT": str(settings.prefect_port),
        "DONDOC_PORTAL_PORT": str(settings.portal_port),
        "DONDOC_SECRET_KEY": settings.secret_key,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def _answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"{settings.portal_url}/healthz", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_231_117)
    parser.add_argument("--minutes", type=float, default=24 * 60.0)
    parser.add_argument("--without-prefect", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dondoc-fuzz-") as name:
        folder = Path(name)
        with running(folder, not given.without_prefect, given.seed) as fuzzer:
            share = int(given.requests * SCHEMATHESIS_SHARE)
            fuzzer.sign_in()
            schemathesis_requests(fuzzer, share)
            memory = fuzzer.run(given.requests - share, began + given.minutes * 60)
        log = (folder / "logs" / "portal.log").read_text(encoding="utf-8", errors="replace")
    warm, end = memory[int(len(memory) * WARM_UP)], memory[-1]
    total, tracebacks = sum(fuzzer.answers.values()), log.count("Traceback")
    seconds, growth = time.monotonic() - began, end / warm
    say(f"{total} requests in {seconds:.0f} s, seed {given.seed}: {dict(sorted(fuzzer.answers.items()))}")
    say(f"memory {warm // 1024} MB warm, {end // 1024} MB at the end ({growth:.3f}); tracebacks {tracebacks}")
    if tracebacks:
        say(log[-8_000:])
    return 1 if fuzzer.failed or end > GROWTH * warm or tracebacks else 0


if __name__ == "__main__":
    sys.exit(main())
