"""The calendar feed, read by another parser than what wrote it."""

from datetime import date, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event
from sqlalchemy import event as sql_event
from sqlalchemy import insert, select
from sqlmodel import col

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.work.verbs import accept, grant_extension, report, request_extension, resume, return_, suspend
from reports.calendar_feed import MAX_EVENTS, FeedRequest, calendar_feed
from tests.support.cast import LEAD, at, begin, number_of, t0_report

PORTAL = "https://dondoc.tinh.example"
NOW = at("2023-08-18", 9)


def feed_of(store: Store, office: str | None = LEAD, *, language: str = "vi", **more: object) -> bytes:
    asked = FeedRequest(office, language, PORTAL, **more)  # type: ignore[arg-type]
    with reading(store.engine) as connection:
        return calendar_feed(connection, asked, plan=store.plan, calendar=store.calendar, now=NOW)


def events(feed: bytes) -> dict[str, vobject.base.Component]:
    whole = vobject.readOne(feed.decode())
    return {each.uid.value: each for each in whole.contents.get("vevent", [])}


def of(store: Store, number: int) -> vobject.base.Component | None:
    return next((each for uid, each in events(feed_of(store)).items() if uid.startswith(f"assignment-{number}@")), None)


@pytest.fixture
def begun(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"), offices=())
    return store


def test_an_office_has_its_own_open_work_as_all_day_events(begun: Store) -> None:
    with session_scope(begun.engine) as session:
        own = {row.id: row for row in session.scalars(select(Assignment).where(col(Assignment.office) == LEAD))}
        session.expunge_all()
    feed = feed_of(begun)
    found = events(feed)
    assert {int(uid.split("-")[1].split("@")[0]) for uid in found} == set(own)
    for uid, each in found.items():
        work = own[int(uid.split("-")[1].split("@")[0])]
        assert each.dtstart.value == work.due_date and each.dtend.value == work.due_date + timedelta(days=1)
        assert each.url.value == f"{PORTAL}/assignments/{work.id}" and "/door/" not in each.description.value
        triggers = sorted(alarm.trigger.value for alarm in each.contents["valarm"])
        assert triggers[1] == timedelta(hours=8)
        warned_on = (work.due_date + timedelta(days=triggers[0].days)) if triggers[0] < timedelta() else work.due_date
        assert begun.calendar.count(warned_on, work.due_date) == 3
    lines = feed.split(b"\r\n")
    assert feed.count(b"\n") == feed.count(b"\r\n") and max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two
    assert b"METHOD:PUBLISH" in feed and b"REFRESH-INTERVAL;VALUE=DURATION:PT4H" in feed
    assert feed == feed_of(begun)


def test_the_words_of_an_event(begun: Store) -> None:
    each = of(begun, number_of(begun, "T0.1"))
    assert each is not None
    assert each.summary.value == "Hạn: Báo cáo phân tích nguyên nhân tồn tại"
    assert each.description.value.split("\n") == [
        "T0.1 Báo cáo phân tích nguyên nhân tồn tại",
        "Cơ quan: Sở Y tế (chủ trì)",
        "Kỳ: văn bản 123-TB/TU",
        "Số liệu cần báo cáo: Số tồn tại, hạn chế đã phân tích; Số nguyên nhân chủ quan đã làm rõ",
        "Cần số và ngày văn bản báo cáo",
        "Cách tính hạn: +15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
        f"Mở việc trên trang đôn đốc: {PORTAL}/assignments/{number_of(begun, 'T0.1')}",
    ]
    english = feed_of(begun, language="en").decode().replace("\r\n ", "")
    assert "SUMMARY:Due: Analyse the causes" in english and "Hạn" not in english


def test_more_time_moves_the_same_event_and_an_answer_takes_it_away(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    first = of(begun, number)
    assert first is not None and first.sequence.value == "0"
    coordinator = begun.actor_context(now=at("2023-08-21"), actor="coordinator")
    with session_scope(begun.engine) as session:
        asking = begun.actor_context(now=at("2023-08-20"), actor=f"office:{LEAD}")
        request_extension(session, number, date(2023, 9, 25), "Cần thêm số liệu.", asking)
        grant_extension(session, number, None, coordinator)
    moved = of(begun, number)
    assert moved is not None and moved.uid.value == first.uid.value
    assert moved.dtstart.value == date(2023, 9, 25) and int(moved.sequence.value) > 0
    assert moved.last_modified.value == at("2023-08-21")
    with session_scope(begun.engine) as session:
        suspend(session, number, "Chờ ý kiến.", begun.actor_context(now=at("2023-08-22"), actor="coordinator"))
    assert of(begun, number) is None
    with session_scope(begun.engine) as session:
        resume(session, number, None, begun.actor_context(now=at("2023-08-24"), actor="coordinator"))
    back = of(begun, number)
    assert back is not None and back.uid.value == first.uid.value
    assert int(back.sequence.value) > int(moved.sequence.value) and back.dtstart.value > date(2023, 9, 25)
    with session_scope(begun.engine) as session:
        context = begun.actor_context(now=at("2023-08-25"), actor=f"office:{LEAD}")
        report(session, number, t0_report(document_date=date(2023, 8, 18)), context=context)
    assert of(begun, number) is None
    with session_scope(begun.engine) as session:
        return_(session, number, "Thiếu số liệu.", begun.actor_context(now=at("2023-08-26"), actor="coordinator"))
    again = of(begun, number)
    assert again is not None and int(again.sequence.value) > int(back.sequence.value)
    assert "! báo cáo bị trả lại, cần gửi lại" in again.description.value


def test_done_work_is_gone(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session:
        report(session, number, t0_report(), context=begun.actor_context(now=NOW, actor=f"office:{LEAD}"))
        accept(session, number, context=begun.actor_context(now=NOW, actor="coordinator"))
    assert of(begun, number) is None


def test_the_coordinator_has_what_lead_offices_hand_in(begun: Store) -> None:
    with session_scope(begun.engine) as session:
        leading = set(session.scalars(select(col(Assignment.id)).where(col(Assignment.role) == Role.LEAD)))
    found = events(feed_of(begun, None))
    assert {int(uid.split("-")[1].split("@")[0]) for uid in found} == leading
    assert any(each.summary.value.endswith("· Sở Y tế") for each in found.values())


def test_a_feed_tells_of_the_end_of_its_address(begun: Store) -> None:
    (warning,) = (e for u, e in events(feed_of(begun, last_day=date(2024, 12, 31))).items() if u.startswith("address"))
    assert warning.dtstart.value == date(2024, 12, 17)
    assert "31/12/2024" in warning.summary.value and f"{PORTAL}/calendar" in warning.description.value


@pytest.mark.sqlite_only
@pytest.mark.later
def test_two_thousand_deadlines_are_one_question(begun: Store) -> None:
    """And what is beyond them is said to be left out, the last due first."""
    with session_scope(begun.engine) as session:
        model = session.get_one(Assignment, number_of(begun, "T0.1")).model_dump(exclude={"id"})
        rows = [{**model, "period": f"adhoc:{n}", "state": State.ASSIGNED} for n in range(MAX_EVENTS)]
        session.execute(insert(table_of(Assignment)), rows)
    asked: list[str] = []
    sql_event.listen(begun.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    feed = feed_of(begun)
    assert len([each for each in asked if "FROM assignment" in each]) == 1
    assert feed.count(b"BEGIN:VEVENT") == MAX_EVENTS
    assert "2000 hạn gần nhất" in feed.decode().replace("\r\n ", "")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n;,\\:ạữ"), max_size=300)
)
def test_any_words_survive_folding_and_escaping(words: str) -> None:
    event = Event()
    event.add("uid", "1")
    event.add("summary", words)
    written = event.to_ical()
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    read = vobject.readOne(f"BEGIN:VCALENDAR\r\n{written.decode()}END:VCALENDAR\r\n")
    assert read.vevent.summary.value == words
