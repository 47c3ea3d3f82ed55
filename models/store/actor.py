"""Who acts, when and by which plan; and what that means for the work of one priority, looked up once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from config.catalogue.plan import Directive, Plan
from config.catalogue.subtasks import Priority, Step, Subtask
from config.clock import local_date
from config.contacts.desks import Desk, Recipient
from config.rules.working_time import WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class Context:
    """Who acts, when and by which plan.

    actor    a role ("office:SYT", "coordinator", "flow:p1"), never a person
    run_key  names the flow run, empty outside of one
    """

    plan: Plan
    now: datetime
    actor: str
    run_key: str = ""

    @property
    def today(self) -> date:
        return local_date(self.now)


@dataclass(frozen=True, kw_only=True)
class PriorityContext(Context):
    """``ActorContext`` for the work of one priority, with everything resolved that depends on the priority.

    directive      the directive that the priority belongs to
    calendar       the calendar that its due dates and reminders are counted by
    calendar_name  what that calendar is called among several (``WorkingCalendar.named_of``)
    coordinator    the desk that follows up the work and decides on it, today
    edition        number of the directive's edition in force
    """

    priority: Priority
    directive: Directive
    calendar: WorkingCalendar
    calendar_name: str
    coordinator: Recipient
    edition: int

    @property
    def steps(self) -> Iterator[tuple[Subtask, Step]]:
        """What of ``Plan.steps`` is of the priority."""
        code = self.priority.code
        return (each for each in self.plan.steps() if self.plan.priority_of(each[0].code) == code)

    def monitor_of(self, subtask: Subtask) -> str:
        """The office that is told of long delays of a subtask, today."""
        return self.plan.current_office(subtask.monitor or self.directive.default_monitor, self.today)


@dataclass(frozen=True, kw_only=True)
class ActorContext(Context):
    """What every unit of work is given beside its own matter.

    calendar  of the main directive; those of further directives hang on it
    editions  numbers of the editions in force, by series
    """

    calendar: WorkingCalendar
    editions: Mapping[str, int] = field(default_factory=dict)
    _resolved: dict[str, PriorityContext] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def main_coordinator(self) -> Recipient:
        """The coordinator's desk of the main directive: for what concerns the whole store and no single priority."""
        return self._coordinator(self.plan.main_directive)

    def for_priority(self, code: str) -> PriorityContext:
        """This context for the work of one priority; raises ``Refused`` for a code that the plan does not have."""
        if code not in self._resolved:
            directive = self.plan.directive_of(code)
            self._resolved[code] = PriorityContext(
                plan=self.plan,
                now=self.now,
                actor=self.actor,
                run_key=self.run_key,
                priority=self.plan.priority(code),
                directive=directive,
                calendar=self.calendar.of(code),
                calendar_name=self.calendar.named_of(code),
                coordinator=self._coordinator(directive),
                edition=self.editions.get(f"directive/{directive.code}", 1),
            )
        return self._resolved[code]

    def for_subtask(self, code: str) -> PriorityContext:
        """``for_priority`` of the priority that a subtask belongs to."""
        return self.for_priority(self.plan.priority_of(code))

    def _coordinator(self, directive: Directive) -> Recipient:
        return Recipient(self.plan.coordinator_on(directive, self.today).code, Desk.COORDINATOR)
