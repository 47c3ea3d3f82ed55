"""Reminders held back: whose, how long, and what is said all the same."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from config.contacts.desks import Desk
from config.errors import Refused
from config.settings import Settings
from flows.steps import track
from models.alerts.due_alerts import sweep
from models.alerts.silences import lift, silence, silences
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.assignment import Assignment, TimetableRung
from models.tables.errors import NotFound
from models.tables.lifecycle import NoticeKind, NoticeState, Role, Urgency
from models.tables.outbox import Notice, Silence
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from notifications.courier.courier import deliver
from tests.support.cast import at, begin, issue, number_of, run, told
from tests.support.joint_work import DAY, context_of, joint_store

REASON = "Đang sắp xếp tổ chức."
OFFICES = ("SYT", "SNV")
LATE = at("2023-09-12")


@pytest.fixture
def begun(store: Store) -> Store:
    """T0.1 and more of two offices, told of; T0.1 falls due on 11/9/2023."""
    begin(store, "p1", at("2023-08-18"), offices=OFFICES)
    return store


def defer_to_window(
    store: Store,
    office: str | None,
    subtask: str | None,
    period: str | None = None,
    *,
    until: str = "2023-09-30",
    when: str = "2023-09-01",
) -> int:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(when), actor="coordinator:1")
        day = date.fromisoformat(until)
        of = {"office": office, "subtask": subtask, "period": period}
        made = silence(session, **of, until=day, reason=REASON, context=context)
        return made.id or 0


def reminded(store: Store, number: int) -> bool:
    """Whether its office was told that it is overdue."""
    return NoticeKind.OVERDUE in {kind for kind, _, _ in told(store, number)}


@pytest.mark.parametrize(
    ("office", "subtask", "silent"),
    [
        ("SYT", None, {("SYT", "T0.1"), ("SYT", "T1.1")}),
        (None, "T0.1", {("SYT", "T0.1"), ("SNV", "T0.1")}),
        ("SYT", "T0.1", {("SYT", "T0.1")}),
    ],
)
def test_only_what_it_names_is_held_back(
    begun: Store, office: str | None, subtask: str | None, silent: set[tuple[str, str]]
) -> None:
    numbers = {(code, "T0.1"): number_of(begun, "T0.1", office=code) for code in OFFICES}
    for code in OFFICES:
        with session_scope(begun.engine) as session:
            wanted = AdHoc("T1.1", "Báo cáo nhanh", code, date(2023, 9, 11))
            context = begun.actor_context(now=at("2023-09-01"), actor="coordinator:1")
            (numbers[code, "T1.1"],) = assign_ad_hoc(session, wanted, context)
    defer_to_window(begun, office, subtask)
    run(begun, "p1", LATE)
    assert {where for where, number in numbers.items() if not reminded(begun, number)} == silent


@pytest.mark.parametrize("office", [None, "SYT"])
def test_a_period_is_held_back_and_no_other(begun: Store, office: str | None) -> None:
    with session_scope(begun.engine) as session:
        period = session.get_one(Assignment, number_of(begun, "T0.1")).period
    numbers = {code: number_of(begun, "T0.1", office=code) for code in OFFICES}
    defer_to_window(begun, office, None, "2023-H2")
    lifted = defer_to_window(begun, office, None, period)
    track(begun, "p1", begun.actor_context(now=at("2023-09-08"), actor="flow:p1", run_key="r"))
    deliver(begun, now=at("2023-09-08"))
    assert {code for code in OFFICES if NoticeKind.DUE_SOON in {kind for kind, _, _ in told(begun, numbers[code])}} == (
        {"SNV"} if office else set()
    )
    with session_scope(begun.engine) as session:
        lift(session, lifted, begun.actor_context(now=at("2023-09-08"), actor="coordinator:1"))
    run(begun, "p1", LATE)
    assert all(reminded(begun, number) for number in numbers.values())


JOINT, FOLLOWS_UP = {"SYT", "SKHDT", "SNV"}, "UBND"


@pytest.mark.parametrize(
    ("silent", "told_of_it"),
    [
        ((), {*JOINT, FOLLOWS_UP}),
        (("SYT",), {"SKHDT", "SNV", FOLLOWS_UP}),
        (("SKHDT",), {"SYT", "SNV", FOLLOWS_UP}),
        (("SYT", "SKHDT", "SNV"), set()),
        ((None,), set()),
    ],
)
def test_one_joint_lead_is_held_back_from_and_not_the_others(
    settings: Settings, tmp_path: Path, silent: tuple[str | None, ...], told_of_it: set[str]
) -> None:
    with joint_store(settings, tmp_path) as joint:
        with session_scope(joint.engine) as session:
            for office in silent:
                subtask = None if office else session.get_one(Assignment, 1).subtask
                of = {"office": office, "subtask": subtask}
                silence(session, **of, until=date(2025, 2, 28), reason=REASON, context=context_of(joint, DAY))
            # Nobody acknowledges it, and one told of that is the coordinator.
            session.add(copy_to_coordinator(session))
        deliver(joint, now=at("2025-01-08", 9))
        with session_scope(joint.engine) as session:
            sweep(session, context_of(joint, at("2025-01-13")))
        deliver(joint, now=at("2025-01-13", 9))
        with session_scope(joint.engine) as session:
            reminded = select(Notice.office).where(
                col(Notice.kind) == NoticeKind.NOT_ACKNOWLEDGED, col(Notice.state) == NoticeState.SENT
            )
            assert set(session.scalars(reminded)) == told_of_it


def copy_to_coordinator(session: Session) -> TimetableRung:
    """The first step of the ladder once more, for the coordinator."""
    its = col(TimetableRung.timetable_id) == session.get_one(Assignment, 1).timetable_id
    first = session.scalars(select(TimetableRung).where(its).order_by(col(TimetableRung.rank)).limit(1)).one()
    return TimetableRung(**first.model_dump(exclude={"audience"}), audience=Desk.COORDINATOR)


def test_it_ends_after_its_last_day(begun: Store) -> None:
    defer_to_window(begun, "SYT", None, until="2023-09-12")
    run(begun, "p1", LATE)
    assert not reminded(begun, number_of(begun, "T0.1"))
    run(begun, "p1", at("2023-09-14"))
    assert reminded(begun, number_of(begun, "T0.1"))


def test_lifted_it_holds_nothing_back(begun: Store) -> None:
    number = defer_to_window(begun, "SYT", None)
    for _ in range(2):
        with session_scope(begun.engine) as session:
            lift(session, number, begun.actor_context(now=at("2023-09-08"), actor="coordinator:1"))
    run(begun, "p1", LATE)
    assert reminded(begun, number_of(begun, "T0.1"))
    with session_scope(begun.engine) as session:
        assert not silences(session, date(2023, 9, 12))
        assert session.get_one(Silence, number).lifted_at == at("2023-09-08")


def test_what_was_held_back_is_on_record_and_work_is_late_all_the_same(begun: Store) -> None:
    defer_to_window(begun, "SYT", "T0.1")
    summary = run(begun, "p1", LATE)
    number = number_of(begun, "T0.1")
    assert (NoticeKind.OVERDUE, "overdue+1", "SYT/focal") in told(begun, number, NoticeState.CANCELLED)
    with session_scope(begun.engine) as session:
        reasons = session.scalars(
            select(col(Notice.reason)).where(
                col(Notice.assignment_id) == number, col(Notice.state) == NoticeState.CANCELLED
            )
        ).all()
    assert set(reasons) == {"silenced"}
    assert summary.overdue > 0


def test_everything_but_reminders_goes_out(begun: Store) -> None:
    defer_to_window(begun, "SYT", None)
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session:
        verbs.withdraw(session, number, "Giao lại.", begun.actor_context(now=at("2023-09-07"), actor="coordinator:1"))
    with session_scope(begun.engine) as session:
        wanted = AdHoc("T0.1", "Báo cáo nhanh", "SYT", date(2023, 9, 20))
        (new,) = assign_ad_hoc(session, wanted, begun.actor_context(now=at("2023-09-07"), actor="coordinator:1"))
    deliver(begun, now=at("2023-09-07", 9))
    assert told(begun, number)[-1][0] is NoticeKind.WITHDRAWN
    assert told(begun, new) == [(NoticeKind.ASSIGNED, "assigned", "SYT/focal")]


@pytest.mark.parametrize("urgency", [Urgency.EXPRESS, Urgency.VERY_URGENT])
def test_express_work_is_urged_whatever_is_silenced(begun: Store, urgency: Urgency) -> None:
    defer_to_window(begun, "SYT", None)
    with session_scope(begun.engine) as session:
        wanted = AdHoc("T0.1", "Báo cáo nhanh", "SYT", date(2023, 9, 11), urgency=urgency)
        (number,) = assign_ad_hoc(session, wanted, begun.actor_context(now=at("2023-09-07"), actor="coordinator:1"))
    track(begun, "p1", begun.actor_context(now=LATE, actor="flow:p1", run_key="r"))
    deliver(begun, now=LATE)
    said = {kind for kind, _, _ in told(begun, number)}
    assert (NoticeKind.OVERDUE in said) is (urgency is Urgency.EXPRESS)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("quý IV/2023", "2023-Q4"),
        ("Tháng 9/2023", "2023-09"),
        ("6 tháng cuối năm 2023", "2023-H2"),
        ("năm 2023", "2023"),
        ("2023-q4", "2023-Q4"),
    ],
)
def test_a_period_may_be_named_in_words(begun: Store, words: str, key: str) -> None:
    number = defer_to_window(begun, None, None, words)
    with session_scope(begun.engine) as session:
        assert session.get_one(Silence, number).period == key


def test_the_same_once_more_is_one(begun: Store) -> None:
    assert defer_to_window(begun, "SYT", None) == defer_to_window(begun, "SYT", None)
    assert defer_to_window(begun, "SYT", None, until="2023-10-02") != defer_to_window(begun, "SYT", None)


@pytest.mark.parametrize(
    ("fields", "told_of"),
    [
        ({"office": None}, "Chọn cơ quan, việc hoặc kỳ"),
        ({"office": None, "period": " "}, "Chọn cơ quan, việc hoặc kỳ"),
        ({"subtask": ""}, "Chọn cơ quan, việc hoặc kỳ"),
        ({"period": "2023-Q5"}, "Kỳ «2023-Q5» không có"),
        ({"period": "quý IV"}, "Kỳ «quý IV»: ghi cả năm, như «quý IV/2023»"),
        ({"period": "quý IV/2023 và sau đó"}, "không có"),
        ({"office": "SYTT"}, "SYTT"),
        ({"subtask": "T9.9"}, "T9.9"),
        ({"until": date(2023, 8, 31)}, "đã qua"),
        ({"reason": "  "}, "Lý do"),
        ({"reason": "Ông Nguyễn Văn Nam đi vắng"}, "tên người"),
        ({"reason": "x" * 1001}, "tối đa 1000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_held_back(begun: Store, fields: dict[str, object], told_of: str) -> None:
    whole = {"office": "SYT", "subtask": None, "until": date(2023, 9, 30), "reason": REASON} | fields
    with pytest.raises(Refused, match=told_of), session_scope(begun.engine) as session:
        silence(session, **whole, context=begun.actor_context(now=at("2023-09-01"), actor="x"))  # type: ignore[arg-type]
    with session_scope(begun.engine) as session:
        assert not silences(session, date(2023, 9, 1))


def test_there_is_no_lifting_what_is_not_there(begun: Store) -> None:
    with pytest.raises(NotFound, match="số 99"), session_scope(begun.engine) as session:
        lift(session, 99, begun.actor_context(now=at("2023-09-01"), actor="x"))


def test_a_leads_silence_does_not_silence_those_who_help(store: Store) -> None:
    issue(store)
    with session_scope(store.engine) as session:
        wanted = AdHoc("T0.1", "Báo cáo nhanh", "SYT", date(2023, 9, 11), coordinating=("SNV",))
        lead, helper = assign_ad_hoc(session, wanted, store.actor_context(now=at("2023-08-18"), actor="coordinator"))
    defer_to_window(store, "SYT", None)
    track(store, "p1", store.actor_context(now=LATE, actor="flow:p1", run_key="r"))
    deliver(store, now=LATE)
    assert NoticeKind.OVERDUE not in {kind for kind, _, _ in told(store, lead)}
    assert NoticeKind.OVERDUE in {kind for kind, _, _ in told(store, helper)}
    assert number_of(store, "T0.1", office="SNV", role=Role.COORDINATING) == helper


def test_a_silence_lasts_a_year_at_most(begun: Store) -> None:
    assert defer_to_window(begun, "SYT", None, until="2024-09-01")
    with pytest.raises(Refused, match=r"31/12/9999 quá xa; .* tối đa một năm, đến 01/09/2024"):
        defer_to_window(begun, "SYT", None, until="9999-12-31")
