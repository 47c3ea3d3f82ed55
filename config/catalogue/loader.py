"""From YAML files to a ``Plan``. One with faults is refused with all of them: file, key, value, advice."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from config.catalogue.checks.entries import Contents, entries, files_in, files_named, without_faults
from config.catalogue.checks.office_references import register_names, with_codes
from config.catalogue.checks.plan_check import check_plan
from config.catalogue.faults import PlanError, PlanErrors, from_validation
from config.catalogue.fields import GroupName, Known, OfficeRef, Part, unique
from config.catalogue.folders import (
    CALENDAR,
    DIRECTIVE,
    LADDERS,
    MAIN_FOLDER,
    OFFICES,
    PlanFiles,
    folder_of,
    in_folder,
    is_priority,
    name_of,
)
from config.catalogue.holidays import load_calendar
from config.catalogue.offices import OfficeSpec, Register
from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Priority, PriorityFile
from config.catalogue.writing import plan_contents, without_directive
from config.errors import Refused
from config.rules.ladder import Ladder
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_DIR

__all__ = ["PlanError", "PlanErrors", "load_plan"]


class OfficeGroup(Part):
    """A group of offices, which may be those of the main plan."""

    code: GroupName
    offices: Annotated[tuple[OfficeRef, ...], unique()] = Field(min_length=1)


class Offices(Part):
    """offices.yaml."""

    offices: tuple[OfficeSpec, ...] = Field(min_length=1)
    groups: tuple[OfficeGroup, ...] = ()


class FurtherOffices(Part):
    """offices.yaml of a further directive: what it needs besides the offices of the main plan."""

    offices: tuple[OfficeSpec, ...] = ()
    groups: tuple[OfficeGroup, ...] = ()


class Ladders(Part):
    """ladders.yaml."""

    ladders: tuple[Ladder, ...] = Field(min_length=1)


class FurtherLadders(Part):
    """ladders.yaml of a further directive: what it needs besides the ladders of the main plan."""

    ladders: tuple[Ladder, ...] = ()


def load_plan(
    directory: Path | None = None,
    *,
    beside: Plan | None = None,
    common: WorkingCalendar | None = None,
    standing: Plan | None = None,
    version_0_1: bool = False,
    today: date | None = None,
) -> Plan:
    """Read the plan in ``directory`` (the one shipped, when none is named); raises ``PlanErrors``.

    A folder with a directive.yaml and a p1.yaml (or any other number) is a plan, and so is one file that holds
    everything; each subfolder like that is read as a further directive. What the plan leaves out of ladders and
    calendar is as shipped. The calendars are read as well, since whether rules fit each other depends on the days off.

    beside       a plan that stands already: ``directory`` is read as a further directive beside it, or in the place of
                 the directive of the same code, and may name its offices and ladders
    common       the calendar that stands with it; the one shipped without it
    standing     the plan that ``directory`` is a changed copy of, where it is not ``beside`` (``check_plan``)
    today        the date of a directive that names none, which says so; without it such a directive is refused
    version_0_1  the files are read as version 0.1 did: coordinating offices owe input to every copy, and names of then
    """
    directory = directory or PLAN_DIR
    if not directory.exists():
        missing = PlanError(str(directory), "", None, "không có thư mục này", "there is no such directory")
        raise PlanErrors(directory, [missing])
    files = PlanFiles()
    if beside is None:
        files.read_plan(directory)
    else:
        _read_beside(files, directory, beside)
    errors = files.errors
    if version_0_1:
        _as_version_0_1(files.contents)
    _complete_directives(files.contents, beside, today)
    errors += with_codes(files.contents)
    parts: dict[str, Any] = {}
    known = {folder: _known(files, folder) for folder in dict.fromkeys(map(folder_of, files.contents))}
    for name, content in files.contents.items():
        model = _model_of(name)
        try:
            parts[name] = model.model_validate(content, context=known[folder_of(name)])
        except ValidationError as invalid:
            errors += from_validation(name, content, invalid, model)
    calendar = WorkingCalendar()
    try:
        common = None if beside is None else common or load_calendar()
        calendar = load_calendar(directory / CALENDAR, common=common)
    except Refused as refused:
        errors += _calendar_errors(refused)
    errors += check_plan(files.contents, calendar, complete=files.is_complete, standing=standing or beside)
    if errors:
        order = [*files.order, *(in_folder(folder, CALENDAR) for folder in dict.fromkeys(map(folder_of, files.order)))]
        place = {name: number for number, name in enumerate(order)}
        told = sorted(errors, key=lambda error: place.get(error.file, len(place)))
        raise PlanErrors(directory, map(files.placed, told))
    return _combine(parts)


def _read_beside(files: PlanFiles, directory: Path, beside: Plan) -> None:
    """The files of one directive with what stands already, as those of the main plan and of a folder in it."""
    folder = directory.stem if directory.is_file() else directory.name
    files.read_folder(directory, folder)
    code = files.contents.get(in_folder(folder, DIRECTIVE), {}).get("code")
    standing = plan_contents(without_directive(beside, code) if isinstance(code, str) else beside)
    register = {office.code: office for office in beside.offices}
    own = files.contents.get(in_folder(folder, OFFICES), {})
    if isinstance(own.get("offices"), list):
        own["offices"] = [entry for entry in own["offices"] if not _is_known(entry, register)]
    # A group that the directive defines is as it says now, whatever it was before.
    redefined = {group.get("code") for _, group in entries(own, "groups")}
    for office in standing[OFFICES]["offices"]:
        if redefined & {*office.get("groups", ())}:
            office["groups"] = [group for group in office["groups"] if group not in redefined]
    own = files.contents.get(in_folder(folder, LADDERS), {})
    if isinstance(own.get("ladders"), list):
        own["ladders"] = [entry for entry in own["ladders"] if entry not in standing[LADDERS]["ladders"]]
    files.contents = {**standing, **files.contents}
    files.order = [*standing, *files.order]


def _complete_directives(contents: Contents, beside: Plan | None, today: date | None) -> None:
    """What a directive need not say: who urges (the house's coordinator, or the first office) and its own date."""
    house = contents.get(DIRECTIVE, {}).get("coordinator")
    if house is None:
        house = next((office.get("code") for _, office in entries(contents.get(OFFICES, {}), "offices")), None)
    known = {each.code: each.date.isoformat() for each in beside.directives} if beside else {}
    for _, content in files_named(contents, DIRECTIVE):
        if not isinstance(content, dict):
            continue
        if house is not None:
            content.setdefault("coordinator", house)
        if "date" not in content and (day := known.get(str(content.get("code"))) or (today and today.isoformat())):
            content["date"] = day
            content.setdefault("note_vi", f"Chỉ đạo không ghi ngày; lấy ngày đưa vào kho ({day}).")


def _is_known(entry: Any, register: Register) -> bool:
    """Whether the register says all that an entry says, so that it is no second office of that code."""
    said = without_faults(OfficeSpec, entry) if isinstance(entry, dict) else None
    known = register.get(said.code) if said else None
    if said is None or known is None:
        return False
    same = all(getattr(said, key) == getattr(known, key) for key in said.model_fields_set - {"groups"})
    return same and set(said.groups) <= set(known.groups)


def _as_version_0_1(contents: Contents) -> None:
    """What the files of version 0.1 meant, said as it is said now: names of then, and copies where they say nothing."""
    for _, content in files_named(contents, DIRECTIVE):
        if isinstance(content, dict):
            for key in ("lead_rule_quote", "addressees_quote"):  # read by nothing, then as now
                content.pop(key, None)
    registers = [content for _, content in files_named(contents, OFFICES)]
    several = set(_groups(contents))
    several |= {str(office.get("member_of")) for content in registers for _, office in entries(content, "offices")}
    for _, content in ((file, content) for file, content in contents.items() if is_priority(file)):
        for _, subtask in entries(content, "subtasks"):
            for _, step in entries(subtask, "steps"):
                if "send_to" in step:
                    step["report_to"] = step.pop("send_to")
                parts = [step, *(variant for _, variant in entries(step, "variants"))]
                leads = {part["lead"] for part in parts if isinstance(part.get("lead"), str)}
                if leads & several and any(part.get("coordinating") for part in parts):
                    step.setdefault("per_copy", True)


def _combine(parts: Mapping[str, Any]) -> Plan:
    """One plan from the main plan and the further directives."""
    directives = {folder_of(name): part for name, part in parts.items() if isinstance(part, Directive)}
    priorities = {name: part for name, part in parts.items() if isinstance(part, PriorityFile)}
    registers = [part for part in parts.values() if isinstance(part, Offices | FurtherOffices)]
    groups = [group for part in registers for group in part.groups]
    listed = [office for part in registers for office in part.offices]
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
        ladders=tuple(
            ladder for part in parts.values() if isinstance(part, Ladders | FurtherLadders) for ladder in part.ladders
        ),
    )


def _model_of(file: str) -> type[BaseModel]:
    if is_priority(file):
        return PriorityFile
    if name_of(file) == OFFICES:
        return Offices if folder_of(file) == MAIN_FOLDER else FurtherOffices
    if name_of(file) == LADDERS:
        return Ladders if folder_of(file) == MAIN_FOLDER else FurtherLadders
    return Directive


def _known(files: PlanFiles, folder: str) -> Known:
    """Every code that the files of a folder may name, also of entries that have faults, so that no fault causes
    another: its own and the main plan's. The main plan names only its own; documents and systems are per directive."""
    read = [file for file in files.order if folder_of(file) in (MAIN_FOLDER, folder)]
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

    directive = in_folder(folder, DIRECTIVE)
    offices = _in_capitals(codes((file for file in read if name_of(file) == OFFICES), "offices"))
    both = {**files_in(files.contents, MAIN_FOLDER), **own}
    return Known(
        offices=offices,
        names=lambda: register_names(files.contents, folder).names,
        groups=set(_groups(both)) if offices is not None else None,
        documents=_in_capitals(codes([directive], "documents", "id", needed=False)),
        systems=_in_capitals(codes([directive], "systems", "id", needed=False)),
        ladders=codes((file for file in read if name_of(file) == LADDERS), "ladders"),
        subtasks=codes((file for file in read if is_priority(file)), "subtasks"),
    )


def _in_capitals(codes: set[str] | None) -> set[str] | None:
    """A code defined in small letters is told there; those who name it rightly are not at fault."""
    return None if codes is None else {code.upper() for code in codes}


def _groups(contents: Contents) -> Iterator[str]:
    for _, content in files_named(contents, OFFICES):
        for _, office in entries(content, "offices"):
            listed = office.get("groups")
            yield from (group for group in listed if isinstance(group, str)) if isinstance(listed, list) else ()
        yield from (group["code"] for _, group in entries(content, "groups") if isinstance(group.get("code"), str))


def _calendar_errors(refused: Refused) -> Iterator[PlanError]:
    """The faults of the calendars, as faults of the plan."""
    for fault in refused.faults:
        file, _, problem = str(fault).partition(": ")
        yield PlanError(file, "", None, problem, fault.en.partition(": ")[2])
