"""The charts: how work stands, its trend, offices by on-time rate, each an SVG from typed figures.

They only draw. What they show comes from ``reports.figures``; the words are Vietnamese or English. Names wrap
above their bar instead of standing left of it, so that the longest name of an office has room on a phone and on paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.tables.lifecycle import Status
from reports.charts.drawing import DUE_SOON, INK, LINE, PAPER, SOFT, Drawing, lines_of
from reports.figures import Tally, percent, sum_tallies
from reports.wording import STATUS_EN, STATUS_VI

WIDTH = 440
"""Of the charts that shrink to a phone's width, in the units of their drawing."""


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


def _in_words(tally: Tally, language: str) -> str:
    counts = ", ".join(f"{part_name(word, language)}: {number}" for word, number in parts(tally).items())
    return f"{counts}. {'Tổng' if language == 'vi' else 'Total'}: {tally.total}."
