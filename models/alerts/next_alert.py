"""When an assignment falls due, and when its ladder has something to say next."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from config.clock import end_of_day, local_date
from config.rules.ladder import Ladder
from models.alerts.timetables import timetable_id
from models.store.actor import ActorContext
from models.tables.assignment import Assignment, Timetable, TimetableRung

_ORIGINALLY_VI, _ORIGINALLY_EN = "; hạn gốc: ", "; originally: "


def move_due_date(
    session: Session, assignment: Assignment, on: date, why: tuple[str, str], context: ActorContext
) -> None:
    """Give an assignment another due date and the timetable that goes with it; what is past on it stays unsaid.

    Its ladder counts from the day of assigning, or from the day since which it goes on again.

    why  what moved the date, in Vietnamese and English: "gia hạn"; told with today's date before how the original due
         date came about
    """
    assignment.due_date, assignment.due_at = on, end_of_day(on)
    reached, today = f"{on.day}/{on.month}/{on.year}", f"{context.today.day}/{context.today.month}/{context.today.year}"
    original_vi = assignment.explanation_vi.rpartition(_ORIGINALLY_VI)[2]
    original_en = assignment.explanation_en.rpartition(_ORIGINALLY_EN)[2]
    assignment.explanation_vi = f"{why[0]} ngày {today} → 24:00 ngày {reached}{_ORIGINALLY_VI}{original_vi}"
    assignment.explanation_en = f"{why[1]} on {today} → 24:00 on {reached}{_ORIGINALLY_EN}{original_en}"
    assignment.timetable_id = timetable_id(
        session,
        _ladder_of(session, assignment),
        assigned_on=local_date(assignment.resumed_at or assignment.assigned_at),
        due_on=on,
        today=context.today,
        calendar=context.calendar,
        priority=assignment.priority,
    )
    assignment.rung_done = _last_rank_before(session, assignment.timetable_id, context.now)


def recompute_next_alert(session: Session, assignment: Assignment) -> None:
    """Set the next instant at which the ladder has something to say, possibly one already past."""
    rungs = select(func.min(col(TimetableRung.fire_at))).where(
        col(TimetableRung.timetable_id) == assignment.timetable_id, col(TimetableRung.rank) > assignment.rung_done
    )
    if assignment.acknowledged_at is not None:
        rungs = rungs.where(~col(TimetableRung.unless_acknowledged))
    assignment.next_alert_at = session.scalar(rungs)


def _last_rank_before(session: Session, timetable: int, now: datetime) -> int:
    past = select(func.max(col(TimetableRung.rank))).where(
        col(TimetableRung.timetable_id) == timetable, col(TimetableRung.fire_at) <= now
    )
    return session.scalar(past) or 0


def _ladder_of(session: Session, assignment: Assignment) -> Ladder:
    """The ladder as it was when the assignment was made."""
    timetable = session.get_one(Timetable, assignment.timetable_id)
    return Ladder.model_validate(timetable.ladder)
