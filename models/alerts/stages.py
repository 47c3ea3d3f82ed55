"""How far a stage of a priority has got, so that what has not changed is not looked at again."""

from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from models.store.upsert import put
from models.tables.tally import Stage, StageMark


def done_until(session: Session | Connection, priority: str, stage: Stage, basis: str) -> datetime | None:
    """Up to which moment the stage was done on the same basis; None where it must begin anew."""
    query = select(col(StageMark.until)).where(
        StageMark.priority == priority, StageMark.stage == stage, StageMark.basis == basis
    )
    return session.execute(query).scalar_one_or_none()


def mark_done(session: Session, priority: str, stage: Stage, basis: str, until: datetime) -> None:
    """The stage is done up to that moment."""
    # Not by the ORM, which fails when a trigger of another transaction takes the mark away meanwhile.
    put(session, StageMark, priority=priority, stage=stage, basis=basis, until=until)
