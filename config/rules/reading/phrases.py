"""When something is due, in the words of directives, Vietnamese or English, read into rules."""

import re
from dataclasses import replace

from config.rules import kinds
from config.rules.kinds import Rule
from config.rules.reading.day_phrases import read_dated
from config.rules.reading.recipients import without_recipients
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
    r"(?:(?:nhiem vu|cong viec|viec)(?= thuong xuyen)|ngay(?= trong (?:thang|quy|nam|[0-9]))|cho(?= den)"
    r"|dinh ky(?= (?:truoc|cham nhat|ngay|vao))|truoc mat|ket thuc|ht"
    r"|hoan thanh(?: (?:xong|viec|nhiem vu))?|thuc hien(?: xong)?|bao cao(?: ket qua)?|gui(?: ve)?(?: bao cao)?|trinh"
    r"|ban hanh|thoi (?:han|gian|diem)(?: (?:hoan thanh|thuc hien|bao cao))?|han(?: chot| cuoi| hoan thanh| bao cao)?"
    r"|tien do|phai|can|khan truong|kip thoi|nhanh chong|xong|la|completed?|finish(?:ed)?|report(?:ed)?|submit(?:ted)?"
    r"|due|deadline|to be|must be)(?: ?[:,]| va)? (?=.)"
)
# Without its accent «ngày» looks like «ngay», so only a text that has accents can say «at once» with it.
_NGAY = re.compile(r"\bngay(?=$|[.,;!]| lập tức| về | cho | tới )")
_AT_ONCE = re.compile(
    r"(?:gui|gui bao cao|trien khai|thuc hien|report )?(?: ?(?:lap tuc|tuc thi))+|(?:report )?(?:at once|immediately)"
)
_TODAY = re.compile(r"(?:trong |ngay trong )(?:ngay|ngay hom nay)|(?:ngay )?hom nay|today|the same day")
_STANDING_WORDS = (
    r"(?:thuong xuyen|lien tuc|lau dai|duy tri|hang ngay"
    r"|ongoing|continuous(?:ly)?|standing|regularly|on an ongoing basis)"
)
_STANDING = re.compile(rf"{_STANDING_WORDS}(?:(?:,| va)? {_STANDING_WORDS})*")
_STANDING_OPENING = re.compile(r"(?:tiep tuc|day manh|tang cuong|thuong xuyen|duy tri|continue|step up)\b")
_WITH_RHYTHM = re.compile(
    r"(?:,|;)? ?(?:va )?(?:(?:dinh ky )?bao cao(?: tien do| ket qua)?|co bao cao|report(?:ed|ing)?)? ?"
)
_PROGRESS = re.compile(
    r"(?:,|;)? (?:va )?(?:(?:dinh ky )?bao cao(?: tien do| ket qua)?|tien do|(?:with )?progress|report(?:ed|ing)?) "
)
_URGENT_WORDS = r"khan truong|nhanh chong|kip thoi|som(?: nhat)?|cang som cang tot"
_URGENT = re.compile(rf"(?:{_URGENT_WORDS}|as soon as possible|asap|urgent(?:ly)?|promptly)\b")
_SOON = re.compile(r"(?:trong )?thoi gian (?:som nhat|ngan nhat|toi|toi day)|truoc mat")
_NONE = re.compile(
    r"(?:-|khong|khong (?:co|quy dinh|ghi|neu|xac dinh)(?: ro)?(?: thoi (?:han|gian)| han| ngay)?"
    r"|chua (?:co|ro|xac dinh)(?: thoi (?:han|gian)| han)?|none|no date|undated|not stated)"
)
_REFERENCE = re.compile(
    r"(?:(?:bao dam|dam bao)(?: dung| theo)?|theo(?: dung)?|dung|as in|according to|under)\b.*"
    r"\b(?:lo trinh|tien do|bao cao|ke hoach|quyet dinh|quy dinh|huong dan|chi dao|nghi dinh|nghi quyet|luat|thong tu"
    r"|van ban|de an|du an|chuong trinh|thoi (?:han|gian)|roadmap|schedule|report|plan)\b"
)
_EVENT_DAY = re.compile(
    r"(?:tai|trong|at|during) (?:the )?(?:ky hop|phien hop|hoi nghi|cuoc hop|dai hoi|session|meeting|conference)\b"
)
_EVENT = re.compile(
    r"(?:(?:ngay |lap tuc )?(?:khi|sau khi|sau (?:ky hop|phien hop|cuoc hop|hoi nghi|dai hoi|dot))|neu co|theo yeu cau"
    r"|tren co so|on request|upon|when|as soon as (?:the|it|they|approved|available|requested)|once|after)\b"
)
_UNFORESEEN = re.compile(r"(?:bao cao )?dot xuat")
# «báo cáo ngay khi có sự cố»: at once, but from the event on. Only with its accents does «ngay» come here as «at once».
_ON_AN_EVENT = re.compile(
    rf"(?:(?P<report>(?:gui )?bao cao|thong bao|thong tin|gui|report)(?: [a-z]+){{0,5}}? )??"
    rf"(?P<how>lap tuc|ngay|dot xuat|immediately|at once|{_URGENT_WORDS}),?(?: [a-z]+){{0,9}}?"
    r" (?P<when>(?:sau )?(?:khi|when|after) .+)"
)
_AT_ONCE_WORDS = ("lap tuc", "ngay", "immediately", "at once")
_UNTIL_DONE = re.compile(r"den khi (?:hoan thanh|xong|ket thuc)\b.*")
_UNTIL = re.compile(r"den khi .+|until (?:further notice|.+)")
_NAMES = re.compile(
    r" so [0-9][\w./-]*(?:,? ngay [0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4})?"
    r"| [0-9]+(?:/[0-9]{4})?[/-][a-z][\w/-]*(?:,? ngay [0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4})?"
    r"|(?: lan)? thu (?:[0-9]+|[a-z]+)\b| khoa [ivx0-9]+\b"
    r"|(?P<noun>\b(?:ke hoach|du toan|ngan sach|cong tac|chuong trinh|quyet toan|dau tu cong|de an))"
    r" (?:hang nam|(?:cua )?nam [0-9]{4}(?:-[0-9]{4})?)\b"
)
"""Numbers and years that name a paper, a meeting or a budget, and no day."""
_NEW_DOCUMENT = re.compile(r"(?:ngay )?(?:khi|sau khi) (?:co|nhan duoc) (?:van ban|tai lieu) moi|on a new document")
_HOLDS_A_TERM = re.compile(rf"{TERM_WORDS}|\b(?:xong|hoan thanh|ky hop)\b|;| va [0-9]")
_A_DAY = re.compile(r"[0-9]{1,2}/[0-9]")
_ENDS_AN_EVENT = re.compile(rf"{TERM_WORDS}|;|[0-9]|, (?:xong|hoan thanh)")
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
    return _opened(text, anchor) or _opened(without_recipients(text), anchor)


def _opened(text: str, anchor: kinds.AnchorName) -> Rule | None:
    """What a text says once the words that open a duty are passed over."""
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
    return read_term(text, anchor) or read_recurring(text) or _with_progress(text) or _other(text)


def _with_progress(text: str) -> Rule | None:
    """Years with the rhythm at which progress is reported: «giai đoạn 2025-2030, báo cáo tiến độ hằng quý»."""
    for found in _PROGRESS.finditer(text):
        rule, rhythm = read_dated(text[: found.start()]), read_cadence(text[found.end() :])
        if rhythm and isinstance(rule, kinds.Span | kinds.TargetYear):
            return replace(rule, rhythm=rhythm)
    return None


def _other(text: str) -> Rule | None:
    return _standing(text) or read_dated(text) or _without_date(text)


def _standing(text: str) -> Rule | None:
    found = _STANDING.match(text)
    if found is None:
        return None
    rest = text[found.end() :].removesuffix(" bao cao")
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
    if _SOON.fullmatch(text):
        return kinds.Undated("urgent")
    plain = _NAMES.sub(r"\g<noun>", text)
    if _REFERENCE.match(text) and not _HOLDS_A_TERM.search(plain) and not _A_DAY.search(plain):
        return kinds.Undated("reference")
    if _EVENT_DAY.match(text) and not _HOLDS_A_DATE.search(plain):
        return kinds.FromAnchor("EVENT", 0)
    if _is_event(plain) or _UNFORESEEN.fullmatch(text):
        return kinds.OnOccasion("EVENT")
    if (found := _ON_AN_EVENT.fullmatch(plain)) and _is_event(found["when"]):
        at_once = found["report"] and found["how"] in _AT_ONCE_WORDS
        return kinds.Within("EVENT", AT_ONCE_HOURS, "hour") if at_once else kinds.OnOccasion("EVENT")
    if any(character.isdigit() for character in text):
        return None
    if _UNTIL_DONE.fullmatch(text):
        return kinds.Undated()
    if _HOLDS_A_TERM.search(text):
        return None
    if _UNTIL.fullmatch(text) or _STANDING_OPENING.match(text):
        return kinds.StandingDuty()
    return kinds.Undated("urgent") if _URGENT.match(text) else None


def _is_event(text: str) -> bool:
    """«khi có yêu cầu», «sau khi … được phê duyệt», and nothing about time beside it."""
    found = _EVENT.match(text)
    return bool(found and not _ENDS_AN_EVENT.search(text, found.end()))
