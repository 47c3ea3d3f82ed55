"""The shape of a field of one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text.shapes import one_line

BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00", "\t", "\x7f")


@pytest.mark.parametrize("written", BREAKS, ids=ascii)
def test_a_line_end_is_a_space(written: str) -> None:
    assert one_line(f"Giao ban{written}đầu mối") == "Giao ban đầu mối"
    assert one_line(f"{written} Giao ban{written * 3} đầu mối {written}") == "Giao ban đầu mối"


@given(st.text())
def test_it_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1 and line == line.strip() == one_line(line)
    assert not any(letter in line for letter in "".join(BREAKS))
    assert [letter for letter in line if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


@given(st.text(st.characters(exclude_categories=("Cc", "Zl", "Zp"))))
def test_what_is_one_line_already_is_not_touched(text: str) -> None:
    assert one_line(text) == text.strip()
