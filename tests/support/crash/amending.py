"""A coordinator's office that amends the plan again and again while its processes are killed, and what it was answered.

Each amendment carries a mark of its own as the number of its paper, by which what became of it is found.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, func, select

from config import clock
from config.settings import Settings
from models.keeping.opening import Store, open_store
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance
from models.plans.reading import plan_from
from models.store.database import reading_session
from models.tables.deed import Deed, DeedKind
from models.tables.edition import Edition
from models.work.deeds.apply import AppliedMeanwhile, ChangedMeanwhile, apply, previewing
from models.work.deeds.changes import amendment
from tests.support.crash.used_house import SUBTASKS, write_plan

AMENDED = range(SUBTASKS - 2, SUBTASKS + 1)
"""Subtasks whose dates move; nobody asks for more time for these."""

_ASKED, _DONE = "asked", "done"


def _log(settings: Settings) -> Path:
    return settings.data_dir / "amendments.txt"


def keep_amending(settings: Settings) -> None:
    """Amendments as `dondoc plan amend` applies them, each noted before it begins and once it is done."""
    rng = Random(os.urandom(8))
    with TemporaryDirectory(dir=settings.data_dir) as folder, _log(settings).open("a", buffering=1) as log:
        while True:
            mark = f"{rng.getrandbits(48):012x}/KH-UBND"
            due = {number: clock.now().date() + timedelta(days=rng.randrange(60, 400)) for number in AMENDED}
            with open_store(settings) as store:
                log.write(f"{mark} {_ASKED}\n")
                try:
                    _amend(store, mark, write_plan(Path(folder) / "plan.yaml", due))
                except (ChangedMeanwhile, AppliedMeanwhile):
                    continue
                log.write(f"{mark} {_DONE}\n")


def _amend(store: Store, mark: str, path: Path) -> None:
    context = store.actor_context(now=clock.now(), actor="coordinator")
    in_force = PlanInForce(context.plan, context.calendar, context.editions)
    plan, calendar = plan_from(path, in_force, context.today)
    with reading_session(store.engine) as session:
        provenance = Provenance(paper_number=mark, paper_date=date(2025, 2, 3))
        change = amendment(session, plan, calendar, provenance=provenance, context=context)
    with previewing(store.engine, change) as (_, prepared):
        pass
    apply(store.engine, change, confirmed=prepared.digest)


def amendments(settings: Settings) -> dict[str, bool]:
    """Those that were begun, by their marks, and whether each was said to be done."""
    found: dict[str, bool] = {}
    lines = _log(settings).read_text().split("\n")[:-1] if _log(settings).exists() else []
    for line in lines:
        mark, _, what = line.partition(" ")
        found[mark] = found.get(mark, False) or what == _DONE
    return found


def amended_in_part(store: Store) -> Iterator[str]:
    """What is wrong with those that are there: one that was done is missing, or one has an edition without its deed."""
    with reading_session(store.engine) as session:
        for mark, is_done in amendments(store.settings).items():
            deeds, editions = _deeds(session, mark), _editions(session, mark)
            if deeds != editions or deeds > 1 or (is_done and not deeds):
                yield f"amendment {mark}: done {is_done}, deeds {deeds}, editions {editions}"


def _deeds(session: Session, mark: str) -> int:
    of = (Deed.kind == DeedKind.AMENDMENT, col(Deed.paper_number) == mark)
    return session.exec(select(func.count()).select_from(Deed).where(*of)).one()


def _editions(session: Session, mark: str) -> int:
    return session.exec(select(func.count()).select_from(Edition).where(col(Edition.paper_number) == mark)).one()
