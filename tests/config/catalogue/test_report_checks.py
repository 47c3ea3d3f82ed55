"""Checks between the counts of a report: read exactly, evaluated as written, nothing else run."""

import pytest
from pydantic import ValidationError

from config.catalogue.checks.report_checks import Check, names_in


def check(expression: str) -> Check:
    return Check(expression=expression, label_vi="hai vế bằng nhau", label_en="both sides are equal")


@pytest.mark.parametrize(
    ("expression", "counts", "holds"),
    [
        ("a == b", {"a": 2, "b": 2}, True),
        ("a == b", {"a": 2, "b": 3}, False),
        ("a + b == c", {"a": 1, "b": 2, "c": 3}, True),
        ("a - b == c", {"a": 5, "b": 2, "c": 3}, True),
        ("a == b - c", {"a": 3, "b": 5, "c": 2}, True),
        ("a - b - c == d", {"a": 9, "b": 3, "c": 2, "d": 4}, True),
        ("a + a == b", {"a": 2, "b": 4}, True),
        ("a-b<=c", {"a": 5, "b": 2, "c": 3}, True),
        ("a-b<=c", {"a": 6, "b": 2, "c": 3}, False),
        ("a >= b + c", {"a": 5, "b": 2, "c": 3}, True),
        ("a >= b + c", {"a": 4, "b": 2, "c": 3}, False),
        ("  a<=b\n", {"a": 0, "b": 0}, True),
        # one name being the beginning of another
        ("so_lop == so_lop_2 + so", {"so": 1, "so_lop": 3, "so_lop_2": 2}, True),
        ("a == b", {"a": 10**30, "b": 10**30 + 1}, False),
    ],
)
def test_it_holds_when_the_sums_do(expression: str, counts: dict[str, int], holds: bool) -> None:
    assert check(expression).holds(counts) is holds


def test_names_come_once_and_in_order() -> None:
    assert names_in("c + a == a + b") == ["c", "a", "b"]
    assert names_in("a ** b") == []
    assert check("c + a == a + b").names == {"a", "b", "c"}


def test_counts_the_check_does_not_speak_of_play_no_part() -> None:
    assert check("a == b").holds({"a": 1, "b": 1, "other": 99})


@pytest.mark.parametrize(
    "expression",
    [
        *("", "a", "a ==", "== a", "a = b", "a != b", "a < b", "a > b", "a === b", "a == b == c", "a <= b <= c"),
        *("a * b == c", "a / b == c", "a ** b == c", "a == 3", "3 + a == b", "-a == b", "a + - b == c", "a +== b"),
        *("(a + b) == c", "a == b or c == d", "a == b; c == d", "A == B", "số == b", "a == b # c", "2a == b"),
        *("a.b == c", "a[0] == b", "a() == b", "__class__ == b", "__import__('os').system('true') == a", "lambda: a"),
        "a == b\nc == d",
    ],
)
def test_anything_but_sums_compared_is_refused_with_an_example(expression: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        check(expression)
    (fault,) = invalid.value.errors()
    assert "ton_dau_ky + phat_sinh - da_giai_quyet == ton_cuoi_ky" in fault["ctx"]["vi"]
    assert fault["ctx"]["en"].isascii()
    assert names_in(expression) == []


def test_a_long_expression_is_refused_as_fast_as_a_short_one() -> None:
    """No pattern that tries every way of reading."""
    with pytest.raises(ValidationError):
        check("a " * 20_000 + "==")
    assert check(" + ".join(["a"] * 2_000) + " == b").holds({"a": 1, "b": 2_000})
