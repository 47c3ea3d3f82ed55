"""Drafts of amendments: kept, looked at, overtaken by other changes, applied once, dropped."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from sqlmodel import select

from config.catalogue.plan import Plan
from config.catalogue.steps import DueRules
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_EXAMPLE_DIR, Settings
from models.keeping.opening import Store, open_store
from models.plans.documents import PlanInForce
from models.plans.editions import AppliedMeanwhile, Provenance, import_new
from models.plans.reading import plan_from, with_contents
from models.plans.reshaping import free_code, subtask_content, with_subtask
from models.plans.reshaping import with_new_subtask as with_new_subtask_of
from models.store.audit import AuditEvent
from models.store.database import reading_session, session_scope
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from models.work.deeds.grounds import grounds
from models.work.directive_deeds.drafts import (
    DraftedChange,
    drafted,
    drop_draft,
    keep_draft,
    open_draft,
    open_drafts,
)
from models.work.directive_deeds.editing import change_draft, draft_in_hand, half_done, keep_unfinished
from models.work.register.changes import add
from tests.support.deeds import WHY, acting, assign, done, previewed, with_step
from tests.support.past import after

PAPER = grounds(paper_number="71/KH-UBND", paper_date=date(2023, 9, 19), needs_reason=False)
DECISION = grounds(paper_number="9/NQ-HĐND", needs_reason=False)


@pytest.fixture
def running(settings: Settings) -> Iterator[Store]:
    with after(settings, assign, "p1") as opened:
        yield opened


def with_due(plan: Plan, subtask: str, step: str, rule: str) -> Plan:
    return with_step(
        plan,
        subtask,
        step,
        lambda each: each.model_copy(update={"due": each.due.model_copy(update={"lead": rule})}),
    )


def kept(store: Store, plan: Plan, **scope: bool) -> int:
    with session_scope(store.engine) as session:
        context = acting(store)
        draft = keep_draft(session, plan, context.calendar, provenance=Provenance(), context=context, **scope)
        return draft.id or 0


def as_change(store: Store, number: int, provenance: Provenance = PAPER) -> DraftedChange:
    with reading_session(store.engine) as session:
        return drafted(session, number, provenance, acting(store))


def amended_with(store: Store, plan: Plan) -> Change:
    with reading_session(store.engine) as session:
        return amendment(session, plan, store.calendar, provenance=WHY, context=acting(store))


def test_a_draft_does_nothing_until_it_is_applied_and_then_what_the_amendment_would(running: Store) -> None:
    plan = with_due(running.plan, "T0.1", "report", "ISSUE+40")
    number = kept(running, plan)
    assert running.of_today() is running
    found = as_change(running, number)
    assert previewed(running, found.change) == previewed(running, amended_with(running, plan))
    assert (found.overtaken, found.conflicts) == ({}, [])
    done(running, found.change)
    assert running.of_today().plan.step("T0.1", "report").due.lead == "ISSUE+40"
    with reading_session(running.engine) as session:
        assert open_drafts(session) == []
        with pytest.raises(Refused, match="đã được áp dụng ngày 20/09/2023"):
            open_draft(session, number)
        verbs = session.exec(select(AuditEvent.verb).where(AuditEvent.subject == f"draft:{number}")).all()
        assert verbs == ["draft_plan"]


def test_its_scope_is_kept_with_it(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"), open_work=False, with_letters=False)
    found = as_change(running, number)
    assert previewed(running, found.change) == []
    assert not found.change.with_letters


def test_what_changed_since_it_was_made_stays(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"))
    done(running, amended_with(running, with_due(running.plan, "T1.4", "report", "CLOSE+6")))
    with session_scope(running.engine) as session:
        context = acting(running)
        entered = add(session, {"code": "MOI", "name_vi": "Sở Mới"}, provenance=DECISION, context=context)
    done(running, entered)
    store = running.of_today()
    found = as_change(store, number)
    directive = f"directive/{store.plan.main_directive.code}"
    assert (found.overtaken, found.conflicts) == ({directive: (1, 2)}, [])
    done(store, found.change)
    plan = store.of_today().plan
    assert [plan.step(*each).due.lead for each in (("T0.1", "report"), ("T1.4", "report"))] == ["ISSUE+40", "CLOSE+6"]
    assert plan.office("MOI").name_vi == "Sở Mới"


def test_what_both_change_is_named_and_is_as_the_draft_has_it(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"))
    done(running, amended_with(running, with_due(running.plan, "T0.1", "report", "ISSUE+35")))
    found = as_change(running.of_today(), number)
    assert found.conflicts == ["p1.T0.1.report.due.lead"]
    assert found.change.context.plan.step("T0.1", "report").due.lead == "ISSUE+40"


def with_new_subtask(plan: Plan, title: str, *, after: str = "") -> Plan:
    """With one subtask more of p1, which waits for another where one is named."""
    step = {"key": "report", "lead": "SYT", "due": {"lead": "ISSUE+30"}}
    content = {"code": free_code(plan, "p1"), "title_vi": title, "steps": [step]}
    changed = with_new_subtask_of(plan, "p1", content | ({"depends_on": [after]} if after else {}))
    return with_contents(plan, WorkingCalendar(), changed)[0]


def with_new_priority(plan: Plan, title: str) -> Plan:
    place = max(int(each[1:]) for each in plan.priority_codes) + 1
    step = {"key": "report", "lead": "SYT", "due": {"lead": "ISSUE+30"}}
    subtask = {"code": f"T{place}.1", "title_vi": "Lập kế hoạch", "steps": [step]}
    content = {"code": f"p{place}", "title_vi": title, "subtasks": [subtask]}
    return with_contents(plan, WorkingCalendar(), {f"p{place}.yaml": content})[0]


@pytest.mark.later
def test_what_two_drafts_add_under_one_number_are_two_subtasks(running: Store) -> None:
    code = free_code(running.plan, "p1")
    after_it = f"T1.{int(code.partition('.')[2]) + 1}"
    first = kept(running, with_new_subtask(running.plan, "Rà soát biểu mẫu"))
    of_two = with_new_subtask(with_new_subtask(running.plan, "Công khai kết quả"), "Báo cáo tiếp", after=code)
    second = kept(running, of_two)
    done(running, as_change(running, first).change)
    store = running.of_today()
    found = as_change(store, second)
    last = f"T1.{int(after_it.partition('.')[2]) + 1}"
    assert (found.renumbered, found.conflicts) == ({code: last}, [])
    done(store, found.change)
    plan = store.of_today().plan
    titles = {each: plan.subtask(each).title_vi for each in (code, after_it, last)}
    assert titles == {code: "Rà soát biểu mẫu", after_it: "Báo cáo tiếp", last: "Công khai kết quả"}
    assert plan.subtask(after_it).depends_on == (last,)


@pytest.mark.later
def test_a_number_that_was_given_up_meanwhile_is_not_used_again(running: Store) -> None:
    code = free_code(running.plan, "p1")
    number = kept(running, with_new_subtask(running.plan, "Công khai kết quả"))
    done(running, amended_with(running, with_new_subtask(running.plan, "Rà soát biểu mẫu")))
    done(running.of_today(), amended_with(running.of_today(), running.plan))
    assert [*as_change(running.of_today(), number).renumbered] == [code]


@pytest.mark.later
def test_a_new_priority_has_the_next_number_where_another_took_it(running: Store) -> None:
    plans = [with_new_priority(running.plan, title) for title in ("Chuyển đổi số", "Kiểm tra công vụ")]
    first, second = (kept(running, plan) for plan in plans)
    done(running, as_change(running, first).change)
    store = running.of_today()
    found = as_change(store, second)
    (old, new), *subtasks = found.renumbered.items()
    assert subtasks == [(f"T{old[1:]}.1", f"T{new[1:]}.1")]
    done(store, found.change)
    plan = store.of_today().plan
    assert [plan.priority(each).title_vi for each in (old, new)] == ["Chuyển đổi số", "Kiểm tra công vụ"]
    assert plan.priority(new).numeral == f"Nhiệm vụ {new[1:]}"


@pytest.mark.later
def test_the_same_twice_stays_one(running: Store) -> None:
    title = "Rà soát biểu mẫu"
    first, second = (kept(running, with_new_subtask(running.plan, title, after=each)) for each in ("", "T0.1"))
    done(running, as_change(running, first).change)
    assert as_change(running.of_today(), second).renumbered == {}


@pytest.mark.later
def test_a_draft_changed_over_a_newer_edition_is_made_from_that(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"))
    done(running, amended_with(running, with_new_subtask(running.plan, "Rà soát biểu mẫu")))
    store = running.of_today()
    with session_scope(store.engine) as session:
        held = draft_in_hand(session, number)
        plan = with_due(held.plan, "T1.4", "report", "CLOSE+6")
        assert change_draft(session, held, plan, held.calendar, acting(store), what="T1.4")
    code = free_code(running.plan, "p1")
    retitled = with_contents(
        store.plan,
        store.calendar,
        with_subtask(store.plan, code, subtask_content(store.plan, code) | {"title_vi": "Rà soát tất cả"}),
    )[0]
    done(store, amended_with(store, retitled))
    found = as_change(store.of_today(), number)
    assert (found.renumbered, found.conflicts) == ({}, [])
    assert found.change.context.plan.subtask(code).title_vi == "Rà soát tất cả"


def edited(store: Store, number: int, subtask: str, step: str, rule: str) -> None:
    with session_scope(store.engine) as session:
        held = draft_in_hand(session, number)
        plan = with_due(held.plan, subtask, step, rule)
        assert change_draft(session, held, plan, held.calendar, acting(store), what=subtask)


def test_what_both_change_is_named_until_that_part_is_saved(running: Store) -> None:
    plan = with_due(running.plan, "T0.1", "report", "ISSUE+40")
    number = kept(running, with_due(plan, "T1.4", "report", "CLOSE+6"))
    newer = with_due(running.plan, "T0.1", "report", "ISSUE+35")
    done(running, amended_with(running, with_due(newer, "T1.4", "report", "CLOSE+7")))
    store = running.of_today()
    edited(store, number, "T1.1", "report", "ISSUE+41")
    with session_scope(store.engine) as session:
        keep_unfinished(session, number, "T1.2", [["title", "Rà soát"]], acting(store))
    found = as_change(store, number)
    assert found.overtaken == {}
    assert found.conflicts == ["p1.T0.1.report.due.lead", "p1.T1.4.report.due.lead"]
    edited(store, number, "T1.4", "report", "CLOSE+6")
    assert as_change(store, number).conflicts == ["p1.T0.1.report.due.lead"]
    with session_scope(store.engine) as session:
        held = draft_in_hand(session, number)
        assert [each.form for each in half_done(held)] == ["T1.2"]
    edited(store, number, "T0.1", "report", "ISSUE+35")
    assert as_change(store, number).conflicts == []


def test_a_draft_that_no_longer_fits_is_refused_with_every_place(running: Store) -> None:
    later = with_due(running.plan, "T1.4", "report", "CLOSE+7")
    number = kept(running, later)
    done(running, amended_with(running, with_due(running.plan, "T1.4", "compile", "CLOSE+6")))
    with pytest.raises(Refused, match="không còn khớp với kế hoạch đang dùng") as refused:
        as_change(running.of_today(), number)
    assert "T1.4" in refused.value.details[0] and "input_from" in refused.value.details[0]


def test_a_draft_that_would_wait_for_ever_is_refused_and_a_store_that_does_still_opens(running: Store) -> None:
    waiting = with_step(
        running.plan, "T0.1", "report", lambda each: each.model_copy(update={"due": DueRules(lead="AFTER:T1.4+5")})
    )
    number = kept(running, waiting)
    with pytest.raises(Refused) as refused:
        as_change(running, number)
    (fault,) = refused.value.details
    assert "T0.1.steps[0].due.lead" in fault and "T1.4 làm theo kỳ" in fault
    done(running, amended_with(running, waiting))
    with open_store(running.settings) as again:
        assert as_change(again, kept(again, with_due(again.plan, "T1.2", "report", "ND09-H:compiled")))


def test_an_unknown_draft_is_told_with_those_there_are(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"))
    with pytest.raises(Refused, match=f"Không có dự thảo số 99; đang có: {number}"):
        as_change(running, 99)


def test_a_draft_is_dropped_with_a_trace(running: Store) -> None:
    number = kept(running, with_due(running.plan, "T0.1", "report", "ISSUE+40"))
    with session_scope(running.engine) as session:
        drop_draft(session, number, "Không ban hành nữa.", acting(running))
    with reading_session(running.engine) as session:
        assert open_drafts(session) == []
        with pytest.raises(Refused, match=f"Dự thảo số {number} đã bỏ ngày 20/09/2023"):
            drafted(session, number, PAPER, acting(running))


def test_what_differs_in_nothing_is_no_draft(running: Store) -> None:
    with pytest.raises(Refused, match="Không có gì khác"):
        kept(running, running.plan)


def beside(store: Store) -> tuple[Plan, WorkingCalendar]:
    """The plan in force with the invented programme."""
    in_force = PlanInForce(store.plan, store.calendar, store.editions)
    return plan_from(PLAN_EXAMPLE_DIR / "cai-cach-hanh-chinh", in_force, date(2023, 9, 20))


def taken_in(store: Store, found: tuple[Plan, WorkingCalendar], made_from: Mapping[str, int]) -> None:
    with session_scope(store.engine) as session:
        context = acting(store)
        import_new(session, *found, provenance=DECISION, made_from=made_from, actor="coordinator", now=context.now)


def with_priority_more(plan: Plan, directive: str) -> Plan:
    like = plan.priorities_of(directive)[0]
    subtask = like.subtasks[0].model_copy(update={"code": "T20.1", "depends_on": ()})
    more = like.model_copy(update={"code": "p20", "title_vi": "Việc mới", "subtasks": (subtask,)})
    return plan.model_copy(update={"priorities": (*plan.priorities, more)})


@pytest.mark.later
def test_a_code_that_another_directive_has_taken_meanwhile_moves_on(running: Store) -> None:
    taken_in(running, beside(running), running.editions)
    store = running.of_today()
    first, second = (kept(store, with_priority_more(store.plan, each.code)) for each in store.plan.directives)
    done(store, as_change(store, first).change)
    assert as_change(store.of_today(), second).renumbered == {"p20": "p21", "T20.1": "T21.1"}


@pytest.mark.later
@pytest.mark.parametrize("place", [0, 1])
def test_a_draft_of_two_directives_moves_on_from_what_either_has_since(running: Store, place: int) -> None:
    taken_in(running, beside(running), running.editions)
    store = running.of_today()
    adding, other = (store.plan.directives[each].code for each in (place, 1 - place))
    of_both = with_priority_more(store.plan, adding)
    waits = store.plan.priorities_of(other)[0].subtasks[0].code
    # The first directive's files know its own subtasks alone.
    needs = {"depends_on": ["T20.1"]} if place == 0 else {"title_vi": "Tên khác"}
    content = subtask_content(of_both, waits) | needs
    of_both = with_contents(of_both, store.calendar, with_subtask(of_both, waits, content))[0]
    number = kept(store, of_both)
    done(store, amended_with(store, with_priority_more(store.plan, other)))
    found = as_change(store.of_today(), number)
    assert found.renumbered == {"p20": "p21", "T20.1": "T21.1"}
    plan = found.change.context.plan
    assert {each: plan.directive_of(each).code for each in ("p20", "p21")} == {"p20": other, "p21": adding}
    if place == 0:
        assert plan.subtask(waits).depends_on == ("T21.1",)


@pytest.mark.later
def test_a_new_directive_takes_back_nothing_that_was_decided_since_it_was_read(running: Store) -> None:
    found = beside(running)
    with session_scope(running.engine) as session:
        context = acting(running)
        entered = add(session, {"code": "MOI", "name_vi": "Sở Mới"}, provenance=DECISION, context=context)
    done(running, entered)
    with pytest.raises(AppliedMeanwhile):
        taken_in(running, found, running.editions)
    store = running.of_today()
    assert store.plan.office("MOI").name_vi == "Sở Mới"
    taken_in(store, beside(store), store.editions)
    assert store.of_today().plan.office("MOI").name_vi == "Sở Mới"
