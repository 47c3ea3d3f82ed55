"""How often, and when last, an office was reminded: by what reached it, and by nothing that was said to others."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from config.contacts.desks import Desk
from config.settings import Settings
from models.alerts.due_alerts import sweep
from models.delivery.facts import NoticeFacts, load_facts
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Notice
from models.work.lists.desk_list import overdue_offices
from notifications.courier.courier import deliver
from reports.papers.office_letters import office_assignments
from tests.support.cast import at
from tests.support.joint_work import context_of, joint_store
from tests.support.outbox import grouped

DAYS = [date(2025, 7, 1) + timedelta(days=each) for each in range(12)]
THEN = at("2025-07-13", 9)


@pytest.fixture
def joint(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    with joint_store(settings, tmp_path) as opened:
        deliver(opened, now=at("2025-01-08", 9))
        yield opened


def days_pass(store: Store, *unreached: str) -> None:
    """The work is overdue for days, and nothing arrives at these offices."""
    for day in DAYS:
        with session_scope(store.engine) as session:
            sweep(session, context_of(store, at(day)))
            lost = col(Notice.office).in_(unreached) & col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD))
            given_up = update(Notice).where(lost, col(Notice.state) == NoticeState.PENDING)
            session.exec(given_up.values(state=NoticeState.DEAD, reason="Hộp thư không có."))
        deliver(store, now=at(day, 9))


def next_reminder(store: Store, desk: Desk) -> NoticeFacts:
    """What the next reminder to a desk is going to say."""
    with session_scope(store.engine) as session:
        sweep(session, context_of(store, at("2025-07-22")))
    grouped(store, at("2025-07-22", 9))
    with session_scope(store.engine) as session:
        waits = select(Notice).where(Notice.kind == NoticeKind.OVERDUE, Notice.desk == desk)
        notice = session.exec(waits.where(Notice.state == NoticeState.PENDING).order_by(col(Notice.office))).first()
        assert notice is not None and notice.message_id is not None
        facts = load_facts(session, [notice.message_id], today=date(2025, 7, 22))[notice.message_id]
    return next(each for each in facts if each.notice_id == notice.id)


def last_told(store: Store) -> dict[str, bool]:
    with reading(store.engine) as connection:
        found, _ = overdue_offices(connection, now=THEN, limit=50)
    return {each.office: each.last_told_at is not None for each in found}


def on_paper(store: Store) -> str:
    with reading(store.engine) as connection:
        (row,) = office_assignments(connection, store, "SYT", now=THEN).late
    return row.reminded


def test_what_did_not_arrive_at_any_lead_is_not_counted(joint: Store) -> None:
    days_pass(joint, "SYT", "SNV", "STC", "SKHDT")
    told = [next_reminder(joint, desk) for desk in (Desk.FOCAL, Desk.COORDINATOR)]
    assert [(each.reminder_count, each.last_reminded_at) for each in told] == [(0, None)] * 2
    assert (last_told(joint), on_paper(joint)) == (dict.fromkeys(("SYT", "SNV", "SKHDT"), False), "")


def test_what_one_joint_lead_was_told_counts_for_the_work_but_not_as_told_to_another(joint: Store) -> None:
    days_pass(joint, "SYT")
    assert next_reminder(joint, Desk.FOCAL).reminder_count > 1
    assert last_told(joint) == {"SYT": False, "SNV": True, "SKHDT": False}


def test_what_arrived_is_counted_once_for_all_desks(joint: Store) -> None:
    days_pass(joint)
    with session_scope(joint.engine) as session:
        told = select(Notice.rung).where(
            Notice.state == NoticeState.SENT,
            col(Notice.kind).in_((NoticeKind.OVERDUE, NoticeKind.DUE_SOON, NoticeKind.NOT_ACKNOWLEDGED)),
            col(Notice.office).in_(("SYT", "SNV", "STC")),
        )
        rungs = set(session.exec(told))
    assert next_reminder(joint, Desk.FOCAL).reminder_count == len(rungs) > 1
    assert last_told(joint) == {"SYT": True, "SNV": True, "SKHDT": False}, "letters of one that ended go to its heir"
    assert on_paper(joint).startswith(f"{len(rungs)} lần, gần nhất")
