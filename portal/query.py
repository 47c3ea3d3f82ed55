"""What the address of a list asks for: filters, words and a page. Nothing of it is passed over in silence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request

from config.catalogue.plan import Plan
from config.errors import Refused
from models.tables.errors import NotFound
from models.work.search import LONGEST
from portal.form import clean
from reports.board.spans import key_of, last_keys, span_in_words, span_of

_TOLD = frozenset({"said", "count"})
"""What a page says was done there, which is no question (``portal.web.see_other``)."""

_Word = TypeVar("_Word", bound=StrEnum)


def asked_of(request: Request, known: Collection[str]) -> dict[str, str]:
    """What is asked by name, empty answers left out; raises ``Refused`` for a name the page does not know."""
    asked = {name: clean(value).strip() for name, value in request.query_params.items() if name not in _TOLD}
    if unknown := [name for name in asked if name not in known]:
        names, there = ", ".join(clean(name)[:40] for name in unknown[:3]), ", ".join(known)
        raise Refused(
            f"Địa chỉ có điều kiện không dùng ở trang này: {names}. Bỏ phần đó; trang dùng: {there}.",
            f"The address asks for what this page does not know: {names}. Leave it out; known here: {there}.",
        )
    return {name: value for name, value in asked.items() if value}


def words_of(asked: Mapping[str, str]) -> str:
    """The words to search for, under ``q``."""
    words = asked.get("q", "")
    if len(words) > LONGEST:
        raise Refused(
            f"Tìm: dài {len(words)} ký tự; ghi vài từ, tối đa {LONGEST} ký tự.",
            f"Search: {len(words)} characters; a few words will do, at most {LONGEST}.",
        )
    return words


def one_of(kind: type[_Word], value: str, label_vi: str, label_en: str) -> _Word | None:
    """The word of ``kind`` that was asked for, None when none was."""
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        raise Refused(
            f"{label_vi}: không có «{value[:40]}»; chọn trong danh sách.",
            f"{label_en}: there is no '{value[:40]}'; choose from the list.",
        ) from None


@dataclass(frozen=True)
class Pages:
    """One page of a list at ``path``, and the addresses of those beside it, which keep all else that was asked."""

    path: str
    asked: Mapping[str, str]
    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def among(self, total: int) -> "Among":
        """This page of a list of ``total``; raises ``NotFound`` when the list ends before it."""
        last = max(1, ceil(total / self.size))
        if self.number > last:
            raise NotFound(
                f"Không có trang {self.number}; danh sách này có {last} trang.",
                f"There is no page {self.number}; this list has {last}.",
            )
        return Among(
            first=min(self.offset + 1, total),
            last=min(self.offset + self.size, total),
            total=total,
            earlier=self._address(self.number - 1) if self.number > 1 else None,
            later=self._address(self.number + 1) if self.number < last else None,
        )

    def _address(self, number: int) -> str:
        return f"{self.path}?{urlencode({**self.asked, 'page': str(number)})}"


@dataclass(frozen=True)
class Among:
    """Which of all a page shows, and where the pages before and after it are."""

    first: int
    last: int
    total: int
    earlier: str | None
    later: str | None


def pages_of(path: str, asked: Mapping[str, str], *, size: int) -> Pages:
    """The page asked for under ``page``, the first when none is."""
    number = asked.get("page", "1")
    if not (number.isascii() and number.isdigit() and 1 <= len(number) <= 7 and int(number)):
        raise Refused(
            f"Trang: «{number[:20]}» không phải số trang; dùng số từ 1.",
            f"Page: '{number[:20]}' is not the number of a page; use 1 or more.",
        )
    return Pages(path, asked, int(number), size)


def due_choices(today: date, language: str, asked: str = "") -> list[tuple[str, str]]:
    """What to offer as the span of due dates: this year and those before, then quarters and months about today.

    asked  what is asked for, offered too when it lies further off
    """
    ahead = span_of(key_of(today + timedelta(days=92), "month")).first
    keys = [*reversed(last_keys(today, "year", 4)), *reversed(last_keys(ahead, "quarter", 6))]
    keys += reversed(last_keys(ahead, "month", 15))
    if asked and asked not in keys:
        try:
            span_of(asked)
        except Refused:
            return [(key, span_in_words(key, language)) for key in keys]  # refused by the page itself
        keys.insert(0, asked)
    return [(key, span_in_words(key, language)) for key in keys]


def priorities_asked(plan: Plan, directive: str) -> tuple[str, ...] | None:
    """The priorities of the directive asked for; None where none is, so that all count."""
    return tuple(priority.code for priority in plan.priorities_of(directive)) if directive else None


def offices_of_kind(plan: Plan, kind: str) -> tuple[str, ...]:
    """The codes of all offices of a kind; raises ``Refused`` when there are none."""
    if codes := tuple(office.code for office in plan.offices if office.kind == kind):
        return codes
    raise Refused(
        f"Khối: không có «{kind[:40]}»; chọn trong danh sách.",
        f"Kind: there is no '{kind[:40]}'; choose from the list.",
    )
