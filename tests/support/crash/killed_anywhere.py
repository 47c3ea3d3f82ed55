"""For every k: a fresh store, a run killed by ``kill -9`` before its k-th SQL statement or just after it sent a letter.

Then the run is repeated to its end and what the store holds is printed, one JSON line for each k, the whole run first.
A kill that left the store and the mailbox as an earlier one did, as between two statements of one transaction, needs
no second run: it would do the same again. A run of the second day is killed in a copy of what the first day leaves.
Started by ``test_crash.py`` as a process of its own; each killed run is a child forked from it after one run that
nobody kills, so that plan and libraries are read and SQL is compiled once.
"""

import gc
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel, col

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.clock import parse_instant
from config.contacts.contacts import Contacts
from config.settings import PLAN_0_1_DIR, Settings, load_settings
from flows.forms import fill_in
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import open_database, reading, session_scope
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState
from models.tables.machine_clock import MachineClock
from models.tables.outbox import Message, Notice
from models.work.directives import issue_directive
from notifications.channels.mailbox import letters
from notifications.courier import round as courier_round
from tests.support.compiled_once import share_compiled_statements
from tests.support.following_up import follow_up_once
from tests.support.plan_0_1 import BY_PLAN_0_1

DAYS = ("2023-08-18T08:00", "2023-09-15T08:00")
AFTER_THE_LEASE = "2023-09-15T08:10"


def main(template: str, home: Path, every: int) -> None:
    share_compiled_statements()
    gc.disable()  # children that live for a second inherit it
    plan, calendar = load_plan(PLAN_0_1_DIR), load_calendar()
    form = fill_in("p1", {"offices": ("SYT",)}, plan)
    # One key for all, so that letters of the same say the same.
    key = {"DONDOC_SECRET_KEY": "the same key for every store that is killed"}
    settings = load_settings({**BY_PLAN_0_1, **key, "DONDOC_DATA_DIR": str(home), "DONDOC_DATABASE_URL": template})

    def live(settings: Settings, days: tuple[str, ...], kill_at: int) -> None:
        engine = open_database(settings.database_url)
        store = Store(settings, plan, calendar, Contacts(), engine)
        mirror_configuration(engine, plan, store.contacts)
        steps = 0

        def step(*_: object) -> None:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)
        really_send = courier_round.send

        def send_and_maybe_die(*args: object, **kwargs: object) -> object:
            outcome = really_send(*args, **kwargs)  # type: ignore[arg-type]
            step()
            return outcome

        courier_round.send = send_and_maybe_die  # type: ignore[assignment]
        with session_scope(engine) as session:
            context = store.actor_context(now=parse_instant("2023-08-17"), actor="coordinator")
            issue_directive(session, number="123-TB/TU", on_date=date(2023, 8, 17), context=context)
        for day in days:
            follow_up_once(store, "p1", form, parse_instant(day), f"run-{day}")
        engine.dispose()
        courier_round.send = really_send

    ends: dict[str, dict[str, object]] = {}

    def one(kill_at: int, days: tuple[str, ...] = DAYS, before: Settings = settings) -> int:
        """Kill on one of ``days``, go on unless that has been seen, look; gives how the first run ended."""
        here = home / f"killed-at-{kill_at}"
        own, drop = _copy_of(before, here)
        ended = _child(lambda: live(own, days, kill_at))
        if (left := _what_is_left(own)) not in ends:
            assert _child(lambda: live(own, (*DAYS, AFTER_THE_LEASE), 0)) == 0, f"no going on after step {kill_at}"
            ends[left] = _look(own)
        sys.stdout.write(json.dumps({"kill_at": kill_at, "on": days[0], **ends[left]}) + "\n")
        sys.stdout.flush()
        drop()
        shutil.rmtree(here)
        return ended

    compiling, drop = _copy_of(settings, home / "first")
    live(compiling, (*DAYS, AFTER_THE_LEASE), 0)
    drop()
    assert one(0) == 0
    before, drop = settings, lambda: None
    for day in DAYS:
        kill_at = 1
        while one(kill_at, (day,), before) == -signal.SIGKILL:
            kill_at += every
        lived, drop_lived = _copy_of(before, home / f"after-{day[:10]}")
        assert _child(lambda own=lived, day=day: live(own, (day,), 0)) == 0
        drop()
        before, drop = lived, drop_lived
    drop()


def _child(deed: Callable[[], None]) -> int:
    """Do it in a forked process; gives its exit code, or minus the signal that ended it."""
    if (pid := os.fork()) == 0:
        try:
            deed()
        except BaseException as fault:
            sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


_serial = count(1)


def _copy_of(settings: Settings, here: Path) -> tuple[Settings, Callable[[], None]]:
    """A store and files of its own in the new folder ``here``, copied from others, and how to be rid of the former."""
    url = make_url(settings.database_url)
    if settings.mailbox_dir.is_dir():
        shutil.copytree(settings.data_dir, here)
    else:
        here.mkdir()
    if url.get_backend_name() == "sqlite":
        assert url.database
        shutil.copyfile(url.database, here / "dondoc.sqlite")
        copied = replace(settings, data_dir=here, database_url=f"sqlite:///{here / 'dondoc.sqlite'}")
        return copied, lambda: None
    name = f"killed_{os.getpid()}_{next(_serial)}"
    _maintain(settings.database_url, f"CREATE DATABASE {name} TEMPLATE {url.database}")
    drop = lambda: _maintain(settings.database_url, f"DROP DATABASE {name} WITH (FORCE)")  # noqa: E731
    copied = url.set(database=name).render_as_string(hide_password=False)
    return replace(settings, data_dir=here, database_url=copied), drop


def _maintain(template: str, statement: str) -> None:
    engine = create_engine(make_url(template).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


_KEY = re.compile(r"dondoc-[0-9a-f]{32}")
_ON_THE_SECOND = re.compile(r"(datetime\(\d+, \d+, \d+, \d+, \d+), \d+, \d+,")


def _what_is_left(settings: Settings) -> str:
    """Every row that was committed and every letter that was written, alike for two kills that leave the same.

    So without what is drawn or measured anew: a message's key is its number among the keys, a moment that tells how
    long sending took is the minute, and the real clock is left out.
    """
    engine = open_database(settings.database_url)
    tables = [table for table in SQLModel.metadata.sorted_tables if table is not table_of(MachineClock)]
    with reading(engine) as connection:
        rows = {table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table))) for table in tables}
    engine.dispose()
    rest = repr(rows)
    number = {key: str(order) for order, key in enumerate(dict.fromkeys(_KEY.findall(rest)))}
    names = [Path(letter.file).name for letter in letters(settings.mailbox_dir)]
    written = sorted(_KEY.sub(lambda key: number.get(key[0], key[0]), name) for name in names)
    return _ON_THE_SECOND.sub(r"\1,", _KEY.sub(lambda key: number[key[0]], rest)) + repr(written)


def _look(settings: Settings) -> dict[str, object]:
    engine = open_database(settings.database_url)
    with reading(engine) as connection:
        notices = connection.execute(
            select(
                col(Assignment.subtask),
                col(Assignment.step),
                col(Assignment.period),
                col(Assignment.lead_office),
                col(Assignment.role),
                col(Notice.kind),
                col(Notice.rung),
                col(Notice.office),
                col(Notice.desk),
                col(Notice.channel),
                col(Notice.state),
            ).join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        ).all()
        messages = connection.execute(select(col(Message.message_key), col(Message.state))).all()
        broken_at = verify(connection).broken_at
    engine.dispose()
    return {
        "notices": sorted([str(value) for value in row] for row in notices),
        "sent": sorted(key for key, state in messages if state is MessageState.SENT),
        "unsent": [key for key, state in messages if state not in (MessageState.SENT, MessageState.EMPTY)],
        "letters": sorted(Path(letter.file).stem.partition("-")[2] for letter in letters(settings.mailbox_dir)),
        "broken_at": broken_at,
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
