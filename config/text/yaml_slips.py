"""What went wrong in a text that is not YAML, in the words of whoever typed it: the line, the slip, what to do.

A parser reports where it could not go on, which is often far below the slip: a quote that is not closed in line 9
swallows lines until the next quote. So the lines above that place are looked through for the slips people make.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from config.errors import Refused


class Slip(Refused):
    """A fault with its line, counted from 1."""

    def __init__(self, line: int, vi: str, en: str) -> None:
        super().__init__(f"dòng {line}: {vi}", f"line {line}: {en}")
        self.line = line


_WORDS: Mapping[str, Sequence[str]] = tomllib.loads(
    (Path(__file__).parent / "yaml_slips.toml").read_text(encoding="utf-8")
)
"""The slips by name, in Vietnamese and English."""

_BY_PROBLEM = {
    "cannot start any token|alias|anchor|tag": "special",
    "expected key|block end|block collection": "indent",
    "hashable": "key",
    "document": "documents",
}
"""What the parser says, the first that fits."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]")
_KEY_LINE = re.compile(r"^[ ]*(?:- +)*[\w.-]+:(?:[ ]|$)")
_VALUE = re.compile(r"^(?P<indent>[ ]*)(?:- +)*(?:(?P<key>[^\s\"'\[{#:][^:#]*?):(?:[ ]+|$))?(?P<value>.*)$")
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?$")
_REST = re.compile(r"[ \t]*(?:[ \t]#.*)?$")
_PAIRS = {"[": "]", "{": "}"}


def explain(text: str, fault: Any) -> Slip:
    """What a ``YAMLError`` most likely comes from."""
    lines = text.split("\n")
    if found := _CONTROLS.search(text):
        return _slip(text.count("\n", 0, found.start()), "control")
    at = getattr(fault, "problem_mark", None)
    if at is None:
        return _slip(0, "other")
    began = getattr(fault, "context_mark", None) or at
    last = min(at.line, len(lines) - 1)
    for number, line in enumerate(lines[: last + 1]):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip() and not line.lstrip().startswith("#"):
            return _slip(number, "tab")
    for number, hint in _unclosed(lines):
        if number <= last:
            return _slip(number, hint)
    return _of_problem(lines, str(getattr(fault, "problem", "")), last, min(began.line, len(lines) - 1))


def _of_problem(lines: list[str], problem: str, last: int, began: int) -> Slip:
    """By what the parser says, and what the line looks like where it stopped or where it began."""
    for number in (last, began):
        if _SPACES.search(lines[number]):
            return _slip(number, "space")
    if "mapping values are not allowed" in problem:
        value = _VALUE.match(lines[last])
        inside = value and value["key"] and re.search(r":(?:\s|$)", value["value"])
        return _slip(last, "colon_inside" if inside else "too_far")
    if "expected ':'" in problem:
        # The line with a key that was never finished, the first one that is none.
        number = next((each for each in range(began, last + 1) if not _KEY_LINE.match(lines[each])), began)
        line = lines[number].strip()
        if "：" in line:
            return _slip(number, "wide_colon")
        if re.match(r"(?:- )*[\w.-]+:[^\s/]", line):
            return _slip(number, "no_space")
        return _slip(number, "tight_dash" if re.match(r"-[^\s-]", line) else "no_colon")
    if "expected '-' indicator" in problem:
        return _slip(last, "tight_dash" if re.match(r"\s*-\S", lines[last]) else "no_dash")
    if "',' or" in problem:
        return _slip(began, "bracket")
    hint = next((hint for said, hint in _BY_PROBLEM.items() if re.search(said, problem)), "other")
    if hint == "indent" and re.match(r".*[:-] +[,\]}%@`]", lines[last]):
        hint = "special"
    return _slip(last, hint)


def _slip(number: int, hint: str) -> Slip:
    vi, en = _WORDS[hint]
    return Slip(number + 1, f"sai cú pháp YAML: {vi}", f"is not valid YAML: {en}")


def _unclosed(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Values that begin with a quote or bracket and do not end as such, by their lines."""
    number = 0
    while number < len(lines):
        found = _VALUE.match(lines[number])
        value = found["value"] if found else ""
        after = number + 1
        if found and _BLOCK.match(value):
            while after < len(lines) and (
                not lines[after].strip() or len(lines[after]) - len(lines[after].lstrip()) > len(found["indent"])
            ):
                after += 1
        elif value[:1] in ("'", '"', "[", "{"):
            start = len(lines[number]) - len(value)
            end, hint = _closed(lines, number, start)
            if hint is not None:
                yield end, hint
            else:
                after = end + 1
        number = after


def _closed(lines: list[str], number: int, column: int) -> tuple[int, str | None]:
    """Follow a value from its opening quote or bracket: the line where it ends, or where it goes wrong and how."""
    first, open_, quote, opened = number, list[str](), "", number
    while number < len(lines):
        line = lines[number]
        # A key like those around it begins before the value has ended.
        if number > first and _KEY_LINE.match(line) and (quote or not line.startswith(" ")):
            return opened if quote else first, "quote" if quote else "bracket"
        while column < len(line):
            letter = line[column]
            if (quote == '"' and letter == "\\") or (quote == "'" and line[column : column + 2] == "''"):
                column += 1  # what follows is part of the value
            elif quote:
                if letter == quote:
                    quote = ""
                    if not open_:
                        # A quoted key goes on with its colon.
                        rest = line[column + 1 :]
                        if _REST.fullmatch(rest) or re.match(r"\s*:(?:\s|$)", rest):
                            return number, None
                        return opened, "after_quote" if opened == number else "quote"
            elif letter in "'\"" and re.search(r"[\[{,:]\s*$|^\s*(?:- +)*(?:[^\s:]+: +)?$", line[:column]):
                quote, opened = letter, number
            elif letter in _PAIRS:
                open_.append(_PAIRS[letter])
            elif letter in "]}":
                if not open_ or open_.pop() != letter:
                    return first, "bracket"
                if not open_:
                    rest = line[column + 1 :]
                    return number, None if _REST.fullmatch(rest) or rest.lstrip()[:1] == ":" else "after_bracket"
            elif letter == "#" and line[column - 1 : column] in (" ", "\t"):
                break
            column += 1
        number, column = number + 1, 0
    return opened if quote else first, "quote" if quote else "bracket"
