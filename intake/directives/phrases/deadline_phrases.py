"""Where a text states deadlines, read by the house's own reader of deadlines (``config.rules.grammar``).

Only a date with a word of term before it is a deadline: «trước ngày», «chậm nhất», «trong quý»; the dates of laws and
of what has happened are none. Nothing is made up: a phrase that cannot be read keeps its words without a date.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from config.errors import Refused
from config.rules import kinds
from config.rules.grammar import parse_rule
from intake.directives.phrases.deadline_patterns import LAST_OF, PATTERNS, YEAR_NUMBER, forms_of
from intake.directives.phrases.other_times import is_term, may_tell_apart
from intake.directives.phrases.stated_days import YearContext, stated_day
from intake.directives.phrases.words import plain

KINDS = ("date", "month", "quarter", "half", "year", "span", "recurring", "days", "hours", "after", "event",
         "on-request", "by-reference", "standing", "unread", "none")  # fmt: skip
"""Of the readings of a deadline; the earlier ones outrank the later ones where one task has several."""


@dataclass(frozen=True)
class Deadline:
    """``words`` as they stand at [start, end); ``rule`` in the short form of a plan, "" where it cannot be read.

    assumed  what a person is to look at: a year that is the document's, the last of several, a day that was over
    """

    start: int
    end: int
    words: str
    kind: str
    rule: str = ""
    day: date | None = None
    assumed: str = ""


WEAK_KINDS = ("after", "event", "on-request", "by-reference", "standing", "none")
_OF_ONE_YEAR = ("date", "month", "quarter", "half", "year")
_OF_THE_THING = "có thể là thời gian của việc được nêu, không phải hạn"
_LAST_OF_SEVERAL = "lấy mốc cuối trong các mốc đã nêu"
_THIS_YEAR = re.compile(r"năm nay$", re.IGNORECASE)
_SESSION = re.compile(r"(?:tại |trước |trong )?(?:kỳ|phiên) họp ")
_LONG_PAST = timedelta(days=31)
_HALF_A_YEAR = timedelta(days=183)
_WEAK = re.compile(
    r"vào (?:đầu |giữa )?(?:các )?(?P<period>tháng|quý|(?=\d{1,2} ?/ ?\d{4}))?(?!\w)|vào |nhân |từ (?!nay)"
)
"""How a day is told that something happens on, which has happened as often as it is to be done."""
_SO_FAR = re.compile(r"đến (?:hết )?(?=ngày|\d)")
_LAST_DAY_OF_EACH = re.compile(r"ngày (?:cuối cùng|cuối) (?:của )?(?:tháng|quý)")
_STANDING = re.compile(r"(?:thực hiện )?(?:thường xuyên|liên tục)(?![^\W\d_])")
_URGENT = re.compile(r"(?:khẩn trương|nhanh chóng)(?![^\W\d_])")


def deadlines_in(text: str, start: int, end: int, context: YearContext, lower: str = "") -> list[Deadline]:
    """The deadlines that prose states in [start, end), in order; without those that are no term of a task."""
    lower = lower or plain(text)
    found: list[Deadline] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(lower, start, end):
            a, b = match.span()
            if any(a < other_b and other_a < b for other_a, other_b in taken) or (a > start and lower[a - 1].isalnum()):
                continue
            if not is_term(kind, lower, start, a, b):
                continue
            taken.append((a, b))
            while text[a] in " (":
                b -= text[a] == "(" and text[b - 1] == ")"
                a += 1
            read = _read(text[a:b].rstrip(), kind, a, context)
            found.append(replace(read, assumed=_OF_THE_THING) if may_tell_apart(lower, start, a) else read)
    return _joined(sorted(found, key=lambda each: each.start), text, context)


def terms_in(text: str, start: int, end: int, context: YearContext, lower: str = "") -> list[Deadline]:
    """The deadlines of [start, end) that are to come; other days tell what has happened."""
    return [each for each in deadlines_in(text, start, end, context, lower) if not has_happened(each, context)]


def has_happened(term: Deadline, context: YearContext) -> bool:
    """A day long before the signing; a day that something is «vào», or a time «từ … đến …», up to the signing."""
    if not term.day or not context.issued:
        return False
    lower = plain(term.words)
    if not (weak := _WEAK.match(lower)):
        within = term.kind in _OF_ONE_YEAR and lower.startswith("trong ")  # «Trong tháng 10, các sở đã …»
        within = within or _SO_FAR.match(lower) is not None  # «đến ngày 30/6 giải ngân đạt 31%»
        return term.day < (context.issued if within else context.issued - _LONG_PAST)
    day = term.day
    if day.year > context.issued.year and not re.search(YEAR_NUMBER, term.words):
        # «vụ cháy vào ngày 12/11», written in November: not the one of next year.
        before = day - timedelta(days=365)
        day = before if context.issued - before < _HALF_A_YEAR else day
    if weak["period"]:
        day = day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1 if weak["period"] == "quý" else day.month)
    return day <= context.issued


def _joined(found: list[Deadline], text: str, context: YearContext) -> list[Deadline]:
    """«định kỳ 6 tháng … trước ngày 15/6» as one, where nothing but a mark or «báo cáo» stands between."""
    joined: list[Deadline] = []
    for each in found:
        if joined and joined[-1].kind == "recurring" and each.kind in ("date", "recurring", "month"):
            between = plain(text[joined[-1].end : each.start])
            if re.fullmatch(r"[ ,(]*(?:(?:báo cáo|gửi)[^,;.]{0,40})?[ ,(]*", between):
                whole = text[joined[-1].start : each.end]
                joined[-1] = _read(whole, "recurring", joined[-1].start, context)
                continue
        joined.append(each)
    return joined


def first_word(lower: str, text: str, start: int, end: int) -> Deadline | None:
    """«thường xuyên» or «khẩn trương» as the first word of a task."""
    for pattern, kind in ((_STANDING, "standing"), (_URGENT, "none")):
        if found := pattern.match(lower, start, end):
            return _read(text[found.start() : found.end()], kind, found.start(), YearContext())
    return None


def weightiest(found: list[Deadline]) -> Deadline | None:
    """The deadline that stands for the task where several are stated."""
    comes_back = [each for each in found if each.kind == "recurring"]
    if comes_back and not any(each.kind in _OF_ONE_YEAR and re.search(r"\d{4}", each.words) for each in found):
        # «định kỳ 6 tháng (trước 15/6), năm (trước 15/12)»: days without a year are those of every period.
        return comes_back[0]

    def rank(each: Deadline) -> tuple[bool, int, bool, int]:
        weak = _WEAK.match(plain(each.words)) is not None or each.kind in WEAK_KINDS
        return weak, KINDS.index(each.kind), each.day is None, each.start

    return min(found, key=rank, default=None)


def cell_deadline(text: str, start: int, end: int, context: YearContext) -> Deadline | None:
    """What a cell or a line «Thời gian: …» says; None where it says nothing."""
    words = text[start:end].strip()
    if not re.search(r"\w", words):
        return None
    start += text[start:end].index(words)
    whole = _read(words, "none", start, context)
    if whole.rule:
        return whole
    lower = plain(words)
    if _SESSION.match(lower):  # «Kỳ họp cuối năm 2026»: its day is set by those who meet
        return replace(whole, kind="event")
    if several := LAST_OF.search(lower):
        last = f"{several[1]} {several[2]}{several[3] or ''}"
        read = _read(last, "none", start, context)
        if read.rule:
            return replace(read, words=words, end=start + len(words), assumed=_LAST_OF_SEVERAL)
    parts = [_read(each.strip(), "none", start, context) for each in re.split(r"[;\n(),]| và ", words) if each.strip()]
    parts += deadlines_in(words, 0, len(words), context)
    best = weightiest([each for each in parts if each.rule])
    if best is None:
        kind = (
            "recurring"
            if re.search(r"hằng|hàng|định kỳ|mỗi", lower) or any(each.kind == "recurring" for each in parts)
            else "standing"
            if "thường xuyên" in lower
            else "unread"
        )
        return replace(whole, kind=kind)
    return replace(best, words=words, start=start, end=start + len(words), assumed="đọc một phần của lời ghi hạn")


def _read(words: str, kind: str, start: int, context: YearContext) -> Deadline:
    line = " ".join(words.split()).strip(" .,;()") if words.count("(") != 1 else " ".join(words.split()).strip(" .,;")
    read = Deadline(start, start + len(words), words, kind)
    if _LAST_DAY_OF_EACH.fullmatch(plain(line)):
        return replace(read, kind="recurring")
    if context.issued:
        line = _THIS_YEAR.sub(f"năm {context.issued.year}", line)
    rule = _rule(line)
    if rule is None:
        return read
    day, assumed = stated_day(rule, context)
    several = LAST_OF.search(plain(line)) if isinstance(rule, kinds.EndOf) else None
    if several and re.search(r",(?! năm)| và ", several[0]):
        assumed = "; ".join(filter(None, (_LAST_OF_SEVERAL, assumed)))
    if day and context.issued and day < context.issued:
        assumed = "hạn nêu trước ngày ký văn bản"
    return replace(read, kind=_kind(rule, line, kind), rule=str(rule), day=day, assumed=assumed)


def _rule(line: str) -> kinds.Rule | None:
    """The rule of a phrase, in the first of its forms that states one."""
    for each in forms_of(line):
        try:
            return parse_rule(each)
        except Refused:
            continue
    return None


def _kind(rule: kinds.Rule, words: str, met_as: str) -> str:
    match rule:
        case kinds.ByDay() | kinds.ByMoment() | kinds.FromDay():
            return "date"
        case kinds.EndOf(cadence=cadence):
            return cadence
        case kinds.TargetYear() | kinds.FiscalEnd():
            return "year"
        case kinds.SeasonEnd():
            return "month"
        case kinds.Span():
            return "span"
        case kinds.Recurring() | kinds.PeriodicReport() | kinds.GradingLink():
            return "recurring"
        case kinds.Within(unit="hour"):
            return "hours"
        case kinds.FromAnchor(anchor="EVENT", days=0):
            return "event"
        case kinds.Within() | kinds.FromAnchor() | kinds.FromClose():
            return "days"
        case kinds.AfterSubtask():
            return "after"
        case kinds.OnOccasion():
            lower = plain(words)
            if "sau khi" in lower:
                return "after"
            return "on-request" if re.search(r"yêu cầu|đề nghị|đột xuất|chỉ đạo", lower) else "event"
        case kinds.StandingDuty():
            # A rhythm shorter than a month is none of a plan's; it comes back all the same.
            return "recurring" if re.search(r"(?:hằng|hàng|mỗi) (?:ngày|tuần)", plain(words)) else "standing"
        case kinds.Undated(why="reference"):
            return "by-reference"
    return met_as if met_as in ("recurring",) else "none"
