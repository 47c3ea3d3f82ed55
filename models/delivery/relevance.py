"""Whether a notice still has something to say just before it is sent, and the reason why not."""

from collections.abc import Sequence
from datetime import datetime

from config.contacts.desks import Desk
from models.alerts.notices import HANDED_OVER
from models.delivery.deed_notices import LATER_DEED, deed_outdated
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import REMINDERS, WAITING_FOR_OFFICE, NoticeKind, State


def no_longer_applies(item: NoticeFacts, now: datetime, *, answers: str) -> str | None:
    """Why a notice should not be sent any more, or None; checked just before sending.

    answers  the office that answers for the work today: its own, or the successor of one that has ended
    """
    if item.kind is NoticeKind.UNDELIVERABLE:
        return "sent meanwhile" if item.decided else None
    if item.deed is not None:
        to, now_with = item.recipient.office, item.office
        if outdated := deed_outdated(item.kind, item.deed, office=now_with, recipient=to, state=item.state):
            return outdated
    if (
        item.kind is NoticeKind.REASSIGNED
    ):  # told to an office that answers for it no longer, whatever became of it since
        return "given back" if item.recipient.office == item.office else None
    if item.kind is NoticeKind.WITHDRAWN and item.state is not State.WITHDRAWN:
        return "restored"
    if item.state is State.WITHDRAWN and item.kind is not NoticeKind.WITHDRAWN:
        return "withdrawn"
    theirs = item.recipient.desk in (Desk.FOCAL, Desk.HEAD)
    if theirs and item.recipient.office != answers:
        return HANDED_OVER
    if item.kind in (NoticeKind.REPORT_RECEIVED, NoticeKind.EXTENSION_REQUESTED) and item.decided:
        return "decided"
    if item.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED) and item.decided:
        return "decided otherwise meanwhile"
    if item.kind not in REMINDERS:
        return None
    if item.silenced:
        return "silenced"
    if item.state is State.SUSPENDED:
        return "suspended"
    if item.state not in WAITING_FOR_OFFICE:
        return "reported"
    if item.kind is NoticeKind.NOT_ACKNOWLEDGED and item.acknowledged_at is not None:
        return "acknowledged"
    if not item.rung.endswith(f":{item.due_date.isoformat()}"):
        return "due date extended"
    if item.kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY) and item.due_at <= now:
        return "overdue meanwhile"
    return None


def superseded_in_message(items: Sequence[NoticeFacts]) -> dict[int, str]:
    """The notices of one message that another on the same work leaves nothing to say, with the reason.

    Of rungs due at once the sweep keeps the most severe; those of several sweeps meet here when nothing could be
    sent in between. An assignment that was withdrawn and restored meanwhile is told once.
    """
    reminders = [item for item in items if item.kind in REMINDERS]
    highest: dict[int, NoticeFacts] = {}
    for item in sorted(reminders, key=lambda item: item.weight):
        highest[item.assignment_id] = item
    lower = {item.notice_id: "higher rung told" for item in reminders if item is not highest[item.assignment_id]}
    assigned = [item for item in items if item.kind is NoticeKind.ASSIGNED]
    last = {item.assignment_id: item.notice_id for item in assigned}
    twice = {item.notice_id: LATER_DEED for item in assigned if item.notice_id != last[item.assignment_id]}
    return lower | twice
