"""Runs and people at the same moment: nothing doubled, nothing lost, nobody sees a raw database error."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from config.errors import Refused
from flows.forms import fill_in
from flows.steps import Summary
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import DatabaseUnreachable, open_database, reading, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, State
from models.tables.outbox import Message, Notice
from models.tables.report import Extension, Report
from models.work import verbs
from models.work.directives import issue_directive
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import ISSUED, LEAD, at, begin, issue, number_of, run, t0_report
from tests.support.following_up import follow_up_once

PRIORITIES = ("p1", "p2", "p3", "p4", "p5")


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do everything at the same moment, each in a thread of its own; gives results and refusals in order."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        barrier.wait(timeout=30)
        try:
            return deed()
        except DatabaseUnreachable:
            raise  # with the statement at fault, which the refusal alone does not tell
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def outbox(store: Store) -> Counter[tuple[object, ...]]:
    with reading(store.engine) as connection:
        query = select(
            col(Notice.assignment_id), col(Notice.kind), col(Notice.rung), col(Notice.office), col(Notice.desk)
        )
        return Counter(tuple(row) for row in connection.execute(query))


def outbox_states(store: Store) -> Counter[NoticeState]:
    with reading(store.engine) as connection:
        return Counter(connection.scalars(select(col(Notice.state))))


def intact(store: Store) -> bool:
    with reading(store.engine) as connection:
        return verify(connection).broken_at is None


@pytest.mark.parametrize("offices", [(LEAD,), ()], ids=["one office", "every office"])
def test_two_overlapping_runs_assign_and_tell_once(store: Store, offices: Sequence[str]) -> None:
    issue(store)
    summaries = at_once(
        *(lambda key=key: run(store, "p1", at("2023-08-22"), offices=offices, run_key=key) for key in ("one", "two"))
    )
    assert all(isinstance(summary, Summary) for summary in summaries)
    with reading(store.engine) as connection:
        assignments = connection.scalar(select(func.count()).select_from(Assignment))
        messages = connection.execute(
            select(col(Message.office), col(Message.desk), col(Message.state)).where(
                col(Message.state) != MessageState.EMPTY
            )
        ).all()
    assert sum(summary.assigned for summary in summaries) == assignments  # type: ignore[attr-defined]
    assert set(outbox_states(store)) == {NoticeState.SENT}
    assert set(outbox(store).values()) == {1}
    assert {state for _, _, state in messages} == {MessageState.SENT}
    assert len(letters(store.settings.mailbox_dir)) == len(messages)
    assert intact(store)


def test_overlapping_runs_climb_the_same_rungs_as_one_run_would(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    days = ("2023-08-22", "2023-09-08", "2023-09-15", "2023-09-18", "2023-09-25")
    for day in days:
        at_once(*(lambda key=key, day=day: run(store, "p1", at(day), run_key=f"{day}{key}") for key in "abc"))
    number = number_of(store, "T0.1")
    said = Counter((kind, rung.partition(":")[0]) for of, kind, rung, *_ in outbox(store) if of == number)
    assert said == Counter(
        {
            (NoticeKind.ASSIGNED, "assigned"): 1,
            (NoticeKind.NOT_ACKNOWLEDGED, "not_acknowledged"): 1,
            (NoticeKind.DUE_SOON, "due_in_5"): 1,
            (NoticeKind.DUE_SOON, "due_in_1"): 1,
            (NoticeKind.DUE_TODAY, "due_today"): 1,
            (NoticeKind.OVERDUE, "overdue+1"): 1,
            (NoticeKind.OVERDUE, "overdue+3"): 2,
            (NoticeKind.OVERDUE, "overdue+5"): 4,
            (NoticeKind.OVERDUE, "overdue+10"): 4,
        }
    )
    assert intact(store)


def test_the_five_priorities_start_together_and_none_is_turned_away(store: Store) -> None:
    """They share dates, and so timetables: written in different orders these must not block each other for good."""
    issue(store)
    everyone = tuple(office.code for office in store.plan.offices)
    for day in ("2023-12-20", "2024-06-24"):
        summaries = at_once(
            *(lambda p=p, day=day: run(store, p, at(day), offices=everyone, run_key=f"{p}{day}") for p in PRIORITIES)
        )
        assert [each for each in summaries if not isinstance(each, Summary)] == []
        assert all(summary.assigned > 0 for summary in summaries)  # type: ignore[attr-defined]
    assert set(outbox(store).values()) == {1}
    assert intact(store)


def test_a_courier_leaves_what_another_transaction_holds_and_does_not_wait_for_it(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("lets in one writer at a time")
    begin(store, "p1", at("2023-08-19"), offices=(LEAD, "STP"))  # a Saturday: all of it waits
    monday = at("2023-08-21")
    with session_scope(store.engine) as session:
        waiting = session.scalars(select(Notice).order_by(col(Notice.id)).with_for_update().limit(1)).all()
        deliver(store, now=monday)
        assert set(outbox_states(store)) == {NoticeState.PENDING, NoticeState.SENT}
    assert len(waiting) == outbox_states(store)[NoticeState.PENDING] == 1
    deliver(store, now=monday)
    assert set(outbox_states(store)) == {NoticeState.SENT}


def test_a_scheduled_run_and_one_with_a_new_document_do_not_block_each_other(store: Store) -> None:
    issue(store)
    form = fill_in(
        "p1",
        {"new_documents": [{"number": "45-NQ/TW", "on_date": "2023-08-21", "title": "Nghị quyết mới"}]},
        store.plan,
    )
    results = at_once(
        lambda: follow_up_once(store, "p1", form, at("2023-08-22"), "manual"),
        lambda: follow_up_once(store, "p1", form, at("2023-08-22"), "manual again"),
        lambda: follow_up_once(store, "p1", fill_in("p1", {}, store.plan), at("2023-08-22"), "scheduled"),
    )
    assert [type(result) for result in results] == [Summary] * 3
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).where(col(Anchor.kind) == AnchorKind.DOCUMENT)) == 1
    assert set(outbox(store).values()) == {1}


def test_of_two_different_assigning_documents_at_once_one_is_refused(store: Store) -> None:
    def register(number: str) -> Anchor:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at(ISSUED), actor="coordinator")
            return issue_directive(session, number=number, on_date=ISSUED, context=context)

    results = at_once(*(lambda n=n: register(f"{n}-TB/TU") for n in range(1, 5)))
    assert sum(isinstance(result, Anchor) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 3
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Anchor)) == 1


def test_the_same_assigning_document_registered_twice_at_once_is_one(store: Store) -> None:
    assert [r for r in at_once(*[lambda: issue(store)] * 4) if r is not None] == []
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Anchor)) == 1
        assert connection.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_of_people_acting_on_one_assignment_at_once_one_comes_first_and_the_rest_hear_why(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")

    def do(verb: Callable[..., object], *args: object) -> object:
        with session_scope(store.engine) as session:
            return verb(session, number, *args, store.actor_context(now=at("2023-08-21"), actor="x"))

    reports = at_once(*[lambda: do(verbs.report, t0_report())] * 3)
    assert sum(isinstance(result, Report) for result in reports) == 1
    assert sum(isinstance(result, Refused) for result in reports) == 2
    decisions = at_once(lambda: do(verbs.accept), lambda: do(verbs.return_, "Thiếu phụ lục."))
    assert sum(isinstance(result, Refused) for result in decisions) == 1
    assert intact(store)


def test_two_requests_for_more_time_at_once_make_one(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")

    def ask(day: int) -> Extension:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2023-08-21"), actor=f"office:{LEAD}")
            return verbs.request_extension(session, number, date(2023, 9, day), "Chờ số liệu.", context)

    results = at_once(*(lambda d=d: ask(d) for d in (18, 19, 20)))
    assert sum(isinstance(result, Extension) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 2


def test_a_report_handed_in_while_runs_go_on_always_stops_the_ladder(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")

    def hand_in() -> Report:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2023-09-12"), actor=f"office:{LEAD}")
            return verbs.report(session, number, t0_report(), context)

    at_once(
        hand_in,
        *(lambda key=key: run(store, "p1", at("2023-09-12"), run_key=key) for key in "ab"),
    )
    with session_scope(store.engine) as session:
        done = session.get_one(Assignment, number)
        assert (done.state, done.next_alert_at) == (State.REPORTED, None)
    before = outbox(store)
    run(store, "p1", at("2023-09-18"))
    assert not [key for key in outbox(store) - before if key[0] == number]


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'dondoc.sqlite'}"
    engines = at_once(*[lambda: open_database(url)] * 4)
    assert [engine for engine in engines if isinstance(engine, Refused)] == []
    for engine in engines:
        engine.dispose()  # type: ignore[attr-defined]
