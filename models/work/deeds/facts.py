"""What a deed did to one assignment, as letters and pages tell it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from config.clock import local_date
from config.rules.kinds import Timing
from models.tables.deed import Deed, DeedItem, ItemKind
from models.tables.lifecycle import State


@dataclass(frozen=True)
class DeedFacts:
    """One item of a deed with the deed's paper or reason; ``from_*`` are None where it made the assignment."""

    deed: int
    assignment_id: int
    kind: ItemKind
    paper_number: str
    paper_date: date | None
    reason: str
    actor: str
    at: datetime
    from_state: State | None
    to_state: State
    from_office: str | None
    to_office: str
    from_due_date: date | None
    to_due_date: date
    from_timing: Timing | None
    to_timing: Timing
    asks_anew: bool
    effective_on: date | None = None

    @property
    def moves_date(self) -> bool:
        before, after = (self.from_due_date, self.from_timing), (self.to_due_date, self.to_timing)
        return self.from_due_date is not None and before != after

    @property
    def holds_ahead_from(self) -> date | None:
        """The day from which it holds, where that was still ahead when it was done."""
        return self.effective_on if self.effective_on and self.effective_on > local_date(self.at) else None

    @property
    def changes_office(self) -> bool:
        return self.from_office is not None and self.from_office != self.to_office


_ITEMS = (
    select(DeedItem, Deed)
    .join(Deed, col(Deed.id) == DeedItem.deed_id)
    .order_by(col(DeedItem.deed_id), col(DeedItem.assignment_id))
)
_ON_ASSIGNMENTS = _ITEMS.where(col(DeedItem.assignment_id).in_(bindparam("assignments", expanding=True)))


def facts_of_deeds(session: Session, which: ColumnElement[bool]) -> list[DeedFacts]:
    """What deeds did, in their order.

    which  a condition on ``DeedItem`` and ``Deed``
    """
    return _facts(session.exec(_ITEMS.where(which)).all())


def _facts(found: Iterable[tuple[DeedItem, Deed]]) -> list[DeedFacts]:
    return [
        DeedFacts(
            deed=item.deed_id,
            assignment_id=item.assignment_id,
            kind=item.kind,
            paper_number=deed.paper_number,
            paper_date=deed.paper_date,
            reason=deed.reason,
            effective_on=deed.effective_on,
            actor=deed.actor,
            at=deed.at,
            from_state=item.from_state,
            to_state=item.to_state,
            from_office=item.from_office,
            to_office=item.to_office,
            from_due_date=item.from_due_date,
            to_due_date=item.to_due_date,
            from_timing=item.from_timing,
            to_timing=item.to_timing,
            asks_anew=item.asks_anew,
        )
        for item, deed in found
    ]


def deeds_on(session: Session, assignments: Collection[int]) -> list[DeedFacts]:
    """All that deeds did to these assignments, in their order."""
    return _facts(session.exec(_ON_ASSIGNMENTS, params={"assignments": list(assignments)}).all())
