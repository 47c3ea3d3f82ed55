"""Months or quarters side by side, by office, kind of office or priority: what came due in each and was on time."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col

from config.clock import local_date
from models.alerts.status import in_directive_of
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.assignment import Assignment
from portal.query import OFFICES_SHOWN, parse_choice, read_query, requested_page
from portal.rendering.kept_pages import kept_page
from portal.web import language_of, now_of, store_of
from portal.words import word
from reports.board.situation import due_month_tallies, due_month_tallies_by_office
from reports.figures import Tally, percent, sum_tallies
from reports.ranking import ranked
from reports.settled_years import spanning
from reports.spans import Grain, last_keys, short_key

router = APIRouter(default_response_class=HTMLResponse)


class By(StrEnum):
    """What a row of the comparison stands for."""

    OFFICE = "office"
    KIND = "kind"
    PRIORITY = "priority"


class Length(StrEnum):
    """How long a column is."""

    QUARTER = "quarter"
    MONTH = "month"


_COLUMNS: Mapping[Length, int] = {Length.QUARTER: 5, Length.MONTH: 7}


@router.get("/board/periods")
def show(request: Request) -> HTMLResponse:
    return kept_page(request, "board_periods.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    language = language_of(request)
    query = read_query(request, ("by", "length", "directive", "page"))
    requested = requested_page("/board/periods", query, size=OFFICES_SHOWN)
    by = parse_choice(By, query.get("by", ""), "Theo", "By") or By.OFFICE
    length = parse_choice(Length, query.get("length", ""), "Kỳ", "Period") or Length.QUARTER
    found = compared(store_of(request), now_of(request), by, length, query.get("directive"))
    return {
        "query": {name: value for name, value in query.items() if name != "page"},
        "by": by,
        "length": length,
        "keys": [(key, short_key(key)) for key in found.keys],
        "rows": [(key, _name(request, by, key, language), cells) for key, cells in requested.of(found.rows)],
        "page_range": requested.range_of(len(found.rows)),
        "whole": found.whole,
        "percent": percent,
        "By": By,
        "Length": Length,
    }


@dataclass(frozen=True)
class Compared:
    """Periods side by side: of each row the figures in the order of the keys."""

    keys: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Tally]]]
    whole: Sequence[Tally]


def compared(store: Store, now: datetime, by: By, length: Length, directive: str | None) -> Compared:
    """What came due in the last months or quarters; the periods before the first assignment are left out."""
    grain: Grain = "month" if length is Length.MONTH else "quarter"
    keys = last_keys(local_date(now), grain, _COLUMNS[length])
    which: dict[str, Any] = {
        "keys": keys,
        "grain": grain,
        "now": now,
        "calendar": store.calendar,
        "only": in_directive_of(store.plan, directive),
        "spanning": spanning(store.plan),
    }
    column = col(Assignment.priority) if by is By.PRIORITY else col(Assignment.office)
    with reading(store.engine) as connection:
        if by is By.OFFICE:
            found, of_all = due_month_tallies_by_office(connection, **which)
        else:
            found = due_month_tallies(connection, column, **which)
            of_all = {key: sum_tallies(each[key] for each in found.values()) for key in keys}
    if by is By.KIND:
        kinds = {office.code: office.kind for office in store.plan.offices}
        found = _summed(found, lambda code: kinds.get(code, code))
    begun = next((place for place, key in enumerate(keys) if of_all[key].total), 0)
    keys = keys[min(begun, len(keys) - 2) :]
    return Compared(keys, _in_order(found, keys), [of_all[key] for key in keys])


def _summed(found: Mapping[str, Mapping[str, Tally]], kind_of: Callable[[str], str]) -> dict[str, dict[str, Tally]]:
    by_kind: dict[str, list[Mapping[str, Tally]]] = defaultdict(list)
    for code, each in found.items():
        by_kind[kind_of(code)].append(each)
    return {kind: {key: sum_tallies(each[key] for each in all_) for key in all_[0]} for kind, all_ in by_kind.items()}


def _in_order(found: Mapping[str, Mapping[str, Tally]], keys: Sequence[str]) -> list[tuple[str, list[Tally]]]:
    """By the rank over all the columns, what never came due last."""
    sums = {(code,): sum_tallies(each.values()) for code, each in found.items()}
    places = {code: number for number, (_, code, _) in enumerate(ranked(sums))}
    order = sorted(found, key=lambda code: (places.get(code, len(places)), code))
    return [(code, [found[code][key] for key in keys]) for code in order]


def _name(request: Request, by: By, key: str, language: str) -> str:
    plan, vi = store_of(request).plan, language == "vi"
    match by:
        case By.KIND:
            return word("kind", key, language)
        case By.PRIORITY:
            priority = plan.priority(key)
            return f"{priority.numeral if vi else key}: {priority.title_vi if vi else priority.title_en}"
        case By.OFFICE:
            office = plan.office(key)
            return office.name_vi if vi else office.name_en
