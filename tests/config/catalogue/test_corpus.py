"""Four real directives as plans: every word, office and date of theirs is the directive's."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from config.catalogue.checks.quote_check import stands_in
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.office_names import plain_name
from config.catalogue.plan import Plan, Selector, Subtask
from config.catalogue.steps import Step
from config.rules.deadlines import due
from config.rules.due import HasNoDate
from config.rules.grammar import parse_rule
from config.rules.kinds import OnOccasion, PeriodicReport, Recurring, StandingDuty, Timing, Undated, in_hours
from tests.support.corpus import CORPUS, NAMES, tasks_of, text_of

plan_named = cache(lambda name: load_plan(CORPUS / name))

SAID_BY_NOBODY = {"provincial-plan-2023": {"T2.2", "T2.7", "T3.2"}, "provincial-instruction-2010": {"T5.3"}}
"""Demands of the text that the annotator left out: standing duties, and a duty to tell of difficulties."""

PERIODS = {"P1Y": "EVERY-Y", "P6M": "EVERY-H", "P6M:01,06": "YEARLY:BY:END/01,END/06"}

each_directive = pytest.mark.parametrize("name", NAMES)
each_task = pytest.mark.parametrize(
    ("name", "task"),
    [pytest.param(name, task, id=f"{name}-{task['ref']}") for name in NAMES for task in tasks_of(name)],
)


def subtasks(plan: Plan) -> Iterator[Subtask]:
    return (subtask for priority in plan.priorities for subtask in priority.subtasks)


def steps(plan: Plan) -> Iterator[tuple[Subtask, Step]]:
    return ((subtask, step) for subtask in subtasks(plan) for step in subtask.steps)


def plain(text: str) -> str:
    """One spelling of the accents, and words alone."""
    return plain_name(re.sub(r"[^\w\s]", " ", text))


def subtask_of(name: str, task: dict[str, Any]) -> Subtask:
    """The subtask that quotes a task's words; where the text says them twice, the one that cites its place."""
    point = task["ref"].partition("-")[0].removesuffix(".0")
    quoting = [
        (subtask, quote)
        for subtask in subtasks(plan_named(name))
        for quote in subtask.quotes
        if stands_in(task["phrase"], quote.text)
    ]
    found = {subtask.code: subtask for subtask, _ in quoting}
    if len(found) > 1:
        found = {subtask.code: subtask for subtask, quote in quoting if (quote.place or "").split()[-1] == point}
    assert len(found) == 1, (task["ref"], list(found))
    return next(iter(found.values()))


def is_named_in(selectors: tuple[Selector, ...], plan: Plan, words: str) -> bool:
    """Whether every office of a selector is named by these words of the text."""
    offices = [code for each in selectors for code in codes(plan, each)]
    return all(any(plain(alias) in plain(words) for alias in names(plan, code)) for code in offices)


def codes(plan: Plan, selector: Selector) -> tuple[str, ...]:
    if selector.group:
        return plan.groups[selector.group]
    return (selector.office,) if selector.office else ()


def names(plan: Plan, code: str) -> tuple[str, ...]:
    office = plan.office(code)
    return (office.name_vi, *office.aliases)


@each_directive
def test_every_quote_stands_in_the_text_and_cites_its_place(name: str) -> None:
    plan = plan_named(name)
    assert plan.main_directive.source
    for subtask in subtasks(plan):
        assert subtask.quotes
        assert all(stands_in(quote.text, text_of(name)) and quote.place for quote in subtask.quotes)


@each_directive
def test_every_office_is_one_that_the_text_names_and_none_is_assumed(name: str) -> None:
    plan, text = plan_named(name), plain(text_of(name))
    for office in plan.offices:
        assert not office.assumed
        assert any(plain(alias) in text for alias in names(plan, office.code)), office.name_vi
    used = {
        code
        for _, step in steps(plan)
        for team in step.teams()
        for each in (*team.leads, *team.named)
        for code in codes(plan, each)
    }
    told = {office for _, step in steps(plan) for office in step.report_to}
    coordinator = plan.main_directive.coordinator
    assert used | told | {coordinator} == {office.code for office in plan.offices}


@each_directive
def test_nobody_owes_input_that_the_text_does_not_ask_for(name: str) -> None:
    assert all(step.due.coordinating is None and not step.input_from for _, step in steps(plan_named(name)))


@each_task
def test_every_task_found_in_the_text_is_a_subtask_of_the_plan(name: str, task: dict[str, Any]) -> None:
    plan, subtask = plan_named(name), subtask_of(name, task)
    assert len(subtask.steps) == 1
    step = subtask.steps[0]
    (team,) = step.teams()
    if task["lead"] and not any(lead.host for lead in team.leads):
        assert is_named_in(team.leads, plan, task["lead"])
    for words in task["coordinating"]:
        # «các cơ quan liên quan» and their like are words and no office.
        if any(plain(alias) == plain(words) for office in plan.offices for alias in names(plan, office.code)):
            code = plan.office_named(words).code
            assert code in {each.office for each in (*team.leads, *team.named)}, (task["ref"], words)
    # A point may name its office in the heading above it, which the annotator repeats.
    said = " ".join((subtask.quote, task["lead"] or "", *task["coordinating"]))
    assert all(is_named_in((each,), plan, said) for each in team.named)
    if task["report_to"]:
        for code in step.report_to:
            assert is_named_in((Selector(office=code),), plan, task["report_to"])


@each_task
def test_every_task_falls_due_as_its_words_say(name: str, task: dict[str, Any]) -> None:
    (step,) = subtask_of(name, task).steps
    # What the text says again is dated where it is said first.
    task = next((first for first in tasks_of(name) if first["ref"] == task["duplicate_of"]), task)
    rule, said = parse_rule(step.due.lead), task["deadline"]
    if said in PERIODS:
        assert str(rule) == PERIODS[said]
    elif said:
        day = date(int(said), 12, 31) if len(said) == 4 else date.fromisoformat(said)
        assert due(step.due.lead, calendar=load_calendar(), anchor=plan_named(name).main_directive.date).named_on in (
            day,
            date.fromordinal(day.toordinal() - 1),  # «trước ngày»
        )
    elif task["deadline_type"] == "event-immediate":
        assert in_hours(rule) and step.trigger == "event"
    else:
        assert isinstance(rule, Undated | StandingDuty | OnOccasion)
        assert rule.timing is not Timing.DATED
        if task["kind"] == "continuing":
            assert isinstance(rule, StandingDuty)
        if task["kind"] == "event":
            assert isinstance(rule, OnOccasion)


@each_directive
def test_the_plan_asks_for_no_more_than_was_found_but_for_what_is_listed(name: str) -> None:
    covered = {subtask_of(name, task).code for task in tasks_of(name)}
    assert {each.code for each in subtasks(plan_named(name))} - covered == SAID_BY_NOBODY.get(name, set())


@each_directive
def test_every_date_is_said_by_words_of_the_quote(name: str) -> None:
    for subtask, step in steps(plan_named(name)):
        rule, words = parse_rule(step.due.lead), step.words_of("lead")
        if words:
            assert words in subtask.quote
        if rule.timing is not Timing.DATED:
            continue
        assert words, subtask.code
        if step.trigger == "event":
            assert str(rule) == "EVENT+24h"
        else:
            assert parse_rule(words) == rule, subtask.code
        assert isinstance(rule, PeriodicReport | Recurring) or step.trigger in ("event", "issue")


@each_directive
def test_what_has_no_date_gets_none(name: str) -> None:
    for _, step in steps(plan_named(name)):
        if parse_rule(step.due.lead).timing is not Timing.DATED:
            with pytest.raises(HasNoDate):
                due(step.due.lead, calendar=load_calendar(), anchor=plan_named(name).main_directive.date)
