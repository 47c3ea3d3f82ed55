"""The coordinator decides on one assignment: its report, its extension request, a pause."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from config.errors import Refused
from models.alerts.status import in_plan
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import Verb
from models.work import verbs
from models.work.lists.desk_list import next_waiting
from portal.form import FormReader, read_form
from portal.pages.assignment import assignment_page
from portal.repeated import is_repeated
from portal.sign_in.limits import require_assignment
from portal.web import RowId, context_of, see_other, store_of

router = APIRouter(default_response_class=HTMLResponse)


_DECISIONS: Mapping[str, tuple[Verb, Callable[..., object], Callable[[FormReader], dict[str, Any]]]] = {
    "accept": (Verb.ACCEPT, verbs.accept, lambda form: {"version": _version(form), "interim": _interim(form)}),
    "return": (
        Verb.RETURN,
        verbs.return_,
        lambda form: {"reason": form.text("return_reason"), "version": _version(form)},
    ),
    "grant": (
        Verb.GRANT_EXTENSION,
        verbs.grant_extension,
        lambda form: {"until": form.day("until", "Gia hạn đến ngày", "Extend until"), "extension": _extension(form)},
    ),
    "refuse": (
        Verb.REFUSE_EXTENSION,
        verbs.refuse_extension,
        lambda form: {"reason": form.text("refuse_extension_reason"), "extension": _extension(form)},
    ),
    "suspend": (Verb.SUSPEND, verbs.suspend, lambda form: {"reason": form.text("suspend_reason")}),
    "resume": (Verb.RESUME, verbs.resume, lambda form: {"until": form.day("until", "Hạn mới", "New due date")}),
}
"""By the last part of the address to which the form is sent: the verb, what it does, and what the form asks of it."""


def _version(form: FormReader) -> int | None:
    """Which report was read; a newer one is not decided on."""
    return form.count("version", "Lần báo cáo", "Report no.")


def _extension(form: FormReader) -> int | None:
    """Which request for time was read, by its number."""
    return form.count("extension", "Đề nghị gia hạn số", "Extension request no.")


def _interim(form: FormReader) -> bool | None:
    """Which of the two buttons was pressed, where work spans years."""
    return {"1": True, "0": False}.get(form.text("interim"))


def _add_route(path: str, verb: Verb, act: Callable[..., object], read: Callable[[FormReader], dict[str, Any]]) -> None:
    """Carry out ``act`` and return to the page of the assignment, which says why when it is refused."""

    @router.post(f"/assignments/{{assignment_id}}/{path}", name=path)
    def decide(request: Request, assignment_id: RowId, form: FormReader = Depends(read_form)) -> Response:
        asked: dict[str, Any] = {}
        try:
            asked = read(form)
            with session_scope(store_of(request).engine) as session:
                require_assignment(session, request, assignment_id)
                act(session, assignment_id, context=context_of(request), **asked)
        except Refused as refused:
            if not (asked and is_repeated(request, assignment_id, verb, asked)):
                return assignment_page(request, assignment_id, refused=refused, form=form)
        if form.text("then") == "next":
            return _to_next(request, assignment_id, version=asked.get("version"), extension=asked.get("extension"))
        return see_other(f"/assignments/{assignment_id}", flash=verb.value)


def _to_next(request: Request, assignment_id: int, *, version: int | None, extension: int | None) -> Response:
    """To what waits for a decision after what was decided; to the desk where nothing does."""
    with reading_session(store_of(request).engine) as session:
        its = in_plan(store_of(request).plan)
        following = next_waiting(session.connection(), assignment_id, version=version, extension=extension, only=its)
    if following is None:
        return see_other("/desk", flash="decided")
    return see_other(f"/assignments/{following}#decide", flash="next")


for _path, _decision in _DECISIONS.items():
    _add_route(_path, *_decision)
