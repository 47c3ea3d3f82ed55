"""The names by which offices are known: of the register, of the state and party in general, of the text at hand."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from config.catalogue.office_names import ABBREVIATIONS
from intake.directives.phrases.words import FIELDS, GROUPS, HEADS, NO_HEADS, OFFICE_NAMES, plain

WORD = re.compile(r"[^\W_]+(?:[.&/'-][^\W_]+)*")
AREA = re.compile(
    r" +(?:trên địa bàn(?: +(?:toàn )?(?:tỉnh|thành phố|huyện|xã|phường))?|ở (?:địa phương|cấp)|có liên quan|liên quan"
    r"|hữu quan|chức năng|trực thuộc trung ương|cấp (?:tỉnh|huyện|xã|trên|dưới|cơ sở)|các cấp"
    r"|trung ương(?: (?:trên|đóng))?|cùng cấp)(?!\w)"
)
LEVEL = re.compile(
    r" +(?:tỉnh|thành phố|huyện|thị xã|trung ương|việt nam|cấp tỉnh|cấp huyện|cấp xã|các cấp|hai cấp|chi nhánh|khu vực"
    r"|xã|phường)(?!\w| ủy(?!\w| ban))"
)
MORE_LEVELS = re.compile(
    r"(?:(?<=huyện)|(?<= xã)|(?<=tỉnh))(?:(?:,| và) (?:thị xã|thành phố|thị trấn|phường|đặc khu|huyện"
    r"|xã)(?! [A-ZĐ]))+(?!\w)"
)
"""What a name goes on with: where, of which level, of which levels."""
_GOES_ON = re.compile(r"\w| ủy(?!\w| ban)")
"""«tỉnh» of «Tỉnh ủy» is no level."""
_ORGANISES = re.compile(
    r"tổ chức (?!(?:xã hội|chính trị|đảng|đoàn|công đoàn|hội|tín dụng|tôn giáo|đại diện|hành nghề|kinh tế|phi chính phủ"
    r"|quốc tế|khoa học|bầu cử|pháp chế|nước ngoài|y tế thế giới|lao động)(?!\w))"
)
"""«tổ chức» that is a verb, not an organisation."""
_WITH_FIELDS = ("sở", "bộ", "phòng", "ty")


class OfficeDictionary:
    """Whole names, and what names that are not known begin with.

    heads   what the name of an office begins with; ``groups``: nouns of groups, «sở», «ban», «ngành»
    fields  of departments, longest first: «kế hoạch và đầu tư»
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.fields = sorted({plain(each) for each in FIELDS}, key=len, reverse=True)
        self.groups = re.compile(_alternatives(GROUPS) + r"(?!\w)")
        self._heads = re.compile(_alternatives(HEADS) + r"(?!\w)")
        self._no_heads = re.compile(_alternatives(NO_HEADS) + r"(?!\w)")
        self._names: dict[str, list[str]] = {}
        self.add(f"{head} {field}" for head in _WITH_FIELDS for field in self.fields)
        self.add(name for pattern in OFFICE_NAMES for name in _expanded(pattern))
        self.add(names)

    def add(self, names: Iterable[str]) -> None:
        """Let these names be known too, longest first; a dash in them may be a comma."""
        for name in names:
            known = " ".join(plain(name).split())
            for each in {known, known.replace(" - ", ", "), *_shortened(known)}:
                first = WORD.match(each)
                if first and len(each) > 2 and each not in self._names.setdefault(first[0], []):
                    self._names[first[0]].append(each)
                    self._names[first[0]].sort(key=len, reverse=True)

    def name_at(self, lower: str, at: int, end: int) -> int:
        """Where the longest known name that begins at ``at`` ends; 0 where none does."""
        first = WORD.match(lower, at, end)
        for name in self._names.get(first[0], ()) if first else ():
            after = at + len(name)
            if after <= end and lower.startswith(name, at) and not _GOES_ON.match(lower, after, end):
                return after
        return 0

    def head_at(self, lower: str, at: int, end: int) -> re.Match[str] | None:
        """The head of a name that is not known: «Ban», «Trung tâm»; not where the words are none, «Báo cáo»."""
        if self._no_heads.match(lower, at, end) or _ORGANISES.match(lower, at, end):
            return None
        return self._heads.match(lower, at, end)

    def field_at(self, lower: str, at: int) -> str | None:
        """The longest field of a department that begins at ``at``."""
        return next(
            (each for each in self.fields if lower.startswith(each, at) and not lower[at + len(each) :][:1].isalnum()),
            None,
        )

    def knows(self, name: str) -> bool:
        """Whether the words begin with a name that is known, not with one that only looks like an office's."""
        words = " ".join(plain(name).split())
        return self.name_at(words, 0, len(words)) > 0


def _shortened(name: str) -> Iterator[str]:
    """A name with one of its parts as people write it: «các khu công nghiệp» as «các KCN»."""
    for short, full in ABBREVIATIONS.items():
        if short.isalpha() and plain(full) in name:
            yield name.replace(plain(full), short)


def _alternatives(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted((re.escape(plain(each)) for each in words), key=len, reverse=True)) + ")"


def _expanded(pattern: str) -> Iterator[str]:
    """«Sở {A|B}» as «Sở A» and «Sở B»."""
    parts = re.split(r"(\{[^}]*\})", pattern)
    choices = [part[1:-1].split("|") if part.startswith("{") else [part] for part in parts]
    for chosen in product(*choices):
        yield " ".join("".join(chosen).split())
