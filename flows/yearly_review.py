"""Sơ kết năm: compiles a year against the year before, and publishes it."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from config import clock
from config.clock import local_date
from config.errors import Refused
from config.rules.working_time import FIRST_YEAR, LAST_YEAR
from config.settings import load_settings
from flows.deployments.names import REVIEW
from flows.forms import DirectiveCode
from flows.outcomes import FAILED, UNFORESEEN
from flows.priority_run import Progress, rename_run, run_locked, step
from models.keeping.opening import Store, open_store
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


@flow(name="Sơ kết năm", flow_run_name="sơ kết năm · đang lập")
def review_year(form: ReviewForm = ReviewForm()) -> State[list[dict[str, Any]]]:
    """Tổng hợp một năm theo quy chế, nhiệm vụ, cơ quan; so với năm trước."""
    try:
        with run_locked():
            reviews = _review(form)
    except Refused as refusal:
        rename_run("sơ kết năm · không lập được", [REVIEW, FAILED])
        return Failed(message=" ".join([str(refusal), *refusal.details]))
    except Exception:
        rename_run("sơ kết năm · lỗi chưa lường trước", [REVIEW, FAILED, UNFORESEEN])
        raise
    title = "; ".join(review_title(review) for review in reviews)
    rename_run(title, [REVIEW])
    return Completed(message=f"{title}.", data=[review.as_json() for review in reviews])


def _review(form: ReviewForm) -> list[YearlyReview]:
    now = clock.now()
    with ExitStack() as opened:
        progress = Progress("Tổng hợp năm, công bố")
        store = step("Mở kho dữ liệu", lambda: opened.enter_context(open_store(load_settings())))
        reviews = step("Tổng hợp năm", lambda: _compile(store, form, now))
        progress.come_to(1 / 2)
        step("Công bố", lambda: _publish(store, reviews))
        progress.end()
    return reviews


def _compile(store: Store, form: ReviewForm, now: datetime) -> list[YearlyReview]:
    year, plan = form.year or local_date(now).year, store.plan
    asked = [plan.directive(form.directive)] if form.directive else plan.directives
    with reading(store.engine) as connection:
        return [
            yearly_review(connection, year, plan=plan, calendar=store.calendar, now=now, directive=each.code)
            for each in asked
        ]


def _publish(store: Store, reviews: Sequence[YearlyReview]) -> None:
    """Under a key that stays; that of a further directive bears its code."""
    for review in reviews:
        whose = "" if review.directive == store.plan.main_directive.code else f"-{review.directive.lower()}"
        create_markdown_artifact(
            review_markdown(review, store.plan), key=f"review-{review.year}{whose}", description=review_title(review)
        )
