"""The urging letters on record: of an office, about an assignment, and the last of each office."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.tables.errors import NotFound
from models.tables.outbox import UrgedAssignment, UrgingLetter


@dataclass(frozen=True)
class ListedLetter:
    """A letter, and the one that replaces it."""

    letter: UrgingLetter
    replaced_by: int | None

    @property
    def id(self) -> int:
        return self.letter.id or 0


def letters_about(session: Session, assignment_id: int) -> Sequence[ListedLetter]:
    """The letters about an assignment, the latest first."""
    about = select(col(UrgedAssignment.letter_id)).where(col(UrgedAssignment.assignment_id) == assignment_id)
    return _listed(session, col(UrgingLetter.id).in_(about))


def letters_to(session: Session, office: str, directive: str) -> Sequence[ListedLetter]:
    """The letters to an office about a directive, the latest first."""
    return _listed(session, col(UrgingLetter.office) == office, col(UrgingLetter.directive) == directive)


def letter_numbered(session: Session, letter_id: int) -> ListedLetter:
    """One letter with the one that replaces it; raises ``NotFound``."""
    found = _listed(session, col(UrgingLetter.id) == letter_id)
    if not found:
        raise no_letter(letter_id)
    return found[0]


def _listed(session: Session, *which: ColumnElement[bool]) -> Sequence[ListedLetter]:
    later = aliased(UrgingLetter)
    query = (
        select(UrgingLetter, col(later.id))
        .outerjoin(later, col(later.corrects) == col(UrgingLetter.id))
        .where(*which)
        .order_by(col(UrgingLetter.issued_on).desc(), col(UrgingLetter.id).desc())
    )
    return [ListedLetter(letter, replaced_by) for letter, replaced_by in session.execute(query)]


@dataclass(frozen=True)
class LastLetter:
    """What the desk tells of the last letter to an office."""

    id: int
    number: str
    issued_on: date
    answer_by: date


def last_letters(
    connection: Connection, offices: Collection[str], directives: Collection[str]
) -> dict[str, LastLetter]:
    """The last letter to each of these offices about one of these directives, by office."""
    columns = map(col, (UrgingLetter.office, UrgingLetter.id, UrgingLetter.number))
    days = map(col, (UrgingLetter.issued_on, UrgingLetter.answer_by))
    later = aliased(UrgingLetter)
    query = (
        select(*columns, *days)
        .outerjoin(later, col(later.corrects) == col(UrgingLetter.id))
        .where(col(UrgingLetter.office).in_(list(offices)), col(UrgingLetter.directive).in_(list(directives)))
        .where(col(later.id).is_(None))
        .order_by(col(UrgingLetter.issued_on), col(UrgingLetter.id))
    )
    return {row[0]: LastLetter(*row[1:]) for row in connection.execute(query)}


def no_letter(letter_id: int) -> NotFound:
    """What is told of a letter that there is not, or that is not the visitor's."""
    return NotFound(f"Không có văn bản đôn đốc số {letter_id}.", f"There is no urging letter {letter_id}.")
