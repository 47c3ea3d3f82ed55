"""From YAML files to a ``Plan``; a broken one is refused with all its faults: file, key, value, advice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from config.catalogue import Directive, Plan, Priority
from config.errors import Refused
from config.ladder import Ladder
from config.offices import OfficeSpec
from config.plan_check import check_plan
from config.plan_entries import entries
from config.plan_faults import PlanError, PlanErrors, from_validation
from config.plan_fields import Known, Part
from config.plan_files import PlanFiles
from config.settings import PLAN_DIR
from config.working_time import WorkingCalendar, load_calendar

__all__ = ["PlanError", "PlanErrors", "load_plan"]


class Offices(Part):
    """offices.yaml."""

    offices: tuple[OfficeSpec, ...] = Field(min_length=1)


class Ladders(Part):
    """ladders.yaml."""

    ladders: tuple[Ladder, ...] = Field(min_length=1)


PRIORITY_FILES = ("p1.yaml", "p2.yaml", "p3.yaml", "p4.yaml", "p5.yaml")

_MODELS: Mapping[str, type[BaseModel]] = {
    "directive.yaml": Directive,
    "offices.yaml": Offices,
    "ladders.yaml": Ladders,
    **dict.fromkeys(PRIORITY_FILES, Priority),
}


def load_plan(directory: Path | None = None) -> Plan:
    """Read the plan in ``directory`` (the one shipped, when none is named); raises ``PlanErrors``.

    The calendar beside it is read as well, since whether rules fit each other depends on the days off.
    """
    directory = directory or PLAN_DIR
    if not directory.is_dir():
        missing = PlanError(str(directory), "", None, "không có thư mục này", "there is no such directory")
        raise PlanErrors(directory, [missing])
    files = PlanFiles()
    for name in _MODELS:
        files.read(directory / name)
    errors = files.errors
    known = _known(files.contents)
    parts: dict[str, Any] = {}
    for name, content in files.contents.items():
        try:
            parts[name] = _MODELS[name].model_validate(content, context=known)
        except ValidationError as invalid:
            errors += from_validation(name, content, invalid, _MODELS[name])
    calendar = WorkingCalendar()
    try:
        calendar = load_calendar(directory / "calendar.yaml")
    except Refused as refused:
        errors += _calendar_errors(refused)
    errors += check_plan(files.contents, calendar)
    if errors:
        order = [*_MODELS, "calendar.yaml"]
        raise PlanErrors(directory, sorted(errors, key=lambda error: order.index(error.file)))
    return Plan(
        directive=parts["directive.yaml"],
        priorities=tuple(parts[name] for name in PRIORITY_FILES),
        offices=parts["offices.yaml"].offices,
        ladders=parts["ladders.yaml"].ladders,
    )


def _known(contents: Mapping[str, Mapping[str, Any]]) -> Known:
    """Every code written down, also of entries that have faults, so that no fault causes another."""

    def codes(file: str, key: str, by: str = "code") -> set[str] | None:
        if not isinstance(contents.get(file, {}).get(key), list):
            return None
        return {entry[by] for _, entry in entries(contents[file], key) if isinstance(entry.get(by), str)}

    subtasks: set[str] | None = set()
    for file in PRIORITY_FILES:
        found = codes(file, "subtasks")
        subtasks = None if found is None or subtasks is None else subtasks | found
    return Known(
        offices=(offices := _in_capitals(codes("offices.yaml", "offices"))),
        groups=set(_groups(contents)) if offices is not None else None,
        documents=_in_capitals(codes("directive.yaml", "documents", "id")),
        systems=_in_capitals(codes("directive.yaml", "systems", "id")),
        ladders=codes("ladders.yaml", "ladders"),
        subtasks=subtasks,
    )


def _in_capitals(codes: set[str] | None) -> set[str] | None:
    """A code defined in small letters is told there; those who name it rightly are not at fault."""
    return None if codes is None else {code.upper() for code in codes}


def _groups(contents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for _, office in entries(contents["offices.yaml"], "offices"):
        named = office.get("groups")
        yield from (group for group in named if isinstance(group, str)) if isinstance(named, list) else ()


def _calendar_errors(refused: Refused) -> Iterator[PlanError]:
    """The calendar tells its own faults; here they take their place among the others."""
    for line in refused.details or (str(refused),):
        problem = line.removeprefix("calendar.yaml: ")
        yield PlanError("calendar.yaml", "", None, problem, refused.en)
