"""However large the store, what must be quick is found by an index: on both databases, by their own account."""

from sqlalchemy import select
from sqlmodel import col

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.report import Report
from tests.support.cast import at, issue, run
from tests.support.large_store import Asked, ask, faults, grow

NOW = at("2023-09-20", 9)


def test_nothing_that_must_be_quick_reads_a_large_table_whole(store: Store) -> None:
    issue(store)
    for priority in ("p1", "p2", "p3"):
        run(store, priority, at("2023-08-18"), offices=())
    with session_scope(store.engine) as session:
        for number in session.scalars(select(col(Assignment.id)).where(col(Assignment.id) % 2 == 0)).all():
            session.add(Report(assignment_id=number, version=1, counts={}, submission=f"s{number}", submitted_at=NOW))
    count = grow(store.engine, times=100, now=NOW)
    assert count > 20_000
    asked = [each for asked in ask(store, NOW) for each in asked]
    with reading(store.engine) as connection:
        assert faults(connection, asked) == []
        whole = Asked("told", "SELECT rule FROM assignment WHERE rule = 'x'", ())
        assert faults(connection, [*asked, whole]) == [f"told reads assignment whole: {whole.statement}"]
