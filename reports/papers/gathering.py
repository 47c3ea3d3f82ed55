"""The same said once: overdue work of many offices in one row, the longest late first, and the same words of many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reports.papers.office_letters import PaperRow

MAX_QUOTES = 20
"""Texts quoted for each subtask; the rest is counted, and the tracking table in Excel has it."""

MAX_NAMES = 12
"""Offices named beside what they all wrote; the rest is counted."""


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


@dataclass(frozen=True)
class Quote:
    """A text from reports that were accepted, with the names of all offices that wrote it."""

    offices: tuple[str, ...]
    text: str

    @property
    def office(self) -> str:
        """The first names, and how many more there are."""
        rest = len(self.offices) - MAX_NAMES
        named = "; ".join(self.offices[:MAX_NAMES])
        return f"{named} và {rest} cơ quan khác" if rest > 0 else named


@dataclass
class Quotes:
    """The first texts of a kind, and how many more there are."""

    texts: list[Quote] = field(default_factory=list)
    more: int = 0

    def add(self, office: str, text: str) -> None:
        """Quote a text; the same of another office stands beside it."""
        if not text:
            return
        for place, quote in enumerate(self.texts):
            if _same(quote.text) == _same(text):
                if office not in quote.offices:
                    self.texts[place] = Quote((*quote.offices, office), quote.text)
                return
        if len(self.texts) < MAX_QUOTES:
            self.texts.append(Quote((office,), text))
        else:
            self.more += 1


def _same(text: str) -> str:
    """What two texts have in common that differ in spaces, line ends, capitals or the full stop alone."""
    return " ".join(text.split()).rstrip(".").casefold()
