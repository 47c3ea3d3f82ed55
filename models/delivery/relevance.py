"""Whether a notice still has something to say just before it is sent, and the reason why not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from config.contacts.desks import Desk
from models.alerts.notices import HANDED_OVER, is_suspended_rung, is_withdrawn_rung
from models.alerts.timetables import due_mark
from models.delivery.deed_notices import LATER_DEED, deed_outdated
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import REMINDERS, WAITING_FOR_OFFICE, NoticeKind, State

SILENCED = "silenced"
"""Why a reminder is cancelled that somebody silenced."""


def no_longer_applies(notice: NoticeFacts, now: datetime, *, responsible: Collection[str]) -> str | None:
    """Why a notice should not be sent any more, or None; checked just before sending.

    responsible  the offices that may be told of the work today: its own and its joint leads, for a notice that only
                 informs those that are named; where one has ended, its successor
    """
    if notice.kind is NoticeKind.UNDELIVERABLE:
        return "sent meanwhile" if notice.decided else None
    if notice.deed is not None:
        to, now_with = notice.recipient.office, notice.office
        if outdated := deed_outdated(notice.kind, notice.deed, office=now_with, recipient=to, state=notice.state):
            return outdated
    if notice.kind is NoticeKind.REASSIGNED:  # to an office that no longer answers for it, whatever became of it
        return "given back" if notice.recipient.office in (notice.office, *notice.parties.joint) else None
    if (notice.state is State.WITHDRAWN) != _tells_withdrawal(notice):
        return "withdrawn" if notice.state is State.WITHDRAWN else "restored"
    to_office = notice.recipient.desk in (Desk.FOCAL, Desk.HEAD)
    # An answer is owed to who asked, whoever has the work by then.
    if to_office and notice.kind is not NoticeKind.ANSWERED and notice.recipient.office not in responsible:
        return HANDED_OVER
    waits_for = (NoticeKind.REPORT_RECEIVED, NoticeKind.EXTENSION_REQUESTED, NoticeKind.ASKED)
    if notice.kind in waits_for and notice.decided:
        return "decided"
    if notice.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED) and notice.decided:
        return "decided otherwise meanwhile"
    if notice.kind is NoticeKind.INFORMED and is_suspended_rung(notice.rung) and notice.state is not State.SUSPENDED:
        return "decided otherwise meanwhile"
    if notice.kind not in REMINDERS:
        return None
    if notice.silenced:
        return SILENCED
    if notice.state is State.SUSPENDED:
        return "suspended"
    if notice.state not in WAITING_FOR_OFFICE:
        return "reported"
    if notice.kind is NoticeKind.NOT_ACKNOWLEDGED and notice.state is not State.ASSIGNED:
        return "acknowledged"
    if notice.kind is NoticeKind.NOT_ACKNOWLEDGED:  # which is not about the due date
        return "begun anew" if notice.has_begun_anew else None
    if notice.kind is NoticeKind.URGED:  # whatever its due date is by now
        return None
    marks = due_mark(notice.due_date), due_mark(notice.due_date, notice.due_at)
    if notice.rung.rpartition(":")[2] not in marks:
        return "due date extended"
    if notice.kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY) and notice.due_at <= now:
        return "overdue meanwhile"
    return None


def _tells_withdrawal(notice: NoticeFacts) -> bool:
    if notice.kind is NoticeKind.INFORMED:
        return notice.deed.withdraws if notice.deed else is_withdrawn_rung(notice.rung)
    return notice.kind is NoticeKind.WITHDRAWN


def superseded_in_message(notices: Sequence[NoticeFacts]) -> dict[int, str]:
    """The notices of one message that another on the same work leaves nothing to say, with the reason.

    Of rungs due at once the sweep keeps the most severe; those of several sweeps meet here when nothing could be
    sent in between. An assignment that was withdrawn and restored meanwhile is told once.
    """
    reminders = [notice for notice in notices if notice.kind in REMINDERS]
    highest: dict[int, NoticeFacts] = {}
    for notice in sorted(reminders, key=lambda notice: notice.weight):
        highest[notice.assignment_id] = notice
    lower = {
        notice.notice_id: "higher rung told" for notice in reminders if notice is not highest[notice.assignment_id]
    }
    assigned = [notice for notice in notices if notice.kind is NoticeKind.ASSIGNED]
    last = {notice.assignment_id: notice.notice_id for notice in assigned}
    twice = {notice.notice_id: LATER_DEED for notice in assigned if notice.notice_id != last[notice.assignment_id]}
    return lower | twice
