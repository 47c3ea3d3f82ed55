"""What the operator of the machine does: backups, a restore, and the word that the clock is right."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.delivery.wrong_clock.repair import repair_clock_damage
from models.keeping.backup import restore
from models.keeping.backups import take_daily_backup
from models.keeping.clock_confirmation import confirm_clock
from models.keeping.opening import Store
from models.store.database import session_scope
from tests.simulation.act import Act, Stage
from tests.simulation.processes import Process
from tests.simulation.seen import Seen
from tests.simulation.witness import Claim

if TYPE_CHECKING:
    from tests.simulation.life import Life


@dataclass(frozen=True)
class Kept:
    """A backup, and what was so when it was taken."""

    file: Path
    held: Seen
    days_off: frozenset[date]


def back_up(life: "Life", process: Process, *, check: bool) -> Act:
    """Today's backup; what it holds is what was there before it, for nobody else does anything meanwhile."""
    held, stage = life.witness.seen, life.stage

    def do(store: Store) -> Path:
        return store.settings.backup_dir / take_daily_backup(store, stage.machine.now(), check=check).file

    def keep(file: Path) -> None:
        life.backup = Kept(file, held, frozenset(stage.days_off))

    return Act(Claim("back up"), process, do, must_succeed=True, done=keep)


def confirm(stage: Stage, process: Process) -> Act:
    """The clock is right, whatever is on record; and what was said before its time is mended."""

    def do(store: Store) -> None:
        confirm_clock(store.engine, actor="command")
        with session_scope(store.engine) as session:
            repair_clock_damage(session, stage.context(store, "command"))

    return Act(Claim("confirm the clock", is_repair=True), process, do, must_succeed=True)


def restore_backup(life: "Life") -> None:
    """The database is lost, and the last backup put in its place: nothing else, and nothing less, is there again."""
    if (kept := life.backup) is None or not kept.file.exists():
        return
    for process in life.processes.values():
        process.end()
    life.witness.eye.close()
    for left in life.folder.glob("dondoc.sqlite*"):
        left.unlink()
    shutil.rmtree(life.folder / "attachments", ignore_errors=True)
    restore(life.processes["portal"].settings, kept.file)
    life.note(f"restored {kept.file.name}")
    life.tally["restored"] += 1
    life.witness.go_back()
    life.witness.violations += _faults(kept.held, life.witness.seen)
    life.stage.seen, life.stage.days_off = life.witness.seen, set(kept.days_off)


def _faults(held: Seen, found: Seen) -> list[str]:
    """What a restored store has otherwise than the one that was backed up."""
    faults = [
        f"restored: {name} is not what it was" for name, rows in held.tables.items() if rows != found.tables[name]
    ]
    if (held.events, held.head) != (found.events, found.head):
        faults.append(f"restored: the trail ends at {found.events}, and ended at {held.events}")
    return faults
