"""Assign, let days pass, expect notices: who is told what on which day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from config.errors import Refused
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import NoticeKind, NoticeState, Role, State
from models.tables.outbox import Message, Notice
from models.work import verbs
from notifications.channels.mailbox import letters
from tests.support.cast import (
    COORDINATOR,
    LEAD,
    MONITOR,
    assignment_of,
    at,
    begin,
    number_of,
    run,
    t0_report,
    told,
)
from tests.support.past import live

FOCAL, HEAD = f"{LEAD}/focal", f"{LEAD}/head"
COORDINATORS_DESK, MONITORS_DESK = f"{COORDINATOR}/coordinator", f"{MONITOR}/monitor"


@pytest.fixture
def begun(store: Store) -> Store:
    """The document of 17/8/2023 is registered and p1 ran on the next morning; T0.1 is due on 11/9/2023."""
    begin(store, "p1", at("2023-08-18"))
    return store


LIVED = ("2023-09-07", "2023-09-08", "2023-09-11", "2023-09-25")
"""Up to which days several tests live undisturbed."""


def live_undisturbed(store: Store, last: str) -> None:
    """Run p1 every morning from the document on to a day of ``LIVED``, in steps that other tests take over."""

    def past(store: Store) -> None:
        if before := LIVED[: LIVED.index(last)]:
            live_undisturbed(store, before[-1])
            live_through(store, str(date.fromisoformat(before[-1]) + timedelta(days=1)), last)
        else:
            begin(store, "p1", at("2023-08-18"))
            live_through(store, "2023-08-19", last)

    live(store, past, last)


def live_through(store: Store, first: str, last: str) -> None:
    """Run p1 every morning, days off included."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        run(store, "p1", at(day))
        day += timedelta(days=1)


def test_the_whole_ladder_is_climbed_rung_by_rung_each_on_its_day(store: Store) -> None:
    live_undisturbed(store, "2023-09-25")
    number = number_of(store, "T0.1")
    assert _by_rung(told(store, number)) == [
        (NoticeKind.ASSIGNED, "assigned", FOCAL),
        (NoticeKind.NOT_ACKNOWLEDGED, "not_acknowledged", FOCAL),
        (NoticeKind.DUE_SOON, "due_in_5", FOCAL),
        (NoticeKind.DUE_SOON, "due_in_1", FOCAL),
        (NoticeKind.DUE_TODAY, "due_today", FOCAL),
        (NoticeKind.OVERDUE, "overdue+1", FOCAL),
        (NoticeKind.OVERDUE, "overdue+3", FOCAL),
        (NoticeKind.OVERDUE, "overdue+3", HEAD),
        (NoticeKind.OVERDUE, "overdue+5", MONITORS_DESK),
        (NoticeKind.OVERDUE, "overdue+5", COORDINATORS_DESK),
        (NoticeKind.OVERDUE, "overdue+5", FOCAL),
        (NoticeKind.OVERDUE, "overdue+5", HEAD),
        (NoticeKind.OVERDUE, "overdue+10", MONITORS_DESK),
        (NoticeKind.OVERDUE, "overdue+10", COORDINATORS_DESK),
        (NoticeKind.OVERDUE, "overdue+10", FOCAL),
        (NoticeKind.OVERDUE, "overdue+10", HEAD),
    ]
    with session_scope(store.engine) as session:
        sent = session.execute(
            select(col(Notice.rung), func.min(col(Notice.sent_at)))
            .where(col(Notice.assignment_id) == number)
            .group_by(col(Notice.rung))
        ).all()
    days = {rung.partition(":")[0]: moment.date().isoformat() for rung, moment in sent}
    assert days == {
        "assigned": "2023-08-18",
        "not_acknowledged": "2023-08-22",
        "due_in_5": "2023-08-31",  # 1–4/9 are days off
        "due_in_1": "2023-09-08",
        "due_today": "2023-09-11",
        "overdue+1": "2023-09-12",
        "overdue+3": "2023-09-14",
        "overdue+5": "2023-09-18",
        "overdue+10": "2023-09-25",
    }


def _by_rung(notices: list[tuple[NoticeKind, str, str]]) -> list[tuple[NoticeKind, str, str]]:
    """In the order of the rungs; recipients of one rung by name, since one statement writes them together."""
    order = list(dict.fromkeys(rung for _, rung, _ in notices))
    return sorted(notices, key=lambda notice: (order.index(notice[1]), notice[2]))


def test_repeats_go_on_until_the_work_is_done_however_long(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    run(begun, "p1", at("2023-09-19"))
    for month in range(10, 13):
        run(begun, "p1", at(date(2023, month, 20)))
    run(begun, "p1", at("2024-06-20"))
    rungs = {rung for kind, rung, who in told(begun, number) if kind is NoticeKind.OVERDUE and who == FOCAL}
    assert "overdue+5" in rungs
    # Nine months later a repeat still comes, beyond what was worked out when the work was assigned.
    assert max(int(rung.removeprefix("overdue+")) for rung in rungs) > 180


def test_acknowledging_stops_only_that_reminder(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session:
        verbs.acknowledge(session, number, begun.actor_context(now=at("2023-08-21"), actor=f"office:{LEAD}"))
    live_through(begun, "2023-08-22", "2023-09-01")
    assert [rung for _, rung, _ in told(begun, number)] == ["assigned", "due_in_5"]


def test_reporting_on_time_stops_the_ladder(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session:
        verbs.report(session, number, t0_report(), begun.actor_context(now=at("2023-09-08"), actor=f"office:{LEAD}"))
    live_through(begun, "2023-09-09", "2023-10-10")
    assert [kind for kind, _, _ in told(begun, number)] == [NoticeKind.ASSIGNED, NoticeKind.REPORT_RECEIVED]


def test_a_return_starts_the_ladder_again_against_the_original_due_date(store: Store) -> None:
    live_undisturbed(store, "2023-09-08")
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        verbs.report(
            session, number, t0_report(), store.actor_context(now=at("2023-09-08", 15), actor=f"office:{LEAD}")
        )
    run(store, "p1", at("2023-09-14"))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-09-14", 15), actor="coordinator")
        returned = verbs.return_(session, number, "Số liệu chưa khớp.", context)
        assert returned.due_date == returned.original_due_date == date(2023, 9, 11)
    run(store, "p1", at("2023-09-15"))
    after = [(kind, rung) for kind, rung, who in told(store, number) if who in (FOCAL, HEAD)]
    # Four working days late: the highest rung due is overdue+3; overdue+1 is recorded as superseded.
    assert (NoticeKind.OVERDUE, "overdue+3") in after
    assert (NoticeKind.REPORT_RETURNED, "report") in after
    assert (NoticeKind.OVERDUE, "overdue+1") not in after
    superseded = [rung for _, rung, _ in told(store, number, NoticeState.SUPERSEDED)]
    assert "overdue+1" in superseded


def test_a_scheduler_down_three_days_catches_up_with_the_highest_rung_only(store: Store) -> None:
    live_undisturbed(store, "2023-09-11")
    number = number_of(store, "T0.1")
    before = told(store, number)
    run(store, "p1", at("2023-09-15"))  # nothing ran on 12, 13 and 14/9
    assert sorted(set(told(store, number)) - set(before)) == sorted(
        [(NoticeKind.OVERDUE, "overdue+3", FOCAL), (NoticeKind.OVERDUE, "overdue+3", HEAD)]
    )
    assert told(store, number, NoticeState.SUPERSEDED) == [(NoticeKind.OVERDUE, "overdue+1", FOCAL)]
    again = told(store, number)
    run(store, "p1", at("2023-09-15", 13, 30))
    assert told(store, number) == again


def test_an_extension_keeps_the_original_date_and_moves_the_ladder(store: Store) -> None:
    live_undisturbed(store, "2023-09-07")
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-09-07", 14), actor=f"office:{LEAD}")
        verbs.request_extension(session, number, date(2023, 9, 16), "Chờ số liệu của các đơn vị.", context)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-09-08"), actor="coordinator")
        granted = verbs.grant_extension(session, number, None, context)
        # 16/9 is a Saturday: the term ends on the next working day.
        assert (granted.due_date, granted.original_due_date) == (date(2023, 9, 18), date(2023, 9, 11))
    live_through(store, "2023-09-08", "2023-09-19")
    late = [(rung, who) for kind, rung, who in told(store, number) if kind is NoticeKind.OVERDUE]
    assert late == [("overdue+1", FOCAL)]
    soon = [rung for kind, rung, _ in told(store, number) if kind in (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY)]
    # The first was about the old date, the rest about the new one.
    assert soon == ["due_in_5", "due_in_5", "due_in_1", "due_today"]


def test_more_time_is_refused_after_the_due_date(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session, pytest.raises(Refused, match="trước khi hết hạn"):
        context = begun.actor_context(now=at("2023-09-12", 0, 0), actor=f"office:{LEAD}")
        verbs.request_extension(session, number, date(2023, 9, 20), "Chưa xong.", context)


def test_withdrawn_work_is_not_urged(begun: Store) -> None:
    number = number_of(begun, "T0.1")
    with session_scope(begun.engine) as session:
        context = begun.actor_context(now=at("2023-08-21"), actor="coordinator")
        verbs.withdraw(session, number, "Giao nhầm đơn vị.", context)
    live_through(begun, "2023-08-22", "2023-09-20")
    assert [kind for kind, _, _ in told(begun, number)] == [NoticeKind.ASSIGNED, NoticeKind.WITHDRAWN]


def test_running_twice_assigns_once_and_says_it_once(begun: Store) -> None:
    second = run(begun, "p1", at("2023-08-18", 13, 30))
    assert (second.assigned, second.notices, second.messages_sent) == (0, 0, 0)


def test_one_digest_for_each_recipient_and_run(begun: Store) -> None:
    run(begun, "p1", at("2023-08-22"))
    with session_scope(begun.engine) as session:
        messages = session.scalars(select(Message).where(col(Message.office) == LEAD)).all()
    assert len(messages) == 2
    assert len(letters(begun.settings.mailbox_dir)) == 2


def test_a_day_off_holds_delivery_and_not_evaluation(begun: Store) -> None:
    run(begun, "p1", at("2023-08-25"))
    # 30/8 + … the ladder of T1.1 (due 18/9) has due_in_5 on 11/9; run on Saturday 9/9 and Sunday 10/9.
    saturday = run(begun, "p1", at("2023-09-09"))
    assert saturday.notices > 0
    assert saturday.messages_sent == 0
    monday = run(begun, "p1", at("2023-09-11"))
    assert monday.messages_sent == 1


def test_work_of_an_ended_office_moves_to_its_successor_with_its_history(store: Store) -> None:
    begin(store, "p1", at("2025-02-20"), offices=("STTTT",))
    moved = number_of(store, "T0.1", office="STTTT")
    run(store, "p1", at("2025-03-03"), offices=("STTTT", "SKHCN"))
    with session_scope(store.engine) as session:
        now_theirs = assignment_of(session, "T0.1", office="SKHCN")
        assert (now_theirs.id, now_theirs.assigned_office) == (moved, "STTTT")
    assert (NoticeKind.HANDED_OVER, "from", "SKHCN/focal") in told(store, moved)
    assert run(store, "p1", at("2025-03-03", 13, 30), offices=("STTTT", "SKHCN")).assigned == 0


def test_lateness_is_judged_on_the_report_that_is_accepted(begun: Store) -> None:
    number = number_of(begun, "T0.1")

    def do(when: str, verb: object, *args: object) -> None:
        with session_scope(begun.engine) as session:
            verb(session, number, *args, begun.actor_context(now=at(when), actor="test"))  # type: ignore[operator]

    do("2023-09-08", verbs.report, t0_report())
    do("2023-09-12", verbs.return_, "Thiếu phụ lục.")
    do("2023-09-13", verbs.report, t0_report())
    do("2023-09-14", verbs.accept)
    from models.work.queries import AssignmentFilter, assignments

    with begun.engine.connect() as connection:
        row = next(
            r for r in assignments(connection, AssignmentFilter(office=LEAD), now=at("2023-09-15")) if r.id == number
        )
    assert (row.status, row.state, row.role) == ("done_late", State.ACCEPTED, Role.LEAD)
