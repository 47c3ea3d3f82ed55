"""A bar while something long is prepared: drawn over itself on a terminal, a few lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

_LINES = 4
"""How many lines tell of it where there is no terminal."""


@contextmanager
def progress(words: str, console: Console | None = None) -> Iterator[Callable[[float], None]]:
    """Yields what is called with the part that is done, from 0 to 1, and draws it under these words."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        yield _in_lines(words, console)
        return
    columns = TextColumn(words), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda part: bar.update(task, completed=part)


def _in_lines(words: str, console: Console) -> Callable[[float], None]:
    told = 0

    def tell(part: float) -> None:
        nonlocal told
        if (quarter := int(part * _LINES)) > told:
            told = quarter
            console.print(f"{words} {quarter * 100 // _LINES}%", soft_wrap=True)
            console.file.flush()

    return tell
