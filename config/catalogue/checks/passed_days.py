"""Days that a plan names and that are over already, so that whoever brings it in is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.deadlines import Due, reading
from config.rules.grammar import parse_rule
from config.rules.kinds import FromAnchor, Within
from config.rules.working_time import WorkingCalendar


@dataclass(frozen=True)
class PassedDay:
    """A step whose day had passed.

    makes_late  whether it is later than the directive's paper, so that its work is overdue as soon as it is assigned
    """

    subtask: str
    step: str
    due_date: date
    words: str
    makes_late: bool

    def __str__(self) -> str:
        return f"{self.subtask} ({self.step}): {self.words}, hết hạn {self.due_date:%d/%m/%Y}"


def passed_days(plan: Plan, calendar: WorkingCalendar, today: date) -> Iterator[PassedDay]:
    """The steps that come once and whose own day is over, in the plan's order; what is counted from a paper is not."""
    for priority in plan.priorities:
        directive = plan.directive(priority.directive)
        for subtask in priority.subtasks:
            for step in subtask.steps:
                rule = parse_rule(step.due.lead)
                if step.trigger != "issue" or isinstance(rule, FromAnchor | Within):
                    continue
                try:
                    term = reading(
                        rule,
                        calendar=calendar.of(priority.code),
                        anchor=directive.date,
                        before=directive.conventions.before_date,
                        basis=directive.conventions.bases,
                    )
                except Refused:
                    continue  # told by other checks
                if isinstance(term, Due) and term.due_date < today:
                    words = step.words_of("lead") or step.due.lead
                    makes_late = term.due_date >= directive.date
                    yield PassedDay(subtask.code, step.key, term.due_date, words, makes_late)
