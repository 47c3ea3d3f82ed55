"""The verbs: everything that can happen to an assignment, each in the caller's one transaction.

A verb checks the transition, writes the fact, its audit event and its notices. It never commits, never sends and
never reads the clock.
"""

from datetime import date
from typing import TypeVar

from sqlalchemy import and_, delete, func, select
from sqlmodel import Session, col

from config.boundary import refuse_personal_or_secret
from config.clock import local_date
from config.contacts.desks import Desk, Recipient
from config.errors import Refused
from models.alerts.next_alert import move_due_date, recompute_next_alert
from models.alerts.notices import notify, readdress, resumed_rung, suspended_rung
from models.store.actor import ActorContext
from models.store.audit import AuditEntry, lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.extension import Extension
from models.tables.lifecycle import TRANSITIONS, WAITING_FOR_OFFICE, ExtensionState, Kind, ReportState, Verb
from models.tables.outbox import Notice
from models.tables.report import Report, ReportContent, ReportDraft
from models.work.attachments import bind_attachments, refuse_unwanted_files
from models.work.report_form import check_report

_Submitted = TypeVar("_Submitted", Report, Extension)


def acknowledge(session: Session, assignment_id: int, context: ActorContext) -> Assignment:
    """The office confirms that it has the work; the "not acknowledged" rungs no longer apply."""
    assignment = _take(session, assignment_id)
    _move(assignment, Verb.ACKNOWLEDGE)
    assignment.acknowledged_at = context.now
    recompute_next_alert(session, assignment)
    _record(session, assignment, Verb.ACKNOWLEDGE, context)
    return assignment


def delegate(session: Session, assignment_id: int, unit: str, context: ActorContext) -> Assignment:
    """The office notes which of its units or posts does the work; nothing else changes. Empty takes it back."""
    unit = refuse_personal_or_secret(unit, "Bộ phận thực hiện")
    if len(unit) > 100:
        raise Refused(
            f"Bộ phận thực hiện: dài {len(unit)} ký tự; tối đa 100.",
            f"The unit has {len(unit)} characters; at most 100.",
        )
    assignment = _take(session, assignment_id)
    _move(assignment, Verb.DELEGATE)
    assignment.delegated_to = unit
    _record(session, assignment, Verb.DELEGATE, context, to=unit)
    return assignment


def report(
    session: Session,
    assignment_id: int,
    content: ReportContent,
    context: ActorContext,
    *,
    submission: str | None = None,
) -> Report:
    """The office hands in its report with the files laid to it; the ladder stops and the coordinator is told.

    submission  names one filling-in of the form: the same once more gives the report that is already there

    Raises ``InvalidReport`` listing every fault of the form.
    """
    assignment = _take(session, assignment_id)
    if submission and (there := _submitted(session, Report, submission)):
        if there.says(content):
            return there
        submission = None  # the same form, filled in anew after it was decided on
    _move(assignment, Verb.REPORT)
    check_report(
        context.plan.subtask(assignment.subtask), assignment.step, assignment.role, content, today=context.today
    )
    refuse_unwanted_files(session, assignment, context)
    earlier = select(func.count()).select_from(Report).where(col(Report.assignment_id) == assignment.id)
    version = 1 + (session.scalar(earlier) or 0)
    handed_in = Report(
        assignment_id=assignment_id,
        version=version,
        counts=dict(content.counts),
        document_number=content.document_number,
        document_date=content.document_date,
        text=content.text,
        difficulties=content.difficulties,
        proposals=content.proposals,
        submission=submission,
        submitted_at=context.now,
    )
    session.add(handed_in)
    session.flush()
    bind_attachments(session, assignment_id, handed_in.id)
    session.execute(delete(ReportDraft).where(col(ReportDraft.assignment_id) == assignment_id))
    assignment.reported_at = context.now
    assignment.acknowledged_at = assignment.acknowledged_at or context.now
    assignment.next_alert_at = None
    notify(
        session,
        Kind.REPORT_RECEIVED,
        assignment,
        [context.coordinator_of(assignment.priority)],
        rung=f"report:{version}",
        context=context,
    )
    _record(session, assignment, Verb.REPORT, context, version=version, on_time=context.now < assignment.due_at)
    return handed_in


def accept(session: Session, assignment_id: int, context: ActorContext, *, version: int | None = None) -> Assignment:
    """The coordinator accepts the report that waits; whether it was on time is judged on when it was handed in.

    version  the report that was looked at; refused when another waits by now
    """
    assignment, handed_in = _decide_report(session, assignment_id, Verb.ACCEPT, ReportState.ACCEPTED, version, context)
    assignment.completed_at = context.now
    rung = f"report:{handed_in.version}"
    notify(session, Kind.REPORT_ACCEPTED, assignment, [_focal(assignment)], rung=rung, context=context)
    lapsed = _let_request_lapse(session, assignment_id, context)
    _record(session, assignment, Verb.ACCEPT, context, version=handed_in.version, **lapsed)
    return assignment


def return_(
    session: Session, assignment_id: int, reason: str, context: ActorContext, *, version: int | None = None
) -> Assignment:
    """The coordinator returns the report with a reason; the ladder runs again against the due date as it was."""
    reason = _reason(reason, "Lý do trả lại")
    assignment, handed_in = _decide_report(session, assignment_id, Verb.RETURN, ReportState.RETURNED, version, context)
    handed_in.reason = reason
    assignment.reported_at = None
    recompute_next_alert(session, assignment)
    rung = f"report:{handed_in.version}"
    notify(session, Kind.REPORT_RETURNED, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.RETURN, context, version=handed_in.version, reason=reason)
    return assignment


def request_extension(
    session: Session,
    assignment_id: int,
    until: date,
    reason: str,
    context: ActorContext,
    *,
    submission: str | None = None,
) -> Extension:
    """The office asks for more time; only before the due date, and one request at a time."""
    reason = _reason(reason, "Lý do xin gia hạn")
    assignment = _take(session, assignment_id)
    if submission and (there := _submitted(session, Extension, submission)):
        if (there.requested_until, there.reason) == (until, reason):
            return there
        submission = None
    _move(assignment, Verb.REQUEST_EXTENSION)
    if context.now >= assignment.due_at:
        raise Refused(
            f"Việc số {assignment.id} đã quá hạn từ {_day(assignment.due_date)}; gia hạn phải xin trước khi hết"
            " hạn. Hãy báo cáo hoặc liên hệ cơ quan đôn đốc.",
            f"Assignment {assignment.id} was due on {_day(assignment.due_date)};"
            " more time must be asked for before that.",
        )
    if until <= assignment.due_date:
        raise Refused(
            f"Ngày xin gia hạn {_day(until)} không sau hạn hiện tại {_day(assignment.due_date)}; chọn ngày muộn hơn.",
            f"The requested date {_day(until)} is not after the present due date {_day(assignment.due_date)}.",
        )
    if _waiting_extension(session, assignment_id):
        raise Refused(
            f"Việc số {assignment.id} đã có một đề nghị gia hạn đang chờ quyết định.",
            f"Assignment {assignment.id} already has a request waiting for a decision.",
        )
    request = Extension(
        assignment_id=assignment_id,
        requested_until=until,
        requested_at=context.now,
        reason=reason,
        submission=submission,
    )
    session.add(request)
    session.flush()
    rung = f"extension:{request.id}"
    notify(
        session,
        Kind.EXTENSION_REQUESTED,
        assignment,
        [context.coordinator_of(assignment.priority)],
        rung=rung,
        context=context,
    )
    _record(session, assignment, Verb.REQUEST_EXTENSION, context, until=until.isoformat(), reason=reason)
    return request


def grant_extension(session: Session, assignment_id: int, until: date | None, context: ActorContext) -> Assignment:
    """The coordinator gives more time, to the date asked for or another; the original due date is kept.

    The date is rolled forward to a working day (BLDS 2015, 148), lies ahead, and gets a timetable of its own.
    """
    assignment, request = _take_waiting_extension(session, assignment_id, Verb.GRANT_EXTENSION)
    granted = context.calendar_of(assignment.priority).next_working_day(until or request.requested_until)
    if granted <= assignment.due_date:
        raise Refused(
            f"Ngày gia hạn {_day(granted)} không sau hạn hiện tại {_day(assignment.due_date)}; chọn ngày muộn hơn.",
            f"The date {_day(granted)} is not after the present due date {_day(assignment.due_date)}.",
        )
    if granted <= context.today:
        raise Refused(
            f"Ngày gia hạn {_day(granted)} không sau hôm nay {_day(context.today)}; chọn ngày muộn hơn (--until).",
            f"The date {_day(granted)} is not after today, {_day(context.today)}; choose a later one (--until).",
        )
    request.state, request.granted_until, request.decided_at = ExtensionState.GRANTED, granted, context.now
    move_due_date(session, assignment, granted, ("gia hạn", "extended"), context)
    if assignment.state in WAITING_FOR_OFFICE:
        recompute_next_alert(session, assignment)
    rung = f"extension:{request.id}"
    notify(session, Kind.EXTENSION_GRANTED, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.GRANT_EXTENSION, context, until=granted.isoformat())
    return assignment


def refuse_extension(session: Session, assignment_id: int, reason: str, context: ActorContext) -> Assignment:
    """The coordinator refuses more time, with a reason; the due date stays."""
    reason = _reason(reason, "Lý do từ chối gia hạn")
    assignment, request = _take_waiting_extension(session, assignment_id, Verb.REFUSE_EXTENSION)
    request.state, request.decision_reason = ExtensionState.REFUSED, reason
    request.decided_at = context.now
    rung = f"extension:{request.id}"
    notify(session, Kind.EXTENSION_REFUSED, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.REFUSE_EXTENSION, context, reason=reason)
    return assignment


def suspend(session: Session, assignment_id: int, reason: str, context: ActorContext) -> Assignment:
    """The coordinator stops the clock of an assignment, with a reason; it is neither reminded of nor late meanwhile."""
    reason = _reason(reason, "Lý do tạm dừng")
    assignment = _take(session, assignment_id)
    _move(assignment, Verb.SUSPEND)
    assignment.suspended_at, assignment.next_alert_at = context.now, None
    rung = suspended_rung(context.now)
    notify(session, Kind.SUSPENDED, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.SUSPEND, context, reason=reason)
    return assignment


def resume(session: Session, assignment_id: int, until: date | None, context: ActorContext) -> Assignment:
    """The coordinator lets suspended work go on, as newly assigned; the original due date is kept.

    until  the new due date; without one the office gets back the working days for which the work was suspended
    """
    assignment = _take(session, assignment_id)
    suspended_at = assignment.suspended_at
    _move(assignment, Verb.RESUME)
    assert suspended_at is not None
    calendar = context.calendar_of(assignment.priority)
    paused = calendar.count(local_date(suspended_at), context.today)
    due_on = calendar.next_working_day(until) if until else calendar.add(assignment.due_date, paused)
    if until is not None and due_on < context.today:
        raise Refused(
            f"Hạn mới {_day(due_on)} đã qua; chọn ngày từ hôm nay trở đi.",
            f"The new due date {_day(due_on)} is past; choose today or later.",
        )
    assignment.suspended_at = assignment.acknowledged_at = None
    assignment.resumed_at = context.now
    given_back = (f"tiếp tục, trả lại {paused} ngày làm việc,", f"resumed with {paused} working days given back")
    why = ("tiếp tục", "resumed") if until else given_back
    move_due_date(session, assignment, due_on, why, context)
    recompute_next_alert(session, assignment)
    rung = resumed_rung(context.now)
    notify(session, Kind.RESUMED, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.RESUME, context, until=due_on.isoformat())
    return assignment


def withdraw(session: Session, assignment_id: int, reason: str, context: ActorContext) -> Assignment:
    """The coordinator takes the assignment back, with a reason; it is no longer counted."""
    reason = _reason(reason, "Lý do thu hồi")
    assignment = _take(session, assignment_id)
    _move(assignment, Verb.WITHDRAW)
    assignment.next_alert_at = None
    notify(session, Kind.WITHDRAWN, assignment, [_focal(assignment)], rung="withdrawn", context=context)
    lapsed = _let_request_lapse(session, assignment_id, context)
    _record(session, assignment, Verb.WITHDRAW, context, reason=reason, **lapsed)
    return assignment


def hand_over(session: Session, assignment: Assignment, successor: str, context: ActorContext) -> None:
    """An office has ended: its open assignment goes to its successor with its history, its dates and its news."""
    _move(assignment, Verb.HAND_OVER)
    predecessor, assignment.office = assignment.office, successor
    theirs = and_(
        col(Notice.assignment_id) == assignment.id,
        col(Notice.office) == predecessor,
        col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD)),
    )
    readdress(session, theirs, successor, now=context.now, successor_told=True)
    rung = f"from:{predecessor}"
    notify(session, Kind.HANDED_OVER, assignment, [_focal(assignment)], rung=rung, context=context)
    _record(session, assignment, Verb.HAND_OVER, context, predecessor=predecessor, successor=successor)


# --- what the verbs share --------------------------------------------------------------------------------


def _take(session: Session, assignment_id: int) -> Assignment:
    """The assignment, locked until the transaction ends, so that of two people acting at once one comes second."""
    lock_audit_chain(session)
    assignment = session.get(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if assignment is None:
        raise NotFound(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )
    return assignment


def _move(assignment: Assignment, verb: Verb) -> None:
    target = TRANSITIONS.get((assignment.state, verb))
    if target is None:
        raise TransitionRefused(assignment.id or 0, assignment.state, verb)
    assignment.state = target


def _submitted(session: Session, table: type[_Submitted], submission: str) -> _Submitted | None:
    return session.scalars(select(table).where(col(table.submission) == submission)).one_or_none()


def _decide_report(
    session: Session, assignment_id: int, verb: Verb, decision: ReportState, version: int | None, context: ActorContext
) -> tuple[Assignment, Report]:
    assignment = _take(session, assignment_id)
    _move(assignment, verb)
    waiting = select(Report).where(
        col(Report.assignment_id) == assignment.id, col(Report.state) == ReportState.SUBMITTED
    )
    handed_in = session.scalars(waiting).one()
    if version is not None and handed_in.version != version:
        raise Refused(
            f"Việc số {assignment.id} đã có báo cáo mới hơn (lần {handed_in.version}); xem lại rồi quyết định.",
            f"Assignment {assignment.id} has a newer report (no. {handed_in.version}); look at it before deciding.",
        )
    handed_in.state, handed_in.decided_at = decision, context.now
    return assignment, handed_in


def _waiting_extension(session: Session, assignment_id: int) -> Extension | None:
    return session.scalars(
        select(Extension).where(
            col(Extension.assignment_id) == assignment_id, col(Extension.state) == ExtensionState.REQUESTED
        )
    ).one_or_none()


def _let_request_lapse(session: Session, assignment_id: int, context: ActorContext) -> dict[str, object]:
    """The work is over, so a request still waiting can no longer be decided; gives what the audit trail says of it."""
    request = _waiting_extension(session, assignment_id)
    if request is None:
        return {}
    request.state, request.decided_at = ExtensionState.LAPSED, context.now
    return {"lapsed_extension": request.id}


def _take_waiting_extension(session: Session, assignment_id: int, verb: Verb) -> tuple[Assignment, Extension]:
    assignment = _take(session, assignment_id)
    _move(assignment, verb)
    request = _waiting_extension(session, assignment_id)
    if request is None:
        raise NotFound(
            f"Việc số {assignment_id} không có đề nghị gia hạn nào đang chờ quyết định.",
            f"Assignment {assignment_id} has no request for more time waiting for a decision.",
        )
    return assignment, request


def _focal(assignment: Assignment) -> Recipient:
    return Recipient(assignment.office, Desk.FOCAL)


def _record(session: Session, assignment: Assignment, verb: Verb, context: ActorContext, **facts: object) -> None:
    record(
        session, [AuditEntry(verb.value, f"assignment:{assignment.id}", facts)], actor=context.actor, now=context.now
    )


def _reason(text: str, field_name: str) -> str:
    clean = refuse_personal_or_secret(text, field_name)
    if not clean:
        raise Refused(f"{field_name}: chưa ghi; cần một câu ngắn.", f"{field_name}: missing; one short sentence.")
    if len(clean) > 1000:
        raise Refused(
            f"{field_name}: dài {len(clean)} ký tự; tối đa 1000.",
            f"{field_name}: {len(clean)} characters; at most 1000.",
        )
    return clean


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
