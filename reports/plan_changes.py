"""What one plan asks differently from another, as a coordinator would say it: by subtask, and of what they share."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from config.catalogue.assignees import assignees
from config.catalogue.demands import Target
from config.catalogue.plan import Directive, Plan
from config.catalogue.steps import Step
from config.catalogue.subtasks import Subtask
from config.rules.reading.written import written
from config.rules.working_time import WorkingCalendar
from reports.deed_sentences import ONLY_TOLD, StepCode, joined, offices_in_words

_DETAILS: dict[str, tuple[str, ...]] = {
    "trích dẫn": ("quotes",),
    "kết quả phải có": ("product",),
    "mẫu báo cáo": ("report", "boundary_vi"),
    "văn bản, hệ thống liên quan": ("documents", "systems"),
    "việc phải xong trước": ("depends_on", "input_from"),
    "nơi nhận báo cáo": ("report_to",),
    "thang nhắc việc": ("ladder",),
    "căn cứ của hạn": ("basis", "basis_note_vi"),
    "thời gian áp dụng": ("valid_from", "valid_to"),
}
"""What is said to differ and not how: it changes nothing for who has the work, and until when."""


@dataclass
class SubtaskChange:
    """What differs in one subtask: as a whole, step by step, and in its details."""

    whole: list[str] = field(default_factory=list)
    steps: dict[str, list[str]] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """A subtask before and after, as it is asked on a day."""

    before: Plan
    after: Plan
    subtask: str
    day: date


def subtask_changes(before: Plan, after: Plan, day: date, told: Container[StepCode]) -> dict[str, SubtaskChange]:
    """What differs, by subtask.

    day   on which it is asked who leads and coordinates
    told  steps of whose offices and dates is spoken already, with the open work they have
    """
    was, wanted = ({each.code: each for each in plan.subtasks()} for plan in (before, after))
    found: dict[str, SubtaskChange] = {}
    for code in dict.fromkeys((*was, *wanted)):
        old, new = was.get(code), wanted.get(code)
        if new is None:
            found[code] = SubtaskChange(["bỏ khỏi kế hoạch"])
        elif old is None:
            found[code] = SubtaskChange(["nhiệm vụ mới"])
        elif old != new:
            found[code] = _changed(_Asked(before, after, code, day), old, new, told)
    return found


def shared_changes(
    before: tuple[Plan, WorkingCalendar], after: tuple[Plan, WorkingCalendar]
) -> Iterator[tuple[str, str]]:
    """What differs beside subtasks: each as what it is about, and a sentence."""
    (old, old_days), (new, new_days) = before, after
    for directive in new.directives:
        known = {each.code: each for each in old.directives}
        if directive.code not in known:
            yield "Chỉ đạo", f"thêm «{directive.title_vi}»"
        elif said := list(_of_directive(known[directive.code], directive, new)):
            yield f"Chỉ đạo {directive.code}", "; ".join(said)
    if said := list(_of_offices(old, new)):
        yield "Danh bạ cơ quan", "; ".join(said)
    yield from _of_collectives(old, new)
    if old.ladders != new.ladders:
        yield "Thang nhắc việc", "có thay đổi; việc đã giao giữ thang cũ"
    was, days = ({each.date: each for each in calendar.overrides} for calendar in (old_days, new_days))
    changed = sorted(day for day in {*was, *days} if was.get(day) != days.get(day))
    if changed:
        names = [
            f"{day:%d/%m/%Y} {_KIND_OF_DAY[days[day].kind] if day in days else 'như thường lệ'}" for day in changed
        ]
        yield "Lịch làm việc", ", ".join(names)


_KIND_OF_DAY = {"day_off": "là ngày nghỉ", "working_day": "là ngày làm việc"}


def _changed(asked: _Asked, old: Subtask, new: Subtask, told: Container[StepCode]) -> SubtaskChange:
    change = SubtaskChange()
    if old.title_vi != new.title_vi:
        change.whole.append(f"đổi tên, trước đây là «{old.title_vi}»")
    details = {*_details(old, new)}
    was, steps = ({each.key: each for each in subtask.steps} for subtask in (old, new))
    for key in dict.fromkeys((*steps, *was)):
        before, after = was.get(key), steps.get(key)
        details |= {*_details(before, after)} if before and after else set()
        if (new.code, key) not in told:
            change.steps[key] = [*_of_step(asked, before, after)]
    if old.monitor != new.monitor and not any((new.code, key) in told for key in steps):
        change.whole.append("đổi cơ quan theo dõi")
    change.details += [*_of_targets(old.targets, new.targets), *_of_counts(old, new)]
    if named := [name for name in _DETAILS if name in details]:
        change.details.append(f"sửa {joined(named)}")
    if not (
        change.whole or any(change.steps.values()) or change.details or any((new.code, key) in told for key in steps)
    ):
        change.details.append("sửa cách ghi trong kế hoạch")
    return change


def _of_counts(old: Subtask, new: Subtask) -> Iterator[str]:
    """The figures that its reports give, or give no longer."""
    was, counts = (
        {each.key: each.label_vi for step in subtask.steps for each in subtask.form(step.key).counts}
        for subtask in (old, new)
    )
    for verb, labels in (
        ("báo cáo thêm số liệu", [label for key, label in counts.items() if key not in was]),
        ("báo cáo thôi số liệu", [label for key, label in was.items() if key not in counts]),
    ):
        if labels:
            yield f"{verb} {joined(f'«{label}»' for label in labels)}"


def _of_step(asked: _Asked, old: Step | None, new: Step | None) -> Iterator[str]:
    """Of a step that has no open work: what is so from the next time on."""
    if old is None or new is None:
        yield "báo cáo mới, từ lần giao sau" if new else "thôi báo cáo"
        return
    said = [*_of_roles(asked, old, new)]
    dues = [(step.trigger, step.due.lead, step.due.coordinating) for step in (old, new)]
    if dues[0][:2] != dues[1][:2] or (None not in (dues[0][2], dues[1][2]) and dues[0] != dues[1]):
        said.append(f"hạn tính theo «{new.words_of('lead') or written(new.due.lead)}»")
    if said:
        yield f"từ lần giao sau {'; '.join(said)}"


def _of_roles(asked: _Asked, old: Step, new: Step) -> Iterator[str]:
    was, roles = (
        _roles(plan, asked.subtask, step, asked.day) for plan, step in ((asked.before, old), (asked.after, new))
    )
    changes: dict[tuple[str, str], list[str]] = {}
    for office in sorted(dict.fromkeys((*roles, *was)), key=lambda office: _ROLES.index(roles.get(office, ""))):
        pair = was.get(office, ""), roles.get(office, "")
        if pair[0] != pair[1]:
            changes.setdefault(pair, []).append(office)
    gone, come = changes.get((_LEAD, ""), []), changes.get(("", _LEAD), [])
    if len(gone) == len(come) == 1:
        del changes[_LEAD, ""], changes["", _LEAD]
        yield f"chủ trì chuyển từ {_names(gone, asked)} sang {_names(come, asked)}"
    for (before, after), offices in changes.items():
        names = _names(offices, asked)
        if not before:
            yield f"thêm {names} {after}"
        elif not after:
            yield f"{names} thôi {before}"
        elif (before, after) == (_ASKED, _NAMED):
            yield f"{names} {ONLY_TOLD}"
        else:
            yield f"{names} nay {after}, trước đây {before}"


_LEAD, _ASKED, _NAMED = "chủ trì", "gửi phần phối hợp", "phối hợp (được biết)"
_ROLES = (_LEAD, _ASKED, _NAMED, "")
_HOST = "?"
"""Stands for the office that will hold an event."""


def _roles(plan: Plan, subtask: str, step: Step, day: date) -> dict[str, str]:
    """What each office is to a step that is assigned on a day: the first of these where it is several things."""
    each = [*assignees(plan, step, day, host=_HOST, part=(subtask,))]
    leads = [one for one in each if one.role == "lead"]
    found = {office: _LEAD for one in leads for office in (one.office, *one.joint)}
    found = {one.office: _ASKED for one in each if one.role == "coordinating"} | found
    return {office: _NAMED for one in leads for office in one.named} | found


def _names(offices: Sequence[str], asked: _Asked) -> str:
    known = [each for each in offices if each != _HOST]
    hosts = ["cơ quan tổ chức sự kiện"] if _HOST in offices else []
    return joined([*hosts, *([offices_in_words(known, asked.after)] if known else ())])


def _of_targets(old: Sequence[Target], new: Sequence[Target]) -> Iterator[str]:
    was, wanted = ({each.key: each for each in targets} for targets in (old, new))
    for key in dict.fromkeys((*was, *wanted)):
        before, after = was.get(key), wanted.get(key)
        if before is None and after is not None:
            yield f"thêm chỉ tiêu «{after.indicator_vi}»: {_value(after)}"
        elif after is None and before is not None:
            yield f"bỏ chỉ tiêu «{before.indicator_vi}»"
        elif before and after and _value(before) != _value(after):
            yield f"chỉ tiêu «{after.indicator_vi}»: từ {_value(before)} thành {_value(after)}"
        elif before != after and after:
            yield f"sửa chỉ tiêu «{after.indicator_vi}»"


def _value(target: Target) -> str:
    return f"{'không quá ' if target.at_most else ''}{target.value} {target.unit}".strip()


def _details(old: Any, new: Any) -> Iterator[str]:
    """The names of details in which two subtasks or steps differ."""
    for name, fields in _DETAILS.items():
        if any(getattr(old, each, None) != getattr(new, each, None) for each in fields):
            yield name


def _of_directive(old: Directive, new: Directive, plan: Plan) -> Iterator[str]:
    if old.title_vi != new.title_vi:
        yield f"đổi tên thành «{new.title_vi}»"
    if old.coordinator != new.coordinator:
        yield f"cơ quan đôn đốc nay là {plan.office(new.coordinator).name_vi}"
    if old.default_monitor != new.default_monitor:
        yield f"cơ quan theo dõi chung nay là {plan.office(new.default_monitor).name_vi}"
    if old.documents != new.documents or old.systems != new.systems:
        yield "sửa danh mục văn bản, hệ thống"
    if old.conventions != new.conventions:
        yield "sửa cách đọc kỳ và hạn"
    if old.source != new.source:
        yield (
            "sửa nguyên văn chỉ đạo"
            if old.source and new.source
            else "thêm nguyên văn"
            if new.source
            else "bỏ nguyên văn"
        )


def _of_collectives(old: Plan, new: Plan) -> Iterator[tuple[str, str]]:
    """Collective entries that give way to members from a day on (``models.work.register.giving_way``)."""
    known = {each.code for each in old.offices}
    coming = Counter((each.member_of, each.valid_from) for each in new.offices if each.code not in known)
    for (collective, since), count in coming.items():
        if collective is not None:
            when = f"từ {since:%d/%m/%Y} " if since else ""
            name = new.office(collective).name_vi
            yield name, f"{when}việc chưa báo cáo chuyển cho {count} cơ quan thành viên; hạn đã qua thì chờ định hạn"


def _of_offices(old: Plan, new: Plan) -> Iterator[str]:
    was, offices = ({each.code: each for each in plan.offices} for plan in (old, new))
    for verb, codes in (
        ("thêm", [code for code in offices if code not in was]),
        ("bỏ", [code for code in was if code not in offices]),
        ("sửa", [code for code in offices if code in was and was[code] != offices[code]]),
    ):
        if codes:
            yield f"{verb} {offices_in_words(codes, old if verb == 'bỏ' else new)}"
