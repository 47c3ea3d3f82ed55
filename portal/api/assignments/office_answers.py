"""What offices take back, add and ask, for programs; the rest of the verbs is in ``portal.api.assignments.verbs``."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from sqlmodel import Session

from intake.files.evidence import examine_all
from models.store.database import reading_session, session_scope
from models.tables.report import Question
from models.work import verbs
from models.work.attachments import contributed_files
from portal.api.assignments.entries import contribution_entry
from portal.api.assignments.shapes import (
    AssignmentSummary,
    ContributionEntry,
    QuestionEntry,
    ReportVersion,
    RequestSeen,
    ShortText,
)
from portal.api.assignments.verbs import act
from portal.api.shapes import REFUSALS, Key
from portal.form import clean, submission_key
from portal.pages.asking import require_side
from portal.pages.contributing import require_named
from portal.web import RowId, context_of, store_of

router = APIRouter(prefix="/api/v1", tags=["assignments"], responses=REFUSALS)

_ANY_VERSION, _ANY_REQUEST = ReportVersion(version=None), RequestSeen(extension=None)


@router.post("/assignments/{assignment_id}/take-back")
def take_back(request: Request, assignment_id: RowId, body: ReportVersion = _ANY_VERSION) -> AssignmentSummary:
    """The office takes back its report that waits for a decision; it is a draft again, and reminders go on."""
    return act(request, assignment_id, verbs.take_back, context_of(request), version=body.version)


@router.post("/assignments/{assignment_id}/extension/withdraw")
def withdraw_request(request: Request, assignment_id: RowId, body: RequestSeen = _ANY_REQUEST) -> AssignmentSummary:
    """The office withdraws its request for more time before it is decided on; the due date stays."""
    return act(request, assignment_id, verbs.withdraw_request, context_of(request), extension=body.extension)


@router.post("/assignments/{assignment_id}/contribution", status_code=201)
def contribute(
    request: Request,
    assignment_id: RowId,
    text: Annotated[str, Form(max_length=20_000)],
    files: Annotated[list[UploadFile], File(max_length=20)] = [],  # noqa: B006 (FastAPI copies it)
    key: Key = None,
) -> ContributionEntry:
    """An office that is named adds a short text and, where the work takes any, files; sent as a form."""
    store = store_of(request)
    with reading_session(store.engine) as session:
        require_named(session, request, assignment_id)
    examined, fault = examine_all((each.filename or "", each.file) for each in files)
    if fault:
        raise fault
    with session_scope(store.engine) as session:
        added = verbs.contribute(
            session,
            store.settings,
            assignment_id,
            clean(text),
            context_of(request),
            files=examined,
            submission=submission_key(assignment_id, key) if key else None,
        )
        return contribution_entry(added, contributed_files(session, assignment_id).get(added.id or 0, ()))


@router.post("/assignments/{assignment_id}/questions", status_code=201)
def ask(request: Request, assignment_id: RowId, body: ShortText, key: Key = None) -> QuestionEntry:
    """The office asks its coordinator, or the coordinator the office; the other side is told."""
    with session_scope(store_of(request).engine) as session:
        require_side(session, request, assignment_id)
        submission = submission_key(assignment_id, key) if key else None
        asked = verbs.ask(session, assignment_id, body.text, context_of(request), submission=submission)
        return _entry(session, asked)


@router.post("/assignments/{assignment_id}/questions/{question_id}")
def answer(request: Request, assignment_id: RowId, question_id: RowId, body: ShortText) -> QuestionEntry:
    """The side that was asked answers, once."""
    with session_scope(store_of(request).engine) as session:
        require_side(session, request, assignment_id)
        return _entry(session, verbs.answer(session, assignment_id, question_id, body.text, context_of(request)))


def _entry(session: Session, question: Question) -> QuestionEntry:
    """As it is read back, so that the same sending once more has the same answer."""
    session.flush()
    session.refresh(question)
    return QuestionEntry.model_validate(question)
