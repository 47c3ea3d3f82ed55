"""Questions on an assignment and their answers, between the office that does it and its coordinator."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from config.errors import Refused
from models.store.database import session_scope
from models.work import verbs
from portal.form import FormReader, read_form, submission_key
from portal.pages.assignment import assignment_page, get_own_assignment, get_visible_assignment
from portal.sign_in.session import VisitorRole
from portal.web import RowId, context_of, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/assignments/{assignment_id}/questions")
def ask(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    try:
        with session_scope(store_of(request).engine) as session:
            require_side(session, request, assignment_id)
            submission = submission_key(assignment_id, form.submission())
            verbs.ask(session, assignment_id, form.text("question"), context_of(request), submission=submission)
    except Refused as refused:
        return assignment_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}#questions", flash="asked")


@router.post("/assignments/{assignment_id}/questions/{question_id}")
def answer(
    request: Request, assignment_id: RowId, question_id: RowId, form: FormReader = Depends(read_form)
) -> Response:
    try:
        with session_scope(store_of(request).engine) as session:
            require_side(session, request, assignment_id)
            verbs.answer(session, assignment_id, question_id, form.text(f"answer_{question_id}"), context_of(request))
    except Refused as refused:
        return assignment_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}#questions", flash="answered")


def require_side(session: Session, request: Request, assignment_id: int) -> None:
    """Raise ``NotFound`` unless the visitor does this work or follows it up."""
    if visitor_of(request).role is VisitorRole.OFFICE:
        get_own_assignment(session, request, assignment_id)
    else:
        get_visible_assignment(session, request, assignment_id)
