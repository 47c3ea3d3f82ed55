"""Who will be late, by office: shown with what it rests on, and only where it has beaten a naive guess."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from models.alerts.status import in_directive_of
from models.store.database import reading
from models.work.looking_back.lateness import AHEAD, LEAST, PROMPT_DAYS, WEIGHT, forecast
from portal.query import read_query
from portal.rendering.kept_pages import kept_page
from portal.web import now_of, store_of
from reports.figures import percent

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/board/forecast")
def show(request: Request) -> HTMLResponse:
    return kept_page(request, "board_forecast.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    store = store_of(request)
    query = read_query(request, ("directive",))
    with reading(store.engine) as connection:
        found = forecast(connection, now=now_of(request), only=in_directive_of(store.plan, query.get("directive")))
    return {
        "query": query,
        "found": found,
        "percent": percent,
        "days": AHEAD.days,
        "prompt_days": PROMPT_DAYS,
        "weight": WEIGHT,
        "least": LEAST,
    }
