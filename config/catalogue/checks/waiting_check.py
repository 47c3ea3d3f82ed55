"""What would wait for ever: for a principle, which gives no work, for work that comes round in every period, where
nobody can tell which time of it is meant, for work that is never given or never completed, and for itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from config.catalogue.checks.entries import Contents, entries, without_faults
from config.catalogue.faults import PlanError
from config.catalogue.fields import WITH_LEAD, parse_dependency
from config.catalogue.folders import folder_of, is_priority
from config.catalogue.steps import Step
from config.catalogue.subtasks import with_titles
from config.errors import Refused
from config.rules.deadlines import due
from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, Rule, StandingDuty, Undated
from config.rules.working_time import WorkingCalendar

Round = tuple[str, str]
"""What brings a step round: two that have the same come round together."""

Wait = tuple[str, str, str]
"""Subtask and step that wait, and what they wait for."""

_DATED_FACTS = ("issue", "document", "event")
"""The triggers that are no period."""


def round_of(trigger: str, *, subtask: str, directive: str) -> Round:
    """A directive has documents of its own, and a subtask events."""
    return trigger, subtask if trigger == "event" else directive


def never_completed(rule: Rule) -> tuple[str, str] | None:
    """Why work with this rule is never completed, after its name; None where it is."""
    if isinstance(rule, StandingDuty):
        return "là việc thường xuyên, không có lúc xong", "is standing work, which is never completed"
    return None


def is_never_given(step: Step, calendar: WorkingCalendar) -> bool:
    """Whether its one day, by either reading of «trước ngày», lies outside the days on which it is in force."""
    if not (step.valid_from or step.valid_to):
        return False
    try:
        days = [due(step.due.lead, calendar=calendar, before=each).due_date for each in ("strict", "inclusive")]
    except Refused:  # it has no day, or another on each occasion
        return False
    return not any(map(step.in_force, days))


_Node = tuple[str, str]
"""A subtask and a step of it."""


@dataclass(frozen=True)
class _Wait:
    """What a date of a step waits for, where and how that is written.

    is_rule  written as the date itself; what else a step depends on is looked at for rings where it is written
    of_lead  the lead waits, so that the step is not done before
    """

    own: _Node
    round: Round
    awaited: _Node
    file: str
    where: str
    value: str
    is_rule: bool
    of_lead: bool


@dataclass
class _Waits:
    """Every wait of a plan, and the steps that can be waited for."""

    calendar: WorkingCalendar
    subtasks: dict[str, tuple[str, Mapping[str, Any], Sequence[Step]]] = field(default_factory=dict)
    waits: list[_Wait] = field(default_factory=list)

    def meant(self, wait: _Wait) -> list[Step]:
        """The steps that are waited for: those of the same round, else all of that name."""
        code, key = wait.awaited
        file, _, listed = self.subtasks.get(code, ("", {}, ()))
        steps = [step for step in listed if key in ("", step.key)]
        same = [each for each in steps if round_of(each.trigger, subtask=code, directive=folder_of(file)) == wait.round]
        return same or steps

    def problem(self, wait: _Wait) -> tuple[str, str] | None:
        code, key = wait.awaited
        if code not in self.subtasks:
            return None  # told by other checks
        file, subtask, _ = self.subtasks[code]
        if subtask.get("kind") == "principle":
            return (
                f"{code} là nguyên tắc, không có việc nào để chờ; chờ việc khác, hoặc ghi ngày",
                f"{code} is a principle and gives no work to wait for; wait for another subtask, or name a date",
            )
        named = f"{code}.{key}" if key else code
        meant = self.meant(wait)
        rounds = {round_of(step.trigger, subtask=code, directive=folder_of(file)) for step in meant}
        if wait.round not in rounds and not {step.trigger for step in meant} <= {*_DATED_FACTS}:
            return (
                f"{named} làm theo kỳ, nhiều lần, nên không rõ chờ lần nào và không bao giờ có hạn; chờ một việc làm"
                " một lần, ghi ngày (như BY:30/06/2025), hoặc tách lần cần chờ thành bước riêng có ngày",
                f"{named} comes round in every period, so which time is meant is not clear and no date would ever be"
                " set; wait for work that is done once, name a date (such as BY:30/06/2025), or make the time that is"
                " meant a step of its own with a date",
            )
        given = [step for step in meant if not is_never_given(step, self.calendar)]
        if meant and not given:
            why = (
                "đến hạn ngoài thời gian có hiệu lực (valid_from, valid_to) nên không được giao",
                "falls due outside valid_from and valid_to and is never assigned",
            )
            return _instead(named, *why)
        for step in given:
            if never := never_completed(parse_rule(step.due.lead)):
                return _instead(f"{code}.{step.key}", *never)
        if wait.is_rule and wait.of_lead and (way := self._way_back(wait)):
            ring = " → ".join(f"{code}.{key}" for code, key in (wait.own, *way))
            return _instead(named, f"lại chờ chính việc này ({ring})", f"waits for this work in turn ({ring})")
        return None

    def _way_back(self, wait: _Wait) -> list[_Node]:
        """The shortest way from what is waited for to the step that waits; empty where none leads there."""
        ways, seen = [[each] for each in self._nodes(wait)], set[_Node]()
        for way in ways:
            if way[-1] == wait.own:
                return way
            if way[-1] not in seen:
                seen.add(way[-1])
                ways.extend([*way, node] for each in self._of_lead.get(way[-1], ()) for node in self._nodes(each))
        return []

    @cached_property
    def _of_lead(self) -> dict[_Node, list[_Wait]]:
        found: dict[_Node, list[_Wait]] = {}
        for wait in self.waits:
            if wait.of_lead:
                found.setdefault(wait.own, []).append(wait)
        return found

    def _nodes(self, wait: _Wait) -> list[_Node]:
        return [(wait.awaited[0], step.key) for step in self.meant(wait)]


def _instead(named: str, vi: str, en: str) -> tuple[str, str]:
    return (
        f"{named} {vi}; chờ việc khác, hoặc ghi ngày (như BY:30/06/2025)",
        f"{named} {en}; wait for another subtask, or name a date (such as BY:30/06/2025)",
    )


def endless_waits(contents: Contents, calendar: WorkingCalendar) -> dict[Wait, PlanError]:
    """Each wait that never ends, and how it is told where it is written."""
    found = _Waits(calendar)
    for file, content in contents.items():
        for _, subtask in entries(content, "subtasks") if is_priority(file) else ():
            if isinstance(code := subtask.get("code"), str) and code not in found.subtasks:
                steps = dict(_steps(subtask))
                found.subtasks[code] = file, subtask, [*steps.values()]
                found.waits += (each for place in steps for each in _waits_of(file, code, subtask, place, steps[place]))
    faults: dict[Wait, PlanError] = {}
    for wait in found.waits:
        if problem := found.problem(wait):
            error = PlanError(wait.file, wait.where, wait.value, *problem)
            faults.setdefault((*wait.own, ".".join(wait.awaited)), error)
    return faults


def _steps(subtask: Mapping[str, Any]) -> Iterator[tuple[int, Step]]:
    listed = {"steps": with_titles(subtask)} if isinstance(subtask.get("steps"), list) else None
    for place, entry in entries(listed, "steps"):
        if step := without_faults(Step, entry):
            yield place, step


def _waits_of(file: str, code: str, subtask: Mapping[str, Any], place: int, step: Step) -> Iterator[_Wait]:
    """What the dates of a step wait for: the subtasks and steps of its rules, and where it has no date of its own what
    it depends on (``models.work.terms.after_what_it_needs``)."""
    own = f"{code}.steps[{place}]"
    written = {"lead": step.due.lead, "coordinating": step.due.coordinating}
    rules = {role: parse_rule(rule) for role, rule in written.items() if rule not in (None, WITH_LEAD) and rule}
    round_ = round_of(step.trigger, subtask=code, directive=folder_of(file))

    def wait(where: str, value: str, awaited: _Node, *, is_rule: bool, of_lead: bool) -> _Wait:
        return _Wait((code, step.key), round_, awaited, file, where, value, is_rule, of_lead)

    for role, rule in rules.items():
        for awaited in rule.awaited if isinstance(rule, AfterSubtask) else ():
            yield wait(f"{own}.due.{role}", str(rule), awaited, is_rule=True, of_lead=role == "lead")
    if any(isinstance(rule, AfterSubtask | Undated) for rule in rules.values()):
        of_lead = isinstance(rules["lead"], AfterSubtask | Undated)
        for where, listed in ((own, step.depends_on), (code, subtask.get("depends_on"))):
            for number, name in enumerate(listed if isinstance(listed, list | tuple) else ()):
                needed, key = parse_dependency(str(name))
                needs = f"{where}.depends_on[{number}]", str(name), (needed or code, key)
                yield wait(*needs, is_rule=False, of_lead=of_lead)
