"""How far a stage of a priority has got, so that what has not changed is not looked at again."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlmodel import Session

from models.store.upsert import put, table_of
from models.tables.tally import Stage, StageMark


def done_until(session: Session | Connection, priority: str, stage: Stage, basis: str) -> datetime | None:
    """Up to which moment the stage was done on the same basis; None where it must begin anew."""
    asked = {"of_priority": priority, "at_stage": stage, "on_basis": basis}
    return session.execute(_UNTIL, asked).scalar_one_or_none()


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
    was = {"of_priority": priority, "at_stage": stage, "on_basis": found[0], "was_until": found[1]}
    session.execute(_CONFIRMED, was | {"basis": basis, "until": until})


# Made once: every run asks them several times.
_MARK = table_of(StageMark).c
_ON_BASIS = and_(
    _MARK.priority == bindparam("of_priority"),
    _MARK.stage == bindparam("at_stage"),
    _MARK.basis == bindparam("on_basis"),
)
_UNTIL = select(_MARK.until).where(_ON_BASIS)
_CONFIRMED = update(table_of(StageMark)).where(_ON_BASIS, _MARK.until == bindparam("was_until"))
