"""A deadline's evening: 500 offices come within a minute, each for its list, a page of it, the form, and to report.

The portal is `dondoc portal` as it runs, with its workers, on a store in the shape of a province
(``benchmarks/province.py``). Each office opens the link of its letter at a moment of the minute drawn with a fixed
seed, on a connection of its own, and asks for one page after another without a pause; who asks is a few lines over
bare sockets, so that it takes little of the cores. Printed: p50, p95 and the longest time of each request, from asking
to the last byte; CPU of the portal a request; and by the store at the end, how many reports there are: as many were
answered so, none lost, none twice.

    python benchmarks/deadline_evening.py [--offices 500] [--seconds 60] [--workers 2] [--on sqlite postgresql]
"""

import argparse
import asyncio
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import province
from portal_pages import database
from sqlmodel import col, func, select

from config import clock
from config.settings import PLAN_DIR, Settings, load_settings
from hosting.prefect.connection import free_port, responds
from models.access.office_links import office_links
from models.keeping.opening import open_store
from models.store.audit_event import AuditEvent
from models.store.database import reading
from models.tables.report import Report

AIM_S = 2.0
ALL, DUE = 11_000, 10_000
_GIVE_UP_S = 60.0


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--offices", type=int, default=500)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    chosen = asked.parse_args()
    for name in chosen.on:
        with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url:
            settings = _settings(Path(folder), url, chosen.offices, chosen.workers)
            with open_store(settings) as store:
                province.lay(store, all_=ALL, due=DUE, recipients=chosen.offices)
                print(f"\n{name}, {chosen.workers} workers: {province.proportions(store)}", flush=True)
            with _portal(settings) as pid:
                before, began = _cpu_of_group(pid), time.monotonic()
                evening = asyncio.run(_evening(settings, chosen.offices, chosen.seconds))
                took, cpu = time.monotonic() - began, _cpu_of_group(pid) - before
            evening.tell(took, cpu)
            _tell_reports(settings, evening.accepted, chosen.offices)
    print(f"\nload average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def _settings(folder: Path, url: str, offices: int, workers: int) -> Settings:
    """Of a house of its own, whose register holds so many communes."""
    plan = folder / "plan"
    shutil.copytree(PLAN_DIR, plan)
    with (plan / "offices.yaml").open("a", encoding="utf-8") as register:
        for number in range(offices):
            names = f"name_vi: Ủy ban nhân dân xã số {number}, name_en: People's Committee of commune {number}"
            register.write(f"  - {{code: {province.commune(number)}, {names}, kind: locality, member_of: XA}}\n")
    environ = {
        "DONDOC_DATA_DIR": str(folder),
        "DONDOC_DATABASE_URL": url,
        "DONDOC_PLAN_DIR": str(plan),
        "DONDOC_PORTAL_PORT": str(free_port()),
        "DONDOC_PORTAL_WORKERS": str(workers),
        "DONDOC_SAMPLE": "0",
        "HOME": str(folder),
    }
    os.environ |= environ
    return load_settings(environ)


@contextmanager
def _portal(settings: Settings) -> Iterator[int]:
    """`dondoc portal`, once it answers; yields the id of its first process."""
    process = subprocess.Popen([sys.executable, "-m", "cli.main", "portal"], cwd=Path(__file__).parents[1])
    try:
        while not responds(f"{settings.portal_url}/healthz"):
            if process.poll() is not None:
                raise SystemExit(f"the portal ended with {process.returncode}")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _cpu_of_group(pid: int) -> float:
    """CPU seconds of a process and of its children that live."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for each in (str(pid), *children):
        taken = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(taken[11]) + int(taken[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class _Evening:
    """What was seen: seconds of each kind of request, and answers that were not what they should be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[str] = field(default_factory=Counter)
    accepted: int = 0

    def tell(self, took: float, cpu: float) -> None:
        every = [each for of_kind in self.seconds.values() for each in of_kind]
        print(f"{'request':10}{'number':>8}{'p50 s':>8}{'p95 s':>8}{'max s':>8}")
        for name, taken in (*self.seconds.items(), ("all", every)):
            p95 = statistics.quantiles(taken, n=20)[-1]
            print(f"{name:10}{len(taken):8}{statistics.median(taken):8.2f}{p95:8.2f}{max(taken):8.2f}")
        reached = statistics.quantiles(every, n=20)[-1] <= AIM_S
        print(
            f"{len(every)} requests in {took:.0f} s, {cpu / len(every) * 1000:.0f} ms of the portal's CPU each;",
            end=" ",
        )
        print(f"p95 at most {AIM_S:.0f} s: {'reached' if reached else 'NOT REACHED'}")
        if self.failed:
            print("not answered as they should be:", dict(self.failed))


async def _evening(settings: Settings, offices: int, seconds: float) -> _Evening:
    evening, chance, links = _Evening(), random.Random(1), office_links(settings)
    addresses = [links.link(province.commune(n), now=clock.now()) for n in range(offices)]
    comes_at = [chance.uniform(0, seconds) for _ in range(offices)]
    offers = (_office(settings, evening, address, at) for address, at in zip(addresses, comes_at, strict=True))
    await asyncio.gather(*offers)
    return evening


async def _office(settings: Settings, evening: _Evening, link: str, comes_at: float) -> None:
    await asyncio.sleep(comes_at)
    browser = _Browser(settings.portal_port)

    async def ask(name: str, path: str, form: Mapping[str, str] | None = None, *, status: int = 200) -> str:
        began = time.monotonic()
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                answered, text = await browser.ask(path, form)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
            answered, text = 0, type(fault).__name__
        evening.seconds[name].append(time.monotonic() - began)
        if answered != status:
            evening.failed[f"{name}: {answered or text}"] += 1
            raise _GaveUp
        return text

    try:
        await ask("link", link.removeprefix(settings.portal_url), status=303)
        numbers = re.findall(r'href="/assignments/(\d+)"', await ask("list", "/assignments"))
        number = numbers[0]
        await ask("page", f"/assignments/{number}")
        form = await ask("form", f"/assignments/{number}/report")
        await ask("report", f"/assignments/{number}/report", _filled_in(form), status=303)
        evening.accepted += 1
    except _GaveUp:
        pass
    finally:
        browser.close()


class _GaveUp(Exception):
    """The office got no answer that it could go on with; it is counted."""


def _filled_in(form: str) -> dict[str, str]:
    """The form as a clerk sends it: every count, a document of today, the results."""
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|submission)" value="([^"]*)"', form))
    counts = re.findall(r'<input id="(\w+)" name="\w+" inputmode="(?:numeric|decimal)"', form)
    filled = {name: "12" for name in counts if name != "document_date"}
    if 'name="document_number"' in form:
        filled |= {"document_number": "12/BC-UBND", "document_date": f"{clock.local_date(clock.now()):%d/%m/%Y}"}
    if 'name="text"' in form:
        filled["text"] = "Đã thực hiện đủ các nội dung được giao; không có vướng mắc."
    return {**hidden, **filled, "action": "send"}


class _Browser:
    """One connection with the cookies that came over it."""

    def __init__(self, port: int) -> None:
        self._port, self._cookies = port, dict[str, str]()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, form: Mapping[str, str] | None) -> tuple[int, str]:
        """Status and text of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{'POST' if form is not None else 'GET'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"Cookie: {'; '.join(f'{name}={value}' for name, value in self._cookies.items())}"]
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        known = Counter[str]()
        for name, _, value in (line.partition(": ") for line in headers):
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
            elif name.lower() == "content-length":
                known["length"] = int(value)
        return int(status.split()[1]), (await reader.readexactly(known["length"])).decode()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


def _tell_reports(settings: Settings, accepted: int, offices: int) -> None:
    with open_store(settings) as store, reading(store.engine) as connection:
        of_each = select(func.count(), func.count(func.distinct(col(Report.assignment_id))))
        reports, assignments = connection.execute(of_each.select_from(Report)).tuples().one()
        told = select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == "report")
        events = connection.scalar(told)
    whole = reports == assignments == events == accepted
    print(
        f"{reports} reports of {assignments} assignments by {events} events; {accepted} of {offices} offices were told"
        f" that theirs is there: {'none lost, none twice' if whole else 'LOST OR TWICE'}"
    )


if __name__ == "__main__":
    main()
