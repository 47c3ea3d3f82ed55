"""A text as an eye reads it: one kind of digit, dash and space, nothing invisible; its words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from config.text.tones import tone_last

_WORD = re.compile(r"[^\W\d_]+")
_MOSTLY = 0.12
"""Where fewer of the words have an accent, the text is written without."""


@dataclass(frozen=True)
class Word:
    """``key`` is the word in small letters with its tone last, ``flat`` without accents; ``start`` and ``end`` are
    places in the text as read. ``bare``: accents are missing, so that any may be meant."""

    start: int
    end: int
    written: str
    key: str
    flat: str
    capital: bool
    upper: bool
    bare: bool


class Reading:
    """``plain`` is the text as read and ``flat`` the same letter by letter, small and without accents."""

    def __init__(self, text: str) -> None:
        read = list(_as_read(text))
        self.plain = "".join(character for character, _ in read)
        self.flat = "".join(_flat(character) for character, _ in read)
        self._places = [place for _, place in read]

    def place(self, at: int) -> int:
        """The number, from 1, of the character of the text that stands at ``at`` as read."""
        return self._places[at] + 1 if at < len(self._places) else len(self._places)

    @cached_property
    def words(self) -> list[Word]:
        return list(self._words())

    @cached_property
    def without_accents(self) -> bool:
        """Whether the text is written without accents, not only a word that happens to have none."""
        words = [found[0] for found in _WORD.finditer(self.plain) if len(found[0]) > 1]
        return sum(not word.isascii() for word in words) <= _MOSTLY * len(words)

    def _words(self) -> Iterator[Word]:
        for found in _WORD.finditer(self.plain):
            start = found.start()
            for piece in _pieces(found[0]):
                end = start + len(piece)
                capital = piece[0].isupper()
                yield Word(
                    start=start,
                    end=end,
                    written=piece,
                    key=tone_last(piece.lower()),
                    flat=self.flat[start:end],
                    capital=capital,
                    upper=piece.isupper() and len(piece) > 1,
                    bare=piece.isascii() and (capital or self.without_accents),
                )
                start = end


def _pieces(word: str) -> Iterator[str]:
    """The words of one that is written together: «NguyenVanTien»."""
    start = 0
    for at in range(1, len(word)):
        if word[at].isupper() and word[at - 1].islower():
            yield word[start:at]
            start = at
    yield word[start:]


def _as_read(text: str) -> Iterator[tuple[str, int]]:
    """Each character as an eye reads it, a line break being a space, and its place in the text."""
    before = " "
    for place, written in enumerate(text):
        for character in unicodedata.normalize("NFKC", written):
            kind = unicodedata.category(character)
            if kind == "Nd":
                character = str(unicodedata.decimal(character))
            elif kind == "Pd" or character == "−":
                character = "-"
            elif character.isspace():
                character = " "
            elif character in "Ðð":  # looks like Đ, and is typed for it
                character = "Đ" if character == "Ð" else "đ"
            if kind in ("Cf", "Mn") or (character == before == " "):
                continue
            before = character
            yield character, place


def _flat(character: str) -> str:
    if character.isascii():
        return character.lower()
    return "d" if character in "đĐ" else unicodedata.normalize("NFD", character)[0].lower()[0]
