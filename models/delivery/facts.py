"""The notices of a message with the facts behind them, read at the moment of sending."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, and_, col, func, select

from config.contacts.desks import Desk, Recipient
from models.alerts.notices import is_withdrawn_rung, parse_undelivered_rung, resumed_rung, suspended_rung
from models.alerts.silences import silenced
from models.delivery.deed_notices import DeedNotice, load_deed_notices
from models.store.audit_event import AuditEvent
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import (
    REMINDERS,
    ExtensionState,
    MessageState,
    NoticeKind,
    NoticeState,
    ReportState,
    State,
    Urgency,
    Verb,
)
from models.tables.outbox import Message, Notice
from models.tables.report import Extension, Question, Report
from models.work.parties import NOBODY_ELSE, Parties, parties_of, reached_a_lead
from models.work.rows import LISTED_COLUMNS, ListedAssignment


@dataclass(frozen=True)
class UndeliveredMessage:
    """A message that did not arrive; ``fallback_channel`` is the channel used for its notices instead, or empty."""

    number: int
    office: str
    desk: Desk
    channel: str
    reason: str
    fallback_channel: str


@dataclass(frozen=True)
class EarlierNotice:
    """A notice sent about the assignment before: when, what, and to whom."""

    at: datetime
    kind: NoticeKind
    recipient: Recipient


@dataclass(frozen=True, kw_only=True)
class NoticeFacts(ListedAssignment):
    """What one notice is about, as far as its text needs it: the assignment, and what is said of it."""

    notice_id: int
    kind: NoticeKind
    rung: str
    recipient: Recipient
    explanation_vi: str
    explanation_en: str
    reason: str
    until: date | None
    decided: bool
    reminder_count: int
    last_reminded_at: datetime | None
    silenced: bool = False
    is_extended: bool = False
    """Whether its due date is one that was granted on request, and not set otherwise since."""
    has_begun_anew: bool = False
    """Whether the assignment was given anew, or resumed, since the notice was written."""
    weight: tuple[int, int] = (0, 0)
    """Of a reminder: how severe its rung is, and which of several equally severe ones came last."""
    earlier_notices: tuple[EarlierNotice, ...] = ()
    """To a head of office: all that was sent about the assignment before, in order."""
    undelivered: UndeliveredMessage | None = None
    """The message that could not be delivered, where the notice is about a message."""
    deed: DeedNotice | None = None
    """What a deed did to the assignment, where the notice is about that."""
    parties: Parties = NOBODY_ELSE
    """The other offices that lead it jointly, and those that are named only."""

    @property
    def assignment_id(self) -> int:
        return self.id


def last_written(session: Session, message_ids: Collection[int]) -> dict[int, datetime]:
    """When the newest notice of each message was written; messages with words of their own have none."""
    message = col(Notice.message_id)
    newest = select(message, func.max(Notice.created_at)).where(message.in_(message_ids)).group_by(message)
    return {number: written for number, written in session.exec(newest) if number is not None}


def load_facts(
    session: Session, message_ids: Collection[int], *, today: date, with_history: bool = True
) -> dict[int, list[NoticeFacts]]:
    """The facts of each message's pending notices, by message.

    today         decides which silences are in force
    with_history  whether what was sent before is told in the text
    """
    rows = session.execute(_pending_notices(), {"messages": [*message_ids]}).all()
    reminded = _reminded_before(session, message_ids) if with_history else {}
    # A head of office is alerted only after others were in vain, and asks who and when.
    to_head = with_history and any(row.desk is Desk.HEAD for row in rows)
    sent = _sent_before(session, message_ids) if to_head else {}
    ids = {row.id for row in rows}
    silent_leads, extended = silenced(session, ids, today), _extended(session, ids)
    by_deeds, parties = load_deed_notices(session, message_ids), parties_of(session, ids)
    facts: dict[int, list[NoticeFacts]] = {message_id: [] for message_id in message_ids}
    for row in rows:
        number, kind = row.id, row.kind
        before = sent.get(number, ()) if row.desk is Desk.HEAD else ()
        # The same rung sent to another desk a moment ago is not an earlier reminder.
        reminders = [last for rung, last in reminded.get(number, {}).items() if rung != row.rung]
        deed = by_deeds.get(row.notice_id)
        reason, until, decided = (deed.deed.reason, None, False) if deed else _decision(session, row)
        undelivered = _undelivered(session, row) if kind is NoticeKind.UNDELIVERABLE else None
        its_parties = parties.get(number, NOBODY_ELSE)
        facts_of_notice = NoticeFacts(
            **dict(zip(LISTED_COLUMNS, row, strict=False)),
            occasion=row.title or "" if row.anchor_kind is not AnchorKind.ISSUE else "",
            notice_id=row.notice_id,
            kind=kind,
            rung=row.rung,
            recipient=Recipient(row.to_office, row.desk),
            explanation_vi=row.explanation_vi,
            explanation_en=row.explanation_en,
            reason=reason if kind is not NoticeKind.INFORMED else "",  # who is only named reads no reasons
            until=until,
            decided=decided or (undelivered is None and kind is NoticeKind.UNDELIVERABLE),
            reminder_count=len(reminders),
            last_reminded_at=max(reminders, default=None),
            # A silence does not hold for what is «hỏa tốc».
            silenced=row.urgency is not Urgency.EXPRESS and _is_silenced(row, its_parties, silent_leads.get(number)),
            has_begun_anew=row.resumed_at is not None and row.resumed_at > row.written_at,
            is_extended=number in extended,
            weight=(row.severity or 0, row.rank or 0),
            earlier_notices=tuple(each for rung, each in before if rung != row.rung),
            undelivered=undelivered,
            deed=deed,
            parties=its_parties,
        )
        facts[row.message_id].append(facts_of_notice)
    return facts


_MORE_COLUMNS = ("explanation_vi", "explanation_en", "suspended_at", "resumed_at")


@cache  # every round of the courier asks
def _pending_notices() -> sa.Select[Any]:
    """Those of the messages with their assignment, what it was counted from, and the weight of their rung.

    Columns and no objects: a digest may have hundreds.
    """
    its_rung = and_(
        TimetableRung.timetable_id == Assignment.timetable_id,
        TimetableRung.rung == Notice.rung,
        TimetableRung.audience == Notice.desk,
    )
    return (
        sa.select(
            *(col(getattr(Assignment, name)) for name in (*LISTED_COLUMNS, *_MORE_COLUMNS)),
            col(Notice.id).label("notice_id"),
            col(Notice.office).label("to_office"),
            col(Notice.created_at).label("written_at"),
            *map(col, (Notice.message_id, Notice.kind, Notice.rung, Notice.desk)),
            col(Anchor.title),
            col(Anchor.kind).label("anchor_kind"),
            *map(col, (TimetableRung.severity, TimetableRung.rank)),
        )
        .join(Assignment, col(Assignment.id) == Notice.assignment_id)
        .outerjoin(Anchor, col(Anchor.id) == Assignment.anchor_id)
        .outerjoin(TimetableRung, its_rung)
        .where(col(Notice.message_id).in_(sa.bindparam("messages", expanding=True)))
        .where(col(Notice.state) == NoticeState.PENDING)
        .order_by(col(Assignment.due_at), col(Assignment.id), col(Notice.id))
    )


def _is_silenced(notice: sa.Row[Any], parties: Parties, silent: Collection[str] | None) -> bool:
    """Whether a silence holds for who is told: a lead's own for its desks alone, that of all leads for everybody."""
    if not silent:
        return False
    is_own = notice.desk in (Desk.FOCAL, Desk.HEAD) and notice.to_office in silent
    return is_own or {notice.office, *parties.joint} <= {*silent}


def _extended(session: Session, assignments: Collection[int]) -> set[int]:
    """Of these assignments those that are due on a day that was granted."""
    granted = and_(Extension.state == ExtensionState.GRANTED, Extension.granted_until == Assignment.due_date)
    query = select(Extension.assignment_id).join(Assignment, col(Assignment.id) == Extension.assignment_id)
    return set(session.exec(query.where(col(Extension.assignment_id).in_(assignments), granted)))


def _reminded_before(session: Session, message_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """For each assignment of these messages, the rungs that reached its leads and when; one may go to several desks."""
    # Without this the whole outbox would be counted again for every message.
    concerned = select(Notice.assignment_id).where(col(Notice.message_id).in_(message_ids))
    reminded: dict[int, dict[str, datetime]] = {}
    for assignment_id, rung, last in session.exec(
        select(Notice.assignment_id, Notice.rung, func.max(Notice.sent_at))
        .join(Assignment, col(Assignment.id) == Notice.assignment_id)
        .where(reached_a_lead(), col(Notice.kind).in_(REMINDERS), col(Notice.assignment_id).in_(concerned))
        .group_by(col(Notice.assignment_id), col(Notice.rung))
    ).all():
        if last is not None:
            reminded.setdefault(assignment_id, {})[rung] = last
    return reminded


_URGING = (
    *REMINDERS,
    NoticeKind.ASSIGNED,
    NoticeKind.HANDED_OVER,
    NoticeKind.RESUMED,
    NoticeKind.MOVED,
    NoticeKind.REPORT_RETURNED,
)


def _sent_before(session: Session, message_ids: Collection[int]) -> dict[int, list[tuple[str, EarlierNotice]]]:
    """For each assignment that these messages tell a head of, what was sent about it to whom, by rung and in order."""
    concerned = select(Notice.assignment_id).where(
        col(Notice.message_id).in_(message_ids),
        col(Notice.state) == NoticeState.PENDING,
        col(Notice.desk) == Desk.HEAD,
    )
    sent = (
        sa.select(
            *map(col, (Notice.assignment_id, Notice.rung, Notice.sent_at, Notice.kind, Notice.office, Notice.desk))
        )
        .where(
            col(Notice.assignment_id).in_(concerned),
            col(Notice.state) == NoticeState.SENT,
            col(Notice.kind).in_(_URGING),
        )
        .order_by(col(Notice.sent_at), col(Notice.id))
    )
    by_assignment: dict[int, list[tuple[str, EarlierNotice]]] = {}
    for number, rung, sent_at, kind, office, desk in session.execute(sent):
        if sent_at is not None:
            earlier = EarlierNotice(sent_at, kind, Recipient(office, desk))
            by_assignment.setdefault(number, []).append((rung, earlier))
    return by_assignment


def _undelivered(session: Session, notice: sa.Row[Any]) -> UndeliveredMessage | None:
    """The message that a notice says was given up; None when it has been sent since."""
    number, fallback_channel = parse_undelivered_rung(notice.rung)
    message = session.get_one(Message, number)
    # Another message may be on its way over the next channel, but this one does not leave any more.
    if message.state is not MessageState.DEAD:
        return None
    return UndeliveredMessage(number, message.office, message.desk, message.channel, message.error, fallback_channel)


def _decision(session: Session, notice: sa.Row[Any]) -> tuple[str, date | None, bool]:
    """The reason and date that go with a notice about a decision or what waits for one, and whether it is over."""
    what, _, number = notice.rung.partition(":")
    if what == "report" and number.isdigit():
        query = select(Report).where(Report.assignment_id == notice.id, Report.version == int(number))
        if handed_in := session.exec(query).one_or_none():
            return handed_in.reason or "", None, handed_in.state is not ReportState.SUBMITTED
    if what == "extension" and number.isdigit() and (request := session.get(Extension, int(number))):
        decided = request.state is not ExtensionState.REQUESTED
        if notice.kind is NoticeKind.EXTENSION_REQUESTED:
            return request.reason, request.requested_until, decided
        return request.decision_reason, request.granted_until, decided
    if what == "question" and number.isdigit() and (question := session.get(Question, int(number))):
        answered = question.answered_at is not None
        return (question.text if notice.kind is NoticeKind.ASKED else question.answer), None, answered
    if notice.kind is NoticeKind.SUSPENDED:
        is_past = notice.rung != suspended_rung(notice.suspended_at)
        return _reason_on_record(session, notice.id, Verb.SUSPEND), None, is_past
    if notice.kind is NoticeKind.RESUMED:
        is_past = notice.state is State.SUSPENDED or notice.rung != resumed_rung(notice.resumed_at)
        return "", None, is_past
    if notice.kind is NoticeKind.WITHDRAWN or is_withdrawn_rung(notice.rung):
        return _reason_on_record(session, notice.id, Verb.WITHDRAW), None, False
    return "", None, False


def _reason_on_record(session: Session, assignment_id: int, verb: Verb) -> str:
    """The reason given with the last such decision on the assignment."""
    decisions = select(AuditEvent).where(
        AuditEvent.subject == f"assignment:{assignment_id}", AuditEvent.verb == verb.value
    )
    last = session.exec(decisions.order_by(col(AuditEvent.seq).desc()).limit(1)).one_or_none()
    return str(last.details.get("reason", "")) if last else ""
