"""How a command answers: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from textwrap import indent
from typing import Any

from config.clock import HANOI
from config.errors import Refused


def show_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_json_rows(rows: Iterable[Any]) -> None:
    """Print a list as ``show_json`` does, but row by row, so that a long one takes no memory."""
    begun = False
    for row in rows:
        print("," if begun else "[")
        print(indent(json.dumps(row, ensure_ascii=False, indent=2, default=str), "  "), end="")
        begun = True
    print("\n]" if begun else "[]")


@contextmanager
def progress_bar(label: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on the terminal; yields what to call with each number of rows done, None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda rows: progress.advance(task, rows)


def show_table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print a table as wide as the terminal, or as its content into a file; prints ``empty`` when there are no rows."""
    from rich.console import Console
    from rich.table import Table

    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        print(empty)
        return
    table = Table(*head, title=title, title_justify="left", show_lines=False)
    for line in lines:
        table.add_row(*line)
    # Without markup: rich would read «[dondoc]» as a style, and «:x:» as a picture.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False)
    console.print(table)


def show_list(
    json_: bool, entries: Iterable[Any], title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str
) -> None:
    """Print ``entries`` as JSON for a program, or ``rows`` as a table for people."""
    if json_:
        show_json(list(entries))
    else:
        show_table(title, head, rows, empty=empty)


def check_choice(option: str, value: str | None, choices: type[StrEnum]) -> None:
    """Raise ``Refused`` unless the value of ``--option`` is one of ``choices`` or None."""
    known = [choice.value for choice in choices]
    if value is not None and value not in known:
        raise Refused(
            f"--{option} «{value}» không có; dùng {', '.join(known)}.",
            f"Unknown --{option} '{value}'; use {', '.join(known)}.",
        )


def format_time(at: datetime | None) -> str:
    """A moment for a table, in Hà Nội's time; "" for None."""
    return f"{at.astimezone(HANOI):%d/%m/%Y %H:%M}" if at else ""


def json_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for JSON: moments as ISO text in Hà Nội's time."""
    return {
        key: value.astimezone(HANOI).isoformat() if isinstance(value, datetime) else value for key, value in row.items()
    }
