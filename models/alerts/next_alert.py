"""When an assignment falls due, and when its ladder has something to say next."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from config.clock import end_of_day, local_date
from config.rules.ladder import Ladder
from models.alerts.timetables import timetable_id
from models.store.actor import Acting
from models.tables.assignment import Assignment, Timetable, TimetableRung

_ORIGINALLY_VI, _ORIGINALLY_EN = "; hạn gốc: ", "; originally: "


def fall_due(session: Session, work: Assignment, on: date, why: tuple[str, str], acting: Acting) -> None:
    """Give an assignment another due date and the timetable that goes with it; what is past on it stays unsaid.

    Its ladder counts from the day of assigning, or from the day since which it goes on again.

    why  what moved the date, in Vietnamese and English: "gia hạn"; told with today's date before how the original due
         date came about
    """
    work.due_date, work.due_at = on, end_of_day(on)
    reached, today = f"{on.day}/{on.month}/{on.year}", f"{acting.today.day}/{acting.today.month}/{acting.today.year}"
    original_vi = work.explanation_vi.rpartition(_ORIGINALLY_VI)[2]
    original_en = work.explanation_en.rpartition(_ORIGINALLY_EN)[2]
    work.explanation_vi = f"{why[0]} ngày {today} → 24:00 ngày {reached}{_ORIGINALLY_VI}{original_vi}"
    work.explanation_en = f"{why[1]} on {today} → 24:00 on {reached}{_ORIGINALLY_EN}{original_en}"
    work.timetable_id = timetable_id(
        session,
        _ladder_of(session, work),
        assigned_on=local_date(work.resumed_at or work.assigned_at),
        due_on=on,
        today=acting.today,
        calendar=acting.calendar,
        priority=work.priority,
    )
    work.rung_done = _last_rank_before(session, work.timetable_id, acting.now)


def look_again(session: Session, work: Assignment) -> None:
    """Set the next instant at which the ladder has something to say, possibly one already past."""
    rungs = select(func.min(col(TimetableRung.fire_at))).where(
        col(TimetableRung.timetable_id) == work.timetable_id, col(TimetableRung.rank) > work.rung_done
    )
    if work.acknowledged_at is not None:
        rungs = rungs.where(~col(TimetableRung.unless_acknowledged))
    work.next_alert_at = session.scalar(rungs)


def _last_rank_before(session: Session, timetable: int, now: datetime) -> int:
    past = select(func.max(col(TimetableRung.rank))).where(
        col(TimetableRung.timetable_id) == timetable, col(TimetableRung.fire_at) <= now
    )
    return session.scalar(past) or 0


def _ladder_of(session: Session, work: Assignment) -> Ladder:
    """The ladder as it was when the assignment was made."""
    timetable = session.get_one(Timetable, work.timetable_id)
    return Ladder.model_validate(timetable.ladder)
