"""What has changed since a day, periods side by side, and who will be late, for programs."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from config.clock import end_of_day
from models.alerts.status import in_directive_of
from models.store.database import reading
from models.work.looking_back.changes import Change, changes_between
from models.work.looking_back.lateness import forecast
from portal.api.managing.figures import Figures
from portal.api.shapes import REFUSALS, Day, ResponseBody
from portal.managing.changes import PREVIEW_SIZE, past_day
from portal.managing.comparing import By, Length, compared
from portal.web import now_of, store_of

router = APIRouter(prefix="/api/v1", tags=["comparisons"], responses=REFUSALS)

Directive = Annotated[str | None, Query(max_length=32)]


class ChangedAssignments(ResponseBody):
    """The assignments to which one kind of change has come: how many, and the numbers of the first 200 by due date."""

    total: int
    assignments: list[int]


class ChangesSince(ResponseBody):
    """What has changed after the end of ``since`` up to ``as_of``, by kind; withdrawn work is left out."""

    since: date
    as_of: datetime
    changes: dict[Change, ChangedAssignments]


class PeriodRow(ResponseBody):
    """An office, kind of offices or priority, with its figures of each period in turn."""

    code: str
    figures: list[Figures]


class Periods(ResponseBody):
    """What came due in each period («2026-Q1», «2026-03»); of those that have begun, the best first."""

    periods: list[str]
    rows: list[PeriodRow]
    whole: list[Figures]


class PastCount(ResponseBody):
    """How many came due, and how many of these were late."""

    due: int
    late: int


class OfficeOutlook(ResponseBody):
    """What of an office falls due soon, how many of it will be late by the ``past`` that this rests on."""

    office: str
    open: int
    late: float
    past: PastCount


class Outlook(ResponseBody):
    """Who will be late, in the order of how much; no ``offices`` unless the counts did better on the last year
    (``score``) than a naive guess (``naive``), by Brier score."""

    is_better: bool
    is_enough: bool
    score: float
    naive: float
    whole: PastCount
    offices: list[OfficeOutlook]


@router.get("/board/changes")
def list_changed(request: Request, since: Day | None = None, directive: Directive = None) -> ChangesSince:
    """What has changed since a day, since a week ago without one."""
    store, now = store_of(request), now_of(request)
    day = past_day(since, now)
    with reading(store.engine) as connection:
        only = in_directive_of(store.plan, directive or None)
        found = changes_between(connection, end_of_day(day), now, limit=PREVIEW_SIZE, only=only)
    changes = {
        change: ChangedAssignments(total=work.total, assignments=[row.id for row in work.rows])
        for change, work in found.items()
    }
    return ChangesSince(since=day, as_of=now, changes=changes)


@router.get("/board/periods")
def compare_periods(
    request: Request, by: By = By.OFFICE, length: Length = Length.QUARTER, directive: Directive = None
) -> Periods:
    """The last five quarters or seven months side by side, by office, kind of office or priority."""
    found = compared(store_of(request), now_of(request), by, length, directive or None)
    rows = [{"code": code, "figures": cells} for code, cells in found.rows]
    return Periods.model_validate({"periods": found.keys, "rows": rows, "whole": found.whole})


@router.get("/board/forecast")
def foretell(request: Request, directive: Directive = None) -> Outlook:
    """Who will be late, from plain counts of the past, where these have proved better than a guess."""
    store = store_of(request)
    with reading(store.engine) as connection:
        found = forecast(connection, now=now_of(request), only=in_directive_of(store.plan, directive or None))
    trial = {name: getattr(found.trial, name) for name in ("is_better", "is_enough", "score", "naive")}
    return Outlook.model_validate({**trial, "whole": found.whole, "offices": found.offices})
