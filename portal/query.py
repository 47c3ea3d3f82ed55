"""The query string of a list: filters, search words and the page. An unknown parameter is refused, never ignored."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

import pendulum
from fastapi import Request

from config.catalogue.plan import Plan
from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from config.rules.periods import period_in_words
from models.tables.errors import NotFound
from models.work.search import LONGEST
from portal.form import clean
from reports.spans import last_keys, span_of

OFFICES_SHOWN = 100
"""Offices in a table at once, whose rows are short; all the offices and communes of a province take several pages."""

_FLASH_PARAMETERS = frozenset({"flash", "count"})
"""Added by ``portal.web.see_other`` to tell what was done; every page takes them."""

_Item = TypeVar("_Item")
_Word = TypeVar("_Word", bound=StrEnum)


def read_query(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters by name, without empty ones; raises ``Refused`` for a name that the page does not know."""
    query = {name: clean(value).strip() for name, value in request.query_params.items()}
    if unknown := [name for name in query if name not in known and name not in _FLASH_PARAMETERS]:
        names, there = ", ".join(clean(name)[:40] for name in unknown[:3]), ", ".join(known)
        raise Refused(
            f"Địa chỉ có điều kiện không dùng ở trang này: {names}. Bỏ phần đó; trang dùng: {there}.",
            f"The address contains conditions that this page does not use: {names}. Remove them; this page uses: "
            f"{there}.",
        )
    return {name: value for name, value in query.items() if value and name in known}


def search_words(query: Mapping[str, str]) -> str:
    """The words to search for, under ``q``; raises ``Refused`` when they are too long."""
    words = query.get("q", "")
    if len(words) > LONGEST:
        raise Refused(
            f"Tìm: dài {len(words)} ký tự; ghi vài từ, tối đa {LONGEST} ký tự.",
            f"Search: {len(words)} characters; enter a few words, at most {LONGEST} characters.",
        )
    return words


def parse_choice(
    kind: type[_Word], value: str, label_vi: str, label_en: str, *, among: Collection[_Word] | None = None
) -> _Word | None:
    """``value`` as a member of ``kind``, None when it is empty; raises ``Refused`` when there is no such member.

    among  those that there are for this visitor; all without
    """
    if not value:
        return None
    for each in kind if among is None else among:
        if each.value == value:
            return each
    raise Refused(
        f"{label_vi}: không có «{value[:40]}»; chọn trong danh sách.",
        f"{label_en}: there is no '{value[:40]}'; choose from the list.",
    )


@dataclass(frozen=True)
class RequestedPage:
    """One page of the list at ``path``; links to its neighbours keep the rest of ``query``.

    name  of the parameter that holds its number; of a list that is not the only one of its page also its anchor
    """

    path: str
    query: Mapping[str, str]
    number: int
    size: int
    name: str = "page"

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def of(self, items: Sequence[_Item]) -> Sequence[_Item]:
        """The items of a whole list that are on this page."""
        return items[self.offset : self.offset + self.size]

    def range_of(self, total: int, *, is_more: bool = False) -> "PageRange":
        """The rows on this page of a list of ``total``; raises ``NotFound`` when the list ends before it.

        is_more  the list is longer, and not counted further
        """
        last = max(1, ceil(total / self.size))
        if self.number > last:
            raise NotFound(
                f"Không có trang {self.number}; danh sách này có {last} trang.",
                f"There is no page {self.number}; this list has {last} pages.",
            )
        return PageRange(
            first=min(self.offset + 1, total),
            last=min(self.offset + self.size, total),
            total=total,
            earlier=self._address(self.number - 1) if self.number > 1 else None,
            later=self._address(self.number + 1) if self.number < last or is_more else None,
            is_more=is_more,
        )

    def _address(self, number: int) -> str:
        anchor = "" if self.name == "page" else f"#{self.name}"
        return f"{self.path}?{urlencode({**self.query, self.name: str(number)})}{anchor}"


@dataclass(frozen=True)
class PageRange:
    """Which rows of how many a page shows, or of more than so many; and the addresses of the pages before and after."""

    first: int
    last: int
    total: int
    earlier: str | None
    later: str | None
    is_more: bool = False


def requested_page(path: str, query: Mapping[str, str], *, size: int, name: str = "page") -> RequestedPage:
    """The page that ``name`` asks for, the first by default; raises ``Refused`` when that is not a number from 1."""
    number = query.get(name, "1")
    if not (number.isascii() and number.isdigit() and 1 <= len(number) <= 7 and int(number)):
        raise Refused(
            f"Trang: «{number[:20]}» không phải số trang; dùng số từ 1.",
            f"Page: '{number[:20]}' is not a page number; use 1 or more.",
        )
    return RequestedPage(path, query, int(number), size, name)


def year_in(query: Mapping[str, str]) -> int | None:
    """The year under ``year``; None when none is named. Raises ``Refused`` for one that no calendar here reaches."""
    written = query.get("year", "")
    if not written:
        return None
    if written.isascii() and written.isdigit() and len(written) == 4 and FIRST_YEAR <= int(written) <= LAST_YEAR:
        return int(written)
    raise Refused(
        f"Năm: «{written[:20]}» không dùng được; ghi bốn chữ số, từ {FIRST_YEAR} đến {LAST_YEAR}.",
        f"Year: '{written[:20]}' cannot be used; write four digits, from {FIRST_YEAR} to {LAST_YEAR}.",
    )


def assignment_number(text: str) -> int | None:
    """The number of an assignment as it is typed; None when empty. Raises ``Refused`` when it is no number."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text):
        return int(text)
    raise Refused(
        f"Việc số: «{text[:20]}» không phải số của một việc.",
        f"Assignment no.: '{text[:20]}' is not an assignment number.",
    )


def due_choices(today: date, language: str, chosen: str = "") -> list[tuple[str, str]]:
    """The spans of due dates to offer: this year and those before, then quarters and months around today.

    chosen  the span in the query, offered too when it lies further off
    """
    ahead = pendulum.instance(today).add(months=3)
    keys = [*reversed(last_keys(today, "year", 4)), *reversed(last_keys(ahead, "quarter", 6))]
    keys += reversed(last_keys(ahead, "month", 15))
    if chosen and chosen not in keys:
        with suppress(Refused):  # the page itself refuses it
            span_of(chosen)
            keys.insert(0, chosen)
    return [(key, period_in_words(key, language)) for key in keys]


def offices_of_kind(plan: Plan, kind: str) -> tuple[str, ...]:
    """The codes of all offices of a kind; raises ``Refused`` when there are none."""
    if codes := tuple(office.code for office in plan.offices if office.kind == kind):
        return codes
    raise Refused(
        f"Khối: không có «{kind[:40]}»; chọn trong danh sách.",
        f"Kind: there is no '{kind[:40]}'; choose from the list.",
    )
