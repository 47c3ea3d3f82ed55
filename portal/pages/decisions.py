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
from portal.form import FormReader, entered_of
from portal.pages.assignment import assignment_page
from portal.web import Number, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


@router.post("/work/{number}/accept")
def accept(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    return _decide(
        request,
        number,
        entered,
        Verb.ACCEPT,
        lambda s, a: verbs.accept(s, number, a, version=entered.count("version", "Lần báo cáo")),
    )


@router.post("/work/{number}/return")
def return_(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    return _decide(
        request,
        number,
        entered,
        Verb.RETURN,
        lambda s, a: verbs.return_(
            s, number, entered.text("return_reason"), a, version=entered.count("version", "Lần báo cáo")
        ),
    )


@router.post("/work/{number}/grant")
def grant(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    return _decide(
        request,
        number,
        entered,
        Verb.GRANT_EXTENSION,
        lambda s, a: verbs.grant_extension(s, number, entered.date("until", "Gia hạn đến ngày"), a),
    )


@router.post("/work/{number}/refuse")
def refuse(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    reason = entered.text("refuse_extension_reason")
    return _decide(
        request, number, entered, Verb.REFUSE_EXTENSION, lambda s, a: verbs.refuse_extension(s, number, reason, a)
    )


@router.post("/work/{number}/withdraw")
def withdraw(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    reason = entered.text("withdraw_reason")
    return _decide(request, number, entered, Verb.WITHDRAW, lambda s, a: verbs.withdraw(s, number, reason, a))


@router.post("/work/{number}/suspend")
def suspend(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    reason = entered.text("suspend_reason")
    return _decide(request, number, entered, Verb.SUSPEND, lambda s, a: verbs.suspend(s, number, reason, a))


@router.post("/work/{number}/resume")
def resume(request: Request, number: Number, entered: FormReader = Depends(entered_of)) -> Response:
    return _decide(
        request,
        number,
        entered,
        Verb.RESUME,
        lambda s, a: verbs.resume(s, number, entered.date("until", "Hạn mới"), a),
    )


def _decide(
    request: Request, number: int, entered: FormReader, verb: Verb, act: Callable[[Session, ActorContext], object]
) -> Response:
    """Carry out a verb and go back to its assignment; when it is refused the page says why and keeps what was typed."""
    try:
        with session_scope(store_of(request).engine) as session:
            act(session, context_of(request))
    except Refused as refused:
        if not _pressed_twice(request, number, verb, entered.text(f"{verb.value}_reason"), entered.text("until")):
            return assignment_page(request, number, refused=refused, entered=entered)
    return see_other(f"/work/{number}", said=verb.value)


def _pressed_twice(request: Request, number: int, verb: Verb, reason: str, until: str) -> bool:
    """Whether the last thing that happened to the assignment is this very decision by this very visitor."""
    with reading_session(store_of(request).engine) as session:
        last = session.scalars(
            select(AuditEvent)
            .where(col(AuditEvent.subject) == f"assignment:{number}")
            .order_by(col(AuditEvent.seq).desc())
            .limit(1)
        ).one_or_none()
    return (
        last is not None
        and (last.verb, last.actor) == (verb.value, context_of(request).actor)
        and last.facts.get("reason", "") == reason
        and until in ("", last.facts.get("until"), last.facts.get("due_date"))
    )
