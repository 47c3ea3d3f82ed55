"""Urging letters on paper: recorded as sent by the coordinator, read by the office they went to."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from sqlmodel import Session, and_
from starlette.datastructures import UploadFile

from config.clock import local_date
from config.errors import Refused
from config.rules.due_words import days_late
from intake.files.evidence import examine_all
from models.alerts.status import in_directive, is_open
from models.store.database import reading_session, session_scope
from models.work.attachments import intact_path
from models.work.lists.urging_letters import ListedLetter, letter_numbered, letters_to, no_letter
from models.work.parties import own_work
from models.work.verbs.urging import LONGEST_NUMBER, LetterToRecord
from notifications.words.urging_letter import urge_in_writing
from portal.form import FormReader, Upload, read_upload
from portal.problems import form_page
from portal.query import read_query
from portal.sign_in.session import VisitorRole
from portal.web import RowId, context_of, now_of, see_other, store_of, visitor_of
from reports.papers.document import DAYS_TO_ANSWER
from reports.papers.office_letters import assignments_for_paper

router = APIRouter()

_HOME = "/desk/urging/{office}"
ROWS_OFFERED = 300
"""Assignments that can be chosen on the page, the earliest due first."""


@router.get(_HOME, response_class=HTMLResponse)
def of_office(request: Request, office: str) -> HTMLResponse:
    """The letters to an office, and the form that records one."""
    return _page(request, office, read_query(request, ("directive",)).get("directive"))


@router.post(_HOME, response_class=HTMLResponse)
def record(request: Request, office: str, upload: Upload = Depends(read_upload)) -> Response:
    """Put a letter on record and tell its office, one transaction."""
    store, form = store_of(request), upload.form
    directive = store.plan.directive(form.text("directive") or None).code
    try:
        letter = _letter(store.plan.office_named(office).code, directive, form)
        put_on_record(request, letter, upload.files[:1])
    except Refused as refused:
        return _page(request, office, directive, refused=refused, form=form)
    chosen = f"?directive={directive}" if store.plan.has_several else ""
    return see_other(f"/desk/urging/{letter.office}{chosen}", flash="urged_in_writing")


def put_on_record(request: Request, letter: LetterToRecord, files: Sequence[UploadFile]) -> int:
    """Put a letter on record with its paper and tell its office, one transaction; returns its number in the store."""
    store = store_of(request)
    examined, fault = examine_all((each.filename or "", each.file) for each in files)
    if fault:
        raise fault
    with session_scope(store.engine) as session:
        return urge_in_writing(session, store, letter, next(iter(examined), None), context_of(request)).id or 0


def _letter(office: str, directive: str, form: FormReader) -> LetterToRecord:
    replaces = form.count("corrects", "Thay cho văn bản", "In place of letter")
    return LetterToRecord(
        office=office,
        directive=directive,
        number=form.text("number"),
        issued_on=form.required_date("issued_on", "Ngày văn bản", "Date of the letter"),
        answer_by=form.required_date("answer_by", "Trả lời chậm nhất ngày", "Reply requested by"),
        assignments=frozenset(int(each) for each in form.each("assignments") if _is_number(each)),
        corrects=replaces,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _page(
    request: Request,
    office: str,
    directive: str | None,
    *,
    refused: Refused | None = None,
    form: FormReader | None = None,
) -> HTMLResponse:
    store, now = store_of(request), now_of(request)
    plan, today = store.plan, local_date(now)
    followed, code = plan.directive(directive), plan.office_named(office).code
    calendar = store.calendar.of(plan.priorities_of(followed.code)[0].code)
    with reading_session(store.engine) as session:
        connection = session.connection()
        own = and_(own_work(connection, code), in_directive(plan, followed), is_open)
        rows = assignments_for_paper(connection, own, limit=ROWS_OFFERED)
        letters = letters_to(session, code, followed.code)
    late = {row.id: days_late(row, store.calendar.of(plan.priority_of(row.subtask)), today) for row in rows}
    chosen = set(form.each("assignments")) if form else {str(number) for number, days in late.items() if days}
    return form_page(
        request,
        "urging.html",
        refused,
        form,
        office=code,
        directive=followed,
        rows=rows,
        late=late,
        chosen=chosen,
        letters=letters,
        longest_number=LONGEST_NUMBER,
        answer_by=calendar.add(today, DAYS_TO_ANSWER),
        issued_on=today,
    )


@router.get("/urging/{letter_id}")
def paper(request: Request, letter_id: RowId) -> FileResponse:
    """The paper of a letter, always as a download; for its office, and accounts that have its directive."""
    with reading_session(store_of(request).engine) as session:
        found = visible_letter(session, request, letter_id).letter
    path = intact_path(store_of(request).settings, found.sha256, found.name)
    return FileResponse(path, media_type=found.media_type, filename=found.name)


def visible_letter(session: Session, request: Request, letter_id: int) -> ListedLetter:
    """A letter that the visitor may read; raises ``NotFound`` for any other."""
    plan, visitor = store_of(request).plan, visitor_of(request)
    found = letter_numbered(session, letter_id)
    office, directive = found.letter.office, found.letter.directive
    current = plan.current_office(office, local_date(now_of(request)))
    theirs = visitor.role is not VisitorRole.OFFICE or visitor.office in (office, current)
    if directive not in {each.code for each in plan.directives} or not theirs:
        raise no_letter(letter_id)
    return found
