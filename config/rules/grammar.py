"""The grammar of deadline rules: what a plan may write and `dondoc due` understands.

ISSUE+15            15 working days after the assigning document; likewise DOC+n, EVENT+n, EVENT-n
CLOSE, CLOSE+5      the closing day of a reporting period, or n working days after it
ND09-Q              report of a quarter (M month, H half, Y year); :coordinating, :report, :compiled
BEFORE:31/01        «trước ngày»; BY:31/10 «chậm nhất ngày»; UNTIL:31/10 «đến hết ngày»; a year may follow
DATE:19/08-30       working days before or after a yearly day
Q510-Y              a link of the grading chain: :residential, :unit, :district
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.errors import Refused
from config.rules.periods import Cadence
from config.rules.working_time import FIRST_YEAR, LAST_YEAR

MAX_DAYS = 400

AnchorName = Literal["ISSUE", "DOC", "EVENT"]
Phrase = Literal["BEFORE", "BY", "UNTIL"]
Stage = Literal["coordinating", "report", "compiled"]
Link = Literal["residential", "unit", "district"]

CADENCES: dict[str, Cadence] = {"M": "month", "Q": "quarter", "H": "half", "Y": "year"}


@dataclass(frozen=True)
class FromAnchor:
    """``days`` working days after (negative: before) a dated fact."""

    anchor: AnchorName
    days: int

    def __str__(self) -> str:
        return f"{self.anchor}{self.days:+d}"


@dataclass(frozen=True)
class FromClose:
    """``days`` working days after the closing day of the reporting period."""

    days: int

    def __str__(self) -> str:
        return f"CLOSE+{self.days}" if self.days else "CLOSE"


@dataclass(frozen=True)
class PeriodicReport:
    """The chain of a periodic report, by analogy with NĐ 09/2019/NĐ-CP, Điều 12 and 13."""

    cadence: Cadence
    stage: Stage

    def __str__(self) -> str:
        letter = next(letter for letter, cadence in CADENCES.items() if cadence == self.cadence)
        return f"ND09-{letter}" + ("" if self.stage == "report" else f":{self.stage}")


@dataclass(frozen=True)
class ByDay:
    """A day of the year in one of the three phrases; without a year it comes back every year."""

    phrase: Phrase
    day: int
    month: int
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.phrase}:{_day_month(self.day, self.month, self.year)}"


@dataclass(frozen=True)
class FromDay:
    """``days`` working days after (negative: before) a yearly day."""

    day: int
    month: int
    days: int

    def __str__(self) -> str:
        return f"DATE:{_day_month(self.day, self.month)}{self.days:+d}"


@dataclass(frozen=True)
class GradingLink:
    """A link of the yearly grading chain (QĐ 510/QĐ-BCA-V05); without a name the last one in force."""

    link: Link | None

    def __str__(self) -> str:
        return f"Q510-Y:{self.link}" if self.link else "Q510-Y"


Rule = FromAnchor | FromClose | PeriodicReport | ByDay | FromDay | GradingLink

_COUNTING = "BLDS 2015, Điều 147 (áp dụng tương tự)"
_ROLLING = "BLDS 2015, Điều 148 (áp dụng tương tự)"
_PERIODIC_REPORTS = "NĐ 09/2019/NĐ-CP, Điều 12–13 (áp dụng tương tự)"

FORMS: tuple[tuple[str, str, str, str], ...] = (
    ("ISSUE+n", "n ngày làm việc sau ngày văn bản giao việc", "n working days after the assigning document", _COUNTING),
    ("DOC+n", "n ngày làm việc sau ngày văn bản mới", "n working days after a new document", _COUNTING),
    ("EVENT+n, EVENT-n", "n ngày làm việc sau, trước sự kiện", "n working days after, before an event", _COUNTING),
    (
        "CLOSE+n",
        "n ngày làm việc sau ngày chốt số liệu của kỳ",
        "n working days after the period closes",
        _PERIODIC_REPORTS,
    ),
    (
        "ND09-M|Q|H|Y[:coordinating|:report|:compiled]",
        "báo cáo tháng, quý, 6 tháng, năm theo NĐ 09/2019 (áp dụng tương tự)",
        "periodic report by analogy with NĐ 09/2019",
        _PERIODIC_REPORTS,
    ),
    (
        "BEFORE:dd/MM[/yyyy]",
        "trước ngày",
        "strictly before the day",
        "quy ước: ngày làm việc liền trước; kế hoạch có thể đổi",
    ),
    ("BY:dd/MM[/yyyy]", "chậm nhất ngày", "at the latest on the day", _ROLLING),
    ("UNTIL:dd/MM[/yyyy]", "đến hết ngày", "to the end of the day", _ROLLING),
    (
        "DATE:dd/MM+n, DATE:dd/MM-n",
        "n ngày làm việc sau, trước một ngày hằng năm",
        "n working days from a yearly day",
        _COUNTING,
    ),
    (
        "Q510-Y[:residential|:unit|:district]",
        "chuỗi đánh giá, phân loại phong trào hằng năm",
        "a link of the yearly grading chain",
        "thông lệ theo QĐ 510/QĐ-BCA-V05",
    ),
)
"""Every form of rule: how it is written, its meaning in Vietnamese and English, and what it rests on."""

_ANCHORED = re.compile(r"(ISSUE|DOC|EVENT)([+-]\d{1,3})")
_CLOSE = re.compile(r"CLOSE(?:\+(\d{1,3}))?")
_PERIODIC = re.compile(r"ND09-([MQHY])(?::(COORDINATING|REPORT|COMPILED))?")
_BY_DAY = re.compile(r"(BEFORE|BY|UNTIL):(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_FROM_DAY = re.compile(r"DATE:(\d{1,2})/(\d{1,2})([+-]\d{1,3})")
_GRADING = re.compile(r"Q510-Y(?::(RESIDENTIAL|UNIT|DISTRICT))?")
_WORDS = (("TRƯỚC NGÀY", "BEFORE:"), ("CHẬM NHẤT NGÀY", "BY:"), ("ĐẾN HẾT NGÀY", "UNTIL:"))

# Typed and pasted for the letters they look like: eth for Đ, and the minus sign that explanations are written with.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "−": "-"})


def parse_rule(text: str) -> Rule:
    """Read a rule; the Vietnamese phrases are understood as well. Raises ``Refused`` naming the forms that work."""
    words = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().upper().translate(_LOOKALIKES)
    for phrase, form in _WORDS:
        if words.startswith(phrase):
            words = form + words.removeprefix(phrase)
    rule = _parse(words.replace(" ", ""))
    if rule is None or abs(getattr(rule, "days", 0)) > MAX_DAYS:
        forms = "; ".join(f"{form} ({vi})" for form, vi, *_ in FORMS)
        raise Refused(
            f"Quy tắc thời hạn «{text}» không đúng. Các dạng dùng được: {forms}; n từ 0 đến {MAX_DAYS}.",
            f"'{text}' is not a deadline rule. Forms that work: {'; '.join(form for form, *_ in FORMS)}.",
        )
    return rule


def _parse(text: str) -> Rule | None:
    if found := _ANCHORED.fullmatch(text):
        anchor, days = found[1], int(found[2])
        if (days < 0 and anchor != "EVENT") or found[2] == "-0":
            return None
        return FromAnchor(anchor, days)  # type: ignore[arg-type]
    if found := _CLOSE.fullmatch(text):
        return FromClose(int(found[1] or 0))
    if found := _PERIODIC.fullmatch(text):
        return PeriodicReport(CADENCES[found[1]], (found[2] or "report").lower())  # type: ignore[arg-type]
    if found := _BY_DAY.fullmatch(text):
        day, month, year = int(found[2]), int(found[3]), int(found[4]) if found[4] else None
        return ByDay(found[1], day, month, year) if _exists(day, month, year) else None  # type: ignore[arg-type]
    if found := _FROM_DAY.fullmatch(text):
        day, month = int(found[1]), int(found[2])
        return FromDay(day, month, int(found[3])) if _exists(day, month) else None
    if found := _GRADING.fullmatch(text):
        return GradingLink(found[1].lower() if found[1] else None)  # type: ignore[arg-type]
    return None


def _exists(day: int, month: int, year: int | None = None) -> bool:
    """Whether the day exists; 29/02 without a year does (in other years the term ends on 28/02)."""
    try:
        date(year or 2024, month, day)
    except ValueError:
        return False
    return year is None or FIRST_YEAR <= year <= LAST_YEAR


def _day_month(day: int, month: int, year: int | None = None) -> str:
    return f"{day:02}/{month:02}" + (f"/{year}" if year else "")
