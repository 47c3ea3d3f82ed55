"""Which routes the fuzzer has tried, and which of them let it in: what is turned away at the door is not tried."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Generic, TypeVar
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.routing import Match, Route

T = TypeVar("T")

_TURNED_AWAY = (401, 403)


class Tried:
    """Counts the requests to each route, by the way the application itself finds the route of an address.

    pages  every route of the application with its method
    door   routes of Prefect's API, and whether the door passes them on to somebody
    """

    def __init__(self, app: FastAPI, pages: Iterable[tuple[str, str]], door: dict[str, bool]) -> None:
        routers = [getattr(each, "original_router", None) for each in app.routes]
        routes = [route for router in routers if router is not None for route in router.routes]
        self._routes = [route for route in (*routes, *app.routes) if isinstance(route, Route)]
        self._pages, self._door = frozenset(pages), door
        self._asked, self._let_in = Counter[str](), Counter[str]()
        self._lock = threading.Lock()

    def route_of(self, method: str, path: str) -> str:
        """Method and path of the route that answers for an address; empty when there is none."""
        scope = {"type": "http", "method": method, "path": unquote(path), "headers": [], "root_path": ""}
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                return f"{method} {route.path}"
        return ""

    def note(self, route: str, status: int) -> None:
        with self._lock:
            self._asked[route] += 1
            self._let_in[route] += status not in _TURNED_AWAY

    def has_let_in(self, route: str) -> bool:
        return self._let_in[route] > 0

    def was_asked(self, route: str) -> bool:
        return self._asked[route] > 0

    def missing(self) -> list[str]:
        """Routes that were not tried, and those open to somebody that let nobody in."""
        pages = [f"{method} {path}" for method, path in self._pages]
        left = [route for route in pages if not self._let_in[route]]
        for route, is_open in self._door.items():
            counted = self._let_in if is_open else self._asked
            left += [f"door {route}"] if not counted[f"door {route}"] else []
        return sorted(left)

    def as_lines(self) -> Iterator[str]:
        """What was tried, for people: the sums, the least and the most tried, and what is missing."""
        missing = self.missing()
        whole = len(self._pages) + len(self._door)
        is_open = sum(self._door.values())
        yield f"routes: {whole - len(missing)} of {whole} ({len(self._pages)} of pages and API, {len(self._door)} of"
        yield f"  Prefect behind the door, {is_open} of them open); not tried: {', '.join(missing) or 'none'}"
        for route, asked in sorted(self._asked.items(), key=lambda each: (each[1], each[0])):
            yield f"  {asked:>6} tried, {self._let_in[route]:>6} let in  {route or '(no such route)'}"


class Deck(Generic[T]):
    """Draws each of ``cards`` once, the ``rare`` ones last; then again and again, of these one in twenty rounds.

    is_done  whether a rare one was tried as it should be; until then it comes in every round
    """

    def __init__(self, cards: Sequence[T], rng: Random, rare: Sequence[T], is_done: Callable[[T], bool]) -> None:
        self._draws, self._lock = self._forever(cards, rng, rare, is_done), threading.Lock()

    def draw(self) -> T:
        with self._lock:
            return next(self._draws)

    @staticmethod
    def _forever(cards: Sequence[T], rng: Random, rare: Sequence[T], is_done: Callable[[T], bool]) -> Iterator[T]:
        yield from rng.sample(cards, len(cards))
        yield from rng.sample(rare, len(rare))
        while True:
            again = [card for card in rare if rng.random() < 0.05 or not is_done(card)]
            yield from rng.sample([*cards, *again], len(cards) + len(again))
