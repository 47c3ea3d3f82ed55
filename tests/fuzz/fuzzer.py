"""One sender of odd requests: in every role, to pages, to the API and through the door to Prefect."""

import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
from sqlmodel import Session

from config import clock
from hosting.processes.supervisor import say_at_once as say
from models.access.accounts import enable_user, make_token
from models.access.changing import change_user
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.account import User, UserRole
from portal.prefect.rights import CHANGES, READS
from portal.rights import RIGHTS
from tests.fuzz import odd_values
from tests.fuzz.page_forms import FormsFound, forms_of
from tests.fuzz.routes_tried import Deck, Tried

ROLES = ("nobody", "office", "stranger", "coordinator", "manager")
PAGES = sorted(key for key in RIGHTS if not key[1].startswith(("/api/", "/prefect")))
"""Routes of the portal's own pages."""

_FRESH = httpx.Limits(keepalive_expiry=1.0)
"""The portal closes a connection that rests for five seconds, perhaps just as it is used again."""

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_OFFICES = {"office": "SYT", "stranger": "TAND"}
_FIELDS = (
    *("office", "email", "to", "title", "text", "reason", "until", "due_on", "subtask", "priority", "offices"),
    *("document_number", "document_date", "difficulties", "proposals", "unit", "until_on", "action", "submission"),
    *("period", "version", "n", "act", "digest", "chosen", "choice", "confirmed", "entry", "on_date", "number"),
)
_QUERY = (
    *("q", "directive", "priority", "office", "status", "due", "page", "period", "form", "to", "flash", "code"),
    *("subtask", "n", "act"),
)
_HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Cookie", "If-None-Match", "If-Modified-Since", "Range"),
    *("HX-Request", "Origin", "Referer", "Content-Encoding", "Idempotency-Key", "X-Forwarded-Proto", "Expect"),
)
_KINDS = (
    *("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain; charset=no"),
    "application/x-www-form-urlencoded; charset=utf-7",
)
_RARE = ("/sign-out", "/revoke", "/try", "/test-message", "/disable")
"""Tried now and then only: they end the sessions of the others, or send something."""


def is_open(route: str) -> bool:
    """Whether the door passes a route of Prefect on to somebody; by method and path after ``/api``."""
    plain = re.sub("[{}]", "", route)
    return any(each.fullmatch(plain) for each in (*READS, *CHANGES))


def _as_it_was(session: Session, email: str, context: ActorContext) -> User:
    """An account that some request may have closed or limited, open to everything again."""
    enable_user(session, email, context)
    return change_user(session, email, context, directives=())


@dataclass
class Targets:
    """What is fuzzed: the portal, its description, Prefect's, and what was tried of them; shared by all senders.

    api, prefect  operations by method and path; of Prefect's after ``/api``
    ids           of deployments and runs behind the door
    passing       bodies that the door lets pass, by what is asked for: no other is found by chance
    """

    store: Store
    described: Mapping[str, Any]
    api: Mapping[tuple[str, str], Mapping[str, Any]]
    prefect_described: Mapping[str, Any]
    prefect: Mapping[str, Mapping[str, Any]]
    ids: tuple[str, ...]
    passing: Mapping[str, Any]
    tried: Tried
    rng: Random
    forms: FormsFound = field(default_factory=FormsFound)
    failed: list[str] = field(default_factory=list)
    signing_in: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.pages = self._deck(PAGES)
        self.operations = self._deck(list(self.api))
        opened = [route for route in self.prefect if is_open(route)]
        closed = [route for route in self.prefect if not is_open(route)]
        self.doors = Deck(opened, self.rng, closed, lambda route: self.tried.was_asked(f"door {route}"))

    def _deck(self, keys: Sequence[tuple[str, str]]) -> Deck[tuple[str, str]]:
        rare = [key for key in keys if key[1].endswith(_RARE)]
        often = [key for key in keys if key not in rare]
        return Deck(often, self.rng, rare, lambda key: self.tried.has_let_in(" ".join(key)))


@dataclass
class Visitor:
    """One role: a browser signed in, its token of forms, and a program's token."""

    web: httpx.Client
    csrf: str = ""
    bearer: str = ""


@dataclass
class Fuzzer:
    """Sends odd requests one after another and counts the answers."""

    targets: Targets
    rng: Random
    visitors: dict[str, Visitor] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    sign_in_at: int = 0
    """After so many answers everybody signs in anew."""

    links: dict[str, str] = field(default_factory=dict)
    """By the route: an address of it that is a key nobody has used yet."""

    def send_one(self) -> None:
        chance = self.rng.random()
        if self.targets.prefect and chance < 0.25:
            self.door()
        elif chance < 0.5:
            self.api()
        else:
            self.page()

    def sign_in(self) -> None:
        """Everybody anew: some of what was tried signs people out."""
        self.close()
        store = self.targets.store
        now, settings = clock.now(), store.settings
        with self.targets.signing_in, session_scope(store.engine) as session:
            context = store.actor_context(now=now, actor="command")
            accounts = {role.value: _as_it_was(session, f"{role.value}@tinh.example", context) for role in UserRole}
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
                if role in _OFFICES or role in accounts
            }
            links = {role: user_link(settings, user, now=now) for role, user in accounts.items()}
            again = user_link(settings, accounts["manager"], now=now + timedelta(seconds=1))
        links |= {role: office_links(settings).link(office, now=now) for role, office in _OFFICES.items()}
        self.links = {
            route: link.removeprefix(settings.portal_url)
            for route, link in (("/door/{token}", links["office"]), ("/sign-in/{token}", again))
        }
        for role in ROLES:
            web = httpx.Client(base_url=settings.portal_url, timeout=60, trust_env=False, verify=False, limits=_FRESH)
            visitor = self.visitors[role] = Visitor(web, bearer=bearers.get(role, ""))
            web.headers["X-Forwarded-For"] = f"198.51.{self.rng.randrange(256)}.{self.rng.randrange(256)}"
            if role in links:
                path = links[role].removeprefix(settings.portal_url)
                if found := _CSRF.search(web.get(path).text):
                    web.post(path, data={"csrf": found[1]})
            found = _CSRF.search(web.get("/sign-in").text)
            visitor.csrf = found[1] if found else ""

    def close(self) -> None:
        for visitor in self.visitors.values():
            visitor.web.close()

    def page(self) -> None:
        """A route of the pages: a form that was seen on one, or any fields at all; or a query."""
        method, path = self.targets.pages.draw()
        route, rng = f"{method} {path}", self.rng
        seen = self.targets.forms.one(route, rng) if rng.random() < 0.7 else None
        role = seen[0] if seen and rng.random() < 0.9 else self._role(method, path)
        visitor = self.visitors[role]
        options: dict[str, Any] = {"params": self._query()}
        is_new = not self.targets.tried.has_let_in(route)
        if method == "POST":
            fields = seen[1].filled(rng) if seen else self._any_fields()
            fields = [each for each in fields if each[0] != "csrf"]
            if is_new or rng.random() < 0.95:
                fields.append(("csrf", visitor.csrf))
            body: dict[str, Any] = {}
            for name, value in fields:
                body.setdefault(name, []).append(value)
            options["data"] = body
            if not is_new and rng.random() < 0.05:
                options = {"content": rng.choice(odd_values.RAW), "headers": {"Content-Type": rng.choice(_KINDS)}}
            elif (seen and seen[1].files) or rng.random() < 0.1:
                names = seen[1].files if seen and seen[1].files else ["file", "files", "workbook", "x"]
                options["files"] = [(rng.choice(names), odd_values.file(rng))]
        elif path == "/metrics":
            role, options["headers"] = "coordinator", {"Authorization": f"Bearer {visitor.bearer}"}
        self._send(visitor, method, seen[1].action if seen else self._filled(path, is_new), role=role, **options)

    def api(self) -> None:
        """An operation of the API, by its description."""
        method, path = self.targets.operations.draw()
        is_new = not self.targets.tried.has_let_in(f"{method} {path}")
        visitor = self.visitors[self._role(method, path)]
        is_known = visitor.bearer and (is_new or self.rng.random() < 0.95)
        headers = {"Authorization": f"Bearer {visitor.bearer}"} if is_known else {}
        described = self._described(self.targets.api[method, path], self.targets.described)
        self._send(visitor, method, self._filled(path, is_new), headers=headers, **described)

    def door(self) -> None:
        """A route of Prefect's API, by its description, or one of its pages."""
        rng = self.rng
        role = rng.choice(("coordinator", "coordinator", *ROLES))
        if rng.random() < 0.1:
            self._send(self.visitors[role], "GET", "/prefect")
            self._send(self.visitors[role], "GET", f"/prefect/v2/{quote(odd_values.text(rng)[:200], safe='/')}")
            return
        route = self.targets.doors.draw()
        name, (method, _, path) = f"door {route}", route.partition(" ")
        is_new = not self.targets.tried.has_let_in(name)
        values = (*self.targets.ids, "p1", "x")
        filled = re.sub(
            r"\{\w+\}",
            lambda _: quote(rng.choice(values if is_new else (*values, odd_values.text(rng)[:60])), safe=""),
            path,
        )
        status = self._send(
            self.visitors["coordinator" if is_new else role],
            method,
            f"/prefect/api{filled}",
            headers={"Sec-Fetch-Site": "same-origin"},
            **self._behind_the_door(route, passing=is_new or rng.random() < 0.1),
        )
        if status:
            self.targets.tried.note(name, status)

    def _role(self, method: str, path: str) -> str:
        """Mostly one for whom the route is, or the refusal would be all that is tried."""
        allowed = {each.value for each in RIGHTS[method, path]}
        able = [role for role in ROLES if role in allowed or (role == "stranger" and "office" in allowed)]
        is_new = not self.targets.tried.has_let_in(f"{method} {path}")
        return self.rng.choice(able if is_new or self.rng.random() < 0.8 else ROLES)

    def _any_fields(self) -> list[tuple[str, str]]:
        return [(name, odd_values.text(self.rng)) for name in self.rng.sample(_FIELDS, self.rng.randrange(6))]

    def _described(self, operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
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
        return {"params": params, "data": fields, "files": {"file": odd_values.file(rng)}}

    def _behind_the_door(self, route: str, *, passing: bool) -> dict[str, Any]:
        if passing and route in self.targets.passing:
            return {"content": odd_values.written(self.targets.passing[route])}
        return self._described(self.targets.prefect[route], self.targets.prefect_described)

    def _query(self) -> dict[str, str]:
        rng = self.rng
        return {name: odd_values.text(rng)[:2_000] for name in rng.sample(_QUERY, rng.randrange(3))}

    def _filled(self, path: str, plainly: bool) -> str:
        rng = self.rng

        if path in self.links and (plainly or rng.random() < 0.3):
            return self.links[path]

        def place(found: re.Match[str]) -> str:
            if plainly or rng.random() < 0.5:
                known = {"office": "SYT", "paper": "slip", "language": "en"}
                return known.get(found[1], str(rng.randrange(1, 60)))
            return quote(odd_values.text(rng)[:300], safe="") or "x"

        return re.sub(r"\{(\w+)(?::path)?\}", place, path)

    def _send(self, visitor: Visitor, method: str, path: str, *, role: str = "", **options: Any) -> int:
        """The status code of the answer; 0 where nothing could be sent or nothing came back."""
        if self.rng.random() < 0.05:
            odd = {self.rng.choice(_HEADERS): odd_values.text(self.rng)[:4_000].encode("utf-8", "replace")}
            options["headers"] = {**odd, **options.get("headers", {})}
        try:
            try:
                answer = visitor.web.request(method, path, **options)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                # Answered before it was read whole, the request before this one left a connection that was closed.
                answer = visitor.web.request(method, path, **options)
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, ValueError):  # it cannot be sent
            return 0
        except httpx.HTTPError as fault:
            self.answers[599] += 1
            self.fail(f"{method} {path}: {type(fault).__name__} {fault}")
            return 0
        self.answers[answer.status_code] += 1
        address = answer.request.url.raw_path.partition(b"?")[0].decode("ascii")
        self.targets.tried.note(self.targets.tried.route_of(method, address), answer.status_code)
        if answer.status_code >= 500:
            self.fail(f"{method} {path} {str(options)[:600]}: {answer.status_code} {answer.text[:300]}")
        elif role and answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
            for form in forms_of(address, answer.text):
                if route := self.targets.tried.route_of("POST", form.action):
                    self.targets.forms.keep(route, role, form, self.rng)
        return answer.status_code

    def fail(self, what: str) -> None:
        """Say it at once, and keep it."""
        say(f"FAILED {what}")
        self.targets.failed.append(what)
