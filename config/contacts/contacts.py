"""Over which address each desk of an office is reached, and when.

What a coordinator sets lies in the store; the senders that letters go out over, with their secrets, are named by the
operator in contacts.yaml:

    senders:
      telegram: tgram://${TELEGRAM_TOKEN}/{to}
    accounts: mailto://dondoc:${SMTP_PASSWORD}@mail.example.vn

``accounts`` is the mail server of the portal's sign-in links and of every plain e-mail address. A secret is written
into the environment as it is, without %-signs for odd letters. Of several addresses of one desk, each over another
channel, the first is used, and the next when a message is given up there. A desk without an address of its own uses the
office's ``focal``; an office without any is reached through the local mailbox, so that nothing is lost before it is set
up. Quiet hours are those in which an office is not written to, ``never`` for one on duty day and night; for the hour of
the digest what the runs say waits, answers to what somebody did do not.

A file of version 0.1 names the addresses too, and is taken in once (``models.contacts.taking_in``):

    offices:
      SYT: {language: vi, quiet: 18:00-07:00, digest_at: 08:00, focal: [vanthu@syt.example], head: tgram://…}
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from config.contacts.mail_addresses import SCHEMES as MAIL_SCHEMES
from config.contacts.mail_addresses import mail_address, with_recipient
from config.contacts.own_channels import LOCAL_MAILBOX, MISSING
from config.contacts.senders import Sender
from config.errors import Refused
from config.rules.quiet_hours import OUT_OF_OFFICE, Hours, QuietHours
from config.settings import Language


@dataclass(frozen=True)
class Address:
    """Where a desk is reached. ``url`` may hold secrets, so a representation does not show it.

    recipient  whom over it, as a coordinator typed it
    """

    channel: str
    language: Language
    url: str = field(default="", repr=False)
    recipient: str = ""


@dataclass(frozen=True)
class Contacts:
    """Every configured address by office and desk; ``accounts_url`` is how mail goes to accounts of the portal.

    further   the addresses of a desk to use when the first fails, in order, each over another channel
    senders   what letters go out over, by name
    lost      the senders that a desk is to be reached over and that are not there (any more)
    revision  the number of the last change in the store; 0 while nothing is set there
    """

    addresses: Mapping[tuple[str, str], Address] = field(default_factory=dict)
    language: Language = "vi"
    languages: Mapping[str, Language] = field(default_factory=dict)
    accounts_url: str = field(default="", repr=False)
    quiet: QuietHours | None = OUT_OF_OFFICE
    preferred_hours: Mapping[str, Hours] = field(default_factory=dict)
    further: Mapping[tuple[str, str], tuple[Address, ...]] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    lost: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    revision: int = 0

    def hours(self, office: str) -> Hours:
        """When an office is written to: its own preference, or the common hours."""
        return self.preferred_hours.get(office) or Hours(self.quiet)

    def language_of(self, office: str | None) -> Language:
        """The language of an office; without an office that of the installation."""
        return self.languages.get(office, self.language) if office else self.language

    def mail_to(self, email: str) -> Address:
        """How the address of an account is reached: through the mail server for accounts, or the local mailbox."""
        if not self.accounts_url:
            return Address(LOCAL_MAILBOX, self.language)
        channel = self.accounts_url.partition("://")[0]
        with suppress(Refused):  # that it is an address was seen when the account was made
            email = mail_address(email)
        return Address(channel, self.language, with_recipient(self.accounts_url, email))

    def address(self, office: str, desk: str) -> Address:
        """The desk's own address, or the office's focal one, or the local mailbox; one that waits where its senders are
        gone."""
        return self.in_order(office, desk)[0]

    def in_order(self, office: str, desk: str) -> tuple[Address, ...]:
        """All addresses of the desk, in the order in which to try them."""
        for key in ((office, desk), (office, "focal")):
            if key in self.addresses:
                return (self.addresses[key], *self.further.get(key, ()))
            if key in self.lost:
                return (Address(MISSING, self.language_of(office), f"{MISSING}://{','.join(self.lost[key])}"),)
        return (Address(LOCAL_MAILBOX, self.language_of(office)),)

    def mail_of(self, office: str, desk: str) -> str:
        """The mail address of a desk; empty where it has none."""
        mail = (each.recipient for each in self.in_order(office, desk) if each.channel in MAIL_SCHEMES)
        return next(filter(None, mail), "")

    def address_over(self, office: str, desk: str, channel: str) -> Address:
        """The desk's address over ``channel``, or its first one when it has none there."""
        there = self.in_order(office, desk)
        return next((address for address in there if address.channel == channel), there[0])

    def untried(self, office: str, desk: str, tried: Collection[str]) -> Address | None:
        """The desk's first address over none of the channels tried so far, if there is one."""
        return next((address for address in self.in_order(office, desk) if address.channel not in tried), None)


def with_copies(address: Address, emails: Sequence[str]) -> Address:
    """The address of a mailbox with these as further recipients, beside those that get a copy anyway; any other address
    as it is."""
    if address.channel not in MAIL_SCHEMES or not emails:
        return address
    place, _, query = address.url.partition("?")
    parts = [part for part in query.split("&") if part]
    # Of several lists of copies Apprise keeps the last.
    its = [part for part in parts if unquote(part.partition("=")[0]).lower() == "cc"]
    there = [its[-1].partition("=")[2]] if its and its[-1].partition("=")[2] else []
    copies = ",".join((*there, quote(",".join(emails), safe="@,")))
    return replace(address, url=f"{place}?{'&'.join((*(part for part in parts if part not in its), f'cc={copies}'))}")
