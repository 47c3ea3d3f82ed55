"""What no argument of any command may be: an unset variable in a script must never be read as "everything"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from config.errors import Refused


def refuse_unusable(words: Sequence[str]) -> None:
    """Raise ``Refused`` for a blank argument of the command line; one of commas alone is as blank."""
    for option, value in _values(words):
        if not value.replace(",", " ").strip():
            vi, en = (f" sau {option}", f" after {option}") if option else ("", "")
            raise Refused(
                f"Tham số{vi} để trống: ghi giá trị, hoặc bỏ hẳn (trong tập lệnh: xem biến đã được đặt chưa).",
                f"Empty argument{en}: give a value or leave it out (in a script: check that the variable is set).",
            )


def _values(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words that are not names of options, each with the option in front of it or ""."""
    for before, word in pairwise(("", *words)):
        if not word.startswith("--"):
            yield before if before.startswith("-") else "", word
        elif "=" in word:
            option, _, value = word.partition("=")
            yield option, value
