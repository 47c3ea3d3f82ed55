"""Rehearsals from the browser: in a process of their own, with a bar; the store is as it was, with a draft too."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from config.errors import Refused
from models.keeping.copy import contents
from models.keeping.opening import open_store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session, snapshot
from rehearsal.process import play
from reports.months_ahead.kept import Asked, KeptRehearsals
from tests.support.editor import begun, send
from tests.support.launching import LAUNCH, TEXT, taken_in
from tests.support.people import House
from tests.support.waiting import eventually

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


@pytest.fixture(autouse=True)
def _a_store_that_was_started(house: House) -> None:
    with open_store(house.store.settings):
        pass  # its plan is in it from now on


def events(house: House) -> list[str]:
    with reading_session(house.store.engine) as session:
        return [*session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.seq)))]


def test_a_month_is_rehearsed_in_a_process_of_its_own(house: House) -> None:
    person = house.coordinator()
    before = events(house)
    person.post("/rehearsals", {"months": "1", "what": "", "answering": ""}, on="/rehearsals")
    assert person.last is not None and person.last.status_code == 200
    assert "<progress" in person.last.text and person.last.headers["refresh"]
    path = person.last.url.path
    person.post("/rehearsals", {"months": "1", "what": "", "answering": ""}, on="/rehearsals")
    assert person.last.status_code == 200 and person.last.url.path == path, "sent twice, it is played once"
    person.post("/rehearsals", {"months": "2"}, on="/rehearsals")
    assert person.last.status_code == 422 and "đợi xong" in person.page
    (kept,) = KeptRehearsals(house.store.settings).all()
    eventually(lambda: kept.is_done or kept.fault(house.clock.now) is not None, within_s=240)
    assert kept.fault(house.clock.now) is None
    assert events(house) == before, "nothing is recorded"
    text = person.get(path).text
    assert kept.found.letters > 0 and f"<strong>{kept.found.letters}</strong>" in text
    assert "<svg" in text and 'class="month"' in text and "Sở Y tế" in text
    file = person.get(f"{path}/workbook")
    assert "Theo ngày" in load_workbook(BytesIO(file.content)).sheetnames
    manager = house.manager()
    assert manager.get(path).status_code == 200
    assert "Bắt đầu" not in manager.get("/rehearsals").text


def test_a_draft_is_launched_in_the_copy_alone(house: House) -> None:
    person = house.coordinator()
    path = taken_in(person, TEXT)
    person.post(f"{path}/rows", {"act": "confirm", "n": "1"}, on=path)
    person.post(f"{path}/launch", {**LAUNCH, "leave_out": "yes"}, on=f"{path}/launch")
    number = path.rsplit("/", 1)[1]
    assert re.search(rf'value="draft-{number}" selected', person.get(f"/rehearsals?draft={number}").text)
    kept = KeptRehearsals(house.store.settings)
    for what, fault in (("draft-99", "bản thảo số 99"), ("amendment-9", "dự thảo số 9"), ("x-1", "chọn một mục")):
        person.post("/rehearsals", {"months": "0", "what": what}, on="/rehearsals")
        assert person.last is not None and person.last.status_code == 422
        assert fault in person.page and "Số tháng: từ 1 đến 24" in person.page
    assert kept.all() == []
    asked = kept.ask(Asked(months=1, now=house.clock.now, draft=int(number)))
    with snapshot(house.store.engine) as connection:
        before = contents(connection)
    play(house.store, asked.number)
    with snapshot(house.store.engine) as connection:
        assert contents(connection) == before
    assert asked.is_done, asked.fault(house.clock.now)
    assert any(code.startswith("T6.") for code in asked.found.names), "what the draft asks for is played"


def test_what_was_changed_meanwhile_is_not_answered_with_the_one_under_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.intake.rehearsals.start_rehearsal", lambda *_: None)
    person = house.coordinator()
    text = taken_in(person, TEXT)
    amendment = begun(person)
    subtask = f"{amendment}/subtasks/T1.3"

    def answered(what: str) -> int | str:
        """The number of the rehearsal that one is led to, or that it is refused."""
        person.post("/rehearsals", {"months": "1", "what": what, "answering": ""}, on="/rehearsals")
        assert person.last is not None
        return int(person.last.url.path.rpartition("/")[2]) if person.last.status_code == 200 else "refused"

    def done(number: int) -> None:
        kept = KeptRehearsals(house.store.settings).one(number)
        assert kept is not None
        kept.keep_fault(Refused("Thôi.", "Enough."))

    draft = f"draft-{text.rsplit('/', 1)[1]}"
    assert (answered(draft), answered(draft)) == (1, 1)
    person.post(f"{text}/rows", {"act": "drop", "n": "1"}, on=text)
    assert answered(draft) == "refused", "a row of it is dropped"
    person.post(f"{text}/rows", {"act": "restore", "n": "1"}, on=text)
    assert answered(draft) == 1, "it is as it was"
    person.post(f"{text}/launch", {**LAUNCH, "leave_out": "yes"}, on=f"{text}/launch")
    assert answered(draft) == "refused", "it is launched otherwise"
    done(1)

    changed = f"amendment-{amendment.rsplit('/', 1)[1]}"
    assert (answered(changed), answered(changed)) == (2, 2)
    send(person, subtask, {"title": "Tên khác hẳn", "save": "yes"}, on=subtask)
    assert answered(changed) == "refused", "it changes another subtask"
    done(2)

    assert (answered(""), answered("")) == (3, 3)
    send(person, f"{amendment}/preview", {"reason": "Theo quyết định của tỉnh."}, on=amendment)
    send(person, f"{amendment}/preview", {})
    assert answered("") == "refused", "another edition is in force"
