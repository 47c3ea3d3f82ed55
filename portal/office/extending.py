"""Asking for more time, and taking back what waits for a decision: that request, or the report that was sent."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused
from config.rules.kinds import Timing
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Verb
from models.work import verbs
from portal.form import FormReader, read_form, submission_key
from portal.pages.assignment import (
    assignment_page,
    get_own_assignment,
    get_visible_assignment,
    require_transition,
)
from portal.problems import form_page
from portal.repeated import is_repeated
from portal.web import RowId, context_of, now_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

LONGER_BY = (3, 5, 10)
"""Working days that are offered."""


@router.get("/assignments/{assignment_id}/extension")
def extension_form(request: Request, assignment_id: RowId) -> HTMLResponse:
    return _extension_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/extension")
def extension(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """A day that was typed holds, otherwise the one that was chosen."""
    try:
        until = form.required_date("until" if form.text("until") else "longer", "Xin đến ngày", "Until")
        submission = submission_key(assignment_id, form.text("submission"))
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            verbs.request_extension(
                session, assignment_id, until, form.text("reason"), context_of(request), submission=submission
            )
    except Refused as refused:
        return _extension_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}", flash="extension_requested")


@router.post("/assignments/{assignment_id}/extension/withdraw")
def withdraw_request(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    extension = form.count("extension", "Đề nghị gia hạn số", "Extension request no.")
    try:
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            verbs.withdraw_request(session, assignment_id, context_of(request), extension=extension)
    except Refused as refused:
        if not is_repeated(request, assignment_id, Verb.WITHDRAW_REQUEST, {"extension": extension}):
            return assignment_page(request, assignment_id, refused=refused)
    return see_other(f"/assignments/{assignment_id}", flash="request_withdrawn")


@router.post("/assignments/{assignment_id}/take-back")
def take_back(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Back to the form, with what was sent and its files."""
    version = form.count("version", "Lần báo cáo", "Report no.")
    try:
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            verbs.take_back(session, assignment_id, context_of(request), version=version)
    except Refused as refused:
        if not is_repeated(request, assignment_id, Verb.TAKE_BACK, {"version": version}):
            return assignment_page(request, assignment_id, refused=refused)
    return see_other(f"/assignments/{assignment_id}/report", flash="taken_back")


def _extension_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    """The form, after a refusal with what was typed; raises ``TransitionRefused`` for one that could not be sent."""
    with reading_session(store_of(request).engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        if refused is None:
            require_transition(assignment, Verb.REQUEST_EXTENSION)
        found = get_visible_assignment(session, request, assignment_id)
    return form_page(
        request,
        "extension.html",
        refused,
        form,
        found=found,
        assignment=assignment,
        longer=_longer(request, assignment),
        past_due=assignment.due_at <= now_of(request),
    )


def _longer(request: Request, assignment: Assignment) -> list[tuple[int, str]]:
    """How many working days more, and the day that is, by the calendar of its directive."""
    if assignment.timing is not Timing.DATED:
        return []
    calendar = store_of(request).calendar.of(assignment.priority)
    return [(days, calendar.add(assignment.due_date, days).isoformat()) for days in LONGER_BY]
