"""What a coordinator manages from the browser: directives and events, the register, days off, letters, accounts."""

import re
from datetime import date

import pytest
from sqlmodel import select

from models.store.database import session_scope
from models.tables.account import User
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN
from notifications.courier.courier import deliver
from tests.support.people import House, Person, hidden


def confirm(person: Person, path: str, **more: str) -> str:
    person.last = person.web.post(path, data={**hidden(person), **more})
    return person.page


def test_an_event_is_entered_corrected_and_taken_back(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/directives"
    event = {
        "entry": "event",
        "subtask": "T3.6",
        "title": "Hội nghị triển khai quý IV",
        "on_date": "02/10/2023",
        "host": "SYT",
    }
    coordinator.post(home, event, on=home)
    assert "Đã ghi." in coordinator.page
    with session_scope(house.store.engine) as session:
        number = session.exec(select(Anchor.id).where(Anchor.title == event["title"])).one()
    path = f"{home}/entries/{number}"
    for act in ("correct", "undo"):  # as the command: a paper alone does not say what was wrong
        by_paper = {"act": act, "on_date": "09/10/2023", "paper": "45/KH-UBND", "paper_date": "01/10/2023"}
        assert coordinator.post(path, by_paper, on=path).status_code == 422
        assert "Lý do: chưa ghi; cần một câu ngắn." in coordinator.page and "--" not in coordinator.page
    coordinator.post(path, {"act": "correct", "on_date": "09/10/2023", "reason": "Lùi một tuần."}, on=path)
    assert "Xem trước: Sửa mục đã ghi" in coordinator.page
    assert "Đã điều chỉnh" in confirm(coordinator, path)
    coordinator.get(home)
    assert "09/10/2023" in coordinator.page
    coordinator.post(path, {"act": "undo", "reason": "Không tổ chức nữa."}, on=path)
    preview = coordinator.last
    done = [confirm(coordinator, path), coordinator.last.url.path if coordinator.last else ""]
    assert "Đã điều chỉnh" in done[0]
    coordinator.last = preview
    assert "Đã điều chỉnh" in confirm(coordinator, path), "pressed twice, it is one deed"
    assert coordinator.last is not None and coordinator.last.url.path == done[1]
    assert event["title"] not in coordinator.get(home).text
    assert coordinator.post(path, {"act": "undo", "reason": "Lần nữa."}, on=home).status_code == 404


def test_what_is_wrong_with_an_event_keeps_what_was_typed(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/directives"
    answer = coordinator.post(home, {"entry": "event", "subtask": "T3.6", "title": "Hội nghị", "on_date": "x"}, on=home)
    assert answer.status_code == 422
    assert 'value="Hội nghị"' in answer.text


def test_a_directive_is_closed_and_opened_again(house: House) -> None:
    coordinator, home, code = house.coordinator(), "/desk/directives", house.store.plan.main_directive.code
    for act, done in (("close", "đã kết thúc"), ("reopen", "Kết thúc chỉ đạo")):
        coordinator.post(f"{home}/state", {"directive": code, "act": act, "paper": "46/KH-UBND"}, on=home)
        assert "cơ quan nhận thư báo" in coordinator.page
        confirm(coordinator, f"{home}/state", late_confirmed="yes")
        coordinator.get(home)
        assert done in coordinator.page


def test_an_office_is_renamed_and_merged(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/register"
    coordinator.post(
        home, {"act": "rename", "office": "SYT", "name_vi": "Sở Y tế và Dân số", "reason": "Đổi tên."}, on=home
    )
    confirm(coordinator, home)
    assert "Sở Y tế và Dân số" in coordinator.get(home).text
    merged = {"act": "merge", "merging": ["SYT"], "into": "SNV", "paper": "47/NQ-HĐND"}
    coordinator.post(home, merged, on=home)
    assert "chuyển cơ quan" in coordinator.page
    confirm(coordinator, home)
    with session_scope(house.store.engine) as session:
        left = session.exec(select(Assignment.state).where(Assignment.office == "SYT")).all()
    assert not {*left} & OPEN


def test_offices_become_one_that_is_new(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/register"
    new = {"act": "merge", "merging": ["SYT"], "into": "Sở Mới", "paper": "47/NQ-HĐND"}
    assert coordinator.post(home, new, on=home).status_code == 422
    assert "Không có cơ quan «Sở Mới»" in coordinator.page and "đánh dấu «cơ quan mới»" in coordinator.page
    coordinator.post(home, new | {"into_new": "yes"}, on=home)
    assert "Sở Y tế → Sở Mới" in coordinator.page
    confirm(coordinator, home)
    assert "Sở Mới" in coordinator.get(home).text


def test_an_office_joins_a_new_group_and_leaves_it(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/register"
    joined = {"act": "group", "group": "Khối văn xã", "joining": "Sở Y tế\nSở Nội vụ", "paper": "47/NQ-HĐND"}
    coordinator.post(home, joined, on=home)
    assert "Xem trước: Nhóm cơ quan" in coordinator.page
    confirm(coordinator, home)
    assert "khoi_van_xa (2)" in coordinator.get(home).text
    left = {"act": "group", "group": "khoi_van_xa", "leaving": "Sở Y tế", "paper": "48/NQ-HĐND"}
    coordinator.post(home, left, on=home)
    confirm(coordinator, home)
    plan = house.store.of_today().plan
    assert [each.code for each in plan.offices if "khoi_van_xa" in each.groups] == ["SNV"]
    for wrong, told in (
        ({"leaving": "Sở Nội vụ"}, "không còn cơ quan nào"),
        ({"joining": "Sở Y tế", "leaving": "Sở Y tế"}, "vừa vào vừa ra"),
        ({"joining": "Sở Không Có"}, "Không có cơ quan «Sở Không Có»"),
        ({"group": ""}, "Nhóm: chưa ghi"),
    ):
        assert coordinator.post(home, {**left, "leaving": "", **wrong}, on=home).status_code == 422
        assert told in coordinator.page, told


def test_a_split_is_shared_out_by_names_in_a_table(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/register"
    parts = {"part_1": "SỞ NỘI VỤ", "part_2": "Sở An sinh", "part_2_new": "yes"}
    split = {"act": "split", "office": "Sở Y tế", "paper": "47/NQ-HĐND", **parts}
    table = coordinator.post(home, split, on=home)
    assert table.status_code == 200 and 'role="alert"' not in table.text
    first, *others = re.findall(r'for="heir_(T[\d.]+)">.*?</td><td>[\d–]', table.text)
    assert others and "Sở An sinh</option>" in table.text
    shared = split | {"shared": "yes", f"heir_{first}": "1"}
    missing = coordinator.post(home, shared, on=home)
    assert missing.status_code == 422 and f'<select id="heir_{first}"' in missing.text, "the table stays"
    assert coordinator.post(home, shared | {"default": "7"}, on=home).status_code == 422
    assert "không có cơ quan nhận thứ 7" in coordinator.page
    coordinator.post(home, shared | {"default": "2"}, on=home)
    confirm(coordinator, home)
    plan = house.store.of_today().plan
    split_up = plan.office("SYT")
    assert [(each.of, each.office) for each in split_up.heirs] == [(first, "SNV")]
    assert (split_up.successor, plan.office("SAS").name_vi) == ("SAS", "Sở An sinh")
    with session_scope(house.store.engine) as session:
        left = session.exec(select(Assignment.state).where(Assignment.office == "SYT")).all()
    assert not {*left} & OPEN


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"act": "split", "office": "SYT", "part_1": "Sở Nội vụ"}, "ít nhất hai cơ quan"),
        ({"act": "merge", "into": ""}, "chưa ghi cơ quan nhận"),
        ({"act": "merge", "merging": "STP", "into": "Sở Y tế", "into_new": "yes"}, "đã có trong danh bạ"),
        ({"act": "add", "name_vi": "sở  y tế"}, "«sở y tế» đã có trong danh bạ"),
        ({"act": "add", "name_vi": ""}, "Tên cơ quan: chưa ghi"),
    ],
)
def test_what_the_register_cannot_take_is_said(house: House, fields: dict[str, str], told: str) -> None:
    coordinator = house.coordinator()
    answer = coordinator.post("/desk/register", {**fields, "reason": "Sắp xếp lại."}, on="/desk/register")
    assert answer.status_code == 422
    assert told in coordinator.page


def test_a_notice_of_days_off_is_entered_and_moves_work_only_when_asked(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/holidays"
    wrong = {"days_off": "11/09/2023, 31/09/2023", "paper": "123/TB-VPCP", "note": "nghỉ bù"}
    assert coordinator.post(home, wrong, on=home).status_code == 422
    assert "Ngày nghỉ, ngày thứ 2: «31/09/2023» không phải là ngày; viết ngày/tháng/năm" in coordinator.page
    coordinator.post(home, {**wrong, "days_off": "11/09/2023"}, on=home)
    assert "Đã điều chỉnh" in confirm(coordinator, home)
    coordinator.post(f"{home}/recompute", on=home)
    assert "11/09/2023 → 12/09/2023" in coordinator.page
    confirm(coordinator, f"{home}/recompute")
    assert "12/09/2023" in coordinator.page


def test_every_letter_is_listed_and_read_as_it_was_sent(house: House) -> None:
    deliver(house.store, now=house.clock.now)
    coordinator = house.coordinator()
    listed = coordinator.get("/desk/messages?office=SYT&state=sent").text
    number = re.search(r'href="(/desk/messages/\d+)"', listed)
    assert number is not None
    coordinator.get(number[1])
    assert "Nguyên văn" in coordinator.page
    assert "/door/…" in coordinator.page, "the office's own key is nobody else's to see"
    assert "Sở Y tế" in coordinator.page


def test_an_account_is_added_used_once_and_closed(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/accounts"
    coordinator.post(home, {"email": "vp@tinh.example", "post": "Văn phòng", "role": "manager"}, on=home)
    link = re.search(r"<code class=\"link\">([^<]+)</code>", coordinator.last.text if coordinator.last else "")
    assert link is not None
    manager = house.stranger()
    path = house.path(link[1])
    manager.post(path, on=path)
    assert manager.get("/board").status_code == 200
    with session_scope(house.store.engine) as session:
        number = session.exec(select(User.id).where(User.email == "vp@tinh.example")).one()
    coordinator.post(f"{home}/{number}/disable", on=home)
    assert "Đã khóa tài khoản." in coordinator.page
    assert manager.web.get("/board", follow_redirects=False).status_code == 303
    with session_scope(house.store.engine) as session:
        own = max(session.exec(select(User.id).where(User.role == "coordinator")))
    assert coordinator.post(f"{home}/{own}/disable", on=home).status_code == 422
    code = house.store.plan.main_directive.code
    coordinator.post(f"{home}/{number}/enable", on=home)
    seen = {"email": "vp@tinh.example", "post": "Văn phòng", "role": "manager"}
    changed = {"email": "vpub@tinh.example", "post": "Phòng Tổng hợp", "role": "coordinator", "directives": code}
    coordinator.post(f"{home}/{number}/change", changed, on=home)
    assert "Đã sửa tài khoản." in coordinator.page
    with session_scope(house.store.engine) as session:
        user = session.get_one(User, number)
        assert (user.email, user.post, user.role.value, user.directives) == (*[*changed.values()][:3], [code])
    assert coordinator.post(f"{home}/{own}/change", changed, on=home).status_code == 422
    refused = coordinator.post(f"{home}/{number}/change", changed | {"directives": "CD-KHAC", "post": "Tổ"}, on=home)
    assert refused.status_code == 422 and 'value="Tổ"' in refused.text
    assert refused.text.count('<details class="act" open>') == 1, "what was typed stands in its own row"
    coordinator.post(f"{home}/{number}/change", seen, on=home)
    with session_scope(house.store.engine) as session:
        user = session.get_one(User, number)
        assert (user.email, user.role.value, user.directives) == ("vp@tinh.example", "manager", None)
    fields = {"email": "hai@tinh.example", "post": "Phòng Hai", "role": "coordinator", "directives": code}
    assert coordinator.post(home, fields, on=home).status_code == 200
    with session_scope(house.store.engine) as session:
        assert session.exec(select(User).where(User.email == "hai@tinh.example")).one().directives == [code]


def test_the_day_on_which_an_office_left_or_joined_a_group_is_corrected_and_shown(house: House) -> None:
    coordinator, home = house.coordinator(), "/desk/register"
    name = next(name for name, offices in house.store.plan.groups.items() if {"SYT", "SNV"} < {*offices})

    def said(day: str, **field: str) -> None:
        coordinator.post(
            home, {"act": "group", "group": name, "effective_on": day, "paper": "48/NQ-HĐND", **field}, on=home
        )
        confirm(coordinator, home)

    def days() -> list[tuple[date | None, date | None]]:
        return [(each.since, each.until) for each in house.store.of_today().plan.office("SYT").memberships]

    said("", leaving="Sở Nội vụ")
    said("01/12/2024", leaving="Sở Y tế")
    said("01/12/2023", leaving="Sở Y tế")
    assert days() == [(None, date(2023, 11, 30))]
    assert f"{name}: đến 30/11/2023" in " ".join(coordinator.get(home).text.split())
    said("01/12/2023", joining="Sở Y tế")
    assert days() == [(None, None)] and f"{name}:" not in coordinator.get(home).text
    said("01/12/2023", leaving="Sở Y tế")
    said("01/06/2024", joining="Sở Y tế")
    said("01/05/2024", joining="Sở Y tế")
    assert days() == [(None, date(2023, 11, 30)), (date(2024, 5, 1), None)]
    again = {"act": "group", "group": name, "joining": "Sở Y tế", "paper": "48/NQ-HĐND"}
    assert coordinator.post(home, again, on=home).status_code == 422 and "Danh bạ vẫn như cũ" in coordinator.page
