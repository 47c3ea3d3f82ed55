"""One duty told in two sections: «Ban hành Quy chế bảo vệ bí mật» under «Nội dung» and again under «Phân công»."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.words import FILLERS, plain

_WORD = re.compile(r"[^\W_]{2,}")
_BRACKETS = re.compile(r"\([^()]*\)")
_LAST_PART = re.compile(r"(?:(?:^|[.-])[^.-]*)?(?:-\d+)?$")
_ALIKE = 0.66
_LEAST_PAIRS = 4


class _Office(Protocol):
    @property
    def text(self) -> str: ...


class _Task(Protocol):
    """What of a drafted task is compared."""

    @property
    def ref(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def leads(self) -> Sequence[_Office]: ...
    @property
    def coordinating(self) -> Sequence[_Office]: ...
    @property
    def deadline(self) -> Deadline | None: ...
    @property
    def in_table(self) -> bool: ...


@dataclass(frozen=True)
class _Compared:
    ref: str
    pairs: set[str]
    leads: set[str]
    deadline: str
    in_table: bool
    section: str


def duplicates_of(tasks: Sequence[_Task]) -> dict[str, str]:
    """The earlier task that each one repeats, by ref: the same words for the same lead, and no other deadline.

    Rows of tables, and neighbours in one section, are tasks of their own.
    """
    marked: dict[str, str] = {}
    known: list[_Compared] = []
    for task in tasks:
        this = _compared(task)
        best, score = None, _ALIKE
        for other in known:
            apart = (this.in_table and other.in_table) or this.section == other.section
            dated = this.deadline and other.deadline and this.deadline != other.deadline
            fewer = min(len(this.pairs), len(other.pairs))
            if apart or dated or fewer < _LEAST_PAIRS or not this.leads & other.leads:
                continue
            if (alike := len(this.pairs & other.pairs) / fewer) > score:
                best, score = other.ref, alike
        if best:
            marked[task.ref] = marked.get(best, best)
        known.append(this)
    return marked


def _compared(task: _Task) -> _Compared:
    offices = {plain(each.text) for each in (*task.leads, *task.coordinating)}
    words = " ".join(_BRACKETS.sub(" ", plain(task.quote)).split())
    for office in offices:
        words = words.replace(office, " ")
    said = [word for word in _WORD.findall(words) if word not in FILLERS]
    deadline = task.deadline.rule if task.deadline else ""
    pairs = {f"{one} {other}" for one, other in pairwise(said)}
    leads = {plain(each.text) for each in task.leads}
    return _Compared(task.ref, pairs, leads, deadline, task.in_table, _LAST_PART.sub("", task.ref))
