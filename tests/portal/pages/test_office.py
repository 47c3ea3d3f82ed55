"""An office at its door: from the link in a message to an accepted report."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import event

from intake import sandbox
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.work import verbs
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, assignment_in, assignment_of, at, number_of, run
from tests.support.cast import TYPED_REPORT as GOOD
from tests.support.editor import fields_of
from tests.support.evidence_files import jpeg, pdf, word
from tests.support.people import House, withdrawn_by

TASK = "T0.1"


def test_the_whole_story_of_a_report(house: House) -> None:
    number = number_of(house.store, TASK)
    house.clock.now = at("2023-08-21", 9)
    office, coordinator = house.office(LEAD), house.coordinator()
    assert "Báo cáo phân tích nguyên nhân tồn tại" in office.page

    office.post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}")
    assert "Đã tiếp nhận." in office.page
    assert "bỏ qua 1–4/9" in office.page

    report = f"/assignments/{number}/report"
    office.post(report, {**GOOD, "action": "attach"}, on=report, files=[("files", ("bc.docx", word("Kết quả"), ""))])
    assert "bc.docx" in office.page and "Đã thêm tệp." in office.page
    assert 'value="45/BC-SYT"' in office.last.text, "what was typed is still there"
    office.post(report, GOOD)
    assert "Đã gửi báo cáo." in office.page
    assert assignment_in(house.store, number).state is State.REPORTED

    coordinator.get("/desk")
    assert "Sở Y tế" in coordinator.page
    coordinator.post(
        f"/assignments/{number}/return",
        {"return_reason": "Thiếu số liệu quý II.", "version": "1"},
        on=f"/assignments/{number}",
    )
    assert "Đã trả lại báo cáo." in coordinator.page

    office.get(report)
    assert "Thiếu số liệu quý II." in office.page
    assert 'value="45/BC-SYT"' in office.last.text, "the returned report is there to be corrected"
    office.post(report, {**GOOD, "text": "Đã bổ sung số liệu quý II."})
    coordinator.post(f"/assignments/{number}/accept", {"version": "2"}, on=f"/assignments/{number}")
    assert "Đã xác nhận báo cáo." in coordinator.page
    assert assignment_in(house.store, number).state is State.ACCEPTED
    assert "bc.docx" in office.get(f"/assignments/{number}").text


def test_a_scan_is_marked_as_one_and_a_file_taken_back_leaves_nothing(house: House) -> None:
    number = number_of(house.store, TASK)
    house.clock.now = at("2023-08-21", 9)
    office, report = house.office(LEAD), f"/assignments/{number}/report"
    office.post(report, {**GOOD, "action": "attach"}, on=report, files=[("files", ("quet.pdf", pdf(""), ""))])
    assert "có trang là ảnh" in office.page
    remove = re.search(r'value="(remove-\d+)"', office.get(report).text)
    assert remove is not None
    office.post(report, {**GOOD, "action": remove[1]})
    assert "quet.pdf" not in office.page
    place = house.store.settings.data_dir / "attachments"
    assert [each for each in place.rglob("*") if each.is_file()] == []


def test_a_digest_leads_to_the_page_in_one_touch(house: House) -> None:
    deliver(house.store, now=house.clock.now)
    letter = next(each for each in letters(house.store.settings.mailbox_dir) if "Sở Y tế" in each.recipient)
    link = next(word for word in letter.text.split() if word.startswith(house.store.settings.portal_url))
    visitor = house.stranger()
    visitor.get(house.path(link))
    assert visitor.last.status_code == 200
    assert "Sở Y tế" in visitor.page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"so_ton_tai": "ba"}, "không phải số nguyên"),
        ({"so_ton_tai": ""}, "chưa điền"),
        ({"document_number": ""}, "chưa ghi số, ký hiệu"),
        ({"document_date": "2023-13-45"}, "Ngày văn bản"),
        ({"text": "Liên hệ 0912 345 678"}, "số điện thoại"),
        ({"text": "Xác minh ông Nguyễn Văn A"}, "tên người"),
        ({"text": "Nội dung (MẬT) kèm theo"}, "độ mật"),
    ],
)
def test_a_slip_is_named_in_its_field_and_everything_typed_stays(
    house: House, change: dict[str, str], told: str
) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    answer = office.post(f"/assignments/{number}/report", {**GOOD, **change}, on=f"/assignments/{number}/report")
    assert answer.status_code == 422
    assert told in office.page
    kept = fields_of(office, f"/assignments/{number}/report")
    for name, typed in {**GOOD, **change}.items():
        if name != "action":
            day = re.fullmatch(r"(20\d\d)-(0\d|1[0-2])-(\d\d)", typed)  # shown as people write it
            assert kept[name] == ("/".join(reversed(day.groups())) if day else typed), name
    assert assignment_in(house.store, number).state is State.ASSIGNED


def test_a_refused_report_keeps_its_draft_and_its_files_in_one_transaction(house: House) -> None:
    number, office = number_of(house.store, TASK), house.office(LEAD)
    report = f"/assignments/{number}/report"
    office.get(report)
    commits: list[object] = []
    event.listen(house.store.engine, "commit", commits.append)
    faulty = {**GOOD, "so_ton_tai": "", "text": "Đang tổng hợp số liệu."}
    answer = office.post(report, faulty, files=[("files", ("bc.docx", word("Kết quả"), ""))])
    assert (answer.status_code, len(commits)) == (422, 1)
    assert assignment_in(house.store, number).state is State.ASSIGNED
    office.get(report)
    assert "bc.docx" in office.page and "Đang tổng hợp số liệu." in office.page
    commits.clear()
    office.post(report, {**GOOD, "action": "send"}, files=[("files", ("pl.docx", word("Phụ lục"), ""))])
    assert "Đã gửi báo cáo." in office.page and len(commits) == 1
    assert "bc.docx" in office.page and "pl.docx" in office.page


def test_a_file_that_may_not_be_taken_leaves_the_draft_and_the_file_before_it(house: House) -> None:
    number, office = number_of(house.store, TASK), house.office(LEAD)
    report = f"/assignments/{number}/report"
    files = [("files", ("bc.docx", word("Kết quả"), "")), ("files", ("x.exe", b"MZ", ""))]
    answer = office.post(report, {**GOOD, "text": "Đang tổng hợp."}, on=report, files=files)
    assert answer.status_code == 422 and "x.exe" in office.page
    assert assignment_in(house.store, number).state is State.ASSIGNED
    office.get(report)
    assert "bc.docx" in office.page and "x.exe" not in office.page and "Đang tổng hợp." in office.page


def test_of_several_files_the_good_are_kept_and_every_bad_one_is_named(house: House) -> None:
    number, office = number_of(house.store, TASK), house.office(LEAD)
    report = f"/assignments/{number}/report"
    sent = {
        "x.exe": b"MZ",
        "bc.docx": word("Kết quả"),
        "hong.pdf": b"%PDF-1.7 x",
        "anh.jpg": jpeg(),
        "lai.docx": word("Kết quả"),
    }
    answer = office.post(
        report, GOOD, on=report, files=[("files", (name, content, "")) for name, content in sent.items()]
    )
    assert answer.status_code == 422
    assert all(f"«{name}»" in office.page for name in ("x.exe", "hong.pdf", "lai.docx"))
    assert "giống hệt tệp «bc.docx»" in office.page
    assert assignment_in(house.store, number).state is State.ASSIGNED
    office.get(report)
    assert "bc.docx" in office.page and "anh.pdf" in office.page and "x.exe" not in office.page


def test_whose_assignment_it_is_is_asked_before_a_file_is_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(sandbox, "run", never)
    number, stranger = number_of(house.store, TASK), house.office("STP")
    stranger.get("/")
    files = [("files", ("bc.docx", word("Kết quả"), ""))]
    assert stranger.post(f"/assignments/{number}/report", {**GOOD, "action": "attach"}, files=files).status_code == 404


def test_too_many_files_at_once_are_told_to_come_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: str, name: str, __: bytes) -> None:
        raise sandbox.Busy(f"Tệp «{name}»: đợi.", "wait")

    number, office = number_of(house.store, TASK), house.office(LEAD)
    report = f"/assignments/{number}/report"
    monkeypatch.setattr(sandbox, "run", busy)
    answer = office.post(report, {**GOOD, "action": "attach"}, on=report, files=[("files", ("bc.docx", word("x"), ""))])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(sandbox.Busy.RETRY_AFTER))
    office.get(report)
    assert GOOD["text"] in office.page, "the draft is kept"


def test_sent_twice_is_one_report(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    page = office.get(f"/assignments/{number}/report")
    first = office.post(f"/assignments/{number}/report", GOOD)
    office.last = page
    second = office.post(f"/assignments/{number}/report", GOOD)
    assert first.status_code == second.status_code == 200
    assert "Đã gửi báo cáo." in office.page
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="x")
        verbs.accept(session, number, context, version=1)


def test_more_time_is_asked_for_refused_and_granted(house: House) -> None:
    number = number_of(house.store, TASK)
    office, coordinator = house.office(LEAD), house.coordinator()
    ask, decide = f"/assignments/{number}/extension", f"/assignments/{number}"
    office.post(ask, {"until": "2023-09-20", "reason": "Chờ số liệu cấp xã."}, on=ask)
    assert "Đã gửi đề nghị gia hạn." in office.page
    assert "Chờ số liệu cấp xã." in coordinator.get("/desk").text
    coordinator.post(f"{decide}/refuse", {"refuse_extension_reason": "Việc đã rõ."}, on=decide)
    assert "Việc đã rõ." in office.get(decide).text
    office.post(ask, {"until": "2023-09-22", "reason": "Cần thêm thời gian."}, on=ask)
    coordinator.post(f"{decide}/grant", {"until": "2023-09-21"}, on=decide)
    task = assignment_in(house.store, number)
    assert (task.due_date, task.original_due_date) == (date(2023, 9, 21), date(2023, 9, 11))
    office.get(decide)
    assert "hạn gốc 11/09/2023" in office.page


def test_an_extension_without_a_good_date_or_reason_keeps_what_was_typed(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    ask = f"/assignments/{number}/extension"
    answer = office.post(ask, {"until": "2023-09-01", "reason": "Cần thêm thời gian."}, on=ask)
    assert answer.status_code == 422
    assert "Cần thêm thời gian." in office.page
    assert "không sau hạn hiện tại" in office.page


def test_the_lead_sees_the_input_of_those_who_help_before_reporting(house: House) -> None:
    lead, helper = number_of(house.store, TASK), number_of(house.store, TASK, office="CAT", role=Role.COORDINATING)
    with session_scope(house.store.engine) as session:
        assert assignment_of(session, TASK, office="CAT", role=Role.COORDINATING).id == helper
        lead_of_helper = session.get_one(Assignment, helper).lead_office
    cat = house.office("CAT")
    cat.post(
        f"/assignments/{helper}/report",
        {"text": "Ý kiến phối hợp của Công an tỉnh.", "action": "send"},
        on=f"/assignments/{helper}/report",
    )
    assert "Đã gửi báo cáo." in cat.page
    office = house.office(lead_of_helper)
    own = number_of(house.store, TASK, office=lead_of_helper)
    assert "Ý kiến phối hợp của Công an tỉnh." in office.get(f"/assignments/{own}/report").text
    assert lead


def test_a_report_on_work_withdrawn_meanwhile_is_told_and_its_text_kept(house: House) -> None:
    number = number_of(house.store, TASK)
    office, coordinator = house.office(LEAD), house.coordinator()
    office.get(f"/assignments/{number}/report")
    form = office.last
    coordinator.get(f"/assignments/{number}")
    withdrawn_by(coordinator, number)
    office.last = form
    answer = office.post(f"/assignments/{number}/report", GOOD)
    assert answer.status_code == 409
    assert "đã thu hồi" in office.page
    assert GOOD["text"] in office.page


def test_delegating_notes_a_unit_and_refuses_a_person(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    office.post(f"/assignments/{number}/delegate", {"unit": "Phòng Nghiệp vụ Y"}, on=f"/assignments/{number}")
    assert "Phòng Nghiệp vụ Y" in office.page
    answer = office.post(f"/assignments/{number}/delegate", {"unit": "Bà Lê Thị B"})
    assert answer.status_code == 422
    assert "tên người" in office.page


def test_typing_is_kept_as_a_draft_without_what_may_not_be(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    office.get(f"/assignments/{number}/report")
    form = office.last
    office.post(f"/assignments/{number}/draft", {"so_ton_tai": "7", "text": "Gọi 0912345678"})
    assert "số điện thoại" in office.page
    office.last = form
    assert 'value="7"' in office.get(f"/assignments/{number}/report").text
    assert "0912345678" not in office.last.text


def test_injected_markup_is_shown_as_text(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    evil = "<script>alert(1)</script>{{ 7*7 }}'; DROP TABLE report; --"
    office.post(f"/assignments/{number}/report", {**GOOD, "text": evil}, on=f"/assignments/{number}/report")
    page = office.get(f"/assignments/{number}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


def test_when_the_session_ends_while_typing_the_text_is_shown_to_be_copied(house: House) -> None:
    number = number_of(house.store, TASK)
    office = house.office(LEAD)
    office.get(f"/assignments/{number}/report")
    house.clock.now += timedelta(hours=13)
    answer = office.post(f"/assignments/{number}/report", GOOD)
    assert answer.status_code == 401
    assert GOOD["text"] in office.page


@pytest.mark.sqlite_only
def test_what_is_vietnamese_only_is_shown_under_english_and_said_to_be_so(house: House) -> None:
    plan, number = house.store.plan, number_of(house.store, TASK)
    subtask = next(each for each in plan.subtasks() if each.steps and each.boundary_vi and each.basis_note_vi)
    with session_scope(house.store.engine) as session:
        session.get_one(Assignment, number).subtask = subtask.code
        session.get_one(Assignment, number).step = subtask.steps[0].key
    office = house.office(LEAD)
    for path in (f"/assignments/{number}", f"/assignments/{number}/report"):
        for language in ("vi", "en"):
            text = unescape(office.get(f"/language/{language}?to={path}").text)
            shown = [subtask.boundary_vi, *((subtask.quote, subtask.basis_note_vi) if path[-1] != "t" else ())]
            for words in shown:
                assert re.search(
                    rf'lang="vi">[^<]*(<p class="meta" lang="en">[^<]*</p>)?(<p>)?“?{re.escape(words)}', text
                )
            assert text.count("in Vietnamese") == (len(shown) if language == "en" else 0)


def test_a_long_list_is_read_by_section_page_and_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.pages.overview.PREVIEW_SIZE", 1)
    monkeypatch.setattr("portal.pages.overview.PAGE_SIZE", 1)
    run(house.store, "p3", at("2023-08-18"), offices=())
    office = house.office(LEAD)
    more = re.search(r'href="(/assignments\?section=(\w+))">', office.get("/assignments").text)
    assert more is not None
    found = re.findall(r'class="card" href="(/assignments/\d+)"', office.get(more[1]).text)
    while later := re.search(r'href="(/assignments\?[^"]*)">tiếp', office.last.text):
        found += re.findall(r'class="card" href="(/assignments/\d+)"', office.get(unescape(later[1])).text)
    assert len(found) == len(set(found)) > 2
    number = number_of(house.store, TASK)
    page = office.get("/assignments?q=phan+tich+nguyen+nhan").text
    cards = re.findall(r'class="card" href="(/assignments/\d+)"', page)
    assert cards == [f"/assignments/{number}"]
    office.get("/assignments?q=khong+co+gi+giong+the")
    assert "Không có việc nào phù hợp" in office.page


@pytest.mark.parametrize(
    ("asked", "status"),
    [("section=zzz", 422), ("section=later&page=99", 404), ("page=2", 422), ("page=x", 422), ("of=1", 422)],
)
@pytest.mark.sqlite_only
def test_what_its_list_cannot_be_asked_is_told(house: House, asked: str, status: int) -> None:
    office = house.office(LEAD)
    assert office.get(f"/assignments?{asked}").status_code == status
    assert re.search("Phần:|Trang:|Không có trang|không dùng ở trang này", office.page)


def test_a_form_that_was_open_when_a_version_came_is_taken(house: House) -> None:
    number, office = number_of(house.store, TASK), house.office(LEAD)
    office.post(f"/work/{number}/acknowledge", {}, on=f"/assignments/{number}")
    assert assignment_in(house.store, number).state is State.ACKNOWLEDGED
