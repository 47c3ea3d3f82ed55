"""What the words of a task say beside who does it: whom to report to, its title and its kind."""

import re

from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.offices.reading import OfficePhrase
from intake.directives.phrases.words import CONTINUING, plain

_SENDS = re.compile(
    r"(?<!\w)(?:báo cáo|trình|tham mưu|đề xuất|kiến nghị|gửi|nộp|phản ánh|chuyển)"
    r"(?:,? (?:đề xuất|giúp|tổng hợp|xin ý kiến|báo cáo|trình|gửi|kịp thời|ngay|về|với|cho|lên|tới|đến))* +"
)
_WAY_TO = re.compile(r" (?:về|cho|tới|đến|lên|gửi(?: về| cho| tới| đến| lên)?|với|báo cáo|trình) +")
_PASSED_ON = re.compile(
    r"(?<!\w)(?:để|nhằm|làm cơ sở|do) +(?:(?:tổng hợp|theo dõi|xem xét|chỉ đạo|kịp thời)[, ]*(?:và )?)*$"
)
_TO_SEVERAL = re.compile(r"(?<!\w)(?:báo cáo|trình|gửi|nộp)(?!\w)")
_AND_TO = re.compile(r" *\([^()]{0,120}\)(?: và|,(?: và)?) +")
"""«báo cáo Tỉnh ủy (qua Ban Tổ chức Tỉnh ủy) và UBND tỉnh»."""
_CLAUSE = re.compile(r"(?:[^;.:()]|\([^()]*\))*")
_REACH = 130
_TITLE_CUT = re.compile(
    r"[;:](?!\d)|\.(?= |$)(?<! \w\.)(?<! tp\.)(?<! tx\.)(?<! tt\.)"
    r"|,(?: và| rồi)? (?:trình|gửi|hoàn thành|xong|chậm nhất|muộn nhất|trước|bảo đảm|đảm bảo|trên cơ sở|theo quy định"
    r"|theo đúng|báo cáo(?= (?:kết quả|tiến độ|tình hình|về|cho|bằng|trước|ubnd|hđnd|ủy ban|hội đồng|chủ tịch"
    r"|chính phủ|thủ tướng|tỉnh ủy|thường trực|ban|bộ|sở|cấp|cơ quan)(?!\w)))(?!\w)"
    r"|(?<!không) (?:để|nhằm)(?!\w)"
)
_BRACKET = re.compile(r"\([^()]*\)?")
_LEAST_TITLE, _LONGEST_TITLE = 12, 160


def report_to(text: str, lower: str, start: int, end: int, offices: OfficeReader) -> list[OfficePhrase]:
    """The offices a report or draft goes to; not those that they pass it on to, «để tổng hợp, báo cáo …»."""
    for sends in _SENDS.finditer(lower, start, end):
        if _PASSED_ON.search(lower, start, sends.start()):
            continue
        clause = _CLAUSE.match(lower, sends.end(), min(end, sends.end() + _REACH))
        until = clause.end() if clause else sends.end()
        ways = ((each.start() + 1, each.end()) for each in _WAY_TO.finditer(lower, sends.end() - 1, until))
        for way, at in ((sends.end(), sends.end()), *ways):
            found, after = offices.list_at(text, lower, at, end)
            if not found or _PASSED_ON.search(lower, sends.end(), way):
                continue
            if not _TO_SEVERAL.search(sends[0]):
                return found[:1]
            if joined := _AND_TO.match(lower, after, end):
                found += offices.list_at(text, lower, joined.end(), end)[0]
            return list({each.text: each for each in reversed(found)}.values())[::-1]
    return []


def title_of(text: str, start: int, end: int) -> str:
    """The beginning of what is to be done, up to where it goes on to how and by when."""
    first = text[start:end].lstrip().split("\n", 1)[0].rstrip()
    if first.endswith(":") and len(first) > _LEAST_TITLE:
        end = text.index(first, start) + len(first)
    words = " ".join(text[start:end].split()).lstrip(" ,:;-").rstrip(" ;.,:/(")
    if len(words) > 60:
        whole = _BRACKET.sub(lambda found: "x" * len(found[0]), plain(words))
        cut = next((each.start() for each in _TITLE_CUT.finditer(whole) if each.start() >= 40), len(words))
        words = words[:cut].rstrip(" ,;:.")
    if len(words) > _LONGEST_TITLE:
        words = words[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return words[:1].upper() + words[1:]


def kind_of(lower_rest: str, deadline: Deadline | None) -> str:
    """one-off, periodic, event, document or continuing."""
    said = deadline.kind if deadline else "none"
    if said == "recurring":
        return "periodic"
    if said in ("event", "on-request", "after", "hours") or re.match(r"(?:khi|nếu|trường hợp)\b", lower_rest):
        return "event"
    if deadline and deadline.rule.startswith("DOC"):
        return "document"
    if said == "standing" or (said in ("none", "by-reference") and CONTINUING.match(lower_rest)):
        return "continuing"
    return "one-off"
