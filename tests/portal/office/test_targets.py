"""The actual figure of a target in the report form: read as people write it, refused by the name of its field."""

from pathlib import Path

import pytest

from models.tables.errors import InvalidReport
from models.work.report_form import targets_of
from portal.form import FormReader
from portal.office.report_fields import report_content
from tests.support.plans import plan_of

SUBTASK = """
report: {counts: [{key: hoi_nghi, label_vi: Số hội nghị}]}
targets:
  - {indicator_vi: Số nhà, key: so_nha, unit: nhà, value: 2.305}
  - {indicator_vi: Tỷ lệ, key: ty_le, unit: "%", value: "12,5"}
"""


def read(folder: Path, **fields: str) -> dict[str, float]:
    subtask = plan_of(folder / "plan.yaml", "lead: SYT\ndue: {lead: BY:30/06/2025}", subtask=SUBTASK).subtask("T1.1")
    content = report_content(subtask.form("plan"), targets_of(subtask, "plan"), FormReader(fields))
    return dict(content.counts)


@pytest.mark.parametrize(
    ("houses", "share", "kept"),
    [
        ("1.250", "12,75", (1250, 12.75)),
        ("1.250 nhà", "1,5 %", (1250, 1.5)),
        ("1250,5", "105%", (1250.5, 105)),
    ],
)
def test_figures_are_read_as_they_are_written(
    tmp_path: Path, houses: str, share: str, kept: tuple[float, float]
) -> None:
    assert read(tmp_path, hoi_nghi="3", so_nha=houses, ty_le=share) == dict(
        zip(("hoi_nghi", "so_nha", "ty_le"), (3, *kept), strict=True)
    )


def test_what_cannot_be_read_is_told_by_field_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidReport) as refused:
        read(tmp_path, hoi_nghi="1,5", so_nha="nhiều", ty_le="một nửa")
    assert [each.partition(":")[0] for each in refused.value.details] == [
        "hoi_nghi (Số hội nghị)",
        "so_nha (Số nhà)",
        "ty_le (Tỷ lệ)",
    ]
    assert "viết như 1250, 1.250 hoặc 12,75 nhà" in refused.value.details[1]
