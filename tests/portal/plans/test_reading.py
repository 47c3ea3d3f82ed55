"""The words of a date, read while they are typed."""

import pytest

from tests.support.people import House

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"words": "trong quý II/2025"}, "30/06/2025"),
        ({"words": "07 ngày làm việc", "from": "17/08/2023"}, "28/08/2023"),
        ({"words": "thường xuyên, báo cáo hằng tháng"}, "thường xuyên"),
        ({"words": "khẩn trương"}, "chưa định hạn"),
        ({"words": "31/06/2025"}, "tháng 6 có 30 ngày"),
        ({"field": "s0.due", "s0.due": "trước ngày 30/6/2025"}, "27/06/2025"),
        ({"words": "5 ngày làm việc", "opened_by": "event"}, "tính thử từ hôm nay"),
        ({"words": "năm " * 100}, "chỉ ghi phần nói về thời hạn"),
        ({"words": "30/06/2025", "from": "45/13/2025"}, "Ngày của văn bản"),
    ],
)
def test_words_are_read_as_a_plan_reads_them(house: House, asked: dict[str, str], shown: str) -> None:
    coordinator = house.coordinator()
    coordinator.last = coordinator.web.get("/plans/reading", params=asked)
    assert coordinator.last.status_code == 200
    assert shown in coordinator.page


def test_nothing_is_shown_of_nothing(house: House) -> None:
    coordinator = house.coordinator()
    assert coordinator.get("/plans/reading?words=").text.strip() == ""
