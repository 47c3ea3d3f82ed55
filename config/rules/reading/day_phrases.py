"""Days, months, quarters, years, seasons and spans as people write them, read into rules.

Every text comes here folded (``phrases.folded``): small letters without accents, one space between words, «-» for
every dash. A text that is no such phrase is None; an impossible day, quarter or year raises ``Refused``.
"""

import re

from config.rules import kinds
from config.rules.explanations import MONTH_NAMES
from config.rules.kinds import Rule
from config.rules.periods import Cadence
from config.rules.reading.machine_forms import day_of, end_of, fiscal, span, target, time_of, year_of
from config.rules.units import Season

_ENGLISH_MONTHS = [name.lower() for name in MONTH_NAMES]
_NAMES = {name[:length]: n for n, name in enumerate(_ENGLISH_MONTHS, 1) for length in (3, len(name))} | {"sept": 9}
_MON = rf"(?P<mon>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\.?"
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_ORDINALS = {word: n for n, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th"), 1)
             for word in words.split()}  # fmt: skip
_D, _M, _Y, _N = (
    rf"(?P<{name}>[0-9]{{{size}}})" for name, size in (("d", "1,2"), ("m", "1,2"), ("y", "4"), ("n", "1,2"))
)
_TH = r"(?:st|nd|rd|th)?"
_OF_YEAR = rf"(?:(?: ?[-./] ?| cua nam | nam |,? (?:of )?){_Y})?"
_QUARTER = r"(?P<n>[ivx]+|[0-9]{1,2})"

_DAYS = [
    re.compile(pattern)
    for pattern in (
        rf"(?:ngay )?{_D} ?/ ?{_M}(?:(?: ?/ ?| nam ){_Y})?",
        rf"(?:ngay )?{_D} ?(?P<sep>[-.]) ?{_M} ?(?P=sep) ?{_Y}",
        rf"(?:ngay )?{_D} thang {_M}{_OF_YEAR}",
        rf"(?:ngay )?{_Y}-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})",
        rf"(?:the )?{_D}{_TH}(?: of)? {_MON}(?:,? {_Y})?",
        rf"{_MON} (?:the )?{_D}{_TH}(?:,? {_Y})?",
    )
]
_PERIODS: list[tuple[Cadence, re.Pattern[str]]] = [
    (cadence, re.compile(pattern))  # type: ignore[misc]
    for cadence, pattern in (
        ("month", rf"(?:thang|month) ?{_N}{_OF_YEAR}"),
        ("month", rf"{_N} ?/ ?{_Y}"),
        ("month", rf"t{_N} ?[-/.] ?{_Y}"),
        ("month", rf"{_Y}-(?P<n>[0-9]{{2}})"),
        ("month", rf"{_MON}(?:,? (?:of )?{_Y})?"),
        ("quarter", rf"(?:quy|qui|quarter) ?(?:so |thu )?{_QUARTER}{_OF_YEAR}"),
        ("quarter", rf"q\.? ?{_QUARTER}{_OF_YEAR}"),
        ("quarter", rf"{_Y} ?[-/ ] ?q{_QUARTER}"),
        ("quarter", rf"(?:the )?(?P<ord>{'|'.join(_ORDINALS)}) quarter(?:,? (?:of )?{_Y})?"),
        ("half", rf"6 thang (?P<half>dau|cuoi)(?: nam| cua nam)?(?: ?/? ?{_Y})?"),
        ("half", rf"nua (?P<half>dau|cuoi|sau)(?: cua)? nam(?: ?/? ?{_Y})?"),
        ("half", rf"(?:the )?(?P<half>first|second) half(?: of the year)?(?:,? (?:of )?{_Y})?"),
        ("half", rf"h(?P<n>[0-9]){_OF_YEAR}"),
        ("half", rf"{_Y} ?[-/ ] ?h(?P<n>[0-9])"),
        ("year", rf"(?:nam |year |the year )?{_Y}"),
    )
]
_CURRENT = {"thang": "month", "quy": "quarter", "nam": "year", "month": "month", "quarter": "quarter", "year": "year"}
_THIS = re.compile(rf"(?:this |the )?(?P<what>{'|'.join(_CURRENT)})(?: nay)?")

_PREFIXES: list[tuple[kinds.Phrase, re.Pattern[str]]] = [
    (phrase, re.compile(rf"(?:{pattern})(?: |$)"))  # type: ignore[misc]
    for phrase, pattern in (
        ("BEFORE", r"(?:cham nhat (?:la )?|xong )?truoc(?: dip)?(?: ngay)?|before|prior to|earlier than"),
        (
            "UNTIL",
            r"(?:cham nhat )?(?:tu nay )?den het(?: ngay)?|het(?: ngay)?|(?:tu nay )?den(?: ngay)?|toi(?: ngay)?",
        ),
        ("UNTIL", r"until(?: the end of)?|till|up to|by the end of"),
        (
            "BY",
            r"(?:cham|muon) nhat(?: la| vao| den| trong)*(?: ngay)?|khong (?:de )?(?:qua|cham hon|muon hon)(?: ngay)?",
        ),
        ("BY", r"vao(?: ngay)?|trong ngay|by|on(?: or before)?|(?:no|not) later than|at the latest(?: by| on)?"),
    )
]
_IN = re.compile(
    r"(?:(?:cham nhat|muon nhat)(?: la| vao)?(?= |$) ?)?(?:"
    r"(?:trong|den|vao|toi|tu nay den|khong qua)? ?(?:het|cuoi|ngay cuoi(?: cung)?(?: cua)?)|truoc khi (?:het|ket thuc)"
    r"|trong(?: ca)?|ca|vao|den|toi|khong qua"
    r"|(?:by|before|until|no later than|at)?(?: ?the)? ?end of|by|in|during|within|throughout|no later than|until)?"
    r"(?: the)?(?: |$)"
)
_BEFORE = re.compile(r"(?:cham nhat )?(?:truoc|before|prior to) ")
_TARGET = re.compile(
    rf"(?:(?:muc tieu |phan dau |tu nay )?(?:den|toi)(?: nam)?|by(?: the year)?|muc tieu(?: nam)?) {_Y}"
    r"(?:,? ?(?:va )?(?:dinh huong|tam nhin|with an outlook|with a vision|outlook|vision)"
    r"(?: den| toi| to)?(?: nam)? (?P<outlook>[0-9]{4}))?"
)
_OUTLOOK = re.compile(rf"(?:nam )?{_Y},? ?(?:va )?(?:dinh huong|tam nhin)(?: den)?(?: nam)? (?P<outlook>[0-9]{{4}})")
_YEARS = r"(?:(?:trong )?(?:giai doan|cac nam|nhiem ky|[0-9] nam|period)|in|during|trong)? ?"
_SPAN = re.compile(
    rf"{_YEARS}(?:(?:tu |from )?(?:nam )?{_Y}(?: ?- ?| (?:den|toi|to)(?: nam)? )|(?:nam )?(?P<y1>[0-9]{{4}})"
    r"(?P<more>(?:, ?(?:nam )?[0-9]{4})*)(?:,? (?:va|and) (?:nam )?|, ?(?:nam )?))(?P<last>[0-9]{4})"
)
_OPEN_SPAN = re.compile(
    rf"(?:trong |tu |from )?(?:nam )?{_Y},?(?: (?:va |- )?(?:(?:nhung|cac) )?nam (?:tiep theo|sau|ke tiep|toi)"
    r"| tro di| onwards?| and (?:the )?(?:following|subsequent) years| and (?:the )?years (?:after|following))"
)
_SEASONS: dict[str, Season] = {
    "spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn", "winter": "winter",
    "xuan": "spring", "ha": "summer", "he": "summer", "thu": "autumn", "dong": "winter",
}  # fmt: skip
_SEASON = re.compile(
    rf"(?:(?P<en>spring|summer|autumn|fall|winter)(?:,| of)?|mua (?P<vi>xuan|ha|he|thu|dong)(?: nam)?) {_Y}"
)
_FISCAL = re.compile(
    r"(?:(?:q|quarter )(?P<q>[0-9]),?(?: of)? )?(?:fy|financial year|fiscal year) ?(?P<first>[0-9]{4}|[0-9]{2}) ?[/-] ?"
    r"(?:20)?(?P<second>[0-9]{2})"
)
_MOMENT = re.compile(
    r"(?:(?:cham nhat|muon nhat|truoc|den|vao|before|by|at)(?: la| vao| truoc)? )?(?:luc )?"
    r"(?P<hour>[0-9]{1,2})(?: ?(?:h|gio|:) ?(?P<minute>[0-9]{2})?)(?: ?phut)?"
    r"(?: (?P<part>sang|chieu|toi|trua))?,?(?: on)? (?P<day>.+)"
)
_MONTHS_OF_YEAR = re.compile(rf"0?(?P<n>[1-9]|1[01]) thang (?P<which>dau|cuoi)(?: cua)? nam(?: ?/? ?{_Y})?")
_PART_OF_MONTH = re.compile(r"(?P<part>thuong tuan|trung tuan|ha tuan|nua (?:dau|cuoi))(?: cua)? (?P<month>thang .+)")
_ENDS_ON = {"thuong tuan": 10, "nua dau": 15, "trung tuan": 20}
_RANGE_OF_PERIODS = re.compile(
    r"(?:trong )?(?:tu )?(?P<first>(?P<what>thang|quy) ?[0-9ivx]+(?: ?[/.] ?[0-9]{4}| nam [0-9]{4})?)"
    r"(?: ?- ?| den (?:het )?)"
    r"(?P<last>(?P=what) ?[0-9ivx]+.*)"
)
_RANGE = re.compile(r"(?:tu |from )?(?:ngay )?(?P<first>[0-9/]+)(?: ?- ?| den | to )(?P<last>.+)")

Day = tuple[int, int, int | None]


def read_dated(text: str) -> Rule | None:
    """The rule of a day, a period, a span, a season or a fiscal year."""
    for read in (_day, _moment, _target, _span, _season, _fiscal, _period, _part_of_month, _range, _range_of_periods):
        if rule := read(text):
            return rule
    return None


def read_day(text: str) -> Day | None:
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            return day_of(parts["d"], parts.get("m") or _NAMES[parts["mon"]], parts["y"])
    return None


def split_phrase(text: str) -> tuple[kinds.Phrase, str]:
    """The words «trước ngày», «chậm nhất» or «đến hết», and what follows them; a bare day is «chậm nhất»."""
    for phrase, pattern in _PREFIXES:
        if found := pattern.match(text):
            return phrase, text[found.end() :]
    return "BY", text


def _day(text: str) -> Rule | None:
    phrase, rest = split_phrase(text)
    day = read_day(rest)
    return kinds.ByDay(phrase, *day) if day else None


def _moment(text: str) -> Rule | None:
    if (found := _MOMENT.fullmatch(text)) and (day := read_day(found["day"])):
        after_noon = found["part"] in ("chieu", "toi") and int(found["hour"]) < 12
        hour = str(int(found["hour"]) + 12) if after_noon else found["hour"]
        return kinds.ByMoment(time_of(hour, found["minute"]), *day)
    return None


def _target(text: str) -> Rule | None:
    if found := _TARGET.fullmatch(text) or _OUTLOOK.fullmatch(text):
        return target(found["y"], found["outlook"])
    return None


def _span(text: str) -> Rule | None:
    if found := _OPEN_SPAN.fullmatch(text):
        return span(found["y"])
    if found := _SPAN.fullmatch(text):
        years = [int(year) for year in re.findall("[0-9]{4}", text)]
        if not found["y"] and years != list(range(years[0], years[-1] + 1)):
            return None
        return span(years[0], years[-1])
    return None


def _season(text: str) -> Rule | None:
    if found := _SEASON.fullmatch(_after_in(text)):
        return kinds.SeasonEnd(_SEASONS[found["en"] or found["vi"]], year_of(found["y"]))
    return None


def _fiscal(text: str) -> Rule | None:
    if found := _FISCAL.fullmatch(_after_in(text)):
        first = found["first"] if len(found["first"]) == 4 else f"20{found['first']}"
        return fiscal(first, found["second"], found["q"])
    return None


def _period(text: str) -> Rule | None:
    if (found := _BEFORE.match(text)) and (named := _named(text[found.end() :])):
        opens = (named.number or 1) * {"month": 1, "quarter": 3, "half": 6, "year": 12}[named.cadence]
        opens -= {"month": 0, "quarter": 2, "half": 5, "year": 11}[named.cadence]
        if named.cadence != "year" or named.year:
            return kinds.ByDay("BEFORE", 1, opens, named.year)
        return None
    rest = _after_in(text)
    if named := _named(rest):
        return named
    if (rest != text or text.endswith(" nay") or text.startswith("this ")) and (found := _THIS.fullmatch(rest)):
        return kinds.EndOf(_CURRENT[found["what"]])  # type: ignore[arg-type]
    return None


def _part_of_month(text: str) -> Rule | None:
    """«thượng tuần tháng 7» (its first ten days), «nửa đầu tháng 6»."""
    found = _PART_OF_MONTH.fullmatch(_after_in(text))
    month = _named(found["month"]) if found else None
    if found is None or month is None or month.number is None:
        return None
    day = _ENDS_ON.get(found["part"])
    return kinds.ByDay("BY", day, month.number, month.year) if day else month


def _range_of_periods(text: str) -> Rule | None:
    """«từ tháng 3 đến tháng 6/2025», «Quý II - Quý III/2025»: to the end of the last."""
    if not (found := _RANGE_OF_PERIODS.fullmatch(text)):
        return None
    first, last = _named(found["first"]), _named(found["last"])
    if first is None or last is None or first.number is None or last.number is None:
        return None
    year = last.year or first.year
    if (first.year or year or 0, first.number) >= (year or 0, last.number):
        return None
    return kinds.EndOf(last.cadence, last.number, year)


def _named(text: str) -> kinds.EndOf | None:
    if (found := _MONTHS_OF_YEAR.fullmatch(text)) and found["n"] != "6":  # «6 tháng đầu năm» is a half
        return end_of("month", found["n"] if found["which"] == "dau" else 12, found["y"])
    for cadence, pattern in _PERIODS:
        if not (found := pattern.fullmatch(text)):
            continue
        parts = found.groupdict()
        year = parts.get("y")
        if cadence == "year":
            return kinds.EndOf("year", None, year_of(parts["y"]))
        if half := parts.get("half"):
            return end_of(cadence, 1 if half in ("dau", "first") else 2, year)
        if word := parts.get("ord") or parts.get("mon"):
            return end_of(cadence, _ORDINALS.get(word) or _NAMES[word], year)
        number = parts["n"]
        if number.isdigit():
            return end_of(cadence, number, year)
        if number in _ROMAN:
            return end_of(cadence, _ROMAN.index(number) + 1, year, written=number.upper())
        return None
    return None


def _after_in(text: str) -> str:
    """What follows «trong», «đến hết», «cuối», «by the end of» …"""
    found = _IN.match(text)
    return text[found.end() :] if found else text


def _range(text: str) -> Rule | None:
    """«từ ngày 1/6 đến ngày 30/6/2025»: to the end of its last day."""
    if (found := _RANGE.fullmatch(text)) and (last := read_day(found["last"])):
        first = read_day(found["first"])
        if first is None and found["first"].isdigit():  # «từ ngày 01 đến 30/6/2025»
            first = day_of(found["first"], last[1], last[2])
        if first and (first[2] or last[2] or 0, first[1], first[0]) <= (last[2] or first[2] or 0, last[1], last[0]):
            return kinds.ByDay("UNTIL", *last)
    return None
