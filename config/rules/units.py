"""What deadline rules are written with: anchors, phrases, units and rhythms, and the letters for them."""

from enum import StrEnum
from typing import Literal

from config.rules.periods import Cadence


class Timing(StrEnum):
    """What a rule says about time before anything has happened."""

    DATED = "dated"  # a due day can be worked out
    UNDATED = "undated"  # no day until the coordinator sets one
    STANDING = "standing"  # never due; progress is asked for at a rhythm
    AFTER = "after"  # no day until another subtask is done


AnchorName = Literal["ISSUE", "DOC", "EVENT"]
Phrase = Literal["BEFORE", "BY", "UNTIL"]
Stage = Literal["coordinating", "report", "compiled"]
Link = Literal["residential", "unit", "district"]
Unit = Literal["working", "calendar", "hour", "month"]
Why = Literal["", "urgent", "reference"]
Season = Literal["spring", "summer", "autumn", "winter"]

CADENCES: dict[str, Cadence] = {"M": "month", "Q": "quarter", "H": "half", "Y": "year"}
LETTERS: dict[Cadence, str] = {cadence: letter for letter, cadence in CADENCES.items()}
UNITS: dict[str, Unit] = {"": "working", "CAL": "calendar", "H": "hour", "MO": "month"}
REPEATS: dict[str, Cadence] = {"MONTHLY": "month", "QUARTERLY": "quarter", "YEARLY": "year"}
