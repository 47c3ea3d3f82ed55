"""Automatic numbers of a Word file («1.», «a)», «II.»), worked out as Word shows them."""

from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9


@dataclass
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbering:
    """``lists`` maps the number of a list to its levels; ``styles`` a paragraph style to its list and level."""

    lists: dict[str, list[_Level]] = field(default_factory=dict)
    family: dict[str, str] = field(default_factory=dict)
    styles: dict[str, tuple[str | None, int | None, str | None]] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)

    def label(self, properties: Any) -> str:
        """The number before a paragraph of these properties (``w:pPr``), or ""."""
        number, level = self._place(properties)
        levels = self.lists.get(number or "", [])
        if not number or number == "0" or level >= len(levels):
            return ""
        # Lists of one family count on; one that begins anew has a family of its own.
        counts = self.counts.setdefault(self.family.get(number, number), [None] * _LEVELS)
        before = counts[level]
        counts[level] = levels[level].start if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        return self._shown(levels, level, counts)

    def _place(self, properties: Any) -> tuple[str | None, int]:
        number = level = style = None
        if properties is not None:
            number, level = _num_properties(properties)
            named = properties.find(f"{W}pStyle")
            style = named.get(f"{W}val") if named is not None else None
        for _ in range(_LEVELS):
            if style is None or (number is not None and level is not None):
                break
            of_style, at_level, based_on = self.styles.get(style, (None, None, None))
            number, level, style = number or of_style, at_level if level is None else level, based_on
        return number, min(level or 0, _LEVELS - 1)

    @staticmethod
    def _shown(levels: list[_Level], level: int, counts: list[int | None]) -> str:
        if levels[level].format == "bullet":
            return "-"
        if levels[level].format == "none":
            return ""
        text = levels[level].text
        for at in range(level, -1, -1):
            count = counts[at]
            count = levels[at].start if count is None else count
            text = text.replace(f"%{at + 1}", _written(count, levels[at].format))
        return text.strip()


def numbering_of(numbering: Any, styles: Any) -> Numbering:
    """From word/numbering.xml and word/styles.xml; either may be None."""
    read = Numbering()
    abstract: dict[str | None, list[_Level]] = {}
    for each in () if numbering is None else numbering.findall(f"{W}abstractNum"):
        abstract[each.get(f"{W}abstractNumId")] = _levels(each)
    for each in () if numbering is None else numbering.findall(f"{W}num"):
        number, of = each.get(f"{W}numId"), each.find(f"{W}abstractNumId")
        of_id = of.get(f"{W}val") if of is not None else None
        levels = [_Level(one.format, one.text, one.start) for one in abstract.get(of_id, [])]
        read.family[number] = f"abstract {of_id}"
        for override in each.findall(f"{W}lvlOverride"):
            at, start = int(override.get(f"{W}ilvl", "0")), override.find(f"{W}startOverride")
            if start is not None and at < len(levels):
                levels[at].start = _whole(start.get(f"{W}val"), 1)
                read.family[number] = number
        read.lists[number] = levels
    for each in () if styles is None else styles.findall(f"{W}style"):
        number, level = _num_properties(each.find(f"{W}pPr"))
        based = each.find(f"{W}basedOn")
        read.styles[each.get(f"{W}styleId", "")] = (number, level, based.get(f"{W}val") if based is not None else None)
    return read


def _levels(abstract: Any) -> list[_Level]:
    levels = [_Level() for _ in range(_LEVELS)]
    for each in abstract.findall(f"{W}lvl"):
        at = _whole(each.get(f"{W}ilvl"), 0)
        if not 0 <= at < _LEVELS:
            continue
        for tag, name in (("numFmt", "format"), ("lvlText", "text"), ("start", "start")):
            found = each.find(f"{W}{tag}")
            if found is not None:
                value = found.get(f"{W}val", "")
                setattr(levels[at], name, _whole(value, 1) if name == "start" else value)
    return levels


def _num_properties(properties: Any) -> tuple[str | None, int | None]:
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None, None
    number, level = found.find(f"{W}numId"), found.find(f"{W}ilvl")
    return (
        number.get(f"{W}val") if number is not None else None,
        _whole(level.get(f"{W}val"), 0) if level is not None else None,
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else otherwise


def _written(count: int, form: str) -> str:
    if form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (count // value)
            count %= value
        return roman.upper() if form == "upperRoman" else roman
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    return f"{count:02}" if form == "decimalZero" else str(count)
