"""What the words of a task say beside who does it: whom to report to, its target, its title and its kind."""

import re

from intake.directives.drafting.deadline_phrases import Deadline
from intake.directives.drafting.office_phrases import OfficePhrase, OfficeReader
from intake.directives.drafting.words import CONTINUING, plain

_TO = re.compile(
    r"(?:(?:báo cáo|trình|tham mưu|đề xuất|kiến nghị|xin ý kiến)(?:,? (?:đề xuất|giúp|tổng hợp|xin ý kiến|báo cáo|trình))*(?: (?:kết quả|kịp thời|ngay|định kỳ|thường xuyên|tiến độ|tình hình)[^,;.:()]{0,80}?)?(?: (?:về|với|cho|lên|gửi|giúp|tới|đến))? +"
    r"|(?:gửi|nộp|báo cáo|chuyển)(?:[^,;.:()]{0,90}?) (?:về|cho|tới|đến|lên) +)"
)
_AIM_OF_ANOTHER = re.compile(r"(?:(?<!\w)(?:để|nhằm|làm cơ sở|giúp|do|đề nghị|làm căn cứ)(?!\w)[^;.]{0,120})$")
_TARGET = re.compile(
    r"(?:(?:đạt|tối thiểu|ít nhất|trên|từ|giảm|tăng|không quá|không thấp hơn|phấn đấu|bảo đảm|đảm bảo|tỷ lệ|có)[^,;.:()]{0,70}? )?\d{1,3}(?:[.,]\d+)* ?%(?: [^,;.()]{2,90})?"
    r"|(?:tối thiểu|ít nhất|hoàn thành|xây dựng|hỗ trợ|đạt) (?:ít nhất |tối thiểu |từ )?\d{1,3}(?:\.\d{3})*(?!\d|[/.-]\d| ?(?:ngày|giờ|tháng|năm|lần)) [^,;.()\d]{2,70}"
)
_NUMBERS_OF_LAW = re.compile(r"(?:điều|khoản|điểm|số|chương|mục|quý|tháng|ngày|năm) *$")
_TITLE_CUT = re.compile(r"[;.:]|,? (?:trình|báo cáo|gửi|hoàn thành|chậm nhất|trước ngày|bảo đảm|đảm bảo|nhằm|để|trên cơ sở|theo quy định|theo đúng)(?!\w)")
_LONGEST_TITLE = 160


def report_to(text: str, lower: str, start: int, end: int, offices: OfficeReader) -> OfficePhrase | None:
    """The office a report or draft goes to; not the one that the office itself reports to with what it is given."""
    for to in _TO.finditer(lower, start, end):
        if to.start() > start and lower[to.start() - 1].isalnum():
            continue
        if _AIM_OF_ANOTHER.search(lower, start, to.start()) and not re.search(r"[,;] *(?:tổng hợp|và)? *$", lower[start : to.start()]):
            continue
        found, _ = offices.list_at(text, lower, to.end(), end)
        if found:
            return found[0]
    return None


def target_of(text: str, lower: str, start: int, end: int) -> str | None:
    """«100% cán bộ …», «giảm 1,5 %», «2.305 nhà»: the first figure to be reached; None without one."""
    for found in _TARGET.finditer(lower, start, end):
        if not _NUMBERS_OF_LAW.search(lower, max(start, found.start() - 12), found.start()):
            return text[found.start() : found.end()].strip()
    return None


def title_of(text: str, start: int, end: int) -> str:
    """The beginning of what is to be done, up to where it goes on to how and by when."""
    words = " ".join(text[start:end].split()).lstrip(" ,:;-").rstrip(" ;.,:/")
    if len(words) > 60:
        cut = next((each.start() for each in _TITLE_CUT.finditer(plain(words)) if each.start() >= 40), len(words))
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
