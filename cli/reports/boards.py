"""`dondoc board|review`: the status of all assignments, and the review of a year."""

import typer
from rich.console import Console
from rich.markdown import Markdown

from cli.options import AS_OF, DIRECTIVE, JSON
from cli.output import show_json
from cli.store import effective_time, open_configured_store, read_as_of
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from reports.papers.yearly_review import review_markdown, yearly_review
from reports.targets import of_priority, target_lines


def board_command(
    priority: str | None = typer.Option(
        None, "--priority", help="Chỉ một nhiệm vụ, ví dụ p1. / Only this priority task, e.g. p1."
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Show the board of all assignments or of one priority task."""
    with open_configured_store() as store, read_as_of(store, as_of) as connection:
        directive = store.plan.directive_of(priority).code if priority is not None else None
        now = effective_time(as_of)
        view = board(connection, now=now, calendar=store.calendar, priority=priority, directive=directive)
        targets = target_lines(connection, store.plan, now=now, only=of_priority(priority))
        if json_:
            show_json(view.as_json() | {"targets": [each.as_json() for each in targets]})
        else:
            Console().print(Markdown(board_markdown(view, store.plan, targets=targets, priority=priority)))


def review_command(
    year: int = typer.Argument(help="Năm, ví dụ 2024. / The year, e.g. 2024."),
    directive: str | None = DIRECTIVE,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Show how a year went, by regulation, priority task, subtask and office."""
    with open_configured_store() as store, read_as_of(store, as_of) as connection:
        found = yearly_review(connection, store, year, now=effective_time(as_of), directive=directive)
        if json_:
            show_json(found.as_json())
        else:
            Console().print(Markdown(review_markdown(found, store.plan)))
