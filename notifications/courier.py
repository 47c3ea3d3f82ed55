"""The courier: group → claim → check again → render → send → record, until nothing is due.

No network call happens inside a transaction. A crash between sending and recording means one more send of the same
message with the same key after its lease; a crash anywhere else loses nothing.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from config import clock
from config.catalogue import Plan
from config.clock import local_date
from config.contacts import LOCAL_MAILBOX, Address
from config.errors import Refused
from models import delivery
from models.database import session_scope
from models.doors import doors
from models.errors import DatabaseUnreachable
from models.fallback import take_up_given_up
from models.items import items_of, no_longer_applies, said_by_a_higher_rung
from models.office import Desk
from models.outbox import Message
from models.speaking import Speaking, hold_back
from models.store import Store
from notifications.channels import send
from notifications.outgoing import Outcome, Outgoing, Result
from notifications.render import Audience, Digest, render

log = logging.getLogger("dondoc.courier")

ROUND_EVERY_S = 20.0
"""Rest between two rounds: what an office or coordinator does is told to those it concerns within a minute."""


@dataclass(frozen=True)
class Delivered:
    """What one round of delivery did, in messages; ``cancelled`` counts notices that no longer applied."""

    sent: int = 0
    failed: int = 0
    retrying: int = 0
    cancelled: int = 0
    waiting: int = 0

    def and_then(self, later: "Delivered") -> "Delivered":
        """Both rounds together."""
        counts = {key: count + getattr(later, key) for key, count in self.as_json().items()}
        return Delivered(**counts | {"waiting": later.waiting})

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def deliver(store: Store, *, now: datetime, jitter: Callable[[], float] = random.random) -> Delivered:
    """Send everything that may be sent at ``now``; in quiet hours and on days off only what is «hỏa tốc»."""
    speaking = Speaking(store.contacts, store.calendar, now)
    began = time.monotonic()
    counts = dict.fromkeys(("sent", "failed", "retrying", "cancelled"), 0)
    with session_scope(store.engine) as session:
        delivery.pass_on_from_ended(session, _successors(store.plan, local_date(now)), now=now)
        hold_back(session, speaking)
        delivery.group_waiting(session, now=now, sayable=speaking.sayable)
        counts["failed"] += delivery.give_up_on_silent(session, now=now)
    while True:
        elapsed = timedelta(seconds=time.monotonic() - began)
        # By itself, so that the try is counted whatever happens next.
        with session_scope(store.engine) as session:
            message = delivery.claim(session, now=now, elapsed=elapsed)
        if message is None:
            break
        ready = _ready(store, message, now)
        if isinstance(ready, _Nothing):
            counts["cancelled"] += ready.cancelled
            continue
        if isinstance(ready, Outcome):
            outcome = ready
        else:
            counts["cancelled"] += ready.cancelled
            outcome = send(ready.address, ready.outgoing, mailbox=store.settings.mailbox_dir, now=now)
        counts[_record(store, message, outcome, now, jitter())] += 1
    with session_scope(store.engine) as session:
        passed_on = take_up_given_up(session, store.contacts, store.acting(now=now, actor="courier"))
        waiting = delivery.waiting_count(session)
    done = Delivered(**counts, waiting=waiting)
    # Over the next channel in the same round; every such round has fewer channels left.
    return done.and_then(deliver(store, now=now, jitter=jitter)) if passed_on else done


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
            done = deliver(store(), now=clock())
        except (DatabaseUnreachable, DBAPIError) as fault:
            log.warning("the database does not answer, trying again in %s s: %s", every_s, type(fault).__name__)
        else:
            if done.sent or done.failed or done.retrying:
                log.info("sent %(sent)d, retrying %(retrying)d, given up %(failed)d", done.as_json())
        stop.wait(every_s)


@dataclass(frozen=True)
class _Ready:
    """A message in words, and where it goes."""

    address: Address
    outgoing: Outgoing
    cancelled: int


@dataclass(frozen=True)
class _Nothing:
    """Nothing in the message applies any more."""

    cancelled: int


def _successors(plan: Plan, today: date) -> dict[str, str]:
    """Who answers today for each office that has ended."""
    answering = {office.code: plan.current_office(office.code, today) for office in plan.offices}
    return {office: successor for office, successor in answering.items() if office != successor}


def _ready(store: Store, message: Message, now: datetime) -> _Ready | _Nothing | Outcome:
    """A claimed message in words, or the failure to find them: one message must not hold up all others."""
    try:
        with session_scope(store.engine) as session:
            return _prepare(store, session, message, now)
    except (DatabaseUnreachable, DBAPIError):
        raise
    except Refused as refused:  # the plan no longer knows the office or the work
        return Outcome(Result.TEMPORARY, f"Không soạn được nội dung: {refused}")
    except Exception as fault:
        log.exception("message %s cannot be put into words", message.message_key)
        return Outcome(Result.TEMPORARY, f"Không soạn được nội dung ({type(fault).__name__}); xem nhật ký.")


def _prepare(store: Store, session: Session, message: Message, now: datetime) -> _Ready | _Nothing:
    """The words of a claimed message, with what no longer applies cancelled."""
    assert message.id is not None
    items = items_of(session, message.id, today=local_date(now))
    outdated: dict[int, str] = {}
    for item in items:
        answers = store.plan.current_office(item.office, local_date(now))
        if (reason := no_longer_applies(item, now, answers=answers)) is not None:
            outdated[item.notice_id] = reason
    outdated |= said_by_a_higher_rung([item for item in items if item.notice_id not in outdated])
    delivery.cancel(session, outdated)
    current = [item for item in items if item.notice_id not in outdated]
    if not current:
        delivery.close_empty(session, message.id)
        return _Nothing(len(outdated))
    address = store.contacts.over(message.office, message.desk, message.channel)
    sample = delivery.sample_in_force(session)
    if sample:  # what never happened is told to nobody but the local mailbox
        address = Address(LOCAL_MAILBOX, address.language)
    office = store.plan.office(message.office)
    audience = Audience(
        office_name=office.name_vi if address.language == "vi" else office.name_en,
        desk=message.desk,
        language=address.language,
        sample=sample,
        link=_links(store, message, now),
        link_days=store.settings.link_days,
    )
    digest = render(current, audience, plan=store.plan, calendar=store.calendar, now=now)
    words = {"subject": digest.subject, "text": digest.text, "html": digest.html}
    delivery.keep_text(session, message.id, channel=address.channel, **words)
    return _Ready(address, _outgoing(message, audience, digest), len(outdated))


def _links(store: Store, message: Message, now: datetime) -> Callable[[str], str]:
    """Offices get signed links that open their own door; coordinators sign in."""
    if message.desk is Desk.COORDINATOR:
        return lambda path: f"{store.settings.portal_url}{path}"
    own = doors(store.settings)
    return lambda path: own.link(message.office, now=now, to="" if path == "/work" else path)


def _outgoing(message: Message, audience: Audience, digest: Digest) -> Outgoing:
    return Outgoing(
        key=message.message_key,
        recipient_name=audience.office_name,
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
        short=digest.short,
        is_first_try=message.attempts == 1,
    )


def _record(store: Store, message: Message, outcome: Outcome, now: datetime, jitter: float) -> str:
    """Write down what is known of a try, at once; gives the name of the count it belongs to."""
    assert message.id is not None
    with session_scope(store.engine) as session:
        if outcome.result is Result.SENT:
            delivery.record_sent(session, message.id, now=now)
            return "sent"
        final = delivery.record_failure(
            session,
            message.id,
            message.attempts,
            now=now,
            reason=outcome.reason,
            final=outcome.result is Result.PERMANENT,
            jitter=jitter,
        )
        return "failed" if final else "retrying"
