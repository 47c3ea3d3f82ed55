"""Finding assignments by what somebody typed: numbers, codes, words of names and titles, with or without accents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.text.suggestions import without_accents
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.work.parties import held_by

LONGEST = 100
"""Letters; what is longer is no search but a text that was pasted."""


@dataclass(frozen=True)
class Term:
    """What one word, or a few that belong together, may mean: a number, codes of the plan, part of a given title."""

    number: int | None
    subtasks: tuple[str, ...]
    offices: tuple[str, ...]
    letters: str

    def condition(self) -> ColumnElement[bool]:
        # Asked of the few anchors, not of each assignment's.
        titled = select(col(Anchor.id)).where(
            col(Anchor.kind) != AnchorKind.ISSUE, col(Anchor.plain_title).contains(self.letters, autoescape=True)
        )
        return or_(
            col(Assignment.id) == self.number,
            col(Assignment.subtask).in_(self.subtasks),
            held_by(*self.offices),
            col(Assignment.anchor_id).in_(titled),
        )


@dataclass(frozen=True)
class Search:
    """Terms that must all fit: «T0.1 SYT» is that subtask in that office."""

    terms: tuple[Term, ...]

    def condition(self) -> ColumnElement[bool]:
        return and_(*(term.condition() for term in self.terms))


def search_for(plan: Plan, text: str) -> Search | None:
    """Read what somebody typed into a search box; None when it is empty."""
    words = without_accents(text).split()
    if not words:
        return None
    terms = dict.fromkeys(_terms(plan, words))
    return Search(tuple(terms))


def _terms(plan: Plan, words: Sequence[str]) -> Iterator[Term]:
    """Words that stand together in a name are one term: «so y te» is an office, and not all that has a «y» in it."""
    subtasks = {each.code: _name(each.code, each.title_vi, each.title_en) for each in plan.known_subtasks()}
    offices = {each.code: _name(each.code, each.name_vi, each.name_en) for each in plan.offices}
    while words:
        for count in range(len(words), 0, -1):
            letters = " ".join(words[:count])
            of_subtasks = tuple(code for code, name in subtasks.items() if f" {letters}" in name)
            of_offices = tuple(code for code, name in offices.items() if f" {letters}" in name)
            if of_subtasks or of_offices or count == 1:
                yield Term(_number(letters), of_subtasks, of_offices, letters)
                words = words[count:]
                break


@lru_cache(maxsize=10_000)  # a plan's names, which are searched at every letter that is typed
def _name(*words: str) -> str:
    """With a space before each word: a term is the beginning of a word, so that «1» does not mean T0.1."""
    return " " + without_accents(" ".join(words))


def _number(letters: str) -> int | None:
    return int(letters) if letters.isascii() and letters.isdigit() and len(letters) < 10 else None
