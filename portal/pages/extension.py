"""An office asks for more time. When it is refused, what was typed stays on the page."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import Verb
from models.work import verbs
from portal.form import FormReader, read_form, submission_key
from portal.pages.assignment import get_own_assignment, get_visible_assignment, require_transition
from portal.problems import form_page
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/assignments/{assignment_id}/extension")
def extension_form(request: Request, assignment_id: RowId) -> HTMLResponse:
    return _extension_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/extension")
def extension(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    try:
        until = form.date("until", "Xin đến ngày")
        if until is None:
            raise Refused("Xin đến ngày: chưa chọn ngày.", "Until: choose a day.")
        submission = submission_key(assignment_id, form.text("submission"))
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            verbs.request_extension(
                session, assignment_id, until, form.text("reason"), context_of(request), submission=submission
            )
    except Refused as refused:
        return _extension_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}", flash="extension_requested")


def _extension_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    """The form, after a refusal with what was typed; raises ``TransitionRefused`` for one that could not be sent."""
    with reading_session(store_of(request).engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        if refused is None:
            require_transition(assignment, Verb.REQUEST_EXTENSION)
        found = get_visible_assignment(session, request, assignment_id)
    return form_page(request, "extension.html", refused, form, found=found, assignment=assignment)
