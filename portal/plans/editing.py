"""The editor of one subtask of a draft: its form, checked as a plan's file is, and what is left half done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from config.catalogue.faults import PlanErrors
from config.catalogue.subtasks import Subtask
from config.errors import Refused
from models.plans.documents import Content
from models.plans.reshaping import free_code, subtask_content, with_new_subtask, with_subtask
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.work.directive_deeds.editing import (
    DraftInHand,
    HalfDone,
    half_done,
    keep_unfinished,
    new_in,
    renumbered_fields,
    seen_before,
    seen_of,
)
from portal.form import FormReader, read_form
from portal.plans.drafts import edited, require_of_draft, subtasks_of
from portal.plans.faults import NOT_TYPED, FieldFault, boundary_faults, field_faults, refused_by
from portal.plans.lines import suggestions, with_codes, with_titles
from portal.plans.own import ChangedByAnother, changed_by_another, own_draft, people
from portal.plans.reading import Reading, reading_in, today_of
from portal.plans.step_fields import Fields, rows_of, with_lists_not_sent
from portal.plans.subtask_fields import changed_subtask, subtask_fields, typed_fields
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, render, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_LISTS = ("documents", "systems")


@dataclass(frozen=True)
class Form:
    """The form of a subtask over a draft: the subtask as the draft has it, and what its fields hold then.

    code     of the subtask; of a new one the code it will have
    content  as its file has it; of a new one hardly anything
    moved    numbers that what was sent was typed under, and those that the draft has for the same now
    """

    held: DraftInHand
    code: str
    content: Content
    shown: Fields
    priority: str
    is_new: bool
    moved: Mapping[str, str]

    @property
    def key(self) -> str:
        """Under which what is half done is kept."""
        return new_in(self.priority) if self.is_new else self.code

    @property
    def seen(self) -> str:
        """Tells whether somebody else changed the subtask since its form was opened."""
        return seen_of({"in": self.held.plan.priority(self.priority).title_vi} if self.is_new else self.content)

    def seen_by(self, sent: str) -> str:
        """What was seen by whoever sent it: of what has another number since, it is the same."""
        return self.seen if self.moved else sent


@router.get("/plans/drafts/{number}/subtasks/{code}")
def subtask(request: Request, number: RowId, code: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, _form(request, number, code))


@router.post("/plans/drafts/{number}/subtasks/{code}")
def change(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:
    """Check the form, ask for one row more, or put the subtask into the draft."""
    return _sent(request, number, lambda: _form(request, number, code, form.text("seen")), form)


@router.get("/plans/drafts/{number}/priorities/{priority}/new")
def new(request: Request, number: RowId, priority: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, _new_form(request, number, priority))


@router.post("/plans/drafts/{number}/priorities/{priority}/new")
def add(request: Request, number: RowId, priority: str, form: FormReader = Depends(read_form)) -> Response:
    return _sent(request, number, lambda: _new_form(request, number, priority, form.text("seen")), form)


def _sent(request: Request, number: int, open_form: Callable[[], Form], form: FormReader) -> Response:
    opened = open_form()
    typed = with_codes(opened.held.plan, dict(renumbered_fields(typed_fields(form).items(), opened.moved)))
    sent, seen = with_lists_not_sent(typed, opened.shown), opened.seen_by(form.text("seen"))
    if more := form.text("more"):
        return _page(request, opened, sent=_one_more(sent, more), form=form, seen=seen)
    if form.text("check"):
        return _page(request, opened, sent=sent, form=form, seen=seen)
    if unfit := boundary_faults(form, {*opened.shown.values()}):
        # Not even half done: what may not be kept is on the page alone.
        return _page(request, opened, sent=sent, form=form, refused=refused_by(unfit), faults=unfit, seen=seen)
    if form.text("leave"):
        _keep(request, opened, form, seen)
        return see_other(f"/plans/drafts/{number}", flash="draft_kept")
    faults: list[FieldFault] = []
    places: dict[str, str] = {}
    asked = [f"s{row}" for row in rows_of(sent, "s") if sent.get(f"s{row}.asked")]

    def edit(held: DraftInHand) -> Mapping[str, Content | None]:
        current = open_form()
        if not current.is_new and current.seen_by(form.text("seen")) != current.seen:
            raise changed_by_another(request, held, "nhiệm vụ", "subtask")
        content, where = changed_subtask(
            current.content, sent, current.shown, {name: form.each(name) for name in _LISTS}
        )
        places.update(where)
        if current.is_new:
            return with_new_subtask(held.plan, current.priority, content)
        return with_subtask(held.plan, current.code, content)

    def told(errors: PlanErrors) -> Refused:
        faults.extend(field_faults(errors, opened.code, places, asked))
        return refused_by(faults)

    try:
        edited(request, number, edit, form, what=opened.code, finished=opened.key, faults=told)
    except NotFound:
        raise
    except Refused as refused:
        current = open_form()
        # A conflict was told: what is sent from now on is sent over what the other made of it.
        seen = current.seen if isinstance(refused, ChangedByAnother) else seen
        _keep(request, opened, form, seen)
        return _page(request, current, sent=sent, form=form, refused=refused, faults=faults, seen=seen)
    return see_other(f"/plans/drafts/{number}", flash="draft_changed")


def _form(request: Request, number: int, code: str, sent_over: str = "") -> Form:
    """The form of a subtask; ``sent_over``: of the one over which it was sent, whatever its number is now."""
    with reading_session(store_of(request).engine) as session:
        held = own_draft(session, request, number)
    renumbered = held.merged.renumbered
    moved: Mapping[str, str] = {}
    for each in dict.fromkeys((renumbered.get(code, code), code)) if renumbered and sent_over else ():
        content = subtask_content(held.plan, require_of_draft(held, each).code)
        if sent_over != seen_of(content) and sent_over == seen_before(content, renumbered):
            code, moved = each, renumbered
            break
    found = require_of_draft(held, code)
    content = subtask_content(held.plan, code)
    shown = subtask_fields(held.plan, found, content)
    return Form(held, code, content, shown, held.plan.priority_of(code), is_new=False, moved=moved)


def _new_form(request: Request, number: int, priority: str, sent_over: str = "") -> Form:
    with reading_session(store_of(request).engine) as session:
        held = own_draft(session, request, number)
    renumbered, moved = held.merged.renumbered, dict[str, str]()
    now = renumbered.get(priority, priority)
    if now != priority and sent_over == seen_of({"in": held.plan.priority(now).title_vi}):
        priority, moved = now, {**renumbered}
    if priority not in {held.plan.priority_of(each.code) for each in subtasks_of(held)}:
        raise NotFound(f"Dự thảo số {number} không có phần «{priority[:20]}».", f"Draft {number} has no such priority.")
    code = free_code(held.plan, priority)
    empty = Subtask(code=code, title_vi="–")
    shown = subtask_fields(held.plan, empty, {}) | {"title": "", "s.n": "1", "s0.how": "joint", "s0.basis": "stated"}
    return Form(held, code, {"code": code}, shown, priority, is_new=True, moved=moved)


def _keep(request: Request, opened: Form, form: FormReader, seen: str) -> None:
    """What was typed stays with the draft, so that it is found again after a fault or a lunch.

    seen  the subtask that it was typed over, as ``Form.seen`` tells it
    """
    typed = [*renumbered_fields(form.all(but=NOT_TYPED), opened.moved), ["seen", seen]]
    with session_scope(store_of(request).engine, by_clock=False) as session:
        keep_unfinished(session, opened.held.draft.id or 0, opened.key, typed, context_of(request))


def _unfinished(request: Request, opened: Form) -> HalfDone | None:
    """What the visitor typed and is not taken yet."""
    return next(
        (each for each in half_done(opened.held) if (each.form, each.by) == (opened.key, context_of(request).actor)),
        None,
    )


def _one_more(sent: Fields, kind: str) -> Fields:
    if kind.endswith(".own"):
        return sent | {kind: "yes", f"{kind.removesuffix('.own')}.r.c.n": "1"}
    known = kind in ("q", "t", "s", "r.c", "r.k") or (kind.startswith("s") and kind.endswith((".r.c", ".r.k", ".v")))
    return sent | {f"{kind}.n": str(len(rows_of(sent, kind)) + 1)} if known else sent


def _page(
    request: Request,
    opened: Form,
    *,
    sent: Fields | None = None,
    form: FormReader | None = None,
    refused: Refused | None = None,
    faults: list[FieldFault] | None = None,
    seen: str | None = None,
) -> HTMLResponse:
    """The form: as it was sent, else as it was left half done, else as the draft has the subtask.

    seen  the subtask over which the fields were typed; where it is None, the one with which the form was opened
    """
    kept = _unfinished(request, opened) if sent is None else None
    ticked = {name: form.each(name) if form else opened.content.get(name, ()) for name in _LISTS}
    if kept is not None:
        typed = {name: value for name, value in kept.fields if name not in _LISTS}
        sent = with_lists_not_sent(typed, opened.shown)
        ticked = {name: tuple(value for key, value in kept.fields if key == name) for name in _LISTS}
    if seen is None:
        seen = form.text("seen") if form else dict(kept.fields).get("seen", "") if kept else opened.seen
    fields = opened.shown if sent is None else sent
    plan = opened.held.plan
    directive = plan.directive_of(opened.priority)
    with reading_session(store_of(request).engine) as session:
        known = people(session)
    return form_page(
        request,
        "plan_subtask.html",
        refused,
        form,
        plan=plan,
        opened=opened,
        draft=opened.held.draft,
        directive=directive,
        f=with_titles(plan, fields),
        seen=seen,
        rows=lambda kind: rows_of(fields, kind),
        ticked=ticked,
        faults={each.field: each for each in faults or () if each.field},
        faulty=lambda prefix: any(each.field.startswith(prefix) for each in faults or ()),
        more=form.text("more") if form else "",
        readings=_readings(request, opened, fields),
        names=[*suggestions(plan)],
        others=[each for each in subtasks_of(opened.held) if each.code != opened.code],
        is_half_done=kept is not None,
        people=known,
        new_step_at=len(opened.content.get("steps", ())),
    )


def _readings(request: Request, opened: Form, fields: Fields) -> Mapping[str, Markup]:
    """How each date of the form is read, as a piece of the page; of one that was not touched by its rule."""
    store, directive = store_of(request), opened.held.plan.directive_of(opened.priority).code
    steps = list(opened.held.plan.subtask(opened.code).steps) if not opened.is_new else []
    found: dict[str, Markup] = {}
    for row in rows_of(fields, "s"):
        for name in ("due", "asked_due"):
            field = f"s{row}.{name}"
            words = fields.get(field, "")
            if not words:
                continue
            if row < len(steps) and words == opened.shown.get(field):
                due = steps[row].due
                words = due.lead if name == "due" else due.coordinating or ""
            reading: Reading | None = None
            fault: Refused | None = None
            try:
                reading = reading_in(store, words, directive, fields.get(f"s{row}.opens", ""), today_of(request))
            except Refused as refused:
                fault = refused
            found[field] = Markup(render(request, "plan_reading.html", found=reading, fault=fault))
    return found
