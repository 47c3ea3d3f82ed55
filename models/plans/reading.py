"""Reading a plan's files beside the plan in force: what they say is taken, what they do not mention stays."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from config.catalogue.folders import (
    CALENDAR,
    DIRECTIVE,
    files_of,
    folder_of,
    further_folders,
    in_folder,
    is_priority,
    name_of,
    one_file_in,
)
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.writing import directive_folders, plan_files
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.text.plain_yaml import as_yaml, read_yaml
from models.plans.documents import Content, PlanInForce


def plan_from(path: Path, in_force: PlanInForce, today: date) -> tuple[Plan, WorkingCalendar]:
    """The plan as it would be with what a folder or a file says; raises ``PlanErrors`` with every fault.

    path  a folder of a plan, a file that holds a whole one, or one file of a plan that was written out: its directive
          or one priority
    today  the date of a directive that names none and is new
    """
    if path.is_file() and (path.name == DIRECTIVE or is_priority(path.name)):
        return _with_one_file(path, in_force)
    code = _directive_code_in(path)
    if code == in_force.plan.main_directive.code:
        plan, calendar = _changed(path, in_force.plan)
        return _beside(plan, in_force.plan), _days_beside(calendar, in_force.calendar)
    plan = load_plan(path, beside=in_force.plan, common=in_force.calendar, today=today)
    own, standing = load_calendar(path / CALENDAR, common=in_force.calendar), in_force.calendar
    theirs = [each.code for each in plan.priorities if each.directive == code]
    kept = {each: calendar for each, calendar in standing.own.items() if each not in theirs}
    if own is not standing:
        kept |= dict.fromkeys(theirs, own)
    return _beside(plan, in_force.plan), replace(standing, own=kept)


def _with_one_file(path: Path, in_force: PlanInForce) -> tuple[Plan, WorkingCalendar]:
    """The whole plan in force, written out with one file in the place of the one it changes."""
    files = plan_files(in_force.plan, in_force.calendar)
    code = _directive_code_in(path) if path.name == DIRECTIVE else ""
    folders = {each.code: folder for folder, each in directive_folders(in_force.plan)}
    place = next(
        (file for file in files if is_priority(path.name) and name_of(file) == path.name),
        in_folder(folders[code], DIRECTIVE) if code in folders else "",
    )
    if not place:
        raise Refused(
            f"{path.name}: kế hoạch đang dùng không có phần này; nhập cả thư mục của chỉ đạo.",
            f"{path.name}: the plan in force has no such part; import the directive's whole folder.",
        )
    changed = {file: text.encode() for file, text in files.items()} | {place: path.read_bytes()}
    plan, calendar = _read_back(changed, in_force.plan)
    return _beside(plan, in_force.plan), _days_beside(calendar, in_force.calendar)


def checked_plan(plan: Plan, calendar: WorkingCalendar, standing: Plan) -> tuple[Plan, WorkingCalendar]:
    """A plan put together from parts, as its files would be read; raises ``PlanErrors`` where the parts do not fit.

    standing  the plan that it changes
    """
    return _read_back({file: text.encode() for file, text in plan_files(plan, calendar).items()}, standing)


def with_contents(
    plan: Plan, calendar: WorkingCalendar, changed: Mapping[str, Content | str | None]
) -> tuple[Plan, WorkingCalendar]:
    """A plan with other contents of some of its files, as they would be read; raises ``PlanErrors`` with every fault.

    changed  by file, as ``config.catalogue.writing.plan_contents`` names them, or the text of a .txt file; None takes
             the file away
    """
    files = {file: text.encode() for file, text in plan_files(plan, calendar).items()}
    for file, content in changed.items():
        if content is None:
            del files[file]
        else:
            files[file] = (content if isinstance(content, str) else as_yaml(content)).encode()
    return _read_back(files, plan)


def _read_back(files: Mapping[str, bytes], standing: Plan) -> tuple[Plan, WorkingCalendar]:
    with TemporaryDirectory() as folder:
        for file, content in files.items():
            (Path(folder) / folder_of(file)).mkdir(exist_ok=True)
            (Path(folder) / file).write_bytes(content)
        return _changed(Path(folder), standing)


def _changed(folder: Path, standing: Plan) -> tuple[Plan, WorkingCalendar]:
    """The plan and the calendar of a folder that holds a whole plan, as a change of the one that stands."""
    plan = load_plan(folder, standing=standing, today=standing.main_directive.date)
    return plan, load_calendar(folder / CALENDAR)


def _beside(plan: Plan, standing: Plan) -> Plan:
    """A plan's offices and ladders with those that stand and it does not mention."""
    offices = {each.code for each in plan.offices}
    ladders = {each.code for each in plan.ladders}
    return plan.model_copy(
        update={
            "offices": (*plan.offices, *(each for each in standing.offices if each.code not in offices)),
            "ladders": (*plan.ladders, *(each for each in standing.ladders if each.code not in ladders)),
        }
    )


def _days_beside(calendar: WorkingCalendar, standing: WorkingCalendar) -> WorkingCalendar:
    """A calendar with the days that notices decided since."""
    days = {each.date for each in calendar.overrides}
    since = (each for each in standing.overrides if each.date not in days)
    provisional_from = max(calendar.provisional_from, standing.provisional_from)
    return replace(calendar, overrides=(*calendar.overrides, *since), provisional_from=provisional_from)


def source_digest(source: Path) -> str:
    """SHA-256 of the names and contents of a plan's files; empty where there are none."""
    folders = (source, *further_folders(source)) if source.is_dir() else ()
    paths = [path for folder in folders for path in files_of(folder) if path.suffix in (".yaml", ".txt")]
    paths += [source] if source.is_file() else []
    whole = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        whole.update(f"{path.relative_to(source).as_posix()}\0{len(content)}\0".encode() + content)
    return whole.hexdigest() if paths else ""


def _directive_code_in(path: Path) -> str:
    """The code of the directive that a folder or file of a plan begins with; empty where it cannot be read."""
    one_file = one_file_in(path) if path.is_dir() or path.name != DIRECTIVE else None
    try:
        content = read_yaml(one_file or (path / DIRECTIVE if path.is_dir() else path)).content
    except Refused:
        return ""
    directive = content.get("directive", {}) if one_file and isinstance(content, dict) else content
    return str(directive.get("code", "")) if isinstance(directive, dict) else ""
