"""What has changed since last week, last month or any day: as a page, and as a paper in Word."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import ColumnElement

from config.clock import end_of_day, local_date
from config.errors import Refused
from models.alerts.status import in_directive_of
from models.store.database import reading
from models.work.looking_back.changes import changes_between
from portal.form import FormReader
from portal.pages.overview import line
from portal.query import read_query
from portal.rendering.kept_pages import kept_page
from portal.web import now_of, store_of
from reports.board.board import is_sample
from reports.papers.changes_paper import CHANGE_WORDS, changes_paper
from reports.papers.filling import DOCX

router = APIRouter(default_response_class=HTMLResponse)

PREVIEW_SIZE = 200
"""Assignments of each kind of change that are listed; the rest is counted."""

_FURTHEST = timedelta(days=3_660)


@router.get("/board/changes")
def show(request: Request) -> HTMLResponse:
    return kept_page(request, "board_changes.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    query, since, only = _asked(request)
    now = now_of(request)
    with reading(store_of(request).engine) as connection:
        found = changes_between(connection, end_of_day(since), now, limit=PREVIEW_SIZE, only=only)
        sample = is_sample(connection, query.get("directive"), store_of(request).plan)
    today = local_date(now)
    return {
        "query": query,
        "since": since,
        "spans": [(days, (today - timedelta(days=days)).isoformat()) for days in (1, 7, 30, 90)],
        "changes": [
            (change, CHANGE_WORDS[change], work.total, [line(request, row) for row in work.rows])
            for change, work in found.items()
        ],
        "is_sample": sample,
    }


@router.get("/board/changes/paper")
def paper(request: Request) -> Response:
    query, since, only = _asked(request)
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        found = changes_between(connection, end_of_day(since), now, limit=PREVIEW_SIZE, only=only)
        sample = is_sample(connection, query.get("directive"), store.plan)
    content = changes_paper(found, store, since, now=now, sample=sample, directive=query.get("directive"))
    headers = {"Content-Disposition": f'attachment; filename="thay-doi-tu-{since:%Y%m%d}.docx"'}
    return Response(content, media_type=DOCX, headers=headers)


def _asked(request: Request) -> tuple[dict[str, str], date, ColumnElement[bool] | None]:
    """The query, the day since which is asked (a week ago unless said), and the condition on assignments."""
    query, plan = read_query(request, ("since", "directive")), store_of(request).plan
    since = day_since(query.get("since", ""), now_of(request))
    return query, since, in_directive_of(plan, query.get("directive"))


def day_since(written: str, now: datetime) -> date:
    """``past_day`` as it is typed."""
    return past_day(FormReader({"since": written}).day("since", "Từ ngày", "Since"), now)


def past_day(day: date | None, now: datetime) -> date:
    """The last day that is not asked about, a week ago unless said; raises ``Refused`` for one that is not past."""
    today = local_date(now)
    day = day or today - timedelta(days=7)
    if not today - _FURTHEST <= day < today:
        raise Refused(
            f"Từ ngày: {day:%d/%m/%Y} không ở trước hôm nay (trong 10 năm); chọn ngày đã qua.",
            f"Since: {day:%d/%m/%Y} is not before today (within ten years); choose a past day.",
        )
    return day
