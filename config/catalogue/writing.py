"""A plan as the files that say it: what ``config.catalogue.loader`` reads back as the same plan.

Defaults are left out, comments are not kept, and the order is always the same.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.catalogue.demands import Product, Quote
from config.catalogue.folders import CALENDAR, DIRECTIVE, LADDERS, OFFICES, in_folder
from config.catalogue.offices import Selector
from config.catalogue.plan import Directive, Plan
from config.catalogue.steps import RoleBasis, RoleWords, Step
from config.catalogue.subtasks import Priority, Subtask
from config.rules.working_time import WorkingCalendar
from config.text.plain_yaml import as_yaml

SOURCE = "van-ban.txt"
"""The file with a directive's text."""


def plan_files(plan: Plan, calendar: WorkingCalendar | None = None) -> dict[str, str]:
    """The text of every file, by its path in the folder of the plan; without a calendar the one shipped holds."""
    contents = plan_contents(plan)
    texts: dict[str, str] = {}
    for folder, directive in directive_folders(plan):
        content = contents[in_folder(folder, DIRECTIVE)]
        if directive.source is not None:
            content["source"] = SOURCE
            texts[in_folder(folder, SOURCE)] = directive.source + "\n"
        if calendar is not None:
            contents |= _calendar(plan, calendar, folder, directive)
    return {file: as_yaml(content) for file, content in contents.items()} | texts


def plan_contents(plan: Plan) -> dict[str, dict[str, Any]]:
    """What every file holds, by its path in the folder of the plan; the directives' texts stand in it."""
    contents: dict[str, dict[str, Any]] = {}
    for folder, directive in directive_folders(plan):
        contents[in_folder(folder, DIRECTIVE)] = _plain(directive)
        if not folder:
            contents[OFFICES] = {"offices": [_plain(office) for office in plan.offices]}
            contents[LADDERS] = {"ladders": [_plain(ladder) for ladder in plan.ladders]}
        for priority in plan.priorities_of(directive.code):
            contents[in_folder(folder, f"{priority.code}.yaml")] = _plain(priority)
    return contents


def without_directive(plan: Plan, code: str) -> Plan:
    """The plan without a further directive; the main one stays, since its register is everybody's."""
    if code == plan.main_directive.code:
        return plan
    return plan.model_copy(
        update={
            "directives": tuple(each for each in plan.directives if each.code != code),
            "priorities": tuple(each for each in plan.priorities if each.directive != code),
        }
    )


def directive_folders(plan: Plan) -> Iterator[tuple[str, Directive]]:
    """The folder of each directive; their names keep the directives' order."""
    width = len(str(len(plan.directives) - 1))
    for place, directive in enumerate(plan.directives):
        yield (f"{place:0{max(2, width)}}-{directive.code.lower()}" if place else ""), directive


def _calendar(plan: Plan, calendar: WorkingCalendar, folder: str, directive: Directive) -> dict[str, dict[str, Any]]:
    """The calendar of a directive, where it has one of its own: what it adds to the common one."""
    codes = [priority.code for priority in plan.priorities_of(directive.code)]
    own = calendar.of(codes[0]) if folder and codes else calendar
    if folder and own is calendar:
        return {}
    added = [each for each in own.overrides if not folder or each not in calendar.overrides]
    content: dict[str, Any] = {
        "overrides": [
            {
                "date": each.date,
                "kind": each.kind,
                "document": each.document,
                "note_vi": each.note_vi,
                "note_en": each.note_en,
            }
            for each in added
        ]
    }
    if not folder or own.provisional_from != calendar.provisional_from:
        content["provisional_from"] = own.provisional_from
    return {in_folder(folder, CALENDAR): content}


def _plain(part: BaseModel) -> dict[str, Any]:
    """The fields of a part that are not as they would be without being written."""
    known: dict[str, Any] = {}
    written: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if value != _default(field, known):
            written["quote" if name == "quotes" else name] = _value(value, alone=name in ("lead", "quotes"))
        known[name] = value
    if isinstance(part, Subtask) and part.steps:
        written["steps"] = [_step(step, part) for step in part.steps]
    if isinstance(part, Priority):
        del written["directive"]
    return written


def _step(step: Step, subtask: Subtask) -> dict[str, Any]:
    """A step without the title of its subtask, which it has anyway."""
    written = _plain(step)
    if (step.title_vi, step.title_en) == (subtask.title_vi, subtask.title_en):
        written.pop("title_vi")
        written.pop("title_en", None)
    return written


def _default(field: FieldInfo, known: dict[str, Any]) -> Any:
    if field.is_required():
        return PydanticUndefined
    return field.get_default(call_default_factory=True, validated_data=known)


def _value(value: Any, *, alone: bool = False) -> Any:
    """A value as people write it: an office by its code, one of a list without the list, a text for a group."""
    match value:
        case tuple():
            listed = [_value(each) for each in value]
            return listed[0] if alone and len(listed) == 1 else listed
        case Selector():
            return str(value)
        case Quote(place=None):
            return value.text
        case Product():
            written = _plain(value)
            return written["title_vi"] if len(written) == 1 else written
        case RoleWords() | RoleBasis():
            written = _plain(value)
            return written["lead"] if list(written) == ["lead"] else written
        case BaseModel():
            return _plain(value)
        case bool() | int() | str() | datetime.date() | None:
            return value
    raise TypeError(f"no form in YAML for {type(value).__name__}")
