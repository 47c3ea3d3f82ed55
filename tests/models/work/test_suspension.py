"""Work that rests and goes on: silent, never late, and afterwards as if newly assigned; work given to a unit."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from config.catalogue.loader import load_plan
from config.clock import end_of_day, last_day_before
from config.errors import Refused
from config.rules.explanations import end_of_term
from flows.steps import track
from models.alerts.attention import AttentionCounts, attention_counts
from models.keeping.as_of import reading_as_it_was
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.audit_event import AuditEvent
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import TransitionRefused
from models.tables.lifecycle import ExtensionState, NoticeKind, NoticeState, Role, State, Status
from models.tables.party import Part, Party
from models.tables.report import Extension
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.deeds.direct import give_to, move_dates
from models.work.deeds.undo import undoing
from models.work.lists.office_list import work_list
from models.work.queries import AssignmentFilter, assignments, history
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from reports.wording import status_vi
from tests.support.cast import LEAD, assignment_in, at, begin, issue, number_of, run, t0_report, told
from tests.support.plans import one_file

REASON = "Chờ hướng dẫn của cấp trên."


@pytest.fixture
def number(store: Store) -> int:
    """T0.1 of one office, assigned on 18/8 and due on 11/9/2023, its first letter sent."""
    begin(store, "p1", at("2023-08-18"))
    return number_of(store, "T0.1")


def act(store: Store, verb: object, number: int, *args: object, when: datetime | str) -> Assignment:
    now = when if isinstance(when, datetime) else at(when)
    with session_scope(store.engine) as session:
        return verb(session, number, *args, store.actor_context(now=now, actor="coordinator:1"))  # type: ignore[operator, no-any-return]


def kinds_told(store: Store, number: int) -> list[str]:
    return [rung.partition(":")[0] for _, rung, _ in told(store, number)]


def the_assignment(session: Session, number: int) -> Assignment:
    return session.get_one(Assignment, number)


def test_suspended_work_is_silent_and_never_late(store: Store, number: int) -> None:
    before = at("2023-08-18", 9)
    with session_scope(store.engine) as session:
        others = attention_counts(session, now=at("2023-10-20"), calendar=store.calendar, priority="p1").overdue - 1
    assert act(store, verbs.suspend, number, REASON, when=before).next_alert_at is None
    run(store, "p1", at("2023-09-08"))
    run(store, "p1", at("2023-10-20"))
    assert kinds_told(store, number) == ["assigned", "suspended"]
    with session_scope(store.engine) as session:
        late = attention_counts(session, now=at("2023-10-20"), calendar=store.calendar, priority="p1")
        assert late.overdue == others
        assert history(session, number, now=at("2023-10-20")).status is Status.OPEN_WITHIN_TERM


def test_neither_due_soon_nor_unacknowledged_nor_overdue_at_any_time(store: Store, number: int) -> None:
    for other in (each for each in _numbers(store) if each != number):
        act(store, verbs.withdraw, other, "Chỉ xem một việc.", when="2023-08-18")
    act(store, verbs.suspend, number, REASON, when="2023-08-18")
    for day in ("2023-08-25", "2023-09-08", "2023-09-11", "2023-09-12", "2024-03-01"):
        with session_scope(store.engine) as session:
            assert attention_counts(session, now=at(day), calendar=store.calendar) == AttentionCounts(0, 0, 0), day


def _numbers(store: Store) -> list[int]:
    with reading(store.engine) as connection:
        return [row.id for row in assignments(connection, AssignmentFilter(), now=at("2023-08-18"))]


def test_the_lists_and_the_board_call_it_by_its_own_word(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-21")
    with reading(store.engine) as connection:
        (row,) = assignments(connection, AssignmentFilter(state=State.SUSPENDED), now=at("2023-10-20"))
        shown = board(connection, now=at("2023-10-20"), calendar=store.calendar)
        sections = {
            section.key: [each.id for each in section.rows]
            for section in work_list(connection, LEAD, now=at("2023-10-20"), calendar=store.calendar, page_size=100)
        }
    assert status_vi(Status(row.status), row.state) == "Tạm dừng"
    assert (shown.suspended, shown.as_json()["suspended"]) == (1, 1)
    assert "trong đó tạm dừng | 1" in board_markdown(shown, store.plan)
    assert number not in {line.id for line in (*shown.late, *shown.next_deadlines)}
    assert sections["suspended"] == [number]
    assert number not in [each for key, listed in sections.items() if key != "suspended" for each in listed]


def test_a_reminder_already_in_the_outbox_is_not_sent_any_more(store: Store, number: int) -> None:
    track(store, "p1", store.actor_context(now=at("2023-09-08"), actor="flow:p1", run_key="r"))
    act(store, verbs.suspend, number, REASON, when=at("2023-09-08", 9))
    deliver(store, now=at("2023-09-08", 10))
    assert (NoticeKind.DUE_SOON, "due_in_1", "SYT/focal") in told(store, number, NoticeState.CANCELLED)
    assert kinds_told(store, number) == ["assigned", "suspended"]


def test_going_on_gives_back_the_working_days_and_begins_the_ladder_anew(store: Store, number: int) -> None:
    act(store, verbs.acknowledge, number, when="2023-08-21")
    act(store, verbs.suspend, number, REASON, when="2023-08-25")
    deliver(store, now=at("2023-08-25", 9))
    resumed = act(store, verbs.resume, number, None, when="2023-09-08")
    # 28–31/8 and 5–8/9: the National Day was no working day given away.
    assert (resumed.due_date, resumed.original_due_date) == (date(2023, 9, 21), date(2023, 9, 11))
    assert (resumed.state, resumed.acknowledged_at, resumed.suspended_at) == (State.ASSIGNED, None, None)
    with session_scope(store.engine) as session:
        found = attention_counts(session, now=at("2023-09-11"), calendar=store.calendar, priority="p1")
        later = attention_counts(session, now=at("2023-09-13"), calendar=store.calendar, priority="p1")
        assert later.acknowledged_missing == found.acknowledged_missing + 1, "two working days after going on"
    for day in ("2023-09-08", "2023-09-11", "2023-09-12", "2023-09-14", "2023-09-20", "2023-09-21", "2023-09-22"):
        run(store, "p1", at(day, 9))
    assert kinds_told(store, number)[1:] == [
        "suspended", "resumed", "not_acknowledged", "due_in_5", "due_in_1", "due_today", "overdue+1",
    ]  # fmt: skip


def test_rungs_already_past_on_the_new_ladder_stay_unsaid(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-09-14")  # three working days late
    resumed = act(store, verbs.resume, number, None, when="2023-09-20")
    assert resumed.due_date == date(2023, 9, 15), "late by the same three days, which nobody gives away"
    run(store, "p1", at("2023-09-20", 10))
    run(store, "p1", at("2023-09-21", 10))
    assert not [rung for rung in kinds_told(store, number) if rung.startswith("overdue")]
    run(store, "p1", at("2023-09-22", 10))
    assert "overdue+5" in kinds_told(store, number)


def test_going_on_until_a_day_that_is_named(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-25")
    with pytest.raises(Refused, match="07/09/2023 đã qua"):
        act(store, verbs.resume, number, date(2023, 9, 7), when="2023-09-08")
    resumed = act(store, verbs.resume, number, date(2023, 9, 30), when="2023-09-08")
    assert resumed.due_date == date(2023, 10, 2), "a Saturday moves on to Monday"
    assert resumed.original_due_date == date(2023, 9, 11)


def test_paused_twice_the_days_of_both_are_given_back(store: Store, number: int) -> None:
    for suspended, resumed, due in (("2023-08-21", "2023-08-23", 13), ("2023-08-24", "2023-08-28", 15)):
        act(store, verbs.suspend, number, REASON, when=suspended)
        gone_on = act(store, verbs.resume, number, None, when=resumed)
        assert gone_on.due_date == date(2023, 9, due)
    assert gone_on.explanation_vi.startswith(
        "tiếp tục, trả lại 2 ngày làm việc, ngày 28/8/2023 → 24:00 ngày 15/9/2023; hạn gốc: +15 ngày làm việc từ"
    )
    assert gone_on.explanation_vi.count("hạn gốc") == gone_on.explanation_en.count("originally") == 1


def test_more_time_granted_while_it_rests_is_kept(store: Store, number: int) -> None:
    act(store, verbs.request_extension, number, date(2023, 9, 15), "Chờ số liệu.", when="2023-08-21")
    act(store, verbs.suspend, number, REASON, when="2023-08-22")
    assert act(store, verbs.grant_extension, number, None, when="2023-08-23").next_alert_at is None
    resumed = act(store, verbs.resume, number, None, when="2023-08-24")
    assert resumed.due_date == date(2023, 9, 18), "the day since it was granted, and not the one before"


def test_a_date_that_a_deed_set_while_it_rests_is_kept(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-21")
    moved_to(store, number, date(2023, 11, 1), at("2023-10-12"))
    assert act(store, verbs.resume, number, None, when="2023-10-16").due_date == date(2023, 11, 3)


def test_a_deed_that_was_undone_takes_no_days_away(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-21")
    deed = moved_to(store, number, date(2023, 11, 1), at("2023-08-22"))
    with session_scope(store.engine) as session:
        change = undoing(session, deed, "Nhầm việc.", store.actor_context(now=at("2023-08-23"), actor="coordinator:1"))
    apply(store.engine, change)
    assert act(store, verbs.resume, number, None, when="2023-08-24").due_date == date(2023, 9, 14)


def moved_to(store: Store, number: int, day: date, when: datetime) -> int:
    context = store.actor_context(now=when, actor="coordinator:1")
    return apply(store.engine, move_dates([number], day, provenance=Provenance(reason=REASON), context=context)).deed


PARTS = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Ban hành kế hoạch
      steps:
        - key: plan
          due: {lead: "BY:31/03/2025", coordinating: "BY:24/03/2025"}
          lead: SYT
          coordinating: [STC]
"""


def _with_a_part(store: Store, folder: Path) -> tuple[Store, int, int]:
    """A store in which a lead and an office that owes it a part have their work; the numbers of both."""
    begun = replace(store, plan=load_plan(one_file(folder / "plan.yaml", PARTS)))
    mirror_configuration(begun.engine, begun.plan, begun.contacts)
    issue(begun, on_date=date(2025, 3, 3))
    run(begun, "p1", at("2025-03-03", 9), offices=())
    lead, part = (number_of(begun, "T1.1", office=office, role=role) for office, role in WHO)
    return begun, lead, part


def test_what_is_owed_to_a_lead_rests_and_goes_on_with_it(store: Store, tmp_path: Path) -> None:
    begun, lead, part = _with_a_part(store, tmp_path)
    act(begun, verbs.suspend, lead, REASON, when="2025-03-10")
    run(begun, "p1", at("2025-03-26"), offices=())
    assert kinds_told(begun, part) == ["assigned", "suspended"]
    act(begun, verbs.resume, lead, date(2025, 5, 30), when="2025-03-27")
    rows = [assignment_in(begun, number) for number in (lead, part)]
    assert [row.state for row in rows] == [State.ASSIGNED, State.ASSIGNED]
    assert [row.due_date for row in rows] == [date(2025, 5, 30), date(2025, 4, 11)]


def test_what_rested_by_itself_rests_on_when_its_lead_goes_on(store: Store, tmp_path: Path) -> None:
    begun, lead, part = _with_a_part(store, tmp_path)
    act(begun, verbs.suspend, part, REASON, when="2025-03-07")
    act(begun, verbs.suspend, lead, REASON, when="2025-03-10")
    act(begun, verbs.resume, lead, None, when="2025-03-12")
    assert assignment_in(begun, part).state is State.SUSPENDED


WHO = (("SYT", Role.LEAD), ("STC", Role.COORDINATING))


PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Báo cáo nhanh
      steps: [{key: soon, due: {lead: "ISSUE+24h"}, lead: SYT}]
    - code: T1.2
      title_vi: Chỉ tiêu
      steps: [{key: target, due: {lead: "TARGET:2028"}, lead: SYT}]
    - code: T1.3
      title_vi: Đúng giờ
      steps: [{key: at, due: {lead: "AT:15:00-31/03/2025"}, lead: SYT}]
"""


@pytest.mark.parametrize(
    ("subtask", "resumed", "due_at"),
    [
        ("T1.1", at("2025-03-07", 11), at("2025-03-08", 9)),
        ("T1.1", at("2025-03-07", 11, 30), at("2025-03-08", 9, 30)),
        ("T1.2", at("2025-03-07", 11), end_of_day(date(2028, 12, 31))),
        ("T1.3", at("2025-03-07", 11), at("2025-03-31", 15)),
        ("T1.3", at("2025-03-11", 11), at("2025-04-02", 15)),
    ],
)
def test_as_much_is_given_back_as_it_rested(
    store: Store, tmp_path: Path, subtask: str, resumed: datetime, due_at: datetime
) -> None:
    begun = replace(store, plan=load_plan(one_file(tmp_path / "plan.yaml", PLAN)))
    mirror_configuration(begun.engine, begun.plan, begun.contacts)
    issue(begun, on_date=date(2025, 3, 7))  # a Friday
    run(begun, "p1", at("2025-03-07", 9), offices=())
    with session_scope(begun.engine) as session:
        assigned = session.exec(select(Assignment).where(Assignment.subtask == subtask)).one()
    act(begun, verbs.suspend, assigned.id or 0, REASON, when=at("2025-03-07", 10))
    gone_on = act(begun, verbs.resume, assigned.id or 0, None, when=resumed)
    assert (gone_on.due_at, gone_on.due_date) == (due_at, last_day_before(due_at))
    assert end_of_term(due_at)[0] in gone_on.explanation_vi
    act(begun, verbs.acknowledge, assigned.id or 0, when=resumed + timedelta(hours=1))
    with reading_as_it_was(begun.engine, resumed) as connection:
        then = select(Assignment.due_at).where(Assignment.id == assigned.id)
        assert connection.execute(then).scalar_one() == due_at


def test_what_does_not_apply_while_it_rests_is_refused(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-21")
    for verb, args in (
        (verbs.acknowledge, ()),
        (verbs.report, (t0_report(),)),
        (verbs.delegate, ("Phòng Tổ chức",)),
        (verbs.request_extension, (date(2023, 9, 15), "Chờ số liệu.")),
        (verbs.suspend, (REASON,)),
    ):
        with pytest.raises(TransitionRefused, match="đang tạm dừng"):
            act(store, verb, number, *args, when="2023-08-22")
    with pytest.raises(Refused, match="Lý do tạm dừng"):
        act(store, verbs.suspend, number, " ", when="2023-08-22")
    assert act(store, verbs.withdraw, number, "Giao lại.", when="2023-08-22").state is State.WITHDRAWN


def test_it_moves_with_its_office_and_rests_on(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=("STNMT",))
    number = number_of(store, "T0.1", office="STNMT")
    act(store, verbs.suspend, number, REASON, when="2025-02-21")
    run(store, "p1", at("2025-03-10"), offices=())
    with session_scope(store.engine) as session:
        found = the_assignment(session, number)
        assert (found.office, found.state, found.next_alert_at) == ("SNNMT", State.SUSPENDED, None)
    act(store, verbs.resume, number, date(2025, 4, 1), when="2025-03-11")
    deliver(store, now=at("2025-03-11", 9))
    assert told(store, number)[-1][1:] == ("resumed", "SNNMT/focal")


def test_an_office_that_gets_it_meanwhile_hears_that_it_rests(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-25")
    deliver(store, now=at("2023-08-25", 9))
    context = store.actor_context(now=at("2023-08-28"), actor="coordinator:1")
    apply(store.engine, give_to([number], "STC", provenance=Provenance(reason=REASON), context=context))
    deliver(store, now=at("2023-08-28", 9))
    sent = {each.recipient: each for each in letters(store.settings.mailbox_dir) if each.at == at("2023-08-28", 9)}
    given, taken = (sent[store.plan.office(code).name_vi] for code in ("STC", "SYT"))
    assert "việc đang tạm dừng; chưa phải thực hiện" in given.text
    assert "11/09/2023" in given.text
    assert "11/09/2023" not in given.subject
    assert "tạm dừng" not in taken.text
    moved_to(store, number, date(2023, 10, 2), at("2023-08-29"))
    deliver(store, now=at("2023-08-29", 9))
    assert "việc đang tạm dừng; chưa phải thực hiện" in letters(store.settings.mailbox_dir)[-1].text


def test_named_offices_hear_that_it_rests_and_goes_on(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        session.add(Party(assignment_id=number, office="STC", part=Part.NAMED))
    act(store, verbs.suspend, number, REASON, when=at("2023-08-25", 8))
    act(store, verbs.resume, number, None, when=at("2023-08-25", 9))
    act(store, verbs.suspend, number, REASON, when=at("2023-08-25", 10))
    deliver(store, now=at("2023-08-25", 11))
    named = [each for each in letters(store.settings.mailbox_dir) if each.recipient == store.plan.office("STC").name_vi]
    assert named[-1].text.count("việc đang tạm dừng; chưa phải thực hiện") == 1
    assert REASON not in named[-1].text


def test_a_run_does_not_assign_again_what_rests(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-21")
    assert run(store, "p1", at("2023-08-22")).assigned == 0
    with session_scope(store.engine) as session:
        assert the_assignment(session, number).state is State.SUSPENDED


def test_the_letter_says_who_why_and_until_when(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, REASON, when="2023-08-25")
    deliver(store, now=at("2023-08-25", 9))
    act(store, verbs.resume, number, None, when="2023-09-08")
    deliver(store, now=at("2023-09-08", 9))
    stopped, goes_on = letters(store.settings.mailbox_dir)[-2:]
    assert "Công an tỉnh cho tạm dừng" in stopped.text
    assert f"lý do: {REASON}" in stopped.text
    assert "Công an tỉnh cho tiếp tục; hạn mới 21/09/2023" in goes_on.text
    assert "hạn gốc 11/09/2023" in goes_on.text
    assert "đã gia hạn" not in goes_on.text


def test_what_was_taken_back_before_it_was_told_is_not_told(store: Store, number: int) -> None:
    act(store, verbs.suspend, number, "Lý do thứ nhất.", when=at("2023-08-25", 8))
    act(store, verbs.resume, number, None, when=at("2023-08-25", 9))
    act(store, verbs.suspend, number, "Lý do thứ hai.", when=at("2023-08-25", 10))
    deliver(store, now=at("2023-08-25", 11))
    text = letters(store.settings.mailbox_dir)[-1].text
    assert "Lý do thứ hai." in text
    assert "Lý do thứ nhất." not in text
    assert "cho tiếp tục" not in text


def test_a_withdrawn_work_is_told_with_the_reason(store: Store, number: int) -> None:
    act(store, verbs.withdraw, number, "Giao lại cho cơ quan khác.", when="2023-08-25")
    deliver(store, now=at("2023-08-25", 9))
    assert "lý do: Giao lại cho cơ quan khác." in letters(store.settings.mailbox_dir)[-1].text


def test_the_unit_that_does_it_is_noted_and_nothing_else_changes(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        before = the_assignment(session, number).model_dump()
    noted = act(store, verbs.delegate, number, "  Phòng Nghiệp vụ Y ", when="2023-08-21").model_dump()
    assert noted.pop("delegated_to") == "Phòng Nghiệp vụ Y"
    before.pop("delegated_to")
    assert noted == before
    with session_scope(store.engine) as session:
        last = history(session, number, now=at("2023-08-21")).events[-1]
        assert (last.verb, last.details) == ("delegate", {"to": "Phòng Nghiệp vụ Y"})
    assert act(store, verbs.delegate, number, "", when="2023-08-21").delegated_to == ""


@pytest.mark.parametrize(
    ("unit", "told_of"),
    [("Ông Nguyễn Văn Nam", "tên người"), ("x" * 101, "tối đa 100"), ("0912 345 678", "điện thoại")],
)
def test_a_person_is_not_a_unit(store: Store, number: int, unit: str, told_of: str) -> None:
    with pytest.raises(Refused, match=told_of):
        act(store, verbs.delegate, number, unit, when="2023-08-21")


@pytest.mark.parametrize(
    ("until", "becomes"),
    [("2023-09-20", ExtensionState.LAPSED), ("2023-09-18", ExtensionState.LAPSED), (None, ExtensionState.REQUESTED)],
)
def test_going_on_with_the_time_that_was_asked_for_closes_the_request(
    store: Store, number: int, until: str | None, becomes: ExtensionState
) -> None:
    act(store, verbs.request_extension, number, date(2023, 9, 18), "Chờ số liệu.", when="2023-08-21")
    act(store, verbs.suspend, number, REASON, when="2023-08-22")
    act(store, verbs.resume, number, date.fromisoformat(until) if until else None, when="2023-08-24")
    with session_scope(store.engine) as session:
        (request,) = session.exec(select(Extension)).all()
        assert (request.state, request.decided_at is not None) == (becomes, becomes is ExtensionState.LAPSED)
        event = session.exec(select(AuditEvent).where(AuditEvent.verb == "resume")).one()
        assert ("lapsed_extension" in event.details) == (becomes is ExtensionState.LAPSED)
