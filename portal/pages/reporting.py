"""An office reports on its work or asks for more time. Whatever is refused, what was typed stays on the page."""

from collections.abc import Iterable
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.datastructures import UploadFile

from config.catalogue.subtasks import ReportForm
from config.errors import Refused
from config.settings import Language
from intake.files.evidence import examine
from models.store.database import reading_session, session_scope
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import TRANSITIONS, Verb
from models.tables.report import ReportContent
from models.tables.report_draft import ReportDraft
from models.work import verbs
from models.work.attachments import (
    MAX_FILES,
    add_attachment,
    attachment_file,
    discard_content,
    remove_attachment,
    waiting_attachments,
)
from models.work.drafts import draft_of, save_draft
from models.work.queries import History, report_of_submission
from models.work.report_form import MAX_TEXT, TEXTS, field_labels
from portal.form import FormReader, Upload, read_form, read_upload
from portal.pages.assignment import get_own_assignment, get_visible_assignment
from portal.problems import status_of
from portal.web import RowId, context_of, language_of, now_of, page, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/assignments/{assignment_id}/report")
def report_form(request: Request, assignment_id: RowId) -> HTMLResponse:
    _must_await(request, assignment_id, Verb.REPORT)
    return _report_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/report")
def report(request: Request, assignment_id: RowId, upload: Upload = Depends(read_upload)) -> Response:
    """Every button of the form comes here. Files are taken in and the draft is kept first, whatever is query for."""
    form = upload.form
    try:
        if _is_there(request, assignment_id, form):
            return see_other(f"/assignments/{assignment_id}", flash="reported")
        refused = _save(request, assignment_id, form)
        _take_in(request, assignment_id, upload.files)
        if refused:
            raise refused
        match form.text("action").split("-"):
            case ["save"]:
                return see_other(f"/assignments/{assignment_id}", flash="saved")
            case ["attach"]:
                return see_other(f"/assignments/{assignment_id}/report#files", flash="attached")
            case ["remove", file_id] if file_id.isascii() and file_id.isdigit() and len(file_id) < 10:
                _remove(request, assignment_id, int(file_id))
                return see_other(f"/assignments/{assignment_id}/report#files", flash="removed")
        _hand_in(request, assignment_id, form)
    except Refused as fault:
        return _report_page(request, assignment_id, refused=fault, form=form)
    return see_other(f"/assignments/{assignment_id}", flash="reported")


@router.post("/assignments/{assignment_id}/draft")
def draft(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Keeps what is typed while it is typed; says when, or what of it may not be kept."""
    refused = _save(request, assignment_id, form)
    return page(request, "draft_kept.html", refused=refused, at=now_of(request))


@router.get("/assignments/{assignment_id}/extension")
def extension_form(request: Request, assignment_id: RowId) -> HTMLResponse:
    _must_await(request, assignment_id, Verb.REQUEST_EXTENSION)
    return _extension_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/extension")
def extension(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    try:
        until = form.date("until", "Xin đến ngày")
        if until is None:
            raise Refused("Xin đến ngày: chưa chọn ngày.", "Until: choose a day.")
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            submission = _submission(assignment_id, form)
            verbs.request_extension(
                session, assignment_id, until, form.text("reason"), context_of(request), submission=submission
            )
    except Refused as refused:
        return _extension_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}", flash="extension_requested")


@router.get("/assignments/{assignment_id}/files/{file_id}")
def file(request: Request, assignment_id: RowId, file_id: RowId) -> Response:
    return download(request, assignment_id, file_id)


def download(request: Request, assignment_id: int, file_id: int) -> FileResponse:
    """A file as it was laid to a report, always as a download: it is never shown by the portal itself."""
    with reading_session(store_of(request).engine) as session:
        work_of_file = get_visible_assignment(session, request, assignment_id).assignment
        found, path = attachment_file(session, store_of(request).settings, assignment_id, file_id)
        if found.report_id is None and work_of_file.office != visitor_of(request).office:
            raise NotFound(f"Không có tệp số {file_id}.", f"There is no file {file_id}.")
    return FileResponse(path, media_type=found.media_type, filename=found.name)


def report_content(report_form: ReportForm, form: FormReader) -> ReportContent:
    """The report as typed; raises ``InvalidReport`` naming every field that cannot be read."""
    faults: list[Refused] = []
    counts: dict[str, int] = {}
    for field in report_form.counts:
        try:
            value = form.count(field.key, f"{field.key} ({field.label_vi})")
        except Refused as fault:
            faults.append(fault)
        else:
            if value is not None:
                counts[field.key] = value
    document_date = None
    try:
        document_date = form.date("document_date", "Ngày văn bản")
    except Refused as fault:
        faults.append(fault)
    if faults:
        raise InvalidReport(
            f"Báo cáo chưa gửi được, còn {len(faults)} chỗ phải sửa:",
            f"The report was not accepted; {len(faults)} faults:",
            details=faults,
        )
    return ReportContent(
        counts=counts,
        document_number=form.text("document_number") or None,
        document_date=document_date,
        **{name: form.text(name) for name in TEXTS},
    )


# --- what the pages share --------------------------------------------------------------------------------


def _must_await(request: Request, assignment_id: int, verb: Verb) -> None:
    """Nobody fills in a form that could not be sent; raises ``TransitionRefused``."""
    with reading_session(store_of(request).engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        if (assignment.state, verb) not in TRANSITIONS:
            raise TransitionRefused(assignment_id, assignment.state, verb)


def _is_there(request: Request, assignment_id: int, form: FormReader) -> bool:
    """Whether this very form, as it is filled in now, was handed in before by a first press of the button."""
    store = store_of(request)
    with reading_session(store.engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        there = report_of_submission(session, _submission(assignment_id, form))
        if there is None or form.text("action") != "send":
            return False
        try:
            return there.says(report_content(store.plan.subtask(assignment.subtask).form(assignment.step), form))
        except Refused:
            return False


def _hand_in(request: Request, assignment_id: int, form: FormReader) -> None:
    store = store_of(request)
    with session_scope(store.engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        content = report_content(store.plan.subtask(assignment.subtask).form(assignment.step), form)
        verbs.report(session, assignment_id, content, context_of(request), submission=_submission(assignment_id, form))


def _save(request: Request, assignment_id: int, form: FormReader) -> Refused | None:
    """Keep what is typed, as far as it may be kept; gives what may not."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        fields = form.only(field_labels(store.plan.subtask(assignment.subtask).form(assignment.step)))
        return save_draft(session, assignment_id, fields, context_of(request))


def _take_in(request: Request, assignment_id: int, files: Iterable[UploadFile]) -> None:
    """Examine each file and lay it to the assignment; raises ``Refused`` naming the first that may not be taken."""
    for each in files:
        examined = examine(each.filename or "", each.file)
        with session_scope(store_of(request).engine) as session:
            get_own_assignment(session, request, assignment_id)
            add_attachment(session, store_of(request).settings, assignment_id, examined, context_of(request))


def _remove(request: Request, assignment_id: int, file_id: int) -> None:
    store = store_of(request)
    with session_scope(store.engine) as session:
        get_own_assignment(session, request, assignment_id)
        content = remove_attachment(session, assignment_id, file_id, context_of(request))
    if content is not None:
        with session_scope(store.engine) as session:
            discard_content(session, store.settings, content)


def _report_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        get_own_assignment(session, request, assignment_id)
        found = get_visible_assignment(session, request, assignment_id)
        kept = draft_of(session, assignment_id)
        files = waiting_attachments(session, assignment_id)
    assignment = found.assignment
    subtask = store.plan.subtask(assignment.subtask)
    report_form = subtask.form(assignment.step)
    return page(
        request,
        "report.html",
        status_of(refused) if refused else 200,
        found=found,
        assignment=assignment,
        subtask=subtask,
        report_form=report_form,
        form=form or FormReader(_first_fields(found, kept)),
        submission=(form and form.text("submission")) or uuid4().hex,
        files=files,
        kept_at=kept.saved_at if kept else None,
        refused=refused,
        faults=_by_field(refused, report_form, language_of(request)),
        group_reports={each.assignment_id: each for each in found.group_reports},
        max_files=MAX_FILES,
        max_text=MAX_TEXT,
        texts=TEXTS,
    )


def _first_fields(found: History, kept: ReportDraft | None) -> dict[str, str]:
    """The draft, or the report that was returned, so that it can be corrected rather than written again."""
    if kept is not None:
        return kept.fields
    returned = found.reports[-1] if found.reports else None
    if returned is None:
        return {}
    return {
        **{key: str(value) for key, value in returned.counts.items()},
        "document_number": returned.document_number or "",
        "document_date": returned.document_date.isoformat() if returned.document_date else "",
        **{name: getattr(returned, name) for name in TEXTS},
    }


_LABELS = {
    "Số văn bản": "document_number",
    "Văn bản": "document_number",
    "Ngày văn bản": "document_date",
    **{vi: name for name, (vi, _) in TEXTS.items()},
}


def _by_field(refused: Refused | None, report_form: ReportForm, language: Language) -> dict[str, list[str]]:
    """The faults of a report by the field they begin with, so that each stands where it is to be mended.

    A fault of no single field, as when counts do not agree, stands under no name.
    """
    faults: dict[str, list[str]] = {}
    if refused is None:
        return faults
    for vi, told in zip(refused.details, refused.details_en if language == "en" else refused.details, strict=True):
        name = vi.partition(":")[0].partition(" (")[0]
        name = _LABELS.get(name, name)
        if name in field_labels(report_form):
            faults.setdefault(name, []).append(told.partition(":")[2].strip())
        else:
            faults.setdefault("", []).append(told)
    return faults


def _extension_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        get_own_assignment(session, request, assignment_id)
        found = get_visible_assignment(session, request, assignment_id)
    return page(
        request,
        "extension.html",
        status_of(refused) if refused else 200,
        found=found,
        assignment=found.assignment,
        form=form or FormReader({}),
        submission=(form and form.text("submission")) or uuid4().hex,
        refused=refused,
    )


def _submission(assignment_id: int, form: FormReader) -> str:
    """Names one filling-in of a form; the assignment_id keeps one page's name from standing for another's."""
    return f"{assignment_id}-{form.text('submission')[:40]}"
