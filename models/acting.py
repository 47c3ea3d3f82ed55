"""Who acts, when and by which plan: what every verb is told beside its own matter."""

from dataclasses import dataclass
from datetime import date, datetime

from config.catalogue import Plan
from config.clock import local_date
from config.working_time import WorkingCalendar
from models.office import Desk, Recipient


@dataclass(frozen=True)
class Acting:
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
        return Recipient(self.plan.current_office(self.plan.directive.coordinator, self.today), Desk.COORDINATOR)
