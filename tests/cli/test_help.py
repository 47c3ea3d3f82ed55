"""The help: one language, whole sentences, and nothing imported that it does not need."""

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
        assert "..." not in lines.replace("[ARGS]...", "") and "…" not in lines


def test_a_group_lists_whole_sentences_too() -> None:
    told = shown("audit", language="en")
    assert "rungs that were skipped or said too early, messages that are stuck." in " ".join(told.split())
    assert "..." not in told.replace("[ARGS]...", "")


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
