"""Writing down what became of messages: several results in one transaction, also after the database was away."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from config.contacts.contacts import Contacts
from models.delivery import leases, pauses
from models.delivery.fallback import next_address
from models.delivery.leases import ClaimedMessage, RenderedMessage
from models.keeping.opening import Store
from models.store.database import DatabaseUnreachable, session_scope
from notifications.channels.outgoing import Outcome, Result

DATABASE_AWAY_S = 30.0
"""A result that cannot be written down is kept for this long, while the database restarts."""


@dataclass(frozen=True)
class SendResult:
    """What became of one message; without an outcome it was not tried.

    is_unrecorded  it counts against the results that a sender may have waiting to be written down
    """

    message: ClaimedMessage
    outcome: Outcome | None = None
    rendered: RenderedMessage | None = None
    is_unrecorded: bool = False


class Recorder:
    """Writes results down. Only the thread that runs the round uses it."""

    def __init__(self, store: Store, jitter: Callable[[], float], stop: threading.Event) -> None:
        self._store, self._jitter, self._stop = store, jitter, stop
        self.has_given_up = False
        """Whether it waited for the database for as long as it may."""

    def record(self, results: Sequence[SendResult], *, now: datetime) -> list[str]:
        """Record the results that have an outcome; returns for each the field of ``DeliveryCounts`` it belongs to.

        Waits while the database is away; raises what SQLAlchemy raises when that takes too long.
        """
        tried = [(result, result.outcome) for result in results if result.outcome is not None]
        if not tried:
            return []
        # Drawn before, so that writing once more after a lost connection changes nothing.
        jitters = [self._jitter() for _ in tried]
        waiting_until = time.monotonic() + DATABASE_AWAY_S
        while True:
            try:
                # What has been sent is written down also when the clock is set wrong meanwhile: ``now`` goes on evenly.
                with session_scope(self._store.engine, by_clock=False) as session:
                    return _write(session, tried, jitters, now, self._store.contacts)
            except (DatabaseUnreachable, OperationalError, InterfaceError):
                self.has_given_up = time.monotonic() > waiting_until or self._stop.wait(0.5)
                if self.has_given_up:
                    raise


def _write(
    session: Session,
    tried: Sequence[tuple[SendResult, Outcome]],
    jitters: Sequence[float],
    now: datetime,
    contacts: Contacts,
) -> list[str]:
    sent = {
        result.message.id: result.rendered or RenderedMessage()
        for result, outcome in tried
        if outcome.result is Result.SENT
    }
    notes = {
        result.message.id: outcome.reason
        for result, outcome in tried
        if outcome.result is Result.SENT and outcome.reason
    }
    leases.record_sent(session, sent, now=now, notes=notes)
    counted = ["sent"] * len(sent)
    for (result, outcome), jitter in zip(tried, jitters, strict=True):
        if outcome.result is Result.SENT:
            continue
        if outcome.result is Result.RATE_LIMITED:
            leases.release(session, [result.message], until=now + (outcome.retry_after or timedelta()))
            counted.append("retrying")
            continue
        given_up = leases.record_failure(
            session,
            result.message.id,
            result.message.attempts,
            now=now,
            reason=outcome.reason,
            final=outcome.result is Result.PERMANENT,
            jitter=jitter,
            not_before=_not_before(result.message, outcome, now),
            rendered=result.rendered,
            most=_most_attempts(session, result, outcome, contacts),
        )
        counted.append("failed" if given_up else "retrying")
    return counted


def _not_before(message: ClaimedMessage, outcome: Outcome, now: datetime) -> datetime | None:
    if outcome.mailbox_full:
        return now + pauses.full_mailbox_pause(message.attempts)
    return now + outcome.retry_after if outcome.retry_after else None


def _most_attempts(session: Session, result: SendResult, outcome: Outcome, contacts: Contacts) -> int | None:
    """After how many attempts it is given up: a letter that its server keeps waiting never, unless it can go another
    way."""
    if outcome.server:
        over = (result.rendered and result.rendered.channel) or result.message.channel
        if next_address(session, result.message, contacts, over) is None:
            return None
    return pauses.FULL_MAILBOX_ATTEMPTS if outcome.mailbox_full else leases.MAX_ATTEMPTS
