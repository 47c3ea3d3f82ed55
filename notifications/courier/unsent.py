"""The courier of a rehearsal: everything that ``deliver`` does, but nothing is put into words or handed to anybody.

Of letters it is on record when they would have left; programs are told nothing.
"""

import random
import threading
from datetime import datetime

from sqlmodel import select

from config.contacts.web_addresses import WEBHOOK
from models.delivery import leases
from models.delivery.grouping import WAITING, group_waiting
from models.delivery.windows import DeliveryWindow
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.outbox import Message, Notice
from notifications.channels.outgoing import Outcome, Result
from notifications.courier.composing import prepare
from notifications.courier.courier import DeliveryCounts, make_ready, start_all_fallbacks
from notifications.courier.recording import Recorder, SendResult
from notifications.courier.round import RoundClock

_BATCH = 10_000
"""Messages claimed at once: none of them waits for another."""


def deliver_to_nobody(store: Store, now: datetime) -> DeliveryCounts:
    """Count everything that may be sent at ``now`` as sent."""
    window = DeliveryWindow(store.contacts, store.calendar, now)
    recorder = Recorder(store, random.random, threading.Event())
    counts = dict.fromkeys(("sent", "failed", "retrying", "cancelled"), 0)
    more = _is_anything_waiting(store)
    while more:
        given_up, apart = make_ready(store, window, RoundClock(now, now))
        counts["failed"] += given_up
        with session_scope(store.engine) as session:
            group_waiting(session, now=now, allowed=window.allowed(), apart=apart)
            claimed = leases.claim(session, now=now, limit=_BATCH)
            leases.mark_empty(session, [each.id for each in claimed if each.channel == WEBHOOK])
        letters = [each for each in claimed if each.channel != WEBHOOK]
        for prepared in prepare(store, letters, now=now, for_words=False) if letters else ():
            counts["cancelled"] += prepared.cancelled
            results = [SendResult(draft.message, Outcome(Result.SENT)) for draft in prepared.drafts]
            results += [SendResult(message, outcome) for message, outcome in prepared.failed]
            for name in recorder.record(results, now=now):
                counts[name] += 1
        more = len(claimed) == _BATCH or start_all_fallbacks(store, now) > 0
    return DeliveryCounts(**counts)


def _is_anything_waiting(store: Store) -> bool:
    notices, messages = select(Notice.id).where(WAITING), select(Message.id).where(leases.in_the_queue())
    with reading_session(store.engine) as session:
        return any(session.exec(each.limit(1)).first() is not None for each in (messages, notices))
