"""Every table, imported in one place so that migrations see them all."""

from models.anchor import Anchor
from models.assignment import Assignment, Timetable, TimetableRung
from models.audit import AuditEvent, AuditHead
from models.extension import Extension
from models.office import Contact, Office
from models.outbox import Message, Notice
from models.report import Report

__all__ = [
    "Anchor",
    "Assignment",
    "AuditEvent",
    "AuditHead",
    "Contact",
    "Extension",
    "Message",
    "Notice",
    "Office",
    "Report",
    "Timetable",
    "TimetableRung",
]
