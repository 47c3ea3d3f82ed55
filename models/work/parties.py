"""Joint leads and named offices of assignments: who they are, what finds an office's own work and what reached it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from config.contacts.desks import Desk
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeState
from models.tables.outbox import Notice
from models.tables.party import Part, Party

Office = str | BindParameter[str]
"""The code of an office, or its place in a statement that is made once."""


@dataclass(frozen=True)
class Parties:
    """The offices of one assignment beside the one that answers for it.

    joint  lead the same report with it
    named  are told of it and owe nothing
    """

    joint: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @classmethod
    def beside(cls, office: str, joint: Iterable[str], named: Iterable[str]) -> "Parties":
        """Each office once: who leads is not joint beside itself, and who leads or is joint is not named as well."""
        jointly = tuple(each for each in dict.fromkeys(joint) if each != office)
        return cls(jointly, tuple(each for each in dict.fromkeys(named) if each not in (office, *jointly)))

    @classmethod
    def as_asked(cls, office: str, first: str, joint: Iterable[str], named: Iterable[str]) -> "Parties":
        """What a plan asks beside the office that has the work: the plan's first lead, or another in its place."""
        joint = tuple(joint)
        return cls.beside(office, (first, *joint) if office in joint else joint, named)

    def same_as(self, other: "Parties") -> bool:
        """Whether these are the same offices, in whatever order."""
        return {*self.each()} == {*other.each()}

    def each(self) -> Iterator[tuple[str, Part]]:
        """Every office with its part."""
        yield from ((office, Part.JOINT) for office in self.joint)
        yield from ((office, Part.NAMED) for office in self.named)


NOBODY_ELSE = Parties()


def parties_of(session: Session, assignments: Collection[int]) -> Mapping[int, Parties]:
    """The parties of these assignments, by assignment; without those that have none."""
    found: dict[int, dict[Part, list[str]]] = defaultdict(lambda: {Part.JOINT: [], Part.NAMED: []})
    for assignment, office, part in session.execute(_PARTIES, {"assignments": list(assignments)}):
        found[assignment][part].append(office)
    return {number: Parties(tuple(of[Part.JOINT]), tuple(of[Part.NAMED])) for number, of in found.items()}


_PARTIES = (
    select(col(Party.assignment_id), col(Party.office), col(Party.part))
    .where(col(Party.assignment_id).in_(bindparam("assignments", expanding=True)))
    .order_by(col(Party.assignment_id), col(Party.office))
)


def with_part(offices: Collection[Office], part: Part) -> ColumnElement[bool]:
    """Whether one of these offices has this part in an assignment."""
    numbers = select(col(Party.assignment_id)).where(col(Party.office).in_(offices), col(Party.part) == part)
    return col(Assignment.id).in_(numbers)


def held_by(*offices: Office) -> ColumnElement[bool]:
    """Whether one of these offices answers for an assignment, alone or as one of its joint leads."""
    return or_(col(Assignment.office).in_(offices), with_part(offices, Part.JOINT))


def reached(office: Mapped[str] | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a notice was sent to an office itself, its focal point or its head."""
    its_desk = col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD))
    return and_(col(Notice.state) == NoticeState.SENT, its_desk, col(Notice.office) == office)


def reached_a_lead() -> ColumnElement[bool]:
    """Whether a notice was sent to the office that answers for its assignment, or to a joint lead of it."""
    its = and_(col(Party.assignment_id) == col(Assignment.id), col(Party.part) == Part.JOINT)
    return or_(reached(col(Assignment.office)), exists().where(its, reached(col(Party.office))))


def leads_jointly(connection: Connection, *offices: str) -> bool:
    """Whether one of these offices leads anything together with others."""
    return bool(connection.scalar(_LEADS_JOINTLY, {"offices": offices}))


_LEADS_JOINTLY = select(
    exists().where(col(Party.office).in_(bindparam("offices", expanding=True)), col(Party.part) == Part.JOINT)
)


def own_work(connection: Connection, *offices: str) -> ColumnElement[bool]:
    """``held_by``; where none of these leads anything jointly, a condition that the index on offices answers alone."""
    if leads_jointly(connection, *offices):
        return held_by(*offices)
    return col(Assignment.office) == offices[0] if len(offices) == 1 else col(Assignment.office).in_(offices)
