"""contacts.yaml: who is reached where, secrets from outside it, and every fault at once without a secret in it."""

from datetime import time
from pathlib import Path

import pytest

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address, Contacts
from config.contacts.loading import ContactErrors
from config.contacts.zalo_addresses import zalo_address
from config.rules.quiet_hours import OUT_OF_OFFICE, Hours, QuietHours
from tests.support.contacts_file import load_contacts

SECRET = "t0pS3cr3tT0ken"
OFFICES = ["SYT", "CAT", "BNC"]


def load(tmp_path: Path, text: str, **environ: str) -> Contacts:
    path = tmp_path / "contacts.yaml"
    path.write_text(text, encoding="utf-8")
    return load_contacts(path, known_offices=OFFICES, environ=environ)


def faults(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ContactErrors) as refused:
        load(tmp_path, text, **environ)
    everything = "\n".join([str(refused.value), refused.value.en, *refused.value.details])
    assert SECRET not in everything
    assert SECRET not in repr(refused.value)
    return list(refused.value.details)


class TestWhoIsReachedWhere:
    def test_without_a_file_everybody_has_the_local_mailbox(self, tmp_path: Path) -> None:
        contacts = load_contacts(tmp_path / "none.yaml", known_offices=OFFICES, language="en")
        address = contacts.address("SYT", "head")
        assert (address.channel, address.language, address.url) == ("mailbox", "en", "")

    def test_a_desk_has_its_own_address_or_that_of_the_focal_point_or_the_mailbox(self, tmp_path: Path) -> None:
        contacts = load(
            tmp_path,
            "offices:\n"
            "  SYT: {focal: 'json://127.0.0.1/focal', head: 'xml://127.0.0.1/head', language: en}\n"
            "  CAT: {coordinator: 'json://127.0.0.1/police'}\n",
        )
        assert contacts.address("SYT", "focal").url.endswith("/focal")
        assert (contacts.address("SYT", "head").channel, contacts.address("SYT", "head").language) == ("xml", "en")
        assert contacts.address("SYT", "monitor") == contacts.address("SYT", "focal")
        assert contacts.address("CAT", "coordinator").channel == "json"
        assert contacts.address("CAT", "focal").channel == "mailbox"
        assert contacts.address("BNC", "monitor").channel == "mailbox"

    def test_the_mailbox_may_be_named_and_keeps_the_office_s_language(self, tmp_path: Path) -> None:
        contacts = load(tmp_path, "offices:\n  SYT: {focal: 'mailbox://', language: en}\n  CAT: {language: en}\n")
        assert contacts.address("SYT", "focal") == Address("mailbox", "en", "mailbox://")
        assert contacts.address("CAT", "head").language == "en"
        assert contacts.address("BNC", "head").language == "vi"

    @pytest.mark.parametrize("text", ["offices: {}\n", "offices:\n  SYT: {}\n"])
    def test_an_office_with_nothing_is_no_fault(self, tmp_path: Path, text: str) -> None:
        assert load(tmp_path, text).address("SYT", "focal").channel == "mailbox"


class TestOwnChannels:
    def test_zalo_takes_its_token_from_the_environment(self, tmp_path: Path) -> None:
        contacts = load(tmp_path, "offices:\n  SYT: {focal: 'zalo://${TOKEN}@4242'}\n", TOKEN=f"{SECRET}/@x")
        address = contacts.address("SYT", "focal")
        read = zalo_address(address.url)
        assert (address.channel, read and read.login.token) == ("zalo", f"{SECRET}/@x")

    @pytest.mark.parametrize("url", [f"zalo://{SECRET}", f"zalo://{SECRET}@vanthu", f"mailbox://{SECRET}"])
    def test_one_that_is_wrong_is_named_without_a_secret(self, tmp_path: Path, url: str) -> None:
        (fault,) = faults(tmp_path, f"offices:\n  SYT: {{focal: '{url}'}}\n")
        assert fault.startswith("offices.SYT.focal: ")


class TestSeveralAddresses:
    def test_the_first_is_used_and_the_next_when_it_fails(self, tmp_path: Path) -> None:
        text = "offices:\n  SYT:\n    focal: ['json://127.0.0.1/a', 'xml://127.0.0.1/b', 'mailbox://']\n"
        contacts = load(tmp_path, text)
        for desk in ("focal", "head"):
            assert [address.channel for address in contacts.in_order("SYT", desk)] == ["json", "xml", "mailbox"]
        assert contacts.address("SYT", "focal").url.endswith("/a")
        assert contacts.address_over("SYT", "head", "xml").url.endswith("/b")
        assert contacts.address_over("SYT", "head", "mailto").url.endswith("/a")
        tried = (), ("json",), ("xml",), ("json", "xml"), ("json", "xml", "mailbox")
        following = [contacts.untried("SYT", "focal", each) for each in tried]
        assert [each and each.channel for each in following] == ["json", "xml", "json", "mailbox", None]

    def test_every_one_at_fault_is_named_by_its_place(self, tmp_path: Path) -> None:
        one = f"json://u:{SECRET}@127.0.0.1/"
        found = faults(
            tmp_path, f"offices:\n  SYT: {{focal: ['{one}', 'nonsense://{SECRET}', 7, '{one}'], head: []}}\n"
        )
        assert [fault.partition(":")[0] for fault in found] == [
            "offices.SYT.focal[2]",
            "offices.SYT.focal[3]",
            "offices.SYT.focal[4]",
            "offices.SYT.head",
        ]


class TestHours:
    def test_an_office_has_its_own_or_those_of_everybody(self, tmp_path: Path) -> None:
        own = "  SYT: {quiet: '18:00-07:00', digest_at: 9:30}\n  CAT: {quiet: never}\n  BNC: {digest_at: 14:00}\n"
        contacts = load(tmp_path, f"offices:\n{own}")
        assert contacts.hours("SYT") == Hours(QuietHours(time(18), time(7)), time(9, 30))
        assert contacts.hours("CAT") == Hours(None)
        assert contacts.hours("BNC") == Hours(OUT_OF_OFFICE, time(14))
        assert contacts.hours("TU") == Hours(OUT_OF_OFFICE)

    @pytest.mark.parametrize("quiet", ["18:00", "18-7", "25:00-07:00", "07:00-07:00", SECRET, "[1, 2]"])
    def test_hours_that_are_none_are_a_fault(self, tmp_path: Path, quiet: str) -> None:
        (fault,) = faults(tmp_path, f"offices:\n  SYT: {{quiet: {quiet}}}\n")
        assert fault.startswith("offices.SYT.quiet: ")

    @pytest.mark.parametrize("digest_at", ["8h", SECRET, "06:00", "17:30"])
    def test_so_is_a_digest_at_no_hour_or_in_the_quiet(self, tmp_path: Path, digest_at: str) -> None:
        (fault,) = faults(tmp_path, f"offices:\n  SYT: {{digest_at: '{digest_at}'}}\n")
        assert fault.startswith("offices.SYT.digest_at: ")


class TestSecrets:
    TELEGRAM = "offices:\n  SYT: {focal: 'json://user:${TOKEN}@127.0.0.1/'}\n"

    def test_a_secret_comes_from_the_environment_or_from_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text(f"{SECRET}\n", encoding="utf-8")
        for environ in ({"TOKEN": SECRET}, {"TOKEN_FILE": str(tmp_path / "token")}):
            address = load(tmp_path, self.TELEGRAM, **environ).address("SYT", "focal")
            assert address.url == f"json://user:{SECRET}@127.0.0.1/"

    def test_an_address_never_shows_itself(self, tmp_path: Path) -> None:
        contacts = load(tmp_path, self.TELEGRAM, TOKEN=SECRET)
        assert SECRET not in f"{contacts!r} {contacts} {contacts.address('SYT', 'focal')!r}"

    @pytest.mark.parametrize("environ", [{}, {"TOKEN_FILE": "/nowhere/token"}])
    def test_a_missing_secret_is_named(self, tmp_path: Path, environ: dict[str, str]) -> None:
        (fault,) = faults(tmp_path, self.TELEGRAM, **environ)
        assert fault.startswith("offices.SYT.focal: ")
        assert "TOKEN" in fault

    def test_what_a_secret_holds_is_not_read_as_another_placeholder(self, tmp_path: Path) -> None:
        address = load(tmp_path, self.TELEGRAM, TOKEN="a${HOME}b").address("SYT", "focal")
        assert "HOME" in address.url


def test_every_fault_comes_at_once_each_with_its_place(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "offices:\n"
        f"  SYTT: {{focal: 'json://u:{SECRET}@127.0.0.1/'}}\n"
        "  SYT:\n"
        "    language: fr\n"
        f"    boss: 'json://u:{SECRET}@127.0.0.1/'\n"
        "    focal: 12\n"
        f"    head: 'nonsense://u:{SECRET}@host'\n"
        f"    monitor: '{SECRET}'\n"
        "    coordinator: 'json://${MISSING_A}:${MISSING_B}@127.0.0.1/'\n"
        "  CAT: [a, b]\n"
        f"  BNC: {{focal: 'mailto://u:{SECRET}'}}\n"
        "office: {}\n",
    )
    for place in (
        "office:",
        "offices.SYTT:",
        "offices.SYT.language",
        "offices.SYT.boss",
        "offices.SYT.focal",
        "offices.SYT.head",
        "offices.SYT.monitor",
        "offices.CAT",
        "offices.BNC.focal",
    ):
        assert [fault for fault in found if fault.startswith(place)], place
    assert len([fault for fault in found if fault.startswith("offices.SYT.coordinator")]) == 2
    assert len(found) == 11


def test_every_fault_is_told_in_english_too(tmp_path: Path) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text(
        "offices:\n  ABC: {}\n  SYT: {language: fr, boss: x, focal: 12, head: 'x://y', quiet: x, digest_at: x}\n"
        "  CAT: [a]\naccounts: x\nmore: {}\n",
        encoding="utf-8",
    )
    with pytest.raises(ContactErrors) as refused:
        load_contacts(path, known_offices=OFFICES)
    vi, en = refused.value.details, refused.value.details_en
    assert len(vi) == len(en) == 10
    assert all(there != here and here.replace("…", "").isascii() for there, here in zip(vi, en, strict=True))


def test_an_address_nobody_understands_names_the_service_and_no_more(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, f"offices:\n  SYT: {{focal: 'telegramm://{SECRET}/1'}}\n")
    assert "telegramm" in fault


@pytest.mark.parametrize("url", [f"{SECRET}", f"{SECRET}://h", f"//u:{SECRET}@h", f"u:{SECRET}@mail.example"])
def test_a_secret_pasted_in_place_of_an_address_is_not_repeated(tmp_path: Path, url: str) -> None:
    assert len(faults(tmp_path, f"offices:\n  SYT: {{focal: '{url}'}}\n")) == 1


class TestFiles:
    @pytest.mark.parametrize("text", ["", "# chưa có ai\n", "- SYT\n", "offices: [SYT]\n", "offices:\n", "7\n"])
    def test_a_file_without_offices_says_what_it_needs(self, tmp_path: Path, text: str) -> None:
        (fault,) = faults(tmp_path, text)
        assert fault.startswith("offices: ")

    @pytest.mark.parametrize(
        "text", [f"offices:\n  SYT: {{focal: '{SECRET}\n", f"offices:\n\tSYT: {SECRET}\n", f"a: b: {SECRET}\n"]
    )
    def test_bad_syntax_tells_file_and_line_and_shows_nothing(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ContactErrors) as refused:
            load(tmp_path, text)
        assert "contacts.yaml, dòng " in str(refused.value)
        assert SECRET not in f"{refused.value} {refused.value.en} {refused.value.details}"

    def test_bytes_that_are_not_utf_8_are_said_in_words(self, tmp_path: Path) -> None:
        path = tmp_path / "contacts.yaml"
        path.write_bytes(f"offices: {SECRET}".encode("utf-16"))
        with pytest.raises(ContactErrors, match="UTF-8") as refused:
            load_contacts(path, known_offices=OFFICES)
        assert SECRET not in str(refused.value)

    def test_a_date_that_does_not_exist_is_a_fault_and_no_crash(self, tmp_path: Path) -> None:
        (fault,) = faults(tmp_path, "offices:\n  SYT: {focal: 2023-02-30}\n")
        assert fault.startswith("offices.SYT.focal: ")

    def test_an_office_written_twice_is_a_fault(self, tmp_path: Path) -> None:
        text = "offices:\n  SYT: {focal: 'json://127.0.0.1/a'}\n  SYT: {focal: 'json://127.0.0.1/b'}\n"
        assert any("SYT" in fault for fault in faults(tmp_path, text))

    def test_nesting_without_end_is_a_fault_and_no_crash(self, tmp_path: Path) -> None:
        with pytest.raises(ContactErrors):
            load(tmp_path, "offices: " + "[" * 5000 + "]" * 5000)


class TestMailToAccounts:
    def test_a_letter_goes_to_the_very_address_over_the_server_named(self, tmp_path: Path) -> None:
        text = "offices: {}\naccounts: mailto://dondoc:${PASSWORD}@mail.tinh.example?from=dondoc@tinh.example\n"
        contacts = load(tmp_path, text, PASSWORD=SECRET)
        address = contacts.mail_to("a+b@tinh.example")
        service = service_of(address.url)
        assert address.channel == "mailto"
        assert service is not None and [email for _, email in service.targets] == ["a+b@tinh.example"]
        assert SECRET not in f"{contacts!r} {address!r}"

    def test_without_a_server_it_goes_to_the_local_mailbox(self, tmp_path: Path) -> None:
        assert load(tmp_path, "offices: {}\n").mail_to("a@tinh.example").channel == "mailbox"

    @pytest.mark.parametrize(
        "url",
        [
            "json://127.0.0.1/",
            "mailto://u:p@mail.tinh.example/ai@do.example?to=x@do.example",
            "mailto://u:p@mail.tinh.example/ai@do.example",
            "mailto://u:p@mail.tinh.example?cc=ai@do.example",
            "mailto://u:p@mail.tinh.example?bcc=ai@do.example",
            "mailto://",
        ],
    )
    def test_a_server_that_would_tell_somebody_else_is_refused(self, tmp_path: Path, url: str) -> None:
        (fault,) = faults(tmp_path, f"offices: {{}}\naccounts: '{url}'\n")
        assert fault.startswith("accounts: ")

    def test_no_other_sender_has_its_name(self, tmp_path: Path) -> None:
        sender = "senders: {mail: 'mailto://u:p@khac.example'}\n"
        (fault,) = faults(tmp_path, f"{sender}accounts: mailto://u:p@mail.tinh.example\n")
        assert fault.startswith("senders.mail: ") and "accounts" in fault
        assert load(tmp_path, sender).senders["mail"].url == "mailto://u:p@khac.example"

    def test_something_else_is_refused_and_a_missing_secret_named(self, tmp_path: Path) -> None:
        (fault,) = faults(tmp_path, "offices: {}\naccounts: [1]\n")
        assert fault.startswith("accounts: ")
        (fault,) = faults(tmp_path, "offices: {}\naccounts: mailto://u:${MISSING_C}@mail.tinh.example\n")
        assert "MISSING_C" in fault


def test_a_file_that_somebody_named_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "contact.yaml"
    with pytest.raises(ContactErrors, match=r"contact\.yaml.*DONDOC_CONTACTS"):
        load_contacts(path, known_offices=(), may_be_missing=False)
