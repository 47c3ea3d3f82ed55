"""The review of a year, for programs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from config.clock import FIRST_YEAR, LAST_YEAR, local_date
from models.store.database import reading
from portal.api.managing.figures import Figures
from portal.api.shapes import REFUSALS, ResponseBody
from portal.web import now_of, store_of
from reports.papers.yearly_review import yearly_review

router = APIRouter(prefix="/api/v1", tags=["comparisons"], responses=REFUSALS)


class ReviewLine(ResponseBody):
    """Figures of the year beside those of the year before; ``points`` by how many percentage points they differ."""

    code: str
    name: str
    now: Figures
    before: Figures
    points: int | None


class Review(ResponseBody):
    """How punctual work was that fell due in a year; ``extended`` and ``returned`` count assignments' events."""

    directive: str
    year: int
    as_of: datetime
    is_sample: bool
    whole: ReviewLine
    priorities: list[ReviewLine]
    subtasks: list[ReviewLine]
    regulations: list[ReviewLine]
    offices: list[ReviewLine]
    extended: int
    returned: int


@router.get("/review")
def review(
    request: Request,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    directive: Annotated[str | None, Query(max_length=32)] = None,
) -> Review:
    """The review of a year, this one without, of a directive, the main one without."""
    store, now = store_of(request), now_of(request)
    with reading(store.engine) as connection:
        found = yearly_review(connection, store, year or local_date(now).year, now=now, directive=directive or None)
    return Review.model_validate(found)
