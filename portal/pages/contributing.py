"""What an office that is only named adds to an assignment: a short text, and files where the work takes any."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from config.errors import Refused
from intake.files.evidence import examine_all
from models.store.database import reading_session, session_scope
from models.work import verbs
from portal.form import Upload, read_upload, submission_key
from portal.pages.assignment import assignment_page, get_visible_assignment
from portal.problems import unknown_assignment
from portal.web import RowId, context_of, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/assignments/{assignment_id}/contribution")
def contribute(request: Request, assignment_id: RowId, upload: Upload = Depends(read_upload)) -> Response:
    store, form = store_of(request), upload.form
    with reading_session(store.engine) as session:  # reading files takes long, so nobody else is let in to it
        require_named(session, request, assignment_id)
    try:
        examined, fault = examine_all((each.filename or "", each.file) for each in upload.files)
        if fault:  # a contribution is one deed: whoever sends it again sends all of it
            raise fault
        with session_scope(store.engine) as session:
            verbs.contribute(
                session,
                store.settings,
                assignment_id,
                form.text("contribution"),
                context_of(request),
                files=examined,
                submission=submission_key(assignment_id, form.submission()),
            )
    except Refused as refused:
        return assignment_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}#contributions", flash="contributed")


def require_named(session: Session, request: Request, assignment_id: int) -> None:
    """Raise ``NotFound`` unless the visiting office is named in the assignment."""
    office = visitor_of(request).office
    if office is None or office not in get_visible_assignment(session, request, assignment_id).parties.named:
        raise unknown_assignment(assignment_id)
