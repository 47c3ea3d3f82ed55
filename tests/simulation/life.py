"""One life of the house, drawn from one seed: weeks of work, bad weather, deaths and wrong clocks, then a quiet end.

The same seed lives the same life, statement for statement; ``Life.digest`` proves it.
"""

import gc
import hashlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from config.clock import HANOI
from config.disk import disk_fault
from models.store.database import DatabaseUnreachable
from tests.simulation import desk, ending, house, keepers, machinery, troubles
from tests.simulation.act import Act, Stage
from tests.simulation.drawing import Mix, draw_act
from tests.simulation.machine import Machine, disk_full, installed
from tests.simulation.mail_servers import HOSTS, Letter, MailServer, Mood, reachable
from tests.simulation.processes import Ended, Fate, Process, Scheduler, Task, simulated_database
from tests.simulation.seen import Eye
from tests.simulation.witness import Witness

BEGINNINGS = (date(2025, 2, 10), date(2025, 3, 3), date(2025, 3, 24), date(2025, 4, 14))
PROCESSES = ("portal", "operator", "run p1", "run p2", "run again", "courier", "courier 2")


@dataclass
class Lived:
    """What came of a life."""

    seed: int
    steps: list[str]
    tally: Counter[str]
    violations: list[str]
    digest: str = ""


@dataclass
class Life:
    """A life under way."""

    seed: int
    folder: Path
    template: Path
    steps: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    backup: keepers.Kept | None = None

    def __post_init__(self) -> None:
        draws = Random(self.seed)
        self.mix = Mix.drawn(draws)
        begins = datetime.combine(draws.choice(BEGINNINGS), time(8), tzinfo=HANOI)
        self.machine = Machine(draws.getrandbits(64), begins)
        self.scheduler = Scheduler(self.machine)
        self.servers = [MailServer(host, self.machine, self._take) for host in HOSTS]
        settings = house.copy(self.template, self.folder)
        self.processes = {name: Process(name, self.machine, settings) for name in PROCESSES}
        titles = house.titles()
        self.witness = Witness(Eye(self.folder), titles.__getitem__)
        self.stage = Stage(self.machine, self.processes["portal"], self.witness.eye, self.witness.seen)
        self.witness.heirs = self.stage.heirs

    def _take(self, letter: Letter, mood: Mood) -> None:
        self.witness.take(letter, mood)

    # --- living ------------------------------------------------------------------------------------------------

    def live(self) -> Lived:
        """All of it, to the first step that breaks a law."""
        gc.collect()
        gc.disable()  # so that nothing is tidied up at a moment that depends on what this process did before
        try:
            with ExitStack() as world:
                world.enter_context(installed(self.machine))
                world.enter_context(simulated_database(self.scheduler, self.machine))
                world.enter_context(reachable(self.servers, self.scheduler))
                world.callback(self._end_all)
                self.step(desk.issue(self.stage), quietly=True)
                for _ in range(self.mix.days):
                    self._day()
                    if self.witness.violations:
                        break
                if not self.witness.violations:
                    ending.settle(self)
                if not self.witness.violations:
                    ending.look(self)
                digest = self.digest()
        finally:
            gc.enable()
            shutil.rmtree(self.folder, ignore_errors=True)
        self.tally.update(self.witness.tally)
        for server in self.servers:
            self.tally.update({f"server {mood}": count for mood, count in server.seen.items()})
        self.tally["turns"] = self.scheduler.turns
        return Lived(self.seed, self.steps, self.tally, self.witness.violations, digest)

    def _day(self) -> None:
        chance, mix = self.machine.chance, self.mix
        day = self.machine.true_time.astimezone(HANOI).date()
        if chance.random() < mix.quiet_days:
            self.pass_until(day + timedelta(days=chance.randint(1, 5)), time(7, 30))
            return
        if self.machine.clock_off and chance.random() < 0.5:
            troubles.set_clock_right(self)
        agenda: list[tuple[time, str]] = [
            (time(7, 30 + place), f"run {priority}")
            for place, priority in enumerate(house.PRIORITIES)
            if chance.random() < 0.8
        ]
        agenda += [(time(13, 30), f"run {chance.choice(house.PRIORITIES)}")] * (chance.random() < 0.3)
        agenda += [(time(17), "back up")] * (chance.random() < mix.backups)
        agenda += [(time(18), "restore")] * (self.backup is not None and chance.random() < mix.backups / 2)
        agenda += [(time(chance.randint(7, 19), chance.randint(0, 59)), "act") for _ in range(mix.acts(chance))]
        agenda += [(time(chance.randint(8, 18), chance.randint(0, 59)), "courier") for _ in range(chance.randint(0, 2))]
        agenda += [(time(chance.randint(6, 22), chance.randint(0, 59)), "weather")] * (chance.random() < mix.weather)
        agenda += [(time(chance.randint(6, 20), chance.randint(0, 59)), "clock")] * (chance.random() < mix.clocks)
        for at, what in sorted(agenda, key=lambda each: each[0]):
            self.pass_until(day, at)
            self._do(what)
            if self.witness.violations:
                return
        self.pass_until(day + timedelta(days=1), time(5))

    def _do(self, what: str) -> None:
        chance = self.machine.chance
        match what.split():
            case ["act"]:
                first = draw_act(self)
            case ["courier"]:
                first = machinery.courier_round(self.stage, self.processes["courier"])
            case ["run", priority]:
                first = machinery.run(self.stage, self.processes[what], priority)
            case ["back", "up"]:
                check = chance.random() < 0.1
                return self.step(keepers.back_up(self, self.processes["operator"], check=check))
            case ["restore"]:
                return keepers.restore_backup(self)
            case ["weather"]:
                return troubles.change_weather(self)
            case _:
                return troubles.set_clock(self)
        if first is None:
            return None
        acts = [first]
        if chance.random() < self.mix.overlaps:
            acts += [each for _ in range(chance.randint(1, 2)) if (each := self._other(acts))]
        return self.step(*acts)

    def _other(self, acts: Sequence[Act]) -> Act | None:
        """What another process does at the same time."""
        chance, busy = self.machine.chance, {act.process.name for act in acts}
        which = chance.choice(["act", "courier", "courier 2", "run p1", "run p2", "run again"])
        if which == "act":
            found = None if "portal" in busy else draw_act(self)
            return found if found and found.process.name not in busy else None
        if which in busy:
            return None
        if which.startswith("courier"):
            return machinery.courier_round(self.stage, self.processes[which])
        priority = chance.choice(house.PRIORITIES) if which == "run again" else which.split()[1]
        return machinery.run(self.stage, self.processes[which], priority)

    # --- a step ------------------------------------------------------------------------------------------------

    def step(self, *acts: Act, quietly: bool = False) -> None:
        """Let these be done, one at a time or all at once, and look at what has become of everything."""
        confirms = any(act.claim.is_repair for act in acts)
        refused, room = troubles.clock_is_refused(self) and not confirms, list[int]()
        tasks = [Task(act.process, act.do) for act in acts]
        fates = [Fate() if quietly else troubles.fate(self, room) for _ in acts]
        for task, fate in zip(tasks, fates, strict=True):
            task.process.fate = fate
        self.witness.somebody_stood_still = any(fate.stands_still is not None for fate in fates)
        is_troubled = bool(room) or any(fate != Fate() for fate in fates)
        said = " | ".join(f"{act.claim.name}{troubles.in_short(fate)}" for act, fate in zip(acts, fates, strict=True))
        self.note(f"{said}{f' (disk {room[0]})' if room else ''}")
        before = self.witness.seen
        if len(acts) > 1:
            self.witness.touched = set(before.assignments)
        with disk_full(room[0]) if room else nullcontext():
            self.scheduler.run(*tasks)
        for act, task, process_fate in zip(acts, tasks, fates, strict=True):
            task.process.fate = Fate()
            self._judge(act, task, alone=len(acts) == 1 and not is_troubled, refused=refused, fate=process_fate)
            if room:
                task.process.end()  # whatever it still holds open was written to a full disk
        after = self.witness.after([act.claim for act in acts], now=self.machine.now())
        if refused and (after.events, after.tables) != (before.events, before.tables):
            self.witness.violations.append("something was written by a clock that cannot be right")
        for act in acts:
            self._look_for_notices(act, before.tables["notice"])
        self.stage.seen = after

    def _judge(self, act: Act, task: Task, *, alone: bool, refused: bool, fate: Fate) -> None:
        claim, fault = act.claim, task.fault
        claim.ended = task.ended
        if isinstance(fault, DatabaseUnreachable):
            claim.ended = Ended.FAILED
        self.tally[f"{claim.ended}"] += 1
        self.tally[claim.name.split()[0]] += 1
        if claim.ended is Ended.OK:
            act.done(task.result)
        else:
            self.steps[-1] += f" → {claim.ended} {_in_words(fault)}"
        wrong = self.witness.violations
        if refused and claim.ended is Ended.OK:
            wrong.append(f"{claim.name} was done by a clock that cannot be right")
        if claim.ended is Ended.FAILED and (alone or not _is_of_the_machine(fault)):
            wrong.append(f"{claim.name} failed: {_in_words(fault)}")
        if not alone or refused or act.must_succeed is None:
            return
        if (claim.ended is Ended.OK) != act.must_succeed:
            wrong.append(f"{claim.name} was {claim.ended}: {_in_words(fault)}")

    def _look_for_notices(self, act: Act, before: object) -> None:
        """Who is concerned is told of what was done."""
        claim, seen = act.claim, self.witness.seen
        for number, to_be in claim.expected.items():
            changed = self.stage.seen.answer(number) != to_be == seen.answer(number)
            was_done = claim.ended is Ended.OK or (claim.ended is not Ended.REFUSED and changed)
            for kind in act.told if was_done else ():
                told = [
                    each
                    for n, each in seen.tables["notice"].items()
                    if n not in self.stage.seen.tables["notice"]
                    and (each["assignment_id"], each["kind"]) == (number, kind)
                ]
                if not told:
                    self.witness.violations.append(f"{claim.name} was done, and nobody is told «{kind}»")

    def note(self, what: str) -> None:
        off = f" ({self.machine.clock_off.days:+d})" if self.machine.clock_off else ""
        self.steps.append(f"{self.machine.true_time.astimezone(HANOI):%d/%m %H:%M}{off} {what}")

    def pass_until(self, day: date, at: time) -> None:
        """Until then, if it is not past already."""
        gone = datetime.combine(day, at, tzinfo=HANOI) - self.machine.true_time
        self.machine.let_pass(max(gone, timedelta(seconds=61)))

    def _end_all(self) -> None:
        for process in self.processes.values():
            process.end()
        self.witness.eye.close()

    def digest(self) -> str:
        """Of the whole audit trail, and of all that was sent."""
        trail = self.witness.eye.rows("SELECT seq, at, actor, verb, subject, hash FROM audit_event ORDER BY seq")
        sent = {key: [(each.at, each.recipient) for each in a.letters] for key, a in self.witness.arrivals.items()}
        return hashlib.sha256(repr((trail, sent)).encode()).hexdigest()


def _is_of_the_machine(fault: BaseException | None) -> bool:
    """Of the database or of the disk, which every edge of the house says in words."""
    return isinstance(fault, DatabaseUnreachable | sqlite3.Error) or (
        isinstance(fault, OSError) and disk_fault(fault) is not None
    )


def _in_words(fault: BaseException | None) -> str:
    if fault is None:
        return ""
    return f"{type(fault).__name__}: {getattr(fault, 'en', None) or fault}"[:300]
