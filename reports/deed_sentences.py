"""What a deed does to open work, as a coordinator would say it: sentences by subtask.

«hạn dời từ 15/09/2026 sang 30/09/2026 cho 12 cơ quan; 3 phần việc quá hạn ngay».
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from config.catalogue.plan import Plan
from config.rules.due import NO_DATE
from config.rules.due_words import change_clause, day_in_words
from config.rules.kinds import Timing
from config.rules.periods import period_in_words
from models.tables.deed import ItemKind, LeftBecause
from models.tables.lifecycle import Role
from models.tables.party import Part
from models.tables.prepared import PartyChange
from models.work.deeds.prepared import PartyCount, PreparedItem

LEFT_VI = {
    LeftBecause.DUE_BEFORE: "đến hạn trước ngày có hiệu lực",
    LeftBecause.RHYTHM: "đổi nhịp báo cáo: theo nhịp mới từ kỳ sau",
    LeftBecause.EXTENDED: "đã được gia hạn muộn hơn hạn mới",
    LeftBecause.REPORT_WAITING: "báo cáo đang chờ quyết định",
    LeftBecause.LEAD_CLOSED: "phần chủ trì đã xong hoặc đã thu hồi",
}
"""Why a deed leaves an assignment as it is."""

NAMED_AT_MOST = 5
"""Offices that a sentence names; of more it gives the number, and the annex the names."""

ONLY_TOLD = "không còn phải gửi phần phối hợp, chỉ được biết"
"""Of an office that owed input and is named only from now on."""

_PERIODS_AT_MOST = 3

KINDS = (
    *(ItemKind.REASSIGNED, ItemKind.MOVED, ItemKind.MADE, ItemKind.RESTORED, ItemKind.WITHDRAWN),
    *(ItemKind.REWORDED, ItemKind.MONITOR, ItemKind.PARTIES, ItemKind.LEFT),
)
"""In the order in which they are told."""

StepCode = tuple[str, str]
"""Subtask and step."""


def joined(names: Iterable[str]) -> str:
    """«A, B và C»; by semicolons where a name has a comma of its own."""
    *first, last = names
    between = "; " if any("," in name for name in first) else ", "
    return f"{between.join(first)} và {last}" if first else last


def offices_in_words(codes: Collection[str], plan: Plan, at_most: int = NAMED_AT_MOST) -> str:
    """Their names, or how many they are; many that belong to one collective entry as «166 cơ quan thuộc …»."""
    if len(codes) <= at_most:
        return joined(plan.office(code).name_vi for code in codes)
    of = Counter(plan.office(code).member_of for code in codes)
    crowds = [code for code, count in of.items() if code and count > NAMED_AT_MOST]
    told = [f"{of[code]} cơ quan thuộc {plan.office(code).name_vi}" for code in crowds]
    rest = [code for code in codes if plan.office(code).member_of not in crowds]
    if len(rest) > at_most:
        return joined([f"{len(rest)} cơ quan", *told])
    return joined([*(plan.office(code).name_vi for code in rest), *told])


def step_sentences(
    items: Iterable[PreparedItem], parties: Iterable[PartyCount], plan: Plan
) -> dict[StepCode, list[str]]:
    """What becomes of the open work of each step that a deed touches, in the order in which it was worked out.

    plan  after the deed
    """
    found: dict[StepCode, _StepChange] = defaultdict(_StepChange)
    for item in items:
        found[item.subtask, item.step].shapes[_shape(item)].add(item)
    for each in parties:
        found[each.subtask, each.step].parties.append(each)
    return {key: list(_sentences(change, plan, key)) for key, change in found.items()}


class _Shape(NamedTuple):
    """What makes two items one sentence."""

    kind: ItemKind
    role: Role
    due: tuple[date | None, Timing | None, date, Timing]
    offices: tuple[str | None, str] | None
    monitors: tuple[str | None, str] | None
    left_because: LeftBecause | None


@dataclass
class _Seen:
    """Of how many items, offices and periods a sentence speaks."""

    offices: dict[str, None] = field(default_factory=dict)
    periods: dict[str, None] = field(default_factory=dict)
    count: int = 0
    late: int = 0
    anew: int = 0

    def add(self, item: PreparedItem) -> None:
        self.offices.setdefault(item.to_office)
        self.periods.setdefault(item.period)
        self.count += 1
        self.late += item.is_late_now
        self.anew += item.asks_anew


@dataclass
class _StepChange:
    shapes: dict[_Shape, _Seen] = field(default_factory=lambda: defaultdict(_Seen))
    parties: list[PartyCount] = field(default_factory=list)

    def offices(self, kind: ItemKind, role: Role) -> set[str]:
        return {office for shape, seen in self.shapes.items() if shape[:2] == (kind, role) for office in seen.offices}

    def joining(self, part: Part, change: PartyChange, *, new: bool) -> list[str]:
        """Offices that come or go beside work that is made, or beside work that there is."""
        begins = (ItemKind.MADE, ItemKind.RESTORED)
        found = (each for each in self.parties if (each.part, each.change) == (part, change))
        return list(dict.fromkeys(each.office for each in found if (each.kind in begins) == new))


_NO_DUE = None, None, NO_DATE, Timing.UNDATED


def _shape(item: PreparedItem) -> _Shape:
    is_given, is_monitor = item.kind is ItemKind.REASSIGNED, item.kind is ItemKind.MONITOR
    # What is taken back or stays is told by its office; when it was due matters little.
    due = item.from_due_date, item.from_timing, item.to_due_date, item.to_timing
    no_due = item.kind in (ItemKind.WITHDRAWN, ItemKind.LEFT, ItemKind.PARTIES, ItemKind.MONITOR, ItemKind.REWORDED)
    no_due |= is_given and due[:2] == due[2:]
    return _Shape(
        item.kind,
        Role.LEAD if item.kind is ItemKind.LEFT else item.role,
        _NO_DUE if no_due else due,
        (item.from_office, item.to_office) if is_given else None,
        (item.from_monitor_office, item.to_monitor_office) if is_monitor else None,
        item.left_because,
    )


def _sentences(change: _StepChange, plan: Plan, key: StepCode) -> Iterator[str]:
    only_told = change.offices(ItemKind.WITHDRAWN, Role.COORDINATING) & {
        *change.joining(Part.NAMED, PartyChange.ADDED, new=False)
    }
    beside = _beside_new(change, plan)
    for shape, seen in sorted(change.shapes.items(), key=lambda pair: KINDS.index(pair[0].kind)):
        whom = {office: None for office in seen.offices if office not in only_told}
        if shape.kind is ItemKind.WITHDRAWN and shape.role is Role.COORDINATING:
            if whom:
                count = seen.count if whom.keys() == seen.offices.keys() else len(whom)
                yield f"thôi yêu cầu {_of(whom, count, plan)} gửi phần phối hợp"
        elif said := _said(shape, seen, plan, _periods(seen, plan, key)):
            begins = shape.kind in (ItemKind.MADE, ItemKind.RESTORED) and shape.role is Role.LEAD
            yield said + (beside if begins else "") + _late(shape, seen)
            beside = "" if begins else beside
    if only_told:
        names = offices_in_words(sorted(only_told), plan)
        yield f"{names} {ONLY_TOLD}"
    yield from _parties(change, only_told, plan)
    yield from (_left(shape, seen, plan) for shape, seen in change.shapes.items() if shape.left_because)


def _said(shape: _Shape, seen: _Seen, plan: Plan, periods: str) -> str:
    """One sentence without what is late; empty where others say it."""
    whom, asked = _of(seen.offices, seen.count, plan), shape.role is Role.COORDINATING
    match shape.kind:
        case ItemKind.MOVED:
            return f"{_moved(shape)} cho {whom}"
        case ItemKind.MADE | ItemKind.RESTORED:
            verb = "giao mới" if shape.kind is ItemKind.MADE else "giao lại"
            what = f"yêu cầu {whom} gửi phần phối hợp" if asked else f"{verb} cho {whom}"
            return f"{what}{periods}, {_due(shape)}"
        case ItemKind.WITHDRAWN:
            return f"thôi giao cho {whom}{periods}"
        case ItemKind.REASSIGNED:
            assert shape.offices is not None
            old, new = (plan.office(code or "").name_vi for code in shape.offices)
            several = f" ({seen.count} phần việc)" if seen.count > 1 else ""
            moved = "" if shape.due == _NO_DUE else f", {_moved(shape)}"
            return f"{'phần phối hợp' if asked else 'chủ trì'} chuyển từ {old} sang {new}{several}{moved}"
        case ItemKind.REWORDED:
            return f"thời hạn của {whom} tính theo quy tắc mới, ngày đến hạn giữ nguyên"
        case ItemKind.MONITOR:
            assert shape.monitors is not None
            old, new = (plan.office(code or "").name_vi for code in shape.monitors)
            return f"cơ quan theo dõi đổi từ {old} sang {new} ({seen.count} phần việc)"
        case ItemKind.PARTIES | ItemKind.LEFT:
            return ""


def _left(shape: _Shape, seen: _Seen, plan: Plan) -> str:
    assert shape.left_because is not None
    names = offices_in_words(seen.offices, plan)
    return f"giữ nguyên {seen.count} phần việc của {names} ({LEFT_VI[shape.left_because]})"


def _moved(shape: _Shape) -> str:
    before, was, after, now = shape.due
    assert before is not None
    of = "hạn gửi phần phối hợp" if shape.role is Role.COORDINATING else "hạn"
    if NO_DATE in (before, after):
        part = "phần phối hợp: " if shape.role is Role.COORDINATING else ""
        return part + change_clause(before, was, after, now)
    if before == after:
        return f"giờ hết hạn trong ngày {after:%d/%m/%Y} đổi"
    if after > before:
        return f"{of} dời từ {before:%d/%m/%Y} sang {after:%d/%m/%Y}"
    return f"{of} rút từ {before:%d/%m/%Y} lên {after:%d/%m/%Y}"


def _due(shape: _Shape) -> str:
    _, _, day, timing = shape.due
    return f"{'' if day == NO_DATE else 'hạn '}{day_in_words(day, timing)}"


def _late(shape: _Shape, seen: _Seen) -> str:
    anew = shape.kind in (ItemKind.MOVED, ItemKind.REASSIGNED) and seen.anew
    return (f"; {seen.late} phần việc quá hạn ngay" if seen.late else "") + (
        "; phải tiếp nhận lại" if anew == seen.count else f"; {anew} phần việc phải tiếp nhận lại" if anew else ""
    )


def _of(offices: Collection[str], count: int, plan: Plan) -> str:
    """The offices, and how many assignments where that is another number."""
    return offices_in_words(offices, plan) + ("" if count == len(offices) else f" ({count} phần việc)")


def _periods(seen: _Seen, plan: Plan, key: StepCode) -> str:
    """«, năm 2026»: of which periods or occasions, where the step comes round."""
    if plan.step(*key).trigger == "issue":
        return ""
    if len(seen.periods) > _PERIODS_AT_MOST:
        return f", {len(seen.periods)} kỳ"
    return f", {joined(period_in_words(period, 'vi') for period in seen.periods)}"


def _beside_new(change: _StepChange, plan: Plan) -> str:
    """Who leads and is named beside work that is made."""
    joint = change.joining(Part.JOINT, PartyChange.ADDED, new=True)
    named = change.joining(Part.NAMED, PartyChange.ADDED, new=True)
    return (f"; cùng chủ trì: {offices_in_words(joint, plan)}" if joint else "") + (
        f"; phối hợp (được biết): {offices_in_words(named, plan)}" if named else ""
    )


def _parties(change: _StepChange, only_told: Collection[str], plan: Plan) -> Iterator[str]:
    """Who joins and leaves work that there is, but for whom another sentence speaks of."""
    given = {shape.offices[1] for shape in change.shapes if shape.offices}
    asked = change.offices(ItemKind.MADE, Role.COORDINATING) | change.offices(ItemKind.RESTORED, Role.COORDINATING)
    comes = {part: change.joining(part, PartyChange.ADDED, new=False) for part in Part}
    goes = {part: change.joining(part, PartyChange.DROPPED, new=False) for part in Part}
    spoken_of = {*given, *asked, *only_told}
    if joint := [each for each in comes[Part.JOINT] if each not in spoken_of]:
        yield f"thêm {offices_in_words(joint, plan)} cùng chủ trì"
    if joint := [each for each in goes[Part.JOINT] if each not in {*spoken_of, *comes[Part.NAMED]}]:
        yield f"{offices_in_words(joint, plan)} thôi cùng chủ trì"
    if named := [each for each in comes[Part.NAMED] if each not in {*spoken_of, *goes[Part.JOINT]}]:
        yield f"thêm {offices_in_words(named, plan)} phối hợp (được biết)"
    if named := [each for each in comes[Part.NAMED] if each in goes[Part.JOINT]]:
        yield f"{offices_in_words(named, plan)} thôi cùng chủ trì, chỉ còn phối hợp (được biết)"
    if named := [each for each in goes[Part.NAMED] if each not in {*spoken_of, *comes[Part.JOINT]}]:
        yield f"{offices_in_words(named, plan)} thôi phối hợp"
