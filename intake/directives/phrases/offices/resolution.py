"""Which office of the register is meant by the words of a text, or none; groups and descriptions stay words."""

import re
from datetime import date

from config.catalogue.office_names import OfficeNames, visible
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.words import plain

_TITLE = re.compile(
    r"^(?:(?:các )?(?:đồng chí|đ/ ?c) )?(?:phó )?(?:giám đốc|thủ trưởng|chủ tịch|chánh|trưởng|bí thư|lãnh đạo"
    r"|bộ trưởng|cục trưởng|vụ trưởng) ",
    re.IGNORECASE,
)
_STANDING_BODY = re.compile(
    r"^(?:ban thường vụ|thường vụ|thường trực|ban chấp hành) (?=(?:tỉnh|thành) ủy|hđnd|hội đồng nhân dân)",
    re.IGNORECASE,
)
"""What a body has to act for it: «Thường trực HĐND tỉnh»."""
_RELATED = re.compile(r" (?:có )?liên quan$|^các (?:cơ quan|đơn vị|tổ chức|địa phương)\b", re.IGNORECASE)


class Resolver:
    """Looks names up in the register of a house.

    day    of several offices of one name, the one that exists on this day is meant
    place  the province of the house: «Công an tỉnh Thanh Hóa» is its own, «Công an tỉnh Nghệ An» is none of it
    """

    def __init__(self, names: OfficeNames | None, day: date | None = None, place: str = "") -> None:
        self._names, self._day = names, day
        own = re.sub(r"^(?:tỉnh|thành phố) ", "", visible(place), flags=re.IGNORECASE)
        self._place = re.compile(rf"(?<=tỉnh) {re.escape(own)}$", re.IGNORECASE) if own else None
        self._known: dict[str, str | None] = {}

    @property
    def knows(self) -> bool:
        """Whether there is a register to look in."""
        return self._names is not None

    def code(self, phrase: OfficePhrase) -> str | None:
        """The code of the one office that the words mean, or None."""
        words = visible(phrase.text)
        if phrase.head:
            words = f"{phrase.head} {words}"
        if words not in self._known:
            self._known[words] = self._resolved(words)
        return self._known[words]

    def _resolved(self, words: str) -> str | None:
        if self._names is None or _RELATED.search(words):
            return None
        bare = re.sub(r"\s*\([^)]*\)$", "", words)
        tried = [
            bare,
            _TITLE.sub("", bare),
            _STANDING_BODY.sub("", bare),
            self._place.sub("", bare) if self._place else "",
            re.sub(r" (?:tỉnh|trực thuộc .*)$", "", bare),
        ]
        tried.append(re.sub(r"(?<= )các (?=(?:xã|phường|đặc khu|huyện) [A-ZĐ])", "", bare))  # the first of several
        lower = plain(bare)
        if lower.startswith(("ubnd các ", "ủy ban nhân dân các ")):
            tried.append("các " + bare[lower.index("các ") + 4 :])
        for each in dict.fromkeys(tried):
            found = self._names.matching(each, self._day) if each else ()
            if len(found) == 1:
                return found[0]
        return None
