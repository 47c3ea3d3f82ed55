"""Why an office was told of its work, or was not; what fell through; each notice with its message as evidence."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from models.alerts.status import in_plan
from models.delivery.auditor import audit_follow_up
from models.delivery.notice_fates import Fate, notice_fates
from models.delivery.windows import DeliveryWindow
from models.store.database import reading, reading_session
from portal.query import assignment_number, parse_choice, read_query, requested_page
from portal.rendering.kept_pages import kept_page
from portal.web import now_of, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50


@router.get("/desk/notices")
def notices(request: Request) -> HTMLResponse:
    """The notices of an office, of an assignment or of all, by what became of them."""
    store, query = store_of(request), read_query(request, ("office", "assignment", "fate", "page"))
    fate = parse_choice(Fate, query.get("fate", ""), "Tình trạng", "State")
    office = store.plan.office(query["office"][:40]).code if "office" in query else None
    assignment = assignment_number(query.get("assignment", ""))
    requested = requested_page("/desk/notices", query, size=PAGE_SIZE)
    window = DeliveryWindow(store.contacts, store.calendar, now_of(request))
    with reading_session(store.engine) as session:
        found, total = notice_fates(
            session,
            window,
            office=office,
            assignment=assignment,
            fate=fate,
            only=in_plan(store.plan),
            limit=PAGE_SIZE,
            offset=requested.offset,
        )
    return page(
        request,
        "notices.html",
        notices=found,
        page_range=requested.range_of(total),
        query=query,
        fates=list(Fate),
    )


@router.get("/desk/followup")
def followup(request: Request) -> HTMLResponse:
    """Whether anything fell through, looked for by other queries than the runs' own."""
    read_query(request, ())
    return kept_page(request, "followup.html", partial(_audited, request))


def _audited(request: Request) -> dict[str, Any]:
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        return {"findings": audit_follow_up(connection, now=now, calendar=store.calendar, at=now)}
