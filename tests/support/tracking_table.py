"""The tracking table for Excel of a store that has seen some weeks of p1."""

from datetime import date, datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

import openpyxl

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.work.queries import AssignmentFilter
from models.work.verbs import accept, grant_extension, report, request_extension
from reports.sheets.workbook import gather, write_workbook
from tests.support.cast import at, begin, number_of, t0_report
from tests.support.past import live

NOW = at("2023-10-20")


def lived(store: Store) -> int:
    """Some weeks of p1, with T0.1 of SYT extended and done; returns its number."""
    return live(store, _past)


def _past(store: Store) -> int:
    begin(store, "p1", at("2023-08-18"), at("2023-10-16"), offices=())
    number = number_of(store, "T0.1")
    for day, verb in (
        (
            "2023-08-21",
            lambda s, context: request_extension(s, number, date(2023, 9, 29), "Cần thêm số liệu.", context),
        ),
        ("2023-08-22", lambda s, context: grant_extension(s, number, None, context)),
        ("2023-09-27", lambda s, context: report(s, number, t0_report(), context)),
        ("2023-10-02", lambda s, context: accept(s, number, context)),
    ):
        with session_scope(store.engine) as session:
            actor = "office:SYT" if verb.__code__.co_names[0] in ("request_extension", "report") else "coordinator"
            verb(session, store.actor_context(now=at(day), actor=actor))
    return number


def written(
    store: Store, wanted: AssignmentFilter | None = None, *, now: datetime = NOW, **options: Any
) -> openpyxl.Workbook:
    file = BytesIO()
    with TemporaryFile() as spool:
        with reading(store.engine) as connection:
            found = gather(
                *(connection, store.plan, store.calendar, wanted or AssignmentFilter()), now=now, spool=spool, **options
            )
        write_workbook(found, file)
    return openpyxl.load_workbook(file)
