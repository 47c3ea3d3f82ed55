"""Contacts and offices from filled-in sheets: written into their own files, after these would be read without fault."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from config.contacts.loading import load_contacts
from config.errors import Refused
from intake.sheets.contacts import contact_cells, contacts_written
from intake.sheets.fill_in_sheets import KEEP_AS_IS, choices_of
from intake.sheets.intake import review_workbook
from intake.sheets.offices import office_cells, offices_written
from intake.sheets.reading import CONTACTS, OFFICES
from intake.sheets.review import Outcome, SheetReview
from models.keeping.opening import Store
from models.store.database import reading_session
from models.tables.deed import Deed, DeedKind
from models.tables.office import Office
from tests.support.cast import at
from tests.support.sheets import TODAY, filled, template

pytestmark = pytest.mark.sqlite_only

NOW = at("2023-08-21")

WRITTEN = """# Người giữ: phòng Tổng hợp
offices:
  SYT:
    focal: mailto://dondoc:${SMTP}@mail.example?to=vanthu@syt.example  # máy cũ
    head: mailto://dondoc:rat-bi-mat@mail.example?to=gd@syt.example
    quiet: 18:00-07:00
  SNV: {focal: "mailto://phong@snv.example"}
accounts: mailto://dondoc:${SMTP}@mail.example
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMTP", "x")
    return None


def reviewed(store: Store, content: bytes) -> SheetReview:
    return review_workbook(store, "bang.xlsx", BytesIO(content), store.actor_context(now=NOW, actor="coordinator"))


def outcomes(found: SheetReview) -> list[Outcome]:
    return [row.outcome for row in found.rows]


def write(store: Store, found: SheetReview) -> str:
    return found.write(store.actor_context(now=NOW, actor="coordinator"))[0]


@pytest.fixture
def contacts(store: Store) -> Path:
    path = store.settings.contacts_file
    path.write_text(WRITTEN, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_contacts_come_out_without_secrets_and_back_in_without_a_change(store: Store, contacts: Path) -> None:
    entries = contacts_written(contacts)
    cells = contact_cells(entries["SYT"])
    assert cells["head"] == KEEP_AS_IS and "${SMTP}" in cells["focal"]
    content = template(
        store.plan, CONTACTS, [{"office": code, **contact_cells(each)} for code, each in entries.items()]
    )
    assert b"rat-bi-mat" not in content
    found = reviewed(store, content)
    assert (outcomes(found), found.faults) == ([Outcome.SAME] * 2, [])


def test_what_the_sheet_says_is_written_and_all_else_stays(store: Store, contacts: Path) -> None:
    rows: list[dict[str, Any]] = [
        {
            "office": "SYT – Sở Y tế",
            "focal": "mailto://moi@syt.example\ntgram://123456789:abcdefghijklmnop/-100",
            "quiet": "–",
        },
        {"office": "STP", "focal": "mailto://vanthu@stp.example", "digest_at": "08:00", "language": "tiếng Anh"},
        {"office": "SCT"},
    ]
    found = reviewed(store, filled(store.plan, CONTACTS, *rows))
    assert (outcomes(found), found.faults) == ([Outcome.CHANGED, Outcome.NEW, Outcome.SAME], [])
    assert "contacts.20230821T080000.yaml" in write(store, found)
    text = contacts.read_text(encoding="utf-8")
    assert text.startswith("# Người giữ: phòng Tổng hợp\n") and text.endswith("@mail.example\n")
    written = contacts_written(contacts)
    assert written["SYT"] == {
        "focal": ["mailto://moi@syt.example", "tgram://123456789:abcdefghijklmnop/-100"],
        "head": "mailto://dondoc:rat-bi-mat@mail.example?to=gd@syt.example",
    }
    assert written["STP"] == {"focal": "mailto://vanthu@stp.example", "digest_at": "08:00", "language": "en"}
    load_contacts(contacts, known_offices={each.code for each in store.plan.offices})
    kept = contacts.with_name("contacts.20230821T080000.yaml")
    assert kept.read_text(encoding="utf-8") == WRITTEN
    assert contacts.stat().st_mode & 0o777 == kept.stat().st_mode & 0o777 == 0o640


def test_faults_of_contacts_are_told_by_their_cells(store: Store, contacts: Path) -> None:
    content = filled(
        store.plan,
        CONTACTS,
        {"office": "SYT", "focal": "vanthu syt.example", "quiet": "tối"},
        {"office": "STP", "focal": "mailto://a:${CHUA_CO}@b.example", "head": KEEP_AS_IS},
        {"office": "Sở Y Tê"},
        {"office": "SNV", "language": "en"},
        {"office": "SNV", "digest_at": "08:00"},
    )
    found = reviewed(store, content)
    told = [str(fault).partition(";")[0] for fault in found.faults]
    assert sorted(line[: line.index(":")] for line in told) == [
        *("Liên hệ!A7", "Liên hệ!A9", "Liên hệ!B5", "Liên hệ!B6", "Liên hệ!C6", "Liên hệ!G5"),
    ]
    assert "Liên hệ!A7: không có đơn vị «Sở Y Tê»" in told
    assert any("CHUA_CO chưa đặt" in line for line in told)
    assert outcomes(found) == [Outcome.WRONG, Outcome.WRONG, Outcome.WRONG, Outcome.CHANGED, Outcome.WRONG]
    write(store, found)
    assert contacts_written(contacts)["SNV"] == {"focal": "mailto://phong@snv.example", "language": "en"}
    assert "STP" not in contacts_written(contacts)


def test_a_password_in_the_sheet_is_refused_with_the_way_to_do_it(store: Store, contacts: Path) -> None:
    found = reviewed(
        store,
        filled(
            store.plan,
            CONTACTS,
            {"office": "SYT", "focal": "mailto://syt:Matkhau123@mail.example?to=vanthu@syt.example"},
            {"office": "STP", "focal": "jsons://stp.example/?token=Matkhau123"},
            {"office": "SNV", "focal": "mailto://snv:${SNV_MAT_KHAU}@mail.example?to=vanthu@snv.example"},
        ),
    )
    told = [str(fault) for fault in found.faults]
    assert [line.partition(":")[0] for line in told] == ["Liên hệ!B5", "Liên hệ!B6", "Liên hệ!B7"]
    assert all("${TÊN_BIẾN}" in line for line in told[:2]) and "Matkhau123" not in "".join(told)
    assert "SNV_MAT_KHAU" in told[2]


def test_a_plain_e_mail_is_a_contact_where_there_is_a_mail_server(store: Store, contacts: Path) -> None:
    content = filled(store.plan, CONTACTS, {"office": "SYT", "focal": "vanthu@syt.example"})
    with_server = contacts.read_text(encoding="utf-8")
    contacts.write_text(with_server.partition("accounts")[0], encoding="utf-8")
    assert "máy chủ thư" in str(reviewed(store, content).faults[0])
    contacts.write_text(with_server, encoding="utf-8")
    found = reviewed(store, content)
    assert not found.faults
    write(store, found)
    assert contacts_written(contacts)["SYT"]["focal"] == "vanthu@syt.example"
    loaded = load_contacts(contacts, known_offices={each.code for each in store.plan.offices})
    assert loaded.addresses["SYT", "focal"].url.endswith("?to=vanthu%40syt.example")


def test_without_a_file_one_is_made_for_its_owner_alone(store: Store) -> None:
    import os

    before = os.umask(0o077)
    try:
        write(store, reviewed(store, filled(store.plan, CONTACTS, {"office": "SYT", "focal": "mailto://a@b.example"})))
    finally:
        os.umask(before)
    path = store.settings.contacts_file
    assert path.read_text(encoding="utf-8") == "offices:\n  SYT:\n    focal: mailto://a@b.example\n"
    assert path.stat().st_mode & 0o777 == 0o600


NEW = {
    "code": "XA001",
    "name_vi": "Xã Một",
    "name_en": "One Commune",
    "kind": "locality – địa phương",
    "member_of": "XA",
}


def test_offices_come_out_and_back_in_without_a_change(store: Store) -> None:
    choices = choices_of(store.plan, TODAY)
    rows = [office_cells(entry, choices) for entry in offices_written(store.plan).values()]
    found = reviewed(store, template(store.plan, OFFICES, rows))
    assert (set(outcomes(found)), found.faults) == ({Outcome.SAME}, [])


def test_offices_are_added_and_changed_as_a_new_edition_of_the_register(store: Store) -> None:
    rows = [
        {**NEW, "valid_from": date(2025, 7, 1)},
        {"code": "TTR", "valid_to": "31/12/2026", "successor": "XA001", "assumed": "–", "note_vi": "Đã xác nhận."},
    ]
    found = reviewed(store, filled(store.plan, OFFICES, *rows))
    assert (outcomes(found), found.faults) == ([Outcome.NEW, Outcome.CHANGED], [])
    assert "Đã ghi 2 cơ quan vào danh bạ" in write(store, found)
    today = store.of_today()
    plan = today.plan
    assert plan.office("XA001").valid_from == date(2025, 7, 1) and plan.office("XA001").member_of == "XA"
    assert (plan.office("TTR").successor, plan.office("TTR").assumed) == ("XA001", False)
    assert outcomes(reviewed(today, filled(plan, OFFICES, *rows))) == [Outcome.SAME] * 2
    with reading_session(store.engine) as session:
        assert session.get_one(Office, "XA001").name_vi == "Xã Một"
        (deed,) = session.exec(select(Deed)).all()
    assert (deed.kind, deed.subject) == (DeedKind.OFFICES, "offices")


def test_faults_of_offices_are_told_by_their_cells_and_nothing_is_written(store: Store) -> None:
    content = filled(
        store.plan,
        OFFICES,
        {**NEW, "code": "xa-1"},
        {"code": "XA002", "name_vi": "Giao ông Nguyễn Văn An", "kind": "nhà nước", "groups": "signatory; project06"},
        {"code": "TTR", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        {"code": "SYT", "successor": "STX"},
    )
    found = reviewed(store, content)
    assert sorted({str(fault).partition(":")[0] for fault in found.faults}) == [
        *("Cơ quan!A5", "Cơ quan!B6", "Cơ quan!D6", "Cơ quan!E6", "Cơ quan!H7", "Cơ quan!I8"),
    ]
    with pytest.raises(Refused, match="Chưa nhập gì: 4 dòng có lỗi"):
        found.refuse_faults()
    with reading_session(store.engine) as session:
        assert session.exec(select(Deed)).all() == []
