"""`dondoc mailbox`: the newest letters first, those of one office, and each by the number it keeps."""

import json
import shutil
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

import pytest

from cli.delivery.outbox import LETTERS_SHOWN
from tests.support.cast import at
from tests.support.command import Command

pytestmark = pytest.mark.sqlite_only

SENT = (("2023-09-05", "Sở Y tế"), ("2023-09-09", "Sở Nội vụ"), ("2023-09-07", "Department of Health"))


def write(folder: Path, name: str, day: str, to: str) -> None:
    letter = EmailMessage()
    letter["Date"], letter["Subject"] = format_datetime(at(day)), f"Ngày {day}"
    letter["To"] = formataddr((to, "mailbox@localhost"))
    letter.set_content("Nội dung")
    folder.mkdir(exist_ok=True)
    (folder / f"{name}-dondoc-x.eml").write_bytes(letter.as_bytes())


@pytest.fixture
def mailbox(dondoc: Command, tmp_path: Path) -> Path:
    shutil.rmtree(tmp_path / "mailbox", ignore_errors=True)
    for place, (day, to) in enumerate(SENT):
        write(tmp_path / "mailbox", str(place), day, to)
    return tmp_path / "mailbox"


def days(dondoc: Command, *arguments: str) -> list[str]:
    return [each["at"][:10] for each in json.loads(dondoc("mailbox", *arguments, "--json")[1])]


def test_the_newest_come_first_and_those_of_one_office_alone(dondoc: Command, mailbox: Path) -> None:
    assert days(dondoc) == ["2023-09-09", "2023-09-07", "2023-09-05"]
    assert days(dondoc, "--office", "SYT") == ["2023-09-07", "2023-09-05"], "whichever language it is written to in"
    code, _, err = dondoc("mailbox", "--office", "SYX")
    assert code == 1 and "SYX" in err


def test_a_letter_keeps_its_number_when_others_come_in(dondoc: Command, mailbox: Path) -> None:
    write(mailbox, "later", "2023-10-02", "Sở Y tế")
    listed = {each["at"][:10]: each["number"] for each in json.loads(dondoc("mailbox", "--json")[1])}
    assert listed["2023-09-05"] == 1 and listed["2023-10-02"] == 4
    assert dondoc("mailbox", "--read", "1")[1].startswith("Ngày 2023-09-05")


def test_a_full_mailbox_does_not_scroll_the_newest_away(dondoc: Command, mailbox: Path) -> None:
    for place in range(30):
        write(mailbox, f"old{place}", "2023-08-18", "Sở Y tế")
    out = dondoc("mailbox")[1]
    assert out.count("Ngày 20") == LETTERS_SHOWN and out.index("2023-09-09") < out.index("2023-09-07")
    assert "13 thư cũ hơn" in out
    assert dondoc("mailbox", "--all")[1].count("Ngày 20") == 33
