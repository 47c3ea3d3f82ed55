"""Reading contacts.yaml: every fault at once, named by its place and without showing an address."""

import logging
import os
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from config.contacts.contacts import Address, Contacts, addressed
from config.contacts.desks import DESKS
from config.contacts.own_channels import LOCAL_MAILBOX as LOCAL_MAILBOX  # by this name everybody else knows it
from config.contacts.own_channels import OWN_ADDRESSES
from config.errors import Refused
from config.rules.quiet_hours import NEVER, OUT_OF_OFFICE, Hours, QuietHours, parse_quiet_hours, parse_time
from config.settings import Language
from config.text.plain_yaml import parse

_NOBODY = "nobody@dondoc.invalid"

_PREFERENCES = ("language", "quiet", "digest_at")


_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ContactErrors(Refused):
    """contacts.yaml has faults; ``details`` lists all, without showing an address (it may hold a secret)."""


def service_of(url: str) -> Any | None:
    """What Apprise makes of an address: an object that can send, or None. What it logs of addresses goes nowhere."""
    apprise, asset = _apprise()
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


@cache
def _apprise() -> tuple[Any, Any]:
    # Imported here: it takes a third of a second, and a store without contacts does not need it.
    import apprise

    # Both write addresses with their secrets into a log that is set to be talkative.
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Its own name and pictures would lead readers to somebody else's pages.
    asset = apprise.AppriseAsset(app_id="dondoc", app_desc="Đôn đốc", app_url="")
    asset.image_url_mask = asset.image_url_logo = ""
    return apprise, asset


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

    quiet           hours in which an office that states no others is not written to
    may_be_missing  false when somebody named the file: then it is a slip, and nobody would be reached
    """
    if may_be_missing and not path.exists():
        return Contacts(language=language, quiet=quiet)
    try:
        content, twice = parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise ContactErrors(
            f"Không đọc được tệp liên hệ {path} (DONDOC_CONTACTS); kiểm tra đường dẫn, quyền đọc và mã UTF-8.",
            f"Cannot read the contacts file {path} (DONDOC_CONTACTS); check path, rights and UTF-8.",
        ) from None
    except (yaml.YAMLError, RecursionError) as fault:
        # What YAML says of a fault may quote the file, and with it a secret.
        mark = getattr(fault, "problem_mark", None)
        where = f", dòng {mark.line + 1}" if mark else ""
        raise ContactErrors(f"Tệp liên hệ {path}{where}: sai cú pháp YAML.") from None
    reader = _Reader(known_offices, language, quiet, environ)
    reader.faults += [f"dòng {line}: mục «{key}» viết hai lần; bỏ một." for key, line in twice]
    contacts = reader.contacts(content)
    if reader.faults:
        raise ContactErrors(
            f"Tệp liên hệ {path} có {len(reader.faults)} lỗi:",
            f"The contacts file {path} has {len(reader.faults)} faults.",
            details=reader.faults,
        )
    return contacts


class _Reader:
    def __init__(
        self, known: Collection[str], language: Language, quiet: QuietHours | None, environ: Mapping[str, str]
    ) -> None:
        self._known = known
        self._language: Language = language
        self._quiet = quiet
        self._environ = environ
        self.faults: list[str] = []

    def contacts(self, content: Any) -> Contacts:
        offices = content.get("offices") if isinstance(content, dict) else None
        if not isinstance(offices, dict):
            self.faults.append("offices: cần một nhóm «mã cơ quan: địa chỉ».")
            return Contacts()
        unknown = content.keys() - {"offices", "accounts"}
        self.faults += [f"{key}: không có mục này; chỉ có offices và accounts." for key in unknown]
        addresses: dict[tuple[str, str], tuple[Address, ...]] = {}
        languages: dict[str, Language] = {}
        hours: dict[str, Hours] = {}
        for code, entry in offices.items():
            if code not in self._known:
                self.faults.append(f"offices.{code}: kế hoạch không có cơ quan này (xem «dondoc plan show»).")
            elif not isinstance(entry, dict):
                self.faults.append(f"offices.{code}: cần {', '.join((*DESKS, *_PREFERENCES))}.")
            else:
                languages[code] = self._office(code, entry, addresses)
                hours[code] = self._hours(code, entry)
        accounts = self._accounts(content.get("accounts"))
        return Contacts(
            addresses={key: first for key, (first, *_) in addresses.items()},
            language=self._language,
            languages=languages,
            accounts_url=accounts,
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
            self.faults.append(f"offices.{code}.quiet: viết hai giờ khác nhau như 18:00-07:00, hoặc {NEVER}.")
        try:
            if "digest_at" in entry:
                digest_at = parse_time(str(entry["digest_at"]))
        except Refused:
            self.faults.append(f"offices.{code}.digest_at: viết giờ như 08:00.")
        if quiet is not None and digest_at is not None and quiet.cover(digest_at):
            self.faults.append(f"offices.{code}.digest_at: nằm trong giờ nghỉ của cơ quan; chọn giờ khác.")
        return Hours(quiet, digest_at)

    def _accounts(self, url: Any) -> str:
        """The mail server over which sign-in links go out; each letter's recipient is added when it is sent."""
        if url is None:
            return ""
        if not isinstance(url, str) or not url.startswith(("mailto://", "mailtos://")):
            self.faults.append("accounts: phải là máy chủ thư, ví dụ mailto://dondoc:${SMTP_PASSWORD}@mail.example.vn")
            return ""
        full = self._filled_in("accounts", url)
        if not full or not self._channel("accounts", full):
            return ""
        # Anybody else named in it would get every link that signs somebody in.
        service = service_of(addressed(full, _NOBODY))
        if service is None or [address for _, address in service.targets] != [_NOBODY] or service.cc or service.bcc:
            self.faults.append(
                "accounts: chỉ ghi máy chủ thư, không ghi nơi nhận (to, cc, bcc); nơi nhận là từng người."
            )
            return ""
        return full

    def _office(
        self, code: str, entry: dict[str, Any], addresses: dict[tuple[str, str], tuple[Address, ...]]
    ) -> Language:
        language: Language = entry.get("language", self._language)
        if language not in ("vi", "en"):
            self.faults.append(f"offices.{code}.language = {language!r}: dùng vi hoặc en.")
            language = "vi"
        for desk, given in entry.items():
            where = f"offices.{code}.{desk}"
            if desk in _PREFERENCES:
                continue
            if desk not in DESKS:
                self.faults.append(f"{where}: không có mục này; dùng {', '.join((*DESKS, *_PREFERENCES))}.")
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
                self.faults.append(f"{where}: phải là một địa chỉ Apprise, ví dụ mailto://… hoặc tgram://….")
            elif (full := self._filled_in(where, url)) and (channel := self._channel(where, full)):
                if channel in found:
                    # The outbox says each thing once over one channel.
                    self.faults.append(f"{where}: kênh {channel} đã có ở trên; mỗi kênh chỉ một địa chỉ.")
                found.setdefault(channel, Address(channel, language, full))
        return tuple(found.values())

    def _filled_in(self, where: str, url: str) -> str | None:
        """The address with its secrets put in; None when one is missing."""
        missing = []

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in self._environ:
                return self._environ[name]
            try:
                return Path(self._environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
            except (KeyError, OSError, UnicodeDecodeError):
                missing.append(name)
                return ""

        password = _login_part(url)
        full = _PLACEHOLDER.sub(
            lambda found: quote(value(found), safe="") if found.start() in password else value(found), url
        )
        self.faults += [
            f"{where}: biến môi trường {name} chưa đặt (hoặc {name}_FILE không đọc được)." for name in missing
        ]
        return None if missing else full

    def _channel(self, where: str, url: str) -> str | None:
        scheme = url.partition("://")[0]
        if (own := OWN_ADDRESSES.get(scheme)) is not None:
            if own.understands(url):
                return scheme
            self.faults.append(f"{where}: địa chỉ {scheme} không đúng dạng; viết như {own.example}")
            return None
        service = service_of(url)
        if service is None:
            schema = url.partition("://")[0] if "://" in url else ""
            # A service is written in small letters; anything else may be a secret in the wrong place.
            named = schema.isalnum() and schema.islower()
            known = f"«{schema}://» với nội dung không đúng dạng" if named else "không có dạng dịch-vụ://…"
            self.faults.append(f"{where}: Apprise không hiểu địa chỉ này ({known}); xem tài liệu của dịch vụ.")
            return None
        service.retry = 0  # it multiplies the length
        if len(service) > 1:
            # When one of several fails, sending again would reach the others twice.
            self.faults.append(f"{where}: {len(service)} nơi nhận; mỗi bộ phận chỉ một nơi nhận (hộp thư chung, nhóm).")
            return None
        written = url.partition("://")[0].lower()
        # Some services are addressed by the page address they give out themselves.
        return written if written not in ("http", "https") else str(service.schema)


def _login_part(url: str) -> range:
    """Where «user:password» stands in «service://user:password@host/…»; letters like / and @ need quoting there."""
    masked = _PLACEHOLDER.sub(lambda found: "x" * len(found[0]), url)
    found = re.match(r"[^/]*://([^/?]*)@", masked)
    return range(*found.span(1)) if found else range(0)
