"""Who has answered: for one subtask and period, each office with its state and when it handed in; also for Excel."""

from functools import partial
from tempfile import TemporaryFile
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from config.clock import local_date
from config.errors import Refused
from config.rules.periods import period_in_words
from models.store.database import reading
from models.tables.lifecycle import Role
from portal.pages.workbooks import download
from portal.query import read_query
from portal.rendering.kept_pages import kept_page
from portal.web import language_of, now_of, store_of
from reports.answers import Answers, answers
from reports.sheets.answers_workbook import write_answers

router = APIRouter()


@router.get("/answers", response_class=HTMLResponse)
def show(request: Request) -> HTMLResponse:
    return kept_page(request, "answers.html", partial(_drawn, request))


def _drawn(request: Request) -> dict[str, Any]:
    found = _found(request)
    subtask = store_of(request).plan.subtask(found.subtask)
    return {"found": found, "subtask": subtask, "in_words": period_in_words, "Role": Role}


@router.get("/answers/workbook")
def workbook(request: Request) -> StreamingResponse:
    store, now, found = store_of(request), now_of(request), _found(request)
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        write_answers(found, store.plan, file, now=now, language=language_of(request))
    except BaseException:
        file.close()
        raise
    return download(file, f"ai-da-gui-{found.subtask}-{local_date(now):%Y%m%d}.xlsx")


def _found(request: Request) -> Answers:
    query = read_query(request, ("subtask", "period"))
    return answers_to(request, query.get("subtask", ""), query.get("period", ""))


def answers_to(request: Request, subtask: str, period: str) -> Answers:
    """Who has answered for a subtask and period; raises ``Refused`` where one of them is not there."""
    store = store_of(request)
    if not subtask:
        raise Refused(
            "Nhiệm vụ: chưa chọn; ghi mã, ví dụ T1.1.", "Subtask: none is chosen; enter its code, for example T1.1."
        )
    with reading(store.engine) as connection:
        found = answers(connection, store.plan, subtask[:40], now=now_of(request), period=period[:100])
    if period and not found.tables:
        there = ", ".join(found.periods[:6])
        raise Refused(
            f"Kỳ: {found.subtask} không có kỳ «{period[:40]}»; các kỳ: {there or 'chưa có'}.",
            f"Period: {found.subtask} has no period '{period[:40]}'; it has: {there or 'none yet'}.",
        )
    return found
