"""The API: the same verbs and rights by token, refusals as problem+json, and nothing that fails in 5xx."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from models.access.accounts import revoke_token
from models.plans.editions import Provenance
from models.store.database import reading, session_scope
from models.tables.account import UserRole
from models.tables.lifecycle import MessageState, NoticeState, Status
from models.tables.outbox import Message, Notice
from models.work.deeds.apply import apply
from models.work.deeds.direct import move_dates
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from portal.rights import RIGHTS
from reports.board.board import board
from tests.support.cast import LEAD, at, number_of
from tests.support.evidence_files import word
from tests.support.examples import examples
from tests.support.people import House

API = "/api/v1"
GOOD: dict[str, Any] = {
    "counts": {"so_ton_tai": 3, "so_nguyen_nhan_chu_quan": 2},
    "document_number": "45/BC-SYT",
    "document_date": "2023-08-18",
    "text": "Đã phân tích.",
}


def test_an_office_reports_through_it_and_a_coordinator_decides(house: House) -> None:
    office, coordinator = house.program(office=LEAD), house.program(role=UserRole.COORDINATOR)
    number = number_of(house.store, "T0.1")
    path = f"{API}/assignments/{number}"
    assert office.get(f"{API}/me").json() == {"role": "office", "office": LEAD, "directives": None}
    assert {item["office"] for item in office.get(f"{API}/assignments?office=CAT").json()["items"]} == {LEAD}
    assert office.post(f"{path}/acknowledge").json()["state"] == "acknowledged"
    laid = office.post(f"{path}/files", files={"file": ("bc.docx", word("Kết quả"), "")})
    assert laid.status_code == 201
    key = {"Idempotency-Key": "lan-1"}
    assert office.post(f"{path}/report", json=GOOD, headers=key).json()["state"] == "reported"
    assert office.post(f"{path}/report", json=GOOD, headers=key).status_code == 200, "the same once more"
    assert office.post(f"{path}/report", json=GOOD).status_code == 409
    assert coordinator.get(f"{API}/decisions").json()["total"] == 1
    assert coordinator.post(f"{path}/accept", json={"version": 1}).json()["status"] == "done_on_time"
    whole = office.get(path).json()
    assert whole["reports"][0]["files"][0]["sha256"] == laid.json()["sha256"]
    assert whole["quote"] and "bỏ qua 1–4/9" in whole["explanation_vi"]


def test_a_refusal_is_a_problem_that_names_every_fault(house: House) -> None:
    office, number = house.program(office=LEAD), number_of(house.store, "T0.1")
    wrong = {**GOOD, "counts": {"so_ton_tai": 3}, "document_number": None, "text": "Gọi 0912345678"}
    answer = office.post(f"{API}/assignments/{number}/report", json=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = " ".join(answer.json()["errors"])
    for field in ("so_nguyen_nhan_chu_quan", "Số văn bản", "số điện thoại"):
        assert field in told
    assert office.post(f"{API}/assignments/{number}/report", json={"texts": 1}).status_code == 422
    assert office.get(f"{API}/assignments/999999").json()["status"] == 404


@pytest.mark.sqlite_only
def test_every_refusal_is_told_in_words_of_both_languages(house: House) -> None:
    office, number = house.program(office=LEAD), number_of(house.store, "T0.1")
    wrong = {"until": "tomorrow", "reason": 7, "because": "x", "counts": 1}
    for web, method, path, body, status, vi, en in (
        (
            office,
            "POST",
            f"assignments/{number}/accept",
            {},
            403,
            "Khóa này không có quyền",
            "This token is not allowed",
        ),
        (house.stranger().web, "GET", "me", None, 401, "Authorization: Bearer", "Authorization: Bearer"),
        (office, "GET", "nothing", None, 404, "Không có địa chỉ này", "There is no such address"),
        (office, "DELETE", "me", None, 405, "không nhận cách gọi đó", "does not accept that method"),
        (office, "POST", f"assignments/{number}/extension", wrong, 422, "Yêu cầu không đúng dạng", "not in the right"),
    ):
        answer = web.request(method, f"{API}/{path}", json=body)
        told = answer.json()
        assert (answer.status_code, told["status"]) == (status, status), path
        assert answer.headers["content-type"] == "application/problem+json"
        assert vi in told["detail"] and en in told["detail_en"], told
    assert "until: cần một ngày, viết như 2023-08-17." in told["errors"]
    assert "reason: cần một chuỗi chữ." in told["errors"] and "because: không có trường này." in told["errors"]
    assert any(each.startswith("reason: Input should be a valid string") for each in told["errors_en"])
    refused = office.post(f"{API}/assignments/{number}/report", json={**GOOD, "document_number": None}).json()
    assert len(refused["errors"]) == len(refused["errors_en"]) > 0 and refused["errors"] != refused["errors_en"]


@pytest.mark.sqlite_only
def test_a_list_of_what_the_plan_does_not_know_is_refused(house: House) -> None:
    web = house.program(role=UserRole.MANAGER)
    for asked in ("office=ZZZ", "priority=p9", "subtask=T9.9", "state=zzz", "status=zzz", "limit=0", "offset=-1"):
        answer = web.get(f"{API}/assignments?{asked}")
        assert answer.status_code == 422 and answer.json()["detail"], asked
    assert {each["office"] for each in web.get(f"{API}/assignments?q=T0.1+SYT").json()["items"]} == {"SYT"}


def test_the_whole_of_an_assignment_tells_its_requests_its_history_and_its_files(house: House) -> None:
    office, coordinator = house.program(office=LEAD), house.program(role=UserRole.COORDINATOR)
    path = f"{API}/assignments/{number_of(house.store, 'T0.1')}"
    content = word("Kết quả")
    laid = office.post(f"{path}/files", files={"file": ("bc.docx", content, "")}).json()
    assert office.get(f"{path}/files/{laid['id']}").content == content
    assert coordinator.get(f"{path}/files/{laid['id']}").status_code == 404, "not handed in yet"
    office.post(f"{path}/extension", json={"until": "2023-09-20", "reason": "Chờ số liệu."})
    coordinator.post(f"{path}/extension/refuse", json={"reason": "Việc đã rõ."})
    office.post(f"{path}/report", json=GOOD)
    assert coordinator.get(f"{path}/files/{laid['id']}").content == content
    whole = coordinator.get(path).json()
    (extension,) = whole["extensions"]
    assert (extension["state"], extension["requested_until"]) == ("refused", "2023-09-20")
    assert (extension["reason"], extension["decision_reason"]) == ("Chờ số liệu.", "Việc đã rõ.")
    told = [(event["actor"], event["verb"]) for event in whole["events"]]
    assert told[0] == ("flow", "assign") and told[-1] == (f"office:{LEAD}", "report")
    assert ("coordinator", "refuse_extension") in told
    assert {"file": "bc.docx", "verb": "attach"}.items() <= whole["events"][1].items()
    assert whole["events"][2]["until"] == "2023-09-20"
    assert house.program(office="TAND").get(f"{path}/files/{laid['id']}").status_code == 404


def test_the_desk_silences_lifts_tries_channels_and_sends_again(house: House) -> None:
    web = house.program(role=UserRole.COORDINATOR)
    wanted = {"office": LEAD, "until": "2023-09-30", "reason": "Đang sắp xếp tổ chức."}
    made = web.post(f"{API}/silences", json=wanted)
    assert (made.status_code, made.json()["office"], made.json()["subtask"]) == (201, LEAD, None)
    assert web.post(f"{API}/silences", json=wanted).json() == made.json(), "the same once more"
    assert web.get(f"{API}/silences").json() == {"items": [made.json()]}
    assert web.post(f"{API}/silences/{made.json()['id']}/lift").json() == {"items": []}
    assert web.post(f"{API}/silences/99/lift").status_code == 404
    assert "Chọn cơ quan" in web.post(f"{API}/silences", json={**wanted, "office": None}).json()["detail"]
    tried = web.post(f"{API}/offices/{LEAD}/test-message", json={"desk": "head"}).json()
    assert tried == {
        "office": LEAD,
        "desk": "head",
        "channels": [{"channel": "mailbox", "result": "sent", "reason": ""}],
    }
    assert any("Tin thử" in letter.subject for letter in letters(house.store.settings.mailbox_dir))
    assert "có phải" in web.post(f"{API}/offices/SYTT/test-message", json={}).json()["detail"]

    deliver(house.store, now=house.clock.now)
    with session_scope(house.store.engine) as session:
        lost = session.scalars(select(Message).where(col(Message.office) == LEAD)).one()
        lost.state, lost.error = MessageState.DEAD, "Máy chủ thư từ chối (mã 550)."
        session.execute(update(Notice).where(col(Notice.message_id) == lost.id).values(state=NoticeState.DEAD))
        number = lost.id
    lost_messages = web.get(f"{API}/messages/undeliverable").json()
    assert lost_messages["total"] == 1
    (item,) = lost_messages["items"]
    assert (item["id"], item["office"], item["reason"]) == (number, LEAD, "Máy chủ thư từ chối (mã 550).")
    assert number_of(house.store, "T0.1") in item["assignments"]
    assert web.post(f"{API}/messages/{number}/retry").json() == {"queued": True}
    assert web.post(f"{API}/messages/{number}/retry").json() == {"queued": False}
    assert web.get(f"{API}/messages/undeliverable").json() == {"total": 0, "items": []}
    assert web.post(f"{API}/messages/9999/retry").status_code == 404


def test_all_that_was_given_up_is_sent_again_or_some_of_it(house: House) -> None:
    web = house.program(role=UserRole.COORDINATOR)
    deliver(house.store, now=house.clock.now)
    with session_scope(house.store.engine) as session:
        session.execute(update(Message).values(state=MessageState.DEAD))
        session.execute(update(Notice).values(state=NoticeState.DEAD))
    path = f"{API}/messages/undeliverable"
    total = web.get(path).json()["total"]
    assert total > 2
    for none in ({"channel": "mailto"}, {"since": "2023-08-19"}, {"until": "2023-08-17"}, {"desk": "head"}):
        assert web.post(f"{path}/retry", json=none).json() == {"queued": 0}, none
    some = {"office": LEAD, "since": "2023-08-18", "until": "2023-08-18"}
    assert web.post(f"{path}/retry", json=some).json() == {"queued": 1}
    assert web.post(f"{path}/retry", json={}).json() == {"queued": total - 1}
    assert web.get(path).json() == {"total": 0, "items": []}
    for wrong in ({"office": "SYTT"}, {"until": "9999-12-31"}, {"off": LEAD}):
        assert 400 <= web.post(f"{path}/retry", json=wrong).status_code < 500, wrong
    assert house.program(role=UserRole.MANAGER).post(f"{path}/retry", json={}).status_code == 403


@pytest.mark.sqlite_only
def test_the_description_tells_of_every_operation_and_how_it_is_refused(house: House) -> None:
    described = house.stranger().web.get(f"{API}/openapi.json").json()
    operations = {
        (method.upper(), path): each for path, methods in described["paths"].items() for method, each in methods.items()
    }
    assert operations.keys() == {key for key in RIGHTS if key[1].startswith("/api/")}
    for key, each in operations.items():
        assert "application/problem+json" in each["responses"]["4XX"]["content"], key
        assert "description" in each, key


@pytest.mark.sqlite_only
def test_the_description_types_every_instant_and_every_day(house: House) -> None:
    shapes = house.stranger().web.get(f"{API}/openapi.json").json()["components"]["schemas"]
    fields = {
        (shape, name): field for shape, each in shapes.items() for name, field in each.get("properties", {}).items()
    }
    formats = {
        key: {each.get("format") for each in field.get("anyOf", [field])} - {None} for key, field in fields.items()
    }
    instants = {key for key in fields if key[1].endswith("_at") or key[1] in ("at", "as_of")}
    instants.add(("PendingDecision", "since"))
    days = {key for key in fields if key[1].endswith(("_date", "until")) or key[1] in ("date", "since")} - instants
    assert len(instants) >= 8 and all(formats[key] == {"date-time"} for key in instants), instants
    assert len(days) >= 10 and all(formats[key] == {"date"} for key in days), days
    assert {key for key, found in formats.items() if found & {"date", "date-time"}} == instants | days


@pytest.mark.sqlite_only
def test_the_board_counts_by_status_priority_and_office(house: House) -> None:
    found = house.program(role=UserRole.MANAGER).get(f"{API}/board").json()
    with reading(house.store.engine) as connection:
        shown = board(connection, now=house.clock.now, calendar=house.store.calendar)
    counted = {"by_status", "by_priority", "by_office"}
    assert found.keys() == {"as_of", "is_sample", "total", "subtasks", "suspended", "targets", *counted}
    assert found["subtasks"] == shown.subtasks.as_json() and 0 < found["subtasks"]["total"] < found["total"]
    assert (found["total"], found["by_status"]) == (shown.total, dict(shown.by_status))
    assert found["by_office"] == {office: dict(counts) for office, counts in shown.by_office.items()}
    assert datetime.fromisoformat(found["as_of"]) == house.clock.now
    assert found["by_priority"]["p1"].keys() == {status.value for status in Status}


def test_ad_hoc_work_is_assigned_once_under_a_key(house: House) -> None:
    coordinator = house.program(role=UserRole.COORDINATOR)
    wanted = {"subtask": "T3.4", "title": "Báo cáo nhanh", "lead_office": "SYT", "due_date": "2023-08-30"}
    first = coordinator.post(f"{API}/assignments", json=wanted, headers={"Idempotency-Key": "a"})
    again = coordinator.post(f"{API}/assignments", json=wanted, headers={"Idempotency-Key": "a"})
    assert first.status_code == 201
    assert first.json() == again.json()


@pytest.mark.sqlite_only
def test_another_offices_work_is_not_found(house: House) -> None:
    web, number = house.program(office="TAND"), number_of(house.store, "T0.1")
    assert web.get(f"{API}/assignments/{number}").status_code == 404
    assert web.post(f"{API}/assignments/{number}/acknowledge").status_code == 404


@pytest.mark.sqlite_only
def test_a_cookie_opens_no_api_and_a_token_no_page(house: House) -> None:
    assert house.coordinator().web.get(f"{API}/me").status_code == 401
    web = house.program(role=UserRole.COORDINATOR)
    web.follow_redirects = False
    assert web.get("/desk").status_code == 303


@pytest.mark.sqlite_only
def test_a_revoked_or_foreign_token_is_nobodys(house: House) -> None:
    web = house.program(office=LEAD)
    with session_scope(house.store.engine) as session:
        revoke_token(session, 1, house.store.actor_context(now=house.clock.now, actor="command"))
    answer = web.get(f"{API}/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    web.headers["Authorization"] = "Bearer dd_" + "x" * 43
    assert web.get(f"{API}/me").status_code == 401


@pytest.mark.sqlite_only
def test_what_a_monitor_watches(house: House) -> None:
    text = house.stranger().get("/metrics").text
    with reading(house.store.engine) as connection:
        shown = board(connection, now=house.clock.now, calendar=house.store.calendar)
    assert shown.total > 0
    for status, count in shown.by_status.items():
        assert f'dondoc_assignments{{status="{status}"}} {float(count)}' in text
    for line in (
        'dondoc_assignments{status="open_overdue"} 0.0',
        "dondoc_decisions_waiting 0.0",
        "dondoc_notices_waiting ",
        'dondoc_messages{state="dead"} 0.0',
    ):
        assert line in text
    assert house.stranger().get("/healthz").json() == {"status": "ok"}


@pytest.mark.sqlite_only
def test_what_a_monitor_watches_is_counted_in_indexes(house: House) -> None:
    """Asked for every few seconds, and slow with 100,000 assignments otherwise (``benchmarks/portal_pages.py``)."""
    statements = []
    seen = event.listens_for(house.store.engine, "before_cursor_execute")
    seen(lambda _c, _u, text, values, *_: statements.append((text, values)))
    assert house.stranger().get("/metrics").status_code == 200
    with house.store.engine.connect() as connection:
        asked = [each for each in statements if each[0].startswith("SELECT")]
        plans = [
            row.detail for each in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each[0]}", each[1])
        ]
    for table in ("assignment", "message", "notice"):
        told = [plan for plan in plans if f" {table} " in f"{plan} "]
        assert told and all("INDEX" in plan or "PRIMARY KEY" in plan for plan in told), told


def test_a_request_that_was_not_read_is_neither_decided_on_nor_withdrawn(house: House) -> None:
    office, coordinator = house.program(office=LEAD), house.program(role=UserRole.COORDINATOR)
    number = number_of(house.store, "T0.1")
    path = f"{API}/assignments/{number}/extension"
    office.post(path, json={"until": "2023-09-20", "reason": "Chờ số liệu."})
    (read,) = coordinator.get(f"{API}/decisions").json()["items"]
    assert office.post(f"{path}/withdraw", json={"extension": read["number"]}).status_code == 200
    office.post(path, json={"until": "2023-09-15", "reason": "Chỉ cần ba ngày."})
    seen = {"extension": read["number"]}
    for web, deed, body in (
        (coordinator, "grant", {"until": "2023-09-20"}),
        (coordinator, "refuse", {"reason": "Lâu quá."}),
        (office, "withdraw", {}),
    ):
        answer = web.post(f"{path}/{deed}", json={**seen, **body})
        assert answer.status_code == 422 and "đã có đề nghị gia hạn khác" in answer.json()["detail"], deed
    (_, waiting) = coordinator.get(f"{API}/assignments/{number}").json()["extensions"]
    assert coordinator.post(f"{path}/grant", json={"extension": waiting["id"]}).json()["due_date"] == "2023-09-15"


@pytest.mark.slow
def test_whatever_is_sent_nothing_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation of the description, with everything schemathesis can think of, from an office and from the desk.

    What it thinks of is sent by both: to think of it takes longer than to answer it.
    """
    import requests
    import schemathesis
    from hypothesis import HealthCheck, given, settings

    monkeypatch.setattr("portal.intake.rehearsals.start_rehearsal", lambda *_: None)  # which would take minutes
    # The portal closes a connection that rests for five seconds, perhaps just as it is used again: each has its own.
    programs = house.program(office=LEAD), house.program(role=UserRole.COORDINATOR)
    senders = [dict(web.headers) | {"Connection": "close"} for web in programs]
    schema = schemathesis.openapi.from_url(f"{house.address}{API}/openapi.json")
    tried = 0
    with requests.Session() as session:
        session.trust_env = False  # it would look for a proxy each time
        for operation in schema.get_all_operations():
            case_strategy = operation.ok().as_strategy()

            @settings(max_examples=examples(25), database=None, suppress_health_check=list(HealthCheck))
            @given(case=case_strategy)
            def send(case: Any) -> None:
                for headers in senders:
                    answer = case.call(base_url=house.address, headers=headers, session=session, timeout=60)
                    assert answer.status_code < 500, (case.method, case.path, answer.text[:300])

            send()
            tried += 1
    assert tried == len([path for _, path in RIGHTS if path.startswith("/api/")])


def test_what_a_deed_changed_stands_beside_the_events(house: House) -> None:
    number = number_of(house.store, "T0.1")
    house.clock.now = at("2023-08-21", 9)
    context = house.store.actor_context(now=house.clock.now, actor="coordinator")
    by = Provenance(paper_number="45/KH-UBND", reason="Chờ số liệu.")
    apply(house.store.engine, move_dates([number], date(2023, 10, 2), provenance=by, context=context))
    (change,) = house.program(office=LEAD).get(f"{API}/assignments/{number}").json()["changes"]
    assert (change["kind"], change["to_due_date"], change["paper_number"]) == ("moved", "2023-10-02", "45/KH-UBND")
    assert change["from_due_date"] == "2023-09-11"
