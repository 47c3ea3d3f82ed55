"""New parts of a draft get the next number where theirs is taken: laws, and what goes along."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from models.plans.renumbering import renumbered, titles


def plan(*priorities: Any, retired: Any = ()) -> dict[str, Any]:
    return {"priorities": [*priorities], "retired": [*retired]}


def priority(code: str, *subtasks: tuple[str, str], title: str = "") -> dict[str, Any]:
    made = [{"code": subtask, "title_vi": said} for subtask, said in subtasks]
    return {"code": code, "title_vi": title or code, "subtasks": made}


BASE = plan(priority("p1", ("T1.1", "rà soát")))
ADDED = st.dictionaries(st.sampled_from([f"T1.{n}" for n in range(2, 7)]), st.sampled_from("abc"), max_size=4)


@given(ADDED, ADDED)
def test_nothing_of_either_is_lost_and_no_number_means_two_things(mine: dict[str, str], theirs: dict[str, str]) -> None:
    drafts = [plan(priority("p1", ("T1.1", "rà soát"), *added.items())) for added in (mine, theirs)]
    made, moved = renumbered(BASE, *drafts)
    after = titles(made)
    assert {*moved} == {code for code, title in mine.items() if theirs.get(code, title) != title}
    assert [after[moved.get(code, code)] for code in mine] == [*mine.values()]
    assert len(after) == len(mine) + 2, "the priority, its old subtask, and each new one once"
    assert not {code for code, title in titles(drafts[1]).items() if after.get(code, title) != title}
    assert renumbered(BASE, drafts[0], BASE)[1] == {}


def test_what_waits_for_it_follows() -> None:
    mine = plan(priority("p1", ("T1.1", "rà soát"), ("T1.2", "công khai"), ("T1.3", "báo cáo")))
    first, _, third = mine["priorities"][0]["subtasks"]
    first["steps"] = [{"key": "plan", "depends_on": ["T1.2", "T1.3.report", "draft"]}]
    third["depends_on"] = ["T1.2.plan"]
    made, moved = renumbered(BASE, mine, plan(priority("p1", ("T1.1", "rà soát"), ("T1.2", "kiểm tra"))))
    assert moved == {"T1.2": "T1.4"}
    first, _, third = made["priorities"][0]["subtasks"]
    assert first["steps"][0]["depends_on"] == ["T1.4", "T1.3.report", "draft"]
    assert third["depends_on"] == ["T1.4.plan"]


def test_dates_that_wait_for_it_follow_by_their_rule_and_in_their_words() -> None:
    mine = plan(priority("p1", ("T1.1", "rà soát"), ("T1.2", "công khai"), ("T1.20", "khác")))
    words = {"lead": "sau khi T1.2 xong, trước T1.20", "coordinating": "theo mục T1.2.3 và t1.2."}
    due = {"lead": "AFTER:T1.20,T1.2:report+5", "coordinating": "AFTER:T1.2+3cal", "words": words}
    first, _, third = mine["priorities"][0]["subtasks"]
    first["steps"] = [{"key": "plan", "due": due}, {"key": "sum", "due": {"lead": "ISSUE+5", "coordinating": "lead"}}]
    third["targets"] = [{"key": "a", "by": "AFTER:T1.2", "words": "khi T1.2 xong"}, {"key": "b", "by": None}]
    made, moved = renumbered(BASE, mine, plan(priority("p1", ("T1.1", "rà soát"), ("T1.2", "kiểm tra"))))
    assert moved == {"T1.2": "T1.21"}
    first, _, third = made["priorities"][0]["subtasks"]
    assert first["steps"][0]["due"] == {
        "lead": "AFTER:T1.20,T1.21:report+5",
        "coordinating": "AFTER:T1.21+3cal",
        "words": {"lead": "sau khi T1.21 xong, trước T1.20", "coordinating": "theo mục T1.2.3 và T1.21."},
    }
    assert first["steps"][1]["due"] == {"lead": "ISSUE+5", "coordinating": "lead"}
    assert third["targets"] == [{"key": "a", "by": "AFTER:T1.21", "words": "khi T1.21 xong"}, {"key": "b", "by": None}]


def test_dates_that_wait_for_a_priority_that_moves_follow_it() -> None:
    mine = plan(BASE["priorities"][0], priority("p6", ("T6.1", "a"), ("T6.2", "b"), title="của tôi"))
    mine["priorities"][1]["subtasks"][1]["steps"] = [{"key": "x", "due": {"lead": "AFTER:T6.1", "words": "sau T6.1"}}]
    theirs = plan(BASE["priorities"][0], priority("p6", ("T6.1", "a"), title="của người khác"))
    (step,) = renumbered(BASE, mine, theirs)[0]["priorities"][1]["subtasks"][1]["steps"]
    assert step["due"] == {"lead": "AFTER:T7.1", "words": "sau T7.1"}


def test_what_was_given_up_since_and_what_others_have_is_taken_too() -> None:
    mine = plan(priority("p1", ("T1.1", "rà soát"), ("T1.2", "công khai")), priority("p6", ("T6.1", "mới")))
    given_up = [priority("p1", ("T1.2", "kiểm tra"))]
    theirs = plan(priority("p1", ("T1.1", "rà soát")), retired=given_up)
    assert renumbered(BASE, mine, theirs, {"p6", "T6.1", "p7"})[1] == {"T1.2": "T1.3", "p6": "p8", "T6.1": "T8.1"}


def test_a_priority_goes_with_its_subtasks_and_its_numeral() -> None:
    mine = plan(BASE["priorities"][0], priority("p2", ("T2.1", "a"), ("T2.2", "b"), title="của tôi"))
    mine["priorities"][1]["numeral"] = "Nhiệm vụ 2"
    theirs = plan(BASE["priorities"][0], priority("p2", ("T2.1", "a"), title="của người khác"))
    made, moved = renumbered(BASE, mine, theirs)
    assert moved == {"p2": "p3", "T2.1": "T3.1", "T2.2": "T3.2"}
    assert made["priorities"][1]["numeral"] == "Nhiệm vụ 3"
    assert mine["priorities"][1]["code"] == "p2", "the draft itself stays as it is"


def test_when_all_numbers_are_used_it_says_so() -> None:
    mine = plan(priority("p1", ("T1.1", "rà soát"), ("T1.99", "công khai")))
    with pytest.raises(Refused, match="đã dùng hết 99 số"):
        renumbered(BASE, mine, plan(priority("p1", ("T1.1", "rà soát"), ("T1.99", "kiểm tra"))))
