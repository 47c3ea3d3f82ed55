"""`dondoc plan`: check and show the plan in force, or the files of one."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import typer

from cli.options import JSON
from cli.output import show_json, show_table
from cli.plans import editions
from cli.plans.editions import passed_json, print_passed
from cli.store import open_configured_store
from config.catalogue.assignees import assignees
from config.catalogue.checks.passed_days import passed_days
from config.catalogue.folders import CALENDAR
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.steps import Team
from config.catalogue.subtasks import Subtask
from config.clock import local_date, now
from config.rules.working_time import WorkingCalendar

app = typer.Typer()
app.add_typer(editions.app)

_SOME_HOST = "?"
"""Stands for the office that will hold an event: it is one, whichever it is."""

_DIR = typer.Argument(
    None,
    metavar="[DIR]",
    help="Thư mục kế hoạch; để trống là kế hoạch đang dùng. / Folder of the plan; the plan in use by default.",
)


@app.command("check")
def check_command(directory: Path | None = _DIR, json_: bool = JSON) -> None:
    """Kiểm tra kế hoạch và báo mọi lỗi cùng lúc. / Report every fault of the plan at once."""
    plan, calendar = _plan_at(directory)
    subtasks = list(plan.subtasks())
    steps = sum(len(subtask.steps) for subtask in subtasks)
    # Of the plan in force this was told when it came in.
    passed = list(passed_days(plan, calendar, local_date(now()))) if directory else []
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
                "assignments": _assignment_count(plan),
                "offices": len(plan.offices),
                "passed": passed_json(passed),
            }
        )
        return
    print(
        f"Kế hoạch đúng: {_directives(plan)}{len(plan.priorities)} nhiệm vụ trọng tâm, {len(subtasks)} nhiệm vụ cụ thể,"
        f" {steps} bước, mỗi lượt giao {_assignment_count(plan)} phần việc, {len(plan.offices)} cơ quan"
        f" (phiên bản {plan.version}). The plan is right."
    )
    print_passed(passed)


def _plan_at(path: Path | None) -> tuple[Plan, WorkingCalendar]:
    """The plan that files say, or the one in force."""
    if path is not None:
        return load_plan(path, today=local_date(now())), load_calendar(path / CALENDAR)
    with open_configured_store() as store:
        return store.plan, store.calendar


def _directives(plan: Plan) -> str:
    return f"{len(plan.directives)} chỉ đạo, " if plan.has_several else ""


def _assignment_count(plan: Plan, *priorities: str) -> int:
    """How many assignments there are when every step comes round once, with the offices of the directive's day."""
    return sum(
        sum(1 for _ in assignees(plan, step, plan.directive(priority.directive).date, host=_SOME_HOST))
        for priority in plan.priorities
        if not priorities or priority.code in priorities
        for subtask in priority.subtasks
        for step in subtask.steps
    )


@app.command("show")
def show_command(directory: Path | None = _DIR, json_: bool = JSON) -> None:
    """Xem kế hoạch: từng việc, trích dẫn, vai trò, thời hạn, căn cứ. / Show the plan with quotes and deadlines."""
    plan, _ = _plan_at(directory)
    if json_:
        show_json(plan_json(plan))
        return
    last = ""
    for priority in plan.priorities:
        if priority.directive != last:
            last = priority.directive
            directive = plan.directive(last)
            code = f" [{last}]" if plan.has_several else ""
            print(f"{directive.title_vi} ({directive.date:%d/%m/%Y}){code}")
        show_table(
            f"{priority.code} · {priority.numeral}: {priority.title_vi}",
            ("Mã", "Nhiệm vụ cụ thể", "Loại", "Căn cứ", "Chủ trì", "Phối hợp", "Được biết", "Thời hạn"),
            [_row(subtask) for subtask in priority.subtasks],
            empty="Không có nhiệm vụ.",
        )
        count = _assignment_count(plan, priority.code)
        print(f"{len(priority.subtasks)} nhiệm vụ cụ thể · mỗi lượt giao {count} phần việc")
    print(
        f"Cộng: {sum(1 for _ in plan.subtasks())} nhiệm vụ cụ thể (subtasks) ·"
        f" mỗi lượt giao {_assignment_count(plan)} phần việc (assignments)"
    )


def _row(subtask: Subtask) -> tuple[str, ...]:
    teams = [team for step in subtask.steps for team in step.teams()]
    return (
        subtask.code,
        subtask.title_vi,
        subtask.kind,
        ", ".join(_each_once(subtask.basis_of(step, "lead") for step in subtask.steps)) or (subtask.basis or ""),
        "; ".join(_each_once(map(_leads, teams))),
        ", ".join(_each_once(str(office) for team in teams for office in team.asked)),
        ", ".join(_each_once(str(office) for team in teams for office in team.named)),
        ", ".join(_each_once(step.words_of("lead") or step.due.lead for step in subtask.steps)),
    )


def _leads(team: Team) -> str:
    """«SYT + STC» lead together; «SYT, STC» a copy each."""
    return (", " if team.each else " + ").join(map(str, team.leads))


def _each_once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def plan_json(plan: Plan) -> dict[str, Any]:
    """The whole plan, for programs."""
    return {
        "version": plan.version,
        "directives": [directive.model_dump(mode="json") for directive in plan.directives],
        "priorities": [
            {
                "code": priority.code,
                "directive": priority.directive,
                "numeral": priority.numeral,
                "title_vi": priority.title_vi,
                "title_en": priority.title_en,
                "subtasks": [_subtask_json(subtask) for subtask in priority.subtasks],
            }
            for priority in plan.priorities
        ],
        "offices": [office.model_dump(mode="json") for office in plan.offices],
        "groups": {name: list(codes) for name, codes in plan.groups.items()},
        "ladders": [ladder.model_dump(mode="json") for ladder in plan.ladders],
    }


def _subtask_json(subtask: Subtask) -> dict[str, Any]:
    teams = [team for step in subtask.steps for team in step.teams()]

    def names(role: Literal["leads", "asked", "named"]) -> list[str]:
        return list(dict.fromkeys(str(selector) for team in teams for selector in getattr(team, role)))

    return {
        **subtask.model_dump(mode="json", exclude={"steps"}),
        "quote": subtask.quote,
        "roles": {
            "lead": names("leads"),
            "coordinating": names("asked"),
            "monitor": subtask.monitor,
        },
        "named": names("named"),
        "rules": [
            {"step": step.key, "trigger": step.trigger, "role": role, "rule": rule}
            for step in subtask.steps
            for role, rule in (("lead", step.due.lead), ("coordinating", step.due.helpers_rule))
            if rule is not None
        ],
        "steps": [step.model_dump(mode="json") for step in subtask.steps],
    }
