"""The bar of what takes long."""

import io

from rich.console import Console

from rehearsal.progress import progress


def told(*, is_terminal: bool) -> str:
    out = io.StringIO()
    with progress("Dựng mẫu", Console(file=out, force_terminal=is_terminal, width=60)) as done:
        for hundredth in range(101):
            done(hundredth / 100)
    return out.getvalue()


def test_a_file_gets_a_line_for_each_quarter() -> None:
    assert told(is_terminal=False).splitlines() == [f"Dựng mẫu {each}%" for each in (25, 50, 75, 100)]


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    drawn = told(is_terminal=True)
    assert "100%" in drawn and drawn.endswith("\x1b[2K")
