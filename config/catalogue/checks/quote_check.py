"""Whether quotes stand in the directive's text, verbatim up to spaces and the composition of accents."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from config.catalogue.checks.entries import Contents, entries, files_in
from config.catalogue.faults import PlanError
from config.catalogue.folders import DIRECTIVE, in_folder, is_priority
from config.catalogue.office_names import visible

_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3})\s*")
_EXCERPT_LENGTH = 200


def stands_in(quote: str, source: str) -> bool:
    """Whether the words stand in the text as they are; «…» stands for words left out between two of its parts."""
    return _stands(visible(quote), visible(source))


def _stands(quote: str, source: str) -> bool:
    if quote in source:
        return True
    place = 0
    for part in filter(None, _LEFT_OUT.split(quote)):
        found = source.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def nearest_passage(quote: str, source: str) -> str:
    """The words of the text that come closest to the quote; empty where hardly any is the same."""
    wanted, words = visible(quote).split(), visible(source).split()
    plain = [_plain(word) for word in wanted], [_plain(word) for word in words]
    match = SequenceMatcher(None, *plain, autojunk=False).find_longest_match()
    if match.size < min(3, len(wanted)):
        return ""
    first = max(0, match.b - match.a)
    passage = " ".join(words[first : first + len(wanted)])
    return passage if len(passage) <= _EXCERPT_LENGTH else passage[: _EXCERPT_LENGTH - 1] + "…"


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if c.isalnum())


def quote_faults(contents: Contents, folder: str) -> Iterator[PlanError]:
    """Quotes of one directive that do not stand in its text, where the plan has the text."""
    own = files_in(contents, folder)
    source = own.get(in_folder(folder, DIRECTIVE), {}).get("source")
    if not isinstance(source, str):
        return
    text = visible(source)
    for file, content in own.items():
        for place, subtask in entries(content, "subtasks") if is_priority(file) else ():
            where = subtask["code"] if isinstance(subtask.get("code"), str) else f"subtasks[{place}]"
            for key, quote in _quotes(subtask):
                if not quote.strip() or _stands(visible(quote), text):
                    continue
                near = nearest_passage(quote, source)
                vi = f"; gần nhất là «{near}»" if near else ""
                en = f"; the nearest passage is “{near}”" if near else ""
                yield PlanError(
                    file,
                    f"{where}.{key}",
                    quote,
                    f"không có nguyên văn trong văn bản chỉ đạo (source){vi}",
                    f"is not found word for word in the directive's text (source){en}",
                )


def _quotes(subtask: dict[str, Any]) -> Iterator[tuple[str, str]]:
    key = "quotes" if "quotes" in subtask else "quote"
    listed = subtask.get(key)
    several = isinstance(listed, list)
    for place, quote in enumerate(listed if isinstance(listed, list) else [listed]):
        text = quote.get("text") if isinstance(quote, dict) else quote
        if isinstance(text, str):
            yield f"{key}[{place}]" if several else key, text
