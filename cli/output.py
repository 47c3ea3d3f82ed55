"""How the command answers: tables for people, JSON for scripts, refusals in words."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from textwrap import indent
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from config.clock import HANOI
from config.errors import Refused

JsonFlag = typer.Option(False, "--json", help="In kết quả dạng JSON (cho chương trình). JSON, for scripts.")


def show_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_json_rows(rows: Iterable[Any]) -> None:
    """A list like that of ``show_json``, printed row by row, so that many of them take no memory."""
    begun = False
    for row in rows:
        print("," if begun else "[")
        print(indent(json.dumps(row, ensure_ascii=False, indent=2, default=str), "  "), end="")
        begun = True
    print("\n]" if begun else "[]")


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """A bar that fills as rows are done, of a ``total`` that is known or not; nothing where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda rows: progress.advance(task, rows)


def show_table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table as wide as the terminal, or as its content when the output goes to a file."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        print(empty)
        return
    table = Table(*head, title=title, title_justify="left", show_lines=False)
    for line in lines:
        table.add_row(*line)
    # Taken as they are: rich would read «[dondoc]» as a style, and «:x:» as a picture.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False)
    console.print(table)


def one_of(name: str, value: str | None, kinds: type[StrEnum]) -> None:
    """Raises ``Refused`` unless the value of option ``name`` is one of a closed list, or not given."""
    known = [kind.value for kind in kinds]
    if value is not None and value not in known:
        raise Refused(
            f"--{name} «{value}» không có; dùng {', '.join(known)}.",
            f"Unknown {name} '{value}'; use {', '.join(known)}.",
        )


def moment(at: datetime | None) -> str:
    """An instant for a table, in Hà Nội's time; nothing when there is none."""
    return f"{at.astimezone(HANOI):%d/%m/%Y %H:%M}" if at else ""


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON: instants in Hà Nội's time."""
    return {
        key: value.astimezone(HANOI).isoformat() if isinstance(value, datetime) else value for key, value in row.items()
    }


def refuse(refused: Refused) -> NoReturn:
    """Print a refusal, Vietnamese first and English second, and end with exit code 1."""
    print(f"Lỗi: {refused}", file=sys.stderr)
    for line in refused.details:
        print(f"  - {line}", file=sys.stderr)
    if refused.en != str(refused):
        print(f"Error: {refused.en}", file=sys.stderr)
        for line in refused.details_en:
            print(f"  - {line}", file=sys.stderr)
    raise SystemExit(1)
