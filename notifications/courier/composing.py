"""What claimed messages have to say, checked again just before they leave, and how it is put into words.

``prepare`` needs the database and takes many messages at once; ``Writer`` needs none and works beside the sending.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.exc import DBAPIError

from config.clock import local_date
from config.contacts.contacts import Address, with_copies
from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from config.contacts.web_addresses import WEBHOOK
from config.errors import Refused
from config.settings import Language
from models.access.deputies import copies_to
from models.access.office_links import OfficeLinks, office_links
from models.delivery import leases
from models.delivery.facts import NoticeFacts, load_facts
from models.delivery.leases import ClaimedMessage, RenderedMessage
from models.delivery.letters import URGING, is_copy, letter_contents
from models.delivery.message_log import notice_counts
from models.delivery.relevance import no_longer_applies, superseded_in_message
from models.delivery.webhooks.events import hooks_of
from models.delivery.webhooks.registering import secret_of
from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of
from models.store.clock_check import ClockWrong
from models.store.database import DatabaseUnreachable, reading_session, session_scope
from models.tables.lifecycle import NoticeKind
from models.work.directives import samples_in_force
from models.work.lists.desk_list import undated_subtasks
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.webhook.posting import Hook
from notifications.words.render import Audience, Digest, render
from notifications.words.trail_line import with_trail

log = logging.getLogger("dondoc.courier")

MAX_NOTICES_READ = 1000
"""Notices read together, whatever the number of messages, so that a batch of long digests takes no more memory."""


@dataclass(frozen=True)
class Draft:
    """What a message has to say: notices, or a letter with words of its own.

    now        the moment by which it is worded
    is_sample  some of it is invented, so that it goes to the local mailbox alone
    undated    to a coordinator: the subtasks of its directives that wait for a date
    trail      to a coordinator: the end of the audit trail
    copies     who stands in for the desk today, and gets its letters as well
    hook       the program that is told events
    """

    message: ClaimedMessage
    now: datetime
    notices: list[NoticeFacts]
    is_sample: bool
    letter: RenderedMessage | None = None
    undated: tuple[str, ...] = ()
    trail: str = ""
    copies: tuple[str, ...] = ()
    hook: Hook | None = None

    @property
    def is_warning(self) -> bool:
        """Whether it tells the coordinator that the follow-up itself is in trouble."""
        is_letter = self.letter is not None and self.hook is None
        return is_letter or any(each.kind is NoticeKind.UNDELIVERABLE for each in self.notices)


@dataclass
class Prepared:
    """Messages with something to say, messages whose preparing failed, and how many notices were cancelled."""

    drafts: list[Draft] = field(default_factory=list)
    failed: list[tuple[ClaimedMessage, Outcome]] = field(default_factory=list)
    cancelled: int = 0


def prepare(
    store: Store, messages: Sequence[ClaimedMessage], *, now: datetime, for_words: bool = True
) -> Iterator[Prepared]:
    """Check, part by part, what of these messages still applies, and cancel what does not, with its reason.

    for_words  whether the drafts are put into words; without, what only their texts need is not read

    A message at which this fails does not hold up the others: it is among the failed ones.
    """
    with reading_session(store.engine) as session:
        counts = notice_counts(session, [message.id for message in messages])
    for part in _parts(messages, counts):
        yield from _prepare_part(store, part, now, for_words)


def _parts(messages: Sequence[ClaimedMessage], counts: dict[int, int]) -> Iterator[list[ClaimedMessage]]:
    part: list[ClaimedMessage] = []
    room = MAX_NOTICES_READ
    for message in messages:
        size = counts.get(message.id, 0)
        if part and size > room:
            yield part
            part, room = [], MAX_NOTICES_READ
        part.append(message)
        room -= size
    if part:
        yield part


def _prepare_part(store: Store, part: Sequence[ClaimedMessage], now: datetime, for_words: bool) -> Iterator[Prepared]:
    try:
        yield _prepare(store, part, now, for_words)
    except (DatabaseUnreachable, DBAPIError, ClockWrong):
        raise
    except Exception as fault:
        if len(part) == 1:
            yield Prepared(failed=[(part[0], composing_failure(part[0], fault))])
        else:  # one of them is at fault: prepare each by itself
            for message in part:
                yield from _prepare_part(store, [message], now, for_words)


def _prepare(store: Store, messages: Sequence[ClaimedMessage], now: datetime, for_words: bool) -> Prepared:
    with reading_session(store.engine) as session:
        samples = samples_in_force(session)
        numbers = [message.id for message in messages]
        notices = load_facts(session, numbers, today=local_date(now), with_history=for_words)
        to_coordinator = for_words and any(message.desk is Desk.COORDINATOR for message in messages)
        undated = undated_subtasks(session.connection()) if to_coordinator else []
        trail = anchor_of(session.connection(), now).printed if to_coordinator else ""
        copies = copies_to(session, local_date(now))
        letters = letter_contents(session, [message.id for message in messages if not notices[message.id]])
        events = [message.message_key for message in messages if message.channel == WEBHOOK]
        hooks = hooks_of(session, events) if events else {}
    prepared, outdated, empty = Prepared(), dict[int, str](), set[int]()
    for message in messages:
        gone = _outdated(store, notices[message.id], now)
        outdated |= gone
        current = [notice for notice in notices[message.id] if notice.notice_id not in gone]
        its_copies = copies.get((message.office, message.desk), ())
        if current:
            is_sample = bool(samples) and any(
                store.plan.directive_of(notice.subtask).code in samples for notice in current
            )
            waiting = _its_own(store, message, undated, local_date(now))
            its_trail = trail if message.desk is Desk.COORDINATOR else ""
            prepared.drafts.append(
                Draft(message, now, current, is_sample, undated=waiting, trail=its_trail, copies=its_copies)
            )
        elif message.channel == WEBHOOK:
            if (found := hooks.get(message.message_key)) is None:
                empty.add(message.id)
                continue
            hook = Hook(found.url, secret_of(store.settings, found))
            prepared.drafts.append(Draft(message, now, [], False, letters[message.id], hook=hook))
        elif message.id in letters:
            is_real = is_copy(message.message_key) or message.message_key.startswith(URGING)
            is_sample = store.plan.main_directive.code in samples and not is_real
            prepared.drafts.append(Draft(message, now, [], is_sample, letters[message.id], copies=its_copies))
        else:
            empty.add(message.id)
    if outdated or empty:
        with session_scope(store.engine) as session:
            leases.cancel(session, outdated)
            leases.mark_empty(session, empty)
    prepared.cancelled = len(outdated)
    return prepared


def _its_own(store: Store, message: ClaimedMessage, subtasks: Sequence[str], today: date) -> tuple[str, ...]:
    """Of these subtasks, those that the recipient coordinates."""
    if message.desk is not Desk.COORDINATOR:
        return ()
    plan = store.plan
    of_directive = {each.code: plan.coordinator_on(each, today).code for each in plan.directives}
    mine = (code for code in subtasks if of_directive[plan.directive_of(code).code] == message.office)
    return tuple(sorted(mine))


def _outdated(store: Store, notices: Sequence[NoticeFacts], now: datetime) -> dict[int, str]:
    """The notices of one message that should not be sent any more, each with its reason."""
    outdated: dict[int, str] = {}
    for notice in notices:
        parties = notice.parties
        told = parties.named if notice.kind is NoticeKind.INFORMED else (notice.office, *parties.joint)
        responsible = {store.plan.current_office(office, local_date(now)) for office in told}
        if (reason := no_longer_applies(notice, now, responsible=responsible)) is not None:
            outdated[notice.notice_id] = reason
    return outdated | superseded_in_message([notice for notice in notices if notice.notice_id not in outdated])


@dataclass(frozen=True)
class AddressedMessage:
    """A message in words, and where it goes."""

    address: Address
    outgoing: OutgoingMessage
    rendered: RenderedMessage
    hook: Hook | None = None


class Writer:
    """Puts drafts into words, with links that are made at ``now``; safe to use from several threads."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store, self._now = store, now
        self._office_links: OfficeLinks | None = None
        self._links_of: dict[str, Callable[[str], str]] = {}

    def write(self, draft: Draft) -> AddressedMessage:
        """Raises ``Refused`` when the plan no longer knows the office or the subtask."""
        store, message = self._store, draft.message
        if draft.hook is not None and draft.letter is not None:
            return _events(draft.message, draft.hook, draft.letter)
        address = store.contacts.address_over(message.office, message.desk, message.channel)
        if draft.is_sample:  # what never happened is told to nobody but the local mailbox
            address = Address(LOCAL_MAILBOX, address.language)
        address = with_copies(address, draft.copies)
        office = store.plan.office(message.office)
        audience = Audience(
            office_name=office.name_vi if address.language == "vi" else office.name_en,
            desk=message.desk,
            language=address.language,
            sample=draft.is_sample,
            link=self._links(message),
            link_days=store.settings.link_days,
            **self._urging(draft, address.language),
        )
        if draft.letter is not None:
            letter = replace(draft.letter, channel=address.channel)
            digest = Digest(letter.subject, letter.text, letter.html, letter.text)
            return AddressedMessage(address, _outgoing(message, audience, digest), letter)
        digest = render(
            draft.notices, audience, plan=store.plan, calendar=store.calendar, now=draft.now, undated=draft.undated
        )
        digest = with_trail(digest, draft.trail, address.language)
        rendered = RenderedMessage(digest.subject, digest.text, digest.html, address.channel)
        return AddressedMessage(address, _outgoing(message, audience, digest), rendered)

    def _urging(self, draft: Draft, language: Language) -> dict[str, str]:
        """Who urges: the coordinator of what a letter is about, by name, and the mail address that answers go to."""
        if not draft.notices:
            return {}
        store, plan = self._store, self._store.plan
        office = plan.coordinator_on(plan.directive_of(draft.notices[0].subtask), local_date(draft.now))
        reply_to = store.contacts.mail_of(office.code, Desk.COORDINATOR)
        return {"signed": office.name_vi if language == "vi" else office.name_en, "reply_to": reply_to}

    def _links(self, message: ClaimedMessage) -> Callable[[str], str]:
        """Offices get signed links that open their own door; coordinators sign in."""
        if message.desk is Desk.COORDINATOR:
            return lambda path: f"{self._store.settings.portal_url}{path}"
        links = self._links_of.get(message.office)
        if links is None:
            # Its key may be in a file that cannot be read: then this message fails, and is tried again.
            self._office_links = self._office_links or office_links(self._store.settings)
            links = self._links_of[message.office] = self._office_links.links(message.office, now=self._now)
        return lambda path: links("" if path == "/assignments" else path)


def composing_failure(message: ClaimedMessage, fault: Exception) -> Outcome:
    """The outcome of a message that cannot be put into words; it is tried again: plan or code may be corrected."""
    if isinstance(fault, Refused):  # the plan no longer knows the office or the subtask
        return Outcome(Result.TEMPORARY, f"Không soạn được nội dung: {fault}")
    log.error("message %s cannot be put into words", message.message_key, exc_info=fault)
    return Outcome(Result.TEMPORARY, f"Không soạn được nội dung ({type(fault).__name__}); xem nhật ký.")


def _events(message: ClaimedMessage, hook: Hook, letter: RenderedMessage) -> AddressedMessage:
    outgoing = OutgoingMessage(message.message_key, "", letter.subject, letter.text, "", "")
    return AddressedMessage(Address(WEBHOOK, "vi"), outgoing, replace(letter, channel=WEBHOOK), hook)


def _outgoing(message: ClaimedMessage, audience: Audience, digest: Digest) -> OutgoingMessage:
    return OutgoingMessage(
        key=message.message_key,
        recipient_name=audience.office_name,
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
        short=digest.short,
        is_first_try=message.attempts == 1,
        reply_to=audience.reply_to,
        buttons=digest.buttons,
    )
