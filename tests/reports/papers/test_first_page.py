"""The first page of a report: what its sentences say of offices and what they hold."""

from collections.abc import Sequence

import pytest

from reports.figures import Tally
from reports.papers.first_page import holders_in_words

MANY = [f"Xã số {number}" for number in range(1, 25)]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ((), "Không có phần việc nào đang quá hạn."),
        ((3, 1), "4 phần việc đang quá hạn thuộc: Xã số 1 (3); Xã số 2 (1)."),
        (
            (4, 3, 2, 2, 2, 1, 1),
            "15 phần việc đang quá hạn thuộc 7 cơ quan, nhiều nhất: Xã số 1 (4); Xã số 2 (3); Xã số 3 (2); Xã số 4 (2);"
            " Xã số 5 (2).",
        ),
        (
            (2, 2, 2, 2, 2, 2, 1),
            "13 phần việc đang quá hạn thuộc 7 cơ quan, nhiều nhất: Xã số 1 (2); Xã số 2 (2); Xã số 3 (2); Xã số 4 (2);"
            " Xã số 5 (2); Xã số 6 (2).",
        ),
        (
            (9, 5, *[1] * 20),
            "34 phần việc đang quá hạn thuộc 22 cơ quan, nhiều nhất: Xã số 1 (9); Xã số 2 (5).",
        ),
        ([1] * 24, "24 phần việc đang quá hạn thuộc 24 cơ quan, mỗi cơ quan 1 phần việc."),
        ([2] * 12 + [1] * 3, "27 phần việc đang quá hạn thuộc 15 cơ quan, nhiều nhất mỗi cơ quan 2 phần việc."),
    ],
)
def test_no_office_is_named_as_one_of_the_latest_before_others_that_hold_as_much(
    held: Sequence[int], said: str
) -> None:
    offices = [(name, Tally(open_overdue=number)) for name, number in zip(MANY, held, strict=False)]
    assert holders_in_words(offices, sum(held)) == said
