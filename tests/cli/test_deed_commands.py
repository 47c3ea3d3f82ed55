"""The coordinator's deeds from the command line: looked at first, done as looked at, late only when confirmed."""

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


@pytest.mark.later
def test_a_notice_of_a_swap_is_entered_shown_and_followed(dondoc: Command) -> None:
    swap = ("--date", "2023-09-11", "--kind", "day_off", "--date", "2023-09-16", "--kind", "working_day")
    notice = ("holidays", "notice", *swap, "--document", "12/TB-VPCP", "--note", "hoán đổi", *AS_OF)
    seen = json.loads(dondoc(*notice, "--preview", "--json")[1])
    moves = {(each["from"], each["to"]) for each in seen["moved"]}
    assert (seen["entered"], ("2023-09-11", "2023-09-12") in moves) == (False, True)
    code, out, _ = dondoc(*notice)
    assert (code, "11/09/2023 → 12/09/2023" in out, "dondoc holidays recompute" in out) == (0, True, True)
    code, _, err = dondoc(*notice)
    assert (code, "12/TB-VPCP: hoán đổi" in err) == (1, True)
    done = json.loads(dondoc("holidays", "recompute", *AS_OF, "--json")[1])
    assert (len(done["moved"]), done["overdue"]) == (len(seen["moved"]), 0)
    assert "12/TB-VPCP" in dondoc("holidays", "list", *AS_OF)[1]
    assert "năm 2027 chưa có thông báo" in dondoc("holidays", "list", "--as-of", "2026-11-02")[1]
    confirmed = ("holidays", "notice", "--confirmed-year", "2027", "--document", "9/TB-VPCP", "--as-of", "2026-11-20")
    assert dondoc(*confirmed)[0] == 0
    assert "chưa có thông báo" not in dondoc("holidays", "list", "--as-of", "2026-11-21")[1]


@pytest.mark.later
def test_offices_are_shown_merged_split_and_directives_closed(dondoc: Command) -> None:
    decided = ("--paper", "77/QĐ-UBND", "--as-of", "2023-08-25")
    assert "SYT" in dondoc("office", "list", "--as-of", "2023-08-25")[1]
    assert json.loads(dondoc("office", "show", "SYT", "--json")[1])["open"] > 0
    merge = ("office", "merge", "SYT", "--into", "SYTM", "--name", "Sở Y tế mới", *decided)
    seen = json.loads(dondoc(*merge, "--preview", "--json")[1])
    done = json.loads(dondoc(*merge, "--json")[1])
    assert (seen["digest"], {each["to"] for each in seen["reassigned"]}) == (done["digest"], {"SYTM"})
    split = ("office", "split", "SYTM", "--into", "YA", "--into", "YB", "--name", "YA=Y A", "--name", "YB=Y B")
    code, _, err = dondoc(*split, "--paper", "78/QĐ-UBND", "--as-of", "2023-08-28")
    assert (code, "T0.1" in err, "--default" in err) == (1, True, True)
    by_subtask = (*split, "--heir", "T0.1=YB", "--default", "YA", "--paper", "78/QĐ-UBND", "--as-of", "2023-08-28")
    split_up = json.loads(dondoc(*by_subtask, "--json")[1])
    assert {each["to"] for each in split_up["reassigned"]} <= {"YA", "YB"} and split_up["reassigned"]
    assert "Nhận từng phần: T0.1 → YB" in dondoc("office", "show", "SYTM")[1]
    named = ("office", "rename", "YB", "--name", "Sở B", "--paper", "79/QĐ-UBND", "--as-of", "2023-08-29")
    assert dondoc(*named)[0] == 0 and "Sở B" in dondoc("office", "show", "YB")[1]
    new = (
        "office",
        "add",
        "MOI",
        "--name",
        "Sở Mới",
        "--kind",
        "state",
        "--reason",
        "Lập mới.",
        "--date",
        "2023-10-01",
    )
    assert dondoc(*new)[0] == 0
    assert dondoc("office", "end", "YA", "--successor", "YB", "--reason", "Giải thể.", "--as-of", "2023-08-30")[0] == 0
    close = ("directive", "close", "CD-2023-08-17", "--reason", "Đã tổng kết.", "--as-of", "2023-08-31")
    closed = json.loads(dondoc(*close, "--json")[1])
    assert len(closed["withdrawn"]) > 0
    reopen = ("directive", "reopen", "CD-2023-08-17", "--reason", "Làm tiếp.", "--as-of", "2023-09-01", "--json")
    assert len(json.loads(dondoc(*reopen)[1])["restored"]) == len(closed["withdrawn"])


def test_a_silence_ends_with_its_office_and_the_deed_says_so(dondoc: Command) -> None:
    now = ("--as-of", "2023-09-20")
    held = ("silence", "add", "--until", "2023-12-31", "--reason", "Đang sắp xếp.", *now)
    assert dondoc(*held, "--office", "SYT")[0] == 0
    assert dondoc(*held, "--office", "SNV")[0] == 0
    merge = ("office", "merge", "SYT", "--into", "SYTM", "--name", "Sở Y tế mới", "--paper", "77/QĐ-UBND", *now)
    said = "Tạm ngừng nhắc số 1 (SYT) hết cùng cơ quan"
    assert said in dondoc(*merge, "--preview")[1]
    shown = dondoc(*merge)[1]
    assert said in shown and "(SNV)" not in shown
    code, _, err = dondoc(*held, "--office", "SYT")
    assert (code, "19/09/2023" in err, "SYTM" in err) == (1, True, True)
    assert dondoc(*held, "--office", "SYTM")[0] == 0


def test_a_notice_is_undone_and_what_to_do_then_is_said(dondoc: Command) -> None:
    now = ("--as-of", "2023-09-20")
    out = dondoc("holidays", "notice", "--date", "2023-10-03", "--document", "12/TB-VPCP", "--note", "Nghỉ", *now)[1]
    assert "Đã ghi (quyết định số 1) 1 ngày" in out and "12/TB-VPCP" in dondoc("holidays", "list", *now)[1]
    undo = ("assignment", "undo", "1", "--reason", "Ghi nhầm.", *now)
    assert "holidays recompute" not in dondoc(*undo, "--preview")[1]
    code, out, _ = dondoc(*undo)
    assert (code, "dondoc holidays recompute" in out) == (0, True)
    assert "12/TB-VPCP" not in dondoc("holidays", "list", *now)[1]
