"""A signed PDF: anybody can check it, what was changed shows, and a certificate that cannot sign is told in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from docx import Document
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from config.errors import Refused
from config.settings import Settings
from reports.papers.pdf import to_pdf
from reports.papers.signing import signed_pdf

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
PASSWORD = "b1-Mat+Khau"


def certificate(folder: Path, begins: datetime) -> tuple[Path, bytes]:
    """A certificate file in force for a year, and the certificate as whoever checks a signature has it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Công an tỉnh")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, True, False, False, False),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "chung-thu.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, made, None, BestAvailableEncryption(PASSWORD.encode()))
    )
    return path, made.public_bytes(Encoding.DER)


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
