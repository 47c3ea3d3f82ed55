"""Deeds from the browser: chosen in the list, looked at, confirmed, seen again, taken back."""

import re

import pytest

from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import STATE_WORDS, State
from tests.support.cast import assignment_in, number_of
from tests.support.people import House, Person, hidden

MOVED = {"act": "move", "to": "2023-10-02", "reason": "Chờ hướng dẫn của cấp trên.", "paper": "45/KH-UBND"}
TOLD = "Đã điều chỉnh; các cơ quan liên quan được báo, mỗi cơ quan một thư. Số lượng: 1."
NOT_TOLD = "Đã điều chỉnh; không gửi thư cho cơ quan nào."


def confirm(person: Person, path: str, **more: str) -> None:
    person.last = person.web.post(path, data={**hidden(person), **more})


def test_a_date_is_moved_after_a_preview_and_moved_back(house: House) -> None:
    number = number_of(house.store, "T0.1")
    before = assignment_in(house.store, number).due_date
    coordinator = house.coordinator()
    coordinator.get("/assignments?subtask=T0.1")
    assert f'name="n" value="{number}"' in (coordinator.last.text if coordinator.last else "")
    coordinator.post("/desk/deeds", {**MOVED, "n": str(number)}, on=f"/desk/deeds?n={number}")
    assert "1 việc: đổi hạn" in coordinator.page
    assert "11/09/2023 → 02/10/2023" in coordinator.page
    assert "hạn dời từ 11/09/2023 sang 02/10/2023 cho" in coordinator.page
    assert assignment_in(house.store, number).due_date == before, "a preview changes nothing"
    preview = coordinator.last
    confirm(coordinator, "/desk/deeds")
    assert TOLD in coordinator.page
    assert "hạn từ 11/09/2023 thành 02/10/2023" in coordinator.page
    assert "45/KH-UBND" in coordinator.page
    assert f"{assignment_in(house.store, number).due_date}" == "2023-10-02"
    done = coordinator.last
    assert done is not None
    coordinator.last = preview
    confirm(coordinator, "/desk/deeds")
    assert coordinator.last is not None
    assert coordinator.last.url.path == done.url.path, "pressed twice, it is one deed"
    assert TOLD in coordinator.page

    path = f"{done.url.path}/undo"
    coordinator.post(path, {"reason": "Nhập nhầm ngày."}, on=done.url.path)
    confirm(coordinator, path)
    assert "hạn từ 02/10/2023 thành 11/09/2023" in coordinator.page
    assert assignment_in(house.store, number).due_date == before
    listed = coordinator.get("/desk/changes").text
    assert "đã hoàn tác" in listed
    assert listed.count("điều chỉnh việc đang mở") == 2


def test_work_that_is_withdrawn_by_a_double_press_is_withdrawn_once_and_said_to_be(house: House) -> None:
    number = number_of(house.store, "T0.1")
    coordinator, form = house.coordinator(), f"/desk/deeds?n={number}"
    asked = {"act": "withdraw", "n": str(number), "reason": "Giao nhầm."}
    coordinator.post("/desk/deeds", asked, on=form)
    preview, pages = coordinator.last, []
    for _ in range(2):
        coordinator.last = preview
        confirm(coordinator, "/desk/deeds")
        pages.append((coordinator.last.url.path, "Đã điều chỉnh" in coordinator.page))
    assert pages[0] == pages[1] and pages[0][0].startswith("/desk/changes/") and pages[0][1]
    assert coordinator.post("/desk/deeds", asked, on=form).status_code == 422, "there is nothing left to withdraw"


def test_what_tells_nobody_says_so(house: House) -> None:
    """What an office was never told is taken back without a letter, and the preview counts none."""
    coordinator, code = house.coordinator(), house.store.plan.main_directive.code
    document = {"entry": "document", "on_date": "18/08/2023", "number": "12/CV-UBND", "title": "Quy chế phối hợp"}
    more = {"directive": code, "late_confirmed": "yes"}
    coordinator.post("/desk/directives", document | more, on="/desk/directives")
    found = re.search(r"/desk/directives/entries/\d+", coordinator.get("/desk/directives").text)
    assert found is not None
    coordinator.post(found[0], {"act": "undo", "reason": "Ghi nhầm văn bản."}, on=found[0])
    assert "0 cơ quan nhận thư báo" in coordinator.page
    confirm(coordinator, found[0])
    assert NOT_TOLD in coordinator.page


def test_what_would_be_late_at_once_needs_a_tick(house: House) -> None:
    number = number_of(house.store, "T0.1")
    house.clock.now = house.clock.now.replace(day=25)
    coordinator = house.coordinator()
    late = {**MOVED, "to": "2023-08-22", "n": str(number)}
    coordinator.post("/desk/deeds", late, on=f"/desk/deeds?n={number}")
    assert "1 việc quá hạn ngay" in coordinator.page
    confirm(coordinator, "/desk/deeds")
    assert coordinator.last is not None
    assert coordinator.last.status_code == 422
    assert f"{assignment_in(house.store, number).due_date}" == "2023-09-11"
    confirm(coordinator, "/desk/deeds", late_confirmed="yes")
    assert f"{assignment_in(house.store, number).due_date}" == "2023-08-22"


def test_what_is_wrong_is_told_at_once_and_what_was_typed_stays(house: House) -> None:
    number = number_of(house.store, "T0.1")
    coordinator = house.coordinator()
    wrong = {"act": "give", "reason": "", "title": "Tên giữ lại", "n": str(number)}
    answer = coordinator.post("/desk/deeds", wrong, on=f"/desk/deeds?n={number}")
    assert answer.status_code == 422
    for words in ("Lý do: chưa ghi", "Cơ quan nhận việc: chưa chọn"):
        assert words in coordinator.page
    assert "Tên giữ lại" in answer.text


def test_the_rest_is_done_where_some_is_done_already(house: House) -> None:
    first, second = number_of(house.store, "T0.1"), number_of(house.store, "T0.1", office="SNV")
    with session_scope(house.store.engine) as session:
        session.get_one(Assignment, second).state = State.WITHDRAWN
    coordinator = house.coordinator()
    coordinator.get(f"/desk/deeds?n={first}&n={second}")
    coordinator.post("/desk/deeds", {**MOVED, "n": [str(first), str(second)]})
    assert "Không điều chỉnh:" in coordinator.page
    assert f"Việc số {second}: đã thu hồi." in coordinator.page
    confirm(coordinator, "/desk/deeds")
    assert f"{assignment_in(house.store, first).due_date}" == "2023-10-02"


def test_what_was_changed_meanwhile_is_named_and_the_rest_is_done(house: House) -> None:
    """What was confirmed holds all that is left to do, so it is done; a second press finds it done."""
    first, gone, waits = (number_of(house.store, "T0.1", office=office) for office in ("SYT", "SNV", "STC"))
    coordinator, chosen = house.coordinator(), [str(first), str(gone), str(waits)]
    coordinator.post("/desk/deeds", {"act": "withdraw", "reason": "Giao nhầm.", "n": chosen}, on="/desk/deeds")
    fields = hidden(coordinator)
    with session_scope(house.store.engine) as session:
        session.get_one(Assignment, gone).state = State.WITHDRAWN
        session.get_one(Assignment, waits).state = State.REPORTED
    for _ in range(2):
        coordinator.last = coordinator.web.post("/desk/deeds", data=fields)
        assert "Đã điều chỉnh" in coordinator.page
        assert f"Việc số {gone}: đã thu hồi." in coordinator.page
        assert f"Việc số {waits}: {STATE_WORDS[State.REPORTED][0]}." in coordinator.page
        assert f"Việc số {first}:" not in coordinator.page
    assert [assignment_in(house.store, number).state for number in (first, waits)] == [State.WITHDRAWN, State.REPORTED]


@pytest.mark.parametrize("digest", ["Nguyễn Văn A 0912345678 " * 30, "0" * 64], ids=["text", "another"])
def test_only_a_preview_that_was_shown_is_kept_with_what_was_done(house: House, digest: str) -> None:
    number = number_of(house.store, "T0.1")
    coordinator = house.coordinator()
    coordinator.post("/desk/deeds", {**MOVED, "n": str(number)}, on=f"/desk/deeds?n={number}")
    confirm(coordinator, "/desk/deeds", digest=digest)
    assert coordinator.last is not None and coordinator.last.status_code == 422
    assert f"{assignment_in(house.store, number).due_date}" == "2023-09-11", "looked at once more"
    confirm(coordinator, "/desk/deeds")
    assert f"{assignment_in(house.store, number).due_date}" == "2023-10-02"


def test_what_would_be_done_otherwise_by_now_is_shown_again(house: House) -> None:
    first, moved = number_of(house.store, "T0.1"), number_of(house.store, "T0.1", office="SNV")
    coordinator, other = house.coordinator(), house.coordinator()
    coordinator.post(
        "/desk/deeds",
        {"act": "give", "office": "STC", "reason": "Theo chức năng.", "n": [str(first), str(moved)]},
        on="/desk/deeds",
    )
    fields = hidden(coordinator)
    other.post("/desk/deeds", {**MOVED, "n": str(moved)}, on="/desk/deeds")
    confirm(other, "/desk/deeds")
    coordinator.last = coordinator.web.post("/desk/deeds", data=fields)
    assert coordinator.last.status_code == 422 and "Khác với lần xem trước 1" in coordinator.page
    assert assignment_in(house.store, first).office == "SYT", "nothing was done"


@pytest.mark.parametrize("query", ["", "?n=x", "?n=999999", f"?{'&'.join(f'n={n}' for n in range(1, 502))}"])
def test_what_cannot_be_chosen_is_said(house: House, query: str) -> None:
    answer = house.coordinator().get(f"/desk/deeds{query}")
    assert answer.status_code in (422, 200)
    assert 'role="alert"' in answer.text
