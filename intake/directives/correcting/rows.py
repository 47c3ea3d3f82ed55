"""The rows of a draft as they are corrected, and as the store keeps them. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from intake.directives.drafting.draft import Draft, DraftOffice, DraftTask, uncovered
from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.stated_days import year_context
from intake.directives.text import DirectiveText, Span

SURE = 0.7
"""From here on a row may be confirmed with all the others that are sure."""


class RowState(StrEnum):
    """What became of a row."""

    DRAFTED = "drafted"  # as it was read, or changed and not confirmed
    CONFIRMED = "confirmed"  # goes into the plan
    DROPPED = "dropped"  # no task; may be brought back


@dataclass(frozen=True)
class Row:
    """One task of a draft.

    number  its own for good, whatever happens to others
    own     where its words stand that the plan quotes; ``task.spans`` are these with those of office, date and product
    """

    number: int
    state: RowState
    task: DraftTask
    own: tuple[Span, ...]

    @property
    def is_sure(self) -> bool:
        """Whether nothing of it asks to be looked at by itself."""
        return self.task.sure >= SURE and not self.task.duplicate_of

    @property
    def digest(self) -> str:
        """Sent with its form, which is stale where it differs."""
        return hashlib.sha256(json.dumps(as_json([self]), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.own[0][0]


@dataclass(frozen=True)
class Sheet:
    """A draft that is being corrected: the text with its layout, and the rows in the order of the text."""

    document: DirectiveText
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        return self.document.text

    def row(self, number: int) -> Row | None:
        return next((each for each in self.rows if each.number == number), None)

    def of(self, *states: RowState) -> list[Row]:
        """The rows in these states."""
        return [each for each in self.rows if each.state in states]

    @property
    def live(self) -> list[Row]:
        """The rows that are not dropped."""
        return self.of(RowState.DRAFTED, RowState.CONFIRMED)

    @property
    def next_number(self) -> int:
        return 1 + max((each.number for each in self.rows), default=0)

    @property
    def uncovered(self) -> tuple[Span, ...]:
        """The text that none of the rows that are left covers."""
        return uncovered(self.document, (span for row in self.live for span in row.task.spans))

    def with_rows(self, rows: Iterable[Row]) -> "Sheet":
        """These rows, in the order of the text."""
        return replace(self, rows=tuple(sorted(rows, key=lambda each: (each.start, each.number))))

    def draft(self, states: Collection[RowState] = (RowState.CONFIRMED,)) -> Draft:
        """The rows in these states as a draft; one that repeats a row which is not among them stands for itself."""
        tasks = [each.task for each in self.rows if each.state in states]
        refs = {each.ref for each in tasks if not each.duplicate_of}
        kept = (
            each if each.duplicate_of is None or each.duplicate_of in refs else replace(each, duplicate_of=None)
            for each in tasks
        )
        return Draft(self.text, tuple(kept), (), self.document.notes, year_context(self.text))


def sheet_of(document: DirectiveText, draft: Draft) -> Sheet:
    """A draft as it was read."""
    rows = (
        Row(number, RowState.DRAFTED, task, _own(document.text, task)) for number, task in enumerate(draft.tasks, 1)
    )
    return Sheet(document, tuple(rows))


def _own(text: str, task: DraftTask) -> tuple[Span, ...]:
    """The spans of a task that its quote is made of: the first ones."""
    for count in range(1, len(task.spans) + 1):
        if "\n".join(text[a:b] for a, b in task.spans[:count]) == task.quote:
            return task.spans[:count]
    return task.spans[:1]


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as the store keeps them."""
    return [{"number": row.number, "state": row.state.value, "own": row.own, "task": _dumped(row.task)} for row in rows]


def rows_from(kept: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """What ``as_json`` wrote."""
    return tuple(
        Row(each["number"], RowState(each["state"]), _task(each["task"]), _spans(each["own"])) for each in kept
    )


def _dumped(task: DraftTask) -> dict[str, Any]:
    dumped = asdict(task)
    if task.deadline is not None:
        dumped["deadline"]["day"] = task.deadline.day.isoformat() if task.deadline.day else None
    return dumped


def _task(kept: Mapping[str, Any]) -> DraftTask:
    said, to = kept["deadline"], kept["report_to"]
    deadline = said and Deadline(**{**said, "day": date.fromisoformat(said["day"]) if said["day"] else None})
    return DraftTask(
        **{
            **kept,
            "spans": _spans(kept["spans"]),
            "leads": _offices(kept["leads"]),
            "coordinating": _offices(kept["coordinating"]),
            "report_to": to and DraftOffice(**to),
            "report_to_also": _offices(kept["report_to_also"]),
            "deadline": deadline or None,
            "why": tuple(kept["why"]),
        }
    )


def _offices(kept: Iterable[Mapping[str, Any]]) -> tuple[DraftOffice, ...]:
    return tuple(DraftOffice(**each) for each in kept)


def _spans(kept: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in kept)
