"""A plan is changed in the browser: in a draft, looked at, applied; nothing typed is lost, nothing happens before."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from config.settings import PLAN_EXAMPLE_DIR
from models.access.changing import change_user
from models.keeping.opening import Store
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance, import_new
from models.plans.reading import plan_from, with_contents
from models.plans.reshaping import subtask_content, with_subtask
from models.store.database import reading_session, session_scope
from models.tables.account import User
from models.tables.deed import Deed
from models.tables.edition import PlanDraft
from models.tables.outbox import Notice
from tests.support.cast import assignment_in, number_of
from tests.support.editor import DIRECTIVE, begun, fields_of, send
from tests.support.people import House, Person

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]

DUE = "s0.due"
CITIZEN = "Giải quyết đơn của ông Nguyễn Văn Hùng, số điện thoại 0912345678"
SECRET = "Tài liệu độ mật: TỐI MẬT"
PAPER = {"paper": "45/KH-UBND", "paper_date": "17/08/2023"}


def due_date(house: House, subtask: str = "T0.1") -> date:
    return assignment_in(house.store, number_of(house.store, subtask)).due_date


def with_date(person: Person, words: str, subtask: str = "T0.1") -> str:
    """A draft in which a subtask has another date; its address."""
    draft = begun(person)
    address = f"{draft}/subtasks/{subtask}"
    send(person, address, {DUE: words, "s0.asked_due": "", "save": "yes"}, on=address)
    return draft


def status(person: Person) -> int:
    assert person.last is not None
    return person.last.status_code


def test_an_amendment_without_letters_says_that_none_is_sent(house: House) -> None:
    coordinator = house.coordinator()
    draft = with_date(coordinator, "trước ngày 2/10/2023")
    send(coordinator, f"{draft}/preview", {**PAPER, "no_letters": "yes"})
    preview = coordinator.last
    for _ in range(2):
        coordinator.last = preview
        send(coordinator, f"{draft}/preview", {})
        assert "Đã điều chỉnh; không gửi thư cho cơ quan nào." in coordinator.page


def test_a_date_is_changed_in_a_draft_looked_at_and_applied(house: House) -> None:
    coordinator = house.coordinator()
    before = due_date(house)
    draft = with_date(coordinator, "trước ngày 2/10/2023")
    assert "Đã ghi vào dự thảo" in coordinator.page
    assert "hạn tính theo «trước ngày 2/10/2023»" in coordinator.page
    send(coordinator, f"{draft}/preview", PAPER)
    assert "đổi hạn" in coordinator.page
    assert "11/09/2023 → 29/09/2023" in coordinator.page
    assert due_date(house) == before, "a preview changes nothing"
    preview = coordinator.last
    send(coordinator, f"{draft}/preview", {})
    assert "Đã điều chỉnh" in coordinator.page
    assert due_date(house) == date(2023, 9, 29)
    done = coordinator.last
    coordinator.last = preview
    send(coordinator, f"{draft}/preview", {})
    assert done is not None
    assert coordinator.last is not None
    assert coordinator.last.url.path == done.url.path, "pressed twice, it is one deed"
    page = coordinator.get(f"/plans/directives/{DIRECTIVE}").text
    assert "45/KH-UBND" in page
    assert "trước ngày 2/10/2023" in page
    coordinator.get(f"/plans/directives/{DIRECTIVE}/editions/2")
    assert "hạn tính theo «trước ngày 2/10/2023»" in coordinator.page
    assert "trước đây" not in coordinator.page
    assert house.manager().get(f"/plans/directives/{DIRECTIVE}/editions/2").status_code == 200


def test_without_letters_and_from_the_next_period_on(house: House) -> None:
    coordinator, before = house.coordinator(), due_date(house)
    draft = with_date(coordinator, "trước ngày 2/10/2023")
    send(coordinator, f"{draft}/preview", {**PAPER, "scope": "next", "no_letters": "yes"})
    assert "Không có việc đang mở nào thay đổi" in coordinator.page
    send(coordinator, f"{draft}/preview", {})
    assert due_date(house) == before
    with reading_session(house.store.engine) as session:
        (deed,) = session.exec(select(Deed)).all()
        assert deed.paper_number == "45/KH-UBND"
        assert not [each for each in session.exec(select(Notice)).all() if each.rung.startswith("deed")]


def test_a_preview_may_come_before_its_paper_and_is_confirmed_only_with_one(house: House) -> None:
    coordinator = house.coordinator()
    draft = with_date(coordinator, "trước ngày 2/10/2023")
    send(coordinator, f"{draft}/preview", {})
    assert "Chưa có văn bản hay lý do" in coordinator.page
    assert "11/09/2023 → 29/09/2023" in coordinator.page
    assert "digest" not in fields_of(coordinator, f"{draft}/preview")
    send(coordinator, f"{draft}/preview", {"reason": "Sửa lỗi ghi hạn."})
    send(coordinator, f"{draft}/preview", {})
    assert due_date(house) == date(2023, 9, 29)


def test_what_would_be_late_at_once_needs_a_tick(house: House) -> None:
    house.clock.now = house.clock.now.replace(day=25)
    coordinator = house.coordinator()
    draft = with_date(coordinator, "chậm nhất ngày 22/8/2023")
    send(coordinator, f"{draft}/preview", PAPER)
    assert "việc quá hạn ngay" in coordinator.page
    send(coordinator, f"{draft}/preview", {})
    assert due_date(house) == date(2023, 9, 11)
    send(coordinator, f"{draft}/preview", {"late_confirmed": "yes"})
    assert due_date(house) == date(2023, 8, 22)


@pytest.mark.parametrize("typed", ["{title}", "{title_lower}", "T1.1 {title}", "T1.1"])
def test_what_must_be_done_first_is_named_by_its_title(house: House, typed: str) -> None:
    coordinator, title = house.coordinator(), house.store.plan.subtask("T1.1").title_vi
    draft = begun(coordinator)
    address = f"{draft}/subtasks/T0.1"
    named = typed.format(title=title, title_lower=title.lower())
    send(coordinator, address, {"depends_on": named, "save": "yes"}, on=address)
    coordinator.get(address)
    assert fields_of(coordinator, address)["depends_on"] == f"T1.1 {title}"
    send(coordinator, address, {"depends_on": "Không có việc này", "save": "yes"}, on=address)
    assert status(coordinator) == 422 and "Không có việc này" in fields_of(coordinator, address)["depends_on"]
    send(coordinator, address, {"depends_on": "T1.1 và T1.2", "save": "yes"}, on=address)
    assert status(coordinator) == 422 and "«và»" in coordinator.page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({DUE: "31/06/2024"}, "tháng 6 có 30 ngày"),
        ({DUE: ""}, "thời hạn"),
        ({"title": " "}, "Tên nhiệm vụ"),
        ({"s0.lead": "Sở Y tee"}, "Sở Y tee"),
        ({"s0.lead": ""}, "cơ quan chủ trì"),
        ({"s0.named": "Sở Không Có"}, "cơ quan được biết"),
        ({"s0.asked": "Công an tỉnh", "s0.asked_due": "hôm nào đó"}, "hôm nào đó"),
        ({"depends_on": "T9.99"}, "Việc phải xong trước"),
        ({"t.n": "1", "t0.indicator": "Số nhà", "t0.value": "nhiều"}, "Chỉ tiêu 1"),
        ({"s0.valid_to": "31/2/2024"}, "áp dụng đến ngày"),
        ({"ladder": "khong-co"}, "Thang nhắc việc"),
    ],
)
def test_a_fault_names_the_field_and_keeps_what_was_typed(house: House, typed: dict[str, str], told: str) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/subtasks/T0.1"
    send(coordinator, address, {**typed, "boundary_vi": "Không ghi tên công dân.", "save": "yes"}, on=address)
    assert status(coordinator) == 422
    assert told.casefold() in coordinator.page.casefold()
    assert "p1.yaml" not in coordinator.page
    sent = fields_of(coordinator, address)
    assert sent["boundary_vi"] == "Không ghi tên công dân."
    for name, value in typed.items():
        if name not in ("title", "ladder"):
            assert sent[name] == value
    coordinator.get(draft)
    assert "Đang sửa dở" in coordinator.page
    coordinator.get(address)
    assert fields_of(coordinator, address)["boundary_vi"] == "Không ghi tên công dân."
    with reading_session(house.store.engine) as session:
        (kept,) = session.exec(select(PlanDraft)).all()
        assert "Không ghi tên công dân." not in str(kept.documents)


def test_all_faults_of_a_form_are_told_at_once(house: House) -> None:
    coordinator = house.coordinator()
    address = f"{begun(coordinator)}/subtasks/T0.1"
    send(coordinator, address, {DUE: "31/06/2024", "s0.lead": "Sở Y tee", "title": "", "save": "yes"}, on=address)
    assert "3 chỗ phải sửa" in coordinator.page


def test_an_untouched_form_changes_nothing(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    for each in ("T0.1", "T0.2", "T1.1", "T1.2"):
        send(coordinator, f"{draft}/subtasks/{each}", {"save": "yes"}, on=f"{draft}/subtasks/{each}")
        assert "Chưa có gì." in coordinator.page, each


def test_a_row_more_and_the_reading_are_asked_for_without_saving(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/subtasks/T0.1"
    for kind, name in (("q", "q1.text"), ("t", "t0.indicator"), ("r.c", "r.c2.label"), ("s", "s1.due")):
        send(coordinator, address, {DUE: "trong quý IV/2023", "more": kind}, on=address)
        sent = fields_of(coordinator, address)
        assert name in sent
        assert sent[DUE] == "trong quý IV/2023"
        assert "31/12/2023" in coordinator.page
    send(coordinator, address, {DUE: "trước ngày 2/10/2023", "check": "yes"}, on=address)
    assert "29/09/2023" in coordinator.page
    send(coordinator, address, {DUE: "trước ngày 3/10/2023", "leave": "yes"}, on=address)
    assert "Đã giữ phần đang sửa dở" in coordinator.page
    coordinator.get(address)
    assert fields_of(coordinator, address)[DUE] == "trước ngày 3/10/2023"
    coordinator.get(draft)
    assert "Chưa có gì." in coordinator.page


def test_offices_products_targets_and_counts_are_changed_by_their_words(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/subtasks/T0.1"
    changes = {
        "s0.lead": "Sở Y tế; Tòa án nhân dân tỉnh",
        "s0.how": "joint",
        "s0.asked": "Công an tỉnh",
        "s0.asked_due": "",
        "s0.named": "Sở Tài chính",
        "s0.report_to": "Công an tỉnh",
        "product": "Kế hoạch khắc phục",
        "t.n": "1",
        "t0.indicator": "Số cuộc kiểm tra",
        "t0.value": "1.250",
        "r.c.n": "3",
        "r.c2.label": "Số văn bản đã sửa",
        "monitor": "CAT",
        "save": "yes",
    }
    send(coordinator, address, changes, on=address)
    assert status(coordinator) == 200, coordinator.page[:1500]
    assert "thêm chỉ tiêu «Số cuộc kiểm tra»: 1250" in coordinator.page
    assert "Sở Tài chính nay phối hợp (được biết)" in coordinator.page
    with reading_session(house.store.engine) as session:
        (kept,) = session.exec(select(PlanDraft)).all()
        first = kept.documents[f"directive/{DIRECTIVE}"]["priorities"][0]["subtasks"][0]
        assert [each["office"] for each in first["steps"][0]["lead"]] == ["SYT", "TAND"]
        assert first["steps"][0]["due"]["coordinating"] == "lead"
        assert first["report"]["counts"][2]["key"] == "so_van_ban_da_sua"
    coordinator.get(address)
    sent = fields_of(coordinator, address)
    assert sent["s0.asked"] == "Công an tỉnh"
    assert sent["s0.named"] == "Sở Tài chính"


def test_a_subtask_is_added_split_merged_dropped_and_each_is_undone(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    new = f"{draft}/priorities/p1/new"
    filled = {"title": "Tổ chức sơ kết", DUE: "trong quý IV/2023", "s0.lead": "Sở Y tế", "save": "yes"}
    send(coordinator, new, filled, on=new)
    assert "nhiệm vụ mới" in coordinator.page
    split = f"{draft}/subtasks/T0.2/split"
    send(coordinator, split, {"second": "Ký quy chế sửa đổi", "step": "amendment"}, on=split)
    assert coordinator.page.count("nhiệm vụ mới") == 2
    merge = f"{draft}/subtasks/T0.1/merge"
    send(coordinator, merge, {"other": "T1.1", "how": "side_by_side"}, on=merge)
    assert "bỏ khỏi kế hoạch" in coordinator.page
    send(coordinator, f"{draft}/subtasks/T1.2/drop", {}, on=f"{draft}/subtasks/T1.2")
    assert coordinator.page.count("bỏ khỏi kế hoạch") == 2
    for code in ("T1.2", "T1.1", "T0.1"):
        send(coordinator, f"{draft}/subtasks/{code}/restore", {}, on=draft)
        assert status(coordinator) == 200
    assert "bỏ khỏi kế hoạch" not in coordinator.page
    before = coordinator.get(draft)
    for _ in range(2):  # the button pressed twice
        coordinator.last = before
        send(coordinator, f"{draft}/discard", {})
        assert "Đã bỏ dự thảo" in coordinator.page
    assert coordinator.get(draft).status_code == 422


def test_two_people_on_one_draft_are_told_and_lose_nothing(house: House) -> None:
    one, other = house.coordinator(), house.coordinator()
    draft = begun(one)
    address = f"{draft}/subtasks/T0.1"
    one.get(address)
    other.get(address)
    send(one, address, {DUE: "trước ngày 2/10/2023", "s0.asked_due": "", "save": "yes"})
    send(other, address, {DUE: "trước ngày 3/10/2023", "s0.asked_due": "", "save": "yes"})
    assert status(other) == 422
    assert "đã sửa nhiệm vụ này" in other.page
    assert fields_of(other, address)[DUE] == "trước ngày 3/10/2023"
    other.get(draft)
    assert "Người khác cũng đang sửa dự thảo này" in other.page
    other.get(address)
    send(other, address, {"save": "yes"})
    assert "hạn tính theo «trước ngày 3/10/2023»" in other.page
    second = f"{draft}/subtasks/T0.2"
    one.get(second)
    other.get(f"{draft}/subtasks/T1.1")
    send(one, second, {"title": "Rà soát quy chế", "save": "yes"})
    send(other, f"{draft}/subtasks/T1.1", {"title": "Chấn chỉnh tồn tại", "save": "yes"})
    assert "Rà soát quy chế" in other.page
    assert "Chấn chỉnh tồn tại" in other.page


@pytest.mark.parametrize("button", [{"check": "yes"}, {"more": "t"}, {"leave": "yes"}])
def test_what_another_changed_is_told_also_after_a_page_that_took_nothing(house: House, button: dict[str, str]) -> None:
    one, other = house.coordinator(), house.coordinator()
    address = f"{begun(one)}/subtasks/T0.1"
    other.get(address)
    send(one, address, {"title": "Rà soát quy chế", "save": "yes"}, on=address)
    send(other, address, {"boundary_vi": "Không ghi tên công dân.", **button})
    if "leave" in button:
        other.get(address)
    send(other, address, {DUE: "trước ngày 3/10/2023", "s0.asked_due": "", "save": "yes"})
    assert status(other) == 422
    assert "đã sửa nhiệm vụ này" in other.page
    send(other, address, {"save": "yes"})
    assert status(other) == 200


@pytest.mark.parametrize("button", ["save", "leave"])
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"title": CITIZEN}, "Tên"),
        ({"q.n": "2", "q1.text": CITIZEN}, "Trích dẫn 2, nội dung"),
        ({"boundary_vi": CITIZEN, DUE: "31/06/2024"}, "Không được ghi vào báo cáo"),
        ({"s0.said": CITIZEN}, "Báo cáo 1, lời của chỉ đạo"),
        ({"r.c.n": "3", "r.c2.label": SECRET}, "Biểu báo cáo, ô số liệu 3, tên"),
    ],
)
def test_a_person_or_a_secret_is_kept_nowhere(house: House, typed: dict[str, str], told: str, button: str) -> None:
    coordinator = house.coordinator()
    address = f"{begun(coordinator)}/subtasks/T0.1"
    send(coordinator, address, {**typed, button: "yes"}, on=address)
    refused_and_not_kept(house, coordinator, told)
    sent = fields_of(coordinator, address)
    assert all(sent[name] == value for name, value in typed.items()), "it is still on the page"


def test_a_person_or_a_secret_is_taken_by_no_other_form(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    facts = f"{draft}/directives/{DIRECTIVE}"
    for page, action, typed, told in (
        (facts, facts, {"title": CITIZEN}, "Tên"),
        (facts, facts, {"p1.title": SECRET}, "Nhiệm vụ trọng tâm 1, tên"),
        (facts, f"{facts}/priorities", {"new_title": CITIZEN}, "Tên nhiệm vụ trọng tâm mới"),
        (f"{draft}/subtasks/T0.2/split",) * 2 + ({"second": CITIZEN, "step": "amendment"}, "Nhiệm vụ thứ hai"),
    ):
        send(coordinator, action, typed, on=page)
        refused_and_not_kept(house, coordinator, told)


def refused_and_not_kept(house: House, person: Person, told: str) -> None:
    assert status(person) == 422
    assert f"{told}: có" in person.page
    with reading_session(house.store.engine) as session:
        (kept,) = session.exec(select(PlanDraft)).all()
        assert kept.unfinished is None
        assert CITIZEN not in str(kept.documents) and SECRET not in str(kept.documents)


def test_what_is_half_done_is_of_whoever_typed_it_and_of_a_subtask_that_is_there(house: House) -> None:
    one, other = house.coordinator(), house.coordinator()
    draft = begun(one)
    address = f"{draft}/subtasks/T0.1"
    for person, title in ((one, "Rà soát một"), (other, "Rà soát hai")):
        send(person, address, {"title": title, "leave": "yes"}, on=address)
    one.get(address)
    assert fields_of(one, address)["title"] == "Rà soát một"
    send(one, address, {"save": "yes"})
    other.get(address)
    assert fields_of(other, address)["title"] == "Rà soát hai"
    assert f'href="{address}"' in other.get(draft).text
    one.get(address)
    assert fields_of(one, address)["title"] == "Rà soát một"
    send(one, f"{address}/drop", {})
    assert "Đang sửa dở" not in other.get(draft).text
    with reading_session(house.store.engine) as session:
        assert [each.unfinished for each in session.exec(select(PlanDraft)).all()] == [None]


def test_only_what_differs_is_shown_again(house: House) -> None:
    coordinator, office = house.coordinator(), house.office("SYT")
    draft = with_date(coordinator, "trước ngày 2/10/2023")
    send(coordinator, f"{draft}/preview", PAPER)
    preview = coordinator.last
    number = number_of(house.store, "T0.1")
    office.post(
        f"/assignments/{number}/extension",
        {"until": "2023-10-20", "reason": "Chờ."},
        on=f"/assignments/{number}/extension",
    )
    coordinator.post(f"/assignments/{number}/grant", {"until": "20/10/2023"}, on=f"/assignments/{number}")
    coordinator.last = preview
    send(coordinator, f"{draft}/preview", {})
    assert "Từ lúc xem trước đến nay đã có thay đổi khác" in coordinator.page
    assert "Khác với lần xem trước" in coordinator.page
    shown = coordinator.last
    assert shown is not None
    differing = shown.text.partition("<details><summary>Tất cả")[0]
    assert differing.count("<tr") == 2, "the head and the one row"


def test_a_ladder_is_changed_in_words(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.get("/plans/ladders/standard")
    assert "trước hạn 5 ngày làm việc" in coordinator.page
    coordinator.post("/plans/ladders/standard/drafts")
    assert coordinator.last is not None
    address = coordinator.last.url.path
    send(coordinator, address, {"r2.days": "", "r3.audience": []})
    assert status(coordinator) == 422
    assert "Bậc 3: ghi số ngày" in coordinator.page
    coordinator.get(address)
    send(coordinator, address, {"r2.days": "7", "new.kind": "due_soon", "new.days": "3", "new.audience": ["focal"]})
    assert "Thang nhắc việc : có thay đổi" in coordinator.page
    draft = address.partition("/ladders")[0]
    send(coordinator, f"{draft}/preview", PAPER, on=draft)
    send(coordinator, f"{draft}/preview", {})
    coordinator.get("/plans/ladders/standard")
    assert "trước hạn 7 ngày làm việc" in coordinator.page
    assert "trước hạn 3 ngày làm việc" in coordinator.page


def test_a_ladder_is_made_of_another_and_chosen(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.post("/plans/ladders/standard/drafts", on="/plans/ladders/standard")
    assert coordinator.last is not None
    address = coordinator.last.url.path
    send(coordinator, address, {"copy": "standard"})
    assert status(coordinator) == 422 and "đã có thang «standard»" in coordinator.page
    send(coordinator, address, {"copy": "Thang gấp", "r2.days": "7"})
    draft = address.partition("/ladders")[0]
    send(coordinator, f"{draft}/preview", PAPER, on=draft)
    send(coordinator, f"{draft}/preview", {})
    ladders = {each.code: each for each in house.store.of_today().plan.ladders}
    assert ladders["standard"] == house.store.plan.ladder("standard")
    assert ladders["thang_gap"].rungs != ladders["standard"].rungs
    subtask = f"{begun(coordinator)}/subtasks/T0.1"
    send(coordinator, subtask, {"ladder": "thang_gap", "save": "yes"}, on=subtask)
    assert status(coordinator) == 200
    assert "trước hạn 7 ngày làm việc" in coordinator.get("/plans/ladders/thang_gap").text


def test_a_ladder_loses_no_other_step_by_a_form_sent_twice(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.post("/plans/ladders/standard/drafts", on="/plans/ladders/standard")
    assert coordinator.last is not None
    address = coordinator.last.url.path
    opened = coordinator.last
    send(coordinator, address, {"r2.days": "x"})
    assert "Bậc 3" in coordinator.page
    send(coordinator, address, {"r2.days": "7", "r2.drop": "yes"})
    assert status(coordinator) == 200
    with reading_session(house.store.engine) as session:
        (kept,) = [each.documents for each in session.exec(select(PlanDraft)).all()]
    coordinator.last = opened
    send(coordinator, address, {"r2.drop": "yes"})
    assert status(coordinator) == 422
    assert "đã sửa thang này" in coordinator.page
    assert "r2.drop" not in fields_of(coordinator, address)
    with reading_session(house.store.engine) as session:
        assert [each.documents for each in session.exec(select(PlanDraft)).all()] == [kept]


def test_the_facts_of_a_directive_are_changed_over_what_was_shown(house: House) -> None:
    one, other = house.coordinator(), house.coordinator()
    address = f"{begun(one)}/directives/{DIRECTIVE}"
    other.get(address)
    send(one, address, {"p1.title": "Quán triệt chủ trương"}, on=address)
    send(other, address, {"coordinator": "SYT"})
    assert status(other) == 422
    assert "đã sửa phần này" in other.page
    assert fields_of(other, address)["coordinator"] == "SYT"
    send(other, address, {"p1.title": "Quán triệt chủ trương"})
    assert "cơ quan đôn đốc nay là Sở Y tế" in other.page
    opened = one.get(address)
    send(one, f"{address}/priorities", {"new_title": "Chuyển đổi số"})
    one.last = opened
    send(one, f"{address}/priorities", {"new_title": "Chuyển đổi số"})
    one.get(address)
    assert one.last is not None and one.last.text.count("Chuyển đổi số") == 1, "sent twice, it is one priority"


def test_the_directive_itself_is_changed_and_gets_a_priority_more(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/directives/{DIRECTIVE}"
    send(coordinator, address, {"title": ""}, on=address)
    assert status(coordinator) == 422
    assert "Tên chỉ đạo: để trống" in coordinator.page
    send(coordinator, address, {"coordinator": "SYT", "p1.title": "Quán triệt chủ trương"}, on=address)
    assert "cơ quan đôn đốc nay là Sở Y tế" in coordinator.page
    send(coordinator, f"{address}/priorities", {"new_title": "Chuyển đổi số"}, on=address)
    assert coordinator.last is not None
    assert coordinator.last.url.path.endswith(".1")
    assert "Nhiệm vụ mới, cần ghi tên" in coordinator.page


def test_the_text_of_a_directive_is_added_and_its_quotes_are_held_against_it(house: House) -> None:
    coordinator, plan = house.coordinator(), house.store.plan
    draft = begun(coordinator)
    address = f"{draft}/directives/{DIRECTIVE}"
    quotes = [quote.text for priority in plan.priorities for each in priority.subtasks for quote in each.quotes]
    whole = "\n".join(["CHỈ THỊ", *quotes, "T/M BAN THƯỜNG VỤ, BÍ THƯ", "Nguyễn Văn An"])
    send(coordinator, address, {"source": whole}, on=address)
    assert status(coordinator) == 200
    assert "thêm nguyên văn" in coordinator.page
    coordinator.get(address)
    assert fields_of(coordinator, address)["source"] == whole
    send(coordinator, address, {"title": "Chỉ đạo về y tế"})
    assert status(coordinator) == 200
    send(coordinator, address, {"source": ""}, on=address)
    coordinator.get(address)
    assert fields_of(coordinator, address)["source"] == ""
    assert quotes
    send(coordinator, address, {"source": "Văn bản khác hẳn."}, on=address)
    assert status(coordinator) == 422 and "không có nguyên văn trong văn bản chỉ đạo" in coordinator.page
    assert fields_of(coordinator, address)["source"] == "Văn bản khác hẳn."


def with_one_more(person: Person, title: str) -> tuple[str, str]:
    """A draft with one subtask more; its address, and the subtask's number."""
    draft = begun(person)
    address = f"{draft}/priorities/p1/new"
    typed = {"title": title, "s0.lead": "Sở Y tế", "s0.due": "trước ngày 2/10/2023", "save": "yes"}
    send(person, address, typed, on=address)
    assert status(person) == 200
    found = re.search(r"subtasks/(T1\.\d+)/restore", person.get(draft).text)
    assert found
    return draft, found[1]


def test_what_is_typed_over_a_subtask_goes_with_it_to_its_new_number(house: House) -> None:
    one, other = house.coordinator(), house.coordinator()
    draft, code = with_one_more(one, "Công khai kết quả")
    address = f"{draft}/subtasks/{code}"
    other.get(address)
    send(one, address, {"boundary_vi": "Dở dang", "leave": "yes"}, on=address)
    newer, same = with_one_more(one, "Rà soát biểu mẫu")
    assert same == code
    send(one, f"{newer}/preview", PAPER, on=newer)
    send(one, f"{newer}/preview", {})
    moved = f"{draft}/subtasks/T1.{int(code.partition('.')[2]) + 1}"
    unfinished = one.get(draft).text.partition('id="unfinished"')[2].partition("</section>")[0]
    assert re.findall('href="([^"]+)"', unfinished) == [moved]
    one.get(address)
    assert fields_of(one, address)["title"] == "Rà soát biểu mẫu"
    assert fields_of(one, address)["boundary_vi"] == ""
    send(one, address, {"boundary_vi": "Của bản kia", "leave": "yes"})
    one.get(moved)
    assert fields_of(one, moved)["boundary_vi"] == "Dở dang"
    send(other, address, {"title": "Công khai tất cả", "depends_on": "T0.1", "save": "yes"})
    assert status(other) == 200
    titles = [fields_of(other, each)["title"] for each in (address, moved) if other.get(each)]
    assert titles == ["Rà soát biểu mẫu", "Công khai tất cả"]
    for each, typed in ((address, "Của bản kia"), (moved, "Dở dang")):
        one.get(each)
        assert fields_of(one, each)["boundary_vi"] == typed


def test_what_an_amendment_changed_too_is_told_on_the_preview_also_after_another_part_was_saved(house: House) -> None:
    coordinator = house.coordinator()
    draft, newer = (with_date(coordinator, f"trước ngày {day}/10/2023") for day in (2, 9))
    send(coordinator, f"{newer}/preview", PAPER, on=newer)
    send(coordinator, f"{newer}/preview", {})
    address = f"{draft}/subtasks/T1.1"
    send(coordinator, address, {"title": "Chấn chỉnh tồn tại", "save": "yes"}, on=address)
    told = "Cả hai bên cùng sửa, lấy theo dự thảo: p1.T0.1."
    assert told in coordinator.page
    send(coordinator, f"{draft}/preview", PAPER)
    assert told in coordinator.page
    send(coordinator, f"{draft}/subtasks/T0.1", {"save": "yes"}, on=f"{draft}/subtasks/T0.1")
    assert "Cả hai bên cùng sửa" not in coordinator.page


def test_a_limited_account_has_the_drafts_of_its_directives_alone(house: House) -> None:
    whole = house.coordinator()
    limited = house.coordinator()
    with session_scope(house.store.engine) as session:
        user = session.exec(select(User).order_by(User.id.desc())).first()  # type: ignore[union-attr]
        assert user is not None
        context = house.store.actor_context(now=house.clock.now, actor="command")
        change_user(session, user.email, context, directives=(DIRECTIVE,))
    whole.post("/plans/ladders/standard/drafts", on="/plans/ladders/standard")
    assert limited.get("/plans/drafts/1").status_code == 404
    assert "Sửa thang này" not in limited.get("/plans/ladders/standard").text
    own = begun(limited)
    assert limited.get(own).status_code == 200
    assert limited.get(f"{own}/ladders/standard").status_code == 422


def test_a_limited_account_changes_no_other_directive_that_waits_for_its_own(house: House) -> None:
    waiting(house.store, "T6.1", "T0.1")
    limited = house.coordinator()
    with session_scope(house.store.engine) as session:
        user = session.exec(select(User).order_by(User.id.desc())).first()  # type: ignore[union-attr]
        assert user is not None
        context = house.store.of_today().actor_context(now=house.clock.now, actor="command")
        change_user(session, user.email, context, directives=(DIRECTIVE,))
    draft = begun(limited)
    send(limited, f"{draft}/subtasks/T0.1/drop", {}, on=f"{draft}/subtasks/T0.1")
    assert status(limited) == 422
    assert "T6.1 thuộc chỉ đạo khác" in limited.page
    send(limited, f"{draft}/subtasks/T1.2/drop", {}, on=f"{draft}/subtasks/T1.2")
    assert status(limited) == 200
    with reading_session(house.store.engine) as session:
        (kept,) = session.exec(select(PlanDraft)).all()
        assert [*kept.documents] == [f"directive/{DIRECTIVE}"]


def waiting(store: Store, subtask: str, for_: str) -> None:
    """Take the invented programme in, with one of its subtasks waiting for another's."""
    in_force = PlanInForce(store.plan, store.calendar, store.editions)
    plan, calendar = plan_from(PLAN_EXAMPLE_DIR / "cai-cach-hanh-chinh", in_force, date(2023, 8, 17))
    plan, calendar = with_contents(
        plan, calendar, with_subtask(plan, subtask, {**subtask_content(plan, subtask), "depends_on": [for_]})
    )
    with session_scope(store.engine) as session:
        import_new(
            session,
            plan,
            calendar,
            provenance=Provenance(),
            made_from=store.editions,
            actor="coordinator",
            now=datetime(2023, 8, 17, tzinfo=UTC),
        )
