"""The language of the command's user (``DONDOC_LANGUAGE``, Vietnamese by default), and refusals in it."""

import os
import sys
from typing import NoReturn

from config.errors import Refused

_SEPARATOR = " / "


def english() -> bool:
    """Whether the user reads English; a wrong value of the variable is refused later, by the settings."""
    return os.environ.get("DONDOC_LANGUAGE", "").strip().lower() == "en"


def in_language(text: str) -> str:
    """The half of a bilingual text in the user's language; a text without two halves is the same in both."""
    vi, separator, en = text.partition(_SEPARATOR)
    return en if separator and english() else vi


def refuse(refused: Refused) -> NoReturn:
    """Print a refusal in both languages, the user's first, and end with exit code 1.

    Each language has its own details; details that are the same in both are printed once.
    """
    said = [("Lỗi", str(refused), refused.details), ("Error", refused.en, refused.details_en)]
    if refused.en == str(refused):
        said = said[:1]
    if english():
        said.reverse()
    same = said[0][2] == said[-1][2]
    for number, (heading, sentence, details) in enumerate(said, start=1):
        print(f"{heading}: {sentence}", file=sys.stderr)
        if not same or number == len(said):
            for line in details:
                print(f"  - {line}", file=sys.stderr)
    raise SystemExit(1)
