"""Two directives in one store: each has its own assigning document, calendar, coordinator, letters and board."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from config.contacts.contacts import Contacts
from config.errors import Refused
from config.settings import Settings
from flows.forms import fill_in
from flows.steps import NothingIssued, boards
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.audit import verify
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment, Timetable
from models.tables.lifecycle import NoticeKind, Urgency
from models.tables.outbox import Message
from models.tables.report import ReportContent
from models.work import verbs
from models.work.directives import anchors, issue_directive, register_document
from notifications.channels.mailbox import letters
from notifications.words.coordinator_letters import FailedRun, FailureKind, write_failed_runs_letter
from tests.support.cast import assignment_of, at, number_of, run, told
from tests.support.following_up import follow_up_once
from tests.support.two_directives import HOUSE, OTHER, both_plans, plan_of_both

ISSUED = date(2024, 1, 4)
NUMBER = "05/KH-UBND"


@pytest.fixture
def two(settings: Settings, engine: Engine, tmp_path: Path) -> Iterator[Store]:
    """A store that follows the house's directive and the invented one, both registered on the same day under the same
    number."""
    folder = both_plans(tmp_path / "plan")
    plan, calendar = plan_of_both()
    contacts = Contacts()
    mirror_configuration(engine, plan, contacts)
    store = Store(replace(settings, plan_dir=folder), plan, calendar, contacts, engine)
    for directive in (HOUSE, OTHER):
        register(store, directive)
    yield store


def register(store: Store, directive: str, *, number: str = NUMBER, on_date: date = ISSUED) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(on_date), actor="coordinator")
        issue_directive(session, number=number, on_date=on_date, directive=directive, context=context)


def test_each_directive_has_its_own_document_in_force(two: Store) -> None:
    with reading_session(two.engine) as session:
        assert [(each.directive, each.key) for each in anchors(session)] == [
            (HOUSE, f"doc:{NUMBER}"),
            (OTHER, f"doc:{NUMBER}"),
        ]
    register(two, OTHER)
    with pytest.raises(Refused, match="mỗi chỉ đạo có một văn bản giao việc"):
        register(two, OTHER, number="06/KH-UBND")
    with pytest.raises(Refused, match="trước ngày của chỉ đạo"):
        register(two, OTHER, on_date=date(2024, 1, 2))


def test_nothing_of_a_directive_is_assigned_before_its_document(two: Store, engine: Engine) -> None:
    with session_scope(engine) as session:
        for each in anchors(session):
            if each.directive == OTHER:
                session.delete(each)
    assert run(two, "p1", at("2024-01-05")).assigned
    with pytest.raises(NothingIssued, match="Chưa có văn bản giao việc") as refusal:
        run(two, "p6", at("2024-01-05"))
    assert "--directive CCHC-MAU --number" in refusal.value.command


def test_the_same_rule_falls_due_by_each_ones_calendar(two: Store) -> None:
    for priority in ("p1", "p6"):
        run(two, priority, at("2024-01-05"))
    with reading_session(two.engine) as session:
        house, other = assignment_of(session, "T0.1"), assignment_of(session, "T6.1")
        assert (house.rule, other.rule) == ("ISSUE+15", "ISSUE+15")
        assert (house.due_date, other.due_date) == (date(2024, 1, 25), date(2024, 1, 26))
        assert "19/01" in other.explanation_vi.replace("19/1", "19/01")
        assert house.calendar_version != other.calendar_version
        assert [session.get_one(Timetable, each.timetable_id).calendar for each in (house, other)] == ["", "p6"]


def test_same_dates_by_two_calendars_make_two_timetables(two: Store) -> None:
    """Five working days before 12/3/2024 are the same day, five before 26/1 are not: neither takes the other's."""
    for priority in ("p1", "p6"):
        run(two, priority, at("2024-01-05"), offices=())
    with reading_session(two.engine) as session:
        rows = session.execute(
            select(col(Timetable.calendar), col(Assignment.priority))
            .join(Assignment, col(Assignment.timetable_id) == col(Timetable.id))
            .distinct()
        ).all()
    assert set(rows) == {("", "p1"), ("p6", "p6")}


def test_what_is_decided_later_goes_by_the_same_calendar(two: Store) -> None:
    """More time until 19/1, a day off of the programme alone, reaches the next working day of each."""
    run(two, "p1", at("2024-01-05"))
    run(two, "p6", at("2024-01-05"))
    granted = {}
    for subtask in ("T0.1", "T6.1"):
        number = number_of(two, subtask)
        with session_scope(two.engine) as session:
            context = two.actor_context(now=at("2024-01-08"), actor="x")
            verbs.suspend(session, number, "Chờ hướng dẫn.", context)
        with session_scope(two.engine) as session:
            resumed = verbs.resume(
                session, number, date(2024, 1, 19), two.actor_context(now=at("2024-01-09"), actor="x")
            )
            granted[subtask] = resumed.due_date
    assert granted == {"T0.1": date(2024, 1, 19), "T6.1": date(2024, 1, 22)}


def test_fast_forward_each_coordinator_is_told_of_its_own(two: Store) -> None:
    day = date(2024, 1, 5)
    while day <= date(2024, 2, 6):
        for priority in ("p1", "p6"):
            run(two, priority, at(day))
        day += timedelta(days=1)
    rungs = {subtask: told(two, number_of(two, subtask)) for subtask in ("T0.1", "T6.1")}
    desks = {
        subtask: {whom for kind, rung, whom in said if kind is NoticeKind.OVERDUE and rung == "overdue+5"}
        for subtask, said in rungs.items()
    }
    assert desks == {
        "T0.1": {"SYT/focal", "SYT/head", "CAT/coordinator", "BNC/monitor"},
        "T6.1": {"SYT/focal", "SYT/head", "SNV/coordinator", "UBND/monitor"},
    }
    assert verify_trail(two)


def verify_trail(store: Store) -> bool:
    with reading(store.engine) as connection:
        return verify(connection).broken_at is None


def test_letters_are_apart_and_say_of_which_directive(two: Store) -> None:
    """Assigned on a Saturday, told on Monday: one letter for each directive, not one for both."""
    run(two, "p1", at("2024-01-06"))
    run(two, "p6", at("2024-01-06"))
    run(two, "p1", at("2024-01-08"))
    both = [each for each in letters(two.settings.mailbox_dir) if "Sở Y tế" in each.subject]
    assert len(both) == 2
    titles = {code: two.plan.directive(code).title_vi for code in (HOUSE, OTHER)}
    marked = {code: next(each for each in both if f"[Đôn đốc · {code}]" in each.subject) for code in (HOUSE, OTHER)}
    for mine, other, subtask in ((HOUSE, OTHER, "T0.1"), (OTHER, HOUSE, "T6.1")):
        assert titles[mine] in marked[mine].text
        assert titles[other] not in marked[mine].text
        assert subtask in marked[mine].text
        assert subtask not in marked[other].text


def test_a_report_of_the_programme_is_told_to_its_own_desk(two: Store) -> None:
    run(two, "p6", at("2024-01-05"))
    number = number_of(two, "T6.1")
    content = ReportContent(
        counts={"so_thu_tuc_ra_soat": 12, "so_thu_tuc_de_xuat": 3},
        document_number="9/BC-SYT",
        document_date=date(2024, 1, 15),
        text="Đã rà soát.",
    )
    with session_scope(two.engine) as session:
        verbs.report(session, number, content, two.actor_context(now=at("2024-01-16"), actor="office:SYT"))
    run(two, "p6", at("2024-01-16", 9))
    assert ("report_received", "SNV/coordinator") in {(kind.value, whom) for kind, _, whom in told(two, number)}


def test_a_document_is_studied_by_the_directive_it_was_entered_for(two: Store) -> None:
    with session_scope(two.engine) as session:
        for directive in (HOUSE, OTHER):
            register_document(
                session,
                number="45/NQ-TW",
                on_date=date(2024, 1, 10),
                title=f"Văn bản mới của {directive}",
                urgency=Urgency.NORMAL,
                directive=directive,
                context=two.actor_context(now=at("2024-01-11"), actor="x"),
            )
    run(two, "p1", at("2024-01-12"))
    run(two, "p6", at("2024-01-12"))
    with reading_session(two.engine) as session:
        titles = {
            each.anchor_id: each.subtask
            for each in session.scalars(select(Assignment).where(col(Assignment.period) == "doc:2024:45/NQ-TW"))
        }
        named = {each.title: titles[each.id] for each in anchors(session) if each.id in titles}
    assert named == {f"Văn bản mới của {HOUSE}": "T1.1", f"Văn bản mới của {OTHER}": "T6.3"}


def test_the_form_of_a_further_priority_brings_events(two: Store) -> None:
    event = {"title": "Ngày hội số", "on_date": "2024-03-15", "host_office": "SGDDT – Sở Giáo dục"}
    form = fill_in("p7", {"events": [{"subtask": "T7.2 – Phối hợp tổ chức", **event}]}, two.plan)
    follow_up_once(two, "p7", form, at("2024-01-12"))
    with reading_session(two.engine) as session:
        assert assignment_of(session, "T7.2", office="SGDDT").due_date == date(2024, 3, 1)
    wrong = fill_in("p7", {"events": [{"subtask": "T3.6", **event}]}, two.plan)
    with pytest.raises(Refused, match=r"T3\.6 thuộc nhiệm vụ p3"):
        follow_up_once(two, "p7", wrong, at("2024-01-12"))


def test_boards_show_each_priority_under_its_directive(two: Store) -> None:
    for priority in ("p1", "p6"):
        run(two, priority, at("2024-01-05"))
    found = boards(two, "p6", at("2024-01-05"))
    assert list(found) == ["board-p6", "board"]
    assert "p6 · Cải cách thủ tục hành chính" in found["board-p6"]
    assert "T0.1" not in found["board-p6"]
    house, other = (two.plan.directive(code).title_vi for code in (HOUSE, OTHER))
    whole = found["board"]
    assert whole.index(house) < whole.index("p1 – ") < whole.index(other) < whole.index("p6 – ")


def test_a_run_that_failed_is_told_to_the_desk_whose_priority_it_is(two: Store) -> None:
    when = at("2024-01-08", 7, 30)
    codes = ("p1", "p6", "p7", "prefect")
    troubles = [FailedRun(code, f"{code} · Tên", FailureKind.FAILED, when, "") for code in codes]
    with session_scope(two.engine) as session:
        context = two.actor_context(now=when, actor="flow:su-co")
        assert write_failed_runs_letter(session, two, troubles, context) == ["p1", "p6", "p7", "prefect"]
        assert write_failed_runs_letter(session, two, troubles, context) == []
        written = {each.message_key: (each.office, each.desk.value) for each in session.scalars(select(Message))}
    assert written == {
        "dondoc-su-co-20240108-p1+prefect": ("CAT", "coordinator"),
        "dondoc-su-co-20240108-p6+p7": ("SNV", "coordinator"),
    }
