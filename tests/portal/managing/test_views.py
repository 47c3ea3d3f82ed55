"""Lists are sorted by their columns and kept under a name by each account for itself."""

import pytest

from tests.support.people import House

pytestmark = pytest.mark.sqlite_only


def test_columns_sort_and_keep_the_filter(house: House) -> None:
    manager = house.manager()
    manager.get("/assignments?priority=p1&sort=office")
    assert manager.last is not None and 'aria-sort="ascending"' in manager.last.text
    assert "priority=p1&amp;sort=-office" in manager.last.text or "sort=-office&amp;priority=p1" in manager.last.text
    assert manager.get("/assignments?priority=p1&sort=-due").status_code == 200
    assert manager.get("/assignments?sort=colour").status_code == 422


def test_a_view_is_kept_for_its_account_alone_and_removed(house: House) -> None:
    manager, other = house.manager(), house.manager()
    manager.post(
        "/views", {"name": "Sở Y tế quá hạn", "query": "office=SYT&status=open_overdue&evil=1"}, on="/assignments"
    )
    assert "Đã lưu bộ lọc." in manager.page and "Sở Y tế quá hạn" in manager.page
    assert 'href="/assignments?office=SYT&amp;status=open_overdue"' in manager.last.text  # type: ignore[union-attr]
    assert "Sở Y tế quá hạn" not in other.get("/assignments").text
    person = {"name": "Gọi ông Nguyễn Văn Nam", "query": "q=1"}
    assert manager.post("/views", person, on="/assignments").status_code == 422
    other.post("/views/1/remove", on="/assignments")
    assert "Sở Y tế quá hạn" in manager.get("/assignments").text, "another account removes nothing of theirs"
    manager.post("/views/1/remove", on="/assignments")
    assert "Sở Y tế quá hạn" not in manager.page
