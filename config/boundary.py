"""The boundary as code: text that may hold a citizen's data or a secret is refused before it is stored.

dondoc follows up work between offices. It has no place for a person, a case or anything classified, so every free
text passes through here. The patterns are a proposal, deliberately strict: a clerk can always write the sentence
without the number or the name, and send what is classified by its own route.
"""

import re
import unicodedata
from dataclasses import dataclass

from config.errors import Refused

# Ranges of Vietnamese letters mix small and capital ones, so the capitals are picked out one by one.
_CAPITALS = "".join(chr(code) for code in range(0x41, 0x1EFA) if chr(code).isupper() and chr(code).isalpha())
_CAPITALISED = rf"[{_CAPITALS}]\w*"


@dataclass(frozen=True)
class _Pattern:
    expression: re.Pattern[str]
    what_vi: str
    what_en: str


_PATTERNS = (
    _Pattern(
        re.compile(r"(?<![\d.,/-])(?:\d[ .]?){11}\d(?![\d/])|(?<![\d.,/-])\d{9}(?![\d/])"),
        "dãy 9 hoặc 12 chữ số giống số CMND/CCCD",
        "9 or 12 digits that look like an identity number",
    ),
    _Pattern(
        re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .]?\d){9}(?!\d)"),
        "số điện thoại",
        "a telephone number",
    ),
    _Pattern(
        # Two capitalised words in a row: «ông Bí thư» names a post, «bà Lê Thị B» a person.
        re.compile(rf"\b(?i:ông|bà|anh|chị|công dân|bị can|bị cáo|vụ án)\s+{_CAPITALISED}\s+{_CAPITALISED}"),
        "tên người sau «ông», «bà», «công dân», «vụ án»…",
        "a person's name",
    ),
    _Pattern(
        re.compile(r"\b(?:tuyệt mật|tối mật|bí mật nhà nước độ mật|độ mật)\b", re.IGNORECASE),
        "dấu chỉ độ mật",
        "a mark of secrecy",
    ),
)


def refuse_personal_or_secret(text: str, field: str) -> str:
    """Hand back ``text`` in NFC, stripped; raises ``Refused`` naming ``field``, what was found, and what to do."""
    clean = unicodedata.normalize("NFC", text).strip()
    for pattern in _PATTERNS:
        if found := pattern.expression.search(clean):
            # The find itself is not repeated: it would end up in a log.
            raise Refused(
                f"{field}: có {pattern.what_vi} (ở ký tự thứ {found.start() + 1}). Hệ thống chỉ theo dõi việc giữa các"
                " cơ quan, không lưu dữ liệu cá nhân hay nội dung mật: bỏ phần đó rồi gửi lại.",
                f"{field}: contains {pattern.what_en} (at character {found.start() + 1}). dondoc stores no personal or"
                " classified data: remove it and send again.",
            )
    return clean
