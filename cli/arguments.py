"""What no argument of any command may be: an unset variable in a script must never be read as "everything"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from config.errors import Refused

_LARGEST = 2**31 - 1
"""Number of a row in every database."""


def refuse_unusable(words: Sequence[str]) -> None:
    """Raise ``Refused`` for an argument that is not UTF-8, or blank; one of commas alone is as blank."""
    for word in words:
        if word != (shown := word.encode(errors="backslashreplace").decode()):
            raise Refused(
                f"Tham số «{shown}» không phải UTF-8: ghi lại bằng UTF-8 (tên tệp: đổi tên tệp).",
                f"Argument '{shown}' is not UTF-8: write it in UTF-8 (rename a file that is named so).",
            )
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


def bounded(_context: Any, _parameter: Any, value: Any) -> Any:
    """The value of a parameter; raises ``Refused`` for a number that no database holds."""
    for number in value if isinstance(value, list | tuple) else (value,):
        if isinstance(number, int) and abs(number) > _LARGEST:
            raise Refused(f"Số {number} quá lớn; tối đa {_LARGEST}.", f"{number} is too large; at most {_LARGEST}.")
    return value
