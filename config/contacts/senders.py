"""Senders: over what letters go out. The operator's own, with their secrets, each under a name; a coordinator says
whom each office is reached by over them, and never sees an address of theirs.

    senders:
      thu: mailto://dondoc:${SMTP_PASSWORD}@mail.example.vn
      telegram: tgram://${TELEGRAM_TOKEN}/{to}
      zalo: zalo://${ZALO_APP_ID}:${ZALO_SECRET}@{to}?refresh=${ZALO_REFRESH}
      nhom-so-y-te: https://chat.example.vn/hooks/${HOOK}

A mail server takes an e-mail address, a sender with ``{to}`` what its service calls a recipient (a chat, a follower);
any other is an address by itself, such as the web hook of a room.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote, unquote

from config.contacts.addresses import channel_of
from config.contacts.mail_addresses import SCHEMES as MAIL_SCHEMES
from config.contacts.mail_addresses import mail_address, with_recipient
from config.contacts.own_channels import LOCAL_MAILBOX
from config.errors import Refused

RECIPIENT = "{to}"

MAIL = "mail"
"""The name of the mail server that ``accounts`` names; beside it no sender is called so."""

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,46}[a-z0-9])?")

_RECIPIENT = re.compile(r"[A-Za-z0-9_.:+@#!$=-]{1,200}")

TRIED = ("1234567890", "-1001234567890", "nobody@dondoc.invalid", "#dondoc", "@dondoc", "!dondoc:dondoc.invalid")
"""Recipients by which a sender is tried: each service knows its own, and one of these is like each of them."""


class Takes(StrEnum):
    """What a sender is told besides the letter."""

    MAIL_ADDRESS = "mail_address"
    RECIPIENT = "recipient"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Sender:
    """A named sender. ``url`` is its address with all secrets, ``{to}`` standing for the recipient.

    is_whole  it goes where its address says, also where that is a mail server that could take a recipient
    """

    name: str
    channel: str
    url: str = field(default="", repr=False)
    is_whole: bool = False

    @property
    def takes(self) -> Takes:
        """What a coordinator types to reach somebody over it."""
        if self.is_whole:
            return Takes.NOTHING
        if RECIPIENT in self.url:
            return Takes.RECIPIENT
        return Takes.MAIL_ADDRESS if _is_mail_server(self.url) else Takes.NOTHING

    def url_to(self, recipient: str) -> str:
        """The whole address of a recipient that ``checked_recipient`` has let pass."""
        match self.takes:
            case Takes.RECIPIENT:
                return self.url.replace(RECIPIENT, quote(recipient, safe=""))
            case Takes.MAIL_ADDRESS:
                # Without a recipient, as from a file of version 0.1, an account writes to itself.
                return with_recipient(self.url, recipient) if recipient else self.url
            case Takes.NOTHING:
                return self.url

    def checked_recipient(self, text: str) -> str:
        """The recipient as it is kept; raises ``Refused`` when nothing would be sent to it."""
        recipient = text.strip()
        match self.takes:
            case Takes.NOTHING:
                if recipient:
                    raise Refused(
                        f"kênh «{self.name}» đã có sẵn nơi nhận; để trống ô địa chỉ.",
                        f"the sender '{self.name}' already has its recipient; leave the address empty.",
                    )
            case Takes.MAIL_ADDRESS:
                recipient = mail_address(recipient)
            case Takes.RECIPIENT:
                if not _RECIPIENT.fullmatch(recipient):
                    raise Refused(
                        f"ghi mã nơi nhận trên kênh «{self.name}» (số phòng chat, số người quan tâm), không có dấu"
                        " cách, không ghi cả đường dẫn.",
                        f"enter the recipient on '{self.name}' (a chat or follower number), without spaces; not a "
                        "full URL.",
                    )
        channel_of(self.url_to(recipient))
        return recipient


LOCAL = Sender(LOCAL_MAILBOX, LOCAL_MAILBOX, f"{LOCAL_MAILBOX}://")
"""The local mailbox, which every store has."""


def sender_of(name: str, url: str) -> Sender:
    """The sender of a whole address with its secrets; raises ``Refused`` when nothing could send over it."""
    if RECIPIENT not in url:
        return Sender(name, channel_of(with_recipient(url, TRIED[2]) if _is_mail_server(url) else url), url)
    fault: Refused | None = None
    for recipient in TRIED:
        try:
            return Sender(name, channel_of(url.replace(RECIPIENT, quote(recipient, safe=""))), url)
        except Refused as refused:
            fault = refused
    assert fault is not None
    raise fault


_TELEGRAM = re.compile(r"(tgram://[^/?]+)/([^/?{}]+)/?(\?.*)?")
_ZALO = re.compile(r"(z(?:alo|ns)://[^/?]+@)([0-9]+)/?(\?.*)?")
_TO = re.compile(r"[?&]to=([^&]*)", re.IGNORECASE)
_DIGITS = 8


def parted(url: str) -> tuple[str, str]:
    """An address as contacts.yaml of version 0.1 writes it, as a sender and whom it is for; all of it is the sender
    where the two cannot be told apart."""
    for kind in (_TELEGRAM, _ZALO):
        if found := kind.fullmatch(url):
            slash = "/" if kind is _TELEGRAM else ""
            return f"{found[1]}{slash}{RECIPIENT}{found[3] or ''}", found[2]
    recipients = _TO.findall(url)
    if url.partition("://")[0].lower() in MAIL_SCHEMES and len(recipients) == 1:
        rest = _TO.sub("", url)
        if "?" not in rest and "&" in rest:  # what was second is first now
            rest = rest.replace("&", "?", 1)
        return rest, unquote(recipients[0])
    return url, ""


def name_of_written(channel: str, written: str) -> str:
    """The name of a sender that version 0.1 gave none, by its address as it is written without whom it is for: the
    same in whatever place of the file it stands."""
    return f"{channel}-{sha256(written.encode()).hexdigest()[:_DIGITS]}"


def sender_named(senders: Mapping[str, Sender], name: str) -> Sender:
    """Raises ``Refused`` for a name that no sender has; knows the local mailbox."""
    if name == LOCAL.name:
        return LOCAL
    if (found := senders.get(name)) is not None:
        return found
    there = ", ".join(sorted((*senders, LOCAL.name)))
    raise Refused(
        f"không có kênh gửi «{name[:50]}»; đang có: {there}.", f"there is no sender '{name[:50]}'; available: {there}."
    )


def mail_sender(senders: Mapping[str, Sender]) -> Sender | None:
    """Over what an e-mail address goes for which nobody chose a sender."""
    mail = [each for each in senders.values() if each.takes is Takes.MAIL_ADDRESS]
    return senders.get(MAIL) if MAIL in senders else (mail[0] if mail else None)


def _is_mail_server(url: str) -> bool:
    """Whether an address is a mail server that letters are to be addressed over, and names nobody itself."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    has_account = "@" in place
    keys = {unquote(part.partition("=")[0]).lower() for part in query.split("&")}
    names_nobody = not place.partition("/")[2] and "to" not in keys
    is_whole = not has_account or ":" in place.rpartition("@")[0] or "user" in keys
    return scheme.lower() in MAIL_SCHEMES and names_nobody and is_whole
