"""A paragraph as one task, or as several where its parts have a deadline or an office of their own."""

import re

from intake.directives.phrases.assignment import AssignmentReader
from intake.directives.phrases.deadline_phrases import Deadline
from intake.directives.phrases.words import ACTION

DATED = ("date", "month", "quarter", "half", "year", "span", "recurring", "days")
"""Readings of deadlines that make two tasks of a paragraph that has two of them."""

_END = re.compile(r"(?<=[.;])\s+(?=[^\W\d_])")


def sentences(text: str, start: int, end: int, assigning: AssignmentReader) -> list[tuple[int, int]]:
    """The sentences of [start, end); a part behind «;» is one where it tells an office of its own."""
    cuts = [start]
    for mark in _END.finditer(text, start, end):
        at = mark.end()
        if text[mark.start() - 1] == "." and text[at].isupper():
            cuts.append(at)
        elif text[mark.start() - 1] == ";":
            told = assigning.at(at, end)
            if told.leads and not told.heading:
                cuts.append(at)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


_MARK = re.compile(
    r"[;.]\s+|(?<=\w) và (?=báo cáo|gửi|trình|hoàn thành|tổng hợp|sơ kết|tổng kết|công bố)|, (?=báo cáo|gửi báo cáo)"
)


def pieces(
    text: str, lower: str, start: int, end: int, deadlines: list[Deadline], assigning: AssignmentReader
) -> list[tuple[int, int]]:
    """Where each task of [start, end) stands; «hoàn thành trước 30/6 và báo cáo trước 15/7» is two."""
    cuts = [start]
    dated = [each for each in deadlines if each.kind in DATED and each.start >= start]
    for mark in _MARK.finditer(lower, start, end):
        at, sign = mark.end(), mark[0][0]
        if sign == ".":
            if not text[at : at + 1].isupper():
                continue
            given = assigning.at(at, end)
            if given.leads and not given.heading:
                cuts.append(at)
                continue
        here = any(cuts[-1] <= each.start < at for each in dated)
        later = any(each.start >= at for each in dated)
        acts = ACTION.match(lower, at, end) or any(each.start == at for each in dated)
        cut = (here and len(dated) > 1) or (len(cuts) > 1 and later) if sign == ";" else here and later
        if acts and cut:
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], end], strict=True))
