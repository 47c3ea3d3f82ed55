"""Offices and subtasks as a clerk types them, one a line or between semicolons: by name, «nhóm …» for a group."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from config.catalogue.fields import KEY, SUBTASK, parse_dependency
from config.catalogue.offices import Selector
from config.catalogue.plan import Plan
from config.text.suggestions import without_accents

HOST = "Cơ quan tổ chức sự kiện"
GROUP = "nhóm"

_AROUND = " ,.–-"
_BETWEEN = re.compile(r"[;\n]+")
_BETWEEN_CODES = re.compile(r"[,\s]+")
_CODE = re.compile(rf"(?<![^,\s])({SUBTASK.pattern}(?:\.\w+)?)(?![^,\s])", re.ASCII)


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
    known = {each.code: each.title_vi.replace(";", ",") for each in plan.subtasks()}

    def titled(line: str) -> str:
        title = known.get(parse_dependency(line)[0])
        return f"{line} {title}" if title else line

    return _with_prerequisites(fields, lambda lines: "\n".join(map(titled, lines)))


def with_codes(plan: Plan, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form, subtasks that must be done first by their codes; what means none stays as it was typed."""
    known = {each.code: _plain(each.title_vi) for each in plan.subtasks()}
    titled = Counter(known.values())
    bearers = {title: code for code, title in known.items() if titled[title] == 1}

    def without_title(code: str, words: str) -> list[str]:
        if code and _plain(words) in ("", known.get(parse_dependency(code)[0])):
            return [code]
        rest = words.strip(_AROUND)
        keys = _BETWEEN_CODES.split(rest)
        return [*filter(None, [code, *(keys if all(map(KEY.fullmatch, keys)) else [rest])])]

    def codes(line: str) -> list[str]:
        if meant := bearers.get(_plain(line)):
            return [meant]
        first, _, title = line.partition(" ")
        if (whole := without_title(first, title)) == [first] and _CODE.fullmatch(first):
            return whole
        # Before the first code, then each code and what follows it.
        parts = ["", *_CODE.split(line)]
        return [each for at in range(0, len(parts), 2) for each in without_title(*parts[at : at + 2])]

    return _with_prerequisites(fields, lambda lines: "; ".join(code for line in lines for code in codes(line)))


def _plain(title: str) -> str:
    return without_accents(title.replace(";", ",")).strip(_AROUND)


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
