"""The language of the command's user: ``DONDOC_LANGUAGE``, Vietnamese by default."""

import os

_SEPARATOR = " / "


def english() -> bool:
    """Whether the user reads English; a wrong value of the variable is refused later, by the settings."""
    return os.environ.get("DONDOC_LANGUAGE", "").strip().lower() == "en"


def in_language(text: str) -> str:
    """The half of a bilingual text in the user's language; a text without two halves is the same in both."""
    vi, separator, en = text.partition(_SEPARATOR)
    return en if separator and english() else vi
