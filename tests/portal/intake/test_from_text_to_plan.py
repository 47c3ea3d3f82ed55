"""A directive's text over HTTP: taken in, corrected, launched; what is wrong is said in words and nothing is lost."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from flows.forms import fill_in
from flows.steps import follow_up_all
from models.plans.directive_drafts import directive_draft, spellings
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.edition import DirectiveDraft, Edition
from portal.intake.launching import launch_prepared
from tests.support.launching import HOME, LAUNCH, TEXT, taken_in
from tests.support.people import House, Person, hidden

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


def draft_at(house: House, path: str) -> DirectiveDraft:
    with reading_session(house.store.engine) as session:
        return directive_draft(session, int(path.rsplit("/", 1)[1]))


def tasks_at(house: House, path: str) -> list[dict[str, Any]]:
    return draft_at(house, path).tasks


def form_of(person: Person, path: str, row: int) -> dict[str, str]:
    """The fields of a row as the page offers them."""
    text = person.get(f"{path}?row={row}").text
    form = text[text.index('class="of-row"') :]
    inputs = dict(re.findall(r'<input id="f-[^"]*" name="([^"]+)"[^>]* value="([^"]*)"', form))
    return inputs | dict(re.findall(r'<textarea id="f-[^"]*" name="([^"]+)"[^>]*>([^<]*)</textarea>', form))


def test_from_pasted_text_to_the_first_assignments(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)
    assert "Sở Y tế" in person.page and "không nêu" in person.page
    assert "Các cơ sở y tế dự trữ thuốc" in person.page, "what no task covers is shown"
    assert taken_in(house.coordinator()) == path, "the same text is the same draft"

    fields = form_of(person, path, 1)
    assert fields["deadline"] == "trước ngày 15/11"
    person.post(f"{path}/rows/1", {**fields, "coordinating": "Công an tỉnh\nSở Tài chính", "act": "next"})
    start = TEXT.index("Các cơ sở y tế")
    person.post(f"{path}/add", {"passage": f"{start}-{start + 50}"})
    added = tasks_at(house, path)[-1]
    assert added["task"]["quote"] == TEXT[start : start + 50].strip() and added["state"] == "drafted"
    person.post(f"{path}/rows", {"act": "drop", "n": str(added["number"])}, on=path)
    person.post(f"{path}/rows", {"act": "sure"}, on=path)
    waiting = [str(each["number"]) for each in tasks_at(house, path) if each["state"] == "drafted"]
    if waiting:
        person.post(f"{path}/rows", {"act": "confirm", "n": waiting}, on=path)
    assert {each["state"] for each in tasks_at(house, path)} == {"confirmed", "dropped"}

    person.post(f"{path}/launch", LAUNCH, on=f"{path}/launch")
    assert "Xem trước" in person.page and "cơ quan chưa có địa chỉ" in person.page
    digest = re.search(r'name="digest" value="(\w+)"', person.last.text)  # type: ignore[union-attr]
    assert digest
    with reading_session(house.store.engine) as session:
        assert not session.exec(select(Edition).where(Edition.series == "directive/KH-15-2023")).all(), "only looked at"
    person.post(f"{path}/launch", {**LAUNCH, "digest": digest[1]})
    assert "Đã giao việc" in person.page
    person.post(f"{path}/launch", {**LAUNCH, "digest": digest[1]}, on=path)
    assert "Đã giao việc" in person.page, "pressed twice, it is done once"
    person.post(f"{path}/launch", {**LAUNCH, "code": "KH-16-2023", "digest": digest[1]}, on=path)
    assert person.last is not None and person.last.status_code == 422
    assert "đã giao việc thành chỉ đạo KH-15-2023" in person.page, "what was launched is another one"

    store = house.store.of_today()
    (priority,) = store.plan.priorities_of("KH-15-2023")
    assert store.plan.directive("KH-15-2023").conventions.periods == "calendar"
    follow_up_all(store, {priority.code: fill_in(priority.code, {}, store.plan)}, house.clock.now, "first")
    with reading_session(store.engine) as session:
        issue = select(Anchor).where(Anchor.kind == AnchorKind.ISSUE, Anchor.directive == "KH-15-2023")
        assert [each.number for each in session.exec(issue)] == ["15/KH-UBND"]
        made = session.exec(select(Assignment).where(Assignment.priority == priority.code)).all()
        assert {"SYT", "STC"} <= {each.office for each in made}
        verbs = session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.seq))).all()
        assert verbs.count("import_plan") >= 1 and verbs.count("take_in_directive") == 1
    assert [*store.settings.mailbox_dir.glob("*.eml")]
    assert "Đã giao việc thành chỉ đạo" in person.get(path).text


def test_a_launch_that_is_sent_twice_at_once_is_told_as_done_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quicker(*asked: Any, **how: Any) -> None:
        for _ in range(2):  # the same was sent once more and was carried out in between
            launch_prepared(*asked, **how)

    person = house.coordinator()
    path = taken_in(person)
    person.post(f"{path}/rows", {"act": "sure"}, on=path)
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes"}, on=f"{path}/launch")
    monkeypatch.setattr("portal.intake.launching.launch_prepared", quicker)
    person.post(f"{path}/launch", hidden(person))
    assert person.last is not None and person.last.status_code == 200 and "Đã giao việc" in person.page
    with reading_session(house.store.engine) as session:
        made = session.exec(select(AuditEvent.verb).where(AuditEvent.verb == "take_in_directive"))
        assert len(made.all()) == 1


def test_a_row_with_faults_keeps_what_was_typed(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)
    before = tasks_at(house, path)
    fields = form_of(person, path, 1)
    person.post(f"{path}/rows/1", {**fields, "title": "Rà soát lại", "deadline": "hôm nào đó", "act": "here"})
    assert person.last is not None and person.last.status_code == 422
    assert "Thời hạn" in person.page and 'value="hôm nào đó"' in person.last.text and "Rà soát lại" in person.last.text
    assert tasks_at(house, path) == before
    for act, sent in (("merge", {"n": "1"}), ("confirm", {}), ("confirm", {"n": "77"}), ("other", {"n": "1"})):
        person.post(f"{path}/rows", {"act": act, **sent}, on=path)
        assert person.last.status_code == 422, act
    for passage in ("", "5", "9-3", "0-99999999", "a-b"):
        person.post(f"{path}/add", {"passage": passage}, on=path)
        assert person.last.status_code == 422, passage
    assert tasks_at(house, path) == before
    person.post(f"{path}/rows/77", {**fields, "act": "here"}, on=path)
    assert person.last.status_code == 422
    assert person.get(f"{HOME}/99").status_code == 404


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(house: House) -> None:
    person, other = house.coordinator(), house.coordinator()
    path = taken_in(person)
    stale = form_of(person, path, 1)
    other.post(f"{path}/rows/1", {**form_of(other, path, 1), "title": "Tên do người khác sửa", "act": "here"})
    before = tasks_at(house, path)
    for act in ("here", "later", "split"):
        person.post(f"{path}/rows/1", {**stale, "title": "Tên tôi nhập", "act": act, "at": "9"}, on=path)
        assert person.last is not None and person.last.status_code == 422, act
        assert "hiện là «Tên do người khác sửa»" in person.page and "Tên tôi nhập" in person.last.text
    other.post(f"{path}/rows", {"act": "drop", "n": "1"}, on=path)
    dropped = tasks_at(house, path)
    person.post(f"{path}/rows/1", {**stale, "title": "Tên tôi nhập", "act": "here"}, on=path)
    assert person.last is not None and person.last.status_code == 422
    assert "đã bỏ hoặc đã gộp" in person.page and "Tên tôi nhập" in person.page
    person.post(f"{path}/rows", {"act": "confirm", "n": "1"}, on=path)
    assert person.last.status_code == 422
    assert tasks_at(house, path) == dropped != before


def test_rows_are_merged_and_split_again(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)

    def of_two_offices() -> list[Any]:
        rows = [each for each in tasks_at(house, path) if each["state"] != "dropped"]
        return [each for each in rows if re.search("bố trí kinh phí|Sở Nội vụ", each["task"]["quote"])]

    person.post(f"{path}/rows", {"act": "merge", "n": [str(each["number"]) for each in of_two_offices()]}, on=path)
    (row,) = of_two_offices()
    assert sum(each["state"] == "dropped" for each in tasks_at(house, path)) == 1
    page = person.get(f"{path}?row={row['number']}").text
    (at,) = re.findall(r'type="radio" name="at" value="(\d+)"', page)
    person.post(f"{path}/rows/{row['number']}", {**form_of(person, path, row["number"]), "act": "split", "at": at})
    assert [each["task"]["leads"][0]["office"] for each in of_two_offices()] == ["STC", "SNV"]


def test_the_house_learns_what_offices_are_called(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)
    words = "Trung tâm Kiểm soát bệnh tật"
    assert words in person.get(path).text
    person.post(f"{path}/offices", {"words": words, "office": "Sở Không Có"})
    assert person.last is not None and person.last.status_code == 422 and 'value="Sở Không Có"' in person.last.text
    person.post(f"{path}/offices", {"words": words, "office": "Sở Y tế"})
    assert "Đã ghi tên cơ quan" in person.page
    with reading_session(house.store.engine) as session:
        assert spellings(session) == {words: "SYT"}
    other = taken_in(person, TEXT.replace("15/KH-UBND", "16/KH-UBND"))
    watched = next(each for each in tasks_at(house, other) if "theo dõi tình hình" in each["task"]["quote"])
    assert watched["task"]["leads"] == [{"text": words, "office": "SYT", "many": False}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tệp rỗng"),
        (b"%PDF-1.4\nnothing\n", "van-ban"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx"),
        (b"\x00\x01\x02\x03" * 300, "van-ban"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(house: House, content: bytes, said: str) -> None:
    person = house.coordinator()
    person.get(HOME)
    person.post(HOME, {"text": ""}, files=[("file", ("van-ban.bin", content, "application/octet-stream"))])
    assert person.last is not None and person.last.status_code == 422
    assert said in person.page
    with reading_session(house.store.engine) as session:
        assert not session.exec(select(DirectiveDraft)).all()


def test_a_scan_another_language_and_nothing_to_do_are_told(house: House) -> None:
    person = house.coordinator()
    person.post(HOME, {}, on=HOME)
    assert "Chọn tệp văn bản" in person.page
    taken_in(person, "The Department of Health shall review the list of clinics and report to the committee. " * 8)
    assert "không phải tiếng Việt" in person.page
    path = taken_in(person, "Năm qua tình hình dịch bệnh trên địa bàn tỉnh cơ bản ổn định, nhân dân phấn khởi.\n" * 3)
    assert "Không thấy nhiệm vụ nào" in person.page and "bấm +" in person.page
    person.post(f"{path}/drop")
    assert "Đã bỏ bản thảo" in person.page
    person.post(f"{path}/drop", on=HOME)
    assert "Đã bỏ bản thảo" in person.page, "the button pressed twice"
    assert "Bản thảo đã bỏ" in person.get(path).text, "it is kept"


def test_launching_says_all_that_is_missing_and_keeps_what_was_typed(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)
    person.post(f"{path}/launch", LAUNCH, on=f"{path}/launch")
    assert "Chưa xác nhận nhiệm vụ nào" in person.page
    person.post(f"{path}/rows", {"act": "confirm", "n": "1"}, on=path)
    person.post(f"{path}/launch", {**LAUNCH, "code": "kh 15", "number": "không số", "on_date": "31/02/2023"})
    assert person.last is not None and person.last.status_code == 422
    for each in ("Mã chỉ đạo", "Số văn bản", "Ngày văn bản giao việc"):
        assert each in person.page
    person.post(f"{path}/launch", {**LAUNCH, "title": "Nhắc ông Nguyễn Văn Hùng, căn cước 079085001234"})
    assert "Tên chỉ đạo: có" in person.page
    person.post(f"{path}/launch", {**LAUNCH, "code": "kh 15", "number": "không số", "on_date": "31/02/2023"})
    assert 'value="31/02/2023"' in person.last.text and 'value="kh 15"' in person.last.text
    person.post(f"{path}/launch", {**LAUNCH, "code": "CD-2023-08-17", "leave_out": "yes"})
    assert "đã có trong kho" in person.page
    person.post(f"{path}/launch", {**LAUNCH, "on_date": "19/08/2023", "leave_out": "yes"})
    assert "tương lai" in person.page
    person.post(f"{path}/launch", LAUNCH)
    assert "chưa xác nhận, sẽ không được giao" in person.page
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes", "digest": "0" * 64})
    assert "đã thay đổi từ lúc xem trước" in person.page
    assert draft_at(house, path).launch["number"] == "15/KH-UBND", "kept for the next time"


def test_targets_are_in_the_plan_or_told_before_it_is_launched(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person)
    for row, target in ((1, "đạt tối thiểu 80% cơ sở"), (2, "từ 80% đến 90%")):
        person.post(f"{path}/rows/{row}", {**form_of(person, path, row), "target": target, "act": "here"})
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes"}, on=f"{path}/launch")
    assert "Chỉ tiêu: đạt tối thiểu 80% cơ sở" in person.page
    left = person.page.split("Chỉ tiêu không vào kế hoạch")[1].split("Ai được giao")[0]
    assert "từ 80% đến 90%" in left and "tối thiểu 80%" not in left


def test_a_table_of_many_rows_is_one_page(house: House) -> None:
    person = house.coordinator()
    rows = "".join(
        f"{n}. Giao Sở Y tế chủ trì, phối hợp với Sở Tài chính xây dựng báo cáo số {n} trước ngày 30/9/2023.\n"
        for n in range(1, 141)
    )
    path = taken_in(person, TEXT.split("1. Giao")[0] + rows)
    assert len(tasks_at(house, path)) == 140
    text = person.get(path).text
    assert len(re.findall(r'<li id="r\d+"', text)) == 140 and len(text) < 600_000
    person.post(f"{path}/rows", {"act": "sure"}, on=path)
    person.post(f"{path}/launch", LAUNCH, on=f"{path}/launch")
    assert person.last is not None
    digest = re.search(r'name="digest" value="(\w+)"', person.last.text)
    assert digest, person.page
    person.post(f"{path}/launch", {**LAUNCH, "digest": digest[1]})
    plan = house.store.of_today().plan
    assert [len(each.subtasks) for each in plan.priorities_of("KH-15-2023")] == [99, 41]


def test_the_page_reads_in_english_too(house: House, tmp_path: Path) -> None:
    person = house.coordinator()
    path = taken_in(person)
    person.get(f"/language/en?to={path}")
    assert "tasks confirmed" in person.page and "not stated" in person.page
    assert "Assigning document" in person.get(f"{path}/launch").text
