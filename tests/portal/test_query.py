"""What the query string of a page may say, and what is refused in words."""

import pytest

from config.errors import Refused
from portal.query import year_in


@pytest.mark.parametrize("written", ["0000", "0001", "1989", "2101", "9999", "23", "20235", "-202", "２０２３", "năm"])
def test_a_year_that_no_calendar_reaches_is_refused(written: str) -> None:
    with pytest.raises(Refused, match=r"Năm: .* từ 1990 đến 2100"):
        year_in({"year": written})


def test_a_year_is_read_and_none_is_none() -> None:
    assert [year_in(query) for query in ({}, {"year": ""}, {"year": "1990"}, {"year": "2100"})] == [
        *(None, None),
        *(1990, 2100),
    ]
