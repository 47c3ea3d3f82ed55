"""The boundary as code: text that may hold a citizen's data or a secret is refused before it is stored.

dondoc follows up work between offices. It has no place for a person, a case or anything classified, so every free
text passes through here. The patterns are a proposal, deliberately strict: a clerk can always write the sentence
without the number or the name, and send what is classified by its own route. They look at shapes and at the words
around them; a name that stands alone («Hoàng Nam») they cannot know from a place.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import Refused
from config.text.shapes import one_line

# Ranges of Vietnamese letters mix small and capital ones, so the capitals are picked out one by one.
_CAPITALS = "".join(chr(code) for code in range(0x41, 0x1EFA) if chr(code).isupper() and chr(code).isalpha())
_CAPITALISED = rf"[{_CAPITALS}]\w*"

# --- numbers -------------------------------------------------------------------------------------------------

# "123.456.789" is a count or a sum of money, unless it begins with 0.
_NOT_A_COUNT = r"(?![1-9]\d{0,2}(?:\.\d{3})+(?![.\d]))"
_NOT_MONEY = r"(?!\d| ?(?i:đồng|đ\b|vnđ|vnd))"
# A document's number is followed by its year or symbol: 12/2023/QĐ-UBND.
_NOT_A_DOCUMENT = rf"(?!/(?:\d{{4}}/)?[{_CAPITALS}]+-)"
_ALONE = r"(?<!\d)(?<!\d[.,])"
_GAP = r"[ .\-]?"

# --- names ---------------------------------------------------------------------------------------------------

_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Trịnh|Trương|Đinh|Đào|Mai|Hà|Cao|Lưu"
    "|Lương|Phùng|Tạ|Tống|Quách|Hứa|Kiều|Nghiêm|Lục|Lò|Vi|Sùng|Giàng|Thao"
)
_SURNAME = rf"(?:{_SURNAMES}|{_SURNAMES.upper()})"
# Places and people of history that begin like a name.
_NOT_A_PLACE = (
    r"(?!(?i:Hà Nội|Hà Nam|Hà Tĩnh|Hà Giang|Hà Trung|Cao Bằng|Mai Châu|Lương Sơn|Lý Sơn|Phan Thiết|Phan Rang|Hoàng Sa"
    r"|Hồ Chí Minh)\b)"
)
# «ông Bí thư» names a post, «Bà Triệu» a place, «bà Mẹ Việt Nam anh hùng» and «Anh hùng» a title.
_NOT_A_POST = (
    r"(?!(?i:bí thư|phó|chủ|giám đốc|trưởng|chánh|thường|thủ|viện|bộ|thứ trưởng|tổng|uỷ|ủy|cục|vụ|chi|hiệu|chính"
    r"|chỉ huy|tư lệnh|đội|tổ|thư ký|kế toán|chuyên|cán bộ|đại biểu|hội|công an|mẹ|rịa|triệu|trưng|nà|đen|ích|công)\b"
    r"|HÙNG\b|Hùng L)"
)
# A street, a school or a temple may bear a person's name.
_NOT_NAMED_AFTER = "".join(
    f"(?<!{word} )"
    for word in ("đường", "Đường", "phố", "trường", "Trường", "THPT", "THCS", "học", "thờ", "tích", "cầu", "thôn")
)
_ADDRESS = (
    r"(?:[Ôô]ng|ÔNG|[Bb]à|BÀ|[Cc]hị|CHỊ|[Cc]ụ|CỤ|[Đđ]ồng chí|ĐỒNG CHÍ|[Đđ]/c|Đ/C|anh|(?:^|(?<=[.;:!?] ))A(?:nh|NH))"
)
_CONTEXT = r"(?i:công dân|bị can|bị cáo|bị hại|nạn nhân|nghi phạm|nghi can|đối tượng|vụ án|vụ|họ tên|họ và tên|tên là)"

# --- marks of secrecy ----------------------------------------------------------------------------------------

# The stamp, in capitals or brackets; «BẢO MẬT», «BÍ MẬT NHÀ NƯỚC», «MẬT ĐỘ» are subjects one may write about.
_STAMP = r"(?<!BẢO )(?<!BÍ )\bMẬT\b(?! ĐỘ| MÃ| KHẨU| ONG)|[(\[«“\"]M[ậẬ][tT][)\]»”\"]|(?i:\bđóng dấu mật\b)"
_LEVEL = r"(?i:\btuyệt mật\b|\btối mật\b|(?<!định )(?<!đổi )(?<!chỉ )(?<!chỉ các )\bđộ mật\b)"


LONGEST_TEXT = 20_000
LONGEST_REASON = 1_000


@dataclass(frozen=True)
class _Pattern:
    expression: re.Pattern[str]
    what_vi: str
    what_en: str


def _pattern(what_vi: str, what_en: str, *expressions: str) -> _Pattern:
    return _Pattern(re.compile("|".join(expressions)), what_vi, what_en)


_PATTERNS = (
    _pattern(
        "số điện thoại",
        "a telephone number",
        rf"(?<!\d){_NOT_A_COUNT}(?:\+ ?84|0084|84(?={_GAP}[35789]))\)?(?: ?\(0\))?(?:{_GAP}\d){{9,10}}{_NOT_MONEY}",
        rf"{_ALONE}\(?0(?=\d\d)(?=(?:[ .\-()]{{0,2}}\d){{9,10}}(?!\d))\d{{2,}}",
        rf"{_ALONE}0\d(?:[ .]\d\d){{4}}(?!\d)",
    ),
    _pattern(
        "dãy 9 hoặc 12 chữ số giống số CMND/CCCD",
        "9 or 12 digits that look like an identity number",
        rf"{_ALONE}(?:\d{{12}}|\d{{9}}){_NOT_MONEY}{_NOT_A_DOCUMENT}",
        rf"{_ALONE}0(?=\d\d)(?=(?:{_GAP}\d){{11}}(?!\d))",
        rf"{_ALONE}(?:\d{{3}}([ -])\d{{3}}\1|0\d\d\.\d{{3}}\.)\d{{3}}(?!{_GAP}\d){_NOT_MONEY}",
        rf"(?i:cccd|cmnd|cmt|căn cước|chứng minh|định danh)[^\d]{{0,25}}(?:\d{_GAP}){{8,}}\d",
    ),
    _pattern(
        "tên người",
        "a person's name",
        rf"\b{_ADDRESS} {_NOT_A_POST}{_CAPITALISED}",
        rf"\b{_CONTEXT}\W{{1,3}}{_NOT_A_PLACE}{_SURNAME} {_CAPITALISED}",
        rf"\b(?i:bị can|bị cáo|vụ án) {_CAPITALISED} {_CAPITALISED}",
        rf"{_NOT_NAMED_AFTER}\b{_SURNAME} (?:Văn|Thị|VĂN|THỊ) {_CAPITALISED}",
    ),
    _pattern(
        "địa chỉ, thửa đất của người dân",
        "a citizen's address or plot of land",
        r"(?i:\bthửa (?:đất )?số:? ?\d|\btờ bản đồ (?:số:? ?)?\d|\bsố nhà:? ?\d)",
    ),
    _pattern("dấu chỉ độ mật", "a mark of secrecy", _STAMP, _LEVEL),
)


def refuse_personal_or_secret(text: str, field: str) -> str:
    """Return ``text`` in NFC, stripped; raises ``Refused`` naming ``field``, what was found and what to do."""
    if len(text) > LONGEST_TEXT:  # first, since everything after this takes longer for a longer text
        raise Refused(
            f"{field}: dài {len(text)} ký tự; tối đa {LONGEST_TEXT}.",
            f"{field}: {len(text)} characters; at most {LONGEST_TEXT}.",
        )
    clean = unicodedata.normalize("NFC", text).strip()
    read = list(_as_read(clean))
    plain = "".join(character for character, _ in read)
    for pattern in _PATTERNS:
        if found := pattern.expression.search(plain):
            place = read[found.start()][1] + 1
            # What was found is not repeated, since it would end up in a log.
            raise Refused(
                f"{field}: có {pattern.what_vi} (ở ký tự thứ {place}). Hệ thống chỉ theo dõi việc giữa các cơ quan,"
                " không lưu dữ liệu cá nhân hay nội dung mật: bỏ phần đó rồi gửi lại.",
                f"{field}: contains {pattern.what_en} (at character {place}). dondoc stores no personal or"
                " classified data: remove it and send again.",
            )
    return clean


def checked_line(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> str:
    """``checked_text`` for a field of one line, as a title is."""
    return checked_text(one_line(text), field, field_en, shortest=shortest, longest=longest)


def checked_text(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> str:
    """``refuse_personal_or_secret`` for a text whose length in letters is limited, both ends included."""
    clean = refuse_personal_or_secret(text, field)
    for fault in _length_faults(clean, field, field_en, shortest, longest):
        raise fault
    return clean


def text_faults(text: str, field: str, field_en: str, *, shortest: int = 0, longest: int) -> Iterator[Refused]:
    """Everything for which a text may not be kept as it is typed."""
    yield from _length_faults(text, field, field_en, shortest, longest)
    try:
        refuse_personal_or_secret(text, field)
    except Refused as refused:
        yield refused


def checked_reason(text: str, field: str) -> str:
    """A reason as it is kept; raises ``Refused`` when it is missing, too long or crosses the boundary."""
    clean = checked_text(text, field, field, longest=LONGEST_REASON)
    if not clean:
        raise Refused(f"{field}: chưa ghi; cần một câu ngắn.", f"{field}: missing; one short sentence.")
    return clean


def _length_faults(text: str, field: str, field_en: str, shortest: int, longest: int) -> Iterator[Refused]:
    length = len(text)
    if not shortest <= length <= longest:
        vi, en = (f"cần từ {shortest} đến", f"it takes {shortest} to") if shortest else ("tối đa", "at most")
        yield Refused(
            f"{field}: dài {length} ký tự; {vi} {longest}.", f"{field_en}: {length} characters; {en} {longest}."
        )


def _as_read(text: str) -> Iterator[tuple[str, int]]:
    """The text as an eye reads it, with the place of each character: one kind of digit, dash and space, nothing
    invisible, a line break being a space."""
    before = ""
    for place, written in enumerate(text):
        for character in unicodedata.normalize("NFKC", written):
            kind = unicodedata.category(character)
            if kind == "Nd":
                character = str(unicodedata.decimal(character))
            elif kind == "Pd" or character == "−":
                character = "-"
            elif character.isspace():
                character = " "
            if kind == "Cf" or (character == before == " "):
                continue
            before = character
            yield character, place
