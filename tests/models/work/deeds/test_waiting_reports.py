"""A report that waits for a decision: no deed takes its assignment back, or gives the decision to another office."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from config.catalogue.offices import Selector
from config.catalogue.steps import Step
from config.errors import Refused
from config.settings import Settings
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.audit import record
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind, LeftBecause
from models.tables.errors import TransitionRefused
from models.tables.lifecycle import NoticeKind, ReportState, Role, State
from models.tables.outbox import Notice
from models.tables.report import Report
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.direct import give_to, move_dates, withdraw_all
from models.work.directive_deeds.closing import close_directive, reopen_directive
from models.work.directive_deeds.left_over import LeftOver, left_over
from models.work.lists.desk_list import decisions_waiting, submitted_reports
from tests.support.cast import t0_report
from tests.support.deeds import (
    NOW,
    WHY,
    acting,
    all_assignments,
    assign,
    done,
    previewed,
    report_on,
    with_helpers,
    with_step,
)
from tests.support.past import after

PAPER = Provenance(paper_number="45/KH-UBND", paper_date=date(2023, 9, 18), effective_on=date(2023, 9, 20))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """T0.1 is assigned to all offices, and SYT has reported on its copy."""
    with after(settings, _past) as opened:
        yield opened


def _past(store: Store) -> None:
    assign(store, "p1")
    with session_scope(store.engine) as session:
        number = copy_of(store, "SYT").id or 0
        verbs.report(session, number, t0_report(), store.actor_context(now=NOW, actor="office:SYT"))


def copy_of(store: Store, office: str) -> Assignment:
    rows = (each for each in all_assignments(store).values() if each.subtask == "T0.1")
    return next(each for each in rows if each.assigned_office == office and each.role is Role.LEAD)


def amended(store: Store, alter: Callable[[Step], Step | None]) -> Change:
    plan = with_step(store.plan, "T0.1", "report", alter)
    with reading_session(store.engine) as session:
        return amendment(session, plan, store.calendar, provenance=PAPER, context=acting(store))


def told(store: Store, number: int) -> LeftOver | None:
    with reading_session(store.engine) as session:
        return left_over(session, session.get_one(Assignment, number), acting(store))


def waiting(store: Store) -> list[int]:
    with reading_session(store.engine) as session:
        submitted = select(Report.assignment_id).where(Report.state == ReportState.SUBMITTED)
        return list(session.exec(submitted.order_by(col(Report.assignment_id))).all())


def decide(store: Store, number: int, *, accept: bool) -> None:
    with session_scope(store.engine) as session:
        if accept:
            verbs.accept(session, number, acting(store))
        else:
            verbs.return_(session, number, "Thiếu phụ lục.", acting(store))


@pytest.mark.parametrize("accept", [True, False])
def test_a_dropped_step_leaves_what_was_reported_until_it_is_decided(store: Store, *, accept: bool) -> None:
    number, change = copy_of(store, "SYT").id or 0, amended(store, lambda _: None)
    left = [item for item in previewed(store, change) if item.kind is ItemKind.LEFT]
    assert [(item.assignment_id, item.left_because) for item in left] == [(number, LeftBecause.REPORT_WAITING)]
    deed = done(store, change)
    assert all_assignments(store)[number].state is State.REPORTED
    assert waiting(store) == [number]
    over = told(store, number)
    assert over is not None and (over.by.id, over.given_to) == (deed.deed, None)
    assert "45/KH-UBND" in over.in_words(store.plan)[0]
    decide(store, number, accept=accept)
    if accept:
        assert all_assignments(store)[number].state is State.ACCEPTED
        assert told(store, number) is None
        return
    ended = all_assignments(store)[number]
    assert (ended.state, ended.next_alert_at) == (State.WITHDRAWN, None), "nobody asks for it any more"
    assert told(store, number) is None


def test_what_is_asked_for_again_is_left_over_no_more(store: Store) -> None:
    number, step = copy_of(store, "SYT").id or 0, store.plan.step("T0.1", "report")
    done(store, amended(store, lambda _: None))
    plan = store.plan
    later = store.of_today()
    with reading_session(later.engine) as session:
        again = amendment(session, plan, later.calendar, provenance=PAPER, context=acting(later))
    done(later, again, may_be_late=True)
    assert later.of_today().plan.step("T0.1", "report") == step
    assert told(store, number) is None
    assert all_assignments(store)[number].state is State.REPORTED


def test_another_lead_does_not_get_the_decision_on_it(store: Store) -> None:
    def led_by(office: str) -> Callable[[Step], Step]:
        return lambda step: step.model_copy(update={"lead": (Selector(office=office),)})

    done(store, amended(store, led_by("SYT")))
    later = store.of_today()
    number, change = copy_of(later, "SYT").id or 0, amended(later, led_by("STP"))
    (item,) = previewed(later, change)
    assert (item.kind, item.left_because) == (ItemKind.LEFT, LeftBecause.REPORT_WAITING)
    done(later, change)
    assert all_assignments(later)[number].office == "SYT"
    over = told(later, number)
    assert over is not None and over.given_to == "STP"
    decide(later, number, accept=False)
    done(later, give_to([number], "STP", provenance=WHY, context=acting(later)))
    assert told(later, number) is None


def test_the_coordinators_own_deeds_keep_it_too(store: Store) -> None:
    syt, sct = (copy_of(store, office).id or 0 for office in ("SYT", "SCT"))
    with pytest.raises(Refused, match=f"Việc số {syt} .*xác nhận hoặc trả lại báo cáo trước"):
        previewed(store, withdraw_all([syt], provenance=WHY, context=acting(store)))
    both = previewed(store, withdraw_all([syt, sct], provenance=WHY, context=acting(store)))
    of_leads = {item.assignment_id: item.kind for item in both if item.role is Role.LEAD}
    assert of_leads == {syt: ItemKind.LEFT, sct: ItemKind.WITHDRAWN}
    done(store, move_dates([syt], date(2023, 12, 1), provenance=WHY, context=acting(store)))
    done(store, give_to([syt], "STP", provenance=WHY, context=acting(store)))
    assert (all_assignments(store)[syt].state, waiting(store)) == (State.REPORTED, [syt])
    decide(store, syt, accept=True)


def test_closing_leaves_it_and_says_so(store: Store) -> None:
    number = copy_of(store, "SYT").id or 0
    with reading_session(store.engine) as session:
        change = close_directive(session, store.plan.main_directive.code, provenance=WHY, context=acting(store))
    done(store, change)
    assert waiting(store) == [number]
    over = told(store, number)
    assert over is not None and over.given_to is None
    assert WHY.reason in over.in_words(store.plan)[0]
    decide(store, number, accept=True)


def test_it_is_withdrawn_only_once_its_report_is_decided_on(store: Store) -> None:
    number = copy_of(store, "SYT").id or 0
    with (
        pytest.raises(TransitionRefused, match="không thể thu hồi; xác nhận hoặc trả lại báo cáo trước"),
        session_scope(store.engine) as session,
    ):
        verbs.withdraw(session, number, "Không còn phù hợp.", acting(store))
    decide(store, number, accept=False)
    with session_scope(store.engine) as session:
        verbs.withdraw(session, number, "Không còn phù hợp.", acting(store))
    assert all_assignments(store)[number].state is State.WITHDRAWN


def test_what_an_earlier_version_withdrew_waits_for_no_decision_and_its_past_is_still_read(store: Store) -> None:
    number, withdrawn_at = copy_of(store, "SYT").id or 0, NOW + timedelta(hours=1)
    with session_scope(store.engine) as session:
        session.get_one(Assignment, number).state = State.WITHDRAWN
        record(session, acting(store, withdrawn_at), "withdraw", f"assignment:{number}", reason="Không còn phù hợp.")
    assert waiting(store) == [number]
    with reading(store.engine) as connection:
        assert decisions_waiting(connection) == ([], 0)
        assert decisions_waiting(connection, limit=10) == ([], 0)
    with session_scope(store.engine) as session:
        assert submitted_reports(session, [number]) == {}
    with reading_as_it_was(store.engine, withdrawn_at + timedelta(hours=1)) as connection:
        state = select(col(Assignment.state)).where(col(Assignment.id) == number)
        assert connection.execute(state).scalar_one() is State.WITHDRAWN


def test_what_is_taken_back_after_the_directive_was_closed_ends_and_goes_on_when_that_is_open_again(
    store: Store,
) -> None:
    number, code = copy_of(store, "SYT").id or 0, store.plan.main_directive.code
    with reading_session(store.engine) as session:
        change = close_directive(session, code, provenance=WHY, context=acting(store))
    done(store, change)
    with session_scope(store.engine) as session:
        verbs.take_back(session, number, store.of_today().actor_context(now=NOW, actor="office:SYT"))
    ended = all_assignments(store)[number]
    assert (ended.state, ended.next_alert_at) == (State.WITHDRAWN, None)
    with reading_session(store.engine) as session:
        notices = select(Notice.kind).where(Notice.assignment_id == number, Notice.office == "SYT")
        assert NoticeKind.WITHDRAWN in session.exec(notices).all()
        later = acting(store)
        again = reopen_directive(session, code, provenance=WHY, context=later)
    done(store, again, may_be_late=True)
    assert all_assignments(store)[number].state is State.ACKNOWLEDGED


@pytest.mark.parametrize("by_deed", [True, False])
def test_a_part_that_was_left_ends_with_the_decision_on_its_report(store: Store, *, by_deed: bool) -> None:
    lead, (part, *_) = with_helpers(store)
    number = part.id or 0
    with session_scope(store.engine) as session:
        office = store.actor_context(now=NOW, actor=f"office:{part.office}")
        verbs.report(session, number, report_on(store.plan, part), office)
    if by_deed:
        done(store, withdraw_all([lead.id or 0], provenance=WHY, context=acting(store)))
        assert told(store, number) is not None
    else:
        with session_scope(store.engine) as session:
            verbs.withdraw(session, lead.id or 0, "Không còn phù hợp.", acting(store))
    assert all_assignments(store)[number].state is State.REPORTED
    decide(store, number, accept=False)
    assert all_assignments(store)[number].state is State.WITHDRAWN
