"""The help of the command: in one language, in whole sentences, and without importing what it tells of.

Every help text is written as "Vietnamese sentence. / English sentence."; the language of ``DONDOC_LANGUAGE`` is
chosen here, once, for commands, groups, arguments and options.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from typer.core import TyperCommand, TyperGroup

from cli.commands import COMMANDS, CommandEntry
from cli.language import in_language


def translate(command: Any) -> None:
    """Leave one language in the help of a command, of its parameters, and of the commands below it."""
    command.help = in_language(command.help or "")
    command.short_help = command.help  # a list of commands would cut the help short otherwise
    command.epilog = in_language(command.epilog or "")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = in_language(parameter.help)
    for child in getattr(command, "commands", {}).values():
        translate(child)


class _Commands(MutableMapping[str, Any]):
    """The commands by name, each imported when it is asked for."""

    def __init__(self, entries: Mapping[str, CommandEntry]) -> None:
        self._entries = entries
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in self._loaded:
            command = self._entries[name].load()
            translate(command)
            self._loaded[name] = command
        return self._loaded[name]  # type: ignore[no-any-return]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        raise TypeError("commands are listed in cli.commands")

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class LazyGroup(TyperGroup):
    """`dondoc` itself: lists its commands from the table of ``cli.commands``, and imports the one that runs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.help = in_language(self.help or "")
        self.commands = _Commands({entry.name: entry for entry in COMMANDS})

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, in_language(entry.help)) for entry in COMMANDS])
