"""The kinds of deadline rules. ``str(rule)``, at most 64 characters, is the canonical text and reads back as it."""

from dataclasses import dataclass
from datetime import time
from typing import ClassVar, Literal

from config.rules.periods import Cadence
from config.rules.units import LETTERS, REPEATS, UNITS, Link, Season, Stage, Why
from config.rules.units import AnchorName as AnchorName
from config.rules.units import Phrase as Phrase
from config.rules.units import Timing as Timing
from config.rules.units import Unit as Unit

_SUFFIXES = {unit: suffix.lower() for suffix, unit in UNITS.items()}


@dataclass(frozen=True)
class _Dated:
    timing: ClassVar[Timing] = Timing.DATED


@dataclass(frozen=True)
class FromAnchor(_Dated):
    """``days`` working days after (negative: before) a dated fact."""

    anchor: AnchorName
    days: int

    def __str__(self) -> str:
        return f"{self.anchor}{self.days:+d}"


@dataclass(frozen=True)
class Within(_Dated):
    """``count`` calendar days, hours or months after a dated fact; calendar days also before it (negative)."""

    anchor: AnchorName
    count: int
    unit: Unit

    def __str__(self) -> str:
        return self.anchor + _counted(self.count, self.unit)


@dataclass(frozen=True)
class FromClose(_Dated):
    """``days`` working days after the closing day of the reporting period."""

    days: int

    def __str__(self) -> str:
        return f"CLOSE+{self.days}" if self.days else "CLOSE"


@dataclass(frozen=True)
class PeriodicReport(_Dated):
    """The chain of a periodic report, by analogy with NĐ 09/2019/NĐ-CP, Điều 12 and 13; ``follows``: by the periods of
    the directive (NĐ 09 or calendar), where the words say only «hằng quý»."""

    cadence: Cadence
    stage: Stage
    follows: bool = False

    def __str__(self) -> str:
        head = "EVERY" if self.follows else "ND09"
        return f"{head}-{LETTERS[self.cadence]}" + ("" if self.stage == "report" else f":{self.stage}")


@dataclass(frozen=True)
class ByDay(_Dated):
    """A day of the year in one of the three phrases; without a year it comes back every year."""

    phrase: Phrase
    day: int
    month: int
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.phrase}:{_day_month(self.day, self.month, self.year)}"


@dataclass(frozen=True)
class ByMoment(_Dated):
    """A time of a day: «trước 15 giờ ngày 30/6/2025». It is kept on days off too."""

    at: time
    day: int
    month: int
    year: int | None = None

    def __str__(self) -> str:
        return f"AT:{self.at:%H:%M}-{_day_month(self.day, self.month, self.year)}"


@dataclass(frozen=True)
class FromDay(_Dated):
    """``days`` working or calendar days after (negative: before) a day of every year, or of one year."""

    day: int
    month: int
    days: int
    year: int | None = None
    unit: Unit = "working"

    def __str__(self) -> str:
        return f"DATE:{_day_month(self.day, self.month, self.year)}" + _counted(self.days, self.unit)


@dataclass(frozen=True)
class EndOf(_Dated):
    """The end of a calendar month, quarter, half or year.

    number  which one of the year; None: the year itself, or the one in which the day counted from lies
    year    None: the next one to end on or after the day counted from
    """

    cadence: Cadence
    number: int | None = None
    year: int | None = None

    def __str__(self) -> str:
        width = 2 if self.cadence == "month" else 1
        said = "/".join(f"{part:0{width}}" for part in (self.number, self.year) if part)
        return self.cadence.upper() + (f":{said}" if said else "")


@dataclass(frozen=True)
class TargetYear(_Dated):
    """«đến năm 2030»: the last day of the year, working day or not; progress is asked for at ``rhythm`` until then.
    ``outlook``: «định hướng 2045»."""

    year: int
    outlook: int | None = None
    rhythm: Cadence = "year"

    def __str__(self) -> str:
        return f"TARGET:{self.year}" + (f"-{self.outlook}" if self.outlook else "") + _at(self.rhythm)


@dataclass(frozen=True)
class Span(_Dated):
    """Years; due at the end of the first, and when its report is accepted as progress at the end of the next.

    last    None: «và những năm tiếp theo»
    rhythm  how often progress is asked for
    """

    first: int
    last: int | None = None
    rhythm: Cadence = "year"

    def __str__(self) -> str:
        return f"SPAN:{self.first}-{self.last or ''}" + _at(self.rhythm)


@dataclass(frozen=True)
class SeasonEnd(_Dated):
    """The end of a season of English documents: May, August, November, and for winter February of the next year."""

    season: Season
    year: int

    def __str__(self) -> str:
        return f"SEASON:{self.season}/{self.year}"


@dataclass(frozen=True)
class FiscalEnd(_Dated):
    """The end of a fiscal year written with both years (FY25/26, from April to March) or of a quarter of it."""

    year: int
    quarter: int | None = None

    def __str__(self) -> str:
        return f"FY:{self.year}/{(self.year + 1) % 100:02}" + (f"-Q{self.quarter}" if self.quarter else "")


@dataclass(frozen=True)
class Recurring(_Dated):
    """Days of its own in every calendar month, quarter or year.

    days  each as (day, month of the period); day None is the end of the month. The month after the period is one more:
          «ngày 05 tháng đầu quý sau» is (5, 4)
    """

    cadence: Cadence
    phrase: Phrase
    days: tuple[tuple[int | None, int], ...]

    def __str__(self) -> str:
        head = next(head for head, cadence in REPEATS.items() if cadence == self.cadence)
        return f"{head}:{self.phrase}:{','.join(self._written(*each) for each in self.days)}"

    def _written(self, day: int | None, month: int) -> str:
        written = "END" if day is None else f"{day:02}"
        if self.cadence == "month" and month == 1:
            return written
        return f"{written}/{month:02}" if self.cadence == "year" else f"{written}/{month}"


@dataclass(frozen=True)
class GradingLink(_Dated):
    """A link of the yearly grading chain (QĐ 510/QĐ-BCA-V05); without a name the last one in force."""

    link: Link | None

    def __str__(self) -> str:
        return f"Q510-Y:{self.link}" if self.link else "Q510-Y"


@dataclass(frozen=True)
class AfterSubtask:
    """``count`` after another subtask, or one step of it, is done; None: after it, without a term.

    also  further ones that must be done too: counted from the last of them
    """

    timing: ClassVar[Timing] = Timing.AFTER

    subtask: str
    step: str = ""
    count: int | None = None
    unit: Unit = "working"
    also: tuple[tuple[str, str], ...] = ()

    @property
    def awaited(self) -> tuple[tuple[str, str], ...]:
        """All that must be done, each as subtask and step; without a step the whole subtask."""
        return (self.subtask, self.step), *self.also

    def __str__(self) -> str:
        term = "" if self.count is None else _counted(self.count, self.unit)
        return "AFTER:" + ",".join(f"{code}:{step}" if step else code for code, step in self.awaited) + term


@dataclass(frozen=True)
class OnOccasion:
    """Opened by an event or a new document, without a term: «khi có yêu cầu», «sau khi … được phê duyệt»."""

    timing: ClassVar[Timing] = Timing.UNDATED

    anchor: Literal["EVENT", "DOC"]

    def __str__(self) -> str:
        return self.anchor


@dataclass(frozen=True)
class StandingDuty:
    """«thường xuyên»: never due; progress is asked for at ``rhythm``."""

    timing: ClassVar[Timing] = Timing.STANDING

    rhythm: Cadence = "quarter"

    def __str__(self) -> str:
        return f"STANDING-{LETTERS[self.rhythm]}"


@dataclass(frozen=True)
class Undated:
    """No date: the directive names none (""), says «khẩn trương» (urgent), or refers to another paper (reference)."""

    timing: ClassVar[Timing] = Timing.UNDATED

    why: Why = ""

    def __str__(self) -> str:
        return "UNDATED" + (f":{self.why}" if self.why else "")


_Counted = FromAnchor | Within | FromClose | FromDay | AfterSubtask
_Named = ByDay | ByMoment | EndOf | TargetYear | Span | SeasonEnd | FiscalEnd
_Returning = PeriodicReport | Recurring | GradingLink
Rule = _Counted | _Named | _Returning | OnOccasion | StandingDuty | Undated


def in_hours(rule: Rule) -> bool:
    """Whether the term runs in hours, by night and on days off; its alerts then come in hours too."""
    return isinstance(rule, Within | AfterSubtask) and rule.unit == "hour"


def progress_rhythm(rule: Rule) -> Cadence | None:
    """How often progress is asked for beside the due day, or instead of one; None where only the due day counts."""
    match rule:
        case StandingDuty(rhythm=rhythm) | Span(rhythm=rhythm) | TargetYear(rhythm=rhythm):
            return rhythm
    return None


def _at(rhythm: Cadence) -> str:
    return "" if rhythm == "year" else f"/{LETTERS[rhythm]}"


def _counted(count: int, unit: Unit) -> str:
    return f"{count:+d}{_SUFFIXES[unit]}"


def _day_month(day: int, month: int, year: int | None = None) -> str:
    return f"{day:02}/{month:02}" + (f"/{year}" if year else "")
