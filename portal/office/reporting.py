"""The report page of an office. Whatever is refused, what was typed stays on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from config.boundary import look_through
from config.catalogue.demands import Target
from config.catalogue.subtasks import ReportForm
from config.errors import Refused
from config.rules.periods import period_in_words
from intake.files.evidence import all_of, examine_all
from models.store.audit import lock_audit_chain
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import TransitionRefused
from models.tables.lifecycle import ReportState, State, Verb
from models.tables.report import ReportContent
from models.work import verbs
from models.work.attachments import (
    MAX_FILES,
    ExaminedFile,
    add_attachment,
    attachments_of,
    discard_content,
    remove_attachment,
    waiting_attachments,
)
from models.work.group import inputs_to
from models.work.locked_assignment import waiting_report
from models.work.queries import report_of_submission
from models.work.report_form import (
    MAX_TEXT,
    TEXTS,
    check_report,
    data_span,
    draft_of,
    earlier_report,
    field_labels,
    files_kept,
    save_draft,
    targets_of,
)
from portal.form import FormReader, Upload, read_form, read_upload, submission_key
from portal.office.report_fields import faults_by_field, first_fields, kept_files, report_content, uneven
from portal.pages.assignment import get_own_assignment, get_visible_assignment, require_transition
from portal.problems import form_page
from portal.web import RowId, context_of, language_of, now_of, page, see_other, store_of
from reports.targets import compared_in_words, wanted_in_words

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/assignments/{assignment_id}/report")
def report_form(request: Request, assignment_id: RowId) -> HTMLResponse:
    return _report_page(request, assignment_id)


@router.post("/assignments/{assignment_id}/report")
def report(request: Request, assignment_id: RowId, upload: Upload = Depends(read_upload)) -> Response:
    """Every button of the form comes here. Whichever it is, the draft and the files that may be kept are kept."""
    examined, file_fault = _examine(request, assignment_id, upload.files)
    look_through(text for _, text in upload.form.all(but=("csrf", "action", "submission")))
    here = f"/assignments/{assignment_id}"
    try:
        with session_scope(store_of(request).engine) as session:
            done = _carry_out(session, request, assignment_id, upload.form, examined, file_fault)
    except Refused as refused:  # nothing could be kept
        return _report_page(request, assignment_id, refused=refused, form=upload.form)
    if done.refused is not None:
        return _report_page(request, assignment_id, refused=done.refused, form=upload.form)
    if done.preview is not None:
        return _preview_page(request, assignment_id, done.preview, upload.form)
    if done.removed_content is not None:
        with session_scope(store_of(request).engine) as session:
            discard_content(session, store_of(request).settings, done.removed_content)
    return see_other(f"{here}/report#files" if done.flash in ("attached", "removed") else here, flash=done.flash)


@router.post("/assignments/{assignment_id}/draft")
def draft(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Keep what is typed while it is typed; the answer says when, or what of it may not be kept."""
    with session_scope(store_of(request).engine) as session:
        refused = _save(session, request, get_own_assignment(session, request, assignment_id), form)
    return page(request, "draft_kept.html", refused=refused, at=now_of(request))


@dataclass(frozen=True)
class _Done:
    """What a press of a button has come to; ``refused`` is what was not done, while the draft and files are kept.

    preview          what would be sent, when that is asked for
    removed_content  the hash of a removed file, whose bytes may go once the transaction is committed
    """

    flash: str = ""
    refused: Refused | None = None
    preview: ReportContent | None = None
    removed_content: str | None = None


def _carry_out(
    session: Session,
    request: Request,
    assignment_id: int,
    form: FormReader,
    examined: Sequence[ExaminedFile],
    file_fault: Refused | None,
) -> _Done:
    """Save the draft, take the files in, then do what the button says, in one transaction.

    Handing in has a savepoint: its refusal undoes nothing but itself. Raises ``Refused`` when nothing may be kept.
    """
    lock_audit_chain(session)  # a second press waits here, and finds what the first has done
    assignment = get_own_assignment(session, request, assignment_id)
    context, settings = context_of(request), store_of(request).settings
    action = form.text("action").split("-")
    corrects = form.count("corrects", "Lần báo cáo", "Report no.")
    told = "reported" if corrects is None else "corrected"
    if action == ["send"] and _is_handed_in(session, request, assignment, form):
        return _Done(told)
    # What is sent needs no draft, unless it is refused.
    draft_fault = None if action == ["send"] else _save(session, request, assignment, form)
    file_faults = [file_fault] if file_fault else []
    try:
        for each in examined:
            try:
                add_attachment(session, settings, assignment_id, each, context)
            except TransitionRefused:
                raise
            except Refused as fault:  # the others may still be taken
                file_faults.append(fault)
        if not_kept := all_of(file_faults) or draft_fault:
            raise not_kept
        match action:
            case ["save"]:
                return _Done("saved")
            case ["attach"]:
                return _Done("attached")
            case ["remove", file_id] if file_id.isascii() and file_id.isdigit() and len(file_id) < 10:
                removed = remove_attachment(session, assignment_id, int(file_id), context)
                return _Done("removed", removed_content=removed)
        content = report_content(_report_form(request, assignment), _targets(request, assignment), form)
        if action == ["preview"]:
            subtask = store_of(request).plan.subtask(assignment.subtask)
            check_report(subtask, assignment.step, assignment.role, content, today=context.today)
            return _Done(preview=content)
        with session.begin_nested():
            verbs.report(
                session,
                assignment_id,
                content,
                context,
                corrects=corrects,
                keep=kept_files(form),
                submission=_submission(assignment_id, form),
            )
    except Refused as refused:
        draft_fault = _save(session, request, assignment, form) if action == ["send"] else None
        return _Done(refused=refused if file_faults else draft_fault or refused)
    return _Done(told)


def _examine(
    request: Request, assignment_id: int, files: Sequence[UploadFile]
) -> tuple[list[ExaminedFile], Refused | None]:
    """The files that may be taken, and why any other may not; before the transaction, as it takes time."""
    if not files:
        return [], None
    with reading_session(store_of(request).engine) as session:
        get_own_assignment(session, request, assignment_id)
    return examine_all((each.filename or "", each.file) for each in files)


def _is_handed_in(session: Session, request: Request, assignment: Assignment, form: FormReader) -> bool:
    """Whether this form, as it is filled in now, was handed in before by a first press of the button."""
    there = report_of_submission(session, _submission(assignment.id or 0, form))
    if there is None or there.state is ReportState.TAKEN_BACK:
        return False
    try:
        return there.says(report_content(_report_form(request, assignment), _targets(request, assignment), form))
    except Refused:
        return False


def _save(session: Session, request: Request, assignment: Assignment, form: FormReader) -> Refused | None:
    """Keep what is typed, as far as it may be kept; returns what may not."""
    fields = form.only(field_labels(_report_form(request, assignment)))
    corrects, files = form.count("corrects", "Lần báo cáo", "Report no."), kept_files(form)
    keep = None if corrects is None or files is None else (corrects, files)
    return save_draft(session, assignment.id or 0, fields, context_of(request), keep=keep)


def _report_form(request: Request, assignment: Assignment) -> ReportForm:
    return store_of(request).plan.subtask(assignment.subtask).form(assignment.step)


def _targets(request: Request, assignment: Assignment) -> Mapping[str, Target]:
    return targets_of(store_of(request).plan.subtask(assignment.subtask), assignment.step)


def _submission(assignment_id: int, form: FormReader) -> str:
    return submission_key(assignment_id, form.text("submission"))


def _report_page(
    request: Request, assignment_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    """The form with the draft, after a refusal with what was typed.

    Raises ``TransitionRefused`` for a form that could not be handed in.
    """
    store = store_of(request)
    with reading_session(store.engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        if refused is None and assignment.state is not State.REPORTED:
            require_transition(assignment, Verb.REPORT)
        found = get_visible_assignment(session, request, assignment_id)
        kept = draft_of(session, assignment_id)
        files = waiting_attachments(session, assignment_id)
        sent = waiting_report(session, assignment_id)
        sent_files = attachments_of(session, assignment_id).get(sent.id or 0, []) if sent else []
        before, inputs = earlier_report(session, assignment), inputs_to(session, assignment, found.group)
    report_form = _report_form(request, assignment)
    return form_page(
        request,
        "report.html",
        refused,
        form or FormReader(first_fields(found, kept)),
        found=found,
        assignment=assignment,
        subtask=store.plan.subtask(assignment.subtask),
        report_form=report_form,
        targets=_targets(request, assignment),
        wanted_in_words=wanted_in_words,
        files=files,
        sent=sent,
        sent_files=sent_files,
        keep=kept_files(form) if form else files_kept(kept, sent.version) if sent else None,
        span=data_span(assignment, context_of(request)),
        before=before,
        uneven=uneven(report_form, form) if refused and form else frozenset(),
        period_in_words=period_in_words,
        past_due=assignment.due_at <= now_of(request),
        kept_at=kept.saved_at if kept else None,
        faults=faults_by_field(refused, report_form, language_of(request)),
        inputs=inputs,
        max_files=MAX_FILES,
        max_text=MAX_TEXT,
        texts=TEXTS,
    )


def _preview_page(request: Request, assignment_id: int, content: ReportContent, form: FormReader) -> HTMLResponse:
    """What would be sent, as the coordinator will read it; nothing is sent yet."""
    store = store_of(request)
    with reading_session(store.engine) as session:
        assignment = get_own_assignment(session, request, assignment_id)
        found = get_visible_assignment(session, request, assignment_id)
        sent = waiting_report(session, assignment_id)
        kept = kept_files(form)
        old = attachments_of(session, assignment_id).get(sent.id or 0, []) if sent else []
        stay = (each for each in old if kept is None or each.id in kept)
        files = [*stay, *waiting_attachments(session, assignment_id)]
    return form_page(
        request,
        "report_preview.html",
        None,
        form,
        found=found,
        assignment=assignment,
        content=content,
        files=files,
        report_form=_report_form(request, assignment),
        targets=_targets(request, assignment),
        compared_in_words=compared_in_words,
        past_due=assignment.due_at <= now_of(request),
        sent_as=form.all(but=("csrf", "action")),
    )
