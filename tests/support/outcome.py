"""What a store holds of work, by content: to compare what was done at once with what was done in parts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import Session, col

from models.store.audit import write_events
from models.store.audit_event import AuditEvent
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from models.tables.outbox import Notice
from models.tables.party import Party

_NUMBERS = {"id", "timetable_id", "message_id", "anchor_id"}
"""Which number a row gets says nothing of what it holds."""


def outcome(session: Session, *, since: int = 0) -> dict[str, list[str]]:
    """The assignments, their parties and notices, and the events after ``since``, each as sorted text.

    What was monitored is told in as many events as it took: here as one for each office.
    """
    write_events(session)
    work = table_of(Assignment)
    identity = ("subtask", "step", "variant", "period", "lead_office", "assigned_office", "role")
    names = {row.id: "|".join(str(getattr(row, each)) for each in identity) for row in session.execute(select(work))}

    def named(held: Mapping[str, Any], name: str) -> dict[str, Any]:
        return {**held, **({name: names[held[name]]} if name in held else {})}

    def rows(table: Table) -> list[str]:
        found = (named(row, "assignment_id") for row in session.execute(select(table)).mappings())
        return sorted(str({name: value for name, value in row.items() if name not in _NUMBERS}) for row in found)

    events, monitored = list[str](), dict[str, int]()
    for event in session.scalars(select(AuditEvent).where(col(AuditEvent.seq) > since)):
        kind, _, key = event.subject.partition(":")
        details = named(event.details, "assignment")
        if event.verb == Verb.HAND_OVER and "monitor_of" in details:
            monitored[event.subject] = monitored.get(event.subject, 0) + details["monitor_of"]
            continue
        subject = names[int(key)] if kind == "assignment" else kind if kind == "anchor" else event.subject
        events.append(str((event.at, event.actor, event.verb, subject, sorted(details.items()))))
    tables = {table.name: rows(table) for table in (work, table_of(Party), table_of(Notice))}
    return tables | {"events": sorted(events), "monitored": sorted(map(str, monitored.items()))}
