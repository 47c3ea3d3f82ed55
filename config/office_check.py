"""What must hold between the offices of a plan: each code once, successors that take over, groups that are used."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from config.nearly_right import nearest
from config.offices import OfficeSpec, Register
from config.plan_entries import Contents, entries, is_priority, mended, twice
from config.plan_faults import PlanError
from config.plan_fields import KEY

_PRIORITIES = 5


def register(contents: Contents) -> Register:
    """The offices of the plan, also those whose name or kind is at fault."""
    listed = [entry for _, entry in entries(contents.get("offices.yaml"), "offices")]
    found = (mended(OfficeSpec, entry) or mended(OfficeSpec, _times(entry)) for entry in listed)
    return {office.code: office for office in found if office is not None}


def _times(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What tells when an office is there, and for whom, of an entry whose name or kind is at fault."""
    keys = ("code", "groups", "member_of", "valid_from", "valid_to", "successor")
    return {"name_vi": "–", "name_en": "–", "kind": "state"} | {key: entry[key] for key in keys if key in entry}


def lasting(contents: Contents, offices: Register) -> Register:
    """The offices as steps are tried with: one whose end is at fault stays, or else its steps would seem to be."""
    lasting = dict(offices)
    for _, entry in entries(contents.get("offices.yaml"), "offices"):
        office = lasting.get(str(entry.get("code")))
        if office is None or office.valid_to is None:
            continue
        told = entry.get("successor") is not None or mended(OfficeSpec, entry) is None
        if (told and office.successor not in offices) or office.valid_to < (office.valid_from or office.valid_to):
            lasting[office.code] = office.model_copy(update={"valid_to": None})
    return lasting


def office_faults(contents: Contents, offices: Register) -> Iterator[PlanError]:
    """Offices that end before they begin, or hand over to nobody."""
    file = "offices.yaml"
    yield from twice(file, entries(contents.get(file), "offices"), "code", "offices")
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


def group_faults(contents: Contents) -> Iterator[PlanError]:
    """A group no step names is a slip of the pen, which would leave an office without its work."""
    priorities = [content for file, content in contents.items() if is_priority(file)]
    if len(priorities) < _PRIORITIES or not all(isinstance(p.get("subtasks"), list) for p in priorities):
        return
    named = {name for content in priorities for name in _named(content)}
    groups = [
        (office, place, group)
        for _, office in entries(contents.get("offices.yaml"), "offices")
        for place, group in enumerate(office["groups"] if isinstance(office.get("groups"), list) else ())
        if isinstance(group, str) and KEY.fullmatch(group)  # else its form is told
    ]
    for office, place, group in groups:
        if group not in named:
            vi, en = nearest(group, {other for _, _, other in groups} & named)
            yield PlanError(
                "offices.yaml",
                f"{office.get('code', 'offices')}.groups[{place}]",
                group,
                f"không bước nào giao việc cho nhóm này{vi}",
                f"no step names this group{en}",
            )


def _named(priority: Mapping[str, Any]) -> Iterator[str]:
    """Every office and group that leads or coordinates a step."""
    steps = (step for _, subtask in entries(priority, "subtasks") for _, step in entries(subtask, "steps"))
    for step in steps:
        for part in (step, *(variant for _, variant in entries(step, "variants"))):
            coordinating = part.get("coordinating")
            for selector in (part.get("lead"), *(coordinating if isinstance(coordinating, list) else ())):
                name = selector.get("group") if isinstance(selector, dict) else selector
                if isinstance(name, str):
                    yield name
