"""The review of a year as a Word file for a meeting, beside its page and its workbook."""

from collections.abc import Sequence

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.rules.due_words import due_in_words
from config.settings import Language
from config.text.counts import both_in_words, thousands
from models.keeping.opening import Store
from reports.board.board import BoardLine
from reports.figures import percent
from reports.papers.table_paper import TablePaper
from reports.papers.yearly_review import ComparedLine, YearlyReview, movers
from reports.wording import what_of

HEAD = ("", "Đã đến hạn", "Đúng hạn", "Hoàn thành quá hạn", "Đang quá hạn", "Tỷ lệ", "Năm trước", "Thay đổi")
HEAD_EN = ("", "Came due", "On time", "Done late", "Overdue", "Rate", "Year before", "Change")

_WIDTHS = (5.2, 1.5, 1.4, 1.7, 1.5, 1.4, 1.5, 1.8)
_COMPARED = 6
"""From here on columns say of the year before; where that has nothing they are left out."""


def parts(review: YearlyReview) -> list[tuple[str, str, Sequence[ComparedLine]]]:
    """The parts of a review with their headings in Vietnamese and English."""
    return [
        ("Theo nhiệm vụ trọng tâm", "By priority task", review.priorities),
        ("Theo quy định", "By regulation", review.regulations),
        ("Theo nhiệm vụ cụ thể", "By subtask", review.subtasks),
        ("Theo cơ quan", "By office", review.offices),
    ]


def cells(line: ComparedLine, language: Language = "vi") -> list[str]:
    """The figures of one line in the order of ``HEAD``, without its name."""
    now, change = line.now, line.points
    counts = (now.due, now.done_on_time - now.done_undated, now.done_late, now.open_overdue)
    return [
        *(thousands(each) if language == "vi" else f"{each:,}" for each in counts),
        percent(now.on_time_rate),
        percent(line.before.on_time_rate),
        "–" if change is None else f"{change:+d} {'điểm' if language == 'vi' else 'points'}",
    ]


def review_paper(review: YearlyReview, store: Store) -> bytes:
    """The review, in Vietnamese, as a Word file: what matters in sentences, then the tables."""
    directive = store.plan.directive(review.directive)
    paper = TablePaper(
        f"SƠ KẾT THỰC HIỆN NHIỆM VỤ NĂM {review.year}",
        directive.title_vi,
        now=review.as_of,
        sample=review.is_sample,
    )
    now, before = review.whole.now, review.whole.before
    counted = both_in_words(review.counted.total, review.counted.assignments)
    moment = f"{review.as_of.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"
    on_time, done_late, late = map(thousands, (now.done_on_time - now.done_undated, now.done_late, now.open_overdue))
    paper.sentence(
        f"Tính đến {moment}, năm {review.year} có {counted} có hạn, trong đó {thousands(now.due)} phần việc đã đến hạn:"
        f" {on_time} hoàn thành đúng hạn, {done_late} hoàn thành quá hạn, {late} đang quá hạn."
    )
    last = f", năm trước {percent(before.on_time_rate)}" if before.on_time_rate is not None else ""
    paper.sentence(
        f"Tỷ lệ đúng hạn {percent(now.on_time_rate)}{last}. Được gia hạn {thousands(review.extended)} lần, báo cáo bị"
        f" trả lại {thousands(review.returned)} lần."
    )
    for moved in movers(review):
        paper.sentence(moved.replace("(-", "(\N{MINUS SIGN}"))  # a hyphen would end a line
    if review.longest:
        paper.heading("Quá hạn lâu nhất")
        paper.table(
            ["Việc", "Cơ quan", "Hạn", "Quá hạn (ngày làm việc)"],
            _longest(review.longest, store.plan),
            (7.0, 4.8, 2.4, 1.8),
            texts=2,
        )
    compares = before.on_time_rate is not None
    widths = _WIDTHS if compares else (_WIDTHS[0] + sum(_WIDTHS[_COMPARED:]), *_WIDTHS[1:_COMPARED])
    for vi, _, lines in parts(review):
        came_due = [each for each in lines if each.now.due]
        if lines is review.offices:
            came_due.sort(key=lambda each: (-each.now.open_overdue, -each.now.done_late))
        if came_due:
            paper.heading(vi)
            rows = [[_name(each, coded=lines is review.subtasks), *_figures(each)] for each in came_due]
            rows += [["Tất cả", *_figures(review.whole)]] if lines is review.priorities else []
            head = ["Nội dung", *HEAD[1:-1], "Thay đổi (điểm)"]
            paper.table(head[: len(widths)], [row[: len(widths)] for row in rows], widths)
        if rest := len(lines) - len(came_due):
            paper.sentence(f"{vi}: {thousands(rest)} mục chưa có phần việc nào đến hạn.")
    return paper.as_file(store, review.directive)


def _figures(line: ComparedLine) -> list[str]:
    change = line.points
    return [
        *cells(line)[:-1],
        "–" if change is None else f"{change:+d}".replace("-", "\N{MINUS SIGN}") if change else "0",
    ]


def _longest(rows: Sequence[BoardLine], plan: Plan) -> list[list[str]]:
    """What is late longest, the same work of many offices in one row."""
    by_work: dict[tuple[str, str, int], list[str]] = {}
    for row in rows:
        names = by_work.setdefault((what_of(row, plan), due_in_words(row), row.days_late), [])
        names += [plan.office(code).name_vi for code in row.leads]
    return [
        [what, "; ".join(dict.fromkeys(names)), due, thousands(days)] for (what, due, days), names in by_work.items()
    ]


def _name(line: ComparedLine, *, coded: bool) -> str:
    """Codes of subtasks are known to everybody; the others are the plan's own."""
    return f"{line.code} {line.name}" if coded and not line.name.startswith(line.code) else line.name
