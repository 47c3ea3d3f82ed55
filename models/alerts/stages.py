"""How far a stage of a priority has got, so that what has not changed is not looked at again."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, update
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


def begin_looking(session: Session, priority: str, stage: Stage, at: datetime) -> str:
    """Mark that the stage is being looked at; returns the basis of that mark, which says nothing is done yet."""
    basis = f"looking:{secrets.token_hex(8)}"
    mark_done(session, priority, stage, basis, at)
    return basis


def confirm_done(
    session: Session, priority: str, stage: Stage, found: tuple[str, datetime], basis: str, until: datetime
) -> None:
    """The stage is done, unless the mark is no more as it was found before looking: then something changed meanwhile.

    found  the basis and the moment of that mark
    """
    session.execute(
        update(StageMark)
        .where(
            col(StageMark.priority) == priority,
            col(StageMark.stage) == stage,
            col(StageMark.basis) == found[0],
            col(StageMark.until) == found[1],
        )
        .values(basis=basis, until=until)
        .execution_options(synchronize_session=False)
    )
