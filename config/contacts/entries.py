"""How an office is reached, as a coordinator says it: for each desk senders by name and whom over them, and hours."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from config.contacts.mail_addresses import is_plain_mail
from config.contacts.own_channels import LOCAL_MAILBOX
from config.contacts.senders import LOCAL, Sender, mail_sender, sender_named
from config.errors import Refused
from config.rules.quiet_hours import Hours, QuietHours, parse_quiet_hours, parse_time
from config.settings import Language

PLACES = 3
"""Addresses a desk may have: the first is used, the next when a message is given up there."""


class SenderAddress(NamedTuple):
    """An address of a desk: over which sender, and whom; empty where the sender names its recipient itself."""

    sender: str
    recipient: str = ""

    def in_words(self) -> str:
        """As it is typed into a cell or a field."""
        return f"{self.sender}: {self.recipient}" if self.recipient else self.sender


@dataclass(frozen=True)
class OfficeContacts:
    """What is set for one office. What is None or empty is as for all offices.

    quiet, digest_at  as they are typed: «18:00-07:00» or «never», «08:00»
    """

    desks: Mapping[Desk, tuple[SenderAddress, ...]] = field(default_factory=dict)
    language: Language | None = None
    quiet: str = ""
    digest_at: str = ""

    def hours(self, common: QuietHours | None) -> Hours | None:
        """The office's own hours, None where it has none."""
        if not self.quiet and not self.digest_at:
            return None
        quiet = parse_quiet_hours(self.quiet) if self.quiet else common
        return Hours(quiet, parse_time(self.digest_at) if self.digest_at else None)


def _whole_address() -> Refused:
    return Refused(
        "ghi địa chỉ thư, hoặc «tên kênh: nơi nhận»; không ghi cả đường dẫn, mật khẩu hay mã bí mật: đường dẫn, mã bí"
        " mật do người quản trị khai báo thành một kênh có tên.",
        "enter an e-mail address, or 'sender: recipient'. Do not enter a full URL, password or token: the operator "
        "sets up anything secret as a named sender.",
    )


_SAID_TO_BE_SECRET = re.compile(
    r"m[ậa]t kh[ẩa]u|password|passwd|m[ãa] b[íi] m[ậa]t|(?<![a-z])(?:pwd|token|secret|api[ _-]?key)(?![a-z])", re.I
)
_TOKEN = re.compile(
    r"(?<![\w@#!+])\d{6,}:[\w-]{16,}|\b(?:xox[a-z]|xapp|glpat)-\S+|\b(?:gh[a-z]|whsec)_\S{16,}|\beyJ[\w-]{10,}\.[\w-]+"
    r"|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
)
"""Of Telegram, Slack, GitLab, GitHub, webhooks, JSON web tokens and Discord."""
_LONG_WORD = re.compile(r"(?<![\w@.-])(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[A-Za-z0-9_-]{20,}(?![\w@.-])")
"""Of letters and digits, as no address of an office is that stands for itself; rooms and chats are called so."""


def _may_be_secret(typed: str, *, is_recipient: bool) -> bool:
    """Whether a password or a token was typed, where an address is asked for.

    is_recipient  it is known over which sender, so that it may be the name of a room
    """
    known = _SAID_TO_BE_SECRET.search(typed) or _TOKEN.search(typed)
    return bool(known or (not is_recipient and _LONG_WORD.search(typed)))


def typed_address(text: str, senders: Mapping[str, Sender], *, sender: str = "") -> SenderAddress:
    """An address as it is typed: «vanthu@syt.example», «telegram: -100123», or a sender alone; raises ``Refused``.

    sender  the name of the sender where it was chosen beside it
    """
    typed = " ".join(text.split())
    typed = typed.removeprefix("mailto://") if is_plain_mail(typed.removeprefix("mailto://")) else typed
    name, colon, recipient = typed.partition(":") if not sender else (sender, ":", typed)
    known = name.strip() if name.strip() in senders else name.strip().lower()
    is_recipient = bool(sender) or (bool(colon) and known in senders)
    is_name = not colon and known in senders
    if "://" in typed or (
        not is_name and _may_be_secret(recipient if is_recipient else typed, is_recipient=is_recipient)
    ):
        raise _whole_address()
    if not sender and "@" in typed and ":" not in typed:
        mail = mail_sender(senders)
        if mail is None:
            raise Refused(
                "là địa chỉ thư nhưng chưa có máy chủ thư; nhờ người quản trị khai báo accounts hoặc một kênh thư.",
                "is an e-mail address, but there is no mail server; ask the operator to set one up (accounts or a "
                "mail sender).",
            )
        return SenderAddress(mail.name, mail.checked_recipient(typed))
    if not colon and known not in (*senders, LOCAL.name):
        # What was typed is not repeated: a password stands in such a cell as well.
        how = _whole_address()
        raise Refused(
            f"không có kênh gửi tên như đã ghi; đang có: {', '.join(sorted((*senders, LOCAL.name)))}. {how}",
            f"there is no sender with that name; available: {', '.join(sorted((*senders, LOCAL.name)))}. {how.en}",
        )
    found = sender_named(senders, known)
    return SenderAddress(found.name, found.checked_recipient(recipient))


def checked_places(addresses: tuple[SenderAddress, ...], senders: Mapping[str, Sender]) -> tuple[SenderAddress, ...]:
    """The addresses of one desk; raises ``Refused`` for too many, or two over one channel."""
    if len(addresses) > PLACES:
        raise Refused(f"mỗi bộ phận tối đa {PLACES} địa chỉ.", f"each contact has at most {PLACES} addresses.")
    seen: set[str] = set()
    for each in addresses:
        channel = sender_named(senders, each.sender).channel
        if channel in seen:
            # The outbox says each thing once over one channel.
            raise Refused(
                f"hai địa chỉ cùng qua {channel}; mỗi loại kênh chỉ một địa chỉ.",
                f"two addresses use {channel}; only one per kind of channel.",
            )
        seen.add(channel)
    return addresses


def checked_hours(quiet: str, digest_at: str, common: QuietHours | None) -> None:
    """Raises ``Refused`` when an office would get its digest in its quiet hours, or what is typed is no time."""
    hours = OfficeContacts(quiet=quiet, digest_at=digest_at).hours(common)
    if hours and hours.quiet and hours.digest_at and hours.quiet.cover(hours.digest_at):
        raise Refused(
            "Giờ gửi tổng hợp nằm trong giờ nghỉ của cơ quan; chọn giờ khác.",
            "The digest hour is within the office's quiet hours; choose another.",
        )


def contacts_of(
    entries: Mapping[str, OfficeContacts],
    senders: Mapping[str, Sender],
    *,
    accounts_url: str = "",
    language: Language = "vi",
    quiet: QuietHours | None,
    revision: int = 0,
) -> Contacts:
    """The contacts of all offices by the senders there are. An address over a sender that is not there is left out, and
    named: its desk is reached over its next one; where there is none, what goes to it waits."""
    found = {
        (office, desk.value): tuple(_known(addresses, senders, entry.language or language))
        for office, entry in entries.items()
        for desk, addresses in entry.desks.items()
    }
    lost = {
        (office, desk.value): names
        for office, entry in entries.items()
        for desk, addresses in entry.desks.items()
        if (names := tuple(each.sender for each in addresses if _sender(senders, each.sender) is None))
    }
    own_hours = {office: entry.hours(quiet) for office, entry in entries.items()}
    return Contacts(
        addresses={key: addresses[0] for key, addresses in found.items() if addresses},
        language=language,
        languages={office: entry.language for office, entry in entries.items() if entry.language},
        accounts_url=accounts_url,
        quiet=quiet,
        preferred_hours={office: hours for office, hours in own_hours.items() if hours is not None},
        further={key: addresses[1:] for key, addresses in found.items() if addresses[1:]},
        senders=senders,
        lost=lost,
        revision=revision,
    )


def _sender(senders: Mapping[str, Sender], name: str) -> Sender | None:
    return LOCAL if name == LOCAL_MAILBOX else senders.get(name)


def _known(
    addresses: tuple[SenderAddress, ...], senders: Mapping[str, Sender], language: Language
) -> Iterator[Address]:
    for name, recipient in addresses:
        if (sender := _sender(senders, name)) is not None:
            yield Address(sender.channel, language, sender.url_to(recipient), recipient)
