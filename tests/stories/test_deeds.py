"""What offices are told of deeds: one letter for one deed, the last word of a night, and nothing that is void."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind
from models.tables.lifecycle import NoticeKind, NoticeState, Role
from models.tables.outbox import Message, Notice
from models.work import verbs
from models.work.deeds.apply import Change, apply
from models.work.deeds.diff import moved, withdrawn
from models.work.deeds.direct import coordinate, give_to, move_dates, open_rows, withdraw_all
from models.work.deeds.undo import undoing
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, issue
from tests.support.deeds import WHY, acting, all_assignments, open_assignments
from tests.support.following_up import follow_up_once
from tests.support.past import after

EVENING, MORNING = at("2023-09-20", 20), at("2023-09-21", 8)
PAPER = Provenance(paper_number="45/KH-UBND", paper_date=date(2023, 9, 18))
FAR = date(2023, 12, 20)


@pytest.fixture
def night(settings: Settings) -> Iterator[Store]:
    """What p1 has assigned to SYT and to its helpers is told; it is evening, and letters leave in the morning."""
    with after(settings, _past) as opened:
        yield opened


def _past(store: Store) -> None:
    issue(store)
    for priority in ("p1", "p2", "p3", "p5"):
        follow_up_once(store, priority, fill_in(priority, {"offices": (LEAD,)}, store.plan), at("2023-09-19"), priority)


def own(store: Store, count: int) -> list[int]:
    """Assignments that SYT leads and that are not due yet, the last due first."""
    rows = sorted(open_assignments(store).values(), key=lambda row: row.due_at, reverse=True)
    ahead = [row.id or 0 for row in rows if row.due_at > EVENING and (row.role, row.office) == (Role.LEAD, LEAD)]
    return ahead[:count]


def do(store: Store, change: Change) -> int:
    return apply(store.engine, change).deed


def evening(store: Store, hour: int = 20) -> ActorContext:
    return acting(store, at("2023-09-20", hour))


def told(store: Store, numbers: Sequence[int], since: datetime = EVENING) -> list[tuple[str, NoticeKind, str, str]]:
    """What deeds had to say: office, kind, state, reason."""
    with reading_session(store.engine) as session:
        query = select(Notice).where(col(Notice.assignment_id).in_(numbers), col(Notice.rung).startswith("deed:"))
        found = session.exec(query.order_by(col(Notice.id))).all()
    return [(each.office, each.kind, each.state.value, each.reason) for each in found]


def letters(store: Store, office: str) -> list[Message]:
    """What an office got since the evening."""
    with reading_session(store.engine) as session:
        query = select(Message).where(
            Message.office == office, Message.state == "sent", col(Message.created_at) >= EVENING
        )
        return list(session.exec(query.order_by(col(Message.id))).all())


def test_a_deed_that_moves_three_and_withdraws_one_is_one_letter(night: Store) -> None:
    numbers = own(night, 4)
    context = evening(night)
    change = Change(
        kind=DeedKind.DIRECT,
        subject="",
        provenance=PAPER,
        context=context,
        items=lambda reader: [
            *(moved(row, FAR, at("2023-12-21", 0), now=EVENING) for row in open_rows(reader, numbers[:3], context)),
            *map(withdrawn, open_rows(reader, numbers[3:], context)),
        ],
    )
    before = all_assignments(night)
    do(night, change)
    deliver(night, now=MORNING)
    (letter,) = letters(night, LEAD)
    assert "3 việc thay đổi hạn, 1 việc đã thu hồi" in letter.subject
    for number in numbers[:3]:
        assert f"hạn từ {before[number].due_date:%d/%m/%Y} thành 20/12/2023" in letter.body_text
    assert letter.body_text.count("theo 45/KH-UBND ngày 18/09/2023") == 4 + letter.body_text.count("(theo 45")
    assert deliver(night, now=at("2023-09-21", 9)).sent == 0


def test_of_two_deeds_in_one_night_the_last_speaks_from_what_was_known(night: Store) -> None:
    (number,) = own(night, 1)
    known = all_assignments(night)[number].due_date
    do(night, move_dates([number], date(2023, 11, 20), provenance=WHY, context=evening(night)))
    do(night, move_dates([number], FAR, provenance=WHY, context=evening(night, 21)))
    deliver(night, now=MORNING)
    assert [(state, reason) for _, _, state, reason in told(night, [number])] == [
        ("cancelled", "a later deed tells it"),
        ("sent", ""),
    ]
    (letter,) = letters(night, LEAD)
    assert f"hạn từ {known:%d/%m/%Y} thành 20/12/2023" in letter.body_text
    assert "20/11/2023 thành" not in letter.body_text


def test_moved_and_moved_back_in_one_night_says_nothing(night: Store) -> None:
    (number,) = own(night, 1)
    deed = do(night, move_dates([number], FAR, provenance=WHY, context=evening(night)))
    with reading_session(night.engine) as session:
        back = undoing(session, deed, "Ghi nhầm.", evening(night, 21))
    do(night, back)
    deliver(night, now=MORNING)
    assert {state for _, _, state, _ in told(night, [number])} == {"cancelled"}
    assert letters(night, LEAD) == []


def test_assigned_and_withdrawn_before_anything_was_sent_cancels_both(night: Store) -> None:
    (number,) = own(night, 1)
    helper = "STC" if all_assignments(night)[number].office != "STC" else "SNV"
    do(night, coordinate([number], [helper], provenance=WHY, context=evening(night)))
    made = max(all_assignments(night))
    do(night, withdraw_all([made], provenance=WHY, context=evening(night, 21)))
    deliver(night, now=MORNING)
    assert {(office, state) for office, _, state, _ in told(night, [made])} == {(helper, "cancelled")}
    assert letters(night, helper) == []


def test_given_away_the_office_is_told_to_whom_and_urged_no_more(night: Store) -> None:
    numbers = own(night, 2)
    heir = "SNV"
    do(night, give_to(numbers, heir, provenance=PAPER, context=evening(night)))
    deliver(night, now=MORNING)
    (letter,) = letters(night, LEAD)
    assert "2 việc đã giao cơ quan khác" in letter.subject
    assert f"nay do {night.plan.office(heir).name_vi} thực hiện" in letter.body_text
    (gained,) = letters(night, heir)
    assert "2 việc mới" in gained.subject
    assert "đề nghị cơ quan tiếp nhận lại việc này" in gained.body_text
    for day in ("2023-10-02", "2023-11-02", "2024-01-03"):
        for priority in ("p1", "p2"):
            follow_up_once(
                night, priority, fill_in(priority, {"offices": ("SNV",)}, night.plan), at(day), f"{priority}{day}"
            )
    with reading_session(night.engine) as session:
        urged = session.exec(
            select(Notice.office).where(
                col(Notice.assignment_id).in_(numbers),
                col(Notice.created_at) > MORNING,
                Notice.state == NoticeState.SENT,
                col(Notice.desk).in_(("focal", "head")),
            )
        ).all()
    assert set(urged) == {heir}


@pytest.mark.parametrize("acknowledged", [False, True])
def test_given_and_taken_again_in_one_night_only_a_lost_acknowledgement_is_told(
    night: Store, acknowledged: bool
) -> None:
    (number,) = own(night, 1)
    if acknowledged:
        with session_scope(night.engine) as session:
            verbs.acknowledge(session, number, evening(night, 9))
    do(night, give_to([number], "SNV", provenance=WHY, context=evening(night)))
    do(night, give_to([number], LEAD, provenance=WHY, context=evening(night, 21)))
    deliver(night, now=MORNING)
    assert letters(night, "SNV") == []
    told = letters(night, LEAD)
    assert len(told) == acknowledged
    for letter in told:
        assert "1 việc mới" in letter.subject and "giao cơ quan khác" not in letter.subject
        assert "đề nghị cơ quan tiếp nhận lại việc này" in letter.body_text


def test_withdrawn_and_restored_in_one_night_says_nothing(night: Store) -> None:
    numbers = own(night, 2)
    deed = do(night, withdraw_all(numbers, provenance=WHY, context=evening(night)))
    with reading_session(night.engine) as session:
        back = undoing(session, deed, "Ghi nhầm.", evening(night, 21))
    do(night, back)
    deliver(night, now=MORNING)
    assert letters(night, LEAD) == []


def test_a_moved_date_is_urged_by_itself(night: Store) -> None:
    """Reminders of the old date fall silent, and those of the new one come."""
    (number,) = own(night, 1)
    do(night, move_dates([number], date(2023, 10, 10), provenance=WHY, context=evening(night)))
    deliver(night, now=MORNING)
    with reading_session(night.engine) as session:
        row = session.get_one(Assignment, number)
        priority = row.priority
    for day in ("2023-10-09", "2023-10-10", "2023-10-11"):
        follow_up_once(night, priority, fill_in(priority, {"offices": (LEAD,)}, night.plan), at(day), day)
    with reading_session(night.engine) as session:
        query = select(Notice.kind, Notice.rung).where(
            Notice.assignment_id == number, Notice.state == NoticeState.SENT, col(Notice.created_at) > MORNING
        )
        urged = session.exec(query).all()
    assert {NoticeKind.DUE_TODAY, NoticeKind.OVERDUE} <= {kind for kind, _ in urged}
    assert all(rung.endswith(":2023-10-10") for _, rung in urged)
