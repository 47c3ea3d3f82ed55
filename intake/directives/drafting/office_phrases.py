"""Where a text names offices: one by one, in lists, by the titles of their heads, and as groups.

Only the words are found here, as they stand; which office of the register is meant is said by ``resolution``.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from intake.directives.drafting.words import NO_NAME, plain

_TITLE = re.compile(
    r"(?:(?:các )?đồng chí +)?(?:thủ trưởng|người đứng đầu|phó giám đốc|giám đốc|tổng giám đốc|phó chủ tịch|chủ tịch|chánh"
    r"|bộ trưởng|tổng cục trưởng|chi cục trưởng|cục trưởng|vụ trưởng|viện trưởng|hiệu trưởng|tổng biên tập|tư lệnh"
    r"|chỉ huy trưởng|trưởng|bí thư|lãnh đạo|ban giám đốc)(?:,? +(?:phó )?(?:thủ trưởng|giám đốc|chủ tịch))* +"
)
_TITLE_ALONE = re.compile(r"(?:phó )?(?:hiệu trưởng|bộ trưởng|chủ tịch nước|tổ trưởng(?: chuyên môn)?|trưởng phòng)\b")
_MANY = re.compile(r"(?:tất cả |toàn thể |toàn bộ )?(?:các|những|từng|mỗi|mọi|hai|toàn thể|tất cả) +")
_SEPARATOR = re.compile(r" *(?:[,;/&+]|-(?= )|(?<!\w)(?:và|cùng với|cùng|với|hoặc)(?!\w)) *(?:(?:và|cùng với|cùng|với) +)?(?:giao +)?")
_WORD = re.compile(r"[^\W_]+(?:[.&/'-][^\W_]+)*")
_AREA = re.compile(
    r" +(?:trên địa bàn(?: +(?:toàn )?(?:tỉnh|thành phố|huyện|xã|phường))?|ở (?:địa phương|cấp)|có liên quan|liên quan"
    r"|hữu quan|chức năng|trực thuộc trung ương|cấp (?:tỉnh|huyện|xã|trên|dưới|cơ sở)|các cấp|trung ương(?: (?:trên|đóng))?|cùng cấp)(?!\w)"
)
_OWNED = re.compile(r" +(?:trực )?thuộc +(?=\w)")
_ADJACENT = re.compile(r" +(?=[^\W\d_])")
_LEVEL = re.compile(r" +(?:tỉnh|thành phố|huyện|thị xã|trung ương|việt nam|cấp tỉnh|cấp huyện|cấp xã|các cấp|hai cấp|khu vực|xã|phường)(?!\w)")
_MORE_LEVELS = re.compile(
    r"(?:(?<=huyện)|(?<= xã)|(?<=tỉnh))(?:(?:,| và) (?:thị xã|thành phố|thị trấn|phường|đặc khu|huyện|xã)(?! [A-ZĐ]))+(?!\w)"
)
_COMMON = ("cơ quan", "đơn vị", "địa phương", "chính quyền", "cấp ủy", "doanh nghiệp", "lực lượng", "nhà trường", "ủy ban",
           "ubnd", "hđnd", "công an", "phòng", "mặt trận", "đảng ủy", "ngành", "viện", "trung tâm", "chủ đầu tư")  # fmt: skip
"""Heads that also begin a name when written small."""
_NO_HEAD = re.compile(
    r"(?:báo (?:cáo|động|giá)|hội (?:nghị|thảo|thi|họp|chợ|đàm|nhập|chẩn|trường)|ban hành|bộ (?:luật|tiêu chí|máy|phận|chỉ số|môn|hồ sơ|nhận diện|quy tắc|tài liệu|câu hỏi|công cụ|thủ tục|dữ liệu|đề)"
    r"|trường hợp|phòng (?:cháy|ngừa|chống|, chống|bệnh|học|vệ)|đội ngũ|công (?:tác|bố|khai|trình)|khoa học|thành (?:lập|tích|phần|công)|xã hội|nhà (?:nước|ở|dân|giáo|vệ|tạm|đầu tư)|quỹ đất|cục bộ|vụ (?:việc|án|mùa|đông|hè|xuân|lộ)"
    r"|thuế (?:thu|giá|suất|đất)|đoàn (?:kết|kiểm|thanh|công tác|giám)|bản (?:đồ|chất)|tổ (?:chức (?!pháp chế|chính trị|đảng|tín dụng|hành chính|đoàn|công|xã hội|cán bộ)|dân phố|hợp)|viện (?:trợ|phí)|trung tâm (?:chính trị - hành chính|điểm)|đài (?:thọ|loan)|hạt (?:giống|nhân)|lực lượng lao động|đơn vị (?:tính|hành chính)|cơ quan nhà nước)(?!\w)"
)
"""Words that begin like an office and are none: «Báo cáo», «Hội nghị», «Bộ tiêu chí»."""
_MOST_WORDS = 28


@dataclass(frozen=True)
class OfficePhrase:
    """The words for one office or one group (``many``), with their place in the text.

    head  what stands before the words where a list shares it: «Sở» of «các Sở: Nội vụ, Y tế»
    """

    start: int
    end: int
    text: str
    many: bool = False
    head: str = ""


class OfficeReader:
    """Reads names of offices. ``names``: of the register, and those met in the headings of the text at hand."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        read = tomllib.loads((Path(__file__).parent / "offices.toml").read_text(encoding="utf-8"))
        self._fields = sorted({plain(each) for each in read["fields"]}, key=len, reverse=True)
        self._groups = re.compile(_alternatives(read["groups"]) + r"(?!\w)")
        self._heads = re.compile(_alternatives(read["heads"]) + r"(?!\w)")
        self._names: dict[str, list[str]] = {}
        for head in ("sở", "bộ", "phòng", "ty"):
            self.add(f"{head} {field}" for field in self._fields)
        self.add(name for pattern in read["names"] for name in _expanded(pattern))
        self.add(names)

    def add(self, names: Iterable[str]) -> None:
        """Let these names be known too, longest first."""
        for name in names:
            known = " ".join(plain(name).split())
            if " - " in known:
                self.add([known.replace(" - ", ", ")])
            first = _WORD.match(known)
            if first and len(known) > 2 and known not in self._names.setdefault(first[0], []):
                self._names[first[0]].append(known)
                self._names[first[0]].sort(key=len, reverse=True)

    def knows(self, name: str) -> bool:
        """Whether the words are a name that is known, not one that only looks like an office's."""
        words = " ".join(plain(name).split())
        return self._known(words, 0, len(words)) > 0

    def list_at(self, text: str, lower: str, start: int, end: int) -> tuple[list[OfficePhrase], int]:
        """The offices listed from ``start`` on, and where the list ends; an empty list where none begins."""
        found: list[OfficePhrase] = []
        at = start
        while at < end:
            items, after = self._item(text, lower, at, end, in_list=bool(found))
            if not items:
                break
            found += items
            separator = _SEPARATOR.match(lower, after, end) or (
                re.compile(r" +").match(lower, after, end) if text[after : after + 1] == "\n" else None
            )
            start_of_last, at = after, separator.end() if separator else end
            if separator is None:
                return found, start_of_last
        return found, found[-1].end if found else start

    def _item(self, text: str, lower: str, at: int, end: int, *, in_list: bool) -> tuple[list[OfficePhrase], int]:
        if known := self._known(lower, at, end):
            after = self._owned(text, lower, self._qualified(text, lower, known, end), end)
            return [OfficePhrase(at, after, text[at:after], many=bool(_MANY.match(lower, at, end)) or "cơ quan ngang bộ" in lower[at:after])], after
        if title := _TITLE.match(lower, at, end):
            items, after = self._item(text, lower, title.end(), end, in_list=True)
            if items:
                return items, after
        if many := _MANY.match(lower, at, end):
            return self._group(text, lower, at, many.end(), end)
        if not _NO_HEAD.match(lower, at, end) and (head := self._heads.match(lower, at, end)) and (
            text[at].isupper() or in_list and lower.startswith(_COMMON, at) or self._capital_follows(text, head.end(), end)
        ):
            if many := re.compile(r" +(?:nhân dân +)?(?=các +)").match(lower, head.end(), end):
                inner = many.end() + len("các ")
                items, after = self._group(text, lower, at, inner, end)
                if items:
                    return items, after
            after = self._owned(text, lower, self._generic(text, lower, head.end(), end), end)
            bare = after == head.end() and head[0] not in ("tỉnh ủy", "thành ủy", "huyện ủy", "nhà trường", "chủ đầu tư", "công đoàn")
            if not bare:
                return [OfficePhrase(at, after, text[at:after], many=lower.startswith(_COMMON[:6], at))], after
        if alone := _TITLE_ALONE.match(lower, at, end):
            return [OfficePhrase(at, alone.end(), text[at : alone.end()])], alone.end()
        return [], at

    @staticmethod
    def _capital_follows(text: str, at: int, end: int) -> bool:
        word = _WORD.search(text, at, end)
        return bool(word and word.start() <= at + 2 and word[0][0].isupper())

    def _known(self, lower: str, at: int, end: int) -> int:
        """Where the longest known name that begins here ends; 0 where none does. Spaces may be ends of lines."""
        first = _WORD.match(lower, at, end)
        for name in self._names.get(first[0], ()) if first else ():
            after = at + len(name)
            if after <= end and lower.startswith(name, at) and not (after < end and lower[after].isalnum()):
                return after
        return 0

    def _qualified(self, text: str, lower: str, after: int, end: int) -> int:
        """A known name with its level and place: «Công an» of «Công an tỉnh Sơn La»."""
        while True:
            if level := _LEVEL.match(lower, after, end):
                after = level.end()
            place = re.compile(r" +[^\W\d_]\w*").match(text, after, end)
            if place and place[0].strip()[0].isupper() and not self._heads.match(lower, place.start() + 1) and (
                lower[:after].endswith(("tỉnh", "thành phố", "huyện", "thị xã", "xã", "phường", "trường", "khu vực")) or place[0].strip() in ("Trung", "Việt")
            ):
                after = self._capitals(text, after, end)
                continue
            if area := _AREA.match(lower, after, end) or _MORE_LEVELS.match(lower, after, end):
                after = area.end()
                continue
            return after

    def _owned(self, text: str, lower: str, after: int, end: int) -> int:
        """A name with the office it belongs to: «phòng An ninh chính trị nội bộ Công an tỉnh», «Cục A thuộc Bộ B»."""
        belongs = _OWNED.match(lower, after, end)
        adjacent = belongs or _ADJACENT.match(lower, after, end)
        if adjacent and (belongs or text[adjacent.end()].isupper()):
            owner, there = self._item(text, lower, adjacent.end(), end, in_list=True)
            # «các đơn vị thuộc Bộ»: which one is said elsewhere.
            bare = self._heads.match(lower, adjacent.end(), end) if belongs and not owner else None
            return there if owner else bare.end() if bare and text[bare.start()].isupper() else after
        return after

    @staticmethod
    def _capitals(text: str, after: int, end: int) -> int:
        word = re.compile(r" +([^\W_]+)")
        while (found := word.match(text, after, end)) and (found[1][0].isupper() or found[1][0].isdigit()):
            after = found.end()
        return after

    def _generic(self, text: str, lower: str, after: int, end: int) -> int:
        """Where a name that is not known ends: before a verb, a mark, or the next office."""
        space = _ADJACENT.match(lower, after, end)
        if space and (field := next((f for f in self._fields if lower.startswith(f, space.end())), None)):
            after = space.end() + len(field)
        for _ in range(_MOST_WORDS):
            if area := _AREA.match(lower, after, end):
                after = area.end()
                continue
            if _OWNED.match(lower, after, end):
                return after
            joint = re.compile(r"(?: *(?:,|-|&)| +và(?!\w))? +(?=[^\W_])").match(lower, after, end)
            word = _WORD.match(text, joint.end(), end) if joint else None
            if not joint or not word:
                return after
            capital = word[0][0].isupper()
            marked = joint[0].strip() in (",", "và", "&")
            if marked and (not capital or self._starts_office(text, lower, word.start(), end)):
                return after
            if marked and joint[0].strip() == "," and not re.compile(r"[^,;.:]{2,30}? và +[^\W\d_]").match(lower, word.start(), end):
                return after
            if not capital and NO_NAME.match(lower, word.start(), end):
                return after
            after = word.end()
        return after

    def _starts_office(self, text: str, lower: str, at: int, end: int) -> bool:
        return bool(
            _MANY.match(lower, at, end) or _TITLE.match(lower, at, end) or self._known(lower, at, end)
            or text[at].isupper() and not _NO_HEAD.match(lower, at, end) and self._heads.match(lower, at, end)
        )  # fmt: skip

    def _group(self, text: str, lower: str, start: int, at: int, end: int) -> tuple[list[OfficePhrase], int]:
        """«các sở, ban, ngành cấp tỉnh» as one; «các Sở: Nội vụ, Y tế» one by one."""
        noun = self._groups.match(lower, at, end)
        if noun is None:
            if self._known(lower, at, end) or (text[at].isupper() and self._heads.match(lower, at, end)):
                items, after = self._item(text, lower, at, end, in_list=True)
                return [OfficePhrase(start, each.end, text[start : each.end], many=True) for each in items[:1]], after
            return [], start
        if listed := self._fields_listed(text, lower, noun, end):
            return listed
        after = noun.end()
        for _ in range(_MOST_WORDS):
            if area := _AREA.match(lower, after, end):
                after = area.end()
                continue
            if (owned := self._owned(text, lower, after, end)) > after and _OWNED.match(lower, after, end):
                after = owned
                continue
            joint = re.compile(r"(?: *[,/]| +(?:và|hoặc)(?!\w)| -)? +(?:và +)?(?=[^\W_])").match(lower, after, end)
            word = _WORD.match(text, joint.end(), end) if joint else None
            if not joint or not word:
                break
            if joint[0].strip() and self._known(lower, word.start(), end) and not self._groups.fullmatch(lower, word.start(), self._known(lower, word.start(), end)):
                break
            if joint[0].strip() not in ("", "-") and (more := self._groups.match(lower, word.start(), end)):
                # «tổ chức» is also what an office is told to do.
                told = more[0] == "tổ chức" and re.compile(r" +(?:triển khai|thực hiện|rà soát|kiểm tra|tuyên truyền|tập huấn|hội nghị|các|cho|việc|quán triệt|sơ kết|tổng kết)").match(lower, more.end())
                owned = text[word.start()].isupper() and (self._known(lower, word.start(), end) or self._generic(text, lower, more.end(), end) > more.end())
                if not told and not owned:
                    after = more.end()
                    continue
            marked = joint[0].strip() not in ("", "-")
            if marked and (word[0][0].isupper() or "," in joint[0] or self._starts_office(text, lower, word.start(), end)):
                break
            if not word[0][0].isupper() and NO_NAME.match(lower, word.start(), end):
                break
            if word[0][0].isupper() and not marked and self._starts_office(text, lower, word.start(), end) and noun.end() != after:
                break
            after = word.end()
        return [OfficePhrase(start, after, text[start:after], many=True)], after

    def _fields_listed(
        self, text: str, lower: str, noun: re.Match[str], end: int
    ) -> tuple[list[OfficePhrase], int] | None:
        if noun[0] not in ("sở", "bộ", "sở, ngành", "vụ", "phòng", "ngành", "ban"):
            return None
        at = re.compile(r" *(?:, *ngành *)?:? +").match(lower, noun.end(), end)
        if not at or not text[at.end() : at.end() + 1].isupper():
            return None
        found: list[OfficePhrase] = []
        here = at.end()
        separator = re.compile(r" *(?:,| +và(?!\w)) +(?:và +)?")
        while True:
            field = next((f for f in self._fields if lower.startswith(f, here) and not lower[here + len(f) :][:1].isalnum()), None)
            if self._starts_office(text, lower, here, end) and field is None:
                break
            after = here + len(field) if field else self._generic(text, lower, here, end)
            if field is None and not text[here : here + 1].isupper():
                break
            if field is None:
                first = _WORD.match(text, here, end)
                after = self._generic(text, lower, first.end(), end) if first else here
            found.append(OfficePhrase(here, after, text[here:after], head=text[noun.start() : noun.start() + 1].upper() + noun[0][1:]))
            joint = separator.match(lower, after, end)
            if not joint or not text[joint.end() : joint.end() + 1].isupper():
                break
            here = joint.end()
        if len(found) == 1 and ":" not in at[0]:
            return None
        return (found, found[-1].end) if found else None


def _alternatives(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted((re.escape(plain(each)) for each in words), key=len, reverse=True)) + ")"


def _expanded(pattern: str) -> Iterator[str]:
    parts = re.split(r"(\{[^}]*\})", pattern)
    choices = [part[1:-1].split("|") if part.startswith("{") else [part] for part in parts]
    for chosen in product(*choices):
        yield " ".join("".join(chosen).split())
