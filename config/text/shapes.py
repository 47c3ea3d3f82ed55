"""Fields of a file whose faults say in both languages what would be right."""

import re
from collections.abc import Callable

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from config.text.suggestions import (
    did_you_mean,
    non_latin_letters,
)

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")
"""What begins a new line somewhere (CR, LF, NEL, U+2028 …), and every other character that is none to be read."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]+")
"""What no file of XML can hold, and so no paper."""


def one_line(text: str) -> str:
    """The text of a field of one line: each line end or control character in it is a space; none at its ends.

    A title with a line end would be two lines in a letter's subject, a calendar entry or a table.
    """
    return " ".join(_BREAKS.sub(" ", text).split()) if _BREAKS.search(text) else text.strip()


def printable(text: str) -> str:
    """A text of several lines as a Word file can hold it: without invisible characters, a VT or FF is a line end."""
    return _UNPRINTABLE.sub("", text.replace("\v", "\n").replace("\f", "\n"))


FAULT = "plan_fault"
"""The type of a validation error that brings its own words (``vi``, ``en``)."""


def fault(vi: str, en: str) -> PydanticCustomError:
    """A validation error in the words of the person who wrote the file."""
    # The words go in as values: a brace in them is not a place to fill in.
    return PydanticCustomError(FAULT, "{vi}", {"vi": vi, "en": en})


def shaped(pattern: str, normalise: Callable[[str], str], vi: str, en: str) -> AfterValidator:
    """A code that matches ``pattern``; ``normalise`` corrects one that is nearly right, for the hint."""
    shape = re.compile(pattern)

    def check(text: str) -> str:
        if shape.fullmatch(text):
            return text
        hint_vi, hint_en = did_you_mean(normalise(text)) if shape.fullmatch(normalise(text)) else ("", "")
        if foreign := non_latin_letters(text):
            hint_vi = f"; «{foreign}» không phải chữ Latinh, gõ lại"
            hint_en = f"; '{foreign}' is not a Latin letter, type it anew"
        raise fault(f"không đúng dạng; đúng ra là {vi}{hint_vi}", f"is not well formed; it should be {en}{hint_en}")

    return AfterValidator(check)
