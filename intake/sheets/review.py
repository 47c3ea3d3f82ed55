"""The review of a filled-in sheet: what each row would do, computed before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.errors import Refused
from intake.sheets.filled_rows import FilledRow
from models.store.actor import ActorContext


class Outcome(StrEnum):
    NEW = "new"  # will be written as new
    CHANGED = "changed"  # will replace what is there
    SAME = "same"  # is there already with the same values
    WRONG = "wrong"  # has faults; never written


@dataclass(frozen=True)
class ReviewedRow:
    """One row: its number in the sheet, what it is about, and its outcome."""

    number: int
    about: str
    outcome: Outcome
    note_vi: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class SheetReview:
    """All rows and all faults. ``write`` writes the rows without faults and returns what it did, in both languages."""

    kind: str
    sheet: str
    rows: Sequence[ReviewedRow]
    faults: Sequence[Refused]
    write: Callable[[ActorContext], tuple[str, str]]

    def count(self, outcome: Outcome) -> int:
        return Counter(row.outcome for row in self.rows)[outcome]

    @property
    def to_write(self) -> int:
        return self.count(Outcome.NEW) + self.count(Outcome.CHANGED)

    def refuse_faults(self) -> None:
        """Raises ``Refused`` with every fault."""
        if self.faults:
            raise Refused(
                f"Chưa nhập gì: {self.count(Outcome.WRONG)} dòng có lỗi, {len(self.faults)} chỗ phải sửa:",
                f"Nothing was imported: {self.count(Outcome.WRONG)} rows have errors, {len(self.faults)} places to "
                "correct:",
                details=self.faults,
            )


def review_entries(
    rows: Sequence[FilledRow], named: Mapping[str, FilledRow], changed: Collection[str], before: Collection[str]
) -> list[ReviewedRow]:
    """Review rows that are entries of a file: ``changed`` and ``before`` hold codes, ``named`` the row of each code."""
    codes = {row.number: code for code, row in named.items()}

    def outcome(row: FilledRow, code: str) -> Outcome:
        if row.faults:
            return Outcome.WRONG
        if code not in changed:
            return Outcome.SAME
        return Outcome.CHANGED if code in before else Outcome.NEW

    return [ReviewedRow(row.number, code, outcome(row, code)) for row in rows for code in [codes.get(row.number, "")]]
