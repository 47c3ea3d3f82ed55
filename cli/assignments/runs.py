"""`dondoc run`: the flow of one priority task, now or as of another day."""

import typer

from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.store import open_configured_store
from config.clock import now, parse_instant
from config.rules.due_words import due_in_words
from config.settings import load_settings
from flows.forms import FollowUpForm, fill_in
from flows.preview import preview
from flows.steps import Summary
from hosting.prefect.connection import run_flow

_COUNTS_VI = {
    "assigned": "việc mới giao",
    "acknowledged_missing": "việc chưa tiếp nhận",
    "due_soon": "việc sắp đến hạn",
    "overdue": "việc quá hạn",
    "notices": "nội dung nhắc mới",
    "messages_sent": "thư, tin nhắn đã gửi",
    "messages_failed": "không gửi được",
}


def run_command(
    priority: str = typer.Argument(
        metavar="PRIORITY",
        help="p1 … p5, hoặc nhiệm vụ thêm, ví dụ p6. / p1 to p5, or a further task of the plan, e.g. p6.",
    ),
    as_of: str | None = AS_OF,
    period: list[str] = typer.Option(
        [],
        "--period",
        metavar="KEY",
        help="Chỉ kỳ này, ví dụ 2023-Q4; lặp lại được. / Only this period, e.g. 2023-Q4; may be repeated.",
    ),
    offices: str = typer.Option("", "--offices", metavar="A,B", help="Chỉ các cơ quan này. / Only these offices."),
    dry_run: bool = typer.Option(
        False,
        "--dry-run",
        help="Liệt kê việc sẽ giao, thông báo sẽ gửi; không ghi gì."
        " / List what would be assigned and sent; write nothing.",
    ),
    json_: bool = JSON,
) -> None:
    """Run the flow of a priority task in this process."""
    answers = {
        "periods": tuple(period),
        "offices": tuple(code.strip() for code in offices.split(",") if code.strip()),
        "as_of": parse_instant(as_of) if as_of else None,
        "dry_run": dry_run,
    }
    with open_configured_store() as store:  # what the plan does not have is refused before a server is started
        form = fill_in(priority, answers, store.plan)
    if dry_run:
        _show_preview(priority, form, json_)
        return
    _show_summary(priority, run_flow(priority, form, load_settings()), json_)


def _show_summary(priority: str, summary: Summary, json_: bool) -> None:
    if json_:
        show_json(summary.as_json())
        return
    print(f"{priority}: " + ", ".join(f"{count} {_COUNTS_VI[key]}" for key, count in summary.as_json().items()) + ".")


def _show_preview(priority: str, form: FollowUpForm, json_: bool) -> None:
    ahead = preview(load_settings(), priority, form, now())
    if json_:
        show_json(ahead.as_json())
        return
    print(f"{priority}: xem trước, không ghi, không gửi gì. {ahead.late_at_once} việc sẽ giao quá hạn ngay.")
    show_table(
        f"{len(ahead.assignments)} việc sẽ giao",
        ("Việc", "Bước", "Kỳ", "Cơ quan", "Vai trò", "Hạn", "Quy tắc"),
        [(p.subtask, p.step, p.period, p.office, p.role.value, due_in_words(p), p.rule) for p in ahead.assignments],
        empty="Không có việc mới để giao.",
    )
    show_table(
        f"{len(ahead.notices)} nội dung sẽ gửi",
        ("Loại", "Việc", "Kỳ", "Cơ quan", "Nơi nhận", "Kênh", "Hạn"),
        [
            (n.kind.value, n.subtask, n.period, n.office, n.desk.value, n.channel, due_in_words(n))
            for n in ahead.notices
        ],
        empty="Không có gì để gửi.",
    )
