"""People before the portal: each with a browser's cookies, reading pages and sending the forms found on them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

import httpx

from models.access.accounts import add_user, make_token
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_SUBMISSION = re.compile(r'name="submission" value="([0-9a-f]+)"')

Files = list[tuple[str, tuple[str, bytes, str]]]


@dataclass
class Clock:
    """The moment the portal goes by."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Person:
    """A visitor; ``last`` is the page before them."""

    web: httpx.Client
    last: httpx.Response | None = field(default=None)

    def get(self, path: str) -> httpx.Response:
        self.last = self.web.get(path)
        return self.last

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, on: str = "", files: Files | None = None
    ) -> httpx.Response:
        """Send a form as its page holds it (``on``, or the page last seen), with ``fields`` filled in."""
        if on:
            self.get(on)
        assert self.last is not None
        hidden = {"csrf": _found(_CSRF, self.last.text), "submission": _found(_SUBMISSION, self.last.text)}
        self.last = self.web.post(path, data={**hidden, **(fields or {})}, files=files)
        return self.last

    @property
    def page(self) -> str:
        """The words of the page, as they are read."""
        assert self.last is not None
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.last.text)))


@dataclass
class House:
    """A portal in reality: its store, its clock, and people who come to it."""

    store: Store
    clock: Clock
    address: str
    _people: list[httpx.Client] = field(default_factory=list)

    def stranger(self) -> Person:
        # Nothing here speaks TLS, and reading the root certificates takes as long as several pages.
        web = httpx.Client(base_url=self.address, follow_redirects=True, timeout=30, trust_env=False, verify=False)
        self._people.append(web)
        return Person(web)

    def office(self, code: str) -> Person:
        """Somebody of an office who has opened the link of a message."""
        person = self.stranger()
        person.get(self.path(office_links(self.store.settings).link(code, now=self.clock.now)))
        return person

    def coordinator(self) -> Person:
        return self._account("phongtonghop@tinh.example", UserRole.COORDINATOR)

    def manager(self) -> Person:
        return self._account("lanhdao@tinh.example", UserRole.MANAGER)

    def program(self, *, office: str | None = None, role: UserRole | None = None) -> httpx.Client:
        """A program with a token of an office or a role."""
        with session_scope(self.store.engine) as session:
            context = self.store.actor_context(now=self.clock.now, actor="command")
            token = make_token(session, name="Phần mềm văn bản", office=office, role=role, days=30, context=context)
        web = self.stranger().web
        web.headers["Authorization"] = f"Bearer {token}"
        return web

    def _account(self, email: str, role: UserRole) -> Person:
        email = f"{len(self._people)}.{email}"
        with session_scope(self.store.engine) as session:
            context = self.store.actor_context(now=self.clock.now, actor="command")
            user = add_user(session, email=email, post="Phòng Tổng hợp", role=role, context=context)
        person = self.stranger()
        path = self.path(user_link(self.store.settings, user, now=self.clock.now))
        person.post(path, on=path)
        return person

    def path(self, link: str) -> str:
        """The part of a link after the address under which the portal is known."""
        assert link.startswith(self.store.settings.portal_url)
        return link.removeprefix(self.store.settings.portal_url)

    def close(self) -> None:
        for each in self._people:
            each.close()


def hidden(person: Person) -> dict[str, str | list[str]]:
    """The fields that the last page holds out of sight."""
    assert person.last is not None
    found: dict[str, str | list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', person.last.text):
        if name in found:
            before = found[name]
            found[name] = [*(before if isinstance(before, list) else [before]), unescape(value)]
        else:
            found[name] = unescape(value)
    return found


def withdrawn_by(coordinator: Person, number: int) -> None:
    """Take an assignment back from the page of the coordinator's deeds, with its preview."""
    asked = {"n": str(number), "act": "withdraw", "reason": "Giao lại cho cơ quan khác."}
    coordinator.post("/desk/deeds", asked, on=f"/desk/deeds?n={number}&act=withdraw")
    coordinator.last = coordinator.web.post("/desk/deeds", data=hidden(coordinator))


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
