"""Who acts, when and by which plan: what every verb is told beside its own matter."""

from dataclasses import dataclass
from datetime import date, datetime

from config.catalogue.plan import Directive, Plan
from config.clock import local_date
from config.contacts.desks import Desk, Recipient
from config.rules.working_time import WorkingCalendar


@dataclass(frozen=True)
class ActorContext:
    """``actor`` is a role ("office:SYT", "coordinator", "flow:p1"), never a person; ``run_key`` names the flow run."""

    plan: Plan
    calendar: WorkingCalendar
    now: datetime
    actor: str
    run_key: str = ""

    @property
    def today(self) -> date:
        return local_date(self.now)

    @property
    def coordinator(self) -> Recipient:
        """The desk of the house's own directive: for what is about the house itself."""
        return self._desk(self.plan.house)

    def coordinator_of(self, priority: str) -> Recipient:
        """The desk that urges on the work of a priority, and decides on it."""
        return self._desk(self.plan.directive_of(priority))

    def calendar_of(self, priority: str) -> WorkingCalendar:
        """The calendar by which the work of a priority is reckoned."""
        return self.calendar.of(priority)

    def _desk(self, directive: Directive) -> Recipient:
        return Recipient(self.plan.current_office(directive.coordinator, self.today), Desk.COORDINATOR)
