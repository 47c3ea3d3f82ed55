"""The review of a year as a Word file for a meeting, beside its page and its workbook."""

from collections.abc import Sequence

from config.clock import HANOI
from config.settings import Language
from models.keeping.opening import Store
from reports.figures import percent
from reports.papers.table_paper import TablePaper
from reports.papers.yearly_review import ComparedLine, YearlyReview, review_title

HEAD = ("", "Đã đến hạn", "Đúng hạn", "Hoàn thành quá hạn", "Đang quá hạn", "Tỷ lệ", "Năm trước", "Thay đổi")
HEAD_EN = ("", "Came due", "On time", "Done late", "Overdue", "Rate", "Year before", "Change")


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
    return [
        str(now.due),
        str(now.done_on_time - now.done_undated),
        str(now.done_late),
        str(now.open_overdue),
        percent(now.on_time_rate),
        percent(line.before.on_time_rate),
        "–" if change is None else f"{change:+d} {'điểm' if language == 'vi' else 'points'}",
    ]


def review_paper(review: YearlyReview, store: Store) -> bytes:
    """The review, in Vietnamese, as a Word file."""
    as_of = f"Tình trạng tính đến {review.as_of.astimezone(HANOI):%H:%M ngày %d/%m/%Y}"
    paper = TablePaper(review_title(review), as_of, now=review.as_of, sample=review.is_sample)
    paper.sentence(f"Trong năm có {review.counted.in_words('vi')} đến hạn.")
    widths = [5.3, 1.6, 1.5, 1.7, 1.6, 1.4, 1.6, 1.8]
    paper.table(["Chung", *HEAD[1:]], [["Tất cả", *cells(review.whole)]], widths)
    paper.sentence(f"Được gia hạn: {review.extended}. Báo cáo bị trả lại: {review.returned}.")
    for vi, _, lines in parts(review):
        if lines:
            paper.heading(vi)
            paper.table(["", *HEAD[1:]], [[_name(each), *cells(each)] for each in lines], widths)
    return paper.as_file(store)


def _name(line: ComparedLine) -> str:
    return line.name if line.name.startswith(line.code) else f"{line.code} {line.name}".strip()
