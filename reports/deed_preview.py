"""What a deed would do, as it is read before it is signed: sentences by subtask, then the annex of all assignments.

``reports.deed_files`` writes it as a file.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import Session

from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.rules.due_words import day_in_words
from config.rules.periods import period_in_words
from config.text.counts import thousands
from models.alerts.silences import ending_with
from models.alerts.told_by_deeds import told_offices
from models.store.actor import ActorContext
from models.tables.deed import DeedKind, ItemKind
from models.tables.lifecycle import Role
from models.tables.prepared import ITEMS
from models.work.deeds.apply import Change
from models.work.deeds.prepared import Prepared, PreparedItem, party_counts, prepared_items
from reports.deed_sentences import KINDS, NAMED_AT_MOST, StepCode, offices_in_words, step_sentences
from reports.deed_sentences import LEFT_VI as LEFT_VI
from reports.plan_changes import SubtaskChange, shared_changes, subtask_changes

CHANGES_VI = {
    ItemKind.MADE: "giao mới",
    ItemKind.WITHDRAWN: "thu hồi",
    ItemKind.RESTORED: "giao lại",
    ItemKind.REASSIGNED: "chuyển cơ quan",
    ItemKind.MOVED: "đổi hạn",
    ItemKind.REWORDED: "đổi quy tắc, giữ hạn",
    ItemKind.MONITOR: "đổi cơ quan theo dõi",
    ItemKind.PARTIES: "đổi cơ quan cùng chủ trì, được biết",
    ItemKind.LEFT: "giữ nguyên",
}
"""What a deed does to one assignment."""

_TITLES = {
    DeedKind.AMENDMENT: "Sửa đổi kế hoạch",
    DeedKind.CALENDAR: "Tính lại hạn theo lịch làm việc",
    DeedKind.OFFICES: "Thay đổi danh bạ cơ quan",
    DeedKind.DIRECTIVE_CLOSED: "Kết thúc chỉ đạo",
    DeedKind.DIRECTIVE_REOPENED: "Mở lại chỉ đạo",
    DeedKind.DIRECT: "Điều chỉnh việc đang mở",
    DeedKind.ANCHOR: "Sửa sự kiện, văn bản đã ghi",
}


@dataclass(frozen=True)
class Paragraph:
    """One subtask, or what subtasks share, with everything that changes in it.

    heading  of the priority that begins with it; empty within one
    """

    heading: str
    code: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """A preview without its annex.

    silences  the number and office of each that ends with its office; whoever takes over is reminded
    author    the office in whose name it is done
    """

    title: str
    grounds: str
    summary: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    silences: tuple[tuple[int, str], ...]
    made_at: datetime
    author: str


def preview_of(connection: Connection, prepared: Prepared, change: Change, before: ActorContext) -> Preview:
    """A deed in sentences.

    connection  has its items
    before      by the plan that the deed changes
    """
    silences = _silences_ending(connection, change, before)
    is_grounded = change.provenance.paper_number or change.provenance.reason
    grounds = [change.because[0] if is_grounded else "chưa có văn bản"]
    if change.provenance.paper_number and change.provenance.reason:
        grounds.append(f"lý do: {change.provenance.reason}")
    return Preview(
        title=_TITLES[change.kind],
        grounds="; ".join(grounds),
        summary=(
            *_summary(connection, prepared, change),
            *(
                f"Tạm ngừng nhắc số {number} ({office}) hết cùng cơ quan; cơ quan nhận việc vẫn được nhắc."
                for number, office in silences
            ),
        ),
        silences=silences,
        paragraphs=tuple(_paragraphs(connection, change, before)),
        made_at=change.context.now,
        author=_author(connection, change),
    )


def _author(connection: Connection, change: Change) -> str:
    """Who coordinates the one directive that it changes, by its subject or its items; else the main one."""
    plan = change.context.plan
    codes = {each.code for each in plan.directives} & set(change.subject.split(", "))
    if not codes and change.kind in (DeedKind.DIRECT, DeedKind.ANCHOR):
        codes = {plan.directive_of(each).code for each in connection.scalars(select(ITEMS.c.priority).distinct())}
    directive = plan.directive(codes.pop()) if len(codes) == 1 else plan.main_directive
    return plan.coordinator_on(directive, change.context.today).name_vi


def _summary(connection: Connection, prepared: Prepared, change: Change) -> Iterator[str]:
    counted = [f"{thousands(prepared.counts[kind])} {CHANGES_VI[kind]}" for kind in KINDS if kind in prepared.counts]
    if not counted:
        yield "Không việc nào đang mở thay đổi."
        return
    late = f"{prepared.late} phần việc quá hạn ngay" if prepared.late else "không việc nào quá hạn ngay"
    yield f"Phần việc: {', '.join(counted)}; {late}."
    if not change.with_letters:
        yield "Không gửi thư: chỉ sửa lỗi ghi."
    elif prepared.letters:
        plan = change.context.plan
        told = sorted(told_offices(connection, ended=change.ended), key=lambda code: plan.office(code).name_vi)
        names = offices_in_words(told, plan, _TOLD_AT_MOST)
        yield f"Mỗi cơ quan sau nhận một thư ({prepared.letters} cơ quan được báo): {names}."


def _silences_ending(connection: Connection, change: Change, before: ActorContext) -> tuple[tuple[int, str], ...]:
    """Silences of offices that the change ends, now or ahead."""
    there = {each.code for each in before.plan.offices if each.valid_to is None}
    ending = {each.code for each in change.context.plan.offices if each.valid_to is not None} & there
    if not ending:
        return ()
    with Session(connection, join_transaction_mode="conditional_savepoint") as session:
        return tuple((each.id or 0, each.office or "") for each in ending_with(session, ending, before.today))


_TOLD_AT_MOST = 30
"""Offices named as those that get a letter."""


def _paragraphs(connection: Connection, change: Change, before: ActorContext) -> Iterator[Paragraph]:
    plan = change.context.plan
    open_work = step_sentences(prepared_items(connection), party_counts(connection), plan)
    last = ""
    if change.kind in _ALIKE:
        yield from _by_sentence(open_work, plan)
    else:
        for paragraph in _by_subtask(open_work, change, before):
            yield replace(paragraph, heading="" if paragraph.heading == last else paragraph.heading)
            last = paragraph.heading
    shared = shared_changes((before.plan, before.calendar), (plan, change.context.calendar))
    for number, (about, sentence) in enumerate(shared):
        yield Paragraph("" if number else "Những điểm chung", "", about, (sentence,))


_ALIKE = (DeedKind.OFFICES, DeedKind.CALENDAR, DeedKind.DIRECTIVE_CLOSED, DeedKind.DIRECTIVE_REOPENED)
"""Deeds that do the same to many subtasks."""


def _by_sentence(open_work: Mapping[StepCode, list[str]], plan: Plan) -> Iterator[Paragraph]:
    """Each sentence once, with the subtasks of which it is true."""
    found: dict[str, dict[str, None]] = {}
    for (code, _), said in open_work.items():
        for sentence in said:
            found.setdefault(sentence, {}).setdefault(f"{code} {plan.subtask(code).title_vi}")
    for sentence, subtasks in found.items():
        yield Paragraph("", "", sentence[:1].upper() + sentence[1:], (*subtasks,))


def _by_subtask(open_work: Mapping[StepCode, list[str]], change: Change, before: ActorContext) -> Iterator[Paragraph]:
    """Each subtask with everything that changes in it, under its priority."""
    plan = change.context.plan
    asked = subtask_changes(before.plan, plan, change.context.today, open_work)
    steps: dict[str, dict[str, list[str]]] = {code: {} for code in asked}
    for code, found in asked.items():
        steps[code] |= found.steps
    for (code, key), said in open_work.items():
        steps.setdefault(code, {})[key] = said
    place = {each.code: number for number, each in enumerate((*before.plan.known_subtasks(), *plan.subtasks()))}
    priorities = [each.code for each in (*plan.priorities, *before.plan.priorities, *plan.retired)]
    for code in sorted(steps, key=lambda code: (priorities.index(plan.priority_of(code)), place.get(code, 0))):
        priority, found = plan.priority(plan.priority_of(code)), asked.get(code, SubtaskChange())
        of_steps = [line for key, said in steps[code].items() for line in _of_step(plan, code, key, said)]
        sentences = (*found.whole, *of_steps, *found.details)
        if sentences:
            yield Paragraph(f"{priority.numeral}: {priority.title_vi}", code, plan.subtask(code).title_vi, sentences)


def _of_step(plan: Plan, code: str, key: str, said: Sequence[str]) -> list[str]:
    """The sentences of a step, which is named where its subtask has several."""
    if len(plan.subtask(code).steps) < 2 and key != AD_HOC:
        return [*said]
    return [f"{plan.step(code, key).title_vi}: {'; '.join(said)}"] if said else []


class AnnexRow(NamedTuple):
    """What happens alike to one or many assignments of a step."""

    step: str
    period: str
    change: str
    office: str
    due: str
    assignments: str
    note: str

    @property
    def brief(self) -> tuple[str, str, str, str, str]:
        """The same in fewer columns, those of ``ANNEX``."""
        what = " – ".join(filter(None, (self.step, self.period)))
        return what, "; ".join(filter(None, (self.change, self.note))), self.office, self.due, self.assignments


ANNEX = ("Nội dung, kỳ", "Thay đổi", "Cơ quan", "Hạn", "Việc số")
"""The head of the annex."""


def annex(items: Iterable[PreparedItem], plan: Plan) -> Iterator[tuple[str, list[AnnexRow]]]:
    """By subtask, its rows: the same change of many offices is one."""
    found: dict[str, dict[AnnexRow, tuple[dict[str, None], list[int]]]] = {}
    for item in items:
        row = item_row(item, plan)
        of_many = row if item.from_office not in (None, item.to_office) else row._replace(office="")
        offices, numbers = found.setdefault(item.subtask, {}).setdefault(of_many._replace(assignments=""), ({}, []))
        offices.setdefault(row.office)
        numbers += [item.assignment_id] if item.assignment_id is not None else []
    for code, rows in found.items():
        yield (
            f"{code} {plan.subtask(code).title_vi}",
            [
                row._replace(office=_many(offices), assignments=_numbers(numbers))
                for row, (offices, numbers) in rows.items()
            ],
        )


def assignment_rows(items: Iterable[PreparedItem], plan: Plan) -> Iterator[tuple[str, AnnexRow]]:
    """Each assignment by itself, with its subtask: the whole title in every row, so that the rows can be sorted."""
    for item in items:
        yield item.subtask, item_row(item, plan)._replace(step=plan.step_title(item.subtask, item.step, item.variant))


def item_row(item: PreparedItem, plan: Plan) -> AnnexRow:
    """One assignment: from which office and date to which."""
    offices = dict.fromkeys((item.from_office or item.to_office, item.to_office))
    days = dict.fromkeys(
        day_in_words(day, timing)
        for day, timing in (
            (item.from_due_date or item.to_due_date, item.from_timing or item.to_timing),
            (item.to_due_date, item.to_timing),
        )
    )
    return AnnexRow(
        step=plan.part_title(item.subtask, item.step, item.variant),
        period=period_in_words(item.period, "vi"),
        change=CHANGES_VI[item.kind] + (" (phối hợp)" if item.role is Role.COORDINATING else ""),
        office=" → ".join(plan.office(code).name_vi for code in offices),
        due=" → ".join(days),
        assignments=str(item.assignment_id or "mới"),
        note="quá hạn ngay" if item.is_late_now else LEFT_VI[item.left_because] if item.left_because else "",
    )


def _many(offices: Collection[str]) -> str:
    """Their names, and how many they are where that cannot be seen at once."""
    names = "; ".join(offices)
    return f"{len(offices)} cơ quan: {names}" if len(offices) > NAMED_AT_MOST else names


def _numbers(numbers: list[int]) -> str:
    """«17, 63–65»; of many how many and between which; «mới» of what is made."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number, number])
    if len(spans) > _SPANS_AT_MOST:
        return f"{len(numbers)} việc, từ {spans[0][0]} đến {spans[-1][1]}"
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans) or "mới"


_SPANS_AT_MOST = 8
