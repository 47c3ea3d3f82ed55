"""Forms of a row as somebody saw it: refused where it has changed since, answered as before where they are sent again.

Pure, like the acts themselves. ``seen`` is ``Row.digest`` as the form had it.
"""

from collections.abc import Callable

from config.errors import Refused
from intake.directives.correcting.acts import SPLIT, change, live_row, split
from intake.directives.correcting.passages import PassageReader
from intake.directives.correcting.rows import Sheet
from intake.directives.correcting.typed import Changes, changed_meanwhile


def change_seen(sheet: Sheet, number: int, seen: str, typed: Changes, reader: PassageReader, *, confirm: bool) -> Sheet:
    """``change`` by a form of the row as it is, or by one that was carried out already and is sent again."""
    row = live_row(sheet, number)
    if seen != row.digest and not _stands(lambda: change(sheet, number, typed, reader, confirm=confirm), sheet):
        raise changed_meanwhile(row, typed)
    return change(sheet, number, typed, reader, confirm=confirm)


def split_seen(sheet: Sheet, number: int, seen: str, typed: Changes, at: int, reader: PassageReader) -> Sheet:
    """``split`` by a form of the row as it is, or by one that was carried out already and is sent again."""
    row = live_row(sheet, number)
    if seen == row.digest:
        return split(sheet, number, at, reader)
    was_split = row.own[-1][1] <= at and any(each.start == at and each.task.why == SPLIT for each in sheet.live)
    if not (was_split and row.task.why == SPLIT):
        raise changed_meanwhile(row, typed)
    return sheet


def _stands(done: Callable[[], Sheet], sheet: Sheet) -> bool:
    try:
        return done() == sheet
    except Refused:
        return False
