"""What a rule comes to: a due day with its explanation, or the plain statement that there is none."""

from dataclasses import dataclass
from datetime import date, datetime

from config.clock import end_of_day
from config.errors import Refused
from config.rules import explanations as said
from config.rules.kinds import AfterSubtask, OnOccasion, StandingDuty, Timing, Undated

NO_DATE = date(9999, 12, 30)
"""Stands where a due day is stored for «there is none»: after every real day, on every database. It is never shown, and
not the last day there is, so that its 24:00 is an instant too."""


class NoLongerInForce(Refused):
    """The rule has no day any more, because its level of administration was abolished."""


class NeedsAnchor(Refused):
    """The rule counts from a day, and none was given."""


@dataclass(frozen=True)
class Due:
    """A due day, the instant at which it ends, and how it was computed.

    ``due_at`` is 24:00 of ``due_date`` in Hà Nội, or the exact instant of a term in hours: a report before it is on
    time. ``provisional``: days of a year were counted whose holidays no official notice has confirmed yet.

    timing    dated, unless it stands for ``NO_DATE`` (``NotDated.as_stored``)
    named_on  the day the words name, before it was moved off a day off: «Quý II/2024» names Sunday 30/6/2024
    names     the key of the calendar period the words name («2024-Q2»), empty where they name a day
    """

    due_date: date
    due_at: datetime
    explanation_vi: str
    explanation_en: str
    rule: str
    calendar_version: str
    provisional: bool
    named_on: date
    names: str = ""
    timing: Timing = Timing.DATED


@dataclass(frozen=True)
class NotDated:
    """There is no due day (yet), and why."""

    timing: Timing
    rule: str
    explanation_vi: str
    explanation_en: str

    def as_stored(self, calendar_version: str) -> Due:
        """As assignments hold it: the day that stands for none, with the reason as its explanation."""
        return Due(
            due_date=NO_DATE,
            due_at=end_of_day(NO_DATE),
            explanation_vi=self.explanation_vi,
            explanation_en=self.explanation_en,
            rule=self.rule,
            calendar_version=calendar_version,
            provisional=False,
            named_on=NO_DATE,
            timing=self.timing,
        )


class HasNoDate(Refused):
    """A due day was asked for of a rule that has none (yet); ``answer`` says why."""

    def __init__(self, answer: NotDated) -> None:
        super().__init__(f"Không có ngày hạn: {answer.explanation_vi}.", f"No due day: {answer.explanation_en}.")
        self.answer = answer


_COORDINATOR = ("cơ quan đôn đốc định ngày", "the coordinator sets a date")
_UNDATED = {
    "": ("chỉ đạo không ghi thời hạn", "the directive names no date"),
    "urgent": ("yêu cầu làm sớm mà không ghi ngày", "asked for soon, without a date"),
    "reference": ("thời hạn theo văn bản được dẫn", "the date is that of the paper referred to"),
}
_OPENED = {
    "EVENT": ("mở khi có sự kiện, chỉ đạo không ghi thời hạn", "opened by an event; the directive names no date"),
    "DOC": (
        "mở khi có văn bản mới, chỉ đạo không ghi thời hạn",
        "opened by a new document; the directive names no date",
    ),
}


def not_dated(
    rule: AfterSubtask | OnOccasion | StandingDuty | Undated, *, words: str = "", done: bool = False
) -> NotDated:
    """Why ``rule`` has no due day; ``done``: the other subtask is done, and the rule names no term after it."""
    timing = rule.timing
    match rule:
        case StandingDuty(rhythm=rhythm):
            vi, en = said.every(rhythm)
            vi, en = (
                f"việc thường xuyên, không có hạn; hỏi tiến độ {vi}",
                f"standing, never due; progress is asked for {en}",
            )
        case Undated(why=why):
            vi, en = (f"{each}; {then}" for each, then in zip(_UNDATED[why], _COORDINATOR, strict=True))
        case OnOccasion(anchor=anchor):
            vi, en = (f"{why}; {then}" for why, then in zip(_OPENED[anchor], _COORDINATOR, strict=True))
        case AfterSubtask(count=count, unit=unit):
            named = said.subtasks(rule.awaited)
            if count is None:
                vi, en = f"sau việc {named}, không ghi thời hạn", f"after {named}, without a term"
                vi, en = (f"{why}; {then}" for why, then in zip((vi, en), _COORDINATOR, strict=True))
                timing = Timing.UNDATED if done else timing
            else:
                term_vi, term_en = said.counted(count, unit)
                vi, en = (
                    f"{term_vi} sau khi việc {named} xong; chờ việc {named}",
                    f"{term_en} after {named} is done; waiting for {named}",
                )
    vi, en = beside(words, vi, en)
    return NotDated(timing, str(rule), vi, en)


_MOST_WORDS = 300


def beside(words: str, vi: str, en: str) -> tuple[str, str]:
    """The directive's own words before an explanation in both languages; long ones are cut."""
    if not words or vi.casefold().startswith(words.casefold()):
        return vi, en
    words = words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"
    return f"«{words}»: {vi}", f"'{words}': {en}"
