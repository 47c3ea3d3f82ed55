"""The courier: group → claim → check again → render → send → record, until nothing is due.

No network call happens inside a transaction. A crash between sending and recording means one more send of the same
message with the same key after its lease; a crash anywhere else loses nothing.
"""

import logging
import random
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.exc import DBAPIError

from config import clock
from config.catalogue.plan import Plan
from config.clock import local_date
from models.delivery import leases
from models.delivery.fallback import start_fallbacks
from models.delivery.grouping import group_some
from models.delivery.recorded import record_deliveries
from models.delivery.webhooks.events import queue_events
from models.delivery.windows import DeliveryWindow, defer_to_window
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.clock_check import ClockWrong
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from models.work.directives import samples_in_force
from notifications.channels.connections import Connections
from notifications.channels.rate_limits import RateLimits
from notifications.courier.round import Round, RoundClock
from notifications.courier.warnings import warn_of_clock, warn_of_server

log = logging.getLogger("dondoc.courier")

ROUND_EVERY_S = 20.0
"""Rest between two rounds: what an office or coordinator does is told to those it concerns within a minute."""


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
    as_of: datetime | None = None,
    jitter: Callable[[], float] = random.random,
    stop: threading.Event | None = None,
    gathers: bool = False,
) -> DeliveryCounts:
    """Send everything that may be sent at ``now``; in quiet hours and on days off only what is «hỏa tốc».

    as_of    the day that is replayed, if one is: only what was written by then is put into letters, worded as of then;
             they leave, and are on record, at ``now``
    gathers  whether what the runs of a moment say waits for each other, to go in one letter
    stop     when it is set meanwhile, what is in flight is finished and nothing else begun
    """
    round_clock, stop = RoundClock(now, as_of), stop or threading.Event()
    with Connections(RateLimits(store.settings.provider_rate, store.settings.recipient_rate)) as connections:
        counts, more = _run_round(store, round_clock, jitter, connections, stop, gathers)
        while more and not stop.is_set():
            connections.limits.forget_failures()
            round_clock = round_clock.restarted()
            later, more = _run_round(store, round_clock, jitter, connections, stop, gathers)
            counts = counts.and_then(later)
    record_deliveries(store.engine, now=now)
    return counts


def run_forever(
    store: Callable[[], Store],
    stop: threading.Event,
    *,
    clock: Callable[[], datetime] = clock.now,
    every_s: float = ROUND_EVERY_S,
) -> None:
    """Deliver again and again until told to stop; between two rounds, and while the database is away, it rests.

    store  called before every round, since its contacts may have been edited
    """
    is_clock_wrong = False
    while not stop.is_set():
        try:
            try:
                current = store()
                # A command in a shell that knows other senders has mirrored those when it wrote.
                mirror_configuration(current.engine, current.plan, current.contacts)
                counts = deliver(current, now=clock(), stop=stop, gathers=True)
            except ClockWrong as fault:
                if not is_clock_wrong:
                    log.error("%s", fault.en)
                    warn_of_clock(current, fault)
                is_clock_wrong, counts = True, DeliveryCounts()
            else:
                is_clock_wrong = False
        except (DatabaseUnreachable, DBAPIError) as fault:
            log.warning("the database does not answer, trying again in %s s: %s", every_s, type(fault).__name__)
        else:
            if counts.sent or counts.failed or counts.retrying:
                log.info("sent %(sent)d, retrying %(retrying)d, given up %(failed)d", counts.as_json())
        stop.wait(every_s)


def _run_round(
    store: Store,
    round_clock: RoundClock,
    jitter: Callable[[], float],
    connections: Connections,
    stop: threading.Event,
    gathers: bool,
) -> tuple[DeliveryCounts, bool]:
    """Run one round; returns what it did, and whether another should follow at once."""
    now = round_clock.start
    window = DeliveryWindow(store.contacts, store.calendar, now, gathers=gathers, as_of=round_clock.as_of)
    given_up, apart = make_ready(store, window)
    _queue_all_events(store, now)

    def make_more() -> int:
        return group_some(store.engine, now=now, allowed=window.allowed(), apart=apart)

    round_ = Round(store, round_clock, jitter, connections, stop, make_more)
    round_.counts["failed"] += given_up
    round_.run()
    for server, (channel, reason) in round_.server_faults.items():
        warn_of_server(store, server, channel, reason, now=round_clock.now())
    # Over the next channel at once; each time fewer channels are left.
    fallbacks = start_all_fallbacks(store, round_clock.now())
    with reading_session(store.engine) as session:
        waiting = leases.waiting_count(session)
    return DeliveryCounts(**round_.counts, waiting=waiting), round_.is_cut_short or bool(fallbacks)


def make_ready(store: Store, window: DeliveryWindow) -> tuple[int, list[list[str]]]:
    """Put in order what waits: returns how many messages are given up, and the priorities that share letters."""
    now = window.now
    with session_scope(store.engine) as session:
        leases.readdress_to_successors(session, _successors(store.plan, local_date(now)), now=now)
        defer_to_window(session, window)
        given_up = leases.give_up_expired(session, now=now)
        return given_up, letters_apart(store.plan, samples_in_force(session), local_date(now))


def _queue_all_events(store: Store, now: datetime) -> None:
    """Put what happened since into messages to programs; letters go out whatever goes wrong with it."""
    try:
        while queue_events(store.engine, store.actor_context(now=now, actor="courier")):
            pass
    except DatabaseUnreachable as fault:
        log.warning("programs were told nothing this time: %s", type(fault).__name__)
    except Exception as fault:
        log.exception("programs were told nothing this time: %s", type(fault).__name__)


def start_all_fallbacks(store: Store, now: datetime) -> int:
    """Start what follows for all that was given up; returns how many notices and letters wait to be sent for it."""
    waiting, more = 0, True
    while more:
        with session_scope(store.engine) as session:
            fallbacks = start_fallbacks(session, store.contacts, store.actor_context(now=now, actor="courier"))
        waiting += fallbacks.waiting
        more = fallbacks.more
    return waiting


def letters_apart(plan: Plan, samples: Collection[str], today: date) -> list[list[str]]:
    """The priorities that share letters, where not all do: those of one coordinator, who signs, and gets the answers;
    what is a sample stays apart from what is real."""
    sets: dict[tuple[str, bool], list[str]] = {}
    for directive in plan.directives:
        key = plan.coordinator_on(directive, today).code, directive.code in samples
        sets.setdefault(key, []).extend(priority.code for priority in plan.priorities_of(directive.code))
    return list(sets.values()) if len(sets) > 1 else []


def _successors(plan: Plan, today: date) -> dict[str, str]:
    """Who answers today for each office that has ended."""
    answering = {office.code: plan.current_office(office.code, today) for office in plan.offices}
    return {office: successor for office, successor in answering.items() if office != successor}
