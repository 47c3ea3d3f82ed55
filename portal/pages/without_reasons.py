"""An assignment as an office reads it that is only named in it."""

from dataclasses import replace

from models.alerts.next_alert import without_reason
from models.store.audit_event import AuditEvent
from models.tables.assignment import Assignment
from models.work.queries import History


def without_reasons(found: History) -> History:
    """What was done to an assignment and by which paper, and not why."""
    kept = {
        f"explanation_{language}": without_reason(getattr(found.assignment, f"explanation_{language}"), language)
        for language in ("vi", "en")
    }
    return replace(
        found,
        assignment=Assignment(**found.assignment.model_dump() | kept),
        events=[AuditEvent(**each.model_dump() | {"details": {**each.details, "reason": ""}}) for each in found.events],
        deeds=[replace(each, reason="") for each in found.deeds],
    )
