"""The coordinator decides on one assignment: its report, its request for time, whether it goes on at all."""

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col

from config.errors import Refused
from models.store.actor import ActorContext
from models.store.audit import AuditEvent
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import Verb
from models.work import verbs
from portal.form import FormReader, read_form
from portal.pages.assignment import assignment_page
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/assignments/{assignment_id}/accept")
def accept(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.accept(session, assignment_id, context, version=form.count("version", "Lần báo cáo"))

    return _decide(request, assignment_id, form, Verb.ACCEPT, act)


@router.post("/assignments/{assignment_id}/return")
def return_(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        version = form.count("version", "Lần báo cáo")
        verbs.return_(session, assignment_id, form.text("return_reason"), context, version=version)

    return _decide(request, assignment_id, form, Verb.RETURN, act)


@router.post("/assignments/{assignment_id}/grant")
def grant(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.grant_extension(session, assignment_id, form.date("until", "Gia hạn đến ngày"), context)

    return _decide(request, assignment_id, form, Verb.GRANT_EXTENSION, act)


@router.post("/assignments/{assignment_id}/refuse")
def refuse(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.refuse_extension(session, assignment_id, form.text("refuse_extension_reason"), context)

    return _decide(request, assignment_id, form, Verb.REFUSE_EXTENSION, act)


@router.post("/assignments/{assignment_id}/withdraw")
def withdraw(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.withdraw(session, assignment_id, form.text("withdraw_reason"), context)

    return _decide(request, assignment_id, form, Verb.WITHDRAW, act)


@router.post("/assignments/{assignment_id}/suspend")
def suspend(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.suspend(session, assignment_id, form.text("suspend_reason"), context)

    return _decide(request, assignment_id, form, Verb.SUSPEND, act)


@router.post("/assignments/{assignment_id}/resume")
def resume(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
    def act(session: Session, context: ActorContext) -> None:
        verbs.resume(session, assignment_id, form.date("until", "Hạn mới"), context)

    return _decide(request, assignment_id, form, Verb.RESUME, act)


def _decide(
    request: Request, assignment_id: int, form: FormReader, verb: Verb, act: Callable[[Session, ActorContext], object]
) -> Response:
    """Carry out a verb and return to its assignment; when it is refused the page says why and keeps what was typed."""
    try:
        with session_scope(store_of(request).engine) as session:
            act(session, context_of(request))
    except Refused as refused:
        if not _is_repeated(request, assignment_id, verb, form.text(f"{verb.value}_reason"), form.text("until")):
            return assignment_page(request, assignment_id, refused=refused, form=form)
    return see_other(f"/assignments/{assignment_id}", flash=verb.value)


def _is_repeated(request: Request, assignment_id: int, verb: Verb, reason: str, until: str) -> bool:
    """Whether the last thing that happened to the assignment is this very decision by this very visitor."""
    with reading_session(store_of(request).engine) as session:
        last = session.scalars(
            select(AuditEvent)
            .where(col(AuditEvent.subject) == f"assignment:{assignment_id}")
            .order_by(col(AuditEvent.seq).desc())
            .limit(1)
        ).one_or_none()
    return (
        last is not None
        and (last.verb, last.actor) == (verb.value, context_of(request).actor)
        and last.details.get("reason", "") == reason
        and until in ("", last.details.get("until"), last.details.get("due_date"))
    )
