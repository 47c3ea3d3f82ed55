"""What a coordinator does at the desk, done from the command line."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import update

from cli.delivery import message_log
from config.settings import load_settings
from models.keeping.opening import open_store
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from tests.support.cast import at, run
from tests.support.command import Command
from tests.support.evidence_files import word

TITLE = "Báo cáo nhanh công tác phối hợp"
AS_OF = ("--as-of", "2023-08-21")


def row_of(dondoc: Command, number: int) -> dict[str, object]:
    found = json.loads(dondoc("assignment", "show", str(number), "--as-of", "2023-10-20", "--json")[1])["assignment"]
    assert isinstance(found, dict)
    return found


def test_ad_hoc_work_is_assigned_listed_and_shown_by_its_title(dondoc: Command) -> None:
    wanted = ("--subtask", "T3.4", "--title", TITLE, "--lead", "SYT", "--coordinating", "CAT", "--due", "2023-09-20")
    code, out, _ = dondoc("assignment", "add", *wanted, "--urgency", "express", *AS_OF, "--json")
    numbers = json.loads(out)["assignments"]
    assert (code, len(numbers)) == (0, 2)
    assert json.loads(dondoc("assignment", "add", *wanted, "--urgency", "express", *AS_OF, "--json")[1]) == {
        "assignments": numbers
    }
    lead = row_of(dondoc, numbers[0])
    assert (lead["occasion"], lead["urgency"], lead["step"]) == (TITLE, "express", "ad-hoc")
    listed = dondoc("assignment", "list", "--search", "nhanh công tác", *AS_OF)[1]
    assert listed.count("T3.4") == 2
    assert TITLE in dondoc("assignment", "show", str(numbers[0]), *AS_OF)[1]
    assert TITLE in dondoc("directive", "list")[1]
    assert dondoc("run", "p3", "--as-of", "2023-09-21", "--dry-run")[0] == 0


def test_ad_hoc_work_that_cannot_be_is_refused_with_every_fault(dondoc: Command) -> None:
    wanted = ("--subtask", "T9.9", "--title", "x", "--lead", "SYTT", "--due", "2023-08-02")
    code, _, err = dondoc("assignment", "add", *wanted, *AS_OF)
    assert code == 1
    for told in ("T9.9", "SYTT", "02/08/2023 đã qua", "cần từ 3"):
        assert told in err


def test_work_is_delegated_suspended_listed_as_such_and_resumed(dondoc: Command) -> None:
    (row,) = json.loads(dondoc("assignment", "list", "--subtask", "T0.1", *AS_OF, "--json")[1])
    number = str(row["id"])
    assert dondoc("assignment", "delegate", number, "--to", "Phòng Nghiệp vụ", *AS_OF)[0] == 0
    assert "Bộ phận thực hiện: Phòng Nghiệp vụ" in dondoc("assignment", "show", number, *AS_OF)[1]
    code, out, _ = dondoc("assignment", "suspend", number, "--reason", "Chờ hướng dẫn.", *AS_OF)
    assert (code, "đang tạm dừng" in out) == (0, True)
    assert "Tạm dừng" in dondoc("assignment", "list", "--status", "suspended", "--as-of", "2023-10-20")[1]
    assert "trong đó tạm dừng" in dondoc("board", "--as-of", "2023-10-20")[1]
    assert dondoc("assignment", "ack", number, "--as-of", "2023-08-22")[0] == 1
    code, out, _ = dondoc("assignment", "resume", number, "--as-of", "2023-08-28")
    assert (code, "18/09/2023" in out) == (0, True)
    assert row_of(dondoc, row["id"])["original_due_date"] == "2023-09-11"


def test_what_is_late_is_listed_first(dondoc: Command) -> None:
    rows = json.loads(dondoc("assignment", "list", "--overdue-first", "--as-of", "2023-09-12", "--json")[1])
    words = [row["status"] for row in rows]
    assert words[0] == "open_overdue"
    assert words == sorted(words, reverse=False, key=("open_overdue", "open_within_term").index)


def test_reminders_are_held_back_and_let_go(dondoc: Command) -> None:
    code, out, _ = dondoc("silence", "add", "--office", "SYT", "--until", "2023-09-30", "--reason", "Sắp xếp.", *AS_OF)
    assert (code, "số 1" in out) == (0, True)
    (held,) = json.loads(dondoc("silence", "list", *AS_OF, "--json")[1])
    assert (held["office"], held["subtask"], held["until"]) == ("SYT", None, "2023-09-30")
    assert json.loads(dondoc("silence", "list", "--as-of", "2023-10-02", "--json")[1]) == []
    assert dondoc("silence", "lift", "1", *AS_OF)[0] == 0
    assert json.loads(dondoc("silence", "list", *AS_OF, "--json")[1]) == []
    assert dondoc("silence", "lift", "9", *AS_OF)[0] == 1
    of_period = ("silence", "add", "--period", "2023-Q4", "--until", "2023-12-31", "--reason", "Sắp xếp.", *AS_OF)
    assert dondoc(*of_period)[0] == 0
    assert "2023-Q4" in dondoc("silence", "list", *AS_OF)[1]
    assert dondoc("silence", "add", "--until", "2023-09-30", "--reason", "Sắp xếp.", *AS_OF)[0] == 1


def test_what_has_been_sent_is_not_sent_again(dondoc: Command) -> None:
    (sent, *_) = json.loads(dondoc("messages", "--json")[1])
    code, out, _ = dondoc("messages", "--again", str(sent["id"]))
    assert (code, "không cần gửi lại" in out) == (0, True)
    assert dondoc("messages", "--again", "99")[0] == 1


def test_all_that_was_given_up_is_sent_again_as_filtered(dondoc: Command) -> None:
    with open_store(load_settings()) as store, session_scope(store.engine) as session:
        session.execute(update(Message).values(state=MessageState.DEAD))
        session.execute(update(Notice).values(state=NoticeState.DEAD))
    dead = ("messages", "--state", "dead")
    count = len(json.loads(dondoc(*dead, "--json")[1]))
    assert json.loads(dondoc(*dead, "--channel", "mailto", "--again-all", "--json")[1]) == {"queued": 0}
    assert "Không có" in dondoc("messages", "--since", "2023-08-19", "--again-all")[1]
    code, out, _ = dondoc(*dead, "--since", "2023-08-18", "--channel", "mailbox", "--again-all")
    assert (code, f"{count} thư, tin nhắn sẽ được gửi lại" in out) == (0, True)
    assert json.loads(dondoc(*dead, "--json")[1]) == []
    assert dondoc("messages", "--state", "sent", "--again-all")[0] == 1
    assert dondoc("messages", "--office", "SYTT", "--again-all")[0] == 1


def test_a_report_takes_files_along_and_shows_them(dondoc: Command, tmp_path: Path) -> None:
    row = json.loads(dondoc("assignment", "list", "--subtask", "T0.1", "--office", "SYT", *AS_OF, "--json")[1])[0]
    number = str(row["id"])
    file = tmp_path / "bao-cao.docx"
    file.write_bytes(word("Kết quả"))
    said = ("--count", "so_ton_tai=3", "--count", "so_nguyen_nhan_chu_quan=2", "--document", "45/BC-SYT")
    report = ("assignment", "report", number, *said, "--document-date", "2023-08-20", *AS_OF)
    program = tmp_path / "chay.docx"
    program.write_bytes(b"MZ" + b"x" * 200)
    code, _, err = dondoc(*report, "--attach", str(file), "--attach", str(program))
    assert code == 1 and "«chay.docx»: không phải tệp PDF" in err
    assert dondoc(*report, "--attach", str(file))[0] == 0
    shown = dondoc("assignment", "show", number, *AS_OF)[1]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert f"bao-cao.docx · {file.stat().st_size} byte · SHA-256 {digest} · báo cáo lần 1" in shown
    (listed,) = json.loads(dondoc("assignment", "show", number, *AS_OF, "--json")[1])["files"]
    assert (listed["name"], listed["sha256"], listed["readable"]) == ("bao-cao.docx", digest, True)


def test_nobody_answers_before_the_work_was_assigned(dondoc: Command) -> None:
    code, _, err = dondoc("assignment", "ack", "1", "--as-of", "2023-08-17")
    assert code == 1
    assert "18/08/2023 mới giao" in err
    assert dondoc("assignment", "ack", "1", "--as-of", "2023-08-18")[0] == 0


def test_board_and_list_of_a_past_day_tell_what_was_known_then(dondoc: Command) -> None:
    dondoc("assignment", "withdraw", "1", "--reason", "Giao nhầm đơn vị.", "--as-of", "2023-08-25")

    def total(day: str) -> int:
        return int(json.loads(dondoc("board", "--as-of", day, "--json")[1])["total"])

    def listed(day: str) -> int:
        return len(json.loads(dondoc("assignment", "list", "--as-of", day, "--json")[1]))

    assert (total("2023-08-17"), listed("2023-08-17")) == (0, 0)
    assert total("2023-08-24") == listed("2023-08-24") == total("2023-08-26") + 1


def test_the_history_is_told_in_words(dondoc: Command) -> None:
    dondoc("assignment", "delegate", "1", "--to", "Phòng Tổ chức", *AS_OF)
    dondoc("assignment", "suspend", "1", "--reason", "Chờ hướng dẫn.", *AS_OF)
    told = dondoc("assignment", "show", "1", *AS_OF)[1]
    assert "hệ thống: " in told
    assert "cho Phòng Tổ chức" in told
    assert "cơ quan đôn đốc: " in told
    assert "– Chờ hướng dẫn." in told
    assert not [code for code in ("office:", "suspend", "delegate", "reason=", "proposal") if code in told]


def test_the_log_is_filtered_and_shown_as_evidence(dondoc: Command) -> None:
    (sent,) = json.loads(dondoc("messages", "--office", "SYT", "--json")[1])
    number = str(sent["id"])
    day = ("--since", "2023-08-18", "--until", "2023-08-18")
    assert json.loads(dondoc("messages", "--office", "SYT", "--channel", "mailbox", *day, "--json")[1]) == [sent]
    assert json.loads(dondoc("messages", "--until", "2023-08-17", "--json")[1]) == []
    assert dondoc("messages", "--desk", "door")[0] == dondoc("messages", "--since", "18/8")[0] == 1

    code, out, _ = dondoc("messages", "--show", number)
    assert (code, "lần 1: 18/08/2023 08:00 qua mailbox, đã gửi" in out, sent["body_text"] in out) == (0, True, True)
    (tried,) = json.loads(dondoc("messages", "--show", number, "--json")[1])["tries"]
    assert (tried["number"], tried["result"], tried["at"][:16]) == (1, "sent", "2023-08-18T08:00")
    assert dondoc("messages", "--show", "99")[0] == 1


def test_a_long_log_shows_its_end_and_says_how_much_more_there_is(
    dondoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = len(json.loads(dondoc("messages", "--json")[1]))
    monkeypatch.setattr(message_log, "PAGE_SIZE", 1)
    run_later()
    out = dondoc("messages")[1]
    more = len(json.loads(dondoc("messages", "--json")[1]))
    assert more > total and f"{more} thư, tin nhắn" in out
    assert f"Trên đây là 1 thư mới nhất, còn {more - 1} thư cũ hơn" in out
    assert "Trên đây" not in dondoc("messages", "--until", "2023-08-17")[1]


def run_later() -> None:
    with open_store(load_settings()) as store:
        run(store, "p1", at("2023-09-12"))


def test_the_follow_up_is_audited(dondoc: Command) -> None:
    code, out, _ = dondoc("audit", "followup", *AS_OF)
    assert (code, "Không sót việc nào" in out) == (0, True)
    with open_store(load_settings()) as store, session_scope(store.engine) as session:
        session.execute(update(Assignment).values(next_alert_at=at("2023-08-19")))
    code, out, err = dondoc("audit", "followup", *AS_OF, "--json")
    assert code == 1
    assert json.loads(out)["unswept"] and "chưa ai xét" in err
