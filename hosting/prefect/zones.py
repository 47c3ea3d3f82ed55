"""The names of time zones, read from the disk once in a process.

Prefect walks through the system's whole folder of zones for every schedule that it makes, stores or shows: several
milliseconds each, for a deployment of ours a dozen times.
"""

from functools import cache


def read_zones_once() -> None:
    """Let Prefect keep the names that it has read; imports Prefect."""
    from prefect.types import _datetime

    names = vars(_datetime)
    if not hasattr(names["available_timezones"], "cache_info"):
        names["available_timezones"] = cache(names["available_timezones"])
