"""The courier: group → claim → check again → render → send → record, until nothing is due.

One thread talks to the database, many messages at a time; several talk to the services. No network call happens inside
a transaction. A crash between sending and recording means one more send of the same message with the same key after its
lease; a crash anywhere else loses nothing. How many sends a crash can repeat is bounded: senders wait before they begin
another while ``UNRECORDED_PER_SENDER`` results for each of them are not written down.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from config import clock
from config.catalogue.plan import Plan
from config.clock import local_date
from models.delivery import leases
from models.delivery.fallback import start_fallbacks
from models.delivery.grouping import group_waiting
from models.delivery.leases import ClaimedMessage, RenderedMessage
from models.delivery.windows import DeliveryWindow, defer_to_window
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.store.errors import DatabaseUnreachable
from notifications.channels.connections import Connections
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.pace import Pace
from notifications.channels.sending import send
from notifications.courier.composing import Draft, Letter, Writer, look, without_words
from notifications.courier.timer import Timer

log = logging.getLogger("dondoc.courier")

ROUND_EVERY_S = 20.0
"""Rest between two rounds: what an office or coordinator does is told to those it concerns within a minute."""

BATCH = 50
"""Messages taken at once: enough that statements do not count, few enough that the first does not wait for the last."""

GATHER_S = 0.03
"""So long results wait for others to be written down together with."""

UNRECORDED_PER_SENDER = 2

FRESH_FOR = timedelta(seconds=10)
"""What waited longer behind slow ones is looked at again, under a new lease; the longest send still ends within it."""

POISON_CANDIDATES_FOR_S = 30.0
"""So long a round tries suspects one by one; then all others have their turn."""

ROUND_FOR_S = 60.0
"""A round ends after so long, and the next begins: with what is «hỏa tốc» and came meanwhile, or with quiet hours."""

DATABASE_AWAY_S = 30.0
"""For so long a result that cannot be written down is kept, while the database restarts."""


@dataclass(frozen=True)
class DeliveryCounts:
    """What one round of delivery did, in messages; ``cancelled`` counts notices that no longer applied."""

    sent: int = 0
    failed: int = 0
    retrying: int = 0
    cancelled: int = 0
    waiting: int = 0

    def and_then(self, later: "DeliveryCounts") -> "DeliveryCounts":
        """Both rounds together."""
        counts = {key: count + getattr(later, key) for key, count in self.as_json().items()}
        return DeliveryCounts(**counts | {"waiting": later.waiting})

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def deliver(
    store: Store,
    *,
    now: datetime,
    at: datetime | None = None,
    jitter: Callable[[], float] = random.random,
    stop: threading.Event | None = None,
) -> DeliveryCounts:
    """Send everything that may be sent at ``now``; in quiet hours and on days off only what is «hỏa tốc».

    at    the moment it truly is, where ``now`` may be another; None where it is not
    stop  when it is set meanwhile, what is under way is finished and nothing else begun
    """
    timer, stop = Timer(now, at or now), stop or threading.Event()
    with Connections(Pace(store.settings.provider_rate, store.settings.recipient_rate)) as connections:
        done, more = _deliver_for_a_while(store, timer, jitter, connections, stop)
        while more and not stop.is_set():
            connections.pace.forgive()
            timer = timer.begun_anew()
            later, more = _deliver_for_a_while(store, timer, jitter, connections, stop)
            done = done.and_then(later)
    return done


def _deliver_for_a_while(
    store: Store,
    timer: Timer,
    jitter: Callable[[], float],
    connections: Connections,
    stop: threading.Event,
) -> tuple[DeliveryCounts, bool]:
    """One round; gives what it did, and whether another should follow at once."""
    now = timer.began_at
    speaking = DeliveryWindow(store.contacts, store.calendar, now)
    with session_scope(store.engine) as session:
        leases.readdress_to_successors(session, _successors(store.plan, local_date(now)), now=now)
        defer_to_window(session, speaking)
        group_waiting(session, now=now, allows=speaking.allows, apart=_apart(store.plan))
        given_up = leases.give_up_expired(session, now=now, begun_at=timer.truly_at)
    round_ = Round(store, timer, jitter, connections, stop)
    round_.counts["failed"] += given_up
    round_.run()
    passed_on = _take_up(store, timer.moment())  # over the next channel at once; each time fewer channels are left
    with reading_session(store.engine) as session:
        waiting = leases.waiting_count(session)
    return DeliveryCounts(**round_.counts, waiting=waiting), round_.is_cut_short or bool(passed_on)


def _take_up(store: Store, now: datetime) -> int:
    """See to all that was given up, batch by batch; gives how many notices and letters wait to be sent for that."""
    waiting, more = 0, True
    while more:
        with session_scope(store.engine) as session:
            fallbacks = start_fallbacks(session, store.contacts, store.actor_context(now=now, actor="courier"))
        waiting += fallbacks.waiting
        more = fallbacks.more
    return waiting


def run_forever(
    store: Callable[[], Store],
    stop: threading.Event,
    *,
    clock: Callable[[], datetime] = clock.now,
    every_s: float = ROUND_EVERY_S,
) -> None:
    """Deliver again and again until told to stop; between two rounds, and while the database is away, it rests.

    ``store`` is asked for before every round: its contacts may have been edited.
    """
    while not stop.is_set():
        try:
            done = deliver(store(), now=clock(), stop=stop)
        except (DatabaseUnreachable, DBAPIError) as fault:
            log.warning("the database does not answer, trying again in %s s: %s", every_s, type(fault).__name__)
        else:
            if done.sent or done.failed or done.retrying:
                log.info("sent %(sent)d, retrying %(retrying)d, given up %(failed)d", done.as_json())
        stop.wait(every_s)


def _apart(plan: Plan) -> list[list[str]]:
    """The priorities of each directive, where there are several."""
    if not plan.has_several:
        return []
    return [[priority.code for priority in plan.priorities_of(each.code)] for each in plan.directives]


def _successors(plan: Plan, today: date) -> dict[str, str]:
    """Who answers today for each office that has ended."""
    answering = {office.code: plan.current_office(office.code, today) for office in plan.offices}
    return {office: successor for office, successor in answering.items() if office != successor}


@dataclass(frozen=True)
class SendResult:
    """A message that comes back from a sender; without an outcome it was not tried."""

    message: ClaimedMessage
    outcome: Outcome | None = None
    words: RenderedMessage | None = None
    counted: bool = False
    """Whether it is one of the results that are not yet written down."""


class Round:
    """One round of one courier. Only the thread that runs it touches the database."""

    def __init__(
        self,
        store: Store,
        timer: Timer,
        jitter: Callable[[], float],
        connections: Connections,
        stop: threading.Event,
    ) -> None:
        self.is_cut_short = False
        """Whether it ended for being long, with more to send."""
        self.counts = dict.fromkeys(("sent", "failed", "retrying", "cancelled"), 0)
        self._store, self._timer, self._now, self._jitter = store, timer, timer.began_at, jitter
        self._connections, self._stop = connections, stop
        self._writer = Writer(store, self._now)
        self._senders = store.settings.senders
        self._pool = ThreadPoolExecutor(self._senders, thread_name_prefix="sender")
        self._back: queue.SimpleQueue[SendResult] = queue.SimpleQueue()
        self._may_send = threading.Semaphore(UNRECORDED_PER_SENDER * self._senders)
        self._over = threading.Event()
        self._under_way = 0
        self._in_vain = False
        """Whether we have waited for the database long enough."""

    def run(self) -> None:
        """Send all that is due: first, one by one, what may kill us, with nothing else in our hands."""
        try:
            while self._timer.elapsed_s() < POISON_CANDIDATES_FOR_S and self._take(1, poison_candidates=True):
                self._wait_for_all()
            while self._take(BATCH):
                self.is_cut_short = self._timer.elapsed_s() > ROUND_FOR_S
                if self.is_cut_short:
                    break
                while self._under_way > BATCH // 2:
                    self._record_what_came_back()
            self._wait_for_all()
        except (DatabaseUnreachable, DBAPIError):
            # It went away while we looked for more: what is being sent is written down as soon as it is back.
            if not self._in_vain:
                self._wait_for_all()
            raise
        except BaseException as told:
            # We are told to end, by Ctrl-C or by a signal that Prefect makes an exception of: what is being sent will
            # arrive, and should not arrive again.
            if not isinstance(told, Exception):
                self._stop.set()
                self._wait_for_all()
            raise
        finally:
            self._over.set()
            for _ in range(self._senders):
                self._may_send.release()
            self._pool.shutdown(cancel_futures=True)

    def _wait_for_all(self) -> None:
        while self._under_way:
            self._record_what_came_back()

    # --- taking ----------------------------------------------------------------------------------------------

    def _take(self, limit: int, *, poison_candidates: bool = False) -> bool:
        """Claim messages and hand them to the senders; gives whether there were any."""
        if self._stop.is_set():
            return False
        # By itself, so that the try is counted whatever happens next.
        with session_scope(self._store.engine) as session:
            taken = leases.claim(
                session,
                now=self._now,
                begun_at=self._timer.truly_at,
                lease_from=self._timer.truly(),
                limit=limit,
                poison_candidates=poison_candidates,
            )
        self._look_and_send(taken)
        return bool(taken)

    def _look_and_send(self, messages: Sequence[ClaimedMessage]) -> None:
        fresh_until = time.monotonic() + FRESH_FOR.total_seconds()
        for looked in look(self._store, messages, now=self._now) if messages else ():
            self.counts["cancelled"] += looked.cancelled
            if looked.failed:
                self._record([SendResult(message, outcome) for message, outcome in looked.failed])
            for draft in looked.drafts:
                self._under_way += 1
                self._pool.submit(self._send, draft, fresh_until)

    # --- in the senders' threads -----------------------------------------------------------------------------

    def _send(self, draft: Draft, fresh_until: float) -> None:
        message = draft.message
        self._may_send.acquire()
        if self._over.is_set():
            return
        if self._stop.is_set() or time.monotonic() > fresh_until:
            self._may_send.release()
            self._back.put(SendResult(message))
            return
        words = None
        try:
            letter = self._writer.write(draft)
            words = letter.words
        except Exception as fault:
            outcome = without_words(message, fault)
        else:
            outcome = self._handed_over(letter)
        self._back.put(SendResult(message, outcome, words, counted=True))

    def _handed_over(self, letter: Letter) -> Outcome:
        mailbox = self._store.settings.mailbox_dir
        try:
            moment = self._timer.moment()
            return send(letter.address, letter.outgoing, mailbox=mailbox, now=moment, connections=self._connections)
        except Exception as fault:
            # Its kind and no more: what a library says may hold the address, and with it a secret.
            kind = type(fault).__name__
            log.error("message %s could not be sent: %s", letter.outgoing.key, kind)
            return Outcome(Result.AMBIGUOUS, f"Lỗi khi gửi ({kind}), chưa rõ đã nhận hay chưa.")

    # --- recording -------------------------------------------------------------------------------------------

    def _record_what_came_back(self) -> None:
        """Wait for results, gather those that come close together, and write them down in one transaction."""
        back = [self._back.get()]
        until = time.monotonic() + GATHER_S
        while len(back) < min(self._under_way, self._senders):
            try:
                back.append(self._back.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
        self._under_way -= len(back)
        self._record([each for each in back if each.outcome is not None])
        for each in back:
            if each.counted:
                self._may_send.release()
        self._once_more([each.message for each in back if each.outcome is None])

    def _record(self, back: Sequence[SendResult]) -> None:
        if not back:
            return
        # Decided before, so that trying once more to write them down changes nothing.
        known_at, jitters = self._timer.moment(), [self._jitter() for _ in back]
        counted = self._patiently(lambda session: self._write_down(session, back, known_at, jitters))
        for name in counted:
            self.counts[name] += 1

    def _write_down(
        self, session: Session, back: Sequence[SendResult], known_at: datetime, jitters: Sequence[float]
    ) -> list[str]:
        """Record what became of each; gives the names of the counts they belong to."""
        sent = {each.message.id: each.words for each in back if each.outcome and each.outcome.result is Result.SENT}
        leases.record_sent(
            session, {number: words or RenderedMessage() for number, words in sent.items()}, now=known_at
        )
        counted = ["sent"] * len(sent)
        for each, jitter in zip(back, jitters, strict=True):
            outcome = each.outcome
            if outcome is None or outcome.result is Result.SENT:
                continue
            if outcome.result is Result.NOT_ASKED:
                leases.release(session, [each.message], until=known_at + (outcome.retry_after or timedelta()))
                counted.append("retrying")
                continue
            given_up = leases.record_failure(
                session,
                each.message.id,
                each.message.attempts,
                now=known_at,
                reason=outcome.reason,
                final=outcome.result is Result.PERMANENT,
                jitter=jitter,
                not_before=known_at + outcome.retry_after if outcome.retry_after else None,
                words=each.words,
            )
            counted.append("failed" if given_up else "retrying")
        return counted

    def _patiently(self, deed: Callable[[Session], list[str]]) -> list[str]:
        """Do it in one transaction; while the database is away, what was sent is remembered for a while."""
        until = time.monotonic() + DATABASE_AWAY_S
        while True:
            try:
                with session_scope(self._store.engine) as session:
                    return deed(session)
            except (DatabaseUnreachable, OperationalError, InterfaceError):
                self._in_vain = time.monotonic() > until or self._stop.wait(0.5)
                if self._in_vain:
                    raise

    def _once_more(self, untried: Sequence[ClaimedMessage]) -> None:
        """What was not tried goes back when we are told to stop; what only waited long is looked at anew."""
        if not untried:
            return
        with session_scope(self._store.engine) as session:
            if self._stop.is_set():
                leases.release(session, untried)
                return
            ours = [message for message in untried if leases.renew_lease(session, message, now=self._timer.truly())]
        self._look_and_send(ours)
