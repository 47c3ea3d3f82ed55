"""When something is due, in the words of directives, Vietnamese or English, read into rules."""

import re

from config.rules import kinds
from config.rules.kinds import Rule
from config.rules.reading.day_phrases import read_dated
from config.rules.reading.term_phrases import TERM_WORDS, read_cadence, read_recurring, read_term
from config.text.suggestions import without_accents

AT_ONCE_HOURS = 24
"""«báo cáo ngay» names no hours; a day is our convention, and the coordinator may write another number."""

_NUMBERS = {
    "mười hai": 12, "mười một": 11, "mười": 10, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
    "twelve": 12, "ten": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
}  # fmt: skip
_NUMBER = "|".join(_NUMBERS)
# «năm» is five only before a unit, and «mười lăm ngày» must not be read as ten days.
_NUMBER_OF = re.compile(
    rf"(?<![\w/])({_NUMBER})(?= (?:ngày|giờ|tuần|tháng(?= một| 1| đầu| cuối| kể| tính| ?/|$)|working|business|calendar"
    r"|days?|hours?|weeks?|months?)\b)"
)
_NUMBERED = re.compile(rf"(?<=\btháng )({_NUMBER})(?= năm \d|/\d|$)|(?<=\bquý )(một|hai|ba|bốn|tư)\b")
_IN_BRACKETS = re.compile(r"(\d)\s*\([^()0-9]*\)")

_OPENING = re.compile(
    r"(?:hoan thanh(?: (?:xong|viec|nhiem vu))?|thuc hien(?: xong)?|bao cao(?: ket qua)?|gui(?: ve)?(?: bao cao)?|trinh"
    r"|ban hanh|thoi (?:han|gian|diem)(?: (?:hoan thanh|thuc hien|bao cao))?|han(?: chot| cuoi| hoan thanh| bao cao)?"
    r"|tien do|phai|can|khan truong|kip thoi|nhanh chong|xong|la|completed?|finish(?:ed)?|report(?:ed)?|submit(?:ted)?"
    r"|due|deadline|to be|must be)(?: ?[:,])? (?=.)"
)
# Without its accent «ngày» looks like «ngay», so only a text that has accents can say «at once» with it.
_NGAY = re.compile(r"\bngay(?=$|[.,;!]| lập tức)")
_AT_ONCE = re.compile(r"(?:gui|gui bao cao|report )?(?: ?(?:lap tuc|tuc thi))+|(?:report )?(?:at once|immediately)")
_TODAY = re.compile(r"(?:trong |ngay trong )(?:ngay|ngay hom nay)|today|the same day")
_STANDING_WORDS = (
    r"(?:thuong xuyen|lien tuc|duy tri|hang ngay|ongoing|continuous(?:ly)?|standing|regularly|on an ongoing basis)"
)
_STANDING = re.compile(rf"{_STANDING_WORDS}(?:(?:,| va)? {_STANDING_WORDS})*")
_STANDING_OPENING = re.compile(r"(?:tiep tuc|day manh|tang cuong|thuong xuyen|duy tri|continue|step up)\b")
_WITH_RHYTHM = re.compile(
    r"(?:,|;)? ?(?:va )?(?:(?:dinh ky )?bao cao(?: tien do| ket qua)?|co bao cao|report(?:ed|ing)?)? ?"
)
_URGENT = re.compile(
    r"(?:khan truong|nhanh chong|kip thoi|som(?: nhat)?|cang som cang tot|as soon as possible"
    r"|asap|urgent(?:ly)?|promptly)\b"
)
_NONE = re.compile(
    r"(?:-|khong|khong (?:co|quy dinh|ghi|neu|xac dinh)(?: ro)?(?: thoi (?:han|gian)| han| ngay)?"
    r"|chua (?:co|ro|xac dinh)(?: thoi (?:han|gian)| han)?|none|no date|undated|not stated)"
)
_REFERENCE = re.compile(
    r"(?:theo|as in|according to|under)\b.*"
    r"\b(?:lo trinh|tien do|bao cao|ke hoach|quyet dinh|roadmap|schedule|report|plan)\b"
)
_EVENT_DAY = re.compile(
    r"(?:tai|trong|at|during) (?:the )?(?:ky hop|phien hop|hoi nghi|cuoc hop|dai hoi|session|meeting|conference)\b"
)
_EVENT = re.compile(
    r"(?:(?:ngay )?khi (?:co|phat sinh|xay ra|duoc|phat hien|can|[a-z ]+ (?:ket thuc|xay ra))|theo yeu cau"
    r"|(?:ngay |lap tuc )?sau (?:khi|ky hop|hoi nghi)"
    r"|tren co so|on request|upon|when|as soon as (?:the|it|they|approved|available|requested)|once|after)\b"
)
_NEW_DOCUMENT = re.compile(r"(?:ngay )?(?:khi|sau khi) (?:co|nhan duoc) (?:van ban|tai lieu) moi|on a new document")
_HOLDS_A_TERM = re.compile(rf"{TERM_WORDS}|\b(?:xong|hoan thanh|ky hop)\b|;| va [0-9]")
_HOLDS_A_DATE = re.compile(
    r"[0-9]{1,2} ?[/.-] ?[0-9]|[0-9] (?:ngay|working)|[,;]| va "
    r"|\b(?:thang|quy|ngay|nam|q|quarter) ?[0-9]|\b(?:19|20)[0-9]{2}\b|" + TERM_WORDS
)


def folded(text: str) -> str:
    """A clean line as small letters without accents, with number words as numbers."""
    text = _IN_BRACKETS.sub(r"\1", text.lower())
    if not text.isascii():
        text = _NGAY.sub("lập tức", text)
    text = _NUMBER_OF.sub(lambda found: str(_NUMBERS[found[1]]), text)
    text = _NUMBERED.sub(lambda found: str(_NUMBERS[found[1] or found[2]]), text)
    return without_accents(text).replace(": ", " ").strip(" .,;:!()")


def read_phrase(line: str, anchor: kinds.AnchorName) -> Rule | None:
    """Read a clean line; None where it is no phrase known. Raises ``Refused`` for a day or quarter that is none."""
    text = folded(line)
    while True:
        if rule := _read(text, anchor):
            return rule
        if not (found := _OPENING.match(text)):
            return None
        text = text[found.end() :]


def _read(text: str, anchor: kinds.AnchorName) -> Rule | None:
    if _AT_ONCE.fullmatch(text):
        return kinds.Within(anchor, AT_ONCE_HOURS, "hour")
    if _TODAY.fullmatch(text):
        return kinds.FromAnchor(anchor, 0)
    if _NONE.fullmatch(text):
        return kinds.Undated()
    return read_term(text, anchor) or read_recurring(text) or _standing(text) or read_dated(text) or _without_date(text)


def _standing(text: str) -> Rule | None:
    found = _STANDING.match(text)
    if found is None:
        return None
    rest = text[found.end() :]
    if not rest:
        return kinds.StandingDuty()
    cadence = read_cadence(_WITH_RHYTHM.sub("", rest, count=1))
    if cadence is None and rest.endswith(" bao cao mot lan"):
        cadence = read_cadence(rest.replace(" bao cao mot lan", " mot lan").strip(" ,"))
    return kinds.StandingDuty(cadence) if cadence else None


def _without_date(text: str) -> Rule | None:
    """Words that open a duty and name no day anywhere."""
    if _NEW_DOCUMENT.fullmatch(text):
        return kinds.OnOccasion("DOC")
    if _REFERENCE.match(text) and not _HOLDS_A_TERM.search(text):
        return kinds.Undated("reference")
    if _EVENT_DAY.match(text) and not _HOLDS_A_DATE.search(text):
        return kinds.FromAnchor("EVENT", 0)
    if any(character.isdigit() for character in text) or _HOLDS_A_TERM.search(text):
        return None
    if _EVENT.match(text):
        return kinds.OnOccasion("EVENT")
    if _STANDING_OPENING.match(text):
        return kinds.StandingDuty()
    return kinds.Undated("urgent") if _URGENT.match(text) else None
