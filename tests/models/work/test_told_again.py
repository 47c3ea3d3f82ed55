"""What begins anew for an office is told and reminded of anew: given back, resumed, withdrawn once more."""

from datetime import date, timedelta

import pytest
from sqlmodel import and_, col, delete, func, select, update

from config.contacts.desks import Desk
from models.alerts.due_alerts import sweep
from models.delivery.auditor import audit_follow_up
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import NoticeKind, NoticeState, Role
from models.tables.outbox import Notice
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.deeds.direct import coordinate, give_to
from notifications.courier.courier import deliver
from tests.support.cast import at
from tests.support.deeds import WHY, acting, open_assignments, with_helpers

FIRST_DAYS = date(2023, 9, 20), date(2023, 9, 27)


def a_lead(store: Store) -> int:
    """One assigned on 19/9 and not due before December."""
    rows = open_assignments(store).items()
    return next(n for n, row in rows if row.role is Role.LEAD and row.due_at > at("2023-12-01"))


def days_pass(store: Store, first: date, last: date) -> None:
    while first <= last:
        with session_scope(store.engine) as session:
            sweep(session, acting(store, at(first)))
        deliver(store, now=at(first, 9))
        first += timedelta(days=1)


def sent(store: Store, number: int, kind: NoticeKind, desk: Desk = Desk.FOCAL) -> list[str]:
    """To which offices such a notice went, in order."""
    its = (Notice.assignment_id == number, Notice.kind == kind, Notice.desk == desk)
    with session_scope(store.engine) as session:
        query = select(Notice.office).where(*its, Notice.state == NoticeState.SENT).order_by(col(Notice.id))
        return list(session.exec(query))


def test_work_given_back_is_to_be_acknowledged_again_and_reminded_of(running: Store) -> None:
    number = a_lead(running)
    office = open_assignments(running)[number].office
    other = "STC" if office != "STC" else "SYT"
    days_pass(running, *FIRST_DAYS)
    once = sent(running, number, NoticeKind.NOT_ACKNOWLEDGED)
    assert once == [office] * len(once) != []
    for day, to in ((date(2023, 9, 28), other), (date(2023, 10, 2), office)):
        apply(running.engine, give_to([number], to, provenance=WHY, context=acting(running, at(day))))
        days_pass(running, day, day)
    days_pass(running, date(2023, 10, 3), date(2023, 10, 20))
    assert sent(running, number, NoticeKind.NOT_ACKNOWLEDGED) == once * 2
    assert not audited(running)


def test_resumed_work_is_to_be_acknowledged_again_and_reminded_of(running: Store) -> None:
    number = a_lead(running)
    row = open_assignments(running)[number]
    days_pass(running, *FIRST_DAYS)
    once = sent(running, number, NoticeKind.NOT_ACKNOWLEDGED)
    with session_scope(running.engine) as session:
        verbs.suspend(session, number, "Chờ hướng dẫn.", acting(running, at("2023-09-28")))
    with session_scope(running.engine) as session:
        verbs.resume(session, number, row.due_date, acting(running, at("2023-10-02")))
    days_pass(running, date(2023, 10, 2), date(2023, 10, 20))
    assert sent(running, number, NoticeKind.NOT_ACKNOWLEDGED) == once * 2 == [row.office] * len(once) * 2 != []


def test_a_moved_date_is_no_new_beginning(running: Store) -> None:
    number = a_lead(running)
    row = open_assignments(running)[number]
    days_pass(running, *FIRST_DAYS)
    once = sent(running, number, NoticeKind.NOT_ACKNOWLEDGED)
    with session_scope(running.engine) as session:
        verbs.request_extension(
            session,
            number,
            row.due_date + timedelta(days=30),
            "Chờ số liệu.",
            running.of_today().actor_context(now=at("2023-09-28"), actor=f"office:{row.office}"),
        )
        verbs.grant_extension(session, number, None, acting(running, at("2023-09-28")))
    days_pass(running, date(2023, 9, 28), date(2023, 10, 20))
    assert sent(running, number, NoticeKind.NOT_ACKNOWLEDGED) == once != []


def audited(store: Store) -> bool:
    with reading(store.engine) as connection:
        return bool(audit_follow_up(connection, now=at("2023-10-20"), calendar=store.calendar))


def test_the_auditor_does_not_take_a_reminder_of_before_for_one_of_now(running: Store) -> None:
    number = a_lead(running)
    office = open_assignments(running)[number].office
    days_pass(running, *FIRST_DAYS)
    for day, to in (("2023-09-28", "STC" if office != "STC" else "SYT"), ("2023-10-02", office)):
        apply(running.engine, give_to([number], to, provenance=WHY, context=acting(running, at(day))))
    days_pass(running, date(2023, 10, 3), date(2023, 10, 20))
    its = and_(col(Notice.assignment_id) == number, col(Notice.kind) == NoticeKind.NOT_ACKNOWLEDGED)
    with session_scope(running.engine) as session:
        session.exec(delete(Notice).where(its, col(Notice.created_at) > at("2023-10-02")))
        as_now = func.replace(col(Notice.rung), "2023-09-19", "2023-10-02")
        session.exec(update(Notice).where(its, col(Notice.created_at) < at("2023-09-28")).values(rung=as_now))
    assert audited(running)


@pytest.mark.parametrize("delivered", [True, False])
def test_a_part_withdrawn_once_more_is_told_once_more(running: Store, delivered: bool) -> None:
    lead, (part, *_) = with_helpers(running)

    def letters_go(day: str) -> None:
        if delivered:
            deliver(running, now=at(day, 9))

    def withdraw(day: str, why: str) -> None:
        with session_scope(running.engine) as session:
            verbs.withdraw(session, part.id or 0, why, acting(running, at(day)))
        letters_go(day)

    withdraw("2023-09-20", "Không còn phù hợp.")
    joins = coordinate([lead.id or 0], [part.office], provenance=WHY, context=acting(running, at("2023-09-21")))
    apply(running.engine, joins)
    letters_go("2023-09-21")
    withdraw("2023-09-25", "Không còn phù hợp nữa.")
    deliver(running, now=at("2023-09-25", 10))
    assert len(sent(running, part.id or 0, NoticeKind.WITHDRAWN)) == 2
