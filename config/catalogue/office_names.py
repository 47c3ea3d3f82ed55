"""Offices by the names people write: codes, names, old names and abbreviations, in any spelling of the accents.

«Uỷ ban» and «Ủy ban», «Hoả» and «Hỏa», double, no-break and zero-width spaces, «UBND» and «Ủy ban nhân dân»,
«SYT - Sở Y tế», «Sở KH&ĐT» are one office each. Nothing is guessed: where two offices fit, both are named.
"""

import datetime
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.errors import Refused
from config.text.suggestions import closest, did_you_mean, without_accents
from config.text.tones import tone_last

_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
ABBREVIATIONS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "mttq": "mặt trận tổ quốc",
    "ubmttq": "ủy ban mặt trận tổ quốc",
    "tand": "tòa án nhân dân",
    "vksnd": "viện kiểm sát nhân dân",
    "ksnd": "kiểm sát nhân dân",
    "bchqs": "bộ chỉ huy quân sự",
    "chqs": "chỉ huy quân sự",
    "bđbp": "bộ đội biên phòng",
    "kcn": "khu công nghiệp",
    "kkt": "khu kinh tế",
    "tp": "thành phố",
    "tp.": "thành phố",
    "tx": "thị xã",
    "tx.": "thị xã",
    "vp": "văn phòng",
    "&": "và",
}
_CODE_AND_NAME = re.compile(
    r"(\S+?)\s*[-\u2010-\u2015:./|]\s*(.+)|[(\[](\S+)[)\]]\s*(.+)|(.+?)\s*[(\[](\S+)[)\]]"
    r"|(.+?)\s*[-\u2010-\u2015/|]\s*(\S+)|(\S+) (.+)"
)
_BETWEEN_INITIALS = re.compile(r"(?:[&,\s-]|\bvà\b)+")


def visible(text: str) -> str:
    """The text with one space between words, without characters that are not seen, its accents composed."""
    composed = unicodedata.normalize("NFC", text).replace("\u00d0", "Đ").replace("\u00f0", "đ")
    return " ".join("".join(each for each in composed if unicodedata.category(each) != "Cf").split())


def plain_name(text: str) -> str:
    """One form for all spellings of a name: small letters, the tone of each word behind it, abbreviations in full."""
    words = _DASHES.sub(" - ", visible(text)).casefold().strip(" .,;").replace("&", " & ").split()
    full = " ".join(ABBREVIATIONS.get(word, word) for word in words)
    return " ".join(tone_last(word) for word in full.split())


def code_for(name: str, taken: Collection[str]) -> str:
    """A code for a new office that is not taken: the first letters of its name, with a number where others have it."""
    words = re.findall(r"[A-Za-z0-9]+", without_accents(name))
    initials = "".join(word[0] for word in words)[:12].upper()
    initials = initials if initials[:1].isalpha() and len(initials) > 1 else f"CQ{initials}"
    code, number = initials, 2
    while code in taken:
        code, number = f"{initials}{number}", number + 1
    return code


_LEVEL = re.compile(f" (?:{plain_name('tỉnh')}|{plain_name('thành phố')})$")
"""What people leave out where there is no other: «Công an» for «Công an tỉnh»."""


_FRONT = plain_name("mặt trận tổ quốc")


def _loosely(plain: str) -> str:
    """A plain name without commas, dashes and the level, and the Front by its bare name: «MTTQ tỉnh»."""
    words = " ".join(word for word in re.sub("[,;]", "", plain).split() if word != "-")
    words = words.removesuffix(" " + plain_name("tỉnh"))
    if _FRONT in words:
        words = words.removeprefix(plain_name("ủy ban") + " ").replace(" " + plain_name("việt nam"), "")
    return words


def _initials(name: str) -> str:
    """«Sở Kế hoạch và Đầu tư» as «sở khđt»: its first word in full and the others' first letters."""
    first, *others = visible(name).casefold().replace("-", " ").replace(",", " ").split() or [""]
    letters = "".join(unicodedata.normalize("NFD", word)[0] for word in others if word not in ("và", "&"))
    return f"{tone_last(first)} {letters}" if len(letters) > 1 else ""


def _acronym(text: str) -> str:
    """«Sở KH&ĐT» in the form of ``_initials``; empty for anything else."""
    first, _, rest = visible(text).partition(" ")
    letters = _BETWEEN_INITIALS.sub("", rest)
    return f"{tone_last(first.casefold())} {letters.casefold()}" if letters.isalpha() and letters.isupper() else ""


@dataclass(frozen=True)
class NamedOffice:
    """What an office may be called by, and until when it exists."""

    code: str
    names: tuple[str, ...]
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None

    def exists_on(self, day: datetime.date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class OfficeNames:
    """The offices of a register by everything they may be called."""

    def __init__(self, offices: Iterable[NamedOffice]) -> None:
        self._offices = {office.code: office for office in offices}
        self._exact: dict[str, dict[str, None]] = {}
        self._loose: dict[str, dict[str, None]] = {}
        for office in self._offices.values():
            for name in office.names:
                plain = plain_name(name)
                short = plain_name(re.sub(r"\s*\(.*?\)", "", visible(name)))
                self._add(self._exact, plain, office.code)
                for other in (short, _LEVEL.sub("", short), _loosely(short), _initials(name)):
                    self._add(self._loose, other, office.code)

    @staticmethod
    def _add(index: dict[str, dict[str, None]], key: str, code: str) -> None:
        if key:
            index.setdefault(key, {})[code] = None

    @property
    def names(self) -> list[str]:
        """Every name as it is written in the register."""
        return list(dict.fromkeys(name for office in self._offices.values() for name in office.names))

    def called_also(self, others: Mapping[str, str]) -> "OfficeNames":
        """These offices with further names: the code that is meant, by name."""
        further: dict[str, list[str]] = {}
        for name, code in others.items():
            further.setdefault(code, []).append(name)
        return OfficeNames(
            replace(office, names=(*office.names, *further.get(code, ()))) for code, office in self._offices.items()
        )

    def matching(self, text: str, day: datetime.date | None = None) -> tuple[str, ...]:
        """The codes of the offices that ``text`` may mean: none, one, or several where it is ambiguous.

        day  of several offices of one name, the one that exists on this day is meant
        """
        seen = visible(text)
        if seen in self._offices:
            return (seen,)
        # An invisible space may stand for one between words.
        apart = "".join(" " if unicodedata.category(each) == "Cf" else each for each in text)
        found = self._by_name(seen) or (self._by_name(visible(apart)) if apart != text else ())
        if not found and (parts := _CODE_AND_NAME.fullmatch(seen)):
            # A code and a name must mean the same office; a code alone is no proof of what was meant.
            one, other = (part for part in parts.groups() if part is not None)
            both = [(part,) if part in self._offices else self._by_name(part) for part in (one, other)]
            if all(both) and (one in self._offices or other in self._offices):
                found = tuple(dict.fromkeys(code for codes in both for code in codes))
                common = tuple(code for code in both[0] if code in both[1])
                found = common if len(common) == 1 else found
        if len(found) > 1 and day is not None:
            existing = tuple(code for code in found if self._offices[code].exists_on(day))
            found = existing if len(existing) == 1 else found
        return found

    def _by_name(self, text: str) -> tuple[str, ...]:
        plain = plain_name(text)
        loose = (plain, _loosely(plain), _acronym(text))
        for index, key in ((self._exact, plain), *((self._loose, each) for each in loose)):
            if key in index:
                return tuple(index[key])
        return ()

    def named(self, text: str, day: datetime.date | None = None) -> str:
        """The code of the office that is called so; raises ``Refused`` for an unknown or an ambiguous name."""
        found = self.matching(text, day)
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(*self.ambiguous(text, found))
        near = closest(text, self.names)
        vi, en = did_you_mean(near) if near else ("", "")
        raise Refused(f"Không có cơ quan «{visible(text)}»{vi}", f"There is no office '{visible(text)}'{en}")

    def ambiguous(self, text: str, found: Iterable[str]) -> tuple[str, str]:
        """That a name fits several offices, and which."""
        listed = "; ".join(f"{code} ({self._offices[code].names[0]})" for code in found)
        return (
            f"«{visible(text)}» có thể là nhiều cơ quan: {listed}; ghi mã hoặc tên đầy đủ",
            f"'{visible(text)}' may be several offices: {listed}; write the code or the full name",
        )


def names_in(entries: Iterable[dict[str, Any]]) -> OfficeNames:
    """The names in entries of an offices.yaml as read, also of those that have other faults."""
    return OfficeNames(
        NamedOffice(code=entry["code"], names=tuple(name for name in _written_names(entry) if isinstance(name, str)))
        for entry in entries
        if isinstance(entry.get("code"), str)
    )


def _written_names(entry: dict[str, Any]) -> list[Any]:
    aliases = entry.get("aliases")
    return [entry.get("name_vi"), entry.get("name_en"), *(aliases if isinstance(aliases, list) else ())]
