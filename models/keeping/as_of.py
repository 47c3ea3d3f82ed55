"""Reading the assignments as they were at an earlier moment, replayed from the audit trail.

What each verb does to a row is said in ``models.work.effects`` alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, select, update
from sqlmodel import col

from models.store.audit import AuditEvent
from models.store.database import reading
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from models.work.effects import Progress, after, is_allowed

_OF_ASSIGNMENTS = "assignment:"


@contextmanager
def reading_as_it_was(engine: Engine, then: datetime) -> Iterator[Connection]:
    """``reading``, by what was known at ``then``: no assignment, answer or decision of a later moment is seen.

    Queries on assignments are the same as always. Where something has happened since, a temporary table of this
    connection hides the real one; it has no indexes, so that queries read all of it.
    """
    with reading(engine) as connection:
        if later := _changed_since(connection, then):
            _hide_behind_earlier(connection, then, later)
        yield connection


def _changed_since(connection: Connection, then: datetime) -> set[int]:
    """The ids of the assignments that something has happened to since."""
    query = (
        select(col(AuditEvent.subject))
        .where(col(AuditEvent.at) > then, col(AuditEvent.subject).startswith(_OF_ASSIGNMENTS))
        .distinct()
    )
    return {_id_of(subject) for subject in connection.scalars(query)}


def _hide_behind_earlier(connection: Connection, then: datetime, later: set[int]) -> None:
    real = f"{connection.dialect.default_schema_name}.assignment"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE assignment AS SELECT * FROM {real}")
    table = table_of(Assignment)
    connection.execute(delete(table).where(table.c.assigned_at > then))
    known = select(table.c.id, table.c.assigned_office, table.c.original_due_date)
    rebuilt = {
        row.id: Progress.at_first(row.assigned_office, row.original_due_date)
        for row in connection.execute(known)
        if row.id in later
    }
    events = (
        select(col(AuditEvent.at), col(AuditEvent.verb), col(AuditEvent.subject), col(AuditEvent.details))
        .where(col(AuditEvent.at) <= then, col(AuditEvent.subject).startswith(_OF_ASSIGNMENTS))
        .order_by(col(AuditEvent.seq))
    )
    for at, verb, subject, details in connection.execute(events):
        if (assignment_id := _id_of(subject)) in rebuilt:
            rebuilt[assignment_id] = _replayed(rebuilt[assignment_id], verb, at, details)
    rows = {assignment_id: progress.columns() for assignment_id, progress in rebuilt.items()}
    if rows:
        statement = update(table).where(table.c.id == bindparam("assignment_id"))
        statement = statement.values({name: bindparam(f"was_{name}") for name in next(iter(rows.values()))})
        connection.execute(
            statement,
            [
                {"assignment_id": assignment_id} | {f"was_{name}": value for name, value in columns.items()}
                for assignment_id, columns in rows.items()
            ],
        )


def _id_of(subject: str) -> int:
    return int(subject.removeprefix(_OF_ASSIGNMENTS))


def _replayed(progress: Progress, verb: str, at: datetime, details: dict[str, Any]) -> Progress:
    """One event of the trail later; assigning, which made the row, and what concerns its files change nothing."""
    if verb not in set(Verb) or not is_allowed(progress, Verb(verb)):
        return progress
    return after(progress, Verb(verb), at, details)
