"""The documents a plan consists of, each of which has editions of its own, and the plan they make together.

``directive/CODE`` holds one directive with its priorities and the days off of its own; ``offices`` the register,
``ladders`` and ``calendar`` what all directives share. Pure: a plan and its calendar in, plain JSON out, and back.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from config.catalogue.conventions import Conventions
from config.catalogue.history import StepHistory, histories_after
from config.catalogue.offices import OfficeSpec, joined
from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Priority, Subtask
from config.rules.ladder import Ladder
from config.rules.working_time import Override, WorkingCalendar

FORMAT = 1
"""The shape of the content written; read by every later version."""

OFFICES, LADDERS, CALENDAR = "offices", "ladders", "calendar"
_DIRECTIVE = "directive/"

Content = dict[str, Any]


def series_of(directive: str) -> str:
    """The series of a directive's editions."""
    return f"{_DIRECTIVE}{directive}"


def directive_of(series: str) -> str:
    """The code of the directive whose series this is; empty for the shared documents."""
    return series.removeprefix(_DIRECTIVE) if series.startswith(_DIRECTIVE) else ""


@dataclass(frozen=True)
class PlanInForce:
    """A plan with the calendar it is counted by; ``numbers`` says by which edition of each series it stands."""

    plan: Plan
    calendar: WorkingCalendar
    numbers: Mapping[str, int]

    @cached_property
    def documents(self) -> dict[str, Content]:
        """Its documents by series, the directives in their order."""
        return documents_of(self.plan, self.calendar)


def digest_of(content: Content) -> str:
    """SHA-256 of the content in its canonical form: the same content has the same digest on every machine."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def documents_of(plan: Plan, calendar: WorkingCalendar) -> dict[str, Content]:
    """The documents of a plan by series, the directives first and in their order."""
    return {
        **{series_of(each.code): _directive_content(plan, each, calendar) for each in plan.directives},
        OFFICES: _register_content(plan.offices),
        LADDERS: {"format": FORMAT, "ladders": _dumped(plan.ladders)},
        CALENDAR: {"format": FORMAT} | _calendar_content(calendar.overrides, calendar.provisional_from),
    }


def replaced(
    before: tuple[Plan, WorkingCalendar], after: tuple[Plan, WorkingCalendar]
) -> dict[str, tuple[str | None, str | None]]:
    """The digests before and after of each document in which two plans differ, by series.

    What an edition keeps of the past is no part of it: that depends on the day on which a change is entered.
    """
    was, now = ({series: _digest_now(each) for series, each in documents_of(*side).items()} for side in (before, after))
    both = ((series, (was.get(series), now.get(series))) for series in dict.fromkeys((*was, *now)))
    return {series: digests for series, digests in both if digests[0] != digests[1]}


def _digest_now(content: Content) -> str:
    now = {key: value for key, value in content.items() if key not in ("retired", "history")}
    if "offices" in now:
        now["offices"] = [{key: each[key] for key in each if key != "memberships"} for each in now["offices"]]
    return digest_of(now)


def plan_of(documents: Mapping[str, Content], numbers: Mapping[str, int]) -> PlanInForce:
    """The plan that documents make together.

    documents  by series, the directives in their order
    """
    directives, priorities, retired, history = [], [], [], []
    own: dict[str, WorkingCalendar] = {}
    common = _calendar(documents[CALENDAR])
    for series, content in documents.items():
        if not directive_of(series):
            continue
        directives.append(Directive.model_validate(content["directive"]))
        theirs = [Priority.model_validate(each) for each in content["priorities"]]
        priorities += theirs
        retired += [Priority.model_validate(each) for each in content.get("retired", ())]
        history += [StepHistory.model_validate(each) for each in content.get("history", ())]
        if "calendar" in content:
            days = _calendar(content["calendar"])
            calendar = WorkingCalendar((*common.overrides, *days.overrides), days.provisional_from)
            own |= {each.code: calendar for each in theirs}
    plan = Plan(
        directives=tuple(directives),
        priorities=tuple(priorities),
        offices=tuple(OfficeSpec.model_validate(each) for each in documents[OFFICES]["offices"]),
        ladders=tuple(Ladder.model_validate(each) for each in documents[LADDERS]["ladders"]),
        retired=tuple(retired),
        history=tuple(history),
    )
    return PlanInForce(plan, replace(common, own=own), numbers)


def with_memberships(new: Content, before: Content, effective_on: date) -> Content:
    """A register's new content that also says when its offices joined and left groups (``offices.joined``)."""
    now, was = ([OfficeSpec.model_validate(each) for each in content["offices"]] for content in (new, before))
    return _register_content(joined(now, was, effective_on))


def with_past(new: Content, before: Content, effective_on: date, entered: date) -> Content:
    """A directive's new content that also keeps what ``before`` had and it has no more.

    Done work is still shown by its subtask's title and report form, whatever later editions ask for; and what began
    before the change is still planned as it was. Another kind of period begins with a year
    (``Conventions.in_place_of``).
    """
    content = {key: value for key, value in new.items() if key not in ("retired", "history")}
    was, is_now = (Conventions.model_validate(each["directive"].get("conventions", {})) for each in (before, new))
    conventions = is_now.in_place_of(was, max(effective_on, entered))
    content["directive"] = {**new["directive"], "conventions": conventions.model_dump(mode="json")}
    if retired := _retired(new, before):
        content["retired"] = retired
    histories = [StepHistory.model_validate(each) for each in before.get("history", ())]
    asked = _subtasks(before["priorities"]), _subtasks(new["priorities"])
    if found := histories_after(*asked, histories, effective_on, entered):
        content["history"] = _dumped(found)
    return content


def _retired(new: Content, before: Content) -> list[Content]:
    """The priorities with what is asked no more, each with just those subtasks and steps."""
    asked = {each.code: each for each in _subtasks(new["priorities"])}
    retired: dict[str, tuple[Content, Subtask]] = {}
    for priority in (*before.get("retired", ()), *before["priorities"]):
        for subtask in _subtasks([priority]):
            now = asked.get(subtask.code)
            lost = tuple(s for s in subtask.steps if now is None or s.key not in {each.key for each in now.steps})
            if now is None or lost:
                earlier = retired[subtask.code][1].steps if subtask.code in retired else ()
                steps = (*(s for s in earlier if s.key not in {each.key for each in lost}), *lost)
                retired[subtask.code] = priority, subtask.model_copy(update={"steps": steps})
    groups: dict[str, Content] = {}
    for priority, subtask in retired.values():
        group = groups.setdefault(priority["code"], {**priority, "subtasks": []})
        group["subtasks"].append(subtask.model_dump(mode="json"))
    return list(groups.values())


def _subtasks(priorities: Iterable[Content]) -> list[Subtask]:
    return [Subtask.model_validate(each) for priority in priorities for each in priority["subtasks"]]


def _directive_content(plan: Plan, directive: Directive, calendar: WorkingCalendar) -> Content:
    priorities = plan.priorities_of(directive.code)
    content: Content = {
        "format": FORMAT,
        "directive": directive.model_dump(mode="json"),
        "priorities": _dumped(priorities),
    }
    retired = [each for each in plan.retired if each.directive == directive.code]
    if retired:
        content["retired"] = _dumped(retired)
    codes = {subtask.code for each in (*priorities, *retired) for subtask in each.subtasks}
    if history := [each for each in plan.history if each.subtask in codes]:
        content["history"] = _dumped(history)
    own = calendar.own.get(priorities[0].code) if priorities else None
    if own is not None:
        days = [override for override in own.overrides if override not in calendar.overrides]
        content["calendar"] = _calendar_content(days, own.provisional_from)
    return content


def _register_content(offices: Iterable[OfficeSpec]) -> Content:
    listed = _dumped(offices)
    # As registers have been kept from the first, where nobody has joined or left a group.
    return {
        "format": FORMAT,
        "offices": [{k: v for k, v in each.items() if v or k != "memberships"} for each in listed],
    }


def _dumped(parts: Iterable[Any]) -> list[Content]:
    return [part.model_dump(mode="json") for part in parts]


def _calendar_content(overrides: Iterable[Override], provisional_from: int) -> Content:
    days = [asdict(each) | {"date": each.date.isoformat()} for each in sorted(overrides, key=lambda each: each.date)]
    return {"overrides": days, "provisional_from": provisional_from}


def _calendar(content: Content) -> WorkingCalendar:
    days = [Override(**{**each, "date": date.fromisoformat(each["date"])}) for each in content["overrides"]]
    return WorkingCalendar(tuple(days), content["provisional_from"])
