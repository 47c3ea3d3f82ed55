"""Deeds of the office register: open work goes where it was said, once, now or on the day, and nothing is lost."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.errors import Refused
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.settings import Settings
from flows.forms import fill_in
from models.alerts.silences import silence, silenced
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, open_store
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, Role, State
from models.tables.office import Office
from models.tables.outbox import Notice
from models.work import verbs
from models.work.assigning import assign
from models.work.deeds.apply import Applied, Change
from models.work.deeds.direct import move_dates
from models.work.deeds.grounds import grounds
from models.work.directives import anchors, issue_directive
from models.work.parties import Parties, parties_of
from models.work.planning import planned_assignments
from models.work.register.changes import add, changed_register, end, merge, office_from, rename, split
from models.work.verbs import acknowledge, report
from models.work.verbs.succession import hand_over_ended_offices
from tests.support.cast import at
from tests.support.deeds import NOW, acting, all_assignments, done, open_assignments, previewed, report_on, with_helpers
from tests.support.following_up import follow_up_once
from tests.support.plans import one_step

TODAY, AHEAD = NOW.date(), date(2023, 11, 1)
PAPER = grounds(paper_number="77/QĐ-UBND", paper_date=date(2023, 9, 15), needs_reason=False)
PAPER_AHEAD = grounds(paper_number="77/QĐ-UBND", effective_on=AHEAD, needs_reason=False)
NEW = {"name_vi": "Sở Mới", "name_en": "New Department"}


def merging(store: Store, codes: list[str], into: str, given=PAPER) -> Change:  # type: ignore[no-untyped-def]
    with reading_session(store.engine) as session:
        return merge(session, codes, into, NEW, provenance=given, context=acting(store))


def splitting(store: Store, code: str, heirs: dict[str, str], default: str = "", given=PAPER) -> Change:  # type: ignore[no-untyped-def]
    new = {"PHANA": {"name_vi": "Phần A"}, "PHANB": {"name_vi": "Phần B"}}
    with reading_session(store.engine) as session:
        return split(session, code, ["PHANA", "PHANB"], heirs, default, new, provenance=given, context=acting(store))


def entered(store: Store, change: Change) -> Applied:
    applied = done(store, change)
    mirror_configuration(store.engine, change.context.plan, store.contacts)
    return applied


def on_the_day(store: Store, priority: str) -> None:
    follow_up_once(store.of_today(), priority, fill_in(priority, {}, store.of_today().plan), at(AHEAD))


def nothing_is_lost(store: Store, before: dict[int, Assignment], withdrawn: set[int], day: date) -> None:
    plan = store.of_today().plan
    for number, row in all_assignments(store).items():
        if number in before and number not in withdrawn:
            assert row.state in OPEN, number
            assert plan.office(row.office).exists_on(day), row.office


def test_merged_offices_leave_what_is_open_to_the_one_they_become(running: Store) -> None:
    before = open_assignments(running)
    change = merging(running, ["SYT", "STP"], "SYTTP")
    items = previewed(running, change)
    applied = entered(running, change)
    after = all_assignments(running)
    withdrawn = {item.assignment_id or 0 for item in items if item.kind is ItemKind.WITHDRAWN}
    theirs = {n for n, row in before.items() if row.office in ("SYT", "STP")}
    assert {n for n in theirs if after[n].office == "SYTTP"} == theirs - withdrawn
    assert {after[n].state for n in withdrawn} == {State.WITHDRAWN}
    held = [(r.subtask, r.step, r.variant, r.period, r.lead_office) for r in after.values() if r.office == "SYTTP"]
    assert len(held) == len(set(held)), "each thing once"
    nothing_is_lost(running, before, withdrawn, TODAY)
    for number in theirs - withdrawn:
        assert (after[number].state, after[number].due_at) == (before[number].state, before[number].due_at)
    plan = running.of_today().plan
    assert plan.office("SYT").valid_to == date(2023, 9, 19) and plan.current_office("STP", TODAY) == "SYTTP"
    with reading_session(running.engine) as session:
        assert session.get_one(Office, "SYTTP").name_vi == "Sở Mới"
        rung = f"%{applied.deed}%"
        told = session.exec(select(Notice.office).where(col(Notice.rung).like(f"deed:{rung}")).distinct()).all()
    assert "SYT" not in told and "STP" not in told, "who is there no more is told nothing"
    count = len(after)
    for priority in ("p1", "p3"):
        follow_up_once(running.of_today(), priority, fill_in(priority, {}, running.of_today().plan), at("2023-09-21"))
    assert len(all_assignments(running)) == count, "no run makes a twin"


def test_lead_and_coordinating_of_one_office_become_one_and_keep_the_contribution(running: Store) -> None:
    rows = open_assignments(running)
    part = next(
        row for row in rows.values()
        if row.role is Role.COORDINATING and row.office not in ("HUYEN", "XA") and row.lead_office != row.office
        and any(r.role is Role.LEAD and r.office == row.lead_office and r.period == row.period and r.step == row.step
                and r.subtask == row.subtask and r.variant == row.variant for r in rows.values())
    )  # fmt: skip
    change = merging(running, [part.office], part.lead_office)
    items = {item.assignment_id: item.kind for item in previewed(running, change)}
    assert items[part.id] is ItemKind.WITHDRAWN
    entered(running, change)
    assert part.id and all_assignments(running)[part.id].state is State.WITHDRAWN


def test_a_day_ahead_is_entered_now_and_takes_effect_then(running: Store) -> None:
    change = merging(running, ["SYT"], "STP", PAPER_AHEAD)
    assert previewed(running, change) == []
    entered(running, change)
    assert running.of_today().plan.office("SYT").valid_to == date(2023, 10, 31)
    before = open_assignments(running)
    assert any(row.office == "SYT" for row in before.values())
    for priority in ("p1", "p3"):
        on_the_day(running, priority)
    after = all_assignments(running)
    assert not [row for row in after.values() if row.office == "SYT" and row.state in OPEN]
    assert {after[n].office for n, row in before.items() if row.office == "SYT" and after[n].state in OPEN} == {"STP"}


def test_a_split_needs_an_heir_for_everything_and_names_all_that_is_missing(running: Store) -> None:
    theirs = {n: row for n, row in open_assignments(running).items() if row.office == "SYT"}
    with pytest.raises(Refused) as refused:
        splitting(running, "SYT", {})
    for number, row in theirs.items():
        assert f"việc số {number} ({row.subtask})" in str(refused.value)
    with pytest.raises(Refused) as wrong:
        splitting(running, "SYT", {"T9.9": "PHANA", "99999": "PHANB", "T0.1": "CAT"}, "PHANA")
    assert len(wrong.value.details) == 3
    with pytest.raises(Refused, match="ít nhất hai"), reading_session(running.engine) as session:
        split(session, "SYT", ["STP"], {}, "STP", provenance=PAPER, context=acting(running))


@pytest.mark.parametrize("ahead", [False, True])
def test_the_heirs_of_a_split_hold_for_what_is_open_and_for_what_comes(running: Store, ahead: bool) -> None:
    theirs = {n: row for n, row in open_assignments(running).items() if row.office == "SYT"}
    one = max(theirs)
    subtask = next(row.subtask for n, row in theirs.items() if n != one)
    heirs = {str(one): "PHANB", subtask: "PHANB"}
    change = splitting(running, "SYT", heirs, "PHANA", PAPER_AHEAD if ahead else PAPER)
    items = previewed(running, change)
    assert bool(items) is not ahead
    entered(running, change)
    for priority in ("p1", "p3"):
        on_the_day(running, priority)
    after = all_assignments(running)
    for number, row in theirs.items():
        if after[number].state in OPEN:
            assert after[number].office == ("PHANB" if number == one or row.subtask == subtask else "PHANA")
    for priority in ("p1", "p3"):
        follow_up_once(running.of_today(), priority, fill_in(priority, {}, running.of_today().plan), at("2024-01-10"))
    new = [row for n, row in all_assignments(running).items() if n not in after and row.office in ("PHANA", "PHANB")]
    assert new and all((row.office == "PHANB") == (row.subtask == subtask) for row in new)


def test_offices_are_added_renamed_and_ended(running: Store) -> None:
    with reading_session(running.engine) as session:
        change = add(
            session, {"code": "SMOI", "name_vi": "Sở Mới", "kind": "state"}, provenance=PAPER, context=acting(running)
        )
        with pytest.raises(Refused, match="đã có trong danh bạ"):
            add(session, {"code": "SYT", **NEW, "kind": "state"}, provenance=PAPER, context=acting(running))
        with pytest.raises(Refused) as refused:
            add(
                session,
                {"code": "sm", "name_vi": "x" * 300, "kind": "state"},
                provenance=PAPER,
                context=acting(running),
            )
    assert "code" in str(refused.value) + "".join(refused.value.details)
    assert previewed(running, change) == []
    entered(running, change)
    with reading_session(running.engine) as session:
        renamed = rename(session, "SMOI", "Sở Mới Hơn", provenance=PAPER, context=acting(running))
    entered(running, renamed)
    assert running.of_today().plan.office("SMOI").name_vi == "Sở Mới Hơn"
    with reading_session(running.engine) as session:
        ending = end(session, "SYT", "SMOI", provenance=PAPER, context=acting(running))
        with pytest.raises(Refused, match="BDBP2: chưa có trong danh bạ"):
            merge(session, ["SMOI"], "BDBP2", provenance=PAPER, context=acting(running))
    before = {n for n, row in open_assignments(running).items() if row.office == "SYT"}
    entered(running, ending)
    assert {all_assignments(running)[n].office for n in before} == {"SMOI"}
    with reading_session(running.engine) as session, pytest.raises(Refused, match="đã kết thúc"):
        end(session, "SYT", "STP", provenance=grounds(reason="Lần nữa."), context=acting(running, at("2023-10-20")))
    with session_scope(running.engine) as session:
        assert hand_over_ended_offices(session, acting(running)) == 0


def test_a_collective_entry_gives_way_to_its_members(running: Store) -> None:
    theirs = {n: row for n, row in open_assignments(running).items() if row.office == "HUYEN"}
    assert theirs
    kept = min(theirs)
    with session_scope(running.engine) as session:
        acknowledge(session, kept, running.actor_context(now=NOW, actor="office:HUYEN"))
    members = [
        office_from({"code": code, "name_vi": code, "name_en": code, "kind": "locality", "member_of": "HUYEN"})
        for code in ("HUYENA", "HUYENB")
    ]
    context = acting(running)
    with reading_session(running.engine) as session:
        change = changed_register(session, [*context.plan.offices, *members], provenance=PAPER, context=context)
    items = previewed(running, change)
    owed = {n for n, row in open_assignments(running).items() if row.lead_office == "HUYEN" and n not in theirs}
    assert {item.assignment_id for item in items if item.kind is ItemKind.WITHDRAWN} == {*theirs, *owed}
    assert len([item for item in items if item.kind is ItemKind.MADE]) == 2 * len([*theirs, *owed])
    entered(running, change)
    copies = [row for row in open_assignments(running).values() if row.office in ("HUYENA", "HUYENB")]
    assert sorted((row.subtask, row.step, row.variant, row.period, row.due_date) for row in copies) == sorted(
        (row.subtask, row.step, row.variant, row.period, row.due_date if row.due_at > NOW else NO_DATE)
        for row in [*theirs.values()] * 2
    )
    count = len(all_assignments(running))
    for priority in ("p1", "p3"):
        follow_up_once(running.of_today(), priority, fill_in(priority, {}, running.of_today().plan), at("2023-09-21"))
    assert len(all_assignments(running)) == count, "what was asked before is not asked of the members again"


@pytest.mark.parametrize("since", ["moved", "resumed", "taken back"])
def test_what_a_collective_entry_has_begun_stays_with_it(running: Store, since: str) -> None:
    """Whatever became of its report: returned, and then due earlier or resumed, or taken back."""
    theirs = [(n, row) for n, row in open_assignments(running).items() if row.office == "HUYEN"]
    number, row = next(each for each in theirs if each[1].role is Role.LEAD and each[1].due_at > NOW)
    desk, office = acting(running), replace(acting(running), actor="office:HUYEN")
    with session_scope(running.engine) as session:
        report(session, number, report_on(running.plan, row), office)
        if since == "taken back":
            verbs.take_back(session, number, office)
        else:
            verbs.return_(session, number, "Thiếu phụ lục.", desk)
        if since == "resumed":
            verbs.suspend(session, number, "Chờ hướng dẫn.", desk)
            verbs.resume(session, number, None, desk)
    if since == "moved":
        done(running, move_dates([number], row.due_date - timedelta(days=1), provenance=PAPER, context=desk))
    members = [
        office_from({"code": code, "name_vi": code, "name_en": code, "kind": "locality", "member_of": "HUYEN"})
        for code in ("HUYENA", "HUYENB")
    ]
    with reading_session(running.engine) as session:
        change = changed_register(session, [*desk.plan.offices, *members], provenance=PAPER, context=desk)
    entered(running, change)
    with session_scope(running.engine) as session:
        assert hand_over_ended_offices(session, acting(running.of_today(), at("2023-09-21"))) == 0
    assert {n for n, each in open_assignments(running).items() if each.office == "HUYEN"} == {number}


def test_of_two_parts_the_one_with_a_report_is_kept(running: Store) -> None:
    """Also where it was returned, and the work resumed since, so that it is only assigned again."""
    _, (first, second, *_) = with_helpers(running, at_least=2)
    desk, number = acting(running), second.id or 0
    with session_scope(running.engine) as session:
        acknowledge(session, first.id or 0, replace(desk, actor=f"office:{first.office}"))
        report(session, number, report_on(running.plan, second), replace(desk, actor=f"office:{second.office}"))
        verbs.return_(session, number, "Thiếu phụ lục.", desk)
        verbs.suspend(session, number, "Chờ hướng dẫn.", desk)
        verbs.resume(session, number, None, desk)
    assert all_assignments(running)[number].state is State.ASSIGNED
    entered(running, merging(running, [first.office, second.office], "MOI"))
    assert [n for n in (first.id, second.id) if n in open_assignments(running)] == [number]


def test_what_others_owe_a_collective_entry_they_owe_its_members(settings: Settings, tmp_path: Path) -> None:
    step = "lead: VHTT\ncoordinating: [STC, SNV]\nnamed: [HOI]\ndue: {lead: BY:30/06/2025, coordinating: BY:15/06/2025}"
    day = at("2025-01-08")
    with open_store(replace(settings, plan_dir=one_step(tmp_path / "plan.yaml", step))) as store:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2025-01-06"), actor="coordinator")
            issue_directive(session, number="45/KH-UBND", on_date=date(2025, 1, 6), context=context)
        with session_scope(store.engine) as session:
            of_priority = store.actor_context(now=day, actor="flow:p1").for_priority("p1")
            assign(session, list(planned_assignments(of_priority, anchors(session))), of_priority)
        (reported,) = [row for row in open_assignments(store).values() if row.office == "SNV"]
        with session_scope(store.engine) as session:
            office = store.actor_context(now=day, actor="office:SNV")
            report(session, reported.id or 0, report_on(store.plan, reported), office)
        context = acting(store, at("2025-01-10"))
        members = [
            office_from({"code": code, "name_vi": code, "kind": "locality", "member_of": "VHTT"})
            for code in ("VA", "VB")
        ]
        with reading_session(store.engine) as session:
            change = changed_register(session, [*context.plan.offices, *members], provenance=PAPER, context=context)
        left = [item.assignment_id for item in previewed(store, change) if item.kind is ItemKind.LEFT]
        assert left == [reported.id], "what was handed in waits for its decision"
        entered(store, change)
        found = open_assignments(store)
        assert {(row.role, row.office, row.lead_office, row.due_date) for row in found.values()} == {
            (Role.LEAD, "VA", "VA", date(2025, 6, 30)),
            (Role.LEAD, "VB", "VB", date(2025, 6, 30)),
            (Role.COORDINATING, "STC", "VA", date(2025, 6, 16)),
            (Role.COORDINATING, "STC", "VB", date(2025, 6, 16)),
            (Role.COORDINATING, "SNV", "VHTT", date(2025, 6, 16)),
        }
        leads = [number for number, row in found.items() if row.role is Role.LEAD]
        with reading_session(store.engine) as session:
            parties = parties_of(session, found)
        assert parties == dict.fromkeys(leads, Parties(named=("HOI",)))


def test_no_member_is_late_by_a_date_that_was_over_before_it_was_asked(running: Store) -> None:
    theirs = {n: row for n, row in open_assignments(running).items() if row.office == "HUYEN"}
    later = at(max(row.due_date for row in theirs.values() if row.due_date < NO_DATE) + timedelta(days=5))
    context = acting(running, later)
    member = office_from({"code": "HUYENA", "name_vi": "A", "kind": "locality", "member_of": "HUYEN"})
    with reading_session(running.engine) as session:
        change = changed_register(session, [*context.plan.offices, member], provenance=PAPER, context=context)
    assert not any(item.is_late_now for item in previewed(running, change))
    entered(running, change)
    copies = [row for row in open_assignments(running).values() if row.office == "HUYENA"]
    assert len(copies) == len(theirs)
    assert {(row.due_date, row.timing) for row in copies} == {(NO_DATE, Timing.UNDATED)}
    assert all("đã qua khi giao cho từng cơ quan" in row.explanation_vi for row in copies)


def test_a_name_ahead_is_borne_from_its_day_on(running: Store) -> None:
    with reading_session(running.engine) as session:
        change = rename(session, "SYT", "Sở Y tế và Dân số", provenance=PAPER_AHEAD, context=acting(running))
    entered(running, change)
    assert running.of_today().plan.office("SYT").name_vi == "Sở Y tế"
    for _ in range(2):
        on_the_day(running, "p1")
    office = running.of_today().plan.office("SYT")
    assert (office.name_vi, office.name_en, office.next_name) == ("Sở Y tế và Dân số", "Department of Health", None)
    assert running.of_today().editions["offices"] == 3
    with reading_session(running.engine) as session:
        assert session.get_one(Office, "SYT").name_vi == "Sở Y tế và Dân số"


def test_the_successor_does_not_inherit_a_silence(running: Store) -> None:
    with session_scope(running.engine) as session:
        silence(session, office="SYT", until=AHEAD, reason="Đang sắp xếp.", context=acting(running))
        silence(session, subtask="T0.1", until=AHEAD, reason="Đang sắp xếp.", context=acting(running))
    theirs = {number: row for number, row in open_assignments(running).items() if row.office == "SYT"}
    entered(running, merging(running, ["SYT"], "SYTM"))
    passed = {n for n, row in open_assignments(running).items() if n in theirs and row.office == "SYTM"}
    with reading_session(running.engine) as session:
        held = silenced(session, passed, TODAY)
    assert held.keys() == {number for number in passed if theirs[number].subtask == "T0.1"} != passed
    with session_scope(running.engine) as session, pytest.raises(Refused, match="SYTM"):
        silence(session, office="SYT", until=AHEAD, reason="Đang sắp xếp.", context=acting(running))
