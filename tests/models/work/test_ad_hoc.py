"""Work outside the plan: assigned once, refused in words, and carried through like any other."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.catalogue.fields import KEY
from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.errors import Refused
from config.rules.periods import period_in_words
from flows.forms import fill_in
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, Role, State, Urgency
from models.tables.report import ReportContent
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.queries import AssignmentFilter, assignments, history
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from rehearsal.acting_out import act_out
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from tests.support.cast import at, issue, run, told
from tests.support.following_up import follow_up_once

TITLE = "Báo cáo nhanh công tác phối hợp dịp lễ"
WANTED = AdHoc(subtask="T3.4", title=TITLE, lead="SYT", coordinating=("CAT", "SNV"), due_on=date(2023, 9, 20))

DONE = ReportContent(document_number="12/BC-SYT", document_date=date(2023, 9, 20))


def changed(**changes: object) -> AdHoc:
    return replace(WANTED, **changes)  # type: ignore[arg-type]


def assign(store: Store, wanted: AdHoc = WANTED, when: str = "2023-09-08") -> list[int]:
    with session_scope(store.engine) as session:
        return assign_ad_hoc(session, wanted, store.actor_context(now=at(when), actor="coordinator:1"))


def test_it_is_assigned_to_lead_and_helpers_and_told_by_its_own_title(store: Store) -> None:
    issue(store)
    numbers = assign(store)
    with session_scope(store.engine) as session:
        found = history(session, numbers[0], now=at("2023-09-08"))
        assert [(each.office, each.role, each.due_date) for each in found.group] == [
            ("SYT", Role.LEAD, date(2023, 9, 20)),
            ("CAT", Role.COORDINATING, date(2023, 9, 18)),
            ("SNV", Role.COORDINATING, date(2023, 9, 18)),
        ]
        assert (found.assignment.priority, found.assignment.step, found.occasion) == ("p3", AD_HOC, TITLE)
        assert "20/9/2023" in found.assignment.explanation_vi
    deliver(store, now=at("2023-09-08", 9))
    assert {letter.recipient.split("/")[0] for letter in letters(store.settings.mailbox_dir)}
    assert all(TITLE in letter.text for letter in letters(store.settings.mailbox_dir))


def test_the_ladder_the_board_and_the_lists_carry_it_like_any_other(store: Store) -> None:
    issue(store)
    numbers = assign(store)
    run(store, "p3", at("2023-09-21"), offices=())
    assert (NoticeKind.OVERDUE, "overdue+1", "SYT/focal") in told(store, numbers[0])
    with reading(store.engine) as connection:
        rows = assignments(connection, AssignmentFilter(subtask="T3.4"), now=at("2023-09-21"))
        shown = board(connection, now=at("2023-09-21"), calendar=store.calendar)
    assert numbers[0] in {row.id for row in rows}
    assert TITLE in board_markdown(shown, store.plan)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at("2023-09-21"), actor="office:SYT")
        verbs.report(session, numbers[0], DONE, context)
        assert verbs.accept(session, numbers[0], context).state is State.ACCEPTED


def test_one_form_sent_twice_is_one_work_and_two_forms_are_two(store: Store) -> None:
    issue(store)
    first = assign(store, changed(submission="aaa"))
    assert assign(store, changed(submission="aaa")) == first
    assert not set(assign(store, changed(submission="bbb"))) & set(first)


@pytest.mark.parametrize(
    "changes", [{"lead": "STC"}, {"coordinating": ("CAT",)}, {"urgency": Urgency.URGENT}, {"subtask": "T0.1"}]
)
def test_another_work_of_one_title_and_day_is_not_taken_for_the_first(store: Store, changes: dict[str, object]) -> None:
    issue(store)
    first = assign(store)
    second = assign(store, changed(**changes))
    assert not set(first) & set(second)
    assert assign(store, when="2023-09-11") == first, "the same once more, on a later day"


def test_offices_may_be_called_by_name(store: Store) -> None:
    issue(store)
    by_name = changed(lead="Sở Y tế", coordinating=("Công an tỉnh", "SNV - Sở Nội vụ"), submission="1")
    assert assign(store, by_name) == assign(store, changed(submission="1"))


def test_a_day_off_is_moved_on_as_everywhere(store: Store) -> None:
    issue(store)
    lead, *coordinating = assign(store, changed(due_on=date(2023, 9, 16)))
    with reading_session(store.engine) as session:
        found = session.get_one(Assignment, lead)
        assert found.due_date == date(2023, 9, 18)
        assert "rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo" in found.explanation_vi
        theirs = {session.get_one(Assignment, each).due_date for each in coordinating}
    assert theirs == {store.calendar.add(date(2023, 9, 18), -2)}


def test_every_fault_is_told_at_once(store: Store) -> None:
    issue(store)
    with pytest.raises(Refused) as refused:
        assign(store, changed(title="x", subtask="T9.9", lead="SYTT", due_on=date(2023, 8, 2)))
    assert len(refused.value.details) == 4


@pytest.mark.parametrize(("subtask", "texts", "document"), [("T3.4", False, "required"), ("T0.1", True, "optional")])
def test_its_form_keeps_within_the_boundary_of_its_subtask(
    plan: Plan, subtask: str, texts: bool, document: str
) -> None:
    form, own = plan.subtask(subtask).form(AD_HOC), plan.subtask(subtask).report
    assert (form.texts, form.document, form.attachments, form.counts) == (texts, document, own.attachments, ())


def test_no_key_of_a_plan_is_its_key(plan: Plan) -> None:
    assert not KEY.fullmatch(AD_HOC)
    assert plan.step("T0.1", AD_HOC).key == AD_HOC
    assert plan.step_title("T0.1", AD_HOC, occasion=TITLE) == TITLE
    assert plan.step_title("T0.1", AD_HOC).endswith("Việc đột xuất")
    assert period_in_words("adhoc:2023-09-20-x", "vi", occasion=TITLE) == "việc đột xuất"


def test_a_late_one_leaves_those_who_help_until_the_same_day(store: Store) -> None:
    issue(store)
    numbers = assign(store, changed(due_on=date(2023, 9, 11)))
    with session_scope(store.engine) as session:
        found = history(session, numbers[0], now=at("2023-09-08"))
    assert {each.due_date for each in found.group} == {date(2023, 9, 11)}


def test_the_trail_holds_what_was_asked(store: Store) -> None:
    issue(store)
    assign(store)
    with session_scope(store.engine) as session:
        events = session.scalars(select(AuditEvent).where(col(AuditEvent.verb) == "register_ad_hoc")).all()
        assert [event.details["title"] for event in events] == [TITLE]
        assert verify(session.connection()).broken_at is None


def test_runs_of_every_priority_and_period_leave_it_as_it_is(store: Store) -> None:
    issue(store)
    numbers = assign(store)
    for priority in ("p1", "p2", "p3", "p4", "p5"):
        run(store, priority, at("2023-09-08"))
    with session_scope(store.engine) as session:
        found = history(session, numbers[0], now=at("2023-09-08"))
        key = found.assignment.period
    assert follow_up_once(store, "p3", fill_in("p3", {"periods": (key,)}, store.plan), at("2023-09-08")).assigned == 0
    assert [each.id for each in found.group] == numbers
    deeds = act_out(store, date(2023, 9, 7), date(2023, 12, 31))
    assert numbers[0] in {deed.assignment_id for deed in deeds}, "the rehearsal acts it out too"


def test_it_goes_with_its_office_when_that_ends(store: Store) -> None:
    issue(store)
    numbers = assign(store, changed(lead="STTTT", due_on=date(2025, 3, 20)), "2025-02-20")
    run(store, "p3", at("2025-03-10"), offices=())
    with session_scope(store.engine) as session:
        found = history(session, numbers[0], now=at("2025-03-10"))
        assert (found.assignment.office, found.assignment.lead_office) == ("SKHCN", "STTTT")
        assert len(found.group) == 3


@pytest.mark.parametrize(
    ("changes", "told_of"),
    [
        ({"due_on": date(2023, 9, 7)}, "đã qua"),
        ({"lead": "SYTT"}, "Cơ quan chủ trì"),
        ({"coordinating": ("SYT",)}, "đã là cơ quan chủ trì"),
        ({"coordinating": ("CAT", "CAT")}, "hai lần"),
        ({"subtask": "T9.9"}, "Thuộc nội dung"),
        ({"title": "Xác minh ông Nguyễn Văn A"}, "tên người"),
        ({"title": "x"}, "cần từ 3 đến 300"),
        ({"subtask": "T5.1"}, "nguyên tắc"),
        ({"due_on": date(2200, 1, 2)}, "Hạn: "),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_assigned(store: Store, changes: dict[str, object], told_of: str) -> None:
    issue(store)
    with pytest.raises(Refused) as refused:
        assign(store, changed(**changes))
    assert told_of in "\n".join(refused.value.details)
    with reading(store.engine) as connection:
        assert not assignments(connection, AssignmentFilter(subtask="T3.4"), now=at("2023-09-08"))


def test_an_office_that_has_ended_is_not_given_new_work(store: Store) -> None:
    issue(store)
    with pytest.raises(Refused) as refused:
        assign(store, AdHoc(subtask="T3.4", title=TITLE, lead="STTTT", due_on=date(2025, 4, 1)), "2025-03-20")
    assert "SKHCN" in refused.value.details[0]


def test_express_work_is_told_on_a_day_off(store: Store) -> None:
    issue(store)
    assign(store, changed(urgency=Urgency.EXPRESS), "2023-09-09")
    assert deliver(store, now=at("2023-09-09", 9)).sent == 3
