"""Times in prose that are no term of a task: of what it is about, of what has been done, of a meeting, of a plan."""

import re

from intake.directives.phrases.deadline_patterns import DAY
from intake.directives.phrases.words import VERBS

_NO_DUTY = r"(?!(?<!\w)(?:phải|cần|thì|khẩn trương)(?!\w))"
_NO_DUTY_IF = r"(?!(?<!\w)(?:phải|cần(?= hoàn| báo| gửi| xong)|thì|báo cáo|gửi)(?!\w))"
"""What was done, or a condition, ends where a duty begins: «nếu chưa xong phải …», «vướng mắc báo cáo …»."""
_NOT_BEFORE = re.compile(
    rf"(?:đã (?:{_NO_DUTY}[^,;.]){{0,48}}|(?<!\w)(?:nếu|trường hợp) (?:{_NO_DUTY_IF}[^,;.:]){{0,60}}"
    r"|hiệu lực(?: thi hành)?|(?:phát )?sinh|tồn đọng|từ (?:ngày )?[\d/.\- ]{3,12}"
    r"|(?<!phải )(?<!cần )được (?:cấp|ký|tuyển dụng|thành lập|công nhận|khởi công)|tính|số liệu(?: \w+)?"
    r"|hết (?:hạn|hiệu lực)(?: sử dụng)?|(?:hoạt động|khai thác|lưu hành)(?: cho)?"
    r"|kể từ[^,;.]{0,30}"
    r"|(?:diễn ra|khai mạc|được tổ chức|xảy ra)(?: vào| từ| trong)*|(?:kết thúc|bắt đầu) (?:vào|từ|trong)"
    r"|so với|tầm nhìn|kỷ niệm[^,;.]{0,40}) *$"
)
ADJECTIVE_OF = re.compile(
    r"(?:kinh phí|kế hoạch|chương trình|chương trình công tác|dự toán|báo cáo|ngân sách|5 năm và|năm năm và"
    r"|nhu cầu|trợ cấp|phụ cấp|lương|nhiệm vụ|chỉ tiêu|trung hạn và"
    r"|5 năm,|công việc|công tác|hội nghị|đánh giá|sinh hoạt|nguồn|hoạt động|tổng kết|chi|thi đua|khen thưởng|trọng tâm"
    r"|chuyên đề|quý và|tháng và|kết quả) $"
)
_PLAN_OF = re.compile(
    r"(?:kinh phí|kế hoạch(?!,? (?:và |- )?(?:đầu tư|tài chính))|chương trình|dự toán|danh mục"
    r"|chỉ tiêu|ngân sách|nhu cầu|nội dung|hội nghị)[^;.()]{0,45}$"
)
_A_THING = (
    r"(?:hồ sơ|đơn(?! vị)|tờ khai|dự án|công trình|đề tài|hợp đồng|giấy (?:phép|chứng nhận)|chứng chỉ|văn bản|cơ sở"
    r"|doanh nghiệp|sản phẩm|thuê bao|phương tiện|đất)"
)
_NO_DUTY_BETWEEN = (
    r"(?!phải|cần|chậm|để|bảo đảm|đảm bảo|(?<!công )(?<!quy )(?<!chương )trình|gửi|báo cáo|hoàn thành|và|của)"
)
_OF_A_THING = re.compile(
    rf"(?<!\w){_A_THING}(?: {_NO_DUTY_BETWEEN}[^\W\d_]+){{0,3}}"
    r" (?:nộp|ký(?: kết)?|cấp(?: phép)?|phê duyệt"
    r"|được (?:giao|thuê|tiếp nhận|chấp thuận|nghiệm thu|ban hành|đăng ký|khởi công)) *$"
)
"""What a thing is told apart by: «hồ sơ nộp trước ngày …», «các dự án được phê duyệt trước ngày …»."""
_LOOKS_AT = (
    r"(?<!\w)(?:rà soát|kiểm tra|thanh tra|kiểm toán|hậu kiểm|giám sát|thống kê|tổng hợp|lập danh sách|phân loại"
    r"|cập nhật|số hóa|hỗ trợ|xử lý|thu hồi|hủy bỏ|bãi bỏ|sửa đổi|đánh giá|khảo sát|lưu trữ|đối chiếu|thanh lý"
    r"|quyết toán)"
)
_CAME_TO_BE = (
    r"(?:ký(?: kết)?|cấp(?: phép)?|phê duyệt|khởi công|thành lập|ban hành|chuyển đổi|tiếp nhận|nghiệm thu|khai trương"
    r"|đưa vào sử dụng)"
)
_SOME = rf"(?: {_NO_DUTY_BETWEEN}[^\W\d_]+){{1,6}}?"
_OF_WHAT_IS_LOOKED_AT = re.compile(
    rf"{_LOOKS_AT}{_SOME} {_CAME_TO_BE}(?: [^,;:.()]{{4,45}} và{_SOME} {_CAME_TO_BE})? *$"
)
"""«kiểm tra các công trình khởi công từ ngày …», «hỗ trợ hộ thành lập trước … và doanh nghiệp chuyển đổi trong …»."""
_HELD_BY_OTHERS = re.compile(
    r"(?<=[^\W\d_] )(?:hội (?:chợ|thảo|nghị|thi|diễn)|lễ(?: hội)?|cuộc thi|kỳ thi|sự kiện|triển lãm|liên hoan|giải"
    rf"|đại hội)(?: {_NO_DUTY_BETWEEN}[^\W\d_]+){{0,6}} tổ chức *$"
)
"""«mời doanh nghiệp dự hội chợ tổ chức từ ngày …»."""
_MAY_BE_DONE_ALREADY = re.compile(rf"{_LOOKS_AT}{_SOME} *$")
_DUTY_TO_IT = re.compile(
    rf"(?<!\w)(?:bảo đảm|đảm bảo|phấn đấu|trình|hoàn thành|hoàn thiện|hoàn tất|gửi|lập|đôn đốc|chỉ đạo|yêu cầu"
    rf"|vận động)(?: (?:các|những|toàn bộ|mọi))? {_A_THING}[^,;.:]*$"
)
BANNED = re.compile(r"(?<!\w)(?:không|chưa|(?:tạm )?(?:dừng|ngừng)|cấm) (?!để |quá )[^,;.:]{2,45}$")
"""«không cấp phép mới cho đến hết ngày …»: when something may begin again."""
MEETING = re.compile(r"(?<!\w)(?:họp|hội nghị|đại hội|lễ|kỳ thi|phiên)(?!\w)[^,;.]*(?:, dự kiến[^,;.]*)?$")
_MARK_AFTER = re.compile(r" *(?:[,;.)]|của|và|theo|cho|để|$)")
_CLAUSE_START = re.compile(
    r"(?:^|[,;:(.] |- |và |\n|[a-zđ0-9]\) |có trách nhiệm |định kỳ |tháng |quý "
    r"|(?:(?<!\w)thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|tuần (?:đầu|cuối|thứ \w+)|ngày \d\d?"
    r"|ngày (?:đầu|cuối)(?: tuần)?|\d (?:giờ|h)(?: ?\d\d)?(?: phút)?) )$"
)
_VERB_AFTER = re.compile(rf" *(?:,|\)|;|\.|$|(?:theo quy định|{VERBS})(?![^\W\d_]))")


def is_term(kind: str, lower: str, start: int, a: int, b: int) -> bool:
    """Whether a time at [a, b) is when something is to be done, by the words around it in the task from ``start``."""
    before = lower[max(start, a - 60) : a]
    if kind == "year" and before.endswith("năm học "):
        return False
    if lower.startswith(("vào", "từ ngày"), a) and MEETING.search(before) and "tổ chức" not in before:
        return False
    if lower.startswith(("cuối", "đầu"), a) and before.endswith(("tháng ", "quý ")):
        return False  # «6 tháng cuối năm» names a time, not a day
    if lower.startswith("cuối", a) and MEETING.search(before):
        return False  # «trước kỳ họp thường lệ cuối năm 2026» is not the end of the year
    if _OF_A_THING.search(before) and not _DUTY_TO_IT.search(before):
        return False
    if _OF_WHAT_IS_LOOKED_AT.search(lower[max(start, a - 120) : a]) or _HELD_BY_OTHERS.search(before):
        return False
    if lower.startswith("đến", a) and BANNED.search(before):
        return False
    if kind == "days" and not days_to_do_it(lower, start, a, b):
        return False
    if kind in ("date", "month", "quarter", "half", "year", "days") and _NOT_BEFORE.search(before):
        return False
    if kind == "recurring" and not lower.startswith("định kỳ", a) and re.match(r"(?:hằng|hàng|mỗi) ", lower[a:b]):
        if ADJECTIVE_OF.search(before) or (_PLAN_OF.search(before) and _MARK_AFTER.match(lower, b)):
            return False
        return bool(_CLAUSE_START.search(lower[start:a] or "\n") or _VERB_AFTER.match(lower, b))
    return True


def may_tell_apart(lower: str, start: int, a: int) -> bool:
    """Whether «hoàn thành trước …» at ``a`` may be said of a thing: «rà soát các công trình hoàn thành trước …»."""
    return lower.startswith("hoàn thành", a) and _MAY_BE_DONE_ALREADY.search(lower, start, a) is not None


_FROM_A_DAY = re.compile(rf"(?:kể từ|tính từ|từ) {DAY}")
_FROM_THEN = re.compile(r"(?:kể từ|tính từ|từ|sau|trước) ")
_COMPLETES = (
    r"hoàn thành|hoàn thiện|hoàn tất|xong|báo cáo|gửi|trình|nộp|trả lời|phúc đáp|có ý kiến|giải quyết|xử lý|khắc phục"
    r"|ban hành|công bố|phê duyệt|thẩm định|tham mưu|đề xuất|cung cấp|tổng hợp|chuyển|cấp|trả|giao|phản hồi|xem xét"
    r"|chấn chỉnh|thanh toán|chi trả|rà soát|thực hiện|quyết định"
)
_GOES_ON = (
    r"không|chưa|ngừng|dừng|hoạt động|cách ly|niêm yết|phát sóng|duy trì|lưu|điều trị|theo dõi|đình chỉ|tạm|nghỉ"
    r"|kéo dài|công khai|bảo hành|còn|xuống|thời gian|rút ngắn|quá hạn|có hiệu lực|từ \d+ (?:ngày|tháng|giờ|tuần)"
)
_DOES = re.compile(rf"(?<!\w)(?:(?P<ends>{_COMPLETES})|{_GOES_ON})(?!\w)")
_TOO_LONG_AGO = re.compile(r" *(?:liên tục|trở lên|liền|nữa)(?!\w)")


def days_to_do_it(lower: str, start: int, a: int, b: int) -> bool | None:
    """Whether days at [a, b) are those in which something is to be done; False: it goes on for them; None: not told.

    They are counted from a moment, or a verb of completing stands nearest: «trình trong 05 ngày», but not «cách ly
    trong 14 ngày», «rút ngắn thời gian thẩm định xuống còn không quá 10 ngày».
    """
    if _TOO_LONG_AGO.match(lower, b):
        return False
    if _FROM_A_DAY.search(lower, a, b) and (does := list(_DOES.finditer(lower, start, a))) and not does[-1]["ends"]:
        return False
    if _FROM_THEN.search(lower, a, b) or lower.startswith("chậm nhất", a):
        return True
    clause = max(start, 1 + max(lower.rfind(mark, start, a) for mark in ",;.:("))
    before = list(_DOES.finditer(lower, clause, a))
    if before:
        return before[-1]["ends"] is not None
    behind = _DOES.search(lower, b, min(len(lower), b + 80))
    return True if not lower[clause:a].strip() and behind and behind["ends"] else None
