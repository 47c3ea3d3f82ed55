"""What must hold between the parts of a plan, beyond the form of each: unique codes, successors that take over,
checks that name counts of their form, steps that can be done (``config.catalogue.step_check``).

It reads the files entry by entry and skips what is already refused for its form. So a fault in one place hides no
fault in another, and all of them are reported at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from config.catalogue.entries import Contents, duplicates, entries, files_in, files_named, without_faults
from config.catalogue.faults import PlanError
from config.catalogue.fields import KEY, PRIORITY, SUBTASK
from config.catalogue.folders import MAIN_FOLDER, MAIN_PRIORITIES, folder_of, in_folder, is_priority, name_of
from config.catalogue.office_check import group_faults, office_faults, register, without_faulty_ends
from config.catalogue.report_checks import names_in
from config.catalogue.step_check import StepCheck
from config.catalogue.subtasks import Step
from config.rules.ladder import RungSpec
from config.rules.working_time import WorkingCalendar
from config.text.suggestions import suggestion


def check_plan(contents: Contents, calendar: WorkingCalendar) -> Iterator[PlanError]:
    """Every fault between the parts; ``contents`` by file name, as read."""
    offices = register(contents)
    yield from office_faults(contents, offices)
    yield from _reference_faults(contents)
    yield from group_faults(contents)
    yield from _ladder_faults(contents)
    stay = without_faulty_ends(contents, offices)
    seen = dict[str, str](), dict[str, str]()
    for folder in dict.fromkeys(folder_of(file) for file in contents):
        own = files_in(contents, folder)
        directive = own.get(in_folder(folder, "directive.yaml"), {})
        conventions = directive.get("conventions")
        before = conventions.get("before_date") if isinstance(conventions, dict) else None
        codes = [name_of(file).removesuffix(".yaml") for file in own if is_priority(file)]
        steps = StepCheck(
            offices=stay,
            calendar=calendar.of(codes[0]) if codes else calendar,
            before="inclusive" if before == "inclusive" else "strict",
            since=_first_day(directive),
        )
        yield from _subtask_faults(own, steps, *seen)
    yield from _dependency_faults(contents)


def _first_day(directive: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(directive.get("date")))
    except ValueError:
        return date(2023, 8, 17)


def _reference_faults(contents: Contents) -> Iterator[PlanError]:
    seen: dict[str, str] = {}
    for file, content in files_named(contents, "directive.yaml"):
        code = content.get("code")
        if isinstance(code, str) and seen.setdefault(code, file) != file:
            first = seen[code]
            yield PlanError(
                file,
                "code",
                code,
                f"là mã của chỉ đạo khác ({first}); đặt mã riêng",
                f"is the code of another directive ({first}); choose another",
            )
        for key in ("documents", "systems"):
            yield from duplicates(file, entries(content, key), "id", key)


def _ladder_faults(contents: Contents) -> Iterator[PlanError]:
    seen: dict[str, str] = {}
    for file, content in files_named(contents, "ladders.yaml"):
        yield from duplicates(file, entries(content, "ladders"), "code", "ladders", seen)
        yield from _rung_faults(file, content)


def _rung_faults(file: str, content: Mapping[str, Any]) -> Iterator[PlanError]:
    for place, ladder in entries(content, "ladders"):
        where = ladder["code"] if isinstance(ladder.get("code"), str) else f"ladders[{place}]"
        rungs = list(entries(ladder, "rungs"))
        yield from duplicates(file, rungs, "name", f"{where}.rungs")
        for number, entry in rungs:
            rung = without_faults(RungSpec, entry)
            if rung and rung.repeat_every is not None and number != rungs[-1][0]:
                yield PlanError(
                    file,
                    f"{where}.rungs[{number}].repeat_every",
                    rung.repeat_every,
                    "chỉ bậc cuối được nhắc lại; bỏ mục này",
                    "only the last rung may repeat; remove this",
                )


def _subtask_faults(
    contents: Contents, steps: StepCheck, seen: dict[str, str], files: dict[str, str]
) -> Iterator[PlanError]:
    """The faults of one directive's subtasks; ``seen`` and ``files`` tell where codes and priorities were before."""
    for file, content in contents.items():
        if not is_priority(file):
            continue
        stem = name_of(file).removesuffix(".yaml")
        yield from _place_faults(file, stem, files)
        code = content.get("code")
        if isinstance(code, str) and PRIORITY.fullmatch(code) and code != stem:
            yield PlanError(file, "code", code, f"tệp này là của {stem}", f"this is the file of {stem}")
        yield from duplicates(file, entries(content, "subtasks"), "code", "subtasks", seen)
        for place, subtask in entries(content, "subtasks"):
            code = subtask.get("code")
            where = code if isinstance(code, str) else f"subtasks[{place}]"
            # T0.x, the weaknesses found by the review, is an annex of the first priority.
            if isinstance(code, str) and SUBTASK.fullmatch(code):
                number = code[1:].partition(".")[0]
                belongs = "p1" if number == "0" else f"p{number}"
                if belongs != stem:
                    yield PlanError(
                        file,
                        f"{where}.code",
                        code,
                        f"việc này thuộc tệp {belongs}.yaml",
                        f"belongs in {belongs}.yaml",
                    )
            yield from _form_faults(file, f"{where}.report", subtask.get("report"))
            yield from _step_faults(file, where, subtask, steps)


def _place_faults(file: str, stem: str, files: dict[str, str]) -> Iterator[PlanError]:
    if folder_of(file) != MAIN_FOLDER and int(stem[1:]) <= MAIN_PRIORITIES:
        yield PlanError(
            file,
            "",
            None,
            f"p1–p{MAIN_PRIORITIES} thuộc chỉ đạo của kho; đặt tên từ p{MAIN_PRIORITIES + 1}.yaml trở đi",
            f"p1 to p{MAIN_PRIORITIES} belong to the main plan; name it p{MAIN_PRIORITIES + 1}.yaml or higher",
        )
    elif stem in files:
        yield PlanError(
            file,
            "",
            None,
            f"{stem} đã có ({files[stem]}); mỗi mã chỉ một lần, dùng số khác",
            f"{stem} is there already ({files[stem]}); use another number",
        )
    files.setdefault(stem, file)


def _dependency_faults(contents: Contents) -> Iterator[PlanError]:
    """Subtasks that wait for themselves, at once or through others; each ring is told once."""
    files: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
    for file, content in contents.items():
        for _, subtask in entries(content, "subtasks") if is_priority(file) else ():
            code, listed = subtask.get("code"), subtask.get("depends_on")
            if isinstance(code, str) and code not in files:
                files[code] = file
                needs[code] = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    told: set[frozenset[str]] = set()
    for code, file in files.items():
        key = f"{code}.depends_on"
        if code in needs[code]:
            yield PlanError(file, key, code, "là chính việc này", "is itself")
        ring = _shortest_cycle(code, needs)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            way = " → ".join(ring)
            yield PlanError(file, key, ring[1], f"nối vòng: {way}; bỏ một chỗ", f"goes round: {way}; remove one")


def _shortest_cycle(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """The shortest cycle from a subtask through others back to it; empty when there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        for name in needs.get(way[-1], ()):
            if name == start and len(way) > 1:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _step_faults(file: str, where: str, subtask: Mapping[str, Any], steps: StepCheck) -> Iterator[PlanError]:
    listed = list(entries(subtask, "steps"))
    principle = subtask.get("kind") == "principle"
    if principle and listed:
        yield PlanError(
            file,
            f"{where}.steps",
            None,
            "nguyên tắc (principle) không tạo việc; bỏ steps",
            "a principle has no steps",
        )
    if not principle and not subtask.get("steps"):
        yield PlanError(
            file,
            f"{where}.steps",
            None,
            "thiếu; phải có ít nhất một bước, hoặc kind: principle",
            "is missing; give at least one step, or kind: principle",
        )
    yield from duplicates(file, listed, "key", f"{where}.steps")
    keys = [entry["key"] for _, entry in listed if isinstance(entry.get("key"), str)]
    known = {step.key: step for _, entry in listed if (step := without_faults(Step, entry))}
    for place, entry in listed:
        here = f"{where}.steps[{place}]"
        yield from _form_faults(file, f"{here}.report", entry.get("report"))
        yield from duplicates(file, entries(entry, "variants"), "key", f"{here}.variants")
        step = without_faults(Step, entry)
        if step is None:
            continue
        for name in step.input_from:
            if (name not in keys and _well_formed(keys)) or name == step.key:
                vi, en = suggestion(name, [key for key in keys if key != step.key])
                yield PlanError(file, f"{here}.input_from", name, f"không có bước này{vi}", f"no such step{en}")
        yield from steps.faults(file, here, step, known)


def _form_faults(file: str, where: str, form: Any) -> Iterator[PlanError]:
    if not isinstance(form, dict):
        return
    counts = list(entries(form, "counts"))
    yield from duplicates(file, counts, "key", f"{where}.counts")
    known = [entry["key"] for _, entry in counts if isinstance(entry.get("key"), str)]
    for place, check in entries(form, "checks"):
        expression = check.get("expression")
        for name in names_in(expression) if isinstance(expression, str) else ():
            if name not in known and _well_formed(known):
                vi, en = suggestion(name, known)
                yield PlanError(
                    file,
                    f"{where}.checks[{place}].expression",
                    name,
                    f"biểu này không có chỉ tiêu đó{vi}",
                    f"the form has no such count{en}",
                )


def _well_formed(keys: Iterable[str]) -> bool:
    """Whether all keys have the right form; one that has not is reported elsewhere, and may be the one meant."""
    return all(KEY.fullmatch(key) for key in keys)
