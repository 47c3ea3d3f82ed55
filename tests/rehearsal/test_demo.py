"""The demo's rounds: often while everything is new, weekly afterwards, and to the very end."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

from config.rules.working_time import WorkingCalendar
from models.keeping.opening import Store
from rehearsal.demo import FIRST_DAY, LAST_DAY, _next_round


def test_the_rounds_are_on_working_days_and_thin_out(calendar: WorkingCalendar) -> None:
    store = cast(Store, SimpleNamespace(calendar=calendar))
    rounds, day = [FIRST_DAY], FIRST_DAY
    while (day := _next_round(store, day)) <= LAST_DAY:
        rounds.append(day)
    assert all(calendar.is_working_day(day) for day in rounds)
    assert Counter(day.month for day in rounds) == {8: 5, 9: 4, 10: 5, 11: 4, 12: 5}
    assert max(later - earlier for earlier, later in pairwise(rounds)) == timedelta(days=7)
    assert rounds[-1] == date(2023, 12, 29)
