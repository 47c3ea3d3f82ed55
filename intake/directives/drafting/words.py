"""Words of administrative Vietnamese that say who is to do something, and what is no task at all.

Patterns are matched against ``plain`` texts: small letters with accents, tones on the newer place («ủy», «hòa»),
every dash «-», every space « »; such a text is as long as what it was made of, so that places stay the same.
"""

import re
import unicodedata

_VOWELS = {"o": "oóòỏõọ", "u": "uúùủũụ", "a": "aáàảãạ", "e": "eéèẻẽẹ", "y": "yýỳỷỹỵ"}
_TONE_MOVED = {
    first + _VOWELS[second][tone]: _VOWELS[first][tone] + second
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in range(1, 6)
}
_OLD_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONE_MOVED)})(?![^\W\d_])")
_LOOKALIKES = str.maketrans({"\n": " ", "\t": " ", "\u00a0": " ", **dict.fromkeys("‐‑‒–—―−", "-"), "ð": "đ"})


def plain(text: str) -> str:
    """The text for matching, as long as ``text`` itself."""
    lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text).translate(_LOOKALIKES)
    return _OLD_TONE.sub(lambda found: _TONE_MOVED[found[0]], lower)


def folded(text: str) -> str:
    """Plain and without accents, as long as ``text`` itself: for headings that are typed without accents."""
    return "".join(unicodedata.normalize("NFD", each)[0] for each in plain(text).replace("đ", "d"))


def _any(words: str) -> str:
    """A pattern of any of the phrases, which are parted by «|» or ends of lines; longer ones first."""
    phrases = [" ".join(each.split()) for line in words.splitlines() for each in line.split("|") if each.strip()]
    return "(?:" + "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)).replace(r"\ ", " +") + ")"


VERBS = _any(
    """ban hành|bám sát|báo cáo|bảo đảm|đảm bảo|bảo vệ|bố trí|bổ sung|bồi dưỡng|biên soạn|biên tập|cập nhật|cân đối|cấp phát
    |chấn chỉnh|chấp hành|chỉ đạo|chịu trách nhiệm|chủ động|chủ trì|chú trọng|chuẩn bị|chuyển giao|chuyển đổi|công bố|công khai
    |củng cố|cung cấp|cụ thể hóa|cử|dự thảo|duy trì|đào tạo|đánh giá|đăng ký|đăng tải|đẩy mạnh|đẩy nhanh|đề nghị|đề xuất|điều chỉnh
    |điều tra|định hướng|định kỳ|đôn đốc|đổi mới|đưa|đưa tin|gắn|giám sát|giao|giải quyết|giúp|giữ gìn|gửi|hằng năm|hàng năm
    |hoàn thành|hoàn thiện|hỗ trợ|huy động|hướng dẫn|kết nối|khai thác|khảo sát|khắc phục|khẩn trương|khuyến khích|kiểm soát
    |kiểm tra|kiến nghị|kiện toàn|kịp thời|ký kết|lãnh đạo|lập|lấy ý kiến|lồng ghép|lựa chọn|mở rộng|nâng cao|nâng cấp|nắm|nắm chắc
    |nắm bắt|nghiên cứu|nghiêm túc|nhanh chóng|ngăn chặn|phát động|phát hiện|phát huy|phát triển|phân bổ|phân công|phân loại|phân tích
    |phấn đấu|phê duyệt|phòng ngừa|phối hợp|phổ biến|phục vụ|quan tâm|quán triệt|quản lý|quyết định|rà soát|sắp xếp|sơ kết|sử dụng|sửa đổi
    |tạo điều kiện|tập huấn|tập trung|tăng cường|tham gia|tham mưu|thanh tra|thành lập|tháo gỡ|thẩm định|theo dõi|thiết lập|thống kê
    |thống nhất|thông báo|thông tin|thúc đẩy|thu hút|thu thập|thực hiện|thường xuyên|tích cực|tích hợp|tiến hành|tiếp nhận|tiếp tục
    |tiếp thu|tìm hiểu|tính toán|tổ chức|tổng hợp|tổng kết|tra soát|trang bị|tranh thủ|triển khai|trình|trao đổi|trực tiếp|truyền thông
    |tuyên truyền|tư vấn|ứng dụng|ưu tiên|vận động|vận hành|xác định|xác minh|xây dựng|xem xét|xử lý|xét|thẩm tra|công nhận|khen thưởng
    |bàn giao|thu hồi|cải tạo|cải thiện|cắt giảm|số hóa|niêm yết|tuyển dụng|tuyển sinh|kê khai|đối chiếu|hệ thống hóa|đấu tranh|nêu gương
    |gương mẫu|thể chế hóa|đặt hàng|sưu tầm|xúc tiến|giới thiệu|đồng hành|lưu trữ|bảo quản|nhân rộng|bảo trì|đầu tư|mua sắm|thanh toán
    |quyết toán|giải ngân|nộp|thu|chi trả|đóng góp|tiết kiệm|trồng|chăm sóc|nuôi dưỡng|phòng chống|phòng, chống|ngầm hóa|vệ sinh
    |khởi công|thi công|nghiệm thu|phản ánh|trả lời|giải trình|soạn thảo|góp ý|tham vấn|xin ý kiến|lấy phiếu|bầu|tiếp xúc|chất vấn
    |thảo luận|quy định|quy hoạch|dự báo|cảnh báo|ứng phó|tìm kiếm|cứu nạn|diễn tập|trực|bắt buộc|yêu cầu|nhắc nhở|phê bình|kỷ luật
    |không|phải|cần|kiên quyết|quyết liệt|xóa bỏ|tham quan|sớm|tự|làm|ghi|in|phát|treo|dự|họp|lên|bảo|kiện|trước mắt|căn cứ|trên cơ sở
    |nêu cao|đưa vào|bám|ký|tổng rà soát|xã hội hóa|truy vết|khoanh vùng|tiêm|giãn|vào cuộc|tạo|nâng|ổn định|chăm lo|thăm hỏi|vinh danh
    |biểu dương|tôn vinh|tiêu hủy|thay thế|lắp đặt|khánh thành|đóng|mở|cho|liên hệ|kết hợp|phân cấp|ủy quyền|hợp nhất|đơn giản hóa
    |tăng|giảm|nghiêm cấm|cấm|phụ trách|sẵn sàng|kêu gọi|chia sẻ|tận dụng|phân luồng|điều tiết|điều hành|cam kết|đề ra|hạn chế|loại bỏ|giải tỏa
    |hạch toán|phê chuẩn|kiểm kê|kiểm đếm|trả|chuyển|mua|thuê|dạy|ôn tập|dự giờ|đọc|viết|nhập|khai báo|xuất|cài đặt|kích hoạt|cấp|nhận|quan trắc
    |bám nắm|quyên góp|vận chuyển|tiếp cận|đề cao|coi trọng|chỉnh trang|chỉnh sửa|phân định|quy tụ|xây lắp|di dời|đo đạc|lấy mẫu
    |gia hạn|cưỡng chế|truy thu|hoàn trả|tái cơ cấu|cơ cấu|sáp nhập|giải thể|luân chuyển|điều động|bổ nhiệm|tinh giản|kết nạp|khai giảng|bế giảng"""
)
"""What an office is told to do; an office's name in small letters does not go on with these."""

ACTION = re.compile(
    rf"(?:(?:cùng|hãy|đồng thời|ngoài ra|trong đó|sau đó|từ đó|qua đó|tiếp đó),? +)?(?:{VERBS})(?![^\W\d_])"
)

NO_NAME = re.compile(
    rf"(?:{VERBS}|có trách nhiệm|có nhiệm vụ|có kế hoạch|để|về|trong|theo|tại|trên|được|đã|là|phải|cần|nếu|khi|sau|trước|từ"
    r"|đến|do|bởi|nhằm|mà|thì|nói chung|này|đó|sẽ|đang|vào|qua|bằng|như|chưa|hằng|hàng|định|ngoài|còn|làm|chậm nhất|với|cùng|cũng"
    r"|đối với|gồm|bao gồm|tham mưu|đồng thời|kịp|hoạt động|cho|giai đoạn|năm|đạt|lần|việc|số)(?![^\W\d_])"
)
"""What the words of an office's name, in small letters, do not go on with."""

BACKGROUND_HEADING = re.compile(
    r"muc dich|muc tieu|quan diem|tinh hinh|danh gia|thuc trang|can cu|han che|nguyen nhan|ket qua dat duoc|pham vi"
    r"|doi tuong|giai thich tu ngu|thanh phan|dac diem|boi canh|su can thiet|nguyen tac|kinh phi|noi nhan|co so phap ly"
    r"|nhung ket qua|uu diem|ton tai|hieu luc|bai hoc|du bao|y nghia"
)
"""Headings (folded) under which there is background, aims or money, and no task unless it is given to an office."""

TASKS_HEADING = re.compile(
    r"nhiem vu|giai phap|to chuc thuc hien|phan cong|noi dung|trach nhiem|yeu cau.{0,20}thuc hien|thuc hien|tien do"
)

NOT_A_TASK = re.compile(
    r"(?:(?:quyết định|chỉ thị|nghị quyết|kế hoạch|chương trình|văn bản|công văn|thông báo|quy chế|quy định|hướng dẫn|đề án|luật)"
    r"(?: [^.;]{0,60}?)? (?:này )?có hiệu lực\b.*|ban hành kèm theo .*|phê duyệt (?:kèm theo )?.{0,200}với (?:các|những) nội dung .*"
    r"|nơi nhận.*|như (?:điều|trên|kính gửi)\b.*|lưu *:.*|kính gửi.*|căn cứ [^.]*;?|theo đề nghị .*|xét .{0,60}(?:tờ trình|đề nghị).*"
    r"|(?:tm|kt|tl|tuq|q)\. .*|t/m .*|(?:bãi bỏ|thay thế) .{0,40}(?:quyết định|chỉ thị|nghị quyết|kế hoạch).*"
    r"|trên đây là .*|(?:rất )?mong nhận được .*|trân trọng.*|độc lập - tự do.*|cộng hòa xã hội.*|đảng cộng sản việt nam.*"
    r"|kinh phí (?:thực hiện|tổ chức|triển khai)?\b.{0,80}?(?:do|từ|được|lấy|bố trí|theo|bao gồm|đảm bảo|bảo đảm)\b.*"
    r"|(?:nghị quyết|quyết định) này (?:đã )?được .{0,80}thông qua.*|thay thế .*|hết hiệu lực.*)"
)
"""Sentences of form: validity, legal grounds, addressees, signatures, money."""

_THIS = (
    r"(?:(?:nội dung|các nội dung)(?: của)? )?(?:quyết định|chỉ thị|nghị quyết|kế hoạch|chương trình|văn bản|công văn|công điện|thông báo"
    r"|quy chế|quy định|kết luận|hướng dẫn|thông tư|nghị định|đề án)(?: (?:số )?[^ ,;.]*/[^ ,;.]*)?(?: nêu trên| trên| này| kể trên|\b)"
)
CLOSING = re.compile(
    r"(?:(?:,|và|có|được|đang|hiện|theo|đúng|trong|phạm vi|căn cứ|chủ động|chức năng|nhiệm vụ|quyền hạn|thẩm quyền|của mình|quy định|được giao|nghiêm túc"
    r"|khẩn trương|hiệu quả|đầy đủ|kịp thời|tổ chức|quán triệt|triển khai|phối hợp|liên quan|trách nhiệm|chịu) *)*"
    rf"(?:thi hành|thực hiện|chấp hành)(?:[ ,]+(?:nghiêm(?: túc)?|tốt|có hiệu quả|hiệu quả|đầy đủ|đúng|và))*[ ,]*{_THIS}[ ./]*"
)
"""What stands behind the offices of «… chịu trách nhiệm thi hành Quyết định này»: everybody's duty to obey, no task."""

CONTINUING = re.compile(
    r"(?:tiếp tục|thường xuyên|đẩy mạnh|tăng cường|nâng cao|quán triệt|đôn đốc|theo dõi|kiểm tra|giám sát|phát huy|duy trì"
    r"|chủ động|chú trọng|quan tâm|quản lý|chấp hành|không ngừng|tích cực|bảo đảm|đảm bảo|thực hiện nghiêm|thực hiện tốt"
    r"|bám sát|phòng ngừa|nêu cao|lãnh đạo|chỉ đạo|tuyên truyền|ưu tiên|khuyến khích|làm tốt|phấn đấu|nghiên cứu ứng dụng)\b"
)
DOCUMENT = re.compile(
    r"(?:xây dựng|ban hành|dự thảo|soạn thảo|trình|tham mưu.{0,60}ban hành|lập)\b.{0,60}?\b(?:kế hoạch|quy chế|quy định|đề án|quyết định"
    r"|nghị quyết|chương trình|nghị định|thông tư|báo cáo|tờ trình|văn bản|hướng dẫn|dự toán|phương án)"
)
