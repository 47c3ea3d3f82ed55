"""A directive's plan as a table of contents: each subtask with who leads it and by when, in words and as read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.catalogue.offices import Selector
from config.catalogue.plan import Directive, Plan
from config.catalogue.steps import Step
from config.catalogue.subtasks import Priority, Subtask
from config.errors import Refused
from config.rules.due import Due
from config.rules.explanations import every
from config.rules.reading.written import written
from config.rules.working_time import WorkingCalendar
from portal.plans.lines import HOST
from portal.plans.reading import Reading, read_words

NAMED_AT_MOST = 3
"""Offices named in a line; further ones are counted."""


SHORT = 22
"""Letters of the words of a date that fit into a line."""


@dataclass(frozen=True)
class StepLine:
    """One step: its date in words, and what that is read as; None where it cannot be read."""

    step: Step
    words: str
    reading: Reading | None
    leads: tuple[str, str]

    @property
    def short(self) -> tuple[str, str]:
        """The date for a line in both languages: the words; where they are long the day that is read, or what it comes
        round with."""
        if len(self.words) <= SHORT:
            return self.words, self.words
        match self.step.trigger:
            case "event":
                return "khi có sự kiện", "when an event occurs"
            case "document":
                return "khi có văn bản", "when a document comes"
            case "issue":
                due = self.reading.due if self.reading else None
                read = f"{due.due_date:%d/%m/%Y}" if isinstance(due, Due) else self.words
                return read, read
            case cadence:
                return every(cadence)


@dataclass(frozen=True)
class SubtaskLine:
    """One subtask; ``leads`` of all its steps, each once, in both languages."""

    subtask: Subtask
    leads: tuple[str, str]
    steps: tuple[StepLine, ...]

    @property
    def dates(self) -> tuple[StepLine, ...]:
        """The steps whose dates differ in words."""
        return tuple({each.words: each for each in self.steps}.values())


@dataclass(frozen=True)
class Chapter:
    """A priority task with its subtasks."""

    priority: Priority
    subtasks: tuple[SubtaskLine, ...]


def chapters(
    plan: Plan, calendar: WorkingCalendar, directive: Directive, *, today: date, assigned: date | None
) -> list[Chapter]:
    """The table of contents of a directive.

    assigned  the day of its assigning paper; its own date without one
    """
    return [
        Chapter(
            priority,
            tuple(
                subtask_line(plan, calendar.of(priority.code), directive, each, today=today, assigned=assigned)
                for each in priority.subtasks
            ),
        )
        for priority in plan.priorities_of(directive.code)
    ]


def subtask_line(
    plan: Plan,
    calendar: WorkingCalendar,
    directive: Directive,
    subtask: Subtask,
    *,
    today: date,
    assigned: date | None,
) -> SubtaskLine:
    def read(step: Step) -> Reading | None:
        try:
            return read_words(
                step.due.lead,
                calendar=calendar,
                today=today,
                counted_from=assigned or directive.date,
                opened_by=step.trigger,
                conventions=directive.conventions,
            )
        except Refused:
            return None

    selectors = dict.fromkeys(lead for step in subtask.steps for team in step.teams() for lead in team.leads)
    steps = (
        StepLine(step, step.words_of("lead") or written(step.due.lead), read(step), _of_step(plan, step))
        for step in subtask.steps
    )
    return SubtaskLine(subtask, in_a_line(plan, selectors), tuple(steps))


def in_a_line(plan: Plan, selectors: Iterable[Selector]) -> tuple[str, str]:
    """Selectors in words of both languages, the first few by name."""
    names = [*_names(plan, selectors)]
    more = f" +{len(names) - NAMED_AT_MOST}" if len(names) > NAMED_AT_MOST else ""
    vi, en = _joined(names[:NAMED_AT_MOST])
    return vi + more, en + more


def _of_step(plan: Plan, step: Step) -> tuple[str, str]:
    return _joined([*_names(plan, dict.fromkeys(lead for team in step.teams() for lead in team.leads))])


def _joined(names: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return ", ".join(vi for vi, _ in names), ", ".join(en for _, en in names)


def _names(plan: Plan, selectors: Iterable[Selector]) -> Iterator[tuple[str, str]]:
    for each in selectors:
        if each.office is not None:
            office = plan.office(each.office)
            yield office.name_vi, office.name_en
        elif each.group is not None:
            count = len(plan.groups.get(each.group, ()))
            yield f"{count} cơ quan", f"{count} offices"
        else:
            yield HOST.lower(), "the office that hosts the event"
