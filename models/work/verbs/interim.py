"""Reports on the progress of work that spans years: accepted, they leave it open.

A span («2025–2027») is due at the end of its first year; when that year's report is accepted as progress it is due at
the end of the next one. A target year («đến năm 2030») keeps its date.
"""

from dataclasses import dataclass
from datetime import date

from config.clock import local_date
from config.errors import Refused
from config.rules.deadlines import due
from config.rules.grammar import parse_rule
from config.rules.kinds import Span, TargetYear, Timing
from config.rules.ladder import is_last_period
from models.store.actor import PriorityContext
from models.tables.assignment import Assignment
from models.tables.report import Report


@dataclass(frozen=True)
class Interim:
    """What accepting a report as one on progress comes to.

    is_expected  whether it is one, unless the coordinator says otherwise: not the last report that is due
    until        the day on which the work is due from then on; None where its date stays
    """

    is_expected: bool
    until: date | None


def interim_of(assignment: Assignment, report: Report, context: PriorityContext) -> Interim | None:
    """What accepting this report as one on progress comes to; None of work that one report completes."""
    if assignment.timing is not Timing.DATED:
        return None
    try:
        rule = parse_rule(assignment.rule)
    except Refused:  # one of an earlier version
        return None
    if not isinstance(rule, Span | TargetYear):
        return None
    is_last = is_last_period(rule.rhythm, local_date(report.submitted_at), assignment.due_date)
    following = _following(rule, assignment.due_date, context) if isinstance(rule, Span) else None
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


def _following(rule: Span, due_on: date, context: PriorityContext) -> date | None:
    """The end of the next year of a span that is not over yet; None of its last year."""
    first = due_on
    while True:
        year = max(first.year - (first.month == 1), rule.first) + 1
        if rule.last is not None and year > rule.last:
            return None if first == due_on else first
        first = due(f"SPAN:{year}-", calendar=context.calendar).due_date
        if first >= context.today:
            return first
