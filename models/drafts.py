"""Keeping what an office types into a report until it is handed in."""

from collections.abc import Mapping

from sqlmodel import Session

from config.boundary import refuse_personal_or_secret
from config.errors import Refused
from models.acting import Acting
from models.assignment import Assignment
from models.audit import take_turn
from models.errors import InvalidReport, NotFound, TransitionRefused
from models.lifecycle import WAITING_FOR_OFFICE, Verb
from models.report_draft import ReportDraft
from models.report_form import MAX_NUMBER, MAX_TEXT, field_labels

_LONGEST = {"text": MAX_TEXT, "document_number": MAX_NUMBER}
_LONGEST_OTHER = 20


def save_draft(session: Session, assignment_id: int, fields: Mapping[str, str], acting: Acting) -> Refused | None:
    """Keep the fields of a report form as typed; gives back what may not be kept, after keeping all the rest.

    Only fields of the step's closed form are taken. Raises ``NotFound``, or ``TransitionRefused`` when the office has
    nothing to report now.
    """
    take_turn(session)
    work = session.get(Assignment, assignment_id)
    if work is None:
        raise NotFound(f"Không có việc số {assignment_id}.", f"There is no assignment {assignment_id}.")
    if work.state not in WAITING_FOR_OFFICE:
        raise TransitionRefused(assignment_id, work.state, Verb.REPORT)
    labels = field_labels(acting.plan.subtask(work.subtask).form(work.step))
    kept, faults = {}, []
    for name, label in labels.items():
        if name in fields:
            fault = _fault(label, fields[name], _LONGEST.get(name, _LONGEST_OTHER))
            if fault is None:
                kept[name] = fields[name]
            else:
                faults.append(fault)
    earlier = session.get(ReportDraft, assignment_id)
    if earlier is None:
        session.add(ReportDraft(assignment_id=assignment_id, fields=kept, saved_at=acting.now))
    else:
        earlier.fields, earlier.saved_at = kept, acting.now
    if not faults:
        return None
    return InvalidReport("Chưa lưu được vào bản nháp:", "Not kept in the draft:", details=faults)


def draft_of(session: Session, assignment_id: int) -> ReportDraft | None:
    """What was typed so far, or None."""
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
