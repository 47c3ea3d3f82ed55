"""Tables of a PDF page by the lines drawn around their cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_NEAR = 3.0
_SHORTEST = 6.0
_MOST_LINES = 20_000
_STROKED = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
_FILLED = frozenset((b"f", b"F", b"f*"))


@dataclass(frozen=True, eq=False)
class Fragment:
    """A piece of text at a place of the page, in points from its lower left corner."""

    x: float
    y: float
    size: float
    text: str


@dataclass
class Rulings:
    """Straight lines of a page: across as (y, from x, to x), upright as (x, from y, to y)."""

    across: list[tuple[float, float, float]] = field(default_factory=list)
    upright: list[tuple[float, float, float]] = field(default_factory=list)
    _path: list[tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=list)
    _at: tuple[float, float] = (0.0, 0.0)

    def on_operator(self, operator: bytes, operands: Sequence[Any], cm: Sequence[float], _tm: Sequence[float]) -> None:
        """Takes each drawing operator of a page as pypdf meets it; a path counts when it is painted, not as a clip."""
        if operator in _STROKED or operator in _FILLED:
            for one, other in self._path:
                self._drawn(one, other, filled=operator in _FILLED)
        if operator in _STROKED or operator in _FILLED or operator == b"n":
            self._path = []
        if operator not in (b"re", b"m", b"l") or len(self.across) + len(self.upright) + len(self._path) > _MOST_LINES:
            return
        numbers = [float(each) for each in operands]
        if operator == b"re" and len(numbers) == 4:
            x, y, width, height = numbers
            self._path.append((self._placed(x, y, cm), self._placed(x + width, y + height, cm)))
        elif len(numbers) == 2:
            point = self._placed(numbers[0], numbers[1], cm)
            if operator == b"l":
                self._path.append((self._at, point))
            self._at = point

    @staticmethod
    def _placed(x: float, y: float, cm: Sequence[float]) -> tuple[float, float]:
        return x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]

    def _drawn(self, one: tuple[float, float], other: tuple[float, float], *, filled: bool) -> None:
        (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        if y1 - y0 < _NEAR:
            self._line((x0, y0), (x1, y0))
        elif x1 - x0 < _NEAR:
            self._line((x0, y0), (x0, y1))
        elif not filled:
            for start, end in (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))):
                self._line(start, end)

    def _line(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
        if high < 1 and wide >= _SHORTEST:
            self.across.append((one[1], min(one[0], other[0]), max(one[0], other[0])))
        elif wide < 1 and high >= _SHORTEST:
            self.upright.append((one[0], min(one[1], other[1]), max(one[1], other[1])))


@dataclass(frozen=True)
class RuledTable:
    top: float
    bottom: float
    cells: list[list[tuple[Any, str]]]
    fragments: list[Fragment]


def lines_of(fragments: Sequence[Fragment]) -> list[tuple[float, float, str]]:
    """The lines of text from top to bottom: height, where it begins, text."""
    rows: list[tuple[float, list[tuple[float, int, str]]]] = []
    ordered = sorted(enumerate(fragments), key=lambda each: (-each[1].y, each[1].x, each[0]))
    for order, each in ordered:
        if rows and rows[-1][0] - each.y <= 0.4 * each.size:
            rows[-1][1].append((each.x, order, each.text))
        else:
            rows.append((each.y, [(each.x, order, each.text)]))
    lines = []
    for y, pieces in rows:
        pieces.sort()
        text = " ".join("".join(piece for _, _, piece in pieces).split())
        if text:
            lines.append((y, pieces[0][0], text))
    return lines


def ruled_tables(rulings: Rulings, fragments: list[Fragment]) -> list[RuledTable]:
    """The tables of a page, each with its cells and what is written in them."""
    tables: list[RuledTable] = []
    for across, upright in _grids(rulings):
        columns, rows = _clustered([x for x, _, _ in upright]), _clustered([y for y, _, _ in across])[::-1]
        if len(columns) < 3 or len(rows) < 2:
            continue
        inside = [
            each
            for each in fragments
            if columns[0] - _NEAR <= each.x < columns[-1] and rows[-1] - _NEAR <= each.y <= rows[0]
        ]
        if inside:
            cells = _cells(columns, rows, across, upright, inside)
            tables.append(RuledTable(rows[0], rows[-1], cells, inside))
    return tables


_Lines = list[tuple[float, float, float]]


def _grids(rulings: Rulings) -> list[tuple[_Lines, _Lines]]:
    """The lines across and upright that touch each other, grid by grid, in bands from the top of the page."""
    reach = sorted((low, high) for _, low, high in rulings.upright)
    bands: list[list[float]] = []
    for low, high in reach:
        if bands and low <= bands[-1][1] + _NEAR:
            bands[-1][1] = max(bands[-1][1], high)
        else:
            bands.append([low, high])
    grids = []
    for low, high in bands[::-1]:
        upright = [each for each in rulings.upright if low <= each[1] and each[2] <= high]
        across = [each for each in rulings.across if low - _NEAR <= each[0] <= high + _NEAR]
        grids.append((across, upright))
    return grids


def _clustered(values: list[float]) -> list[float]:
    """Ascending, near ones as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _cells(
    columns: list[float], rows: list[float], across: _Lines, upright: _Lines, inside: list[Fragment]
) -> list[list[tuple[Any, str]]]:
    wide, high = len(columns) - 1, len(rows) - 1
    one_with = {(row, column): (row, column) for row in range(high) for column in range(wide)}

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while one_with[cell] != cell:
            cell = one_with[cell]
        return cell

    for row in range(high):
        for column in range(wide):
            middle_x = (columns[column] + columns[column + 1]) / 2
            middle_y = (rows[row] + rows[row + 1]) / 2
            if column + 1 < wide and not _covered(upright, columns[column + 1], middle_y):
                one_with[root((row, column + 1))] = root((row, column))
            if row + 1 < high and not _covered(across, rows[row + 1], middle_x):
                one_with[root((row + 1, column))] = root((row, column))
    written: dict[tuple[int, int], list[Fragment]] = {}
    for each in inside:
        column = _between(columns, each.x + 1)
        row = high - 1 - _between(rows[::-1], each.y + 0.2 * each.size)
        written.setdefault(root((row, column)), []).append(each)
    texts = {cell: "\n".join(text for _, _, text in lines_of(each)) for cell, each in written.items()}
    return [
        [(root((row, column)), texts.get(root((row, column)), "")) for column in range(wide)] for row in range(high)
    ]


def _between(edges: list[float], value: float) -> int:
    """Which gap between ascending edges holds the value; the nearest one outside them."""
    at = sum(edge <= value for edge in edges) - 1
    return min(max(at, 0), len(edges) - 2)


def _covered(lines: _Lines, at: float, point: float) -> bool:
    return any(abs(where - at) <= _NEAR and low - 1 <= point <= high + 1 for where, low, high in lines)
