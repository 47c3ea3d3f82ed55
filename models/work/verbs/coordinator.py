"""What the coordinator decides on an assignment: its report, its request for more time, whether it goes on at all."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from config.boundary import checked_reason
from config.clock import end_of_day, last_day_before
from config.errors import Refused
from config.rules.kinds import Timing
from models.alerts.next_alert import recompute_next_alert, retime
from models.alerts.notices import resumed_rung, suspended_rung, withdrawn_rung
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.errors import NotFound
from models.tables.lifecycle import TRANSITIONS, ExtensionState, NoticeKind, ReportState, Role, State, Verb
from models.tables.report import Extension, Report
from models.work.attachments import drop_waiting
from models.work.directive_deeds.left_over import ends_now
from models.work.group import GroupMember, group_of
from models.work.locked_assignment import (
    LockedAssignment,
    lock_assignment,
    require_seen,
    waiting_extension,
    waiting_report,
)
from models.work.looking_back.settled import settling
from models.work.report_form import drop_draft
from models.work.verbs.interim import Interim, checked_interim, interim_of
from models.work.verbs.pauses import given_back

NOT_ASKED_ANY_MORE = "Việc không còn được giao; trước đây chỉ giữ lại để chờ quyết định về báo cáo."
"""The reason of what is withdrawn when its report waits no more."""


def accept(
    session: Session,
    assignment_id: int,
    context: ActorContext,
    *,
    version: int | None = None,
    interim: bool | None = None,
) -> Assignment:
    """The coordinator accepts the report that waits; whether it was on time is judged on when it was submitted.

    A correction that was begun and not sent goes with it, or it would be taken for the next report.

    version  the report that was looked at; refused when another waits by now
    interim  whether work that spans years goes on, the report being one on its progress; told by its date without
    """
    locked, report = _lock_with_report(session, assignment_id, Verb.ACCEPT, version, context)
    on_progress = interim_of(session, locked.assignment, report, locked.context)
    goes_on = checked_interim(on_progress, assignment_id, interim=interim)
    report.state, report.decided_at = ReportState.ACCEPTED, context.now
    drop_draft(session, assignment_id)
    drop_waiting(session, assignment_id, context)
    if goes_on is None:
        locked.perform(Verb.ACCEPT, version=report.version)
        recompute_next_alert(session, locked.assignment)
    else:
        _accept_interim(locked, report, goes_on)
    locked.tell_office(NoticeKind.REPORT_ACCEPTED, rung=f"report:{report.version}")
    end_left_over(locked, context)
    return locked.assignment


def _accept_interim(locked: LockedAssignment, report: Report, goes_on: Interim) -> None:
    row = locked.assignment
    settles = settling(row.due_at, row.reported_at, goes_on.until) if goes_on.until else {}
    locked.perform(Verb.ACCEPT, version=report.version, interim=True, **settles)
    if goes_on.until:
        retime(locked.session, locked.assignment, ("ghi nhận tiến độ", "progress accepted"), locked.context)
    else:
        recompute_next_alert(locked.session, locked.assignment)


def return_(
    session: Session, assignment_id: int, reason: str, context: ActorContext, *, version: int | None = None
) -> Assignment:
    """The coordinator returns the report with a reason; the ladder runs again against the due date as it was.

    What nobody asks for any more, and was left for its report alone, is withdrawn with that.

    version  as for ``accept``
    """
    reason = checked_reason(reason, "Lý do trả lại", "Reason for returning")
    locked, report = _lock_with_report(session, assignment_id, Verb.RETURN, version, context)
    report.state, report.decided_at, report.reason = ReportState.RETURNED, context.now, reason
    locked.perform(Verb.RETURN, version=report.version, reason=reason)
    recompute_next_alert(session, locked.assignment)
    locked.tell_office(NoticeKind.REPORT_RETURNED, rung=f"report:{report.version}")
    end_left_over(locked, context)
    return locked.assignment


def grant_extension(
    session: Session, assignment_id: int, until: date | None, context: ActorContext, *, extension: int | None = None
) -> Assignment:
    """The coordinator gives more time, to the date asked for or another; the original due date is kept.

    The date is rolled forward to a working day (BLDS 2015, 148), lies ahead, and gets a timetable of its own.

    extension  number of the request that was looked at; refused when another waits by now
    """
    locked, request = _lock_with_request(session, assignment_id, Verb.GRANT_EXTENSION, extension, context)
    assignment = locked.assignment
    granted = locked.context.calendar.next_working_day(until or request.requested_until)
    if granted <= assignment.due_date:
        raise Refused(
            f"Ngày gia hạn {granted:%d/%m/%Y} không sau hạn hiện tại {assignment.due_date:%d/%m/%Y}; chọn ngày"
            " muộn hơn.",
            f"The date {granted:%d/%m/%Y} is not after the current due date {assignment.due_date:%d/%m/%Y}; choose a "
            "later one.",
        )
    if granted <= context.today:
        raise Refused(
            f"Ngày gia hạn {granted:%d/%m/%Y} không sau hôm nay {context.today:%d/%m/%Y}; chọn ngày muộn hơn.",
            f"The date {granted:%d/%m/%Y} is not after today, {context.today:%d/%m/%Y}; choose a later one.",
            command="--until",
        )
    request.state, request.granted_until, request.decided_at = ExtensionState.GRANTED, granted, context.now
    locked.perform(Verb.GRANT_EXTENSION, until=granted.isoformat(), extension=request.id)
    retime(session, assignment, ("gia hạn", "extended"), locked.context)
    locked.tell_office(NoticeKind.EXTENSION_GRANTED, rung=f"extension:{request.id}")
    locked.tell_named(rung=f"extension:{request.id}")
    return assignment


def refuse_extension(
    session: Session, assignment_id: int, reason: str, context: ActorContext, *, extension: int | None = None
) -> Assignment:
    """The coordinator refuses more time, with a reason; the due date stays.

    extension  as for ``grant_extension``
    """
    reason = checked_reason(reason, "Lý do từ chối gia hạn", "Reason for refusing")
    locked, request = _lock_with_request(session, assignment_id, Verb.REFUSE_EXTENSION, extension, context)
    request.state, request.decision_reason, request.decided_at = ExtensionState.REFUSED, reason, context.now
    locked.perform(Verb.REFUSE_EXTENSION, reason=reason, extension=request.id)
    locked.tell_office(NoticeKind.EXTENSION_REFUSED, rung=f"extension:{request.id}")
    return locked.assignment


def suspend(session: Session, assignment_id: int, reason: str, context: ActorContext) -> Assignment:
    """The coordinator stops the clock of an assignment, with a reason; it is neither reminded of nor late meanwhile.

    With a lead rests what coordinating offices owe it.
    """
    reason = checked_reason(reason, "Lý do tạm dừng", "Reason for suspending")
    locked = lock_assignment(session, assignment_id, context)
    locked.perform(Verb.SUSPEND, reason=reason)
    recompute_next_alert(session, locked.assignment)
    locked.tell_office(NoticeKind.SUSPENDED, rung=suspended_rung(context.now))
    locked.tell_named(rung=suspended_rung(context.now))
    for part in _parts_of(locked):
        if (part.state, Verb.SUSPEND) in TRANSITIONS:
            suspend(session, part.id, reason, context)
    return locked.assignment


def resume(session: Session, assignment_id: int, until: date | None, context: ActorContext) -> Assignment:
    """The coordinator lets a suspended assignment go on, as newly assigned; the original due date is kept.

    With a lead goes on what was suspended with it, and gets its days back.

    until  the new due date; without one the office gets back the working days for which the work was suspended, or
           since its date was set anew meanwhile; of a term in hours the hours. Work without a due date stays so
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.RESUME)
    suspended_at = locked.assignment.suspended_at
    _resume_alone(locked, until)
    for part in _parts_of(locked):
        row = session.get_one(Assignment, part.id)
        if row.state is State.SUSPENDED and row.suspended_at == suspended_at:
            resume(session, part.id, None, context)
    return locked.assignment


def _resume_alone(locked: LockedAssignment, until: date | None) -> None:
    session, assignment, context = locked.session, locked.assignment, locked.context
    why = ("tiếp tục", "resumed")
    if until is None and assignment.timing is not Timing.DATED:
        locked.perform(Verb.RESUME, until=None)
        _go_on(locked, why)
        return
    if until is None:
        due_at, why = given_back(session, assignment, context.calendar, context.now)
    else:
        due_at = end_of_day(context.calendar.next_working_day(until))
    due_on = last_day_before(due_at)
    if until is not None and due_on < context.today:
        raise Refused(
            f"Hạn mới {due_on:%d/%m/%Y} đã qua; chọn ngày từ hôm nay trở đi.",
            f"The new due date {due_on:%d/%m/%Y} has passed; choose today or later.",
        )
    hour = {} if due_at == end_of_day(due_on) else {"at": due_at.isoformat()}
    locked.perform(Verb.RESUME, until=due_on.isoformat(), **hour)
    _go_on(locked, why)


def _go_on(locked: LockedAssignment, why: tuple[str, str]) -> None:
    retime(locked.session, locked.assignment, why, locked.context)
    rung = resumed_rung(locked.context.now)
    locked.tell_office(NoticeKind.RESUMED, rung=rung)
    locked.tell_named(rung=rung)


def _parts_of(locked: LockedAssignment) -> Sequence[GroupMember]:
    """What coordinating offices owe a lead; nothing of other assignments."""
    group = group_of(locked.session, locked.assignment) if locked.assignment.role is Role.LEAD else ()
    return [part for part in group if part.role is not Role.LEAD]


def withdraw(session: Session, assignment_id: int, reason: str, context: ActorContext) -> Assignment:
    """The coordinator takes the assignment back, with a reason; it is no longer counted.

    With a lead goes what coordinating offices owe it, but for what they have handed in and what waits for a decision.
    """
    reason = checked_reason(reason, "Lý do thu hồi", "Reason for withdrawing")
    locked = lock_assignment(session, assignment_id, context)
    locked.perform(Verb.WITHDRAW, reason=reason)
    recompute_next_alert(session, locked.assignment)
    locked.tell_office(NoticeKind.WITHDRAWN, rung=withdrawn_rung(context.now))
    locked.tell_named(rung=withdrawn_rung(context.now))
    for part in _parts_of(locked):
        if (part.state, Verb.WITHDRAW) in TRANSITIONS:
            withdraw(session, part.id, reason, context)
    return locked.assignment


def end_left_over(locked: LockedAssignment, context: ActorContext) -> None:
    """Withdraw work that has come back to its office, where nobody asks for it any more; reopening restores it."""
    assignment = locked.assignment
    if ends_now(locked.session, assignment, context):
        withdraw(locked.session, locked.id, NOT_ASKED_ANY_MORE, context)
        assignment.withdrawn_by = assignment.left_by


def _lock_with_report(
    session: Session, assignment_id: int, verb: Verb, version: int | None, context: ActorContext
) -> tuple[LockedAssignment, Report]:
    """An assignment and its report that waits for this decision; raises ``Refused`` where another waits by now."""
    locked = lock_assignment(session, assignment_id, context)
    locked.require(verb)
    report = waiting_report(session, assignment_id)
    assert report is not None  # whatever is reported has one
    if version is not None and report.version != version:
        raise Refused(
            f"Việc số {assignment_id} đã có báo cáo mới hơn (lần {report.version}); xem lại rồi quyết định.",
            f"Assignment {assignment_id} has a newer report (no. {report.version}); read it before deciding.",
        )
    return locked, report


def _lock_with_request(
    session: Session, assignment_id: int, verb: Verb, seen: int | None, context: ActorContext
) -> tuple[LockedAssignment, Extension]:
    """An assignment and its request for more time that waits for this decision; raises ``NotFound`` without one,
    ``Refused`` where another than was ``seen`` waits by now."""
    locked = lock_assignment(session, assignment_id, context)
    locked.require(verb)
    request = waiting_extension(session, assignment_id)
    if request is None:
        raise NotFound(
            f"Việc số {assignment_id} không có đề nghị gia hạn nào đang chờ quyết định.",
            f"Assignment {assignment_id} has no extension request awaiting a decision.",
        )
    require_seen(request, seen)
    return locked, request
