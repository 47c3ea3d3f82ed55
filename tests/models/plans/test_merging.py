"""Two changes of one document become one: laws, and what counts as a conflict."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.plans.merging import conflicts, merged

LEAVES = st.none() | st.integers(0, 3) | st.sampled_from(["a", "b"])
CODED = st.dictionaries(
    st.sampled_from("ABCD"), st.dictionaries(st.sampled_from("xyz"), LEAVES, max_size=3), max_size=3
)
CONTENT = st.recursive(
    LEAVES | st.lists(LEAVES, max_size=2),
    lambda parts: (
        st.dictionaries(st.sampled_from("pqr"), parts, max_size=3)
        | CODED.map(lambda found: [{"code": code} | part for code, part in found.items()])
    ),
    max_leaves=8,
)


@given(CONTENT, CONTENT)
def test_who_changes_alone_has_it(base: Any, other: Any) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
    assert merged(base, other, other) == other
    assert conflicts(base, other, base) == conflicts(base, base, other) == conflicts(base, other, other) == []


@given(CONTENT, CONTENT, CONTENT)
def test_without_a_conflict_it_does_not_matter_whose_is_whose(base: Any, mine: Any, theirs: Any) -> None:
    if not conflicts(base, mine, theirs):
        assert _unordered(merged(base, mine, theirs)) == _unordered(merged(base, theirs, mine))


def _unordered(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _unordered(part) for key, part in content.items()}
    if isinstance(content, list):
        return sorted((_unordered(each) for each in content), key=repr)
    return content


def plan(**dues: str) -> dict[str, Any]:
    steps = [{"key": key, "due": {"lead": due}, "lead": [{"office": "SYT"}]} for key, due in dues.items()]
    return {
        "directive": {"code": "KH-45"},
        "priorities": [{"code": "p1", "subtasks": [{"code": "T1.1", "steps": steps}]}],
    }


def test_two_steps_of_one_subtask_are_changed_side_by_side() -> None:
    base, mine, theirs = plan(a="ISSUE+5", b="ISSUE+9"), plan(a="ISSUE+7", b="ISSUE+9"), plan(a="ISSUE+5", c="ISSUE+8")
    assert merged(base, mine, theirs) == plan(a="ISSUE+7", c="ISSUE+8")
    assert conflicts(base, mine, theirs) == []


def test_the_same_date_changed_twice_is_a_conflict_that_is_named() -> None:
    base, mine, theirs = plan(a="ISSUE+5"), plan(a="ISSUE+7"), plan(a="ISSUE+8")
    assert merged(base, mine, theirs) == mine
    assert conflicts(base, mine, theirs) == ["p1.T1.1.a.due.lead"]


def test_what_one_drops_and_the_other_changes_is_dropped_and_named() -> None:
    base, mine, theirs = plan(a="ISSUE+5", b="ISSUE+9"), plan(a="ISSUE+5"), plan(a="ISSUE+5", b="ISSUE+8")
    assert merged(base, mine, theirs) == mine
    assert conflicts(base, mine, theirs) == ["p1.T1.1.b"]
