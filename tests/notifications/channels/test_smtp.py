"""Mail over a real server: the letter arrives as it was written, and a failure says what is truly known."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import create_server, socket

import pytest

from config.contacts.contacts import Address
from notifications.channels import smtp
from notifications.channels.outgoing import Outcome, Result
from tests.support.outposts import MESSAGE, MailServer, deliver_to, free_port, refusing

Mail = Callable[..., MailServer]


def test_a_letter_arrives_with_vietnamese_subject_and_both_bodies_word_for_word(
    mail_server: Mail, tmp_path: Path
) -> None:
    server = mail_server()
    assert deliver_to(server.address(), tmp_path) == Outcome(Result.SENT)
    (letter,) = server.letters
    assert letter["Subject"] == MESSAGE.subject
    plain, rich = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None and rich is not None
    # A line of a single dot would end the letter, were it not doubled on the way.
    assert plain.get_content().splitlines() == MESSAGE.text.splitlines()
    assert rich.get_content().strip() == MESSAGE.html
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]


def test_sender_and_recipient_have_names_and_there_is_one_recipient(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server()
    deliver_to(server.address(), tmp_path)
    (letter,) = server.letters
    (sender,), (recipient,) = letter["From"].addresses, letter["To"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Đôn đốc", "dondoc@tinh.example")
    assert (recipient.display_name, recipient.addr_spec) == (MESSAGE.recipient_name, "vanthu@so.example")
    assert server.recipients == [["vanthu@so.example"]]


def test_a_second_try_bears_the_same_message_id(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server()
    for message in (MESSAGE, MESSAGE, replace(MESSAGE, key="dondoc-0002")):
        deliver_to(server.address(), tmp_path, message)
    assert [letter["Message-ID"] for letter in server.letters] == [
        "<dondoc-0001@dondoc>",
        "<dondoc-0001@dondoc>",
        "<dondoc-0002@dondoc>",
    ]
    for letter in server.letters:
        assert len(letter.get_all("Message-ID")) == 1
        assert letter["Message-ID"] == f"<{letter['X-Dondoc-Message']}@dondoc>"
        assert letter["Auto-Submitted"] == "auto-generated"


def test_what_the_address_asks_for_is_kept(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server()
    address = server.address(query="&name=Cong an tinh&reply=tra-loi@tinh.example&cc=luu@so.example&+X-Phong=PA03")
    assert deliver_to(address, tmp_path).result is Result.SENT
    (letter,) = server.letters
    assert letter["From"].addresses[0].display_name == "Cong an tinh"
    assert (letter["Reply-To"], letter["Cc"]) == ("tra-loi@tinh.example", "luu@so.example")
    assert letter["X-Phong"] == "PA03"
    assert server.recipients == [["vanthu@so.example", "luu@so.example"]]


def test_answers_go_to_the_office_that_urges_unless_the_sender_says_otherwise(
    mail_server: Mail, tmp_path: Path
) -> None:
    server = mail_server()
    urged = replace(MESSAGE, reply_to="vanphong@tinh.example")
    deliver_to(server.address(), tmp_path, urged)
    deliver_to(server.address(query="&reply=tra-loi@tinh.example"), tmp_path, urged)
    deliver_to(server.address(), tmp_path)
    assert [letter["Reply-To"] for letter in server.letters] == ["vanphong@tinh.example", "tra-loi@tinh.example", None]


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("550 no such mailbox", Result.PERMANENT),
        ("553 not here", Result.PERMANENT),
        ("451 try later", Result.TEMPORARY),
        ("421 too busy", Result.TEMPORARY),
    ],
)
def test_a_refused_recipient_is_understood(mail_server: Mail, tmp_path: Path, reply: str, result: Result) -> None:
    server = mail_server(to_recipient={"": reply})
    outcome = deliver_to(server.address(), tmp_path)
    assert (outcome.result, server.letters) == (result, [])
    assert reply[:3] in outcome.reason
    assert reply[4:] not in outcome.reason


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("552 5.3.4 too big", Result.PERMANENT),
        ("552 5.2.3 too long", Result.PERMANENT),
        ("554 refused", Result.PERMANENT),
        ("552 exceeded storage allocation", Result.TEMPORARY),
        ("552 5.2.2 mailbox full", Result.TEMPORARY),
        ("554 5.2.2 mailbox full", Result.TEMPORARY),
        ("452 full", Result.TEMPORARY),
    ],
)
def test_a_refused_letter_is_understood(mail_server: Mail, tmp_path: Path, reply: str, result: Result) -> None:
    outcome = deliver_to(mail_server(to_letter=reply).address(), tmp_path)
    assert (outcome.result, reply[:3] in outcome.reason) == (result, True)


@pytest.mark.parametrize("copy", ["cc", "bcc"])
@pytest.mark.parametrize("reply", ["550 no such mailbox", "451 later"])
def test_a_refused_copy_does_not_keep_the_letter_from_its_recipient(
    mail_server: Mail, tmp_path: Path, copy: str, reply: str
) -> None:
    server = mail_server(to_recipient={"luu@so.example": reply})
    outcome = deliver_to(server.address(query=f"&{copy}=luu@so.example,kho@so.example"), tmp_path)
    assert (outcome.result, server.recipients) == (Result.SENT, [["vanthu@so.example", "kho@so.example"]])
    assert f"1 bản sao (cc, bcc) bị từ chối (mã {reply[:3]})" in outcome.reason
    assert "luu@" not in outcome.reason


def test_a_refused_recipient_keeps_the_letter_from_its_copies(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server(to_recipient={"vanthu@so.example": "451 later"})
    outcome = deliver_to(server.address(query="&cc=luu@so.example"), tmp_path)
    assert (outcome.result, server.letters) == (Result.TEMPORARY, [])


def test_a_full_mailbox_is_told_apart(mail_server: Mail, tmp_path: Path) -> None:
    outcome = deliver_to(mail_server(to_recipient={"": "552 5.2.2 over quota"}).address(), tmp_path)
    assert (outcome.result, outcome.mailbox_full) == (Result.TEMPORARY, True)
    assert "đã đầy" in outcome.reason


def test_a_password_with_odd_letters_opens_the_server_and_a_wrong_one_is_the_servers_fault(
    mail_server: Mail, tmp_path: Path, log: list[str]
) -> None:
    server = mail_server(password="p@ss/w:rd?#%")
    assert deliver_to(server.address("dondoc:p%40ss%2Fw%3Ard%3F%23%25@"), tmp_path).result is Result.SENT
    wrong = deliver_to(server.address("dondoc:s3cret@"), tmp_path)
    assert (wrong.result, wrong.server, "535" in wrong.reason) == (Result.TEMPORARY, "127.0.0.1", True)
    assert len(server.letters) == 1
    assert "s3cret" not in wrong.reason
    assert not [line for line in log if "apprise" in line or "s3cret" in line or "vanthu" in line]


def test_a_server_that_hangs_up_after_it_was_given_the_letter_may_have_it(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server(to_letter="250 hang up")
    assert deliver_to(server.address(), tmp_path).result is Result.AMBIGUOUS
    assert len(server.letters) == 1


def test_a_server_that_falls_silent_before_the_letter_has_not_got_it(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        url = f"mailto://127.0.0.1:{silent.getsockname()[1]}?from=a@b.example&to=c@d.example&cto=0.2"
        outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
    assert outcome.result is Result.TEMPORARY


def test_a_server_that_falls_silent_after_the_letter_leaves_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SEND_LIMIT_S", 3.0)
    with create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_take_all_and_say_nothing, args=(listening,))
        thread.start()
        url = f"mailto://127.0.0.1:{listening.getsockname()[1]}?from=a@b.example&to=c@d.example&cto=0.3"
        outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
        thread.join()
    assert outcome.result is Result.AMBIGUOUS


def _take_all_and_say_nothing(listening: socket) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 here\r\n")
        for line in lines:
            if line[:4].upper() == b"DATA":
                connection.sendall(b"354 go on\r\n")
                break
            connection.sendall(b"250 OK\r\n")
        for _ in lines:  # until the other side gives up
            pass


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 not now\r\n", b"gibberish\r\n", b""])
def test_whatever_a_server_says_first_is_a_result(tmp_path: Path, greeting: bytes) -> None:
    with create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"mailto://127.0.0.1:{listening.getsockname()[1]}?from=a@b.example&to=c@d.example&cto=1"
        outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
        thread.join()
    assert outcome.result is Result.TEMPORARY
    assert outcome.reason


REFUSING = {
    "kết nối": {"": "554 no service here"},
    "EHLO": {"EHLO": "500 what?", "HELO": "500 what?"},
    "STARTTLS": {"STARTTLS": "500 not now"},
    "đăng nhập": {"AUTH": "535 5.7.8 no"},
    "nhận người gửi": {"MAIL": "530 sign in first"},
}


@pytest.mark.parametrize("step", REFUSING)
def test_what_a_server_refuses_before_it_hears_of_the_letter_is_no_fault_of_the_letter(
    tmp_path: Path, step: str
) -> None:
    with refusing(REFUSING[step]) as port:
        mode = "&mode=starttls" if step == "STARTTLS" else "&mode=insecure"
        url = f"mailto://dondoc:s3cret@127.0.0.1:{port}?from=a@b.example&to=c@d.example{mode}"
        outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
    assert (outcome.result, outcome.server) == (Result.TEMPORARY, "127.0.0.1")
    assert step in outcome.reason
    assert "s3cret" not in outcome.reason


def test_a_sign_in_asked_for_at_the_recipient_is_the_servers_matter_too(mail_server: Mail, tmp_path: Path) -> None:
    outcome = deliver_to(mail_server(to_recipient={"": "530 5.7.0 sign in"}).address(), tmp_path)
    assert (outcome.result, outcome.server) == (Result.TEMPORARY, "127.0.0.1")


def test_a_server_without_tls_gets_no_password(mail_server: Mail, tmp_path: Path) -> None:
    server = mail_server(password="s3cret")
    url = server.address("dondoc:s3cret@").url.replace("mailto://", "mailtos://") + "&mode=starttls"
    outcome = deliver_to(Address("mailtos", "vi", url), tmp_path)
    assert (outcome.result, outcome.server, server.letters) == (Result.TEMPORARY, "127.0.0.1", [])
    assert "STARTTLS" in outcome.reason


def test_a_refused_port_is_tried_again(tmp_path: Path) -> None:
    url = f"mailto://127.0.0.1:{free_port()}?from=a@b.example&to=c@d.example"
    outcome = deliver_to(Address("mailto", "vi", url), tmp_path)
    assert outcome == Outcome(Result.TEMPORARY, "Không kết nối được tới máy chủ thư.", server="127.0.0.1")
