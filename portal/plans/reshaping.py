"""A subtask of a draft split in two, or merged with another; both stay in the draft and may be undone there."""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.catalogue.subtasks import Subtask
from config.errors import Refused, refuse_all
from models.plans.documents import Content
from models.plans.reshaping import Changed, free_code, merge_subtasks, split_subtask, subtask_content
from models.store.database import reading_session
from models.tables.errors import NotFound
from models.work.directive_deeds.editing import DraftInHand
from portal.form import FormReader, read_form
from portal.plans.contents import in_a_line
from portal.plans.drafts import Edit, edited, require_of_draft
from portal.plans.faults import refuse_boundary
from portal.plans.own import own_draft
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/plans/drafts/{number}/subtasks/{code}/split")
def split(request: Request, number: RowId, code: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, number, code, "plan_split.html")


@router.post("/plans/drafts/{number}/subtasks/{code}/split")
def split_it(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:

    def edit(held: DraftInHand) -> Changed:
        first, second = form.text("first"), form.text("second")
        faults = [
            Refused(f"{vi}: ghi tên nhiệm vụ.", f"{en}: enter a title.")
            for text, vi, en in ((first, "Nhiệm vụ thứ nhất", "The first"), (second, "Nhiệm vụ thứ hai", "The second"))
            if not text
        ]
        if not faults and first == second:
            faults = [Refused("Hai nhiệm vụ phải khác tên.", "The two subtasks must have different titles.")]
        refuse_all(faults)
        other: Content = {"code": free_code(held.plan, held.plan.priority_of(code)), "title_vi": second}
        changed = split_subtask(held.plan, code, other, form.each("lead"), form.each("step"))
        for content in changed.values():
            for each in content["subtasks"] if content else ():
                if each["code"] == code and each["title_vi"] != first:
                    each["title_vi"] = first
                    each.pop("title_en", None)
        return changed

    return _done(request, number, code, form, edit, "plan_split.html")


@router.get("/plans/drafts/{number}/subtasks/{code}/merge")
def merge(request: Request, number: RowId, code: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, number, code, "plan_merge.html")


@router.post("/plans/drafts/{number}/subtasks/{code}/merge")
def merge_it(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:

    def edit(held: DraftInHand) -> Changed:
        other = form.text("other")
        if other not in {each.code for each in _of_the_same(held, code)}:
            raise Refused("Gộp với: chọn một nhiệm vụ trong danh sách.", "Merge with: choose a subtask from the list.")
        how: Literal["together", "side_by_side"] = "together" if form.text("how") != "side_by_side" else "side_by_side"
        return merge_subtasks(held.plan, code, other, how)

    return _done(request, number, code, form, edit, "plan_merge.html")


def _done(request: Request, number: int, code: str, form: FormReader, edit: Edit, template: str) -> Response:
    _, subtask = _found(request, number, code)
    try:
        refuse_boundary(form, (subtask.title_vi,))
        edited(request, number, edit, form, what=code)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, number, code, template, refused=refused, form=form)
    return see_other(f"/plans/drafts/{number}", flash="draft_changed")


def _page(
    request: Request,
    number: int,
    code: str,
    template: str,
    *,
    refused: Refused | None = None,
    form: FormReader | None = None,
) -> HTMLResponse:
    held, subtask = _found(request, number, code)
    content = subtask_content(held.plan, code)
    first = content.get("steps", [{}])[0] if content.get("steps") else {}
    leads = first.get("lead", [])
    return form_page(
        request,
        template,
        refused,
        form,
        plan=held.plan,
        draft=held.draft,
        subtask=subtask,
        leads=list(zip(leads if isinstance(leads, list) else [leads], _lead_names(held, subtask), strict=True)),
        others=_of_the_same(held, code),
    )


def _lead_names(held: DraftInHand, subtask: Subtask) -> list[tuple[str, str]]:
    return [in_a_line(held.plan, [lead]) for lead in (subtask.steps[0].lead if subtask.steps else ())]


def _found(request: Request, number: int, code: str) -> tuple[DraftInHand, Subtask]:
    with reading_session(store_of(request).engine) as session:
        held = own_draft(session, request, number)
    return held, require_of_draft(held, code)


def _of_the_same(held: DraftInHand, code: str) -> list[Subtask]:
    """The other subtasks of its directive."""
    directive = held.plan.directive_of(code).code
    return [each for priority in held.plan.priorities_of(directive) for each in priority.subtasks if each.code != code]
