"""What must hold between the parts of a plan, beyond the form of each: unique codes, successors that take over,
checks that name counts of their form, steps that can be done (``config.catalogue.checks.step_check``).

It reads the files entry by entry and skips what is already refused for its form. So a fault in one place hides no
fault in another, and all of them are reported at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from config.catalogue.checks.dependency_check import dependency_faults
from config.catalogue.checks.entries import Contents, duplicates, entries, files_in, files_named, without_faults
from config.catalogue.checks.office_check import group_faults, office_faults, register, without_faulty_ends
from config.catalogue.checks.quote_check import quote_faults
from config.catalogue.checks.reference_check import replacement_faults
from config.catalogue.checks.report_checks import names_in
from config.catalogue.checks.step_check import StepCheck
from config.catalogue.checks.waiting_check import endless_waits
from config.catalogue.conventions import Conventions
from config.catalogue.faults import PlanError
from config.catalogue.fields import KEY, PRIORITY, SUBTASK
from config.catalogue.folders import DIRECTIVE, LADDERS, folder_of, in_folder, is_priority, name_of
from config.catalogue.plan import Plan
from config.catalogue.steps import Step
from config.catalogue.subtasks import with_titles
from config.catalogue.writing import plan_contents
from config.rules.ladder import RungSpec
from config.rules.working_time import WorkingCalendar
from config.text.suggestions import suggestion


def check_plan(
    contents: Contents, calendar: WorkingCalendar, *, complete: bool = True, standing: Plan | None = None
) -> Iterator[PlanError]:
    """Every fault between the parts; ``contents`` by file name, as read.

    complete  whether every file of the plan could be read; otherwise what nobody names may be named in another file
    standing  the plan that is changed: what waits for ever in it already goes to the desk, and may be mended piece by
              piece
    """
    offices = register(contents)
    yield from office_faults(contents, offices)
    yield from _reference_faults(contents)
    yield from replacement_faults(contents)
    yield from group_faults(contents, complete=complete)
    yield from _ladder_faults(contents)
    stay = without_faulty_ends(contents, offices)
    seen = dict[str, str](), dict[str, str]()
    for folder in dict.fromkeys(folder_of(file) for file in contents):
        own = files_in(contents, folder)
        directive = own.get(in_folder(folder, DIRECTIVE), {})
        conventions = without_faults(Conventions, directive.get("conventions") or {}) or Conventions()
        codes = [name_of(file).removesuffix(".yaml") for file in own if is_priority(file)]
        steps = StepCheck(
            offices=stay,
            calendar=calendar.of(codes[0]) if codes else calendar,
            conventions=conventions,
            since=_first_day(directive),
        )
        yield from _subtask_faults(contents, folder, steps, *seen)
        yield from quote_faults(contents, folder)
    yield from dependency_faults(contents)
    if waits := endless_waits(contents, calendar):
        before = endless_waits(plan_contents(standing), calendar) if standing else {}
        yield from (error for wait, error in waits.items() if wait not in before)


def _first_day(directive: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(directive.get("date")))
    except ValueError:
        return date(2023, 8, 17)


def _reference_faults(contents: Contents) -> Iterator[PlanError]:
    seen: dict[str, str] = {}
    for file, content in files_named(contents, DIRECTIVE):
        code = content.get("code")
        if isinstance(code, str) and seen.setdefault(code, file) != file:
            first = seen[code]
            taken = {str(held.get("code")) for _, held in files_named(contents, DIRECTIVE)}
            free = next(each for each in (f"{code[:29]}-{n}" for n in range(2, 100)) if each not in taken)
            vi, en = f", ví dụ {free}", f", e.g. {free}"
            yield PlanError(
                file,
                "code",
                code,
                f"là mã của chỉ đạo khác ({first}); đặt mã riêng{vi}",
                f"is the code of another directive ({first}); choose another{en}",
            )
        for key in ("documents", "systems"):
            yield from duplicates(file, entries(content, key), "id", key)


def _ladder_faults(contents: Contents) -> Iterator[PlanError]:
    seen: dict[str, str] = {}
    for file, content in files_named(contents, LADDERS):
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
                    "only the last step may repeat; remove this",
                )


def _subtask_faults(
    contents: Contents, folder: str, steps: StepCheck, seen: dict[str, str], files: dict[str, str]
) -> Iterator[PlanError]:
    """The faults of one directive's subtasks; ``seen`` and ``files`` tell where codes and priorities were before."""
    for file, content in files_in(contents, folder).items():
        if not is_priority(file):
            continue
        stem = name_of(file).removesuffix(".yaml")
        yield from _place_faults(file, stem, files, contents)
        code = content.get("code")
        if isinstance(code, str) and PRIORITY.fullmatch(code) and code != stem:
            yield PlanError(file, "code", code, f"tệp này là của {stem}", f"this is the file of {stem}")
        yield from _duplicate_subtasks(file, content, seen, contents)
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


def _place_faults(file: str, stem: str, files: dict[str, str], contents: Contents) -> Iterator[PlanError]:
    if stem in files:
        taken = {name_of(name).removesuffix(".yaml") for name in contents if is_priority(name)}
        free = next((code for code in (f"p{number}" for number in range(1, 100)) if code not in taken), "–")
        yield PlanError(
            file,
            "",
            None,
            f"{stem} đã có ({files[stem]}); mỗi mã chỉ một lần, số còn trống: {free}",
            f"{stem} already exists ({files[stem]}); each code only once; {free} is free",
        )
    files.setdefault(stem, file)


def _duplicate_subtasks(
    file: str, content: Mapping[str, Any], seen: dict[str, str], contents: Contents
) -> Iterator[PlanError]:
    """Subtasks whose code is taken, each with a number that is free."""
    faults = list(duplicates(file, entries(content, "subtasks"), "code", "subtasks", seen))
    taken = (
        {str(each.get("code")) for held in contents.values() for _, each in entries(held, "subtasks")}
        if faults
        else set()
    )
    for fault in faults:
        priority, _, _ = str(fault.value).partition(".")
        free = next((code for code in (f"{priority}.{n}" for n in range(1, 100)) if code not in taken), "")
        if free and SUBTASK.fullmatch(free):
            vi, en = f"{fault.problem_vi}, số còn trống: {free}", f"{fault.problem_en}, {free} is free"
            fault = replace(fault, problem_vi=vi, problem_en=en)
        yield fault


def _step_faults(file: str, where: str, subtask: Mapping[str, Any], steps: StepCheck) -> Iterator[PlanError]:
    listed = list(entries({"steps": with_titles(subtask)}, "steps") if isinstance(subtask.get("steps"), list) else ())
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
