"""Senders of an operator, and what a coordinator types to reach somebody over them."""

from pathlib import Path

import pytest

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from config.contacts.entries import (
    OfficeContacts,
    SenderAddress,
    checked_hours,
    checked_places,
    contacts_of,
    typed_address,
)
from config.contacts.loading import ContactErrors, read_contacts_file
from config.contacts.senders import Sender, Takes, parted
from config.errors import Refused
from config.rules.quiet_hours import OUT_OF_OFFICE
from tests.support.contacts_file import load_contacts

SENDERS = """
senders:
  telegram: tgram://${TOKEN}/{to}
  matrix: matrixs://bot:${TOKEN}@chat.example/{to}
  zalo: zalo://${TOKEN}@{to}
  phong: json://127.0.0.1:1/${TOKEN}
  thu-khac: mailtos://bot:${TOKEN}@khac.example?from=bot@khac.example
accounts: mailto://dondoc:${TOKEN}@mail.example
"""
TOKEN = "123456789:abcdefghijklmnop"


@pytest.fixture
def senders(tmp_path: Path) -> dict[str, Sender]:
    path = tmp_path / "contacts.yaml"
    path.write_text(SENDERS, encoding="utf-8")
    return dict(load_contacts(path, known_offices=(), environ={"TOKEN": TOKEN}).senders)


def test_each_kind_of_sender_takes_what_its_service_asks_for(senders: dict[str, Sender]) -> None:
    assert {name: each.takes for name, each in senders.items()} == {
        "mail": Takes.MAIL_ADDRESS,
        "telegram": Takes.RECIPIENT,
        "matrix": Takes.RECIPIENT,
        "zalo": Takes.RECIPIENT,
        "phong": Takes.NOTHING,
        "thu-khac": Takes.MAIL_ADDRESS,
    }
    assert TOKEN not in repr(senders)


@pytest.mark.parametrize(
    ("typed", "sender", "kept"),
    [
        ("vanthu@syt.example", "", SenderAddress("mail", "vanthu@syt.example")),
        (" mailto://vanthu@syt.example ", "", SenderAddress("mail", "vanthu@syt.example")),
        ("thu-khac: vanthu@sở-y-tế.vn", "", SenderAddress("thu-khac", "vanthu@xn--s-y-t-s61b1i.vn")),
        ("Telegram:  -100123", "", SenderAddress("telegram", "-100123")),
        ("-100123", "telegram", SenderAddress("telegram", "-100123")),
        ("phong", "", SenderAddress("phong")),
        ("", "phong", SenderAddress("phong")),
        ("zalo: 4242424242", "", SenderAddress("zalo", "4242424242")),
        ("#so-y-te:chat.example", "matrix", SenderAddress("matrix", "#so-y-te:chat.example")),
        ("mailbox", "", SenderAddress("mailbox")),
        ("so-noi-vu-thong-bao-2026", "matrix", SenderAddress("matrix", "so-noi-vu-thong-bao-2026")),
        ("Matrix: so-noi-vu-thong-bao-2026", "", SenderAddress("matrix", "so-noi-vu-thong-bao-2026")),
        ("!OGehXkPqzRtYbVnMwL7:matrix.tinh", "matrix", SenderAddress("matrix", "!OGehXkPqzRtYbVnMwL7:matrix.tinh")),
        (
            "@0912345678:synapse-so-thong-tin-2026",
            "matrix",
            SenderAddress("matrix", "@0912345678:synapse-so-thong-tin-2026"),
        ),
        ("u4af4980629f2c1b8a0d3e7f6", "telegram", SenderAddress("telegram", "u4af4980629f2c1b8a0d3e7f6")),
        ("secretary@ubnd.example", "", SenderAddress("mail", "secretary@ubnd.example")),
    ],
)
def test_what_is_typed_reaches_somebody(
    senders: dict[str, Sender], typed: str, sender: str, kept: SenderAddress
) -> None:
    assert typed_address(typed, senders, sender=sender) == kept
    assert typed_address(kept.in_words(), senders) == kept


@pytest.mark.parametrize(
    ("typed", "sender", "word"),
    [
        ("vanthu syt.example", "", "không có kênh gửi"),
        ("vanthu@@syt.example", "", "@"),
        ("tgram://bi-mat/-100", "", "kênh có tên"),
        ("telegram: tgram://bi-mat/-100", "", "kênh có tên"),
        ("-100/../-200", "telegram", "nơi nhận"),
        ("-100,-200", "telegram", "nơi nhận"),
        ("${TOKEN}", "telegram", "nơi nhận"),
        ("", "telegram", "nơi nhận"),
        ("vanthu", "zalo", "zalo"),
        ("x", "phong", "để trống"),
        ("", "mail", "để trống"),
        ("1", "khong-co", "telegram"),
        ("123456789:AAHMatkhau123-abcdefghijklmnopqrstuv", "telegram", "kênh có tên"),
        ("xoxb-1234-Matkhau123", "matrix", "kênh có tên"),
        ("matrix: token=Matkhau123", "", "kênh có tên"),
        ("password=Matkhau123", "matrix", "kênh có tên"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x", "matrix", "kênh có tên"),
        ("so-noi-vu-thong-bao-2026", "", "kênh có tên"),
    ],
)
def test_what_reaches_nobody_is_refused_in_words(
    senders: dict[str, Sender], typed: str, sender: str, word: str
) -> None:
    with pytest.raises(Refused) as refused:
        typed_address(typed, senders, sender=sender)
    assert word in str(refused.value) and TOKEN not in f"{refused.value}{refused.value.en}"


def test_a_desk_has_each_kind_of_channel_once_and_three_at_most(senders: dict[str, Sender]) -> None:
    mail, other = SenderAddress("mail", "a@b.example"), SenderAddress("mail", "c@b.example")
    assert checked_places((mail, SenderAddress("phong")), senders)
    for wrong in ((mail, other), (mail,) * 4):
        with pytest.raises(Refused):
            checked_places(wrong, senders)


def test_answers_go_to_the_first_mail_address_of_a_desk(senders: dict[str, Sender]) -> None:
    desk = (SenderAddress("phong"), SenderAddress("mail", "vp@tinh.example"))
    entries = {"VP": OfficeContacts({Desk.COORDINATOR: desk}), "SYT": OfficeContacts({Desk.FOCAL: desk[:1]})}
    contacts = contacts_of(entries, senders, quiet=None)
    assert (contacts.mail_of("VP", "coordinator"), contacts.mail_of("SYT", "focal")) == ("vp@tinh.example", "")


def test_a_digest_in_the_quiet_hours_is_refused() -> None:
    checked_hours("", "08:00", OUT_OF_OFFICE)
    checked_hours("never", "23:00", OUT_OF_OFFICE)
    checked_hours("Mọi lúc", "23:00", OUT_OF_OFFICE)
    for quiet, digest_at in (("", "06:00"), ("07:00-09:00", "08:00"), ("tối", ""), ("", "8h")):
        with pytest.raises(Refused):
            checked_hours(quiet, digest_at, OUT_OF_OFFICE)


def reached(contacts: Contacts) -> list[tuple[bool, str]]:
    service = service_of(contacts.address("SYT", "focal").url)
    assert service is not None
    return list(service.targets)


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://vanthu@syt.example.vn?user=dondoc&pass=${TOKEN}",
        "mailtos://dondoc:${TOKEN}@mail.example?To=vanthu@syt.example.vn",
        "MAILTO://dondoc:${TOKEN}@mail.example?cc=a@b.example&TO=vanthu@syt.example.vn",
        "mailto://dondoc:${TOKEN}@mail.example/vanthu@syt.example.vn",
        "mailto://vanthu@syt.example.vn?User=dondoc&pass=${TOKEN}",
    ],
)
def test_every_mail_address_of_0_1_comes_in_and_reaches_whom_it_did(tmp_path: Path, url: str) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text(f"offices:\n  SYT: {{focal: '{url}'}}\n", encoding="utf-8")
    file = read_contacts_file(path, known_offices=("SYT",), environ={"TOKEN": "mat-khau"})
    ((sender, recipient),) = file.offices["SYT"].desks[Desk.FOCAL]
    path.write_text(f"senders: {{{sender}: '{parted(url)[0] if recipient else url}'}}\n", encoding="utf-8")
    moved = load_contacts(path, known_offices=(), environ={"TOKEN": "mat-khau"})
    before = reached(file.contacts)
    assert before[0][1].endswith("@syt.example.vn")
    for senders in (file.contacts.senders, moved.senders):
        assert reached(contacts_of(file.offices, senders, quiet=None)) == before


def test_an_account_that_writes_to_itself_and_to_others_is_two_senders_in_any_order(tmp_path: Path) -> None:
    path, known = tmp_path / "contacts.yaml", ("SYT", "STP")
    url = "mailtos://vanthu@syt.example.vn?user=dondoc&pass=x"
    lines = [f"  SYT: {{focal: '{url}'}}\n", f"  STP: {{focal: '{url}&to=khac@stp.example.vn'}}\n"]
    found = []
    for order in (lines, lines[::-1]):
        path.write_text("offices:\n" + "".join(order), encoding="utf-8")
        found.append(read_contacts_file(path, known_offices=known).offices)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("tgram://${T}/-100?silent=yes", ("tgram://${T}/{to}?silent=yes", "-100")),
        ("zalo://${A}:${B}@4242?refresh=${R}", ("zalo://${A}:${B}@{to}?refresh=${R}", "4242")),
        (
            "mailto://a:b@c.example?to=d%40e.example&cc=f@g.example",
            ("mailto://a:b@c.example?cc=f@g.example", "d@e.example"),
        ),
        ("mailto://phong@stp.example", ("mailto://phong@stp.example", "")),
        ("json://127.0.0.1/x", ("json://127.0.0.1/x", "")),
    ],
)
def test_an_address_of_0_1_is_a_sender_and_whom_it_is_for(url: str, expected: tuple[str, str]) -> None:
    assert parted(url) == expected


@pytest.mark.parametrize(
    "line", ["a b: tgram://x/{to}", "mailbox: json://127.0.0.1/x", "x: 7", "x: khong-phai", "x: nonsense://bi-mat/{to}"]
)
def test_a_sender_at_fault_is_named_without_its_address(tmp_path: Path, line: str) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text(f"senders:\n  {line}\n", encoding="utf-8")
    with pytest.raises(ContactErrors) as refused:
        load_contacts(path, known_offices=())
    (fault,) = refused.value.errors
    assert str(fault).startswith("senders.") and "bi-mat" not in f"{fault}{fault.en}"
