"""What would wait for ever: for a principle, which gives no work, or for work that comes round in every period, where
nobody can tell which time of it is meant."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.catalogue.checks.entries import Contents, entries, without_faults
from config.catalogue.faults import PlanError
from config.catalogue.fields import WITH_LEAD, parse_dependency
from config.catalogue.folders import folder_of, is_priority
from config.catalogue.steps import Step
from config.catalogue.subtasks import with_titles
from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, Undated

Round = tuple[str, str]
"""What brings a step round: two that have the same come round together."""

Wait = tuple[str, str, str]
"""Subtask and step that wait, and what they wait for."""

_Subtasks = dict[str, tuple[str, Mapping[str, Any]]]

_DATED_FACTS = ("issue", "document", "event")
"""The triggers that are no period."""


def round_of(trigger: str, *, subtask: str, directive: str) -> Round:
    """A directive has documents of its own, and a subtask events."""
    return trigger, subtask if trigger == "event" else directive


def endless_waits(contents: Contents) -> dict[Wait, PlanError]:
    """Each wait that never ends, and how it is told where it is written."""
    subtasks: _Subtasks = {}
    for file, content in contents.items():
        for _, entry in entries(content, "subtasks") if is_priority(file) else ():
            if isinstance(code := entry.get("code"), str):
                subtasks.setdefault(code, (file, entry))
    found: dict[Wait, PlanError] = {}
    for code, (file, subtask) in subtasks.items():
        for place, step in _steps(subtask):
            own = round_of(step.trigger, subtask=code, directive=folder_of(file))
            for where, value, (awaited, key) in _awaited(code, place, step, subtask):
                if problem := _problem(own, awaited, key, subtasks):
                    error = PlanError(file, where, value, *problem)
                    found.setdefault((code, step.key, f"{awaited}.{key}"), error)
    return found


def _steps(subtask: Mapping[str, Any]) -> Iterator[tuple[int, Step]]:
    listed = {"steps": with_titles(subtask)} if isinstance(subtask.get("steps"), list) else None
    for place, entry in entries(listed, "steps"):
        if step := without_faults(Step, entry):
            yield place, step


def _awaited(
    code: str, place: int, step: Step, subtask: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """What the dates of a step wait for, each with where and how it is written: the subtasks and steps of its rules,
    and where it has no date of its own what it depends on (``models.work.terms.after_what_it_needs``)."""
    own = f"{code}.steps[{place}]"
    written = {"lead": step.due.lead, "coordinating": step.due.coordinating}
    rules = {role: parse_rule(rule) for role, rule in written.items() if rule not in (None, WITH_LEAD) and rule}
    for role, rule in rules.items():
        for awaited in rule.awaited if isinstance(rule, AfterSubtask) else ():
            yield f"{own}.due.{role}", str(rule), awaited
    if any(isinstance(rule, AfterSubtask | Undated) for rule in rules.values()):
        for where, listed in ((own, step.depends_on), (code, subtask.get("depends_on"))):
            for number, name in enumerate(listed if isinstance(listed, list | tuple) else ()):
                needed, key = parse_dependency(str(name))
                yield f"{where}.depends_on[{number}]", str(name), (needed or code, key)


def _problem(own: Round, awaited: str, key: str, subtasks: _Subtasks) -> tuple[str, str] | None:
    if awaited not in subtasks:
        return None  # told by other checks
    file, subtask = subtasks[awaited]
    triggers = {step.trigger for _, step in _steps(subtask) if key in ("", step.key)}
    if subtask.get("kind") == "principle":
        return (
            f"{awaited} là nguyên tắc, không có việc nào để chờ; chờ việc khác, hoặc ghi ngày",
            f"{awaited} is a principle and gives no work to wait for; wait for another subtask, or name a date",
        )
    rounds = {round_of(trigger, subtask=awaited, directive=folder_of(file)) for trigger in triggers}
    if own in rounds or triggers <= {*_DATED_FACTS}:
        return None
    named = f"{awaited}.{key}" if key else awaited
    return (
        f"{named} làm theo kỳ, nhiều lần, nên không rõ chờ lần nào và không bao giờ có hạn; chờ một việc làm một lần,"
        " ghi ngày (như BY:30/06/2025), hoặc tách lần cần chờ thành bước riêng có ngày",
        f"{named} comes round in every period, so which time is meant is not clear and no date would ever be set; wait"
        " for work that is done once, name a date (such as BY:30/06/2025), or make the time that is meant a step of"
        " its own with a date",
    )
