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


_TELLS = re.compile(r"[;.]\s+|, (?=giao )")
_DATES = re.compile(
    r"[;.]\s+|(?<=\w) và (?=báo cáo|gửi|trình|hoàn thành|tổng hợp|sơ kết|tổng kết|công bố)"
    r"|, (?=báo cáo|gửi báo cáo|tổng kết [^,;.]{0,40}?trước )"
)
_PASSED_ON = re.compile(r"(?<!\w)(?:để|nhằm|làm cơ sở) [^,;.:]*$")


def pieces(
    text: str, lower: str, start: int, end: int, deadlines: list[Deadline], assigning: AssignmentReader
) -> list[tuple[int, int]]:
    """Where each task of [start, end) stands: one for each office that is told something, and for each date of one.

    «hoàn thành trước 30/6 và báo cáo trước 15/7» is two.
    """
    cuts = [start]
    for mark in _TELLS.finditer(lower, start, end):
        if mark[0][0] != "." or text[mark.end() : mark.end() + 1].isupper():
            told = assigning.at(mark.end(), end)
            if told.leads and not told.heading:
                cuts.append(mark.end())
    of_offices = zip(cuts, [*cuts[1:], end], strict=True)
    return [piece for a, b in of_offices for piece in by_date(text, lower, a, b, deadlines)]


def by_date(text: str, lower: str, start: int, end: int, deadlines: list[Deadline]) -> list[tuple[int, int]]:
    """What one office is told, at each of its dates; what others pass on is no task of its own."""
    dated = [each.start for each in deadlines if each.kind in DATED and start <= each.start < end]
    semicolons = [each for each in range(start, end) if text[each] == ";"]
    several = len({sum(each < at for each in semicolons) for at in dated}) > 1
    cuts = [start]
    for mark in _DATES.finditer(lower, start, end):
        at = mark.end()
        if mark[0][0] == "." and not text[at : at + 1].isupper():
            continue
        here = any(cuts[-1] <= each < at for each in dated)
        later = any(each >= at for each in dated)
        sentence = mark[0][0] == "." and len(cuts) > 1
        cut = (here and len(dated) > 1) or (several and later) if mark[0][0] == ";" else later and (here or sentence)
        acts = ACTION.match(lower, at, end) or at in dated
        if cut and acts and not _PASSED_ON.search(lower, cuts[-1], mark.start()):
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], end], strict=True))
