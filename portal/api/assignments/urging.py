"""Urging letters on paper for programs: prepared in Word, recorded as issued with their paper, read by their office."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, Response
from pydantic import Field
from sqlmodel import select

from models.store.database import reading_session
from models.tables.outbox import UrgedAssignment
from models.work.lists.urging_letters import letters_to
from models.work.verbs.urging import LetterToRecord
from portal.api.assignments.entries import letter_entry
from portal.api.assignments.shapes import UrgingLetterEntry
from portal.api.shapes import REFUSALS, Day, ResponseBody
from portal.form import clean
from portal.pages.documents import office_paper
from portal.papers.urging import ROWS_OFFERED, paper, put_on_record, visible_letter
from portal.web import RowId, store_of
from reports.papers.document import reminder_document

router = APIRouter(prefix="/api/v1", tags=["urging letters"], responses=REFUSALS)

Number = Annotated[int, Field(ge=1, le=2_147_483_647)]
Office = Annotated[str, Query(max_length=300)]
Directive = Annotated[str, Query(max_length=32)]


class PaperForm(StrEnum):
    """In which form a paper is written; only a coordinator has it signed."""

    DOCX = "docx"
    PDF = "pdf"
    SIGNED = "signed"


class UrgingLetterList(ResponseBody):
    """The latest first."""

    items: list[UrgingLetterEntry]


class UrgingLetterDetail(UrgingLetterEntry):
    """A letter with the ids of the ``assignments`` it is about."""

    assignments: list[int]


@router.get("/urging-letters")
def list_urging_letters(request: Request, office: Office, directive: Directive = "") -> UrgingLetterList:
    """The letters to an office about a directive, the main one unless another is named."""
    plan = store_of(request).plan
    code, followed = plan.office_named(clean(office)).code, plan.directive(clean(directive) or None).code
    with reading_session(store_of(request).engine) as session:
        return UrgingLetterList(items=[letter_entry(each) for each in letters_to(session, code, followed)])


@router.post("/urging-letters", status_code=201)
def record_urging_letter(
    request: Request,
    office: Annotated[str, Form(max_length=300)],
    number: Annotated[str, Form(max_length=300)],
    letter_date: Annotated[Day, Form()],
    reply_until: Annotated[Day, Form()],
    assignments: Annotated[list[Number], Form(min_length=1, max_length=ROWS_OFFERED)],
    file: Annotated[UploadFile, File()],
    directive: Annotated[str, Form(max_length=32)] = "",
    corrects: Annotated[Number | None, Form()] = None,
) -> UrgingLetterDetail:
    """Record a letter that was issued, with its signed paper, and tell its office; the same once more changes nothing.
    Sent as a form."""
    plan = store_of(request).plan
    letter = LetterToRecord(
        office=plan.office_named(clean(office)).code,
        directive=plan.directive(clean(directive) or None).code,
        number=clean(number),
        issued_on=letter_date,
        answer_by=reply_until,
        assignments=frozenset(assignments),
        corrects=corrects,
    )
    return get_urging_letter(request, put_on_record(request, letter, [file]))


@router.get("/urging-letters/draft", response_class=Response)
def draft_urging_letter(
    request: Request, office: Office, directive: Directive = "", form: PaperForm = PaperForm.DOCX
) -> Response:
    """The letter about what an office has not done yet, to be signed: a Word file, or PDF."""
    code = store_of(request).plan.office_named(clean(office)).code
    asked = {"form": form.value} | ({"directive": clean(directive)} if directive else {})
    return office_paper(request, reminder_document, code, "reminder", asked)


@router.get("/urging-letters/{letter_id}")
def get_urging_letter(request: Request, letter_id: RowId) -> UrgingLetterDetail:
    """A letter, for its office and those who follow its directive."""
    with reading_session(store_of(request).engine) as session:
        entry = letter_entry(visible_letter(session, request, letter_id))
        about = select(UrgedAssignment.assignment_id).where(UrgedAssignment.letter_id == letter_id)
        return UrgingLetterDetail(**vars(entry), assignments=sorted(session.exec(about)))


@router.get("/urging-letters/{letter_id}/paper", response_class=FileResponse)
def get_urging_paper(request: Request, letter_id: RowId) -> FileResponse:
    """The bytes of the paper of a letter."""
    return paper(request, letter_id)
