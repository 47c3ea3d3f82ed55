"""How the command answers: tables for people, JSON for scripts, refusals in words."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from config.errors import Refused

JsonFlag = typer.Option(False, "--json", help="In kết quả dạng JSON (cho chương trình). JSON, for scripts.")


def show_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table as wide as the terminal, or as its content when the output goes to a file."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        print(empty)
        return
    table = Table(*head, title=title, title_justify="left", show_lines=False)
    for line in lines:
        table.add_row(*line)
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(table)


def refuse(refused: Refused) -> NoReturn:
    """Print a refusal, Vietnamese first and English second, and end with exit code 1."""
    print(f"Lỗi: {refused}", file=sys.stderr)
    for line in refused.details:
        print(f"  - {line}", file=sys.stderr)
    if refused.en != str(refused):
        print(f"Error: {refused.en}", file=sys.stderr)
    raise SystemExit(1)
