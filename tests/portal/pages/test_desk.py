"""The coordinator's desk and the manager's board."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from config import clock
from config.clock import end_of_day
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from models.delivery.channel_health import unheard_offices
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState, State
from models.tables.outbox import Message, Notice
from models.tables.party import Part, Party
from models.tables.report import Question
from models.work import verbs
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from notifications.words.coordinator_letters import FailedRun, FailureKind, write_failed_runs_letter
from portal.pages import desk
from tests.support.cast import LEAD, at, number_of, run, t0_report
from tests.support.clocks import TEN_YEARS, set_clock
from tests.support.people import House, Person, withdrawn_by


def test_ad_hoc_work_is_assigned_from_the_desk_and_a_double_press_is_one(house: House) -> None:
    coordinator = house.coordinator()
    wanted = {
        "title": "Báo cáo nhanh công tác phối hợp dịp lễ",
        "subtask": "T3.4",
        "lead": "SYT",
        "coordinating": ["CAT", "SNV"],
        "due_on": "2023-08-30",
        "urgency": "urgent",
    }
    coordinator.get("/desk/assign")
    form = coordinator.last
    first = coordinator.post("/desk/assign", wanted)
    assert "Đã giao việc đột xuất." in coordinator.page
    assert "Báo cáo nhanh công tác phối hợp dịp lễ" in coordinator.page
    coordinator.last = form
    assert coordinator.post("/desk/assign", wanted).url == first.url
    assert "Báo cáo nhanh" in house.office("CAT").get("/assignments").text


def test_what_is_wrong_with_ad_hoc_work_is_listed_and_the_form_kept(house: House) -> None:
    coordinator = house.coordinator()
    wrong = {
        "title": "Nhắc ông Trần Văn B",
        "subtask": "T3.4",
        "lead": "SYT",
        "coordinating": ["SYT"],
        "due_on": "2023-08-02",
    }
    answer = coordinator.post("/desk/assign", wrong, on="/desk/assign")
    assert answer.status_code == 422
    for words in ("tên người", "02/08/2023 đã qua"):
        assert words in coordinator.page
    assert "Nhắc ông Trần Văn B" in coordinator.page


def test_suspended_work_rests_and_goes_on_with_the_days_given_back(house: House) -> None:
    number = number_of(house.store, "T0.1")
    coordinator, page = house.coordinator(), f"/assignments/{number}"
    coordinator.post(f"{page}/suspend", {"suspend_reason": "Chờ hướng dẫn của cấp trên."}, on=page)
    assert "Đã tạm dừng việc." in coordinator.page
    run(house.store, "p1", at("2023-09-20"), offices=())
    deliver(house.store, now=at("2023-09-20"))
    told = [letter.text for letter in letters(house.store.settings.mailbox_dir) if "Sở Y tế" in letter.recipient]
    assert any("lý do: Chờ hướng dẫn của cấp trên." in text for text in told)
    with session_scope(house.store.engine) as session:
        assert session.get_one(Assignment, number).state is State.SUSPENDED
    house.clock.now += timedelta(days=7)
    coordinator = house.coordinator()
    coordinator.post(f"{page}/resume", {"until": ""}, on=page)
    assert "Việc được tiếp tục." in coordinator.page
    assert "18/09/2023" in coordinator.page, "five working days were given back"
    assert "hạn gốc 11/09/2023" in coordinator.page


def test_two_people_decide_and_the_second_is_told(house: House) -> None:
    number = number_of(house.store, "T0.1")
    first, second, page = house.coordinator(), house.coordinator(), f"/assignments/{number}"
    second.get(page)
    assert f'href="/desk/deeds?n={number}&amp;act=withdraw"' in first.get(page).text
    withdrawn_by(first, number)
    assert "Hoàn tác cả lần điều chỉnh này" in first.page
    answer = second.post(f"{page}/suspend", {"suspend_reason": "Chờ hướng dẫn."})
    assert answer.status_code == 409
    assert "đã thu hồi" in second.page


def test_a_page_from_before_the_report_came_says_what_to_do_first(house: House) -> None:
    number = number_of(house.store, "T0.1")
    coordinator, page, form = house.coordinator(), f"/assignments/{number}", f"/desk/deeds?n={number}&act=withdraw"
    assert re.search('value="withdraw" checked', coordinator.get(form).text)
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="office:SYT")
        verbs.report(session, number, t0_report(), context)
    asked = {"n": str(number), "act": "withdraw", "reason": "Giao lại cho cơ quan khác."}
    answer = coordinator.post("/desk/deeds", asked)
    assert answer.status_code == 409
    assert "không thể thu hồi; xác nhận hoặc trả lại báo cáo trước" in coordinator.page
    shown = coordinator.get(page).text
    assert "act=withdraw" not in shown
    assert "Muốn tạm dừng hay thu hồi: xác nhận hoặc trả lại báo cáo trước." in shown
    assert f"/desk/deeds?n={number}" in shown, "its date may still be changed"


def test_a_silence_holds_reminders_back_until_it_is_lifted(house: House) -> None:
    coordinator = house.coordinator()
    fields = {"office": "SYT", "subtask": "", "until": "2023-09-30", "reason": "Đang sắp xếp tổ chức."}
    coordinator.post("/desk/silences", fields, on="/desk/silences")
    assert "Đã tạm ngừng nhắc việc." in coordinator.page
    deliver(house.store, now=at("2023-08-18", 10))
    run(house.store, "p1", at("2023-09-12"), offices=())
    deliver(house.store, now=at("2023-09-12"))
    with session_scope(house.store.engine) as session:
        told = session.scalars(select(Notice).where(col(Notice.office) == "SYT", col(Notice.kind) == "overdue")).all()
        assert {notice.state for notice in told} == {NoticeState.CANCELLED}
        assert {notice.reason for notice in told} == {"silenced"}
        others = session.scalars(select(Notice).where(col(Notice.office) == "SNV", col(Notice.kind) == "overdue")).all()
        assert {notice.state for notice in others} == {NoticeState.SENT}
    coordinator.post("/desk/silences/1/lift", on="/desk/silences")
    run(house.store, "p1", at("2023-09-15"), offices=())
    deliver(house.store, now=at("2023-09-15"))
    with session_scope(house.store.engine) as session:
        told = session.scalars(select(Notice).where(col(Notice.office) == "SYT", col(Notice.kind) == "overdue")).all()
        assert NoticeState.SENT in {notice.state for notice in told}


def test_a_silence_of_nothing_or_of_yesterday_is_refused_with_its_words_kept(house: House) -> None:
    coordinator = house.coordinator()
    for fields, told in (
        ({"office": "", "subtask": "", "until": "2023-09-30", "reason": "Vì sao"}, "Chọn cơ quan, việc hoặc kỳ"),
        ({"period": "quý năm", "until": "2023-09-30", "reason": "Vì sao"}, "Kỳ «quý năm»"),
        ({"office": "SYT", "subtask": "", "until": "2023-08-01", "reason": "Vì sao"}, "đã qua"),
        ({"office": "SYT", "subtask": "", "until": "2023-09-30", "reason": ""}, "Lý do"),
    ):
        assert coordinator.post("/desk/silences", fields, on="/desk/silences").status_code == 422
        assert told in coordinator.page


def test_what_could_not_be_delivered_is_shown_and_sent_again(house: House) -> None:
    deliver(house.store, now=house.clock.now)
    with session_scope(house.store.engine) as session:
        lost = session.scalars(select(Message).where(col(Message.office) == "SYT")).one().id
        session.execute(
            update(Message)
            .where(col(Message.id) == lost)
            .values(state=MessageState.DEAD, error="Máy chủ thư từ chối (mã 550).")
        )
        session.execute(update(Notice).where(col(Notice.message_id) == lost).values(state=NoticeState.DEAD))
    before = len(letters(house.store.settings.mailbox_dir))
    for each in house.store.settings.mailbox_dir.glob("*.eml"):
        each.unlink()
    coordinator = house.coordinator()
    old = coordinator.get("/desk")
    assert "mã 550" in coordinator.page
    coordinator.post(f"/desk/messages/{lost}/again")
    assert "Sẽ gửi lại" in coordinator.page
    assert "mã 550" not in coordinator.page
    coordinator.last = old
    coordinator.post(f"/desk/messages/{lost}/again")
    assert "không còn nằm trong số thư không gửi được" in coordinator.page and "chờ gửi" in coordinator.page
    assert deliver(house.store, now=house.clock.now).sent == 1
    coordinator.last = old
    coordinator.post(f"/desk/messages/{lost}/again")
    assert "đã gửi" in coordinator.page
    assert deliver(house.store, now=house.clock.now).sent == 0, "a desk of yesterday queues no second letter"
    assert before > 1


def test_all_that_could_not_be_delivered_is_sent_again_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(house.store, now=house.clock.now)
    with session_scope(house.store.engine) as session:
        session.execute(update(Message).values(state=MessageState.DEAD, error="Máy chủ thư từ chối (mã 535)."))
        session.execute(update(Notice).values(state=NoticeState.DEAD))
        count = session.scalar(select(func.count()).select_from(Message)) or 0
    monkeypatch.setattr(desk, "DEAD_LETTERS_LISTED", 2)
    coordinator = house.coordinator()
    coordinator.get("/desk")
    assert count > 2 and f"Gửi lại tất cả ({count})" in coordinator.page
    assert f"Dưới đây là 2 thư, tin nhắn mới nhất trong tổng số {count}." in coordinator.page
    assert coordinator.page.count("mã 535") == 3, "two letters, and their channel"
    coordinator.post("/desk/messages/again")
    assert f"Số lượng: {count}." in coordinator.page and "mã 535" not in coordinator.page
    assert deliver(house.store, now=house.clock.now).sent == count
    coordinator.get("/desk?flash=all_queued_again&count=<b>")
    assert "Số lượng" not in coordinator.page


def test_a_channel_is_tried_and_says_what_happened(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.post("/desk/offices/SYT/try", {"desk": "focal"}, on="/desk/offices")
    assert "Đã gửi tin thử." in coordinator.page
    assert any("Tin thử" in letter.subject for letter in letters(house.store.settings.mailbox_dir))


def test_revoking_from_the_desk_closes_the_office_door(house: House) -> None:
    office, coordinator = house.office("SYT"), house.coordinator()
    coordinator.post("/desk/offices/SYT/revoke", on="/desk/offices")
    assert "Đã thu hồi mọi đường dẫn" in coordinator.page
    office.get("/assignments")
    assert "Đăng nhập trang đôn đốc" in office.page


def test_all_work_is_found_by_number_code_title_and_office_with_or_without_accents(house: House) -> None:
    manager, number = house.manager(), number_of(house.store, "T0.1")
    for query in (str(number), "T0.1", "phan tich nguyen nhan", "Sở Y tế", "so y te"):
        assert f'href="/assignments/{number}"' in manager.get(f"/assignments?q={query}").text, query
    assert "Không có việc nào phù hợp" in manager.get("/assignments?q=khong+co+gi+giong+the").text
    assert "Không có việc nào" in manager.get("/assignments?q=%27%20OR%201=1%20--").text


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("status=nope", 422, "Tình trạng: không có «nope»"),
        ("role=boss", 422, "Vai trò: không có «boss»"),
        ("office=ZZZ", 422, "Cơ quan «ZZZ» không có trong kế hoạch"),
        ("priority=p9", 422, "Nhiệm vụ «p9» không có trong kế hoạch"),
        ("subtask=T9.9", 422, "Việc «T9.9» không có trong kế hoạch"),
        ("page=-1", 422, "Trang: «-1» không phải số trang"),
        ("page=0", 422, "Trang: «0» không phải số trang"),
        ("page=abc", 422, "Trang: «abc» không phải số trang"),
        ("page=%D9%A1", 422, "không phải số trang"),
        ("page=99999", 404, "Không có trang 99999; danh sách này có"),
        ("q=" + "x" * 101, 422, "Tìm: dài 101 ký tự"),
        ("offfice=SYT", 422, "không dùng ở trang này: offfice"),
        ("period=2099", 200, "Không có việc nào phù hợp"),
    ],
)
@pytest.mark.sqlite_only
def test_what_a_list_cannot_be_asked_is_told(house: House, asked: str, status: int, told: str) -> None:
    manager = house.manager()
    assert manager.get(f"/assignments?{asked}").status_code == status
    assert told in manager.page
    assert 'href="/assignments/' not in manager.last.text


@pytest.mark.sqlite_only
def test_the_pages_of_lists_keep_what_was_asked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.pages.overview.PAGE_SIZE", 2)
    manager = house.manager()
    first = manager.get("/assignments?priority=p1&q=bao+cao").text
    onward = unescape(re.findall(r'href="(/assignments\?[^"]*page=2)"', first)[0])
    assert "priority=p1" in onward and "q=bao+cao" in onward
    second = manager.get(onward).text
    assert "3–4 /" in manager.page
    link = r'href="(/assignments/\d+)"'
    assert not set(re.findall(link, first)) & set(re.findall(link, second))
    assert house.coordinator().get("/desk?page=x").status_code == 422
    assert house.coordinator().get("/desk?page=2").status_code == 404


@pytest.mark.sqlite_only
def test_of_a_search_that_finds_very_much_the_page_says_that_there_is_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = house.manager()
    every = manager.get("/assignments?q=T0.1").text
    assert "phần việc)" in every and "hơn" not in every.partition('id="found"')[2]
    monkeypatch.setattr("models.work.lists.search_list.MOST_COUNTED", 2)
    monkeypatch.setattr("portal.pages.overview.PAGE_SIZE", 1)
    first = manager.get("/assignments?q=T0.1").text
    assert "hơn 2 phần việc" in first and "1–1 / hơn 2" in first and "page=2" in first
    third = manager.get("/assignments?q=T0.1&page=3").text
    assert "hơn" not in third.partition('id="found"')[2] and "phần việc)" in third, "counted whole further on"
    assert manager.get("/assignments?q=T0.1&page=9999").status_code == 404


@pytest.mark.sqlite_only
def test_every_list_of_the_desk_is_read_to_its_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is reached: questions and work without a date, of the coordinator and of an office."""
    monkeypatch.setattr(desk, "PAGE_SIZE", 2)
    monkeypatch.setattr("portal.pages.overview.PREVIEW_SIZE", 2)
    number = number_of(house.store, "T0.1")
    with session_scope(house.store.engine) as session:
        office = session.scalar(select(Assignment.office).where(col(Assignment.id) == number))
        for each in range(10):
            said = f"Mẫu biểu số {each}?"
            at_that = house.clock.now + timedelta(seconds=each)
            by_office = each % 2 == 0
            session.add(Question(assignment_id=number, office=office, by_office=by_office, text=said, asked_at=at_that))
        some = select(col(Assignment.id)).order_by(col(Assignment.id)).limit(5)
        without = {"timing": Timing.UNDATED, "due_date": NO_DATE, "due_at": end_of_day(NO_DATE)}
        session.execute(update(Assignment).where(col(Assignment.id).in_(some)).values(without))
    coordinator = house.coordinator()
    asked = on_all_pages(coordinator, "/desk", "asked", r"Mẫu biểu số (\d)\?")
    assert asked == ["0", "2", "4", "6", "8"]
    undated = on_all_pages(coordinator, "/desk", "undated", r'name="n" value="(\d+)"')
    assert len(undated) == len({*undated}) == 5
    assert on_all_pages(house.office(LEAD), "/assignments", "asked", r"Mẫu biểu số (\d)\?") == ["1", "3", "5", "7", "9"]
    for beyond in ("asked=9", "undated=9"):
        assert coordinator.get(f"/desk?{beyond}").status_code == 404


def on_all_pages(person: Person, address: str, name: str, row: str) -> list[str]:
    """What the lists of a page show, from the first page of the one that ``name`` turns to its last."""
    text, found = person.get(address).text, list[str]()
    while True:
        found += re.findall(row, text)
        onward = re.search(rf'href="([^"]*\b{name}=\d+#{name})">[^<]*→', text)
        if onward is None:
            return found
        text = person.get(unescape(onward[1]).partition("#")[0]).text


def test_the_board_counts_and_leads_to_the_assignments(house: House) -> None:
    manager = house.manager()
    manager.get("/board")
    assert "Chưa hoàn thành, trong hạn" in manager.page
    assert 'href="/assignments?priority=p1"' in manager.last.text
    manager.get("/assignments?priority=p1&status=open_within_term")
    assert manager.last.status_code == 200
    number = number_of(house.store, "T0.1")
    manager.get(f"/assignments/{number}")
    assert "Thu hồi" not in manager.page and "Xác nhận báo cáo" not in manager.page


def test_the_pages_speak_english_when_asked(house: House) -> None:
    manager = house.manager()
    manager.get("/language/en?to=/board")
    assert "By priority task" in manager.page and "Theo nhiệm vụ" not in manager.page
    manager.get("/language/vi?to=/board")
    assert "Theo nhiệm vụ" in manager.page


def test_the_desk_says_which_year_is_not_confirmed(house: House) -> None:
    assert "chưa có thông báo chính thức" not in house.coordinator().get("/desk").text
    house.clock.now = at("2026-11-02")
    coordinator = house.coordinator()
    assert "Lịch nghỉ năm 2027 chưa có thông báo chính thức" in coordinator.get("/desk").text
    assert "The official holidays of 2027 have not been announced yet" in coordinator.get("/language/en?to=/desk").text


@pytest.mark.sqlite_only  # the clock of PostgreSQL's server says more
def test_under_a_wrong_clock_the_desk_says_so_and_nothing_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator, office = house.coordinator(), house.office("SYT")
    number = number_of(house.store, "T0.1")
    office.get(f"/assignments/{number}")
    set_clock(monkeypatch, clock.now() + TEN_YEARS)
    assert office.post(f"/assignments/{number}/acknowledge").status_code == 503
    assert "Đồng hồ máy chỉ" in office.page
    coordinator.get("/desk")
    assert "đi trước hơn một tháng" in coordinator.page
    monkeypatch.undo()
    assert "Đồng hồ máy" not in coordinator.get("/desk").text
    assert office.post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}").status_code == 200


def test_a_dead_channel_and_an_office_that_never_answers_are_seen_within_a_day(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.get("/desk")
    assert "Kênh liên hệ cần xem" not in coordinator.page, "on the first morning nobody can have answered"
    with session_scope(house.store.engine) as session:
        failed = {"state": MessageState.QUEUED, "error": "Máy chủ thư từ chối ở bước đăng nhập (mã 535)."}
        session.execute(update(Message).where(col(Message.office) == "SYT").values(channel="mailto", **failed))
    house.clock.now = at("2023-08-19", 9)
    coordinator = house.coordinator()
    coordinator.get("/desk")
    assert "Kênh mailto 1 thư chưa gửi được, vẫn đang thử lại, từ 08:00 18/08/2023" in coordinator.page
    assert "mã 535" in coordinator.page and "chưa lần nào gửi được" in coordinator.page
    assert "Chưa có phản hồi nào" in coordinator.page
    with session_scope(house.store.engine) as session:
        assert "SYT" in unheard_offices(session.connection(), house.clock.now)
    number = number_of(house.store, "T0.1")
    office = house.office("SYT")
    office.post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}")
    with session_scope(house.store.engine) as session:
        assert "SYT" not in unheard_offices(session.connection(), house.clock.now)


@pytest.mark.postgresql_only
def test_the_desk_tells_of_a_wrong_clock_on_another_machine(house: House) -> None:
    coordinator = house.coordinator()
    assert 'id="clock"' not in coordinator.get("/desk").text
    with house.store.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO clock_fault VALUES ('may-gui-thu', '2033-08-18', clock_timestamp())")
    assert 'id="clock"' in coordinator.get("/desk").text
    assert "Đồng hồ của máy «may-gui-thu» chỉ" in coordinator.page and "18/08/2033" in coordinator.page


def listed(coordinator: Person, address: str) -> int:
    """How many assignments the list at an address has."""
    found = re.search(r'role="status">[\d.]+ nhiệm vụ \((\d+) phần việc\)', coordinator.get(unescape(address)).text)
    assert found, address
    return int(found[1])


def test_counts_of_the_desk_lead_to_as_many_assignments(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late: what an office leads jointly is its own too. Not acknowledged: what was given today is not."""
    monkeypatch.setattr("portal.pages.desk.OFFICES_LISTED", 99)
    with session_scope(house.store.engine) as session:
        for office in ("CAT", "TAND"):  # of which one is late with nothing else
            session.add(Party(assignment_id=number_of(house.store, "T0.1"), office=office, part=Part.JOINT))
    run(house.store, "p1", at("2023-09-12"), offices=())
    house.clock.now = at("2023-09-13", 9)
    coordinator = house.coordinator()
    today = {"title": "Báo cáo nhanh", "subtask": "T3.4", "lead": "SYT", "due_on": "25/09/2023"}
    coordinator.post("/desk/assign", today, on="/desk/assign")
    text = coordinator.get("/desk").text
    late = re.findall(r'href="(/assignments\?office=\w+&amp;status=open_overdue)">(\d+) ', text)
    assert {"CAT", "TAND"} <= {address.partition("office=")[2].partition("&")[0] for address, _ in late}
    for address, number in late:
        if re.search(r"office=(SYT|CAT|TAND)&", address):
            assert listed(coordinator, address) == int(number), address
    [(address, number)] = re.findall(r'href="(/assignments\?status=unacknowledged)">(\d+) ', text)
    assert listed(coordinator, address) == int(number) < listed(coordinator, "/assignments?status=assigned")


def test_today_tells_of_runs_that_failed_and_of_events_to_come(house: House) -> None:
    coordinator = house.coordinator()
    assert "Chưa chạy xong" not in coordinator.get("/desk").text and "Sự kiện trong" not in coordinator.page
    context = house.store.actor_context(now=house.clock.now, actor="command")
    run_failed = FailedRun("p1", "Tên luồng", FailureKind.FAILED, house.clock.now, "Máy tắt.")
    event = {"entry": "event", "subtask": "T3.6", "title": "Hội nghị quý", "on_date": "01/09/2023", "host": "CAT"}
    with session_scope(house.store.engine) as session:
        write_failed_runs_letter(session, house.store, [run_failed], context)
        letter = session.scalars(select(Message.id).where(col(Message.message_key).startswith("dondoc-su-co-"))).one()
    coordinator.post("/desk/directives", event, on="/desk/directives")
    shown = coordinator.get("/desk").text
    assert '<a href="/prefect/v2/runs">Chưa chạy xong: p1</a>' in shown
    assert f'href="/desk/messages/{letter}"' in shown and coordinator.get(f"/desk/messages/{letter}").status_code == 200
    entry = re.search(r'href="(/desk/directives/entries/\d+)"><strong>01/09/2023</strong> Hội nghị quý', shown)
    assert entry is not None and coordinator.get(entry[1]).status_code == 200
    house.clock.now += timedelta(days=20)
    coordinator = house.coordinator()
    shown = coordinator.get("/desk").text
    assert "Chưa chạy xong" not in shown and "Hội nghị quý" not in shown, "over"
