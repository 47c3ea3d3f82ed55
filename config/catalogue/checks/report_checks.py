"""Checks between the counts of a report, such as «tồn đầu kỳ + phát sinh − đã giải quyết = tồn cuối kỳ».

Sums and differences of counts on both sides of one comparison; nothing else can be written, and nothing is
evaluated but those sums.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator

from config.catalogue.fields import LongTitle, Part, same_as
from config.text.shapes import fault

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
}
_NAME = r"[a-z][a-z0-9_]*"
_SIDE = rf"\s*{_NAME}(?:\s*[+-]\s*{_NAME})*\s*"
_EXPRESSION = re.compile(rf"({_SIDE})(==|<=|>=)({_SIDE})")
_TERM = re.compile(rf"([+-]?)\s*({_NAME})")


def names_in(expression: str) -> list[str]:
    """The counts an expression speaks of, each once, in order; none when it cannot be read."""
    if not _EXPRESSION.fullmatch(expression):
        return []
    return list(dict.fromkeys(name for _, name in _TERM.findall(expression)))


def _readable(text: str) -> str:
    if not _EXPRESSION.fullmatch(text):
        raise fault(
            "không đọc được; viết tổng, hiệu các chỉ tiêu ở hai vế, so sánh bằng ==, <= hoặc >=,"
            " ví dụ ton_dau_ky + phat_sinh - da_giai_quyet == ton_cuoi_ky",
            "cannot be read; write sums and differences of counts compared by ==, <= or >=,"
            " e.g. opening + received - settled == closing",
        )
    return text


@dataclass(frozen=True)
class Sum:
    """One side of a check: its counts with their signs, and what they come to."""

    terms: tuple[tuple[str, str], ...]
    total: Fraction


class Check(Part):
    """One comparison that a report's counts must pass, with the sentence a clerk reads when they do not."""

    expression: Annotated[str, AfterValidator(_readable)]
    label_vi: LongTitle
    label_en: LongTitle = same_as("label_vi")

    @property
    def names(self) -> frozenset[str]:
        """The counts it speaks of."""
        return frozenset(names_in(self.expression))

    def sides(self, counts: Mapping[str, float]) -> tuple["Sum", str, "Sum"]:
        """Both sides with their sums, and how they should compare; all ``names`` must be there."""
        found = _EXPRESSION.fullmatch(self.expression)
        assert found is not None
        left, right = (
            Sum(tuple((sign or "+", name) for sign, name in _TERM.findall(side)), _total(side, counts))
            for side in (found[1], found[3])
        )
        return left, found[2], right

    def holds(self, counts: Mapping[str, float]) -> bool:
        """Whether the counts pass; all ``names`` must be there."""
        found = _EXPRESSION.fullmatch(self.expression)
        assert found is not None
        return _COMPARISONS[found[2]](_total(found[1], counts), _total(found[3], counts))


def _total(side: str, counts: Mapping[str, float]) -> Fraction:
    # Exactly: 0.1 + 0.2 is 0.3 to whoever wrote it.
    return sum(
        (Fraction(str(counts[name])) * (-1 if sign == "-" else 1) for sign, name in _TERM.findall(side)), Fraction()
    )
