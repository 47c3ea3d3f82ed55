"""What lasts as long as a run: its lock, and the store that its first task opens and the others use.

The store is not passed from task to task: Prefect looks through what tasks pass to each other, and an open database is
no record. Opened by each of five tasks it would cost a run 0.6 to 1.5 s (130 to 290 ms each, most of it reading and
checking the plan).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from prefect import runtime
from prefect.context import FlowRunContext
from sqlalchemy.exc import DBAPIError

from config.settings import load_settings
from flows.names import CATCHING_UP
from models.keeping.opening import Store, open_store
from models.store.database import DatabaseUnreachable
from models.store.run_lock import hold_run_lock


@dataclass
class _Scope:
    closing: ExitStack
    store: Store | None = None


_scope: ContextVar[_Scope] = ContextVar("dondoc_run_scope")


@contextmanager
def run_scope() -> Iterator[None]:
    """The length of a run; its lock tells whether it still lives (``hosting.prefect.dead_runs``).

    Raises ``DatabaseUnreachable`` for a task whose database stopped answering.
    """
    with hold_run_lock(run_id(), load_settings().database_url), ExitStack() as closing:
        token = _scope.set(_Scope(closing))
        try:
            yield
        except DBAPIError as fault:
            raise DatabaseUnreachable(
                f"Cơ sở dữ liệu ngừng trả lời ({fault.orig}); đã thử lại nhiều lần. Lượt chạy sau làm bù.",
                f"The database stopped answering ({fault.orig}). The next run catches up.",
            ) from fault
        finally:
            _scope.reset(token)


def store_of_run() -> Store:
    """The store of the run under way; opened at the first call, closed with the run. Within ``run_scope`` only."""
    scope = _scope.get()
    if scope.store is None:
        scope.store = scope.closing.enter_context(open_store(load_settings(), serves=True))
    return scope.store


def is_unwatched() -> bool:
    """Whether a schedule, or a start that catches up, made the flow run under way, and nobody waits for it."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run is not None and (bool(run.auto_scheduled) or CATCHING_UP in run.tags)


def run_id() -> str:
    """The id of the flow run under way, empty outside one."""
    return str(runtime.flow_run.id or "")
