"""What an office has finished, by year and period, to be found again."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from config.rules.periods import period_in_words
from models.store.database import reading
from models.work.looking_back.archive import finished_periods, finished_work
from models.work.search import search_for
from portal.pages.overview import line
from portal.query import read_query, requested_page, search_words, year_in
from portal.web import language_of, page, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50


@router.get("/archive")
def archive(request: Request) -> HTMLResponse:
    store, office = store_of(request), visitor_of(request).office or ""
    query = read_query(request, ("q", "year", "period", "page"))
    requested = requested_page("/archive", query, size=PAGE_SIZE)
    year, language = year_in(query), language_of(request)
    with reading(store.engine) as connection:
        periods = finished_periods(connection, office)
        rows, total = finished_work(
            connection,
            office,
            year=year,
            period=query.get("period", "")[:100],
            search=search_for(store.plan, search_words(query)),
            limit=PAGE_SIZE,
            offset=requested.offset,
        )
    years = dict[int, int]()
    for in_year, _, count in periods:
        years[in_year] = years.get(in_year, 0) + count
    of_year = {key: count for in_year, key, count in periods if year in (None, in_year)}
    return page(
        request,
        "archive.html",
        rows=[line(request, each.assignment) | {"report": each} for each in rows],
        page_range=requested.range_of(total),
        years=years,
        year=year,
        periods=[(key, period_in_words(key, language), count) for key, count in of_year.items() if _is_period(key)],
        query=query,
    )


def _is_period(key: str) -> bool:
    """Whether it is a month, quarter, half or year, and not a document or event."""
    return ":" not in key and key[:4].isdigit()
