"""A directive's text for programs: brought in, read row by row, corrected, launched after a look at it."""

from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from models.plans.directive_drafts import spellings
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from models.tables.account import UserRole
from tests.support.cast import LEAD
from tests.support.evidence_files import word
from tests.support.launching import TEXT
from tests.support.people import House

pytestmark = pytest.mark.later

PATH = "/api/v1/intake"
ONE = f"{PATH}/1"
LAUNCH = {
    "title": "Kế hoạch phòng, chống dịch bệnh",
    "code": "KH-15-2023",
    "directive_date": "2023-08-17",
    "document_number": "15/KH-UBND",
    "document_date": "2023-08-18",
    "periods": "calendar",
}


def coordinator(house: House) -> httpx.Client:
    """A coordinator's program, which waits for texts to be read while other tests take the machine."""
    web = house.program(role=UserRole.COORDINATOR)
    web.timeout = httpx.Timeout(120)
    return web


@pytest.fixture
def web(house: House) -> httpx.Client:
    return coordinator(house)


def brought_in(web: httpx.Client, text: str = TEXT) -> dict[str, Any]:
    answer = web.post(PATH, data={"text": text})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def done(web: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = web.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(web: httpx.Client, path: str, body: dict[str, Any], status: int = 422) -> str:
    answer = web.post(path, json=body)
    assert answer.status_code == status, (body, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    return " ".join((told["detail"], *told["errors"]))


def test_from_a_text_to_a_directive(web: httpx.Client, house: House) -> None:
    draft = brought_in(web)
    assert brought_in(coordinator(house)) == draft, "the same text is the same draft"
    assert draft["text"].strip() == TEXT.strip()
    first = draft["tasks"][0]
    assert [each["office"] for each in first["leads"]] == [LEAD] and first["deadline"]["words"] == "trước ngày 15/11"
    assert first["deadline"]["date"] == "2023-11-15" and 0 < first["sure"] <= 1 and first["why"]
    (at,) = first["passages"]
    assert draft["text"][at["start"] : at["end"]] == first["quote"]
    words = "Trung tâm Kiểm soát bệnh tật"
    (watched,) = [each for each in draft["tasks"] if each["leads"] == [{"text": words, "office": None}]]
    assert draft["unknown_offices"][words] == 1
    open_at = [draft["text"][each["start"] : each["end"]] for each in draft["uncovered"]]
    assert any("KẾ HOẠCH" in each for each in open_at), "what no task covers is told"
    start = draft["text"].index("Các cơ sở y tế")

    draft = done(web, f"{ONE}/offices", {"offices": {words: "Sở Y tế"}})
    assert done(web, f"{ONE}/offices", {"offices": {words: "Sở Y tế"}}) == draft, "said twice"
    assert words not in draft["unknown_offices"]
    assert next(each["leads"] for each in draft["tasks"] if each["number"] == watched["number"]) == [
        {"text": words, "office": LEAD}
    ]
    with reading_session(house.store.engine) as session:
        assert spellings(session) == {words: LEAD}, "the next text is read so too"
    change = {"seen": first["seen"], "coordinating": ["Công an tỉnh", "Sở Tài chính"]}
    draft = done(web, f"{ONE}/rows/1", change)
    assert done(web, f"{ONE}/rows/1", change)["tasks"] == draft["tasks"], "sent once more"
    assert [each["office"] for each in draft["tasks"][0]["coordinating"]] == ["CAT", "STC"]
    left = {"state", "coordinating", "seen"}
    assert {name: value for name, value in draft["tasks"][0].items() if name not in left} == {
        name: value for name, value in first.items() if name not in left
    }, "what was not sent stays as it is"
    passage = {"start": start, "end": start + 50}
    draft = done(web, f"{ONE}/add", passage)
    assert done(web, f"{ONE}/add", passage)["tasks"] == draft["tasks"], "the same passage once more"
    (added,) = [each for each in draft["tasks"] if each["quote"] == draft["text"][start : start + 50].strip()]
    draft = done(web, f"{ONE}/rows", {"act": "drop", "rows": [added["number"]]})
    done(web, f"{ONE}/rows", {"act": "sure"})
    waiting = [each["number"] for each in web.get(ONE).json()["tasks"] if each["state"] == "drafted"]
    draft = done(web, f"{ONE}/rows", {"act": "confirm", "rows": waiting}) if waiting else web.get(ONE).json()
    assert draft["rows"]["drafted"] == 0 and draft["rows"]["dropped"] == 1 < draft["rows"]["confirmed"]
    entry = {name: draft[name] for name in ("id", "name", "created_at", "changed_at", "rows")}
    assert web.get(PATH).json() == {"items": [entry]}

    shown = done(web, f"{ONE}/launch", LAUNCH)
    preview = shown["preview"]
    assert shown["directive"] is None and 0 < preview["subtasks"] <= draft["rows"]["confirmed"]
    offices = {each["office"] for each in preview["offices"]}
    assert {LEAD, "STC"} <= offices >= {*preview["without_address"]} != set()
    assert preview["assignments"] == sum(each["leads"] + each["coordinates"] for each in preview["offices"])
    assert "KH-15-2023" not in web.get("/api/v1/directives").text, "only looked at"
    confirmed = {**LAUNCH, "confirm": preview["confirm"]}
    assert done(web, f"{ONE}/launch", confirmed) == {"directive": "KH-15-2023", "preview": None}
    assert done(web, f"{ONE}/launch", confirmed) == {"directive": "KH-15-2023", "preview": None}, "once more"
    assert "chỉ đạo KH-15-2023" in refused(web, f"{ONE}/launch", {**confirmed, "code": "KH-16-2023"})
    (entered,) = [each for each in web.get("/api/v1/entries").json()["items"] if each["directive"] == "KH-15-2023"]
    assert (entered["number"], entered["entry_date"]) == ("15/KH-UBND", "2023-08-18")
    with reading_session(house.store.engine) as session:
        made = session.exec(
            select(AuditEvent.verb).where(col(AuditEvent.verb).in_(("import_plan", "take_in_directive")))
        )
        assert sorted(made) == ["import_plan", "take_in_directive"], "done once"
    assert web.get(ONE).json()["directive"] == "KH-15-2023" and web.get(PATH).json() == {"items": []}
    assert "không sửa được nữa" in refused(web, f"{ONE}/rows", {"act": "confirm", "rows": [1]})


@pytest.mark.sqlite_only
def test_what_cannot_be_read_or_kept_is_refused(web: httpx.Client, house: House) -> None:
    for sent, said in (
        ({"data": {}}, "Chọn tệp văn bản"),
        ({"data": {"text": TEXT}, "files": {"file": ("a.docx", word("Giao Sở Y tế"), "")}}, "một trong hai"),
        ({"files": {"file": ("a.docx", b"", "")}}, "tệp rỗng"),
        ({"files": {"file": ("a.bin", b"\x00\x01\x02\x03" * 300, "")}}, "a.bin"),
        ({"data": {"text": TEXT + "Ông Nguyễn Văn Hùng, căn cước 079085001234, trú tại xã Mường La.\n"}}, "CMND/CCCD"),
        ({"data": {"text": "Giao Sở Y tế báo cáo. " * 15_000}}, "tối đa 300,000"),
    ):
        answer = web.post(PATH, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 422 and said in answer.text, (said, answer.text)
        assert answer.json()["detail_en"]
    too_large = web.post(PATH, files={"file": ("a.pdf", b"%PDF-" + b"x" * (65 * 1024 * 1024), "")})
    assert too_large.status_code == 413
    assert web.get(PATH).json() == {"items": []}, "nothing is kept of it"
    for stranger in (house.program(office=LEAD), house.program(role=UserRole.MANAGER)):
        assert stranger.get(PATH).status_code == stranger.post(PATH, data={"text": TEXT}).status_code == 403


@pytest.mark.sqlite_only
def test_what_a_row_does_not_allow_is_refused(web: httpx.Client) -> None:
    draft = brought_in(web)
    seen = draft["tasks"][0]["seen"]
    for path, body, said in (
        ("rows", {"act": "merge", "rows": [1]}, "ít nhất hai"),
        ("rows", {"act": "confirm"}, "Chưa đánh dấu"),
        ("rows", {"act": "confirm", "rows": [77]}, "không còn trong bản thảo"),
        ("rows", {"act": "other", "rows": [1]}, "không đúng dạng"),
        ("rows/77", {"seen": seen}, "không còn trong bản thảo"),
        ("rows/1", {"seen": seen, "deadline": "hôm nào đó"}, "Thời hạn"),
        ("rows/1", {"seen": seen, "title": "", "leads": ["Ông Lò Văn Tiến"]}, "tên người"),
        ("rows/1", {"seen": seen, "lead": "Sở Y tế"}, "không có trường này"),
        ("rows/1/split", {"seen": seen, "point": 9}, "chọn câu mở đầu"),
        ("add", {"start": 9, "end": 3}, "chọn một đoạn"),
        ("add", {"start": 0, "end": 9_999_999}, "chọn một đoạn"),
        ("offices", {"offices": {"Trung tâm Kiểm soát bệnh tật": "Sở Không Có"}}, "Sở Không Có"),
        ("offices", {"offices": {}}, "không đúng dạng"),
        ("launch", LAUNCH, "Chưa xác nhận nhiệm vụ nào"),
    ):
        assert said in refused(web, f"{ONE}/{path}", body), (path, body)
    assert web.get(ONE).json() == {**draft, "changed_at": web.get(ONE).json()["changed_at"]}
    assert web.get(f"{PATH}/99").status_code == 404
    for path, body in (("rows", {"act": "sure"}), ("drop", {}), ("add", {"start": 1, "end": 9}), ("launch", LAUNCH)):
        assert "bản thảo số 99" in refused(web, f"{PATH}/99/{path}", body, status=404)


@pytest.mark.sqlite_only
def test_what_somebody_else_changed_meanwhile_stays(web: httpx.Client, house: House) -> None:
    first = brought_in(web)["tasks"][0]
    other = coordinator(house)
    done(other, f"{ONE}/rows/1", {"seen": first["seen"], "title": "Tên do người khác sửa"})
    before = web.get(ONE).json()
    for path, body in (("rows/1", {"title": "Tên tôi nhập"}), ("rows/1/split", {"point": 9})):
        assert "đã thay đổi từ lúc mở" in refused(web, f"{ONE}/{path}", {"seen": first["seen"], **body})
    assert web.get(ONE).json() == before
    body = {**LAUNCH, "leave_out": True}
    preview = done(web, f"{ONE}/launch", body)["preview"]
    done(other, f"{ONE}/rows", {"act": "confirm", "rows": [2]})
    assert "đã thay đổi từ lúc xem trước" in refused(web, f"{ONE}/launch", {**body, "confirm": preview["confirm"]})
    anew = {**body, "confirm": done(web, f"{ONE}/launch", body)["preview"]["confirm"]}
    assert "đã thay đổi từ lúc xem trước" in refused(web, f"{ONE}/launch", {**anew, "title": "Kế hoạch khác"})
    assert "KH-15-2023" not in web.get("/api/v1/directives").text
    assert done(other, f"{ONE}/drop", {}) == {"items": []}
    assert "đã bỏ" in refused(web, f"{ONE}/launch", anew)
    assert done(web, f"{ONE}/drop", {}) == {"items": []}, "dropped twice, it is dropped"


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("words", "office"),
    [("Ông Nguyễn Văn Tiến, CCCD 012345678901", "SYT"), ("Sở Y tế", "CAT"), ("Chi cục Thuế", "STC"), (" ", "SYT")],
)
def test_no_words_are_taught_but_the_unclear_names_of_the_draft(
    web: httpx.Client, house: House, words: str, office: str
) -> None:
    known = brought_in(web)
    told = refused(web, f"{ONE}/offices", {"offices": {"Trung tâm Kiểm soát bệnh tật": "SYT", words: office}})
    assert "mà bản thảo này chưa rõ" in told and (words.strip() or "CCCD") not in told
    assert web.get(ONE).json() == known
    with reading_session(house.store.engine) as session:
        assert spellings(session) == {}


@pytest.mark.sqlite_only
def test_rows_are_merged_and_split_again(web: httpx.Client) -> None:
    tasks = brought_in(web)["tasks"]
    of_two = [each["number"] for each in tasks if "bố trí kinh phí" in each["quote"] or "Sở Nội vụ" in each["quote"]]
    merged = done(web, f"{ONE}/rows", {"act": "merge", "rows": of_two})["tasks"]
    assert "ít nhất hai" in refused(web, f"{ONE}/rows", {"act": "merge", "rows": of_two[:1]})
    (row,) = [each for each in merged if each["number"] == of_two[0]]
    (at,) = row["split_points"]
    split = done(web, f"{ONE}/rows/{row['number']}/split", {"seen": row["seen"], "point": at})["tasks"]
    live = [each for each in split if each["state"] != "dropped"]
    assert [each["leads"][0]["office"] for each in live][1:3] == ["STC", "SNV"]
    body = {"seen": row["seen"], "point": at}
    assert done(web, f"{ONE}/rows/{row['number']}/split", body)["tasks"] == split, "sent twice, it is split once"
    other = refused(web, f"{ONE}/rows/{row['number']}/split", {**body, "point": at + 1})
    assert "đã thay đổi từ lúc mở" in other


@pytest.mark.sqlite_only
def test_launching_asks_first_what_would_be_late_and_tells_all_faults(web: httpx.Client, house: House) -> None:
    brought_in(web, TEXT.replace("trước ngày 15/11", "trước ngày 25/8"))
    done(web, f"{ONE}/rows", {"act": "confirm", "rows": [1]})
    wrong = {**LAUNCH, "code": "kh 15", "document_number": "không số", "document_date": "2023-08-19"}
    told = refused(web, f"{ONE}/launch", {**wrong, "coordinator": "ZZZ"})
    for said in ("Mã chỉ đạo", "Số văn bản", "tương lai", "ZZZ"):
        assert said in told, said
    assert "chưa xác nhận, sẽ không được giao" in refused(web, f"{ONE}/launch", LAUNCH)
    body = {**LAUNCH, "leave_out": True}
    assert "đã có trong kho" in refused(web, f"{ONE}/launch", {**body, "code": "CD-2023-08-17"})
    assert "không đúng dạng" in refused(web, f"{ONE}/launch", {**body, "periods": "weekly"})
    house.clock.now = house.clock.now.replace(day=28)
    preview = done(web, f"{ONE}/launch", body)["preview"]
    assert [each["due_date"] for each in preview["late"]] == ["2023-08-24"] * len(preview["late"]) != []
    confirmed = {**body, "confirm": preview["confirm"]}
    refused(web, f"{ONE}/launch", confirmed)
    assert done(web, f"{ONE}/launch", {**confirmed, "may_be_late": True})["directive"] == "KH-15-2023"
