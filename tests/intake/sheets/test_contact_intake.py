"""Contacts and offices from filled-in sheets: set in the store, after everything was checked."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import select

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from config.errors import Refused
from intake.sheets.contacts import contact_rows
from intake.sheets.fill_in_sheets import choices_of
from intake.sheets.intake import review_workbook
from intake.sheets.offices import office_cells, offices_written
from intake.sheets.reading import CONTACTS, OFFICES
from intake.sheets.review import Outcome, SheetReview
from models.contacts.book import read_contacts, set_contacts
from models.keeping.opening import Store, with_contacts_of_today
from models.store.database import reading, reading_session, session_scope
from models.tables.deed import Deed, DeedKind
from models.tables.office import Office
from tests.support.cast import at
from tests.support.sheets import TODAY, filled, template

pytestmark = pytest.mark.sqlite_only

NOW = at("2023-08-21")

WRITTEN = """
senders:
  telegram: tgram://123456789:abcdefghijklmnop/{to}
  nhom-syt: json://127.0.0.1:1/${HOOK}
accounts: mailto://dondoc:${SMTP}@mail.example
"""

SET = OfficeContacts(
    {Desk.FOCAL: (SenderAddress("mail", "vanthu@syt.example"), SenderAddress("nhom-syt"))}, quiet="18:00-07:00"
)


def reviewed(store: Store, content: bytes) -> SheetReview:
    return review_workbook(store, "bang.xlsx", BytesIO(content), store.actor_context(now=NOW, actor="coordinator"))


def outcomes(found: SheetReview) -> list[Outcome]:
    return [row.outcome for row in found.rows]


def write(store: Store, found: SheetReview) -> str:
    return found.write(store.actor_context(now=NOW, actor="coordinator"))[0]


@pytest.fixture
def contacts(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with senders of an operator, in which one office is set."""
    monkeypatch.setenv("SMTP", "rat-bi-mat")
    monkeypatch.setenv("HOOK", "cung-bi-mat")
    store.settings.contacts_file.write_text(WRITTEN, encoding="utf-8")
    store = with_contacts_of_today(store)
    with session_scope(store.engine) as session:
        set_contacts(session, {"SYT": SET}, store.actor_context(now=NOW, actor="coordinator"))
    return store.of_today()


def set_there(store: Store) -> dict[str, OfficeContacts]:
    with reading(store.engine) as connection:
        return read_contacts(connection)


def test_contacts_come_out_without_secrets_and_back_in_without_a_change(contacts: Store) -> None:
    with reading(contacts.engine) as connection:
        rows = contact_rows(connection, contacts.plan, NOW.date())
    assert next(row for row in rows if row["office"].startswith("SYT"))["focal"] == "mail: vanthu@syt.example\nnhom-syt"
    content = template(contacts.plan, CONTACTS, rows)
    assert b"bi-mat" not in content
    found = reviewed(contacts, content)
    assert (set(outcomes(found)), found.faults) == ({Outcome.SAME}, [])


def test_what_the_sheet_says_is_set_and_all_else_stays(contacts: Store) -> None:
    rows: list[dict[str, Any]] = [
        {"office": "SYT – Sở Y tế", "focal": "mailto://moi@syt.example\nTelegram: -100", "quiet": "–"},
        {"office": "STP", "focal": "vanthu@stp.example", "digest_at": "08:00", "language": "tiếng Anh"},
        {"office": "SCT"},
    ]
    found = reviewed(contacts, filled(contacts.plan, CONTACTS, *rows))
    assert (outcomes(found), found.faults) == ([Outcome.CHANGED, Outcome.NEW, Outcome.SAME], [])
    assert write(contacts, found) == "Đã ghi liên hệ của 2 cơ quan."
    there = set_there(contacts)
    assert there["SYT"] == OfficeContacts(
        {Desk.FOCAL: (SenderAddress("mail", "moi@syt.example"), SenderAddress("telegram", "-100"))}
    )
    by_mail = {Desk.FOCAL: (SenderAddress("mail", "vanthu@stp.example"),)}
    assert there["STP"] == OfficeContacts(by_mail, language="en", digest_at="08:00")
    assert "SCT" not in there
    today = contacts.of_today().contacts
    assert today.address("STP", "focal").url.endswith("?to=vanthu%40stp.example")
    assert [each.channel for each in today.in_order("SYT", "head")] == ["mailto", "tgram"]


def test_faults_of_contacts_are_told_by_their_cells(contacts: Store) -> None:
    content = filled(
        contacts.plan,
        CONTACTS,
        {"office": "SYT", "focal": "vanthu syt.example", "quiet": "tối"},
        {"office": "STP", "focal": "zalo: 42", "head": "a@b.example\nc@d.example"},
        {"office": "Sở Y Tê"},
        {"office": "SNV", "language": "en"},
        {"office": "SNV", "digest_at": "08:00"},
        {"office": "SCT", "digest_at": "06:00"},
    )
    found = reviewed(contacts, content)
    told = [str(fault).partition(";")[0] for fault in found.faults]
    assert sorted(line[: line.index(":")] for line in told) == [
        *("Liên hệ!A7", "Liên hệ!A9", "Liên hệ!B5", "Liên hệ!B6", "Liên hệ!C6", "Liên hệ!G5", "Liên hệ!H10"),
    ]
    assert "Liên hệ!A7: không có đơn vị «Sở Y Tê»" in told
    assert any("telegram" in str(fault) for fault in found.faults), "the senders there are"
    assert outcomes(found) == [*[Outcome.WRONG] * 3, Outcome.NEW, *[Outcome.WRONG] * 2]
    write(contacts, found)
    assert set_there(contacts) == {"SYT": SET, "SNV": OfficeContacts(language="en")}


@pytest.mark.parametrize(
    "address",
    [
        "mailto://syt:Matkhau123@mail.example?to=vanthu@syt.example",
        "jsons://stp.example/?token=Matkhau123",
        "telegram: tgram://Matkhau123/-100",
        "https://chat.example/hooks/Matkhau123",
        "123456789:AAHMatkhau123-abcdefghijklmnopqrstuv",
        "telegram: 123456789:AAHMatkhau123-abcdefghijklmnopqrstuv",
        "Matkhau123",
        "mật khẩu Matkhau123",
        "xoxb-1234-Matkhau123",
    ],
)
def test_a_whole_address_in_the_sheet_is_refused_with_the_way_to_do_it(contacts: Store, address: str) -> None:
    found = reviewed(contacts, filled(contacts.plan, CONTACTS, {"office": "SYT", "focal": address}))
    (told,) = found.faults
    assert (
        str(told).startswith("Liên hệ!B5: ") and "kênh có tên" in str(told) and "Matkhau123" not in f"{told}{told.en}"
    )


def test_a_plain_e_mail_is_a_contact_where_there_is_a_mail_server(store: Store) -> None:
    content = filled(store.plan, CONTACTS, {"office": "SYT", "focal": "vanthu@syt.example"})
    assert "máy chủ thư" in str(reviewed(store, content).faults[0])


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
