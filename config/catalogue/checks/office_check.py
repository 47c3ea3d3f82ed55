"""What must hold between the offices of a plan: each code once, successors that take over, groups that are used."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from config.catalogue.checks.entries import Contents, duplicates, entries, files_named, without_faults
from config.catalogue.faults import PlanError
from config.catalogue.fields import KEY
from config.catalogue.folders import MAIN_FOLDER, folder_of, is_priority
from config.catalogue.offices import OfficeSpec, Register
from config.text.suggestions import closest, did_you_mean

FILE = "offices.yaml"


def register(contents: Contents) -> Register:
    """The offices of the plan, including those whose name or kind is at fault, with groups of further directives."""
    listed = [entry for _, content in files_named(contents, FILE) for _, entry in entries(content, "offices")]
    found: dict[str, OfficeSpec] = {}
    for entry in listed:
        office = without_faults(OfficeSpec, entry) or without_faults(OfficeSpec, _existence(entry))
        if office is not None:
            found.setdefault(office.code, office)
    for _, content in files_named(contents, FILE):
        for _, group in entries(content, "groups"):
            members = group.get("offices")
            for code in members if isinstance(members, list) else ():
                if isinstance(code, str) and code in found and isinstance(group.get("code"), str):
                    groups = (*found[code].groups, group["code"])
                    found[code] = found[code].model_copy(update={"groups": groups})
    return found


def _existence(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say when an office exists and for whom, from an entry whose name or kind is at fault."""
    keys = ("code", "groups", "member_of", "valid_from", "valid_to", "successor")
    return {"name_vi": "–", "name_en": "–", "kind": "state"} | {key: entry[key] for key in keys if key in entry}


def without_faulty_ends(contents: Contents, offices: Register) -> Register:
    """The offices with which steps are checked: one whose end is at fault does not end, so that its steps are not
    reported as well."""
    lasting = dict(offices)
    for entry in (entry for _, content in files_named(contents, FILE) for _, entry in entries(content, "offices")):
        office = lasting.get(str(entry.get("code")))
        if office is None or office.valid_to is None:
            continue
        told = entry.get("successor") is not None or without_faults(OfficeSpec, entry) is None
        if (told and office.successor not in offices) or office.valid_to < (office.valid_from or office.valid_to):
            lasting[office.code] = office.model_copy(update={"valid_to": None})
    return lasting


def office_faults(contents: Contents, offices: Register) -> Iterator[PlanError]:
    """Faults of offices that end before they begin, or have no successor when they should."""
    seen: dict[str, str] = {}
    dated: set[str] = set()
    for file, content in files_named(contents, FILE):
        yield from duplicates(file, entries(content, "offices"), "code", "offices", seen)
        dated |= {str(entry.get("code")) for _, entry in entries(content, "offices") if "valid_to" in entry}
        if folder_of(file) != MAIN_FOLDER:
            yield from _membership_faults(file, content, contents)
    for office in offices.values():
        file = seen[office.code]
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


def _membership_faults(file: str, content: Mapping[str, Any], contents: Contents) -> Iterator[PlanError]:
    """Faults of offices that a further directive puts into a group of the main plan, or under one of its offices.

    They would get the work of the main plan as well; only the main file may say that.
    """
    main = contents.get(FILE)
    groups = {group for _, _, group in _memberships(main)}
    codes = {str(entry.get("code")) for _, entry in entries(main, "offices")}
    for office, place, group in _memberships(content):
        if group in groups:
            yield PlanError(
                file,
                f"{office.get('code', 'offices')}.groups[{place}]",
                group,
                f"là nhóm của kế hoạch chung, sẽ nhận cả việc của kế hoạch ấy; ghi cơ quan này vào {FILE} chung",
                f"is a group of the main plan and would bring its work too; put this office into the main {FILE}",
            )
    for _, entry in entries(content, "offices"):
        if entry.get("member_of") in codes and isinstance(entry.get("member_of"), str):
            yield PlanError(
                file,
                f"{entry.get('code', 'offices')}.member_of",
                entry["member_of"],
                f"là mục của kế hoạch chung, sẽ nhận cả việc của kế hoạch ấy; ghi cơ quan này vào {FILE} chung",
                f"is an office of the main plan and would bring its work too; put this office into the main {FILE}",
            )


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
        yield PlanError(file, key, office.successor, f"nối thành vòng: {ring}", f"forms a loop: {ring}")
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


def group_faults(contents: Contents, *, complete: bool) -> Iterator[PlanError]:
    """Faults of groups that two files define, and of those that no step names but that are called almost like one that
    is named: a slip that would leave an office without work."""
    priorities = [content for file, content in contents.items() if is_priority(file)]
    complete = complete and all(isinstance(priority.get("subtasks"), list) for priority in priorities)
    in_use = {name for content in priorities for name in _named(content)}
    made: dict[str, str] = {}
    for file, content in files_named(contents, FILE):
        yield from duplicates(file, entries(content, "groups"), "code", "groups", made)
        groups = [
            (f"{office.get('code', 'offices')}.groups[{place}]", group)
            for office, place, group in _memberships(content)
            if KEY.fullmatch(group)  # otherwise its form is reported
        ]
        for place, entry in entries(content, "groups"):
            code = entry.get("code")
            if isinstance(code, str) and KEY.fullmatch(code):
                groups.append((f"groups[{place}].code", code))
        for key, group in groups if complete else ():
            if group not in in_use and (near := closest(group, {other for _, other in groups} & in_use)):
                vi, en = did_you_mean(near)
                yield PlanError(
                    file,
                    key,
                    group,
                    f"không bước nào giao việc cho nhóm này{vi}",
                    f"no step names this group{en}",
                )
        made |= {group: file for _, group in groups}


def _memberships(content: Mapping[str, Any] | None) -> Iterator[tuple[dict[str, Any], int, str]]:
    """Each group that an office says it is in: the office, the place in its list, the group."""
    for _, office in entries(content, "offices"):
        listed = office.get("groups")
        for place, group in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(group, str):
                yield office, place, group


def _named(priority: Mapping[str, Any]) -> Iterator[str]:
    """Every office and group that leads a step, coordinates it or is told of it."""
    steps = (step for _, subtask in entries(priority, "subtasks") for _, step in entries(subtask, "steps"))
    for step in steps:
        for part in (step, *(variant for _, variant in entries(step, "variants"))):
            for key in ("lead", "coordinating", "named"):
                listed = part.get(key)
                for selector in listed if isinstance(listed, list) else (listed,):
                    name = selector.get("group") if isinstance(selector, dict) else selector
                    if isinstance(name, str):
                        yield name
