"""One round of delivery: claim messages, prepare them, hand them to the senders, record what comes back.

One thread talks to the database, many messages at a time; several talk to the services. How many sends a crash can
repeat is bounded: a sender waits before it begins another while ``UNRECORDED_PER_SENDER`` results for each of them are
not written down.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from config.clock import local_date
from models.delivery import leases
from models.delivery.facts import last_written
from models.delivery.leases import ClaimedMessage
from models.keeping.opening import Store
from models.store.clock_check import ClockWrong
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from notifications.channels.connections import Connections, SendContext
from notifications.channels.mailbox import put_in_mailbox
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.sending import send
from notifications.channels.webhook.posting import post_events
from notifications.courier.composing import AddressedMessage, Draft, Prepared, Writer, composing_failure, prepare
from notifications.courier.recording import Recorder, SendResult

log = logging.getLogger("dondoc.courier")

BATCH = 50
"""Messages claimed at once: enough that statements do not count, few enough that the first does not wait for the last.
"""

GATHER_S = 0.03
"""Results wait this long for others to be written down together with."""

UNRECORDED_PER_SENDER = 2

FRESH_FOR = timedelta(seconds=10)
"""A message that waited longer for a sender is prepared again under a new lease; the longest send still ends in it."""

POISON_CANDIDATES_FOR_S = 30.0
"""A round tries poison candidates, one by one, for this long; then all others have their turn."""

ROUND_FOR_S = 60.0
"""A round ends after this, and the next begins: with what is «hỏa tốc» and came meanwhile, or with quiet hours."""


ALARM_AFTER_ATTEMPTS = 6
"""A server that cannot be reached is told of after so many attempts at one message: about an hour."""


@dataclass(frozen=True)
class RoundClock:
    """The time in a round.

    start  when it began
    as_of  the moment of the day that is replayed, by which it words what was written on that day; None for none
    """

    start: datetime
    as_of: datetime | None
    _started_s: float = field(default_factory=time.monotonic)

    def elapsed_s(self) -> float:
        return time.monotonic() - self._started_s

    def now(self) -> datetime:
        """``start`` and what has passed since."""
        return self.start + timedelta(seconds=self.elapsed_s())

    def words_for(self, written: datetime | None) -> datetime:
        """The moment by which a message is worded whose newest notice was written then."""
        is_replayed = self.as_of and written and local_date(written) == local_date(self.as_of)
        return self.as_of if self.as_of and is_replayed else self.start

    def restarted(self) -> "RoundClock":
        return RoundClock(self.now(), self.as_of)


class Round:
    """One round of one courier. Only the thread that runs it touches the database."""

    def __init__(
        self,
        store: Store,
        clock: RoundClock,
        jitter: Callable[[], float],
        connections: Connections,
        stop: threading.Event,
        make_more: Callable[[], int],
    ) -> None:
        """``make_more`` puts waiting notices of some offices into messages; returns how many it made."""
        self.is_cut_short = False
        """Whether it ended after ``ROUND_FOR_S`` with more to send."""
        self.server_faults: dict[str, tuple[str, str]] = {}
        """Servers that took nothing, whatever it was: over which channel, and why."""
        self.counts = dict.fromkeys(("sent", "failed", "retrying", "cancelled"), 0)
        self._store, self._clock, self._connections, self._stop = store, clock, connections, stop
        self._make_more = make_more
        self._writer = Writer(store, clock.start)
        self._recorder = Recorder(store, jitter, stop)
        self._senders = store.settings.senders
        self._pool = ThreadPoolExecutor(self._senders, thread_name_prefix="sender")
        self._results: queue.SimpleQueue[SendResult] = queue.SimpleQueue()
        self._may_send = threading.Semaphore(UNRECORDED_PER_SENDER * self._senders)
        self._ended = threading.Event()
        self._rests = False
        """Whether the clock went wrong meanwhile: what is being sent is finished, and nothing else is begun."""
        self._in_flight = 0

    def run(self) -> None:
        """Send all that is due; first, one by one and with nothing else in flight, what may kill the process."""
        try:
            self._made_more()  # what is «hỏa tốc» comes first
            while self._clock.elapsed_s() < POISON_CANDIDATES_FOR_S and self._claim(1, poison_candidates=True):
                self._finish()
            while self._claim(BATCH) or self._made_more():
                self.is_cut_short = self._clock.elapsed_s() > ROUND_FOR_S
                if self.is_cut_short:
                    break
                while self._in_flight > BATCH // 2:
                    self._record_results()
            self._finish()
        except ClockWrong:
            # What is in flight is written down as of a moment that was right; what was not begun is released.
            self._rests = True
            self._finish()
            raise
        except (DatabaseUnreachable, DBAPIError):
            # It went away while we claimed more: what is in flight is written down as soon as it is back.
            if not self._recorder.has_given_up:
                self._finish()
            raise
        except BaseException as told_to_end:
            # By Ctrl-C, or by a signal that Prefect makes an exception of: what is in flight will arrive, and should
            # not arrive twice.
            if not isinstance(told_to_end, Exception):
                self._stop.set()
                self._finish()
            raise
        finally:
            self._ended.set()
            for _ in range(self._senders):
                self._may_send.release()
            self._pool.shutdown(cancel_futures=True)

    def _finish(self) -> None:
        while self._in_flight:
            self._record_results()

    def _made_more(self) -> bool:
        """Make messages only when those there are have been claimed, so that the first leaves at once."""
        return not self._stop.is_set() and self._make_more() > 0

    # --- claiming --------------------------------------------------------------------------------------------

    def _claim(self, limit: int, *, poison_candidates: bool = False) -> bool:
        """Claim messages and hand them to the senders; returns whether there were any."""
        if self._stop.is_set():
            return False
        # In a transaction of its own, so that the try is counted whatever happens next.
        with session_scope(self._store.engine) as session:
            claimed = leases.claim(
                session,
                now=self._clock.start,
                lease_from=self._clock.now(),
                limit=limit,
                poison_candidates=poison_candidates,
            )
        self._prepare_and_send(claimed)
        return bool(claimed)

    def _prepare_and_send(self, messages: Sequence[ClaimedMessage]) -> None:
        fresh_until = time.monotonic() + FRESH_FOR.total_seconds()
        left = {message.id: message for message in messages}
        try:
            for prepared in self._prepare(messages):
                self.counts["cancelled"] += prepared.cancelled
                for message, _ in prepared.failed:
                    del left[message.id]
                self._record([SendResult(message, outcome) for message, outcome in prepared.failed])
                for draft in prepared.drafts:
                    del left[draft.message.id]
                    self._in_flight += 1
                    self._pool.submit(self._send, draft, fresh_until)
        except ClockWrong:
            with session_scope(self._store.engine, by_clock=False) as session:
                leases.release(session, left.values())
            raise

    def _prepare(self, messages: Sequence[ClaimedMessage]) -> Iterator[Prepared]:
        written: Mapping[int, datetime] = {}
        if self._clock.as_of:
            with reading_session(self._store.engine) as session:
                written = last_written(session, [message.id for message in messages])
        by_moment: dict[datetime, list[ClaimedMessage]] = {}
        for message in messages:
            by_moment.setdefault(self._clock.words_for(written.get(message.id)), []).append(message)
        for moment, its in by_moment.items():
            yield from prepare(self._store, its, now=moment)

    # --- in the senders' threads -----------------------------------------------------------------------------

    def _send(self, draft: Draft, fresh_until: float) -> None:
        message = draft.message
        self._may_send.acquire()
        if self._ended.is_set():
            return
        if self._stop.is_set() or self._rests or time.monotonic() > fresh_until:
            self._may_send.release()
            self._results.put(SendResult(message))
            return
        rendered = None
        try:
            letter = self._writer.write(draft)
            rendered = letter.rendered
        except Exception as fault:
            outcome = composing_failure(message, fault)
        else:
            outcome = self._hand_over(letter)
            if outcome.server and (outcome.needs_mending or message.attempts >= ALARM_AFTER_ATTEMPTS):
                self.server_faults.setdefault(outcome.server, (letter.address.channel, outcome.reason))
            if draft.is_warning and outcome.result not in (Result.SENT, Result.AMBIGUOUS):
                self._keep_in_mailbox(letter)
        self._results.put(SendResult(message, outcome, rendered, is_unrecorded=True))

    def _keep_in_mailbox(self, letter: AddressedMessage) -> None:
        """A warning that has not arrived lies at least in the local mailbox; the next try replaces its file there."""
        outgoing = replace(letter.outgoing, is_first_try=False)
        context = SendContext(self._store.settings.mailbox_dir, self._connections, self._clock.now())
        put_in_mailbox(letter.address, outgoing, context)

    def _hand_over(self, letter: AddressedMessage) -> Outcome:
        mailbox, now = self._store.settings.mailbox_dir, self._clock.now()
        try:
            if letter.hook is not None:
                inside = self._store.settings.webhook_hosts
                return post_events(letter.hook, letter.outgoing, inside=inside, connections=self._connections)
            return send(letter.address, letter.outgoing, mailbox=mailbox, now=now, connections=self._connections)
        except Exception as fault:
            # Its kind and no more: a library's message may hold the address, and with it a secret.
            kind = type(fault).__name__
            log.error("message %s could not be sent: %s", letter.outgoing.key, kind)
            return Outcome(Result.AMBIGUOUS, f"Lỗi khi gửi ({kind}), chưa rõ đã nhận hay chưa.")

    # --- recording -------------------------------------------------------------------------------------------

    def _record_results(self) -> None:
        """Wait for results, gather those that come close together, and write them down in one transaction."""
        results = [self._results.get()]
        until = time.monotonic() + GATHER_S
        while len(results) < self._in_flight:
            # Once every sender may have ended one, only what is there already.
            wait_s = until - time.monotonic() if len(results) < self._senders else 0.0
            try:
                results.append(self._results.get(timeout=max(0.0, wait_s)))
            except queue.Empty:
                break
        self._in_flight -= len(results)
        self._record(results)
        for result in results:
            if result.is_unrecorded:
                self._may_send.release()
        self._retry([result.message for result in results if result.outcome is None])

    def _record(self, results: Sequence[SendResult]) -> None:
        for name in self._recorder.record(results, now=self._clock.now()):
            self.counts[name] += 1

    def _retry(self, untried: Sequence[ClaimedMessage]) -> None:
        """Release messages that were not tried when we stop or rest; prepare them again when they waited long."""
        if not untried:
            return
        with session_scope(self._store.engine, by_clock=False) as session:
            if self._stop.is_set() or self._rests:
                leases.release(session, untried)
                return
            ours = [message for message in untried if leases.renew_lease(session, message, now=self._clock.now())]
        self._prepare_and_send(ours)
