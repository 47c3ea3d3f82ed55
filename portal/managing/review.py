"""The review of a year: as a page, in Word and in Excel."""

from collections.abc import Mapping, Sequence
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from config.clock import HANOI, local_date
from config.settings import Language
from models.store.database import reading
from portal.pages.workbooks import download
from portal.query import OFFICES_SHOWN, PageRange, RequestedPage, read_query, requested_page, year_in
from portal.rendering.kept_pages import kept_page
from portal.web import language_of, now_of, store_of
from reports.figures import percent
from reports.papers.filling import DOCX
from reports.papers.review_paper import HEAD, HEAD_EN, cells, parts, review_paper
from reports.papers.yearly_review import ComparedLine, YearlyReview, review_title, yearly_review
from reports.sheets.plain_workbook import Cell, Table, write_tables

router = APIRouter(default_response_class=HTMLResponse)

_FILTERS = ("year", "directive")
_YEARS = 6
"""How many years are offered, this one among them."""


@router.get("/review")
def show(request: Request) -> HTMLResponse:
    return kept_page(request, "review.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    query = read_query(request, (*_FILTERS, "page"))
    requested = requested_page("/review", query, size=OFFICES_SHOWN)
    found, language = _found(request, query), language_of(request)
    this_year = local_date(now_of(request)).year
    return {
        "review": found,
        "title": review_title(found, language),
        "parts": _parts(found, language, requested),
        "head": (HEAD if language == "vi" else HEAD_EN)[1:],
        "cells": cells,
        "percent": percent,
        "years": [this_year - back for back in range(_YEARS)],
        "query": {name: value for name, value in query.items() if name != "page"},
    }


_LINKS = ("priority", "", "subtask", "office")
"""Of each part, by what its lines lead to their list."""


@router.get("/review/paper")
def paper(request: Request) -> Response:
    found = _found(request, read_query(request, _FILTERS))
    headers = {"Content-Disposition": f'attachment; filename="so-ket-{found.year}.docx"'}
    return Response(review_paper(found, store_of(request)), media_type=DOCX, headers=headers)


@router.get("/review/workbook")
def workbook(request: Request) -> StreamingResponse:
    found, language = _found(request, read_query(request, _FILTERS)), language_of(request)
    vi = language == "vi"
    as_of = f"{'tính đến' if vi else 'as of'} {found.as_of.astimezone(HANOI):%H:%M %d/%m/%Y}"
    words = ("Mã" if vi else "Code", "Tên" if vi else "Name", *(HEAD if vi else HEAD_EN)[1:])
    head = list(zip(words, (10, 60, 11, 11, 14, 12, 10, 11, 11), strict=True))
    all_parts = [("Chung", "All", [found.whole]), *parts(found)]
    tables = [Table(a if vi else b, head, [_row(each, language) for each in lines]) for a, b, lines in all_parts]
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        write_tables(review_title(found, language), as_of, tables, file, page="Trang" if vi else "Page")
    except BaseException:
        file.close()
        raise
    return download(file, f"so-ket-{found.year}.xlsx")


def _parts(
    found: YearlyReview, language: str, requested: RequestedPage
) -> list[tuple[str, str, Sequence[ComparedLine], PageRange | None]]:
    """Each part with its heading and what its lines lead to; offices by the page."""
    named = ((vi if language == "vi" else en, lines) for vi, en, lines in parts(found))
    return [
        (name, link, requested.of(lines), requested.range_of(len(lines)))
        if link == "office"
        else (name, link, lines, None)
        for (name, lines), link in zip(named, _LINKS, strict=True)
    ]


def _row(line: ComparedLine, language: Language) -> list[Cell]:
    now = line.now
    counts = [now.due, now.done_on_time - now.done_undated, now.done_late, now.open_overdue]
    return [line.code, line.named(language), *counts, now.on_time_rate, line.before.on_time_rate, line.points]


def _found(request: Request, query: Mapping[str, str]) -> YearlyReview:
    store, now = store_of(request), now_of(request)
    year = year_in(query) or local_date(now).year
    with reading(store.engine) as connection:
        return yearly_review(connection, store, year, now=now, directive=query.get("directive"))
