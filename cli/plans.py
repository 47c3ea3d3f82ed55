"""`dondoc plan`: check and show the plan."""

import shutil
from pathlib import Path

import typer

from cli.output import JsonFlag, show_json, show_table
from config.errors import Refused
from config.plan_loader import load_plan
from config.settings import load_settings
from config.working_time import load_calendar

app = typer.Typer(no_args_is_help=True, help="Kế hoạch: chỉ đạo, nhiệm vụ, cơ quan, thời hạn. The plan as data.")

_DIR = typer.Argument(None, metavar="[DIR]", help="Thư mục kế hoạch; để trống là kế hoạch đang dùng. Plan folder.")


@app.command("check")
def check_command(directory: Path | None = _DIR, json_: bool = JsonFlag) -> None:
    """Kiểm tra kế hoạch và báo mọi lỗi cùng lúc. Report every fault of the plan at once."""
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
                "priorities": len(plan.priorities),
                "subtasks": len(subtasks),
                "steps": steps,
                "offices": len(plan.offices),
            }
        )
        return
    print(
        f"Kế hoạch đúng: {len(plan.priorities)} nhiệm vụ trọng tâm, {len(subtasks)} việc, {steps} bước,"
        f" {len(plan.offices)} cơ quan (phiên bản {plan.version}). The plan is right."
    )


@app.command("show")
def show_command(directory: Path | None = _DIR, json_: bool = JsonFlag) -> None:
    """Xem kế hoạch: từng việc, trích dẫn, vai trò, thời hạn, căn cứ. Show the plan."""
    plan = load_plan(directory or load_settings().plan_dir)
    if json_:
        show_json(plan.as_json())
        return
    print(f"{plan.directive.title_vi} ({plan.directive.date:%d/%m/%Y})")
    for priority in plan.as_json()["priorities"]:
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
def copy_command(directory: Path = typer.Argument(metavar="DIR", help="Thư mục mới. A new folder.")) -> None:
    """Chép kế hoạch đang dùng ra thư mục riêng để sửa. Copy the plan in use to a folder of one's own."""
    plan_dir = load_settings().plan_dir
    load_plan(plan_dir)
    try:
        directory.mkdir(parents=True)
        for path in sorted(plan_dir.glob("*.yaml")):
            shutil.copyfile(path, directory / path.name)
    except OSError as fault:
        raise Refused(
            f"Không chép được vào {directory} ({fault.strerror}); chọn một thư mục chưa có.",
            f"Cannot copy into {directory} ({fault.strerror}); choose a folder that is not there yet.",
        ) from None
    print(f"Đã chép kế hoạch vào {directory}. Đặt DONDOC_PLAN_DIR={directory.absolute()} để dùng.")
