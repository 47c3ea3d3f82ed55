"""The deadline of a task in prose, and the trap for words of time in it that no reading took.

What is not understood is shown with the task in its words, without a rule: a person looks at it.
"""

import re
from dataclasses import replace

from intake.directives.phrases.deadline_patterns import AT, YEAR_NUMBER
from intake.directives.phrases.deadline_phrases import (
    WEAK_KINDS,
    Deadline,
    deadlines_in,
    first_word,
    has_happened,
    weightiest,
)
from intake.directives.phrases.other_times import ADJECTIVE_OF, BANNED, MEETING, days_to_do_it, is_term
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
    rf"|(?<!và )sau (?:dịp )?(?:{_MEETING}|{_FEAST})"
    rf"|từ (?:nay|{_DATE})[^;:()]{{0,40}}? đến{_LINK} (?:{_DATE}|{_CLOCK}|{_MEETING}|{_FEAST})"
    r"|trước khi [^,;.:()]{2,40} (?:họp|khai mạc|khai giảng)|ngay trong (?:ngày|tuần|tháng)(?! \d)"
    r"|trong quý(?= *(?:[,;.)]|$|này(?!\w)))"
    r"|đến (?:hết |cuối )?năm 20\d\d(?=,? (?:phải |cơ bản )?(?:hoàn thành|xong|đạt|có|giải quyết)(?!\w))"
    r"|(?<=[,;(] )ngày \d{1,2}(?:,? (?:và )?ngày \d{1,2})* (?:của )?(?:tháng (?!\d)|(?:hằng|hàng|mỗi) ))"
)
_FULL_DAY = rf"\d{{1,2}}(?: ?[/.-] ?| tháng )\d{{1,2}}(?: ?[/.-] ?|,? năm ){YEAR_NUMBER}(?!\d)"
_PERIOD = rf"(?:(?:tháng \d{{1,2}}|quý (?:[ivx]+|\d))(?:(?: ?[/-] ?|,? năm ){YEAR_NUMBER})?|năm {YEAR_NUMBER})(?!\w)"
_BARE = re.compile(
    rf"(?<![\w/.-])(?:ngày )?{_FULL_DAY}|(?<=dự kiến )(?:(?:vào )?ngày \d|(?:vào |trong )*{_PERIOD})"
    rf"|(?<=[:;,] ){_PERIOD}(?=(?:,| và) {_PERIOD})"
    r"|(?:đầu|giữa|cuối) (?:năm|tháng|quý)(?= *(?:[,;.)]|$))"
    rf"|(?:(?<=[:;,.] )|(?<=- ))(?:đầu|giữa|cuối) (?:năm|tháng|quý),? (?={ACTION.pattern})"
)
"""A time without a word of term: «báo cáo ngày 20/9/2026», «hai đợt: tháng 4 và tháng 10», «tổng hợp cuối năm»."""
_AND_TIME = re.compile(rf"(?:,|,? và|,? hoặc) ((?:ngày )?\d{{1,2}} ?/ ?\d{{1,2}}(?!\d)|{_PERIOD})")
_NAMES_IT = re.compile(
    r"(?:/[\w-]+|(?<!\w)số [^,;:.()]{1,40}|(?<!\w)(?:luật|pháp lệnh|nghị quyết|nghị định|quyết định|chỉ thị|thông tư"
    r"|kết luận|tờ trình|thông báo|biên bản|công văn|công điện|giấy mời|hợp đồng)(?: [^\s,;:.()]+){0,8}"
    r"|(?<!\w)(?:từ|đến|sang|trước|sau|vào|trong|hết|nhân|dịp|là|của|hết hạn|ban hành|ký|cấp|đề|ghi|thông qua|ngày)"
    r"(?: ngày)?),? *$"
)
"""What a time without a word of term is the time of: a document, a meeting; or a word by which it was judged before."""
_REST = re.compile(r"(?:[^\s,;.:()]|[.,/](?=\d))+| +")
_OF_TIME = ("date", "month", "quarter", "half", "year", "span", "recurring")
_MOST_WORDS = 12
_BETWEEN = re.compile(r"[ ,(]*(?:báo cáo|gửi|lúc|vào)?[ ,(]*")
_WHOLE_DAY = re.compile(
    r"(?<!tuần )(?<!thứ )(?<!\d)(\d{1,2})(?: ?[/.-] ?| tháng )(\d{1,2})(?: ?[/.-] ?|,? năm )(20\d\d)$"
)
_YEARS = re.compile(r"(?:(?<=[/.-])|(?<=năm )|(?<=- )|(?<=-))20\d\d(?!\d)")


def deadline_of(text: str, lower: str, start: int, end: int, rest: int, years: YearContext) -> Deadline | None:
    """The deadline that the words [start, end) of a task state; what is to be done begins at ``rest``."""
    met = deadlines_in(text, start, end, years, lower)
    said = [each for each in met if not has_happened(each, years)]
    best = weightiest(said) or first_word(lower, text, rest, end)
    others = [
        each for each in said if best and each.kind in _OF_TIME and (each.start, each.rule) != (best.start, best.rule)
    ]
    unread_times = _unread(lower, start, end, [(each.start, each.end) for each in met], years)
    for a, b in sorted([*unread_times, *_bare(lower, start, end, met, unread_times, years)]):
        unread = Deadline(a, b, text[a:b], "unread")
        if best is None or best.kind in WEAK_KINDS:
            return unread
        if _touch(lower, best, a, b):
            a, b = min(a, best.start), max(b, best.end)
            kind = "recurring" if best.kind == "recurring" else "unread"
            return Deadline(a, b, text[a:b], kind)
        if best.rule:
            return _beside(best, f"còn lời ghi thời gian chưa đọc được: «{' '.join(unread.words.split())}»")
    if best and others:
        told = ", ".join(f"«{' '.join(each.words.split())}»" for each in others)
        return _beside(best, f"còn lời ghi thời gian khác: {told}")
    return best


def _beside(best: Deadline, left: str) -> Deadline:
    return replace(best, assumed="; ".join(filter(None, (best.assumed, left))))


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


def _bare(lower: str, start: int, end: int, met: list[Deadline], unread: list[Span], years: YearContext) -> list[Span]:
    """Where times stand that no word of term leads in, and that are those of no document, meeting or plan."""
    taken = [*((each.start, each.end) for each in met), *unread]
    joined = [_AND_TIME.match(lower, each.end, end) for each in met if each.kind in _OF_TIME]
    found = [each.span(1) for each in joined if each]
    for match in _BARE.finditer(lower, start, end):
        a, b = match.span()
        before = lower[max(start, a - 60) : a]
        meets = MEETING.search(before) and "tổ chức" not in before
        if _NAMES_IT.search(before) or meets or BANNED.search(before):
            continue
        if ADJECTIVE_OF.search(before) and not re.search(r"\d", match[0]):
            continue  # «báo cáo cuối năm»
        if is_term("date", lower, start, a, b) and not _is_past(lower[a:b], years):
            found.append((a, _end_of_words(lower, b, end)))
    return [(a, b) for a, b in found if not any(a < other_b and other_a < b for other_a, other_b in taken)]


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
    """Whether the day, or the latest year, that is stated was over when the document was signed."""
    if years.issued and (day := _WHOLE_DAY.search(words)):
        return (int(day[3]), int(day[2]), int(day[1])) < (years.issued.year, years.issued.month, years.issued.day)
    stated = [int(each) for each in _YEARS.findall(words)]
    return bool(stated and years.issued and max(stated) < years.issued.year)
