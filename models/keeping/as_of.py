"""Reading the assignments as they were at an earlier moment, replayed from the audit trail.

What each verb and each deed does to a row is said in ``models.work.effects`` alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, bindparam, delete, insert, or_, select, update
from sqlmodel import Session, SQLModel, col

from config.text.suggestions import without_accents
from models.alerts.notices import parse_deed_rung
from models.store.audit_event import AuditEvent
from models.store.database import reading
from models.store.upsert import table_of
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, DeedParty
from models.tables.lifecycle import Verb
from models.tables.party import Part, Party
from models.work.deeds.anchor_changes import AnchorChange, AnchorFacts
from models.work.deeds.titles import RETITLE
from models.work.looking_back.replay import OF_ASSIGNMENTS, OF_DEEDS, at_first, events_of_rows, replay
from models.work.looking_back.replay import UnknownEvent as UnknownEvent

_OF_ANCHORS, _OF_OFFICES = "anchor:", "office:"


@contextmanager
def reading_as_it_was(engine: Engine, then: datetime) -> Iterator[Connection]:
    """``reading``, by what was known at ``then``: no assignment, answer, decision or deed of a later moment is seen.

    Queries on assignments and their parties are the same as always. Where something has happened since, a temporary
    table of this connection hides the real one; that of assignments has no indexes, so that queries read all of it.

    Raises ``UnknownEvent``.
    """
    with reading(engine) as connection:
        later, anchors = _changed_since(connection, then), _anchors_then(connection, then)
        monitors = _monitors_then(connection, then)
        if later or anchors or monitors:
            _hide_behind_earlier(connection, then, later, monitors)
        if anchors:
            _hide_later_anchors(connection, anchors)
        _hide_later_parties(connection, then)
        yield connection


def _changed_since(connection: Connection, then: datetime) -> set[int]:
    """The ids of the assignments that something has happened to since."""
    query = (
        select(col(AuditEvent.subject))
        .where(col(AuditEvent.at) > then, col(AuditEvent.subject).startswith(OF_ASSIGNMENTS))
        .distinct()
    )
    by_deeds = (
        select(col(DeedItem.assignment_id)).join(Deed, col(Deed.id) == DeedItem.deed_id).where(col(Deed.at) > then)
    )
    return {_id_of(subject) for subject in connection.scalars(query)} | set(connection.scalars(by_deeds))


def _hide_behind_earlier(connection: Connection, then: datetime, later: set[int], monitors: Mapping[int, str]) -> None:
    table = _hidden_by_copy(connection, Assignment)
    connection.execute(delete(table).where(table.c.assigned_at > then))
    rebuilt = at_first(connection, among=later)
    subject = col(AuditEvent.subject)
    of_rows = or_(subject.startswith(OF_ASSIGNMENTS), subject.startswith(OF_DEEDS))
    with Session(connection) as session:
        replay(session, rebuilt, events_of_rows(col(AuditEvent.at) <= then, of_rows))
    rows = {number: progress.columns() for number, progress in rebuilt.items()}
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
    if monitors:
        statement = update(table).where(table.c.id == bindparam("assignment_id"))
        connection.execute(
            statement.values(monitor_office=bindparam("was_monitor")),
            [{"assignment_id": number, "was_monitor": office} for number, office in monitors.items()],
        )


def _hidden_by_copy(connection: Connection, model: type[SQLModel]) -> Table:
    """The model's table, from now on a temporary copy of this connection."""
    table = table_of(model)
    real = f"{connection.dialect.default_schema_name}.{table.name}"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {table.name} AS SELECT * FROM {real}")
    return table


def _anchors_then(connection: Connection, then: datetime) -> dict[int, AnchorFacts]:
    """The events and documents that a later deed corrected or undid, as they were before the first of these deeds, and
    the ad hoc work that was retitled since."""
    found: dict[int, AnchorFacts] = {}
    deeds = select(col(Deed.anchor)).where(col(Deed.at) > then, col(Deed.anchor).is_not(None)).order_by(col(Deed.id))
    for values in connection.scalars(deeds):
        if values is not None:
            change = AnchorChange.from_json(values)
            found.setdefault(change.anchor, change.before)
    retitled = select(col(AuditEvent.subject), col(AuditEvent.details)).where(
        col(AuditEvent.at) > then, col(AuditEvent.verb) == RETITLE, col(AuditEvent.subject).startswith(_OF_ANCHORS)
    )
    for subject, details in connection.execute(retitled.order_by(col(AuditEvent.seq))):
        number = int(subject.removeprefix(_OF_ANCHORS))
        if number not in found:
            row = connection.execute(select(table_of(Anchor)).where(table_of(Anchor).c.id == number)).one()
            names = AnchorFacts.__dataclass_fields__
            found[number] = AnchorFacts(**{name: getattr(row, name) for name in names} | {"title": details["from"]})
    return found


def _hide_later_anchors(connection: Connection, anchors: Mapping[int, AnchorFacts]) -> None:
    """Events and documents as they were; what is counted from them, whatever its state, goes by the key of then."""
    assignment, anchor = table_of(Assignment), _hidden_by_copy(connection, Anchor)
    for number, facts in anchors.items():
        columns = {name: getattr(facts, name) for name in AnchorFacts.__dataclass_fields__}
        columns["plain_title"] = without_accents(facts.title)
        connection.execute(update(anchor).where(anchor.c.id == number).values(columns))
        connection.execute(update(assignment).where(assignment.c.anchor_id == number).values(period=facts.key))


def _hide_later_parties(connection: Connection, then: datetime) -> None:
    """The first later change of a part says whether the office had it: not if it began then, else it ended then."""
    changes: dict[tuple[int, str, Part], bool] = {}
    for key, began in _later_party_changes(connection, then):
        changes.setdefault(key, began)
    if not changes:
        return
    table = _hidden_by_copy(connection, Party)
    # Lists ask for the joint leads of each row.
    connection.exec_driver_sql("CREATE INDEX ix_party_then ON party (assignment_id)")
    rows = [
        ({"number": number, "of_office": office, "its_part": part}, began)
        for (number, office, part), began in changes.items()
    ]
    its = {"assignment_id": "number", "office": "of_office", "part": "its_part"}
    # Also what ended and has begun again since: it stands there already.
    is_it = and_(*(table.c[name] == bindparam(value) for name, value in its.items()))
    connection.execute(delete(table).where(is_it), [row for row, _ in rows])
    if still := [row for row, began in rows if not began]:
        connection.execute(insert(table).values({name: bindparam(value) for name, value in its.items()}), still)


def _later_party_changes(connection: Connection, then: datetime) -> Iterator[tuple[tuple[int, str, Part], bool]]:
    """Which part began or ended for which office since, in the order in which it happened."""
    by_deed = defaultdict[int, list[tuple[tuple[int, str, Part], bool]]](list)
    of_deeds = select(*table_of(DeedParty).c).join(Deed, col(Deed.id) == DeedParty.deed_id).where(col(Deed.at) > then)
    for row in connection.execute(of_deeds):
        by_deed[row.deed_id].append(((row.assignment_id, row.office, row.part), row.began))
    for subject, details in _later_deeds_and_successions(connection, then):
        if (deed := parse_deed_rung(subject)) is not None:
            yield from by_deed[deed]
        elif "before" in details:  # parts of an assignment, and not what the office monitored
            before, after_it = details["before"].items(), details["after"].items()
            for parts, began in ((before - after_it, False), (after_it - before, True)):
                yield from (((details["assignment"], office, Part(part)), began) for office, part in parts)


def _later_deeds_and_successions(connection: Connection, then: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Subject and details of what changed the offices of many assignments since, in the order in which it happened."""
    is_succession = and_(col(AuditEvent.verb) == Verb.HAND_OVER, col(AuditEvent.subject).startswith(_OF_OFFICES))
    events = select(col(AuditEvent.subject), col(AuditEvent.details)).where(
        col(AuditEvent.at) > then, or_(col(AuditEvent.subject).startswith(OF_DEEDS), is_succession)
    )
    yield from connection.execute(events.order_by(col(AuditEvent.seq))).tuples()


def _monitors_then(connection: Connection, then: datetime) -> dict[int, str]:
    """Who monitored what has another monitor since: as it was before the first of these changes.

    What was handed over before that was recorded by its numbers is shown as it is today.
    """
    by_deed = defaultdict[int, list[tuple[int, str]]](list)
    of_deeds = (
        select(col(DeedItem.deed_id), col(DeedItem.assignment_id), col(DeedItem.from_monitor_office))
        .join(Deed, col(Deed.id) == DeedItem.deed_id)
        .where(col(Deed.at) > then, col(DeedItem.from_monitor_office).is_not(None))
    )
    for deed, number, office in connection.execute(of_deeds).tuples():
        by_deed[deed].append((number, office or ""))
    found: dict[int, str] = {}
    for subject, details in _later_deeds_and_successions(connection, then):
        if (deed_id := parse_deed_rung(subject)) is not None:
            changed = by_deed[deed_id]
        elif "monitor_of" in details:
            changed = [(number, subject.removeprefix(_OF_OFFICES)) for number in details.get("assignments", ())]
        else:
            continue
        for number, office in changed:
            found.setdefault(number, office)
    return found


def _id_of(subject: str) -> int:
    return int(subject.removeprefix(OF_ASSIGNMENTS))
