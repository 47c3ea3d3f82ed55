"""The tone of a Vietnamese syllable, which may be written on either of two vowels: «hỏa» and «hoả»."""

import unicodedata
from functools import lru_cache

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@lru_cache(maxsize=8192)
def tone_last(word: str) -> str:
    """One form for both ways of writing a syllable: decomposed, the mark of its tone behind the letters."""
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(each for each in letters if each in _TONES)
    return "".join(each for each in letters if each not in _TONES) + tones
