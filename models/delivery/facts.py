"""What a message has to say: its notices with the facts behind them, read at the moment of sending.

What no longer applies by then is not said; the reason why not is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from config.contacts.desks import Desk, Recipient
from models.alerts.notices import HANDED_OVER, parse_undelivered_rung, resumed_rung, suspended_rung
from models.alerts.silences import silenced
from models.store.audit import AuditEvent
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment, TimetableRung
from models.tables.extension import Extension
from models.tables.lifecycle import (
    REMINDERS,
    WAITING_FOR_OFFICE,
    ExtensionState,
    Kind,
    MessageState,
    NoticeState,
    ReportState,
    Role,
    State,
    Urgency,
    Verb,
)
from models.tables.outbox import Message, Notice
from models.tables.report import Report


@dataclass(frozen=True)
class UndeliveredMessage:
    """A message that did not arrive; ``passed_on`` is the channel over which its words went then, if there was one."""

    number: int
    office: str
    desk: Desk
    channel: str
    reason: str
    passed_on: str


@dataclass(frozen=True)
class EarlierNotice:
    """Something that was sent about the work before: when, what, and to whom."""

    at: datetime
    kind: Kind
    recipient: Recipient


@dataclass(frozen=True)
class NoticeFacts:
    """What one notice is about, as far as the words need it."""

    notice_id: int
    kind: Kind
    rung: str
    recipient: Recipient
    assignment_id: int
    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    occasion: str
    role: Role
    office: str
    lead_office: str
    state: State
    due_at: datetime
    due_date: date
    original_due_date: date
    explanation_vi: str
    explanation_en: str
    acknowledged_at: datetime | None
    reason: str
    until: date | None
    decided: bool
    reminder_count: int
    last_reminded_at: datetime | None
    silenced: bool = False
    resumed: bool = False
    """Whether its due date was moved by resuming it, and not by an extension alone."""
    weight: tuple[int, int] = (0, 0)
    """Of a reminder: how severe its rung is, and which of several equally severe ones came last."""
    told: tuple[EarlierNotice, ...] = ()
    """To a head of office: all that was sent about the work before, in order."""
    lost: UndeliveredMessage | None = None
    """What could not be delivered, where this is about a message and not about the work."""


def load_facts(session: Session, message_ids: Collection[int], *, today: date) -> dict[int, list[NoticeFacts]]:
    """What each message has to say, read at this moment; ``today`` decides which silences are in force."""
    rows = session.execute(
        select(
            Notice,
            Assignment,
            col(Anchor.title),
            col(Anchor.kind),
            col(TimetableRung.severity),
            col(TimetableRung.rank),
        )
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .outerjoin(Anchor, col(Anchor.id) == col(Assignment.anchor_id))
        .outerjoin(
            TimetableRung,
            and_(
                col(TimetableRung.timetable_id) == col(Assignment.timetable_id),
                col(TimetableRung.rung) == col(Notice.rung),
                col(TimetableRung.audience) == col(Notice.desk),
            ),
        )
        .where(col(Notice.message_id).in_(message_ids), col(Notice.state) == NoticeState.PENDING)
        .order_by(col(Assignment.due_at), col(Assignment.id), col(Notice.id))
    ).all()
    reminded = _reminded_before(session, message_ids)
    # A head is told only when others were told in vain, and asks who and when.
    told = _told_before(session, message_ids) if any(row[0].desk is Desk.HEAD for row in rows) else {}
    held_back = silenced(session, {row[1].id or 0 for row in rows}, today)
    items: dict[int, list[NoticeFacts]] = {number: [] for number in message_ids}
    for notice, assignment, title, kind, severity, rank in rows:
        before = told.get(assignment.id or 0, ()) if notice.desk is Desk.HEAD else ()
        item = _item(
            session,
            notice,
            assignment,
            reminded.get(assignment.id or 0, {}),
            title=title if kind is not AnchorKind.ISSUE else "",
            weight=(severity or 0, rank or 0),
            told=tuple(each for rung, each in before if rung != notice.rung),
            # What is «hỏa tốc» is said whatever was silenced.
            silenced=assignment.id in held_back and assignment.urgency is not Urgency.EXPRESS,
        )
        items[notice.message_id or 0].append(item)
    return items


def _reminded_before(session: Session, message_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """For each assignment of these messages, the rungs that were told and when; one rung may go to four desks."""
    # Without this the whole outbox would be counted again for every message.
    concerned = select(col(Notice.assignment_id)).where(col(Notice.message_id).in_(message_ids))
    told: dict[int, dict[str, datetime]] = {}
    for assignment_id, rung, last in session.execute(
        select(col(Notice.assignment_id), col(Notice.rung), func.max(col(Notice.sent_at)))
        .where(
            col(Notice.state) == NoticeState.SENT,
            col(Notice.kind).in_(REMINDERS),
            col(Notice.assignment_id).in_(concerned),
        )
        .group_by(col(Notice.assignment_id), col(Notice.rung))
    ).all():
        told.setdefault(assignment_id, {})[rung] = last
    return told


_URGING = (*REMINDERS, Kind.ASSIGNED, Kind.HANDED_OVER, Kind.RESUMED, Kind.REPORT_RETURNED)


def _told_before(session: Session, message_ids: Collection[int]) -> dict[int, list[tuple[str, EarlierNotice]]]:
    """For each assignment of these messages, what was sent about it to whom, by rung and in order."""
    concerned = select(col(Notice.assignment_id)).where(col(Notice.message_id).in_(message_ids))
    sent = (
        select(Notice)
        .where(
            col(Notice.assignment_id).in_(concerned),
            col(Notice.state) == NoticeState.SENT,
            col(Notice.kind).in_(_URGING),
        )
        .order_by(col(Notice.sent_at), col(Notice.id))
    )
    told: dict[int, list[tuple[str, EarlierNotice]]] = {}
    for notice in session.scalars(sent).all():
        if notice.sent_at is not None:
            said = EarlierNotice(notice.sent_at, notice.kind, Recipient(notice.office, notice.desk))
            told.setdefault(notice.assignment_id, []).append((notice.rung, said))
    return told


def no_longer_applies(item: NoticeFacts, now: datetime, *, answers: str) -> str | None:
    """Why a notice should not be sent any more, or None; looked at just before sending.

    answers  the office that answers for the work today: its own, or the successor of one that has ended
    """
    if item.kind is Kind.UNDELIVERABLE:
        return "sent meanwhile" if item.decided else None
    if item.state is State.WITHDRAWN and item.kind is not Kind.WITHDRAWN:
        return "withdrawn"
    theirs = item.recipient.desk in (Desk.FOCAL, Desk.HEAD)
    if theirs and item.recipient.office != answers:
        return HANDED_OVER
    if item.kind in (Kind.REPORT_RECEIVED, Kind.EXTENSION_REQUESTED) and item.decided:
        return "decided"
    if item.kind in (Kind.SUSPENDED, Kind.RESUMED) and item.decided:
        return "decided otherwise meanwhile"
    if item.kind not in REMINDERS:
        return None
    if item.silenced:
        return "silenced"
    if item.state is State.SUSPENDED:
        return "suspended"
    if item.state not in WAITING_FOR_OFFICE:
        return "reported"
    if item.kind is Kind.NOT_ACKNOWLEDGED and item.acknowledged_at is not None:
        return "acknowledged"
    if not item.rung.endswith(f":{item.due_date.isoformat()}"):
        return "due date extended"
    if item.kind in (Kind.DUE_SOON, Kind.DUE_TODAY) and item.due_at <= now:
        return "overdue meanwhile"
    return None


def said_by_a_higher_rung(items: Sequence[NoticeFacts]) -> dict[int, str]:
    """The reminders of one message that a more severe one on the same work leaves nothing to say, with the reason.

    Of rungs due at once the sweep keeps the most severe; those of several sweeps meet here when nothing could be
    sent in between.
    """
    reminders = [item for item in items if item.kind in REMINDERS]
    highest: dict[int, NoticeFacts] = {}
    for item in sorted(reminders, key=lambda item: item.weight):
        highest[item.assignment_id] = item
    return {item.notice_id: "higher rung told" for item in reminders if item is not highest[item.assignment_id]}


def _item(
    session: Session,
    notice: Notice,
    assignment: Assignment,
    reminded: dict[str, datetime],
    *,
    title: str,
    weight: tuple[int, int],
    silenced: bool,
    told: tuple[EarlierNotice, ...],
) -> NoticeFacts:
    reason, until, decided = _decision(session, notice, assignment)
    lost = _lost(session, notice)
    # The same rung told to another desk a moment ago is not an earlier reminder.
    earlier = [last for rung, last in reminded.items() if rung != notice.rung]
    return NoticeFacts(
        notice_id=notice.id or 0,
        kind=notice.kind,
        rung=notice.rung,
        recipient=Recipient(notice.office, notice.desk),
        assignment_id=assignment.id or 0,
        priority=assignment.priority,
        subtask=assignment.subtask,
        step=assignment.step,
        variant=assignment.variant,
        period=assignment.period,
        occasion=title or "",
        role=assignment.role,
        office=assignment.office,
        lead_office=assignment.lead_office,
        state=assignment.state,
        due_at=assignment.due_at,
        due_date=assignment.due_date,
        original_due_date=assignment.original_due_date,
        explanation_vi=assignment.explanation_vi,
        explanation_en=assignment.explanation_en,
        acknowledged_at=assignment.acknowledged_at,
        reason=reason,
        until=until,
        decided=decided or (lost is None and notice.kind is Kind.UNDELIVERABLE),
        reminder_count=len(earlier),
        last_reminded_at=max(earlier, default=None),
        silenced=silenced,
        told=told,
        resumed=assignment.resumed_at is not None,
        weight=weight,
        lost=lost,
    )


def _lost(session: Session, notice: Notice) -> UndeliveredMessage | None:
    """The message that a notice says was given up; None when it has been sent since."""
    if notice.kind is not Kind.UNDELIVERABLE:
        return None
    number, passed_on = parse_undelivered_rung(notice.rung)
    message = session.get_one(Message, number)
    # RenderedMessage over the next channel may be on their way, but this one does not leave any more.
    if message.state is not MessageState.DEAD:
        return None
    return UndeliveredMessage(number, message.office, message.desk, message.channel, message.error, passed_on)


def _decision(session: Session, notice: Notice, assignment: Assignment) -> tuple[str, date | None, bool]:
    """The reason and date that go with a notice about a decision or what waits for one, and whether it is over."""
    what, _, number = notice.rung.partition(":")
    if what == "report" and number.isdigit():
        query = select(Report).where(col(Report.assignment_id) == assignment.id, col(Report.version) == int(number))
        if handed_in := session.scalars(query).one_or_none():
            return handed_in.reason or "", None, handed_in.state is not ReportState.SUBMITTED
    if what == "extension" and number.isdigit() and (request := session.get(Extension, int(number))):
        decided = request.state is not ExtensionState.REQUESTED
        if notice.kind is Kind.EXTENSION_REQUESTED:
            return request.reason, request.requested_until, decided
        return request.decision_reason, request.granted_until, decided
    if notice.kind is Kind.SUSPENDED:
        return (
            _reason_on_record(session, notice, Verb.SUSPEND),
            None,
            notice.rung != suspended_rung(assignment.suspended_at),
        )
    if notice.kind is Kind.RESUMED:
        over = assignment.state is State.SUSPENDED or notice.rung != resumed_rung(assignment.resumed_at)
        return "", None, over
    if notice.kind is Kind.WITHDRAWN:
        return _reason_on_record(session, notice, Verb.WITHDRAW), None, False
    return "", None, False


def _reason_on_record(session: Session, notice: Notice, verb: Verb) -> str:
    """The reason given with the last such decision on the assignment."""
    decisions = select(AuditEvent).where(
        col(AuditEvent.subject) == f"assignment:{notice.assignment_id}", col(AuditEvent.verb) == verb.value
    )
    last = session.scalars(decisions.order_by(col(AuditEvent.seq).desc()).limit(1)).one_or_none()
    return str(last.facts.get("reason", "")) if last else ""
