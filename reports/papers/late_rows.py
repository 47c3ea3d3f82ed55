"""What is overdue, for an annex: the longest late first, and the same work of many offices in one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.papers.office_letters import PaperRow


@dataclass(frozen=True)
class LateRow:
    """Work that is late, with all the offices that owe it.

    count  how many assignments stand in the row
    days   working days since the due date
    """

    what: str
    period: str
    office: str
    due: str
    days: int
    count: int


def late_rows(rows: Iterable[PaperRow]) -> list[LateRow]:
    """Gather rows of the same work, period and due date; the longest late first."""

    def key(row: PaperRow) -> tuple[int, str, str, str, bool]:
        return -row.days, row.title, row.period, row.due, bool(row.helped)

    return [each for _, same in groupby(sorted(rows, key=key), key) for each in _gathered(list(same))]


def _gathered(same: Sequence[PaperRow]) -> Iterable[LateRow]:
    """One row where all help the same office (or none), else one for each office with all that it helps."""
    helped = list(dict.fromkeys(row.helped for row in same))
    if len(helped) == 1:
        yield _row(same, f"{same[0].title} (phối hợp {helped[0]})" if helped[0] else same[0].title)
        return
    for office in dict.fromkeys(row.office for row in same):
        of_it = [row for row in same if row.office == office]
        names = "; ".join(dict.fromkeys(row.helped.removeprefix("với ") for row in of_it))
        yield _row(of_it, f"{same[0].title} (phối hợp với {names})")


def _row(rows: Sequence[PaperRow], what: str) -> LateRow:
    one = rows[0]
    offices = "; ".join(dict.fromkeys(row.office for row in rows))
    return LateRow(what, one.period, offices, one.due, one.days, len(rows))
