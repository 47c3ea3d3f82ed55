"""Whoever stands before the portal's door: a browser with its cookies, in the same process as the portal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi.testclient import TestClient

from models.access.accounts import add_user
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import User, UserRole
from notifications.channels.mailbox import letters
from portal.app import make_app
from tests.support.cast import at

EMAIL = "phongtonghop@tinh.example"
BEGINNING = at("2023-09-12", 9)

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_ADDRESS = re.compile(r"https?://\S+")


class Portal:
    """A portal over a store, and the moment it goes by."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = replace(store, settings=replace(store.settings, **settings))
        self.now: datetime = BEGINNING
        self.app = make_app(self.store, now=lambda: self.now)

    def pass_time(self, **of_time: float) -> None:
        self.now += timedelta(**of_time)

    def browser(self, place: str = "192.0.2.1") -> "Browser":
        base = self.store.settings.portal_url
        return Browser(TestClient(self.app, base_url=base, follow_redirects=False, client=(place, 50_000)))

    def account(self, email: str = EMAIL, role: UserRole = UserRole.COORDINATOR) -> User:
        with session_scope(self.store.engine) as session:
            context = self.store.actor_context(now=self.now, actor="operator")
            return add_user(session, email=email, post="Phòng Tổng hợp", role=role, context=context)

    def door(self, office: str = "SYT", to: str = "") -> str:
        return path_of(office_links(self.store.settings).link(office, now=self.now, to=to))

    def sign_in_link(self, user: User) -> str:
        return path_of(user_link(self.store.settings, user, now=self.now))

    def signed_in(self, user: User) -> "Browser":
        browser = self.browser()
        link = self.sign_in_link(user)
        browser.get(link)
        assert browser.send(link).status_code == 303
        return browser

    def letters_sent(self) -> list[tuple[str, str]]:
        """To whom letters of the local mailbox went, and the first link in each."""
        self.app.state.background_tasks.finish()
        found = []
        for letter in letters(self.store.settings.mailbox_dir):
            address = _ADDRESS.search(letter.text)
            found.append((letter.recipient, path_of(address[0]) if address else ""))
        return found


@dataclass
class Browser:
    """One browser; ``csrf`` is the token of the form it was shown last."""

    web: TestClient
    csrf: str = ""

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._seen(self.web.get(path, **options))

    def send(self, path: str, fields: Mapping[str, str] | None = None, **options: Any) -> httpx.Response:
        """Send a form with the token of the page seen last."""
        return self._seen(self.web.post(path, data={"csrf": self.csrf, **(fields or {})}, **options))

    def ask(self, **fields: str) -> httpx.Response:
        """Ask for a link, as the page has it."""
        self.get("/sign-in")
        return self.send("/sign-in", fields)

    @property
    def cookie(self) -> str:
        (cookie,) = (c for c in self.web.cookies.jar if c.name.endswith("dondoc_session"))
        return cookie.value or ""

    def _seen(self, response: httpx.Response) -> httpx.Response:
        if found := _CSRF.search(response.text):
            self.csrf = found[1]
        return response


def words(response: httpx.Response) -> str:
    """The words of a page, as they are read."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text)))


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
