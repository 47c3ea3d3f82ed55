"""A form that arrives once more: whether what it asks for is what its sender did last, so that it is no failure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import Request

from models.store.audit import last_event
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from portal.web import context_of, store_of


def is_repeated(request: Request, assignment_id: int, verb: Verb, asked: Mapping[str, Any]) -> bool:
    """Whether the last thing that happened to an assignment is this very deed by the visitor.

    asked  what was asked for, by the names that its audit event has for it; None leaves open what came of it
    """
    context = context_of(request)
    with reading_session(store_of(request).engine) as session:
        assignment = session.get(Assignment, assignment_id)
        last = last_event(session, f"assignment:{assignment_id}")
    if assignment is None or last is None:
        return False
    calendar = context.for_priority(assignment.priority).calendar

    def as_recorded(value: object) -> object:
        return calendar.next_working_day(value).isoformat() if isinstance(value, date) else value

    return (last.verb, last.actor) == (verb.value, context.actor) and all(
        last.details.get(name, False) == as_recorded(value) for name, value in asked.items() if value is not None
    )
