"""What offices and coordinators may answer, and what is refused with a reason."""

from datetime import date, datetime

import pytest

from config.errors import Refused
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import ExtensionState, NoticeKind, NoticeState, Role, State
from models.work import verbs
from models.work.directives import issue_directive, register_event
from models.work.queries import history
from tests.support.cast import ISSUED, LEAD, at, begin, issue, number_of, run, t0_report, told


@pytest.fixture
def begun(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"))
    return store


def act(store: Store, verb: object, number: int, *args: object, when: str = "2023-08-21") -> object:
    with session_scope(store.engine) as session:
        return verb(session, number, *args, store.actor_context(now=at(when), actor="test"))  # type: ignore[operator]


def test_the_life_of_a_good_report(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    assert act(begun, verbs.acknowledge, number).state is State.ACKNOWLEDGED  # type: ignore[attr-defined]
    act(begun, verbs.report, number, t0_report())
    accepted = act(begun, verbs.accept, number)
    assert accepted.state is State.ACCEPTED  # type: ignore[attr-defined]
    assert accepted.next_alert_at is None  # type: ignore[attr-defined]


def test_verbs_out_of_place_are_refused_in_words(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with pytest.raises(TransitionRefused, match="không thể xác nhận báo cáo"):
        act(begun, verbs.accept, number)
    act(begun, verbs.withdraw, number, "Giao nhầm.")
    with pytest.raises(TransitionRefused, match="đã thu hồi"):
        act(begun, verbs.report, number, t0_report())
    with pytest.raises(NotFound, match="Không có việc số 99999"):
        act(begun, verbs.acknowledge, 99_999)


def test_every_fault_of_a_report_is_told_at_once_and_nothing_is_stored(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    wrong = t0_report(counts={"so_ton_tai": -1, "so_la": 3}, document_date=None, text="Gửi ông Nguyễn Văn Nam")
    with pytest.raises(InvalidReport) as refusal:
        act(begun, verbs.report, number, wrong)
    said = "\n".join(refusal.value.details)
    for part in ("so_la", "so_ton_tai", "so_nguyen_nhan_chu_quan", "ngày ban hành", "tên người"):
        assert part in said
    assert "Nguyễn Văn Nam" not in said
    assert act(begun, verbs.acknowledge, number).state is State.ACKNOWLEDGED  # type: ignore[attr-defined]


def test_counts_must_add_up(store: Store) -> None:
    begin(store, "p3", at("2023-08-18"), offices=("STC",))
    number = number_of(store, "T3.4", office="STC", role=Role.LEAD)
    counts = {"ton_dau_ky": 5, "phat_sinh": 2, "da_giai_quyet_dut_diem": 3, "ton_cuoi_ky": 5}
    texts = {"text": "", "difficulties": "", "proposals": ""}
    content = t0_report(counts=counts, **texts)
    with pytest.raises(InvalidReport) as refusal:
        act(store, verbs.report, number, content)
    assert any("tồn đầu kỳ" in line for line in refusal.value.details)
    act(store, verbs.report, number, t0_report(counts=counts | {"ton_cuoi_ky": 4}, **texts))


def test_a_return_needs_a_reason(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    act(begun, verbs.report, number, t0_report())
    with pytest.raises(Refused, match="Lý do trả lại"):
        act(begun, verbs.return_, number, "  ")


def test_one_request_for_more_time_at_a_time_decided_once(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    act(begun, verbs.request_extension, number, date(2023, 9, 20), "Chờ số liệu.")
    with pytest.raises(Refused, match="đang chờ quyết định"):
        act(begun, verbs.request_extension, number, date(2023, 9, 22), "Chờ nữa.")
    act(begun, verbs.refuse_extension, number, "Cần cho báo cáo chung.")
    with pytest.raises(NotFound, match="không có đề nghị"):
        act(begun, verbs.grant_extension, number, None)


def test_a_request_still_waiting_when_the_report_is_accepted_lapses(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    act(begun, verbs.request_extension, number, date(2023, 9, 20), "Chờ số liệu.")
    act(begun, verbs.report, number, t0_report())
    act(begun, verbs.accept, number, when="2023-08-22")
    assert lapsed(begun, number) == (at("2023-08-22"), "accept")


def test_a_request_still_waiting_when_the_work_is_withdrawn_lapses(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    act(begun, verbs.request_extension, number, date(2023, 9, 20), "Chờ số liệu.")
    act(begun, verbs.withdraw, number, "Giao nhầm.", when="2023-08-22")
    assert lapsed(begun, number) == (at("2023-08-22"), "withdraw")
    run(begun, "p1", at("2023-08-22"))
    asked = [notice for notice in told(begun, number, NoticeState.SENT) if notice[0] is NoticeKind.EXTENSION_REQUESTED]
    assert asked == []  # nobody is asked to decide on it


def lapsed(store: Store, number: int) -> tuple[datetime | None, str]:
    """When the one request lapsed, and the deed the audit trail says it lapsed with."""
    with session_scope(store.engine) as session:
        found = history(session, number, now=at("2023-08-22"))
        (request,) = found.extensions
        assert (request.state, request.granted_until) == (ExtensionState.LAPSED, None)
        assert found.events[-1].details["lapsed_extension"] == request.id
        return request.decided_at, found.events[-1].verb


def test_a_decided_request_does_not_lapse(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    act(begun, verbs.request_extension, number, date(2023, 9, 20), "Chờ số liệu.")
    act(begun, verbs.refuse_extension, number, "Cần cho báo cáo chung.")
    act(begun, verbs.withdraw, number, "Giao nhầm.")
    with session_scope(begun.engine) as session:
        found = history(session, number, now=at("2023-08-22"))
        assert [request.state for request in found.extensions] == [ExtensionState.REFUSED]
        assert "lapsed_extension" not in found.events[-1].details


def test_more_time_must_be_more(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with pytest.raises(Refused, match="không sau hạn hiện tại"):
        act(begun, verbs.request_extension, number, date(2023, 9, 11), "Chờ số liệu.")


def test_more_time_must_lie_ahead(begun: Store) -> None:
    """Asked for until 20/9 and decided after it: the date asked for is over, another must be named."""
    number = number_of(begun, "T0.1")
    act(begun, verbs.request_extension, number, date(2023, 9, 20), "Chờ số liệu.")
    for until in (None, date(2023, 9, 22), date(2023, 9, 25)):
        with pytest.raises(Refused, match="không sau hôm nay 25/09/2023"):
            act(begun, verbs.grant_extension, number, until, when="2023-09-25")
    granted = act(begun, verbs.grant_extension, number, date(2023, 9, 26), when="2023-09-25")
    assert granted.due_date == date(2023, 9, 26)  # type: ignore[attr-defined]


def test_a_report_names_no_document_of_a_day_to_come(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with pytest.raises(InvalidReport) as refusal:
        act(begun, verbs.report, number, t0_report(document_date=date(2023, 8, 22)), when="2023-08-21")
    assert "22/08/2023 ở tương lai" in refusal.value.details[0]
    # Half past midnight of the 22nd in Hà Nội, still the 21st by UTC.
    with session_scope(begun.engine) as session:
        context = begun.actor_context(now=at("2023-08-22", 0, 30), actor="test")
        verbs.report(session, number, t0_report(document_date=date(2023, 8, 22)), context)


def test_one_assigning_document_in_force(store: Store) -> None:
    issue(store)
    issue(store)  # the same one again changes nothing
    with pytest.raises(Refused, match="123-TB/TU"):
        issue(store, number="124-TB/TU")


@pytest.mark.parametrize(
    ("number", "day", "part"),
    [
        ("không số", ISSUED, "không đúng dạng"),
        ("1-TB/TU", date(2023, 8, 1), "trước ngày của chỉ đạo"),
        ("1-TB/TU", date(2024, 8, 1), "tương lai"),
    ],
)
def test_a_wrong_document_is_refused(store: Store, number: str, day: date, part: str) -> None:
    with session_scope(store.engine) as session, pytest.raises(Refused, match=part):
        issue_directive(
            session, number=number, on_date=day, context=store.actor_context(now=at("2023-08-20"), actor="x")
        )


def test_an_event_opens_work_before_and_after_it(store: Store) -> None:
    issue(store)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-08-18"), actor="coordinator")
        register_event(
            session,
            subtask="T3.6",
            title="Lễ hội mùa thu",
            on_date=date(2023, 10, 20),
            host_office=LEAD,
            context=context,
        )
    run(store, "p3", at("2023-08-18"))
    from models.work.queries import AssignmentFilter, assignments

    with store.engine.connect() as connection:
        rows = assignments(
            connection, AssignmentFilter(office=LEAD, subtask="T3.6", role=Role.LEAD), now=at("2023-08-18")
        )
    due = {row.step: row.due_date.isoformat() for row in rows}
    assert (due["plan"], due["closing_report"]) == ("2023-10-06", "2023-10-27")


@pytest.mark.later
def test_exactly_one_lead_in_every_group_of_the_whole_plan(store: Store) -> None:
    issue(store)
    offices = tuple(office.code for office in store.plan.offices)
    for priority in ("p1", "p2", "p3", "p4", "p5"):
        run(store, priority, at("2023-12-20"), offices=offices)
    from collections import Counter

    from models.work.queries import AssignmentFilter, assignments

    with store.engine.connect() as connection:
        rows = assignments(connection, AssignmentFilter(), now=at("2023-12-20"))
    groups = Counter((r.subtask, r.step, r.variant, r.period, r.lead_office) for r in rows if r.role is Role.LEAD)
    members = {(r.subtask, r.step, r.variant, r.period, r.lead_office) for r in rows}
    assert set(groups.values()) == {1}
    assert members == set(groups)
    leads = {(r.subtask, r.step, r.variant, r.period, r.lead_office): r.due_date for r in rows if r.role is Role.LEAD}
    for r in rows:
        if r.role is Role.COORDINATING:
            assert r.due_date < leads[r.subtask, r.step, r.variant, r.period, r.lead_office]
