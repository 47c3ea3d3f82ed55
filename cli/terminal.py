"""Printing where the terminal knows no Vietnamese: a word without its accents can still be read."""

import codecs
import os
import sys
import unicodedata
from io import TextIOWrapper

_READABLE = "dondoc-readable"


def print_readably() -> None:
    """Have what the terminal's encoding lacks printed without accents, and arguments read as the UTF-8 they are.

    What is not UTF-8 stays recognizable in them (``surrogateescape``), to be refused (``cli.arguments``).

    With ``PYTHONIOENCODING=ascii``, or a POSIX locale, Python would otherwise end at the first such letter.
    """
    codecs.register_error(_READABLE, _without_accents)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_READABLE)
    sys.argv[1:] = [os.fsencode(each).decode("utf-8", "surrogateescape") for each in sys.argv[1:]]


_SPECIAL = {"đ": "d", "Đ": "D", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "→": "->", "≤": "<=", "≥": ">="}


def _without_accents(fault: UnicodeError) -> tuple[str, int]:
    assert isinstance(fault, UnicodeEncodeError)
    letters = fault.object[fault.start : fault.end]
    return "".join(map(_plain, letters)), fault.end


def _plain(letter: str) -> str:
    plain = _SPECIAL.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain or unicodedata.combining(letter) else "?"
