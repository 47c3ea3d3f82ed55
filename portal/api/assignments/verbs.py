"""The verbs of assignments for programs: ``/api/v1`` with a bearer token, JSON, refusals as problem+json.

A token has the rights of its office or role. ``Idempotency-Key`` names one sending: the same key once more changes
nothing and returns the same answer.
"""

from collections.abc import Callable
from typing import Annotated, Concatenate, ParamSpec

from fastapi import APIRouter, Query, Request, UploadFile
from fastapi.responses import FileResponse
from sqlmodel import Session

from config.errors import Refused
from config.text.amounts import exact, stored
from intake.files.evidence import examine
from models.store.audit import lock_audit_chain
from models.store.database import reading, reading_session, session_scope
from models.tables.lifecycle import Role, State, Status
from models.tables.report import ReportContent
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.attachments import add_attachment, attachments_of, contributed_files
from models.work.queries import assignment_filter, assignments, conditions, read_assignment
from models.work.rows import AssignmentRow
from portal.api.assignments.entries import contribution_entry, detail, report_entry, summary
from portal.api.assignments.shapes import (
    Acceptance,
    AdHocAssignment,
    AssignedIds,
    AssignmentDetail,
    AssignmentPage,
    AssignmentSummary,
    Delegation,
    DueDate,
    ExtensionGrant,
    ExtensionRefusal,
    ExtensionRequest,
    FileEntry,
    Reason,
    ReportSubmission,
    Return,
)
from portal.api.shapes import REFUSALS, Key, TokenHolder
from portal.form import submission_key
from portal.pages.assignment import (
    contributions_shown,
    download,
    get_own_assignment,
    get_visible_assignment,
    letters_shown,
    reports_shown,
)
from portal.sign_in.limits import require_assignment, require_subtask
from portal.sign_in.session import VisitorRole
from portal.web import RowId, context_of, now_of, store_of, visitor_of
from reports.subtask_count import count_with

router = APIRouter(prefix="/api/v1", tags=["assignments"], responses=REFUSALS)

PAGE_SIZE = 100

P = ParamSpec("P")


@router.get("/me")
def me(request: Request) -> TokenHolder:
    """Whose rights the token has."""
    visitor = visitor_of(request)
    limit = None if visitor.directives is None else sorted(visitor.directives)
    return TokenHolder(role=visitor.role, office=visitor.office, directives=limit)


@router.get("/assignments")
def list_assignments(
    request: Request,
    office: Annotated[str | None, Query(max_length=32)] = None,
    directive: Annotated[str, Query(max_length=32)] = "",
    priority: Annotated[str | None, Query(max_length=4)] = None,
    subtask: Annotated[str | None, Query(max_length=16)] = None,
    period: Annotated[str | None, Query(max_length=100)] = None,
    role: Role | None = None,
    status: Status | None = None,
    state: State | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_SIZE)] = PAGE_SIZE,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> AssignmentPage:
    """Assignments by due date; an office's token sees what it holds, alone or jointly.

    Every word of ``q`` must fit, as in the portal.
    """
    store, visitor = store_of(request), visitor_of(request)
    wanted = assignment_filter(
        store.plan,
        office=visitor.office or office or None,
        priority=priority or None,
        subtask=subtask or None,
        directive=_plain(directive),
        search=_plain(q) or "",
        period=_plain(period),
        role=role,
        status=status,
        state=state,
    )
    with reading(store.engine) as connection:
        rows = assignments(connection, wanted, now=now_of(request), limit=limit, offset=offset)
        subtasks, total = count_with(connection, *conditions(connection, wanted, now_of(request)))
    return AssignmentPage(total=total, subtasks=subtasks, items=[_summary(request, row) for row in rows])


@router.post("/assignments", status_code=201)
def assign(request: Request, body: AdHocAssignment, key: Key = None) -> AssignedIds:
    """Make an assignment outside the plan (giao việc đột xuất)."""
    wanted = AdHoc(
        subtask=body.subtask,
        title=body.title,
        lead=body.lead_office,
        due_on=body.due_date,
        coordinating=tuple(body.coordinating_offices),
        urgency=body.urgency,
        submission=key or "",
    )
    require_subtask(request, body.subtask)
    with session_scope(store_of(request).engine) as session:
        return AssignedIds(assignments=assign_ad_hoc(session, wanted, context_of(request)))


@router.get("/assignments/{assignment_id}")
def get_assignment(request: Request, assignment_id: RowId) -> AssignmentDetail:
    """All about one assignment that the holder of the token may see: leads, helps, monitors, oversees, is named in."""
    with reading_session(store_of(request).engine) as session:
        found = get_visible_assignment(session, request, assignment_id)
        files = attachments_of(session, assignment_id)
        reports = [
            report_entry(each, files.get(each.id or 0, ())) for each in reports_shown(visitor_of(request), found)
        ]
        contributed = contributed_files(session, assignment_id)
        contributions = [
            contribution_entry(each, contributed.get(each.id or 0, ())) for each in contributions_shown(request, found)
        ]
        letters = letters_shown(session, visitor_of(request), found)
    return detail(request, found, reports, contributions, letters)


@router.post("/assignments/{assignment_id}/acknowledge")
def acknowledge(request: Request, assignment_id: RowId) -> AssignmentSummary:
    """The office confirms that it has the assignment; once more changes nothing."""
    with session_scope(store_of(request).engine) as session:
        lock_audit_chain(session)
        if get_own_assignment(session, request, assignment_id).acknowledged_at is None:
            verbs.acknowledge(session, assignment_id, context_of(request))
    return _after(request, assignment_id)


@router.post("/assignments/{assignment_id}/delegate")
def delegate(request: Request, assignment_id: RowId, body: Delegation) -> AssignmentSummary:
    """The office notes which of its units does the work; never a person."""
    return act(request, assignment_id, verbs.delegate, body.unit, context_of(request))


@router.post("/assignments/{assignment_id}/files", status_code=201)
def attach(request: Request, assignment_id: RowId, file: UploadFile) -> FileEntry:
    """Add a PDF, DOCX, XLSX or photo (JPEG, PNG) to the assignment; the next report takes it along."""
    with reading_session(store_of(request).engine) as session:  # reading a file takes long: not for anybody else's
        get_own_assignment(session, request, assignment_id)
    examined = examine(file.filename or "", file.file)
    with session_scope(store_of(request).engine) as session:
        get_own_assignment(session, request, assignment_id)
        added = add_attachment(session, store_of(request).settings, assignment_id, examined, context_of(request))
        return FileEntry.model_validate(added)


@router.get("/assignments/{assignment_id}/files/{file_id}", response_class=FileResponse)
def get_file(request: Request, assignment_id: RowId, file_id: RowId) -> FileResponse:
    """The bytes of a file of the assignment."""
    return download(request, assignment_id, file_id)


@router.post("/assignments/{assignment_id}/report")
def report(request: Request, assignment_id: RowId, body: ReportSubmission, key: Key = None) -> AssignmentSummary:
    """The office hands in its report."""
    counts = {key: stored(exact(figure)) for key, figure in body.counts.items()}
    content = ReportContent(**body.model_dump(exclude={"counts", "corrects"}), counts=counts)
    submission = submission_key(assignment_id, key) if key else None
    return act(
        request,
        assignment_id,
        verbs.report,
        *(content, context_of(request)),
        corrects=body.corrects,
        submission=submission,
    )


@router.post("/assignments/{assignment_id}/extension")
def request_extension(
    request: Request, assignment_id: RowId, body: ExtensionRequest, key: Key = None
) -> AssignmentSummary:
    """The office asks for more time."""
    submission = submission_key(assignment_id, key) if key else None
    return act(
        request,
        assignment_id,
        verbs.request_extension,
        *(body.until, body.reason, context_of(request)),
        submission=submission,
    )


@router.post("/assignments/{assignment_id}/extension/grant")
def grant(request: Request, assignment_id: RowId, body: ExtensionGrant) -> AssignmentSummary:
    """Grant more time: until the day asked for, or until another."""
    seen = body.extension
    return act(request, assignment_id, verbs.grant_extension, body.until, context_of(request), extension=seen)


@router.post("/assignments/{assignment_id}/extension/refuse")
def refuse(request: Request, assignment_id: RowId, body: ExtensionRefusal) -> AssignmentSummary:
    """Refuse more time; the office is told the reason."""
    seen = body.extension
    return act(request, assignment_id, verbs.refuse_extension, body.reason, context_of(request), extension=seen)


@router.post("/assignments/{assignment_id}/accept")
def accept(request: Request, assignment_id: RowId, body: Acceptance) -> AssignmentSummary:
    """Accept the report that waits: the work is done, or goes on where the report is one on its progress."""
    return act(request, assignment_id, verbs.accept, context_of(request), version=body.version, interim=body.interim)


@router.post("/assignments/{assignment_id}/return")
def return_(request: Request, assignment_id: RowId, body: Return) -> AssignmentSummary:
    """Return the report that waits to be corrected; the due date stays."""
    return act(request, assignment_id, verbs.return_, body.reason, context_of(request), version=body.version)


@router.post("/assignments/{assignment_id}/withdraw")
def withdraw(request: Request, assignment_id: RowId, body: Reason) -> AssignmentSummary:
    """Withdraw the assignment for good; it is no longer counted."""
    return act(request, assignment_id, verbs.withdraw, body.reason, context_of(request))


@router.post("/assignments/{assignment_id}/suspend")
def suspend(request: Request, assignment_id: RowId, body: Reason) -> AssignmentSummary:
    """Stop its clock: no reminders, and not overdue until it is resumed."""
    return act(request, assignment_id, verbs.suspend, body.reason, context_of(request))


@router.post("/assignments/{assignment_id}/resume")
def resume(request: Request, assignment_id: RowId, body: DueDate) -> AssignmentSummary:
    """Resume it: until a day, or with the suspended working days given back."""
    return act(request, assignment_id, verbs.resume, body.until, context_of(request))


def act(
    request: Request,
    assignment_id: int,
    verb: Callable[Concatenate[Session, int, P], object],
    *args: P.args,
    **kwargs: P.kwargs,
) -> AssignmentSummary:
    """Apply a verb in one transaction, to what is the visitor's alone; returns the assignment after it."""
    with session_scope(store_of(request).engine) as session:
        if visitor_of(request).role is VisitorRole.OFFICE:
            get_own_assignment(session, request, assignment_id)
        require_assignment(session, request, assignment_id)
        verb(session, assignment_id, *args, **kwargs)
    return _after(request, assignment_id)


def _after(request: Request, assignment_id: int) -> AssignmentSummary:
    """The assignment after a verb, which the visitor has just been allowed; nothing else of it is read."""
    with reading(store_of(request).engine) as connection:
        row = read_assignment(connection, assignment_id, now=now_of(request))
    return _summary(request, row)


def _summary(request: Request, row: AssignmentRow) -> AssignmentSummary:
    return AssignmentSummary(**summary(request, vars(row), row.status, row.occasion))


def _plain(text: str | None) -> str | None:
    if text is not None and "\0" in text:
        raise Refused("Có ký tự không dùng được.", "There is a character that cannot be used.")
    return text or None
