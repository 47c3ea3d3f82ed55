"""The coordinator's deeds from the command line: looked at first, done as looked at, late at once only when confirmed."""

import json

import pytest

from tests.support.command import Command

AS_OF = ("--as-of", "2023-08-25")
WHY = ("--reason", "Theo đề nghị.", "--paper", "45/KH-UBND", "--paper-date", "2023-08-24")


def number_of(dondoc: Command) -> str:
    return str(json.loads(dondoc("assignment", "list", *AS_OF, "--json")[1])[0]["id"])


@pytest.mark.later
def test_a_date_is_previewed_moved_and_asked_about_when_it_has_passed(dondoc: Command) -> None:
    number = number_of(dondoc)
    move = ("assignment", "move", number, "--to", "2023-09-30", *WHY, *AS_OF)
    code, out, _ = dondoc(*move, "--preview", "--json")
    seen = json.loads(out)
    assert (code, seen["moved"][0]["to"], seen["moved"][0]["overdue"]) == (0, "2023-10-02", False)
    assert {"made", "moved", "reassigned", "coordinating", "withdrawn", "letters", "digest"} <= set(seen)
    done = json.loads(dondoc(*move, "--json")[1])
    assert (done["digest"], done["deed"]) == (seen["digest"], 1)
    late = ("assignment", "move", number, "--to", "2023-08-24", *WHY, *AS_OF)
    code, _, err = dondoc(*late)
    assert (code, "--confirm" in err) == (1, True)
    code, out, _ = dondoc(*late, "--confirm")
    assert (code, "quá hạn ngay" in out, "Đã áp dụng" in out) == (0, True, True)
    code, _, err = dondoc("assignment", "move", number, "--to", "2023-09-30", *AS_OF)
    assert (code, "Lý do: chưa ghi" in err) == (1, True)


@pytest.mark.later
def test_work_is_given_away_joined_released_retitled_and_withdrawn(dondoc: Command) -> None:
    number = number_of(dondoc)
    assert dondoc("assignment", "reassign", number, "--to", "STP", *WHY, *AS_OF)[0] == 0
    assert dondoc("assignment", "coordinate", number, "--to", "CAT", "--to", "SNV", *WHY, *AS_OF)[0] == 0
    assert dondoc("assignment", "release", number, "--office", "SNV", *WHY, *AS_OF)[0] == 0
    assert dondoc("assignment", "retitle", number, "--to", "Tên mới", *WHY, *AS_OF)[0] == 0
    code, out, _ = dondoc("assignment", "withdraw", number, *WHY, *AS_OF)
    assert (code, "thu hồi" in out) == (0, True)
    code, _, err = dondoc("assignment", "withdraw", number, "999", *WHY, *AS_OF)
    assert (code, f"Việc số {number} đã thu hồi" in err, "Không có việc số 999" in err) == (1, True, True)
