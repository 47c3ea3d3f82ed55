"""What is done to the copy before its days are played: an amendment as its draft says it."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import col, select

from config.settings import Settings
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.deed import Deed
from models.work.directive_deeds.drafts import keep_draft
from rehearsal.process import _beforehand
from reports.months_ahead.kept import Asked
from tests.support.cast import at
from tests.support.deeds import assign, with_step
from tests.support.past import after

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]  # lives through the first weeks

NOW = at("2023-09-20")
PAPER = Provenance("Theo kết luận họp", "45/KH-UBND", date(2023, 9, 18), date(2023, 11, 1))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with after(settings, assign, "p1", "p2", "p3", "p4", "p5") as opened:
        yield opened


@pytest.mark.parametrize(("given", "reason"), [(PAPER, "Theo kết luận họp"), (Provenance(), "Diễn tập")])
def test_an_amendment_is_played_from_the_day_on_which_it_holds(store: Store, given: Provenance, reason: str) -> None:
    subtask = next(each for each in store.plan.subtasks() if each.steps[0].due.lead.startswith("ISSUE+"))
    step = subtask.steps[0]
    due = step.due.model_copy(update={"lead": "ISSUE+40"})
    plan = with_step(store.plan, subtask.code, step.key, lambda each: each.model_copy(update={"due": due}))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="coordinator")
        number = keep_draft(session, plan, store.calendar, provenance=given, context=context).id
    _beforehand(Asked(months=1, now=NOW, answering=False, draft=None, amendment=number))(store)
    with reading_session(store.engine) as session:
        (deed,) = session.exec(select(Deed).order_by(col(Deed.id).desc()).limit(1)).all()
    assert (deed.reason, deed.paper_number, deed.paper_date) == (reason, given.paper_number, given.paper_date)
    assert deed.effective_on == (given.effective_on or NOW.date())
