"""What is refused at the boundary, and what a clerk may well write."""

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.boundary import Strength, findings, pieces, refuse_personal_or_secret
from config.errors import Refused

SHORT = 600

NUMBERS = [
    "CCCD 038099012345",
    "CCCD:038099012345",
    "CCCD-038099012345",
    "CCCD.038099012345/ngày cấp 01/01/2022",
    "số 038 099 012 345",
    "số 038.099.012.345",
    "số 038-099-012-345",
    "số 0380 9901 2345",
    "số 038\u00a0099\u00a0012\u00a0345",
    "số 038\u200b099\u200b012\u200b345",
    "số ０３８０９９０１２３４５",
    "số ٠٣٨٠٩٩٠١٢٣٤٥",
    "CMND 171234567",
    "CMND/171234567",
    "CMND 171.234.567",
    "căn cước công dân số 171.234.567",
    "số 171 234 567",
    "số 171-234-567",
    "định danh cá nhân: 138099012345.",
]

TELEPHONES = [
    "gọi 0912345678",
    "gọi 0912 345 678",
    "gọi 0912.345.678",
    "gọi 0912-345-678",
    "gọi 0912–345–678",
    "gọi (0912) 345 678",
    "gọi 09 12 34 56 78",
    "gọi 0912 345 678 2 lần",
    "gọi +84 912 345 678",
    "gọi +84912345678",
    "gọi (+84) 912 345 678",
    "gọi +84 (0) 912 345 678",
    "gọi 0084912345678",
    "gọi 84 912-345-678",
    "gọi 0237 3852 246",
]

PERSONS = [
    "gửi ông Nguyễn Văn Nam",
    "Bà Lê Thị B đã nhận",
    "ÔNG NGUYỄN VĂN NAM",
    "BÀ LÊ THỊ HOA",
    "bà Hoa đã nhận",
    "anh Nam đã nộp",
    "Anh Nam đã nộp",
    "anh Hùng đã nộp",
    "chị Ánh đã nộp",
    "gửi ông  Nguyễn Nam",
    "gửi ông\nNguyễn Nam",
    "gửi đồng chí Trần Nam, Giám đốc",
    unicodedata.normalize("NFD", "công dân Trần Đình Ánh"),
    unicodedata.normalize("NFD", "gửi bà Lê Thị Ước"),
    "bị can Phạm Văn C",
    "vụ án Nguyễn Văn A",
    "vụ án Hòn Nẹ Xanh",
    "đối tượng Lò Văn Pó",
    "Họ và tên: Trịnh Hoài Đức",
    "đã mời Hà Văn Thắng đến làm việc",
    "ông Đại tá LÊ VĂN Nam",
]

PLACES = ["thửa đất số 12", "Thửa số 12, tờ bản đồ số 5", "tờ bản đồ 5", "số nhà 12 ngõ 3"]

SECRETS = [
    "văn bản TUYỆT MẬT",
    "công văn Tối mật",
    "tài liệu độ Mật",
    "độ mật: Tối mật",
    "MẬT",
    "MẬT – Kế hoạch 12",
    "Kế hoạch 12 (Mật)",
    "Kế hoạch 12 [MẬT]",
    "Kế hoạch đóng dấu mật",
    unicodedata.normalize("NFD", "văn bản TỐI MẬT"),
    "văn bản TỐI\u00a0MẬT",
]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        *((text, "chữ số|điện thoại") for text in NUMBERS),
        *((text, "điện thoại") for text in TELEPHONES),
        *((text, "tên người") for text in PERSONS),
        *((text, "địa chỉ") for text in PLACES),
        *((text, "độ mật") for text in SECRETS),
    ],
)
def test_a_person_or_a_secret_is_refused_by_its_kind(text: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_personal_or_secret(text, "Nội dung", "Text")
    assert re.match(rf"Nội dung: có [^(]*(?:{what})", str(refusal.value))
    assert refusal.value.en.startswith("Text: contains ")


@pytest.mark.parametrize("text", ["gọi 0912345678", "CCCD 038099012345", "gửi bà Hoa Ngọc Lan"])
def test_what_was_found_is_not_repeated(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_personal_or_secret(text, "Nội dung", "Text")
    assert not set(text.split()[1:]) & set(re.findall(r"\w+", f"{refusal.value} {refusal.value.en}")) - {"bà"}


def test_the_place_counts_the_characters_the_clerk_sees() -> None:
    text = unicodedata.normalize("NFD", "  Đã gửi:\u200b  ông Nguyễn Nam")
    with pytest.raises(Refused, match=r"ký tự thứ 11\)"):
        refuse_personal_or_secret(text, "Nội dung", "Text")


@pytest.mark.parametrize(
    "text",
    [
        # posts, forms of address and titles without a name
        "Kính gửi ông Bí thư, bà Chủ tịch; các ông, bà trưởng phòng.",
        "Ông Phó Chủ tịch, bà Trưởng Công an xã, đồng chí Phó Giám đốc Sở đã dự.",
        "ÔNG BÍ THƯ TỈNH ỦY",
        "Đồng chí Ủy viên Ban Thường vụ chủ trì.",
        "Thăm Bà mẹ Việt Nam anh hùng, Anh hùng Lực lượng vũ trang; ANH HÙNG LAO ĐỘNG.",
        "Các anh, chị em công nhân.",
        "Cán bộ phụ trách Chương trình OCOP đã tập huấn; chuyên viên theo dõi Chương trình nông thôn mới.",
        "Lãnh đạo chỉ đạo Dự án điện; cán bộ phụ trách Chuyên đề năm 2026, Hợp phần 2, Du lịch cộng đồng.",
        # places and people of history
        "Học tập và làm theo Bác Hồ, Chủ tịch Hồ Chí Minh.",
        "Đường Nguyễn Văn Trỗi, Trường THPT Nguyễn Thị Lợi, đền thờ Lê Văn Hưu, đền Bà Triệu.",
        "Tỉnh Bà Rịa - Vũng Tàu; quận Hai Bà Trưng; huyện Anh Sơn; tiếng Anh và tiếng Pháp.",
        "Hỗ trợ công dân Việt Nam, công dân Lào, công dân Hà Nội; 5 đối tượng.",
        "12 vụ án, trong đó 3 vụ án Công an tỉnh đã khởi tố; vụ Hà Trung.",
        "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH; UBND THỊ XÃ NGHI SƠN",
        # numbers of documents, dates, years
        "Đã ban hành Kế hoạch 45/KH-SYT ngày 08/9/2023.",
        "Nghị quyết số 12-NQ/TW ngày 16/3/2022; Thông tư 124/2021/TT-BCA.",
        "Quyết định số 123456789/QĐ-UBND.",
        "Giai đoạn 2022-2025, tầm nhìn 2030; các năm 2023 2024 2025; 2021-2025 9 đơn vị.",
        "Ngày 05-09-2023 12 đơn vị, ngày 05.09.2023 1.234 lượt; từ 05.09.2023 12.09.2023.",
        "Đề án 06 2022-2025 đạt 98%.",
        "Từ 07h30 đến 17h00; đường dây nóng 113, 114, 115.",
        # counts and money
        "Kinh phí 123.456.789 đồng; 12 hội nghị, 1.250 lượt người.",
        "Kinh phí 123.456.789.000 đồng; 84.912.345.678 đồng; 912345678 đồng; 123 456 789 đ.",
        "Đã cấp 3.612.345 thẻ căn cước; căn cước công dân: 3.612.345 thẻ.",
        "Rà soát 12 thửa đất; số thửa đất: 12.",
        # secrecy as a subject
        "Công tác bảo vệ bí mật nhà nước, an toàn thông tin mạng.",
        "BẢO VỆ BÍ MẬT NHÀ NƯỚC, BẢO MẬT THÔNG TIN; MẬT ĐỘ DÂN CƯ",
        "Bảo mật thông tin; đổi mật khẩu; mật độ giao thông.",
        "Tập huấn xác định độ mật của tài liệu.",
    ],
)
def test_ordinary_administrative_text_passes(text: str) -> None:
    assert refuse_personal_or_secret(f"  {text} ", "Nội dung", "Text") == text


def test_text_comes_back_composed_and_otherwise_as_written() -> None:
    written = "Đã  họp\u00a0kỳ 3 – đủ số."
    assert refuse_personal_or_secret(unicodedata.normalize("NFD", written), "Nội dung", "Text") == written


@pytest.mark.parametrize("strength", Strength)
@pytest.mark.parametrize("post", ["chức vụ: 12", "– chức vụ: 3", "chức danh: 1.", "chức trách: _"])
def test_a_post_that_is_only_a_number_is_none(post: str, strength: Strength) -> None:
    assert [place for _, place in findings(f"Đường Lê Lợi, {post}", strength)] == []
    assert findings(f"Ông Nguyễn Văn Bình, {post}", strength)


def test_nothing_said_is_fine() -> None:
    assert refuse_personal_or_secret("  ", "Nội dung", "Text") == ""


@pytest.fixture(scope="module")
def short_pieces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("config.boundary.LONGEST_TEXT", SHORT)
        yield


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("hidden", ["số căn cước 079085001234", "Liên hệ 0912 345 678", "xác minh ông Nguyễn Văn Hùng"])
def test_no_cut_of_a_long_text_hides_anything(hidden: str) -> None:
    for before in range(SHORT - len(hidden) - 3, SHORT + 3, 4):
        text = ("Thực hiện. " * 100)[:before] + f". {hidden}. " + "Kèm theo. " * 50
        with pytest.raises(Refused):
            for piece in pieces(text):
                refuse_personal_or_secret(piece, "Văn bản", "The text", Strength.EVIDENCE)


@pytest.mark.usefixtures("short_pieces")
@given(st.lists(st.sampled_from(["thực", "hiện", "x" * 90, "y" * 90, "x" * 300, "\n", "  "]), max_size=80))
def test_pieces_lose_nothing_and_share_what_lies_at_a_cut(words: list[str]) -> None:
    text = " ".join(f"{place}{word}" for place, word in enumerate(words))
    found = [*pieces(text)]
    assert all(len(piece) <= SHORT for piece in found)
    for start in range(0, max(len(text) - 200, 1), 37):
        assert any(text[start : start + 200] in piece for piece in found)
    if "x" * 300 not in words:
        assert all(text.startswith(piece) or f" {piece}" in text or f"\n{piece}" in text for piece in found)
