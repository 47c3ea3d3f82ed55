"""Offices and subtasks as a clerk types them, one a line or between semicolons: by name, «nhóm …» for a group."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from config.catalogue.fields import KEY, SUBTASK, parse_dependency
from config.catalogue.offices import Selector
from config.catalogue.plan import Plan
from config.text.suggestions import without_accents

HOST = "Cơ quan tổ chức sự kiện"
GROUP = "nhóm"

_BETWEEN = re.compile(r"[;\n]+")
_BETWEEN_CODES = re.compile(r"[,\s]+")
_CODE = re.compile(rf"{SUBTASK.pattern}(?:\.\w+)?", re.ASCII)


def office_name(plan: Plan, code: str) -> str:
    """The name that means this office and no other; with its code where several have it."""
    name = plan.office(code).name_vi
    bearers = sum(name in (each.name_vi, *each.aliases) for each in plan.offices)
    return name if bearers == 1 else f"{code} - {name}"


def as_lines(plan: Plan, chosen: Iterable[Selector | str]) -> str:
    """Selectors, or codes of offices, as the lines of a field."""
    return "\n".join(_line(plan, each) for each in chosen)


def from_lines(text: str) -> list[str]:
    """What each line names, as a file of a plan names it."""
    return [*dict.fromkeys(_named(line) for line in filter(None, map(str.strip, _BETWEEN.split(text))))]


def suggestions(plan: Plan) -> Iterator[str]:
    """What may stand in a line: every office, every group."""
    yield from (office_name(plan, each.code) for each in plan.offices)
    yield from (f"{GROUP} {name}" for name in plan.groups)
    yield HOST


def with_titles(plan: Plan, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form, subtasks that must be done first with their titles: «T1.2 Tên nhiệm vụ», one a line."""
    known = {each.code: each.title_vi for each in plan.subtasks()}

    def titled(line: str) -> str:
        title = known.get(parse_dependency(line)[0])
        return f"{line} {title}" if title else line

    return _with_prerequisites(fields, lambda lines: "\n".join(map(titled, lines)))


def with_codes(plan: Plan, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form, subtasks that must be done first by their codes; what means none stays as it was typed."""
    titles: dict[str, list[str]] = {}
    for each in plan.subtasks():
        titles.setdefault(without_accents(each.title_vi), []).append(each.code)

    def codes(line: str) -> list[str]:
        meant, words = titles.get(without_accents(line), []), _BETWEEN_CODES.split(line)
        if len(meant) == 1:
            return meant
        if all(_CODE.fullmatch(word) or KEY.fullmatch(word) for word in words):
            return words
        return words[:1] if _CODE.fullmatch(words[0]) else [line]

    return _with_prerequisites(fields, lambda lines: "; ".join(code for line in lines for code in codes(line)))


def _with_prerequisites(fields: Mapping[str, str], written: Callable[[list[str]], str]) -> dict[str, str]:
    return {
        name: written([*filter(None, map(str.strip, _BETWEEN.split(text)))]) if name.endswith("depends_on") else text
        for name, text in fields.items()
    }


def _line(plan: Plan, each: Selector | str) -> str:
    if isinstance(each, str):
        return office_name(plan, each)
    if each.office is not None:
        return office_name(plan, each.office)
    return f"{GROUP} {each.group}" if each.group else HOST


def _named(line: str) -> str:
    if line.casefold().rstrip(".") == HOST.casefold():
        return "host"
    head, _, rest = line.partition(" ")
    if head.casefold() == GROUP and KEY.fullmatch(rest.strip()):
        return rest.strip()
    return line
