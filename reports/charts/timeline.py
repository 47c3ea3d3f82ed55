"""The timeline of a priority: when assignments were made, fall due and were reported, with a line for today."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import pendulum

from models.tables.lifecycle import Status
from reports.charts.drawing import DUE_SOON, INK, SOFT, Drawing, lines_of
from reports.figures import Tally, percent, sum_tallies

WIDTH = 960
NAME_WIDTH, COUNT_WIDTH = 250, 96


@dataclass(frozen=True)
class Lane:
    """All assignments of one subtask and period, of however many offices.

    group          what the lane stands under: its subtask
    first_due, due from the first to the last due date among them
    reported       the last report that counts, None before the first
    list           the address of its list
    """

    group: str
    name: str
    assigned: date
    first_due: date
    due: date
    reported: date | None
    tally: Tally
    list: str = ""


def worst_status(tally: Tally) -> str:
    """The most severe status in a lane, which gives its fill: one late office shows among a hundred that are not."""
    if tally.open_overdue:
        return Status.OPEN_OVERDUE
    if tally.due_soon:
        return DUE_SOON
    if tally.open_within_term:
        return Status.OPEN_WITHIN_TERM
    return Status.DONE_LATE if tally.done_late else Status.DONE_ON_TIME


def timeline(
    key: str,
    lanes: Sequence[Lane],
    *,
    today: date,
    title: str,
    language: str,
    words: Mapping[str, str],
) -> str:
    """Bars from assigned to due, grouped by subtask; a diamond where work falls due, a ring at the last report.

    words  the names of the fills (``reports.charts.charts.part_name``)
    """
    vi = language == "vi"
    done = sum_tallies(lane.tally for lane in lanes)
    desc = (
        f"{len(lanes)} nhiệm vụ theo kỳ, {done.total} phần việc; quá hạn {done.open_overdue}. Hôm nay {today:%d/%m/%Y}."
        if vi
        else f"{len(lanes)} subtasks, {done.total} assignments; {done.open_overdue} overdue. Today {today:%d/%m/%Y}."
    )
    drawing = Drawing(key, WIDTH, title=title, desc=desc)
    first, last = _reach(lanes, today)
    right = WIDTH - COUNT_WIDTH

    def x_of(day: date) -> float:
        share = (day - first).days / (last - first).days
        return NAME_WIDTH + min(1.0, max(0.0, share)) * (right - NAME_WIDTH)

    placed: list[tuple[float, Lane | str, list[str]]] = []
    y = 30.0
    for group, of_group in groupby(lanes, key=lambda lane: lane.group):
        headline = lines_of(group, WIDTH - 10, 14)
        placed.append((y, group, headline))
        y += len(headline) * 17.5 + 8
        for lane in of_group:
            lines = lines_of(lane.name, NAME_WIDTH - 14, 13)
            placed.append((y, lane, lines))
            y += max(26, len(lines) * 16.25 + 6)
    bottom = y + 2
    for month in _months(first, last):
        drawing.line(x_of(month), 24, x_of(month), bottom)
        if x_of(month) + 40 < right:
            drawing.text(x_of(month) + 3, 18, f"{month:%m/%y}", size=12, fill=SOFT)
    for y, what, lines in placed:
        if isinstance(what, str):
            # A sheet behind the words, so that no line of a month runs through them.
            drawing.box(0, y, WIDTH, len(lines) * 17.5 + 4, fill="#eef1f4")
            drawing.paragraph(4, y, lines, size=14, bold=True)
        else:
            _lane(drawing, what, lines, y, x_of, today, words)
    here = x_of(today)
    drawing.line(here, 24, here, bottom, stroke=INK, dash="5 3")
    beside, anchor = (here - 4, "end") if here > right - 60 else (here + 4, "start")
    drawing.text(beside, bottom + 12, "hôm nay" if vi else "today", size=12, anchor=anchor, bold=True)
    marks = bottom + 22
    drawing.diamond(8, marks + 9, 5)
    drawing.text(20, marks + 14, "hạn" if vi else "due", size=13)
    drawing.dot(90, marks + 9, 4.5)
    drawing.text(102, marks + 14, "báo cáo gần nhất" if vi else "last report", size=13)
    drawing.text(
        WIDTH,
        marks + 14,
        "cột phải: đã xong / tổng" if vi else "on the right: done / all",
        size=13,
        anchor="end",
        fill=SOFT,
    )
    shown = dict.fromkeys(worst_status(lane.tally) for lane in lanes)
    drawing.height = drawing.legend(marks + 22, [(word, label) for word, label in words.items() if word in shown])
    return drawing.svg()


def _lane(
    drawing: Drawing,
    lane: Lane,
    lines: list[str],
    y: float,
    x_of: Callable[[date], float],
    today: date,
    words: Mapping[str, str],
) -> None:
    tall = max(26, len(lines) * 16.25 + 6)
    drawing.paragraph(12, y + (tall - len(lines) * 16.25) / 2 - 1, lines, size=13)
    middle = y + tall / 2
    word = worst_status(lane.tally)
    begin, end = x_of(lane.assigned), x_of(lane.due)
    tip = f"{lane.name}: {lane.assigned:%d/%m/%Y} – {lane.due:%d/%m/%Y}; {words[word]}"
    with drawing.link(lane.list, tip):
        tip = "" if lane.list else tip
        if word == Status.OPEN_OVERDUE and today > lane.due:
            drawing.word(word, end, middle - 3, x_of(today) - end, 6, tip=tip)
        drawing.word(word, begin, middle - 7, max(3.0, end - begin), 14, tip=tip)
    if lane.first_due != lane.due:
        drawing.diamond(x_of(lane.first_due), middle, 5)
    drawing.diamond(end, middle, 5)
    if lane.reported:
        drawing.dot(x_of(lane.reported), middle, 4.5)
    finished = lane.tally.done_on_time + lane.tally.done_late
    share = percent(finished / lane.tally.total if lane.tally.total else None)
    drawing.text(WIDTH, middle + 4.5, f"{finished}/{lane.tally.total} · {share}", size=12.5, anchor="end")


def _reach(lanes: Sequence[Lane], today: date) -> tuple[date, date]:
    """From the month of the first day shown to the end of the month of the last; half a year around an empty one."""
    days = [day for lane in lanes for day in (lane.assigned, lane.due, lane.reported) if day] + [today]
    # Work given out years before what is looked at would press everything else together: its bar begins at the edge.
    earliest = pendulum.instance(min([lane.first_due for lane in lanes] + [today])).subtract(months=3)
    return max(min(days), earliest).replace(day=1), pendulum.instance(max(days)).start_of("month").add(months=1)


def _months(first: date, last: date) -> Sequence[date]:
    """The first days of the months, or of every so many months where there are many."""
    begin = pendulum.instance(first).start_of("month")
    found = list((pendulum.instance(last) - begin).range("months"))
    return found[:: max(1, -(-len(found) // 14))]
