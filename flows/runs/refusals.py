"""How a run ends that was refused: with a name that says so, its reason, and a warning where the clock is wrong."""

from collections.abc import Collection
from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Failed

from config.errors import Refused
from config.settings import load_settings
from flows.names import CLOCK_WRONG, CLOCK_WRONG_VI, FAILED
from flows.runs.run_names import rename_run
from models.keeping.opening import open_store
from models.store.clock_check import ClockWrong
from notifications.courier.warnings import warn_of_clock


def refused_run(refusal: Refused, title: str, ending: str, tags: Collection[str] = ()) -> State[Any]:
    """Name the run under way after what it could not do; returns the state it ends in.

    Under a wrong clock the coordinator is told, as far as that is not over.

    title   what the run's name begins with
    ending  what the name says, unless it is that the clock is wrong
    """
    if isinstance(refusal, ClockWrong):
        rename_run(f"{title} · {CLOCK_WRONG_VI}", [*tags, FAILED, CLOCK_WRONG])
        with open_store(load_settings()) as store:
            warn_of_clock(store, refusal)
    else:
        rename_run(f"{title} · {ending}", [*tags, FAILED])
    return Failed(message=" ".join([str(refusal), *refusal.details]), data=refusal)
