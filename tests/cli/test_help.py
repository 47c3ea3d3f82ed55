"""The help: one language, whole sentences, and nothing imported that it does not need."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.commands import COMMANDS
from cli.help import in_language
from cli.main import app


def shown(*arguments: str, language: str = "vi") -> str:
    result = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "80", "DONDOC_LANGUAGE": language})
    assert result.exit_code == 0
    return str(result.output)


def everything(command: Any, path: str) -> Iterator[tuple[str, str]]:
    """The help texts of a command, its parameters and the commands below it, with whose they are."""
    yield path, command.help or ""
    for parameter in command.params:
        if getattr(parameter, "help", None):
            yield f"{path} {parameter.name}", parameter.help
    for name in getattr(command, "commands", {}):
        child = command.get_command(None, name)
        yield from everything(child, f"{path} {name}")


def texts(language: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("DONDOC_LANGUAGE", language)
    return dict(everything(get_command(app), "dondoc"))


def test_every_command_of_the_table_is_there_under_its_name() -> None:
    assert {entry.name: entry.load().name for entry in COMMANDS} == {entry.name: entry.name for entry in COMMANDS}


def test_every_help_is_in_one_language_and_complete_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    vi, en = texts("vi", monkeypatch), texts("en", monkeypatch)
    assert vi.keys() == en.keys()
    assert [path for path, text in (vi | en).items() if not text] == []
    assert [path for path, text in [*vi.items(), *en.items()] if " / " in text] == []
    assert {path for path, text in vi.items() if text == en[path]} == set()
    assert {path: text for path, text in en.items() if not text.isascii()} == {}


def test_the_list_of_commands_has_whole_sentences() -> None:
    for language in ("vi", "en"):
        lines = " ".join(shown(language=language).split())
        for entry in COMMANDS:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("DONDOC_LANGUAGE", language)
                assert f"{entry.name} {in_language(entry.help)}" in lines
        assert "..." not in re.sub(r"\[[A-Z Ố]+\]\.\.\.", "", lines) and "…" not in lines


def test_a_group_lists_whole_sentences_too() -> None:
    told = shown("audit", language="en")
    assert "rungs that were skipped or said too early, messages that are stuck." in " ".join(told.split())
    assert "..." not in told.replace("[ARGS]...", "")


THEIRS = re.compile(
    r"Usage|Options|OPTIONS|Commands|COMMAND|Arguments|ARGS|Show this|Try |for help|Error|Missing|Invalid|Input|should"
    r"|Value|default:|required|requires|env var|No such|Possible|Did you|unexpected|does not|is not|<[a-z ]+>"
)
"""What the library of the command line would say by itself."""


def paths(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """A command and the commands below it, as they are called."""
    yield path
    for name in getattr(command, "commands", {}):
        yield from paths(command.get_command(None, name), (*path, name))


def test_what_is_shown_of_every_command_is_in_one_language() -> None:
    vi = {path: shown(*path) for path in paths(get_command(app))}
    assert {path: found for path, text in vi.items() if (found := THEIRS.findall(text))} == {}
    assert all(text.startswith("Cách dùng: ") and "Tùy chọn:" in text for text in vi.values())
    assert "mặc định: 4200; 1<=x<=65535" in " ".join(vi["part", "api"].split())
    assert "Lệnh:" in vi[()] and "Tham số:" in vi["assignment", "show"]
    en = shown("assignment", "show", language="en")
    assert en.startswith("Usage: ") and "[OPTIONS]" in en and "Options:" in en and "Show this message and exit." in en


SLIPS = {
    "nothing": "Không có lệnh 'nothing'.",
    "assigment": "Không có lệnh 'assigment'. Có phải: 'assignment'?",
    "assignment lst": "Không có lệnh 'lst'. Có phải: 'list'",
    "--x": "Không có tùy chọn --x.",
    "assignment list --jsn": "Không có tùy chọn --jsn. Có thể là: --json.",
    "assignment list --office": "Tùy chọn '--office' cần một giá trị.",
    "assignment show 1 --json=3": "Tùy chọn '--json' không nhận giá trị.",
    "run": "Thiếu tham số 'PRIORITY'.",
    "workbook export": "Thiếu tùy chọn '-o' / '--output'.",
    "db copy": "Thiếu tùy chọn '--to' (biến môi trường: 'DONDOC_COPY_TO').",
    "workbook template": "Thiếu tham số 'BẢNG'. Chọn một trong:",
    "assignment show x": "'SỐ': phải là số nguyên.",
    "part worker --limit 0": "'--limit': phải từ 1 trở lên.",
    "part api --port 70000": "'--port': nhiều nhất là 65535.",
    "workbook export foo -o x": "'foo' không thuộc: 'assignments', 'contacts', 'offices'.",
    "workbook import /nowhere": "'FILE.xlsx': không có '/nowhere'.",
    "workbook import /": "'FILE.xlsx': '/' là thư mục.",
    "audit verify extra": "Thừa tham số: extra.",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_in_the_language_of_the_help(slip: str) -> None:
    result = CliRunner().invoke(app, slip.split(), env={"COLUMNS": "80", "DONDOC_LANGUAGE": "vi"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert SLIPS[slip] in result.stderr and "Lỗi: " in result.stderr
    assert THEIRS.findall(result.stderr) == []


def test_a_slip_in_english_is_told_in_the_words_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_LANGUAGE", "en")
    result = CliRunner().invoke(app, ["--x"])
    assert result.exit_code == 2
    assert "Usage: " in result.stderr and "-h' for help." in result.stderr and "Error: No such option" in result.stderr


def test_a_group_alone_shows_its_help() -> None:
    result = CliRunner().invoke(app, ["assignment"], env={"COLUMNS": "80", "DONDOC_LANGUAGE": "vi"})
    assert result.exit_code == 2
    assert result.stderr == shown("assignment")


NOT_NEEDED = {
    "--help": {"sqlalchemy", "pydantic", "rich", "pendulum", "holidays", "apprise", "prefect"},
    "plan --help": {"alembic", "rich", "apprise", "prefect"},
    "due ISSUE+15 --from 2023-08-17": {"sqlmodel", "alembic", "rich", "apprise", "prefect"},
    "assignment --help": {"apprise", "prefect"},
}


@pytest.mark.parametrize("command", NOT_NEEDED)
def test_what_a_command_does_not_need_is_not_imported(command: str) -> None:
    code = (
        "import sys; from cli.main import main\n"
        f"sys.argv = ['dondoc', *{command.split()!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(ran.stderr.split()) & NOT_NEEDED[command] == set()
