"""Runs p1 on three days and kills itself, as ``kill -9`` would: before its first SQL statement, then at a later one.

KILL_EVERY   statements between two kills, commits among them; the store is the same, until a run comes to its end. 0
             for a run that nobody kills
AS_OF        one moment instead of the three days

Started by ``test_crash.py`` as a process of its own, and each run a child forked from it, so that plan and libraries
are read once, and SQL for SQLite is compiled once. Prints how many runs were killed.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from config.clock import parse_instant
from config.settings import Settings, load_settings
from flows.forms import fill_in
from models.keeping import opening
from models.store.database import session_scope
from models.work.directives import issue_directive
from tests.support.compiled_once import share_compiled_statements
from tests.support.following_up import follow_up_once

DAYS = ("2023-08-18T08:00", "2023-08-22T08:00", "2023-09-15T08:00")


def live(settings: Settings, kill_at: int) -> None:
    """One run, killed before its ``kill_at``-th statement if it has so many; 0 for never."""
    statements = 0
    days = (os.environ["AS_OF"],) if "AS_OF" in os.environ else DAYS
    with opening.open_store(settings) as store:
        form = fill_in("p1", {"offices": (os.environ["OFFICE"],)}, store.plan)

        def count(*_: object) -> None:
            nonlocal statements
            statements += 1
            if statements == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(store.engine, "before_cursor_execute", count)
        event.listen(store.engine, "commit", count)
        with session_scope(store.engine) as session:
            context = store.actor_context(now=parse_instant("2023-08-17"), actor="coordinator")
            issue_directive(session, number="123-TB/TU", on_date=date(2023, 8, 17), context=context)
        for day in days:
            follow_up_once(store, "p1", form, parse_instant(day), f"run-{day}")


def main() -> None:
    every, killed = int(os.environ.get("KILL_EVERY", "0")), 0
    settings = load_settings()
    if every:
        _read_and_compile(settings)
    while (ended := _in_a_child(settings, 1 + killed * every if every else 0)) == -signal.SIGKILL:
        killed += 1
    sys.stdout.write(f"{killed}\n")
    raise SystemExit(ended)


def _read_and_compile(settings: Settings) -> None:
    """Do once what every child would do anew: on a store that nobody looks at."""
    opening.load_plan, opening.load_calendar = cache(opening.load_plan), cache(opening.load_calendar)
    share_compiled_statements()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'dondoc.sqlite'}"
        live(replace(settings, data_dir=home, database_url=url, contacts_file=home / "contacts.yaml"), 0)


def _in_a_child(settings: Settings, kill_at: int) -> int | None:
    # The parent has closed whatever it opened, so that a child inherits no connection.
    child = get_context("fork").Process(target=live, args=(settings, kill_at))
    child.start()
    child.join()
    return child.exitcode


if __name__ == "__main__":
    main()
