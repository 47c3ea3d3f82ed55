"""Launching a corrected draft: looked at first, then one confirmation makes its plan the directive's first edition."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.boundary import text_faults
from config.catalogue.fields import DIRECTIVE_CODE
from config.catalogue.offices import OfficeSpec
from config.contacts.desks import Desk
from config.errors import Refused, refuse_all
from intake.directives.correcting.launching import (
    ChangedMeanwhile,
    Launch,
    Prepared,
    launch_draft,
    launch_from,
    prepare,
    sheet_kept,
    suggested_head,
)
from intake.directives.correcting.rows import RowState, Sheet
from intake.directives.drafting.plan_file import PlanHead
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.directive_drafts import directive_draft
from models.store.database import reading_session, session_scope
from models.tables.edition import DraftEnd
from models.tables.errors import LateAtOnce, NotFound
from models.work.directives import checked_number, refuse_future
from portal.form import FormReader, read_form
from portal.intake.uploading import HOME
from portal.prefect.first_runs import begin_first_runs
from portal.problems import form_page
from portal.query import read_query
from portal.web import RowId, context_of, offices_of_today, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)

_ONE = f"{HOME}/{{draft_id}}/launch"
_PERIODS = ("nd09", "calendar")


@router.get(_ONE)
def launching(request: Request, draft_id: RowId) -> HTMLResponse:
    read_query(request, ())
    return _form(request, draft_id)


@router.post(_ONE)
def launch(request: Request, draft_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Keep what was typed, show what launching would do; once that is confirmed, do it."""
    if form.text("back"):
        return _form(request, draft_id, form=form)
    refused: Refused | None = None
    try:
        wanted = wanted_in(request, form)
    except Refused as found:
        return _form(request, draft_id, form=form, refused=found)
    try:
        prepared = prepared_launch(request, draft_id, wanted, leave_out=form.text("leave_out") == "yes")
        if (digest := form.text("digest")) == prepared.digest(wanted):
            launch_prepared(request, draft_id, wanted, prepared, may_be_late=form.text("late_confirmed") == "yes")
            return see_other(f"/desk/directives#d-{wanted.head.code}", flash="launched")
        if digest:
            refused = ChangedMeanwhile()
    except NotFound:
        raise
    except LateAtOnce as late_at_once:
        refused = late_at_once
    except Refused as found:
        if is_launched(request, draft_id, wanted):
            return see_other(f"/desk/directives#d-{wanted.head.code}", flash="launched")
        return _form(request, draft_id, form=form, refused=found)
    return _preview(request, draft_id, form, wanted, prepared, refused)


def launch_prepared(request: Request, draft_id: int, wanted: Launch, prepared: Prepared, *, may_be_late: bool) -> None:
    """Launch what was looked at, and begin its first runs.

    Raises ``ChangedMeanwhile``, and ``LateAtOnce`` where work would be overdue at once and ``may_be_late`` is not said.
    """
    store = store_of(request)
    with session_scope(store.engine) as session:
        draft = directive_draft(session, draft_id, to_change=True)
        then = launch_draft(session, draft, wanted, prepared, context_of(request), may_be_late=may_be_late)
    mirror_configuration(store.engine, then.plan, store.contacts)
    begin_first_runs(request, [each.code for each in then.plan.priorities_of(wanted.head.code)])


def is_launched(request: Request, draft_id: int, wanted: Launch) -> bool:
    """Whether what was refused stands already: the same was sent before, or at the same moment."""
    with reading_session(store_of(request).engine) as session:
        draft = directive_draft(session, draft_id)
    return draft.ended_as is DraftEnd.APPLIED and draft.launch == wanted.as_json()


def prepared_launch(request: Request, draft_id: int, wanted: Launch, *, leave_out: bool) -> Prepared:
    """Keep what the draft is to be launched with; returns what that would do.

    Raises ``Refused`` with every fault of the plan, and for rows that are not confirmed unless they are to be left out.
    """
    with session_scope(store_of(request).engine) as session:
        draft = directive_draft(session, draft_id, to_change=True)
        draft.launch = wanted.as_json()
        session.add(draft)
    with reading_session(store_of(request).engine) as session:
        draft = directive_draft(session, draft_id)
    sheet = sheet_kept(draft)
    prepared = prepare(sheet, wanted, draft.name, context_of(request))
    if not leave_out:
        _refuse_left_over(sheet)
    return prepared


def wanted_in(request: Request, form: FormReader) -> Launch:
    """What was typed; raises ``Refused`` with everything that is wrong with it."""
    faults: list[Refused] = []
    on_date = signed_on = None
    code, title, number = form.text("code"), form.text("title"), form.text("number")
    periods = form.text("periods") or _PERIODS[0]
    if not DIRECTIVE_CODE.fullmatch(code):
        faults.append(
            Refused(
                "Mã chỉ đạo: chữ hoa không dấu, số, gạch nối, bắt đầu bằng chữ, ví dụ KH-45-2026.",
                "Code: capital letters without accents, digits and hyphens, beginning with a letter, e.g. KH-45-2026.",
            )
        )
    faults += text_faults(title, "Tên chỉ đạo", "Title", shortest=3, longest=200)
    if periods not in _PERIODS:
        faults.append(Refused("Kỳ báo cáo: chọn một trong hai.", "Periods: choose one of the two."))
    try:
        number = checked_number(number)
    except Refused as refused:
        faults.append(refused)
    try:
        on_date = form.required_date("on_date", "Ngày văn bản giao việc", "Date of the assigning document")
        refuse_future(number, on_date, context_of(request))
    except Refused as refused:
        faults.append(refused)
    try:
        signed_on = form.day("signed_on", "Ngày của chỉ đạo", "Date of the directive")
    except Refused as refused:
        faults.append(refused)
    coordinator = form.text("coordinator")
    try:
        coordinator = store_of(request).plan.office(coordinator).code if coordinator else ""
    except Refused as refused:
        faults.append(refused)
    refuse_all(faults)
    return Launch(PlanHead(code, title, signed_on or on_date, coordinator, periods), number, on_date)


def _refuse_left_over(sheet: Sheet) -> None:
    left = len(sheet.of(RowState.DRAFTED))
    if left:
        raise Refused(
            f"Còn {left} nhiệm vụ chưa xác nhận, sẽ không được giao. Soát tiếp; nếu đúng như vậy thì đánh dấu ô «Để "
            "lại».",
            f"{left} tasks are not confirmed and will not be assigned. Continue checking; if this is intended, tick "
            "'Leave out'.",
        )


def _form(
    request: Request, draft_id: int, *, form: FormReader | None = None, refused: Refused | None = None
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        draft = directive_draft(session, draft_id)
    sheet = sheet_kept(draft)
    kept = launch_from(draft.launch, suggested_head(sheet, store.plan, draft.name))
    return form_page(
        request,
        "intake_launch.html",
        refused,
        form,
        draft=draft,
        kept=_fields(kept, form),
        left=len(sheet.of(RowState.DRAFTED)),
        confirmed=len(sheet.of(RowState.CONFIRMED)),
        offices=offices_of_today(request),
        main_coordinator=store.plan.main_directive.coordinator,
    )


def _fields(kept: Launch, form: FormReader | None) -> dict[str, str]:
    """What the form shows: as it was typed, or as it is kept."""
    names = ("code", "title", "signed_on", "coordinator", "periods", "number", "on_date")
    known = {name: str(value or "") for name, value in kept.as_json().items()}
    return {name: form.text(name) if form and form.text("csrf") else known[name] for name in names}


def _preview(
    request: Request,
    draft_id: int,
    form: FormReader,
    wanted: Launch,
    prepared: Prepared,
    refused: Refused | None,
) -> HTMLResponse:
    store = store_of(request)
    with reading_session(store.engine) as session:
        draft = directive_draft(session, draft_id)
    return form_page(
        request,
        "intake_preview.html",
        refused,
        form,
        plan=prepared.plan,
        draft=draft,
        wanted=wanted,
        prepared=prepared,
        assigned=prepared.assigned,
        subtasks=[each for priority in prepared.plan.priorities_of(wanted.head.code) for each in priority.subtasks],
        new_offices=new_offices(store, prepared),
        without_address=without_address(store, prepared),
        digest=prepared.digest(wanted),
        fields=form.all(but=("csrf", "digest", "late_confirmed", "back")),
    )


def new_offices(store: Store, prepared: Prepared) -> list[OfficeSpec]:
    """The offices that come into the register with the plan."""
    known = {each.code for each in store.plan.offices}
    return [each for each in prepared.plan.offices if each.code not in known]


def without_address(store: Store, prepared: Prepared) -> list[str]:
    """Those that would be assigned something and have no address of their own."""
    reached = {office for office, desk in store.contacts.addresses if desk == Desk.FOCAL.value}
    return [each.office for each in prepared.assigned.offices if each.office not in reached]
