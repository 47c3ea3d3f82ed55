"""Terms («trong vòng 10 ngày kể từ ngày …») and what comes back («trước ngày 20 hằng tháng»), read into rules.

Texts come folded, as in ``config.rules.reading.day_phrases``.
"""

import re

from config.errors import Refused
from config.rules import kinds
from config.rules.kinds import Rule
from config.rules.periods import MONTHS, Cadence
from config.rules.reading.day_phrases import read_day, split_phrase
from config.rules.reading.machine_forms import MAX_DAYS, recurring

_UNITS: dict[str, tuple[kinds.Unit, int]] = {
    **dict.fromkeys(("ngay lam viec", "working days", "working day", "business days"), ("working", 1)),
    **dict.fromkeys(("ngay", "ngay lich", "calendar days", "calendar day", "days", "day"), ("calendar", 1)),
    **dict.fromkeys(("gio", "tieng", "h", "hours", "hour"), ("hour", 1)),
    **dict.fromkeys(("tuan", "weeks", "week"), ("calendar", 7)),
    **dict.fromkeys(("thang", "months", "month"), ("month", 1)),
    **dict.fromkeys(("nam", "years", "year"), ("month", 12)),
}  # fmt: skip
_UNIT = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_SUBTASK = r"(?P<subtask>t[0-9]{1,4}(?:\.[0-9]{1,4}){1,2})(?::(?P<step>[a-z][a-z0-9_]{0,31}))?"
_DONE = r"(?: (?:duoc )?(?:hoan thanh|xong|ket thuc|phe duyet)| is (?:done|completed?|finished))?"
_AFTER = (
    r"(?:(?:ngay )?sau(?: khi)?|ke tu (?:khi|ngay)|tu khi|after)(?: hoan thanh| xong)?(?: nhiem vu| viec)?"
    rf" {_SUBTASK}{_DONE}"
)
_IN = (
    r"(?P<in>(?:(?:cham nhat|muon nhat) sau|cham nhat|muon nhat|toi da|khong qua|trong|within|in)(?: la)?(?: trong)?"
    r"(?: vong| thoi han| thoi gian| khoang)?(?: khong qua| toi da| la)? |)"
)
_SINCE = r"(?P<since>(?: ?,)? (?:(?:ke |tinh )?tu|sau|after|of|from) .+|)"
_HALF_MONTH = re.compile(r"\b(?:mot )?nua thang$|\b(?:mot )?nua thang(?= (?:ke|tinh|sau|tu)\b)")
_TERM = re.compile(rf"{_IN}(?P<count>[0-9]{{1,4}}) ?{_UNIT}{_SINCE}")
_AFTER_SUBTASK = re.compile(_AFTER)
_AFTER_WITH_TERM = re.compile(rf"{_AFTER},? (?:trong )?(?P<count>[0-9]{{1,4}}) ?{_UNIT}")
_EVENT = (
    r"(?P<event>(?:ngay )?(?:dien ra |to chuc |khai mac )?(?:su kien|hoi nghi|ky hop|cuoc hop|hop|phien hop|le|dai hoi"
    r"|the event|the meeting|the session)\b[^0-9]*)"
)
_BEFORE_EVENT = re.compile(rf"(?:cham nhat )?(?P<count>[0-9]{{1,4}}) ?{_UNIT} (?:truoc|before)(?: khi)? {_EVENT}")
_BEFORE_DAY = re.compile(
    rf"(?:cham nhat )?(?P<count>[0-9]{{1,4}}) ?{_UNIT} (?:truoc|before)(?: ngay)? (?P<day>.+)"
    rf"|(?:cham nhat )?(?:truoc|before)(?: ngay)? (?P<day2>.+?) (?P<count2>[0-9]{{1,4}})"
    rf" ?{_UNIT.replace('<unit>', '<unit2>')}"
)
_BEFORE_EVENT_LAST = re.compile(rf"(?:cham nhat )?truoc(?: khi)? {_EVENT} (?P<count>[0-9]{{1,4}}) ?{_UNIT}")
_BEFORE_EVENT_ALONE = re.compile(rf"(?:cham nhat )?(?:truoc|before)(?: khi)? {_EVENT}")
_START = re.compile(
    r"(?: ?,)? (?:(?:ke |tinh )?tu|sau|after|of|from) ?(?:khi |thoi diem |the (?:date|day) (?:of )?)?(?P<what>.+)"
)
_PAPER = r"(?:ke hoach|chi thi|cong van|van ban|quyet dinh|thong bao|nghi quyet|cong dien)"
_ISSUE = re.compile(
    r"ngay|(?:ngay )?(?:\.{2,3}|…|(?:duoc )?(?:ky|ban hanh|ky ban hanh|giao(?: viec| nhiem vu)?)|nhan viec|nay)"
    rf"(?: {_PAPER}(?: giao viec)?(?: nay)?)?"
    rf"|(?:ngay )?nhan(?: duoc)? {_PAPER}(?: giao viec| nay)+|(?:ngay )?{_PAPER} nay(?: (?:duoc )?(?:ban hanh|ky))?"
    r"|(?:the )?(?:issue|issuance|signing|receipt|assignment)(?: of this (?:document|directive|plan))?"
    r"|this (?:document|directive|plan)"
)
_NEW_DOCUMENT = re.compile(
    r"(?:ngay )?(?:nhan(?: duoc)?|co) (?:van ban|cong van|tai lieu)(?: moi)?|(?:receipt of )?a new document"
)
TERM_WORDS = (
    r"\b(?:truoc|cham nhat|muon nhat|khong qua|den het|before|by|within|until|cuoi|hang[a-z]*|dinh ky|mot lan|lap tuc"
    r"|[a-z]*thang|nam|tuan|gio|(?:trong|het) (?:vong|thoi han|quy)|quy (?:nay|toi|sau)|i{1,3}|iv|roi"
    r"|(?:month|quarter|year|week|hour|annual)[a-z]*|every|each|at once|immediately|today)\b"
)
"""Words of a deadline: what holds one of them is not the plain name of an event or a duty."""
_FROM_WHEN = re.compile(r" ?,? (?:(?:ke |tinh )?tu|sau) khi (?P<what>[^0-9]+)")
_MORE = re.compile(rf"{TERM_WORDS}|\b(?:thuong xuyen|khan truong|va|khi|tren co so)\b|[,;]")
_FROM_A_FACT = re.compile(r" ?,? (?:(?:(?:ke |tinh )?tu|sau) (?:ngay|khi|thoi diem)|after|of|from) ")
_HAPPENED = re.compile(
    r"(?:ngay )?[^0-9]*\b(?:ket thuc|xay ra|phat sinh|phe duyet|thong qua|nhan duoc|to chuc|dien ra|khai mac|be mac"
    r"|nghiem thu|ban hanh|co hieu luc|co yeu cau|phat hien|hoan thanh|event|request|approval)\b[^0-9]*"
)
_ROUND: dict[str, Cadence] = {"thang": "month", "quy": "quarter", "nam": "year", "month": "month",
                                    "quarter": "quarter", "year": "year"}  # fmt: skip
_LENGTHS: dict[int, Cadence] = {1: "month", 3: "quarter", 6: "half", 12: "year"}
_ADVERBS: dict[str, Cadence] = {
    "monthly": "month", "quarterly": "quarter", "half-yearly": "half", "semi-annually": "half", "biannually": "half",
    "yearly": "year", "annually": "year", "annual": "year", "every half-year": "half",
}  # fmt: skip
_TIMES_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "sau": 6}
_TIMES = rf"[0-9]{{1,2}}|{'|'.join(_TIMES_WORDS)}"
_EVERY = r"(?:hang|hang nam|dinh ky|dinh ky hang|moi|dinh ky moi|every|each|per)"
_CADENCE = re.compile(
    rf"(?:{_EVERY} )?(?P<one>thang|quy|nam|month|quarter|year)(?: (?:mot|1) lan| ?/ ?lan)?"
    rf"|(?:{_EVERY} )?(?P<n>{_TIMES}) (?P<unit>thang|quy|nam|months?)"
    r"(?:(?: bao cao)? (?:mot|1) lan| ?/ ?(?:1 )?lan)?"
    rf"|(?P<times>{_TIMES}) lan ?(?:/|moi|mot|trong) ?(?:mot |1 )?(?P<per>thang|quy|nam)"
    rf"|(?:moi|mot|hang|1) (?P<each>thang|quy|nam) (?P<often>{_TIMES}) lan"
    rf"|(?:on a )?(?P<adverb>{'|'.join(_ADVERBS)})(?: basis)?"
)
_WITH_A_REPORT = re.compile(
    r"(?:cung(?: thoi (?:diem|gian))?(?: voi)?|(?:long ghep )?(?:trong|vao)|theo)"
    r" (?:ky )?bao cao(?: dinh ky)?(?: hang)? (?P<period>thang|quy|6 thang|nam)"
)
_EXPLAINED = re.compile(r"(?P<cadence>[^()]+?),? ?(?:\(|: |, )(?:vao )?(?P<days>[^()]+)\)?")
_IS_ROUND = re.compile(r"\b(?:hang|moi|dinh ky|every|each|per|lan|[a-z-]+ly|annual)\b")
_ENDS_EVERY = re.compile(
    r"(?P<rest>.+?),? (?:cua )?(?:hang|moi|every|each|of every|of each)(?P<what> thang| nam| quy| month| year| quarter)"
)
_BEGINS_EVERY = re.compile(
    r"(?:dinh ky )?(?:hang|moi|every|each)(?P<what> thang| nam| quy| month| year| quarter),? (?P<rest>.+)"
)
_PLACES = {
    "dau tien": 1,
    "dau": 1,
    "thu nhat": 1,
    "giua": 2,
    "thu hai": 2,
    "thu 2": 2,
    "cuoi": 3,
    "thu ba": 3,
    "thu 3": 3,
}
_OF_QUARTER = re.compile(
    rf"(?:ngay )?(?P<d>[0-9]{{1,2}})(?: cua)? thang (?P<place>{'|'.join(_PLACES)})"
    r"(?: cua)?(?: hang| moi)?(?: quy)(?P<next> sau| tiep theo| ke tiep)?"
)
_OF_MONTH = re.compile(
    r"(?:ngay |the )?(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?"
    r"(?:(?P<next>(?: cua)? thang (?:sau|tiep theo|ke tiep))|(?P<this> cua thang bao cao))?"
)
_SEVERAL_DAYS = re.compile(r"(?:ngay )?[0-9]{1,2}(?:(?: ?,| va|, va) (?:ngay )?[0-9]{1,2})+")
_DAY_ALONE = re.compile(r"(?:ngay )?(?P<d>[0-9]{1,2})")
_LAST_DAY = re.compile(r"(?:vao |the )?(?:cuoi|ngay cuoi(?: cung)?|end|last day)(?: of| cua)?")
_MONTHS_ONLY = re.compile(r"(?:vao |trong )?thang [0-9]{1,2}(?:(?: ?,| va|, va| &) (?:thang )?[0-9]{1,2})*")


def read_term(text: str, anchor: kinds.AnchorName) -> Rule | None:
    """A term after or before something; ``anchor`` is what it is counted from when the words do not say."""
    text = _HALF_MONTH.sub("15 ngay", text)  # BLDS 2015, Điều 146
    if found := _AFTER_SUBTASK.fullmatch(text):
        return kinds.AfterSubtask(found["subtask"].upper(), found["step"] or "")
    if found := _AFTER_WITH_TERM.fullmatch(text):
        return _after(found, found)
    if found := _BEFORE_EVENT.fullmatch(text) or _BEFORE_EVENT_LAST.fullmatch(text):
        count, unit = _count(found)
        if unit not in ("working", "calendar") or _MORE.search(found["event"]):
            return None
        return _from("EVENT", -count, unit)
    if (found := _BEFORE_EVENT_ALONE.fullmatch(text)) and not _MORE.search(found["event"]):
        return kinds.FromAnchor("EVENT", -1)
    if (found := _BEFORE_DAY.fullmatch(text)) and (day := read_day(found["day"] or found["day2"])):
        count, unit = _count(found, "" if found["day"] else "2")
        return kinds.FromDay(day[0], day[1], -count, day[2], unit) if unit in ("working", "calendar") else None
    if not (found := _TERM.fullmatch(text)):
        return None
    count, unit = _count(found)
    if not found["since"]:
        # «6 tháng» alone may be a term, a half-year or a rhythm.
        return _from(anchor, count, unit) if found["in"] or unit != "month" else None
    if since := _AFTER_SUBTASK.fullmatch(found["since"].strip(" ,")):
        return _after(since, found)
    start = _START.fullmatch(found["since"])
    if start is None:
        return None
    what = start["what"]
    if day := read_day(what):
        if unit in ("hour", "month"):
            return None
        return kinds.FromDay(day[0], day[1], count, day[2], unit)
    if _ISSUE.fullmatch(what):
        return _from(anchor if what in ("ngay", "ngay …", "ngay ...", "…", "...") else "ISSUE", count, unit)
    if _NEW_DOCUMENT.fullmatch(what):
        return _from("DOC", count, unit)
    happened = _FROM_A_FACT.match(found["since"]) and _HAPPENED.fullmatch(what) and not _MORE.search(what)
    if when := _FROM_WHEN.fullmatch(found["since"]):
        happened = happened or not _MORE.search(when["what"])
    return _from("EVENT", count, unit) if happened else None


def _count(found: re.Match[str], which: str = "") -> tuple[int, kinds.Unit]:
    unit, factor = _UNITS[found[f"unit{which}"]]
    written = found[f"count{which}"]
    count = int(written) * factor
    if not 1 <= count <= MAX_DAYS:
        raise Refused(
            f"{written}: số phải từ 1 đến {MAX_DAYS // factor}",
            f"{written}: the number must be 1 to {MAX_DAYS // factor}",
        )
    return count, unit


def _from(anchor: kinds.AnchorName, count: int, unit: kinds.Unit) -> Rule:
    return kinds.FromAnchor(anchor, count) if unit == "working" else kinds.Within(anchor, count, unit)


def _after(subtask: re.Match[str], term: re.Match[str]) -> Rule:
    return kinds.AfterSubtask(subtask["subtask"].upper(), subtask["step"] or "", *_count(term))


def read_cadence(text: str) -> Cadence | None:
    """«hằng quý», «định kỳ 6 tháng», «3 tháng một lần», «monthly»."""
    found = _CADENCE.fullmatch(text)
    if found is None or not _IS_ROUND.search(text):
        return None
    if found["one"]:
        return _ROUND[found["one"]]
    if times := found["times"] or found["often"]:
        return _times_in(_ROUND[found["per"] or found["each"]], _TIMES_WORDS.get(times) or int(times))
    if found["adverb"]:
        return _ADVERBS[found["adverb"]]
    months = (_TIMES_WORDS.get(found["n"]) or int(found["n"])) * {"thang": 1, "quy": 3, "nam": 12}.get(found["unit"], 1)
    if months not in _LENGTHS:
        raise Refused(
            f"{months} tháng một lần: kỳ báo cáo có tháng, quý (3 tháng), 6 tháng và năm",
            f"every {months} months: reporting periods are a month, a quarter (3 months), 6 months and a year",
        )
    return _LENGTHS[months]


def _times_in(whole: Cadence, times: int) -> Cadence:
    """«2 lần/năm» is every 6 months."""
    months = MONTHS[whole] / times if times else 0
    if months not in _LENGTHS:
        raise Refused(
            f"{times} lần: kỳ báo cáo có tháng, quý, 6 tháng và năm",
            f"{times} times: reporting periods are a month, a quarter, 6 months and a year",
        )
    return _LENGTHS[int(months)]


def read_recurring(text: str) -> Rule | None:
    """What comes back by itself: a rhythm alone, or days of its own."""
    if found := _WITH_A_REPORT.fullmatch(text):  # «cùng với báo cáo quý»
        text = f"hang {found['period']}" if found["period"] != "6 thang" else "dinh ky 6 thang"
    if cadence := read_cadence(text):
        return kinds.PeriodicReport(cadence, "report", follows=True)
    if (found := _EXPLAINED.fullmatch(text)) and (cadence := read_cadence(found["cadence"])):
        named = read_recurring(found["days"])
        if isinstance(named, kinds.Recurring) and _times_a_year(named) == 12 // MONTHS[cadence]:
            return named
    phrase, rest = split_phrase(text)
    if found := _OF_QUARTER.fullmatch(rest):
        month = _PLACES[found["place"]] + (3 if found["next"] else 0)
        return recurring("quarter", phrase, [(int(found["d"]), month)])
    if (found := _OF_MONTH.fullmatch(rest)) and (found["next"] or found["this"]):
        return recurring("month", phrase, [(int(found["d"]), 2 if found["next"] else 1)])
    if found := _ENDS_EVERY.fullmatch(text) or _BEGINS_EVERY.fullmatch(text):
        return _own_days(found["rest"].removesuffix(" of"), _ROUND[found["what"].strip()])
    return None


def _times_a_year(rule: kinds.Recurring) -> int:
    return 12 // MONTHS[rule.cadence] * len(rule.days)


def _own_days(text: str, cadence: Cadence) -> Rule | None:
    if (named := read_recurring(text)) and getattr(named, "cadence", "") == cadence:
        return named if isinstance(named, kinds.Recurring) else None  # «hằng quý, ngày 20 tháng cuối quý»
    phrase, rest = split_phrase(text)
    last_day = _LAST_DAY.fullmatch(rest) or _LAST_DAY.fullmatch(text)
    if cadence == "year":
        if last_day:
            return recurring("year", "BY", [(None, 12)])
        if phrase != "BEFORE" and _MONTHS_ONLY.fullmatch(rest):
            return recurring("year", phrase, [(None, int(month)) for month in re.findall("[0-9]+", rest)])
        parts = [each.strip() for each in re.split(r" va |,| and ", rest) if each.strip()]
        if phrase == "BEFORE":  # «trước ngày 15/6 và trước ngày 15/12»
            parts = [each.removeprefix("truoc ") for each in parts]
        days: list[tuple[int, int, int | None] | None] = []
        for part in reversed(parts):  # «ngày 10 và 20 tháng 6»: a day alone is of the month named after it
            alone, after = _DAY_ALONE.fullmatch(part), days[-1] if days else None
            days.append((int(alone["d"]), after[1], None) if alone and after else read_day(part))
        if days and all(day and day[2] is None for day in days):
            return recurring("year", phrase, [(day[0], day[1]) for day in days if day])
        return None
    if last_day:
        return recurring(cadence, "BY", [(None, 1 if cadence == "month" else 3)])
    if cadence == "month" and _SEVERAL_DAYS.fullmatch(rest):
        return recurring("month", phrase, [(int(day), 1) for day in re.findall("[0-9]+", rest)])
    if cadence == "month" and (found := _OF_MONTH.fullmatch(rest)):
        return recurring("month", phrase, [(int(found["d"]), 2 if found["next"] else 1)])
    return None
