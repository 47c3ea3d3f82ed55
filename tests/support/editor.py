"""The forms of the plan's editor, filled in as their page shows them."""

import re
from collections.abc import Mapping
from html import unescape

from tests.support.people import Person

DIRECTIVE = "CD-2023-08-17"

_INPUT = re.compile(r"<input([^>]*)>")
_AREA = re.compile(r'<textarea[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)


def begun(person: Person, directive: str = DIRECTIVE) -> str:
    """A draft of a directive, begun from its page; its address."""
    page = f"/plans/directives/{directive}"
    person.post(f"{page}/drafts", on=page)
    assert person.last is not None
    return person.last.url.path


def fields_of(person: Person, action: str) -> dict[str, str | list[str]]:
    """What a browser would send of a form of the page, without its buttons."""
    assert person.last is not None
    form = next(body for address, body in _FORM.findall(person.last.text) if address == action)
    found: dict[str, str | list[str]] = {}
    for attributes in _INPUT.findall(form):
        given = dict(re.findall(r'([a-z_-]+)="([^"]*)"', attributes))
        if "name" not in given or (given.get("type") in ("checkbox", "radio") and " checked" not in attributes):
            continue
        value = unescape(given.get("value", ""))
        before = found.get(given["name"])
        found[given["name"]] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    found |= {name: unescape(text) for name, text in _AREA.findall(form)}
    for name, options in _SELECT.findall(form):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def send(person: Person, action: str, changes: Mapping[str, str | list[str]], *, on: str = "") -> None:
    """Send a form of the page with some of its fields changed."""
    if on:
        person.get(on)
    person.last = person.web.post(action, data={**fields_of(person, action), **changes})
