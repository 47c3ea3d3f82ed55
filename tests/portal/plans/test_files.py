"""A plan comes in as a file and goes out as one: as a draft to look at, with every fault named, never half."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from sqlmodel import select

from config.catalogue.folders import further_folders
from config.settings import PLAN_EXAMPLE_DIR
from models.store.database import reading_session
from models.tables.account import UserRole
from models.tables.edition import PlanDraft
from portal.plans.files import MOST_UNPACKED
from tests.support.editor import DIRECTIVE, send
from tests.support.people import House, Person

pytestmark = [pytest.mark.sqlite_only, pytest.mark.later]


def upload(person: Person, name: str, content: bytes) -> int:
    person.post("/plans/upload", {}, on="/plans", files=[("file", (name, content, "application/octet-stream"))])
    assert person.last is not None
    return person.last.status_code


def packed(files: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def folder(path: Path) -> dict[str, bytes]:
    return {
        f"{path.name}/{each.name}": each.read_bytes() for each in path.iterdir() if each.suffix in (".yaml", ".txt")
    }


def exported(person: Person) -> dict[str, bytes]:
    with ZipFile(BytesIO(person.get(f"/plans/directives/{DIRECTIVE}/export").content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def drafts(house: House) -> int:
    with reading_session(house.store.engine) as session:
        return len(session.exec(select(PlanDraft)).all())


def test_an_export_that_was_changed_becomes_a_draft_and_one_that_was_not_does_not(house: House) -> None:
    coordinator = house.coordinator()
    files = exported(coordinator)
    assert upload(coordinator, "ke-hoach.zip", packed(files)) == 422
    assert "Không có gì khác với kế hoạch đang dùng" in coordinator.page
    name = next(each for each in files if each.endswith("p1.yaml"))
    files[name] = files[name].replace(b"ISSUE+15", b"ISSUE+25")
    assert upload(coordinator, "ke-hoach.zip", packed(files)) == 200
    assert "25 ngày làm việc kể từ ngày ban hành" in coordinator.page
    assert upload(coordinator, "p1.yaml", files[name]) == 200
    assert "25 ngày làm việc kể từ ngày ban hành" in coordinator.page
    assert drafts(house) == 2


def test_a_person_or_a_secret_is_refused_with_its_file_and_subtask(house: House) -> None:
    coordinator = house.coordinator()
    files = exported(coordinator)
    name = next(each for each in files if each.endswith("p1.yaml"))
    title = house.store.plan.subtask("T0.1").title_vi
    of_a_person = title + " của ông Trần Văn Bình, số 079203001234"
    files[name] = files[name].replace(title.encode(), of_a_person.encode(), 1)
    for sent, content in (("ke-hoach.zip", packed(files)), ("p1.yaml", files[name])):
        assert upload(coordinator, sent, content) == 422
        assert "p1.yaml, T0.1, title_vi: có dãy chữ số giống số CMND/CCCD" in coordinator.page, coordinator.page[:2000]
        assert "Trần Văn Bình" not in coordinator.page
    web = house.program(role=UserRole.COORDINATOR)
    told = {"files": {"p1.yaml": files[name].decode()}}
    for path, body in (("check", told), ("amendments", told | {"reason": "Sửa tên."})):
        answer = web.post(f"/api/v1/plan/{path}", json=body)
        assert answer.status_code == 422
        assert "p1.yaml, T0.1, title_vi: contains" in answer.json()["detail_en"] + str(answer.json()["errors_en"])
    assert drafts(house) == 0


def test_a_new_directive_comes_in_as_a_draft_is_changed_and_applied(house: House) -> None:
    coordinator = house.coordinator()
    (sample,) = further_folders(PLAN_EXAMPLE_DIR)
    status = upload(coordinator, "chi-dao.zip", packed(folder(sample)))
    assert status == 200, coordinator.page[:2500]
    assert "Chỉ đạo mới" in coordinator.page
    assert coordinator.last is not None
    draft = coordinator.last.url.path
    send(coordinator, f"{draft}/preview", {"reason": "Đưa vào theo dõi.", "late_confirmed": "yes"})
    send(coordinator, f"{draft}/preview", {"late_confirmed": "yes"})
    assert "Đã điều chỉnh" in coordinator.page, coordinator.page[:1500]
    listed = coordinator.get("/plans").text
    assert listed.count("/plans/directives/") == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ke-hoach.zip", b"PK\x03\x04 broken", "không mở được"),
        ("ke-hoach.zip", packed({"a.txt.exe": b"x"}), "không có tệp .yaml nào"),
        ("ke-hoach.zip", packed({"../directive.yaml": b"code: X"}), "không có tệp .yaml nào"),
        ("ke-hoach.zip", packed({"big/p1.yaml": b"a" * (MOST_UNPACKED + 1)}), "giải nén ra lớn quá"),
        ("ke-hoach.docx", b"x", "chỉ nhận .zip"),
        ("p1.yaml", b"code: p1\ntitle_vi: [", "p1.yaml"),
        ("p77.yaml", b"code: p77\ntitle_vi: X\n", "không có phần này"),
        ("khac.yaml", b"directive: {code: X}\n", "lỗi"),
        ("p1.yaml", "\ufeff".encode() + b"\xff\xfe", "p1.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_nothing_is_kept(
    house: House, name: str, content: bytes, told: str
) -> None:
    coordinator = house.coordinator()
    assert upload(coordinator, name, content) == 422
    assert told in coordinator.page
    assert "/tmp" not in coordinator.page
    assert "/shm" not in coordinator.page
    assert drafts(house) == 0


def test_without_a_file_the_field_is_named(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.post("/plans/upload", {}, on="/plans", files=[("file", ("", b"", "application/octet-stream"))])
    assert "chọn một tệp" in coordinator.page


def test_a_reason_with_what_cannot_be_read_is_printed(house: House) -> None:
    coordinator = house.coordinator()
    files = exported(coordinator)
    name = next(each for each in files if each.endswith("p1.yaml"))
    files[name] = files[name].replace(b"ISSUE+15", b"ISSUE+25")
    upload(coordinator, "ke-hoach.zip", packed(files))
    draft = coordinator.last.url.path
    send(coordinator, f"{draft}/preview", {"reason": "Theo ý kiến\x0bchỉ\x01 đạo\ufffe"})
    paper = Document(BytesIO(coordinator.get(f"{draft}/preview.docx").content))
    assert any("Theo ý kiến\nchỉ đạo" in each.text for each in paper.paragraphs)
    assert coordinator.get(f"{draft}/preview.xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("name", ["k.zip", "p\x001.yaml"], ids=ascii)
def test_an_odd_file_is_refused_in_words(house: House, name: str) -> None:
    content = packed({"k/p\u00e91.yaml": b"a: 1\n"}).replace("\u00e9".encode(), b"\xff\xfe")
    coordinator = house.coordinator()
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', coordinator.get("/plans").text)[1]
    head = b'--X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token.encode()
    file = f'\r\n--X\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    answer = coordinator.web.post(
        "/plans/upload",
        content=head + file + content + b"\r\n--X--\r\n",
        headers={"content-type": "multipart/form-data; boundary=X"},
    )
    assert answer.status_code == 422 and "refused" in answer.text


def test_a_file_sent_twice_is_one_draft(house: House) -> None:
    coordinator = house.coordinator()
    files = exported(coordinator)
    name = next(each for each in files if each.endswith("p1.yaml"))
    files[name] = files[name].replace(b"ISSUE+15", b"ISSUE+25")
    assert upload(coordinator, "ke-hoach.zip", packed(files)) == 200
    first = coordinator.last.url.path
    assert upload(coordinator, "ke-hoach.zip", packed(files)) == 200 and coordinator.last.url.path == first
    assert drafts(house) == 1
    files[name] = files[name].replace(b"ISSUE+25", b"ISSUE+20")
    assert upload(coordinator, "ke-hoach.zip", packed(files)) == 200
    assert drafts(house) == 2
