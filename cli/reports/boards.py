"""`dondoc board|review`: how everything stands, and how a year went."""

import typer
from rich.console import Console
from rich.markdown import Markdown

from cli.output import JsonFlag, show_json
from cli.workspace import AsOf, DirectiveOption, instant, looking, opened
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from reports.papers.yearly_review import review_markdown, yearly_review


def board_command(
    priority: str | None = typer.Option(None, "--priority", help="Chỉ một nhiệm vụ, ví dụ p1. One priority only."),
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Bảng theo dõi: số việc theo tình trạng, việc quá hạn, hạn sắp tới. The board."""
    with opened() as store, looking(store, as_of) as connection:
        directive = store.plan.directive_of(priority).code if priority is not None else None
        now = instant(as_of)
        view = board(connection, now=now, calendar=store.calendar, priority=priority, directive=directive)
        if json_:
            show_json(view.as_json())
        else:
            Console().print(Markdown(board_markdown(view, store.plan, priority=priority)))


def review_command(
    year: int = typer.Argument(help="Năm. The year."),
    directive: str | None = DirectiveOption,
    as_of: str | None = AsOf,
    json_: bool = JsonFlag,
) -> None:
    """Sơ kết một năm, so với năm trước. A year reviewed against the year before."""
    with opened() as store, looking(store, as_of) as connection:
        plan, calendar = store.plan, store.calendar
        found = yearly_review(connection, year, plan=plan, calendar=calendar, now=instant(as_of), directive=directive)
        if json_:
            show_json(found.as_json())
        else:
            Console().print(Markdown(review_markdown(found, store.plan)))
