"""Subtasks and assignments are named both, and told apart."""

from types import SimpleNamespace

import pytest

from config.text.counts import both_in_words, subtasks_among


@pytest.mark.parametrize(
    ("subtasks", "assignments", "vi", "en"),
    [
        (0, 0, "0 nhiệm vụ (0 phần việc)", "0 subtasks (0 assignments)"),
        (1, 1, "1 nhiệm vụ (1 phần việc)", "1 subtask (1 assignment)"),
        (18, 2230, "18 nhiệm vụ (2.230 phần việc)", "18 subtasks (2,230 assignments)"),
    ],
)
def test_both_are_named(subtasks: int, assignments: int, vi: str, en: str) -> None:
    assert (both_in_words(subtasks, assignments), both_in_words(subtasks, assignments, "en")) == (vi, en)


def test_a_subtask_counts_once_for_each_period() -> None:
    rows = [SimpleNamespace(subtask=s, period=p) for s, p in (("T1.1", "2025"), ("T1.1", "2025"), ("T1.1", "2026"))]
    assert subtasks_among([*rows, SimpleNamespace(subtask="T1.2", period="2025")]) == 3
