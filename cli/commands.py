"""Every command of `dondoc`: its name, where it is defined, and one sentence about it in each language.

The list of commands is shown from the table in ``commands.toml`` alone, which is the only place of the sentence. A
module is imported when its command runs: importing all of them takes seconds.
"""

import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True)
class CommandEntry:
    """A command or group of commands.

    place   "module:attribute" of a function, or of a ``typer.Typer`` with the commands of a group
    help    Vietnamese and English, as ``cli.help`` takes them apart
    epilog  name of a text in the same module that stands below the options; "" for none
    """

    name: str
    place: str
    help: str
    epilog: str = ""

    def load(self) -> TyperCommand | TyperGroup:
        """Import the module and build the command."""
        module, _, attribute = self.place.partition(":")
        found: Any = getattr(import_module(module), attribute)
        parent = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        parent.callback()(_nothing)
        if isinstance(found, typer.Typer):
            parent.add_typer(found, name=self.name, help=self.help, no_args_is_help=True)
        else:
            epilog = getattr(import_module(module), self.epilog) if self.epilog else None
            parent.command(self.name, help=self.help, epilog=epilog)(found)
        group = get_command(parent)
        assert isinstance(group, TyperGroup)
        command = group.commands[self.name]
        assert isinstance(command, TyperCommand | TyperGroup)
        return command


def _nothing() -> None:
    """Makes Typer build a group even of one command."""


_TABLE = tomllib.loads((Path(__file__).parent / "commands.toml").read_text(encoding="utf-8"))

COMMANDS = tuple(CommandEntry(name, **entry) for name, entry in _TABLE.items())
