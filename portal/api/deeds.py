"""Deeds for programs: shown first, then done by the key of what was shown; and all that were done, with undoing."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlmodel import Session, and_, col, func, select

from config.errors import Refused
from config.rules.due_words import dated
from models.keeping.mirror import mirror_configuration
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.deed import Deed, DeedItem, DeedKind, ItemKind
from models.tables.lifecycle import OPEN
from models.work.deeds.apply import Change, apply, previewing
from models.work.deeds.facts import facts_of_deeds
from models.work.deeds.grounds import grounds
from models.work.deeds.prepared import PreparedItem, prepared_items
from models.work.deeds.undo import undoing
from portal.api.shapes import REFUSALS, Day, RequestBody, ResponseBody, Short, Text
from portal.desk.changes import own_deed
from portal.desk.deeds import MOST, Act, change_of, chosen_rows, left_out
from portal.desk.previewed import ROWS_SHOWN, done_before, last_deed
from portal.form import FormReader
from portal.sign_in.limits import own_deeds, own_items
from portal.web import RowId, context_of, store_of
from reports.deed_preview import preview_of

router = APIRouter(prefix="/api/v1", tags=["deeds"], responses=REFUSALS)

PAGE_SIZE = 100

_CONFIRMATION = re.compile(r"(\d{1,9})-([0-9a-f]{64})")


class Grounds(RequestBody):
    """What a deed rests on: a paper or a reason. ``effective_date`` is the day from which it holds, today without.

    The first request, without ``confirm``, changes nothing and answers with a preview; the same request with the
    ``confirm`` of that preview does what was shown, and once more changes nothing. ``may_be_late`` allows it to make
    assignments overdue at once.
    """

    reason: Text = ""
    paper_number: Short = ""
    paper_date: Day | None = None
    effective_date: Day | None = None
    confirm: Short = ""
    may_be_late: bool = False


class DeedEntry(ResponseBody):
    """What becomes of one assignment; ``assignment`` is null for one to be made, ``is_late_now`` once it is done."""

    kind: ItemKind
    assignment: int | None
    subtask: str
    period: str
    office: str
    former_office: str | None
    due_date: date | None
    former_due_date: date | None
    is_late_now: bool | None = None


class DeedPreview(ResponseBody):
    """What a deed would do: ``counts`` of assignments, how many would be ``late`` at once, offices that get
    ``letters``, the ``sentences`` (Vietnamese) under which it is signed, and its first items."""

    confirm: str
    counts: dict[ItemKind, int]
    late: int
    letters: int
    sentences: list[str]
    items: list[DeedEntry]
    left_out: list[str] = Field(default=[])


class DeedAnswer(ResponseBody):
    """``deed`` is the number of what was done, or null with a ``preview`` of what would be."""

    deed: int | None
    preview: DeedPreview | None


class AssignmentDeed(Grounds):
    """One act on many assignments: ``to_date`` for move, ``office`` for give, ``offices`` for coordinate and release,
    ``title`` for retitle."""

    act: Act
    assignments: Annotated[list[int], Field(min_length=1, max_length=MOST)]
    to_date: Day | None = None
    office: Short = ""
    offices: list[Short] = Field(default=[], max_length=500)
    title: Short = ""
    title_en: Short = ""


class DeedSummary(ResponseBody):
    """A deed that was done. ``undone_by`` is the deed that took it back, ``undoes`` the one that it takes back."""

    id: int
    kind: DeedKind
    subject: str
    paper_number: str
    paper_date: date | None
    reason: str
    actor: str
    at: datetime
    assignments: int
    undoes: int | None
    undone_by: int | None


class DeedPage(ResponseBody):
    """The newest first; ``total`` counts all."""

    total: int
    items: list[DeedSummary]


class DeedDetail(DeedSummary):
    """A deed with what it did to each assignment, at most a hundred from ``offset``."""

    items: list[DeedEntry]


def shown_or_done(
    request: Request,
    body: Grounds,
    build: Callable[[Session, Provenance, ActorContext], Change],
    *,
    needs_reason: bool = False,
    left_out: tuple[str, ...] = (),
) -> DeedAnswer:
    """The preview of a deed, or what came of it once its preview is confirmed.

    build         works the deed out from the grounds in ``body``
    needs_reason  whether a paper alone is not enough
    left_out      what was asked for and is not in the deed, each with why
    """
    store, confirmed = store_of(request), _confirmation(body.confirm)
    if confirmed is not None:
        seen, digest = confirmed
        if (done := done_before(request, digest, since=seen)) is not None:
            return DeedAnswer(deed=done, preview=None)
    given = grounds(
        reason=body.reason,
        paper_number=body.paper_number,
        paper_date=body.paper_date,
        effective_on=body.effective_date,
        needs_reason=needs_reason,
    )
    newest = last_deed(request)
    with reading_session(store.engine) as session:
        change = build(session, given, context_of(request))
    if confirmed is not None:
        applied = apply(store.engine, change, confirmed=digest, may_be_late=body.may_be_late)
        mirror_configuration(store.engine, change.context.plan, store.contacts)
        return DeedAnswer(deed=applied.deed, preview=None)
    with previewing(store.engine, change) as (connection, prepared):
        said = preview_of(connection, prepared, change, context_of(request))
        items = [_item(each) for each in islice(prepared_items(connection), ROWS_SHOWN)]
    preview = DeedPreview(
        confirm=f"{newest}-{prepared.digest}",
        counts=prepared.counts,
        late=prepared.late,
        letters=prepared.letters,
        sentences=[*said.summary, *(line for each in said.paragraphs for line in each.sentences)],
        items=items,
        left_out=list(left_out),
    )
    return DeedAnswer(deed=None, preview=preview)


@router.post("/deeds")
def do_deed(request: Request, body: AssignmentDeed) -> DeedAnswer:
    """Move, give, let coordinate, release, retitle or withdraw open assignments; those that are closed are left out."""
    rows = chosen_rows(request, [str(each) for each in body.assignments])
    fields = {"to": body.to_date.isoformat() if body.to_date else "", "office": body.office}
    fields |= {"title": body.title, "title_en": body.title_en, "reason": body.reason, "paper": body.paper_number}
    fields |= {"paper_date": body.paper_date.isoformat() if body.paper_date else ""}
    fields |= {"effective_on": body.effective_date.isoformat() if body.effective_date else ""}
    form = FormReader(fields, {"joining": body.offices, "leaving": body.offices})
    return shown_or_done(
        request,
        body,
        lambda session, _, context: change_of(session, context, act=body.act, rows=rows, form=form),
        needs_reason=True,
        left_out=tuple(str(left_out(row)) for row in rows if row.state not in OPEN),
    )


@router.get("/changes")
def list_changes(request: Request, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> DeedPage:
    """The deeds that were done, the newest first."""
    theirs = own_deeds(request)
    newest = select(Deed).where(theirs).order_by(col(Deed.id).desc()).limit(PAGE_SIZE).offset(offset)
    with reading_session(store_of(request).engine) as session:
        total = session.exec(select(func.count()).select_from(Deed).where(theirs)).one()
        return DeedPage(total=total, items=_summaries(request, session, session.exec(newest).all()))


@router.get("/changes/{deed_id}")
def get_change(request: Request, deed_id: RowId, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> DeedDetail:
    """One deed and what it did to each assignment."""
    of_it = and_(col(DeedItem.deed_id) == deed_id, own_items(request))
    with reading_session(store_of(request).engine) as session:
        (summary,) = _summaries(request, session, [own_deed(session, request, deed_id)])
        on_page = select(DeedItem.assignment_id).where(of_it).order_by(col(DeedItem.assignment_id))
        numbers = session.exec(on_page.limit(PAGE_SIZE).offset(offset)).all()
        facts = facts_of_deeds(session, of_it & col(DeedItem.assignment_id).in_(numbers))
        rows = {row.id: row for row in chosen_rows(request, [str(each) for each in numbers])} if numbers else {}
    items = [
        DeedEntry(
            kind=each.kind,
            assignment=each.assignment_id,
            subtask=rows[each.assignment_id].subtask,
            period=rows[each.assignment_id].period,
            office=each.to_office,
            former_office=each.from_office,
            due_date=dated(each.to_due_date),
            former_due_date=dated(each.from_due_date),
        )
        for each in facts
    ]
    return DeedDetail(**vars(summary), items=items)


@router.post("/changes/{deed_id}/undo")
def undo_deed(request: Request, deed_id: RowId, body: Grounds) -> DeedAnswer:
    """Take a deed back, with its reason."""
    with reading_session(store_of(request).engine) as session:
        own_deed(session, request, deed_id)
    return shown_or_done(
        request,
        body,
        lambda session, _, context: undoing(session, deed_id, body.reason, context),
        needs_reason=True,
    )


def _confirmation(text: str) -> tuple[int, str] | None:
    """The newest deed and the digest of the preview that is confirmed; None where none is."""
    if not text:
        return None
    found = _CONFIRMATION.fullmatch(text)
    if found is None:
        raise Refused(
            f"confirm: «{text[:20]}» không phải khóa của bản xem trước; gửi lại không có confirm để xem trước.",
            f"confirm: '{text[:20]}' is not the key of a preview; send the request without it to get one.",
        )
    return int(found[1]), found[2]


def _item(item: PreparedItem) -> DeedEntry:
    return DeedEntry(
        kind=item.kind,
        assignment=item.assignment_id,
        subtask=item.subtask,
        period=item.period,
        office=item.to_office,
        former_office=item.from_office,
        due_date=dated(item.to_due_date),
        former_due_date=dated(item.from_due_date),
        is_late_now=item.is_late_now,
    )


def _summaries(request: Request, session: Session, deeds: Sequence[Deed]) -> list[DeedSummary]:
    numbers = [each.id for each in deeds]
    counted = select(DeedItem.deed_id, func.count()).where(col(DeedItem.deed_id).in_(numbers), own_items(request))
    counts = dict(session.exec(counted.group_by(col(DeedItem.deed_id))).all())
    undone = dict(session.exec(select(Deed.undoes, Deed.id).where(col(Deed.undoes).in_(numbers))).all())
    return [
        DeedSummary.model_validate(
            {**each.model_dump(), "assignments": counts.get(each.id or 0, 0), "undone_by": undone.get(each.id)}
        )
        for each in deeds
    ]
