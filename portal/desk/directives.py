"""Directives from the browser: what was entered for them, entering and correcting it, closing and opening one again."""

from collections.abc import Mapping
from enum import StrEnum

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from config.errors import Refused
from models.plans.documents import series_of
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.deed import Deed, DeedKind
from models.tables.edition import Edition
from models.tables.errors import LateAtOnce, NotFound
from models.tables.lifecycle import Urgency
from models.work.deeds.anchors import correct_anchor, undo_anchor
from models.work.deeds.apply import Change
from models.work.directive_deeds.closing import close_directive, reopen_directive
from models.work.directives import issue_directive, register_document, register_event
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.sign_in.limits import is_own_anchor, require_subtask
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_HOME = "/desk/directives"


class Entry(StrEnum):
    """What may be entered for a directive."""

    ISSUE = "issue"
    DOCUMENT = "document"
    EVENT = "event"


@router.get(_HOME)
def directives(request: Request) -> HTMLResponse:
    read_query(request, ())
    return _page(request)


@router.post(_HOME)
def enter(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Enter the assigning document, a new document or an event."""
    try:
        with session_scope(store_of(request).engine) as session:
            _enter(session, request, form)
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return see_other(_HOME, flash="entered")


@router.post(f"{_HOME}/state")
def change_state(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Close a directive, or open it again, after a preview."""
    closes = form.text("act") != "reopen"
    code = form.text("directive")[:40]

    def build(session: Session, context: ActorContext) -> Change:
        deed = close_directive if closes else reopen_directive
        return deed(session, code, provenance=grounds_in(form), context=context)

    words = (f"Kết thúc chỉ đạo {code}", f"Close {code}") if closes else (f"Mở lại chỉ đạo {code}", f"Reopen {code}")
    try:
        store_of(request).plan.directive(code)
        if not form.text("back"):
            return preview_or_apply(request, form, build, send_to=f"{_HOME}/state", heading=words)
    except Refused as refused:
        return _page(request, refused=refused, form=form)
    return _page(request, form=form)


@router.get(f"{_HOME}/entries/{{anchor_id}}")
def entry(request: Request, anchor_id: RowId) -> HTMLResponse:
    read_query(request, ())
    return _entry_page(request, anchor_id)


@router.post(f"{_HOME}/entries/{{anchor_id}}")
def change_entry(request: Request, anchor_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Correct an event or document, or take it back, with all that was made of it, after a preview."""
    undoes = form.text("act") == "undo"

    def build(session: Session, context: ActorContext) -> Change:
        own_entry(request, anchor_id)
        given = grounds_in(form, needs_reason=True)
        if undoes:
            return undo_anchor(session, anchor_id, provenance=given, context=context)
        return correct_anchor(
            session,
            anchor_id,
            on_date=form.day("on_date", "Ngày", "Date"),
            title=form.text("title") or None,
            host_office=form.text("host") or None,
            provenance=given,
            context=context,
        )

    heading = ("Hoàn tác mục đã ghi", "Undo the entry") if undoes else ("Sửa mục đã ghi", "Correct the entry")
    try:
        if not form.text("back"):
            send_to = f"{_HOME}/entries/{anchor_id}"
            return preview_or_apply(request, form, build, send_to=send_to, heading=heading)
    except NotFound:
        raise
    except Refused as refused:
        return _entry_page(request, anchor_id, refused=refused, form=form)
    return _entry_page(request, anchor_id, form=form)


def _enter(session: Session, request: Request, form: FormReader) -> Anchor:
    context, on_date = context_of(request), form.required_date("on_date", "Ngày", "Date")
    # Of a part of the plan the first one is not the main one.
    directive = store_of(request).plan.directive(form.text("directive")[:40] or None).code
    may_be_late = form.text("late_confirmed") == "yes"
    urgency = form.choice(Urgency, "urgency", "Độ khẩn", "Urgency", Urgency.NORMAL)
    match form.choice(Entry, "entry", "Ghi", "Entry", Entry.EVENT):
        case Entry.ISSUE:
            number = form.text("number")
            return issue_directive(session, number=number, on_date=on_date, directive=directive, context=context)
        case Entry.DOCUMENT:
            return register_document(
                session,
                number=form.text("number"),
                on_date=on_date,
                title=form.text("title"),
                urgency=urgency,
                directive=directive,
                context=context,
                may_be_late=may_be_late,
            )
        case Entry.EVENT:
            require_subtask(request, form.text("subtask"))
            return register_event(
                session,
                subtask=form.text("subtask"),
                title=form.text("title"),
                on_date=on_date,
                host_office=form.text("host") or None,
                urgency=urgency,
                context=context,
                may_be_late=may_be_late,
            )


def _page(request: Request, *, refused: Refused | None = None, form: FormReader | None = None) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        codes = [each.code for each in store.plan.directives]
        there = col(Anchor.undone_at).is_(None), col(Anchor.kind) != AnchorKind.AD_HOC
        in_force = select(Anchor).where(*there, col(Anchor.directive).in_(codes))
        entered = session.exec(in_force.order_by(col(Anchor.on_date), col(Anchor.id))).all()
        newest_first = select(Edition).options(defer(Edition.content)).order_by(col(Edition.number).desc())  # type: ignore[arg-type]
        if not store.plan.is_whole:
            newest_first = newest_first.where(col(Edition.series).in_([series_of(code) for code in codes]))
        editions = session.exec(newest_first).all()
        states = directive_states(session)
    return form_page(
        request,
        "directives.html",
        refused,
        form,
        issued={each.directive: each for each in entered if each.kind is AnchorKind.ISSUE},
        entries=[each for each in entered if each.kind in (AnchorKind.DOCUMENT, AnchorKind.EVENT)],
        editions=editions,
        closed={code for code, kind in states.items() if kind is DeedKind.DIRECTIVE_CLOSED},
        late=isinstance(refused, LateAtOnce),
        urgencies=list(Urgency),
        offices=store.plan.offices,
        with_events=[
            each
            for each in store.plan.subtasks()
            if any(step.trigger == "event" for step in each.steps)
            and not store.plan.directive_of(each.code).is_closed(context_of(request).today)
        ],
    )


def directive_states(session: Session) -> Mapping[str, DeedKind]:
    """Whether each directive was last closed or opened again, by its code."""
    kinds = (DeedKind.DIRECTIVE_CLOSED, DeedKind.DIRECTIVE_REOPENED)
    found = session.exec(select(Deed).where(col(Deed.kind).in_(kinds)).order_by(col(Deed.id)))
    return {deed.subject: deed.kind for deed in found}


def _entry_page(
    request: Request, anchor_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    anchor = own_entry(request, anchor_id)
    return form_page(request, "entry.html", refused, form, anchor=anchor, offices=store_of(request).plan.offices)


def own_entry(request: Request, anchor_id: int) -> Anchor:
    """An event or document in force that the visitor may see; raises ``NotFound``."""
    with reading_session(store_of(request).engine) as session:
        anchor = session.get(Anchor, anchor_id)
    is_entry = anchor is not None and anchor.kind in (AnchorKind.DOCUMENT, AnchorKind.EVENT)
    if anchor is None or not is_entry or anchor.undone_at is not None or not is_own_anchor(request, anchor):
        raise NotFound(f"Không có mục số {anchor_id} đang dùng.", f"There is no entry no. {anchor_id} in force.")
    return anchor
