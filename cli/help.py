"""The help of the command: in one language, in whole sentences, and without importing what it tells of.

Every help text is written as "Vietnamese sentence. / English sentence."; the language of ``DONDOC_LANGUAGE`` is
chosen here, once, for commands, groups, arguments and options.
"""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NoReturn

from typer.core import TyperGroup

from cli.arguments import bounded
from cli.commands import COMMANDS
from cli.usage import VietnameseContext, slips_in_vietnamese, vietnamese
from config.errors import Refused

_SEPARATOR = " / "


def english() -> bool:
    """Whether the user reads English; a wrong value of the variable is refused later, by the settings."""
    return os.environ.get("DONDOC_LANGUAGE", "").strip().lower() == "en"


def in_language(text: str) -> str:
    """The half of a bilingual text in the user's language; a text without two halves is the same in both."""
    vi, separator, en = text.partition(_SEPARATOR)
    return en if separator and english() else vi


def refuse(refused: Refused) -> NoReturn:
    """Print a refusal in both languages, the user's first, and end with exit code 1.

    Each language has its own details; details that are the same in both are printed once.
    """
    said = [
        (heading, _with_command(sentence, refused.command), tuple(map(_with_command, details, refused.commands)))
        for heading, sentence, details in (
            ("Lỗi", str(refused), refused.details),
            ("Error", refused.en, refused.details_en),
        )
    ]
    if refused.en == str(refused):
        said = said[:1]
    if english():
        said.reverse()
    same = said[0][2] == said[-1][2]
    for number, (heading, sentence, details) in enumerate(said, start=1):
        print(f"{heading}: {sentence}", file=sys.stderr)
        if not same or number == len(said):
            for line in details:
                print(f"  - {line}", file=sys.stderr)
    raise SystemExit(1)


def _with_command(sentence: str, command: str) -> str:
    """What a page says, with what helps here."""
    return f"{sentence} ({command})" if command else sentence


_ENTRIES = {entry.name: entry for entry in COMMANDS}


def translate(command: Any) -> None:
    """Leave one language in the help of a command, of its parameters, and of the commands below it."""
    command.help = in_language(command.help or "")
    command.short_help = command.help  # a list of commands would cut the help short otherwise
    command.epilog = in_language(command.epilog or "")
    if not english():
        command.context_class = VietnameseContext
        command.options_metavar = vietnamese(command.options_metavar)
        if hasattr(command, "subcommand_metavar"):
            command.subcommand_metavar = vietnamese(command.subcommand_metavar)
    for parameter in command.params:
        parameter.callback = parameter.callback or bounded
        if getattr(parameter, "help", None):
            parameter.help = in_language(parameter.help)
    for child in getattr(command, "commands", {}).values():
        translate(child)


def _slips_in_language() -> AbstractContextManager[None]:
    return nullcontext() if english() else slips_in_vietnamese()


class LazyGroup(TyperGroup):
    """`dondoc` itself: lists its commands from the table of ``cli.commands``, and imports the one that runs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {}
        translate(self)
        self.commands = dict.fromkeys(_ENTRIES)  # type: ignore[assignment]  # names alone, for suggestions

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _ENTRIES:
            return None
        command = _ENTRIES[cmd_name].load()
        translate(command)
        return command

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        with _slips_in_language():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _slips_in_language():
            return super().invoke(ctx)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, in_language(entry.help)) for entry in COMMANDS])
