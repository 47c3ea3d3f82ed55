"""What the head of a column says of the cells beneath it."""

import pytest

from intake.directives.drafting.table_heads import role_of
from intake.directives.phrases.words import folded


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("Cơ quan soạn thảo", "lead"),
        ("Đơn vị xây dựng kế hoạch", "lead"),
        ("Bộ phận chuẩn bị", "lead"),
        ("Cơ quan, đơn vị triển khai", "lead"),
        ("Cơ quan/đơn vị lập", "lead"),
        ("Cơ quan chủ quản", "lead"),
        ("Thực hiện", "lead"),
        ("Phụ trách", "lead"),
        ("Lãnh đạo phụ trách", "lead"),
        ("Cơ quan cùng thực hiện", "with"),
        ("Đơn vị cùng tham gia", "with"),
        ("Phòng cùng thực hiện", "with"),
        ("Cơ quan, đơn vị cùng triển khai", "with"),
        ("Cùng thực hiện", "with"),
        ("Tổ chức, cá nhân tham gia", "with"),
        ("Cơ quan cung cấp số liệu", None),
        ("Triển khai nhiệm vụ", "task"),
        ("Đề xuất giải pháp", "task"),
        ("Triển khai từ", "begins"),
        ("Xây dựng mới (km)", None),
        ("Lập dự toán", None),
        ("Đề xuất", None),
        ("Chuẩn bị đầu tư", None),
        ("Thực hiện năm 2025", None),
        ("Thực hiện 6 tháng", None),
    ],
)
def test_a_head_says_what_its_column_is(head: str, role: str | None) -> None:
    assert role_of(folded(head)) == role
