"""Urging letters for programs: prepared, recorded once with their paper, read by their office and nobody else's."""

from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from models.store.audit_event import AuditHead
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.outbox import Message
from tests.support.cast import LEAD, at, number_of
from tests.support.evidence_files import pdf
from tests.support.people import House

PATH = "/api/v1/urging-letters"
PAPER = pdf("Van ban don doc so 45")


@pytest.fixture
def web(house: House) -> httpx.Client:
    house.clock.now = at("2023-09-20", 9)
    return house.program(role=UserRole.COORDINATOR)


def sent(house: House, web: httpx.Client, *, paper: bytes = PAPER, **changes: Any) -> httpx.Response:
    fields = {
        "office": LEAD,
        "number": "45/CV-VP",
        "letter_date": "2023-09-20",
        "reply_until": "2023-09-27",
        "assignments": [str(number_of(house.store, "T0.1"))],
    }
    fields = {key: value for key, value in {**fields, **changes}.items() if value is not None}
    return web.post(PATH, data=fields, files={"file": ("45.pdf", paper, "")})


def head(house: House) -> int:
    with reading_session(house.store.engine) as session:
        return session.exec(select(AuditHead.seq)).one()


def test_one_is_prepared_recorded_and_read(web: httpx.Client, house: House) -> None:
    number = number_of(house.store, "T0.1")
    draft = web.get(f"{PATH}/draft?office={LEAD}")
    assert draft.status_code == 200 and draft.content[:2] == b"PK", "a Word file"
    made = sent(house, web)
    assert made.status_code == 201, made.text
    letter = made.json()
    assert (letter["number"], letter["letter_date"], letter["reply_until"]) == ("45/CV-VP", "2023-09-20", "2023-09-27")
    assert (letter["office"], letter["assignments"], letter["replaced_by"]) == (LEAD, [number], None)
    before = head(house)
    assert sent(house, web).json() == letter and head(house) == before, "the same once more"
    with reading_session(house.store.engine) as session:
        told = session.exec(select(Message.desk).where(col(Message.message_key).startswith("dondoc-don-doc-"))).all()
    assert told == ["focal"], "its office is told, once"
    entry = {name: value for name, value in letter.items() if name != "assignments"}
    assert web.get(f"{PATH}?office={LEAD}").json() == {"items": [entry]}
    own, path = house.program(office=LEAD), f"{PATH}/{letter['id']}"
    for reader in (web, own, house.program(role=UserRole.MANAGER)):
        assert reader.get(path).json() == letter
        assert reader.get(f"{path}/paper").content == PAPER
        assert reader.get(f"/api/v1/assignments/{number}").json()["urging_letters"] == [entry]
    other = house.program(office="TAND")
    for what in ("", "/paper"):
        answers = [other.get(f"{PATH}/{each}{what}") for each in (letter["id"], 99)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["detail"].replace(f"{letter['id']}", "99") == answers[1].json()["detail"]


def test_a_wrong_one_is_replaced_and_stays(web: httpx.Client, house: House) -> None:
    first = sent(house, web).json()["id"]
    for changed in ({"reply_until": "2023-09-28"}, {"paper": pdf("Van ban khac")}):
        again = sent(house, web, **changed)
        assert again.status_code == 422 and "đã ghi rồi" in again.json()["detail"], "not the very same"
    second = sent(house, web, reply_until="2023-09-29", corrects=first)
    assert second.status_code == 201
    assert sent(house, web, reply_until="2023-09-29", corrects=first).json() == second.json()
    assert web.get(f"{PATH}/{first}").json()["replaced_by"] == second.json()["id"]
    assert sent(house, web, number="46/CV-VP", corrects=first).status_code == 422
    assert [each["corrects"] for each in web.get(f"{PATH}?office={LEAD}").json()["items"]] == [first, None]


def test_what_may_not_be_recorded_is_refused_and_told_at_once(web: httpx.Client, house: House) -> None:
    strange = web.get("/api/v1/assignments?office=CAT").json()["items"][0]["id"]
    before = head(house)
    wrong = sent(house, web, number=" ", letter_date="2023-09-21", reply_until="2023-09-01", assignments=["9999"])
    assert wrong.status_code == 422 and wrong.headers["content-type"] == "application/problem+json"
    told = " ".join(wrong.json()["errors"])
    for said in ("Số, ký hiệu văn bản", "chưa đến", "trước ngày văn bản", "số 9999"):
        assert said in told, said
    assert len(wrong.json()["errors_en"]) == len(wrong.json()["errors"])
    for changes, said in (
        ({"number": "Ông Lò Văn Tiến"}, "tên người"),
        ({"office": "SYTT"}, "SYTT"),
        ({"directive": "CD-9999"}, "CD-9999"),
        ({"letter_date": "hôm qua"}, "Yêu cầu không đúng dạng"),
        ({"assignments": ["x"]}, "Yêu cầu không đúng dạng"),
        ({"assignments": None}, "Yêu cầu không đúng dạng"),
        ({"assignments": ["99999999999"]}, "Yêu cầu không đúng dạng"),
        ({"paper": b""}, "tệp rỗng"),
        ({"paper": b"\x00\x01" * 400}, "45.pdf"),
        ({"paper": b"\xff\xd8\xff" + b"x" * (20 * 1024 * 1024)}, "lớn hơn 20 MB"),
        ({"assignments": [str(strange)]}, "không phải việc đang làm"),
    ):
        answer = sent(house, web, **changes)
        assert answer.status_code == 422 and said in answer.json()["detail"], (changes.keys(), answer.text)
    assert web.post(PATH, json={}).status_code == 422
    assert web.get(PATH).status_code == web.get(f"{PATH}?office=SYTT").status_code == 422
    assert web.get(f"{PATH}/draft?office={LEAD}&form=odt").status_code == 422
    assert head(house) == before
    for stranger in (house.program(office=LEAD), house.program(role=UserRole.MANAGER)):
        assert sent(house, stranger).status_code == 403
    assert web.get(f"{PATH}?office={LEAD}").json() == {"items": []}
