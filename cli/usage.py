"""What the library of the command line says by itself, of usage and of slips, in the user's language.

It speaks English alone; the Vietnamese for each of its sentences stands in ``usage.toml``.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException

_HINT = "Xem «{} {}»."
_PARTICULARS = re.compile(r"(?<=  \[)[^\[\]]+(?=\]$)")
"""What a help text ends with: «  [default: 2; x>=1]»."""


class _Formatter(typer.Context.formatter_class):  # type: ignore[misc,valid-type]  # has no public name
    """Writes what is shown of a command."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or vietnamese("Usage: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(vietnamese(heading))

    def write_dl(self, rows: Sequence[tuple[str, str]], *columns: Any, **spacing: Any) -> None:
        super().write_dl([(_typed(name), _particular(help_)) for name, help_ in rows], *columns, **spacing)


class VietnameseContext(typer.Context):
    """Where a command is called; what it shows of itself is in Vietnamese."""

    formatter_class = _Formatter


@contextmanager
def slips_in_vietnamese() -> Iterator[None]:
    """A slip in how a command is called is told in Vietnamese, and ends it with the exit code of the library."""
    try:
        yield
    except TyperException as slip:
        told = slip.format_message()
        context = getattr(slip, "ctx", None)
        if context is not None and told == context.get_help():  # a group that was called without a command
            print(told, file=sys.stderr)
        else:
            if context is not None:
                print(context.get_usage(), file=sys.stderr)
                print(_HINT.format(context.command_path, context.help_option_names[0]), end="\n\n", file=sys.stderr)
            print(f"Lỗi: {vietnamese(told)}", file=sys.stderr)
        raise typer.Exit(slip.exit_code) from None


def vietnamese(said: str) -> str:
    """The Vietnamese for a sentence of the library; itself where there is none."""
    for pattern, words in _SENTENCES:
        if fits := pattern.fullmatch(said):
            return words.format(**{name: vietnamese(part) for name, part in fits.groupdict().items()})
    return said


def _typed(name: str) -> str:
    return re.sub(r"<[\w ]+>", lambda found: vietnamese(found[0]), name)


def _particular(help_: str) -> str:
    return _PARTICULARS.sub(lambda found: "; ".join(map(vietnamese, found[0].split("; "))), vietnamese(help_))


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english)), re.DOTALL)


def _sentences(table: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[re.Pattern[str], str]]:
    for sentences in table.values():
        for english, words in sentences.items():
            yield _pattern(english), words


_SENTENCES = tuple(_sentences(tomllib.loads((Path(__file__).parent / "usage.toml").read_text(encoding="utf-8"))))
