"""What Prefect can digest: one JSON object, neither deep nor with values that fit no column or calendar."""

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl

from portal.prefect.upstream import DoorRefused

DEEPEST = 40
"""More than any filter or form; Prefect's own walks through a body end at some hundreds, with a failure."""

_LARGEST = 2**31 - 1
"""Prefect reads a number also as a moment or a span in seconds, and adds one to the other: this is 68 years."""

_LONGEST_TEXT, _LONGEST_LIST = 10_000, 2_000
"""Prefect puts texts into patterns and lists into queries: SQLite takes 50,000 bytes of one, 32,766 of the other."""

_LARGEST_FILTER = 100
"""Values a filter may name in all, but for runs and the like by their ids: Prefect makes a condition or an argument of
a function of each (SQLite takes 1,000 conditions in one another, 127 arguments). Its own pages name some thirty."""

_MOMENT = re.compile(r"\s*[+-]?(\d{4,})-\d\d-\d\d")
_YEARS = range(1900, 3000)
"""Beyond them an offset or a span leads out of Python's calendar."""

_OPERATORS = ("any_", "not_any_")
_ID_FIELD, _ID = re.compile(r"(^|_)ids?$"), re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_NUMBER = re.compile(r"\s*[+-]?\d+(\.\d*)?\s*")
_SPAN = re.compile(r"\s*[+-]?(P(?=[\dYMWDTHS.,]*\d{6})[\dYMWDTHS.,]+\s*$|\d{6,}\s*d(ays?)?(?![^\W\d_]))", re.IGNORECASE)

_TYPED = ("parameters", "values")
"""What somebody typed into a form: texts are texts there, also «500000 doanh nghiệp» or a long number."""

_LONGEST_STEP = 10_000
"""Of the units in which events are counted by time: more of them leads out of the calendar."""


def read_filter(body: bytes) -> dict[str, Any] | None:
    """The object in a body that asks, None when the body is empty.

    Raises ``DoorRefused`` (400) for anything else, and for one that asks for too much at once.
    """
    content = read_json(body)
    if content is not None and not isinstance(content, dict):
        raise _refused("cần một đối tượng JSON, viết trong { }", "a JSON object in { } is needed")
    if not _is_short_step((content or {}).get("time_interval")):
        raise _refused(f"time_interval quá {_LONGEST_STEP}", f"time_interval is more than {_LONGEST_STEP}")
    if _values(content) > _LARGEST_FILTER:
        vi, en = f"điều kiện lọc có quá {_LARGEST_FILTER} giá trị", f"the filter has more than {_LARGEST_FILTER} values"
        raise _refused(vi, en)
    return content


def read_json(body: bytes) -> Any:
    """The content of a body; raises ``DoorRefused`` (400) for what no column or answer can hold."""
    try:
        content = json.loads(body, parse_constant=_no_number, parse_float=_finite) if body else None
    except (ValueError, RecursionError):
        raise _refused("không phải JSON", "it is not JSON") from None
    _check(content, DEEPEST)
    return content


def check_query(query: str) -> None:
    """Raises ``DoorRefused`` (400) for a value of a query that fits no column or calendar."""
    for _, value in parse_qsl(query):
        _check_text(value)


def _no_number(written: str) -> Any:
    raise _refused(f"«{written}» không phải số", f"'{written}' is not a number")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise _refused(f"số {written[:20]} lớn quá", f"the number {written[:20]} is too large")
    return number


def _check(value: Any, depth: int, *, is_typed: bool = False) -> None:
    if depth == 0:
        raise _refused(f"lồng nhau quá {DEEPEST} lớp", f"it is nested more than {DEEPEST} deep")
    match value:
        case str():
            _check_text(value, is_typed=is_typed)
        case bool() | None:
            pass
        case int() if not -_LARGEST <= value <= _LARGEST:
            raise _refused("có số lớn quá", "it holds a number that is too large")
        case list():
            if len(value) > _LONGEST_LIST:
                raise _refused(f"có danh sách quá {_LONGEST_LIST} mục", f"a list has more than {_LONGEST_LIST} items")
            for each in value:
                _check(each, depth - 1, is_typed=is_typed)
        case dict():
            for name, each in value.items():
                _check_text(name, is_typed=is_typed)
                _check(each, depth - 1, is_typed=is_typed or (depth == DEEPEST and name in _TYPED))


def _values(value: Any, field: str = "") -> int:
    """How many conditions ``value`` of ``field`` becomes: a list of ids is one, a text one for each of its words."""
    match value:
        case dict():
            inner = ((field if name in _OPERATORS else name, each) for name, each in value.items())
            return max(1, sum(_values(each, name) for name, each in inner))
        case list():
            is_of_ids = _ID_FIELD.search(field)
            return max(1, sum(_values(each) for each in value if not (is_of_ids and _is_id(each))))
        case str():
            return max(1, len(value.split()))
    return 1


def _is_short_step(step: Any) -> bool:
    try:
        return abs(float(step)) <= _LONGEST_STEP
    except (TypeError, ValueError):
        return True  # none, or what Prefect tells by itself


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _check_text(text: str, *, is_typed: bool = False) -> None:
    if len(text) > _LONGEST_TEXT:
        raise _refused(f"có chữ dài quá {_LONGEST_TEXT} ký tự", f"a text is longer than {_LONGEST_TEXT} characters")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _refused("có ký tự không lưu được", "it holds a character that cannot be stored")
    if (moment := _MOMENT.match(text)) and int(moment[1][:6]) not in _YEARS:
        raise _refused(f"ngày «{text[:20]}» xa quá", f"the date '{text[:20]}' is too far away")
    if is_typed:
        return
    is_number = _NUMBER.fullmatch(text[:400])  # float() of a text that long is a number still
    is_span = _SPAN.match(text) and not _is_id(text)
    if is_span or (is_number and abs(float(text[:400])) > _LARGEST):
        raise _refused(f"«{text[:20]}» lớn quá", f"'{text[:20]}' is too large")


def _refused(vi: str, en: str) -> DoorRefused:
    return DoorRefused(400, f"Không đọc được yêu cầu: {vi}.", f"The request cannot be read: {en}.")
