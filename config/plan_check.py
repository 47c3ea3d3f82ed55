"""What must hold between the parts of a plan, beyond the form of each: no code twice, successors that take
over, checks that name counts of their form, steps that can be worked (``config.step_check``).

It works on what the files hold, entry by entry, and passes over what is already refused for its form. So a
fault in one place hides no fault in another, and all of them are told at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.catalogue import Step
from config.ladder import RungSpec
from config.offices import OfficeSpec, Register
from config.plan_faults import PlanError
from config.plan_fields import nearest
from config.report_checks import names_in
from config.step_check import StepCheck
from config.working_time import WorkingCalendar

_Part = TypeVar("_Part", bound=BaseModel)

Contents = Mapping[str, Mapping[str, Any]]

_WHOLE = ("lead", "coordinating", "variants")


def check_plan(contents: Contents, calendar: WorkingCalendar) -> Iterator[PlanError]:
    """Every fault between the parts; ``contents`` by file name, as read."""
    offices = _offices(contents)
    yield from _office_faults(contents, offices)
    yield from _reference_faults(contents)
    yield from _ladder_faults(contents)
    directive = contents.get("directive.yaml", {})
    conventions = directive.get("conventions")
    before = conventions.get("before_date") if isinstance(conventions, dict) else None
    steps = StepCheck(
        offices=offices,
        calendar=calendar,
        before="inclusive" if before == "inclusive" else "strict",
        since=_first_day(directive),
    )
    yield from _subtask_faults(contents, steps)


def entries(content: Mapping[str, Any] | None, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a list that are groups of values, with their places."""
    listed = content.get(key) if content else None
    if isinstance(listed, list):
        yield from ((place, entry) for place, entry in enumerate(listed) if isinstance(entry, dict))


def mended(model: type[_Part], content: Any) -> _Part | None:
    """The part, without what is wrong in it if need be; None when it cannot stand without that."""
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False)
    content = deepcopy(content)
    for fault in faults:
        # Only what stands alone: without a wrong ``lead`` it would seem that nobody leads.
        if fault["type"] != "extra_forbidden" and (len(fault["loc"]) != 1 or fault["loc"][0] in _WHOLE):
            return None
        holder = content
        for part in fault["loc"][:-1]:
            holder = holder[part]
        holder.pop(fault["loc"][-1], None)
    try:
        return model.model_validate(content)
    except ValidationError:
        return None


def _offices(contents: Contents) -> Register:
    found = (mended(OfficeSpec, entry) for _, entry in entries(contents.get("offices.yaml"), "offices"))
    return {office.code: office for office in found if office is not None}


def _first_day(directive: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(directive.get("date")))
    except ValueError:
        return date(2023, 8, 17)


def _twice(
    file: str,
    listed: Iterable[tuple[int, dict[str, Any]]],
    by: str,
    where: str,
    seen: dict[str, str] | None = None,
) -> Iterator[PlanError]:
    """Codes used a second time; ``seen`` tells where each was first."""
    seen = {} if seen is None else seen
    for place, entry in listed:
        code = entry.get(by)
        if not isinstance(code, str):
            continue
        if code in seen:
            first = "" if seen[code] == file else f" ({seen[code]})"
            yield PlanError(
                file,
                f"{where}[{place}].{by}",
                code,
                f"đã dùng ở mục trước{first}; mỗi mã chỉ một lần",
                f"is used before{first}; each code only once",
            )
        seen.setdefault(code, file)


def _reference_faults(contents: Contents) -> Iterator[PlanError]:
    for key in ("documents", "systems"):
        yield from _twice("directive.yaml", entries(contents.get("directive.yaml"), key), "id", key)


def _office_faults(contents: Contents, offices: Register) -> Iterator[PlanError]:
    file = "offices.yaml"
    yield from _twice(file, entries(contents.get(file), "offices"), "code", "offices")
    dated = {entry.get("code") for _, entry in entries(contents.get(file), "offices") if "valid_to" in entry}
    for office in offices.values():
        if office.valid_from and office.valid_to and office.valid_from > office.valid_to:
            yield PlanError(
                file,
                f"{office.code}.valid_to",
                office.valid_to.isoformat(),
                f"trước valid_from ({office.valid_from.isoformat()}); đổi lại cho đúng thứ tự",
                f"is before valid_from ({office.valid_from.isoformat()})",
            )
        if office.successor is not None and office.code not in dated:
            yield PlanError(
                file,
                f"{office.code}.valid_to",
                None,
                f"thiếu; có đơn vị kế tục ({office.successor}) thì phải ghi ngày cuối cùng",
                f"is missing; with a successor ({office.successor}) the last day is needed",
            )
        yield from _succession_faults(file, office, offices)
        for key in ("successor", "member_of"):
            if getattr(office, key) == office.code:
                yield PlanError(file, f"{office.code}.{key}", office.code, "là chính cơ quan này", "is itself")


def _succession_faults(file: str, office: OfficeSpec, offices: Register) -> Iterator[PlanError]:
    if office.successor is None or office.successor == office.code:
        return
    key = f"{office.code}.successor"
    line, current = [office.code], offices.get(office.successor)
    while current is not None and current.code not in line:
        line.append(current.code)
        current = offices.get(current.successor or "")
    # Each office of a ring would tell the same; the one that comes first does.
    if current is not None and current.code == office.code and office.code == min(line):
        ring = " → ".join([*line, office.code])
        yield PlanError(file, key, office.successor, f"nối vòng: {ring}", f"goes round: {ring}")
    heir = offices.get(office.successor)
    if heir and heir.valid_from and office.valid_to and heir.valid_from > office.valid_to + timedelta(days=1):
        yield PlanError(
            file,
            key,
            office.successor,
            f"bắt đầu {heir.valid_from.isoformat()}, {office.code} đã kết thúc {office.valid_to.isoformat()};"
            " ở giữa không ai nhận việc",
            f"begins {heir.valid_from.isoformat()}, {office.code} ends {office.valid_to.isoformat()};"
            " nobody takes over in between",
        )


def _ladder_faults(contents: Contents) -> Iterator[PlanError]:
    file = "ladders.yaml"
    yield from _twice(file, entries(contents.get(file), "ladders"), "code", "ladders")
    for place, ladder in entries(contents.get(file), "ladders"):
        where = ladder["code"] if isinstance(ladder.get("code"), str) else f"ladders[{place}]"
        rungs = list(entries(ladder, "rungs"))
        yield from _twice(file, rungs, "name", f"{where}.rungs")
        for number, entry in rungs:
            rung = mended(RungSpec, entry)
            if rung and rung.repeat_every is not None and number != rungs[-1][0]:
                yield PlanError(
                    file,
                    f"{where}.rungs[{number}].repeat_every",
                    rung.repeat_every,
                    "chỉ bậc cuối được nhắc lại; bỏ mục này",
                    "only the last rung may repeat; remove this",
                )


def _subtask_faults(contents: Contents, steps: StepCheck) -> Iterator[PlanError]:
    seen: dict[str, str] = {}
    for file, content in contents.items():
        if not _is_priority(file):
            continue
        stem = file.removesuffix(".yaml")
        code = content.get("code")
        if isinstance(code, str) and code != stem:
            yield PlanError(file, "code", code, f"tệp này là của {stem}", f"this is the file of {stem}")
        yield from _twice(file, entries(content, "subtasks"), "code", "subtasks", seen)
        for place, subtask in entries(content, "subtasks"):
            code = subtask.get("code")
            where = code if isinstance(code, str) else f"subtasks[{place}]"
            # T0.x, the weaknesses found by the review, is an annex of the first priority.
            if isinstance(code, str) and code[:1] == "T" and code[1:2].isdigit():
                belongs = "p1" if code[1] == "0" else f"p{code[1]}"
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
            if isinstance(subtask.get("depends_on"), list) and code in subtask["depends_on"]:
                yield PlanError(file, f"{where}.depends_on", code, "là chính việc này", "is itself")


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
    yield from _twice(file, listed, "key", f"{where}.steps")
    keys = [entry["key"] for _, entry in listed if isinstance(entry.get("key"), str)]
    known = {step.key: step for _, entry in listed if (step := mended(Step, entry))}
    for place, entry in listed:
        here = f"{where}.steps[{place}]"
        yield from _form_faults(file, f"{here}.report", entry.get("report"))
        yield from _twice(file, entries(entry, "variants"), "key", f"{here}.variants")
        step = mended(Step, entry)
        if step is None:
            continue
        for name in step.input_from:
            if name not in keys or name == step.key:
                vi, en = nearest(name, [key for key in keys if key != step.key])
                yield PlanError(file, f"{here}.input_from", name, f"không có bước này{vi}", f"no such step{en}")
        yield from steps.faults(file, here, step, known)


def _form_faults(file: str, where: str, form: Any) -> Iterator[PlanError]:
    if not isinstance(form, dict):
        return
    counts = list(entries(form, "counts"))
    yield from _twice(file, counts, "key", f"{where}.counts")
    known = [entry["key"] for _, entry in counts if isinstance(entry.get("key"), str)]
    for place, check in entries(form, "checks"):
        expression = check.get("expression")
        for name in names_in(expression) if isinstance(expression, str) else ():
            if name not in known:
                vi, en = nearest(name, known)
                yield PlanError(
                    file,
                    f"{where}.checks[{place}].expression",
                    name,
                    f"biểu này không có chỉ tiêu đó{vi}",
                    f"the form has no such count{en}",
                )


def _is_priority(file: str) -> bool:
    return file[:1] == "p" and file[1:2].isdigit()
