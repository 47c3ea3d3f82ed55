"""Processes of the simulated machine: greenlets that take turns at statements, die at any of them, and begin again.

Between two statements, and between two words to a mail server, another may go on. One that wants to write waits until
nobody else does, as with SQLite itself. What a dead one would still do is refused, so that nothing tidies up after it.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]
from sqlalchemy import Engine, event

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import Store, open_store
from tests.simulation.machine import Machine, WouldWaitForEver

CHANGE_OF_TURN = 0.3
"""How often another goes on at a statement, where there is another."""


class Died(BaseException):
    """``kill -9``, or the power went."""


class ToldToEnd(BaseException):
    """What Prefect makes of SIGTERM."""


class Ended(StrEnum):
    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"
    DIED = "died"
    TOLD_TO_END = "told to end"


@dataclass
class Fate:
    """What will befall a process, counted in statements and words to servers from now on.

    dies         after so many
    stands_still after so many, for ``still_for_s``: a machine that sleeps, a disk that takes its time
    told_to_end  after so many
    fails        from so many on the database fails
    failing      for so many statements
    error        with which of SQLite's errors
    """

    dies: int | None = None
    told_to_end: int | None = None
    stands_still: int | None = None
    still_for_s: float = 150.0
    fails: int | None = None
    failing: int = 1
    error: int = sqlite3.SQLITE_IOERR


class Process:
    """One process and the store as it has opened it."""

    def __init__(self, name: str, machine: Machine, settings: Settings) -> None:
        self.name, self.machine, self.settings = name, machine, settings
        self.fate, self.is_dead = Fate(), False
        self._opened: Any = None
        self._store: Store | None = None

    def store(self) -> Store:
        """The store by the plan of today."""
        if self._store is None:
            opened = open_store(self.settings, serves=True)
            self._store, self._opened = opened.__enter__(), opened
        return self._store.of_today()

    def end(self) -> None:
        """Close what is open; the next use begins a new process of the same name."""
        self.fate, self.is_dead = Fate(), False
        if self._store is not None:
            self._store.engine.dispose()
            self._opened.gen.close()
        self._opened = self._store = None

    def live(self, *, statement: bool) -> None:
        """Called before each statement and word; raises what the fate of the process wants."""
        fate = self.fate
        if self.is_dead:
            raise Died
        if fate.dies is not None:
            fate.dies -= 1
            if fate.dies < 0:
                self.is_dead = True
                raise Died
        if fate.told_to_end is not None and statement:
            fate.told_to_end -= 1
            if fate.told_to_end < 0:
                fate.told_to_end = None
                raise ToldToEnd
        if fate.fails is not None and statement:
            fate.fails -= 1
            if fate.fails < 0:
                if fate.fails < -fate.failing:
                    fate.fails = None
                else:
                    raise _fault(fate.error)


def _fault(code: int) -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError(f"simulated fault {code}")
    fault.sqlite_errorcode = code
    return fault


@dataclass
class Task:
    """Something that a process is to do, and how it ended."""

    process: Process
    do: Callable[[Store], Any]
    ended: Ended = Ended.OK
    result: Any = None
    fault: BaseException | None = None
    waits_to_write: bool = False
    stands_still_until_s: float = 0.0
    thread: greenlet | None = field(default=None, repr=False)

    def run(self) -> None:
        try:
            self.result = self.do(self.process.store())
        except Died:
            self.ended = Ended.DIED
        except ToldToEnd as told:
            self.ended, self.fault = Ended.TOLD_TO_END, told
        except Refused as refused:
            self.ended, self.fault = Ended.REFUSED, refused
        except Exception as fault:
            self.ended, self.fault = Ended.FAILED, fault
        except WouldWaitForEver:  # for a sender that died
            if not self.process.is_dead:
                raise
        if self.process.is_dead:
            self.ended = Ended.DIED


class Scheduler:
    """Lets tasks take turns; the only one of a simulated life."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._tasks: dict[greenlet, Task] = {}
        self._writer: sqlite3.Connection | None = None
        self.turns = 0

    def run(self, *tasks: Task) -> None:
        """Run tasks at the same time until each has ended."""
        for task in tasks:
            task.thread = greenlet(task.run)
            self._tasks[task.thread] = task
        while self._tasks:
            ready = self._ready()
            task = self._machine.chance.choice(ready) if len(ready) > 1 else ready[0]
            assert task.thread is not None
            task.thread.switch()
            if task.thread.dead:
                del self._tasks[task.thread]
                self.turns += 1
                if task.ended in (Ended.DIED, Ended.TOLD_TO_END):
                    task.process.end()
                    self._forget_dead_writer()

    def _ready(self) -> list[Task]:
        free = [each for each in self._tasks.values() if not (each.waits_to_write and self._writer)]
        assert free, "all wait for each other"
        wakes_s = min(each.stands_still_until_s for each in free)
        if wakes_s > self._machine.monotonic():
            self._machine.spend(wakes_s - self._machine.monotonic() + 0.001)
        return [each for each in free if each.stands_still_until_s <= self._machine.monotonic()]

    def happening(self, *, statement: bool, took_s: float) -> None:
        """Somebody is about to do something by which it may be told from outside."""
        task = self._tasks.get(getcurrent())
        self._machine.spend(took_s)
        if task is None:
            return
        if len(self._tasks) > 1 and self._machine.chance.random() < CHANGE_OF_TURN:
            self._give_turn()
        fate = task.process.fate
        if fate.stands_still is not None:
            fate.stands_still -= 1
            if fate.stands_still < 0:
                task.stands_still_until_s, fate.stands_still = self._machine.monotonic() + fate.still_for_s, None
                self._give_turn()
        task.process.live(statement=statement)

    def wait_to_write(self, connection: sqlite3.Connection) -> None:
        task = self._tasks.get(getcurrent())
        while self._writer is not None and self._writer is not connection:
            assert task is not None, f"{self._writer} writes"
            task.waits_to_write = True
            self._give_turn()
            task.waits_to_write = False
        self._writer = connection

    def has_written(self, connection: sqlite3.Connection) -> None:
        if self._writer is connection:
            self._writer = None

    def _give_turn(self) -> None:
        parent = getcurrent().parent
        assert parent is not None
        parent.switch()

    def _forget_dead_writer(self) -> None:
        if self._writer is not None:
            try:
                self._writer.in_transaction  # noqa: B018  (raises when it is closed)
            except sqlite3.ProgrammingError:
                self._writer = None


class SimulatedConnection(sqlite3.Connection):
    """SQLite's own, whose every statement may fail or be the last of its process."""

    scheduler: Scheduler

    def cursor(self, *_: Any) -> sqlite3.Cursor:  # type: ignore[override]
        return super().cursor(_Cursor)

    def commit(self) -> None:
        scheduler = self.scheduler
        if self.in_transaction:
            scheduler.happening(statement=True, took_s=0.002)
        super().commit()
        scheduler.has_written(self)
        if self.scheduler is scheduler:  # written, and perhaps nobody is left to be told
            scheduler.happening(statement=False, took_s=0)

    def rollback(self) -> None:
        super().rollback()
        self.scheduler.has_written(self)

    def close(self) -> None:
        super().close()
        self.scheduler.has_written(self)


class _Cursor(sqlite3.Cursor):
    connection: SimulatedConnection

    def execute(self, statement: str, *parameters: Any) -> Self:
        self._happening(statement)
        return super().execute(statement, *parameters)

    def executemany(self, statement: str, parameters: Any) -> Self:
        self._happening(statement)
        return super().executemany(statement, parameters)

    def _happening(self, statement: str) -> None:
        scheduler = self.connection.scheduler
        if not statement.startswith("PRAGMA"):
            scheduler.happening(statement=True, took_s=0.000_5)
        if statement == "BEGIN IMMEDIATE":
            scheduler.wait_to_write(self.connection)


class simulated_database:  # noqa: N801  (used like a function)
    """Within the block every connection that an engine opens is a simulated one."""

    def __init__(self, scheduler: Scheduler, machine: Machine) -> None:
        SimulatedConnection.scheduler = scheduler
        self._machine = machine

    def __enter__(self) -> None:
        event.listen(Engine, "do_connect", _by_factory)
        event.listen(Engine, "connect", self._seed_bits)

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        event.remove(Engine, "do_connect", _by_factory)
        event.remove(Engine, "connect", self._seed_bits)

    def _seed_bits(self, connection: sqlite3.Connection, _: Any) -> None:
        connection.create_function("randomblob", 1, self._machine.bits)


def _by_factory(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
    options["factory"] = SimulatedConnection
