"""The days on which offices join and leave groups."""

from datetime import date

from config.catalogue.offices import OfficeSpec, Selector, joined, resolve

OTHER = OfficeSpec(code="SNV", name_vi="Sở Nội vụ", groups=("its",))
IN = OfficeSpec(code="SYT", name_vi="Sở Y tế", groups=("its",))


def put(before: list[OfficeSpec], on: date, *, is_in: bool) -> list[OfficeSpec]:
    """The register after the first office joins or leaves the group."""
    first = before[0].model_copy(update={"groups": ("its",) if is_in else ()})
    return joined([first, *before[1:]], before, on)


def meant(offices: list[OfficeSpec], day: date) -> set[str]:
    return {*resolve({each.code: each for each in offices}, Selector(group="its"), day)}


def test_a_group_that_was_emptied_and_is_filled_again_means_its_offices() -> None:
    alone = [IN, OTHER.model_copy(update={"groups": ()})]
    again = put(put(alone, date(2026, 6, 1), is_in=False), date(2026, 9, 1), is_in=True)
    assert meant(again, date(2026, 10, 1)) == {"SYT"} and meant(again, date(2026, 7, 1)) == set()
