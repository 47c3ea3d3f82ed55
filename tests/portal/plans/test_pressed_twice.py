"""What is pressed twice in the plan's editor is done once, and told as done both times."""

import re
from collections.abc import Mapping

import pytest
from sqlmodel import func, select

from models.store.database import reading_session
from models.tables.edition import PlanDraft
from tests.support.editor import DIRECTIVE, begun, fields_of, send
from tests.support.people import House, Person

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]

NEW = {
    "title": "Tổng hợp số liệu cơ sở vật chất",
    "s0.lead": "Sở Y tế",
    "s0.due": "trước ngày 29/12/2023",
    "save": "yes",
}


def subtasks(person: Person, priority: str = "T1") -> set[str]:
    assert person.last is not None
    return {*re.findall(rf"subtasks/({priority}\.\d+)\"", person.last.text)}


def twice(person: Person, address: str, changes: Mapping[str, str | list[str]], *, on: str = "") -> None:
    person.get(on or address)
    fields = {**fields_of(person, address), **changes}
    for _ in range(2):
        person.last = person.web.post(address, data=fields)
        assert person.last.status_code == 200 and "Đã ghi vào dự thảo" in person.page


def test_a_draft_is_begun_once_while_nothing_is_done_in_it(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    assert begun(coordinator) == draft
    assert begun(house.coordinator()) != draft, "somebody else has their own"
    twice(coordinator, f"{draft}/priorities/p1/new", NEW)
    assert begun(coordinator) != draft
    with reading_session(house.store.engine) as session:
        assert session.exec(select(func.count()).select_from(PlanDraft)).one() == 3


def test_a_new_subtask_is_added_once_and_another_by_the_same_form_too(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    before, address = subtasks(coordinator), f"{draft}/priorities/p1/new"
    twice(coordinator, address, NEW)
    assert len(subtasks(coordinator) - before) == 1
    coordinator.get(address)
    form = coordinator.last
    send(coordinator, address, NEW | {"title": "Tổng hợp số liệu quý"})
    coordinator.last = form
    send(coordinator, address, NEW | {"title": "Tổng hợp số liệu năm"})
    assert len(subtasks(coordinator) - before) == 3, "typed anew it is another one"


def test_a_subtask_is_split_and_merged_once(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    before, address = subtasks(coordinator), f"{draft}/subtasks/T1.3"
    twice(coordinator, f"{address}/split", {"second": "Phần hai của việc"})
    (second,) = subtasks(coordinator) - before
    twice(coordinator, f"{address}/merge", {"other": second})
    assert subtasks(coordinator) == before


def test_a_subtask_is_changed_and_dropped_and_kept_again_once(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/subtasks/T1.3"
    twice(coordinator, address, {"title": "Tên khác của nhiệm vụ", "save": "yes"})
    twice(coordinator, f"{address}/drop", {}, on=address)
    twice(coordinator, f"{address}/restore", {}, on=draft)
    twice(coordinator, f"{address}/drop", {}, on=address)


def test_the_facts_of_a_directive_are_changed_and_a_priority_added_once(house: House) -> None:
    coordinator = house.coordinator()
    draft = begun(coordinator)
    address = f"{draft}/directives/{DIRECTIVE}"
    twice(coordinator, address, {"place_vi": "Đà Lạt"})
    coordinator.get(address)
    form = fields_of(coordinator, f"{address}/priorities") | {"new_title": "Nhiệm vụ thêm"}
    for _ in range(2):
        coordinator.last = coordinator.web.post(f"{address}/priorities", data=form)
        assert coordinator.last.status_code == 200
    assert len(subtasks(coordinator, "T6")) == 1
