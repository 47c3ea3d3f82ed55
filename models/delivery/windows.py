"""Delivery windows: which notices an office may get at a moment, and attempts deferred to the end of quiet hours.

Quiet hours delay delivery and not evaluation: the sweep writes its notices at any hour, and they are grouped when the
window of their recipient opens. What is «hỏa tốc» goes at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from config.contacts.contacts import Contacts
from config.contacts.web_addresses import WEBHOOK
from config.rules.delivery_window import last_digest, may_deliver, next_digest, opens_at
from config.rules.quiet_hours import Hours
from config.rules.working_time import WorkingCalendar
from models.delivery.leases import in_the_queue
from models.store.columns import written
from models.tables.lifecycle import MessageState, NoticeState, Urgency
from models.tables.outbox import Message, Notice

GATHERED_FOR = timedelta(minutes=10)
"""How long what a run says waits for the others of the same morning or afternoon: five run within minutes."""


@dataclass(frozen=True)
class DeliveryWindow:
    """The delivery windows of offices, seen from one moment.

    gathers  whether what a run says waits ``GATHERED_FOR`` for the other runs of the moment, so that a desk gets one
             letter about all
    as_of    the day that is replayed: what was written later is told by the deliveries of today
    """

    contacts: Contacts
    calendar: WorkingCalendar
    now: datetime
    gathers: bool = False
    as_of: datetime | None = None

    def allowed(self) -> ColumnElement[bool]:
        """Which of the waiting notices may be told now, by the hours of their offices."""
        written_by = true() if self.as_of is None else col(Notice.created_at) <= self.as_of
        alike: dict[Hours, list[str]] = {}
        for office, hours in self.contacts.preferred_hours.items():
            alike.setdefault(hours, []).append(office)
        common = self._allowed_in(Hours(self.contacts.quiet))
        if not alike:
            return and_(common, self._gathered(), written_by)
        has_hours = col(Notice.office).in_(self.contacts.preferred_hours)
        own = (and_(col(Notice.office).in_(offices), self._allowed_in(hours)) for hours, offices in alike.items())
        return and_(or_(and_(~has_hours, common), *own), self._gathered(), written_by)

    def _gathered(self) -> ColumnElement[bool]:
        """What no run wrote, and what waits for a desk of which the first has waited long enough."""
        if not self.gathers:
            return true()
        first = aliased(Notice)
        has_waited = exists().where(
            col(first.state) == written(NoticeState.PENDING),
            col(first.message_id).is_(None),
            *(getattr(first, name) == getattr(Notice, name) for name in ("office", "desk", "channel")),
            col(first.created_at) <= self.now - GATHERED_FOR,
        )
        return or_(col(Notice.urgency) == Urgency.EXPRESS, Notice.run_key == "", has_waited)

    def _allowed_in(self, hours: Hours) -> ColumnElement[bool]:
        express = col(Notice.urgency) == Urgency.EXPRESS
        if not may_deliver(self.now, quiet=hours.quiet, calendar=self.calendar):
            return express
        if hours.digest_at is None:
            return true()
        digest_before = last_digest(self.now, digest_at=hours.digest_at, calendar=self.calendar)
        # A notice that no run wrote answers somebody who is at work right now.
        return or_(express, Notice.run_key == "", Notice.created_at <= digest_before)

    def opens_at(self, office: str | None = None) -> datetime:
        """When the window of an office, or of one with no hours of its own, opens: ``now`` or later."""
        quiet = self.contacts.hours(office).quiet if office else self.contacts.quiet
        return opens_at(self.now, quiet=quiet, calendar=self.calendar)

    def sends_at(self, notice: Notice) -> datetime:
        """From when on a waiting notice may be sent: ``now``, the end of the quiet hours, or the next digest."""
        hours = self.contacts.hours(notice.office)
        if notice.urgency is Urgency.EXPRESS:
            return self.now
        until, digest_at = self.now, hours.digest_at
        # A notice that no run wrote answers somebody who is at work right now.
        if (
            digest_at is not None
            and notice.run_key
            and notice.created_at > last_digest(self.now, digest_at=digest_at, calendar=self.calendar)
        ):
            until = next_digest(max(self.now, notice.created_at), digest_at=digest_at, calendar=self.calendar)
        return opens_at(until, quiet=hours.quiet, calendar=self.calendar)


def defer_to_window(session: Session, window: DeliveryWindow) -> None:
    """Defer attempts that would fall in quiet hours to their end, also those whose lease has expired."""
    # In one order on every courier, so that two of them never wait for each other both ways.
    for office in sorted(set(session.exec(_DUE_OFFICES, params={"now": window.now}))):
        if (until := window.opens_at(office)) > window.now:
            deferred = update(Message).where(_DUE, col(Message.office) == office).values(next_attempt_at=until)
            session.exec(deferred.execution_options(synchronize_session=False), params={"now": window.now})


_DUE = and_(
    # By the index of what waits alone: by the state, or in the order of offices, SQLite would read all messages.
    in_the_queue(),
    Message.next_attempt_at <= bindparam("now"),
    or_(col(Message.state) == written(MessageState.QUEUED), col(Message.lease_until) < bindparam("now")),
    Message.urgency != Urgency.EXPRESS,
    Message.channel != WEBHOOK,  # a program has no quiet hours
)
_DUE_OFFICES = select(Message.office).where(_DUE)
