"""One letter to a desk about all that a moment's runs say, signed by the office that urges; a sample stays apart."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from config.clock import local_date
from flows.forms import fill_in
from flows.steps import follow_up_all
from models.delivery.windows import GATHERED_FOR
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import NoticeState, Urgency
from models.tables.outbox import Notice
from notifications.courier.courier import deliver, letters_apart
from tests.support.cast import COORDINATOR, LEAD, at, issue
from tests.support.outbox import messages, plan_only
from tests.support.two_directives import plan_of_both

pytestmark = pytest.mark.sqlite_only

MORNING = at("2023-08-18", 7, 30)


def test_the_runs_of_a_morning_write_one_letter_to_a_desk(store: Store) -> None:
    issue(store)
    forms = {code: fill_in(code, {}, store.plan) for code in ("p1", "p2", "p3", "p4", "p5")}
    done = follow_up_all(store, forms, MORNING, "morning")
    sent = messages(store)
    assert len({(each.office, each.desk) for each in sent}) == len(sent) > 1
    assert [summary.messages_sent for summary in done.values()] == [0, 0, 0, 0, len(sent)]
    (letter,) = [each for each in sent if each.office == LEAD]
    assert {"T1.1", "T2.1"} <= set(letter.body_text.split()), "of several priorities"
    signed = store.plan.office(COORDINATOR).name_vi
    assert f"Cơ quan đôn đốc: {signed}" in letter.body_text


def test_the_courier_waits_for_the_other_runs_and_then_takes_all_that_waits_for_a_desk(store: Store) -> None:
    issue(store)
    plan_only(store, MORNING, "p1", offices=(LEAD,))
    assert not deliver(store, now=MORNING + timedelta(minutes=1), gathers=True).sent
    plan_only(store, MORNING + timedelta(minutes=4), "p2", offices=(LEAD,))
    assert not deliver(store, now=MORNING + GATHERED_FOR - timedelta(seconds=1), gathers=True).sent
    deliver(store, now=MORNING + GATHERED_FOR, gathers=True)
    assert len([each for each in messages(store) if each.office == LEAD and each.desk == "focal"]) == 1
    with session_scope(store.engine) as session:
        waiting = select(Notice).where(Notice.office == LEAD, Notice.state == NoticeState.PENDING)
        assert session.exec(waiting).all() == []


def test_what_somebody_did_and_what_is_express_does_not_wait(store: Store) -> None:
    issue(store)
    plan_only(store, MORNING, "p1", offices=(LEAD,))
    with session_scope(store.engine) as session:
        first, second, *_ = session.exec(select(Notice).order_by(col(Notice.id))).all()
        first.run_key, second.urgency = "", Urgency.EXPRESS
    deliver(store, now=MORNING, gathers=True)
    assert sum(1 for _ in messages(store)) == 2


def test_directives_of_one_coordinator_share_letters_and_a_sample_stays_apart() -> None:
    plan, _ = plan_of_both()
    today = local_date(MORNING)
    first, second = plan.directives
    both = [[each.code for each in plan.priorities_of(code)] for code in (first.code, second.code)]
    if first.coordinator == second.coordinator:
        assert letters_apart(plan, (), today) == []
    else:
        assert letters_apart(plan, (), today) == both
        same = second.model_copy(update={"coordinator": first.coordinator})
        together = plan.model_copy(update={"directives": (first, same)})
        assert letters_apart(together, (), today) == []
        assert letters_apart(together, {second.code}, today) == both
