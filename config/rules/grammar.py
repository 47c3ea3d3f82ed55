"""Reading a deadline: the words of a directive, or a short form of a plan, into a rule."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from config.errors import Refused
from config.rules.kinds import (
    AnchorName,
    ByDay,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    PeriodicReport,
    Phrase,
    Rule,
    Timing,
)
from config.rules.reading import machine_forms
from config.rules.reading.forms import FORMS, PHRASES
from config.rules.reading.machine_forms import MAX_DAYS
from config.rules.units import Link, Stage

__all__ = [
    "FORMS",
    "MAX_DAYS",
    "PHRASES",
    "AnchorName",
    "ByDay",
    "FromAnchor",
    "FromClose",
    "FromDay",
    "GradingLink",
    "Link",
    "PeriodicReport",
    "Phrase",
    "Rule",
    "Stage",
    "Timing",
    "parse_rule",
]

# Typed and pasted for the letters and marks they look like: eth for Đ, and every dash.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys('“”«»"', "")})

_OF_THE_FIRST_TEN = re.compile(r"(?<!\w)m(?:ùng|ồng) (?=\d)", re.IGNORECASE)
"""«ngày mồng 5 hằng tháng» is its 5th."""


def parse_rule(text: str, anchor: AnchorName = "ISSUE") -> Rule:
    """Read a rule in its short form or in words.

    anchor  what «07 ngày làm việc» is counted from when the words do not say; a step opened by an event says EVENT

    Raises ``Refused`` that names the nearest right form.
    """
    return _parsed(text, anchor)


@lru_cache(maxsize=4096)
def _parsed(text: str, anchor: AnchorName) -> Rule:
    clean = [_OF_THE_FIRST_TEN.sub("", each) for each in _readings(text)]
    try:
        for each in clean:
            if rule := machine_forms.read(each.upper().replace(" ", "")):
                return rule
        # The patterns of words take a tenth of a second to prepare, and a plan holds short forms alone.
        from config.rules.reading.phrases import read_phrase

        for each in clean:
            if rule := read_phrase(each, anchor):
                return rule
    except Refused as fault:
        from config.rules.reading.near_misses import wrong_value

        raise wrong_value(text, fault) from None
    from config.rules.reading.near_misses import refusal

    raise refusal(text, clean[-1], anchor)


def _readings(text: str) -> Iterator[str]:
    """``text`` as one clean line, in the ways in which an invisible space may have been meant."""
    clean = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    if any(unicodedata.category(character) == "Cf" for character in clean):
        yield " ".join("".join(c for c in clean if unicodedata.category(c) != "Cf").split())
        clean = "".join(" " if unicodedata.category(c) == "Cf" else c for c in clean)
    yield " ".join(clean.split())
