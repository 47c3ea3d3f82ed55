"""Reading contacts.yaml: every fault at once, named by its place and without showing an address."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from config.contacts.apprise_services import service_of
from config.contacts.contacts import OWN_ADDRESSES, Address, Contacts, with_recipient
from config.contacts.desks import DESKS
from config.contacts.mail_addresses import SCHEMES as MAIL_SCHEMES
from config.contacts.mail_addresses import checked_mail_url, is_plain_mail
from config.contacts.placeholders import MissingSecrets, with_secrets
from config.errors import Refused
from config.rules.quiet_hours import NEVER, OUT_OF_OFFICE, Hours, QuietHours, parse_quiet_hours, parse_time
from config.settings import Language
from config.text.plain_yaml import read_yaml

_NOBODY = "nobody@dondoc.invalid"

_PREFERENCES = ("language", "quiet", "digest_at")
_KEYS = ", ".join((*DESKS, *_PREFERENCES))


class ContactFault(Refused):
    """One fault at a place like ``offices.SYT.focal[2]``; ``problem`` says what it is, without the place."""

    def __init__(self, place: str, vi: str, en: str) -> None:
        super().__init__(f"{place}: {vi}", f"{place}: {en}")
        self.place = place
        self.problem = Refused(vi, en)


class ContactErrors(Refused):
    """contacts.yaml has faults; ``errors`` lists all, without showing an address (it may hold a secret)."""

    def __init__(self, path: Path, errors: Collection[Refused]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            f"Tệp liên hệ {path} có {len(errors)} lỗi:",
            f"The contacts file {path} has {len(errors)} faults:",
            details=self.errors,
        )


class UnreadableContacts(ContactErrors):
    """contacts.yaml cannot be read at all."""

    def __init__(self, path: Path, fault: Refused) -> None:
        Refused.__init__(
            self,
            f"Tệp liên hệ {path}, {fault}. Kiểm tra DONDOC_CONTACTS, quyền đọc và mã UTF-8.",
            f"The contacts file {path}, {fault.en}. Check DONDOC_CONTACTS, its rights and UTF-8.",
        )
        self.errors = (fault,)


def load_contacts(
    path: Path,
    *,
    known_offices: Collection[str],
    language: Language = "vi",
    quiet: QuietHours | None = OUT_OF_OFFICE,
    environ: Mapping[str, str] = os.environ,
    may_be_missing: bool = True,
) -> Contacts:
    """Read contacts.yaml; without the file everybody uses the local mailbox. Raises ``ContactErrors``.

    quiet           hours in which an office that states none of its own is not written to
    may_be_missing  false when somebody named the file: then a missing file is a slip, and nobody would be reached
    """
    if may_be_missing and not path.exists():
        return Contacts(language=language, quiet=quiet)
    try:
        content, slips = read_yaml(path)
    except Refused as fault:
        raise UnreadableContacts(path, fault) from None
    reader = _Reader(known_offices, language, quiet, environ)
    reader.faults += [Refused(f"{slip}.", f"{slip.en}.") for slip in slips]
    contacts = reader.contacts(content)
    if reader.faults:
        raise ContactErrors(path, reader.faults)
    return contacts


class _Reader:
    def __init__(
        self, known: Collection[str], language: Language, quiet: QuietHours | None, environ: Mapping[str, str]
    ) -> None:
        self._known = known
        self._mail_server = ""
        self._language: Language = language
        self._quiet = quiet
        self._environ = environ
        self.faults: list[Refused] = []

    def _fault(self, place: str, vi: str, en: str) -> None:
        self.faults.append(ContactFault(place, vi, en))

    def contacts(self, content: Any) -> Contacts:
        offices = content.get("offices") if isinstance(content, dict) else None
        if not isinstance(offices, dict):
            self._fault("offices", "cần một nhóm «mã cơ quan: địa chỉ».", "must be a group of 'office: addresses'.")
            return Contacts()
        for key in content.keys() - {"offices", "accounts"}:
            self._fault(
                str(key), "không có mục này; chỉ có offices và accounts.", "no such key; use offices, accounts."
            )
        self._mail_server = self._accounts(content.get("accounts"))
        addresses: dict[tuple[str, str], tuple[Address, ...]] = {}
        languages: dict[str, Language] = {}
        hours: dict[str, Hours] = {}
        for code, entry in offices.items():
            if code not in self._known:
                self._fault(
                    f"offices.{code}",
                    "kế hoạch không có cơ quan này (xem «dondoc plan show»).",
                    "the plan has no such office (see 'dondoc plan show').",
                )
            elif not isinstance(entry, dict):
                self._fault(f"offices.{code}", f"cần {_KEYS}.", f"must hold {_KEYS}.")
            else:
                languages[code] = self._office(code, entry, addresses)
                hours[code] = self._hours(code, entry)
        return Contacts(
            addresses={key: first for key, (first, *_) in addresses.items()},
            language=self._language,
            languages=languages,
            accounts_url=self._mail_server,
            quiet=self._quiet,
            preferred_hours=hours,
            further={key: tuple(rest) for key, (_, *rest) in addresses.items() if rest},
        )

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
                "chỉ ghi máy chủ thư, không ghi nơi nhận (to, cc, bcc); nơi nhận là từng người.",
                "names the mail server only, no recipients (to, cc, bcc); each person is the recipient.",
            )
            return ""
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
            elif isinstance(given, list) and given:
                places = [f"{where}[{number}]" for number in range(1, len(given) + 1)]
                if found := self._addresses(places, given, language):
                    addresses[code, desk] = found
            elif found := self._addresses([where], [given], language):
                addresses[code, desk] = found
        return language

    def _addresses(self, places: list[str], given: list[Any], language: Language) -> tuple[Address, ...]:
        """The addresses of one desk in order, without those that are at fault."""
        found: dict[str, Address] = {}
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
                        f"the channel {channel} is used above; one address for each channel.",
                    )
                found.setdefault(channel, Address(channel, language, full))
        return tuple(found.values())

    def _filled_in(self, where: str, url: str) -> str | None:
        """The address with its secrets put in, of mail as mail carries it; None when it is at fault. A plain e-mail
        goes by the mail server."""
        if is_plain_mail(url):
            return with_recipient(self._mail_server, url)
        try:
            full = with_secrets(url, self._environ)
        except MissingSecrets as missing:
            for name in missing.names:
                self._fault(
                    where,
                    f"biến môi trường {name} chưa đặt (hoặc {name}_FILE không đọc được).",
                    f"the environment variable {name} is not set (or {name}_FILE cannot be read).",
                )
            return None
        if full.partition("://")[0].lower() not in MAIL_SCHEMES:
            return full
        plain, faults = checked_mail_url(full, with_recipient=where != "accounts")
        for fault in faults:
            self._fault(where, f"{fault}.", f"{fault.en}.")
        return None if faults else plain

    def _channel(self, where: str, url: str) -> str | None:
        scheme = url.partition("://")[0]
        if (own := OWN_ADDRESSES.get(scheme)) is not None:
            if own.understands(url):
                return scheme
            self._fault(
                where,
                f"địa chỉ {scheme} không đúng dạng; viết như {own.example}",
                f"is no address of {scheme}; write it like {own.example}",
            )
            return None
        service = service_of(url)
        if service is None:
            vi, en = "không có dạng dịch-vụ://…", "is not of the form service://…"
            # A service is written in small letters; anything else may be a secret in the wrong place.
            if "://" in url and scheme.isalnum() and scheme.islower():
                vi, en = f"«{scheme}://» với nội dung không đúng dạng", f"'{scheme}://' with something wrong after it"
            self._fault(
                where,
                f"Apprise không hiểu địa chỉ này ({vi}); xem tài liệu của dịch vụ.",
                f"Apprise does not understand this address ({en}); see the documentation of the service.",
            )
            return None
        service.retry = 0  # it multiplies the length
        if len(service) > 1:
            # When one of several fails, sending again would reach the others twice.
            self._fault(
                where,
                f"{len(service)} nơi nhận; mỗi bộ phận chỉ một nơi nhận (hộp thư chung, nhóm).",
                f"{len(service)} recipients; each desk has one (a shared mailbox, a group).",
            )
            return None
        # Some services are addressed by the page address that they give out themselves.
        return scheme.lower() if scheme.lower() not in ("http", "https") else str(service.schema)
