"""Taking a deed back: everything is as it was, or nothing is done and every obstacle is named."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from config.clock import end_of_day
from config.errors import Refused
from config.rules.working_time import Override
from flows.forms import fill_in
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.audit import AuditEvent, record
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedKind, ItemKind
from models.tables.lifecycle import ExtensionState, NoticeKind, Role, State
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.tables.report import Extension
from models.work import verbs
from models.work.deeds.apply import Applied, LateAtOnce
from models.work.deeds.direct import coordinate, give_to, move_dates, withdraw_all
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice
from models.work.deeds.titles import retitle
from models.work.deeds.undo import let_requests_wait_again, undoing
from models.work.parties import NOBODY_ELSE, parties_of
from tests.support.cast import at, t0_report
from tests.support.deeds import NOW, WHY, acting, all_assignments, done, open_assignments, report_on, with_helpers
from tests.support.following_up import follow_up_once

LATER = at("2023-09-22")
FAR = date(2023, 12, 20)


def undo(store: Store, deed: int, *, may_be_late: bool = False) -> Applied:
    with reading_session(store.engine) as session:
        change = undoing(session, deed, "Ghi nhầm.", acting(store, LATER))
    return done(store, change, may_be_late=may_be_late)


def as_office(store: Store, when: datetime, office: str) -> ActorContext:
    return replace(acting(store, when), actor=f"office:{office}")


def columns(row: Assignment) -> tuple[object, ...]:
    """What a deed changes and its undoing gives back."""
    return row.state, row.office, row.monitor_office, row.due_date, row.due_at, row.reported_at, row.withdrawn_by


def ahead(store: Store, count: int = 3) -> list[int]:
    """Open leads that are not due yet."""
    return [
        number
        for number, row in open_assignments(store).items()
        if row.role is Role.LEAD and row.due_at > at("2023-10-01")
    ][:count]


def test_what_was_moved_goes_back_and_is_told(running: Store) -> None:
    numbers = ahead(running)
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, numbers[0], acting(running, at("2023-09-19", 12)))
    before = all_assignments(running)
    moved = done(running, move_dates(numbers, FAR, provenance=WHY, context=acting(running)))
    assert {all_assignments(running)[number].due_date for number in numbers} == {FAR}
    undone = undo(running, moved.deed)
    after = all_assignments(running)
    assert {number: columns(row) for number, row in after.items()} == {n: columns(row) for n, row in before.items()}
    assert after[numbers[0]].acknowledged_at == before[numbers[0]].acknowledged_at, "of the date that came back"
    assert "Ghi nhầm." in after[numbers[0]].explanation_vi
    with reading_session(running.engine) as session:
        deed = session.get_one(Deed, undone.deed)
        assert (deed.undoes, deed.kind) == (moved.deed, DeedKind.DIRECT)
        told = session.exec(select(Notice).where(Notice.rung == f"deed:{undone.deed}")).all()
    assert {(each.kind, each.assignment_id) for each in told} == {(NoticeKind.MOVED, number) for number in numbers}


@pytest.mark.parametrize("how", ["given", "moved"])
@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.RETURNED])
def test_what_was_asked_anew_by_mistake_stands_as_it_stood(running: Store, state: State, how: str) -> None:
    """Its office had acknowledged it, or got its report back, and is not asked to acknowledge it again."""
    (number,) = ahead(running, 1)
    row = all_assignments(running)[number]
    office = as_office(running, at("2023-09-19", 12), row.office)
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, number, office)
        if state is State.RETURNED:
            verbs.report(session, number, report_on(running.plan, row), office)
            verbs.return_(session, number, "Thiếu phụ lục.", acting(running, at("2023-09-19", 15)))
    before = all_assignments(running)[number]
    for _ in range(2):  # also where it happens once more
        given = {"provenance": WHY, "context": acting(running)}
        if how == "given":
            change = give_to([number], "STC" if row.office != "STC" else "SNV", **given)  # type: ignore[arg-type]
        else:
            change = move_dates([number], row.due_date - timedelta(days=3), **given)  # type: ignore[arg-type]
        deed = done(running, change, may_be_late=True).deed
        assert all_assignments(running)[number].due_date != row.due_date or how == "given"
        undo(running, deed)
        after = all_assignments(running)[number]
        assert columns(after) == columns(before) and after.state is state
        assert (after.acknowledged_at, after.resumed_at) == (before.acknowledged_at, before.resumed_at)
        assert after.acknowledged_at is not None and after.next_alert_at == before.next_alert_at
    for day in ("2023-09-25", "2023-10-02"):
        follow_up_once(running, before.priority, fill_in(before.priority, {}, running.plan), at(day))
    with reading_session(running.engine) as session:
        told = session.exec(select(Notice.kind).where(Notice.assignment_id == number)).all()
    assert NoticeKind.NOT_ACKNOWLEDGED not in told


def test_what_the_office_acknowledged_since_is_what_holds(running: Store) -> None:
    (number,) = ahead(running, 1)
    row = all_assignments(running)[number]
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, number, as_office(running, at("2023-09-19", 12), row.office))
    earlier = row.due_date - timedelta(days=3)
    deed = done(running, move_dates([number], earlier, provenance=WHY, context=acting(running))).deed
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, number, as_office(running, at("2023-09-21"), row.office))
    undo(running, deed)
    after = all_assignments(running)[number]
    assert (after.state, after.acknowledged_at) == (State.ACKNOWLEDGED, at("2023-09-21"))


def test_what_was_withdrawn_goes_on_as_it_stood(running: Store) -> None:
    """Whatever its state: acknowledged, reported, suspended, with a request that waits."""
    numbers = ahead(running, 4)
    office = [acting(running, at("2023-09-19", 12)) for _ in numbers]
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, numbers[0], office[0])
        verbs.suspend(session, numbers[1], "Chờ hướng dẫn.", office[1])
        due = session.get_one(Assignment, numbers[2]).due_date
        verbs.request_extension(session, numbers[2], due + timedelta(days=9), "Chờ số liệu.", office[2])
    before = all_assignments(running)
    taken = done(running, withdraw_all(numbers, provenance=WHY, context=acting(running)))
    assert {all_assignments(running)[number].state for number in numbers} == {State.WITHDRAWN}
    undo(running, taken.deed)
    after = all_assignments(running)
    for number in numbers:
        assert columns(after[number]) == columns(before[number])
        assert after[number].acknowledged_at == before[number].acknowledged_at
        assert (after[number].next_alert_at is None) == (before[number].next_alert_at is None)
    with reading_session(running.engine) as session:
        request = session.exec(select(Extension).where(Extension.assignment_id == numbers[2])).one()
        assert (request.state, request.decided_at) == (ExtensionState.REQUESTED, None)


def test_a_request_that_waits_again_is_in_the_trail(running: Store) -> None:
    """Its assignment is, whatever else the undoing changes of it."""
    (number,) = ahead(running, 1)
    with session_scope(running.engine) as session:
        due = session.get_one(Assignment, number).due_date
        verbs.request_extension(
            session, number, due + timedelta(days=9), "Chờ số liệu.", acting(running, at("2023-09-19", 12))
        )
    taken = done(running, withdraw_all([number], provenance=WHY, context=acting(running)))
    with session_scope(running.engine) as session:
        record(session, acting(running, LATER), "undo", "trail")
        let_requests_wait_again(session, taken.deed)
    with reading_session(running.engine) as session:
        last = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
        assert last and f"assignment:{number}" in last.digests


def test_what_was_made_is_withdrawn_and_may_be_asked_again(running: Store) -> None:
    lead, parts = with_helpers(running)
    taken = {lead.office, *(part.office for part in parts)}
    helper = next(office.code for office in running.plan.offices if office.code not in taken and not office.valid_to)
    made = done(running, coordinate([lead.id or 0], [helper], provenance=WHY, context=acting(running)))
    new = max(all_assignments(running))
    with session_scope(running.engine) as session:  # an acknowledgement may be lost
        verbs.acknowledge(session, new, acting(running, at("2023-09-21")))
    undone = undo(running, made.deed)
    assert all_assignments(running)[new].state is State.WITHDRAWN
    undo(running, undone.deed)  # and the undoing itself taken back
    assert all_assignments(running)[new].state is State.ACKNOWLEDGED


def test_given_back_to_the_office_that_had_it(running: Store) -> None:
    number = ahead(running, 1)[0]
    own = all_assignments(running)[number].office
    given = done(running, give_to([number], "SNV" if own != "SNV" else "SYT", provenance=WHY, context=acting(running)))
    undo(running, given.deed)
    row = all_assignments(running)[number]
    assert (row.office, row.state) == (own, State.ASSIGNED)
    with reading_session(running.engine) as session:
        told = session.exec(
            select(Notice.kind, Notice.office).where(
                Notice.assignment_id == number, col(Notice.rung).startswith("deed:")
            )
        ).all()
    other = "SNV" if own != "SNV" else "SYT"
    assert sorted(told) == sorted(
        [
            (NoticeKind.ASSIGNED, other),
            (NoticeKind.REASSIGNED, own),
            (NoticeKind.ASSIGNED, own),
            (NoticeKind.REASSIGNED, other),
        ]
    )


def test_whatever_happened_since_is_named_for_each(running: Store) -> None:
    numbers = ahead(running, 4)
    moved = done(running, move_dates(numbers, FAR, provenance=WHY, context=acting(running)))
    day = acting(running, at("2023-09-21"))
    with session_scope(running.engine) as session:
        verbs.acknowledge(session, numbers[0], day)
        verbs.delegate(session, numbers[0], "Phòng Tổ chức", day)
        verbs.request_extension(session, numbers[1], FAR + timedelta(days=9), "Chờ số liệu.", day)
        verbs.suspend(session, numbers[2], "Chờ hướng dẫn.", day)
    later = done(running, withdraw_all([numbers[3]], provenance=WHY, context=day))
    before = {number: columns(row) for number, row in all_assignments(running).items()}
    with pytest.raises(Refused, match="3 việc") as refusal:
        undo(running, moved.deed)
    assert list(refusal.value.details) == [
        f"Việc số {numbers[1]}: xin gia hạn",
        f"Việc số {numbers[2]}: tạm dừng",
        f"Việc số {numbers[3]}: lần điều chỉnh số {later.deed}",
    ]
    assert {number: columns(row) for number, row in all_assignments(running).items()} == before


def test_a_report_is_never_lost(running: Store) -> None:
    with reading_session(running.engine) as session:
        number = session.exec(
            select(Assignment.id).where(Assignment.subtask == "T0.1", Assignment.state == State.ASSIGNED)
        ).first()
    assert number is not None
    moved = done(running, move_dates([number], FAR, provenance=WHY, context=acting(running)))
    with session_scope(running.engine) as session:
        verbs.report(session, number, t0_report(), acting(running, at("2023-09-21")))
    with pytest.raises(Refused) as refusal:
        undo(running, moved.deed)
    assert list(refusal.value.details) == [f"Việc số {number}: báo cáo"]


def test_it_is_undone_once(running: Store) -> None:
    moved = done(running, move_dates(ahead(running), FAR, provenance=WHY, context=acting(running)))
    undo(running, moved.deed)
    with pytest.raises(Refused, match="đã được hoàn tác"):
        undo(running, moved.deed)


def test_what_would_be_late_at_once_asks_first(running: Store) -> None:
    late = next(number for number, row in open_assignments(running).items() if row.due_at < NOW)
    moved = done(running, move_dates([late], FAR, provenance=WHY, context=acting(running)))
    with pytest.raises(LateAtOnce):
        undo(running, moved.deed)
    undo(running, moved.deed, may_be_late=True)
    assert all_assignments(running)[late].due_at < NOW


def test_an_amendment_is_undone_by_amending_back(running: Store) -> None:
    number = ahead(running, 1)[0]
    with reading_session(running.engine) as session:
        change = retitle(session, [number], "Tên khác", provenance=WHY, context=acting(running))
    amended = done(running, change)
    with reading_session(running.engine) as session, pytest.raises(Refused, match="lập bản sửa mới"):
        undoing(session, amended.deed, "Ghi nhầm.", acting(running, LATER))
    with reading_session(running.engine) as session, pytest.raises(Refused, match="Không có lần điều chỉnh"):
        undoing(session, 999, "Ghi nhầm.", acting(running, LATER))


def test_the_items_of_an_undoing_are_the_reverse(running: Store) -> None:
    numbers = ahead(running)
    taken = done(running, withdraw_all(numbers, provenance=WHY, context=acting(running)))
    undone = undo(running, taken.deed)
    assert taken.prepared.counts[ItemKind.WITHDRAWN] >= len(numbers)
    assert undone.prepared.counts == {ItemKind.RESTORED: taken.prepared.counts[ItemKind.WITHDRAWN]}
    assert all_assignments(running)[numbers[0]].due_at == end_of_day(all_assignments(running)[numbers[0]].due_date)


def noticed(store: Store, *days: date) -> int:
    provenance = grounds(reason="", paper_number="12/TB-VPCP", needs_reason=False)
    given = [Override(day, "day_off", "12/TB-VPCP", "Nghỉ", "Off") for day in days]
    return done(store, holiday_notice(given, provenance=provenance, context=acting(store))).deed


def test_a_notice_is_undone_by_a_new_edition_of_the_calendar(running: Store) -> None:
    before = acting(running)
    first, second = noticed(running, date(2023, 10, 3)), noticed(running, date(2023, 10, 4))
    with pytest.raises(Refused, match="12/TB-VPCP"):  # a later notice stands on it
        undo(running, first)
    dates = {number: columns(row) for number, row in all_assignments(running).items()}
    undo(running, second)
    undone = undo(running, first)
    after = acting(running)
    assert after.calendar.overrides == before.calendar.overrides
    assert after.calendar.provisional_from == before.calendar.provisional_from
    assert after.editions["calendar"] == before.editions["calendar"] + 4
    assert {number: columns(row) for number, row in all_assignments(running).items()} == dates
    with reading_session(running.engine) as session:
        deed = session.get_one(Deed, undone.deed)
        assert (deed.kind, deed.undoes, deed.reason) == (DeedKind.CALENDAR, first, "Ghi nhầm.")
        event = session.exec(select(AuditEvent).where(AuditEvent.subject == f"deed:{undone.deed}")).one()
        assert event.details["undoes"] == first
    with pytest.raises(Refused, match="đã được hoàn tác"):
        undo(running, first)
    undo(running, undone.deed)
    assert date(2023, 10, 3) in {each.date for each in acting(running).calendar.overrides}


def test_joint_leads_and_named_offices_come_back(running: Store) -> None:
    """The office that was given the work led it jointly before, and does so again; who is named stays so throughout."""
    number = ahead(running, 1)[0]
    own = all_assignments(running)[number].office
    joint = [code for code in ("SNV", "STC", "STP") if code != own][:2]
    with session_scope(running.engine) as session:
        for office in joint:
            session.add(Party(assignment_id=number, office=office, part=Part.JOINT))
        session.add(Party(assignment_id=number, office="TU", part=Part.NAMED))
    before = parties(running, number)
    given = done(running, give_to([number], joint[0], provenance=WHY, context=acting(running)))
    assert before - parties(running, number) == {(joint[0], Part.JOINT)}
    undone = undo(running, given.deed)
    assert (all_assignments(running)[number].office, parties(running, number)) == (own, before)
    undo(running, undone.deed)
    assert all_assignments(running)[number].office == joint[0]
    assert before - parties(running, number) == {(joint[0], Part.JOINT)}


def parties(store: Store, number: int) -> set[tuple[str, Part]]:
    with reading_session(store.engine) as session:
        return {*parties_of(session, [number]).get(number, NOBODY_ELSE).each()}
