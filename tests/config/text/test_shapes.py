"""The shape of a field of one line, and of a text of several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from config.text.shapes import one_line, printable

BREAKS = (
    "\n",
    "\r",
    "\r\n",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\t",
    "\x7f",
    "\ufffe",
)


@pytest.mark.parametrize("written", BREAKS, ids=ascii)
def test_a_line_end_is_a_space(written: str) -> None:
    assert one_line(f"Giao ban{written}đầu mối") == "Giao ban đầu mối"
    assert one_line(f"{written}\ufffe Giao ban{written * 3} đầu mối {written}") == "Giao ban đầu mối"


@given(st.text())
def test_it_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1 and line == line.strip() == one_line(line)
    assert not any(letter in line for letter in "".join(BREAKS))
    assert [letter for letter in line if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


@given(st.text(st.characters(exclude_categories=("Cc", "Zl", "Zp"))))
def test_what_is_one_line_already_is_not_touched(text: str) -> None:
    assert one_line(text) == text.strip()


@given(st.text(st.characters(codec=None), max_size=20))
def test_what_is_printable_is_held_by_a_word_file_and_stays_as_it_is(text: str) -> None:
    kept = printable(text)
    etree.Element("t").text = kept
    assert printable(kept) == kept


def test_only_what_cannot_be_read_is_left_out() -> None:
    assert printable("Theo ý kiến\x0bchỉ\x00 đạo\ufffe\tcủa\x0cTỉnh\ud800\r\nủy \x85\u200b\U0001f600") == (
        "Theo ý kiến\nchỉ đạo\tcủa\nTỉnh\r\nủy \x85\u200b\U0001f600"
    )
