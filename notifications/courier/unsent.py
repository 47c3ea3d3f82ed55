"""The courier of a rehearsal: everything that ``deliver`` does, but nothing is put into words or handed to anybody.

Of letters it is on record when they would have left; programs are told nothing.
"""

import random
import threading
from datetime import datetime

from models.delivery import leases
from models.delivery.grouping import group_waiting
from models.delivery.windows import DeliveryWindow
from models.keeping.opening import Store
from models.store.database import session_scope
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
    more = True
    while more:
        given_up, apart = make_ready(store, window, RoundClock(now, now))
        counts["failed"] += given_up
        with session_scope(store.engine) as session:
            made = group_waiting(session, now=now, allowed=window.allowed(), apart=apart)
            claimed = leases.claim(session, now=now, limit=_BATCH)
        for prepared in prepare(store, claimed, now=now, for_words=False) if claimed else ():
            counts["cancelled"] += prepared.cancelled
            results = [SendResult(draft.message, Outcome(Result.SENT)) for draft in prepared.drafts]
            results += [SendResult(message, outcome) for message, outcome in prepared.failed]
            for name in recorder.record(results, now=now):
                counts[name] += 1
        more = bool(made or claimed or start_all_fallbacks(store, now))
    return DeliveryCounts(**counts)
