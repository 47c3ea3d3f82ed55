"""`dondoc rehearse`: what the months ahead would bring, played on a copy of the store."""

import typer
from rich.progress import BarColumn, Progress, TextColumn

from cli.options import AS_OF, JSON
from cli.output import show_json, show_table
from cli.store import effective_time, open_configured_store
from config.catalogue.plan import Plan
from rehearsal.rehearse import rehearse
from reports.months_ahead.outcome import LONGEST_MONTHS, Rehearsal

ROWS_SHOWN = 30
"""Days and dates listed on the screen; ``--json`` lists all."""


def rehearse_command(
    months: int = typer.Option(
        6, "--months", help=f"Số tháng, 1 đến {LONGEST_MONTHS}. / Months, 1 to {LONGEST_MONTHS}."
    ),
    answering: bool = typer.Option(
        False,
        "--answering",
        help="Cơ quan trả lời như từ trước đến nay; không dùng thì không ai trả lời. / Offices respond as they have "
        "so far; otherwise nobody does.",
    ),
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Diễn tập các tháng tới trên bản sao; kho dữ liệu không đổi, không gửi gì. / Rehearse the months ahead."""
    now = effective_time(as_of)
    with open_configured_store() as store:
        columns = (TextColumn("Diễn tập / rehearsing"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(*columns, transient=True, disable=json_) as bar:
            task = bar.add_task("", total=1.0)
            found = rehearse(
                store, months, now=now, answering=answering, say=lambda part: bar.update(task, completed=part)
            )
        if json_:
            show_json(found.as_json())
        else:
            _show(found, store.plan)


def _show(found: Rehearsal, plan: Plan) -> None:
    letters, peak = sum(day.letters for day in found.days), max(found.days, key=lambda day: day.letters, default=None)
    print(f"Từ {found.first:%d/%m/%Y} đến {found.last:%d/%m/%Y}: {letters} thư trong {len(found.days)} ngày có thư.")
    if peak is not None:
        print(f"Nhiều nhất: {peak.letters} thư cho {peak.offices} cơ quan, ngày {peak.date:%d/%m/%Y}.")
    show_table(
        "Theo cơ quan",
        ("Cơ quan", "Thư", "Việc đến hạn", "Tuần nhiều hạn nhất", "Đến thủ trưởng", "Địa chỉ"),
        [
            (
                plan.office(each.office).name_vi,
                each.letters,
                each.due,
                f"{each.busiest_week:%d/%m/%Y}" if each.busiest_week else "",
                f"{each.head_on:%d/%m/%Y}" if each.head_on else "",
                "chưa có" if each.without_address else "",
            )
            for each in sorted(found.offices, key=lambda each: -each.letters)
        ],
        empty="Không cơ quan nào nhận thư.",
    )
    show_table(
        "Hạn đáng lo",
        ("Ngày", "Cơ quan", "Nội dung", "Vì sao"),
        [
            (f"{each.date:%d/%m/%Y}", plan.office(each.office).name_vi, each.subtask, each.why[0])
            for each in found.dates_at_risk[:ROWS_SHOWN]
        ],
        empty="Không có hạn nào sát kỳ nghỉ dài hay trong năm chưa có lịch nghỉ.",
    )
    if (more := len(found.dates_at_risk) - ROWS_SHOWN) > 0:
        print(f"… và {more} hạn nữa; xem tất cả bằng --json.")
    if found.without_date:
        counted = ", ".join(f"{code} ({count})" for code, count in found.without_date.items())
        print(f"Chưa định hạn: {counted}.")
