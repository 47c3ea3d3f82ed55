"""Events and documents that were entered wrongly: corrected or taken back as one deed, with all they made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from config.errors import Refused
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.tables.anchor import Anchor, AnchorKind, document_key, event_key
from models.tables.assignment import Assignment
from models.tables.deed import DeedKind
from models.tables.errors import NotFound
from models.tables.lifecycle import OPEN
from models.work.deeds.anchor_changes import AnchorChange, AnchorFacts, check_anchor
from models.work.deeds.apply import Change
from models.work.deeds.diff import Item, Row, diff, withdrawn
from models.work.deeds.direct import existing_office
from models.work.directives import (
    anchors,
    checked_title,
    refuse_future,
    refuse_unfit_event,
    steps_set_going,
)
from models.work.planned import ROW, rows_of_step
from models.work.planning import planned_of_step


def correct_anchor(
    session: Session,
    anchor_id: int,
    *,
    on_date: date | None = None,
    title: str | None = None,
    host_office: str | None = None,
    provenance: Provenance,
    context: ActorContext,
) -> Change:
    """Correct the date, title or host of an event or document; what is not given stays.

    Open assignments counted from it move with its date, and those of its host go to the right one.
    """
    anchor = _entered(session, anchor_id)
    before = after = AnchorFacts.of(anchor)
    if title is not None:
        after = replace(after, title=checked_title(title))
    if on_date is not None:
        if anchor.kind is AnchorKind.DOCUMENT:
            refuse_future(anchor.number, on_date, context)
        directive = context.plan.directive(anchor.directive)
        if on_date != anchor.on_date and not any(_open_of(session, anchor_id)):
            for pause in directive.pauses:
                pause.refuse(directive.code, after.title, on_date)
        after = replace(after, on_date=on_date)
    if host_office is not None:
        after = _with_host(anchor, after, existing_office(context.plan, host_office, context.today), context)
    if after == before:
        raise Refused("Không có gì khác với điều đã ghi.", "Nothing is different from what was recorded.")
    if anchor.kind is AnchorKind.EVENT:
        key = event_key(anchor.subtask or "", after.on_date, after.title, after.host_office)
    else:
        key = document_key(anchor.number, after.on_date)
    after = replace(after, key=key)
    change = AnchorChange(anchor_id, before, after)
    return Change(
        kind=DeedKind.ANCHOR,
        subject=before.key,
        provenance=provenance,
        context=context,
        items=lambda reader: _corrected(reader, change, context),
        anchor=change,
    )


def undo_anchor(session: Session, anchor_id: int, *, provenance: Provenance, context: ActorContext) -> Change:
    """Take back an event or document that should not have been entered, with every open assignment made of it.

    What was accepted stays. Nothing is counted from it any more, and it may be entered again.
    """
    before = AnchorFacts.of(_entered(session, anchor_id))
    change = AnchorChange(anchor_id, before, replace(before, key=f"{before.key}~{anchor_id}", undone_at=context.now))
    return Change(
        kind=DeedKind.ANCHOR,
        subject=before.key,
        provenance=provenance,
        context=context,
        items=lambda reader: _undone(reader, change),
        anchor=change,
    )


def _entered(session: Session, anchor_id: int) -> Anchor:
    """An event or document in force; raises ``Refused`` for what is corrected in other ways."""
    anchor = session.get(Anchor, anchor_id)
    if anchor is None:
        raise NotFound(
            f"Không có sự kiện, văn bản số {anchor_id}; xem các mục đã ghi của chỉ đạo.",
            f"There is no event or document no. {anchor_id}; see the entries recorded for the directive.",
            command="dondoc directive list",
        )
    if anchor.undone_at is not None:
        raise Refused(
            f"«{anchor.title}» đã được hoàn tác ngày {anchor.undone_at:%d/%m/%Y}.",
            f"'{anchor.title}' was undone on {anchor.undone_at:%d/%m/%Y}.",
        )
    if anchor.kind is AnchorKind.ISSUE:
        raise Refused(
            f"{anchor.number} là văn bản giao việc, không sửa hay hoàn tác ở đây được; đổi hạn, thu hồi từng việc hoặc"
            " kết thúc chỉ đạo.",
            f"{anchor.number} is the assigning document and cannot be corrected or undone here; change due dates, "
            "withdraw assignments or close the directive instead.",
        )
    if anchor.kind is AnchorKind.AD_HOC:
        raise Refused(
            f"«{anchor.title}» là việc đột xuất; đổi hạn hoặc thu hồi việc đó.",
            f"'{anchor.title}' is ad hoc work; change its due date or withdraw it instead.",
            command="dondoc assignment move, dondoc assignment withdraw",
        )
    return anchor


def _with_host(anchor: Anchor, facts: AnchorFacts, host: str, context: ActorContext) -> AnchorFacts:
    if anchor.kind is not AnchorKind.EVENT or anchor.host_office is None:
        raise Refused(
            f"«{anchor.title}» không có cơ quan tổ chức để sửa.", f"'{anchor.title}' has no host office to correct."
        )
    refuse_unfit_event(context.plan.subtask(anchor.subtask or ""), host)
    first = anchor.first_host or anchor.host_office
    return replace(facts, host_office=host, first_host=first if first != host else None)


def _corrected(session: Session, change: AnchorChange, context: ActorContext) -> Iterator[Item]:
    """Step by step of what it sets going: as it was entered, and as it should have been."""
    anchor, after = check_anchor(session, change), change.after
    issued = [each for each in anchors(session) if each.kind is AnchorKind.ISSUE]
    # On the same occasion: its key follows it only when the deed is done.
    dated = {"on_date": after.on_date, "host_office": after.host_office, "first_host": after.first_host}
    to_be = Anchor(**anchor.model_dump() | dated)
    for subtask, step in steps_set_going(anchor, context):
        of_priority = context.for_subtask(subtask.code)
        rows = [row for row in rows_of_step(session, subtask.code, step.key) if row.period == anchor.key]
        was = planned_of_step(of_priority, [*issued, anchor], subtask, step, as_now=True)
        wanted = planned_of_step(of_priority, [*issued, to_be], subtask, step, as_now=True)
        yield from diff(was, wanted, rows, now=context.now)


def _undone(session: Session, change: AnchorChange) -> Iterator[Item]:
    check_anchor(session, change)
    yield from (withdrawn(row) for row in _open_of(session, change.anchor))


def _open_of(session: Session, anchor: int) -> Iterator[Row]:
    """What is open and counted from an event or document."""
    its = select(*ROW).where(col(Assignment.anchor_id) == anchor, col(Assignment.state).in_(OPEN))
    return (Row(*values) for values in session.exec(its.order_by(col(Assignment.id))))
