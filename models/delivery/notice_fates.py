"""Why somebody was told of an assignment, or was not: each notice with what became of it, and of its message.

A notice waits for the hours of its office or the next try, was sent, was left out for a reason, or was given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, select

from models.delivery.relevance import SILENCED
from models.delivery.windows import DeliveryWindow
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeState
from models.tables.outbox import Message, Notice


class Fate(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"  # for the courier's next round, or the hours of its office
    RETRYING = "retrying"  # its message was tried in vain and is tried again
    SENT = "sent"
    SUPERSEDED = "superseded"  # a higher reminder of the same work was due at the same time
    SILENCED = "silenced"
    CANCELLED = "cancelled"  # it no longer applied; the reason says why
    DEAD = "dead"  # given up; the coordinator can have it sent again


_DONE = {
    NoticeState.SENT: Fate.SENT,
    NoticeState.SUPERSEDED: Fate.SUPERSEDED,
    NoticeState.CANCELLED: Fate.CANCELLED,
    NoticeState.DEAD: Fate.DEAD,
}

FATES: dict[Fate, ColumnElement[bool]] = {
    Fate.WAITING: and_(col(Notice.state) == NoticeState.PENDING, func.coalesce(Message.error, "") == ""),
    Fate.RETRYING: and_(col(Notice.state) == NoticeState.PENDING, col(Message.error) != ""),
    Fate.SENT: col(Notice.state) == NoticeState.SENT,
    Fate.SUPERSEDED: col(Notice.state) == NoticeState.SUPERSEDED,
    Fate.SILENCED: and_(col(Notice.state) == NoticeState.CANCELLED, col(Notice.reason) == SILENCED),
    Fate.CANCELLED: and_(col(Notice.state) == NoticeState.CANCELLED, col(Notice.reason) != SILENCED),
    Fate.DEAD: col(Notice.state) == NoticeState.DEAD,
}
"""The notices of each fate, where a notice and its message, if it has one, are looked up together."""


class Waits(StrEnum):
    """What a notice waits for."""

    ROUND = "round"  # the courier goes round every few seconds
    HOURS = "hours"  # quiet hours, a day off, or the hour of the digest
    RETRY = "retry"  # the pause after a failed attempt


COUNTED_UP_TO = 5_000
"""Notices of years are millions: nobody turns over so many pages, and counting all would make each page wait."""


@dataclass(frozen=True)
class NoticeFate:
    """One notice and what became of it.

    until, waits_for  of one that waits: not before when, and why
    tries             attempts at its message so far; ``fault`` the reason of the last failed one
    acknowledged_at   when the office acknowledged the work, where that was after it was told
    """

    notice: Notice
    about: Assignment
    fate: Fate
    until: datetime | None = None
    waits_for: Waits | None = None
    tries: int = 0
    fault: str = ""
    acknowledged_at: datetime | None = None
    reported_at: datetime | None = None


def notice_fates(
    session: Session,
    window: DeliveryWindow,
    *,
    office: str | None = None,
    assignment: int | None = None,
    fate: Fate | None = None,
    only: ColumnElement[bool] | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[NoticeFate], int]:
    """The notices to an office or about an assignment, the newest first, and how many there are, up to
    ``COUNTED_UP_TO``.

    only  a condition on the assignments that they are about
    """
    conditions = [*_conditions(office, assignment, fate), *([only] if only is not None else [])]
    joined = (col(Message.id) == col(Notice.message_id),)
    about = (col(Assignment.id) == col(Notice.assignment_id),)
    matching = select(Notice.id).join(Message, *joined, isouter=True)
    matching = (matching.join(Assignment, *about) if only is not None else matching).where(*conditions)
    counted = select(func.count()).select_from(matching.limit(COUNTED_UP_TO).subquery())
    columns = (Message.attempts, Message.error, Message.next_attempt_at)
    found = (
        select(Notice, Assignment, *columns)  # type: ignore[call-overload]
        .join(Assignment, *about)
        .join(Message, *joined, isouter=True)
        .where(*conditions)
        .order_by(col(Notice.id).desc())
    )
    rows = session.exec(found.limit(limit).offset(offset)).all()
    return [_fate_of(window, *row) for row in rows], session.exec(counted).one()


def _conditions(office: str | None, assignment: int | None, fate: Fate | None) -> Sequence[ColumnElement[bool]]:
    conditions = []
    if office is not None:
        conditions.append(col(Notice.office) == office)
    if assignment is not None:
        conditions.append(col(Notice.assignment_id) == assignment)
    if fate is not None:
        conditions.append(FATES[fate])
    return conditions


def _fate_of(
    window: DeliveryWindow,
    notice: Notice,
    about: Assignment,
    tries: int | None,
    fault: str | None,
    next_attempt_at: datetime | None,
) -> NoticeFate:
    if notice.state is NoticeState.PENDING:
        if fault and next_attempt_at is not None:
            until = max(next_attempt_at, window.now)
            return NoticeFate(notice, about, Fate.RETRYING, until, Waits.RETRY, tries or 0, fault)
        until = window.sends_at(notice)
        return NoticeFate(
            notice, about, Fate.WAITING, until, Waits.HOURS if until > window.now else Waits.ROUND, tries or 0
        )
    fate = _DONE[notice.state]
    if fate is Fate.CANCELLED and notice.reason == SILENCED:
        fate = Fate.SILENCED
    if fate is Fate.SENT and notice.sent_at is not None:
        answered = (about.acknowledged_at, about.reported_at)
        answers = [at if at is not None and at >= notice.sent_at else None for at in answered]
        return NoticeFate(notice, about, fate, None, None, tries or 0, "", *answers)
    return NoticeFate(notice, about, fate, None, None, tries or 0, fault or "" if fate is Fate.DEAD else "")
