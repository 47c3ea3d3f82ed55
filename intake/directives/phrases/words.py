"""Words of administrative Vietnamese that say who is to do something, and what is no task at all.

Patterns are matched against ``plain`` texts: small letters with accents, tones on the newer place («ủy», «hòa»),
every dash «-», every space « »; such a text is as long as what it was made of, so that places stay the same.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_VOWELS = {"o": "oóòỏõọ", "u": "uúùủũụ", "a": "aáàảãạ", "e": "eéèẻẽẹ", "y": "yýỳỷỹỵ"}
_TONE_MOVED = {
    first + _VOWELS[second][tone]: _VOWELS[first][tone] + second
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in range(1, 6)
}
_OLD_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONE_MOVED)})(?![^\W\d_])")
_LOOKALIKES = str.maketrans({"\n": " ", "\t": " ", "\u00a0": " ", **dict.fromkeys("‐‑‒–—―−", "-"), "ð": "đ"})

_BARE = str.maketrans(
    {chr(code): unicodedata.normalize("NFD", chr(code))[0] for code in (*range(0xC0, 0x250), *range(0x1EA0, 0x1F00))}
    | {"đ": "d"}
)


def plain(text: str) -> str:
    """The text for matching, as long as ``text`` itself."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return _OLD_TONE.sub(lambda found: _TONE_MOVED[found[0]], lower.translate(_LOOKALIKES))


def folded(text: str) -> str:
    """Plain and without accents, as long as ``text`` itself: for headings that are typed without accents."""
    return plain(text).translate(_BARE)


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the phrases, longer ones first; the spaces within may be several."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)).replace(r"\ ", " +") + ")"


_READ = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

VERBS = _any(_READ["verbs"])
"""What an office is told to do; an office's name in small letters does not go on with these."""

FIELDS: tuple[str, ...] = tuple(_READ["fields"])
OFFICE_NAMES: tuple[str, ...] = tuple(_READ["names"])
HEADS: tuple[str, ...] = tuple(_READ["heads"])
GROUPS: tuple[str, ...] = tuple(_READ["groups"])
NO_HEADS: tuple[str, ...] = tuple(_READ["no_heads"])
FILLERS = frozenset[str](_READ["fillers"])

_NO_VERB = (
    r"(?!giao thông|giao dịch|dự án|dự toán|dự phòng|tự vệ|tự nhiên|phát thanh|thu nhập|thu ngân|việc làm"
    r"|có công(?! văn| điện))"
)
"""Words that begin as a verb does and are none."""
_ON_DUTY = r"trực(?! thuộc| tuyến| tiếp)"

ACTION = re.compile(
    rf"{_NO_VERB}(?!trực tiếp là)(?:(?:cùng|hãy|đồng thời|ngoài ra|trong đó|sau đó|từ đó|qua đó|tiếp đó),? +)?"
    rf"(?:{VERBS}|{_ON_DUTY})(?![^\W\d_])"
)

NO_NAME = re.compile(
    rf"{_NO_VERB}(?:{VERBS}|{_ON_DUTY}|đầu mối|có trách nhiệm|có nhiệm vụ|có kế hoạch"
    r"|để|về|trong|theo|tại|trên|được|đã|là|phải|cần|nếu|khi"
    rf"|sau|trước|từ"
    r"|đến|do|bởi|nhằm|mà|thì|nói chung|này|đó|sẽ|đang|vào|qua|bằng|như|chưa|hằng|hàng|định|ngoài(?! công lập)|còn|làm"
    r"|chậm nhất|với|cùng|cũng"
    r"|đối với|gồm|bao gồm|tham mưu|đồng thời|kịp|hoạt động|cho|giai đoạn|năm|đạt|lần|việc|số"
    r"|có|thiếu|chậm|mới|vừa|đều|xin|luôn|cũng như)(?![^\W\d_])"
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
    r"(?:(?:quyết định|chỉ thị|nghị quyết|kế hoạch|chương trình|văn bản|công văn|thông báo|quy chế|quy định"
    r"|hướng dẫn|đề án|luật)"
    r"(?: [^.;]{0,60}?)? (?:này )?có hiệu lực\b.*|ban hành kèm theo .*"
    r"|phê duyệt (?:kèm theo )?.{0,200}với (?:các|những) nội dung .*"
    r"|nơi nhận.*|như (?:điều|trên|kính gửi)\b.*|lưu *:.*|kính gửi.*|căn cứ [^.]*;?|theo đề nghị .*"
    r"|xét .{0,60}(?:tờ trình|đề nghị).*"
    r"|(?:tm|kt|tl|tuq|q)\. .*|t/m .*|(?:[^.;]{0,40} này )?(?:bãi bỏ|thay thế) .{0,40}(?:quyết định"
    r"|chỉ thị|nghị quyết|kế hoạch).*"
    r"|trên đây là .*|(?:rất )?mong nhận được .*|trân trọng.*|độc lập - tự do.*|cộng hòa xã hội.*"
    r"|đảng cộng sản việt nam.*"
    r"|kinh phí (?:thực hiện|tổ chức|triển khai)?\b.{0,80}?(?:do|từ|được|lấy|bố trí|theo|bao gồm|đảm bảo|bảo đảm)\b.*"
    r"|(?:.{0,80} )?số *: *\d*[^.;]{0,40}"
    r"|.{0,60}thông báo (?:[^.;]{0,80} )?(?:để|tới|đến) .{0,80}biết[^;]{0,60}(?:; giao .*)?|thay thế .*|hết hiệu lực.*"
    r"|(?:nghị quyết|quyết định) này (?:đã )?được .{0,80}thông qua.*)"
)
"""Sentences of form: validity, legal grounds, addressees, signatures, money."""

VALIDITY = re.compile(
    r".{0,60}thông báo [^.;]{0,160}biết[^.;]{0,60}; +(?=giao )|trên đây là [^.;]*[.;] +(?=[^\W\d_])"
    r"|(?:quyết định|chỉ thị|nghị quyết|kế hoạch|chương trình|văn bản|công văn|công điện|thông báo|quy chế|quy định)"
    r"(?: [^.;]{0,60}?)? (?:này )?có hiệu lực(?: thi hành)? (?:kể từ|từ|sau) [^.;:]{2,60}\. +(?=[^\W\d_])"
)
"""The sentence of form behind which something may still be given: «Chỉ thị này có hiệu lực kể từ ngày ký. Giao …»."""

_THIS = (
    r"(?:(?:nội dung|các nội dung)(?: của)? )?(?:quyết định|chỉ thị|nghị quyết|kế hoạch|chương trình|văn bản"
    r"|công văn|công điện|thông báo"
    r"|quy chế|quy định|kết luận|hướng dẫn|thông tư|nghị định|đề án)(?: (?:số )?[^ ,;.]*/[^ ,;.]*)?(?: nêu trên"
    r"| trên| này| kể trên|\b)"
)
CLOSING = re.compile(
    r"(?:(?:,|và|có|được|đang|hiện|theo|đúng|trong|phạm vi|căn cứ|chủ động|chức năng|nhiệm vụ|quyền hạn"
    r"|thẩm quyền|của mình|quy định|được giao|nghiêm túc"
    r"|khẩn trương|hiệu quả|đầy đủ|kịp thời|tổ chức|quán triệt|triển khai|phối hợp|liên quan|trách nhiệm|chịu) *)*"
    rf"(?:thi hành|thực hiện|chấp hành)(?:[ ,]+(?:nghiêm(?: túc)?|tốt|có hiệu quả|hiệu quả|đầy đủ|đúng"
    rf"|và))*[ ,]*{_THIS}[ ./]*"
)
"""What stands behind the offices of «… chịu trách nhiệm thi hành Quyết định này»: everybody's duty to obey, no task."""
BARE_CLOSING = re.compile(
    r"(?:chịu trách nhiệm(?: trước [^,;:.]{2,60}?)? )?(?:(?:nghiêm túc|khẩn trương|tích cực|chủ động"
    r"|quan tâm|phối hợp|tổ chức|triển khai|,|và) *)*thực hiện(?:,? (?:và )?(?:nghiêm(?: túc)?|tốt|hiệu quả|kịp thời))*"
    r"(?:[;,.]? *(?:và )?chịu (?:hoàn toàn )?trách nhiệm (?:toàn diện )?trước [^;]*)?[ ./]*"
    r"|(?:(?:về|đối với) (?:kết quả|tiến độ|chất lượng|nội dung|việc)[^.;]{0,60}(?:thực hiện"
    r"|được giao)[^.;]{0,20})?[ ./]*"
)
"""«… nghiêm túc triển khai thực hiện», said to everybody at the end."""

CONTINUING = re.compile(
    r"(?:tiếp tục|thường xuyên|đẩy mạnh|tăng cường|nâng cao|quán triệt|đôn đốc|theo dõi|kiểm tra|giám sát"
    r"|phát huy|duy trì"
    r"|chủ động|chú trọng|quan tâm|quản lý|chấp hành|không ngừng|tích cực|bảo đảm|đảm bảo|thực hiện nghiêm"
    r"|thực hiện tốt"
    r"|bám sát|phòng ngừa|nêu cao|lãnh đạo|chỉ đạo|tuyên truyền|ưu tiên|khuyến khích|làm tốt|phấn đấu"
    r"|nghiên cứu ứng dụng)\b"
)
DOCUMENT = re.compile(
    r"(?:xây dựng|ban hành|dự thảo|soạn thảo|trình|tham mưu.{0,60}ban hành|lập)\b.{0,60}?\b(?:kế hoạch|quy chế"
    r"|quy định|đề án|quyết định"
    r"|nghị quyết|chương trình|nghị định|thông tư|báo cáo|tờ trình|văn bản|hướng dẫn|dự toán|phương án)"
)
