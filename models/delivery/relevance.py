"""Whether a notice still has something to say just before it is sent, and the reason why not."""

from collections.abc import Sequence
from datetime import datetime

from config.contacts.desks import Desk
from models.alerts.notices import HANDED_OVER
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import REMINDERS, WAITING_FOR_OFFICE, NoticeKind, State


def no_longer_applies(notice: NoticeFacts, now: datetime, *, responsible: str) -> str | None:
    """Why a notice should not be sent any more, or None; checked just before sending.

    responsible  the office that answers for the work today: its own, or the successor of one that has ended
    """
    if notice.kind is NoticeKind.UNDELIVERABLE:
        return "sent meanwhile" if notice.decided else None
    if notice.state is State.WITHDRAWN and notice.kind is not NoticeKind.WITHDRAWN:
        return "withdrawn"
    to_office = notice.recipient.desk in (Desk.FOCAL, Desk.HEAD)
    if to_office and notice.recipient.office != responsible:
        return HANDED_OVER
    if notice.kind in (NoticeKind.REPORT_RECEIVED, NoticeKind.EXTENSION_REQUESTED) and notice.decided:
        return "decided"
    if notice.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED) and notice.decided:
        return "decided otherwise meanwhile"
    if notice.kind not in REMINDERS:
        return None
    if notice.silenced:
        return "silenced"
    if notice.state is State.SUSPENDED:
        return "suspended"
    if notice.state not in WAITING_FOR_OFFICE:
        return "reported"
    if notice.kind is NoticeKind.NOT_ACKNOWLEDGED and notice.acknowledged_at is not None:
        return "acknowledged"
    if not notice.rung.endswith(f":{notice.due_date.isoformat()}"):
        return "due date extended"
    if notice.kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY) and notice.due_at <= now:
        return "overdue meanwhile"
    return None


def superseded_in_message(notices: Sequence[NoticeFacts]) -> dict[int, str]:
    """The reminders of one message that a more severe one on the same work leaves nothing to say, with the reason.

    Of rungs due at once the sweep keeps the most severe; those of several sweeps meet here when nothing could be
    sent in between.
    """
    reminders = [notice for notice in notices if notice.kind in REMINDERS]
    highest: dict[int, NoticeFacts] = {}
    for notice in sorted(reminders, key=lambda notice: notice.weight):
        highest[notice.assignment_id] = notice
    return {notice.notice_id: "higher rung told" for notice in reminders if notice is not highest[notice.assignment_id]}
