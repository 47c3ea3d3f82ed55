"""An office's deeds beyond one press: many acknowledged at once, a report looked over, corrected, taken back, found."""

import re
from datetime import date

from config.clock import end_of_day
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.work import verbs
from models.work.queries import history
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, TYPED_REPORT, assignment_in, at, number_of
from tests.support.evidence_files import word
from tests.support.people import House, Person

TASK = "T0.1"
GOOD = TYPED_REPORT | {"document_date": "18/08/2023"}


def sent(house: House) -> tuple[Person, int, str]:
    """SYT at its door, with T0.1 reported."""
    number = number_of(house.store, TASK)
    office, report = house.office(LEAD), f"/assignments/{number}/report"
    office.post(report, GOOD, on=report, files=[("files", ("bc.docx", word("Kết quả"), ""))])
    assert "Đã gửi báo cáo." in office.page
    return office, number, report


def test_the_letter_leads_to_one_press_for_all_that_is_new(house: House) -> None:
    deliver(house.store, now=house.clock.now)
    letter = next(each for each in letters(house.store.settings.mailbox_dir) if "Sở Y tế" in each.recipient)
    link = next(each for each in letter.text.split() if each.endswith("?to=/acknowledge"))
    number = number_of(house.store, TASK)
    house.stranger().get(house.path(link))  # a scanner follows the link
    assert assignment_in(house.store, number).state is State.ASSIGNED
    office = house.stranger()
    office.get(house.path(link))
    assert "Tiếp nhận việc mới" in office.page
    numbers = re.findall(r'name="n" value="(\d+)" checked', office.last.text) if office.last else []
    assert str(number) in numbers
    office.post("/acknowledge", {"n": numbers})
    assert "Đã tiếp nhận." in office.page
    assert all(assignment_in(house.store, int(each)).state is State.ACKNOWLEDGED for each in numbers)
    office.post("/acknowledge", {"n": numbers})
    assert "Đã tiếp nhận." in office.page, "pressed twice it changes nothing"


def test_of_many_what_has_changed_meanwhile_keeps_none_of_the_others(house: House) -> None:
    office, number = house.office(LEAD), number_of(house.store, TASK)
    office.get("/acknowledge")
    assert "Tiếp nhận" in house.office(LEAD).get("/assignments").text
    answer = office.post("/acknowledge", {"n": ["9999", str(number)]})
    assert answer.status_code == 422 and "Đã tiếp nhận 1 việc" in office.page and "9999" in office.page
    assert assignment_in(house.store, number).state is State.ACKNOWLEDGED
    assert office.post("/acknowledge", {}).status_code == 422


def test_a_report_is_looked_over_and_nothing_is_sent_before_that(house: House) -> None:
    number = number_of(house.store, TASK)
    office, report = house.office(LEAD), f"/assignments/{number}/report"
    files = [("files", ("bc.docx", word("Kết quả"), ""))]
    office.post(report, {**GOOD, "action": "preview"}, on=report, files=files)
    assert "Chưa gửi." in office.page and "45/BC-SYT, 18/08/2023" in office.page and "bc.docx" in office.page
    assert assignment_in(house.store, number).state is State.ASSIGNED
    assert "có bản nháp" in house.office(LEAD).get("/assignments").text
    office.post(report, {**GOOD, "so_ton_tai": "", "action": "preview"}, on=report)
    assert "chưa điền" in office.page
    office.post(report, {**GOOD, "action": "preview"}, on=report)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', office.last.text))  # type: ignore[union-attr]
    office.post(report, {**GOOD, "submission": fields["submission"]})
    assert "Đã gửi báo cáo." in office.page


def test_a_sent_report_is_corrected_as_a_new_version(house: House) -> None:
    office, number, report = sent(house)
    office.get(report)
    assert "Sửa báo cáo lần 1" in office.page and 'value="45/BC-SYT"' in office.last.text and "bc.docx" in office.page  # type: ignore[union-attr]
    kept = re.findall(r'name="keep" value="(\d+)" checked', office.last.text)  # type: ignore[union-attr]
    correction = {**GOOD, "so_ton_tai": "4", "corrects": "1", "keep_listed": "yes"}
    office.post(report, {**correction, "keep": kept})
    assert "Đã gửi báo cáo sửa" in office.page and "đã rút lại" in office.page
    with reading_session(house.store.engine) as session:
        found = history(session, number, now=house.clock.now)
    assert [each.counts["so_ton_tai"] for each in found.reports] == [3, 4]
    stale = office.post(report, {**correction, "submission": "0" * 32})
    assert stale.status_code == 422 and "không còn chờ quyết định" in office.page


def test_a_file_that_was_unticked_stays_so_until_the_correction_is_sent(house: House) -> None:
    office, number, report = sent(house)
    correction = {**GOOD, "so_ton_tai": "4", "corrects": "1", "keep_listed": "yes"}
    for action in ("save", "attach", "preview"):
        files = [("files", ("moi.docx", word("Bản mới"), ""))] if action == "attach" else None
        office.post(report, {**correction, "action": action}, on=report, files=files)
        office.get(report)
        (ticked,) = re.findall(r'name="keep" value="\d+"( checked)?', office.last.text)  # type: ignore[union-attr]
        assert not ticked, action
    (new,) = re.findall(r'value="(remove-\d+)"', office.last.text)  # type: ignore[union-attr]
    office.post(report, {**correction, "action": new}, on=report)
    assert not re.findall(r'name="keep" value="\d+" checked', office.last.text)  # type: ignore[union-attr]
    (file,) = re.findall(r'name="keep" value="(\d+)"', office.last.text)  # type: ignore[union-attr]
    office.post(f"/assignments/{number}/draft", {**correction, "keep": file})
    assert re.findall(r'name="keep" value="\d+" checked', office.get(report).text), "ticked again"


def test_a_form_sent_once_more_after_it_was_taken_back_is_sent_again(house: House) -> None:
    office, number, report = (
        house.office(LEAD),
        number_of(house.store, TASK),
        f"/assignments/{number_of(house.store, TASK)}/report",
    )
    form = office.get(report)
    office.post(report, GOOD)
    office.post(f"/assignments/{number}/take-back", {"version": "1"}, on=f"/assignments/{number}")
    for _ in range(2):
        office.last = form
        office.post(report, GOOD)
        assert "Đã gửi báo cáo." in office.page
    with reading_session(house.store.engine) as session:
        assert len(history(session, number, now=house.clock.now).reports) == 2
    assert assignment_in(house.store, number).state is State.REPORTED


def test_a_sent_report_is_taken_back_and_found_in_the_form(house: House) -> None:
    office, number, report = sent(house)
    office.post(f"/assignments/{number}/take-back", {"version": "1"}, on=f"/assignments/{number}")
    assert "Đã rút lại báo cáo" in office.page and "bc.docx" in office.page
    assert 'value="45/BC-SYT"' in office.last.text  # type: ignore[union-attr]
    assert assignment_in(house.store, number).state is State.ACKNOWLEDGED
    again = office.post(f"/assignments/{number}/take-back", {"version": "1"}, on=f"/assignments/{number}")
    assert again.status_code == 200 and "Đã rút lại báo cáo" in office.page, "pressed twice, done once"
    office.post(report, GOOD, on=report)
    assert "Đã gửi báo cáo." in office.page


def test_time_is_asked_for_by_working_days_and_the_request_withdrawn(house: House) -> None:
    office, number = house.office(LEAD), number_of(house.store, TASK)
    here = f"/assignments/{number}"
    office.get(f"{here}/extension")
    days = re.findall(r'name="longer" value="([^"]+)"', office.last.text)  # type: ignore[union-attr]
    assert days == ["2023-09-14", "2023-09-18", "2023-09-25"], "3, 5 and 10 working days after 11/9"
    assert office.post(f"{here}/extension", {"reason": "Chờ số liệu."}, on=f"{here}/extension").status_code == 422
    office.post(f"{here}/extension", {"longer": days[1], "reason": "Chờ số liệu."}, on=f"{here}/extension")
    assert "18/09/2023" in office.page and "Rút đề nghị" in office.page
    office.post(f"{here}/extension/withdraw")
    assert "Đã rút đề nghị gia hạn" in office.page
    office.post(f"{here}/extension/withdraw", on=here)
    assert "Đã rút đề nghị gia hạn" in office.page, "pressed twice, done once"
    # a Saturday counts as the Monday after it, as it does when more time is granted
    office.post(f"{here}/extension", {"until": "16/09/2023", "reason": "Chờ số liệu."}, on=f"{here}/extension")
    assert "18/09/2023" in office.page


def test_overdue_work_says_why_no_more_time_can_be_asked_for(house: House) -> None:
    number, office = number_of(house.store, TASK), house.office(LEAD)
    house.clock.now = at("2023-09-20")
    office = house.office(LEAD)
    office.get(f"/assignments/{number}")
    assert "Không xin gia hạn được nữa" in office.page and "/extension" not in office.last.text  # type: ignore[union-attr]
    office.get(f"/assignments/{number}/extension")
    assert "gia hạn phải xin trước khi hết hạn" in office.page


def test_finished_work_is_found_by_year_and_words(house: House) -> None:
    office, number, _ = sent(house)
    with session_scope(house.store.engine) as session:
        verbs.accept(session, number, house.store.actor_context(now=house.clock.now, actor="coordinator"))
        assert session.get_one(Assignment, number).due_at == end_of_day(date(2023, 9, 11))
    office.get("/archive")
    assert "45/BC-SYT" in office.page and "2023 (1)" in office.page and "đúng hạn" in office.page
    assert "45/BC-SYT" not in office.get("/archive?year=2022").text
    assert "45/BC-SYT" in office.get(f"/archive?year=2023&q={number}").text
    assert office.get("/archive?year=20x3").status_code == 422
    assert [office.get(f"/archive?year={year}").status_code for year in ("0000", "0001", "9999")] == [422, 422, 422]
    assert [office.get(f"/archive?year={year}").status_code for year in ("1990", "2100")] == [200, 200]


def test_the_calendar_is_added_by_a_link(house: House) -> None:
    office = house.office(LEAD)
    office.get("/calendar")
    assert 'href="webcal://' in office.last.text  # type: ignore[union-attr]
