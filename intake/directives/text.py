"""The text of a directive as one string, and what of it is a paragraph, a footnote or a table.

Spans count characters of that string. A cell that is merged over several rows or columns has one span in each of
them; an empty cell has an empty span.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]

_SPACES = {"\u00a0": " ", "\t": " ", "\u2028": "\n", "\u2029": "\n", "\v": "\n", "\f": "\n", "\r": "\n"}
_MEANT = {"\u00d0": "Đ", "\u00f0": "đ", "\u2011": "-", "\u00ad": ""}
_BULLETS = frozenset("\uf0b7\uf02d\uf0a7\uf0d8\uf0fc•●▪■◦‣∙·")


@dataclass(frozen=True)
class Paragraph:
    """``kind``: body, box (a text box) or footnote. A paragraph may hold the ends of lines that were joined."""

    start: int
    end: int
    kind: str = "body"


@dataclass(frozen=True)
class Table:
    """The spans of the cells, row by row; all rows are equally long."""

    start: int
    end: int
    rows: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class DirectiveText:
    """``notes``: what a reader should know of the reading, in Vietnamese and English."""

    text: str
    blocks: tuple[Paragraph | Table, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        blocks = [
            {"rows": each.rows, "span": [each.start, each.end]}
            if isinstance(each, Table)
            else {"kind": each.kind, "span": [each.start, each.end]}
            for each in self.blocks
        ]
        return {"text": self.text, "blocks": blocks, "notes": self.notes}


def from_json(read: dict[str, Any]) -> DirectiveText:
    """What ``DirectiveText.as_json`` wrote."""
    blocks: list[Paragraph | Table] = []
    for each in read["blocks"]:
        start, end = each["span"]
        if "rows" in each:
            rows = tuple(tuple((a, b) for a, b in row) for row in each["rows"])
            blocks.append(Table(start, end, rows))
        else:
            blocks.append(Paragraph(start, end, each["kind"]))
    return DirectiveText(read["text"], tuple(blocks), tuple((vi, en) for vi, en in read["notes"]))


def clean(text: str) -> str:
    """Composed letters, plain spaces, no invisible characters; line breaks stay."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    letters = []
    for each in composed:
        each = _SPACES.get(each, _MEANT.get(each, each))
        if each in _BULLETS:
            each = "-"
        if each not in ("", "\n") and unicodedata.category(each) in ("Cf", "Cc", "Co"):
            continue
        if each and each != "\n" and unicodedata.category(each) == "Zs":
            each = " "
        letters.append(each)
    return "".join(letters)


def tidy(text: str) -> str:
    """Cleaned, with one space between words, and no space at the ends of lines or empty lines."""
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


@dataclass
class TextBuilder:
    """Puts the text together, piece by piece."""

    pieces: list[str] = field(default_factory=list)
    blocks: list[Paragraph | Table] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    length: int = 0

    def paragraph(self, text: str, kind: str = "body") -> None:
        """Add a paragraph; an empty one only parts its neighbours."""
        if tidied := tidy(text):
            self.blocks.append(Paragraph(*self._add(tidied), kind))
            self._add("\n")

    def table(self, rows: Sequence[Sequence[tuple[Any, str]]]) -> None:
        """Add a table. A cell is what it is known by and its text; a cell met again (merged) is not written again."""
        start, spans, known = self.length, [], dict[Any, Span]()
        for row in rows:
            cells: list[Span] = []
            written = False
            for key, text in row:
                if key is not None and key in known:
                    cells.append(known[key])
                    continue
                if written:
                    self._add("\t")
                cells.append(self._add(tidy(text)))
                written = True
                if key is not None:
                    known[key] = cells[-1]
            self._add("\n")
            spans.append(cells)
        width = max(map(len, spans), default=0)
        if width:
            even = tuple((*cells, *[(cells[-1][1], cells[-1][1])] * (width - len(cells))) for cells in spans)
            self.blocks.append(Table(start, self.length - 1, even))

    def note(self, vi: str, en: str) -> None:
        if (vi, en) not in self.notes:
            self.notes.append((vi, en))

    def built(self) -> DirectiveText:
        return DirectiveText("".join(self.pieces), tuple(self.blocks), tuple(self.notes))

    def _add(self, text: str) -> Span:
        self.pieces.append(text)
        self.length += len(text)
        return self.length - len(text), self.length


def spans_joined(spans: Iterable[Span]) -> list[Span]:
    """In order, without empty ones, overlapping and touching ones as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
