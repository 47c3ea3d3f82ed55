"""The outbox before and after the courier: filled without sending, read, and claimed from."""

from datetime import datetime

from sqlalchemy import select, true
from sqlmodel import col

from flows.forms import fill_in
from flows.steps import assign_due, track
from models.delivery import leases
from models.delivery.grouping import group_waiting
from models.delivery.leases import ClaimedMessage
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from tests.support.cast import at

MORNING = at("2023-08-18")


def plan_only(store: Store, now: datetime, *priorities: str, offices: tuple[str, ...] = ()) -> None:
    """Assign and track, and send nothing."""
    for priority in priorities or ("p1",):
        context = store.actor_context(now=now, actor=f"flow:{priority}", run_key=f"{priority}-{now.isoformat()}")
        assign_due(store, priority, fill_in(priority, {"offices": offices}, store.plan), context)
        track(store, priority, context)


def messages(store: Store, state: MessageState | None = None) -> list[Message]:
    with session_scope(store.engine) as session:
        found = session.scalars(select(Message).order_by(col(Message.id))).all()
        return [message for message in found if state in (None, message.state)]


def notices(store: Store, state: NoticeState) -> list[Notice]:
    with session_scope(store.engine) as session:
        return list(session.scalars(select(Notice).where(col(Notice.state) == state).order_by(col(Notice.id))))


def claim(store: Store, now: datetime, lease_from: datetime | None = None) -> ClaimedMessage | None:
    with session_scope(store.engine) as session:
        for poison_candidates in (False, True):
            for taken in leases.claim(
                session, now=now, lease_from=lease_from, limit=1, poison_candidates=poison_candidates
            ):
                return taken
    return None


def grouped(store: Store, now: datetime = MORNING) -> None:
    with session_scope(store.engine) as session:
        group_waiting(session, now=now, allowed=true())
