"""A draft looked at and applied: the preview as a page and as files for whoever signs, and its one confirmation."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection
from sqlmodel import Session

from config.catalogue.plan import Plan
from config.errors import Refused
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.tables.edition import PlanDraft
from models.tables.errors import NotFound
from models.work.deeds.apply import Change, previewing
from models.work.deeds.prepared import prepared_items
from models.work.directive_deeds.drafts import drafted, open_draft
from models.work.directive_deeds.editing import set_grounds
from portal.desk.previewed import grounds_in, preview_or_apply
from portal.form import FormReader, read_form
from portal.pages.workbooks import download
from portal.plans.drafts import draft_page
from portal.plans.own import is_own, own_draft
from portal.query import read_query
from portal.web import RowId, context_of, store_of
from reports.deed_files import preview_document, write_preview_workbook
from reports.deed_preview import Preview, annex, assignment_rows, preview_of
from reports.papers.filling import DOCX

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/plans/drafts/{number}/preview")
def preview(request: Request, number: RowId, form: FormReader = Depends(read_form)) -> Response:
    """Show what applying the draft would do; once that is confirmed, apply it."""
    address = f"/plans/drafts/{number}"
    unfounded = not (form.text("paper") or form.text("reason"))

    def build(session: Session, context: ActorContext) -> Change:
        found = drafted(session, number, _given(form, unfounded), context)
        notes[:] = [_both_changed(found.conflicts)] if found.conflicts else []
        return found.change

    notes: list[tuple[str, str]] = []
    try:
        if form.text("digest"):
            with reading_session(store_of(request).engine) as session:
                _require_own(session, request, number)
        else:
            _keep_grounds(request, number, form, unfounded)
        if form.text("back"):
            return draft_page(request, number, form=form)
        return preview_or_apply(
            request,
            form,
            build,
            send_to=f"{address}/preview",
            heading=(f"sửa đổi kế hoạch, dự thảo số {number}", f"amendment of the plan, draft {number}"),
            unfounded=unfounded,
            files=f"{address}/preview",
            notes=notes,
        )
    except NotFound:
        raise
    except Refused as refused:
        return draft_page(request, number, refused=refused, form=form)


@router.get("/plans/drafts/{number}/preview.docx")
def as_document(request: Request, number: RowId) -> Response:
    read_query(request, ())
    with _previewed(request, number) as (connection, said, plan):
        content = preview_document(said, annex(prepared_items(connection), plan))
    headers = {"Content-Disposition": f'attachment; filename="du-thao-{number}.docx"'}
    return Response(content, media_type=DOCX, headers=headers)


@router.get("/plans/drafts/{number}/preview.xlsx")
def as_workbook(request: Request, number: RowId) -> Response:
    read_query(request, ())
    file = TemporaryFile()  # noqa: SIM115 – read when this has returned, and closed then
    try:
        with _previewed(request, number) as (connection, said, plan):
            write_preview_workbook(file, said, assignment_rows(prepared_items(connection), plan))
    except BaseException:
        file.close()
        raise
    return download(file, f"du-thao-{number}.xlsx")


def _both_changed(conflicts: Sequence[str]) -> tuple[str, str]:
    parts = ", ".join(conflicts)
    return (
        f"Cả hai bên cùng sửa, lấy theo dự thảo: {parts}. Xem kỹ các chỗ này trước khi áp dụng.",
        f"Changed in both; the draft's version is used: {parts}. Check these before applying.",
    )


def _given(form: FormReader, unfounded: bool) -> Provenance:
    """What the amendment rests on; a preview may come before its paper."""
    if unfounded and not form.text("digest"):
        return Provenance(effective_on=form.day("effective_on", "Có hiệu lực từ", "In force from"))
    return grounds_in(form)


def _keep_grounds(request: Request, number: int, form: FormReader, unfounded: bool) -> None:
    """The draft holds what it rests on and how far it reaches, for its files and for whoever goes on with it."""
    given = _given(form, unfounded)
    with session_scope(store_of(request).engine) as session:
        own_draft(session, request, number)
        set_grounds(
            session,
            number,
            given,
            open_work=form.text("scope") != "next",
            with_letters=form.text("no_letters") != "yes",
            context=context_of(request),
        )


def _require_own(session: Session, request: Request, number: int) -> None:
    """A draft of the visitor's, whether it is open or was applied by the button pressed before."""
    draft = session.get(PlanDraft, number)
    if draft is None or not is_own(request, draft.documents):
        raise NotFound(f"Không có dự thảo số {number}.", f"There is no draft no. {number}.")


@contextmanager
def _previewed(request: Request, number: int) -> Iterator[tuple[Connection, Preview, Plan]]:
    """The preview of a draft by what it rests on so far."""
    context = context_of(request)
    with reading_session(store_of(request).engine) as session:
        own_draft(session, request, number)
        draft = open_draft(session, number)
        given = Provenance(
            reason=draft.reason,
            paper_number=draft.paper_number,
            paper_date=draft.paper_date,
            effective_on=draft.effective_on,
        )
        change = drafted(session, number, given, context).change
    with previewing(store_of(request).engine, change) as (connection, prepared):
        yield connection, preview_of(connection, prepared, change, context), change.context.plan
