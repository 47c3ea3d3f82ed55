"""Deputies from the browser: appointed for days, seen, ended; what they may do follows at once."""

import re

import pytest

from portal.rights import PREFECT
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only

PAGE = "/desk/deputies"


def test_a_manager_decides_while_a_coordinator_is_away(house: House) -> None:
    coordinator, manager = house.coordinator(), house.manager()
    assert manager.get("/desk").status_code == 403
    fields = {
        "user": "0.phongtonghop@tinh.example",
        "deputy": "1.lanhdao@tinh.example",
        "first_day": "18/08/2023",
        "last_day": "25/08/2023",
    }
    wrong = coordinator.post(PAGE, {**fields, "last_day": "01/08/2023"}, on=PAGE)
    assert wrong.status_code == 422 and 'value="18/08/2023"' in wrong.text
    coordinator.post(PAGE, fields, on=PAGE)
    assert "Đã ghi người thay thế." in coordinator.page and "đang thay" in coordinator.page
    assert manager.get("/desk").status_code == 200 and 'href="/calendar"' not in manager.get("/desk").text
    assert manager.get("/calendar").status_code == 403, "its address would end with the days"
    assert manager.get("/desk").status_code == 200 and manager.post("/calendar/change").status_code == 403
    offered = re.findall(r'<li><a href="(/[^"]+)"', manager.get("/desk/more").text)
    assert len(offered) > 10 and "/calendar" in re.findall(
        r'<li><a href="(/[^"]+)"', coordinator.get("/desk/more").text
    )
    assert all(manager.get(path).status_code == 200 for path in offered if not path.startswith(PREFECT))
    assert 'href="/calendar"' in coordinator.get("/desk").text and coordinator.get(PAGE).status_code == 200
    coordinator.post(f"{PAGE}/1/end")
    assert "Đã kết thúc việc thay thế." in coordinator.page
    assert manager.get("/desk").status_code == 403


def test_a_desk_that_is_not_reached_by_mail_has_no_copies(house: House) -> None:
    person = house.coordinator()
    fields = {"office": "SYT", "email": "a@b.example", "desk_first_day": "18/08/2023", "desk_last_day": "25/08/2023"}
    assert person.post(f"{PAGE}/desk", fields, on=PAGE).status_code == 422
    assert "không qua thư điện tử" in person.page
