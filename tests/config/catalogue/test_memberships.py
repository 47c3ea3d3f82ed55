"""The days on which offices join and leave groups: said again, the day last said is the one that holds."""

from datetime import date, timedelta

import pytest

from config.catalogue.offices import Membership, OfficeSpec, Selector, joined, on_another_day, resolve

OTHER = OfficeSpec(code="SNV", name_vi="Sở Nội vụ", groups=("its",))
IN = OfficeSpec(code="SYT", name_vi="Sở Y tế", groups=("its",))
OUT = IN.model_copy(update={"groups": ()})


def put(before: list[OfficeSpec], on: date, *, is_in: bool) -> list[OfficeSpec]:
    """The register after the first office joins or leaves the group."""
    first = before[0].model_copy(update={"groups": ("its",) if is_in else ()})
    return joined([first, *before[1:]], before, on)


def said_again(before: list[OfficeSpec], on: date) -> list[OfficeSpec]:
    return joined([on_another_day(before[0], "its", on), *before[1:]], before, on)


def days(offices: list[OfficeSpec]) -> list[tuple[date | None, date | None]]:
    return [(each.since, each.until) for each in offices[0].memberships]


def meant(offices: list[OfficeSpec], day: date) -> set[str]:
    return {*resolve({each.code: each for each in offices}, Selector(group="its"), day)}


@pytest.mark.parametrize("right", [date(2023, 12, 1), date(2025, 6, 1)])
def test_the_day_of_leaving_is_corrected(right: date) -> None:
    left = put([IN, OTHER], date(2024, 12, 1), is_in=False)
    again = said_again(left, right)
    assert days(again) == [(None, right - timedelta(days=1))]
    assert "SYT" not in meant(again, right)


@pytest.mark.parametrize("right", [date(2023, 12, 1), date(2025, 6, 1)])
def test_and_that_of_joining(right: date) -> None:
    assert days(said_again(put([OUT, OTHER], date(2024, 12, 1), is_in=True), right)) == [(right, None)]


def test_what_is_joined_earlier_than_it_was_left_goes_on() -> None:
    left = put([IN, OTHER], date(2024, 12, 1), is_in=False)
    back = put(left, date(2023, 8, 18), is_in=True)
    assert "SYT" in meant(back, date(2030, 1, 1)) and days(back) == [(None, None)]
    out = put(back, date(2023, 12, 1), is_in=False)
    assert days(out) == [(None, date(2023, 11, 30))] and "SYT" not in meant(out, date(2024, 6, 1))


def test_who_leaves_before_a_time_in_the_group_has_not_been_of_it_then() -> None:
    left = put([IN, OTHER], date(2024, 12, 1), is_in=False)
    back = put(left, date(2026, 11, 30), is_in=True)
    out = put(back, date(2023, 12, 1), is_in=False)
    assert days(out) == [(None, date(2023, 11, 30))] and meant(out, date(2024, 6, 1)) == {"SNV"}


def test_a_later_return_said_again_keeps_the_time_before() -> None:
    left = put([IN, OTHER], date(2024, 1, 1), is_in=False)
    back = put(left, date(2024, 12, 1), is_in=True)
    assert days(said_again(back, date(2024, 6, 1))) == [(None, date(2023, 12, 31)), (date(2024, 6, 1), None)]
    assert days(said_again(back, date(2023, 6, 1))) == [(None, None)]


def test_an_office_that_is_of_a_group_for_all_days_stays_so() -> None:
    assert on_another_day(IN, "its", date(2024, 1, 1)) == IN and on_another_day(OUT, "its", date(2024, 1, 1)) == OUT


def test_a_group_that_was_emptied_and_is_filled_again_means_its_offices() -> None:
    alone = [IN, OTHER.model_copy(update={"groups": ()})]
    again = put(put(alone, date(2026, 6, 1), is_in=False), date(2026, 9, 1), is_in=True)
    assert meant(again, date(2026, 10, 1)) == {"SYT"} and meant(again, date(2026, 7, 1)) == set()


def test_a_time_in_another_group_is_kept() -> None:
    other = Membership(group="more", since=date(2020, 1, 1))
    first = IN.model_copy(update={"groups": ("its", "more"), "memberships": (other,)})
    out = joined([first.model_copy(update={"groups": ("more",)}), OTHER], [first, OTHER], date(2024, 1, 1))
    assert other in out[0].memberships


def test_a_register_that_says_the_days_of_one_group_keeps_those_of_the_others() -> None:
    kept, said = Membership(group="its", until=date(2023, 11, 30)), Membership(group="more", since=date(2020, 1, 1))
    before = OUT.model_copy(update={"groups": ("more",), "memberships": (kept,)})
    now = joined([before.model_copy(update={"memberships": (said,)}), OTHER], [before, OTHER], date(2024, 1, 1))
    assert now[0].memberships == (said, kept)
