"""Finding assignments by what somebody typed: numbers, codes, words of names and titles, periods («quý III»), numbers
of documents and words of reports, with or without accents."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    column,
    func,
    literal,
    or_,
    select,
    table,
)
from sqlmodel import col

from config.catalogue.plan import Plan
from config.rules.periods import named_period
from config.text.suggestions import without_accents
from models.store.word_index import has_index_of_words
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem
from models.tables.lifecycle import ReportState
from models.tables.outbox import UrgedAssignment, UrgingLetter
from models.tables.report import Report
from models.work.parties import held_by

_LEAST_IN_TEXTS = 3
"""Letters: «y» or «xã» by itself stands in nearly every report, and is looked for in none."""

_WORDS = table("report_words", column("rowid", Integer), column("plain_text"))
"""The index of the words of reports that a store on SQLite has (migration 0029)."""

_NUMBERS_EACH = 1_048_576
"""Of an assignment's reports in it: their row is that many times the assignment, and the version."""

_NUMBERED = re.compile(r"\d+[/-]")
"""A document's number as soon as its symbol begins: of «12» alone many numbers begin."""

LONGEST = 100
"""Letters; what is longer is no search but a text that was pasted."""


@dataclass(frozen=True)
class Term:
    """What one word, or a few that belong together, may mean: a number, codes of the plan, part of a given title.

    periods   patterns of periods that it names
    in_texts  whether documents and texts of reports are looked through as well
    """

    number: int | None
    subtasks: tuple[str, ...]
    offices: tuple[str, ...]
    letters: str
    periods: tuple[str, ...] = ()
    in_texts: bool = False

    def condition(self, says: Callable[[str], ColumnElement[bool]], *, with_letters: bool) -> ColumnElement[bool]:
        """Whether an assignment is meant.

        says          whether its reports say these letters
        with_letters  whether the numbers of urging letters about it are looked through
        """
        # Asked of the few anchors, not of each assignment's.
        is_titled = and_(
            col(Anchor.kind) != AnchorKind.ISSUE, col(Anchor.plain_title).contains(self.letters, autoescape=True)
        )
        is_number = bool(_NUMBERED.match(self.letters))
        named = or_(is_titled, _is_numbered(self.letters)) if is_number else is_titled
        meanings: list[ColumnElement[bool]] = [col(Assignment.anchor_id).in_(select(col(Anchor.id)).where(named))]
        if is_number:
            of_deed = select(col(DeedItem.assignment_id)).join(Deed, col(Deed.id) == DeedItem.deed_id)
            meanings.append(col(Assignment.id).in_(of_deed.where(_begins_with(Deed.paper_number, self.letters))))
        if is_number and with_letters:
            of_letter = select(col(UrgedAssignment.assignment_id)).join(
                UrgingLetter, col(UrgingLetter.id) == UrgedAssignment.letter_id
            )
            meanings.append(col(Assignment.id).in_(of_letter.where(_begins_with(UrgingLetter.number, self.letters))))
        # What it cannot mean is not asked of each assignment.
        if self.number is not None:
            meanings.append(col(Assignment.id) == self.number)
        if self.subtasks:
            meanings.append(col(Assignment.subtask).in_(self.subtasks))
        if self.offices:
            meanings.append(held_by(*self.offices))
        meanings += (col(Assignment.period).like(pattern) for pattern in self.periods)
        if self.in_texts:
            meanings.append(says(self.letters))
        return or_(*meanings)


@dataclass(frozen=True)
class Search:
    """Terms that must all fit: «T0.1 SYT» is that subtask in that office."""

    terms: tuple[Term, ...]

    def condition(
        self, *, accepted_only: bool = False, within: ColumnElement[bool] | None = None
    ) -> ColumnElement[bool]:
        """Whether an assignment is meant, of the few that a visitor may see.

        accepted_only  of reports only those that were accepted are looked through, and no urging letters: others the
                       visitor may not read
        within         which assignments can be meant at all: reports of others are not looked through
        """

        def says(letters: str) -> ColumnElement[bool]:
            said = select(col(Report.assignment_id)).where(_in_text(letters))
            if accepted_only:
                said = said.where(col(Report.state) == ReportState.ACCEPTED)
            if within is not None:
                theirs = select(col(Assignment.id)).where(within).correlate(None)
                said = said.where(col(Report.assignment_id).in_(theirs))
            return col(Assignment.id).in_(said)

        return self._condition(says, with_letters=not accepted_only)

    def condition_of_all(self, connection: Connection) -> ColumnElement[bool]:
        """Whether an assignment is meant, of all there are."""
        return self._condition(lambda letters: col(Assignment.id).in_(_said(connection, letters)))

    def condition_of_first(self, connection: Connection) -> ColumnElement[bool]:
        """The same where the first in the order of an index are wanted, and not all.

        What many reports say is asked of one assignment after the other: to gather all whose reports say it takes
        longer than to come upon the first. Not so where an index gathers them, and reports that say all are few.
        """
        in_texts = [term.letters for term in self.terms if term.in_texts]
        if not in_texts:
            return self.condition_of_all(connection)
        many, is_all_said = _said_by_many(connection, in_texts)
        if many.issuperset(in_texts) and not is_all_said and has_index_of_words(connection):
            return self.condition_of_all(connection)
        few = {each: _among_few(connection, each) for each in in_texts if each not in many}

        def says(letters: str) -> ColumnElement[bool]:
            if letters in few:
                return few[letters]
            # Not as ``exists``, for which PostgreSQL would gather all.
            its = col(Report.assignment_id) == col(Assignment.id)
            return select(col(Report.id)).where(its, _in_text(letters)).limit(1).scalar_subquery().is_not(None)

        return self._condition(says)

    def _condition(
        self, says: Callable[[str], ColumnElement[bool]], *, with_letters: bool = True
    ) -> ColumnElement[bool]:
        return and_(*(term.condition(says, with_letters=with_letters) for term in self.terms))


_SAMPLE = 300
"""Reports, from the first to the newest at even distances, by which it is judged how many say something."""


_A_SHARE = 10
"""Many is every tenth report or more."""


def _said_by_many(connection: Connection, letters: Sequence[str]) -> tuple[set[str], bool]:
    """What of this many reports say, and whether many say all of it."""
    newest = connection.scalar(select(func.max(col(Report.id)))) or 0
    looked_at = list(range(newest, 0, -max(1, newest // _SAMPLE)))
    conditions = [*map(_in_text, letters), and_(*map(_in_text, letters))]
    numbers = (func.count().filter(each) for each in conditions)
    query = select(func.count(), *numbers).where(col(Report.id).in_(looked_at))
    there, *saying, saying_all = connection.execute(query).one()
    many = {each for each, number in zip(letters, saying, strict=True) if number * _A_SHARE > there}
    return many, saying_all * _A_SHARE > there


def _among_few(connection: Connection, letters: str) -> ColumnElement[bool]:
    """Whether an assignment is one of the few whose reports say it."""
    said = _said(connection, letters)
    if connection.dialect.name == "sqlite":
        return col(Assignment.id).in_(said)
    # Found once: without an index all texts are read, and again in each question.
    numbers = connection.scalars(said).all()
    return col(Assignment.id) == any_(literal(list(numbers), ARRAY(Integer)))


def _said(connection: Connection, letters: str) -> Select[tuple[int]]:
    """The assignments whose reports say it; by the index of words where there is one."""
    if len(letters) >= _LEAST_IN_TEXTS and has_index_of_words(connection):
        phrase = '"' + letters.replace('"', '""') + '"'
        return select(_WORDS.c.rowid // _NUMBERS_EACH).where(_WORDS.c.plain_text.match(phrase))
    return select(col(Report.assignment_id)).where(_in_text(letters))


def _in_text(letters: str) -> ColumnElement[bool]:
    return col(Report.plain_text).contains(letters, autoescape=True)


def search_for(plan: Plan, text: str) -> Search | None:
    """Read what somebody typed into a search box; None when it is empty."""
    words = without_accents(text).split()
    if not words:
        return None
    terms = tuple(dict.fromkeys(_terms(plan, words)))
    if not any(term.in_texts and len(term.letters) >= _LEAST_IN_TEXTS for term in terms):
        terms = tuple(replace(term, in_texts=False) for term in terms)
    return Search(terms)


def _terms(plan: Plan, words: Sequence[str]) -> Iterator[Term]:
    """Words that stand together in a name are one term: «so y te» is an office, and not all that has a «y» in it."""
    subtasks = {each.code: _name(each.code, each.title_vi, each.title_en) for each in plan.known_subtasks()}
    offices = {each.code: _name(each.code, each.name_vi, each.name_en) for each in plan.offices}
    codes = {code.lower() for code in (*subtasks, *offices)}
    while words:
        if named := named_period(" ".join(words)):
            taken = len(named.text.split())
            letters = " ".join(words[:taken])
            of_subtasks = tuple(code for code, name in subtasks.items() if f" {letters}" in name)
            yield Term(None, of_subtasks, (), letters, (named.pattern,))
            words = words[taken:]
            continue
        for count in range(len(words), 0, -1):
            letters = " ".join(words[:count])
            of_subtasks = tuple(code for code, name in subtasks.items() if f" {letters}" in name)
            of_offices = tuple(code for code, name in offices.items() if f" {letters}" in name)
            if of_subtasks or of_offices or count == 1:
                # A code or the name of an office is meant as such; any other word may also be one of a report.
                is_name = (letters in codes and len(letters) > 2) or (count > 1 and bool(of_offices))
                yield Term(_number(letters), of_subtasks, of_offices, letters, in_texts=not is_name)
                words = words[count:]
                break


@lru_cache(maxsize=10_000)  # a plan's names, which are searched at every letter that is typed
def _name(*words: str) -> str:
    """With a space before each word: a term is the beginning of a word, so that «1» does not mean T0.1."""
    return " " + without_accents(" ".join(words))


def _is_numbered(letters: str) -> ColumnElement[bool]:
    """Whether the number of a document begins with what was typed."""
    is_document = col(Anchor.kind).in_((AnchorKind.ISSUE, AnchorKind.DOCUMENT))
    return and_(is_document, _plain(Anchor.key).contains(f":{letters}", autoescape=True))


def _begins_with(number: str, letters: str) -> ColumnElement[bool]:
    """Whether the number of a paper, a column, begins with what was typed."""
    return _plain(number).startswith(letters, autoescape=True)


def _plain(column: str) -> SQLColumnExpression[str]:
    plain: SQLColumnExpression[str] = col(column)
    for accented, letter in zip("ĐđƯư", "dduu", strict=True):  # as in QĐ and TƯ; SQLite lowers no others
        plain = func.replace(plain, accented, letter)
    return func.lower(plain)


def _number(letters: str) -> int | None:
    return int(letters) if letters.isascii() and letters.isdigit() and len(letters) < 10 else None
