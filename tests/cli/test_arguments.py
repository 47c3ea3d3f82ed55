"""What no argument of any command may be, whichever command it is."""

from pathlib import Path

import pytest
from sqlmodel import select

from config.settings import load_settings
from models.keeping.opening import open_store
from models.store.database import reading_session
from models.tables.account import User
from models.tables.outbox import Silence
from tests.support.command import Command

pytestmark = pytest.mark.sqlite_only

REASON = ("--reason", "Lý do dài đủ.")


@pytest.mark.parametrize("blank", ["", " ", "\t", ",", " , "])
@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (("silence", "add", "--period"), ("--until", "2026-12-12", *REASON), "--period"),
        (("user", "limit", "a@tinh.example", "--directive"), (), "--directive"),
        (("run", "p1", "--offices"), ("--dry-run",), "--offices"),
        (("directive", "close"), (*REASON, "--preview"), ""),
        (("calendar",), (), ""),
    ],
)
def test_a_blank_argument_is_refused_by_the_name_of_its_option(
    before: tuple[str, ...], after: tuple[str, ...], named: str, blank: str, dondoc: Command
) -> None:
    code, out, err = dondoc(*before, blank, *after)
    assert (code, out) == (1, "")
    assert f"Tham số{f' sau {named}' if named else ''} để trống" in err and "Empty argument" in err


def test_a_blank_argument_is_refused_also_after_an_equals_sign(dondoc: Command) -> None:
    code, _, err = dondoc("silence", "add", "--subtask=", "--until", "2026-12-12", *REASON)
    assert code == 1
    assert "sau --subtask" in err


def test_no_account_without_a_limit_is_made_and_nothing_silenced_by_blanks(dondoc: Command) -> None:
    assert dondoc("user", "add", "b@tinh.example", "--post", "Phòng Tổng hợp", "--directive", "")[0] == 1
    assert dondoc("silence", "add", "--office", "", "--until", "2026-12-12", *REASON)[0] == 1
    with open_store(load_settings()) as store, reading_session(store.engine) as session:
        assert session.exec(select(User.id)).all() == []
        assert session.exec(select(Silence.id)).all() == []


@pytest.mark.parametrize("number", [2**31, 2**63, 10**20])
@pytest.mark.parametrize(
    "arguments",
    [
        ("assignment", "show"),
        ("assignment", "move", "--to", "2023-10-10", *REASON, "--preview"),
        ("silence", "lift"),
        ("messages", "--show"),
    ],
)
def test_a_number_that_no_store_holds_is_refused(arguments: tuple[str, ...], number: int, dondoc: Command) -> None:
    code, _, err = dondoc(*arguments, str(number))
    assert code == 1
    assert f"Số {number} quá lớn" in err and "too large" in err


def test_a_path_that_cannot_be_opened_or_written_is_refused_by_its_name(dondoc: Command, tmp_path: Path) -> None:
    file, folder, loop = tmp_path / "van-ban.txt", tmp_path / "thu-muc", tmp_path / "vong"
    file.write_text("Sở Y tế báo cáo trước ngày 15/9/2023.", encoding="utf-8")
    folder.mkdir()
    loop.symlink_to(loop)
    days = ("--number", "1/CV", "--issued", "2023-09-01", "--answer-by", "2023-09-10")
    long = "x" * 300
    for arguments, named in (
        *((("document", "urged", "SYT", str(each), *days), each) for each in (tmp_path / "khong-co", folder, loop)),
        (("intake", str(file), "--plan", str(file)), file),
        (("calendar", "SYT", "-o", str(loop)), loop),
        (("calendar", "SYT", "-o", long), long),
        (("plan", "check", long), long),
        (("backup", long), long),
    ):
        code, _, err = dondoc(*arguments)
        assert code == 1, arguments
        assert str(named) in err, arguments
    assert loop.is_symlink()


@pytest.mark.parametrize("arguments", [("assignment", "ask", "1", "--text"), ("plan", "check"), ("office", "show")])
def test_an_argument_that_is_not_utf_8_is_refused(arguments: tuple[str, ...], dondoc: Command) -> None:
    code, _, err = dondoc(*arguments, "Hỏi \udcff về việc này")
    assert code == 1
    assert "không phải UTF-8" in err and "is not UTF-8" in err
