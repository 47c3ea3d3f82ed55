"""A ladder of reminders in words: who is reminded, how many days before and after; changed in a draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.catalogue.demands import key_of
from config.catalogue.folders import LADDERS
from config.catalogue.plan import Plan
from config.catalogue.writing import plan_contents
from config.errors import Refused, refuse_all
from config.rules.ladder import Ladder
from models.plans.documents import LADDERS as SERIES
from models.plans.documents import Content, digest_of
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.work.directive_deeds.editing import DraftInHand, begin_draft
from portal.form import FormReader, read_form
from portal.plans.drafts import edited
from portal.plans.own import ChangedByAnother, changed_by_another, own_draft, own_drafts, require_whole_plan
from portal.problems import form_page
from portal.query import read_query
from portal.sign_in.session import VisitorRole
from portal.web import RowId, context_of, page, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

AUDIENCES = ("focal", "head", "coordinator", "monitor")
CHANGEABLE = ("not_acknowledged", "due_soon", "overdue")
"""The kinds of steps whose days may be chosen; the others come on the day itself."""

_MOST_DAYS = {"not_acknowledged": 60, "due_soon": 60, "overdue": 250}
_ORDER = ("assigned", "not_acknowledged", "due_soon", "due_today", "overdue")


@router.get("/plans/ladders/{code}")
def ladder(request: Request, code: str) -> HTMLResponse:
    read_query(request, ())
    plan, writes = store_of(request).plan, visitor_of(request).role is VisitorRole.COORDINATOR
    found = _ladder(plan, code)
    with reading_session(store_of(request).engine) as session:
        drafts = list(own_drafts(session, request)) if writes else []
    used = [each for each in plan.subtasks() if each.ladder == code]
    may = writes and plan.is_whole
    return page(request, "plan_ladder.html", ladder=found, used=used, writes=may, drafts=drafts)


@router.post("/plans/ladders/{code}/drafts")
def begin(request: Request, code: str, form: FormReader = Depends(read_form)) -> Response:
    require_whole_plan(request)
    _ladder(store_of(request).plan, code)
    with session_scope(store_of(request).engine) as session:
        number = begin_draft(session, [SERIES], context_of(request)).id
    return see_other(f"/plans/drafts/{number}/ladders/{code}")


@router.get("/plans/drafts/{number}/ladders/{code}")
def ladder_form(request: Request, number: RowId, code: str) -> HTMLResponse:
    read_query(request, ())
    return _page(request, number, code)


@router.post("/plans/drafts/{number}/ladders/{code}")
def change(request: Request, number: RowId, code: str, form: FormReader = Depends(read_form)) -> Response:
    require_whole_plan(request)

    def edit(held: DraftInHand) -> Mapping[str, Content | None]:
        found = _ladder(held.plan, code)
        if form.text("seen") != _seen(found):
            raise changed_by_another(request, held, "thang", "ladder", typed_stays=False)
        rungs = [*_rungs(found, form)]
        content = plan_contents(held.plan)[LADDERS]
        if form.text("copy"):
            return {LADDERS: {"ladders": [*content["ladders"], {"code": _new_code(held.plan, form), "rungs": rungs}]}}
        ladders = [each | ({"rungs": rungs} if each["code"] == code else {}) for each in content["ladders"]]
        return {LADDERS: {"ladders": ladders}}

    try:
        edited(request, number, edit, form, what=f"ladder:{code}")
    except NotFound:
        raise
    except ChangedByAnother as refused:
        # What was typed stands by the places of steps that may be others by now.
        return _page(request, number, code, refused=refused)
    except Refused as refused:
        return _page(request, number, code, refused=refused, form=form)
    return see_other(f"/plans/drafts/{number}", flash="draft_changed")


def _new_code(plan: Plan, form: FormReader) -> str:
    """What a ladder is called that is made of another."""
    code = key_of(form.text("copy"))
    if any(each.code == code for each in plan.ladders):
        raise Refused(
            f"Thang mới: đã có thang «{code}»; ghi tên khác.",
            f"New ladder: there is a ladder '{code}' already; enter another name.",
        )
    return code


def _rungs(found: Ladder, form: FormReader) -> Iterator[Content]:
    """The steps that the form says, in the order in which they come."""
    faults, rungs = list[Refused](), list[Content]()
    for place, rung in enumerate(found.rungs):
        if form.text(f"r{place}.drop") == "yes":
            continue
        content = rung.model_dump(mode="json", exclude_defaults=True)
        try:
            rungs.append(content | _said(form, f"r{place}", rung.kind, f"Bậc {place + 1}", f"Step {place + 1}"))
        except Refused as refused:
            faults += refused.faults
    kind = form.text("new.kind")
    if kind in CHANGEABLE and (form.text("new.days") or form.each("new.audience")):
        anchor = "assigned" if kind == "not_acknowledged" else "due"
        try:
            said = _said(form, "new", kind, "Bậc mới", "New step")
            new = {"name": kind, "kind": kind, "anchor": anchor, **said}
            rungs.append(new | ({"unless_acknowledged": True} if anchor == "assigned" else {}))
        except Refused as refused:
            faults += refused.faults
    rungs.sort(key=lambda each: (_ORDER.index(each["kind"]), each["offset"]))
    names = [each["name"] for each in rungs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        faults.append(
            Refused(
                f"Hai bậc cùng loại, cùng số ngày ({', '.join(twice)}); sửa ngày của một bậc.",
                f"Two steps of the same kind with the same number of days ({', '.join(twice)}); change the days of "
                "one of them.",
            )
        )
    if not rungs:
        faults.append(Refused("Thang phải có ít nhất một bậc.", "A ladder must have at least one step."))
    refuse_all(faults)
    for place, each in enumerate(rungs):
        repeats = (
            form.count("repeat", "Nhắc lại sau", "Repeat after")
            if each["kind"] == "overdue" and place == len(rungs) - 1
            else None
        )
        each.pop("repeat_every", None)
        yield each | {"severity": place * 10} | ({"repeat_every": repeats} if repeats else {})


def _said(form: FormReader, prefix: str, kind: str, vi: str, en: str) -> Content:
    """Days, recipients and name of one step."""
    audiences = [each for each in AUDIENCES if each in form.each(f"{prefix}.audience")]
    faults, said = list[Refused](), dict[str, Any]()
    if not audiences:
        faults.append(Refused(f"{vi}: chọn ít nhất một nơi nhận.", f"{en}: choose at least one recipient."))
    if kind in CHANGEABLE:
        days = form.count(f"{prefix}.days", f"{vi}, số ngày", f"{en}, days")
        most = _MOST_DAYS[kind]
        if days is None or not 1 <= days <= most:
            faults.append(Refused(f"{vi}: ghi số ngày từ 1 đến {most}.", f"{en}: enter 1 to {most} days."))
        else:
            said["offset"] = -days if kind == "due_soon" else days
            said["name"] = {"due_soon": f"due_in_{days}", "overdue": f"overdue+{days}"}.get(kind, "not_acknowledged")
    refuse_all(faults)
    return said | {"audiences": audiences}


def _ladder(plan: Plan, code: str) -> Ladder:
    found = next((each for each in plan.ladders if each.code == code), None)
    if found is None:
        raise NotFound(f"Không có thang nhắc việc «{code[:40]}».", f"There is no ladder '{code[:40]}'.")
    return found


def _seen(found: Ladder) -> str:
    """Tells whether the ladder was changed since its form was opened: its steps are sent by their places."""
    return digest_of(found.model_dump(mode="json"))


def _page(
    request: Request, number: int, code: str, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    require_whole_plan(request)
    with reading_session(store_of(request).engine) as session:
        held = own_draft(session, request, number)
    found = _ladder(held.plan, code)
    return form_page(
        request,
        "plan_ladder_form.html",
        refused,
        form,
        plan=held.plan,
        draft=held.draft,
        ladder=found,
        seen=form.text("seen") if form else _seen(found),
        repeat=next((each.repeat_every for each in found.rungs if each.repeat_every), None),
        audiences=AUDIENCES,
        changeable=CHANGEABLE,
    )
