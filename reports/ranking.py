"""The places of offices by the share done on time that is assured, so that little work proves little."""

from collections.abc import Mapping
from math import sqrt

from reports.figures import Tally

_Z = 1.96
"""Standard deviations on either side of a mean between which 95 % lie."""


def assured_rate(each: Tally) -> float | None:
    """The on-time rate that is at least to be expected of more work of the same office: the lower end of Wilson's 95 %
    interval (1927). 3 of 3 say less of an office (44 %) than 80 of 82 (92 %). None where nothing came due."""
    rate, due = each.on_time_rate, each.due
    if rate is None:
        return None
    margin: float = _Z * sqrt((rate * (1 - rate) + _Z**2 / (4 * due)) / due)
    return (rate + _Z**2 / (2 * due) - margin) / (1 + _Z**2 / due)


def ranked(tallies: Mapping[tuple[str], Tally]) -> list[tuple[int, str, Tally]]:
    """Place, key and tally by ``assured_rate``, the best first; equal ones share a place.

    What has had nothing come due has no rate and no place, and is left out.
    """
    known = [(assured, key, each) for (key,), each in tallies.items() if (assured := assured_rate(each)) is not None]
    known.sort(key=lambda one: (-one[0], one[1]))
    places: dict[float, int] = {}
    return [(places.setdefault(assured, number), key, each) for number, (assured, key, each) in enumerate(known, 1)]
