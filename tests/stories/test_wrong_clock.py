"""One run in 2033 on a store without a clock check, what the auditor finds of it, and the deed that mends it."""

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from flows.steps import track
from models.delivery.auditor import Findings, audit_follow_up
from models.delivery.wrong_clock.repair import ClockDamage, find_clock_damage, repair_clock_damage
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message, Notice
from notifications.courier.courier import deliver
from tests.support.cast import at, begin, number_of, run, told
from tests.support.outbox import messages
from tests.support.past import live

NOW = at("2023-08-21")
YEARS_AHEAD = at("2033-08-18")


@pytest.fixture
def hit(store: Store) -> Store:
    """p1 on 18/8/2023, once on 18/8/2033 while the mail server is away, and again from 21/8/2023."""
    live(store, a_run_in_2033)
    return store


def a_run_in_2033(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    run(store, "p1", YEARS_AHEAD)
    with session_scope(store.engine) as session:
        # What waits in the outbox of that day: the letters of the morning, tried in vain.
        session.execute(
            update(Message)
            .where(col(Message.created_at) == YEARS_AHEAD)
            .values(state=MessageState.QUEUED, sent_at=None, next_attempt_at=YEARS_AHEAD, error="không kết nối được")
        )
        waiting = select(col(Message.id)).where(col(Message.state) == MessageState.QUEUED)
        session.execute(
            update(Notice).where(col(Notice.message_id).in_(waiting)).values(state=NoticeState.PENDING, sent_at=None)
        )


def audited(store: Store, day: str = "2023-08-21") -> Findings:
    with reading(store.engine) as connection:
        return audit_follow_up(connection, now=at(day), calendar=store.calendar)


def damage(store: Store, day: str = "2023-08-21") -> ClockDamage:
    with reading_session(store.engine) as session:
        return find_clock_damage(session, now=at(day), calendar=store.calendar)


def repair(store: Store, day: str = "2023-08-21") -> ClockDamage:
    with session_scope(store.engine) as session:
        return repair_clock_damage(session, store.actor_context(now=at(day), actor="command"))


def test_the_damage_silences_everything_and_the_auditor_finds_it(hit: Store) -> None:
    assert run(hit, "p1", at("2023-09-12")).notices == 0
    found = audited(hit, "2023-09-12")
    assert number_of(hit, "T0.1") in found.early
    assert found.put_off
    assert "«dondoc clock repair»" in found.in_words()
    assert damage(hit).unsaid > 10_000


def test_a_replayed_day_is_no_damage(store: Store) -> None:
    begin(store, "p1", *map(at, ("2023-08-18", "2023-09-12")))
    with reading(store.engine) as connection:
        found = audit_follow_up(connection, now=NOW, calendar=store.calendar, at=at("2023-09-12"))
    assert not found.early
    context = store.actor_context(now=NOW, actor="flow:p1")
    assert not track(store, "p1", context, at=at("2023-09-12")).findings.early


def test_repaired_everything_is_said_at_its_time(hit: Store) -> None:
    run(hit, "p1", NOW)
    mended = repair(hit)
    assert mended == ClockDamage(ladders=84, unsaid=13_838, said_early=0, messages=4, assigned_early=80)
    found = audited(hit)
    assert not (found.early or found.put_off or found.skipped)
    assert not damage(hit).needs_repair()
    number = number_of(hit, "T0.1")
    for day in ("2023-08-21", "2023-08-22", "2023-08-31", "2023-09-08", "2023-09-11", "2023-09-12"):
        run(hit, "p1", at(day))
    assert [(kind, rung) for kind, rung, _ in told(hit, number)] == [
        (NoticeKind.ASSIGNED, "assigned"),
        (NoticeKind.NOT_ACKNOWLEDGED, "not_acknowledged"),
        (NoticeKind.DUE_SOON, "due_in_5"),
        (NoticeKind.DUE_SOON, "due_in_1"),
        (NoticeKind.DUE_TODAY, "due_today"),
        (NoticeKind.OVERDUE, "overdue+1"),
    ]


def test_letters_put_off_go_out_without_what_was_said_too_early(hit: Store) -> None:
    repair(hit)
    deliver(hit, now=NOW)
    assert not messages(hit, MessageState.QUEUED)
    assert not any("quá hạn" in each.subject for each in messages(hit, MessageState.SENT))


def test_a_store_repaired_late_catches_up_with_the_highest_rung(hit: Store) -> None:
    repair(hit, "2023-09-12")
    run(hit, "p1", at("2023-09-12"))
    last = told(hit, number_of(hit, "T0.1"))[-1]
    assert (last[0], last[1]) == (NoticeKind.OVERDUE, "overdue+1")
    assert not audited(hit, "2023-09-12")


def test_what_went_out_too_early_stays_on_record_and_is_said_again(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    run(store, "p1", at("2023-09-12"))  # by a clock three weeks ahead
    assert repair(store).said_early > 0
    number = number_of(store, "T0.1")
    run(store, "p1", at("2023-09-12"))
    rungs = [rung for _, rung, _ in told(store, number)]
    assert rungs.count("overdue+1") == 1
    assert "early" in rungs


def test_it_is_one_event_on_an_intact_trail_and_nothing_the_second_time(hit: Store) -> None:
    repair(hit)
    repair(hit)
    with reading(hit.engine) as connection:
        (details,) = connection.scalars(
            select(col(AuditEvent.details)).where(col(AuditEvent.verb) == "repair_clock")
        ).all()
        assert verify(connection).broken_at is None
        assert connection.scalar(select(func.count()).select_from(Assignment)) == 87
    assert details["messages"] == 4


def test_a_store_without_damage_is_left_alone(store: Store) -> None:
    begin(store, "p1", *map(at, ("2023-08-18", "2023-09-12")))
    assert not repair(store, "2023-09-12").needs_repair()
    assert not audited(store, "2023-09-12")
