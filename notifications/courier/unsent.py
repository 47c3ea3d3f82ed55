"""The courier of a rehearsal: everything that ``deliver`` does, but nothing is put into words or handed to anybody.

Of letters it is on record when they would have left; programs are told nothing.
"""

import random
import threading
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, and_, case, col, func, select

from config.clock import local_date
from config.contacts.web_addresses import WEBHOOK
from models.alerts.silences import silences
from models.delivery import leases
from models.delivery.grouping import WAITING, group_waiting
from models.delivery.leases import ClaimedMessage
from models.delivery.windows import DeliveryWindow
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from notifications.channels.outgoing import Outcome, Result
from notifications.courier.composing import prepare
from notifications.courier.courier import DeliveryCounts, make_ready, start_all_fallbacks
from notifications.courier.recording import Recorder, SendResult

_BATCH = 10_000
"""Messages claimed at once: none of them waits for another."""


def deliver_to_nobody(store: Store, now: datetime, *, just_run: str = "") -> DeliveryCounts:
    """Count everything that may be sent at ``now`` as sent.

    just_run  the run key of a sweep at ``now`` itself, since when nothing can have changed
    """
    window = DeliveryWindow(store.contacts, store.calendar, now)
    recorder = Recorder(store, random.random, threading.Event())
    counts = dict.fromkeys(("sent", "failed", "retrying", "cancelled"), 0)
    more = _is_anything_waiting(store)
    while more:
        given_up, apart = make_ready(store, window)
        counts["failed"] += given_up
        with session_scope(store.engine) as session:
            group_waiting(session, now=now, allowed=window.allowed(), apart=apart)
            claimed = leases.claim(session, now=now, limit=_BATCH)
            leases.mark_empty(session, [each.id for each in claimed if each.channel == WEBHOOK])
            certain = _just_overdue(session, claimed, just_run, local_date(now)) if just_run else set()
        results = [SendResult(each, Outcome(Result.SENT)) for each in claimed if each.id in certain]
        letters = [each for each in claimed if each.channel != WEBHOOK and each.id not in certain]
        for prepared in prepare(store, letters, now=now, for_words=False) if letters else ():
            counts["cancelled"] += prepared.cancelled
            results += [SendResult(draft.message, Outcome(Result.SENT)) for draft in prepared.drafts]
            results += [SendResult(message, outcome) for message, outcome in prepared.failed]
        for name in recorder.record(results, now=now):
            counts[name] += 1
        more = len(claimed) == _BATCH or start_all_fallbacks(store, now) > 0
    return DeliveryCounts(**counts)


def _just_overdue(session: Session, claimed: Sequence[ClaimedMessage], run_key: str, today: date) -> set[int]:
    """Of these messages those that hold nothing but what the run has found overdue, each assignment once.

    All of it still applies, by the conditions of the sweep itself, where nothing is silenced; and they are nearly all
    letters of months in which nobody answers.
    """
    if silences(session, today):
        return set()
    number, assignment = col(Notice.message_id), col(Notice.assignment_id)
    others = func.sum(case((and_(Notice.kind == NoticeKind.OVERDUE, Notice.run_key == run_key), 0), else_=1))
    query = select(number).where(number.in_([each.id for each in claimed]), Notice.state == NoticeState.PENDING)
    query = query.group_by(number).having(others == 0, func.count() == func.count(assignment.distinct()))
    return {found for found in session.exec(query) if found is not None}


def _is_anything_waiting(store: Store) -> bool:
    notices, messages = select(Notice.id).where(WAITING), select(Message.id).where(leases.in_the_queue())
    with reading_session(store.engine) as session:
        return any(session.exec(each.limit(1)).first() is not None for each in (messages, notices))
