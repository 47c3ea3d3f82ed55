"""What befalls the machine and its servers: bad weather, a clock set wrong, and what cuts a process short."""

import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.simulation import keepers
from tests.simulation.mail_servers import Mood
from tests.simulation.processes import Fate

if TYPE_CHECKING:
    from tests.simulation.life import Life


def change_weather(life: "Life") -> None:
    """A server turns bad for a while, or well again."""
    chance = life.machine.chance
    server = chance.choice(life.servers)
    if chance.random() < 0.4:
        server.heal()
    elif chance.random() < 0.3:
        server.moods = {Mood.DOWN: 1}
    else:
        bad = chance.sample([mood for mood in Mood if mood not in (Mood.WELL, Mood.DOWN)], chance.randint(1, 3))
        server.moods = {Mood.WELL: chance.randint(1, 6)} | dict.fromkeys(bad, 1)
    life.note(f"{server.host}: {', '.join(server.moods)}")


def set_clock(life: "Life") -> None:
    """Wrong, or right again."""
    if life.machine.clock_off:
        set_clock_right(life)
    else:
        days = life.machine.chance.choice([1, 1, 20, 40, 3653, -1, -10, -3653])
        life.machine.clock_off = timedelta(days=days)
        life.note(f"clock {days:+d} days")
        life.tally[f"clock {days:+d}"] += 1


def set_clock_right(life: "Life") -> None:
    """Right again; where it was believed when it was far ahead, an operator has to say so."""
    life.machine.clock_off = timedelta()
    life.note("clock right")
    if clock_is_refused(life):
        life.step(keepers.confirm(life.stage, life.processes["operator"]), quietly=True)


def clock_is_refused(life: "Life") -> bool:
    """Whether the machine's clock cannot be right by what is on record."""
    found = life.witness.eye.rows("SELECT seen_at FROM machine_clock")
    if not found:
        return False
    ahead = life.machine.now() - datetime.fromisoformat(f"{found[0]['seen_at']}+00:00")
    return not timedelta(days=-2) <= ahead <= timedelta(days=31)


def fate(life: "Life", room: list[int]) -> Fate:
    """What befalls a process in this step; ``room`` is left empty when the disk has room."""
    chance, mix, drawn_fate = life.machine.chance, life.mix, Fate()
    drawn = chance.random()
    moment = int(chance.expovariate(1 / 40))
    if drawn < mix.deaths:
        drawn_fate.dies = moment
    elif drawn < mix.deaths + mix.ends:
        drawn_fate.told_to_end = moment
    elif drawn > 1 - mix.still:
        drawn_fate.stands_still = moment
    elif drawn < mix.deaths + mix.ends + mix.database_faults:
        drawn_fate.fails, drawn_fate.failing = moment, chance.choice([1, 1, 1, 5, 200])
        drawn_fate.error = chance.choice([sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY])
    elif drawn < mix.deaths + mix.ends + mix.database_faults + mix.full_disks:
        room.append(chance.choice([0, 4_096, 65_536, 400_000]))
    return drawn_fate


def in_short(fate: Fate) -> str:
    """What befell a process, for the list of steps."""
    for name in ("dies", "told_to_end", "stands_still", "fails"):
        if (moment := getattr(fate, name)) is not None:
            return f" [{name} at {moment}{f' for {fate.failing}' if name == 'fails' else ''}]"
    return ""
