"""Finding or making the timetable of a pair of dates, and keeping its repeats worked out ahead of time."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache, partial
from typing import cast

from sqlalchemy import bindparam, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, col, select

from config.clock import HANOI, end_of_day, last_day_before, local_date
from config.errors import Refused
from config.rules.due import NO_DATE
from config.rules.grammar import parse_rule
from config.rules.kinds import Timing, in_hours, progress_rhythm
from config.rules.ladder import (
    Ladder,
    Rung,
    timetable,
    timetable_in_hours,
    timetable_standing,
    timetable_undated,
    timetable_with_progress,
)
from config.rules.periods import Basis, Cadence
from config.rules.working_time import WorkingCalendar
from models.store.audit import lock_audit_chain
from models.store.upsert import inserting_new, table_of
from models.tables.assignment import Assignment, Timetable, TimetableRung

# Repeats are worked out this far ahead; when less than the margin is left, further.
AHEAD = timedelta(days=92)
MARGIN = timedelta(days=35)


@dataclass(frozen=True)
class Term:
    """What a timetable is worked out for.

    due_on     ``NO_DATE`` where there is none
    rhythm     how often progress is asked for, of standing work and of work that spans years; otherwise empty
    begins_at, ends_at  of a term in hours alone
    """

    assigned_on: date
    due_on: date
    rhythm: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @classmethod
    def of(cls, rule: str, timing: Timing, *, assigned_at: datetime, due_at: datetime) -> "Term":
        """That of an assignment by its rule; a date that is set apart from a rule in hours holds to its day's end."""
        assigned_on, due_on = local_date(assigned_at), last_day_before(due_at)
        if timing is Timing.STANDING:
            return cls(assigned_on, due_on, rhythm=_rhythm_of(rule) or "quarter")
        if timing is Timing.DATED and due_at != end_of_day(due_on) and in_hours(parse_rule(rule)):
            return cls(assigned_on, due_on, begins_at=assigned_at, ends_at=due_at)
        return cls(assigned_on, due_on, rhythm=_rhythm_of(rule) if timing is Timing.DATED else "")

    def name(self, rung: Rung) -> str:
        """What a rung is called for good: that nobody has acknowledged the work is asked once for each beginning,
        everything else once for each deadline."""
        begins = rung.kind == "not_acknowledged"
        of = (self.assigned_on, self.begins_at) if begins else (self.due_on, self.ends_at)
        return f"{rung.name}:{due_mark(*of)}"

    def worked_out_until(self, today: date) -> date:
        """The day up to which repeats are worked out; what never repeats is complete at once."""
        if self.rhythm and self.due_on == NO_DATE:
            return max(self.assigned_on, today) + AHEAD
        return NO_DATE if self.due_on == NO_DATE else max(self.assigned_on, self.due_on, today) + AHEAD

    def rungs(self, ladder: Ladder, until: date, calendar: WorkingCalendar) -> list[Rung]:
        """The rungs of a ladder for it, with repeats up to ``until``."""
        on = self.assigned_on
        if self.rhythm:
            rhythm, _, basis = self.rhythm.partition(":")
            often, of = cast(Cadence, rhythm), cast(Basis, basis or "nd09")
            dated = partial(timetable_with_progress, due_on=self.due_on)
            asked = timetable_standing if self.due_on == NO_DATE else dated
            return asked(ladder, assigned_on=on, rhythm=often, until=until, calendar=calendar, basis=of)
        if self.due_on == NO_DATE:
            return timetable_undated(ladder, assigned_on=on, calendar=calendar)
        if self.begins_at and self.ends_at:
            return timetable_in_hours(
                ladder, assigned_at=self.begins_at, due_at=self.ends_at, until=end_of_day(until), calendar=calendar
            )
        return timetable(ladder, assigned_on=on, due_on=self.due_on, until=until, calendar=calendar)


@lru_cache
def _rhythm_of(rule: str) -> str:
    try:
        return progress_rhythm(parse_rule(rule)) or ""
    except Refused:  # one of an earlier version
        return ""


def timetable_id(
    session: Session,
    ladder: Ladder,
    *,
    assigned_on: date,
    due_on: date,
    today: date,
    calendar: WorkingCalendar,
    calendar_name: str = "",
    rhythm: str = "",
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    basis: Basis = "nd09",
) -> int:
    """The id of the timetable of this ladder for this term; made when it is not there yet.

    calendar_name  what the calendar is called among several (``PriorityContext.calendar_name``)
    basis          of the periods at whose close standing work is asked for its progress
    """
    if rhythm and basis != "nd09":
        rhythm = f"{rhythm}:{basis}"
    term = Term(assigned_on, due_on, rhythm, begins_at, ends_at)
    identity = {
        "ladder_hash": _hash(ladder, calendar_name, term),
        "assigned_on": assigned_on,
        "due_on": due_on,
        "calendar": calendar_name,
    }
    until = term.worked_out_until(today)
    made = session.execute(
        _making(session.get_bind().dialect.name),
        identity
        | {
            "ladder": ladder.model_dump(mode="json"),
            "complete_until": until,
            "rhythm": rhythm,
            "begins_at": begins_at,
            "ends_at": ends_at,
        },
    ).scalar_one_or_none()
    if made is not None:
        _insert_rungs(session, made, term, term.rungs(ladder, until, calendar), first_rank=1)
        return int(made)
    known = session.exec(select(Timetable).filter_by(**identity).with_for_update()).one()
    if known.complete_until < today + MARGIN:  # nobody has used it for a while
        _complete(session, known, today=today, calendar=calendar)
    return known.id or 0


@cache  # a large plan makes dozens
def _making(dialect: str) -> ReturningInsert[tuple[int]]:
    return inserting_new(dialect, Timetable).returning(table_of(Timetable).c.id)


def _hash(ladder: Ladder, calendar: str, term: Term) -> str:
    """The ladder's own hash for days of the main calendar; where the instants differ otherwise, so does the hash."""
    own = ladder.content_hash
    apart = [str(each) for each in (calendar, term.rhythm, term.begins_at, term.ends_at) if each]
    return hashlib.sha256(":".join((own, *apart)).encode()).hexdigest()[: len(own)] if apart else own


def complete_timetables(session: Session, *, today: date, calendar: WorkingCalendar) -> None:
    """Work out further repeats of every timetable in use whose last worked-out day draws near."""
    asked = {"day": today + MARGIN}
    if session.scalar(_ANY_ENDS_SOON, asked) is None:
        return  # nearly always; whether a timetable is still in use is the costlier question
    lock_audit_chain(session)
    in_use = select(Assignment.timetable_id).where(col(Assignment.next_alert_at).is_not(None))
    running_out = session.exec(
        select(Timetable).where(col(Timetable.id).in_(_ENDS_SOON), col(Timetable.id).in_(in_use)).with_for_update(),
        params=asked,
    ).all()
    for row in running_out:
        _complete(session, row, today=today, calendar=calendar.of(row.calendar))


_ENDS_SOON = select(Timetable.id).where(col(Timetable.complete_until) < bindparam("day"))
_ANY_ENDS_SOON = _ENDS_SOON.limit(1)
"""Made once: every sweep asks."""


def _complete(session: Session, row: Timetable, *, today: date, calendar: WorkingCalendar) -> None:
    assert row.id is not None
    term = Term(row.assigned_on, row.due_on, row.rhythm, row.begins_at, row.ends_at)
    ladder, until = Ladder.model_validate(row.ladder), today + AHEAD
    rungs = term.rungs(ladder, until, calendar)
    known = session.exec(
        select(TimetableRung.rung, TimetableRung.rank).where(TimetableRung.timetable_id == row.id)
    ).all()
    # By name and not by count: a calendar corrected meanwhile must not shift what was already worked out. How names
    # end was decided otherwise in earlier versions, and within one timetable tells nothing apart.
    names = {name.rpartition(":")[0] for name, _ in known}
    missing = [rung for rung in rungs if rung.name not in names]
    _insert_rungs(session, row.id, term, missing, first_rank=max((rank for _, rank in known), default=0) + 1)
    row.complete_until = until
    session.flush()


def _insert_rungs(session: Session, timetable: int, term: Term, rungs: list[Rung], *, first_rank: int) -> None:
    rows = [
        {
            "timetable_id": timetable,
            "rank": rank,
            "audience": audience,
            "rung": term.name(rung),
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


def due_mark(on: date, at: datetime | None = None) -> str:
    """How the name of a rung ends, by which one of another deadline or beginning is told from it; ``at`` of a term in
    hours."""
    if at is not None:
        return f"{at.astimezone(HANOI):%Y-%m-%dT%H%M%S}"
    return "no-date" if on == NO_DATE else on.isoformat()
