"""The deadline of a task in prose, and the trap for words of time in it that no reading took.

What is not understood is shown with the task in its words, without a rule: a person looks at it.
"""

import re
from dataclasses import replace

from intake.directives.phrases.deadline_patterns import AT, days_to_do_it
from intake.directives.phrases.deadline_phrases import (
    WEAK_KINDS,
    Deadline,
    deadlines_in,
    first_word,
    has_happened,
    is_term,
    weightiest,
)
from intake.directives.phrases.stated_days import YearContext
from intake.directives.phrases.words import ACTION
from intake.directives.text import Span

_DAYS = (
    r"(?:\(?\d{1,3}\)? ?(?:\([^()]*\) ?)?|(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|nửa) )"
    r"(?:ngày làm việc|ngày|tuần|tháng|giờ)(?! (?:hằng|hàng|\d)|[^\W\d_])"
)
_MEETING = r"(?:kỳ|phiên) họp|đại hội|hội nghị"
_FEAST = r"(?:tết|khai giảng|năm học|kỳ (?:nghỉ|thi)|đợt \d+|mùa (?:mưa|bão|lũ|khô|hè)|lễ(?! hội))(?!\w)"
_CLOCK = r"\d{1,2} ?(?:h|g|giờ)(?: ?\d\d)?"
_DATE = (
    rf"(?:{_CLOCK}\W+)?(?:ngày \d{{1,2}}(?: tháng báo cáo)?|\d{{1,2}} ?[/.-] ?\d{{1,2}}(?! ?%)|\d{{1,2}} tháng \d"
    r"|tháng (?:\d|giêng|chạp|đầu|cuối|này|sau|tới)|quý (?:[ivx\d]+(?!\w)|đầu|cuối|này|sau|tới)"
    r"|(?:(?:thượng|trung|hạ) )?tuần(?! cuối (?:tháng|quý|năm) )"
    r"|(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)(?!\w)|năm (?:20\d\d|nay|tới|sau))"
)
_LINK = (
    r"(?: (?:là|vào|đến|trong|hết|dịp|khi|ngày|các|nửa|đầu|cuối|giữa|sáng|chiều|thời (?:gian|hạn|điểm)|vòng|sau|thềm))*"
)
_UNTIL = rf"(?:chậm nhất|muộn nhất|không muộn hơn|trước|hạn (?:chót|cuối)|hoàn thành|(?<!\w)xong|đến hết){_LINK}"
_TRAP = re.compile(
    rf"(?<!\w)(?:{_UNTIL} (?:{_DATE}|{_CLOCK}|{_DAYS}|{_MEETING}|{_FEAST}|giai đoạn \d|nhiệm kỳ|(?:thời )?hạn)"
    rf"|(?:(?:ngay )?trong|{AT}|định kỳ){_LINK} (?:{_DATE}|{_FEAST}|giai đoạn 20\d\d)"
    rf"|(?:trong|không (?:để )?quá|tối đa|sau)(?: (?:vòng|thời (?:gian|hạn)))? (?:{_DAYS})"
    rf"|sau (?:{_MEETING}|tết)"
    rf"|từ (?:nay|{_DATE})[^;:()]{{0,40}}? đến{_LINK} (?:{_DATE}|{_CLOCK}|{_MEETING}|{_FEAST})"
    r"|trước khi [^,;.:()]{2,40} (?:họp|khai mạc|khai giảng)|ngay trong (?:ngày|tuần|tháng)(?! \d)"
    r"|trong quý(?= *(?:[,;.)]|$|này(?!\w)))"
    r"|đến (?:hết |cuối )?năm 20\d\d(?=,? (?:phải |cơ bản )?(?:hoàn thành|xong|đạt|có|giải quyết)(?!\w))"
    r"|(?<=[,;(] )ngày \d{1,2}(?:,? (?:và )?ngày \d{1,2})* (?:của )?(?:tháng (?!\d)|(?:hằng|hàng|mỗi) ))"
)
_REST = re.compile(r"(?:[^\s,;.:()]|[.,/](?=\d))+| +")
_MOST_WORDS = 12
_BETWEEN = re.compile(r"[ ,(]*(?:báo cáo|gửi|lúc|vào)?[ ,(]*")
_YEARS = re.compile(r"(?:(?<=[/.-])|(?<=năm )|(?<=- )|(?<=-))20\d\d(?!\d)")


def deadline_of(text: str, lower: str, start: int, end: int, rest: int, years: YearContext) -> Deadline | None:
    """The deadline that the words [start, end) of a task state; what is to be done begins at ``rest``."""
    met = deadlines_in(text, start, end, years, lower)
    said = [each for each in met if not has_happened(each, years)]
    best = weightiest(said) or first_word(lower, text, rest, end)
    for a, b in _unread(lower, start, end, [(each.start, each.end) for each in met], years):
        unread = Deadline(a, b, text[a:b], "unread")
        if best is None or best.kind in WEAK_KINDS:
            return unread
        if _touch(lower, best, a, b):
            a, b = min(a, best.start), max(b, best.end)
            kind = "recurring" if best.kind == "recurring" else "unread"
            return Deadline(a, b, text[a:b], kind)
        if best.rule:
            return replace(best, assumed=f"còn lời ghi thời gian chưa đọc được: «{' '.join(unread.words.split())}»")
    return best


def _unread(lower: str, start: int, end: int, read: list[Span], years: YearContext) -> list[Span]:
    """Where words of time stand that no reading took, and that are no known time of something else."""
    found: list[Span] = []
    for match in _TRAP.finditer(lower, start, end):
        a, b = match.start(), _end_of_words(lower, match.end(), end)
        if any(a < other_b and other_a < b for other_a, other_b in read):
            later = min((other_a for other_a, other_b in read if a < other_b and other_a < b), default=b)
            if later <= match.end():
                continue
            b = later
        if not is_term("date", lower, start, a, b) or _is_past(lower[a:b], years):
            continue
        if re.search(rf"{_DAYS}$", match[0]) and days_to_do_it(lower, start, a, match.end()) is False:
            continue
        found.append((a, a + len(lower[a:b].rstrip(" ,;"))))
    return found


def _end_of_words(lower: str, at: int, end: int) -> int:
    """Where the words of a time end: at a mark, or where something is to be done again."""
    words = 0
    while words < _MOST_WORDS and (step := _REST.match(lower, at, end)):
        if step[0].isspace():
            if ACTION.match(lower, step.end(), end):
                break
        else:
            words += 1
        at = step.end()
    return at


def _touch(lower: str, best: Deadline, a: int, b: int) -> bool:
    """Whether nothing but a mark stands between a reading and words that were not read: it was half read."""
    between = lower[b : best.start] if b <= best.start else lower[best.end : a]
    return _BETWEEN.fullmatch(between) is not None


def _is_past(words: str, years: YearContext) -> bool:
    """Whether the latest year that is stated was over when the document was signed."""
    stated = [int(each) for each in _YEARS.findall(words)]
    return bool(stated and years.issued and max(stated) < years.issued.year)
