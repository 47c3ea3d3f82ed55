"""A deed from the browser: what it would do is shown first, and the page that was looked at confirms it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import islice

from fastapi import Request
from fastapi.responses import Response
from itsdangerous import BadSignature, Signer
from sqlmodel import Session, col, func, select

from config.errors import Refused
from config.keys import signing_key
from models.alerts.notices import deed_rung
from models.keeping.mirror import mirror_configuration
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session
from models.tables.deed import Deed, DeedItem, ItemKind
from models.tables.outbox import Notice
from models.work.deeds.apply import AppliedMeanwhile, Change, ChangedMeanwhile, LateAtOnce, apply, previewing
from models.work.deeds.grounds import grounds
from models.work.deeds.prepared import PreparedItem, prepared_items
from portal.form import FormReader
from portal.problems import form_page
from portal.web import context_of, see_other, store_of
from reports.deed_preview import preview_of

ROWS_SHOWN = 200
"""Items that a preview lists; it counts all."""

MARKS_KEPT = 500
"""Items of which a preview remembers what it showed; of a larger one all is shown again."""

_NUMBER = re.compile(r"(?<!\S)([0-9]{1,9})\.")

_OF_THE_PREVIEW = ("csrf", "digest", "seen", "shown", "late_confirmed", "back")
"""Fields of the preview itself; the others are the form's, and come back with its confirmation."""


def grounds_in(form: FormReader, *, needs_reason: bool = False) -> Provenance:
    """The grounds of a deed as its form gives them."""
    return grounds(
        reason=form.text("reason"),
        paper_number=form.text("paper"),
        paper_date=form.day("paper_date", "Ngày văn bản", "Document date"),
        effective_on=form.day("effective_on", "Có hiệu lực từ", "In force from"),
        needs_reason=needs_reason,
    )


def preview_or_apply(
    request: Request,
    form: FormReader,
    build: Callable[[Session, ActorContext], Change],
    *,
    send_to: str,
    heading: tuple[str, str],
    left_out: tuple[Refused, ...] = (),
    unfounded: bool = False,
    files: str = "",
    notes: Sequence[tuple[str, str]] = (),
) -> Response:
    """Show what a deed would do; once its preview is confirmed, do it and go to the page of what was done.

    build     works the deed out from the form; what it refuses is for the page of the form to show
    send_to   the address to which the form was sent
    heading   what the deed is, in Vietnamese and English
    left_out  what was chosen and is not in the deed, each with why
    unfounded  whether it has neither paper nor reason yet: they are asked for before it can be confirmed
    files     the address at which the preview is a file, without its ending; empty where there is none
    notes     what to look at before it is confirmed, in Vietnamese and English; ``build`` may add to them

    Where something has changed since it was looked at, what differs is shown before all else; where nothing was added,
    the rest is done and the page of what was done names what was left.
    """
    store, refused = store_of(request), None
    if digest := form.text("digest"):
        if (
            done := done_before(request, digest, since=form.count("seen", "Bản xem trước", "Preview") or 0)
        ) is not None:
            return _to_deed(request, form, done)
        try:
            return _apply(request, form, _worked_out(request, build), confirmed=digest)
        except _NOT_YET as found:
            refused = found
    change = _worked_out(request, build)
    with previewing(store.engine, change) as (connection, prepared):
        said = preview_of(connection, prepared, change, context_of(request))
        rows = prepared_items(connection)
        items = list(islice(rows, ROWS_SHOWN))
        total = sum(prepared.counts.values())
        marks = _marks(change, (*items, *islice(rows, MARKS_KEPT - ROWS_SHOWN))) if total <= MARKS_KEPT else {}
    new = _new(_shown(request, form), marks) if isinstance(refused, ChangedMeanwhile) else None
    if new is not None and {*new.values()} <= {ItemKind.LEFT} and {*prepared.counts} - {ItemKind.LEFT}:
        try:
            return _apply(request, form, change, confirmed=prepared.digest, looked_at=digest)
        except _NOT_YET as found:
            refused = found
    return form_page(
        request,
        "deed_preview.html",
        refused,
        form,
        plan=change.context.plan,  # which names the offices that come with it
        said=said,
        items=items,
        prepared=prepared,
        total=total,
        shown=_signer(request).sign(" ".join((prepared.digest, *marks))).decode() if marks else "",
        differing=None if new is None else [item for item in items if _mark(item) in new],
        unfounded=unfounded,
        files=files,
        heading=heading,
        left_out=left_out,
        notes=notes,
        send_to=send_to,
        seen=last_deed(request),
        fields=form.all(but=_OF_THE_PREVIEW),
    )


_NOT_YET = (ChangedMeanwhile, AppliedMeanwhile, LateAtOnce)
"""Why a deed that was confirmed has to be looked at once more."""


def _apply(
    request: Request, form: FormReader, change: Change, *, confirmed: str, looked_at: str | None = None
) -> Response:
    store, may_be_late = store_of(request), form.text("late_confirmed") == "yes"
    applied = apply(store.engine, change, confirmed=confirmed, looked_at=looked_at, may_be_late=may_be_late)
    mirror_configuration(store.engine, change.context.plan, store.contacts)
    return _to_deed(request, form, applied.deed)


def _to_deed(request: Request, form: FormReader, deed: int) -> Response:
    """To the page of a deed that was done, with how many offices are told of it and what of its preview was left."""
    its = col(Notice.assignment_id).in_(select(DeedItem.assignment_id).where(DeedItem.deed_id == deed))
    query = select(func.count(col(Notice.office).distinct())).where(its, Notice.rung == deed_rung(deed))
    shown = _numbers(_shown(request, form))
    with reading_session(store_of(request).engine) as session:
        told = session.exec(query).one()
        done = session.exec(
            select(DeedItem.assignment_id).where(DeedItem.deed_id == deed, col(DeedItem.assignment_id).in_(shown))
        ).all()
    left = ",".join(str(number) for number in sorted(shown - {*done}))
    page = f"/desk/changes/{deed}" + (f"?left={left}" if left else "")
    return see_other(page, flash="deed" if told else "deed_untold", count=told or None)


def _marks(change: Change, items: Iterable[PreparedItem]) -> dict[str, ItemKind | None]:
    """What a preview shows, as its page remembers it: what is confirmed beside the items, and a mark of each."""
    return {sha256(change.confirmed_as).hexdigest()[:10]: None} | {_mark(item): item.kind for item in items}


def _mark(item: PreparedItem) -> str:
    """An item as it is shown, with the number of the assignment that it changes."""
    return f"{'' if item.kind is ItemKind.LEFT else item.assignment_id or ''}.{item.mark}"


def _new(shown: str, marks: Mapping[str, ItemKind | None]) -> dict[str, ItemKind | None] | None:
    """What was not shown so before; None where that is not known of all."""
    before = {*shown.split()}
    return {mark: kind for mark, kind in marks.items() if mark not in before} if before and marks else None


def _shown(request: Request, form: FormReader) -> str:
    """The marks of the preview that is confirmed; none where it was not made here, or is of another digest."""
    try:
        digest, _, marks = _signer(request).unsign(form.text("shown")).decode().partition(" ")
    except BadSignature:
        return ""
    return marks if digest == form.text("digest") else ""


def _signer(request: Request) -> Signer:
    return Signer(signing_key(store_of(request).settings), salt="dondoc.preview")


def _numbers(marks: str) -> set[int]:
    """The assignments that marks name."""
    return {int(number) for number in _NUMBER.findall(marks)}


def _worked_out(request: Request, build: Callable[[Session, ActorContext], Change]) -> Change:
    with reading_session(store_of(request).engine) as session:
        return build(session, context_of(request))


def last_deed(request: Request) -> int:
    """The number of the newest deed; 0 while there is none."""
    with reading_session(store_of(request).engine) as session:
        return session.exec(select(Deed.id).order_by(col(Deed.id).desc()).limit(1)).one_or_none() or 0


def done_before(request: Request, digest: str, *, since: int) -> int | None:
    """The deed that the very preview of this digest has led to already: the button was pressed twice.

    since  the newest deed when the preview was made
    """
    confirmed = col(Deed.items_digest) == digest[:64]
    with reading_session(store_of(request).engine) as session:
        by_them = select(Deed.id).where(confirmed, col(Deed.id) > since, col(Deed.actor) == context_of(request).actor)
        return session.exec(by_them.limit(1)).one_or_none()
