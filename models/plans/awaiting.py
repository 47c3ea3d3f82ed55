"""Rules that wait for subtasks, as these get other codes or go.

Pure: the contents of subtasks and steps are changed in place.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, Undated

Awaited = tuple[str, str]
"""A subtask and one of its steps; without a step the whole subtask."""


def wait_instead(part: Mapping[str, Any], instead: Callable[[Awaited], Awaited | None]) -> bool:
    """Let the rules of a subtask or a step wait for other things, None for nothing; whether any changed.

    What waits for nothing any more has no date.
    """
    due = part.get("due", {})
    changed = False
    for content, key in ((due, "lead"), (due, "coordinating"), *((each, "by") for each in part.get("targets", ()))):
        rule = _waiting(content.get(key))
        if rule is None:
            continue
        found = dict.fromkeys(each for each in map(instead, rule.awaited) if each)
        if tuple(found) == rule.awaited:
            continue
        content[key] = str(_of(rule, *found)) if found else str(Undated())
        changed = True
    return changed


def _of(rule: AfterSubtask, first: Awaited, *also: Awaited) -> AfterSubtask:
    return replace(rule, subtask=first[0], step=first[1], also=also)


def _waiting(rule: str | None) -> AfterSubtask | None:
    """A rule in its short form, where it waits; the words of a directive are read into that before."""
    parsed = parse_rule(rule) if rule and rule.startswith("AFTER:") else None
    return parsed if isinstance(parsed, AfterSubtask) else None
