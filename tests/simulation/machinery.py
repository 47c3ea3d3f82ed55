"""What runs by itself: the runs of the priorities, and the courier."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from config import clock
from flows import steps
from flows.forms import fill_in
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.clock_check import ClockWrong, require_steady_clock
from models.store.database import DatabaseUnreachable
from notifications.courier.courier import DeliveryCounts, deliver
from notifications.courier.warnings import warn_of_clock
from tests.simulation.act import Act, Stage
from tests.simulation.processes import Process
from tests.simulation.witness import Claim

RETRY_AFTER_S = (1, 5, 20)

Result = TypeVar("Result")


def run(stage: Stage, process: Process, priority: str) -> Act:
    """One run of a priority: what its tasks call, in their order and with their retries. Now and then it publishes the
    boards, which takes as long as all else."""
    publishes = stage.chance.random() < 0.1
    claim = Claim(f"run {priority}", may_date=True, is_delivery=True)

    def do(store: Store) -> steps.Summary:
        now, form = clock.now(), fill_in(priority, {}, store.plan)
        run_key = f"{priority}-{now.isoformat()}"

        def context() -> ActorContext:
            require_steady_clock(now)
            return store.actor_context(now=now, actor=f"flow:{priority}", run_key=run_key)

        try:
            assigned = _tried(claim, lambda: steps.assign_due(store, priority, form, context()))
            tracked = _tried(claim, lambda: steps.track(store, priority, context(), at=clock.now()))
            delivered = _tried(claim, lambda: steps.notify(store, clock.now()))
            if publishes:
                _tried(claim, lambda: steps.boards(store, priority, now))
        except ClockWrong as fault:
            warn_of_clock(store, fault)
            raise
        return steps.summarise(assigned, tracked, delivered)

    return Act(claim, process, do)


def _tried(claim: Claim, step: Callable[[], Result]) -> Result:
    """A step as a task of Prefect does it: again, while the database does not answer."""
    for pause in RETRY_AFTER_S:
        try:
            return step()
        except (DatabaseUnreachable, DBAPIError):
            claim.was_tried_again = True
            time.sleep(pause)
    return step()


def courier_round(stage: Stage, process: Process) -> Act:
    """One waking of the courier."""
    claim = Claim("courier", is_delivery=True)

    def do(store: Store) -> DeliveryCounts:
        try:
            return deliver(store, now=clock.now())
        except ClockWrong as fault:
            warn_of_clock(store, fault)
            raise

    return Act(claim, process, do)
