"""The coordinator decides on one assignment: its report, its extension request, whether it goes on at all."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col

from config.errors import Refused
from models.alerts.status import in_plan
from models.store.actor import ActorContext
from models.store.audit_event import AuditEvent
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import Verb
from models.work import verbs
from models.work.lists.desk_list import decisions_waiting
from portal.form import FormReader, read_form
from portal.pages.assignment import assignment_page
from portal.sign_in.limits import require_assignment
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


_Act = Callable[[Session, int, FormReader, ActorContext], object]


_DECISIONS: Mapping[str, tuple[Verb, _Act]] = {
    "accept": (
        Verb.ACCEPT,
        lambda s, i, form, context: verbs.accept(s, i, context, version=_version(form), interim=_interim(form)),
    ),
    "return": (
        Verb.RETURN,
        lambda s, i, form, context: verbs.return_(s, i, form.text("return_reason"), context, version=_version(form)),
    ),
    "grant": (
        Verb.GRANT_EXTENSION,
        lambda s, i, form, context: verbs.grant_extension(s, i, form.day("until", "Gia hạn đến ngày"), context),
    ),
    "refuse": (
        Verb.REFUSE_EXTENSION,
        lambda s, i, form, context: verbs.refuse_extension(s, i, form.text("refuse_extension_reason"), context),
    ),
    "withdraw": (
        Verb.WITHDRAW,
        lambda s, i, form, context: verbs.withdraw(s, i, form.text("withdraw_reason"), context),
    ),
    "suspend": (Verb.SUSPEND, lambda s, i, form, context: verbs.suspend(s, i, form.text("suspend_reason"), context)),
    "resume": (Verb.RESUME, lambda s, i, form, context: verbs.resume(s, i, form.day("until", "Hạn mới"), context)),
}
"""By the last part of the address to which the form is sent: the verb, and how it reads the form."""


def _version(form: FormReader) -> int | None:
    """Which report was read; a newer one is not decided on."""
    return form.count("version", "Lần báo cáo")


def _interim(form: FormReader) -> bool | None:
    """Which of the two buttons was pressed, where work spans years."""
    return {"1": True, "0": False}.get(form.text("interim"))


def _add_route(path: str, verb: Verb, act: _Act) -> None:
    """Carry out ``act`` and return to the page of the assignment, which says why when it is refused."""

    @router.post(f"/assignments/{{assignment_id}}/{path}", name=path)
    def decide(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
        try:
            with session_scope(store_of(request).engine) as session:
                require_assignment(session, request, assignment_id)
                act(session, assignment_id, form, context_of(request))
        except Refused as refused:
            if not _is_repeated(request, assignment_id, verb, form):
                return assignment_page(request, assignment_id, refused=refused, form=form)
        if form.text("then") == "next":
            return _to_next(request)
        return see_other(f"/assignments/{assignment_id}", flash=verb.value)


def _to_next(request: Request) -> Response:
    """To what has waited longest for a decision; to the desk where nothing does."""
    with reading_session(store_of(request).engine) as session:
        waiting, _ = decisions_waiting(session.connection(), limit=1, only=in_plan(store_of(request).plan))
    if not waiting:
        return see_other("/desk", flash="decided")
    return see_other(f"/assignments/{waiting[0].assignment.id}#decide", flash="next")


for _path, _decision in _DECISIONS.items():
    _add_route(_path, *_decision)


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
