"""Mail addresses are checked where they are written, in words; domains become what mail carries."""

from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Contacts
from config.contacts.loading import ContactErrors
from config.contacts.mail_addresses import checked_mail_url, mail_address
from config.errors import Refused
from tests.support.contacts_file import load_contacts
from tests.support.examples import examples

LONG = "a" * 65


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("vanthu@syt.example.vn", "vanthu@syt.example.vn"),
        (" vanthu@syt.example.vn ", "vanthu@syt.example.vn"),
        ("van.thu+don-doc@syt.example.vn", "van.thu+don-doc@syt.example.vn"),
        ("vanthu@sở-y-tế.vn", "vanthu@xn--s-y-t-s61b1i.vn"),
        ("vanthu@so\u031b\u0309-y-te\u0302\u0301.vn", "vanthu@xn--s-y-t-s61b1i.vn"),  # typed letter by letter
        ("VanThu@SYT.Example.VN", "VanThu@SYT.Example.VN"),
        ("dondoc@localhost", "dondoc@localhost"),
    ],
)
def test_an_address_as_mail_carries_it(written: str, carried: str) -> None:
    assert mail_address(written) == carried


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "để trống"),
        ("   ", "để trống"),
        ("vanthu.syt.example", "thiếu dấu @"),
        ("vanthu@", "thiếu tên miền"),
        ("@syt.example", "thiếu phần trước"),
        ("vanthu@@syt.example", "hai dấu @"),
        ("a@b@syt.example", "hai dấu @"),
        ("vănthư@syt.example", "chữ có dấu"),
        ("van thu@syt.example", "dấu cách"),
        ("vanthu@syt.example\r\nBcc: x@y.example", "xuống dòng"),
        ("vanthu@syt\u2028.example", "xuống dòng"),
        ("van\u200bthu@syt.example", "không nhìn thấy"),
        ("vanthu@syt", "thiếu dấu chấm"),
        ("vanthu@syt..example", "tên miền không đúng"),
        ("vanthu@-syt.example", "tên miền không đúng"),
        ("vanthu@syt_.example", "tên miền không đúng"),
        ("vanthu@192.168.1.1", "tên miền không đúng"),
        (".vanthu@syt.example", "dấu chấm không đúng chỗ"),
        ("van..thu@syt.example", "dấu chấm không đúng chỗ"),
        ("<vanthu@syt.example", "ký tự"),
        (f"{LONG}@syt.example", "dài quá"),
        (f"vanthu@{'.'.join(['a' * 60] * 5)}.example", "dài quá"),
        (f"vanthu@{LONG}.example", "tên miền không đúng"),
    ],
)
def test_what_no_server_would_take_is_said_in_words(written: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        mail_address(written)
    assert refused.value.en != str(refused.value)
    assert not written.strip() or written not in str(refused.value)


@given(st.text(max_size=40) | st.from_regex(r"[a-zđơư.]{0,9}@[a-zđơư.-]{0,9}", fullmatch=True))
@settings(max_examples=examples(200))
def test_what_is_accepted_can_be_said_to_a_server_in_one_line(text: str) -> None:
    try:
        address = mail_address(text)
    except Refused:
        return
    assert address.isascii() and address.isprintable() and " " not in address
    assert len(address) <= 254 and address.count("@") == 1
    assert mail_address(address) == address


def contacts(tmp_path: Path, url: str) -> Contacts:
    path = tmp_path / "contacts.yaml"
    path.write_text(yaml.safe_dump({"offices": {"SYT": {"focal": url}}}, allow_unicode=True), encoding="utf-8")
    return load_contacts(path, known_offices=["SYT"], environ={})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mailto://u:p@mail.example?to=vanthu.syt.example", "to=: thiếu dấu @"),
        ("mailto://u:p@mail.example?to=vanthu@", "to=: thiếu tên miền"),
        ("mailtos://u:p@mail.example?to=", "to=: để trống"),
        ("mailto://u:p@mail.example?to", "to=: để trống"),
        ("mailto://u:p@mail.example", "thiếu nơi nhận"),
        ("mailto://u:p@mail.example/vanthu@", "to=: thiếu tên miền"),
        ("MAILTO://u:p@mail.example?TO=vanthu@", "to=: thiếu tên miền"),
        (f"mailto://u:p@mail.example?to={quote('vănthư@syt.example')}", "chữ có dấu"),
        ("mailto://u:p@mail.example?to=a@so.example%0D%0Ab@so.example", "xuống dòng"),
        ("mailto://u:p@mail.example?to=a@so.example&cc=luu@", "cc=: thiếu tên miền"),
        ("mailto://u:p@mail.example?to=a@so.example&bcc=luu", "bcc=: thiếu dấu @"),
        ("mailto://u:p@mail.example?to=a@so.example&reply=@so.example", "reply=: thiếu phần trước"),
        ("mailto://u:p@mail.example?to=a@so.example&from=vănthư@so.example", "from=: phần trước"),
        ("mailto://u:p@máy_.example?to=a@so.example", "máy chủ thư"),
    ],
)
def test_a_contacts_file_names_the_office_and_the_fault_and_not_the_address(
    tmp_path: Path, url: str, words: str
) -> None:
    with pytest.raises(ContactErrors) as refused:
        contacts(tmp_path, url)
    (fault,) = refused.value.details
    assert fault.startswith("offices.SYT.focal: ") and words in fault
    assert "u:p" not in fault


def test_a_domain_in_vietnamese_letters_reaches_its_server(tmp_path: Path) -> None:
    address = contacts(tmp_path, "mailto://u:p@thư.tỉnh.vn?from=dondoc@tỉnh.vn&to=vanthu@sở-y-tế.vn").address(
        "SYT", "focal"
    )
    service = service_of(address.url)
    assert service is not None
    assert service.smtp_host.isascii() and service.smtp_host.startswith("xn--")
    assert service.targets == [(False, "vanthu@xn--s-y-t-s61b1i.vn")]
    assert service.from_addr[1].isascii()


def test_a_name_before_an_address_and_what_is_plain_stay_as_they_are() -> None:
    assert checked_mail_url("mailto://vanthu@so.example") == ("mailto://vanthu@so.example", [])
    url = "mailto://u:p@mail.example?to=Van%20thu%3Ca@so.example%3E&name=%C4%90%C3%B4n&cc="
    assert checked_mail_url(url) == (url, [])


def test_an_account_in_a_vietnamese_domain_gets_its_link(tmp_path: Path) -> None:
    found = Contacts(accounts_url="mailto://u:p@mail.example").mail_to("vanphong@tỉnh.vn")
    service = service_of(found.url)
    assert service is not None and service.targets[0][1].isascii()
