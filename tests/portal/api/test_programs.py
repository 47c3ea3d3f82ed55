"""The desk for programs: register, contacts, accounts, messages, plans, entries; deeds are shown, then done."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.keeping.opening import open_store
from models.store.database import session_scope
from models.tables.account import UserRole
from models.work.directives import anchors
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, number_of, run
from tests.support.people import House, hidden

API = "/api/v1"
WHY = {"reason": "Theo quyết định của tỉnh."}


@pytest.fixture
def web(house: House) -> httpx.Client:
    return house.program(role=UserRole.COORDINATOR)


def shown(web: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The preview of a deed; nothing is done yet."""
    answer = web.post(f"{API}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["deed"] is None
    preview: dict[str, Any] = answer.json()["preview"]
    return preview


def done(web: httpx.Client, path: str, body: dict[str, Any]) -> int:
    """The number of a deed that was looked at, confirmed and sent once more."""
    confirmed = {**body, "confirm": shown(web, path, body)["confirm"]}
    answers = [web.post(f"{API}/{path}", json=confirmed) for _ in range(2)]
    assert answers[0].status_code == 200, answers[0].text
    assert answers[0].json() == answers[1].json(), "the same once more changes nothing"
    number: int = answers[0].json()["deed"]
    return number


def test_a_deed_is_shown_done_once_and_taken_back(web: httpx.Client, house: House) -> None:
    number = number_of(house.store, "T0.1")
    body = {"act": "move", "assignments": [number], "to_date": "2023-10-02", **WHY}
    preview = shown(web, "deeds", body)
    assert (preview["counts"], preview["items"][0]["due_date"]) == ({"moved": 1}, "2023-10-02")
    deed = done(web, "deeds", body)
    assert web.get(f"{API}/assignments/{number}").json()["due_date"] == "2023-10-02"
    whole = web.get(f"{API}/changes/{deed}").json()
    assert (whole["assignments"], whole["items"][0]["assignment"]) == (1, number)
    back = done(web, f"changes/{deed}/undo", WHY)
    assert web.get(f"{API}/assignments/{number}").json()["due_date"] == "2023-09-11"
    assert [each["undone_by"] for each in web.get(f"{API}/changes").json()["items"]] == [None, back]


def test_what_was_shown_and_changed_meanwhile_is_not_done(web: httpx.Client, house: House) -> None:
    number = number_of(house.store, "T0.1")
    body = {"act": "move", "assignments": [number], "to_date": "2023-10-02", **WHY}
    preview = shown(web, "deeds", body)
    done(web, "deeds", {**body, "to_date": "2023-10-03"})
    answer = web.post(f"{API}/deeds", json={**body, "confirm": preview["confirm"]})
    assert answer.status_code == 422 and "chưa áp dụng gì" in answer.json()["detail"]
    assert web.post(f"{API}/deeds", json={**body, "confirm": "x"}).status_code == 422
    house.clock.now = at("2023-08-28", 9)
    late = {**body, "to_date": "2023-08-21"}
    confirmed = {**late, "confirm": shown(web, "deeds", late)["confirm"]}
    assert web.post(f"{API}/deeds", json=confirmed).status_code == 422
    assert web.post(f"{API}/deeds", json={**confirmed, "may_be_late": True}).json()["deed"]


@pytest.mark.sqlite_only
def test_the_register_is_changed_by_deeds(web: httpx.Client) -> None:
    by = {"paper_number": "12/QĐ-UBND", "paper_date": "2023-08-16"}
    done(web, "offices", {"code": "SMOI", "name_vi": "Sở Mới", **by})
    done(web, "offices/SMOI/rename", {"name_vi": "Sở Đổi Tên", **by})
    done(web, "offices/SMOI/end", {"successor": LEAD, "effective_date": "2023-10-01", **by})
    (found,) = [each for each in web.get(f"{API}/offices").json()["items"] if each["code"] == "SMOI"]
    assert (found["name_vi"], found["until"], found["successor"]) == ("Sở Đổi Tên", "2023-09-30", LEAD)
    merged = shown(web, "offices/merge", {"offices": ["STC", LEAD], "into": "SNEW", "name_vi": "Sở Chung", **by})
    assert merged["counts"].get("reassigned", 0) > 0
    parts = {"parts": {"SYT1": "Sở Y tế 1", "SYT2": "Sở Y tế 2"}, "default": "SYT1", **by}
    assert shown(web, f"offices/{LEAD}/split", parts)["counts"]["reassigned"] > 0
    assert web.post(f"{API}/offices", json={"code": "SMOI", "name_vi": "Sở Mới", **by}).status_code == 422


@pytest.mark.sqlite_only
def test_days_off_are_entered_move_work_and_are_taken_back(web: httpx.Client, house: House) -> None:
    with open_store(house.store.settings):
        pass  # its plan and calendar are in it from now on
    number, paper = number_of(house.store, "T0.1"), {"paper_number": "12/TB-VPCP", "paper_date": "2023-08-17"}
    body = {"days": [{"date": "2023-09-08", "kind": "day_off"}], "note": "nghỉ bù", **paper}
    deed = done(web, "days-off", body)
    (day,) = [each for each in web.get(f"{API}/days-off").json()["items"] if each["date"] == "2023-09-08"]
    assert (day["kind"], day["document"], day["note_en"]) == ("day_off", "12/TB-VPCP", "nghỉ bù")
    assert web.get(f"{API}/assignments/{number}").json()["due_date"] == "2023-09-11", "nothing is moved by a notice"
    assert shown(web, "days-off/recompute", paper)["counts"]["moved"] > 0
    done(web, "days-off/recompute", paper)
    assert web.get(f"{API}/assignments/{number}").json()["due_date"] == "2023-09-12"
    done(web, f"changes/{deed}/undo", WHY)
    assert "2023-09-08" not in [each["date"] for each in web.get(f"{API}/days-off").json()["items"]]
    wrong = [{"date": "2023-09-10", "kind": "day_off"}, {"date": "2023-09-11", "kind": "working_day"}]
    refused = web.post(f"{API}/days-off", json={**body, "days": wrong})
    assert refused.status_code == 422 and [each[:10] for each in refused.json()["errors"]] == [
        "10/09/2023",
        "11/09/2023",
    ]


@pytest.mark.sqlite_only
def test_who_did_what_is_read_page_by_page(web: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.desk.trail.PAGE_SIZE", 2)
    for email in ("a@tinh.example", "b@tinh.example", "c@tinh.example"):
        web.post(f"{API}/accounts", json={"email": email, "post": "Chuyên viên", "role": "manager"})
    found, before = [], ""
    while before is not None:
        part = web.get(f"{API}/trail?{before}").json()
        found += part["items"]
        before = part["before"] and f"before={part['before']}"
    assert [each["seq"] for each in found] == sorted((each["seq"] for each in found), reverse=True)
    made = [each for each in found if each["actor"].startswith("coordinator:")]
    assert len(made) == 3 and {each["verb"] for each in made} == {made[0]["verb"]}
    assert web.get(f"{API}/trail?who={made[0]['actor']}&day=2023-08-18").json()["items"] == made[:2]
    assert web.get(f"{API}/trail?who=office:TAND").json() == {"before": None, "items": []}


@pytest.mark.sqlite_only
def test_what_a_manager_compares(house: House) -> None:
    run(house.store, "p1", at("2023-09-20"), offices=())
    house.clock.now = at("2023-09-20", 9)
    web, number = house.program(role=UserRole.MANAGER), number_of(house.store, "T0.1")
    past = web.get(f"{API}/board?day=2023-08-20").json()
    assert past["by_status"]["open_overdue"] == 0 < web.get(f"{API}/board").json()["by_status"]["open_overdue"]
    assert past["as_of"] == "2023-08-21T00:00:00+07:00", "the end of that day"
    changed = web.get(f"{API}/board/changes?since=2023-09-08").json()["changes"]
    assert number in changed["newly_late"]["assignments"] and changed["returned"] == {"total": 0, "assignments": []}
    periods = web.get(f"{API}/board/periods?by=office&length=month").json()
    (row,) = [each for each in periods["rows"] if each["code"] == LEAD]
    september = dict(zip(periods["periods"], row["figures"], strict=True))["2023-09"]
    assert september["due"] == september["open_overdue"] > 0 and september["on_time_rate"] == 0
    assert web.get(f"{API}/board/forecast").json()["offices"] == [], "too little has come due to tell"
    review = web.get(f"{API}/review?year=2023").json()
    assert review["whole"]["now"]["open_overdue"] == web.get(f"{API}/board").json()["by_status"]["open_overdue"]
    assert {LEAD} <= {each["code"] for each in review["offices"]}
    for wrong in ("board?day=2023-09-21", "board/changes?since=2023-09-20", "board/periods?by=day", "review?year=1"):
        assert web.get(f"{API}/{wrong}").status_code == 422, wrong


@pytest.mark.sqlite_only
def test_contacts_are_read_set_and_not_overwritten(web: httpx.Client) -> None:
    path = f"{API}/offices/{LEAD}/contacts"
    seen = web.get(path).json()
    new = {"desks": {"focal": [{"sender": "mailbox", "to": ""}]}, "digest_hour": "08:00", "revision": seen["revision"]}
    assert web.post(path, json=new).status_code == 200, web.post(path, json=new).text
    assert web.get(path).json()["digest_hour"] == "08:00"
    overtaken = web.post(path, json={**new, "digest_hour": "09:00"})
    assert overtaken.status_code == 422 and "chưa ghi gì" in overtaken.json()["detail"]
    wrong = web.post(path, json={"desks": {"focal": [{"sender": "nobody", "to": "x"}]}, "quiet": "25:00-26:00"})
    assert wrong.status_code == 422 and len(wrong.json()["errors"]) == 2
    assert web.post(f"{API}/offices/{LEAD}/link").json()["link"].startswith("http")
    assert web.post(f"{API}/offices/{LEAD}/revoke").status_code == 204


@pytest.mark.sqlite_only
def test_accounts_and_deputies(web: httpx.Client) -> None:
    for email, role in (("a@tinh.example", "coordinator"), ("b@tinh.example", "coordinator")):
        made = web.post(f"{API}/accounts", json={"email": email, "post": "Chuyên viên", "role": role})
        assert made.status_code == 201 and made.json()["email"] == email
    number = made.json()["id"]
    assert "/sign-in/" in web.post(f"{API}/accounts/{number}/link").json()["link"]
    deputy = {"email": "a@tinh.example", "deputy": "b@tinh.example", "from_date": "2023-08-21", "until": "2023-08-25"}
    answers = [web.post(f"{API}/deputies", json=deputy).json() for _ in range(2)]
    assert answers[0] == answers[1] and (answers[0]["from_date"], answers[0]["until"]) == ("2023-08-21", "2023-08-25")
    assert web.post(f"{API}/deputies/{answers[0]['id']}/end").json() == {"items": []}
    code = web.get(f"{API}/directives").json()["items"][0]["code"]
    change = f"{API}/accounts/{number}/change"
    for _ in range(2):
        assert web.post(change, json={"directives": [code]}).json()["directives"] == [code]
    made = web.post(change, json={"role": "manager", "post": "Lãnh đạo", "email": "c@tinh.example"}).json()
    assert [made[each] for each in ("role", "post", "email", "directives")] == [
        *("manager", "Lãnh đạo", "c@tinh.example"),
        [code],
    ]
    assert web.post(change, json={"email": "a@tinh.example"}).status_code == 422
    assert web.post(f"{API}/accounts/{number}/disable").json()["disabled_at"]
    assert web.post(f"{API}/accounts/{number}/link").status_code == 422
    assert web.post(f"{API}/accounts/{number}/enable").json()["disabled_at"] is None
    assert web.post(f"{API}/accounts/9999/disable").status_code == 404


def test_messages_are_evidence_and_notices_say_why(web: httpx.Client, house: House) -> None:
    deliver(house.store, now=house.clock.now)
    listed = web.get(f"{API}/messages?office={LEAD}&state=sent").json()
    assert listed["total"] == len(listed["items"]) > 0
    whole = web.get(f"{API}/messages/{listed['items'][0]['id']}").json()
    assert whole["attempts"][0]["result"] == "sent" and whole["assignments"]
    assert "/door/…" in whole["text"] and "/door/ey" not in whole["text"]
    notices = web.get(f"{API}/notices?assignment={whole['assignments'][0]}").json()
    assert {each["fate"] for each in notices["items"]} >= {"sent"}
    assert set(web.get(f"{API}/follow-up").json()) >= {"never_told", "stuck"}


@pytest.mark.later
def test_a_plan_goes_out_as_files_and_comes_back_as_an_amendment(web: httpx.Client, house: House) -> None:
    files = web.get(f"{API}/plan/files").json()["files"]
    assert web.post(f"{API}/plan/check", json={"files": files}).json()["subtasks"] > 10
    title = house.store.plan.subtask("T0.1").title_vi
    name = next(name for name, text in files.items() if title in text)
    changed = {name: files[name].replace(title, f"{title} (sửa)")}
    deed = done(web, "plan/amendments", {"files": changed, "letters": False, **WHY})
    assert web.get(f"{API}/changes/{deed}").json()["kind"] == "amendment"
    code = web.get(f"{API}/directives").json()["items"][0]["code"]
    priorities = web.get(f"{API}/directives/{code}").json()["priorities"]
    assert f"{title} (sửa)" in [each["title_vi"] for priority in priorities for each in priority["subtasks"]]
    newest = next(each for each in web.get(f"{API}/editions").json()["items"] if code in each["series"])
    assert newest["is_in_force"] and newest["reason"] == WHY["reason"]
    assert f"{title} (sửa)" in str(web.get(f"{API}/editions/{newest['id']}").json()["content"])
    files = web.get(f"{API}/plan/files").json()["files"]
    same = web.post(f"{API}/plan/amendments", json={"files": files, **WHY})
    assert same.status_code == 422 and "Không có gì khác" in same.json()["detail"]
    for wrong in (
        {"../p1.yaml": "x"},
        {"p1.yaml": "code: [1, 2"},
        {"p1.yaml": "- 1"},
        {"p9.yaml": "x: 1"},
        {"a.txt": ""},
    ):
        answer = web.post(f"{API}/plan/amendments", json={"files": wrong, **WHY})
        assert answer.status_code == 422 and "/tmp" not in answer.text, wrong


@pytest.mark.sqlite_only
def test_what_is_entered_is_corrected_and_taken_back(web: httpx.Client, house: House) -> None:
    code = web.get(f"{API}/directives").json()["items"][0]["code"]
    document = {"number": "15-CT/TU", "entry_date": "2023-08-15", "title": "Chỉ thị mới", "may_be_late": True}
    answers = [web.post(f"{API}/directives/{code}/documents", json=document) for _ in range(2)]
    assert answers[0].status_code == 201 and answers[0].json() == answers[1].json()
    number = answers[0].json()["id"]
    correct = {"title": "Chỉ thị mới, đã sửa", **WHY}
    confirmed = shown(web, f"entries/{number}/correct", correct)
    answer = web.post(f"{API}/entries/{number}/correct", json={**correct, "confirm": confirmed["confirm"]})
    assert answer.json()["deed"], answer.text
    assert "Chỉ thị mới, đã sửa" in [each["title"] for each in web.get(f"{API}/entries").json()["items"]]
    done_undo = shown(web, f"entries/{number}/undo", WHY)
    undo = {**WHY, "confirm": done_undo["confirm"]}
    undone = [web.post(f"{API}/entries/{number}/undo", json=undo).json().get("deed") for _ in range(2)]
    assert undone[0] and undone[0] == undone[1], "sent twice, it is one deed"
    with session_scope(house.store.engine) as session:
        assert number not in [each.id for each in anchors(session)]
    issued = {"number": "99/KH", "entry_date": "2023-08-16"}
    assert web.post(f"{API}/directives/{code}/issue", json=issued).status_code == 422, "one in force already"
    assert shown(web, f"directives/{code}/close", WHY)["counts"]["withdrawn"] > 0


@pytest.mark.sqlite_only
def test_a_program_is_registered_and_its_secret_shown_once(web: httpx.Client) -> None:
    wanted = {"name": "Theo dõi của tỉnh", "url": "https://theo-doi.example/hook", "events": ["reported", "overdue"]}
    made = web.post(f"{API}/webhooks", json=wanted)
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_"), made.text
    listed = web.get(f"{API}/webhooks").json()
    assert listed["items"][0]["events"] == ["overdue", "reported"] and "secret" not in str(listed)
    assert web.post(f"{API}/webhooks", json=wanted).status_code == 422
    assert web.post(f"{API}/webhooks", json={**wanted, "url": "https://127.0.0.1/"}).status_code == 422
    for _ in range(2):
        assert web.post(f"{API}/webhooks/{made.json()['id']}/end").json() == {"items": []}


@pytest.mark.sqlite_only
def test_an_answer_with_a_secret_that_was_lost_comes_again_for_some_minutes(house: House, web: httpx.Client) -> None:
    wanted, key = {"name": "Theo dõi", "url": "https://theo-doi.example/hook"}, {"Idempotency-Key": "mot"}
    first = web.post(f"{API}/webhooks", json=wanted, headers=key)
    assert first.status_code == 201
    assert web.post(f"{API}/webhooks", json=wanted, headers=key).json() == first.json()
    assert web.post(f"{API}/webhooks", json={**wanted, "name": "Khác"}, headers=key).status_code == 422
    assert web.post(f"{API}/webhooks", json=wanted, headers={"Idempotency-Key": "hai"}).status_code == 422
    person, fields = house.coordinator(), {"name": "Phần mềm", "url": "https://vanban.example/hook"}
    form = person.get("/desk/webhooks")
    shown = [_secret(person.post("/desk/webhooks", fields)) for person.last in (form, form)]
    assert shown[0] and shown[0] == shown[1]
    assert len(web.get(f"{API}/webhooks").json()["items"]) == 2
    other = house.coordinator()
    other.last = form
    assert not _secret(other.web.post("/desk/webhooks", data={**hidden(person), **hidden(other), **fields}))
    house.clock.now += timedelta(minutes=11)
    person.last = form
    assert not _secret(person.post("/desk/webhooks", fields)), "later it is shown to nobody any more"


def _secret(answer: httpx.Response) -> str:
    found = re.search(r"whsec_[^<]+", answer.text)
    return found[0] if found else ""
