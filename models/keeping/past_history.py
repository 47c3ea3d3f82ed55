"""One assignment with what was known of it at an earlier moment."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

from models.tables.lifecycle import ExtensionState, NoticeState, ReportState, State
from models.work.queries import History, history

_T = TypeVar("_T", bound=SQLModel)


def history_then(session: Session, assignment_id: int, then: datetime) -> History:
    """``history`` without what came later; what was decided or sent later still waits.

    session  of a connection of ``reading_as_it_was``

    Raises ``NotFound``, also for what was assigned later.
    """
    found = history(session, assignment_id, now=then)

    def reports(rows: Iterable[Any]) -> Sequence[Any]:
        there = (row for row in rows if row.submitted_at <= then)
        undecided = {"state": ReportState.SUBMITTED, "decided_at": None, "reason": ""}
        return [_before(row, row.decided_at, then, undecided) for row in there]

    waiting = {
        "state": ExtensionState.REQUESTED,
        "decided_at": None,
        "granted_until": None,
        "decision_reason": "",
    }
    unsent = {"state": NoticeState.PENDING, "sent_at": None}
    return replace(
        found,
        reports=reports(found.reports),
        extensions=[
            _before(row, row.decided_at, then, waiting) for row in found.extensions if row.requested_at <= then
        ],
        contributions=[row for row in found.contributions if row.contributed_at <= then],
        questions=[
            _before(row, row.answered_at, then, {"answer": "", "answered_at": None})
            for row in found.questions
            if row.asked_at <= then
        ],
        notices=[_before(row, row.sent_at, then, unsent) for row in found.notices if row.created_at <= then],
        events=[event for event in found.events if event.at <= then],
        deeds=[deed for deed in found.deeds if deed.at <= then],
        taken_over_by=found.taken_over_by if found.assignment.state is State.WITHDRAWN else (),
    )


def _before(row: _T, at: datetime | None, then: datetime, was: dict[str, Any]) -> _T:
    """A row, or a copy of it as it was before what happened to it later."""
    return row if at is None or at <= then else type(row)(**row.model_dump() | was)
