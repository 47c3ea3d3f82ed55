"""What is refused at the boundary, and what a clerk may well write."""

import unicodedata

import pytest

from config.boundary import refuse_personal_or_secret
from config.errors import Refused


@pytest.mark.parametrize(
    "text",
    [
        "CCCD 038099012345",
        "số 038 099 012 345",
        "CMND 171234567",
        "gọi 0912345678",
        "gọi +84 912 345 678",
        "gửi ông Nguyễn Văn Nam",
        "Bà Lê Thị B đã nhận",
        "ÔNG NGUYỄN VĂN NAM",
        unicodedata.normalize("NFD", "công dân Trần Đình Ánh"),
        "bị can Phạm Văn C",
        "vụ án Nguyễn Văn A",
        "văn bản TUYỆT MẬT",
        "tài liệu độ Mật",
    ],
)
def test_a_person_or_a_secret_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        refuse_personal_or_secret(text, "Nội dung")
    assert str(refusal.value).startswith("Nội dung: ")
    assert text.split()[-1] not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "Đã ban hành Kế hoạch 45/KH-SYT ngày 08/9/2023.",
        "Kính gửi ông Bí thư, bà Chủ tịch; các ông, bà trưởng phòng.",
        "Công tác bảo vệ bí mật nhà nước, an toàn thông tin mạng.",
        "Kinh phí 123.456.789 đồng; 12 hội nghị, 1.250 lượt người.",
        "Nghị quyết số 12-NQ/TW ngày 16/3/2022; Thông tư 124/2021/TT-BCA.",
        "Giai đoạn 2022-2025, tầm nhìn 2030.",
    ],
)
def test_ordinary_administrative_text_passes(text: str) -> None:
    assert refuse_personal_or_secret(f"  {text} ", "Nội dung") == text
