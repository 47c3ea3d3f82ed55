"""Bringing in a directive: a file or pasted text becomes a draft that is kept until it is launched or dropped."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from config.errors import Refused
from intake.directives.correcting.bringing_in import bring_in
from intake.directives.correcting.rows import RowState, rows_from
from intake.files.evidence import clean_name
from models.plans.directive_drafts import drop_directive, open_directive_drafts
from models.store.database import reading_session, session_scope
from models.tables.edition import DirectiveDraft
from portal.form import FormReader, Upload, read_form, read_upload
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

HOME = "/desk/intake"

_PASTED = "văn bản dán.txt"


@router.get(HOME)
def drafts(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(HOME)
def take_in(request: Request, upload: Upload = Depends(read_upload)) -> Response:
    """Read a file or what was pasted, draft its tasks, and go on to correct them."""
    try:
        number, drafted = brought_in(request, upload.form.text("text"), upload.files)
    except Refused as refused:
        return _page(request, refused=refused, form=upload.form)
    return see_other(f"{HOME}/{number}", flash="directive_read", count=drafted)


@router.post(f"{HOME}/{{draft_id}}/drop")
def drop(request: Request, draft_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Put a draft away."""
    try:
        with session_scope(store_of(request).engine) as session:
            drop_directive(session, draft_id, context_of(request))
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return see_other(HOME, flash="directive_dropped")


def brought_in(request: Request, pasted: str, files: Sequence[UploadFile]) -> tuple[int, int]:
    """Keep the draft of a text or a file; returns its number and how many tasks were drafted."""
    name, file = _sent(pasted, files)
    return bring_in(store_of(request), name, file, context_of(request))


def _sent(pasted: str, files: Sequence[UploadFile]) -> tuple[str, BinaryIO]:
    if pasted and files:
        raise Refused(
            "Chọn một trong hai: tệp, hoặc nội dung dán; bỏ trống ô kia.",
            "Give either a file or pasted text; leave the other one empty.",
        )
    if pasted:
        return _PASTED, BytesIO(pasted.encode())
    if len(files) != 1:
        raise Refused(
            "Chọn tệp văn bản (.docx, .xlsx, PDF có chữ, .txt), hoặc dán nội dung.",
            "Choose the directive's file (.docx, .xlsx, PDF with text, .txt), or paste its text.",
        )
    (file,) = files
    return clean_name(file.filename or ""), file.file


def _page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    with reading_session(store_of(request).engine) as session:
        found = [(each, counts_of(each)) for each in open_directive_drafts(session)]
    return form_page(request, "intake.html", refused, form, drafts=found)


def counts_of(draft: DirectiveDraft) -> dict[str, int]:
    """How many rows of a draft are in each state."""
    rows = rows_from(draft.tasks)
    return {state.value: sum(row.state is state for row in rows) for state in RowState}
