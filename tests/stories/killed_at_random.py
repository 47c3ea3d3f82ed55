"""``make crash``: runs of a flow killed with ``kill -9`` at random moments, again and again, each then run to its end.

Two lives: in the one every run is killed up to twice before it comes to its end, in planning, claiming, sending or
recording; in the other none is. Letters go to a real SMTP server in a process of its own, which alone counts
what arrived. Afterwards both outboxes must hold the same notices, every one of them told or cancelled with a reason
(lost: 0), and a letter may have arrived again only if its sending was begun and not yet written down when a process was
killed (duplicates <= sends in flight). Ends with 1 when that does not hold.

    python tests/stories/killed_at_random.py [--kills 100] [--seed 20230817] [sqlite postgresql]
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP
from sqlalchemy import select
from sqlmodel import col

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.clock import HANOI
from config.contacts.contacts import Address, Contacts
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_0_1_DIR, load_settings
from flows.forms import fill_in
from flows.steps import assign_due, track
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import open_database, reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from models.work.directives import issue_directive
from notifications.courier import round as courier_round
from notifications.courier.courier import deliver
from tests.support.compiled_once import share_compiled_statements
from tests.support.crash.new_databases import new_databases
from tests.support.plan_0_1 import BY_PLAN_0_1

KILLS_PER_RUN = 2
BEGINNING = datetime(2023, 8, 18, 8, tzinfo=HANOI)
DAYS_APART = 3
AFTER_THE_LEASE, AT_THE_END = timedelta(minutes=2), timedelta(minutes=20)
A_LETTER_TAKES_S = 0.02
"""As long as a mail server in the same building; so that there is something to be killed in."""
DELIVERY_TAKES_S = 0.25
EXAMPLES = 5
PRIORITIES = ("p1", "p2", "p3", "p4", "p5")


class Phase(IntEnum):
    PLANNING = 0
    CLAIMING = 1
    SENDING = 2
    RECORDING = 3


@dataclass(frozen=True)
class Marks:
    """What a run shows of itself; read when it is dead, so without locks that it may have died with."""

    phase: Any
    begun: Any
    recorded: Any

    @classmethod
    def fresh(cls) -> "Marks":
        return cls(*(multiprocessing.RawValue("q", 0) for _ in range(3)))


@dataclass
class Tally:
    """What happened over all kills."""

    kills: int = 0
    in_flight: int = 0
    phases: Counter[str] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="*", help="sqlite, postgresql; both by default")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20230817)
    asked = parser.parse_args()
    share_compiled_statements()
    held = True
    # A socket's path may be about 100 characters long, so it lies in a short directory.
    with tempfile.TemporaryDirectory(prefix="crash") as folder:
        for database in asked.databases or ("sqlite", "postgresql"):
            with new_databases(database, Path(folder)) as new_database:
                held &= _crash(database, Path(folder) / database, new_database, asked.kills, random.Random(asked.seed))
    sys.exit(0 if held else 1)


def _crash(database: str, home: Path, new_database: Callable[[str], str], kills: int, chance: random.Random) -> bool:
    began, tally, lives, runs = time.monotonic(), Tally(), {}, 0
    for name in ("first", "killed", "whole"):
        (home / name).mkdir(parents=True)
        with _mail_server(home / name / "taken") as port:
            life = Life(home / name, new_database(name), port)
            life.begin()
            if name == "first":
                life.run_in_this_process()
                continue
            runs = life.run_killed(kills, chance, tally) if name == "killed" else life.run_whole(runs)
            lives[name] = life.look()
    whole, killed = lives["whole"], lives["killed"]
    unmade, more = whole.notices - killed.notices, killed.notices - whole.notices
    unfinished, not_taken = killed.unfinished + whole.unfinished, killed.sent - set(killed.taken)
    lost = len(unmade) + unfinished.total() + len(not_taken)
    doubled = len(killed.taken) - len(set(killed.taken))
    held = (lost, len(more), killed.intact) == (0, 0, True) and doubled <= tally.in_flight
    where = ", ".join(f"{phase.name.lower()} {tally.phases[phase.name]}" for phase in Phase)
    print(f"{database}: {tally.kills} kills ({where}) in {time.monotonic() - began:.0f} s")
    print(f"  notices {len(killed.notices)}, letters {len(set(killed.taken))}; lost {lost}, too many {len(more)}")
    print(f"  duplicates {doubled}, sends in flight when killed {tally.in_flight}: {'held' if held else 'BROKEN'}")
    for what, found in (("never made", unmade), ("too many", more), ("sent, not arrived", not_taken)):
        if found:
            print(f"  {what} {len(found)}: {sorted(found)[:EXAMPLES]}")
    for state, count in sorted(unfinished.items()):
        print(f"  unfinished {count}: {state}")
    sys.stdout.flush()
    return held


@dataclass(frozen=True)
class Seen:
    """What is found at the end. ``taken`` are the keys of the letters that arrived, in their order."""

    notices: set[tuple[str, ...]]
    sent: set[str]
    unfinished: Counter[str]
    intact: bool
    taken: list[str]


class Life:
    """One store and what runs on it.

    Every run is a child forked from here, so that plan and code are read once; SQL is compiled once, by a first life of
    one run.
    """

    plan: Plan = load_plan(PLAN_0_1_DIR)
    calendar: WorkingCalendar = load_calendar()

    def __init__(self, home: Path, url: str, port: int) -> None:
        self._home = home
        rates = {"DONDOC_PROVIDER_RATE": "100000", "DONDOC_RECIPIENT_RATE": "1000"}
        self._settings = load_settings(
            {**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(home), "DONDOC_DATABASE_URL": url, "DONDOC_SAMPLE": "0"} | rates
        )
        address = f"mailto://127.0.0.1:{port}?from=dondoc@tinh.example&to=vanthu@so.example"
        self._contacts = Contacts(
            {(office.code, "focal"): Address("mailto", "vi", address) for office in self.plan.offices}
        )

    def begin(self) -> None:
        """Make the tables and register the directive."""

        def deed(store: Store) -> None:
            mirror_configuration(store.engine, self.plan, self._contacts)
            with session_scope(store.engine) as session:
                context = store.actor_context(now=BEGINNING - timedelta(hours=12), actor="coordinator")
                issue_directive(session, number="123-TB/TU", on_date=date(2023, 8, 17), context=context)

        assert self._ended(self._child(deed)) == 0

    def run_whole(self, runs: int) -> int:
        """So many days, none of whose runs is killed."""
        for number in range(runs):
            self.run(self._day(number))
        self.run(self._day(runs - 1) + AT_THE_END)
        return runs

    def run_killed(self, kills: int, chance: random.Random, tally: Tally) -> int:
        """Days whose runs are killed at random moments and then run to their end; gives how many days it took."""
        number, lasted = 0, 2.0
        while tally.kills < kills:
            day = self._day(number)
            for again in range(KILLS_PER_RUN):
                if tally.kills < kills:
                    self._kill(day + AFTER_THE_LEASE * again, lasted, chance, tally)
            began = time.monotonic()
            self.run(day + AFTER_THE_LEASE * KILLS_PER_RUN)
            lasted = time.monotonic() - began
            number += 1
        self.run(self._day(number - 1) + AT_THE_END)
        return number

    def _day(self, number: int) -> datetime:
        """Every third working day: so often the ladders have something to say."""
        day = self.calendar.add(BEGINNING.date(), DAYS_APART * number)
        return datetime.combine(day, BEGINNING.timetz())

    def run(self, now: datetime) -> None:
        """One run that comes to its end."""
        assert self._ended(self._follow_up(now, Marks.fresh())) == 0, "a run failed"

    def _kill(self, now: datetime, lasted: float, chance: random.Random, tally: Tally) -> None:
        marks = Marks.fresh()
        child = self._follow_up(now, marks)
        # Planning takes longest, and what matters most comes after it: most kills wait for the first message to be
        # claimed, or for the first to be sent.
        begun, within = chance.choice(
            [
                (lambda: True, lasted),
                (lambda: marks.phase.value != Phase.PLANNING, DELIVERY_TAKES_S),
                (lambda: marks.begun.value > 0, DELIVERY_TAKES_S / 2),
            ]
        )
        pause = chance.random() * within
        while not begun():
            time.sleep(0.001)
            if os.waitpid(child, os.WNOHANG)[0]:
                return  # there was nothing to send
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        if self._ended(child) == -signal.SIGKILL:
            tally.kills += 1
            tally.in_flight += marks.begun.value - marks.recorded.value
            tally.phases[Phase(marks.phase.value).name] += 1

    def run_in_this_process(self) -> None:
        """One run whose compiled statements later children inherit, but none of its connections."""
        with self._store() as store:
            self._do(store, self._day(0))

    def _follow_up(self, now: datetime, marks: Marks) -> int:
        def deed(store: Store) -> None:
            _show(marks)
            self._do(store, now)

        return self._child(deed)

    def _do(self, store: Store, now: datetime) -> None:
        for priority in PRIORITIES:
            context = store.actor_context(now=now, actor=f"flow:{priority}", run_key=f"{priority}-{now}")
            assign_due(store, priority, fill_in(priority, {}, store.plan), context)
            track(store, priority, context)
        deliver(store, now=now)

    @contextmanager
    def _store(self) -> Iterator[Store]:
        engine = open_database(self._settings.database_url)
        yield Store(self._settings, self.plan, self.calendar, self._contacts, engine)
        engine.dispose()

    def _child(self, deed: Callable[[Store], None]) -> int:
        if child := os.fork():
            return child
        try:
            with self._store() as store:
                deed(store)
        except BaseException as fault:
            sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)

    def _ended(self, child: int) -> int:
        """Its exit code, or minus the signal that ended it."""
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def look(self) -> Seen:
        engine = open_database(self._settings.database_url)
        with reading(engine) as connection:
            assignment = [
                Assignment.subtask,
                Assignment.step,
                Assignment.period,
                Assignment.lead_office,
                Assignment.role,
            ]
            notice = [Notice.kind, Notice.rung, Notice.office, Notice.desk, Notice.channel]
            notices = connection.execute(
                select(*map(col, assignment + notice), col(Notice.state)).join(
                    Assignment, col(Assignment.id) == col(Notice.assignment_id)
                )
            ).all()
            messages = connection.execute(select(col(Message.message_key), col(Message.state))).all()
            intact = verify(connection).broken_at is None
        engine.dispose()
        finished = (MessageState.SENT, MessageState.EMPTY)
        open_ = (NoticeState.PENDING, NoticeState.DEAD)
        return Seen(
            notices={tuple(str(value) for value in row[:-1]) for row in notices},
            sent={key for key, state in messages if state is MessageState.SENT},
            unfinished=Counter(
                [
                    *(f"message {state}" for _, state in messages if state not in finished),
                    *(
                        f"notice {row[-1]}, {row[len(assignment)]} {row[len(assignment) + 1]}"
                        for row in notices
                        if row[-1] in open_
                    ),
                ]
            ),
            intact=intact,
            taken=(self._home / "taken").read_text().split(),
        )


def _show(marks: Marks) -> None:
    """Let the run of this process show what it is about."""
    courier = courier_round.Round
    really_claim, really_send, really_record = courier._claim, courier_round.send, courier._record
    lock = threading.Lock()

    def claim(*args: Any, **kwargs: Any) -> bool:
        marks.phase.value = Phase.CLAIMING
        claimed = really_claim(*args, **kwargs)
        marks.phase.value = Phase.SENDING
        return claimed

    def send(*args: Any, **kwargs: Any) -> Any:
        with lock:
            marks.begun.value += 1
        return really_send(*args, **kwargs)

    def record(self: Any, results: Any) -> None:
        marks.phase.value = Phase.RECORDING
        really_record(self, results)
        marks.recorded.value += sum(result.is_unrecorded for result in results)
        marks.phase.value = Phase.SENDING

    courier._claim, courier_round.send, courier._record = claim, send, record  # type: ignore[method-assign,assignment]


@contextmanager
def _mail_server(taken: Path) -> Iterator[int]:
    """aiosmtpd in a process of its own; writes the key of every letter that it takes into a file."""
    ours, theirs = multiprocessing.Pipe()

    class Taking:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            key = envelope.content.partition(b"X-Dondoc-Message: ")[2].split(b"\r\n", 1)[0]
            os.write(file, key + b"\n")  # taken, whether or not anybody waits for the answer
            await asyncio.sleep(A_LETTER_TAKES_S)
            return "250 OK"

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(Taking()), "127.0.0.1", 0)
        theirs.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    file = os.open(taken, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    process = multiprocessing.get_context("fork").Process(target=lambda: asyncio.run(serve()), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()
        os.close(file)


if __name__ == "__main__":
    main()
