"""Reading a deadline: the words of a directive, or a short form of a plan, into a rule."""

from functools import lru_cache

from config.errors import Refused
from config.rules.kinds import (
    AnchorName,
    ByDay,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    Link,
    PeriodicReport,
    Phrase,
    Rule,
    Stage,
    Timing,
)
from config.rules.reading import machine_forms, near_misses
from config.rules.reading.forms import FORMS, PHRASES
from config.rules.reading.machine_forms import MAX_DAYS
from config.rules.reading.phrases import folded, read_phrase, readings

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


def parse_rule(text: str, anchor: AnchorName = "ISSUE") -> Rule:
    """Read a rule in its short form or in words.

    anchor  what «07 ngày làm việc» is counted from when the words do not say; a step opened by an event says EVENT

    Raises ``Refused`` that names the nearest right form.
    """
    return _parsed(text, anchor)


@lru_cache(maxsize=4096)
def _parsed(text: str, anchor: AnchorName) -> Rule:
    def read(clean: str) -> Rule | None:
        return machine_forms.read(clean.upper().replace(" ", "")) or read_phrase(folded(clean), anchor)

    clean = text
    try:
        for clean in readings(text):
            if rule := read(clean):
                return rule
    except Refused as fault:
        raise near_misses.wrong_value(text, fault) from None
    raise near_misses.refusal(text, clean, read)
