"""A body that Prefect can digest: one JSON object, neither deep nor with values that fit no column."""

import json
import math
from typing import Any

from portal.prefect.upstream import DoorRefused

DEEPEST = 40
"""More than any filter or form; Prefect's own walks through a body end at some hundreds, with a failure."""

_LARGEST = 2**63 - 1


def read_object(body: bytes) -> dict[str, Any] | None:
    """The object in a body, None when the body is empty; raises ``DoorRefused`` (400) for anything else."""
    content = read_json(body)
    if content is not None and not isinstance(content, dict):
        raise _refused("cần một đối tượng JSON, viết trong { }", "a JSON object in { } is needed")
    return content


def read_json(body: bytes) -> Any:
    """The content of a body; raises ``DoorRefused`` (400) for what no column or answer can hold."""
    try:
        content = json.loads(body, parse_constant=_no_number, parse_float=_finite) if body else None
    except (ValueError, RecursionError):
        raise _refused("không phải JSON", "it is not JSON") from None
    _check(content, DEEPEST)
    return content


def _no_number(written: str) -> Any:
    raise _refused(f"«{written}» không phải số", f"'{written}' is not a number")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise _refused(f"số {written[:20]} lớn quá", f"the number {written[:20]} is too large")
    return number


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise _refused(f"lồng nhau quá {DEEPEST} lớp", f"it is nested more than {DEEPEST} deep")
    match value:
        case str():
            _check_text(value)
        case bool() | None:
            pass
        case int() if not -_LARGEST <= value <= _LARGEST:
            raise _refused("có số lớn quá", "it holds a number that is too large")
        case list():
            for each in value:
                _check(each, depth - 1)
        case dict():
            for name, each in value.items():
                _check_text(name)
                _check(each, depth - 1)


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _refused("có ký tự không lưu được", "it holds a character that cannot be stored")


def _refused(vi: str, en: str) -> DoorRefused:
    return DoorRefused(400, f"Không đọc được yêu cầu: {vi}.", f"The request cannot be read: {en}.")
