"""Importing a filled-in workbook: every fault named by its cell, nothing written before it is confirmed.

``review_workbook`` reads the file and works out what each row comes to; ``SheetReview.write`` writes what is right.
"""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from config.errors import Refused
from intake import sandbox
from intake.files.evidence import clean_name, content_of
from intake.sheets.ad_hoc import review_assignments
from intake.sheets.contacts import review_contacts
from intake.sheets.fill_in_sheets import FILL_IN, choices_of
from intake.sheets.filled_rows import filled_rows
from intake.sheets.offices import review_offices
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, TRACKING
from intake.sheets.review import SheetReview
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading_session


def review_workbook(
    store: Store,
    name: str,
    file: BinaryIO,
    context: ActorContext,
    *,
    only: str = "",
    tracking_table: Callable[[Store, Mapping[str, Any], ActorContext], SheetReview] | None = None,
) -> SheetReview:
    """Review a filled-in workbook; raises ``Refused`` when it is not one, or does not match its template.

    only            the one kind of form that is accepted
    tracking_table  compares a returned tracking table with the store; without it such a table is refused
    """
    shown = clean_name(name)
    read = sandbox.run("intake.sheets.reading", shown, content_of(shown, file))
    kind = str(read["kind"])
    if kind == TRACKING and tracking_table is not None:
        return tracking_table(store, read, context)
    if kind not in FILL_IN or (only and kind != only):
        wanted = FILL_IN[only or ASSIGNMENTS].name
        raise Refused(
            f"Tệp này là mẫu «{read['sheet']}»; ở đây cần mẫu «{wanted}».",
            f"This is the form “{read['sheet']}”; the form “{wanted}” is needed here.",
        )
    rows = filled_rows(FILL_IN[kind], read, choices_of(store.plan, context.today))
    sheet = str(read["sheet"])
    if kind == CONTACTS:
        return review_contacts(store, sheet, rows)
    if kind != ASSIGNMENTS:
        return review_offices(store, sheet, rows)
    with reading_session(store.engine) as session:
        return review_assignments(store, session, sheet, rows, context)
