"""What contacts.yaml says, once it is read as YAML; its faults are gathered, each at its place."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from config.contacts.addresses import channel_of, with_its_secrets
from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address, Contacts
from config.contacts.desks import DESKS, Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from config.contacts.faults import ContactFault
from config.contacts.mail_addresses import is_plain_mail, with_recipient
from config.contacts.senders import LOCAL, MAIL, NAME, Sender, name_of_written, parted, sender_of
from config.errors import Refused
from config.rules.quiet_hours import NEVER, Hours, QuietHours, parse_quiet_hours, parse_time, plain_hours
from config.settings import Language

_NOBODY = "nobody@dondoc.invalid"

_PREFERENCES = ("language", "quiet", "digest_at")
_KEYS = ", ".join((*DESKS, *_PREFERENCES))


class FileReader:
    """Reads one file. ``entries`` are its offices as they are taken into the store."""

    def __init__(
        self, known: Collection[str], language: Language, quiet: QuietHours | None, environ: Mapping[str, str]
    ) -> None:
        self._known = known
        self._mail_server = ""
        self._language: Language = language
        self._quiet = quiet
        self._environ = environ
        self.faults: list[Refused] = []
        self.entries: dict[str, OfficeContacts] = {}
        self._senders: dict[str, Sender] = {}
        self._names: dict[str, str] = {}  # of senders, by their address as it is written

    def _fault(self, place: str, vi: str, en: str) -> None:
        self.faults.append(ContactFault(place, vi, en))

    def contacts(self, content: Any) -> Contacts:
        has_others = isinstance(content, dict) and bool(content.keys() & {"senders", "accounts"})
        offices = content.get("offices", {} if has_others else None) if isinstance(content, dict) else None
        if not isinstance(offices, dict):
            self._fault("offices", "cần một nhóm «mã cơ quan: địa chỉ».", "must be a group of 'office: addresses'.")
            return Contacts()
        for key in content.keys() - {"offices", "accounts", "senders"}:
            self._fault(
                str(key),
                "không có mục này; chỉ có senders, accounts và offices.",
                "no such key; only senders, accounts and offices are used.",
            )
        self._mail_server = self._accounts(content.get("accounts"))
        self._named_senders(content.get("senders", {}))
        addresses: dict[tuple[str, str], tuple[Address, ...]] = {}
        languages: dict[str, Language] = {}
        hours: dict[str, Hours] = {}
        for code, entry in offices.items():
            if code not in self._known:
                self._fault(
                    f"offices.{code}",
                    "kế hoạch không có cơ quan này; xem danh bạ cơ quan.",
                    "the plan has no such office; see the office register.",
                )
            elif not isinstance(entry, dict):
                self._fault(f"offices.{code}", f"cần {_KEYS}.", f"must hold {_KEYS}.")
            else:
                self.entries[code] = OfficeContacts()
                languages[code] = self._office(code, entry, addresses)
                hours[code] = self._hours(code, entry)
                self.entries[code] = replace(
                    self.entries[code],
                    language=languages[code] if "language" in entry else None,
                    quiet=plain_hours(str(entry.get("quiet", ""))),
                    digest_at=plain_hours(str(entry.get("digest_at", ""))),
                )
        return Contacts(
            addresses={key: first for key, (first, *_) in addresses.items()},
            language=self._language,
            languages=languages,
            accounts_url=self._mail_server,
            quiet=self._quiet,
            preferred_hours=hours,
            further={key: tuple(rest) for key, (_, *rest) in addresses.items() if rest},
            senders=self._senders,
        )

    def _named_senders(self, given: Any) -> None:
        if not isinstance(given, dict):
            self._fault("senders", "cần một nhóm «tên: địa chỉ».", "must be a group of 'name: address'.")
            return
        for name, url in given.items():
            where = f"senders.{name}"
            if not isinstance(name, str) or not NAME.fullmatch(name) or name == LOCAL.name:
                self._fault(
                    where,
                    f"tên kênh gồm chữ thường không dấu, số, dấu - . _ và khác «{LOCAL.name}».",
                    f"a sender name consists of lower-case letters, digits, - . _ and is not '{LOCAL.name}'.",
                )
            elif name == MAIL and self._mail_server:
                self._fault(
                    where,
                    f"«{MAIL}» là tên của máy chủ thư ở dòng accounts; đặt tên khác cho kênh này.",
                    f"'{MAIL}' is the name of the mail server in accounts; give this sender another.",
                )
            elif not isinstance(url, str):
                self._fault(
                    where, "phải là một địa chỉ, như tgram://…/{to}.", "must be an address like tgram://…/{to}."
                )
            elif (sender := self._sender(where, name, url)) is not None:
                self._senders[name] = sender
                self._names.setdefault(url, name)

    def _sender(self, where: str, name: str, url: str) -> Sender | None:
        full, faults = with_its_secrets(url, self._environ, with_recipient=False)
        if not faults:
            try:
                return sender_of(name, full)
            except Refused as refused:
                faults = [refused]
        for fault in faults:
            self._fault(where, str(fault), fault.en)
        return None

    def _taken_in(self, url: str, address: Address) -> SenderAddress:
        """An address of the file by its sender and whom it is for; one by itself is a sender, named by how it is
        written. What cannot be told apart, such as a mail account that writes to itself, stays whole."""
        if is_plain_mail(url):
            return SenderAddress(self._names[MAIL], url)
        for written, recipient in dict.fromkeys((parted(url), (url, ""))):
            if written == LOCAL.url:
                return SenderAddress(LOCAL.name)
            name = self._names.get(written) or name_of_written(address.channel, written)
            full, faults = with_its_secrets(written, self._environ, with_recipient=False)
            try:
                sender = self._senders.get(name) or sender_of(name, full)
                kept = SenderAddress(name, sender.checked_recipient(recipient))
            except Refused:
                continue
            if not faults:
                self._senders[name] = sender
                return kept
        name = name_of_written(address.channel, f"whole {url}")
        self._senders[name] = Sender(name, address.channel, address.url, is_whole=True)
        return SenderAddress(name)

    def _hours(self, code: str, entry: dict[str, Any]) -> Hours:
        quiet, digest_at = self._quiet, None
        try:
            if "quiet" in entry:
                quiet = parse_quiet_hours(str(entry["quiet"]))
        except Refused:
            # Not repeated: an address may have slipped into the wrong line.
            self._fault(
                f"offices.{code}.quiet",
                f"viết hai giờ khác nhau như 18:00-07:00, hoặc {NEVER}.",
                f"write two different times like 18:00-07:00, or {NEVER}.",
            )
        try:
            if "digest_at" in entry:
                digest_at = parse_time(str(entry["digest_at"]))
        except Refused:
            self._fault(f"offices.{code}.digest_at", "viết giờ như 08:00.", "write a time like 08:00.")
        if quiet is not None and digest_at is not None and quiet.cover(digest_at):
            self._fault(
                f"offices.{code}.digest_at",
                "nằm trong giờ nghỉ của cơ quan; chọn giờ khác.",
                "is within the office's quiet hours; choose another time.",
            )
        return Hours(quiet, digest_at)

    def _accounts(self, url: Any) -> str:
        """The mail server over which sign-in links go out; each letter's recipient is added when it is sent."""
        if url is None:
            return ""
        if not isinstance(url, str) or not url.startswith(("mailto://", "mailtos://")):
            example = "mailto://dondoc:${SMTP_PASSWORD}@mail.example.vn"
            self._fault("accounts", f"phải là máy chủ thư, ví dụ {example}", f"must be a mail server, e.g. {example}")
            return ""
        full = self._filled_in("accounts", url)
        if not full or not self._channel("accounts", full):
            return ""
        # Anybody else named in it would get every link that signs somebody in.
        service = service_of(with_recipient(full, _NOBODY))
        if service is None or [address for _, address in service.targets] != [_NOBODY] or service.cc or service.bcc:
            self._fault(
                "accounts",
                "chỉ ghi máy chủ thư, không ghi nơi nhận (to, cc, bcc); thư được gửi riêng tới từng nơi nhận.",
                "give only the mail server, no recipients (to, cc, bcc); letters go to each address separately.",
            )
            return ""
        self._senders[MAIL], self._names[MAIL] = Sender(MAIL, self._channel("accounts", full) or "", full), MAIL
        self._names[url] = MAIL
        return full

    def _office(
        self, code: str, entry: dict[str, Any], addresses: dict[tuple[str, str], tuple[Address, ...]]
    ) -> Language:
        language: Language = entry.get("language", self._language)
        if language not in ("vi", "en"):
            self._fault(f"offices.{code}.language", f"{language!r}; dùng vi hoặc en.", f"{language!r}; use vi or en.")
            language = "vi"
        for desk, given in entry.items():
            where = f"offices.{code}.{desk}"
            if desk in _PREFERENCES:
                continue
            if desk not in DESKS:
                self._fault(where, f"không có mục này; dùng {_KEYS}.", f"no such key; use {_KEYS}.")
                continue
            listed = given if isinstance(given, list) and given else [given]
            places = [f"{where}[{number}]" for number in range(1, len(listed) + 1)] if listed is given else [where]
            if found := self._addresses(places, listed, language):
                addresses[code, desk] = tuple(address for address, _ in found)
                kept = tuple(self._taken_in(url, address) for address, url in found)
                self.entries[code] = replace(self.entries[code], desks={**self.entries[code].desks, Desk(desk): kept})
        return language

    def _addresses(self, places: list[str], given: list[Any], language: Language) -> list[tuple[Address, str]]:
        """The addresses of one desk in order, each with what is written, without those that are at fault."""
        found: dict[str, tuple[Address, str]] = {}
        for where, url in zip(places, given, strict=True):
            if not isinstance(url, str):
                self._fault(
                    where,
                    "phải là một địa chỉ Apprise, ví dụ mailto://… hoặc tgram://….",
                    "must be an Apprise address, e.g. mailto://… or tgram://….",
                )
            elif is_plain_mail(url) and not self._mail_server:
                self._fault(
                    where,
                    "là địa chỉ thư nhưng chưa khai báo máy chủ thư; thêm dòng accounts: mailto://… vào tệp liên hệ.",
                    "is an e-mail address, but there is no mail server; add accounts: mailto://… to the file.",
                )
            elif (full := self._filled_in(where, url)) and (channel := self._channel(where, full)):
                if channel in found:
                    # The outbox says each thing once over one channel.
                    self._fault(
                        where,
                        f"kênh {channel} đã có ở trên; mỗi kênh chỉ một địa chỉ.",
                        f"the channel {channel} is already used above; only one address per channel.",
                    )
                found.setdefault(channel, (Address(channel, language, full), url))
        return list(found.values())

    def _filled_in(self, where: str, url: str) -> str | None:
        """The address with its secrets put in, of mail as mail carries it; None when it is at fault. A plain e-mail
        goes by the mail server."""
        if is_plain_mail(url):
            return with_recipient(self._mail_server, url)
        full, faults = with_its_secrets(url, self._environ, with_recipient=where != "accounts")
        for fault in faults:
            self._fault(where, str(fault), fault.en)
        return None if faults else full

    def _channel(self, where: str, url: str) -> str | None:
        try:
            return channel_of(url)
        except Refused as fault:
            self._fault(where, str(fault), fault.en)
            return None
