"""The coordinator's own deeds on open work, one or many assignments at once."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col

from config.errors import Refused, refuse_all
from models.alerts.status import both, in_plan
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, STATE_WORDS, State
from models.work.deeds.apply import Change
from models.work.deeds.direct import coordinate, give_to, move_dates, release, withdraw_all
from models.work.deeds.titles import retitle
from models.work.rows import ListedAssignment, read_rows, select_rows
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query
from portal.web import offices_of_today, page_address, store_of

router = APIRouter(default_response_class=HTMLResponse)

MOST = 500
"""Assignments of one deed from the browser."""


class Act(StrEnum):
    """What can be done with the assignments that were chosen."""

    MOVE = "move"
    GIVE = "give"
    COORDINATE = "coordinate"
    RELEASE = "release"
    RETITLE = "retitle"
    WITHDRAW = "withdraw"


_Numbers = Sequence[int]
_Build = Callable[[Session, _Numbers, FormReader, Provenance, ActorContext], Change]

_ACTS: Mapping[Act, _Build] = {
    Act.MOVE: lambda _, numbers, form, given, context: move_dates(
        numbers, form.required_date("to", "Hạn mới", "New due date"), provenance=given, context=context
    ),
    Act.GIVE: lambda _, numbers, form, given, context: give_to(
        numbers, _named(form, "office", "Cơ quan nhận việc", "Office"), provenance=given, context=context
    ),
    Act.COORDINATE: lambda _, numbers, form, given, context: coordinate(
        numbers, _ticked(form, "joining", "Cơ quan phối hợp thêm", "Office to add"), provenance=given, context=context
    ),
    Act.RELEASE: lambda _, numbers, form, given, context: release(
        numbers,
        _ticked(form, "leaving", "Cơ quan thôi phối hợp", "Office to remove"),
        provenance=given,
        context=context,
    ),
    Act.RETITLE: lambda session, numbers, form, given, context: retitle(
        *(session, numbers, form.text("title")), title_en=form.text("title_en"), provenance=given, context=context
    ),
    Act.WITHDRAW: lambda _, numbers, form, given, context: withdraw_all(numbers, provenance=given, context=context),
}

_HEADINGS: Mapping[Act, tuple[str, str]] = {
    Act.MOVE: ("Đổi hạn", "Change the due date"),
    Act.GIVE: ("Chuyển cho cơ quan khác", "Reassign to another office"),
    Act.COORDINATE: ("Thêm cơ quan phối hợp", "Add coordinating offices"),
    Act.RELEASE: ("Cho cơ quan thôi phối hợp", "Remove coordinating offices"),
    Act.RETITLE: ("Đổi tên việc", "Rename"),
    Act.WITHDRAW: ("Thu hồi", "Withdraw"),
}


@router.get("/desk/deeds")
def choose(request: Request) -> HTMLResponse:
    """The form for the assignments ticked in a list (``n``, several times)."""
    read_query(request, ("n", "act"))
    return _form(request, request.query_params.getlist("n"), FormReader(dict(request.query_params)))


@router.post("/desk/deeds")
def do(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Show what the deed would do, or do it."""
    chosen = form.each("n")
    if form.text("back"):
        return _form(request, chosen, form)
    try:
        act = form.choice(Act, "act", "Điều chỉnh", "Change", Act.MOVE)
        rows = chosen_rows(request, chosen)
        return preview_or_apply(
            request,
            form,
            partial(change_of, act=act, rows=rows, form=form),
            send_to=page_address(request),
            heading=_HEADINGS[act],
            left_out=tuple(left_out(row) for row in rows if row.state not in OPEN),
        )
    except Refused as refused:
        return _form(request, chosen, form, refused=refused)


def change_of(
    session: Session, context: ActorContext, *, act: Act, rows: Sequence[ListedAssignment], form: FormReader
) -> Change:
    """The deed that the form asks for of those that are open; raises ``Refused`` where none is, and with all that is
    wrong with its grounds and its fields."""
    numbers = [row.id for row in rows if row.state in OPEN]
    if not numbers:
        refuse_all([left_out(row) for row in rows])
    faults, given, change = list[Refused](), Provenance(reason=""), None
    try:
        given = grounds_in(form, needs_reason=True)
    except Refused as refused:
        faults += refused.faults
    try:
        change = _ACTS[act](session, numbers, form, given, context)
    except Refused as refused:
        faults += refused.faults
    refuse_all(faults)
    assert change is not None
    return change


def _form(request: Request, chosen: Sequence[str], form: FormReader, *, refused: Refused | None = None) -> HTMLResponse:
    rows: Sequence[ListedAssignment] = ()
    try:
        rows = chosen_rows(request, chosen)
    except Refused as found:
        refused = refused or found
    return form_page(
        request,
        "deeds.html",
        refused,
        form,
        rows=rows,
        offices=offices_of_today(request),
        act=form.text("act") or Act.MOVE.value,
        headings={act.value: words for act, words in _HEADINGS.items()},
    )


def chosen_rows(request: Request, chosen: Sequence[str]) -> list[ListedAssignment]:
    """The assignments of these numbers, those of the visitor's plan; raises ``Refused`` where none is."""
    numbers = {int(each) for each in chosen if each.isascii() and each.isdigit() and len(each) <= 9}
    if not 1 <= len(numbers) <= MOST:
        raise Refused(
            f"Chọn từ 1 đến {MOST} việc trong danh sách «Tất cả việc», rồi bấm «Điều chỉnh».",
            f"Choose 1 to {MOST} assignments under 'All work', then press 'Change the ticked assignments'.",
        )
    these = both(col(Assignment.id).in_(numbers), in_plan(store_of(request).plan))
    query = select_rows(ListedAssignment).where(these)
    with reading(store_of(request).engine) as connection:
        rows = read_rows(connection, ListedAssignment, query.order_by(col(Assignment.due_at), col(Assignment.id)))
    if not rows:
        raise Refused("Không có việc nào mang các số ấy.", "There is no assignment with these numbers.")
    return rows


def left_out(row: ListedAssignment) -> Refused:
    """Why a deed leaves out an assignment: it is no longer open, its report waits, or there is nothing to change."""
    vi, en = STATE_WORDS[row.state]
    if row.state in OPEN and row.state is not State.REPORTED:
        vi, en = (
            "đã được điều chỉnh khác; không còn gì để đổi",
            "changed otherwise meanwhile; nothing is left to change",
        )
    return Refused(f"Việc số {row.id}: {vi}.", f"Assignment {row.id}: {en}.")


def _named(form: FormReader, name: str, vi: str, en: str) -> str:
    if office := form.text(name):
        return office
    raise Refused(f"{vi}: chưa chọn.", f"{en}: not chosen yet.")


def _ticked(form: FormReader, name: str, vi: str, en: str) -> Sequence[str]:
    if offices := form.each(name):
        return offices
    raise Refused(f"{vi}: chưa đánh dấu cơ quan nào.", f"{en}: no office is ticked.")
