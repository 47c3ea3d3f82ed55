"""Words as people type them: without accents, nearly right, or in the proper form of a code."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from config.errors import Refused

_T = TypeVar("_T")


def without_accents(text: str) -> str:
    """«Sở  Y tế» as "so y te": small letters, one space between words."""
    return " ".join(_plain(text).lower().split())


_CLOSE = 0.6


def suggestion(word: str, known: Collection[str]) -> tuple[str, str]:
    """A hint for an unknown word, in Vietnamese and English: "; có phải «CAT»?", or the list of known words."""
    if close := closest(word, known):
        return did_you_mean(close)
    listed = ", ".join(sorted(known)) or "–"
    return f"; có: {listed}", f"; there are: {listed}"


def did_you_mean(word: str) -> tuple[str, str]:
    """The question whether ``word`` was meant, in Vietnamese and English."""
    return f"; có phải «{word}»?", f"; did you mean '{word}'?"


def closest(word: str, known: Collection[str]) -> str | None:
    """The known word most like ``word``, or None; accents, case and punctuation do not count."""
    plain = _letters(word)

    def likeness(other: str) -> tuple[float, bool]:
        letters = _letters(other)
        # Of several that share as many letters, the one that begins the same.
        return SequenceMatcher(None, letters, plain).ratio(), letters.startswith(plain)

    best = max(sorted(known), key=likeness, default=None)
    return best if best is not None and likeness(best)[0] >= _CLOSE else None


def in_capitals(text: str) -> str:
    """A code like SYT, from "syt", "S-YT" or "SÝT"."""
    return _MARKS.sub("", _plain(text)).upper()


def with_underscores(text: str) -> str:
    """A key like first_plan, from "First plan" or "first-plan"."""
    return _MARKS.sub("_", _plain(text)).strip("_").lower()


def with_hyphens(text: str) -> str:
    """A code like CD-2023-08-17, from "cd 2023/08/17"."""
    return _MARKS.sub("-", _plain(text)).strip("-").upper()


def subtask_code(text: str) -> str:
    """A code like T3.4, from "t3.4", "T3,4", "T3.04", "3.4" or "T34"."""
    pointed = _MARKS.sub(".", _plain(text)).strip(".").upper()
    return re.sub(r"^T?\.?(0|[1-9][0-9](?=\.)|[1-9])\.?0*([1-9][0-9]?)$", r"T\1.\2", pointed)


def non_latin_letters(text: str) -> str:
    """The letters that are not Latin, though some look like it: the Cyrillic «Т»."""
    found = (letter for letter in text if letter.isalpha() and "LATIN" not in unicodedata.name(letter, ""))
    return "".join(dict.fromkeys(found))


_MARKS = re.compile(r"[\s.,:;/_+-]+")


def _plain(text: str) -> str:
    """The letters without accents; đ is a letter of its own, so it is replaced separately."""
    apart = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _letters(text: str) -> str:
    return _MARKS.sub("", _plain(text)).casefold()


def known_as(known: Mapping[str, _T], code: str, what_vi: str, what_en: str) -> _T:
    """What is known by a code; raises ``Refused`` naming what it is and what comes close."""
    try:
        return known[code]
    except KeyError:
        some = ", ".join(list(known)[:12]) + (", …" if len(known) > 12 else ".")
        near = closest(code, known)
        hint_vi, hint_en = did_you_mean(near) if near else (f"; có: {some}", f"; there are: {some}")
        raise Refused(
            f"{what_vi} «{code}» không có trong kế hoạch{hint_vi}", f"The plan has no {what_en} '{code}'{hint_en}"
        ) from None
