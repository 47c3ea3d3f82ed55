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
from models.alerts.next_alert import fall_due, look_again
from models.alerts.notices import notify, pass_on, resumed_rung, suspended_rung
from models.store.actor import Acting
from models.store.audit import Fact, record, take_turn
from models.tables.assignment import Assignment
from models.tables.errors import NotFound, TransitionRefused
from models.tables.extension import Extension
from models.tables.lifecycle import TRANSITIONS, WAITING_FOR_OFFICE, ExtensionState, Kind, ReportState, Verb
from models.tables.outbox import Notice
from models.tables.report import Report, ReportContent
from models.tables.report_draft import ReportDraft
from models.work.attachments import bind_attachments, refuse_unwanted_files
from models.work.report_form import check_report

_Submitted = TypeVar("_Submitted", Report, Extension)


def acknowledge(session: Session, assignment_id: int, acting: Acting) -> Assignment:
    """The office confirms that it has the work; the "not acknowledged" rungs no longer apply."""
    work = _take(session, assignment_id)
    _move(work, Verb.ACKNOWLEDGE)
    work.acknowledged_at = acting.now
    look_again(session, work)
    _record(session, work, Verb.ACKNOWLEDGE, acting)
    return work


def delegate(session: Session, assignment_id: int, unit: str, acting: Acting) -> Assignment:
    """The office notes which of its units or posts does the work; nothing else changes. Empty takes it back."""
    unit = refuse_personal_or_secret(unit, "Bộ phận thực hiện")
    if len(unit) > 100:
        raise Refused(
            f"Bộ phận thực hiện: dài {len(unit)} ký tự; tối đa 100.",
            f"The unit has {len(unit)} characters; at most 100.",
        )
    work = _take(session, assignment_id)
    _move(work, Verb.DELEGATE)
    work.delegated_to = unit
    _record(session, work, Verb.DELEGATE, acting, to=unit)
    return work


def report(
    session: Session, assignment_id: int, content: ReportContent, acting: Acting, *, submission: str | None = None
) -> Report:
    """The office hands in its report with the files laid to it; the ladder stops and the coordinator is told.

    submission  names one filling-in of the form: the same once more gives the report that is already there

    Raises ``InvalidReport`` listing every fault of the form.
    """
    work = _take(session, assignment_id)
    if submission and (there := _submitted(session, Report, submission)):
        if there.says(content):
            return there
        submission = None  # the same form, filled in anew after it was decided on
    _move(work, Verb.REPORT)
    check_report(acting.plan.subtask(work.subtask), work.step, work.role, content, today=acting.today)
    refuse_unwanted_files(session, work, acting)
    earlier = select(func.count()).select_from(Report).where(col(Report.assignment_id) == work.id)
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
        submitted_at=acting.now,
    )
    session.add(handed_in)
    session.flush()
    bind_attachments(session, assignment_id, handed_in.id)
    session.execute(delete(ReportDraft).where(col(ReportDraft.assignment_id) == assignment_id))
    work.reported_at = acting.now
    work.acknowledged_at = work.acknowledged_at or acting.now
    work.next_alert_at = None
    notify(
        session,
        Kind.REPORT_RECEIVED,
        work,
        [acting.coordinator_of(work.priority)],
        rung=f"report:{version}",
        acting=acting,
    )
    _record(session, work, Verb.REPORT, acting, version=version, on_time=acting.now < work.due_at)
    return handed_in


def accept(session: Session, assignment_id: int, acting: Acting, *, version: int | None = None) -> Assignment:
    """The coordinator accepts the report that waits; whether it was on time is judged on when it was handed in.

    version  the report that was looked at; refused when another waits by now
    """
    work, handed_in = _decide_report(session, assignment_id, Verb.ACCEPT, ReportState.ACCEPTED, version, acting)
    work.completed_at = acting.now
    rung = f"report:{handed_in.version}"
    notify(session, Kind.REPORT_ACCEPTED, work, [_focal(work)], rung=rung, acting=acting)
    lapsed = _let_request_lapse(session, assignment_id, acting)
    _record(session, work, Verb.ACCEPT, acting, version=handed_in.version, **lapsed)
    return work


def return_(
    session: Session, assignment_id: int, reason: str, acting: Acting, *, version: int | None = None
) -> Assignment:
    """The coordinator returns the report with a reason; the ladder runs again against the due date as it was."""
    reason = _reason(reason, "Lý do trả lại")
    work, handed_in = _decide_report(session, assignment_id, Verb.RETURN, ReportState.RETURNED, version, acting)
    handed_in.reason = reason
    work.reported_at = None
    look_again(session, work)
    rung = f"report:{handed_in.version}"
    notify(session, Kind.REPORT_RETURNED, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.RETURN, acting, version=handed_in.version, reason=reason)
    return work


def request_extension(
    session: Session, assignment_id: int, until: date, reason: str, acting: Acting, *, submission: str | None = None
) -> Extension:
    """The office asks for more time; only before the due date, and one request at a time."""
    reason = _reason(reason, "Lý do xin gia hạn")
    work = _take(session, assignment_id)
    if submission and (there := _submitted(session, Extension, submission)):
        if (there.requested_until, there.reason) == (until, reason):
            return there
        submission = None
    _move(work, Verb.REQUEST_EXTENSION)
    if acting.now >= work.due_at:
        raise Refused(
            f"Việc số {work.id} đã quá hạn từ {_day(work.due_date)}; gia hạn phải xin trước khi hết hạn."
            " Hãy báo cáo hoặc liên hệ cơ quan đôn đốc.",
            f"Assignment {work.id} was due on {_day(work.due_date)}; more time must be asked for before that.",
        )
    if until <= work.due_date:
        raise Refused(
            f"Ngày xin gia hạn {_day(until)} không sau hạn hiện tại {_day(work.due_date)}; chọn ngày muộn hơn.",
            f"The requested date {_day(until)} is not after the present due date {_day(work.due_date)}.",
        )
    if _waiting_extension(session, assignment_id):
        raise Refused(
            f"Việc số {work.id} đã có một đề nghị gia hạn đang chờ quyết định.",
            f"Assignment {work.id} already has a request waiting for a decision.",
        )
    request = Extension(
        assignment_id=assignment_id,
        requested_until=until,
        requested_at=acting.now,
        reason=reason,
        submission=submission,
    )
    session.add(request)
    session.flush()
    rung = f"extension:{request.id}"
    notify(session, Kind.EXTENSION_REQUESTED, work, [acting.coordinator_of(work.priority)], rung=rung, acting=acting)
    _record(session, work, Verb.REQUEST_EXTENSION, acting, until=until.isoformat(), reason=reason)
    return request


def grant_extension(session: Session, assignment_id: int, until: date | None, acting: Acting) -> Assignment:
    """The coordinator gives more time, to the date asked for or another; the original due date is kept.

    The date is rolled forward to a working day (BLDS 2015, 148), lies ahead, and gets a timetable of its own.
    """
    work, request = _take_waiting_extension(session, assignment_id, Verb.GRANT_EXTENSION)
    granted = acting.calendar_of(work.priority).next_working_day(until or request.requested_until)
    if granted <= work.due_date:
        raise Refused(
            f"Ngày gia hạn {_day(granted)} không sau hạn hiện tại {_day(work.due_date)}; chọn ngày muộn hơn.",
            f"The date {_day(granted)} is not after the present due date {_day(work.due_date)}.",
        )
    if granted <= acting.today:
        raise Refused(
            f"Ngày gia hạn {_day(granted)} không sau hôm nay {_day(acting.today)}; chọn ngày muộn hơn (--until).",
            f"The date {_day(granted)} is not after today, {_day(acting.today)}; choose a later one (--until).",
        )
    request.state, request.granted_until, request.decided_at = ExtensionState.GRANTED, granted, acting.now
    fall_due(session, work, granted, ("gia hạn", "extended"), acting)
    if work.state in WAITING_FOR_OFFICE:
        look_again(session, work)
    rung = f"extension:{request.id}"
    notify(session, Kind.EXTENSION_GRANTED, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.GRANT_EXTENSION, acting, until=granted.isoformat())
    return work


def refuse_extension(session: Session, assignment_id: int, reason: str, acting: Acting) -> Assignment:
    """The coordinator refuses more time, with a reason; the due date stays."""
    reason = _reason(reason, "Lý do từ chối gia hạn")
    work, request = _take_waiting_extension(session, assignment_id, Verb.REFUSE_EXTENSION)
    request.state, request.decision_reason = ExtensionState.REFUSED, reason
    request.decided_at = acting.now
    rung = f"extension:{request.id}"
    notify(session, Kind.EXTENSION_REFUSED, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.REFUSE_EXTENSION, acting, reason=reason)
    return work


def suspend(session: Session, assignment_id: int, reason: str, acting: Acting) -> Assignment:
    """The coordinator stops the clock of an assignment, with a reason; it is neither reminded of nor late meanwhile."""
    reason = _reason(reason, "Lý do tạm dừng")
    work = _take(session, assignment_id)
    _move(work, Verb.SUSPEND)
    work.suspended_at, work.next_alert_at = acting.now, None
    rung = suspended_rung(acting.now)
    notify(session, Kind.SUSPENDED, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.SUSPEND, acting, reason=reason)
    return work


def resume(session: Session, assignment_id: int, until: date | None, acting: Acting) -> Assignment:
    """The coordinator lets suspended work go on, as newly assigned; the original due date is kept.

    until  the new due date; without one the office gets back the working days for which the work was suspended
    """
    work = _take(session, assignment_id)
    suspended_at = work.suspended_at
    _move(work, Verb.RESUME)
    assert suspended_at is not None
    calendar = acting.calendar_of(work.priority)
    paused = calendar.count(local_date(suspended_at), acting.today)
    due_on = calendar.next_working_day(until) if until else calendar.add(work.due_date, paused)
    if until is not None and due_on < acting.today:
        raise Refused(
            f"Hạn mới {_day(due_on)} đã qua; chọn ngày từ hôm nay trở đi.",
            f"The new due date {_day(due_on)} is past; choose today or later.",
        )
    work.suspended_at = work.acknowledged_at = None
    work.resumed_at = acting.now
    given_back = (f"tiếp tục, trả lại {paused} ngày làm việc,", f"resumed with {paused} working days given back")
    why = ("tiếp tục", "resumed") if until else given_back
    fall_due(session, work, due_on, why, acting)
    look_again(session, work)
    rung = resumed_rung(acting.now)
    notify(session, Kind.RESUMED, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.RESUME, acting, until=due_on.isoformat())
    return work


def withdraw(session: Session, assignment_id: int, reason: str, acting: Acting) -> Assignment:
    """The coordinator takes the assignment back, with a reason; it is no longer counted."""
    reason = _reason(reason, "Lý do thu hồi")
    work = _take(session, assignment_id)
    _move(work, Verb.WITHDRAW)
    work.next_alert_at = None
    notify(session, Kind.WITHDRAWN, work, [_focal(work)], rung="withdrawn", acting=acting)
    lapsed = _let_request_lapse(session, assignment_id, acting)
    _record(session, work, Verb.WITHDRAW, acting, reason=reason, **lapsed)
    return work


def hand_over(session: Session, work: Assignment, successor: str, acting: Acting) -> None:
    """An office has ended: its open assignment goes to its successor with its history, its dates and its news."""
    _move(work, Verb.HAND_OVER)
    predecessor, work.office = work.office, successor
    theirs = and_(
        col(Notice.assignment_id) == work.id,
        col(Notice.office) == predecessor,
        col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD)),
    )
    pass_on(session, theirs, successor, now=acting.now, told=True)
    rung = f"from:{predecessor}"
    notify(session, Kind.HANDED_OVER, work, [_focal(work)], rung=rung, acting=acting)
    _record(session, work, Verb.HAND_OVER, acting, predecessor=predecessor, successor=successor)


# --- what the verbs share --------------------------------------------------------------------------------


def _take(session: Session, assignment_id: int) -> Assignment:
    """The assignment, locked until the transaction ends, so that of two people acting at once one comes second."""
    take_turn(session)
    work = session.get(Assignment, assignment_id, with_for_update=True, populate_existing=True)
    if work is None:
        raise NotFound(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )
    return work


def _move(work: Assignment, verb: Verb) -> None:
    target = TRANSITIONS.get((work.state, verb))
    if target is None:
        raise TransitionRefused(work.id or 0, work.state, verb)
    work.state = target


def _submitted(session: Session, table: type[_Submitted], submission: str) -> _Submitted | None:
    return session.scalars(select(table).where(col(table.submission) == submission)).one_or_none()


def _decide_report(
    session: Session, assignment_id: int, verb: Verb, decision: ReportState, version: int | None, acting: Acting
) -> tuple[Assignment, Report]:
    work = _take(session, assignment_id)
    _move(work, verb)
    waiting = select(Report).where(col(Report.assignment_id) == work.id, col(Report.state) == ReportState.SUBMITTED)
    handed_in = session.scalars(waiting).one()
    if version is not None and handed_in.version != version:
        raise Refused(
            f"Việc số {work.id} đã có báo cáo mới hơn (lần {handed_in.version}); xem lại rồi quyết định.",
            f"Assignment {work.id} has a newer report (no. {handed_in.version}); look at it before deciding.",
        )
    handed_in.state, handed_in.decided_at = decision, acting.now
    return work, handed_in


def _waiting_extension(session: Session, assignment_id: int) -> Extension | None:
    return session.scalars(
        select(Extension).where(
            col(Extension.assignment_id) == assignment_id, col(Extension.state) == ExtensionState.REQUESTED
        )
    ).one_or_none()


def _let_request_lapse(session: Session, assignment_id: int, acting: Acting) -> dict[str, object]:
    """The work is over, so a request still waiting can no longer be decided; gives what the audit trail says of it."""
    request = _waiting_extension(session, assignment_id)
    if request is None:
        return {}
    request.state, request.decided_at = ExtensionState.LAPSED, acting.now
    return {"lapsed_extension": request.id}


def _take_waiting_extension(session: Session, assignment_id: int, verb: Verb) -> tuple[Assignment, Extension]:
    work = _take(session, assignment_id)
    _move(work, verb)
    request = _waiting_extension(session, assignment_id)
    if request is None:
        raise NotFound(
            f"Việc số {assignment_id} không có đề nghị gia hạn nào đang chờ quyết định.",
            f"Assignment {assignment_id} has no request for more time waiting for a decision.",
        )
    return work, request


def _focal(work: Assignment) -> Recipient:
    return Recipient(work.office, Desk.FOCAL)


def _record(session: Session, work: Assignment, verb: Verb, acting: Acting, **facts: object) -> None:
    record(session, [Fact(verb.value, f"assignment:{work.id}", facts)], actor=acting.actor, now=acting.now)


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
