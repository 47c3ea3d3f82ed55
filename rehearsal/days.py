"""Which days of a rehearsal have anything in them, so that the empty ones are passed over."""

from datetime import date, datetime, time

import pendulum
from sqlalchemy import func, select
from sqlmodel import col

from config.clock import HANOI, local_date
from models.keeping.opening import Store
from models.store.database import reading, reading_session
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, NoticeState
from models.tables.outbox import Notice
from models.work.assigning import missing_assignments
from models.work.directives import anchors
from models.work.planning import planned_assignments
from rehearsal.acting_out import next_act_day

_MORNING_RUN = time(7, 30)


def morning_of(day: date) -> datetime:
    """When the first run of the day starts."""
    return datetime.combine(day, _MORNING_RUN, tzinfo=HANOI)


def next_eventful_day(store: Store, day: date) -> date | None:
    """The next working day on which an alert, an act or a new period falls, or None."""
    with reading(store.engine) as connection:
        alert_at = connection.scalar(
            select(func.min(col(Assignment.next_alert_at))).where(
                col(Assignment.next_alert_at) > morning_of(day), col(Assignment.state).in_(WAITING_FOR_OFFICE)
            )
        )
    candidates = [_next_fifteenth(day), next_act_day(store, day), local_date(alert_at) if alert_at else None]
    coming = min(candidate for candidate in candidates if candidate is not None)
    return store.calendar.next_working_day(coming)


def _next_fifteenth(day: date) -> date:
    """A reporting period opens on the 15th of a month."""
    fifteenth = pendulum.Date(day.year, day.month, 15)
    return fifteenth if day < fifteenth else fifteenth.add(months=1)


def is_anything_to_do(store: Store, priority: str, now: datetime) -> bool:
    """Whether a run of ``priority`` at ``now`` would assign, remind or send anything."""
    alerts = select(col(Assignment.id)).where(
        col(Assignment.priority) == priority,
        col(Assignment.next_alert_at) <= now,
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
    )
    unsent = (
        select(col(Notice.id))
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .where(col(Assignment.priority) == priority, col(Notice.state) == NoticeState.PENDING)
    )
    with reading_session(store.engine) as session:
        if any(session.scalar(query.limit(1)) is not None for query in (alerts, unsent)):
            return True
        context = store.actor_context(now=now, actor=f"flow:{priority}").for_priority(priority)
        return any(missing_assignments(session, planned_assignments(context, anchors(session))))
