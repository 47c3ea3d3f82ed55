"""Every table, imported in one place so that migrations see them all."""

from models.account import ApiToken, CalendarDoor, EndedSession, OfficeDoor, User
from models.anchor import Anchor
from models.assignment import Assignment, Timetable, TimetableRung
from models.attachment import Attachment
from models.audit import AuditEvent, AuditHead
from models.extension import Extension
from models.office import Contact, Office
from models.outbox import DeliveryAttempt, Message, Notice
from models.report import Report
from models.report_draft import ReportDraft
from models.silence import Silence

__all__ = [
    "Anchor",
    "ApiToken",
    "Assignment",
    "Attachment",
    "AuditEvent",
    "AuditHead",
    "CalendarDoor",
    "Contact",
    "DeliveryAttempt",
    "EndedSession",
    "Extension",
    "Message",
    "Notice",
    "Office",
    "OfficeDoor",
    "Report",
    "ReportDraft",
    "Silence",
    "Timetable",
    "TimetableRung",
    "User",
]
