"""What scripts rely on: names, keys, exit codes; and what a person gets who types something wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.main import app, main
from config.rules.grammar import FORMS
from config.settings import PLAN_0_1_DIR


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    for name in ("DONDOC_DATABASE_URL", "DONDOC_CONTACTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command as a shell would: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dondoc", *arguments])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        out, err = capsys.readouterr()
        return code, out, err

    return run


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    names = getattr(command, "commands", None)
    if not names:
        return [path]
    # Of the command itself the names alone are known until one is asked for.
    return [found for name in names for found in commands(command.get_command(None, name), (*path, name))]


ALL = commands(get_command(app))


def test_the_commands_that_stay_are_there() -> None:
    assert {
        ("due",), ("run",), ("board",), ("notices",), ("messages",), ("mailbox",), ("deliver",), ("up",), ("demo",),
        ("plan", "check"), ("plan", "show"), ("directive", "issue"), ("audit", "verify"), ("channels", "test"),
        *(("assignment", verb) for verb in
          ("list", "show", "ack", "report", "accept", "return", "extend", "decide", "withdraw")),
    } <= set(ALL)  # fmt: skip


def test_due(dondoc: Any) -> None:
    code, out, _ = dondoc("due", "ISSUE+15", "--from", "2023-08-17", "--json")
    answer = json.loads(out)
    assert (code, answer["due_date"], answer["due_at"]) == (0, "2023-09-11", "2023-09-12T00:00:00+07:00")
    assert answer["explanation_vi"].startswith("+15 ngày làm việc") and answer["explanation_en"]
    assert answer["timing"] == "dated"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_help_of_due_tells_every_form_its_meaning_and_its_basis_a_line_each(language: str) -> None:
    shown = CliRunner().invoke(app, ["due", "--help"], env={"COLUMNS": "80", "DONDOC_LANGUAGE": language}).output
    lines = [line.strip() for line in shown.splitlines()]
    for form, vi, en, basis in FORMS:
        place = lines.index(form)
        told = [form, vi, f"căn cứ: {basis}"] if language == "vi" else [form, en, f"basis: {basis}"]
        assert lines[place : place + 3] == told
        assert lines[place - 1] == ""
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_plan_show_lists_subtasks_with_their_facts(dondoc: Any) -> None:
    code, out, _ = dondoc("plan", "show", "--json")
    priorities = json.loads(out)["priorities"]
    assert (code, [p["code"] for p in priorities]) == (0, ["p1", "p2", "p3", "p4", "p5"])
    for priority in priorities:
        for subtask in priority["subtasks"]:
            assert {"code", "quote", "kind", "basis", "roles", "rules"} <= subtask.keys()


def test_from_the_document_to_the_report(dondoc: Any) -> None:
    assert dondoc("directive", "issue", "--number", "123-TB/TU", "--date", "2023-08-17")[0] == 0
    code, out, _ = dondoc("run", "p1", "--as-of", "2023-08-18", "--offices", "SYT", "--dry-run", "--json")
    ahead = json.loads(out)
    assert (code, ahead["assigned"] > 0, len(ahead["would_assign"])) == (0, True, ahead["assigned"])
    assert json.loads(dondoc("assignment", "list", "--json")[1]) == []  # a dry run touches nothing

    from config.settings import load_settings
    from models.keeping.opening import open_store
    from tests.support.cast import at, run

    with open_store(load_settings()) as store:
        run(store, "p1", at("2023-08-18"))
    rows = json.loads(dondoc("assignment", "list", "--office", "SYT", "--as-of", "2023-08-18", "--json")[1])
    row = next(r for r in rows if r["subtask"] == "T0.1" and r["role"] == "lead")
    assert {"id", "period", "office", "role", "status", "due_date", "original_due_date"} <= row.keys()
    assert (row["due_date"], row["status"]) == ("2023-09-11", "open_within_term")
    number = str(row["id"])
    report = ["--count", "so_ton_tai=3", "--count", "so_nguyen_nhan_chu_quan=2"]
    report += ["--document", "45/BC-SYT", "--document-date", "2023-09-08"]
    assert dondoc("assignment", "ack", number, "--as-of", "2023-08-21")[0] == 0
    assert dondoc("assignment", "report", number, *report, "--as-of", "2023-09-08")[0] == 0
    assert dondoc("assignment", "accept", number, "--as-of", "2023-09-11")[0] == 0
    board = json.loads(dondoc("board", "--as-of", "2023-09-12", "--json")[1])
    assert board["by_status"]["done_on_time"] == 1
    assert set(board["by_status"]) == {"done_on_time", "done_late", "open_within_term", "open_overdue"}
    assert board["total"] == sum(board["by_status"].values()) == sum(board["by_priority"]["p1"].values())
    assert "SYT" in board["by_office"]
    for listing in ("notices", "messages", "mailbox"):
        code, out, _ = dondoc(listing, "--json")
        assert code == 0 and json.loads(out)
    assert dondoc("deliver", "--once", "--as-of", "2023-09-12")[0] == 0
    assert dondoc("audit", "verify")[0] == 0
    assert dondoc("channels", "test", "SYT")[0] == 0
    code, out, _ = dondoc("assignment", "show", number, "--json")
    assert json.loads(out)["events"]


WRONG = [
    (["due", "ISSUE+x", "--from", "2023-08-17"], "ISSUE+x"),
    (["due", "ISSUE+5", "--from", "17/8/2023"], "17/8/2023"),
    (["run", "p9"], "p9"),
    (["run", "p1", "--as-of", "hôm qua"], "hôm qua"),
    (["run", "p1", "--period", "2023-Q9", "--dry-run"], "2023-Q9"),
    (["run", "p1", "--offices", "SXX", "--dry-run"], "SXX"),
    (["plan", "check", "/nowhere/at/all"], "/nowhere/at/all"),
    (["directive", "issue", "--number", "???", "--date", "2023-08-17"], "???"),
    (["assignment", "list", "--office", "SXX"], "SXX"),
    (["assignment", "list", "--status", "lost"], "lost"),
    (["assignment", "ack", "77"], "77"),
    (["assignment", "report", "77", "--count", "so_ton_tai"], "so_ton_tai"),
    (["channels", "test", "SXX"], "SXX"),
    (["notices", "--state", "gone"], "gone"),
    (["mailbox", "--read", "5"], "5"),
]


@pytest.mark.parametrize(("arguments", "named"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_a_wrong_word_is_refused_with_its_name_and_no_traceback(dondoc: Any, arguments: list[str], named: str) -> None:
    if arguments[0] == "run":
        dondoc("directive", "issue", "--number", "123-TB/TU", "--date", "2023-08-17")
    code, _, err = dondoc(*arguments)
    assert code == 1
    assert named in err and err.startswith("Lỗi: ")
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["due"], ["nonsense"], ["run"], ["due", "ISSUE+5"], ["assignment", "ack", "x"]])
def test_wrong_usage_is_exit_code_2(dondoc: Any, arguments: list[str]) -> None:
    assert dondoc(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DONDOC_DATABASE_URL", "mysql://root:s3cret@localhost/x"),
        ("DONDOC_DATABASE_URL", "postgresql://dondoc:s3cret@127.0.0.1:1/x"),
        ("DONDOC_DATABASE_URL", "s3cret"),
    ],
)
def test_a_wrong_database_is_named_and_its_password_is_not(
    dondoc: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, out, err = dondoc("board")
    assert code == 1
    assert name in err and "s3cret" not in err + out and "Traceback" not in err


def test_every_fault_of_the_contacts_is_told_without_an_address(dondoc: Any, tmp_path: Path) -> None:
    (tmp_path / "contacts.yaml").write_text(
        "offices:\n"
        "  SXX: {focal: 'mailto://a:s3cret@b.example'}\n"
        "  SYT: {focal: 'nosuch://s3cret@host', boss: 'json://x', head: 'tgram://${DONDOC_NO_SUCH_TOKEN}/1'}\n"
    )
    code, _, err = dondoc("channels", "list")
    assert code == 1
    for part in ("SXX", "SYT.focal", "SYT.boss", "DONDOC_NO_SUCH_TOKEN"):
        assert part in err
    assert "s3cret" not in err


def test_a_second_directive_is_taken_in_beside_the_plan_and_followed(dondoc: Any, tmp_path: Path) -> None:
    """As docs/plans.md says it: written out, taken in, issued, looked at, without a line of code."""
    own = tmp_path / "ke-hoach"
    assert dondoc("plan", "export", str(own), "--example")[0] == 0
    assert dondoc("plan", "import", str(own))[0] == 0
    assert "không có gì để nhập" in dondoc("plan", "import", str(own))[1]
    code, out, _ = dondoc("plan", "check")
    assert code == 0
    assert "2 chỉ đạo, 8 nhiệm vụ" in out
    assert json.loads(dondoc("plan", "check", "--json")[1])["directives"] == ["CD-2023-08-17", "CCHC-MAU"]
    issue = ("directive", "issue", "--number", "05/KH-UBND", "--date", "2024-01-04")
    assert dondoc(*issue, "--directive", "CCHC-MAU")[0] == 0
    assert "CCHC-MAU" in dondoc("directive", "list")[1]
    code, out, _ = dondoc("run", "p6", "--as-of", "2024-01-05", "--dry-run")
    assert code == 0
    assert "T6.1" in out
    code, _, err = dondoc("run", "p9")
    assert code == 1
    assert "p9" in err
    assert dondoc("review", "2024", "--directive", "CCHC-MAU", "--json")[0] == 0
    assert dondoc("directive", "issue", "--number", "1/KH", "--date", "2024-01-04", "--directive", "KHAC")[0] == 1
