"""What every page needs: the store, the moment and the visitor of a request, and templates in their language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path as FilePath
from types import SimpleNamespace
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from config.catalogue.offices import OfficeSpec
from config.clock import HANOI, last_day_before, local_date
from config.errors import Refused
from config.rules.due_words import day_in_words, due_clause, due_in_words, original_clause
from config.rules.kinds import Timing
from config.settings import Language
from config.text.amounts import amount_in_words
from models.store.actor import ActorContext
from models.tables.lifecycle import NoticeKind
from notifications.words.kinds import WORDINGS
from portal import words
from portal.sign_in.session import Visitor, csrf_token, renew_session
from portal.sign_in.session import now_of as now_of  # pages import both from here
from portal.sign_in.session import store_of as store_of
from reports.wording import status_words

HERE = FilePath(__file__).parent
LANGUAGE_COOKIE = "dondoc_language"


RowId = Annotated[int, Path(ge=1, le=2_147_483_647)]
"""The id of a row in an address."""


def visitor_of(request: Request) -> Visitor:
    """Who sent the request; ``portal.rights.authorize`` has found it out."""
    visitor: Visitor = request.state.visitor
    return visitor


def context_of(request: Request) -> ActorContext:
    """The visitor as the actor of verbs."""
    return store_of(request).actor_context(now=now_of(request), actor=visitor_of(request).actor)


def offices_of_today(request: Request) -> list[OfficeSpec]:
    """The offices there are on the day of the request."""
    today = local_date(now_of(request))
    return [office for office in store_of(request).plan.offices if office.exists_on(today)]


def language_of(request: Request) -> Language:
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "vi"


def page(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """``render`` as the answer to the request; ``refused`` without where database and disk are."""
    if isinstance(refused := context.get("refused"), Refused):
        context["refused"] = words.machine_fault(refused) or refused
    response = HTMLResponse(render(request, name, **context), status_code=status)
    renew_session(request, response)
    return response


def render(request: Request, name: str, **context: Any) -> str:
    """Render a template. Every template has the visitor, the day, the plan and ``t(vi, en)``."""
    store = store_of(request)
    whole: Mapping[str, Any] = {
        "request": request,
        "visitor": visitor_of(request),
        "language": language_of(request),
        "plan": store.plan,
        "now": now_of(request),
        "today": local_date(now_of(request)),
        "csrf": lambda: csrf_token(request),
        **context,
    }
    return _templates.get_template(name).render(whole)


def see_other(path: str, *, flash: str = "", count: int | None = None) -> RedirectResponse:
    """Redirect after a form was carried out; the next page shows ``flash`` (of kind «flash» in ``portal.words``).

    count  of how many things it was done, shown too
    """
    path, _, fragment = path.partition("#")
    if flash:
        path += f"?flash={flash}" if count is None else f"?flash={flash}&count={count}"
    return RedirectResponse(f"{path}#{fragment}" if fragment else path, status_code=303)


@pass_context
def _translated(context: Context, vi: str, en: str) -> str:
    return en if context["language"] == "en" else vi


@pass_context
def _word(context: Context, kind: str, value: str) -> str:
    return words.word(kind, value, context["language"])


@pass_context
def _office_name(context: Context, code: str) -> str:
    office = context["plan"].office(code)
    return str(office.name_en if context["language"] == "en" else office.name_vi)


@pass_context
def _leads(context: Context, assignment: Any) -> str:
    """The names of the office of a listed assignment and of its joint leads."""
    office, joint = (context.environment.getattr(assignment, name) for name in ("office", "joint"))
    return "; ".join(_office_name(context, code) for code in (office, *joint))


@pass_context
def _step_title(context: Context, assignment: Any, occasion: str | None = None) -> str:
    # Rows and objects alike, as everywhere in a template.
    subtask, step, variant = (context.environment.getattr(assignment, name) for name in ("subtask", "step", "variant"))
    return str(context["plan"].step_title(subtask, step, variant, context["language"], occasion=occasion or ""))


@pass_context
def _heading(context: Context, kind: NoticeKind) -> str:
    return WORDINGS[kind].heading(context["language"])


@pass_context
def _actor_name(context: Context, actor: str) -> str:
    who, _, which = actor.partition(":")
    if who == "office" and which:
        return _office_name(context, which)
    return words.word("actor", who, context["language"])


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


@pass_context
def _due(context: Context, work: Any) -> str:
    return due_in_words(SimpleNamespace(**work) if isinstance(work, dict) else work, context["language"])


@pass_context
def _due_clause(context: Context, work: Any) -> str:
    return due_clause(SimpleNamespace(**work) if isinstance(work, dict) else work, context["language"])


@pass_context
def _original_due(context: Context, work: Any) -> str:
    row = SimpleNamespace(**work) if isinstance(work, dict) else work
    return original_clause(row.original_due_date, row.original_timing, context["language"])


@pass_context
def _day_words(context: Context, day: date, timing: Timing) -> str:
    return day_in_words(day, timing, context["language"])


def _typed_day(text: str) -> str:
    """A day as it is shown in a field; what is no date stays as it was typed."""
    try:
        return _day(date.fromisoformat(text))
    except ValueError:
        return text


def _moment(value: datetime) -> str:
    return f"{value.astimezone(HANOI):%H:%M %d/%m/%Y}"


_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    auto_reload=False,  # checking every template for edits costs time on each page
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {
    "t": _translated,
    "word": _word,
    "office_name": _office_name,
    "leads": _leads,
    "amount": amount_in_words,
    "step_title": _step_title,
    "heading": _heading,
    "status_words": status_words,
    "due": _due,
    "day_words": _day_words,
    "due_clause": _due_clause,
    "original_due": _original_due,
    "actor_name": _actor_name,
    "is_flash": words.is_flash,
}
_FILTERS: Mapping[str, Callable[[Any], str]] = {
    "day": _day,
    "due_day": lambda due_at: _day(last_day_before(due_at)),
    "isoday": lambda text: _day(date.fromisoformat(text)),
    "moment": _moment,
    "typed_day": _typed_day,
}
_templates.filters |= _FILTERS
