"""The first page of a report: what a manager needs to know, in a few sentences and one picture of bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from docxtpl import RichText
from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from config.clock import start_of_day
from config.text.counts import thousands
from models.alerts.status import not_withdrawn, overdue
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, ReportState, State
from models.tables.report import Extension, Report
from reports.figures import Tally, percent
from reports.subtask_count import SubtaskCount

_NAMED = 5
"""How many offices are named one by one."""

_MOST_NAMED = 8
"""How many where some hold as much as the last of those."""

BAR_LENGTH = 22
_BAR = (
    ("done_on_time", "2B6CB0", "hoàn thành đúng hạn"),
    ("done_late", "9DB9DC", "hoàn thành quá hạn"),
    ("open_within_term", "A9CDB1", "đang thực hiện, trong hạn"),
    ("open_overdue", "A81E17", "đang thực hiện, quá hạn"),
)
"""The four statuses in the order of the bars, with colours that differ in grey print too."""


@dataclass(frozen=True)
class News:
    """What happened to a directive's assignments from a day on, as counts of assignments.

    newly_late  those still open whose due date passed since
    returned    reports returned
    """

    since: date
    done: int
    newly_late: int
    extended: int
    returned: int


def news(connection: Connection, its: ColumnElement[bool], since: date, now: datetime) -> News:
    """Count what happened from the beginning of ``since`` to ``now``."""
    began = start_of_day(since)

    def count(*which: ColumnElement[bool], of: Any = None) -> int:
        query = select(func.count(col(Assignment.id).distinct())).where(not_withdrawn, its, *which)
        if of is not None:
            query = query.join(of, of.assignment_id == col(Assignment.id))
        return connection.scalar(query) or 0

    return News(
        since=since,
        done=count(col(Assignment.state) == State.ACCEPTED, col(Assignment.completed_at).between(began, now)),
        newly_late=count(overdue(now), col(Assignment.due_at) >= began),
        extended=count(
            col(Extension.state) == ExtensionState.GRANTED, col(Extension.decided_at).between(began, now), of=Extension
        ),
        returned=count(
            col(Report.state) == ReportState.RETURNED, col(Report.decided_at).between(began, now), of=Report
        ),
    )


def overall_in_words(subtasks: SubtaskCount, counts: Tally, change: int | None, before: float | None) -> str:
    """How many subtasks and assignments there are, how they stand, and the on-time rate."""
    if not counts.total:
        return "Kỳ này không có phần việc nào."
    total, done, late = map(thousands, (subtasks.total, subtasks.done, subtasks.overdue))
    return (
        f"{total} nhiệm vụ: {done} hoàn thành, {late} quá hạn. Trong {thousands(counts.total)} phần việc:"
        f" {in_words(counts)}. {rate_in_words(counts, change, before)}"
    )


def news_in_words(found: News, *, of_the_whole: bool) -> str:
    """«Từ đầu kỳ (15/09/2026) đến nay: 12 phần việc hoàn thành; 3 phần việc mới quá hạn; …».

    of_the_whole  whether that is more work than the report counts: then it says so
    """
    parts = (
        (found.done, "phần việc hoàn thành"),
        (found.newly_late, "phần việc mới quá hạn"),
        (found.extended, "phần việc được gia hạn"),
        (found.returned, "phần việc có báo cáo bị trả lại"),
    )
    said = "; ".join(f"{thousands(number)} {words}" for number, words in parts if number)
    scope = " Tính trên toàn bộ bảng theo dõi." if of_the_whole and said else ""
    return f"Từ đầu kỳ ({found.since:%d/%m/%Y}) đến nay: {said or 'chưa có thay đổi'}.{scope}"


def holders_in_words(offices: Sequence[tuple[str, Tally]], late: int) -> str:
    """Which offices hold most of what is late; empty where nothing is. ``offices`` come with the latest first."""
    holding = [(name, each.open_overdue) for name, each in offices if each.open_overdue]
    if not holding:
        return "Không có phần việc nào đang quá hạn."
    said = f"{thousands(late)} phần việc đang quá hạn thuộc"
    least = holding[:_NAMED][-1][1]
    # Who holds as much as the last that is named is named too, or none of those.
    named = [each for each in holding if each[1] >= least]
    if len(named) > _MOST_NAMED:
        named = [each for each in holding if each[1] > least]
    in_words = "; ".join(f"{name} ({thousands(number)})" for name, number in named)
    if len(named) == len(holding):
        return f"{said}: {in_words}."
    whom = f"{said} {thousands(len(holding))} cơ quan"
    if named:
        return f"{whom}, nhiều nhất: {in_words}."
    most = "mỗi cơ quan" if holding[-1][1] == least else "nhiều nhất mỗi cơ quan"
    return f"{whom}, {most} {thousands(least)} phần việc."


def scope_in_words(figures: Tally, whole: Tally) -> str:
    """What the report counts, and how it stands to the whole board of its directive."""
    if figures == whole:
        return "Báo cáo tính toàn bộ phần việc của bảng theo dõi."
    return (
        f"Báo cáo tính {thousands(figures.total)} phần việc của kỳ; toàn bộ bảng theo dõi có"
        f" {thousands(whole.total)} phần việc, trong đó {thousands(whole.open_overdue)} đang quá hạn."
    )


def in_words(counts: Tally) -> str:
    """«53 hoàn thành đúng hạn; 14 đang thực hiện, quá hạn»: what is not there is not said."""
    words = (
        (counts.done_on_time - counts.done_undated, "hoàn thành đúng hạn"),
        (counts.done_undated, "hoàn thành, không có hạn"),
        (counts.done_late, "hoàn thành quá hạn"),
        (counts.open_within_term - counts.standing - counts.undated, "đang thực hiện, trong hạn"),
        (counts.standing, "thường xuyên"),
        (counts.undated, "chưa định hạn"),
        (counts.open_overdue, "đang thực hiện, quá hạn"),
    )
    return "; ".join(f"{thousands(number)} {word}" for number, word in words if number) or "không có"


def ahead_in_words(counts: Tally) -> str:
    """What is proposed for the time to come."""
    late, open_ = counts.open_overdue, counts.open_within_term - counts.standing - counts.undated
    if not late and not open_:
        return "Tiếp tục đôn đốc các nhiệm vụ được giao trong kỳ tới."
    soon = f", trong đó {thousands(counts.due_soon)} phần việc sắp đến hạn" if counts.due_soon else ""
    parts = ((late, "đang quá hạn"), (open_, "còn trong hạn"))
    counted = " và ".join(f"{thousands(number)} phần việc {how}" for number, how in parts if number)
    return f"Tiếp tục đôn đốc {counted}{soon}."


def rate_in_words(counts: Tally, change: int | None, before: float | None) -> str:
    """The on-time rate, and how it changed since the period before."""
    rate = f"Tỷ lệ đúng hạn trên số đã đến hạn: {percent(counts.on_time_rate)}"
    if change is None:
        return f"{rate}; chưa có số liệu kỳ trước để so sánh."
    changed = "không đổi" if change == 0 else f"{'tăng' if change > 0 else 'giảm'} {abs(change)} điểm phần trăm"
    return f"{rate}, {changed} so với kỳ trước ({percent(before)})."


def by_lateness(offices: Iterable[tuple[str, Tally]]) -> list[tuple[str, Tally]]:
    """The office with most overdue first, then what was done late; of equals the order given."""
    return sorted(offices, key=lambda one: (-one[1].open_overdue, -one[1].done_late))


def bar(counts: Tally) -> RichText:
    """A bar of one length, parted like the counts, for a cell of a Word table: ``{{r p.bar }}``."""
    drawn = RichText()
    for (_name, colour, _), blocks in zip(_BAR, _shares([getattr(counts, each[0]) for each in _BAR]), strict=True):
        if blocks:
            drawn.add("█" * blocks, color=colour, size=14)
    return drawn


def legend() -> RichText:
    """What the colours of the bars mean."""
    drawn = RichText()
    for place, (_, colour, words) in enumerate(_BAR):
        drawn.add("█ ", color=colour, size=20)
        drawn.add(words + ("    " if place < len(_BAR) - 1 else ""), size=20, italic=True)
    return drawn


def _shares(counts: Sequence[int]) -> list[int]:
    """``BAR_LENGTH`` parted by largest remainder; what is there at all gets one block at least."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    exact = [BAR_LENGTH * each / total for each in counts]
    found = [max(1, int(each)) if count else 0 for each, count in zip(exact, counts, strict=True)]
    while (missing := BAR_LENGTH - sum(found)) != 0:
        step = 1 if missing > 0 else -1
        places = [place for place, count in enumerate(counts) if count and found[place] + step >= 1]
        place = max(places, key=lambda each: step * (exact[each] - found[each]))
        found[place] += step
    return found
