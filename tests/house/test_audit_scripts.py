"""The scripts of docs/audit-trail.md, run as they stand there: without dondoc, without the key."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from models.keeping.opening import Store
from models.keeping.trail_anchor import TrailAnchor, anchor_of
from models.store.database import reading, session_scope
from models.work.verbs import acknowledge, report
from tests.support.cast import at, begin, number_of, t0_report

NOW = at("2023-08-21")
SCRIPTS = re.findall(r"```python\n(.*?)```", Path("docs/audit-trail.md").read_text("utf-8"), re.DOTALL)

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def lived(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "CAT"))
    with session_scope(store.engine) as session:
        context, number = store.actor_context(now=NOW, actor="office:SYT"), number_of(store, "T0.1")
        acknowledge(session, number, context)
        report(session, number, t0_report(), context)
    return store


def run_script(number: int, store: Store, *arguments: object) -> tuple[int, str]:
    words = [str(store.settings.data_dir / "dondoc.sqlite"), *map(str, arguments)]
    # Isolated (-I), so that nothing of dondoc is at hand.
    done = subprocess.run([sys.executable, "-I", "-c", SCRIPTS[number], *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def printed(store: Store) -> TrailAnchor:
    with reading(store.engine) as connection:
        return anchor_of(connection, NOW)


def tamper(store: Store, statement: str) -> None:
    with session_scope(store.engine) as session:
        session.connection().execute(text(statement))


def test_the_chain_is_checked_against_a_printed_end(lived: Store) -> None:
    paper = printed(lived)
    assert run_script(0, lived, paper.seq) == (0, f"event {paper.printed.replace(' ·', '')}\n")
    tamper(lived, "UPDATE audit_event SET actor = 'nobody' WHERE seq = 3")
    assert run_script(0, lived, paper.seq) == (1, "event 3 does not fit\n")


def test_reports_are_checked_against_their_last_events(lived: Store) -> None:
    assert run_script(1, lived) == (0, "report 1 fits\n\n")
    tamper(lived, "UPDATE report SET text = 'khác'")
    assert run_script(1, lived) == (0, "report 1 DOES NOT FIT\n\n")
    tamper(lived, "DELETE FROM report")
    assert run_script(1, lived) == (0, "report:1 IS GONE\n")
