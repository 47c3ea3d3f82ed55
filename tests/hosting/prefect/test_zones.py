"""Prefect reads the names of time zones once, and still refuses what is none."""

import pytest

from hosting.prefect.zones import read_zones_once

SCHEDULE = {"cron": "30 7 * * *"}


def test_the_names_of_zones_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.server.schemas.schedules import CronSchedule as StoredSchedule
    from prefect.types import _datetime

    read: list[str] = []

    def from_disk() -> set[str]:
        read.append("the disk")
        return {"Asia/Ho_Chi_Minh"}

    monkeypatch.setattr(_datetime, "available_timezones", from_disk)
    for _ in range(2):
        read_zones_once()
        for kind in (CronSchedule, StoredSchedule):
            assert kind(**SCHEDULE, timezone="Asia/Ho_Chi_Minh").timezone == "Asia/Ho_Chi_Minh"
    assert read == ["the disk"]
    with pytest.raises(ValueError, match="Asia/Nowhere"):
        StoredSchedule(**SCHEDULE, timezone="Asia/Nowhere")
