"""Days that are not like others: weekends, Tết, a scheduler asleep, urgent papers, late starts, ends of periods."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.catalogue.loader import load_plan
from flows.forms import fill_in
from models.delivery.auditor import audit_follow_up
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, Role, Status
from models.tables.outbox import Message, Notice
from models.work import verbs
from models.work.queries import AssignmentFilter, assignments
from notifications.channels.mailbox import letters
from tests.support.cast import COORDINATOR, LEAD, MONITOR, at, begin, issue, number_of, run, t0_report, told
from tests.support.following_up import follow_up_once
from tests.support.plans import one_file

FOCAL, HEAD = f"{LEAD}/focal", f"{LEAD}/head"


def reminders(store: Store, number: int, state: NoticeState = NoticeState.SENT) -> list[tuple[str, str]]:
    said = told(store, number, state)
    return [
        (rung, who)
        for kind, rung, who in said
        if kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE)
    ]


def periods_of(store: Store, subtask: str, now: str, *, office: str = LEAD) -> set[str]:
    with reading(store.engine) as connection:
        wanted = AssignmentFilter(office=office, subtask=subtask, role=Role.LEAD)
        return {row.period for row in assignments(connection, wanted, now=at(now))}


# --- a scheduler that slept ----------------------------------------------------------------------------------


def test_asleep_from_friday_over_a_weekend_it_wakes_to_the_highest_rung(store: Store) -> None:
    """Due on Thursday 14/9; nothing runs on Friday, Saturday, Sunday."""
    begin(store, "p1", at("2023-08-22"), on_date=date(2023, 8, 22))
    number = number_of(store, "T0.1")
    run(store, "p1", at("2023-09-14"))
    before = reminders(store, number)
    run(store, "p1", at("2023-09-19"))  # Tuesday: three working days late
    assert reminders(store, number)[len(before) :] == [("overdue+3", FOCAL), ("overdue+3", HEAD)]
    assert ("overdue+1", FOCAL) in reminders(store, number, NoticeState.SUPERSEDED)


def test_asleep_over_tet_it_counts_no_day_of_the_holiday(store: Store) -> None:
    """Due on 5/2/2024; 8–14/2 is Tết, so 15/2 is the third working day after it, not the tenth."""
    begin(store, "p1", at("2024-01-15"), on_date=date(2024, 1, 15))
    number = number_of(store, "T0.1")
    run(store, "p1", at("2024-02-05"))
    assert reminders(store, number)[-1] == ("due_today", FOCAL)
    run(store, "p1", at("2024-02-15"))
    assert reminders(store, number)[-2:] == [("overdue+3", FOCAL), ("overdue+3", HEAD)]
    assert ("overdue+5", FOCAL) not in reminders(store, number)
    run(store, "p1", at("2024-02-18"))  # Sunday: nothing new
    assert reminders(store, number)[-1] == ("overdue+3", HEAD)
    run(store, "p1", at("2024-02-19"))
    assert {rung for rung, _ in reminders(store, number)[-4:]} == {"overdue+5"}


def test_running_through_tet_sends_nothing_until_it_is_over(store: Store) -> None:
    begin(store, "p1", at("2024-01-15"), at("2024-02-07"), on_date=date(2024, 1, 15))
    sent = len(letters(store.settings.mailbox_dir))
    for day in range(8, 15):
        assert run(store, "p1", at(date(2024, 2, day))).messages_sent == 0
    assert len(letters(store.settings.mailbox_dir)) == sent


def test_asleep_over_the_whole_ladder_one_notice_for_each_recipient(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    run(store, "p1", at("2023-11-15"))
    late = store.calendar.count(date(2023, 9, 11), date(2023, 11, 15)) // 5 * 5
    assert sorted(who for _, who in reminders(store, number)) == sorted(
        [FOCAL, HEAD, f"{COORDINATOR}/coordinator", f"{MONITOR}/monitor"]
    )
    assert {rung for rung, _ in reminders(store, number)} == {f"overdue+{late}"}
    superseded = {rung for rung, _ in reminders(store, number, NoticeState.SUPERSEDED)}
    assert superseded == {
        "due_in_5",
        "due_in_1",
        "due_today",
        "overdue+1",
        "overdue+3",
        *(f"overdue+{n}" for n in range(5, late, 5)),
    }


def test_a_run_of_a_day_gone_by_says_nothing_twice(store: Store) -> None:
    issue(store)
    for day in ("2023-08-18", "2023-09-15"):
        run(store, "p1", at(day))
    number = number_of(store, "T0.1")
    before = told(store, number), told(store, number, NoticeState.SUPERSEDED)
    for day in ("2023-09-12", "2023-09-01", "2023-08-18"):
        assert run(store, "p1", at(day), run_key="again").notices == 0
    assert (told(store, number), told(store, number, NoticeState.SUPERSEDED)) == before


# --- urgent papers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("urgency", "sent_on_saturday"), [("hỏa tốc", 1), ("thượng khẩn", 0), ("thường", 0)])
def test_only_express_leaves_on_a_day_off(store: Store, urgency: str, sent_on_saturday: int) -> None:
    issue(store)
    for day in ("2023-08-18", "2023-08-22"):
        run(store, "p1", at(day))
    document = {"number": "45-NQ/TW", "on_date": "2023-08-25", "title": "Nghị quyết mới", "urgency": urgency}
    form = fill_in("p1", {"offices": (LEAD,), "new_documents": [document]}, store.plan)
    saturday = follow_up_once(store, "p1", form, at("2023-08-26"), "saturday")
    assert (saturday.assigned, saturday.messages_sent) == (1, sent_on_saturday)
    sunday = run(store, "p1", at("2023-08-27"))
    monday = run(store, "p1", at("2023-08-28"))
    assert (sunday.messages_sent, monday.messages_sent) == (0, 1 - sent_on_saturday)


def test_express_does_not_take_ordinary_notices_along(store: Store) -> None:
    issue(store)
    for day in ("2023-08-18", "2023-08-22"):
        run(store, "p1", at(day))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-08-26"), actor="coordinator")
        verbs.withdraw(session, number, "Giao nhầm đơn vị.", context)
    document = {"number": "45-NQ/TW", "on_date": "2023-08-25", "title": "Nghị quyết mới", "urgency": "hỏa tốc"}
    form = fill_in("p1", {"offices": (LEAD,), "new_documents": [document]}, store.plan)
    follow_up_once(store, "p1", form, at("2023-08-26", 9), "saturday")
    with reading(store.engine) as connection:
        waiting = connection.scalars(select(col(Notice.kind)).where(col(Notice.state) == NoticeState.PENDING)).all()
        states = set(connection.scalars(select(col(Message.state))))
    assert set(waiting) == {NoticeKind.WITHDRAWN}
    assert states == {MessageState.SENT}


# --- late starts ---------------------------------------------------------------------------------------------


def test_work_of_months_ago_is_assigned_and_urged_at_once_by_its_highest_rung(store: Store) -> None:
    issue(store)
    first = run(store, "p1", at("2023-12-20"))
    assert first.assigned > 0
    number = number_of(store, "T0.1")
    late = store.calendar.count(date(2023, 9, 11), date(2023, 12, 20)) // 5 * 5
    assert {rung for rung, _ in reminders(store, number)} == {f"overdue+{late}"}
    # What would have come before there was anything to acknowledge or to be late with is not said now.
    assert {kind for kind, _, _ in told(store, number)} == {NoticeKind.ASSIGNED, NoticeKind.OVERDUE}
    run(store, "p1", at("2023-12-22"))
    assert told(store, number)[-1] == (NoticeKind.NOT_ACKNOWLEDGED, "not_acknowledged", FOCAL)
    with reading(store.engine) as connection:
        row = next(
            r for r in assignments(connection, AssignmentFilter(office=LEAD), now=at("2023-12-20")) if r.id == number
        )
    assert row.status == Status.OPEN_OVERDUE


def test_nothing_is_assigned_before_the_document_is_issued(store: Store) -> None:
    issue(store)
    assert run(store, "p1", at("2023-08-16", 23, 59)).assigned == 0
    assert run(store, "p1", at("2023-08-17", 0, 0)).assigned > 0


# --- ends of periods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "periods"),
    [
        ("2023-09-14", {"2023-09"}),
        ("2023-09-15", {"2023-09", "2023-10"}),
        ("2023-12-14", {"2023-09", "2023-10", "2023-11", "2023-12"}),
        ("2023-12-15", {"2023-09", "2023-10", "2023-11", "2023-12", "2024-01"}),
    ],
)
def test_a_month_begins_on_the_fifteenth_of_the_one_before(store: Store, day: str, periods: set[str]) -> None:
    begin(store, "p3", at(day))
    assert periods_of(store, "T3.2", day) == periods


def test_daily_runs_and_one_run_at_the_end_assign_the_same_work(store: Store) -> None:
    """However the runs fall, what exists in the end is the same, and each piece once."""
    issue(store)
    day = date(2023, 12, 10)
    while day <= date(2024, 1, 20):
        run(store, "p2", at(day))
        day += timedelta(days=1)
    assert run(store, "p2", at("2024-01-20", 13, 30), run_key="late").assigned == 0
    with reading(store.engine) as connection:
        identity = [
            (r.subtask, r.step, r.variant, r.period, r.lead_office, r.assigned_office, r.role)
            for r in assignments(connection, AssignmentFilter(priority="p2"), now=at("2024-01-20"))
        ]
    assert len(identity) == len(set(identity))
    assert {period for _, _, _, period, *_ in identity} >= {"2023-Q3", "2023-Q4", "2024-Q1", "2024"}


def test_a_coming_period_is_assigned_when_named_and_not_again_when_it_comes(store: Store) -> None:
    issue(store)
    form = fill_in("p3", {"offices": (LEAD,), "periods": ("2023-11",)}, store.plan)
    early = follow_up_once(store, "p3", form, at("2023-08-18"), "named")
    assert early.assigned > 0
    assert periods_of(store, "T3.2", "2023-08-18") == {"2023-11"}
    run(store, "p3", at("2023-10-20"))
    with reading(store.engine) as connection:
        rows = [
            r
            for r in assignments(
                connection, AssignmentFilter(office=LEAD, subtask="T3.2", role=Role.LEAD), now=at("2023-10-20")
            )
            if r.period == "2023-11"
        ]
    assert len(rows) == 1


def test_a_half_year_input_of_helpers_falls_due_before_the_lead_and_compilation_on_the_25th(store: Store) -> None:
    begin(store, "p1", at("2023-11-01"), offices=())
    with reading(store.engine) as connection:
        rows = assignments(connection, AssignmentFilter(subtask="T1.4", period="2023-H2"), now=at("2023-11-01"))
    due = {(row.step, row.role): row.due_date for row in rows}
    assert due == {
        ("report", Role.COORDINATING): date(2023, 12, 19),
        ("report", Role.LEAD): date(2023, 12, 21),
        ("compile", Role.LEAD): date(2023, 12, 25),
    }


# --- the cast, all at once -----------------------------------------------------------------------------------


def test_the_whole_cast_lives_through_the_first_weeks(store: Store) -> None:
    """SYT is early, STC on the last day, SXD late, SNV sent back once, SCT has more time, STP says nothing."""
    cast = ("SYT", "STC", "SXD", "SNV", "SCT", "STP")
    begin(store, "p1", at("2023-08-18"), offices=cast)
    number = {office: number_of(store, "T0.1", office=office) for office in cast}

    def do(when: str, hour: int, office: str, verb: object, *args: object) -> None:
        with session_scope(store.engine) as session:
            verb(session, number[office], *args, store.actor_context(now=at(when, hour), actor="cast"))  # type: ignore[operator]

    def hand_in(when: str, hour: int, office: str) -> None:
        do(when, hour, office, verbs.report, t0_report(document_number=f"45/BC-{office}"))

    deeds = {
        "2023-08-28": [lambda: hand_in("2023-08-28", 9, "SYT")],
        "2023-08-29": [lambda: do("2023-08-29", 9, "SYT", verbs.accept)],
        "2023-09-06": [
            lambda: do("2023-09-06", 9, "SCT", verbs.request_extension, date(2023, 9, 18), "Chờ số liệu."),
            lambda: do("2023-09-06", 15, "SCT", verbs.grant_extension, None),
        ],
        "2023-09-08": [lambda: hand_in("2023-09-08", 9, "SNV")],
        "2023-09-11": [lambda: hand_in("2023-09-11", 23, "STC")],
        "2023-09-12": [
            lambda: do("2023-09-12", 9, "STC", verbs.accept),
            lambda: do("2023-09-12", 9, "SNV", verbs.return_, "Thiếu phụ lục."),
        ],
        "2023-09-13": [lambda: hand_in("2023-09-13", 9, "SXD"), lambda: hand_in("2023-09-13", 9, "SNV")],
        "2023-09-14": [
            lambda: do("2023-09-14", 9, "SXD", verbs.accept),
            lambda: do("2023-09-14", 9, "SNV", verbs.accept),
        ],
        "2023-09-18": [lambda: hand_in("2023-09-18", 9, "SCT")],
        "2023-09-19": [lambda: do("2023-09-19", 9, "SCT", verbs.accept)],
    }
    day = date(2023, 8, 19)
    while day <= date(2023, 9, 19):
        run(store, "p1", at(day, 7, 30), offices=cast)
        for deed in deeds.get(day.isoformat(), []):
            deed()
        day += timedelta(days=1)

    with reading(store.engine) as connection:
        assert not audit_follow_up(connection, now=at("2023-09-19", 12), calendar=store.calendar)
        rows = assignments(connection, AssignmentFilter(subtask="T0.1", role=Role.LEAD), now=at("2023-09-19", 12))
    assert {row.office: str(row.status) for row in rows} == {
        "SYT": "done_on_time",
        "STC": "done_on_time",
        "SXD": "done_late",
        "SNV": "done_late",
        "SCT": "done_on_time",
        "STP": "open_overdue",
    }
    urged = {
        office: [rung for rung, who in reminders(store, n) if who.endswith("focal")] for office, n in number.items()
    }
    assert urged == {
        "SYT": [],
        "STC": ["due_in_5", "due_in_1", "due_today"],
        "SXD": ["due_in_5", "due_in_1", "due_today", "overdue+1"],
        "SNV": ["due_in_5", "due_in_1", "overdue+1"],
        "SCT": ["due_in_5", "due_in_5", "due_in_1", "due_today"],
        "STP": ["due_in_5", "due_in_1", "due_today", "overdue+1", "overdue+3", "overdue+5"],
    }
    with session_scope(store.engine) as session:
        assert session.get_one(Assignment, number["SCT"]).original_due_date == date(2023, 9, 11)


# --- periods that begin with days off ------------------------------------------------------------------------

AT_THE_BEGINNING = """
- title_vi: Nhiệm vụ
  subtasks:
    - {code: T1.1, title_vi: Báo cáo tháng, steps: [{key: monthly, due: {lead: "trước ngày 05 hằng tháng"}, lead: SYT}]}
    - {code: T1.2, title_vi: Chốt số, steps: [{key: closing, due: {lead: "trước ngày 01 hằng tháng"}, lead: SYT}]}
    - code: T1.3
      title_vi: Báo cáo hai lần một năm
      steps: [{key: twice, due: {lead: "trước ngày 01 tháng 7 và 01 tháng 12 hằng năm"}, lead: SYT}]
"""


def test_work_of_a_month_that_begins_with_days_off_is_not_late_as_it_is_given(store: Store, tmp_path: Path) -> None:
    """30/4 to 4/5/2025 are days off: nobody could hand in May's report before 5/5."""
    begun = replace(store, plan=load_plan(one_file(tmp_path / "plan.yaml", AT_THE_BEGINNING)))
    mirror_configuration(begun.engine, begun.plan, begun.contacts)
    issue(begun, on_date=date(2025, 4, 10))
    for day in ("2025-04-10", "2025-05-01", "2025-05-05"):
        run(begun, "p1", at(day), offices=())
    with reading(begun.engine) as connection:
        rows = {
            (row.subtask, row.period): row for row in assignments(connection, AssignmentFilter(), now=at("2025-05-05"))
        }
    may = rows["T1.1", "2025-05"]
    assert (may.due_date, may.status) == (date(2025, 5, 5), Status.OPEN_WITHIN_TERM)
    said = {kind for state in (NoticeState.SENT, NoticeState.PENDING) for kind, *_ in told(begun, may.id, state)}
    assert NoticeKind.ASSIGNED in said and NoticeKind.OVERDUE not in said
    closing = {period: row.due_date for (subtask, period), row in rows.items() if subtask == "T1.2"}
    twice = [(period, row.due_date) for (subtask, period), row in rows.items() if subtask == "T1.3"]
    assert twice == [("2025-07", date(2025, 6, 30))]
    assert closing == {"2025-04": date(2025, 4, 29), "2025-05": date(2025, 5, 30)}
