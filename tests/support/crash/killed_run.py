"""Runs p1 on three days and kills itself, as ``kill -9`` would, before the KILL_AT-th SQL statement.

Started by ``test_crash.py`` as a process of its own; statements are counted over all steps, commits among them.
"""

import os
import signal
from datetime import date

from sqlalchemy import event

from config.clock import parse_instant
from config.settings import load_settings
from flows.forms import fill_in
from flows.steps import follow_up_once
from models.keeping.opening import open_store
from models.store.database import session_scope
from models.work.directives import issue_directive

DAYS = ("2023-08-18T08:00", "2023-08-22T08:00", "2023-09-15T08:00")


def main() -> None:
    kill_at, statements = int(os.environ.get("KILL_AT", "0")), 0
    days = (os.environ["AS_OF"],) if "AS_OF" in os.environ else DAYS
    form = fill_in("p1", {"offices": (os.environ["OFFICE"],)})
    with open_store(load_settings()) as store:

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


if __name__ == "__main__":
    main()
