"""A rule in the words of documents, for people who write no short forms: mostly such as read back as the same rule."""

from config.errors import Refused
from config.rules import explanations as said
from config.rules import kinds
from config.rules.grammar import parse_rule
from config.rules.periods import Cadence
from config.rules.units import Stage, Unit

_PHRASES: dict[kinds.Phrase, str] = {"BEFORE": "trước", "BY": "chậm nhất", "UNTIL": "đến hết"}
_UNITS: dict[Unit, str] = {"working": "ngày làm việc", "calendar": "ngày", "hour": "giờ", "month": "tháng"}
_PERIODS: dict[Cadence, str] = {"month": "tháng", "quarter": "quý", "half": "6 tháng", "year": "năm"}
_ROUND: dict[Cadence, str] = {
    "month": "hằng tháng",
    "quarter": "hằng quý",
    "half": "định kỳ 6 tháng",
    "year": "hằng năm",
}
_STAGES: dict[Stage, str] = {
    "coordinating": "hạn của cơ quan phối hợp",
    "report": "hạn báo cáo",
    "compiled": "hạn tổng hợp",
}
_LINKS = {None: "", "residential": ", khu dân cư, xã, phường", "unit": ", cơ quan, đơn vị", "district": ", cấp huyện"}
_WHY = {"": "không quy định", "urgent": "khẩn trương", "reference": "theo quy định"}


def written(text: str) -> str:
    """A rule in words; a rule that cannot be read as it stands.

    text  the rule in its short form
    """
    try:
        return _words(parse_rule(text))
    except Refused:
        return text


def reads_back(words: str, rule: str) -> bool:
    """Whether words are read as a rule, by what it is counted from."""
    anchor = next((each for each in ("DOC", "EVENT") if rule.startswith(each)), "ISSUE")
    try:
        return str(parse_rule(words, anchor)) == rule  # type: ignore[arg-type]
    except Refused:
        return False


def _words(rule: kinds.Rule) -> str:
    match rule:
        case kinds.FromAnchor(anchor=anchor, days=days):
            return _counted(anchor, days, "working")
        case kinds.Within(anchor=anchor, count=count, unit=unit):
            return _counted(anchor, count, unit)
        case kinds.FromClose(days=days):
            return f"{days} ngày làm việc sau ngày chốt số liệu của kỳ" if days else "ngày chốt số liệu của kỳ"
        case kinds.PeriodicReport(cadence=cadence, stage=stage, follows=follows):
            stage_words = "" if stage == "report" else f", {_STAGES[stage]}"
            return f"{_ROUND[cadence] if follows else f'báo cáo {_PERIODS[cadence]} theo NĐ 09'}{stage_words}"
        case kinds.ByDay(phrase=phrase, day=day, month=month, year=year):
            return f"{_PHRASES[phrase]} ngày {_day(day, month, year)}"
        case kinds.ByMoment(at=at, day=day, month=month, year=year):
            hour = f"{at.hour} giờ" + (f" {at.minute:02}" if at.minute else "")
            return f"trước {hour} ngày {_day(day, month, year)}"
        case kinds.FromDay(day=day, month=month, days=days, year=year, unit=unit):
            which = "kể từ" if days >= 0 else "trước"
            return f"{abs(days)} {_UNITS[unit]} {which} ngày {_day(day, month, year)}"
        case kinds.EndOf(cadence=cadence, number=number, year=year):
            return _end_of(cadence, number, year)
        case kinds.TargetYear(year=year, outlook=outlook, rhythm=rhythm):
            outlook_words = f", định hướng {outlook}" if outlook else ""
            return f"đến năm {year}{outlook_words}{_progress(rhythm)}"
        case kinds.Span(first=first, last=last, rhythm=rhythm):
            return f"{f'{first}–{last}' if last else f'{first} và những năm tiếp theo'}{_progress(rhythm)}"
        case kinds.SeasonEnd(season=season, year=year):
            return f"{said.SEASONS[season][0].lower()} {year}"
        case kinds.FiscalEnd(year=year, quarter=quarter):
            return f"{f'Q{quarter} ' if quarter else ''}FY{year % 100:02}/{(year + 1) % 100:02}"
        case kinds.Recurring(cadence=cadence, phrase=phrase, days=days):
            return _recurring(cadence, phrase, days)
        case kinds.GradingLink(link=link):
            return f"đánh giá, xếp loại hằng năm{_LINKS[link]} (QĐ 510)"
        case kinds.AfterSubtask(count=count, unit=unit) as after:
            term = "" if count is None else f"{count} {_UNITS[unit]} "
            return f"{term}sau {', '.join(f'{code}.{step}' if step else code for code, step in after.awaited)}"
        case kinds.OnOccasion(anchor=anchor):
            return "khi có sự kiện" if anchor == "EVENT" else "khi có văn bản mới"
        case kinds.StandingDuty(rhythm=rhythm):
            return f"thường xuyên, báo cáo {said.every(rhythm)[0]}"
        case kinds.Undated(why=why):
            return _WHY[why]


def _counted(anchor: kinds.AnchorName, count: int, unit: Unit) -> str:
    number = f"{abs(count)} {_UNITS[unit]}"
    if anchor == "EVENT":
        if count == 0:
            return "ngay trong ngày của sự kiện"
        return f"{number} trước sự kiện" if count < 0 else f"{number} kể từ ngày kết thúc sự kiện"
    of = "ban hành" if anchor == "ISSUE" else "có văn bản mới"
    return f"{number} kể từ ngày {of}" if count else f"ngay trong ngày {of}"


def _day(day: int, month: int, year: int | None) -> str:
    return f"{day}/{month}" + (f"/{year}" if year else "")


def _end_of(cadence: Cadence, number: int | None, year: int | None) -> str:
    if number is None:
        return f"trong năm {year}" if year else {"year": "trong năm"}.get(cadence, f"trong {_PERIODS[cadence]}")
    match cadence:
        case "month":
            return f"trong tháng {number}" + (f"/{year}" if year else "")
        case "quarter":
            return f"trong quý {said.ROMAN[number - 1]}" + (f"/{year}" if year else "")
        case _:
            return f"6 tháng {('đầu', 'cuối')[number - 1]} năm" + (f" {year}" if year else "")


def _progress(rhythm: Cadence) -> str:
    return "" if rhythm == "year" else f", báo cáo tiến độ {said.every(rhythm)[0]}"


def _recurring(cadence: Cadence, phrase: kinds.Phrase, days: tuple[tuple[int | None, int], ...]) -> str:
    if cadence == "year":
        if all(day is None for day, _ in days):
            return f"{' và '.join(f'tháng {month}' for _, month in days)} hằng năm"
        head = "" if phrase == "BY" else f"{_PHRASES[phrase]} "
        named = " và ".join(f"ngày {day}/{month}" if day else f"cuối tháng {month}" for day, month in days)
        return f"{head}{named} hằng năm"
    day, month = days[0]
    head = f"{'' if phrase == 'BY' else _PHRASES[phrase] + ' '}{f'ngày {day}' if day else 'ngày cuối'}"
    if cadence == "month":
        return f"{head} hằng tháng" if month == 1 else f"{head} tháng sau hằng tháng"
    if month > 3:
        return f"{head} tháng đầu quý sau"
    return f"{head} tháng {('đầu', 'thứ hai của', 'cuối')[month - 1]} quý"
