"""What an office does with its assignment: acknowledge, delegate, report, ask for more time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlmodel import Session, col, func, select

from config.boundary import checked_line, checked_reason
from config.errors import Refused
from config.rules.due_words import TIMING_WORDS
from config.rules.kinds import Timing
from config.text.shapes import one_line
from models.alerts.next_alert import recompute_next_alert
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, NoticeKind, ReportState, Verb
from models.tables.party import Party
from models.tables.report import Extension, Report, ReportContent
from models.work.attachments import bind_attachments, refuse_unwanted_files, takes_files
from models.work.locked_assignment import lock_assignment, waiting_extension
from models.work.report_form import check_report, drop_draft, searched_text
from models.work.verbs.sending import sending_key
from models.work.verbs.taking_back import copy_files, replaced

_Submitted = TypeVar("_Submitted", Report, Extension)

_LONGEST_UNIT = 100


def acknowledge(session: Session, assignment_id: int, context: ActorContext) -> Assignment:
    """The office confirms that it has the work; the "not acknowledged" rungs no longer apply."""
    locked = lock_assignment(session, assignment_id, context)
    locked.perform(Verb.ACKNOWLEDGE)
    recompute_next_alert(session, locked.assignment)
    by = context.actor.removeprefix("office:")
    if party := session.get(Party, (assignment_id, by)):
        party.acknowledged_at = context.now
    locked.tell_joint_leads(Verb.ACKNOWLEDGE, int(context.now.timestamp()))
    return locked.assignment


def delegate(session: Session, assignment_id: int, unit: str, context: ActorContext) -> Assignment:
    """The office notes which of its units or posts does the work; nothing else changes. Empty takes it back.

    Noted once more it is no event.
    """
    unit = checked_line(unit, "Bộ phận thực hiện", "Unit", longest=_LONGEST_UNIT)
    locked = lock_assignment(session, assignment_id, context)
    if unit != locked.assignment.delegated_to:
        locked.perform(Verb.DELEGATE, to=unit)
    return locked.assignment


def report(
    session: Session,
    assignment_id: int,
    content: ReportContent,
    context: ActorContext,
    *,
    corrects: int | None = None,
    keep: Collection[int] | None = None,
    submission: str | None = None,
) -> Report:
    """The office submits its report with the files attached; the ladder stops and the coordinator is told.

    May follow ``save_draft``, ``add_attachment`` and ``remove_attachment`` in the same transaction: within a savepoint,
    so that a report that is refused leaves the draft and the files as they were.

    corrects    the version that waits for a decision and that this one replaces; what counts is when this one is sent
    keep        which files of the corrected version go with this one, by their ids; all unless said
    submission  names one filling-in of the form: the same once more returns the report that is already there, unless
                that was taken back

    Raises ``InvalidReport`` listing every fault of the form, ``Refused`` where the corrected version no longer waits.
    """
    if content.document_number is not None:
        content = replace(content, document_number=one_line(content.document_number) or None)
    locked = lock_assignment(session, assignment_id, context)
    if submission and (existing := _submitted(session, Report, submission)):
        if existing.says(content) and existing.state is not ReportState.TAKEN_BACK:
            return existing
        existing.submission = None  # the same form once more, after that report was decided on or taken back
    verb = Verb.REPORT if corrects is None else Verb.CORRECT
    locked.require(verb)
    assignment, now = locked.assignment, context.now
    subtask = context.plan.subtask(assignment.subtask)
    check_report(subtask, assignment.step, assignment.role, content, today=context.today)
    if corrects is not None:
        copy_files(session, replaced(locked, corrects), assignment, context, keep=keep)
    refuse_unwanted_files(session, assignment, context)
    earlier = session.exec(select(func.count(col(Report.id))).where(Report.assignment_id == assignment_id)).one()
    submitted = Report(
        assignment_id=assignment_id,
        version=earlier + 1,
        **content.columns(),
        submission=submission,
        submitted_at=now,
        plain_text=searched_text(content),
    )
    session.add(submitted)
    session.flush()
    if takes_files(assignment, context):
        bind_attachments(session, assignment_id, submitted.id)
    drop_draft(session, assignment_id)
    replaces = {} if corrects is None else {"replaces": corrects}
    locked.perform(verb, version=submitted.version, on_time=now < assignment.due_at, **replaces)
    recompute_next_alert(session, assignment)
    locked.tell_coordinator(NoticeKind.REPORT_RECEIVED, rung=f"report:{submitted.version}")
    locked.tell_joint_leads(verb, submitted.version)
    return submitted


def request_extension(
    session: Session,
    assignment_id: int,
    until: date,
    reason: str,
    context: ActorContext,
    *,
    submission: str | None = None,
) -> Extension:
    """The office asks for more time; only before the due date, and one request at a time.

    until       rolled forward to a working day (BLDS 2015, 148), as it is when more time is granted

    submission  names one filling-in of the form: the same once more returns the request that is already there, unless
                that was withdrawn
    """
    reason = checked_reason(reason, "Lý do xin gia hạn", "Reason for the request")
    locked = lock_assignment(session, assignment_id, context)
    until = locked.context.calendar.next_working_day(until)
    key = sending_key(submission, until, reason)
    if key and (existing := _submitted(session, Extension, key)):
        if existing.state is not ExtensionState.WITHDRAWN:
            return existing
        existing.submission = None  # asked once more, after it was withdrawn
    locked.require(Verb.REQUEST_EXTENSION)
    assignment = locked.assignment
    if assignment.timing is not Timing.DATED:
        words_vi, words_en = TIMING_WORDS[assignment.timing]
        raise Refused(
            f"Việc số {assignment.id}: {words_vi}, không có hạn để xin gia hạn.",
            f"Assignment {assignment.id}: {words_en}, so there is no date to extend.",
        )
    if context.now >= assignment.due_at:
        raise Refused(
            f"Việc số {assignment.id} đã quá hạn từ {assignment.due_date:%d/%m/%Y}; gia hạn phải xin trước khi hết"
            " hạn. Hãy báo cáo hoặc liên hệ cơ quan đôn đốc.",
            f"Assignment {assignment.id} was due on {assignment.due_date:%d/%m/%Y};"
            " an extension must be requested before the due date. Submit a report or contact the coordinator.",
        )
    if until <= assignment.due_date:
        raise Refused(
            f"Ngày xin gia hạn {until:%d/%m/%Y} không sau hạn hiện tại {assignment.due_date:%d/%m/%Y}; chọn ngày"
            " muộn hơn.",
            f"The requested date {until:%d/%m/%Y} is not after the current due date {assignment.due_date:%d/%m/%Y}; "
            "choose a later one.",
        )
    if waiting_extension(session, assignment_id):
        raise Refused(
            f"Việc số {assignment.id} đã có một đề nghị gia hạn đang chờ quyết định.",
            f"Assignment {assignment.id} already has an extension request awaiting a decision.",
        )
    request = Extension(
        assignment_id=assignment_id,
        requested_until=until,
        requested_at=context.now,
        reason=reason,
        submission=key,
    )
    session.add(request)
    session.flush()
    locked.perform(Verb.REQUEST_EXTENSION, until=until.isoformat(), reason=reason)
    locked.tell_coordinator(NoticeKind.EXTENSION_REQUESTED, rung=f"extension:{request.id}")
    locked.tell_joint_leads(Verb.REQUEST_EXTENSION, request.id or 0)
    return request


def _submitted(session: Session, table: type[_Submitted], submission: str) -> _Submitted | None:
    return session.exec(select(table).where(table.submission == submission)).one_or_none()
