"""A directive that asks for several reports in one month of the year: each is asked for, under a name of its own."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.catalogue.history import histories_after
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from config.clock import start_of_day
from config.errors import Refused
from config.rules.periods import parse_period
from config.settings import Settings
from flows.forms import fill_in
from models.alerts.silences import silence, silenced
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading, reading_session, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import Role
from models.work.assigning import assign
from models.work.deeds.changes import amendment
from models.work.directives import anchors
from models.work.planning import planned_assignments
from models.work.queries import AssignmentFilter, assignments
from models.work.search import search_for
from reports.papers.period_report import period_report
from tests.support.cast import at, one_step_issued
from tests.support.deeds import WHY, previewed, with_step
from tests.support.following_up import follow_up_once
from tests.support.plans import one_step

TWICE = "lead: SYT\ndue: {lead: trước ngày 10/6 và 20/6 hằng năm}"
OF_JUNE = {"2025-06-D1": date(2025, 6, 9), "2025-06": date(2025, 6, 19)}


@pytest.fixture
def issued(settings: Settings) -> Iterator[Store]:
    """Such a directive, issued on 1/4/2025."""
    with one_step_issued(settings, TWICE, on_date=date(2025, 4, 1)) as opened:
        yield opened


@pytest.fixture
def store(issued: Store) -> Store:
    """The same, followed up on 2/6/2025."""
    follow_up(issued)
    return issued


def follow_up(store: Store, **form: object) -> int:
    return follow_up_once(store, "p1", fill_in("p1", form, store.plan), at("2025-06-02")).assigned


def due_dates(store: Store) -> dict[str, date]:
    with reading_session(store.engine) as session:
        return dict(session.exec(select(col(Assignment.period), col(Assignment.due_date))).all())


def test_each_of_two_reports_in_a_month_is_asked_for(store: Store) -> None:
    assert due_dates(store) == OF_JUNE
    assert follow_up(store) == 0


def test_what_was_assigned_before_times_were_numbered_is_not_assigned_twice(issued: Store) -> None:
    """Until then only the last of them was asked for, under the name of the month."""
    context = issued.actor_context(now=at("2025-06-02"), actor="system").for_priority("p1")
    with session_scope(issued.engine) as session:
        planned = planned_assignments(context, anchors(session))
        assert assign(session, [each for each in planned if each.period == "2025-06"], context) == 1
    assert follow_up(issued, periods=["2025-06"]) == 1
    assert due_dates(issued) == OF_JUNE


def test_a_month_is_listed_searched_silenced_and_reported_with_all_its_times(store: Store) -> None:
    now = at("2025-06-02", 9)
    with reading(store.engine) as connection:
        for period, keys in (("2025-06", set(OF_JUNE)), ("2025-06-D1", {"2025-06-D1"})):
            found = list(assignments(connection, AssignmentFilter(period=period), now=now))
            assert {row.period for row in found} == keys
        for typed, keys in (("tháng 6/2025", set(OF_JUNE)), ("tháng 6/2025 (đợt 1)", {"2025-06-D1"})):
            found = list(assignments(connection, AssignmentFilter(search=search_for(store.plan, typed)), now=now))
            assert {row.period for row in found} == keys
        for key in ("2025-06", "2025-06-D1"):
            report = period_report(connection, store, parse_period(key), now=now)
            assert (report.period.key, report.figures.total) == ("2025-06", 2)
    with session_scope(store.engine) as session:
        numbers = {row.id or 0: row.period for row in session.exec(select(Assignment))}
        context = store.actor_context(now=now, actor="coordinator")
        silence(session, period="2025-06-D1", until=date(2025, 6, 30), reason="Theo yêu cầu.", context=context)
        assert {numbers[each] for each in silenced(session, [*numbers], now.date())} == {"2025-06-D1"}
        silence(session, period="2025-06", until=date(2025, 6, 30), reason="Theo yêu cầu.", context=context)
        assert {numbers[each] for each in silenced(session, [*numbers], now.date())} == set(OF_JUNE)


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("YEARLY:BEFORE:12/06,20/06", ItemKind.MOVED), ("YEARLY:BEFORE:15/03,15/09", ItemKind.LEFT)],
)
def test_an_amendment_moves_days_within_their_months_and_leaves_what_was_asked_by_other_months(
    store: Store, rule: str, kind: ItemKind
) -> None:
    now = store.of_today()
    plan = with_step(now.plan, "T1.1", "plan", lambda step: asked_by(rule, step))
    with reading_session(store.engine) as session:
        context = now.actor_context(now=at("2025-06-03"), actor="coordinator")
        change = amendment(session, plan, now.calendar, provenance=WHY, context=context)
    items = [(each.kind, each.period, each.to_due_date) for each in previewed(store, change)]
    if kind is ItemKind.MOVED:
        told = (ItemKind.REWORDED, "2025-06", OF_JUNE["2025-06"])  # its rule names other days beside its own
        assert sorted(items) == sorted([(kind, "2025-06-D1", date(2025, 6, 11)), told])
    else:
        assert sorted(items) == [(kind, *each) for each in sorted(OF_JUNE.items())]


def asked_by(rule: str, step: Step) -> Step:
    return step.model_copy(update={"due": step.due.model_copy(update={"lead": rule})})


def planned(plan: Plan, today: date, issued: date = date(2025, 1, 6), periods: tuple[str, ...] = ()) -> dict[str, date]:
    """What a lead is asked for by a day, under its keys."""
    context = ActorContext(plan=plan, calendar=load_calendar(), now=start_of_day(today), actor="test")
    paper = Anchor(
        id=1, kind=AnchorKind.ISSUE, directive="KH-45", key="doc:1", title="1", plain_title="1", on_date=issued,
        created_at=start_of_day(issued),
    )  # fmt: skip
    found = [
        each
        for each in planned_assignments(context.for_priority("p1"), [paper], periods=periods)
        if each.role is Role.LEAD
    ]
    assert len({each.period for each in found}) == len(found)
    return {each.period: each.due.due_date for each in found}


def plan_with(tmp_path: Path, lead: str, *, conventions: str = "") -> Plan:
    directive = conventions and f"conventions: {{{conventions}}}"
    return load_plan(one_step(tmp_path / "plan.yaml", f'lead: SYT\ndue: {{lead: "{lead}"}}', directive=directive))


def test_a_time_before_the_directive_is_not_owed_and_one_after_it_is(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "YEARLY:BY:10/06,20/06")
    assert planned(plan, date(2025, 7, 1), issued=date(2025, 6, 13)) == {"2025-06": date(2025, 6, 20)}
    assert planned(plan, date(2025, 7, 1), issued=date(2025, 6, 10)) == {
        "2025-06-D1": date(2025, 6, 10), "2025-06": date(2025, 6, 20)
    }  # fmt: skip


def test_a_month_to_come_is_named_by_its_key(tmp_path: Path) -> None:
    plan, today = plan_with(tmp_path, "YEARLY:BY:10/06,20/06,15/12"), date(2025, 2, 3)
    of_june = {"2025-06-D1": date(2025, 6, 10), "2025-06": date(2025, 6, 20)}
    assert planned(plan, today) == {}
    assert planned(plan, today, periods=("2025-06",)) == of_june
    assert planned(plan, today, periods=("2025-06-D1",)) == {"2025-06-D1": date(2025, 6, 10)}
    with pytest.raises(Refused, match="không có việc nào theo kỳ như vậy"):
        planned(plan, today, periods=("2025",))


def test_a_1st_that_is_read_inclusively_is_assigned_in_its_own_month(tmp_path: Path) -> None:
    """«Trước ngày 01/7» is due on 30/6, or up to the end of 1/7; only then is July its month."""
    lead = "YEARLY:BEFORE:01/07,01/12"
    assert planned(plan_with(tmp_path, lead), date(2025, 6, 2)) == {"2025-07": date(2025, 6, 30)}
    plan = plan_with(tmp_path, lead, conventions="before_date: inclusive")
    assert planned(plan, date(2025, 6, 30)) == {}
    assert planned(plan, date(2025, 7, 1)) == {"2025-07": date(2025, 7, 1)}


@pytest.mark.parametrize(
    ("before", "after", "changed", "asked"),
    [
        # On the same occasions, another day of the same month; a deed moves what had begun.
        (
            "YEARLY:BY:20/06,20/12",
            "YEARLY:BY:25/06,15/12",
            "2025-06-10",
            {"2025-06": "2025-06-20", "2025-12": "2025-12-15"},
        ),
        # By another rhythm from the next occasion on; what had begun stays.
        (
            "YEARLY:BY:20/06,20/12",
            "YEARLY:BY:10/06,20/06,20/12",
            "2025-06-05",
            {"2025-06": "2025-06-20", "2025-12": "2025-12-22"},
        ),
        (
            "YEARLY:BY:20/06,20/12",
            "YEARLY:BY:15/03,15/09",
            "2025-06-05",
            {"2025-06": "2025-06-20", "2025-09": "2025-09-15"},
        ),
        (
            "YEARLY:BY:10/06,20/06",
            "YEARLY:BY:20/06",
            "2025-06-05",
            {"2025-06-D1": "2025-06-10", "2025-06": "2025-06-20"},
        ),
        ("YEARLY:BY:15/06", "YEARLY:BY:15/06,15/12", "2025-03-05", {"2025": "2025-06-16"}),
    ],
)
def test_days_that_are_changed_in_the_middle_of_a_year_are_asked_for_once(
    tmp_path: Path, before: str, after: str, changed: str, asked: dict[str, str]
) -> None:
    on = date.fromisoformat(changed)
    was, now = plan_with(tmp_path, before), plan_with(tmp_path, after)
    history = histories_after(list(was.subtasks()), list(now.subtasks()), (), on, on)
    found = planned(now.model_copy(update={"history": tuple(history)}), date(2025, 12, 31))
    assert {key: day.isoformat() for key, day in found.items()} == asked


@pytest.mark.parametrize(
    ("lead", "coordinating", "fits"),
    [
        ("YEARLY:BY:10/06,20/06", "YEARLY:BY:05/06,15/06", True),
        ("YEARLY:BY:10/06,20/06", "YEARLY:BY:15/06,18/06", False),  # the first one after the lead's own
        ("YEARLY:BY:20/06,20/12", "YEARLY:BY:10/06", False),
        ("YEARLY:BY:20/06,20/12", "ND09-Y:coordinating", False),
        ("YEARLY:BY:20/06,20/12", "YEARLY:BY:10/06,22/12", False),
        ("YEARLY:BY:20/12", "YEARLY:BY:10/06,10/12", False),
        ("ND09-Y", "YEARLY:BY:10/06,10/12", False),
    ],
)
def test_the_input_for_each_report_has_one_day_before_it(
    tmp_path: Path, lead: str, coordinating: str, fits: bool
) -> None:
    step = f'lead: SYT\ncoordinating: [STC]\ndue: {{lead: "{lead}", coordinating: "{coordinating}"}}'
    path = one_step(tmp_path / "plan.yaml", step)
    if fits:
        assert len(planned(load_plan(path), date(2025, 7, 1))) == 2
        return
    with pytest.raises(PlanErrors) as refused:
        load_plan(path)
    assert [error.key.rpartition(".")[2] for error in refused.value.errors] == ["coordinating"]
