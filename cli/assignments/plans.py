"""`dondoc plan`: check, show and copy the plan."""

from pathlib import Path

import typer

from cli.options import JSON
from cli.output import show_json, show_table
from config.catalogue.folders import copy_plan
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.errors import Refused
from config.settings import PLAN_EXAMPLE_DIR, load_settings

app = typer.Typer()

_DIR = typer.Argument(
    None,
    metavar="[DIR]",
    help="Thư mục kế hoạch; để trống là kế hoạch đang dùng. / Folder of the plan; the plan in use by default.",
)


@app.command("check")
def check_command(directory: Path | None = _DIR, json_: bool = JSON) -> None:
    """Kiểm tra kế hoạch và báo mọi lỗi cùng lúc. / Report every fault of the plan at once."""
    folder = directory or load_settings().plan_dir
    plan = load_plan(folder)
    calendar = load_calendar(folder / "calendar.yaml")
    subtasks = list(plan.subtasks())
    steps = sum(len(subtask.steps) for subtask in subtasks)
    if json_:
        show_json(
            {
                "ok": True,
                "version": plan.version,
                "calendar_version": calendar.version,
                "directives": [directive.code for directive in plan.directives],
                "priorities": len(plan.priorities),
                "subtasks": len(subtasks),
                "steps": steps,
                "offices": len(plan.offices),
            }
        )
        return
    directives = f"{len(plan.directives)} chỉ đạo, " if plan.has_several else ""
    print(
        f"Kế hoạch đúng: {directives}{len(plan.priorities)} nhiệm vụ trọng tâm, {len(subtasks)} việc,"
        f" {steps} bước, {len(plan.offices)} cơ quan (phiên bản {plan.version}). The plan is right."
    )


@app.command("show")
def show_command(directory: Path | None = _DIR, json_: bool = JSON) -> None:
    """Xem kế hoạch: từng việc, trích dẫn, vai trò, thời hạn, căn cứ. / Show the plan with quotes and deadlines."""
    plan = load_plan(directory or load_settings().plan_dir)
    if json_:
        show_json(plan.as_json())
        return
    last = ""
    for priority in plan.as_json()["priorities"]:
        if priority["directive"] != last:
            last = priority["directive"]
            directive = plan.directive(last)
            code = f" [{last}]" if plan.has_several else ""
            print(f"{directive.title_vi} ({directive.date:%d/%m/%Y}){code}")
        show_table(
            f"{priority['code']} · {priority['numeral']}: {priority['title_vi']}",
            ("Mã", "Việc", "Loại", "Căn cứ", "Chủ trì", "Phối hợp", "Thời hạn"),
            [
                (
                    subtask["code"],
                    subtask["title_vi"],
                    subtask["kind"],
                    subtask["basis"],
                    ", ".join(subtask["roles"]["lead"]),
                    ", ".join(subtask["roles"]["coordinating"]),
                    ", ".join(rule["rule"] for rule in subtask["rules"] if rule["role"] == "lead"),
                )
                for subtask in priority["subtasks"]
            ],
            empty="Không có việc.",
        )


@app.command("copy")
def copy_command(
    directory: Path = typer.Argument(metavar="DIR", help="Thư mục mới. / The new folder."),
    example: bool = typer.Option(
        False,
        "--example",
        help="Thêm chương trình MẪU làm chỉ đạo thứ hai. / Add an invented SAMPLE programme as second directive.",
    ),
) -> None:
    """Chép kế hoạch đang dùng ra thư mục riêng để sửa. / Copy the plan in use to a new folder, to change it."""
    plan_dir = load_settings().plan_dir
    load_plan(plan_dir)
    try:
        directory.mkdir(parents=True)
        copy_plan(plan_dir, directory)
        if example:
            copy_plan(PLAN_EXAMPLE_DIR, directory)
    except OSError as fault:
        raise Refused(
            f"Không chép được vào {directory} ({fault.strerror}); chọn một thư mục chưa có.",
            f"Cannot copy into {directory} ({fault.strerror}); choose a folder that is not there yet.",
        ) from None
    print(f"Đã chép kế hoạch vào {directory}. Đặt DONDOC_PLAN_DIR={directory.absolute()} để dùng.")
