"""Offices that the files name in words, replaced by their codes before anything is checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalogue.checks.entries import Contents, entries, files_in, files_named
from config.catalogue.faults import PlanError
from config.catalogue.fields import KEY
from config.catalogue.folders import DIRECTIVE, MAIN_FOLDER, OFFICES, folder_of, is_priority, name_of
from config.catalogue.office_names import OfficeNames, names_in

_STEP_KEYS = ("lead", "coordinating", "named", "report_to")


def register_names(contents: Contents, folder: str) -> OfficeNames:
    """What the offices that a folder may name are called: its own and the main plan's."""
    both = {**files_in(contents, MAIN_FOLDER), **files_in(contents, folder)}
    return names_in(entry for _, content in files_named(both, OFFICES) for _, entry in entries(content, "offices"))


def with_codes(contents: Mapping[str, dict[str, Any]]) -> Iterator[PlanError]:
    """Write the code in the place of each name, in ``contents`` itself; faults are names that fit several offices.

    What is no office's name stays as it is, and its field says what would be right.
    """
    names: dict[str, OfficeNames] = {}
    for file, content in contents.items():
        folder = folder_of(file)
        for where, holder, key in _references(file, content):
            for part, text in _texts(holder, key):
                if (text.isupper() and text.isascii() and text.isalnum()) or KEY.fullmatch(text):
                    continue  # a code, or a group
                if folder not in names:
                    names[folder] = register_names(contents, folder)
                found = names[folder].matching(text)
                if found:
                    _put(holder, key, part, found[0])
                if len(found) > 1:
                    place = f"{where}.{key}" if part is None else f"{where}.{key}[{part}]"
                    yield PlanError(file, place.lstrip("."), text, *names[folder].ambiguous(text, found))


def _references(file: str, content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Every place that may name offices: where it is, what holds it, its key."""
    if name_of(file) == DIRECTIVE:
        yield from (("", content, key) for key in ("coordinator", "default_monitor"))
    elif name_of(file) == OFFICES:
        for place, office in entries(content, "offices"):
            code = office.get("code", f"offices[{place}]")
            yield from ((f"{code}", office, key) for key in ("successor", "member_of"))
        for place, group in entries(content, "groups"):
            yield f"{group.get('code', f'groups[{place}]')}", group, "offices"
    elif is_priority(file):
        for place, subtask in entries(content, "subtasks"):
            where = f"{subtask.get('code', f'subtasks[{place}]')}"
            yield where, subtask, "monitor"
            for number, step in entries(subtask, "steps"):
                here = f"{where}.steps[{number}]"
                yield from ((here, step, key) for key in _STEP_KEYS)
                for variant_number, variant in entries(step, "variants"):
                    there = f"{here}.variants[{variant_number}]"
                    yield from ((there, variant, key) for key in _STEP_KEYS)


def _texts(holder: Mapping[str, Any], key: str) -> Iterator[tuple[int | None, str]]:
    value = holder.get(key)
    if isinstance(value, str):
        yield None, value
    elif isinstance(value, list):
        yield from ((place, text) for place, text in enumerate(value) if isinstance(text, str))


def _put(holder: dict[str, Any], key: str, place: int | None, code: str) -> None:
    if place is None:
        holder[key] = code
    else:
        holder[key][place] = code
