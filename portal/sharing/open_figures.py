"""Figures of a quarter that anybody may read, once the operator has switched them on: counts by office and no more."""

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from io import StringIO
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col

from config.clock import local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from models.store.database import reading
from models.tables.assignment import Assignment
from models.work.directives import samples_in_force
from portal.query import read_query
from portal.rendering.kept_pages import kept, kept_page
from portal.web import language_of, now_of, see_other, store_of
from reports.board.situation import due_month_tallies_by_office
from reports.figures import Tally, percent
from reports.settled_years import spanning
from reports.spans import last_keys

router = APIRouter(default_response_class=HTMLResponse)

QUARTERS = 9
"""That of today and two years before it."""


@router.get("/open")
def show(request: Request) -> Response:
    """The counts of a quarter, by default of the last that is over; ``?form=csv`` for programs."""
    if not store_of(request).settings.open_figures:
        raise HTTPException(404)
    query = read_query(request, ("quarter", "form"))
    if query.get("form", "") not in ("", "csv"):
        raise Refused("Dạng tệp: chỉ có csv.", "File format: only csv is available.")
    quarter = _quarter(request, query)
    if "form" not in query:
        if request.url.query not in ("", f"quarter={quarter}"):
            # Anybody could push out what is kept by ever other addresses of one page.
            return see_other(f"/open?quarter={quarter}")
        return kept_page(request, "open_figures.html", partial(_drawn, request, quarter))
    text = kept(request, ("open", quarter, language_of(request)), lambda: _as_csv(request, quarter))
    named = f'attachment; filename="so-lieu-{quarter}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": named})


def _drawn(request: Request, quarter: str) -> dict[str, Any]:
    rows, whole = _rows(request, quarter)
    return {
        "quarter": quarter,
        "quarters": [(key, period_in_words(key, language_of(request))) for key in reversed(_keys(request))],
        "words": period_in_words(quarter, language_of(request)),
        "rows": rows,
        "whole": whole,
        "percent": percent,
    }


def _keys(request: Request) -> Sequence[str]:
    return last_keys(local_date(now_of(request)), "quarter", QUARTERS)


def _quarter(request: Request, query: Mapping[str, str]) -> str:
    keys = _keys(request)
    quarter = query.get("quarter", keys[-2])
    if quarter not in keys:
        raise Refused(
            f"Quý: không có «{quarter[:20]}»; từ {keys[0]} đến {keys[-1]}.",
            f"Quarter: there is no '{quarter[:20]}'; from {keys[0]} to {keys[-1]}.",
        )
    return quarter


def _rows(request: Request, quarter: str) -> tuple[list[tuple[str, Tally]], Tally]:
    """Each office with what fell due in the quarter, by name, and all together; samples are left out.

    What several lead jointly counts for each of them, and once in all.
    """
    store, language = store_of(request), language_of(request)
    with reading(store.engine) as connection:
        with Session(connection) as session:
            samples = samples_in_force(session)
        real = [each.code for each in store.plan.directives if each.code not in samples]
        priorities = [priority.code for code in real for priority in store.plan.priorities_of(code)]
        found, of_all = due_month_tallies_by_office(
            connection,
            keys=(quarter,),
            grain="quarter",
            now=now_of(request),
            calendar=store.calendar,
            only=col(Assignment.priority).in_(priorities),
            spanning=spanning(store.plan),
        )
    offices = ((store.plan.office(code), of[quarter]) for code, of in found.items())
    named = ((each.name_vi if language == "vi" else each.name_en, tally) for each, tally in offices if tally.total)
    return sorted(named, key=lambda row: row[0]), of_all[quarter]


def _as_csv(request: Request, quarter: str) -> str:
    text = StringIO()
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    lines = csv.writer(text)
    lines.writerow(("quarter", "office", "done_on_time", "done_late", "open_within_term", "open_overdue", "total"))
    for name, each in _rows(request, quarter)[0]:
        counts = each.done_on_time, each.done_late, each.open_within_term, each.open_overdue, each.total
        lines.writerow((quarter, name, *counts))
    return text.getvalue()
