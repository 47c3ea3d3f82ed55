"""Work that three offices lead jointly and two more are told of, as the first day leaves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from config.settings import Settings
from models.keeping.opening import Store, open_store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.work.assigning import assign
from models.work.directives import anchors, issue_directive
from models.work.planning import planned_assignments
from tests.support.cast import at
from tests.support.plans import one_step

STEP = "lead: [SYT, SKHDT, SNV]\nnamed: [UBND, HOI]\ndue: {lead: BY:30/06/2025}"
DAY = at("2025-01-08")


@contextmanager
def joint_store(settings: Settings, folder: Path) -> Iterator[Store]:
    """One subtask that SYT, SKHDT and SNV lead jointly, of which UBND and HOI are told; SKHDT ends on 28/2/2025."""
    with open_store(replace(settings, plan_dir=one_step(folder / "plan.yaml", STEP))) as opened:
        with session_scope(opened.engine) as session:
            context = context_of(opened, at("2025-01-06"))
            issue_directive(session, number="45/KH-UBND", on_date=date(2025, 1, 6), context=context)
        assert assigned(opened, DAY) == 1
        yield opened


def context_of(store: Store, now: datetime, actor: str = "coordinator") -> ActorContext:
    return store.actor_context(now=now, actor=actor)


def assigned(store: Store, now: datetime) -> int:
    with session_scope(store.engine) as session:
        context = context_of(store, now, "flow:p1")
        of_priority = context.for_priority("p1")
        return assign(session, list(planned_assignments(of_priority, anchors(session))), of_priority)
