"""Differences between rows and trail that somebody has looked at: put on record, so that only new ones are told.

Nothing is rewritten. What the trail said stays; an event after it says that these rows are otherwise now, who has
looked at them and why they stay so. A trail that is itself broken cannot be mended so.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from config.audit_keys import AuditKeys
from config.boundary import checked_line, checked_reason
from config.errors import Refused
from models.keeping.verification import StoreVerification, verify_store
from models.store.audit import AuditEntry, Recorded, append, lock_audit_chain
from models.store.audit_event import ACKNOWLEDGE
from models.store.database import session_scope, snapshot
from models.store.dossiers import dossiers

ROWS_NAMED = 1_000
"""So many rows the event names; it counts all, and holds the digests of all."""


def acknowledge_differences(
    engine: Engine, *, keys: AuditKeys | None, by: str, reason: str, actor: str, now: datetime
) -> StoreVerification:
    """Record that the rows that differ from the trail do so, and what they are now; returns what differed.

    by  the post of who has looked at them

    Raises ``Refused`` where the chain itself is broken, nothing differs, or a row changes meanwhile.
    """
    details: dict[str, Any] = {"by": checked_line(by, "Chức danh", "Post", shortest=2, longest=100)}
    details["reason"] = checked_reason(reason, "Lý do", "Reason")
    with snapshot(engine) as connection:
        found = verify_store(connection, keys=keys, listed=None)
        _refuse(found)
        subjects = list(dict.fromkeys(each.subject for each in found.mismatches))
        looked_at = {subject: _dossier(connection, subject) for subject in subjects}
    details["rows"] = [each.row for each in found.mismatches[:ROWS_NAMED]]
    details["number"] = found.mismatched
    with session_scope(engine) as session:
        lock_audit_chain(session)
        connection = session.connection()
        if any(_dossier(connection, subject) != looked_at[subject] for subject in subjects):
            raise Refused(
                "Các dòng ấy vừa thay đổi; xem lại bằng «dondoc audit verify» rồi ghi nhận.",
                "These rows have just changed; check again with 'dondoc audit verify', then acknowledge.",
            )
        append(connection, [Recorded(AuditEntry(ACKNOWLEDGE, "trail", details), actor, now)], held=looked_at)
    return found


def _dossier(connection: Connection, subject: str) -> dict[str, str]:
    """The digests of a thing as it is now; empty of one that is gone."""
    kind, _, key = subject.partition(":")
    return dossiers(connection, kind, [key]).get(key, {})


def _refuse(found: StoreVerification) -> None:
    if found.chain.broken_at is not None:
        raise Refused(
            f"Chính chuỗi sự kiện không nguyên vẹn ({found.chain.problem_vi}); chỉ ghi nhận được các dòng dữ liệu khác"
            " sự kiện. Khôi phục từ bản sao lưu còn khớp.",
            f"The chain itself is not intact ({found.chain.problem_en}); only data rows that differ from it can be "
            "acknowledged. Restore a backup that still matches.",
        )
    if not found.mismatched:
        raise Refused("Mọi dòng đều khớp; không có gì để ghi nhận.", "All rows match; there is nothing to acknowledge.")
