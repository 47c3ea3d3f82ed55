"""The local mailbox: letters of ours and of nobody's, read back word for word."""

import tempfile
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.contacts.contacts import Address
from notifications.channels.letter import compose_letter, formatted_address
from notifications.channels.mailbox import letters
from notifications.channels.outgoing import Result
from notifications.channels.sending import send
from tests.support.cast import at
from tests.support.examples import examples
from tests.support.outposts import MESSAGE, NOW

MAILBOX = Address("mailbox", "vi")
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặừửữứựÀĐỶ –-,.;:()«»\"'@<>/[]0123456789"
VIETNAMESE = st.text(st.sampled_from(LETTERS), max_size=180)


def put(home: Path, key: str = MESSAGE.key, now: object = NOW, **changes: str) -> None:
    message = replace(MESSAGE, key=key, **changes)
    assert send(MAILBOX, message, mailbox=home, now=now).result is Result.SENT  # type: ignore[arg-type]


def test_a_letter_is_read_as_it_was_written(tmp_path: Path) -> None:
    put(tmp_path)
    (read,) = letters(tmp_path)
    assert (read.subject, read.recipient, read.text) == (MESSAGE.subject, MESSAGE.recipient_name, MESSAGE.text)
    assert read.at == NOW


def test_the_same_message_again_is_the_same_letter_also_on_another_day(tmp_path: Path) -> None:
    put(tmp_path)
    put(tmp_path, now=at("2023-09-13"))
    assert len(letters(tmp_path)) == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_a_new_letter_does_not_look_through_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every letter would take longer than the one before."""

    def looked(*_: object) -> object:
        raise AssertionError("looked through the mailbox")

    monkeypatch.setattr(Path, "glob", looked)
    message = replace(MESSAGE, is_first_try=True)
    assert send(MAILBOX, message, mailbox=tmp_path, now=NOW).result is Result.SENT


def test_letters_come_in_the_order_of_time(tmp_path: Path) -> None:
    put(tmp_path, "dondoc-b", at("2023-09-13"))
    put(tmp_path, "dondoc-a", at("2023-09-14"))
    put(tmp_path, "dondoc-c", at("2023-09-12"))
    assert [Path(read.file).stem.rpartition("-")[2] for read in letters(tmp_path)] == ["c", "b", "a"]


def test_a_mailbox_that_does_not_exist_yet_is_empty(tmp_path: Path) -> None:
    assert letters(tmp_path / "none") == []


def test_what_else_lies_in_the_folder_stops_nobody_from_reading(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "forwarded.eml").write_bytes(b"Subject: no date, no recipient\n\nhello\n")
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "odd.eml").write_bytes(b"To: ;\nDate: some day\n\n\xff\xfe\n")
    (tmp_path / "half.part").write_bytes(b"Subject: cut")
    assert MESSAGE.subject in [read.subject for read in letters(tmp_path)]


@given(subject=VIETNAMESE.map(str.strip).filter(bool), name=VIETNAMESE.map(str.strip).filter(bool))
@settings(max_examples=examples(150))
def test_any_vietnamese_subject_and_name_survive_the_way(subject: str, name: str) -> None:
    message = replace(MESSAGE, subject=subject, recipient_name=name)
    sent = compose_letter(message, sender="a@b.example", to=formatted_address(name, "c@d.example"), now=NOW)
    read = message_from_bytes(sent, policy=default)
    assert str(read["Subject"]).split() == subject.split()
    (recipient,) = read["To"].addresses
    assert (recipient.display_name.split(), recipient.addr_spec) == (name.split(), "c@d.example")
    assert max(len(line) for line in sent.splitlines()) < 998


def test_any_name_survives_the_mailbox_too() -> None:
    with tempfile.TemporaryDirectory() as home:
        put(Path(home), recipient_name='Ban "Chỉ đạo", <BNC>: Sở')
        (read,) = letters(Path(home))
        assert read.recipient == 'Ban "Chỉ đạo", <BNC>: Sở'
