"""An act: what somebody does to the house, and what must have become of it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from models.keeping.opening import Store
from models.store.actor import ActorContext
from tests.simulation.machine import Machine
from tests.simulation.processes import Process
from tests.simulation.seen import Answer, Eye, Row, Seen
from tests.simulation.witness import Claim

_DAYS_OFF_2025 = {
    *(date(2025, 1, 1), *(date(2025, 1, day) for day in range(27, 32))),
    *(date(2025, 4, 7), date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 2), date(2025, 9, 1), date(2025, 9, 2)),
}
_WORKED_2025 = {date(2025, 4, 26)}


@dataclass
class Act:
    """What a process does. ``told`` are the kinds of notices that must be there, for each assignment, when it is done.

    must_succeed  what is known beforehand of whether it will be done or refused, when nobody interferes; None: nothing
    done          called when it was answered well
    """

    claim: Claim
    process: Process
    do: Callable[[Store], Any]
    must_succeed: bool | None = None
    told: tuple[str, ...] = ()
    done: Callable[[Any], None] = lambda _: None


@dataclass
class Stage:
    """What those who act know: the house as it was last seen, its people's processes, and the days."""

    machine: Machine
    portal: Process
    eye: Eye
    seen: Seen
    days_off: set[date] = field(default_factory=lambda: set(_DAYS_OFF_2025))
    worked: set[date] = field(default_factory=lambda: set(_WORKED_2025))
    serial: int = 0
    heirs: dict[str, str] = field(default_factory=dict)

    @property
    def chance(self) -> Random:
        return self.machine.chance

    @property
    def today(self) -> date:
        """By the machine's clock, as all that is entered goes by it."""
        return (self.machine.now() + timedelta(hours=7)).date()

    def next_serial(self) -> int:
        self.serial += 1
        return self.serial

    def close(self, day: date) -> None:
        """It is a day off by a notice, also where it was to be worked for another."""
        self.days_off.add(day)
        self.worked.discard(day)

    def is_working_day(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.days_off)

    def rolled(self, day: date) -> date:
        """The day or the first working day after it (BLDS 2015, 148)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def later(self, working_days: int, day: date | None = None) -> date:
        day = day or self.today
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working_day(day)
        return day

    def context(self, store: Store, actor: str) -> ActorContext:
        return store.actor_context(now=self.machine.now(), actor=actor)

    def some(self, *states: str) -> Row | None:
        """An assignment in one of these states; of any where none are named."""
        found = [row for row in self.seen.assignments.values() if not states or row["state"] in states]
        return self.chance.choice(found) if found else None

    def expected(self, row: Row, **changes: str) -> dict[int, Answer]:
        number: int = row["id"]
        return {number: self.seen.answer(number)._replace(**changes)}
