"""What no argument of any command may be, whichever command it is."""

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
