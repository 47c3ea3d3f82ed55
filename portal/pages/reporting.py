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
from models.tables.report import ReportContent, ReportDraft
from models.work import verbs
from models.work.attachments import (
    MAX_FILES,
    add_attachment,
    attachment_file,
    discard_content,
    remove_attachment,
    waiting_attachments,
)
from models.work.queries import History, report_of_submission
from models.work.report_drafts import draft_of, save_draft
from models.work.report_form import MAX_TEXT, TEXTS, field_labels
from portal.form import FormReader, Sent, entered_of, sent_of
from portal.pages.assignment import own, seen
from portal.problems import status_of
from portal.web import Number, context_of, language_of, now_of, page, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/work/{number}/report")
def report_form(request: Request, number: Number) -> HTMLResponse:
    _must_await(request, number, Verb.REPORT)
    return _report_page(request, number)


@router.post("/work/{number}/report")
def report(request: Request, number: Number, sent: Sent = Depends(sent_of)) -> Response:
    """Every button of the form comes here. Files are taken in and the draft is kept first, whatever is asked for."""
    entered = sent.entered
    try:
        if _is_there(request, number, entered):
            return see_other(f"/work/{number}", said="reported")
        refused = _save(request, number, entered)
        _take_in(request, number, sent.files)
        if refused:
            raise refused
        match entered.text("action").split("-"):
            case ["save"]:
                return see_other(f"/work/{number}", said="saved")
            case ["attach"]:
                return see_other(f"/work/{number}/report#files", said="attached")
            case ["remove", file_id] if file_id.isascii() and file_id.isdigit() and len(file_id) < 10:
                _remove(request, number, int(file_id))
                return see_other(f"/work/{number}/report#files", said="removed")
        _hand_in(request, number, entered)
    except Refused as fault:
        return _report_page(request, number, refused=fault, entered=entered)
    return see_other(f"/work/{number}", said="reported")


@router.post("/work/{number}/draft")
def draft(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    """Keeps what is typed while it is typed; says when, or what of it may not be kept."""
    refused = _save(request, number, entered)
    return page(request, "draft_kept.html", refused=refused, at=now_of(request))


@router.get("/work/{number}/extension")
def extension_form(request: Request, number: Number) -> HTMLResponse:
    _must_await(request, number, Verb.REQUEST_EXTENSION)
    return _extension_page(request, number)


@router.post("/work/{number}/extension")
def extension(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    try:
        until = entered.date("until", "Xin đến ngày")
        if until is None:
            raise Refused("Xin đến ngày: chưa chọn ngày.", "Until: choose a day.")
        with session_scope(store_of(request).engine) as session:
            own(session, request, number)
            submission = _submission(number, entered)
            verbs.request_extension(
                session, number, until, entered.text("reason"), context_of(request), submission=submission
            )
    except Refused as refused:
        return _extension_page(request, number, refused=refused, entered=entered)
    return see_other(f"/work/{number}", said="asked")


@router.get("/work/{number}/files/{file_id}")
def file(request: Request, number: Number, file_id: Number) -> Response:
    return download(request, number, file_id)


def download(request: Request, number: int, file_id: int) -> FileResponse:
    """A file as it was laid to a report, always as a download: it is never shown by the portal itself."""
    with reading_session(store_of(request).engine) as session:
        work_of_file = seen(session, request, number).assignment
        found, path = attachment_file(session, store_of(request).settings, number, file_id)
        if found.report_id is None and work_of_file.office != visitor_of(request).office:
            raise NotFound(f"Không có tệp số {file_id}.", f"There is no file {file_id}.")
    return FileResponse(path, media_type=found.media_type, filename=found.name)


def report_content(form: ReportForm, entered: FormReader) -> ReportContent:
    """The report as typed; raises ``InvalidReport`` naming every field that cannot be read."""
    faults: list[Refused] = []
    counts: dict[str, int] = {}
    for field in form.counts:
        try:
            value = entered.count(field.key, f"{field.key} ({field.label_vi})")
        except Refused as fault:
            faults.append(fault)
        else:
            if value is not None:
                counts[field.key] = value
    document_date = None
    try:
        document_date = entered.date("document_date", "Ngày văn bản")
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
        document_number=entered.text("document_number") or None,
        document_date=document_date,
        **{name: entered.text(name) for name in TEXTS},
    )


# --- what the pages share --------------------------------------------------------------------------------


def _must_await(request: Request, number: int, verb: Verb) -> None:
    """Nobody fills in a form that could not be sent; raises ``TransitionRefused``."""
    with reading_session(store_of(request).engine) as session:
        assignment = own(session, request, number)
        if (assignment.state, verb) not in TRANSITIONS:
            raise TransitionRefused(number, assignment.state, verb)


def _is_there(request: Request, number: int, entered: FormReader) -> bool:
    """Whether this very form, as it is filled in now, was handed in before by a first press of the button."""
    store = store_of(request)
    with reading_session(store.engine) as session:
        assignment = own(session, request, number)
        there = report_of_submission(session, _submission(number, entered))
        if there is None or entered.text("action") != "send":
            return False
        try:
            return there.says(report_content(store.plan.subtask(assignment.subtask).form(assignment.step), entered))
        except Refused:
            return False


def _hand_in(request: Request, number: int, entered: FormReader) -> None:
    store = store_of(request)
    with session_scope(store.engine) as session:
        assignment = own(session, request, number)
        content = report_content(store.plan.subtask(assignment.subtask).form(assignment.step), entered)
        verbs.report(session, number, content, context_of(request), submission=_submission(number, entered))


def _save(request: Request, number: int, entered: FormReader) -> Refused | None:
    """Keep what is typed, as far as it may be kept; gives what may not."""
    store = store_of(request)
    with session_scope(store.engine) as session:
        assignment = own(session, request, number)
        fields = entered.among(field_labels(store.plan.subtask(assignment.subtask).form(assignment.step)))
        return save_draft(session, number, fields, context_of(request))


def _take_in(request: Request, number: int, files: Iterable[UploadFile]) -> None:
    """Examine each file and lay it to the assignment; raises ``Refused`` naming the first that may not be taken."""
    for each in files:
        examined = examine(each.filename or "", each.file)
        with session_scope(store_of(request).engine) as session:
            own(session, request, number)
            add_attachment(session, store_of(request).settings, number, examined, context_of(request))


def _remove(request: Request, number: int, file_id: int) -> None:
    store = store_of(request)
    with session_scope(store.engine) as session:
        own(session, request, number)
        content = remove_attachment(session, number, file_id, context_of(request))
    if content is not None:
        with session_scope(store.engine) as session:
            discard_content(session, store.settings, content)


def _report_page(
    request: Request, number: int, *, refused: Refused | None = None, entered: FormReader | None = None
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        own(session, request, number)
        found = seen(session, request, number)
        kept = draft_of(session, number)
        files = waiting_attachments(session, number)
    assignment = found.assignment
    subtask = store.plan.subtask(assignment.subtask)
    form = subtask.form(assignment.step)
    return page(
        request,
        "report.html",
        status_of(refused) if refused else 200,
        found=found,
        assignment=assignment,
        subtask=subtask,
        form=form,
        entered=entered or FormReader(_first_fields(found, kept)),
        submission=(entered and entered.text("submission")) or uuid4().hex,
        files=files,
        kept_at=kept.saved_at if kept else None,
        refused=refused,
        faults=_by_field(refused, form, language_of(request)),
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


def _by_field(refused: Refused | None, form: ReportForm, language: Language) -> dict[str, list[str]]:
    """The faults of a report by the field they begin with, so that each stands where it is to be mended.

    A fault of no single field, as when counts do not agree, stands under no name.
    """
    faults: dict[str, list[str]] = {}
    if refused is None:
        return faults
    for vi, told in zip(refused.details, refused.details_en if language == "en" else refused.details, strict=True):
        name = vi.partition(":")[0].partition(" (")[0]
        name = _LABELS.get(name, name)
        if name in field_labels(form):
            faults.setdefault(name, []).append(told.partition(":")[2].strip())
        else:
            faults.setdefault("", []).append(told)
    return faults


def _extension_page(
    request: Request, number: int, *, refused: Refused | None = None, entered: FormReader | None = None
) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        own(session, request, number)
        found = seen(session, request, number)
    return page(
        request,
        "extension.html",
        status_of(refused) if refused else 200,
        found=found,
        assignment=found.assignment,
        entered=entered or FormReader({}),
        submission=(entered and entered.text("submission")) or uuid4().hex,
        refused=refused,
    )


def _submission(number: int, entered: FormReader) -> str:
    """Names one filling-in of a form; the number keeps one page's name from standing for another's."""
    return f"{number}-{entered.text('submission')[:40]}"
