"""New numbers for what a draft adds under a number that something else has been given since it was begun.

Pure: plain JSON in and out, as ``models.plans.merging``, before which it comes.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any

from config.catalogue.fields import SUBTASK, parse_dependency
from config.errors import Refused
from models.plans.awaiting import wait_instead

MOST = 99
"""Numbers of priorities, and of the subtasks of each."""

Content = Mapping[str, Any]

_NAMED = re.compile(rf"(?<![\w.]){SUBTASK.pattern}(?!\.?\d)", re.IGNORECASE)


def renumbered(
    base: Content, mine: Content, theirs: Content, elsewhere: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a draft makes of a directive, with the numbers moved on that are taken; and these, from old to new.

    base       the directive as the draft was made from it, with what it had given up (``retired``); {} without one
    theirs     as it is in force now, likewise
    elsewhere  numbers that further directives use

    In the directive itself a number is taken by what has another title: the same title is the same thing twice.
    """
    known, since = titles(base), titles(theirs)
    added = {code: title for code, title in titles(mine).items() if code not in known}
    taken = {code for code, title in added.items() if code in elsewhere or since.get(code, title) != title}
    used = {*known, *since, *added, *elsewhere}
    moved: dict[str, str] = {}
    for priority in mine["priorities"]:
        code = priority["code"]
        if code in taken:
            moved[code] = _free("p", used)
            for each in priority["subtasks"]:
                number = each["code"].partition(".")[2]
                moved[each["code"]] = f"T{moved[code].removeprefix('p')}.{number}"
        for each in priority["subtasks"]:
            code = each["code"]
            if code in taken and code not in moved:
                moved[code] = _free(code[: code.index(".") + 1], used)
    return (_moved(mine, moved), moved) if moved else (dict(mine), {})


def titles(content: Content) -> dict[str, str]:
    """The title of each priority and subtask by its code, those given up among them."""
    found: dict[str, str] = {}
    for part in ("retired", "priorities"):
        for priority in content.get(part, ()):
            found[priority["code"]] = priority["title_vi"]
            found |= {each["code"]: each["title_vi"] for each in priority["subtasks"]}
    return found


def _free(head: str, used: set[str]) -> str:
    """The number after the last with this head, «p» or «T1.», which is used from now on."""
    numbers = [int(code.removeprefix(head)) for code in used if code.startswith(head)]
    following = max(numbers, default=0) + 1
    if following > MOST:
        raise Refused(
            f"{head}…: đã dùng hết {MOST} số; bỏ phần mới khỏi dự thảo hoặc thêm vào chỗ khác.",
            f"{head}…: all {MOST} numbers are used; take the new part out of the draft or add it elsewhere.",
        )
    used.add(f"{head}{following}")
    return f"{head}{following}"


def with_codes(subtask: Content, moved: Mapping[str, str]) -> dict[str, Any]:
    """A subtask with other codes, its own and those it waits for."""
    content = {"priorities": [{"subtasks": [subtask]}]}
    found: dict[str, Any] = _moved(content, moved)["priorities"][0]["subtasks"][0]
    return found


def words_with_codes(words: str, moved: Mapping[str, str]) -> str:
    """Words that name subtasks, with other codes."""
    return _NAMED.sub(lambda found: moved.get(found[0].upper(), found[0]), words)


def _moved(mine: Content, moved: Mapping[str, str]) -> dict[str, Any]:
    """With other codes, also where subtasks and steps wait for these, by what they depend on or by their dates."""
    changed = waiting_for(mine, moved)
    for part in _parts(changed):
        code = str(part.get("code", ""))
        if code in moved:
            part["code"] = moved[code]
            if part.get("numeral") == f"Nhiệm vụ {code[1:]}":  # as a priority is called that has no numeral
                part["numeral"] = f"Nhiệm vụ {moved[code][1:]}"
    return changed


def waiting_for(content: Content, moved: Mapping[str, str]) -> dict[str, Any]:
    """A directive whose subtasks and steps wait for others under other codes."""
    changed: dict[str, Any] = deepcopy(dict(content))
    for part in _parts(changed):
        if "depends_on" in part:
            part["depends_on"] = [_reference(each, moved) for each in part["depends_on"]]
        wait_instead(part, lambda awaited: (moved.get(awaited[0], awaited[0]), awaited[1]))
        for dated in (part.get("due", {}), *part.get("targets", ())):
            if "words" in dated:
                dated["words"] = _said(dated["words"], moved)
    return changed


def _said(words: Any, moved: Mapping[str, str]) -> Any:
    """The words for a date, of the lead alone or by role, with other codes."""
    if isinstance(words, Mapping):
        return {role: _said(each, moved) for role, each in words.items()}
    return words and words_with_codes(words, moved)


def _parts(content: Content) -> Iterator[dict[str, Any]]:
    """The priorities with their subtasks and steps."""
    for priority in content["priorities"]:
        yield priority
        for subtask in priority["subtasks"]:
            yield subtask
            yield from subtask.get("steps", ())


def _reference(text: str, moved: Mapping[str, str]) -> str:
    subtask, step = parse_dependency(text)
    if SUBTASK.fullmatch(subtask) is None or subtask not in moved:
        return text
    return moved[subtask] + (f".{step}" if step else "")
