"""What a deed's notice has to say, beside what its recipient has been told before and what else waits to be said."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns  # sqlmodel's is typed for four at most
from sqlmodel import Session, col, or_, select

from config.contacts.desks import Desk
from models.alerts.notices import parse_deed_rung
from models.tables.deed import ItemKind
from models.tables.lifecycle import ExtensionState, NoticeKind, NoticeState, State
from models.tables.outbox import Message, Notice
from models.tables.report import Extension
from models.work.deeds.facts import DeedFacts, deeds_on

LATER_DEED = "a later deed tells it"
SAID_ANYWAY = "told with the assignment"
NEVER_TOLD = "never told of the assignment"
NOTHING_CHANGED = "nothing has changed"
"""Why a deed's notice is cancelled."""

_GIVES = frozenset({NoticeKind.ASSIGNED, NoticeKind.HANDED_OVER, NoticeKind.RESUMED})
_TAKES = frozenset({NoticeKind.WITHDRAWN, NoticeKind.REASSIGNED})
_TELLS = _GIVES | _TAKES | {NoticeKind.MOVED, NoticeKind.INFORMED}

_TOLD_TO_ALL = frozenset({ItemKind.MOVED, ItemKind.WITHDRAWN, ItemKind.RESTORED})
"""What those hear of that are named beside an assignment and stay so."""

_UNSAID = frozenset({LATER_DEED, SAID_ANYWAY, NOTHING_CHANGED})


@dataclass(frozen=True)
class DeedNotice:
    """What one deed did to the assignment, and what its recipient knows.

    since      the first deed that the recipient has not been told of: this one, or an earlier one of the same night
    asks_anew  whether one of these asks for a fresh acknowledgement
    unsaid     what waits to be said to the recipient before this, in order
    later      what waits to be said after it, but for what the same deed says
    is_known   whether the recipient may have been told of the assignment at all
    let_lapse  whether a request for more time waited for its decision and does no more
    """

    deed: DeedFacts
    since: DeedFacts
    asks_anew: bool = False
    unsaid: tuple[NoticeKind, ...] = ()
    later: tuple[NoticeKind, ...] = ()
    is_known: bool = True
    let_lapse: bool = False

    @property
    def withdraws(self) -> bool:
        return self.deed.kind is ItemKind.WITHDRAWN


class _TriedNotice(NamedTuple):
    """A notice to an office about an assignment, and the tries of its message."""

    id: int
    kind: NoticeKind
    assignment_id: int
    office: str
    rung: str
    state: NoticeState
    reason: str
    message_id: int | None
    attempts: int | None


_BY_DEEDS = select(Notice.assignment_id).where(
    col(Notice.message_id).in_(bindparam("messages", expanding=True)),
    col(Notice.state) == NoticeState.PENDING,
    col(Notice.rung).startswith("deed:"),
)


def load_deed_notices(session: Session, message_ids: Collection[int]) -> dict[int, DeedNotice]:
    """Of these messages the pending notices that deeds wrote, by notice."""
    concerned = set(session.exec(_BY_DEEDS, params={"messages": [*message_ids]}))
    if not concerned:
        return {}
    facts = {(each.deed, each.assignment_id): each for each in deeds_on(session, concerned)}
    lapsed = select(Extension.assignment_id, Extension.decided_at).where(
        col(Extension.assignment_id).in_(concerned), Extension.state == ExtensionState.LAPSED
    )
    lapses = {*session.exec(lapsed)}
    found = {}
    for theirs in _told(session, concerned).values():
        unsaid = _unsaid(theirs)
        for place, notice in enumerate(unsaid):
            deed = parse_deed_rung(notice.rung)
            if deed is not None and notice.state is NoticeState.PENDING and notice.message_id in message_ids:
                deeds = [
                    facts[number, each.assignment_id]
                    for each in unsaid[: place + 1]
                    if (number := parse_deed_rung(each.rung)) is not None
                ]
                found[notice.id] = DeedNotice(
                    deed=facts[deed, notice.assignment_id],
                    since=deeds[0],
                    asks_anew=any(each.asks_anew for each in deeds),
                    unsaid=tuple(each.kind for each in unsaid[:place] if each.state is NoticeState.PENDING),
                    later=tuple(each.kind for each in unsaid[place + 1 :] if _waits_too(each, notice)),
                    is_known=any(_may_have_arrived(each, notice) for each in theirs),
                    let_lapse=(notice.assignment_id, deeds[-1].at) in lapses,
                )
    return found


def deed_outdated(kind: NoticeKind, told: DeedNotice, *, office: str, recipient: str, state: State) -> str | None:
    """Why a deed's notice is not to be sent, or None.

    office, state  of the assignment now
    """
    if kind is NoticeKind.MOVED and any(each in _GIVES for each in told.unsaid):
        return SAID_ANYWAY
    if any(not (kind in _GIVES and each is NoticeKind.MOVED) for each in told.later):
        return LATER_DEED
    if (kind in _TAKES or told.withdraws) and not told.is_known:
        return NEVER_TOLD
    before = told.since
    if before.from_due_date != told.deed.to_due_date or not told.is_known:
        return None
    if kind is NoticeKind.INFORMED:
        is_over, was_over = state is State.WITHDRAWN, before.from_state is State.WITHDRAWN
        return NOTHING_CHANGED if before.kind in _TOLD_TO_ALL and is_over == was_over else None
    # An acknowledgement that was lost has to be asked for.
    is_as_before = before.from_office == recipient == office and before.from_state is state
    return NOTHING_CHANGED if is_as_before else None


def _told(session: Session, assignments: Collection[int]) -> dict[tuple[int, str], list[_TriedNotice]]:
    """All that was, or is to be, told to each office about these assignments, in order."""
    columns = [col(getattr(Notice, name)) for name in _TriedNotice._fields if name != "attempts"]
    query = (
        select_columns(*columns, col(Message.attempts))
        .outerjoin(Message, col(Message.id) == Notice.message_id)
        .where(
            col(Notice.assignment_id).in_(assignments),
            or_(Notice.desk == Desk.FOCAL, Notice.desk == Desk.HEAD),
        )
        .order_by(col(Notice.id))
    )
    found = defaultdict(list)
    for row in session.execute(query):
        told = _TriedNotice(*row)
        found[told.assignment_id, told.office].append(told)
    return found


def _unsaid(theirs: list[_TriedNotice]) -> list[_TriedNotice]:
    """What an office has not been told of since it was told of a change last."""
    tells = [each for each in theirs if each.kind in _TELLS]
    last_said = max((place for place, each in enumerate(tells) if _is_said(each)), default=-1)
    return [each for each in tells[last_said + 1 :] if each.state is NoticeState.PENDING or each.reason in _UNSAID]


def _waits_too(later: _TriedNotice, notice: _TriedNotice) -> bool:
    return later.state is NoticeState.PENDING and later.rung != notice.rung


def _is_said(told: _TriedNotice) -> bool:
    return told.state in (NoticeState.SENT, NoticeState.DEAD)


def _may_have_arrived(told: _TriedNotice, notice: _TriedNotice) -> bool:
    """Whether it was sent, or given up, or is being tried in another message."""
    return _is_said(told) or (told.message_id != notice.message_id and bool(told.attempts) and not told.reason)
