"""Looking at the assignments as they were at an earlier moment, rebuilt from the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, select, update
from sqlmodel import col

from config.clock import end_of_day
from models.store.audit import AuditEvent
from models.store.database import reading
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import TRANSITIONS, State, Verb

_OF_ASSIGNMENTS = "assignment:"


@contextmanager
def reading_as_it_was(engine: Engine, then: datetime) -> Iterator[Connection]:
    """``reading``, by what was known at ``then``: no assignment, answer or decision of a later moment is seen.

    Every question about assignments is asked as always. Where facts have been written since, a table of this connection
    alone, gone with it, stands before the real one. What an index would find is then sought from end to end.
    """
    with reading(engine) as connection:
        if later := _changed_since(connection, then):
            _stand_before(connection, then, later)
        yield connection


def _changed_since(connection: Connection, then: datetime) -> set[int]:
    """The numbers of the assignments that something has happened to since."""
    query = (
        select(col(AuditEvent.subject))
        .where(col(AuditEvent.at) > then, col(AuditEvent.subject).startswith(_OF_ASSIGNMENTS))
        .distinct()
    )
    return {_number(subject) for subject in connection.scalars(query)}


def _stand_before(connection: Connection, then: datetime, later: set[int]) -> None:
    real = f"{connection.dialect.default_schema_name}.assignment"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE assignment AS SELECT * FROM {real}")
    table = table_of(Assignment)
    connection.execute(delete(table).where(table.c.assigned_at > then))
    known = select(table.c.id, table.c.assigned_office, table.c.original_due_date)
    rebuilt = {
        row.id: _first(row.assigned_office, row.original_due_date)
        for row in connection.execute(known)
        if row.id in later
    }
    events = (
        select(col(AuditEvent.at), col(AuditEvent.verb), col(AuditEvent.subject), col(AuditEvent.facts))
        .where(col(AuditEvent.at) <= then, col(AuditEvent.subject).startswith(_OF_ASSIGNMENTS))
        .order_by(col(AuditEvent.seq))
    )
    for at, verb, subject, facts in connection.execute(events):
        if (row := rebuilt.get(_number(subject))) is not None:
            _happen(row, at, verb, facts)
    if rebuilt:
        names = next(iter(rebuilt.values()))
        statement = update(table).where(table.c.id == bindparam("number"))
        statement = statement.values({name: bindparam(f"was_{name}") for name in names})
        connection.execute(
            statement,
            [
                {"number": number} | {f"was_{name}": value for name, value in row.items()}
                for number, row in rebuilt.items()
            ],
        )


def _number(subject: str) -> int:
    return int(subject.removeprefix(_OF_ASSIGNMENTS))


def _first(office: str, due_on: date) -> dict[str, Any]:
    """What a new assignment is, of all that may change later."""
    return {
        "state": State.ASSIGNED,
        "office": office,
        "due_date": due_on,
        "due_at": end_of_day(due_on),
        "delegated_to": "",
        "acknowledged_at": None,
        "reported_at": None,
        "completed_at": None,
        "suspended_at": None,
        "resumed_at": None,
    }


def _happen(row: dict[str, Any], at: datetime, verb: str, facts: dict[str, Any]) -> None:
    """Let one event of the trail happen to a row, as the verb once did."""
    if verb not in set(Verb) or (row["state"], Verb(verb)) not in TRANSITIONS:
        return  # assigning, which made the row, and what concerns its files
    row["state"] = TRANSITIONS[row["state"], Verb(verb)]
    match Verb(verb):
        case Verb.ACKNOWLEDGE:
            row["acknowledged_at"] = at
        case Verb.DELEGATE:
            row["delegated_to"] = facts["to"]
        case Verb.REPORT:
            row["reported_at"] = at
            row["acknowledged_at"] = row["acknowledged_at"] or at
        case Verb.RETURN:
            row["reported_at"] = None
        case Verb.ACCEPT:
            row["completed_at"] = at
        case Verb.GRANT_EXTENSION:
            _move_due_date(row, facts["until"])
        case Verb.SUSPEND:
            row["suspended_at"] = at
        case Verb.RESUME:
            row["suspended_at"] = row["acknowledged_at"] = None
            row["resumed_at"] = at
            _move_due_date(row, facts["until"])
        case Verb.HAND_OVER:
            row["office"] = facts["successor"]


def _move_due_date(row: dict[str, Any], until: str) -> None:
    row["due_date"] = date.fromisoformat(until)
    row["due_at"] = end_of_day(row["due_date"])
