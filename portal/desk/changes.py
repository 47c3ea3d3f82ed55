"""Every deed that was done: what it changed and why, and how it is taken back."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, and_, col, func, select

from config.errors import Refused
from models.alerts.status import both, in_plan
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem
from models.tables.errors import NotFound
from models.work.deeds.facts import facts_of_deeds
from models.work.deeds.undo import undoing
from models.work.rows import ListedAssignment, read_rows, select_rows
from notifications.words.deeds import deed_sentence
from portal.desk.deeds import left_out
from portal.desk.previewed import MARKS_KEPT, preview_or_apply
from portal.form import FormReader, read_form
from portal.problems import form_page
from portal.query import read_query, requested_page
from portal.sign_in.limits import own_deeds, own_items
from portal.web import RowId, language_of, page, store_of

router = APIRouter(default_response_class=HTMLResponse)

PAGE_SIZE = 50


@router.get("/desk/changes")
def changes(request: Request) -> HTMLResponse:
    requested = requested_page("/desk/changes", read_query(request, ("page",)), size=PAGE_SIZE)
    counted = select(DeedItem.deed_id, func.count()).group_by(col(DeedItem.deed_id))
    with reading_session(store_of(request).engine) as session:
        theirs = own_deeds(request)
        total = session.exec(select(func.count()).select_from(Deed).where(theirs)).one()
        newest = select(Deed).where(theirs).order_by(col(Deed.id).desc()).limit(PAGE_SIZE).offset(requested.offset)
        deeds = session.exec(newest).all()
        numbers = [deed.id for deed in deeds]
        counts = dict(session.exec(counted.where(col(DeedItem.deed_id).in_(numbers), own_items(request))).all())
        undone = _undone(session, numbers)
    return page(
        request, "changes.html", deeds=deeds, counts=counts, undone=undone, page_range=requested.range_of(total)
    )


@router.get("/desk/changes/{deed_id}")
def change(request: Request, deed_id: RowId) -> HTMLResponse:
    return _change_page(request, deed_id)


@router.post("/desk/changes/{deed_id}/undo")
def undo(request: Request, deed_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Show what taking the deed back would do, or do it."""
    with reading_session(store_of(request).engine) as session:
        own_deed(session, request, deed_id)
    if form.text("back"):
        return _change_page(request, deed_id, form=form)
    try:
        return preview_or_apply(
            request,
            form,
            lambda session, context: undoing(session, deed_id, form.text("reason"), context),
            send_to=f"/desk/changes/{deed_id}/undo",
            heading=(f"Hoàn tác điều chỉnh số {deed_id}", f"Undo change no. {deed_id}"),
        )
    except NotFound:
        raise
    except Refused as refused:
        return _change_page(request, deed_id, refused=refused, form=form)


def _change_page(
    request: Request, deed_id: int, *, refused: Refused | None = None, form: FormReader | None = None
) -> HTMLResponse:
    query = read_query(request, ("page", "left"))
    requested = requested_page(f"/desk/changes/{deed_id}", query, size=PAGE_SIZE)
    store, language = store_of(request), language_of(request)
    of_it = and_(col(DeedItem.deed_id) == deed_id, own_items(request))
    with reading_session(store.engine) as session:
        deed = own_deed(session, request, deed_id)
        total = session.exec(select(func.count()).select_from(DeedItem).where(of_it)).one()
        on_page = select(DeedItem.assignment_id).where(of_it).order_by(col(DeedItem.assignment_id))
        numbers = session.exec(on_page.limit(PAGE_SIZE).offset(requested.offset)).all()
        facts = facts_of_deeds(session, of_it & col(DeedItem.assignment_id).in_(numbers))
        listed = select_rows(ListedAssignment).where(col(Assignment.id).in_(numbers))
        rows = {row.id: row for row in read_rows(session.connection(), ListedAssignment, listed)}
        undone_by = _undone(session, [deed_id]).get(deed_id)
        left = _left(session, request, query.get("left", ""))
    return form_page(
        request,
        "change.html",
        refused,
        form,
        deed=deed,
        undone_by=undone_by,
        left=left,
        items=[(rows[fact.assignment_id], deed_sentence(fact, store.plan, language)) for fact in facts],
        page_range=requested.range_of(total),
    )


def own_deed(session: Session, request: Request, deed_id: int) -> Deed:
    """A deed that the visitor may see; raises ``NotFound``."""
    deed = session.exec(select(Deed).where(Deed.id == deed_id, own_deeds(request))).one_or_none()
    if deed is None:
        raise NotFound(f"Không có điều chỉnh số {deed_id}.", f"There is no change no. {deed_id}.")
    return deed


def _undone(session: Session, numbers: list[int | None]) -> dict[int | None, int | None]:
    """Which of these deeds were taken back, each with the deed that did so."""
    return dict(session.exec(select(Deed.undoes, Deed.id).where(col(Deed.undoes).in_(numbers))).all())


def _left(session: Session, request: Request, numbers: str) -> list[Refused]:
    """Why each of these assignments, which the preview of a deed had shown, is not in it."""
    wanted = [int(each) for each in numbers.split(",") if each.isascii() and each.isdigit() and len(each) <= 9]
    its = both(col(Assignment.id).in_(wanted[:MARKS_KEPT]), in_plan(store_of(request).plan))
    listed = select_rows(ListedAssignment).where(its).order_by(col(Assignment.id))
    return [left_out(row) for row in read_rows(session.connection(), ListedAssignment, listed)]
