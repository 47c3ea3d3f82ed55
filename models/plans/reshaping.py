"""Subtasks of a plan changed, added, dropped, split and merged: contents of its files in, contents out.

Pure: nothing is checked here but what cannot be done at all; ``models.plans.reading.with_contents`` reads the outcome
back as it reads files, with every fault.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from typing import Any, Literal

from config.catalogue.fields import parse_dependency
from config.catalogue.folders import in_folder, is_priority, name_of
from config.catalogue.plan import Plan
from config.catalogue.writing import directive_folders, plan_contents
from config.errors import Refused
from models.plans.awaiting import Awaited, wait_instead
from models.plans.documents import Content

Changed = dict[str, Content | None]
"""Contents by file, None for a file that is to go."""

MOST_SUBTASKS = 99
"""Subtasks of one priority, by their codes."""

How = Literal["together", "side_by_side"]
"""Merged: one report of all leads together, or the reports of both beside each other."""


def subtask_content(plan: Plan, code: str) -> Content:
    """One subtask as its file has it."""
    _, priority, place = _found(plan, code)
    content: Content = priority["subtasks"][place]
    return content


def free_code(plan: Plan, priority: str, taken: Collection[str] = ()) -> str:
    """The code that a new subtask of a priority has: the number after the last that was ever used."""
    known = {each.code for each in plan.known_subtasks()} | {*taken}
    number = priority.removeprefix("p")
    used = [int(code.partition(".")[2]) for code in known if code.startswith(f"T{number}.")]
    following = max(used, default=0) + 1
    if following > MOST_SUBTASKS:
        raise Refused(
            f"Nhiệm vụ {priority} đã dùng hết {MOST_SUBTASKS} số; thêm vào nhiệm vụ trọng tâm khác.",
            f"Priority task {priority} has used all its {MOST_SUBTASKS} numbers; add it to another priority task.",
        )
    return f"T{number}.{following}"


def with_subtask(plan: Plan, code: str, content: Content) -> Changed:
    """With other contents of one subtask."""
    file, priority, place = _found(plan, code)
    priority["subtasks"][place] = content
    return {file: priority}


def with_new_subtask(plan: Plan, priority: str, content: Content, *, behind: str = "") -> Changed:
    """With one subtask more, at the end of its priority or behind another."""
    file, found = _priority(plan, priority)
    codes = [each["code"] for each in found["subtasks"]]
    found["subtasks"].insert(codes.index(behind) + 1 if behind in codes else len(codes), content)
    return {file: found}


def brought_back(plan: Plan, before: Plan, code: str) -> Changed:
    """With a subtask that an earlier plan had, in its place; where its priority is gone too, that with it alone."""
    content, priority = subtask_content(before, code), before.priority_of(code)
    file, found = _priority(before, priority)
    if priority in plan.priority_codes:
        codes = [each["code"] for each in found["subtasks"]]
        return with_new_subtask(plan, priority, content, behind=codes[max(codes.index(code) - 1, 0)])
    directive = before.directive_of(code).code
    folder = next(folder for folder, each in directive_folders(plan) if each.code == directive)
    return {in_folder(folder, name_of(file)): found | {"subtasks": [content]}}


def without_subtask(plan: Plan, code: str, heir: str = "") -> Changed:
    """Without one subtask; what waited for it waits for its heir, or for it no more."""
    contents = _priorities(plan)
    file, priority, place = _found(plan, code)
    del priority["subtasks"][place]
    contents[file] = priority
    of_directive = {f"{each.code}.yaml" for each in plan.priorities_of(plan.directive_of(code).code)}
    if not priority["subtasks"] and len(of_directive) == 1:
        raise Refused(
            f"{code} là nhiệm vụ cuối cùng của chỉ đạo; không bỏ được. Muốn thôi theo dõi thì kết thúc chỉ đạo.",
            f"{code} is the last subtask of its directive and cannot be dropped; close the directive instead.",
        )
    changed: Changed = {file: priority if priority["subtasks"] else None}
    for other, content in contents.items():
        if content["subtasks"] and _wait_for(content, code, heir):
            changed[other] = content
    return changed


def split_subtask(plan: Plan, code: str, second: Content, leads: Iterable[str], steps: Collection[str]) -> Changed:
    """Two subtasks of one: the second takes some of the steps, or of the leads of the first step.

    second  its code, title and quote; all else it has from the first
    leads   names of leads that go over; where all stay, both have them
    steps   keys of the steps that go over; where none or all do, both have them
    """
    file, priority, place = _found(plan, code)
    first: Content = priority["subtasks"][place]
    other = deepcopy(first) | second
    if "title_vi" in second and second["title_vi"] != first["title_vi"]:
        other.pop("title_en", None)
    keys = {each["key"] for each in first.get("steps", ())}
    going = keys & {*steps}
    if going and going != keys:
        first["steps"], other["steps"] = (
            [each for each in first["steps"] if (each["key"] in going) is goes] for goes in (False, True)
        )
    gone = {*leads}
    for content, keeps in ((first, False), (other, True)):
        for step in content.get("steps", ()):
            led = _listed(step.get("lead"))
            part = [each for each in led if (each in gone) is keeps]
            if gone and part and len(part) < len(led):
                step["lead"] = part if len(part) > 1 else part[0]
        _forget_missing(content)
    priority["subtasks"].insert(place + 1, other)
    return {file: priority}


def merge_subtasks(plan: Plan, code: str, other: str, how: How) -> Changed:
    """Two subtasks as one under the first's code; what waited for the second waits for it."""
    if code == other:
        raise Refused("Chọn một nhiệm vụ khác để gộp.", "Choose a different subtask to merge with.")
    merged, second = subtask_content(plan, code), subtask_content(plan, other)
    for key in ("quote", "targets", "documents", "systems", "depends_on"):
        joined = _together(_listed(merged.get(key)), _listed(second.get(key)))
        if joined:
            merged[key] = joined if key != "quote" or len(joined) > 1 else joined[0]
    if how == "together" and merged.get("steps") and second.get("steps"):
        if any("host" in _listed(each.get("lead")) for each in second["steps"]) and not _is_of_events(merged):
            raise Refused(
                f"{other} do cơ quan tổ chức sự kiện báo cáo, {code} thì không; chọn giữ các báo cáo của cả hai.",
                f"{other} is reported by the host of an event and {code} is not; keep the reports of both.",
            )
        _lead_together(merged["steps"][0], second["steps"])
    elif second.get("steps"):
        _beside(merged, second)
    if second.get("steps"):
        merged.pop("kind", None)  # told by the steps
    for part in (merged, *merged.get("steps", ())):
        _wait_no_more(part, (code, other))
    changed = without_subtask(plan, other, heir=code)
    file, priority, _ = _found(plan, code)
    content = changed.get(file) or priority
    places = [each["code"] for each in content["subtasks"]]
    content["subtasks"][places.index(code)] = merged
    changed[file] = content
    return changed


def _is_of_events(subtask: Content) -> bool:
    return bool(subtask["steps"][0].get("trigger") == "event")


def _wait_no_more(part: Content, codes: Collection[str]) -> None:
    """Let a subtask or a step depend on none of these, nor wait for one."""
    wait_instead(part, lambda awaited: None if awaited[0] in codes else awaited)
    if named := _listed(part.get("depends_on")):
        part["depends_on"] = [each for each in named if parse_dependency(each)[0] not in codes]
        if not part["depends_on"]:
            del part["depends_on"]


def _lead_together(step: Content, others: Iterable[Content]) -> None:
    """One report of all leads; whoever coordinates with any of them coordinates."""
    for each in others:
        for key in ("lead", "coordinating", "named", "report_to"):
            joined = _together(_listed(step.get(key)), _listed(each.get(key)))
            if joined:
                step[key] = joined if key != "lead" or len(joined) > 1 else joined[0]
    leads = {*_listed(step.get("lead"))}
    if not {*_listed(step.get("coordinating"))} - leads and "coordinating" in step["due"]:
        step["due"] = {key: value for key, value in step["due"].items() if key != "coordinating"}
    for key in ("coordinating", "named"):
        if kept := [each for each in _listed(step.get(key)) if each not in leads]:
            step[key] = kept
        else:
            step.pop(key, None)
    step.pop("each", None)
    if len(leads) > 1:
        step["each"] = False


def _beside(merged: Content, second: Content) -> None:
    """The steps of both, each with its own title and form; keys that both use are told apart."""
    used = {each["key"] for each in merged.setdefault("steps", [])}
    for content in (merged, second):
        for step in content["steps"]:
            step.setdefault("title_vi", content["title_vi"])
    for step in second["steps"]:
        for key in ("report", "product"):
            if key in second and key not in step:
                step[key] = second[key]
        key, number = step["key"], 2
        while step["key"] in used:
            step["key"] = f"{key[:28]}_{number}"
            number += 1
        used.add(step["key"])
        merged["steps"].append(step)


def _wait_for(priority: Content, code: str, heir: str) -> bool:
    """Let what depends on a subtask or waits for it do so for its heir, or for nothing; whether anything did."""
    found = False
    for subtask in priority["subtasks"]:
        follows = (heir, "") if heir and heir != subtask["code"] else None
        for part in (subtask, *subtask.get("steps", ())):
            found |= wait_instead(part, partial(_inherited, code, follows))
            named = _listed(part.get("depends_on"))
            if not any(parse_dependency(each)[0] == code for each in named):
                continue
            found = True
            kept = [heir if parse_dependency(each)[0] == code else each for each in named]
            part["depends_on"] = [*dict.fromkeys(each for each in kept if each and each != subtask["code"])]
            if not part["depends_on"]:
                del part["depends_on"]
    return found


def _inherited(code: str, heir: Awaited | None, awaited: Awaited) -> Awaited | None:
    return heir if awaited[0] == code else awaited


def _forget_missing(subtask: Content) -> None:
    """Let no step take input from one that its subtask does not have any more."""
    keys = {each["key"] for each in subtask.get("steps", ())}
    for step in subtask.get("steps", ()):
        if "input_from" in step:
            step["input_from"] = [each for each in step["input_from"] if each in keys]
            if not step["input_from"]:
                del step["input_from"]


def _priorities(plan: Plan) -> dict[str, Content]:
    return {file: content for file, content in plan_contents(plan).items() if is_priority(file)}


def _priority(plan: Plan, code: str) -> tuple[str, Content]:
    plan.priority(code)  # raises Refused for a code that there is not
    return next((file, content) for file, content in _priorities(plan).items() if content["code"] == code)


def _found(plan: Plan, code: str) -> tuple[str, Content, int]:
    """The file of a subtask, what it holds, and the subtask's place in it."""
    for file, content in _priorities(plan).items():
        for place, subtask in enumerate(content["subtasks"]):
            if subtask["code"] == code:
                return file, content, place
    plan.subtask(code)
    raise Refused(f"{code} không còn trong kế hoạch.", f"{code} is no longer in the plan.")


def _listed(value: Any) -> list[Any]:
    return [] if value is None else [*value] if isinstance(value, list) else [value]


def _together(first: Iterable[Any], second: Iterable[Any]) -> list[Any]:
    return [*_each_once((*first, *second))]


def _each_once(parts: Iterable[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for each in parts:
        key = each.get("key", each) if isinstance(each, Mapping) else each
        if key not in seen:
            seen.append(key)
            yield each
