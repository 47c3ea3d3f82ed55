"""The charts: how work stands, its trend, offices by on-time rate, and a heat map, each an SVG from typed figures.

They only draw. What they show comes from ``reports.figures``; the words are Vietnamese or English. Names wrap
above their bar instead of standing left of it, so that the longest name of an office has room on a phone and on paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from models.tables.lifecycle import Status
from reports.charts.drawing import DUE_SOON, INK, LINE, PAPER, SOFT, Drawing, lines_of
from reports.figures import Tally, percent, sum_tallies
from reports.wording import STATUS_EN, STATUS_VI

WIDTH = 440
"""Of the charts that shrink to a phone's width, in the units of their drawing."""

NAME_WIDTH, CELL_WIDTH, CELL_HEIGHT = 250, 46, 30


@dataclass(frozen=True)
class Row:
    """Something with a name and how its work stands; ``lists`` has the address of each part's list, of all under ""."""

    name: str
    tally: Tally
    lists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A place in the ranking; equal rates share one."""

    place: int
    name: str
    tally: Tally
    list: str = ""


def parts(tally: Tally) -> dict[str, int]:
    """What a bar is made of, from what is settled to what is late: the four words, with what is due soon set apart."""
    return {
        Status.DONE_ON_TIME: tally.done_on_time,
        Status.DONE_LATE: tally.done_late,
        Status.OPEN_WITHIN_TERM: tally.open_within_term - tally.due_soon,
        DUE_SOON: tally.due_soon,
        Status.OPEN_OVERDUE: tally.open_overdue,
    }


def part_name(word: str, language: str) -> str:
    """The word for a part of a bar, as the legend has it."""
    if word == DUE_SOON:
        return "Sắp đến hạn" if language == "vi" else "Due soon"
    return (STATUS_VI if language == "vi" else STATUS_EN)[Status(word)]


def stacked_bars(key: str, rows: Sequence[Row], *, title: str, language: str) -> str:
    """One bar to a row, as long for little work as for much: what counts is the share that is late."""
    vi = language == "vi"
    whole = sum_tallies(row.tally for row in rows)
    drawing = Drawing(key, WIDTH, title=title, desc=_in_words(whole, language))
    y = 0.0
    for row in rows:
        total, late = row.tally.total, row.tally.open_overdue
        y = drawing.paragraph(0, y, lines_of(row.name, WIDTH - 130, 14))
        drawing.text(
            WIDTH, y - 4, f"{'quá hạn' if vi else 'overdue'} {late} / {total}", size=13, anchor="end", fill=SOFT
        )
        drawing.box(0.5, y + 2, WIDTH - 1, 16, fill=PAPER, stroke=LINE)
        x = 0.5
        for word, number in parts(row.tally).items():
            if number:
                width = (WIDTH - 1) * number / total
                tip, to = f"{part_name(word, language)}: {number}", row.lists.get(word, "")
                with drawing.link(to, f"{row.name} – {tip}"):
                    drawing.word(word, x, y + 2, width, 16, tip="" if to else tip)
                x += width
        y += 30
    drawing.height = drawing.legend(y, [(word, part_name(word, language)) for word in parts(Tally())])
    return drawing.svg()


def trend(key: str, columns: Sequence[Row], *, title: str, language: str) -> str:
    """A column for each month or quarter, as tall as it has work due, with the on-time rate above it."""
    vi = language == "vi"
    tallest = max((each.tally.total for each in columns), default=0)
    told = "; ".join(f"{each.name}: {percent(each.tally.on_time_rate)}" for each in columns)
    drawing = Drawing(key, WIDTH, title=title, desc=f"{'Tỷ lệ đúng hạn' if vi else 'On-time rate'}: {told}.")
    top, height = 40.0, 150.0
    drawing.text(
        0,
        14,
        "Số phần việc đến hạn; trên cột: tỷ lệ đúng hạn" if vi else "Assignments due; above: on-time rate",
        size=13,
        fill=SOFT,
    )
    step = WIDTH / max(1, len(columns))
    for number, each in enumerate(columns):
        middle, y = (number + 0.5) * step, top + height
        for word, count in parts(each.tally).items():
            if count:
                tall = height * count / tallest
                y -= tall
                tip = f"{each.name} – {part_name(word, language)}: {count}"
                to = each.lists.get(word, "")
                with drawing.link(to, tip):
                    drawing.word(word, middle - step * 0.32, y, step * 0.64, tall, tip="" if to else tip)
        rate = percent(each.tally.on_time_rate)
        drawing.text(middle, y - 5, rate, size=12, anchor="middle", fill=INK if each.tally.due else SOFT, bold=True)
        drawing.text(middle, top + height + 16, each.name, size=12, anchor="middle")
    drawing.line(0, top + height, WIDTH, top + height, stroke=INK)
    drawing.height = drawing.legend(top + height + 28, [(word, part_name(word, language)) for word in parts(Tally())])
    return drawing.svg()


def ranking(key: str, places: Sequence[Place], *, title: str, language: str) -> str:
    """Offices by on-time rate; the bar is the rate, the figures are what came on time of what was due."""
    vi = language == "vi"
    told = "; ".join(f"{each.place}. {each.name}: {percent(each.tally.on_time_rate)}" for each in places)
    drawing = Drawing(
        key, WIDTH, title=title, desc=told or ("Chưa có việc nào đến hạn." if vi else "Nothing came due.")
    )
    y = 0.0
    for each in places:
        rate = each.tally.on_time_rate or 0.0
        y_next = drawing.paragraph(38, y, lines_of(each.name, WIDTH - 38 - 120, 14))
        drawing.text(30, y + 13.3, f"{each.place}.", anchor="end", bold=True)
        figures = f"{percent(rate)} ({each.tally.done_on_time}/{each.tally.due})"
        drawing.text(WIDTH, y + 13.3, figures, size=13, anchor="end")
        with drawing.link(each.list, f"{each.name}: {figures}"):
            drawing.box(38.5, y_next + 2, WIDTH - 39, 9, fill=PAPER, stroke=SOFT)
            if rate:
                tip = "" if each.list else figures
                drawing.word(Status.DONE_ON_TIME, 38.5, y_next + 2, (WIDTH - 39) * rate, 9, tip=tip)
        y = y_next + 21
    drawing.height = max(y, 10.0)
    return drawing.svg()


# Ground and ink of a cell by the share that is late: darker is later, in colour and in grey alike.
_HEAT = (
    (0.0, "#ffffff", SOFT),
    (0.1, "#fbe3da", INK),
    (0.25, "#f2b8a2", INK),
    (0.5, "#cc6a55", INK),
    (1.0, "#7d1510", PAPER),
)


def late_share(tally: Tally) -> float:
    """Of all there is, how much is overdue or was done late."""
    return (tally.open_overdue + tally.done_late) / tally.total if tally.total else 0.0


def heat_map(
    key: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Tally],
    *,
    title: str,
    language: str,
    lists: Mapping[tuple[int, int], str] = MappingProxyType({}),
) -> str:
    """Who against what: each cell tells how many are late (overdue now, or done late), its shade of how large a share.

    rows, columns  names; ``cells`` is keyed by their places, and lacks what was never assigned
    lists          addresses, keyed alike
    """
    vi = language == "vi"
    late = [(each.open_overdue + each.done_late, r, c) for (r, c), each in cells.items()]
    worst = sorted((each for each in late if each[0]), key=lambda one: (-one[0], one[1:]))[:3]
    told = "; ".join(f"{rows[r]}, {columns[c]}: {count}" for count, r, c in worst)
    none = "Không có việc chậm." if vi else "Nothing is late."
    most = f"{'Chậm nhiều nhất' if vi else 'Most late'}: {told}." if told else none
    drawing = Drawing(key, NAME_WIDTH + CELL_WIDTH * len(columns) + 2, title=title, desc=most)
    for c, name in enumerate(columns):
        drawing.text(NAME_WIDTH + (c + 0.5) * CELL_WIDTH, 16, name, size=12, anchor="middle", bold=True)
    y = 24.0
    for r, name in enumerate(rows):
        lines = lines_of(name, NAME_WIDTH - 8, 12.5)
        height = max(CELL_HEIGHT, len(lines) * 16 + 6)
        drawing.paragraph(0, y + (height - len(lines) * 15.6) / 2 - 1, lines, size=12.5)
        with drawing.alike(font_size=12.5, text_anchor="middle", fill=SOFT, stroke_width=0.7):
            for c, column in enumerate(columns):
                x = NAME_WIDTH + c * CELL_WIDTH
                if (tally := cells.get((r, c))) is None or not tally.total:
                    drawing.text(x + CELL_WIDTH / 2, y + height / 2 + 4, "·", size=12.5, anchor="middle", fill=SOFT)
                    continue
                share, number = late_share(tally), tally.open_overdue + tally.done_late
                ground, ink = next((ground, ink) for limit, ground, ink in _HEAT if share <= limit)
                tip = f"{name}, {column}: {number}/{tally.total}"
                with drawing.link(to := lists.get((r, c), ""), tip):
                    tip = "" if to else tip
                    drawing.box(x + 1, y + 1, CELL_WIDTH - 2, height - 2, fill=ground, stroke=SOFT, tip=tip)
                    middle = x + CELL_WIDTH / 2
                    drawing.text(middle, y + height / 2 + 4.5, str(number), size=12.5, anchor="middle", fill=ink)
        y += height
    drawing.height = _heat_legend(drawing, y + 8, vi)
    return drawing.svg()


def _heat_legend(drawing: Drawing, y: float, vi: bool) -> float:
    """The shades with their shares, one under the other where the map is narrow."""
    words = [("không chậm" if vi else "none late")] + [
        f"{'đến' if vi else 'up to'} {percent(limit)}" for limit, _, _ in _HEAT[1:]
    ]
    x = 0.0
    for (_, ground, _), word in zip(_HEAT, words, strict=True):
        room = 26 + len(word) * 7 + 12
        if x and x + room > drawing.width:
            x, y = 0.0, y + 22
        drawing.box(x + 0.5, y + 3, 18, 13, fill=ground, stroke=SOFT)
        drawing.text(x + 25, y + 14, word, size=12.5)
        x += room
    return y + 24


def _in_words(tally: Tally, language: str) -> str:
    counts = ", ".join(f"{part_name(word, language)}: {number}" for word, number in parts(tally).items())
    return f"{counts}. {'Tổng' if language == 'vi' else 'Total'}: {tally.total}."
