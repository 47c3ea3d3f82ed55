"""What only a person does or has done to them: it tells a name that no list holds, «… vắng mặt không lý do»."""

import re

from config.personal_data.reading import Reading

_LONGEST_SENTENCE = 160
"""So many characters of a sentence are read behind a name."""
_ALSO = (
    r" (?:\([^)]{0,30}\) )?(?:(?:đã|đang|chưa|không|vừa|mới|sẽ|xin|bị|được|được cho|tự ý|lại|hay|thường xuyên|cũng"
    r"|đều) )*"
)
# What a person does or suffers, and no commune, hospital, school or firm.
_ACTS_OF_A_PERSON = _ALSO + (
    r"(?:nghỉ (?:phép|ốm|hưu|thai sản|không lương|chế độ|hưởng chế độ|dài ngày|sinh|việc (?:ở|tại|vì|riêng))"
    r"|bỏ (?:trốn|nhà|việc)|bỏ học (?:từ|vì|theo|lớp|để|ở)|(?:nhập|xuất|ra) viện|qua đời|tử vong(?! (?:mẹ|sơ sinh|trẻ))"
    r"|chết|mất (?:ngày|năm|tích|vì|do|việc)|đuối nước|mắc bệnh|ốm|bị (?:ốm|bệnh|thương|tai nạn|lừa|khai trừ)"
    r"|bị (?:sét đánh|điện giật|bỏng|ngã|đâm|rắn cắn|xâm hại|bạo hành)|thương tật"
    r"|tai nạn (?:ở|tại|khi|trên)|sinh con|kết hôn với|ly hôn|tự (?:tử|sát)|đầu thú"
    r"|ra (?:đầu thú|trình diện)"
    r"|bị (?:tạm (?:giữ|giam)|bắt(?! (?:phạt|buộc|đầu|nguồn|lỗi))|khởi tố(?! vụ)|chồng(?! (?:chéo|lấn|lên))|vợ|mẹ"
    r"|con (?!trùng)|đánh(?! (?:giá|dấu|thuế|trượt|cắp)))"
    r"|đi (?:làm (?:ăn|thuê)|cấp cứu|viện|tù|học|nước ngoài|xuất khẩu|bộ đội)|thường trú"
    r"|ở (?:thôn|xóm|bản|ấp|buôn|tổ)|hiến (?:tạng|thận)"
    r"|là (?:người|chủ hộ|con (?!em|đường|số|sông|đập)|vợ|chồng|mẹ|bố|công dân|học sinh|bệnh nhân|cháu|hộ)"
    r"|đánh (?:vợ|con|chồng|mẹ|bố)|trộm(?! cắp)|bán ma túy|mang thai(?! (?:vị|trước))|có (?:thai|bầu)"
    r"|nhiễm (?:hiv|covid)|nghiện|mồ côi|trầm cảm|tâm thần|sống một mình|điều trị (?:tại|ở|ung thư|bệnh)"
    r"|(?:khám bệnh|phẫu thuật) (?:tại|ở)|được (?:bổ nhiệm (?:làm|giữ|vào|chức vụ|phó|trưởng)|cử đi|nâng lương|kết nạp"
    r"|minh oan)|được (?:bổ nhiệm|tuyển dụng)(?= ?[.,;]|$| từ| năm)"
    r"|chuyển công tác(?= ?[.,;]|$| (?:về|sang|đến|đi|lên|tới|từ|ra) (?!bộ phận))|(?:đi )?cai nghiện"
    r"|vay (?:tiền|nặng lãi|nóng)"
    r"|xin (?:nghỉ(?! (?:học|hè|tết|lễ))|chuyển (?:công tác|trường|hộ khẩu|viện)|thôi (?:việc|học|giữ)|ra viện"
    r"|vào (?:đảng|làm|học)|đi (?:học|làm|viện|nước ngoài)|học (?:bổng|nghề|lại|tiếp|lớp)|tách (?:hộ|thửa|khẩu)"
    r"|cấp (?:lại |đổi )?(?:căn cước|cccd|cmnd|hộ chiếu|sổ (?:đỏ|hồng|hộ khẩu)|giấy (?:khai sinh|chứng tử|phép lái)))"
    r"|dự kiến nghỉ hưu)\b"
)
# What offices and firms do as well: a person's where something personal stands beside, or the name is hardly another's.
_ACTS_OF_ANYBODY = _ALSO + (
    r"(?:vắng mặt|nghỉ (?:việc|học)|bỏ học(?! phí)|tai nạn|kết hôn|tự nguyện|tạm (?:giữ|giam)"
    r"|bắt (?:giữ|tạm giam|khẩn cấp|quả tang)|khởi tố|kỷ luật|ký (?:nhận|tên|đơn)|(?:làm|viết|gửi|nộp|ký|rút) đơn"
    r"|khai(?! (?:thác|trương|mạc|giảng|thông|báo (?:thuế|hải quan)))|thừa nhận|xin lỗi|thất nghiệp|có việc làm"
    r"|hiến (?:đất|máu)|gọi điện|sở hữu đất|là (?:đối tượng|bà con)|người (?:dân tộc|bản|thôn|xã)"
    r"|dân tộc (?!nội|thiểu|tỉnh)|đánh nhau|trộm|lừa đảo|mắc nợ|vay(?! vốn)|vay vốn nuôi|nợ (?:\d|tiền|ngân hàng|nần)"
    r"|bán (?:đất|nhà)|nhiễm bệnh|điều trị|khám bệnh|phẫu thuật|khiếu (?:kiện|nại)|tố cáo|điều động|luân chuyển"
    r"|được (?:bổ nhiệm|cấp (?:nhà|gạo|thẻ))"
    r"|xin (?:chuyển|thôi|ra|vào|cấp|đi|miễn|giảm|rút|hoãn|lùi|vay|tách|phép)"
    r"|nhận (?:tiền đền bù|tiền hỗ trợ|bồi thường|chế độ))\b"
)
# Amounts, shares and counts speak of an organisation, also beside what a person suffers: «nhập viện 30 ca».
_COUNTED = re.compile(
    r"\d ?%|\b\d[\d.,]* (?:phan tram|ca|vu|ty|luot|truong hop|nguoi|ho|cap|ha|tan|nhiem vu|bao cao|chi tieu|hoc sinh"
    r"|lao dong|don|cong trinh|diem|cong dan|benh nhan|can bo|giao vien|nhan khau|khau|thanh nien|hoc vien|the|tau"
    r"|con (?:trau|bo|lon|ga|gia suc)|ban|xa|thon)\b"
    r"|\b(?:chua ghi nhan|khong xay ra|bang khong|chiem|ty le|cung ky|dung han|binh quan|da so|phat sinh"
    r"|(?:tang|giam) (?:con|\d|so|manh|ro|dan|nhe|hon))\b"
)
_SIGN_OF_A_LIFE = (
    r"\b(?:\d{1,3} tuổi|sinh (?:năm|ngày)|sn \d|(?:vợ|chồng|con|cháu) (?:là|của|tôi|ông|bà|anh|chị)|vợ|chồng"
    r"|con (?:trai|gái|nhỏ|dâu|rể)|mẹ (?:già|đẻ|ruột|vợ)|bố (?:đẻ|ruột|vợ)|gia đình (?:ông|bà|khó)|hàng xóm"
    r"|(?:ở|tại) (?:thôn|bản|xóm|số nhà|nhà riêng|ngõ)|cccd|cmnd|căn cước|sđt|số điện thoại|ung thư|tai biến"
    r"|tiểu đường|bệnh tim|bệnh thận|gãy (?:chân|tay)|bệnh án|lương hưu)\b"
)
_BEFORE = (
    r"\b(?:(?:trao đổi|làm việc|nói chuyện|gặp gỡ|liên hệ|liên lạc)(?: trực tiếp| lại)? với|gặp|hỏi|gọi(?: cho)?|nhờ"
    r"|liên hệ|liên lạc|bắt(?: giữ)?|khởi tố(?: bị can)?|tạm giữ|tạm giam|truy nã|kỷ luật|khiển trách|cảnh cáo"
    r"|kiểm điểm"
    r"|bổ nhiệm|miễn nhiệm|bắt được|thăm hỏi|minh oan(?: cho)?|vắng(?: mặt)?(?: có)?|trong đó có|gồm có|mất tích|tìm"
    r"|tìm kiếm"
    r"|đến nhà|tại nhà|xét xử|xác minh)(?: |: )$"
)
_BEFORE_A_PERSON = (
    r"\b(?:bắt(?: giữ)?|khởi tố(?: bị can)?|tạm giữ|tạm giam|truy nã|kỷ luật|cảnh cáo|bổ nhiệm|miễn nhiệm|bắt được"
    r"|minh oan(?: cho)?|mất tích|xét xử)(?: |: )$"
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
_OWNED_BY_A_PERSON = (
    r"\b(?:đơn xin (?:nghỉ|thôi|ly)|lương|phụ cấp"
    r"|chữ ký|con|vợ|chồng|mẹ|bố|lý lịch|điện thoại|trách nhiệm cá nhân)(?: \w+){0,4} của $"
)
_OF_ONE = (
    r"\b(?:\d{1,3} tuổi(?! (?:trở|đến|đạt|chiếm|lên))|sinh năm \d)"
    r"|, (?:vợ|chồng|con (?:trai|gái|dâu|rể|của)|(?:anh|chị|em) (?:ruột|trai|gái)|cháu (?:nội|ngoại|của))\b"
)
# What makes of anybody, whatever the post, a person in a case.
_ACCUSED_BEHIND = re.compile(
    r"(?: ?[,(\-–] ?[^,.;()]{3,60}[,)]| ?[,;\-–])? ?(?:(?:da|dang|vua|moi|tung|cung|lai) )*"
    r"(?:bi (?:khoi to|bat|tam (?:giu|giam)|truy (?:to|na)|to (?:cao|giac)|(?:xu ly |thi hanh )?ky luat|dinh chi"
    r"|(?:\w+ ){0,3}(?:phan anh|khieu nai|to cao)"
    r"|cach chuc|khai tru|khien trach|canh cao|xu phat|phat|cao buoc|ket an|tuyen phat)"
    r"|(?:(?:do|vi) )?(?:co hanh vi )?vi pham|(?:nhan|dua|moi gioi) hoi lo|tham o"
    r"|tron thue|no thue|lua dao|chiem doat|nhan tien cua)\b"
)
_ACCUSED_BEFORE = re.compile(
    r"\b(?:ky luat|khoi to(?: bi can)?|bat(?: giu| tam giam| khan cap)?|tam (?:giu|giam)|truy (?:to|na)|xu phat"
    r"|khien trach|canh cao|dinh chi(?: cong tac)?|cach chuc|to cao|xet xu)(?: (?:doi voi|cua))?"
    r"(?: (?:dong chi|d/c|dc|ong|ba|anh|chi|cong chuc|vien chuc|can bo|giao vien|dang vien))?[: ]+$"
)
_DOES_A_PART = r" (?:nhập liệu|soạn|làm (?:mục|phần|biểu|phụ lục)|tổng hợp|phụ trách|theo dõi|trực|lo)\b"
_AT_A_DESK = r" (?:ở |bên |\()(?:phòng|kế toán|văn thư|văn phòng|bộ phận)\b"
_SENTENCE_END = re.compile(r"[!?;]|\.(?= |$)")
_ENDS = re.compile(r" ?(?:$|[.,;:()\-]|(?:ben|o|phong|ke toan|van thu|de|va|so)\b)")


class _Said:
    """What stands before or behind a place, read with its accents, or without them where the text has none."""

    def __init__(self, pattern: str) -> None:
        self._written = re.compile(pattern, re.IGNORECASE)
        self._flat = re.compile(Reading(pattern).flat)

    def stands(self, reading: Reading, at: int) -> bool:
        """Before the place; the pattern ends with ``$``."""
        return bool(self._pattern(reading).search(self._text(reading)[max(0, at - 40) : at]))

    def follows(self, reading: Reading, at: int) -> bool:
        """Right behind the place."""
        return bool(self._pattern(reading).match(self._text(reading), at))

    def within(self, reading: Reading, at: int) -> bool:
        """Behind the place, within the sentence."""
        return bool(self._pattern(reading).search(self._text(reading), at, _sentence_end(reading, at)))

    def _pattern(self, reading: Reading) -> re.Pattern[str]:
        return self._flat if reading.without_accents else self._written

    @staticmethod
    def _text(reading: Reading) -> str:
        return reading.flat if reading.without_accents else reading.plain


_OF_A_PERSON, _OF_ANYBODY, _LIFE = map(_Said, (_ACTS_OF_A_PERSON, _ACTS_OF_ANYBODY, _SIGN_OF_A_LIFE))
_DEALT_WITH, _ACCUSED = map(_Said, (_BEFORE, _BEFORE_A_PERSON))
_ASKED_FOR, _IN_A_FORM, _TELLS_OF_ONE = map(_Said, (_ASKED, _LABELLED, _OF_ONE))
_DESK, _PART = map(_Said, (_AT_A_DESK, _DOES_A_PART))
_OWNED_BY, _HELD_BY = map(_Said, (_OWNED, _OWNED_BY_A_PERSON))


def _sentence_end(reading: Reading, at: int) -> int:
    last = min(len(reading.flat), at + _LONGEST_SENTENCE)
    stop = _SENTENCE_END.search(reading.flat, at, last)
    return stop.start() if stop else last


def does(reading: Reading, end: int, *, sure: bool) -> bool:
    """Whether what stands behind a place of the text is done by a person; ``sure``: the words before are hardly a
    place's or a firm's, so that what these do as well counts too."""
    if speaks_of_many(reading, end):
        return False
    if _OF_A_PERSON.follows(reading, end):
        return True
    return _OF_ANYBODY.follows(reading, end) and (sure or _LIFE.within(reading, end))


def speaks_of_many(reading: Reading, end: int) -> bool:
    """Whether the sentence goes on with counts and shares, as reports of offices do."""
    return bool(_COUNTED.search(reading.flat, end, _sentence_end(reading, end)))


def is_dealt_with(reading: Reading, start: int, *, sure: bool) -> bool:
    """Whether what stands before a place of the text is done to persons; ``sure`` as in ``does``."""
    return (_DEALT_WITH if sure else _ACCUSED).stands(reading, start)


def is_asked(reading: Reading, start: int, end: int, *, sure: bool) -> bool:
    """«hỏi Phượng (kế toán)», «Người tiếp nhận: Ngọc»: somebody is meant, and no longer name follows.

    So is who does a part: «…, Hiếu nhập liệu». Where the name may be a place's (not ``sure``), it must stand with a
    desk: «hỏi Lan Anh ở phòng kế toán».
    """
    if not sure:
        return _ASKED_FOR.stands(reading, start) and _DESK.follows(reading, end)
    if reading.flat.endswith((", ", ": "), 0, start) and _PART.follows(reading, end):
        return True
    meant = _ASKED_FOR.stands(reading, start) or _IN_A_FORM.stands(reading, start)
    return meant and bool(_ENDS.match(reading.flat, end))


def is_owner(reading: Reading, start: int, *, sure: bool) -> bool:
    """«lương của Hạnh»: what only a person has; ``sure``: no place or firm is named so, which have papers too."""
    return (_OWNED_BY if sure else _HELD_BY).stands(reading, start)


def is_accused(reading: Reading, start: int, end: int) -> bool:
    """Whether the sentence accuses, punishes or detains who is named between the places."""
    before = reading.flat[max(0, start - 60) : start]
    return bool(_ACCUSED_BEHIND.match(reading.flat, end) or _ACCUSED_BEFORE.search(before))


def tells_of_one(reading: Reading, end: int) -> bool:
    """Whether the sentence tells somebody's age or whose kin it is."""
    return _TELLS_OF_ONE.within(reading, end) and not speaks_of_many(reading, end)
