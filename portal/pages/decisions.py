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


_Act = Callable[[Session, int, FormReader, ActorContext], object]


def _decision(path: str, verb: Verb) -> Callable[[_Act], _Act]:
    """Carry out the decorated function when a form is sent to ``path`` of an assignment, and return to its page.

    When it is refused the page says why and keeps what was typed.
    """

    def add_route(act: _Act) -> _Act:
        @router.post(f"/assignments/{{assignment_id}}/{path}", name=path)
        def decide(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
            try:
                with session_scope(store_of(request).engine) as session:
                    act(session, assignment_id, form, context_of(request))
            except Refused as refused:
                if not _is_repeated(request, assignment_id, verb, form):
                    return assignment_page(request, assignment_id, refused=refused, form=form)
            return see_other(f"/assignments/{assignment_id}", flash=verb.value)

        return act

    return add_route


@_decision("accept", Verb.ACCEPT)
def accept(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.accept(session, assignment_id, context, version=form.count("version", "Lần báo cáo"))


@_decision("return", Verb.RETURN)
def return_(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    version = form.count("version", "Lần báo cáo")
    verbs.return_(session, assignment_id, form.text("return_reason"), context, version=version)


@_decision("grant", Verb.GRANT_EXTENSION)
def grant(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.grant_extension(session, assignment_id, form.date("until", "Gia hạn đến ngày"), context)


@_decision("refuse", Verb.REFUSE_EXTENSION)
def refuse(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.refuse_extension(session, assignment_id, form.text("refuse_extension_reason"), context)


@_decision("withdraw", Verb.WITHDRAW)
def withdraw(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.withdraw(session, assignment_id, form.text("withdraw_reason"), context)


@_decision("suspend", Verb.SUSPEND)
def suspend(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.suspend(session, assignment_id, form.text("suspend_reason"), context)


@_decision("resume", Verb.RESUME)
def resume(session: Session, assignment_id: int, form: FormReader, context: ActorContext) -> None:
    verbs.resume(session, assignment_id, form.date("until", "Hạn mới"), context)


def _is_repeated(request: Request, assignment_id: int, verb: Verb, form: FormReader) -> bool:
    """Whether the last thing that happened to the assignment is this very decision by this very visitor."""
    with reading_session(store_of(request).engine) as session:
        last = session.scalars(
            select(AuditEvent)
            .where(col(AuditEvent.subject) == f"assignment:{assignment_id}")
            .order_by(col(AuditEvent.seq).desc())
            .limit(1)
        ).one_or_none()
    until = form.text("until")
    return (
        last is not None
        and (last.verb, last.actor) == (verb.value, context_of(request).actor)
        and last.details.get("reason", "") == form.text(f"{verb.value}_reason")
        and until in ("", last.details.get("until"), last.details.get("due_date"))
    )
