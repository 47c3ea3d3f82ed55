"""Sessions that were signed out of before their time.

A session is a signed cookie, which nobody can take back; what can be kept is that it has ended. Only those are kept
that could still open something, so that the table stays as small as a day's signing out.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from models.store.upsert import insert_new
from models.tables.account import EndedSession


def end_session(session: Session, name: str, *, runs_out_at: datetime, now: datetime) -> None:
    """End the session ``name`` for good; ending it twice changes nothing. Those that have run out are forgotten."""
    session.execute(delete(EndedSession).where(col(EndedSession.forget_at) <= now))
    session.execute(insert_new(session, EndedSession).values(session=name, forget_at=runs_out_at))


def was_ended(session: Session, name: str) -> bool:
    return session.get(EndedSession, name) is not None
