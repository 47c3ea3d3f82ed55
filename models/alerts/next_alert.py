"""What follows from an assignment's due date and state: its timetable and the next instant of its ladder."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, true
from sqlmodel import Session, and_, col, func, or_, select

from config.rules.due_words import TIMING_WORDS
from config.rules.explanations import day, end_of_term
from config.rules.kinds import Timing
from config.rules.ladder import Ladder
from models.alerts.timetables import Term, timetable_id
from models.store.actor import PriorityContext
from models.tables.assignment import Assignment, Timetable, TimetableRung
from models.tables.deed import Deed, DeedItem, ItemKind
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, ReportState
from models.tables.report import Extension, Report

_ORIGINALLY = {"vi": "; hạn gốc: ", "en": "; originally: "}

WHY = {"vi": "lý do", "en": "reason"}
"""Before the reason by which a date was moved, where no paper tells it."""

_MAX_EXPLANATION = 1000
"""Characters of an explanation that its column holds."""


def after_original(explanation: str, before: str, language: str) -> str:
    """The explanation of a date that has moved, followed by that of the original one, cut where there is no room.

    before  the explanation until now, which holds the original one
    """
    marker = _ORIGINALLY[language]
    return f"{explanation}{marker}{before.rpartition(marker)[2]}"[:_MAX_EXPLANATION]


def without_reason(explanation: str, language: str) -> str:
    """An explanation that tells which day a date was moved to and how the original one came about, and not why."""
    marker = _ORIGINALLY[language]
    reached, _, why = explanation.partition(f" ({WHY[language]}: ")
    return "".join((reached, *why.rpartition(marker)[1:])) if marker in why else reached


def retime(session: Session, assignment: Assignment, why: tuple[str, str], context: PriorityContext) -> None:
    """Give an assignment whose due date has moved its new explanation, timetable and next alert.

    The ladder counts from the day of assigning, or of resuming. Rungs of the new timetable that are already past stay
    unsaid, but for a reminder to acknowledge that was due and that no sweep has said yet.

    why  what moved the date, in Vietnamese and English: "gia hạn"; told with today's date before how the original due
         date came about
    """
    today, (until_vi, until_en) = day(context.today), end_of_term(assignment.due_at)
    now_vi, now_en = f"{why[0]} ngày {today} → {until_vi}", f"{why[1]} on {today} → {until_en}"
    if assignment.timing is not Timing.DATED:
        words_vi, words_en = TIMING_WORDS[assignment.timing]
        now_vi, now_en = f"{why[0]} ngày {today}, {words_vi}", f"{why[1]} on {today}, {words_en}"
    assignment.explanation_vi = after_original(now_vi, assignment.explanation_vi, "vi")
    assignment.explanation_en = after_original(now_en, assignment.explanation_en, "en")
    # The ladder as it was when the assignment was made.
    before = session.get_one(Timetable, assignment.timetable_id)
    ladder = Ladder.model_validate(before.ladder)
    unsaid = None if assignment.acknowledged_at else _unsaid_since(session, assignment, context.now)
    assignment.timetable_id = timetable_id(
        session,
        ladder,
        **vars(
            Term.of(
                assignment.rule,
                assignment.timing,
                assigned_at=assignment.resumed_at or assignment.assigned_at,
                due_at=assignment.due_at,
            )
        ),
        today=context.today,
        calendar=context.calendar,
        calendar_name=context.calendar_name,
        basis=context.directive.conventions.basis_on(context.today),
    )
    goes_on = session.get_one(Timetable, assignment.timetable_id).assigned_on == before.assigned_on
    since = unsaid if unsaid and goes_on else None
    assignment.rung_done = last_rank_before(session, assignment.timetable_id, context.now, unsaid_since=since)
    recompute_next_alert(session, assignment)


def recompute_next_alert(session: Session, assignment: Assignment) -> None:
    """Set the next instant at which the ladder has something to say, possibly one already past.

    None while the next move is not the office's.
    """
    if assignment.state not in WAITING_FOR_OFFICE:
        assignment.next_alert_at = None
        return
    rungs = select(func.min(TimetableRung.fire_at)).where(
        TimetableRung.timetable_id == assignment.timetable_id, TimetableRung.rank > assignment.rung_done
    )
    if assignment.acknowledged_at is not None:
        rungs = rungs.where(~col(TimetableRung.unless_acknowledged))
    assignment.next_alert_at = session.exec(rungs).one()


def last_rank_before(session: Session, timetable: int, now: datetime, *, unsaid_since: datetime | None = None) -> int:
    """The rank of the last rung of a timetable that is past; 0 where none is.

    unsaid_since  when something became due that has still to be said; what is past since then counts as coming
    """
    until = now if unsaid_since is None else unsaid_since - timedelta(microseconds=1)
    past = select(func.max(TimetableRung.rank)).where(
        TimetableRung.timetable_id == timetable, TimetableRung.fire_at <= until
    )
    return session.exec(past).one() or 0


def dated_since(instant: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
    """Whether an assignment got the date or the state that it has at this instant or later: by an extension, a year's
    report accepted as progress or a deed. Rungs past by then are rightly not said.
    """
    its = col(Assignment.id)
    granted = (col(Extension.state) == ExtensionState.GRANTED, col(Extension.decided_at) >= instant)
    goes_on = (col(Report.state) == ReportState.ACCEPTED, col(Report.decided_at) >= instant)
    done = (col(DeedItem.deed_id) == col(Deed.id), col(DeedItem.kind).in_(_DATES), col(Deed.at) >= instant)
    return or_(
        exists().where(col(Extension.assignment_id) == its, *granted),
        exists().where(col(Report.assignment_id) == its, *goes_on),
        exists().where(col(DeedItem.assignment_id) == its, *done),
    )


_DATES = (ItemKind.MOVED, ItemKind.REASSIGNED, ItemKind.RESTORED)


def _unsaid_since(session: Session, assignment: Assignment, now: datetime) -> datetime | None:
    """When the first reminder to acknowledge became due that no sweep has said yet; None where there is none."""
    return (
        unsaid_reminders(session, now, col(Assignment.id) == assignment.id)
        .get(assignment.timetable_id, {})
        .get(assignment.rung_done)
    )


def unsaid_reminders(
    session: Session, now: datetime, which: ColumnElement[bool] = true()
) -> dict[int, dict[int, datetime]]:
    """When the first reminder to acknowledge became due that no sweep has said yet, of work that is not acknowledged:
    by its timetable and the last rung done. Mostly there is none, for sweeps come soon.

    which  of these assignments alone
    """
    due = and_(
        col(TimetableRung.timetable_id) == col(Assignment.timetable_id),
        col(TimetableRung.rank) > col(Assignment.rung_done),
        col(TimetableRung.fire_at) <= now,
        col(TimetableRung.unless_acknowledged),
    )
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    unsaid = (
        select(Assignment.timetable_id, Assignment.rung_done, func.min(TimetableRung.fire_at))
        .join(TimetableRung, due)
        .where(which, col(Assignment.next_alert_at) <= now, col(Assignment.acknowledged_at).is_(None))
        .group_by(col(Assignment.timetable_id), col(Assignment.rung_done))
    )
    for timetable, done, since in session.exec(unsaid):
        found[timetable][done] = since
    return found
