"""Every table, imported in one place so that migrations see them all."""

from models.store.audit import AuditEvent, AuditHead
from models.tables.account import ApiToken, EndedSession, FeedRevocation, OfficeRevocation, User
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment, Timetable, TimetableRung
from models.tables.attachment import Attachment
from models.tables.deed import Deed, DeedItem
from models.tables.edition import Edition, EditionHead
from models.tables.extension import Extension
from models.tables.office import Contact, Office
from models.tables.outbox import DeliveryAttempt, Message, Notice, Silence
from models.tables.report import Report, ReportDraft

__all__ = [
    "Anchor",
    "ApiToken",
    "Assignment",
    "Attachment",
    "AuditEvent",
    "AuditHead",
    "Contact",
    "Deed",
    "DeedItem",
    "DeliveryAttempt",
    "Edition",
    "EditionHead",
    "EndedSession",
    "Extension",
    "FeedRevocation",
    "Message",
    "Notice",
    "Office",
    "OfficeRevocation",
    "Report",
    "ReportDraft",
    "Silence",
    "Timetable",
    "TimetableRung",
    "User",
]
