"""One duty told in two sections: «Ban hành Quy chế bảo vệ bí mật» under «Nội dung» and again under «Phân công»."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from intake.directives.phrases.words import FILLERS, plain

_WORD = re.compile(r"[^\W\d_]{2,}")
_ALIKE = 0.62
_LEAST_WORDS = 5


def duplicates_of(tasks: Sequence[tuple[str, str, Sequence[Any], Sequence[Any]]]) -> dict[str, str]:
    """The earlier task that each one repeats, by ref. A task is its ref, words, leads and coordinating offices."""
    marked: dict[str, str] = {}
    known: list[tuple[str, set[str], set[str]]] = []
    for ref, quote, leads, coordinating in tasks:
        words = _pairs(quote)
        offices = {plain(each.text) for each in (*leads, *coordinating)}
        best, score = None, _ALIKE
        for other_ref, other_words, other_offices in known:
            if not offices & other_offices:
                continue
            small = min(len(words), len(other_words))
            if small >= _LEAST_WORDS and (alike := len(words & other_words) / small) > score:
                best, score = other_ref, alike
        if best:
            marked[ref] = marked.get(best, best)
        known.append((ref, words, offices))
    return marked


def _pairs(quote: str) -> set[str]:
    """Pairs of neighbouring words that say something."""
    words = [word for word in _WORD.findall(plain(quote)) if word not in FILLERS]
    return {f"{one} {other}" for one, other in itertools.pairwise(words)}
