"""``make fuzz``: odd requests to every route of the portal, in every role, and through the door to a real Prefect.

The portal is `dondoc portal` in a process of its own. Requests to pages, to the API (by its description) and to the
door (by Prefect's description) are mixed; many are forms as they were found on pages, with a field or two gone odd. A
share of those to the API is schemathesis's own. It goes on, at most for as many requests again, until every route has
been tried (about 1,500). Ends with 1 when an answer is 500 or above, a route was not tried, the portal's memory grows
by more than a tenth after the first fifth of 20,000 requests or more, or its log holds a traceback.

    python tests/fuzz/fuzz.py [--requests 100000] [--seed 20231117] [--minutes 60] [--senders 2] [--without-prefect]
"""

import argparse
import os
import secrets
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError

import httpx

from config import clock
from config.settings import Settings, load_settings
from hosting import child_process
from hosting.prefect.connection import HOST, await_server, connected_to, free_port, start_server
from hosting.processes.supervisor import say_at_once as say
from models.access.accounts import add_user
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal.app import make_app
from portal.rights import RIGHTS
from tests.fuzz.fuzzer import PAGES, ROLES, Fuzzer, Targets, is_open
from tests.fuzz.routes_tried import Tried
from tests.support.cast import at, begin
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import ask_prefect
from tests.support.servers import copy_migrated_prefect
from tests.support.waiting import eventually

WARM_UP = 0.2
GROWTH, JUDGED_FROM = 1.1, 20_000
"""By how much memory may grow after the warm-up, where there were requests enough to tell."""

SCHEMATHESIS_SHARE = 0.1
REFRESH_EVERY = 400
CHUNKS = 50
"""In so many parts the requests are sent; between two the portal's memory is looked at."""


@dataclass
class Run:
    """Several senders at once against one portal."""

    targets: Targets
    pid: int
    senders: Sequence[Fuzzer]

    @property
    def answers(self) -> Counter[int]:
        return sum((each.answers for each in self.senders), Counter[int]())

    def send(self, requests: int, end_at: float) -> list[int]:
        """Send them, or as many as the time allows; returns the portal's memory in KiB, at fifty moments.

        More than that while a route was not tried: which one comes when is chance.
        """
        share = -(-requests // (CHUNKS * len(self.senders)))
        memory = [rss_kib(self.pid)]
        with ThreadPoolExecutor(len(self.senders)) as at_once:
            for chunk in range(2 * CHUNKS):
                if chunk >= CHUNKS and not self.targets.tried.missing():
                    break
                list(at_once.map(lambda sender: send_some(sender, share, end_at), self.senders))
                memory.append(rss_kib(self.pid))
                if chunk % 5 == 4:
                    done = (chunk + 1) * share * len(self.senders)
                    say(f"  {done:>7} · {memory[-1] // 1024} MB · {dict(sorted(self.answers.items()))}")
                if time.monotonic() > end_at:
                    say("  the time is over")
                    break
        return memory


def send_some(sender: Fuzzer, requests: int, end_at: float) -> None:
    """So many by one sender."""
    for _ in range(requests):
        if time.monotonic() > end_at:
            break
        if sum(sender.answers.values()) >= sender.sign_in_at:
            sender.sign_in()
            sender.sign_in_at += REFRESH_EVERY
        sender.send_one()


def schemathesis_requests(fuzzer: Fuzzer, requests: int, end_at: float) -> None:
    """Every operation of the API with what schemathesis thinks of."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, seed, settings

    base = fuzzer.targets.store.settings.portal_url
    operations = list(schemathesis.openapi.from_dict(fuzzer.targets.described).get_all_operations())
    for found in operations:
        role = fuzzer.rng.choice(ROLES[1:])
        headers = {"Authorization": f"Bearer {fuzzer.visitors[role].bearer}"}

        def send(case: Any, bearer: dict[str, str] = headers) -> None:
            if time.monotonic() > end_at:
                return
            answer = case.call(base_url=base, headers=bearer)
            fuzzer.answers[answer.status_code] += 1
            fuzzer.targets.tried.note(f"{case.method} {case.path}", answer.status_code)
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
def running(folder: Path, *, with_prefect: bool, seed: int, senders: int) -> Iterator[Run]:
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
                add_user(session, email=f"{role.value}@tinh.example", post="Phòng fuzz", role=role, context=context)
        behind = _start_prefect(settings, store, mark, opened) if with_prefect else Behind()
        portal = child_process.start(
            "portal",
            ("-m", "cli.main", "portal"),
            mark=mark,
            environment=_environment(settings),
            log=folder / "logs" / "portal.log",
        )
        opened.callback(portal.stop, 10)
        eventually(lambda: _answers(settings), within_s=120)
        targets = _targets(store, behind, seed)
        yield Run(targets, portal.process.pid, [Fuzzer(targets, Random(seed + number)) for number in range(senders)])


def _targets(store: Store, behind: "Behind", seed: int) -> Targets:
    app = make_app(store)
    described = app.openapi()
    api = {(method.upper(), path): each for path, of in described["paths"].items() for method, each in of.items()}
    routes = {
        f"{method.upper()} {path.removeprefix('/api')}": operation
        for path, methods in behind.described.get("paths", {}).items()
        for method, operation in methods.items()
    }
    pages = [*PAGES, *api, *((method, path) for method, path in RIGHTS if "/prefect" in path and method == "GET")]
    tried = Tried(app, pages if routes else [*PAGES, *api], {route: is_open(route) for route in routes})
    return Targets(store, described, api, behind.described, routes, behind.ids, behind.passing, tried, Random(seed))


@dataclass(frozen=True)
class Behind:
    """What stands behind the door: Prefect's description, ids of its deployments and runs, bodies that may pass."""

    described: dict[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    passing: dict[str, Any] = field(default_factory=dict)


def _start_prefect(settings: Settings, store: Store, mark: str, opened: ExitStack) -> Behind:
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
    ids = (*(each["id"] for each in found), *begun, str(uuid.UUID(int=0)))
    schema = found[0]["parameter_openapi_schema"]
    passing = {
        "POST /deployments/{id}/create_flow_run": {},
        "POST /flow_runs/{id}/set_state": {"state": {"type": "CANCELLED"}},
        "POST /flow_runs/{id}/resume": {},
        "PATCH /deployments/{id}/schedules/{schedule_id}": {"active": True},
        "POST /ui/schemas/validate": {"schema": schema, "values": {"form": {}}},
    }
    return Behind(dict(ask_prefect(settings, "/openapi.json")), ids, passing)


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
        return httpx.get(f"{settings.portal_url}/healthz", trust_env=False, verify=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_231_117)
    parser.add_argument("--minutes", type=float, default=24 * 60.0)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--without-prefect", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dondoc-fuzz-") as name:
        folder, with_prefect = Path(name), not given.without_prefect
        with running(folder, with_prefect=with_prefect, seed=given.seed, senders=given.senders) as run:
            say(f"ready after {time.monotonic() - began:.0f} s")
            share = int(given.requests * SCHEMATHESIS_SHARE)
            run.senders[0].sign_in()
            end_at = began + given.minutes * 60
            schemathesis_requests(run.senders[0], share, end_at)
            memory = run.send(given.requests - share, end_at)
        log = (folder / "logs" / "portal.log").read_text(encoding="utf-8", errors="replace")
    warm, end = memory[int(len(memory) * WARM_UP)], memory[-1]
    total, tracebacks, missing = sum(run.answers.values()), log.count("Traceback"), run.targets.tried.missing()
    seconds, growth = time.monotonic() - began, end / warm
    for line in run.targets.tried.as_lines():
        say(line)
    say(f"{total} requests in {seconds:.0f} s, seed {given.seed}: {dict(sorted(run.answers.items()))}")
    say(f"memory {warm // 1024} MB warm, {end // 1024} MB at the end ({growth:.3f}); tracebacks {tracebacks}")
    if tracebacks:
        say(log[-8_000:])
    has_grown = given.requests >= JUDGED_FROM and growth > GROWTH
    return 1 if run.targets.failed or missing or has_grown or tracebacks else 0


if __name__ == "__main__":
    sys.exit(main())
