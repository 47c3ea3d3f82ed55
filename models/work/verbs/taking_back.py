"""What an office takes back before it is decided on: a report it has sent, a request for more time."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from config.errors import Refused
from models.alerts.next_alert import recompute_next_alert
from models.store.actor import ActorContext
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, ReportState, Verb
from models.tables.report import Attachment, Report, ReportDraft
from models.work.attachments import MAX_FILES, takes_files, waiting_attachments
from models.work.locked_assignment import (
    LockedAssignment,
    lock_assignment,
    require_seen,
    waiting_extension,
    waiting_report,
)
from models.work.report_form import draft_of, field_labels, fields_of, files_kept
from models.work.verbs.coordinator import end_left_over


def take_back(session: Session, assignment_id: int, context: ActorContext, *, version: int | None = None) -> Assignment:
    """The office takes back its report that waits for a decision; what it said, and its files, are a draft again.

    A correction that was begun stays as the draft, with the files that it keeps. The report stays on record as taken
    back, and the ladder runs again against the due date; what nobody asks for any more is withdrawn instead.

    version  the report that was looked at; refused when another waits by now
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.TAKE_BACK)
    report = replaced(locked, version)
    subtask = context.plan.subtask(locked.assignment.subtask)
    form = subtask.form(locked.assignment.step)
    said = {name: value for name, value in fields_of(report).items() if name in field_labels(form)}
    draft = draft_of(session, assignment_id)
    if draft is None:
        session.add(ReportDraft(assignment_id=assignment_id, fields=said, saved_at=context.now))
    copy_files(session, report, locked.assignment, context, keep=files_kept(draft, report.version))
    locked.perform(Verb.TAKE_BACK, version=report.version)
    recompute_next_alert(session, locked.assignment)
    locked.tell_joint_leads(Verb.TAKE_BACK, report.version)
    end_left_over(locked, context)
    return locked.assignment


def replaced(locked: LockedAssignment, version: int | None) -> Report:
    """The report that waits for a decision, taken back now; raises ``Refused`` where another waits by now."""
    report = waiting_report(locked.session, locked.id)
    if report is None or version not in (None, report.version):
        raise Refused(
            f"Việc số {locked.id}: báo cáo lần {version} không còn chờ quyết định; mở lại việc để xem bản hiện tại.",
            f"Assignment {locked.id}: report no. {version} is no longer awaiting a decision; open the assignment "
            "again to see the current report.",
        )
    report.state, report.decided_at = ReportState.TAKEN_BACK, locked.context.now
    return report


def withdraw_request(
    session: Session, assignment_id: int, context: ActorContext, *, extension: int | None = None
) -> Assignment:
    """The office takes back its request for more time before it is decided on; the due date stays.

    extension  number of the request that was looked at; refused when another waits by now
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.WITHDRAW_REQUEST)
    request = waiting_extension(session, assignment_id)
    if request is None:
        raise Refused(
            f"Việc số {assignment_id} không có đề nghị gia hạn nào đang chờ; có thể đã được quyết định.",
            f"Assignment {assignment_id} has no extension request awaiting a decision; it may already have been "
            "decided.",
        )
    require_seen(request, extension)
    request.state, request.decided_at = ExtensionState.WITHDRAWN, context.now
    locked.perform(Verb.WITHDRAW_REQUEST, extension=request.id)
    locked.tell_joint_leads(Verb.WITHDRAW_REQUEST, request.id or 0)
    return locked.assignment


def copy_files(
    session: Session,
    report: Report,
    assignment: Assignment,
    context: ActorContext,
    *,
    keep: Collection[int] | None = None,
) -> None:
    """The files of a report once more, waiting to go with the next one; the report keeps its own.

    keep  which of them, by their ids; all unless said

    Raises ``Refused`` where they are too many with those that wait already.
    """
    if not takes_files(assignment, context):
        return
    waiting = waiting_attachments(session, assignment.id or 0)
    there = {each.sha256 for each in waiting}
    of_report = select(Attachment).where(Attachment.report_id == report.id).order_by(col(Attachment.id))
    copied = [
        each for each in session.exec(of_report).all() if (keep is None or each.id in keep) and each.sha256 not in there
    ]
    if (number := len(copied) + len(waiting)) > MAX_FILES:
        raise Refused(
            f"Tệp kèm theo: có {number} tệp; tối đa {MAX_FILES} tệp. Bỏ bớt tệp cũ hoặc tệp mới.",
            f"Files: there are {number}; at most {MAX_FILES}. Remove some of the old or new files.",
        )
    again = {"id": None, "report_id": None, "uploaded_at": context.now}
    session.add_all(Attachment(**each.model_dump() | again) for each in copied)
    session.flush()
