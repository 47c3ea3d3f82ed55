"""The coordinator's own deeds: what they do to open work, what they refuse, and that later runs keep to them."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from config.errors import Refused
from flows.forms import fill_in
from flows.steps import notify
from models.keeping.opening import Store
from models.plans.editions import editions
from models.store.audit_event import AuditEvent
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.deed import DeedItem, ItemKind
from models.tables.lifecycle import ExtensionState, NoticeKind, NoticeState, Role, State
from models.tables.outbox import Message, Notice
from models.tables.report import Extension
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.attachments import ExaminedFile, add_attachment, waiting_attachments
from models.work.deeds.apply import LateAtOnce
from models.work.deeds.changes import amendment
from models.work.deeds.direct import coordinate, give_to, move_dates, release, withdraw_all
from models.work.deeds.grounds import grounds
from models.work.deeds.titles import retitle
from models.work.deeds.undo import undoing
from models.work.register.changes import merge
from models.work.report_form import draft_of, save_draft
from models.work.verbs import acknowledge, delegate, report, request_extension, return_, withdraw
from tests.support.cast import at
from tests.support.deeds import (
    NOW,
    WHY,
    acting,
    all_assignments,
    done,
    open_assignments,
    previewed,
    report_on,
    with_helpers,
)
from tests.support.following_up import follow_up_once


def run_again(store: Store) -> None:
    for priority in ("p1", "p3"):
        today = store.of_today()
        follow_up_once(today, priority, fill_in(priority, {}, today.plan), at("2023-09-21"))


def test_dates_are_moved_many_at_once_rolled_to_a_working_day_and_the_original_kept(running: Store) -> None:
    before = open_assignments(running)
    numbers = list(before)[:4]
    change = move_dates(numbers, date(2023, 10, 14), provenance=WHY, context=acting(running))  # a Saturday
    assert {item.kind for item in previewed(running, change)} == {ItemKind.MOVED}
    done(running, change)
    after = all_assignments(running)
    for number in numbers:
        assert after[number].due_date == date(2023, 10, 16)
        assert after[number].original_due_date == before[number].original_due_date
        assert "Theo yêu cầu" in after[number].explanation_vi and "hạn gốc" in after[number].explanation_vi
    assert {n: row.due_date for n, row in after.items() if n not in numbers} == {
        n: row.due_date for n, row in before.items() if n not in numbers
    }
    run_again(running)
    assert {after[n].due_date for n in numbers} == {all_assignments(running)[n].due_date for n in numbers}
    with pytest.raises(Refused, match="không có gì để đổi"):
        previewed(running, move_dates(numbers, date(2023, 10, 16), provenance=WHY, context=acting(running)))


def test_a_date_that_passed_is_moved_and_one_that_would_be_late_at_once_asks(running: Store) -> None:
    number, row = next((n, row) for n, row in open_assignments(running).items() if row.due_date > NOW.date())
    early = move_dates([number], date(2023, 9, 19), provenance=WHY, context=acting(running))
    with pytest.raises(LateAtOnce, match="1 việc sẽ quá hạn ngay"):
        done(running, early)
    assert all_assignments(running)[number].due_date == row.due_date
    done(running, early, may_be_late=True)
    assert all_assignments(running)[number].due_date == date(2023, 9, 19)
    done(running, move_dates([number], date(2023, 10, 2), provenance=WHY, context=acting(running)))
    assert all_assignments(running)[number].due_date == date(2023, 10, 2)
    assert all_assignments(running)[number].original_due_date == row.original_due_date


def test_a_date_moved_before_the_day_of_a_report_asks_as_well(running: Store) -> None:
    number, row = next((n, row) for n, row in open_assignments(running).items() if row.due_at > at("2023-10-20"))
    with session_scope(running.engine) as session:
        office = running.actor_context(now=NOW, actor=f"office:{row.office}")
        report(session, number, report_on(running.plan, row), office)
    early = move_dates([number], date(2023, 9, 19), provenance=WHY, context=acting(running, at("2023-09-25")))
    (item,) = previewed(running, early)
    assert item.is_late_now
    with pytest.raises(LateAtOnce, match="1 việc sẽ quá hạn ngay"):
        done(running, early)
    still_in_time = move_dates([number], date(2023, 9, 21), provenance=WHY, context=acting(running, at("2023-09-25")))
    (item,) = previewed(running, still_in_time)
    assert not item.is_late_now


def test_everything_that_is_wrong_with_what_is_named_is_told_at_once(running: Store) -> None:
    one, two = (row.id or 0 for row in with_helpers(running, at_least=2)[1][:2])
    done(running, withdraw_all([one], provenance=WHY, context=acting(running)))
    with pytest.raises(Refused) as refused:
        previewed(running, give_to([one, two, 99_999], "CAT", provenance=WHY, context=acting(running)))
    assert [line.partition(":")[0] for line in refused.value.details] == [
        f"Việc số {one} đã thu hồi, không còn mở.",
        "Không có việc số 99999; xem các số trong danh sách việc.",
    ]
    with pytest.raises(Refused, match="có phải «SYT»"):
        give_to([two], "SYTT", provenance=WHY, context=acting(running))
    with pytest.raises(Refused, match="từ 01/07/2025 mới hoạt động"):
        give_to([two], "XA", provenance=WHY, context=acting(running))
    later = acting(running, at("2025-07-02"))
    with pytest.raises(Refused, match="hiện nay là XA"):
        give_to([two], "HUYEN", provenance=WHY, context=later)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Lý do: chưa ghi"),
        ({"reason": "ab"}, "dài 2 ký tự; cần từ 3"),
        ({"reason": "Đúng thẩm quyền.", "paper_date": date(2023, 9, 1)}, "chưa ghi số văn bản"),
        ({"paper_number": "45/KH-UBND"}, "Lý do: chưa ghi"),
    ],
)
def test_a_deed_has_a_reason(given: dict[str, str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        grounds(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (NOW.date() + timedelta(days=1), "ở tương lai"),
        (date(9999, 12, 31), "ở tương lai"),
        (date(203, 8, 17), "năm 0203 không dùng được"),
    ],
)
def test_a_deed_rests_on_a_paper_that_can_be(running: Store, on: date, told: str) -> None:
    lead, _ = with_helpers(running)
    paper = grounds(paper_number="1/QĐ-UBND", paper_date=on, needs_reason=False)
    with pytest.raises(Refused, match=told):
        withdraw_all([lead.id or 0], provenance=paper, context=acting(running))
    withdraw_all([lead.id or 0], provenance=replace(paper, paper_date=NOW.date()), context=acting(running))


def test_what_was_given_away_stays_so_through_runs_and_amendments(running: Store) -> None:
    lead, _ = with_helpers(running)
    assert lead.id is not None
    with session_scope(running.engine) as session:
        acknowledge(session, lead.id, running.actor_context(now=NOW, actor=f"office:{lead.office}"))
    taker = next(o.code for o in running.plan.offices if o.exists_on(NOW.date()) and o.code not in {lead.office})
    applied = done(running, give_to([lead.id], taker, provenance=WHY, context=acting(running)))
    given = all_assignments(running)[lead.id]
    assert (given.office, given.lead_office, given.state, given.acknowledged_at) == (
        taker,
        lead.lead_office,
        State.ASSIGNED,
        None,
    )
    with reading_session(running.engine) as session:
        told = session.exec(
            select(Notice.office, Notice.kind).where(
                Notice.assignment_id == lead.id,
                Notice.rung.contains(str(applied.deed)),  # type: ignore[attr-defined]
            )
        ).all()
        item = session.exec(select(DeedItem).where(DeedItem.assignment_id == lead.id)).one()
    assert set(told) >= {(taker, NoticeKind.ASSIGNED), (lead.office, NoticeKind.REASSIGNED)}
    assert (item.from_office, item.to_office) == (lead.office, taker)
    run_again(running)
    assert all_assignments(running)[lead.id].office == taker
    count = len(all_assignments(running))
    plan = running.plan.model_copy(
        update={
            "priorities": tuple(
                p.model_copy(
                    update={
                        "subtasks": tuple(
                            s.model_copy(
                                update={
                                    "steps": tuple(
                                        step.model_copy(
                                            update={"due": step.due.model_copy(update={"lead": "ISSUE+70"})}
                                        )
                                        if s.code == lead.subtask and step.key == lead.step and step.trigger == "issue"
                                        else step
                                        for step in s.steps
                                    )
                                }
                            )
                            for s in p.subtasks
                        )
                    }
                )
                for p in running.plan.priorities
            )
        }
    )
    with reading_session(running.engine) as session:
        change = amendment(
            session, plan, running.calendar, provenance=grounds(reason="Sửa hạn."), context=acting(running)
        )
    done(running, change)
    run_again(running)
    assert all_assignments(running)[lead.id].office == taker
    assert len(all_assignments(running)) == count


def test_an_office_that_leads_and_coordinates_keeps_the_lead(running: Store) -> None:
    lead, parts = with_helpers(running)
    assert lead.id and parts[0].id
    change = give_to([lead.id], parts[0].office, provenance=WHY, context=acting(running))
    assert {(item.assignment_id, item.kind) for item in previewed(running, change)} == {
        (lead.id, ItemKind.REASSIGNED),
        (parts[0].id, ItemKind.WITHDRAWN),
    }
    done(running, change)
    run_again(running)
    rows = all_assignments(running)
    assert (rows[lead.id].office, rows[parts[0].id].state) == (parts[0].office, State.WITHDRAWN)


def test_offices_join_as_planned_ones_do_go_again_and_come_back(running: Store) -> None:
    lead, parts = with_helpers(running)
    assert lead.id is not None
    inside = {lead.office, lead.lead_office, *(part.office for part in parts)}
    new = [o.code for o in running.plan.offices if o.exists_on(NOW.date()) and o.code not in inside][:2]
    done(running, coordinate([lead.id], [*new, parts[0].office], provenance=WHY, context=acting(running)))
    joined = {
        row.office: row
        for row in all_assignments(running).values()
        if row.period == lead.period and row.lead_office == lead.lead_office and row.step == lead.step
        and row.subtask == lead.subtask and row.office in new
    }  # fmt: skip
    assert set(joined) == set(new)
    for row in joined.values():
        assert (row.role, row.variant, row.state) == (Role.COORDINATING, lead.variant, State.ASSIGNED)
        assert row.due_date <= lead.due_date and row.next_alert_at is not None and row.explanation_vi
    with pytest.raises(Refused, match="phối hợp rồi"):
        previewed(running, coordinate([lead.id], new, provenance=WHY, context=acting(running)))
    with pytest.raises(Refused, match="đang chủ trì"):
        previewed(running, coordinate([lead.id], [lead.office], provenance=WHY, context=acting(running)))
    run_again(running)
    done(running, release([lead.id], [new[0]], provenance=WHY, context=acting(running)))
    assert all_assignments(running)[joined[new[0]].id or 0].state is State.WITHDRAWN
    run_again(running)
    assert all_assignments(running)[joined[new[0]].id or 0].state is State.WITHDRAWN
    done(running, coordinate([lead.id], [new[0]], provenance=WHY, context=acting(running)))
    assert all_assignments(running)[joined[new[0]].id or 0].state is State.ASSIGNED
    with pytest.raises(Refused, match="chủ trì việc này; thu hồi"):
        previewed(running, release([lead.id], provenance=WHY, context=acting(running)))


def test_planned_and_ad_hoc_work_is_retitled(running: Store) -> None:
    lead, _ = with_helpers(running)
    assert lead.id is not None
    with reading_session(running.engine) as session:
        planned = retitle(session, [lead.id], "Tên mới của việc", provenance=WHY, context=acting(running))
    assert previewed(running, planned) == []
    done(running, planned)
    after = running.of_today()
    assert after.plan.subtask(lead.subtask).title_vi == "Tên mới của việc"
    with reading_session(running.engine) as session:
        assert max(each.number for each in editions(session) if each.series.startswith("directive/")) == 2
    with session_scope(running.engine) as session:
        ad_hoc = AdHoc("T3.4", "Báo cáo nhanh", "SYT", date(2023, 10, 10))
        (number,) = assign_ad_hoc(session, ad_hoc, acting(running))
    with reading_session(running.engine) as session:
        change = retitle(session, [number], "Báo cáo nhanh tháng 10", provenance=WHY, context=acting(running))
        with pytest.raises(Refused, match="nội dung khác nhau"):
            retitle(session, [number, lead.id], "Một tên", provenance=WHY, context=acting(running))
    done(running, change)
    with reading_session(running.engine) as session:
        anchor = session.exec(select(Anchor).where(Anchor.title == "Báo cáo nhanh tháng 10")).one()
        assert anchor.plain_title == "bao cao nhanh thang 10"


def test_many_are_withdrawn_as_one_and_nobody_is_told_twice(running: Store) -> None:
    numbers = list(open_assignments(running))[:6]
    applied = done(running, withdraw_all(numbers, provenance=WHY, context=acting(running)))
    assert {all_assignments(running)[n].state for n in numbers} == {State.WITHDRAWN}
    with reading_session(running.engine) as session:
        notices = session.exec(
            select(Notice).where(Notice.kind == NoticeKind.WITHDRAWN, Notice.state == NoticeState.PENDING)
        ).all()
    assert sorted(notice.assignment_id or 0 for notice in notices) == sorted(numbers)
    assert applied.prepared.letters == len({notice.office for notice in notices})
    run_again(running)
    assert {all_assignments(running)[n].state for n in numbers} == {State.WITHDRAWN}


def test_what_changed_since_the_preview_is_looked_at_anew(running: Store) -> None:
    numbers = [part.id or 0 for part in with_helpers(running, at_least=2)[1] if part.office != "CAT"][:2]
    change = give_to(numbers, "CAT", provenance=replace(WHY), context=acting(running))
    previewed(running, change)
    done(running, withdraw_all(numbers[:1], provenance=WHY, context=acting(running)))
    with pytest.raises(Refused, match="không còn mở"):
        done(running, change)


def test_who_joined_goes_with_the_lead_that_an_amendment_drops(running: Store) -> None:
    lead, parts = with_helpers(running)
    assert lead.id is not None
    inside = {lead.office, lead.lead_office, *(part.office for part in parts)}
    new = next(o.code for o in running.plan.offices if o.exists_on(NOW.date()) and o.code not in inside)
    done(running, coordinate([lead.id], [new], provenance=WHY, context=acting(running)))
    (joined,) = [
        n for n, r in open_assignments(running).items() if r.office == new and r.period == lead.period
        and (r.subtask, r.step, r.variant, r.lead_office) == (lead.subtask, lead.step, lead.variant, lead.lead_office)
    ]  # fmt: skip
    plan = running.plan.model_copy(
        update={
            "priorities": tuple(
                p.model_copy(update={"subtasks": tuple(s for s in p.subtasks if s.code != lead.subtask)})
                for p in running.plan.priorities
            )
        }
    )
    with reading_session(running.engine) as session:
        change = amendment(session, plan, running.calendar, provenance=WHY, context=acting(running))
    done(running, change)
    assert {all_assignments(running)[n].state for n in (lead.id, joined)} == {State.WITHDRAWN}


def _reported(store: Store, row: Assignment) -> None:
    with session_scope(store.engine) as session:
        office = store.actor_context(now=NOW, actor=f"office:{row.office}")
        report(session, row.id or 0, report_on(store.plan, row), office)


def _told_of_withdrawal(store: Store) -> set[tuple[int, str]]:
    with reading_session(store.engine) as session:
        withdrawn = select(Notice.assignment_id, Notice.office).where(Notice.kind == NoticeKind.WITHDRAWN)
        return set(session.exec(withdrawn).all())


@pytest.mark.parametrize("by_deed", [True, False])
def test_with_a_lead_goes_what_others_owe_it_and_what_was_handed_in_is_left(running: Store, *, by_deed: bool) -> None:
    lead, (first, *rest) = with_helpers(running, at_least=2)
    _reported(running, first)
    numbers = {lead.id or 0, *(part.id or 0 for part in rest)}
    if by_deed:
        change = withdraw_all([lead.id or 0], provenance=WHY, context=acting(running))
        shown = {item.assignment_id: item.kind for item in previewed(running, change)}
        assert shown == {**dict.fromkeys(numbers, ItemKind.WITHDRAWN), first.id: ItemKind.LEFT}
        deed = done(running, change).deed
    else:
        with session_scope(running.engine) as session:
            withdraw(session, lead.id or 0, "Không còn phù hợp.", acting(running))
    after = all_assignments(running)
    assert {after[number].state for number in numbers} == {State.WITHDRAWN}
    assert after[first.id or 0].state is State.REPORTED
    assert _told_of_withdrawal(running) == {(number, after[number].office) for number in numbers}
    if by_deed:
        with reading_session(running.engine) as session:
            back = undoing(session, deed, "Ghi nhầm.", acting(running))
        done(running, back)
        assert {n: row.state for n, row in all_assignments(running).items() if n in numbers} == {
            row.id: row.state for row in (lead, *rest)
        }


def _drafting(store: Store) -> tuple[int, str]:
    """An assignment on whose report its office has a draft and a file, unsent; and the office."""
    number, row = next(
        (n, row) for n, row in open_assignments(store).items()
        if row.role is Role.LEAD and (form := store.plan.subtask(row.subtask).form(row.step)).texts
        and form.attachments != "disabled" and row.office not in ("STP", "SNV")
    )  # fmt: skip
    office, content = store.actor_context(now=NOW, actor=f"office:{row.office}"), b"chua gui"
    file = ExaminedFile("nhap.pdf", "application/pdf", content, hashlib.sha256(content).hexdigest(), readable=True)
    with session_scope(store.engine) as session:
        save_draft(session, number, {"text": "Bản nháp chưa gửi."}, office)
        add_attachment(session, store.settings, number, file, office)
    return number, row.office


def _unsent(store: Store, number: int) -> tuple[bool, int]:
    with reading_session(store.engine) as session:
        return draft_of(session, number) is not None, len(waiting_attachments(session, number))


def test_what_an_office_has_not_sent_does_not_go_to_another(running: Store) -> None:
    number, old = _drafting(running)
    deed = done(running, give_to([number], "STP", provenance=WHY, context=acting(running))).deed
    assert _unsent(running, number) == (False, 0)
    with reading_session(running.engine) as session:
        events = session.exec(select(AuditEvent.verb).where(AuditEvent.subject == f"assignment:{number}")).all()
        assert events[-1] == "detach"
        back = undoing(session, deed, "Ghi nhầm.", acting(running))
    with session_scope(running.engine) as session:
        save_draft(session, number, {"text": "Của cơ quan mới."}, running.actor_context(now=NOW, actor="office:STP"))
    done(running, back)
    assert (all_assignments(running)[number].office, _unsent(running, number)) == (old, (False, 0))


def test_a_successor_goes_on_with_what_was_not_sent(running: Store) -> None:
    number, old = _drafting(running)
    with reading_session(running.engine) as session:
        new = {"name_vi": "Sở Mới", "name_en": "New Department"}
        change = merge(session, [old], "SMOI", new, provenance=WHY, context=acting(running))
    done(running, change)
    assert (all_assignments(running)[number].office, _unsent(running, number)) == ("SMOI", (True, 1))


def test_what_is_given_away_leaves_its_unit_and_its_request_behind(running: Store) -> None:
    """Who had asked for more time is told; undoing asks again, and the unit is to be named anew."""
    leads = (pair for pair in open_assignments(running).items() if pair[1].role is Role.LEAD and pair[1].due_at > NOW)
    number, row = next(leads)
    office, until = replace(acting(running), actor=f"office:{row.office}"), row.due_date + timedelta(days=30)
    heir = next(each for each in ("STC", "SXD", "SNV") if each != row.office)
    with session_scope(running.engine) as session:
        delegate(session, number, "Phòng Nghiệp vụ Y", office)
        request_extension(session, number, until, "Cần thêm thời gian tổng hợp.", office)
    notify(running, NOW)
    given = done(running, give_to([number], heir, provenance=WHY, context=acting(running)), may_be_late=True)
    notify(running, NOW + timedelta(hours=1))

    def left() -> tuple[str, ExtensionState]:
        with reading_session(running.engine) as session:
            return session.get_one(Assignment, number).delegated_to, session.exec(select(Extension.state)).one()

    assert left() == ("", ExtensionState.LAPSED)
    with reading_session(running.engine) as session:
        letters = session.exec(select(Message.body_text).where(Message.office == row.office)).all()
        assert any("đề nghị gia hạn đã gửi không còn chờ quyết định" in letter for letter in letters)
        back = undoing(session, given.deed, "Giao nhầm.", acting(running, NOW + timedelta(hours=2)))
    with session_scope(running.engine) as session:
        delegate(session, number, "Phòng Tài chính", replace(office, actor=f"office:{heir}"))
    done(running, back, may_be_late=True)
    assert left() == ("", ExtensionState.REQUESTED)


def test_returned_work_that_is_given_away_is_acknowledged_anew(running: Store) -> None:
    number, heir = returned_work(running), "STC"
    done(running, give_to([number], heir, provenance=WHY, context=acting(running)), may_be_late=True)
    assert all_assignments(running)[number].state is State.ASSIGNED
    with session_scope(running.engine) as session:
        given = acknowledge(session, number, replace(acting(running), actor=f"office:{heir}"))
        assert given.state is State.ACKNOWLEDGED


def test_returned_work_that_is_due_earlier_stays_returned(running: Store) -> None:
    """Its office is at work on it: it is told the date, and not asked to acknowledge what it has reported on."""
    number = returned_work(running)
    before = all_assignments(running)[number]
    earlier = before.due_date - timedelta(days=3)
    done(running, move_dates([number], earlier, provenance=WHY, context=acting(running)), may_be_late=True)
    after = all_assignments(running)[number]
    assert (after.state, after.acknowledged_at) == (State.RETURNED, before.acknowledged_at)
    assert after.due_date == earlier and after.acknowledged_at is not None
    with reading_session(running.engine) as session:
        told = session.exec(select(Notice.kind).where(Notice.assignment_id == number)).all()
    assert NoticeKind.MOVED in told


def returned_work(store: Store) -> int:
    """The number of an assignment whose report was returned."""
    number, row = next((n, row) for n, row in open_assignments(store).items() if row.due_at > NOW)
    context, office = acting(store), replace(acting(store), actor=f"office:{row.office}")
    with session_scope(store.engine) as session:
        report(session, number, report_on(store.plan, row), office)
        return_(session, number, "Thiếu phụ lục.", context)
    return number
