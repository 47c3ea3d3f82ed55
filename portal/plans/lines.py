"""Offices as a clerk types them, one a line or between semicolons: by name, «nhóm …» for a group."""

import re
from collections.abc import Iterable, Iterator

from config.catalogue.fields import KEY
from config.catalogue.offices import Selector
from config.catalogue.plan import Plan

HOST = "Cơ quan tổ chức sự kiện"
GROUP = "nhóm"

_BETWEEN = re.compile(r"[;\n]+")


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
