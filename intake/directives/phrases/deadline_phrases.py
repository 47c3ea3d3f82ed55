"""Where a text states deadlines, read by the house's own reader of deadlines (``config.rules.grammar``).

Only a date with a word of term before it is a deadline: «trước ngày», «chậm nhất», «trong quý»; the dates of laws and
of what has happened are none. Nothing is made up: a phrase that cannot be read keeps its words without a date.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from config.errors import Refused
from config.rules import kinds
from config.rules.grammar import parse_rule
from intake.directives.phrases.stated_days import YearContext, stated_day
from intake.directives.phrases.words import VERBS, plain

KINDS = ("date", "month", "quarter", "half", "year", "span", "recurring", "days", "hours", "after", "event",
         "on-request", "by-reference", "standing", "none")  # fmt: skip
"""Of the readings of a deadline; the earlier ones outrank the later ones where one task has several."""


@dataclass(frozen=True)
class Deadline:
    """``words`` as they stand at [start, end); ``rule`` in the short form of a plan, "" where it cannot be read.

    assumed  why the date was read so where the words alone do not say: the year of the document, the last of several
    """

    start: int
    end: int
    words: str
    kind: str
    rule: str = ""
    day: date | None = None
    assumed: str = ""


_OF_ONE_YEAR = ("date", "month", "quarter", "half", "year")
_Y = r"(?:19|20)\d\d"
_N = r"\d{1,2}"
_DAY = (
    rf"(?:ngày )?(?:{_N} ?/ ?{_N}(?: ?/ ?{_Y})?|{_N} ?[.-] ?{_N} ?[.-] ?{_Y}|{_N} tháng {_N}(?:(?:,? năm "
    rf"| ?/ ?){_Y})?)(?![\d/]| ?%)"
)
_EVERY = r"(?:,? (?:hằng|hàng|mỗi) (?:năm|quý|tháng))"
_PREP = (
    r"(?:(?:xong|hoàn thành)(?: xong)? )?(?:chậm nhất|muộn nhất|trước|không quá|đến hết|hết|hạn cuối(?: cùng)?"
    r"|không muộn hơn)(?: (?:là|vào|đến|trước|trong|hết|dịp|khi hết|thời điểm))*"
)
_IN = rf"(?:{_PREP}|hoàn thành|trong|(?:đến )?cuối|ngay trong)(?: (?:trong|vào|cuối|hết))*"
_TIME = rf"(?:{_N} ?(?:giờ|h|g)(?: ?\d\d)?(?: phút)?,? (?:ngày )?)"
_MONTH = rf"(?:\d{{1,2}} ?/ ?{_Y}|tháng {_N}(?:(?: ?/ ?|[ ,]+năm | ?- ?){_Y})?)(?![\d/])"
_QUARTER = rf"quý (?:[ivx]+|\d)(?: ?[,-] ?(?:quý )?(?:[ivx]+|\d)(?= ?[/n]))?(?:(?: ?/ ?|[ ,]+năm ){_Y})?(?![\w/])"
_HALF = rf"(?:0?6|sáu) tháng (?:đầu|cuối) năm(?: {_Y})?"
_YEAR = rf"năm {_Y}(?! ?[-/] ?\d)"
_WORK_DAYS = r"(?:ngày làm việc|ngày|giờ|tháng|tuần)(?: làm việc)?"
_SPECIAL = (
    r"(?:(?:trước|vào|chậm nhất(?: là| vào)?)(?: ngày)? \d{1,2}(?: ?/ ?\d{1,2})?(?:,? (?:và "
    r"|trước )*(?:ngày )?\d{1,2}(?: ?/ ?\d{1,2})?)*"
    r" (?:của )?(?:(?:hằng|hàng|mỗi) (?:tháng|quý|năm)|tháng (?:cuối|đầu)(?: của)?(?: mỗi)? quý(?: sau"
    r"| kế tiếp)?|cuối (?:tháng|quý)))"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("event", r"tại (?:kỳ họp|phiên họp|hội nghị) [^;.:()]{3,60}"),
        ("recurring",
            r"định kỳ,? (?:(?:hằng|hàng) )?(?:(?:0?\d+|một|hai|ba|sáu) )?(?:ngày|tuần|tháng|quý"
            r"|năm)(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6|sáu|0?9) tháng|năm))*"
                      r"(?: ?/ ?(?:một |1 |01 )?lần| (?:một|1|01) lần)?(?: ?\([^)]{0,60}\))?"),
        ("recurring", _SPECIAL),
        ("recurring", rf"(?:{_PREP} )(?:ngày )?{_N} tháng {_N}(?:,? và (?:trước )?(?:ngày )?{_N} tháng {_N})*{_EVERY}"),
        ("recurring", rf"\(?tháng {_N}(?:,? (?:và )?tháng {_N})*{_EVERY}"),
        ("date",
            rf"(?:{_PREP}|hoàn thành(?: vào| xong)?|thời (?:hạn"
            rf"|gian)(?: hoàn thành)?:?) {_TIME}?{_DAY}(?:,? và (?:trước )?{_DAY})?{_EVERY}?"),
        ("date", rf"(?:trước|chậm nhất) {_TIME}{_DAY}"),
        ("month", rf"{_IN} {_MONTH}{_EVERY}?"),
        ("quarter", rf"{_IN} {_QUARTER}"),
        ("half", rf"{_IN} {_HALF}"),
        ("year", rf"{_IN} {_YEAR}"),
        ("year", rf"(?:hoàn thành|phấn đấu) (?:đến )?năm {_Y}|(?:hoàn thành|xong) (?:ngay )?trong năm(?! \d)"),
        ("recurring", r"mỗi (?:ngày|tuần|tháng|quý|năm)(?: ít nhất)? (?:một|1|01|hai|2|02) lần"),
        ("recurring", r"(?:0?[1369]|ba|sáu) tháng(?:,)? (?:một|1|01|/) ?lần(?: ?\([^)]{0,60}\))?"),
        ("recurring",
            r"(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm)(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6"
            r"|sáu|0?9) tháng|năm)(?![^\W\d_]))*"),
        ("recurring",
            r"định kỳ(?= (?:báo cáo|tổ chức|tổng hợp|kiểm tra|rà soát|sơ kết|đánh giá|thông báo|gửi|cập nhật"
            r"|thống kê))"),
        ("days",
            rf"(?:(?:chậm nhất|không quá|tối đa|trong)(?: (?:vòng|thời hạn|thời gian|là|không quá"
            rf"|tối đa))* )\(?\d+\)? ?(?:\([^)]*\) ?)?{_WORK_DAYS}(?:,? (?:kể từ|tính từ|từ|sau"
            rf"|trước) [^,;.:()]{{2,70}})?"),
        ("hours", r"(?:báo cáo|thông báo|gửi báo cáo|phản ánh) (?:kịp thời, )?ngay(?! (?:từ|trong|sau khi|khi|tại))"),
        ("after", r"(?:ngay )?sau khi [^,;.:()]{3,90}"),
        ("on-request", r"\(?(?:khi có (?:yêu cầu|đề nghị|chỉ đạo)|theo yêu cầu|đột xuất)[^,;.:()]{0,50}\)?"),
        ("event",
            r"(?:khi|nếu|trường hợp)(?: có)? (?:xảy ra|phát sinh|phát hiện|khó khăn|vướng mắc|vấn đề|sự cố"
            r"|nội dung)[^,;.:()]{0,80}"
                  r"|(?:các )?vụ[^;.:()]{2,40} xảy ra"
                  r"|nếu có[^;.:()]{0,60}"),
    )
)  # fmt: skip
_NOT_BEFORE = re.compile(
    r"(?:đã (?:được )?[^,;.]{0,40}|hiệu lực(?: thi hành)?|(?:phát )?sinh|tồn đọng|từ (?:ngày )?[\d/.\- ]{3,12}"
    r"|tính|số liệu|kể từ[^,;.]{0,30}"
    r"|so với|năm học|tầm nhìn|kỷ niệm[^,;.]{0,40}) *$"
)
_ADJECTIVE_OF = re.compile(
    r"(?:kinh phí|kế hoạch|chương trình|chương trình công tác|dự toán|báo cáo|ngân sách|5 năm và|năm năm và"
    r"|nhu cầu|nhiệm vụ|chỉ tiêu|trung hạn và"
    r"|5 năm,|công việc|công tác|hội nghị|đánh giá|sinh hoạt|nguồn|hoạt động|tổng kết|chi|thi đua|trọng tâm"
    r"|chuyên đề|quý và|tháng và|kết quả) $"
)
_PLAN_OF = re.compile(
    r"(?:kinh phí|kế hoạch|chương trình|dự toán|danh mục|chỉ tiêu|ngân sách|nhu cầu|nội dung|hội nghị)[^;.()]{0,45}$"
)
_MARK_AFTER = re.compile(r" *(?:[,;.)]|của|và|theo|cho|để|$)")
_CLAUSE_START = re.compile(r"(?:^|[,;:(.] |- |và |\n|[a-zđ0-9]\) |có trách nhiệm |định kỳ |tháng |quý )$")
_STANDING = re.compile(r"(?:thực hiện )?(?:thường xuyên|liên tục)(?![^\W\d_])")
_URGENT = re.compile(r"(?:khẩn trương|nhanh chóng)(?![^\W\d_])")
_VERB_AFTER = re.compile(rf" *(?:,|\)|;|\.|$|(?:{VERBS})(?![^\W\d_]))")
_LAST_OF = re.compile(
    rf"(tháng|quý) (?:[ivx]+|\d{{1,2}})(?: ?(?:,|-|và|\+|đến|đến tháng|đến quý) ?(?:(?:tháng|quý) )?([ivx]+"
    rf"|\d{{1,2}}))+((?: ?/ ?| năm |, năm ){_Y})?"
)


def deadlines_in(text: str, start: int, end: int, context: YearContext, lower: str = "") -> list[Deadline]:
    """The deadlines that prose states in [start, end), in order; without those that are no term of a task."""
    lower = lower or plain(text)
    found: list[Deadline] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(lower, start, end):
            a, b = match.span()
            if any(a < other_b and other_a < b for other_a, other_b in taken) or (a > start and lower[a - 1].isalnum()):
                continue
            if not _is_term(kind, lower, start, a, b):
                continue
            taken.append((a, b))
            while text[a] in " (":
                b -= text[a] == "(" and text[b - 1] == ")"
                a += 1
            found.append(_read(text[a:b].rstrip(), kind, a, context))
    return _joined(sorted(found, key=lambda each: each.start), text, context)


def _is_term(kind: str, lower: str, start: int, a: int, b: int) -> bool:
    before = lower[max(start, a - 60) : a]
    if kind in ("date", "month", "quarter", "half", "year", "days") and _NOT_BEFORE.search(before):
        return False
    if kind == "recurring" and not lower.startswith("định kỳ", a) and re.match(r"(?:hằng|hàng|mỗi) ", lower[a:b]):
        if _ADJECTIVE_OF.search(before) or (_PLAN_OF.search(before) and _MARK_AFTER.match(lower, b)):
            return False
        return bool(_CLAUSE_START.search(lower[start:a] or "\n") or _VERB_AFTER.match(lower, b))
    return True


def _joined(found: list[Deadline], text: str, context: YearContext) -> list[Deadline]:
    """«định kỳ 6 tháng … trước ngày 15/6» as one, where nothing but a mark or «báo cáo» stands between."""
    joined: list[Deadline] = []
    for each in found:
        if joined and joined[-1].kind == "recurring" and each.kind in ("date", "recurring", "month"):
            between = plain(text[joined[-1].end : each.start])
            if re.fullmatch(r"[ ,(]*(?:(?:báo cáo|gửi)[^,;.]{0,40})?[ ,(]*", between):
                whole = text[joined[-1].start : each.end]
                both = _read(whole, "recurring", joined[-1].start, context)
                joined[-1] = both if both.rule else replace(both, rule=each.rule or joined[-1].rule)
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
    return min(found, key=lambda each: (KINDS.index(each.kind), each.day is None, each.start), default=None)


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
    if several := _LAST_OF.search(lower):
        last = f"{several[1]} {several[2]}{several[3] or ''}"
        read = _read(last, "none", start, context)
        if read.rule:
            return replace(read, words=words, end=start + len(words), assumed="lấy mốc cuối trong các mốc đã nêu")
    parts = [_read(each.strip(), "none", start, context) for each in re.split(r"[;\n(),]| và ", words) if each.strip()]
    parts += deadlines_in(words, 0, len(words), context)
    best = weightiest([each for each in parts if each.rule])
    if best is None:
        kind = (
            "recurring"
            if re.search(r"hằng|hàng|định kỳ|mỗi", lower)
            else "standing"
            if "thường xuyên" in lower
            else "none"
        )
        return replace(whole, kind=kind)
    return replace(best, words=words, start=start, end=start + len(words), assumed="đọc một phần của lời ghi hạn")


def _read(words: str, kind: str, start: int, context: YearContext) -> Deadline:
    line = " ".join(words.split()).strip(" .,;()") if words.count("(") != 1 else " ".join(words.split()).strip(" .,;")
    read = Deadline(start, start + len(words), words, kind)
    try:
        rule = parse_rule(line)
    except Refused:
        return read
    day, assumed = stated_day(rule, context)
    return replace(read, kind=_kind(rule, line, kind), rule=str(rule), day=day, assumed=assumed)


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
            return "standing"
        case kinds.Undated(why="reference"):
            return "by-reference"
    return met_as if met_as in ("recurring",) else "none"
