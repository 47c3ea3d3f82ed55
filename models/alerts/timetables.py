"""Finding or making the timetable of a pair of dates, and keeping its repeats worked out ahead of time."""

import hashlib
from datetime import date, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from config.rules.ladder import Ladder, Rung, timetable
from config.rules.working_time import WorkingCalendar
from models.store.audit import lock_audit_chain
from models.store.upsert import insert_new
from models.tables.assignment import Assignment, Timetable, TimetableRung

# Repeats are worked out this far ahead; when less than the margin is left, further.
AHEAD = timedelta(days=92)
MARGIN = timedelta(days=35)


def timetable_id(
    session: Session,
    ladder: Ladder,
    *,
    assigned_on: date,
    due_on: date,
    today: date,
    calendar: WorkingCalendar,
    calendar_name: str = "",
) -> int:
    """The id of the timetable of this ladder for these dates; made when it is not there yet.

    calendar_name  what the calendar is called among several (``PriorityContext.calendar_name``)
    """
    identity = {
        "ladder_hash": _hash(ladder, calendar_name),
        "assigned_on": assigned_on,
        "due_on": due_on,
        "calendar": calendar_name,
    }
    until = max(assigned_on, due_on, today) + AHEAD
    made = session.exec(
        insert_new(session, Timetable)
        .values(**identity, ladder=ladder.model_dump(mode="json"), complete_until=until)
        .returning(col(Timetable.id))
    ).scalar_one_or_none()
    if made is not None:
        rungs = timetable(ladder, assigned_on=assigned_on, due_on=due_on, until=until, calendar=calendar)
        _insert_rungs(session, made, due_on, rungs, first_rank=1)
        return int(made)
    known = session.exec(select(Timetable).filter_by(**identity).with_for_update()).one()
    if known.complete_until < today + MARGIN:  # nobody has used it for a while
        _complete(session, known, today=today, calendar=calendar)
    return known.id or 0


def _hash(ladder: Ladder, calendar: str) -> str:
    """The ladder's own hash for the main calendar; with another calendar the instants, and so the hash, differ."""
    own = ladder.content_hash
    return hashlib.sha256(f"{own}:{calendar}".encode()).hexdigest()[: len(own)] if calendar else own


def complete_timetables(session: Session, *, today: date, calendar: WorkingCalendar) -> None:
    """Work out further repeats of every timetable in use whose last worked-out day draws near."""
    ends_soon = select(Timetable.id).where(Timetable.complete_until < today + MARGIN)
    if session.exec(ends_soon.limit(1)).first() is None:
        return  # nearly always; whether a timetable is still in use is the costlier question
    lock_audit_chain(session)
    in_use = select(Assignment.timetable_id).where(col(Assignment.next_alert_at).is_not(None))
    running_out = session.exec(
        select(Timetable).where(col(Timetable.id).in_(ends_soon), col(Timetable.id).in_(in_use)).with_for_update()
    ).all()
    for row in running_out:
        _complete(session, row, today=today, calendar=calendar.of(row.calendar))


def _complete(session: Session, row: Timetable, *, today: date, calendar: WorkingCalendar) -> None:
    assert row.id is not None
    ladder, until = Ladder.model_validate(row.ladder), today + AHEAD
    rungs = timetable(ladder, assigned_on=row.assigned_on, due_on=row.due_on, until=until, calendar=calendar)
    known = session.exec(
        select(TimetableRung.rung, TimetableRung.rank).where(TimetableRung.timetable_id == row.id)
    ).all()
    # By name and not by count: a calendar corrected meanwhile must not shift what was already worked out.
    names = {name for name, _ in known}
    missing = [rung for rung in rungs if _name(rung, row.due_on) not in names]
    _insert_rungs(session, row.id, row.due_on, missing, first_rank=max((rank for _, rank in known), default=0) + 1)
    row.complete_until = until
    session.flush()


def _insert_rungs(session: Session, timetable: int, due_on: date, rungs: list[Rung], *, first_rank: int) -> None:
    rows = [
        {
            "timetable_id": timetable,
            "rank": rank,
            "audience": audience,
            "rung": _name(rung, due_on),
            "kind": rung.kind,
            "severity": rung.severity,
            "unless_acknowledged": rung.unless_acknowledged,
            "fire_at": rung.fire_at,
        }
        for rank, rung in enumerate(rungs, start=first_rank)
        for audience in rung.audiences
    ]
    if rows:
        session.exec(insert(TimetableRung), params=rows)


def _name(rung: Rung, due_on: date) -> str:
    return f"{rung.name}:{due_on.isoformat()}"
