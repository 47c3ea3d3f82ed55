"""Sơ kết năm: compiles a year against the year before, and publishes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field

from config import clock
from config.clock import FIRST_YEAR, LAST_YEAR, local_date
from config.errors import Refused
from flows.form_fields import DirectiveCode
from flows.names import BEING_MADE, REVIEW
from flows.runs.refusals import refused_run
from flows.runs.run_names import END_HOOKS, rename_run
from flows.runs.run_scope import run_scope, store_of_run
from flows.runs.tasks import batch_task
from models.store.database import reading
from reports.papers.yearly_review import YearlyReview, review_markdown, review_title, yearly_review


class ReviewForm(BaseModel):
    """Which year to look back on."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Phiếu sơ kết năm")

    year: int | None = Field(
        None,
        ge=FIRST_YEAR,
        le=LAST_YEAR,
        title="Năm",
        description="Để trống: năm nay. Việc có hạn trong năm ấy, so với năm trước.",
    )
    directive: DirectiveCode | None = Field(
        None,
        title="Chỉ đạo",
        description="Để trống: mỗi chỉ đạo một bản.",
    )


@dataclass(frozen=True)
class Scope:
    """The directives to review, by their codes."""

    directives: tuple[str, ...]


@flow(name="Sơ kết năm", flow_run_name=f"sơ kết năm · {BEING_MADE}", **END_HOOKS)
def review_year(form: ReviewForm = ReviewForm()) -> State[list[dict[str, Any]]]:
    """Tổng hợp một năm theo quy chế, nhiệm vụ, cơ quan; so với năm trước."""
    try:
        with run_scope():
            scope = open_scope(form)
            reviews = compile_reviews(form, scope, clock.now())
            publish_reviews(reviews)
    except Refused as refusal:
        return refused_run(refusal, "sơ kết năm", "không lập được", [REVIEW])
    title = "; ".join(review_title(review) for review in reviews)
    rename_run(title, [REVIEW])
    return Completed(message=f"{title}.", data=[review.as_json() for review in reviews])


@batch_task("Mở kho dữ liệu")
def open_scope(form: ReviewForm) -> Scope:
    """Open the store for the tasks that follow; the directive the form names, or every one."""
    plan = store_of_run().plan
    directives = [plan.directive(form.directive)] if form.directive else plan.directives
    return Scope(tuple(each.code for each in directives))


@batch_task("Tổng hợp năm")
def compile_reviews(form: ReviewForm, scope: Scope, now: datetime) -> list[YearlyReview]:
    """One review for each directive, of the form's year or the year of ``now``."""
    store, year = store_of_run(), form.year or local_date(now).year
    with reading(store.engine) as connection:
        return [yearly_review(connection, store, year, now=now, directive=code) for code in scope.directives]


@batch_task("Công bố")
def publish_reviews(reviews: list[YearlyReview]) -> None:
    """Publish each under a key that stays; that of a further directive contains its code."""
    plan = store_of_run().plan
    for review in reviews:
        whose = "" if review.directive == plan.main_directive.code else f"-{review.directive.lower()}"
        create_markdown_artifact(
            review_markdown(review, plan), key=f"review-{review.year}{whose}", description=review_title(review)
        )
