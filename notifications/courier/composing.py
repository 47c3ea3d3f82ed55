"""What claimed messages have to say, looked at just before they leave, and how it is put into words.

``look`` needs the database and takes many messages at once; ``Writer`` needs none and works beside the sending.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from config.clock import local_date
from config.contacts.contacts import LOCAL_MAILBOX, Address
from config.contacts.desks import Desk
from config.errors import Refused
from models.access.office_links import office_links
from models.delivery import leases
from models.delivery.facts import NoticeFacts, load_facts, no_longer_applies, said_by_a_higher_rung
from models.delivery.leases import ClaimedMessage, RenderedMessage
from models.delivery.letters import letter_contents
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.store.errors import DatabaseUnreachable
from models.work.directives import samples_in_force
from notifications.channels.outgoing import Outcome, Outgoing, Result
from notifications.words.render import Audience, Digest, render

log = logging.getLogger("dondoc.courier")

NOTICES_AT_ONCE = 1000
"""So many are read together, whatever the number of messages, so that a batch of long digests takes no more memory."""


@dataclass(frozen=True)
class Draft:
    """What a message has to say. ``sample`` holds when all of it is invented; ``own`` are the words of a letter."""

    message: ClaimedMessage
    items: list[NoticeFacts]
    sample: bool
    own: RenderedMessage | None = None


@dataclass
class Prepared:
    """What came of looking at messages: those with something to say, those that nothing could be found out about."""

    drafts: list[Draft] = field(default_factory=list)
    failed: list[tuple[ClaimedMessage, Outcome]] = field(default_factory=list)
    cancelled: int = 0


def look(store: Store, messages: Sequence[ClaimedMessage], *, now: datetime) -> Iterator[Prepared]:
    """Look whether what these messages say still applies, part by part; what does not is cancelled with its reason.

    One message at which this fails does not hold up the others: it comes back with its failure.
    """
    with reading_session(store.engine) as session:
        sizes = leases.notice_counts(session, messages)
    for part in _parts(messages, sizes):
        try:
            yield _look(store, part, now)
        except (DatabaseUnreachable, DBAPIError):
            raise
        except Exception:  # one of them is at fault: each by itself
            for message in part:
                yield _look_alone(store, message, now)


def _parts(messages: Sequence[ClaimedMessage], sizes: dict[int, int]) -> Iterator[list[ClaimedMessage]]:
    part: list[ClaimedMessage] = []
    room = NOTICES_AT_ONCE
    for message in messages:
        size = sizes.get(message.id, 0)
        if part and size > room:
            yield part
            part, room = [], NOTICES_AT_ONCE
        part.append(message)
        room -= size
    if part:
        yield part


def _look_alone(store: Store, message: ClaimedMessage, now: datetime) -> Prepared:
    try:
        return _look(store, [message], now)
    except (DatabaseUnreachable, DBAPIError):
        raise
    except Exception as fault:
        return Prepared(failed=[(message, without_words(message, fault))])


def _look(store: Store, messages: Sequence[ClaimedMessage], now: datetime) -> Prepared:
    with reading_session(store.engine) as session:
        samples = samples_in_force(session)
        items = load_facts(session, [message.id for message in messages], today=local_date(now))
        letters = letter_contents(session, [message.id for message in messages if not items[message.id]])
    looked, outdated, empty = Prepared(), dict[int, str](), set[int]()
    for message in messages:
        gone = _outdated(store, items[message.id], now)
        outdated |= gone
        current = [item for item in items[message.id] if item.notice_id not in gone]
        if current:
            looked.drafts.append(Draft(message, current, any(_directive(store, item) in samples for item in current)))
        elif message.id in letters:
            looked.drafts.append(Draft(message, [], store.plan.main_directive.code in samples, letters[message.id]))
        else:
            empty.add(message.id)
    if outdated or empty:
        with session_scope(store.engine) as session:
            _cancel(session, outdated, empty)
    looked.cancelled = len(outdated)
    return looked


def _directive(store: Store, item: NoticeFacts) -> str:
    return store.plan.directive_of(item.subtask).code


def _cancel(session: Session, outdated: dict[int, str], empty: set[int]) -> None:
    leases.cancel(session, outdated)
    leases.mark_empty(session, empty)


def _outdated(store: Store, items: Sequence[NoticeFacts], now: datetime) -> dict[int, str]:
    """The notices of one message that should not be sent any more, each with its reason."""
    outdated: dict[int, str] = {}
    for item in items:
        answers = store.plan.current_office(item.office, local_date(now))
        if (reason := no_longer_applies(item, now, answers=answers)) is not None:
            outdated[item.notice_id] = reason
    return outdated | said_by_a_higher_rung([item for item in items if item.notice_id not in outdated])


@dataclass(frozen=True)
class Letter:
    """A message in words, and where it goes."""

    address: Address
    outgoing: Outgoing
    words: RenderedMessage


class Writer:
    """Puts drafts into words, as of ``now``; safe to use from several threads."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store, self._now = store, now
        self._links_of: dict[str, Callable[[str], str]] = {}

    def write(self, draft: Draft) -> Letter:
        """Raises ``Refused`` when the plan no longer knows the office or the work."""
        store, message = self._store, draft.message
        address = store.contacts.over(message.office, message.desk, message.channel)
        if draft.sample:  # what never happened is told to nobody but the local mailbox
            address = Address(LOCAL_MAILBOX, address.language)
        office = store.plan.office(message.office)
        audience = Audience(
            office_name=office.name_vi if address.language == "vi" else office.name_en,
            desk=message.desk,
            language=address.language,
            sample=draft.sample,
            link=self._links(message),
            link_days=store.settings.link_days,
        )
        if draft.own is not None:
            own = replace(draft.own, channel=address.channel)
            return Letter(address, _outgoing(message, audience, Digest(own.subject, own.text, own.html, own.text)), own)
        digest = render(draft.items, audience, plan=store.plan, calendar=store.calendar, now=self._now)
        words = RenderedMessage(digest.subject, digest.text, digest.html, address.channel)
        return Letter(address, _outgoing(message, audience, digest), words)

    def _links(self, message: ClaimedMessage) -> Callable[[str], str]:
        """Offices get signed links that open their own door; coordinators sign in."""
        if message.desk is Desk.COORDINATOR:
            return lambda path: f"{self._store.settings.portal_url}{path}"
        links = self._links_of.get(message.office)
        if links is None:
            # The key may lie in a file that cannot be read: a fault of this message, so that others go on.
            own = office_links(self._store.settings)
            links = self._links_of[message.office] = own.links(message.office, now=self._now)
        return lambda path: links("" if path == "/assignments" else path)


def without_words(message: ClaimedMessage, fault: Exception) -> Outcome:
    """The failure of a message that cannot be put into words; it is tried again, since plan or code may be mended."""
    if isinstance(fault, Refused):  # the plan no longer knows the office or the work
        return Outcome(Result.TEMPORARY, f"Không soạn được nội dung: {fault}")
    log.error("message %s cannot be put into words", message.message_key, exc_info=fault)
    return Outcome(Result.TEMPORARY, f"Không soạn được nội dung ({type(fault).__name__}); xem nhật ký.")


def _outgoing(message: ClaimedMessage, audience: Audience, digest: Digest) -> Outgoing:
    return Outgoing(
        key=message.message_key,
        recipient_name=audience.office_name,
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
        short=digest.short,
        is_first_try=message.attempts == 1,
    )
