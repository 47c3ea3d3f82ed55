"""What only a person does or has done to them: it tells a name that no list holds, «… vắng mặt không lý do»."""

import re

from config.personal_data.reading import Reading

_BEHIND = re.compile(
    r" (?:\([^)]{0,30}\) )?(?:(?:da|dang|chua|khong|vua|moi|se|xin|bi|duoc|duoc cho|tu y|lai|hay|thuong xuyen|cung"
    r"|deu) )*"
    r"(?:vang mat|nghi (?:phep|om|viec|huu|hoc|thai san|khong luong|che do|huong che do)|bo hoc|bo tron|bo viec|bo nha"
    r"|nhap vien|xuat vien"
    r"|tu vong|qua doi|chet|mat (?:ngay|nam|tich|vi|do)|duoi nuoc|mac benh|om\b|thuong|tai nan|sinh con|ket hon|ly hon"
    r"|tu (?:tu|nguyen|sat)|dau thu|ra (?:dau thu|trinh dien)|tam (?:giu|giam)|bat (?:giu|tam giam|khan cap|qua tang)"
    r"|khoi to|khai tru"
    r"|ky (?:nhan|ten|don)|(?:lam|viet|gui|nop|ky|rut) don|khai\b(?! (?:thac|truong|mac|giang|thong|bao (?:thue"
    r"|hai quan)))"
    r"|thua nhan|xin loi|di (?:lam an|cap cuu|vien|tu|hoc|nuoc ngoai|xuat khau)|that nghiep|co viec lam"
    r"|thuong tru|hien (?:dat|mau|tang)|goi dien|so huu dat|la (?:nguoi|chu ho|con|vo |chong|me |bo |cong dan|hoc sinh"
    r"|benh nhan"
    r"|doi tuong|ba con|chau)|nguoi (?:dan toc|ban |thon |xa )|dan toc (?!noi|thieu|tinh)|danh (?:vo|con|nhau)|trom"
    r"|lua dao|mac no|vay \d|no \d"
    r"|ban (?:ma tuy|dat|nha)|mang thai|co thai|co bau|nhiem (?:hiv|benh|covid)|dieu tri|kham benh|phau thuat|om nang"
    r"|khieu kien|to cao|duoc (?:bo nhiem|cu di|nang luong|ket nap|tuyen dung|minh oan)|dieu dong|luan chuyen"
    r"|chuyen cong tac"
    r"|xin (?:nghi|chuyen|thoi|ra|vao|cap|di|hoc|mien|giam|rut|hoan|lui|vay|tach|phep)|du kien nghi huu"
    r"|nhan (?:tien den bu|tien ho tro"
    r"|boi thuong|che do))\b"
)
_BEFORE = (
    r"\b(?:(?:trao đổi|làm việc|nói chuyện|gặp gỡ|liên hệ|liên lạc)(?: trực tiếp| lại)? với|gặp|hỏi|gọi(?: cho)?|nhờ"
    r"|liên hệ|liên lạc|bắt (?:giữ )?|khởi tố(?: bị can)?|tạm giữ|tạm giam|truy nã|kỷ luật|khiển trách|cảnh cáo"
    r"|kiểm điểm"
    r"|bổ nhiệm|miễn nhiệm|bắt được|thăm hỏi|minh oan(?: cho)?|vắng(?: mặt)?(?: có)?|trong đó có|gồm có|mất tích|tìm"
    r"|tìm kiếm"
    r"|đến nhà|tại nhà|xét xử|xác minh)(?: |: )$"
)
_ASKED = (
    r"\b(?:gặp|hỏi|nhờ|liên hệ(?: với)?|liên lạc(?: với)?|gọi cho|trao đổi với|báo cho|nhắn cho|nhắn|giao cho)(?: |: )$"
)
_LABELLED = (
    r"\b(?:người|cán bộ|chuyên viên|ghi biên bản|thư ký|nhập liệu|kiểm tra|duyệt|soạn|trực|liên hệ|đầu mối|phụ trách"
    r"|chủ trì"
    r"|tham gia|thực hiện|lập biểu|kế toán|lãnh đạo|biên bản|thụ lý|tiếp nhận|bàn giao|nhận)(?: [^:.;]{0,25})?: $"
)
_OWNED = (
    r"\b(?:đơn|thư|lương|phụ cấp|ý kiến|hồ sơ|nhà|đất|xe|máy|điện thoại|chữ ký|con|vợ|chồng|mẹ|bố|bằng|lý lịch|lỗi"
    r"|trách nhiệm cá nhân)"
    r"(?: \w+){0,4} của $"
)
_ENDS = re.compile(r" ?(?:$|[.,;:()\-]|(?:ben|o|phong|ke toan|van thu|de|va|so)\b)")


class _Before:
    """What stands before a place, read with its accents, or without them where the text has none."""

    def __init__(self, pattern: str) -> None:
        self._written = re.compile(pattern, re.IGNORECASE)
        self._flat = re.compile(Reading(pattern).flat)

    def stands(self, reading: Reading, at: int) -> bool:
        first = max(0, at - 40)
        if reading.without_accents:
            return bool(self._flat.search(reading.flat[first:at]))
        return bool(self._written.search(reading.plain[first:at]))


_DEALT_WITH, _ASKED_FOR, _OWNED_BY, _IN_A_FORM = map(_Before, (_BEFORE, _ASKED, _OWNED, _LABELLED))


def does(reading: Reading, end: int) -> bool:
    """Whether what stands behind a place of the text is done by persons only."""
    return bool(_BEHIND.match(reading.flat, end))


def is_dealt_with(reading: Reading, start: int) -> bool:
    """Whether what stands before a place of the text is done to persons, as a rule."""
    return _DEALT_WITH.stands(reading, start)


def is_asked(reading: Reading, start: int, end: int) -> bool:
    """«hỏi Phượng (kế toán)», «Người tiếp nhận: Ngọc»: somebody is meant, and no longer name follows."""
    meant = _ASKED_FOR.stands(reading, start) or _IN_A_FORM.stands(reading, start)
    return meant and bool(_ENDS.match(reading.flat, end))


def is_owner(reading: Reading, start: int) -> bool:
    """«lương của Hạnh»: what only a person has."""
    return _OWNED_BY.stands(reading, start)
