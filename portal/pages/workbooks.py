"""Excel workbooks: the tracking table to download; ad hoc work, offices and contacts imported by the coordinator.

An upload is first only checked; it travels with the page and is checked again when it is confirmed.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from config.clock import local_date
from config.errors import Refused
from intake.files.evidence import clean_name, content_of
from intake.files.office_documents import XLSX
from intake.sheets.contacts import contact_rows
from intake.sheets.fill_in_sheets import choices_of
from intake.sheets.intake import review_workbook
from intake.sheets.offices import office_cells, offices_written
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, OFFICES
from intake.sheets.review import SheetReview
from models.store.database import reading
from models.work.queries import AssignmentFilter
from portal.form import Upload, read_upload
from portal.pages.overview import FILTERS, filter_of
from portal.problems import form_page
from portal.query import parse_choice, read_query
from portal.sign_in.session import VisitorRole
from portal.web import context_of, language_of, now_of, see_other, store_of, visitor_of
from reports.sheets.columns import print_as
from reports.sheets.fill_in_workbook import Row, write_fill_in
from reports.sheets.returned_table import review_returned_table
from reports.sheets.workbook import gather, write_workbook

router = APIRouter()

_PRINTED = ("paper", "columns")

_CHUNK_BYTES = 256 * 1024

_MAX_BYTES = 600 * 1024
"""Of a filled-in form; one with 2,000 rows has a third of that."""


@router.get("/workbook")
def tracking_table(request: Request) -> StreamingResponse:
    """The list of ``/assignments`` with its filter, as a workbook; of an office its own assignments.

    ``?paper=A3`` and ``?columns=`` (several) say how it is printed.
    """
    store, visitor, now = store_of(request), visitor_of(request), now_of(request)
    columns = [key for text in request.query_params.getlist("columns") for key in text.split(",") if key]
    if visitor.role is VisitorRole.OFFICE:
        query = read_query(request, _PRINTED)
        wanted = AssignmentFilter(office=visitor.office)
    else:
        query = read_query(request, (*FILTERS, *_PRINTED))
        wanted = filter_of(store.plan, query, now_of(request), store.calendar)
    printed = print_as(query.get("paper", ""), columns)
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        with TemporaryFile() as spool:
            with reading(store.engine) as connection:
                found = gather(
                    *(connection, store.plan, store.calendar, wanted),
                    now=now,
                    spool=spool,
                    language=language_of(request),
                )
            write_workbook(found, file, printed)
    except BaseException:
        file.close()
        raise
    return download(file, f"bang-theo-doi-{local_date(now):%Y%m%d}.xlsx")


class Sheet(StrEnum):
    """What may come in as a workbook."""

    ASSIGNMENTS = ASSIGNMENTS
    OFFICES = OFFICES
    CONTACTS = CONTACTS


_FILES = {Sheet.ASSIGNMENTS: "giao-viec", Sheet.OFFICES: "danh-ba", Sheet.CONTACTS: "lien-he"}
_DONE = {Sheet.ASSIGNMENTS: "imported", Sheet.OFFICES: "entered", Sheet.CONTACTS: "entered"}


@router.get("/desk/workbook")
def upload_form(request: Request) -> HTMLResponse:
    return _page(request, _kind(request, read_query(request, ("kind",)).get("kind", "")))


@router.get("/desk/workbook/template")
def template(request: Request) -> StreamingResponse:
    """An empty form; of offices and contacts one filled in with what there is, where ``filled`` asks for it."""
    query = read_query(request, ("kind", "filled"))
    kind, store, today = _kind(request, query.get("kind", "")), store_of(request), local_date(now_of(request))
    rows: Sequence[Row] = ()
    if query.get("filled") and kind is Sheet.CONTACTS:
        with reading(store.engine) as connection:
            rows = [dict(row) for row in contact_rows(connection, store.plan, today)]
    elif query.get("filled") and kind is Sheet.OFFICES:
        choices = choices_of(store.plan, today)
        rows = [office_cells(entry, choices) for entry in offices_written(store.plan).values()]
    file = TemporaryFile()  # noqa: SIM115 – as above
    write_fill_in(kind, store.plan, today, file, rows)
    return download(file, f"{_FILES[kind]}.xlsx")


@router.post("/desk/workbook")
def upload(request: Request, upload: Upload = Depends(read_upload)) -> Response:
    """Show what a filled-in form would do; when it is confirmed, do it."""
    kind, kept = _kind(request, upload.form.text("kind")), upload.form.text("kept")
    try:
        name, content = _content(upload, kept)
        reviewed = review_workbook(
            *(store_of(request), name, BytesIO(content), context_of(request)),
            only=kind,
            tracking_table=review_returned_table,
        )
        if kept:
            if not upload.form.text("good_rows"):
                reviewed.refuse_faults()
            if reviewed.to_write:  # pressed twice, there is nothing left
                reviewed.write(context_of(request))
            return see_other(f"/desk/workbook?kind={kind}", flash=_DONE[kind])
    except Refused as refused:
        return _page(request, kind, refused)
    try:
        reviewed.refuse_faults()
        found = None
    except Refused as refused:
        found = refused
    return _page(request, kind, found, reviewed=reviewed, file_name=name, kept=b64encode(content).decode())


def _kind(request: Request, text: str) -> Sheet:
    kinds = _kinds(request)
    return parse_choice(Sheet, text, "Loại bảng", "Kind of sheet", among=kinds) or Sheet.ASSIGNMENTS


def _kinds(request: Request) -> Sequence[Sheet]:
    """Offices and contacts are those of all directives, and no matter of an account that is limited to some."""
    return list(Sheet) if store_of(request).plan.is_whole else (Sheet.ASSIGNMENTS,)


def _page(
    request: Request,
    kind: Sheet,
    refused: Refused | None = None,
    *,
    reviewed: SheetReview | None = None,
    file_name: str = "",
    kept: str = "",
) -> HTMLResponse:
    return form_page(
        request,
        "workbook.html",
        refused,
        kind=kind,
        kinds=_kinds(request),
        reviewed=reviewed,
        file_name=file_name,
        kept=kept,
    )


def _content(upload: Upload, kept: str) -> tuple[str, bytes]:
    """The name and the bytes of the file: as uploaded, or as it was kept in the page."""
    if kept:
        try:
            return clean_name(upload.form.text("name")), b64decode(kept, validate=True)
        except ValueError:
            raise Refused(
                "Tệp: không đọc được; chọn lại tệp.", "File: it cannot be read; choose the file again."
            ) from None
    if len(upload.files) != 1:
        raise Refused("Tệp: chưa chọn; chọn một tệp .xlsx.", "File: none is chosen; choose an .xlsx file.")
    name = clean_name(upload.files[0].filename or "")
    content = content_of(name, upload.files[0].file)
    if len(content) > _MAX_BYTES:
        raise Refused(
            f"Tệp «{name}»: lớn hơn {_MAX_BYTES // 1024} KB; dùng mẫu, bỏ hình ảnh và trang không cần.",
            f"File '{name}' is larger than {_MAX_BYTES // 1024} KB; use the form, and remove pictures and unneeded "
            "sheets.",
        )
    return name, content


def download(file: BinaryIO, name: str) -> StreamingResponse:
    """A download of ``file``, which is closed, and so removed, after the last byte."""

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(file.seek(0, 2))}
    file.seek(0)
    return StreamingResponse(chunks(), media_type=XLSX, headers=headers)
