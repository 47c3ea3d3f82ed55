"""Deputies from the browser: appointed for days, seen, ended; what they may do follows at once."""

import re

import pytest

from models.keeping.opening import Store, with_contacts_of_today
from portal.rights import PREFECT
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only

PAGE = "/desk/deputies"


@pytest.fixture
def store(store: Store) -> Store:
    """A store whose operator has named a mail server."""
    store.settings.contacts_file.write_text("accounts: mailto://127.0.0.1:25?from=dondoc@tinh.example\n", "utf-8")
    return with_contacts_of_today(store)


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
    assert "không nhận qua thư điện tử" in person.page


def test_pages_say_so_when_a_desk_moves_away_from_mail(house: House) -> None:
    person = house.coordinator()
    by_mail = {"focal_to_1": "vanthu@syt.example", "focal_sender_1": ""}
    person.post("/desk/offices/SYT", by_mail, on="/desk/offices/SYT")
    fields = {"office": "SYT", "email": "a@b.example", "desk_first_day": "18/08/2023", "desk_last_day": "25/08/2023"}
    person.post(f"{PAGE}/desk", fields, on=PAGE)
    told = "Người nhận thay chưa được gửi kèm thư"
    assert "đang thay" in person.page
    for page in ("/desk", "/desk/offices/SYT"):
        person.get(page)
        assert told not in person.page
    person.post("/desk/offices/SYT", {"focal_to_1": "", "focal_sender_1": "mailbox"}, on="/desk/offices/SYT")
    assert told in person.page
    person.get("/desk")
    assert f"{told}: a@b.example" in person.page
    person.get(PAGE)
    assert "không có hiệu lực" in person.page and "đang thay" not in person.page
