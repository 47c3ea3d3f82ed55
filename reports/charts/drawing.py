"""SVG by hand: a sheet that escapes every text, names itself to screen readers, and prints in black and white.

Colours are presentation attributes, never styles, so that a strict content security policy holds and the picture is
the same in a page, a document or an artifact. Fills differ in pattern and in lightness, not in colour alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from models.tables.lifecycle import Status

DUE_SOON = "due_soon"

INK, SOFT, LINE, PAPER = "#1b2430", "#55606e", "#c3cad3", "#ffffff"

FONT = "Noto Sans, Segoe UI, Roboto, DejaVu Sans, Arial, sans-serif"

_WIDTH_OF_LETTER = 0.56
"""Of the size of the type; generous for Vietnamese text in any of the fonts above."""

# Ground, strokes of the pattern and their colour; an empty pattern is a plain ground.
_FILLS: dict[str, tuple[str, str, str]] = {
    Status.DONE_ON_TIME: ("#2b6cb0", "", ""),
    Status.DONE_LATE: ("#e3ecf7", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", "#2b6cb0"),
    Status.OPEN_WITHIN_TERM: ("#eef5ef", "M3 2.2v1.6", "#2f7d4a"),
    DUE_SOON: ("#ffe9b8", "M3 0v6", "#9a6200"),
    Status.OPEN_OVERDUE: ("#a81e17", "M-1 -1L7 7M-1 5L1 7M5 -1L7 1", "#ffffff"),
}

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(value: str) -> str:
    """Text as it may stand in XML: escaped, without the control characters that XML has no place for."""
    return escape(_UNPRINTABLE.sub("", value))


def lines_of(text: str, width: float, size: float, *, at_most: int = 3) -> list[str]:
    """A text broken into lines that fit ``width`` at that size of type; past ``at_most`` the last ends with «…»."""
    room = max(6, int(width / (size * _WIDTH_OF_LETTER)))
    if len(text) <= room and text == " ".join(text.split()):
        return [text]  # as most names: ``wrap`` takes its time
    return wrap(text, room, max_lines=at_most, placeholder=" …") or [""]


class Drawing:
    """One picture; ``key`` is unique on its page, for the ids of patterns and of the texts for screen readers."""

    def __init__(self, key: str, width: float, *, title: str, desc: str) -> None:
        self.key, self.width, self.height = key, width, 0.0
        self._title, self._desc = title, desc
        self._parts: list[str] = []
        self._fills: dict[str, None] = {}
        self._has_links = False

    def svg(self) -> str:
        """The whole picture, well-formed by itself."""
        key = self.key
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_n(self.width)} {_n(self.height)}" '
            f'width="{_n(self.width)}" height="{_n(self.height)}" role="{"group" if self._has_links else "img"}" '
            f'aria-labelledby="{key}-title {key}-desc" font-family="{FONT}" fill="{INK}">'
            f'<title id="{key}-title">{xml_text(self._title)}</title>'
            f'<desc id="{key}-desc">{xml_text(self._desc)}</desc>'
            f"{self._definitions()}{''.join(self._parts)}</svg>"
        )

    def word(self, word: str, x: float, y: float, width: float, height: float, tip: str = "") -> None:
        """A rectangle in the fill of a status word or of ``DUE_SOON``; ``tip`` shows under the pointer."""
        self._fills[word] = None
        self.box(x, y, width, height, fill=f"url(#{self.key}-{word})", stroke=INK, tip=tip)

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", tip: str = ""
    ) -> None:
        self._add(
            "rect", tip, x=x, y=y, width=max(0.0, width), height=height, fill=fill, stroke=stroke, stroke_width=0.7
        )

    @contextmanager
    def link(self, to: str, tip: str) -> Iterator[None]:
        """What is drawn within leads to an address, under this name; to none where it is empty.

        The table beside a picture has the same links for whoever goes from one to the next, so that these are pressed
        and not stepped through.
        """
        if to:
            self._has_links = True
            self._parts.append(f'<a href={quoteattr(to)} tabindex="-1"><title>{xml_text(tip)}</title>')
        yield
        if to:
            self._parts.append("</a>")

    def line(self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, dash: str = "none") -> None:
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_dasharray=dash)

    def diamond(self, x: float, y: float, size: float, *, fill: str = INK) -> None:
        path = f"M{_n(x)} {_n(y - size)}L{_n(x + size)} {_n(y)}L{_n(x)} {_n(y + size)}L{_n(x - size)} {_n(y)}Z"
        self._add("path", d=path, fill=fill, stroke=INK)

    def dot(self, x: float, y: float, radius: float, *, fill: str = PAPER) -> None:
        self._add("circle", cx=x, cy=y, r=radius, fill=fill, stroke=INK, stroke_width=1.5)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 14,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        weight = {"font-weight": 700} if bold else {}
        named = {"x": x, "y": y, "font-size": size, "text-anchor": anchor, "fill": fill, **weight}
        self._parts.append(f"<text{_attributes(named)}>{xml_text(words)}</text>")

    def paragraph(self, x: float, y: float, lines: Iterable[str], *, size: float = 14, bold: bool = False) -> float:
        """Lines of text one under the other, from ``y`` down; returns where they end."""
        for line in lines:
            y += size * 1.25
            self.text(x, y - size * 0.3, line, size=size, bold=bold)
        return y

    def legend(self, y: float, entries: Sequence[tuple[str, str]]) -> float:
        """Fills with their words, in as many rows as they need; returns where they end."""
        x = 0.0
        for word, label in entries:
            room = 22 + len(label) * 13 * _WIDTH_OF_LETTER + 14
            if x and x + room > self.width:
                x, y = 0.0, y + 22
            self.word(word, x + 0.5, y + 3, 15, 12)
            self.text(x + 21, y + 14, label, size=13)
            x += room
        return y + 22

    def _add(self, element: str, tip: str = "", **named: object) -> None:
        attributes = {name.replace("_", "-"): value for name, value in named.items()}
        inner = f"><title>{xml_text(tip)}</title></{element}>" if tip else "/>"
        self._parts.append(f"<{element}{_attributes(attributes)}{inner}")

    def _definitions(self) -> str:
        patterns = []
        for word in self._fills:
            ground, strokes, ink = _FILLS[word]
            drawn = f'<path d="{strokes}" stroke="{ink}" stroke-width="1.6" fill="none"/>' if strokes else ""
            patterns.append(
                f'<pattern id="{self.key}-{word}" width="6" height="6" patternUnits="userSpaceOnUse">'
                f'<rect width="6" height="6" fill="{ground}"/>{drawn}</pattern>'
            )
        return f"<defs>{''.join(patterns)}</defs>" if patterns else ""


def _attributes(named: dict[str, object]) -> str:
    return "".join(
        f' {name}="{_n(value)}"' if isinstance(value, int | float) else f" {name}={quoteattr(str(value))}"
        for name, value in named.items()
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
