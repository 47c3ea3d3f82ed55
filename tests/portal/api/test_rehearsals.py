"""Rehearsals for programs: asked for as on the page, watched by their state, read as figures."""

from datetime import timedelta

import httpx
import pytest

from models.keeping.opening import open_store
from models.tables.account import UserRole
from rehearsal.process import play
from reports.months_ahead.kept import KeptRehearsals
from tests.support.cast import LEAD
from tests.support.launching import TEXT, taken_in
from tests.support.people import House

PATH = "/api/v1/rehearsals"


@pytest.fixture
def web(house: House) -> httpx.Client:
    return house.program(role=UserRole.COORDINATOR)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rehearsals for which a process would have been started."""
    numbers: list[int] = []
    monkeypatch.setattr("portal.intake.rehearsals.start_rehearsal", lambda _, number: numbers.append(number))
    return numbers


def test_one_is_asked_for_and_watched(web: httpx.Client, house: House, started: list[int]) -> None:
    assert web.get(PATH).json() == {"items": []}
    answer = web.post(PATH, json={"months": 2, "answering": True})
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    assert (entry["number"], entry["state"], entry["part"], entry["months"]) == (1, "under_way", 0.0, 2)
    assert started == [1]
    again = web.post(PATH, json={"months": 2, "answering": True})
    assert (again.status_code, again.json()) == (201, entry)
    assert started == [1], "sent twice, it is played once"
    other = web.post(PATH, json={"months": 3, "answering": True})
    assert other.status_code == 422 and "số 1" in other.json()["detail"] and "no. 1" in other.json()["detail_en"]
    manager = house.program(role=UserRole.MANAGER)
    assert manager.get(PATH).json() == {"items": [entry]}
    assert manager.get(f"{PATH}/1").json() == {**entry, "found": None}
    house.clock.now += timedelta(minutes=2)
    ended = manager.get(f"{PATH}/1").json()
    assert (ended["state"], ended["found"]) == ("failed", None)
    assert "chạy lại" in ended["fault"] and "run it again" in ended["fault_en"]
    assert web.post(PATH, json={"months": 1}).json()["number"] == 2, "one that has failed is in nobody's way"


def test_what_cannot_be_played_is_refused(web: httpx.Client, house: House, started: list[int]) -> None:
    for wrong in (
        {},
        {"months": 0},
        {"months": 25},
        {"months": "x"},
        {"months": 1, "draft": 0},
        {"months": 1, "of": 1},
    ):
        assert web.post(PATH, json=wrong).status_code == 422, wrong
    for what, said in (("draft", "bản thảo số 99"), ("amendment", "dự thảo số 99")):
        answer = web.post(PATH, json={"months": 1, what: 99})
        assert answer.status_code in (404, 422) and said in answer.json()["detail"], what
    both = web.post(PATH, json={"months": 1, "draft": 1, "amendment": 1})
    assert both.status_code == 422 and "một trong hai" in both.json()["detail"]
    assert house.program(role=UserRole.MANAGER).post(PATH, json={"months": 1}).status_code == 403
    assert house.program(office=LEAD).get(PATH).status_code == 403
    assert web.get(f"{PATH}/1").status_code == 404 and started == []


@pytest.mark.later
@pytest.mark.sqlite_only
def test_what_was_found_is_read_as_figures(web: httpx.Client, house: House) -> None:
    with open_store(house.store.settings):
        pass  # its plan is in it from now on
    taken_in(house.coordinator(), TEXT)
    kept = KeptRehearsals(house.store.settings)
    play(house.store, web.post(PATH, json={"months": 1, "draft": 1}).json()["number"])
    whole = web.get(f"{PATH}/1").json()
    found, played = whole["found"], kept.all()[0].found
    assert (whole["state"], whole["part"], whole["fault"]) == ("done", 1.0, None)
    assert (found["from_date"], found["until"]) == (f"{played.first}", f"{played.last}")
    assert found["letters"] == played.letters == sum(each["letters"] for each in found["days"]) > 0
    (office,) = [each for each in found["offices"] if each["office"] == LEAD]
    assert office["letters"] > 0 and office["first_date"] and found["names"][LEAD]
    assert {each["office"] for each in found["weeks"]} == {each["office"] for each in found["offices"]}
    assert len(found["dates_at_risk"]) == len(played.dates_at_risk)
    assert whole["draft"] == 1 and any(code.startswith("T6.") for code in found["names"]), "what the draft asks for"
