"""What a seed makes of a life: how often each thing happens in it, and what people do next."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.simulation import deeds, desk, offices
from tests.simulation.act import Act, Stage

if TYPE_CHECKING:
    from tests.simulation.life import Life

_ACTS: dict[str, Callable[[Stage], Act | None]] = {
    "acknowledge": offices.acknowledge,
    "report": offices.report,
    "ask": offices.ask_for_time,
    "accept": desk.accept,
    "return": desk.return_,
    "decide": desk.decide_on_time,
    "suspend": desk.suspend,
    "resume": desk.resume,
    "withdraw": desk.withdraw,
    "silence": desk.hold_reminders,
    "event": desk.enter_event,
    "move": deeds.move,
    "give": deeds.give,
    "take back": deeds.take_back,
    "undo": deeds.undo,
    "holiday": deeds.late_holiday,
    "recalculate": deeds.recalculate,
    "office ends": deeds.end_office,
    "send again": desk.send_again,
    "amend": lambda _: None,
}
_USUAL = {"acknowledge": 8, "report": 8, "accept": 6, "ask": 3, "return": 2, "decide": 3, "event": 2}


@dataclass(frozen=True)
class Mix:
    """How often things happen in one life; some lives are mostly deaths, some mostly deeds."""

    days: int
    most_acts: int
    quiet_days: float
    overlaps: float
    deaths: float
    ends: float
    still: float
    database_faults: float
    full_disks: float
    weather: float
    clocks: float
    backups: float
    weights: dict[str, int]

    @classmethod
    def drawn(cls, chance: Random) -> "Mix":
        def often(*choices: float) -> float:
            return chance.choice(choices)

        return cls(
            days=chance.randint(5, 15),
            most_acts=chance.choice([2, 3, 4]),
            quiet_days=often(0.3, 0.6),
            overlaps=often(0, 0.1, 0.5),
            deaths=often(0, 0.05, 0.2, 0.4),
            ends=often(0, 0.05),
            still=often(0, 0.1, 0.3),
            database_faults=often(0, 0.05, 0.2),
            full_disks=often(0, 0, 0.1),
            weather=often(0, 0.2, 0.6),
            clocks=often(0, 0, 0.15),
            backups=often(0, 0.15),
            weights={name: _USUAL.get(name, 1) * chance.choice([0, 1, 1, 3]) for name in _ACTS},
        )

    def acts(self, chance: Random) -> int:
        return chance.randint(0, self.most_acts)


def draw_act(life: "Life") -> Act | None:
    """What somebody at an office or the desk does next."""
    weights = life.mix.weights
    if not any(weights.values()):
        return None
    (name,) = life.machine.chance.choices(list(weights), list(weights.values()))
    if name == "amend":
        return deeds.amend(life.stage, life.folder)
    return _ACTS[name](life.stage)
