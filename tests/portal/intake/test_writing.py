"""What the intake pages do while they hold the store: nothing that takes long."""

import re

import pytest

from intake.directives.correcting import launching, passages
from tests.support.launching import LAUNCH, TEXT, taken_in
from tests.support.people import House
from tests.support.write_turn import while_held

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


def test_texts_are_read_and_plans_checked_before_the_store_is_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = house.coordinator()
    path = taken_in(person)
    held = while_held(monkeypatch, (passages, "draft_of"), (passages, "year_context"), (launching, "plan_from"))
    start = TEXT.index("Các cơ sở y tế")
    person.post(f"{path}/add", {"passage": f"{start}-{start + 50}"}, on=path)
    person.post(f"{path}/offices", {"words": "Trung tâm Kiểm soát bệnh tật", "office": "Sở Y tế"}, on=path)
    person.post(f"{path}/rows", {"act": "confirm", "n": ["1", "2"]}, on=path)
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes"}, on=f"{path}/launch")
    digest = re.search(r'name="digest" value="(\w+)"', person.last.text)  # type: ignore[union-attr]
    assert digest
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes", "digest": digest[1]})
    assert "Đã giao việc" in person.page
    assert not held
