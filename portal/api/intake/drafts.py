"""A directive's text for programs: brought in, its tasks read with their place and how sure they are, corrected."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from intake.directives.correcting import acts
from intake.directives.correcting.launching import sheet_kept
from intake.directives.correcting.passages import PassageReader
from intake.directives.correcting.rows import Row, Sheet
from intake.directives.correcting.seen import change_seen, split_seen
from models.plans.directive_drafts import directive_draft, drop_directive, open_directive_drafts
from models.store.database import reading_session, session_scope
from models.tables.edition import DirectiveDraft
from portal.api.intake.shapes import (
    DeadlineRead,
    DraftDetail,
    DraftEntry,
    DraftList,
    MeantOffices,
    NewPassage,
    OfficeRead,
    Passage,
    RowChange,
    RowEntry,
    RowsDecision,
    RowSplit,
)
from portal.api.shapes import REFUSALS
from portal.form import clean
from portal.intake.correcting import add_passage, change_draft, decide_rows, name_meant
from portal.intake.uploading import brought_in, counts_of
from portal.web import RowId, context_of, store_of

router = APIRouter(prefix="/api/v1", tags=["intake"], responses=REFUSALS)

_ONE = "/intake/{draft_id}"


@router.get("/intake")
def list_drafts(request: Request) -> DraftList:
    """The texts that are being corrected."""
    with reading_session(store_of(request).engine) as session:
        return DraftList(items=[_entry(each) for each in open_directive_drafts(session)])


@router.post("/intake", status_code=201)
def bring_in_directive(
    request: Request,
    text: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> DraftDetail:
    """Read a directive's text, or its file (.docx, .xlsx, PDF with text, .txt), into a draft that nobody is assigned by
    yet; the same text once more is the same draft. Sent as a form."""
    number, _ = brought_in(request, clean(text).strip(), [file] if file else [])
    return get_draft(request, number)


@router.get(_ONE)
def get_draft(request: Request, draft_id: RowId) -> DraftDetail:
    """A draft with its text and its tasks."""
    with reading_session(store_of(request).engine) as session:
        draft = directive_draft(session, draft_id)
    sheet, notes = sheet_kept(draft), draft.layout["notes"]
    return DraftDetail(
        **vars(_entry(draft)),
        ended_at=draft.ended_at,
        directive=draft.directive or None,
        text=draft.text,
        notes=[vi for vi, _ in notes],
        notes_en=[en for _, en in notes],
        tasks=[_row(sheet, each) for each in sheet.rows],
        uncovered=[Passage(start=start, end=end) for start, end in sheet.uncovered],
        unknown_offices=acts.unknown_offices(sheet),
    )


@router.post(f"{_ONE}/rows")
def decide_on_rows(request: Request, draft_id: RowId, body: RowsDecision) -> DraftDetail:
    """Confirm, drop, restore or merge rows."""
    decide_rows(request, draft_id, body.act, body.rows)
    return get_draft(request, draft_id)


@router.post(f"{_ONE}/rows/{{row}}")
def change_row(request: Request, draft_id: RowId, row: RowId, body: RowChange) -> DraftDetail:
    """Correct a row, and confirm it; sent once more, what stands already is no change."""

    def done(sheet: Sheet, reader: PassageReader) -> Sheet:
        typed = _typed(acts.live_row(sheet, row), body)
        return change_seen(sheet, row, body.seen, typed, reader, confirm=body.confirm)

    change_draft(request, draft_id, done)
    return get_draft(request, draft_id)


@router.post(f"{_ONE}/rows/{{row}}/split")
def split_row(request: Request, draft_id: RowId, row: RowId, body: RowSplit) -> DraftDetail:
    """Make two rows of one; sent once more, they are the two that are there."""

    def done(sheet: Sheet, reader: PassageReader) -> Sheet:
        there = acts.as_typed(acts.live_row(sheet, row).task)
        return split_seen(sheet, row, body.seen, there, body.point, reader)

    change_draft(request, draft_id, done)
    return get_draft(request, draft_id)


@router.post(f"{_ONE}/add")
def add_row(request: Request, draft_id: RowId, body: NewPassage) -> DraftDetail:
    """Make a row of a passage; the same once more changes nothing as long as the row is as it was read."""
    add_passage(request, draft_id, body.start, body.end)
    return get_draft(request, draft_id)


@router.post(f"{_ONE}/offices")
def name_offices(request: Request, draft_id: RowId, body: MeantOffices) -> DraftDetail:
    """Say which offices are meant by words of the text."""
    name_meant(request, draft_id, body.offices)
    return get_draft(request, draft_id)


@router.post(f"{_ONE}/drop")
def drop_draft(request: Request, draft_id: RowId) -> DraftList:
    """Put a draft away; its text is kept. Returns those that stay."""
    with session_scope(store_of(request).engine) as session:
        drop_directive(session, draft_id, context_of(request))
    return list_drafts(request)


def _entry(draft: DirectiveDraft) -> DraftEntry:
    return DraftEntry.model_validate({**draft.model_dump(include=_DRAFT_FIELDS), "rows": counts_of(draft)})


_DRAFT_FIELDS = {"id", "name", "created_at", "changed_at"}


def _row(sheet: Sheet, row: Row) -> RowEntry:
    task = row.task
    said = task.deadline
    return RowEntry(
        number=row.number,
        state=row.state,
        ref=task.ref,
        title=task.title,
        quote=task.quote,
        passages=[Passage(start=start, end=end) for start, end in row.own],
        leads=[OfficeRead.model_validate(each) for each in task.leads],
        coordinating=[OfficeRead.model_validate(each) for each in task.coordinating],
        reports_to=[OfficeRead.model_validate(each) for each in task.reported_to],
        role=task.role,
        deadline=said and DeadlineRead.model_validate({**vars(said), "date": said.day}),
        product=task.product or "",
        target=task.target or "",
        kind=task.kind,
        sure=task.sure,
        is_sure=row.is_sure,
        why=list(task.why),
        duplicate_of=task.duplicate_of,
        split_points=[start for start, _ in acts.pieces_of(sheet, row)[1:]],
        seen=row.digest,
    )


def _typed(row: Row, body: RowChange) -> acts.Changes:
    """What a change sends, with the row's own where it sends nothing."""
    there = acts.as_typed(row.task)
    texts = body.model_dump(include={"title", "deadline", "product", "target", "role"}, exclude_none=True)
    offices = {"leads": body.leads, "coordinating": body.coordinating, "report_to": body.reports_to}
    texts |= {name: "\n".join(words) for name, words in offices.items() if words is not None}
    is_again = there.is_again if body.is_duplicate is None else body.is_duplicate
    return replace(there, **{name: clean(text) for name, text in texts.items()}, is_again=is_again)
