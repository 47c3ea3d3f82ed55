"""The rows of assignments as they were, replayed event by event from the audit trail.

What each verb and each deed does to a row is said in ``models.work.effects`` alone.
"""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, literal, or_, select
from sqlmodel import Session, col

from config.errors import Refused
from models.alerts.notices import deed_rung, parse_deed_rung
from models.store.audit_event import OF_FILES, AuditEvent
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem
from models.tables.lifecycle import Verb
from models.work.effects import Progress, after, after_deed, may_have_happened

OF_ASSIGNMENTS, OF_DEEDS = "assignment:", "deed:"

_CHANGES_NOTHING = frozenset({Verb.ASSIGN.value, *OF_FILES})
"""Events of an assignment after which its row is what it was: assigning made it, and files lie beside it."""


class UnknownEvent(Refused):
    """The trail holds what this version cannot replay, so what it would show of the past would not be true."""

    def __init__(self, verb: str, subject: str, at: datetime) -> None:
        super().__init__(
            f"Nhật ký có «{verb}» của {subject} lúc {at:%d/%m/%Y %H:%M} (UTC) mà phiên bản này không xem lại được; hãy"
            " dùng phiên bản dondoc đã ghi dữ liệu này.",
            f"The trail holds '{verb}' of {subject} at {at:%d/%m/%Y %H:%M} (UTC), which this version cannot replay; use"
            " the version of dondoc that wrote it.",
        )


def before_deed(session: Session, deed_id: int) -> dict[int, Progress]:
    """The assignments that a deed asked for anew, each as it was before."""
    asked_anew = select(col(DeedItem.assignment_id)).where(
        col(DeedItem.deed_id) == deed_id, col(DeedItem.asks_anew).is_(True)
    )
    rebuilt = at_first(session.connection(), col(Assignment.id).in_(asked_anew))
    its_event = select(func.max(AuditEvent.seq)).where(col(AuditEvent.subject) == deed_rung(deed_id)).scalar_subquery()
    deeds = select(literal(OF_DEEDS) + cast(col(DeedItem.deed_id), String))
    subjects = asked_anew.with_only_columns(literal(OF_ASSIGNMENTS) + cast(col(DeedItem.assignment_id), String))
    subject = col(AuditEvent.subject)
    its = or_(subject.in_(subjects), subject.in_(deeds.where(col(DeedItem.assignment_id).in_(asked_anew))))
    of_its_rows = col(DeedItem.assignment_id).in_(asked_anew)
    replay(session, rebuilt, events_of_rows(col(AuditEvent.seq) < its_event, its), of_its_rows)
    return rebuilt


def at_first(
    connection: Connection, *which: ColumnElement[bool], among: Container[int] | None = None
) -> dict[int, Progress]:
    """Assignments as they were made; ``among`` these numbers, which may be more than a query takes."""
    table = table_of(Assignment)
    columns = ("id", "assigned_office", "original_due_date", "original_due_at", "original_timing")
    query = select(*(table.c[name] for name in columns)).where(*which)
    return {
        row.id: Progress.at_first(row.assigned_office, row.original_due_date, row.original_due_at, row.original_timing)
        for row in connection.execute(query)
        if among is None or row.id in among
    }


def events_of_rows(*which: ColumnElement[bool]) -> Select[tuple[datetime, str, str, dict[str, Any]]]:
    """Moment, verb, subject and details of events, in their order, for ``replay``."""
    columns = col(AuditEvent.at), col(AuditEvent.verb), col(AuditEvent.subject), col(AuditEvent.details)
    return select(*columns).where(*which).order_by(col(AuditEvent.seq))


def replay(
    session: Session,
    rebuilt: dict[int, Progress],
    events: Select[tuple[datetime, str, str, dict[str, Any]]],
    *which: ColumnElement[bool],
) -> None:
    """Bring assignments from how they were made to how they were after these events.

    which  the items of deeds that may concern them; all without

    Raises ``UnknownEvent``.
    """
    undoing = select(col(Deed.id), col(Deed.undoes)).where(col(Deed.undoes).is_not(None))
    undoes = dict(session.execute(undoing).tuples().all())
    before: dict[int | None, dict[int, Progress]] = {deed: {} for deed in undoes.values()}
    for at, verb, subject, details in session.execute(events):
        if (deed := parse_deed_rung(subject)) is None:
            if (number := int(subject.removeprefix(OF_ASSIGNMENTS))) in rebuilt:
                rebuilt[number] = _replayed(rebuilt[number], verb, subject, at, details)
            continue
        undone, to_be_undone = before.get(undoes.get(deed), {}), before.get(deed)
        items = select(DeedItem).where(col(DeedItem.deed_id) == deed, *which)
        for item in session.scalars(items.execution_options(yield_per=1000)):
            if (was := rebuilt.get(item.assignment_id)) is not None:
                if to_be_undone is not None:
                    to_be_undone[item.assignment_id] = was
                rebuilt[item.assignment_id] = after_deed(was, item, at, undone.get(item.assignment_id))


def _replayed(progress: Progress, verb: str, subject: str, at: datetime, details: dict[str, Any]) -> Progress:
    """One event of an assignment later."""
    if verb in _CHANGES_NOTHING:
        # The office answers for it that did so on the day of assigning: a successor where the first has ended.
        return replace(progress, office=details["office"]) if verb == Verb.ASSIGN and "office" in details else progress
    if verb not in set(Verb) or not may_have_happened(progress, Verb(verb)):
        raise UnknownEvent(verb, subject, at)
    return after(progress, Verb(verb), at, details)
