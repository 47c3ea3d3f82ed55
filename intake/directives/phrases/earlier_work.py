"""What a sentence says of work given before, or of work that nobody is given: not given, taken back, changed, done.

Patterns are matched against ``words.plain`` texts.
"""

import re

from intake.directives.phrases.words import ACTION

_GIVE = r"(?:giao|yêu cầu|đề nghị|phân công|ủy quyền)(?: nhiệm vụ| trách nhiệm)?(?: cho)?"
_ABOUT = (
    r"(?:(?:đồng ý|thống nhất|nhất trí|chấp thuận|xem xét|tiếp tục|cần|phải|còn|việc|các|những|nội dung|nhiệm vụ"
    r"|yêu cầu|quy định|điểm|khoản|mục|phần|ý|số|đã|được|\d+) +)*"
)
_NOT_GIVING = re.compile(rf"(?<!\w)(?:không|chưa|miễn) +{_ABOUT}{_GIVE} *$")
ORDERS_NOT = re.compile(rf"(?:không|chưa|thôi|(?:tạm )?dừng|bãi bỏ|hủy bỏ|thu hồi) +{_ABOUT}{_GIVE} +")
"""Behind the office that gives: «Chủ tịch UBND tỉnh không thống nhất giao …»."""
_BACK_GIVING = re.compile(
    rf"(?<!\w)(?:thôi(?: không)?|(?:tạm )?(?:dừng|ngừng|ngưng)|bãi bỏ|hủy(?: bỏ)?|rút(?: lại)?|thu hồi"
    rf"|chấm dứt|loại bỏ|bỏ) +{_ABOUT}{_GIVE} *$"
)
_SINCE = r"(?:(?:tạm thời|trước mắt|hiện nay|nay),? +)?(?:(?:kể )?từ [^,;.:]{2,40}?,? +)?(?:được )?"
_FREED = re.compile(
    rf"{_SINCE}(?:(?:không|chưa) (?:còn )?(?:phải|cần|bắt buộc|nhất thiết|có trách nhiệm|có nhiệm vụ|chủ trì"
    r"|thuộc (?:diện|đối tượng|trường hợp)|chịu trách nhiệm|phụ trách|đảm nhiệm)"
    r"|miễn (?:thực hiện|báo cáo|chế độ|nhiệm vụ))(?!\w)"
)
_STOPS = re.compile(
    rf"{_SINCE}(?:thôi(?: không)? (?:thực hiện|chủ trì|làm|đảm nhiệm|giữ|phụ trách|báo cáo|phối hợp|là|nhiệm vụ)"
    r"|không (?:còn|tiếp tục) (?:thực hiện|chủ trì|làm|đảm nhiệm|phụ trách|báo cáo|theo dõi)"
    r"|không (?:thực hiện|triển khai) (?:nhiệm vụ|chế độ báo cáo|báo cáo|việc báo cáo)"
    r"|(?:(?:tạm )?(?:dừng|ngừng|ngưng)|chấm dứt) (?:việc )?(?:(?:thực hiện|triển khai|làm) )?(?:các )?"
    r"(?:(?:chế độ )?báo cáo|chủ trì|nhiệm vụ(?! chi(?!\w))|nội dung (?:được giao|tại|theo|số)|phần việc))(?!\w)"
)
_ENDED = re.compile(
    r"(?:các )?(?:nhiệm vụ|nội dung|việc|yêu cầu) (?:đã |được )*giao(?!\w)[^;.]*?"
    r"(?<!\w)(?:dừng|thôi|bãi bỏ|hủy bỏ|không (?:tiếp tục|thực hiện))(?!\w)"
)
"""«Nhiệm vụ giao Sở A tại …: dừng thực hiện»."""
_MORE = re.compile(
    rf"[,;.] +(?:mà |nhưng |chỉ |thay vào đó,? |đồng thời,? )*(?:chuyển sang|thay bằng|lồng ghép|{ACTION.pattern})"
)
_BEGINS = (
    r"(?:(?:đồng ý|thống nhất|nhất trí|chấp thuận|cho phép|cho|nay|quyết định|về chủ trương|chủ trương|việc),? +)*"
)
_WHEN = r"(?:thời hạn|thời gian|thời điểm|hạn|mốc|tiến độ|lộ trình)(?!\w)"
_TO = (
    r"(?<!hoàn )(?<!trưởng )(?<!\w)(?:thành(?! (?:phố|lập|viên|phần|tích|tựu|công|ủy|thị|niên)(?!\w))|sang"
    r"|bằng(?! các))(?!\w)"
)
_NEW_DATE = r"(?:lùi|dời|kéo dài|điều chỉnh|thay đổi|rút ngắn|đổi|sửa(?: đổi)?|gia hạn|chuyển)(?: lại| thêm)*"
_PAPER = r" (?:giấy|hợp đồng|thẻ|chứng chỉ|chứng nhận|thị thực|bảo hiểm|nợ|khoản vay)(?!\w)"
"""What is extended as such, and not the date of work: «gia hạn giấy phép»."""
_CHANGES = re.compile(
    r"(?:(?:đồng ý|thống nhất|nhất trí|chấp thuận|cho phép)(?: cho)? [^;:.,]{3,80}? (?=gia hạn|lùi|dời|kéo dài))?"
    rf"{_BEGINS}(?:gia hạn(?!{_PAPER})(?!\w)|{_NEW_DATE} (?:[^;.:,]{{0,30}} )?{_WHEN}|(?:lùi|dời) (?:từ|đến|sang)(?!\w)"
    rf"|(?:sửa(?! chữa)|thay|đính chính)(?: đổi| thế| lại)* [^.;]{{2,300}}? {_TO}"
    r"|(?:chuyển|điều chuyển|chuyển giao|điều chỉnh|thay đổi)(?: \w+){0,2} (?:nhiệm vụ|đầu mối|trách nhiệm|phần việc"
    r"|(?:cơ quan|đơn vị) (?:chủ trì|đầu mối))(?!\w)[^.;]{0,160}?(?<!\w)(?:sang|cho|về|thành|từ)(?!\w)"
    rf"|(?:{_WHEN}|nhiệm vụ|đầu mối) [^;.]{{3,160}}? (?:được )?{_NEW_DATE} (?:từ|thành|sang|đến|cho)(?!\w)"
    rf"|[^;:.,]{{3,100}} được (?:gia hạn|lùi|dời|kéo dài {_WHEN}|điều chỉnh {_WHEN}))"
)
_OLD = re.compile(r"(?<!\w)từ(?!\w)|[“\"«]")
_BECOMES = re.compile(rf"{_TO}|(?<!\w)(?=(?:đến|tới)(?!\w))")
_HANDED = re.compile(rf"{_TO}|(?<!\w)(?:cho|về)(?!\w)")
_INSTEAD = re.compile(r"(?<!\w)thay(?: thế)?(?: cho)? +")
_MUST = re.compile(r"(?<!\w)(?:phải|cần|giao|yêu cầu|đề nghị|phân công|phấn đấu|có trách nhiệm)(?!\w)")
_DONE = re.compile(r" *đã (?!giao)")
_RESULT = re.compile(r"(?:kết quả|tình hình|số liệu) [^;]*(?<!\w)(?:đạt|là|đã)(?!\w)")
_TOLD = re.compile(r"(?<!\w)(?:đã (?!giao)|đạt )")


def is_not_given(lower: str, start: int, lead: int | None, rest: int, end: int) -> bool:
    """«Không giao Sở A …», «Sở A không phải báo cáo»; ``lead``: where the office stands."""
    before = lead is not None and _NOT_GIVING.search(lower, start, lead)
    return bool(before or _FREED.match(lower, rest, end))


def is_taken_back(lower: str, start: int, lead: int | None, rest: int, end: int) -> bool:
    """«Thôi giao Sở A …», «Bãi bỏ nội dung giao Sở A …», «Sở A dừng thực hiện nhiệm vụ …»."""
    before = lead is not None and _BACK_GIVING.search(lower, start, lead)
    return bool(before or _STOPS.match(lower, rest, end) or _ENDED.match(lower, start, end))


def tells_more(lower: str, rest: int, end: int) -> bool:
    """Whether something else to be done follows in the same words."""
    return _MORE.search(lower, rest, end) is not None


def is_change(lower: str, start: int, end: int) -> bool:
    """«Điều chỉnh thời hạn … từ A thành B», «Gia hạn cho Sở A đến …», «Chuyển nhiệm vụ từ Sở A sang Sở B»."""
    return _CHANGES.match(lower, start, end) is not None


def new_part(lower: str, start: int, end: int) -> int | None:
    """Where B of «từ A thành B» begins in a change; None where the words do not tell old from new."""
    old = _OLD.search(lower, start, end)
    mark = _BECOMES.search(lower, old.end(), end) if old else _HANDED.search(lower, start, end)
    return mark.end() if mark else None


def instead_of(lower: str, start: int, end: int) -> list[int]:
    """Where an office may stand that another one replaces: «chủ trì thay Sở A»."""
    return [each.end() for each in _INSTEAD.finditer(lower, start, end)]


def has_been_done(lower: str, rest: int, end: int, *, report: bool) -> bool:
    """«đã tham mưu …», «Kết quả … đạt 45%»; ``report``: in a report, what «đã» or «đạt» tells of."""
    if _MUST.search(lower, rest, end):
        return False
    return bool(_DONE.match(lower, rest, end) or _RESULT.match(lower, rest, end)) or bool(
        report and _TOLD.search(lower, rest, end)
    )
