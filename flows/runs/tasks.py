"""The tasks of a run: each does one step for the whole batch, so their number does not grow with the assignments.

A task gets and returns small records that can be serialised. The step itself is a plain function (``flows.steps``).
Every step is idempotent, so a task is simply tried again while the database does not answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from sqlalchemy.exc import DBAPIError

from config import clock
from config.clock import HANOI, local_date
from config.settings import load_settings
from flows import steps
from flows.forms import FollowUpForm
from flows.preview import Preview, preview
from flows.runs.run_scope import store_of_run
from flows.steps import Assigned, Summary, Tracked
from models.delivery.windows import DeliveryWindow
from models.store.actor import ActorContext
from models.store.clock_check import require_steady_clock
from models.store.database import DatabaseUnreachable
from notifications.courier.courier import DeliveryCounts

P = ParamSpec("P")
R = TypeVar("R")


def database_away(_task: object, _run: TaskRun, state: State[Any]) -> bool:
    """Whether a task failed because the database does not answer, so that trying again may help."""
    try:
        state.result()
    except (DatabaseUnreachable, DBAPIError):
        return True
    except Exception:
        return False
    return False


def batch_task(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """``@task`` for every step that works on the store: its runs have its name, and its retries."""
    return task(
        name=name,
        task_run_name=name,
        retries=3,
        retry_delay_seconds=[1, 5, 20],
        retry_condition_fn=database_away,
        # Nothing is cached or kept: the store knows what has been done.
        cache_policy=NO_CACHE,
        persist_result=False,
    )


@dataclass(frozen=True)
class RunOrder:
    """What a run is to do: the priority and its filled-in form, the instant to reckon with, and the run's own id.

    gathers  whether its letters wait for the other runs of the moment: those that nobody watches, since whoever starts
             one by hand waits for it
    """

    priority: str
    form: FollowUpForm
    now: datetime
    run_key: str
    gathers: bool = False

    def actor_context(self) -> ActorContext:
        """Raises ``ClockWrong`` when the clock was set since the run began by it."""
        if self.form.as_of is None:
            require_steady_clock(self.now)
        return store_of_run().actor_context(now=self.now, actor=f"flow:{self.priority}", run_key=self.run_key)


@dataclass(frozen=True)
class Opened:
    """What the store says of the real moment of the run, at which letters leave.

    day_off       whether it is no working day
    window_opens  when messages that are not urgent may go out; None when they may at once
    """

    day_off: bool
    window_opens: datetime | None


@batch_task("Mở kho dữ liệu")
def open_run_store() -> Opened:
    """Open the store for the tasks that follow; raises ``Refused`` when plan or database are at fault."""
    store, now = store_of_run(), clock.now()
    opens_at = DeliveryWindow(store.contacts, store.calendar, now).opens_at()
    return Opened(
        day_off=not store.calendar.is_working_day(local_date(now)), window_opens=opens_at if opens_at > now else None
    )


@batch_task("Giao việc")
def assign_due(order: RunOrder) -> Assigned:
    """Make every assignment that is due and not there yet."""
    return steps.assign_due(store_of_run(), order.priority, order.form, order.actor_context())


@batch_task("Theo dõi hạn")
def track_deadlines(order: RunOrder) -> Tracked:
    """Put what the ladders say in the outbox, and count what is due soon and overdue."""
    return steps.track(store_of_run(), order.priority, order.actor_context(), at=clock.now())


@batch_task("Gửi thông báo")
def send_notices(order: RunOrder) -> DeliveryCounts:
    """Send what waits in the outbox, as the real time allows it: of a replayed day, too."""
    as_of = None if order.form.as_of is None else order.now
    return steps.notify(store_of_run(), clock.now(), as_of, gathers=order.gathers)


@batch_task("Công bố bảng theo dõi")
def publish_boards(order: RunOrder, assigned: Assigned, tracked: Tracked, delivered: DeliveryCounts) -> Summary:
    """Publish one artifact per board under a key that stays, so that each has its history; returns the run's counts."""
    for key, markdown in steps.boards(store_of_run(), order.priority, order.now).items():
        moment = f"{order.now.astimezone(HANOI):%H:%M %d/%m/%Y}"
        create_markdown_artifact(markdown, key=key, description=f"Tính đến {moment}")
    return steps.summarise(assigned, tracked, delivered)


@batch_task("Xem trước")
def look_ahead(order: RunOrder) -> Preview:
    """Work out what the run would do; nothing is stored or sent."""
    return preview(load_settings(), order.priority, order.form, order.now)
