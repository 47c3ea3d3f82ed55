"""Keeping what an office types into a report until it is submitted."""

from collections.abc import Mapping

from sqlmodel import Session

from config.boundary import refuse_personal_or_secret
from config.errors import Refused
from models.store.actor import ActorContext
from models.tables.errors import InvalidReport
from models.tables.lifecycle import Verb
from models.tables.report import ReportDraft
from models.work.locked_assignment import lock_assignment
from models.work.report_form import MAX_NUMBER, MAX_TEXT, TEXTS, field_labels

_LONGEST = {**dict.fromkeys(TEXTS, MAX_TEXT), "document_number": MAX_NUMBER}
_LONGEST_OTHER = 20


def save_draft(
    session: Session, assignment_id: int, fields: Mapping[str, str], context: ActorContext
) -> Refused | None:
    """Save the fields of a report form as typed; returns what may not be kept, after saving all the rest.

    Fields that are not given, or that are refused, stay as they were saved before. Only fields of the step's closed
    form are taken. ``add_attachment``, ``remove_attachment`` and ``verbs.report`` may follow in the same transaction;
    what may be refused there without losing the draft goes into a savepoint.

    Raises ``NotFound``, or ``TransitionRefused`` when the office has nothing to report now.
    """
    locked = lock_assignment(session, assignment_id, context)
    locked.require(Verb.REPORT)
    assignment = locked.assignment
    labels = field_labels(context.plan.subtask(assignment.subtask).form(assignment.step))
    draft = session.get(ReportDraft, assignment_id, populate_existing=True)
    earlier = draft.fields if draft else {}
    kept, faults = {}, []
    for name, label in labels.items():
        if name in fields:
            fault = _fault(label, fields[name], _LONGEST.get(name, _LONGEST_OTHER))
            if fault is None:
                kept[name] = fields[name]
                continue
            faults.append(fault)
        # What was saved before is better than nothing of a long text.
        if name in earlier:
            kept[name] = earlier[name]
    if draft is None:
        session.add(ReportDraft(assignment_id=assignment_id, fields=kept, saved_at=context.now))
    else:
        draft.fields, draft.saved_at = kept, context.now
    if not faults:
        return None
    return InvalidReport("Chưa lưu được vào bản nháp:", "Not kept in the draft:", details=faults)


def draft_of(session: Session, assignment_id: int) -> ReportDraft | None:
    """What was saved so far, or None."""
    return session.get(ReportDraft, assignment_id)


def _fault(label: str, text: str, longest: int) -> Refused | None:
    if len(text) > longest:
        return Refused(
            f"{label}: dài {len(text)} ký tự; tối đa {longest}.",
            f"{label}: {len(text)} characters; at most {longest}.",
        )
    try:
        refuse_personal_or_secret(text, label)
    except Refused as refused:
        return refused
    return None
