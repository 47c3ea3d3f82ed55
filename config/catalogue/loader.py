"""From YAML files to a ``Plan``. One with faults is refused with all of them: file, key, value, advice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from config.catalogue.entries import Contents, entries, files_in, files_named
from config.catalogue.faults import PlanError, PlanErrors, from_validation
from config.catalogue.fields import GroupName, Known, OfficeRef, Part, unique
from config.catalogue.files import PlanFiles
from config.catalogue.folders import (
    MAIN_FOLDER,
    MAIN_PRIORITIES,
    folder_of,
    further_folders,
    in_folder,
    is_priority,
    name_of,
    priority_codes,
)
from config.catalogue.holidays import load_calendar
from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Directive, Plan
from config.catalogue.plan_check import check_plan
from config.catalogue.subtasks import Priority, PriorityFile
from config.errors import Refused
from config.rules.ladder import Ladder
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_DIR
from config.text.suggestions import suggestion

__all__ = ["PlanError", "PlanErrors", "load_plan"]


class Offices(Part):
    """offices.yaml."""

    offices: tuple[OfficeSpec, ...] = Field(min_length=1)


class FurtherGroup(Part):
    """A group that a further directive defines; its offices may be those of the main plan."""

    code: GroupName
    offices: Annotated[tuple[OfficeRef, ...], unique()] = Field(min_length=1)


class FurtherOffices(Part):
    """offices.yaml of a further directive: what it needs besides the offices of the main plan."""

    offices: tuple[OfficeSpec, ...] = ()
    groups: tuple[FurtherGroup, ...] = ()


class Ladders(Part):
    """ladders.yaml."""

    ladders: tuple[Ladder, ...] = Field(min_length=1)


PRIORITY_FILES = tuple(f"p{number}.yaml" for number in range(1, MAIN_PRIORITIES + 1))

_MAIN_FILES = ("directive.yaml", "offices.yaml", "ladders.yaml", *PRIORITY_FILES)
_OPTIONAL = ("offices.yaml", "ladders.yaml")
_CALENDAR = "calendar.yaml"


def load_plan(directory: Path | None = None) -> Plan:
    """Read the plan in ``directory`` (the one shipped, when none is named); raises ``PlanErrors``.

    Each subfolder with a directive.yaml is read as a further directive. The calendars are read as well, since whether
    rules fit each other depends on the days off.
    """
    directory = directory or PLAN_DIR
    if not directory.is_dir():
        missing = PlanError(str(directory), "", None, "không có thư mục này", "there is no such directory")
        raise PlanErrors(directory, [missing])
    files = PlanFiles(directory)
    order = list(_files_of(directory))
    for name in order:
        files.read(name)
    errors = files.errors
    errors += _misplaced(directory)
    parts: dict[str, Any] = {}
    for name, content in files.contents.items():
        model = _model_of(name)
        try:
            parts[name] = model.model_validate(content, context=_known(files, order, folder_of(name)))
        except ValidationError as invalid:
            errors += from_validation(name, content, invalid, model)
    calendar = WorkingCalendar()
    try:
        calendar = load_calendar(directory / _CALENDAR)
    except Refused as refused:
        errors += _calendar_errors(refused)
    errors += check_plan(files.contents, calendar)
    if errors:
        order += [in_folder(folder, _CALENDAR) for folder in dict.fromkeys(map(folder_of, order))]
        place = {name: number for number, name in enumerate(order)}
        raise PlanErrors(directory, sorted(errors, key=lambda error: place.get(error.file, len(place))))
    return _combine(parts)


def _combine(parts: Mapping[str, Any]) -> Plan:
    """One plan from the main plan and the further directives."""
    directives = {folder_of(name): part for name, part in parts.items() if isinstance(part, Directive)}
    priorities = {name: part for name, part in parts.items() if isinstance(part, PriorityFile)}
    groups = [group for part in parts.values() if isinstance(part, FurtherOffices) for group in part.groups]
    listed = [
        office for part in parts.values() if isinstance(part, Offices | FurtherOffices) for office in part.offices
    ]
    offices = []
    for office in listed:
        further = tuple(group.code for group in groups if office.code in group.offices)
        offices.append(office.model_copy(update={"groups": (*office.groups, *further)}) if further else office)
    return Plan(
        directives=tuple(directives.values()),
        priorities=tuple(
            Priority(**dict(part), directive=directives[folder_of(name)].code) for name, part in priorities.items()
        ),
        offices=tuple(offices),
        ladders=tuple(ladder for part in parts.values() if isinstance(part, Ladders) for ladder in part.ladders),
    )


def _files_of(directory: Path) -> Iterator[str]:
    """Every file to read, the main plan's first; optional files of a further directive only where they exist."""
    yield from _MAIN_FILES
    for folder in further_folders(directory):
        yield in_folder(folder.name, "directive.yaml")
        yield from (in_folder(folder.name, name) for name in _OPTIONAL if (folder / name).exists())
        yield from (in_folder(folder.name, f"{code}.yaml") for code in priority_codes(folder))


def _misplaced(directory: Path) -> Iterator[PlanError]:
    """Files that nobody would read, and directives without a priority."""
    for path in sorted(directory.glob("p*.yaml")):
        if is_priority(path.name) and path.name not in PRIORITY_FILES:
            yield PlanError(
                path.name,
                "",
                None,
                f"nhiệm vụ sau p{MAIN_PRIORITIES} thuộc một chỉ đạo khác; để trong thư mục con cùng directive.yaml",
                f"priorities after p{MAIN_PRIORITIES} belong to a further directive, in a subfolder with its"
                " directive.yaml",
            )
    for folder in further_folders(directory):
        names = ("directive.yaml", *_OPTIONAL, _CALENDAR)
        for path in sorted(folder.glob("*.y*ml")):
            if path.name not in names and not is_priority(path.name):
                vi, en = suggestion(path.name, [*names, f"p{MAIN_PRIORITIES + 1}.yaml"])
                yield PlanError(in_folder(folder.name, path.name), "", None, f"không rõ tệp gì{vi}", f"is unknown{en}")
        if not priority_codes(folder):
            yield PlanError(
                in_folder(folder.name, "directive.yaml"),
                "",
                None,
                f"thiếu nhiệm vụ; thêm tệp p{MAIN_PRIORITIES + 1}.yaml (hoặc số lớn hơn) bên cạnh",
                f"has no priority; put p{MAIN_PRIORITIES + 1}.yaml, or one with a higher number, beside it",
            )


def _model_of(file: str) -> type[BaseModel]:
    if is_priority(file):
        return PriorityFile
    if name_of(file) == "offices.yaml":
        return Offices if folder_of(file) == MAIN_FOLDER else FurtherOffices
    return Directive if name_of(file) == "directive.yaml" else Ladders


def _known(files: PlanFiles, order: Sequence[str], folder: str) -> Known:
    """Every code that the files of a folder may name, also of entries that have faults, so that no fault causes
    another: its own and the main plan's. The main plan names only its own; documents and systems are per directive."""
    read = [file for file in order if folder_of(file) in (MAIN_FOLDER, folder)]
    own = files_in(files.contents, folder)

    def codes(chosen: Iterable[str], key: str, by: str = "code", *, needed: bool = True) -> set[str] | None:
        """None where one of the files cannot be read or lacks the list that it needs."""
        found: set[str] = set()
        for file in chosen:
            listed = files.contents.get(file, {}).get(key, None if needed and folder_of(file) == MAIN_FOLDER else [])
            if file not in files.contents or not isinstance(listed, list):
                return None
            found |= {entry[by] for _, entry in entries(files.contents[file], key) if isinstance(entry.get(by), str)}
        return found

    directive = in_folder(folder, "directive.yaml")
    offices = _in_capitals(codes((file for file in read if name_of(file) == "offices.yaml"), "offices"))
    both = {**files_in(files.contents, MAIN_FOLDER), **own}
    return Known(
        offices=offices,
        groups=set(_groups(both)) if offices is not None else None,
        documents=_in_capitals(codes([directive], "documents", "id", needed=False)),
        systems=_in_capitals(codes([directive], "systems", "id", needed=False)),
        ladders=codes((file for file in read if name_of(file) == "ladders.yaml"), "ladders"),
        subtasks=codes((file for file in read if is_priority(file)), "subtasks"),
    )


def _in_capitals(codes: set[str] | None) -> set[str] | None:
    """A code defined in small letters is told there; those who name it rightly are not at fault."""
    return None if codes is None else {code.upper() for code in codes}


def _groups(contents: Contents) -> Iterator[str]:
    for _, content in files_named(contents, "offices.yaml"):
        for _, office in entries(content, "offices"):
            listed = office.get("groups")
            yield from (group for group in listed if isinstance(group, str)) if isinstance(listed, list) else ()
        yield from (group["code"] for _, group in entries(content, "groups") if isinstance(group.get("code"), str))


def _calendar_errors(refused: Refused) -> Iterator[PlanError]:
    """The faults of the calendars, as faults of the plan."""
    for fault in refused.faults:
        file, _, problem = str(fault).partition(": ")
        yield PlanError(file, "", None, problem, fault.en.partition(": ")[2])
