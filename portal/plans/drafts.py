"""A draft of an amendment: what it changes so far, its table of contents, and being begun, left and discarded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.catalogue.checks.passed_days import passed_days
from config.catalogue.faults import PlanErrors
from config.catalogue.plan import Plan
from config.catalogue.subtasks import Subtask
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from models.plans.documents import Content, replaced, series_of
from models.plans.reading import with_contents
from models.plans.reshaping import Changed, brought_back, subtask_content, with_subtask, without_subtask
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.work.directive_deeds.drafts import drop_draft
from models.work.directive_deeds.editing import DraftInHand, begin_draft, change_draft, half_done, has_taken
from portal.form import FormReader, read_form
from portal.plans.contents import Chapter, chapters, in_a_line
from portal.plans.faults import in_words
from portal.plans.own import directives_of, is_own, own_directive, own_draft, people, require_own_draft
from portal.plans.reading import assigned_on, today_of
from portal.plans.step_fields import leads_apart
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, see_other, store_of
from reports.plan_changes import shared_changes, subtask_changes

router = APIRouter(default_response_class=HTMLResponse)

TRIES = 4
"""How often a change is worked out anew because somebody else changed the draft in the same moment."""

Edit = Callable[[DraftInHand], Mapping[str, Content | str | None]]


@dataclass(frozen=True)
class DraftChapter:
    """A priority of a draft, with the subtasks that the plan in force has and the draft has no more."""

    chapter: Chapter
    dropped: tuple[tuple[str, str], ...]


@router.post("/plans/directives/{code}/drafts")
def begin(request: Request, code: str, form: FormReader = Depends(read_form)) -> Response:
    own_directive(store_of(request).plan, code)
    with session_scope(store_of(request).engine) as session:
        number = begin_draft(session, [series_of(code)], context_of(request)).id
    return see_other(f"/plans/drafts/{number}")


@router.get("/plans/drafts/{number}")
def draft(request: Request, number: RowId) -> HTMLResponse:
    read_query(request, ())
    return draft_page(request, number)


@router.post("/plans/drafts/{number}/subtasks/{code}/drop")
def drop(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:
    """Leave a subtask out."""

    def edit(held: DraftInHand) -> Changed:
        require_of_draft(held, code)
        return without_subtask(held.plan, code)

    return _take(request, number, edit, code, form)


@router.post("/plans/drafts/{number}/subtasks/{code}/restore")
def restore(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:
    """Take a subtask back to what the plan in force has: its change undone, itself brought back, or left out again."""
    in_force = store_of(request).plan

    def edit(held: DraftInHand) -> Changed:
        before = {each.code for each in in_force.subtasks() if _has(held, in_force, each.code)}
        there = {each.code for each in held.plan.subtasks()}
        if code not in before:
            require_of_draft(held, code)
            return without_subtask(held.plan, code)
        content = subtask_content(in_force, code)
        return with_subtask(held.plan, code, content) if code in there else brought_back(held.plan, in_force, code)

    return _take(request, number, edit, code, form)


@router.post("/plans/drafts/{number}/discard")
def discard(request: Request, number: RowId, form: FormReader = Depends(read_form)) -> Response:
    with session_scope(store_of(request).engine) as session:
        require_own_draft(session, request, number)
        drop_draft(session, number, form.text("reason"), context_of(request))
    return see_other("/plans", flash="draft_dropped")


def _take(request: Request, number: int, edit: Edit, code: str, form: FormReader) -> Response:
    try:
        edited(request, number, edit, form, what=code)
    except Refused as refused:
        return draft_page(request, number, refused=refused)
    return see_other(f"/plans/drafts/{number}", flash="draft_changed")


def edited(
    request: Request,
    number: int,
    edit: Edit,
    form: FormReader,
    *,
    what: str,
    finished: str = "",
    faults: Callable[[PlanErrors], Refused] = in_words,
) -> None:
    """Change a draft, once for one sending of a form; what does not fit is refused with every fault, in its words.

    edit  gives the files that change, of the draft as it is at that moment
    """

    def take(held: DraftInHand) -> tuple[Plan, WorkingCalendar]:
        try:
            return with_contents(held.plan, held.calendar, edit(held))
        except PlanErrors as errors:
            raise faults(errors) from None

    _put(request, number, take, form.sending(request.url.path), what=what, finished=finished)


def _put(
    request: Request,
    number: int,
    take: Callable[[DraftInHand], tuple[Plan, WorkingCalendar]],
    sending: str,
    *,
    what: str,
    finished: str,
) -> None:
    """Put into a draft the plan that ``take`` makes of it; worked out without the lock, again where it was changed."""
    engine = store_of(request).engine
    for _ in range(TRIES):
        with reading_session(engine) as session:
            held = own_draft(session, request, number)
            if has_taken(session, number, sending, context_of(request)):
                return
        plan, calendar = take(held)
        _require_own_changes(request, held, plan, calendar)
        with session_scope(engine) as session:
            own_draft(session, request, number)
            context = context_of(request)
            if change_draft(session, held, plan, calendar, context, what=what, finished=finished, sending=sending):
                return
    raise Refused(
        "Nhiều người đang sửa dự thảo này cùng lúc; thử lại sau giây lát.",
        "Several people are editing this draft at the same time; try again in a moment.",
    )


def _require_own_changes(request: Request, held: DraftInHand, plan: Plan, calendar: WorkingCalendar) -> None:
    """Raise ``Refused`` where a change reaches a directive that is not the visitor's: what there waits for this."""
    if store_of(request).plan.is_whole:
        return
    differing = replaced((held.plan, held.calendar), (plan, calendar))
    others = {each for each in differing if not is_own(request, [each])}
    if not others:
        return
    now = {each.code: each for each in plan.subtasks()}
    waiting = [
        each.code
        for each in held.plan.subtasks()
        if series_of(held.plan.directive_of(each.code).code) in others and now.get(each.code) != each
    ]
    named = ", ".join(waiting) or ", ".join(sorted(others))
    raise Refused(
        f"{named} thuộc chỉ đạo khác, đang chờ nhiệm vụ này (Việc phải xong trước); tài khoản này không sửa chỉ đạo đó."
        " Nhờ tài khoản theo dõi tất cả các chỉ đạo sửa.",
        f"{named} of another directive is waiting for this subtask (prerequisites), and this account cannot edit that "
        "directive. Ask an account with access to all directives to do it.",
    )


def draft_page(
    request: Request, number: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    store, today = store_of(request), today_of(request)
    with reading_session(store.engine) as session:
        held = own_draft(session, request, number)
        known = people(session)
        directives = directives_of(held.plan, held.draft.documents)
        assigned = {each.code: assigned_on(session, each.code) for each in directives}
    whole = getattr(request.state, "whole_store", None) or store
    changes = subtask_changes(whole.plan, held.plan, today, ())
    before = {each.code: each for each in whole.plan.subtasks()}
    new = [each for each in directives if each.code not in {known.code for known in whole.plan.directives}]
    shown = [
        (each, [_with_dropped(whole.plan, held.plan, chapter) for chapter in _chapters(held, each, today, assigned)])
        for each in directives
    ]
    context = context_of(request)
    return form_page(
        request,
        "plan_draft.html",
        refused,
        form,
        plan=held.plan,
        held=held,
        draft=held.draft,
        half_done=half_done(held),
        me=context.actor,
        directives=shown,
        changes=changes,
        shared=[*shared_changes((whole.plan, whole.calendar), (held.plan, held.calendar))],
        before=before,
        kinds={code: _kind(code, before, held.plan) for code in changes},
        titles={each.code: each.title_vi for each in (*whole.plan.known_subtasks(), *held.plan.subtasks())},
        passed=[each for each in passed_days(held.plan, held.calendar, today) if _is_of(held.plan, each.subtask, new)],
        is_new=bool(new),
        people=known,
        is_own_last=held.draft.changed_by in (None, context.actor),
        can_change_ladders=is_own(request, ("ladders",)),
        **plan_words(held.plan),
    )


def subtasks_of(held: DraftInHand) -> list[Subtask]:
    """The subtasks of the directives that a draft is of."""
    return [
        each
        for priority in held.plan.priorities
        if series_of(priority.directive) in held.draft.documents
        for each in priority.subtasks
    ]


def require_of_draft(held: DraftInHand, code: str) -> Subtask:
    """The subtask of this code; raises ``NotFound`` where the draft's directives have none."""
    found = next((each for each in subtasks_of(held) if each.code == code), None)
    if found is None:
        number = held.draft.id
        raise NotFound(f"Dự thảo số {number} không có nhiệm vụ «{code[:20]}».", f"Draft {number} has no such subtask.")
    return found


def plan_words(plan: Plan) -> dict[str, Any]:
    """What templates of the plan say steps with (plan_parts.html)."""
    return {"apart": partial(leads_apart, plan), "in_line": partial(in_a_line, plan)}


def _chapters(held: DraftInHand, directive: Any, today: Any, assigned: Any) -> list[Chapter]:
    return chapters(held.plan, held.calendar, directive, today=today, assigned=assigned[directive.code])


def _with_dropped(before: Plan, after: Plan, chapter: Chapter) -> DraftChapter:
    there = {each.code for each in after.subtasks()}
    was = next((each for each in before.priorities if each.code == chapter.priority.code), None)
    gone = [each for each in (was.subtasks if was else ()) if each.code not in there]
    return DraftChapter(chapter, tuple((each.code, each.title_vi) for each in gone))


def _kind(code: str, before: dict[str, Any], after: Plan) -> str:
    if code not in before:
        return "new"
    return "changed" if any(each.code == code for each in after.subtasks()) else "dropped"


def _is_of(plan: Plan, subtask: str, directives: list[Any]) -> bool:
    return plan.directive_of(subtask).code in {each.code for each in directives}


def _has(held: DraftInHand, plan: Plan, code: str) -> bool:
    return series_of(plan.directive_of(code).code) in held.draft.documents
