"""A directive's text cut into pieces: whose task each is, and what no task covers. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from intake.directives.correcting.rows import Row, Sheet
from intake.directives.text import Span, Table


class Mark(StrEnum):
    """What a piece of the text is."""

    OWN = "own"  # words of a task
    PART = "part"  # its office, date or product, elsewhere
    OPEN = "open"  # covered by no task
    PLAIN = "plain"  # nothing that could be one


@dataclass(frozen=True)
class Piece:
    """Words at [start, end) of the text.

    row    the row whose they are; 0 for none
    first  whether the row begins here
    """

    start: int
    end: int
    text: str
    mark: Mark
    row: int = 0
    first: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Block:
    """A paragraph, or one row of a table with its cells."""

    cells: Sequence[Sequence[Piece]]
    in_table: bool = False


def blocks(sheet: Sheet) -> list[Block]:
    """The text block by block."""
    painted = _Painted(sheet)
    made: list[Block] = []
    for block in sheet.document.blocks:
        if not isinstance(block, Table):
            made.append(Block([painted.pieces((block.start, block.end))]))
            continue
        shown: set[Span] = set()  # a merged cell stands in each of its rows and columns, and is read once
        for row in block.rows:
            new = [cell for cell in dict.fromkeys(row) if cell not in shown and cell[0] < cell[1]]
            shown.update(new)
            if new:
                made.append(Block([painted.pieces(cell) for cell in new], in_table=True))
    return made


_MARKS = (Mark.PLAIN, Mark.OPEN, Mark.PART, Mark.OWN)


class _Painted:
    """Every character with its mark and its row."""

    def __init__(self, sheet: Sheet) -> None:
        self._text = sheet.text
        self._marks = bytearray(len(sheet.text))
        self._rows = [0] * len(sheet.text)
        self._begins = {row.start: row.number for row in sheet.live}
        for start, end in sheet.uncovered:
            self._paint(start, end, Mark.OPEN, 0)
        for mark in (Mark.PART, Mark.OWN):
            for row in sheet.live:
                for start, end in _spans(row, mark):
                    self._paint(start, end, mark, row.number)

    def _paint(self, start: int, end: int, mark: Mark, row: int) -> None:
        length = end - start
        self._marks[start:end] = bytes([_MARKS.index(mark)]) * length
        self._rows[start:end] = [row] * length

    def pieces(self, span: Span) -> list[Piece]:
        return [self._piece(start, end) for start, end in pairwise((*self._edges(span), span[1]))]

    def _edges(self, span: Span) -> Iterator[int]:
        start, end = span
        before: tuple[int, int] | None = None
        for at in range(start, end):
            now = (self._marks[at], self._rows[at])
            if now != before:
                yield at
            before = now

    def _piece(self, start: int, end: int) -> Piece:
        row = self._rows[start]
        begins = row != 0 and self._begins.get(start) == row
        return Piece(start, end, self._text[start:end], _MARKS[self._marks[start]], row, begins)


def _spans(row: Row, mark: Mark) -> Sequence[Span]:
    return row.own if mark is Mark.OWN else [span for span in row.task.spans if span not in row.own]
