"""Numbers as people read them, and how many subtasks a list is about beside how many assignments."""

from collections.abc import Iterable
from typing import Protocol


def thousands(number: int) -> str:
    """«2.305»."""
    return f"{number:,}".replace(",", ".")


def both_in_words(subtasks: int, assignments: int, language: str = "vi") -> str:
    """«18 nhiệm vụ (223 phần việc)»: how many subtasks by period a list is about, and how many assignments."""
    if language == "vi":
        return f"{thousands(subtasks)} nhiệm vụ ({thousands(assignments)} phần việc)"
    nouns = ("subtask" if subtasks == 1 else "subtasks"), ("assignment" if assignments == 1 else "assignments")
    return f"{subtasks:,} {nouns[0]} ({assignments:,} {nouns[1]})"


def more_in_words(assignments: int, language: str = "vi") -> str:
    """«hơn 1.000 phần việc»: where nobody has counted further."""
    if language == "vi":
        return f"hơn {thousands(assignments)} phần việc"
    return f"more than {assignments:,} assignments"


class OfSubtask(Protocol):
    """Whatever belongs to a subtask in a period: a row of a list, a notice."""

    @property
    def subtask(self) -> str: ...
    @property
    def period(self) -> str: ...


def subtasks_among(rows: Iterable[OfSubtask]) -> int:
    """How many subtasks by period these belong to."""
    return len({(row.subtask, row.period) for row in rows})
