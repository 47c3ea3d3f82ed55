"""The letter to the coordinator when the auditor finds that something was missed; the same findings once a day."""

from datetime import datetime
from hashlib import sha256
from html import escape

from sqlmodel import Session

from config.clock import HANOI
from models.delivery.auditor import Findings
from models.delivery.leases import RenderedMessage
from models.delivery.letters import write_to_coordinator
from models.keeping.opening import Store
from models.store.actor import ActorContext


def write_gap_letter(session: Session, store: Store, findings: Findings, context: ActorContext) -> None:
    """Put a letter in the outbox, unless one about the same findings was written on this day."""
    same = sha256(findings.fingerprint().encode()).hexdigest()[:12]
    words = gap_letter_text(findings, context.now, store.settings.portal_url)
    write_to_coordinator(session, f"dondoc-soat-lai-{context.today:%Y%m%d}-{same}", words, store.contacts, context)


def gap_letter_text(findings: Findings, now: datetime, portal_url: str) -> RenderedMessage:
    """The letter in Vietnamese, in English below."""
    local = now.astimezone(HANOI)
    counts = ", ".join(f"{check}: {count}" for check, count in findings.counts().items() if count)
    lines = [
        "Kính gửi: cơ quan đôn đốc",
        f"Soát lại lúc {local:%H:%M} ngày {local:%d/%m/%Y} thấy: {findings.in_words()}.",
        "Cơ quan liên quan có thể chưa được nhắc. Xem từng việc, nhắc bằng cách khác nếu cần; báo người quản trị, lệnh"
        " «dondoc audit followup» liệt kê đủ.",
        "The audit of the follow-up found what fell through"
        f" ({counts}). The offices concerned may not have been told: look at the work, and ask the operator.",
        f"{portal_url}/assignments",
    ]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return RenderedMessage(f"[Đôn đốc] Soát lại ngày {local:%d/%m/%Y}: có chỗ bị sót", "\n\n".join(lines) + "\n", html)
