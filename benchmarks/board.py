"""The board with 1,000, 10,000 and 100,000 assignments: time and memory, on SQLite.

Each in a fresh process, so that its peak of memory is its own. Of the page as a manager asks for it, of a priority's
with its timeline, and of both boards that a run publishes: seconds of the median of some rounds, the peak of memory in
all and above what the process takes with the application ready, and how large the answer is.

    python benchmarks/board.py
    python benchmarks/board.py --sizes 1000 10000
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from life import NOW
from workbook import SIZES, in_a_fresh_process, peak_mib, store_in

from flows.steps import boards
from models.access.accounts import add_user
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal.app import make_app
from portal.sign_in.sign_in import user_link

ROUNDS = 5
PAGE, OF_PRIORITY, PUBLISHED = "/board", "/board of a priority", "published"

Measured = tuple[float, float, float, float]
"""Seconds, MiB of memory at the peak and above the beginning, KiB of the answer."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    heads = (f"{name:>11}" for name in ("seconds", "peak MiB", "above MiB", "KiB"))
    print(f"{'rows':>9}  {'board':22}{''.join(heads)}")
    for size in parser.parse_args().sizes:
        for name, measure in _MEASURES.items():
            seconds, peak, above, answer = in_a_fresh_process(measure, size)
            print(f"{size:9,}  {name:22}{seconds:11.3f}{peak:11.0f}{above:11.1f}{answer:11.0f}", flush=True)


def of_page(folder: str) -> Measured:
    return _of_pages(folder, "/board")


def of_priority(folder: str) -> Measured:
    return _of_pages(folder, "/board?priority=p3")


def published(folder: str) -> Measured:
    with store_in(folder) as store:
        return _measured(lambda: sum(len(each.encode()) for each in boards(store, "p3", NOW).values()))


def _of_pages(folder: str, address: str) -> Measured:
    with store_in(folder) as store, asyncio.Runner() as runner:
        transport = httpx.ASGITransport(make_app(store, now=lambda: NOW))
        web = httpx.AsyncClient(transport=transport, base_url="http://portal")

        def answer(method: str, path: str, **sent: Any) -> bytes:
            return runner.run(web.request(method, path, follow_redirects=True, **sent)).raise_for_status().content

        path = _way_in(store)
        csrf = answer("GET", path).decode().partition('name="csrf" value="')[2].partition('"')[0]
        answer("POST", path, data={"csrf": csrf})
        return _measured(lambda: len(answer("GET", address)))


def _way_in(store: Store) -> str:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="benchmark")
        user = add_user(session, email="m@tinh.example", post="Lãnh đạo", role=UserRole.MANAGER, context=context)
    return user_link(store.settings, user, now=NOW).removeprefix(store.settings.portal_url)


def _measured(asked: Callable[[], int]) -> Measured:
    before, taken, size = peak_mib(), [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        size = asked()
        taken.append(time.perf_counter() - began)
    peak = peak_mib()
    return statistics.median(taken), peak, peak - before, size / 1024


_MEASURES: Mapping[str, Callable[[str], Measured]] = {PAGE: of_page, OF_PRIORITY: of_priority, PUBLISHED: published}


if __name__ == "__main__":
    main()
