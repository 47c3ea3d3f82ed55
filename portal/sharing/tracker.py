"""What leads have to do, in the columns of a province's own tracker: task, office, due date, one of four states."""

from dataclasses import replace
from enum import StrEnum
from io import TextIOWrapper
from tempfile import TemporaryFile

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from config.clock import local_date
from models.store.database import reading
from models.tables.lifecycle import Role
from portal.pages.overview import FILTERS, filter_of
from portal.pages.workbooks import download
from portal.query import parse_choice, read_query
from portal.web import language_of, now_of, store_of
from reports.sheets.tracker_sheet import write_tracker, write_tracker_csv
from reports.sheets.tracking_table import tracking_rows

router = APIRouter()


class Form(StrEnum):
    """What kind of file."""

    XLSX = "xlsx"
    CSV = "csv"


@router.get("/workbook/tracker")
def export(request: Request) -> StreamingResponse:
    """The list of ``/assignments`` with its filter, leads only, as ``?form=xlsx`` or ``csv``."""
    store, now, language = store_of(request), now_of(request), language_of(request)
    query = read_query(request, (*FILTERS, "form"))
    form = parse_choice(Form, query.get("form", ""), "Dạng tệp", "File") or Form.XLSX
    wanted = replace(filter_of(store.plan, query, now, store.calendar), role=Role.LEAD)
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        with reading(store.engine) as connection:
            rows = tracking_rows(connection, wanted, store.plan, now=now, language=language)
            if form is Form.XLSX:
                write_tracker(rows, file, language)
            else:
                text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
                write_tracker_csv(rows, text, language)
                text.detach()
    except BaseException:
        file.close()
        raise
    return download(file, f"theo-doi-tinh-{local_date(now):%Y%m%d}.{form}")
