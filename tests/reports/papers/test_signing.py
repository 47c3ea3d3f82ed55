"""A signed PDF: anybody can check it, what was changed shows, and a certificate that cannot sign is told in words."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from docx import Document
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlmodel import col, select

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import Store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session, session_scope
from reports.papers.pdf import to_pdf
from reports.papers.signing import SIGN_PAPER, record_signature, signed_pdf
from tests.support.certificates import PASSWORD, certificate

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)


def paper() -> bytes:
    word = Document()
    word.add_paragraph("Báo cáo")
    word.save(file := BytesIO())
    return file.getvalue()


@pytest.mark.slow
def test_a_signature_is_shown_can_be_checked_and_breaks_with_the_text(settings: Settings, tmp_path: Path) -> None:
    path, known = certificate(tmp_path, NOW - timedelta(days=1))
    signing = replace(settings, signing_certificate=path, signing_password=PASSWORD)
    signed = signed_pdf(to_pdf(paper()), signing, issuer="Công an tỉnh", now=NOW)
    assert len(PdfReader(BytesIO(signed)).pages) == 1
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    trust = ValidationContext(trust_roots=[asn1_x509.Certificate.load(known)], moment=NOW)
    found = validate_pdf_signature(signature, trust)
    assert found.intact and found.valid and found.trusted
    left, bottom, right, top = (float(each) for each in signature.sig_field["/Rect"])
    assert right > 560 and top > 800 and right - left > 150 and top - bottom > 30, "at the top right of the first page"

    where = signed.index(b"stream") + 20
    changed = signed[:where] + bytes([signed[where] ^ 1]) + signed[where + 1 :]
    (broken,) = PdfFileReader(BytesIO(changed)).embedded_signatures
    assert not validate_pdf_signature(broken, trust).intact


def test_without_a_certificate_it_says_what_to_set(settings: Settings) -> None:
    with pytest.raises(Refused, match="DONDOC_SIGNING_CERTIFICATE"):
        signed_pdf(b"", settings, issuer="Công an tỉnh", now=NOW)


@pytest.mark.parametrize("password", ["", "khac-9"])
def test_a_wrong_password_is_told_and_not_repeated(settings: Settings, tmp_path: Path, password: str) -> None:
    path, _ = certificate(tmp_path, NOW - timedelta(days=1))
    signing = replace(settings, signing_certificate=path, signing_password=password)
    with pytest.raises(Refused, match="không mở được") as refusal:
        signed_pdf(b"", signing, issuer="Công an tỉnh", now=NOW)
    assert PASSWORD not in str(refusal.value) and (not password or password not in str(refusal.value))


@pytest.mark.parametrize("days", [-400, 30])
def test_a_certificate_out_of_force_signs_nothing(settings: Settings, tmp_path: Path, days: int) -> None:
    path, _ = certificate(tmp_path, NOW + timedelta(days=days))
    signing = replace(settings, signing_certificate=path, signing_password=PASSWORD)
    with pytest.raises(Refused, match="có hiệu lực từ"):
        signed_pdf(b"", signing, issuer="Công an tỉnh", now=NOW)


@pytest.mark.sqlite_only
def test_a_signature_is_on_record(store: Store) -> None:
    context = store.actor_context(now=NOW, actor="command")
    with session_scope(store.engine) as session:
        record_signature(session, b"%PDF", context, directive="CD", office="SYT")
        record_signature(session, b"%PDF", context, directive="CD")
    with reading_session(store.engine) as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.verb == SIGN_PAPER).order_by(col(AuditEvent.seq)))
        assert [(each.subject, each.actor, each.details) for each in events] == [
            (subject, "command", {"directive": "CD", "sha256": hashlib.sha256(b"%PDF").hexdigest()})
            for subject in ("office:SYT", "directive:CD")
        ]
