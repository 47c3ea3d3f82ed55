"""What a draft says of a directive itself: its title, who coordinates and watches, its priority tasks."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.catalogue.fields import PRIORITY
from config.catalogue.folders import DIRECTIVE, in_folder
from config.catalogue.plan import Directive, Plan
from config.catalogue.writing import SOURCE, directive_folders, plan_contents
from config.errors import Refused, refuse_all
from models.plans.documents import Content, digest_of
from models.store.database import reading_session
from models.tables.errors import NotFound
from models.work.directive_deeds.editing import DraftInHand
from portal.form import FormReader, read_form
from portal.plans.drafts import Edit, edited
from portal.plans.faults import refuse_boundary
from portal.plans.lines import as_lines, from_lines, suggestions
from portal.plans.own import ChangedByAnother, changed_by_another, directives_of, own_draft
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_TEXTS = ("place_vi", "superior_vi", "drafting_unit")
_MOST_PRIORITIES = 99
_PLACEHOLDER = "Nhiệm vụ mới, cần ghi tên"


@router.get("/plans/drafts/{number}/directives/{code}")
def directive(request: Request, number: RowId, code: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, number, code)


@router.post("/plans/drafts/{number}/directives/{code}")
def change(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:

    def edit(held: DraftInHand) -> Mapping[str, Content | str | None]:
        return _changed(held, code, form)

    return _done(request, number, code, form, edit)


@router.post("/plans/drafts/{number}/directives/{code}/priorities")
def add_priority(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:
    """One priority task more, with a first subtask that the coordinator has until its form says more."""
    added: list[str] = []

    def edit(held: DraftInHand) -> Mapping[str, Content | str | None]:
        title = form.text("new_title")
        if not title:
            raise Refused("Nhiệm vụ trọng tâm mới: ghi tên.", "New priority task: enter a title.")
        used = [int(each.removeprefix("p")) for each in held.plan.priority_codes if PRIORITY.fullmatch(each)]
        place = max(used, default=0) + 1
        if place > _MOST_PRIORITIES:
            raise Refused("Đã dùng hết 99 số nhiệm vụ trọng tâm.", "All 99 numbers of priority tasks are used.")
        folder, found = _folder(held, code)
        step = {"key": "report", "lead": found.coordinator, "due": {"lead": "UNDATED"}}
        subtask = {"code": f"T{place}.1", "title_vi": _PLACEHOLDER, "steps": [step]}
        added[:] = [f"T{place}.1"]
        content = {"code": f"p{place}", "title_vi": title, "subtasks": [subtask]}
        return {in_folder(folder, f"p{place}.yaml"): content}

    answer = _done(request, number, code, form, edit)
    return see_other(f"/plans/drafts/{number}/subtasks/{added[0]}") if added and answer.status_code == 303 else answer


def _changed(held: DraftInHand, code: str, form: FormReader) -> Mapping[str, Content | str | None]:
    folder, found = _folder(held, code)
    contents = plan_contents(held.plan)
    file = in_folder(folder, DIRECTIVE)
    content = {**contents[file]}
    faults = [] if form.text("title") else [Refused("Tên chỉ đạo: để trống.", "Title: it is empty.")]
    if form.text("title") != found.title_vi:
        content["title_vi"] = form.text("title")
        content.pop("title_en", None)
    for name in ("coordinator", "default_monitor"):
        if form.text(name) and form.text(name) != getattr(found, name):
            content[name] = form.text(name)
    # Who watched by default goes on watching when another office coordinates, unless the form says otherwise.
    if content.get("default_monitor", found.default_monitor) == content["coordinator"]:
        content.pop("default_monitor", None)
    elif "default_monitor" not in content:
        content["default_monitor"] = found.default_monitor
    for name in _TEXTS:
        _set(content, name, form.text(name))
    _set(content, "report_to", from_lines(form.text("report_to")))
    changed: dict[str, Content | str | None] = {file: content}
    text = form.only(("source",)).get("source", found.source or "")
    _set(content, "source", SOURCE if text else None)
    if text != (found.source or ""):
        changed[in_folder(folder, SOURCE)] = f"{text}\n" if text else None
    for priority in held.plan.priorities_of(code):
        title, numeral = form.text(f"{priority.code}.title"), form.text(f"{priority.code}.numeral")
        own = contents[in_folder(folder, f"{priority.code}.yaml")]
        if not title:
            faults.append(Refused(f"Tên của {priority.numeral}: để trống.", f"Title of {priority.code}: it is empty."))
        if title and title != priority.title_vi:
            own["title_vi"] = title
            own.pop("title_en", None)
        if numeral and numeral != priority.numeral:
            own["numeral"] = numeral
        changed[in_folder(folder, f"{priority.code}.yaml")] = own
    refuse_all(faults)
    return changed


def _done(request: Request, number: int, code: str, form: FormReader, edit: Edit) -> Response:
    held, found = _found(request, number, code)

    def of_what_was_shown(held: DraftInHand) -> Mapping[str, Content | str | None]:
        if form.text("seen") != _seen(held, code):
            raise changed_by_another(request, held, "phần", "part")
        return edit(held)

    try:
        refuse_boundary(form, {*_shown(held.plan, found).values()})
        edited(request, number, of_what_was_shown, form, what=f"directive:{code}")
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, number, code, refused=refused, form=form)
    return see_other(f"/plans/drafts/{number}", flash="draft_changed")


def _folder(held: DraftInHand, code: str) -> tuple[str, Directive]:
    return next((folder, each) for folder, each in directive_folders(held.plan) if each.code == code)


def _found(request: Request, number: int, code: str) -> tuple[DraftInHand, Directive]:
    with reading_session(store_of(request).engine) as session:
        held = own_draft(session, request, number)
    found = next((each for each in directives_of(held.plan, held.draft.documents) if each.code == code), None)
    if found is None:
        raise NotFound(f"Dự thảo số {number} không có chỉ đạo «{code[:40]}».", f"Draft {number} has no such directive.")
    return held, found


def _shown(plan: Plan, found: Directive) -> dict[str, str]:
    """What the fields hold of a directive."""
    shown = {
        "title": found.title_vi,
        "coordinator": found.coordinator,
        "default_monitor": found.default_monitor,
        "report_to": as_lines(plan, found.report_to),
        "source": found.source or "",
        **{name: getattr(found, name) or "" for name in _TEXTS},
    }
    for priority in plan.priorities_of(found.code):
        shown |= {f"{priority.code}.title": priority.title_vi, f"{priority.code}.numeral": priority.numeral}
    return shown


def _seen(held: DraftInHand, code: str) -> str:
    """Tells whether what the form shows was changed since it was opened."""
    return digest_of(_shown(held.plan, _folder(held, code)[1]))


def _page(
    request: Request, number: int, code: str, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    held, found = _found(request, number, code)
    typed = {name: form.text(name) for name, _ in form.all()} if form else {}
    return form_page(
        request,
        "plan_directive_form.html",
        refused,
        form,
        plan=held.plan,
        draft=held.draft,
        directive=found,
        f=_shown(held.plan, found) | typed,
        # After any other fault, the form is still typed over what it was opened with.
        seen=form.text("seen") if form and not isinstance(refused, ChangedByAnother) else _seen(held, code),
        priorities=held.plan.priorities_of(code),
        names=[*suggestions(held.plan)],
    )


def _set(content: Content, name: str, value: object) -> None:
    if value:
        content[name] = value
    else:
        content.pop(name, None)
