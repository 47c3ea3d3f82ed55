"""Acknowledging all that is new at once: looked at, ticked, confirmed with one press; letters lead here.

Opening the page changes nothing, so that a mail scanner that follows the link acknowledges nothing.
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused
from models.store.database import DatabaseUnreachable, reading, session_scope
from models.work import verbs
from models.work.lists.office_list import unacknowledged_of
from portal.form import FormReader, read_form
from portal.pages.assignment import get_own_assignment
from portal.pages.overview import line
from portal.problems import form_page
from portal.web import context_of, see_other, store_of, visitor_of
from portal.words import machine_fault

router = APIRouter(default_response_class=HTMLResponse)

MOST = 200
"""Assignments acknowledged together."""


@router.get("/acknowledge")
def acknowledge_form(request: Request) -> HTMLResponse:
    return _acknowledge_page(request)


@router.post("/acknowledge")
def acknowledge_many(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Each by itself, so that what has changed meanwhile keeps none of the others; done twice it changes nothing."""
    chosen = [int(each) for each in form.each("n")[:MOST] if each.isascii() and each.isdigit() and len(each) < 10]
    if not chosen:
        return _acknowledge_page(
            request, refused=Refused("Đánh dấu ít nhất một việc.", "Tick at least one assignment."), form=form
        )
    acknowledged, faults = 0, list[Refused]()
    for assignment_id in dict.fromkeys(chosen):
        try:
            with session_scope(store_of(request).engine) as session:
                found = get_own_assignment(session, request, assignment_id)
                if found.acknowledged_at is None:
                    verbs.acknowledge(session, assignment_id, context_of(request))
            acknowledged += 1
        except DatabaseUnreachable as fault:  # nor will it be there for the next
            faults.append(machine_fault(fault) or fault)
            break
        except Refused as fault:
            faults.append(Refused(f"Việc số {assignment_id}: {fault}", f"{assignment_id}: {fault.en}"))
    if faults:
        refused = Refused(
            f"Đã tiếp nhận {acknowledged} việc; những việc sau thì không:",
            f"{acknowledged} acknowledged; the following were not:",
            details=faults,
        )
        return _acknowledge_page(request, refused=refused, form=form)
    return see_other("/assignments", flash="acknowledged", count=acknowledged)


def _acknowledge_page(
    request: Request, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    office = visitor_of(request).office or ""
    with reading(store_of(request).engine) as connection:
        rows = unacknowledged_of(connection, office, limit=MOST)
    return form_page(
        request,
        "acknowledge.html",
        refused,
        form,
        rows=[line(request, row) for row in rows],
        ticked=set(form.each("n")) if form else None,
    )
