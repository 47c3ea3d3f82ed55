"""Where a text names offices: one by one, in lists, by the titles of their heads, and as groups.

Only the words are found, as they stand; which office of the register is meant is said by ``resolution``.
"""

from collections.abc import Iterable

from intake.directives.phrases.offices import words
from intake.directives.phrases.offices.dictionary import OfficeDictionary
from intake.directives.phrases.offices.reading import OfficePhrase, OfficeReading


class OfficeReader:
    """Reads names of offices. ``names``: of the register; those met in the headings of a text may be added."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._dictionary = OfficeDictionary(names)
        self.add, self.knows = self._dictionary.add, self._dictionary.knows

    def list_at(
        self, text: str, lower: str, start: int, end: int, *, given: bool = False
    ) -> tuple[list[OfficePhrase], int]:
        """The offices listed from ``start`` on, and where the list ends; an empty list where none begins.

        lower  the text as ``words.plain`` gives it; ``given``: behind «giao», where small letters begin a name too
        """
        reading = OfficeReading(text, lower, end, self._dictionary)
        found: list[OfficePhrase] = []
        at = start
        while at < end:
            items, after = reading.item(at, in_list=given or bool(found))
            if not items:
                return found, found[-1].end if found else start
            found += items
            separator = words.SEPARATOR.match(lower, after, end)
            if separator is None and text[after : after + 1] == "\n":
                separator = words.SPACE.match(lower, after, end)
            if separator is None:
                return found, after
            at = separator.end()
        return found, found[-1].end if found else start
