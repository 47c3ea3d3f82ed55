"""Work outside the plan: assigned once, refused in words, and carried through like any other."""

from datetime import date

import pytest

from config.catalogue import AD_HOC
from config.errors import Refused
from models import work
from models.ad_hoc import AdHoc, assign_ad_hoc
from models.database import reading, session_scope
from models.lifecycle import Kind, Role, State, Urgency
from models.queries import Wanted, assignments, history
from models.report_form import ReportContent
from models.store import Store
from notifications.courier import deliver
from notifications.mailbox import letters
from reports.board import board, board_markdown
from tests.cast import at, issue, run, told

TITLE = "Báo cáo nhanh công tác phối hợp dịp lễ"
WANTED = AdHoc(subtask="T3.4", title=TITLE, lead="SYT", coordinating=("CAT", "SNV"), due_on=date(2023, 9, 20))


def assign(store: Store, wanted: AdHoc = WANTED, when: str = "2023-09-08") -> list[int]:
    with session_scope(store.engine) as session:
        return assign_ad_hoc(session, wanted, store.acting(now=at(when), actor="coordinator:1"))


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
    assert (Kind.OVERDUE, "overdue+1", "SYT/focal") in told(store, numbers[0])
    with reading(store.engine) as connection:
        rows = assignments(connection, Wanted(subtask="T3.4"), now=at("2023-09-21"))
        shown = board(connection, now=at("2023-09-21"), calendar=store.calendar)
    assert numbers[0] in {row["id"] for row in rows}
    assert TITLE in board_markdown(shown, store.plan)
    with session_scope(store.engine) as session:
        acting = store.acting(now=at("2023-09-21"), actor="office:SYT")
        work.report(session, numbers[0], ReportContent(text="Đã thực hiện."), acting)
        assert work.accept(session, numbers[0], acting).state is State.ACCEPTED


def test_one_form_sent_twice_is_one_work_and_two_forms_are_two(store: Store) -> None:
    issue(store)
    first = assign(store, AdHoc(**{**vars(WANTED), "submission": "aaa"}))
    assert assign(store, AdHoc(**{**vars(WANTED), "submission": "aaa"})) == first
    assert not set(assign(store, AdHoc(**{**vars(WANTED), "submission": "bbb"}))) & set(first)


@pytest.mark.parametrize(
    ("changes", "told_of"),
    [
        ({"due_on": date(2023, 9, 7)}, "đã qua"),
        ({"due_on": date(2023, 9, 16)}, "18/09/2023"),
        ({"lead": "SYTT"}, "Cơ quan chủ trì"),
        ({"coordinating": ("SYT",)}, "đã là cơ quan chủ trì"),
        ({"coordinating": ("CAT", "CAT")}, "hai lần"),
        ({"subtask": "T9.9"}, "Thuộc nội dung"),
        ({"title": "Xác minh ông Nguyễn Văn A"}, "tên người"),
        ({"title": "x"}, "cần từ 3 đến 300"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_assigned(store: Store, changes: dict[str, object], told_of: str) -> None:
    issue(store)
    with pytest.raises(Refused) as refused:
        assign(store, AdHoc(**{**vars(WANTED), **changes}))
    assert told_of in "\n".join(refused.value.details)
    with reading(store.engine) as connection:
        assert not assignments(connection, Wanted(subtask="T3.4"), now=at("2023-09-08"))


def test_an_office_that_has_ended_is_not_given_new_work(store: Store) -> None:
    issue(store)
    with pytest.raises(Refused) as refused:
        assign(store, AdHoc(subtask="T3.4", title=TITLE, lead="STTTT", due_on=date(2025, 4, 1)), "2025-03-20")
    assert "SKHCN" in refused.value.details[0]


def test_express_work_is_told_on_a_day_off(store: Store) -> None:
    issue(store)
    assign(store, AdHoc(**{**vars(WANTED), "urgency": Urgency.EXPRESS}), "2023-09-09")
    assert deliver(store, now=at("2023-09-09", 9)).sent == 3
