"""contacts.yaml: over which address each desk of an office is reached. Secrets come from the environment.

    offices:
      SYT:
        language: vi
        focal: mailto://dondoc:${SMTP_PASSWORD}@mail.example.vn?to=vanthu@example.vn
        head: tgram://${TELEGRAM_TOKEN}/-100123

Any Apprise URL works. A desk without an address of its own uses the office's ``focal``; an office without any is
reached through the local mailbox, so that nothing is lost before it is set up.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from config.errors import Refused
from config.settings import Language

LOCAL_MAILBOX = "mailbox"
"""The channel of a desk nobody has configured: files under the data directory."""

DESKS = ("focal", "head", "coordinator", "monitor")

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ContactErrors(Refused):
    """contacts.yaml has faults; ``details`` lists all, without showing an address (it may hold a secret)."""


@dataclass(frozen=True)
class Address:
    """Where a desk is reached. ``url`` may hold secrets, so it never shows in a representation."""

    channel: str
    language: Language
    url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Contacts:
    """Every configured address by office and desk."""

    addresses: Mapping[tuple[str, str], Address] = field(default_factory=dict)
    language: Language = "vi"
    languages: Mapping[str, Language] = field(default_factory=dict)

    def address(self, office: str, desk: str) -> Address:
        """The desk's own address, or the office's focal one, or the local mailbox."""
        for key in ((office, desk), (office, "focal")):
            if key in self.addresses:
                return self.addresses[key]
        return Address(LOCAL_MAILBOX, self.languages.get(office, self.language))


def load_contacts(
    path: Path,
    *,
    known_offices: Collection[str],
    language: Language = "vi",
    environ: Mapping[str, str] = os.environ,
) -> Contacts:
    """Read contacts.yaml; a missing file means that everybody uses the local mailbox. Raises ``ContactErrors``."""
    if not path.exists():
        return Contacts(language=language)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError):
        raise ContactErrors(f"Không đọc được tệp liên hệ {path}; kiểm tra quyền đọc và mã UTF-8.") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f", dòng {mark.line + 1}" if mark else ""
        raise ContactErrors(f"Tệp liên hệ {path}{where}: sai cú pháp YAML.") from None
    reader = _Reader(known_offices, language, environ)
    contacts = reader.contacts(content)
    if reader.faults:
        raise ContactErrors(
            f"Tệp liên hệ {path} có {len(reader.faults)} lỗi:",
            f"The contacts file {path} has {len(reader.faults)} faults.",
            details=reader.faults,
        )
    return contacts


class _Reader:
    def __init__(self, known: Collection[str], language: Language, environ: Mapping[str, str]) -> None:
        self._known = known
        self._language: Language = language
        self._environ = environ
        self.faults: list[str] = []

    def contacts(self, content: Any) -> Contacts:
        offices = content.get("offices") if isinstance(content, dict) else None
        if not isinstance(offices, dict):
            self.faults.append("offices: cần một nhóm «mã cơ quan: địa chỉ».")
            return Contacts()
        self.faults += [f"{key}: không có mục này; chỉ có offices." for key in content.keys() - {"offices"}]
        addresses: dict[tuple[str, str], Address] = {}
        languages: dict[str, Language] = {}
        for code, entry in offices.items():
            if code not in self._known:
                self.faults.append(f"offices.{code}: kế hoạch không có cơ quan này (xem «dondoc plan show»).")
            elif not isinstance(entry, dict):
                self.faults.append(f"offices.{code}: cần focal, head, coordinator, monitor hoặc language.")
            else:
                languages[code] = self._office(code, entry, addresses)
        return Contacts(addresses, self._language, languages)

    def _office(self, code: str, entry: dict[str, Any], addresses: dict[tuple[str, str], Address]) -> Language:
        language: Language = entry.get("language", self._language)
        if language not in ("vi", "en"):
            self.faults.append(f"offices.{code}.language = {language!r}: dùng vi hoặc en.")
            language = "vi"
        for desk, url in entry.items():
            where = f"offices.{code}.{desk}"
            if desk == "language":
                continue
            if desk not in DESKS:
                self.faults.append(f"{where}: không có bộ phận này; dùng {', '.join(DESKS)}.")
            elif not isinstance(url, str):
                self.faults.append(f"{where}: phải là một địa chỉ Apprise, ví dụ mailto://… hoặc tgram://….")
            elif (full := self._filled_in(where, url)) and (channel := self._channel(where, full)):
                addresses[code, desk] = Address(channel, language, full)
        return language

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

        full = _PLACEHOLDER.sub(value, url)
        self.faults += [
            f"{where}: biến môi trường {name} chưa đặt (hoặc {name}_FILE không đọc được)." for name in missing
        ]
        return None if missing else full

    def _channel(self, where: str, url: str) -> str | None:
        # Imported here: it takes a third of a second, and a store without contacts does not need it.
        import apprise

        if url == f"{LOCAL_MAILBOX}://":
            return LOCAL_MAILBOX
        if apprise.Apprise.instantiate(url, suppress_exceptions=True) is None:
            schema = url.partition("://")[0] if "://" in url else ""
            known = f"«{schema}://» với nội dung không đúng dạng" if schema.isalnum() else "không có dạng dịch-vụ://…"
            self.faults.append(f"{where}: Apprise không hiểu địa chỉ này ({known}); xem tài liệu của dịch vụ.")
            return None
        return url.partition("://")[0].lower()
