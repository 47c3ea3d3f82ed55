"""The end of a life: all is well again for two working days, and then nothing may be missing."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, time, timedelta
from typing import TYPE_CHECKING

from config.audit_keys import audit_keys
from models.keeping.opening import Store
from models.keeping.verification import verify_store
from models.store.database import snapshot
from tests.simulation import house, machinery, troubles
from tests.simulation.processes import Ended, Task
from tests.simulation.seen import WAITING_FOR_OFFICE

if TYPE_CHECKING:
    from tests.simulation.life import Life


def settle(life: "Life") -> None:
    """Servers, disks and clock are well, and two working days pass."""
    troubles.set_clock_right(life)
    for server in life.servers:
        server.heal()
    life.note("all is well again")
    for at in (time(8), time(14)):
        life.pass_until(life.stage.later(1), at)
        for priority in house.PRIORITIES:
            life.step(machinery.run(life.stage, life.processes[f"run {priority}"], priority), quietly=True)
            if life.witness.violations:
                return
        life.machine.let_pass(timedelta(minutes=2))
        life.step(machinery.courier_round(life.stage, life.processes["courier"]), quietly=True)


def look(life: "Life") -> None:
    """Everything was told that had to be told, arrived, and is on record."""
    wrong = life.witness.violations
    wrong += _outbox(life)
    wrong += _ladders(life)
    wrong += _files(life)
    task = Task(life.processes["portal"], _verified)
    life.scheduler.run(task)
    wrong += task.result if task.ended is Ended.OK else [f"verification: {task.fault!r}"]


def _verified(store: Store) -> list[str]:
    with snapshot(store.engine) as connection:
        found = verify_store(connection, keys=audit_keys(store.settings))
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [en for _, en in found.problems()] + [f"a row without its other: {row}" for row in broken]


def _outbox(life: "Life") -> Iterator[str]:
    seen, mailbox = life.witness.seen, life.folder / "mailbox"
    files = {path.stem.partition("-")[2] for path in mailbox.glob("*.eml")} if mailbox.exists() else set()
    for number, notice in seen.tables["notice"].items():
        if notice["state"] == "pending":
            yield f"notice {number} ({notice['kind']} to {notice['office']}) was never sent"
        if notice["state"] == "sent" and seen.tables["message"][notice["message_id"]]["state"] != "sent":
            yield f"notice {number} counts as sent in a message that was not"
    for number, message in seen.tables["message"].items():
        key, state = message["message_key"], message["state"]
        arrived = key in life.witness.arrivals or key in files
        if state == "sent" and not arrived:
            yield f"message {number} to {message['office']} counts as sent, and never arrived"
        if state in ("queued", "sending"):
            yield f"message {number} to {message['office']} still waits: {message['error']}"


def _files(life: "Life") -> Iterator[str]:
    """Every file that a row names lies there as it was handed in."""
    for number, row in life.witness.seen.tables["attachment"].items():
        path = life.folder / "attachments" / row["sha256"][:2] / row["sha256"]
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            yield f"file {number} ({row['name']}) is lost"


def _ladders(life: "Life") -> Iterator[str]:
    """Every rung that is past is told, or one more severe was."""
    rows = life.witness.eye.rows(
        "SELECT a.id, a.timetable_id, r.rung, r.audience, r.fire_at, r.unless_acknowledged, a.acknowledged_at"
        " FROM assignment a JOIN timetable_rung r ON r.timetable_id = a.timetable_id"
        f" WHERE a.state IN {WAITING_FOR_OFFICE} AND NOT EXISTS"
        " (SELECT 1 FROM notice n WHERE n.assignment_id = a.id AND n.rung = r.rung AND n.desk = r.audience)"
    )
    until = (life.machine.now() - timedelta(hours=8)).astimezone(UTC).isoformat(sep=" ")
    for row in rows:
        if row["unless_acknowledged"] and row["acknowledged_at"]:
            continue
        if life.witness.timed_at[row["id"]] < row["fire_at"] < until:
            yield f"assignment {row['id']} was never told {row['rung']} ({row['audience']}), due at {row['fire_at']}"
