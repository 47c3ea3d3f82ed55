"""Reports on the progress of work that spans years: accepted, they leave it open.

A span («2025–2027») is due at the end of its first year; when that year's report is accepted as progress it is due at
the end of the next one. A target year («đến năm 2030») keeps its date.

A report answers what was asked last: a prompt for progress, or the report that is due. Which year of a span has been
reached is told by the reports accepted before, and not by its due date, which may have been moved past its year.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlmodel import Session, func, select

from config.errors import Refused
from config.rules.deadlines import due
from config.rules.grammar import parse_rule
from config.rules.kinds import Span, TargetYear, Timing
from models.store.actor import PriorityContext
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import NoticeKind
from models.tables.outbox import Notice
from models.tables.report import Report
from models.work.looking_back.settled import next_dates


@dataclass(frozen=True)
class Interim:
    """What accepting a report as one on progress comes to.

    is_expected  whether it is one, unless the coordinator says otherwise: not the last report that is due
    until        the day on which the work is due from then on; None where its date stays
    """

    is_expected: bool
    until: date | None


def interim_of(session: Session, assignment: Assignment, report: Report, context: PriorityContext) -> Interim | None:
    """What accepting this report as one on progress comes to; None of work that one report completes."""
    if assignment.timing is not Timing.DATED:
        return None
    try:
        rule = parse_rule(assignment.rule)
    except Refused:  # one of an earlier version
        return None
    if not isinstance(rule, Span | TargetYear):
        return None
    is_last = not _answers_a_prompt(session, assignment, report.submitted_at)
    following = _following(session, rule, assignment, context) if isinstance(rule, Span) else None
    return Interim(is_expected=following is not None or not is_last, until=following if is_last else None)


def checked_interim(found: Interim | None, assignment_id: int, *, interim: bool | None) -> Interim | None:
    """What the coordinator has decided: ``found`` where the report is accepted as one on progress, else None.

    interim  as the coordinator says it; what is expected unless said

    Raises ``Refused`` for work that one report completes.
    """
    if interim and found is None:
        raise Refused(
            f"Việc số {assignment_id} chỉ có một báo cáo; không ghi nhận tiến độ được. Xác nhận hoặc trả lại báo cáo.",
            f"Assignment {assignment_id} takes a single report, so it cannot be accepted as progress. Accept or "
            "return the report.",
        )
    if found is None or interim is False or (interim is None and not found.is_expected):
        return None
    return found


def _answers_a_prompt(session: Session, assignment: Assignment, at: datetime) -> bool:
    """Whether what is handed in at this moment answers a prompt for progress and not what is due: another prompt comes
    before that, or the last one lies nearer. In doubt it does, for the work then goes on."""
    rungs = select(TimetableRung.fire_at, TimetableRung.rank).where(
        TimetableRung.timetable_id == assignment.timetable_id, TimetableRung.kind == NoticeKind.PROGRESS
    )
    prompts = session.exec(rungs).all()
    if any(fire_at > at for fire_at, _ in prompts):
        return True
    # What was past when this timetable was taken up was never said.
    asked = [fire_at for fire_at, rank in prompts if rank > assignment.rung_done]
    said = select(func.max(Notice.created_at)).where(
        Notice.assignment_id == assignment.id, Notice.kind == NoticeKind.PROGRESS, Notice.created_at <= at
    )
    last = max(filter(None, (*asked, session.exec(said).one())), default=None)
    return last is not None and at - last <= assignment.due_at - at


def _following(session: Session, rule: Span, assignment: Assignment, context: PriorityContext) -> date | None:
    """The end of the next year of a span that is not over yet; None of its last year."""
    untils = next_dates(session, assignment.id or 0)
    reached = max([rule.first, *(until.year - (until.month == 1) for until in untils)])
    found = None
    for year in count(reached + 1):
        if rule.last is not None and year > rule.last:
            return found
        end = due(f"SPAN:{year}-", calendar=context.calendar).due_date
        if end > assignment.due_date:
            found = end
            if end >= context.today:
                return found
    return None
