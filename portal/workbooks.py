"""Tables for Excel: the tracking table to take away, for an office its own."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from config.clock import local_date
from models.database import reading
from models.office_reading import XLSX
from models.queries import Wanted
from portal.asked import asked_of
from portal.overview import FILTERS, wanted_of
from portal.visitor import VisitorRole
from portal.web import language_of, now_of, store_of, visitor_of
from reports.workbook import gather, write_workbook

router = APIRouter()

_PIECE_BYTES = 256 * 1024


@router.get("/workbook")
def tracking_table(request: Request) -> StreamingResponse:
    """The list of ``/all``, filtered in the same way, as a workbook; an office's holds its own work."""
    store, visitor, now = store_of(request), visitor_of(request), now_of(request)
    if visitor.role is VisitorRole.OFFICE:
        asked_of(request, ())
        wanted = Wanted(office=visitor.office)
    else:
        wanted = wanted_of(store.plan, asked_of(request, FILTERS))
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        with TemporaryFile() as aside:
            with reading(store.engine) as connection:
                found = gather(
                    *(connection, store.plan, store.calendar, wanted),
                    now=now,
                    aside=aside,
                    language=language_of(request),
                )
            write_workbook(found, file)
    except BaseException:
        file.close()
        raise
    return download(file, f"bang-theo-doi-{local_date(now):%Y%m%d}.xlsx")


def download(file: BinaryIO, name: str) -> StreamingResponse:
    """A workbook for the visitor to keep; ``file`` is closed, and gone, with the last byte."""

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_PIECE_BYTES):
                yield piece

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(file.seek(0, 2))}
    file.seek(0)
    return StreamingResponse(pieces(), media_type=XLSX, headers=headers)
