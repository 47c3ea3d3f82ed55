"""Assignments outside the plan (giao việc đột xuất): given by the coordinator with a title and a due date.

Each hangs under a subtask of a directive, so that it has a priority, a source and a boundary; its ``Anchor`` holds the
title.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from config.boundary import refuse_personal_or_secret, text_faults
from config.catalogue.subtasks import AD_HOC, Subtask
from config.errors import Refused
from config.rules.deadlines import due
from config.text.shapes import one_line
from models.store.actor import ActorContext, PriorityContext
from models.store.audit import lock_audit_chain
from models.tables.anchor import Anchor, AnchorKind, distinct_key, slug
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, Urgency
from models.work.assigning import SHARE, TIMETABLES, assign
from models.work.directives import add_anchors
from models.work.planning import PlannedAssignment

_INPUT_BEFORE = 2
"""Working days by which the coordinating offices' input falls due before the lead's report, where there is time."""

_TITLE = ("Việc phải làm", "What is to be done")


@dataclass(frozen=True)
class AdHoc:
    """What is asked, of whom, by when. ``submission`` names one filling-in of the form: what is typed into another one
    is another assignment, also when it says the same."""

    subtask: str
    title: str
    lead: str
    due_on: date
    coordinating: tuple[str, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    submission: str = ""


def assign_ad_hoc(session: Session, ad_hoc: AdHoc, context: ActorContext) -> list[int]:
    """Assign it to its lead and the coordinating offices; returns the ids, the lead's first. The same form once more
    returns the same ids.

    Raises ``Refused`` listing every field that is at fault.
    """
    return assign_all_ad_hoc(session, [ad_hoc], context)[0]


def assign_all_ad_hoc(session: Session, ad_hocs: Sequence[AdHoc], context: ActorContext) -> list[list[int]]:
    """``assign_ad_hoc`` for many at once, a few statements for each priority; returns the ids of each."""
    named = [_with_codes(each, context) for each in ad_hocs]
    checked = [(each, _checked(each, context)) for each in named]
    keys = [_key(each, title) for each, title in checked]
    titled = dict(zip(keys, checked, strict=True))
    lock_audit_chain(session)
    anchors = {each.key: each for each in session.exec(select(Anchor).where(col(Anchor.key).in_(titled)))}
    new = {key: each for key, each in titled.items() if key not in anchors}
    added = {key: _anchor(each, key, title, context) for key, (each, title) in new.items()}
    add_anchors(session, added.values(), context)
    anchors |= added
    planned: dict[str, list[PlannedAssignment]] = {}
    for key, (each, _) in new.items():
        of_priority = context.for_subtask(each.subtask)
        planned.setdefault(of_priority.priority.code, []).extend(_planned(each, anchors[key], of_priority))
    for priority, assignments in planned.items():
        assign(session, assignments, context.for_priority(priority))
    made: dict[int | None, list[int]] = {}
    query = select(col(Assignment.anchor_id), col(Assignment.id))
    query = query.where(col(Assignment.anchor_id).in_([each.id for each in anchors.values()]))
    for anchor_id, assignment_id in session.exec(query.order_by(col(Assignment.role).desc(), col(Assignment.id))):
        made.setdefault(anchor_id, []).append(assignment_id or 0)
    return [made[anchors[key].id] for key in keys]


def shares(ad_hocs: Iterable[AdHoc]) -> Iterator[list[AdHoc]]:
    """Cut into what one transaction assigns: each with all its offices, and few days that no share before had."""
    share, offices = list[AdHoc](), 0
    known, new = set[date](), set[date]()
    for each in ad_hocs:
        asked, its = 1 + len(each.coordinating), {each.due_on} - known
        # The input of the coordinating offices is due on a day of its own, which takes a timetable as well.
        if share and (offices + asked > SHARE or 2 * len(new | its) > TIMETABLES):
            yield share
            share, offices, known, new = [], 0, known | new, set()
        share.append(each)
        offices, new = offices + asked, new | its
    if share:
        yield share


def _anchor(ad_hoc: AdHoc, key: str, title: str, context: ActorContext) -> Anchor:
    return Anchor(
        kind=AnchorKind.AD_HOC,
        directive=context.for_subtask(ad_hoc.subtask).directive.code,
        key=key,
        title=title,
        on_date=context.today,
        subtask=context.plan.subtask(ad_hoc.subtask).code,
        urgency=ad_hoc.urgency,
        created_at=context.now,
    )


def _with_codes(ad_hoc: AdHoc, context: ActorContext) -> AdHoc:
    """Offices by their codes, whatever they were called; a name that none or several have is a fault of its field."""

    def code(text: str) -> str:
        found = context.plan.office_names.matching(text, context.today)
        return found[0] if len(found) == 1 else text

    return replace(ad_hoc, lead=code(ad_hoc.lead), coordinating=tuple(map(code, ad_hoc.coordinating)))


def _checked(ad_hoc: AdHoc, context: ActorContext) -> str:
    """The title as it is kept; every fault of the form at once."""
    if faults := [fault for _, fault in faults_of(ad_hoc, context)]:
        raise Refused(
            f"Chưa giao được, còn {len(faults)} chỗ phải sửa:",
            f"Not assigned; {len(faults)} things to correct:",
            details=faults,
        )
    return refuse_personal_or_secret(one_line(ad_hoc.title), *_TITLE)


def faults_of(ad_hoc: AdHoc, context: ActorContext) -> list[tuple[str, Refused]]:
    """What is wrong with it, each with the name of the field of ``AdHoc`` that is at fault."""
    title = one_line(unicodedata.normalize("NFC", ad_hoc.title))
    faults = [("title", fault) for fault in text_faults(title, *_TITLE, shortest=3, longest=300)]
    faults += _code_faults(ad_hoc, context)
    if not faults:
        faults += _office_faults(ad_hoc, context)
    return faults + [("due_on", fault) for fault in _day_faults(ad_hoc, context)]


def _code_faults(ad_hoc: AdHoc, context: ActorContext) -> Iterator[tuple[str, Refused]]:
    plan = context.plan
    named: list[tuple[str, str, str, Callable[[str], object], str]] = [
        ("subtask", "Thuộc nội dung", "Under subtask", plan.subtask, ad_hoc.subtask),
        ("lead", "Cơ quan chủ trì", "Lead", plan.office, ad_hoc.lead),
        *(
            ("coordinating", "Cơ quan phối hợp", "Coordinating office", plan.office, code)
            for code in ad_hoc.coordinating
        ),
    ]
    for field, label, label_en, find, code in named:
        try:
            found = find(code)
            if isinstance(found, Subtask):
                plan.directive_of(code).refuse_closed(context.today)
        except Refused as refused:
            yield field, Refused(f"{label}: {refused}", f"{label_en}: {refused.en}")
        else:
            if isinstance(found, Subtask) and found.kind == "principle":
                principle = Refused(
                    f"{label}: {code} là nguyên tắc, không giao thành việc; chọn nội dung khác.",
                    f"{label_en}: {code} is a principle and cannot be assigned; choose another.",
                )
                yield field, principle


def _day_faults(ad_hoc: AdHoc, context: ActorContext) -> Iterator[Refused]:
    due_on, calendar = ad_hoc.due_on, context.calendar
    with suppress(Refused):  # a code that does not exist is a fault of its own
        calendar = context.for_subtask(ad_hoc.subtask).calendar
    try:
        calendar.next_working_day(due_on)  # the one on which it falls due
    except Refused as refused:
        yield Refused(f"Hạn: {refused}", f"Due: {refused.en}")
        return
    if due_on < context.today:
        coming = calendar.next_working_day(context.today)
        yield Refused(
            f"Hạn: {due_on:%d/%m/%Y} đã qua; chọn ngày từ {coming:%d/%m/%Y} trở đi.",
            f"Due: {due_on:%d/%m/%Y} has passed; choose {coming:%d/%m/%Y} or later.",
        )


def _office_faults(ad_hoc: AdHoc, context: ActorContext) -> Iterator[tuple[str, Refused]]:
    members = [("lead", ad_hoc.lead), *(("coordinating", code) for code in ad_hoc.coordinating)]
    for field, code in members:
        today = context.plan.current_office(code, context.today)
        if today != code:
            ended = Refused(
                f"Cơ quan {code}: đã kết thúc hoạt động; hiện nay là {today} ({context.plan.office(today).name_vi}).",
                f"Office {code} no longer exists; it is now {today} ({context.plan.office(today).name_en}).",
            )
            yield field, ended
    if ad_hoc.lead in ad_hoc.coordinating:
        leads = Refused(
            f"Cơ quan phối hợp: {ad_hoc.lead} đã là cơ quan chủ trì.",
            f"Coordinating office: {ad_hoc.lead} is already the lead.",
        )
        yield "coordinating", leads
    if len(set(ad_hoc.coordinating)) < len(ad_hoc.coordinating):
        twice = Refused("Cơ quan phối hợp: có cơ quan ghi hai lần.", "Coordinating office: one office is listed twice.")
        yield "coordinating", twice


def _planned(ad_hoc: AdHoc, anchor: Anchor, context: PriorityContext) -> Iterator[PlannedAssignment]:
    plan, calendar = context.plan, context.calendar
    subtask = plan.subtask(ad_hoc.subtask)
    due_on = calendar.next_working_day(ad_hoc.due_on)
    before = calendar.add(due_on, -_INPUT_BEFORE)
    input_due = before if before > context.today else due_on
    members = [(ad_hoc.lead, Role.LEAD, ad_hoc.due_on)]  # moved on by the rule, which says so
    members += [(office, Role.COORDINATING, input_due) for office in ad_hoc.coordinating]
    for office, role, on in members:
        yield PlannedAssignment(
            priority=context.priority.code,
            subtask=subtask.code,
            step=AD_HOC,
            variant="",
            period=anchor.key,
            role=role,
            lead_office=ad_hoc.lead,
            assigned_office=office,
            office=office,
            monitor_office=context.monitor_of(subtask),
            anchor_id=anchor.id,
            urgency=ad_hoc.urgency,
            basis="proposal",
            due=due(f"BY:{on:%d/%m/%Y}", calendar=calendar),
            ladder=plan.ladder(subtask.ladder),
        )


def _key(ad_hoc: AdHoc, title: str) -> str:
    """Readable, and different whenever anything on the form is: a second assignment of one title and day must not be
    taken for the first, which another office has."""
    return distinct_key(f"adhoc:{ad_hoc.due_on.isoformat()}-{slug(title)}", astuple(ad_hoc))
