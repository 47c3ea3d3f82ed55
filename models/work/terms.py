"""When a step's rule falls due on one occasion, by its directive's calendar and conventions."""

from dataclasses import replace
from datetime import date, datetime

from config.catalogue.plan import Plan
from config.catalogue.subtasks import Step, Subtask
from config.clock import local_date
from config.rules.deadlines import Due, NoLongerInForce, NotDated, reading
from config.rules.explanations import every
from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, TargetYear, Timing, Undated
from config.rules.periods import Period
from models.store.actor import PriorityContext
from models.tables.anchor import Anchor

LONGEST_RULE = 64
"""Letters of a rule as it is stored."""


def term_of(
    rule: str,
    context: PriorityContext,
    *,
    on: date | None,
    anchor: Anchor | None,
    period: Period | None = None,
    words: str = "",
) -> Due | None:
    """The due day, or as stored why there is none yet; None where the rule is no longer in force and nothing is owed.

    on      the day counted from; of a rule that follows another subtask, the day on which that is done
    anchor  the fact whose day it is
    words   the directive's own
    """
    if parse_rule(rule).timing is Timing.AFTER and anchor is not None:
        on = anchor = None
    try:
        term = reading(
            rule,
            calendar=context.calendar,
            anchor=on,
            at=_instant(anchor) if anchor and on else None,
            period=period,
            before=context.directive.conventions.before_date,
            basis=context.directive.conventions.bases,
            words=words,
        )
    except NoLongerInForce:
        return None
    if isinstance(term, NotDated):
        return term.as_stored(context.calendar.version)
    return _with_progress(term, rule)


def _with_progress(term: Due, rule: str) -> Due:
    """A target year with how often progress is asked for; a span and an outlook say it themselves."""
    match parse_rule(rule):
        case TargetYear(outlook=None, rhythm=rhythm):
            vi, en = every(rhythm)
            vi, en = f"{term.explanation_vi}; hỏi tiến độ {vi}", f"{term.explanation_en}; progress is asked for {en}"
            return replace(term, explanation_vi=vi, explanation_en=en)
    return term


def passed(term: Due, on: date) -> Due:
    """A day that was over before anybody was asked, ``on`` a later one: no office is made late by it, and the
    coordinator decides."""
    since = f"{on:%d/%m/%Y}"
    vi = f"{term.explanation_vi}; ngày ấy đã qua khi giao ({since}); cơ quan đôn đốc định ngày"
    en = f"{term.explanation_en}; that day had passed when it was assigned ({since}); the coordinator sets a date"
    return NotDated(Timing.UNDATED, term.rule, vi, en).as_stored(term.calendar_version)


def after_what_it_needs(plan: Plan, subtask: Subtask, step: Step, rule: str) -> str:
    """The rule of a step that waits: for all that it depends on, where it has no date or waits for one of them."""
    parsed = parse_rule(rule)
    if not isinstance(parsed, Undated | AfterSubtask):
        return rule
    needed = dict[str, list[str]]()
    for code, key in plan.dependencies(subtask.code, step.key):
        needed.setdefault(code, []).append(key)
    awaited = parsed.awaited if isinstance(parsed, AfterSubtask) else ()
    for code, keys in needed.items():
        is_whole = len(keys) == len(plan.subtask(code).steps)
        found = [(code, "")] if is_whole else [(code, key) for key in keys]
        awaited = (*awaited, *(each for each in found if each not in awaited and (code, "") not in awaited))
    if not awaited:
        return rule
    term = (parsed.count, parsed.unit) if isinstance(parsed, AfterSubtask) else ()
    (code, key), *also = awaited
    after = str(replace(AfterSubtask(code, key, *term), also=tuple(also)))
    return after if len(after) <= LONGEST_RULE else rule


def _instant(anchor: Anchor) -> datetime | None:
    """When hours begin: at the instant of entering, where the fact was entered on its own day."""
    return anchor.created_at if local_date(anchor.created_at) == anchor.on_date else None
