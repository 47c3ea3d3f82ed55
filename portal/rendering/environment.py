"""The templates of the pages, compiled once for each language, and the words that every template has.

``t(vi, en)`` of two texts is settled as a template is compiled, so that the text costs nothing when a page is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from markupsafe import Markup, escape

from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.clock import HANOI, last_day_before
from config.rules.due_words import day_in_words, due_clause, due_in_words, original_clause
from config.rules.kinds import Timing
from config.settings import Language
from config.text.amounts import amount_in_words
from models.tables.lifecycle import NoticeKind
from notifications.words.kinds import WORDINGS
from portal import words
from reports.wording import status_words

_TEMPLATES = Path(__file__).parents[1] / "templates"


@cache
def environment(language: Language) -> Environment:
    """The templates in one language."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=[_IN_LANGUAGE[language]],
        autoescape=True,
        auto_reload=False,  # checking every template for edits costs time on each page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.context_class = _Context
    made.globals |= {
        "t": _english if language == "en" else _vietnamese,
        "word": partial(_word, language),
        "field_word": partial(words.field_word, language=language),
        "draft_reason": partial(_draft_reason, language),
        "amount": amount_in_words,
        "heading": partial(_heading, language),
        "status_words": status_words,
        "due": partial(_due, language),
        "day_words": partial(_day_words, language),
        "due_clause": partial(_due_clause, language),
        "original_due": partial(_original_due, language),
        "is_flash": words.is_flash,
        "options": _options,
    }
    made.filters |= _FILTERS
    return made


def names_in(plan: Plan, language: Language) -> Mapping[str, Callable[..., Any]]:
    """What templates call things of the plan by: offices, titles of subtasks, who did something."""
    by_name = {
        name: partial(called, plan, language)
        for name, called in (
            ("office_name", _office_name),
            ("leads", _leads),
            ("step_title", _step_title),
            ("actor_name", _actor_name),
        )
    }
    return {**by_name, "named": partial(_named, plan, language)}


class _Context(Context):
    """Calls what a template calls as it is: nothing here is marked to be passed the context, and looking for such a
    mark takes longer than most of what is called."""

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*args, **named)


class _Settled(Extension):
    """Puts the text of one language in the place of ``t("…", "…")``."""

    abstract = True
    chosen: int

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        tokens = list(stream)
        at = 0
        while at < len(tokens):
            seen = tokens[at : at + len(_CALL)]
            if seen[0].value == "t" and [token.type for token in seen] == _CALL:
                yield seen[self.chosen]
                at += len(_CALL)
            else:
                yield tokens[at]
                at += 1


class _InVietnamese(_Settled):
    chosen = 2


class _InEnglish(_Settled):
    chosen = 4


_CALL = ["name", "lparen", "string", "comma", "string", "rparen"]
_IN_LANGUAGE: Mapping[Language, type[_Settled]] = {"vi": _InVietnamese, "en": _InEnglish}


def _vietnamese(vi: str, _en: str) -> str:
    return vi


def _english(_vi: str, en: str) -> str:
    return en


def _options(pairs: Iterable[tuple[str, str]], chosen: str | None) -> Markup:
    """The options of a field to choose from, by value and words.

    Built here, not in a template: a province has hundreds of offices, and most pages a field to choose one.
    """
    return _written_out(tuple(pairs), chosen)


@lru_cache(maxsize=64)
def _written_out(pairs: tuple[tuple[str, str], ...], chosen: str | None) -> Markup:
    return Markup("").join(
        Markup(f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(shown)}</option>')
        for value, shown in pairs
    )


def _word(language: Language, kind: str, value: str) -> str:
    return words.word(kind, value, language)


def _draft_reason(language: Language, reason: str) -> str:
    return words.draft_reason(reason, language)


def _heading(language: Language, kind: NoticeKind) -> str:
    return WORDINGS[kind].heading(language)


def _office_name(plan: Plan, language: Language, code: str) -> str:
    office = plan.office(code)
    return str(office.name_en if language == "en" else office.name_vi)


def _named(plan: Plan, language: Language, offices: Iterable[OfficeSpec]) -> list[tuple[str, str]]:
    """Offices for a field to choose from."""
    return [(office.code, _office_name(plan, language, office.code)) for office in offices]


def _leads(plan: Plan, language: Language, assignment: Any) -> str:
    """The names of the office of a listed assignment and of its joint leads."""
    row = _row(assignment)
    return "; ".join(_office_name(plan, language, code) for code in (row.office, *row.joint))


def _step_title(plan: Plan, language: Language, assignment: Any, occasion: str | None = None) -> str:
    row = _row(assignment)
    return str(plan.step_title(row.subtask, row.step, row.variant, language, occasion=occasion or ""))


def _actor_name(plan: Plan, language: Language, actor: str) -> str:
    who, _, which = actor.partition(":")
    if who == "office" and which:
        return _office_name(plan, language, which)
    return words.word("actor", who, language)


def _row(assignment: Any) -> Any:
    """Rows and objects alike, as everywhere in a template."""
    return SimpleNamespace(**assignment) if isinstance(assignment, dict) else assignment


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _due(language: Language, assignment: Any) -> str:
    return due_in_words(_row(assignment), language)


def _due_clause(language: Language, assignment: Any) -> str:
    return due_clause(_row(assignment), language)


def _original_due(language: Language, assignment: Any) -> str:
    row = _row(assignment)
    return original_clause(row.original_due_date, row.original_timing, language)


def _day_words(language: Language, day: date, timing: Timing) -> str:
    return day_in_words(day, timing, language)


def _typed_day(text: str) -> str:
    """A day as it is shown in a field; what is no date stays as it was typed."""
    try:
        return _day(date.fromisoformat(text))
    except ValueError:
        return text


def _moment(value: datetime) -> str:
    return f"{value.astimezone(HANOI):%H:%M %d/%m/%Y}"


_FILTERS: Mapping[str, Callable[[Any], str]] = {
    "day": _day,
    "due_day": lambda due_at: _day(last_day_before(due_at)),
    "isoday": lambda text: _day(date.fromisoformat(text)),
    "moment": _moment,
    "typed_day": _typed_day,
    "webcal": lambda url: f"webcal:{url.partition(':')[2]}",
}
