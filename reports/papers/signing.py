"""A PDF signed with the office's certificate (PAdES), shown at the top right of its first page (NĐ 30/2020, phụ lục I).

Off unless an operator configures a certificate file; needs the package pyHanko, which a plain installation leaves out.
"""

import hashlib
import importlib.util
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.shared import Mm, Pt, RGBColor
from sqlmodel import Session

from config.clock import HANOI
from config.errors import Refused
from config.settings import Settings
from models.store.actor import Context
from models.store.audit import record
from reports.papers.filling import add_run
from reports.papers.pdf import FONT, to_pdf

_WIDTH_MM, _HEIGHT_MM = 66, 17
_RIGHT, _TOP = 206, 293
"""The upper right corner of what is shown, in millimetres from the lower left of A4."""


def _points(mm: int) -> int:
    return round(mm * 72 / 25.4)


_BOX = (_points(_RIGHT - _WIDTH_MM), _points(_TOP - _HEIGHT_MM), _points(_RIGHT), _points(_TOP))
_FIELD = "DonDoc"

SIGN_PAPER = "sign_paper"
"""The verb of a paper that was signed."""


def can_sign(settings: Settings) -> bool:
    """Whether a certificate is configured."""
    return settings.signing_certificate is not None


def signed_pdf(document: bytes, settings: Settings, *, issuer: str, now: datetime) -> bytes:
    """The PDF with the signature of the configured certificate; anybody can check it without dondoc.

    Raises ``Refused`` without a certificate or pyHanko, with a wrong password, or where the certificate is not in
    force at ``now``.
    """
    path = settings.signing_certificate
    if path is None:
        raise Refused(
            "Chưa cấu hình chứng thư số nên chưa ký được; người quản trị đặt DONDOC_SIGNING_CERTIFICATE.",
            "No certificate is configured, so documents cannot be signed; the operator sets "
            "DONDOC_SIGNING_CERTIFICATE.",
        )
    if importlib.util.find_spec("pyhanko") is None:
        raise Refused(
            "Chưa cài gói pyhanko nên chưa ký được; người quản trị cài gói này.",
            "The package pyhanko is not installed, so documents cannot be signed; the operator can install it.",
        )
    # Imported here: a plain installation does not have it, and it takes a second to load.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.stamp import StaticStampStyle

    signer = _signer(path, settings.signing_password, now)
    shown = to_pdf(_stamp(signer.subject_name or "", issuer, now))
    with TemporaryDirectory(prefix="dondoc-stamp-") as folder:
        stamp = Path(folder) / "stamp.pdf"
        stamp.write_bytes(shown)
        style = StaticStampStyle.from_pdf_file(str(stamp), border_width=0, background_opacity=1.0)
        pdf = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=_FIELD,
                subfilter=fields.SigSeedSubFilter.PADES,
                md_algorithm="sha256",
                location=issuer,
            ),
            signer=signer,
            stamp_style=style,
            new_field_spec=fields.SigFieldSpec(_FIELD, box=_BOX, on_page=0),
        )
        return bytes(pdf.sign_pdf(IncrementalPdfFileWriter(BytesIO(document))).getvalue())


def record_signature(
    session: Session, signed: bytes, context: Context, *, directive: str, office: str | None = None
) -> None:
    """Put on record which PDF was signed: a signature binds the office, whoever had it made.

    office  whose slip or urging letter it is; None for the report of a directive
    """
    subject, digest = f"office:{office}" if office else f"directive:{directive}", hashlib.sha256(signed).hexdigest()
    record(session, context, SIGN_PAPER, subject[:64], directive=directive, sha256=digest)


def _signer(path: Path, password: str, now: datetime) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    load: Any = SimpleSigner.load_pkcs12  # has no types
    signer = load(str(path), passphrase=password.encode() or None)
    if signer is None:
        # What is wrong with it may hold the password, and is not repeated.
        raise Refused(
            "Chứng thư số không mở được: tệp không phải PKCS#12 (.p12, .pfx), hoặc sai mật khẩu"
            " (DONDOC_SIGNING_PASSWORD).",
            "The certificate cannot be opened: the file is not PKCS#12 (.p12, .pfx), or the password is wrong"
            " (DONDOC_SIGNING_PASSWORD).",
        )
    validity = signer.signing_cert["tbs_certificate"]["validity"]
    begins, ends = (validity[each].native for each in ("not_before", "not_after"))
    if not begins <= now <= ends:
        raise Refused(
            f"Chứng thư số có hiệu lực từ {begins:%d/%m/%Y} đến {ends:%d/%m/%Y}; thay bằng chứng thư đang có hiệu lực.",
            f"The certificate is valid from {begins:%d/%m/%Y} to {ends:%d/%m/%Y}; replace it with a valid one.",
        )
    return signer


def _stamp(subject: str, issuer: str, now: datetime) -> bytes:
    """What is shown of a signature, on a page of its own size: who, for which office, when."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
    for edge in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, edge, Mm(1))
    section.header_distance = section.footer_distance = Mm(0)
    lines = (
        f"Người ký: {subject}",
        f"Cơ quan: {issuer}",
        f"Thời gian ký: {now.astimezone(HANOI):%d.%m.%Y %H:%M:%S %z}",
    )
    for place, line in enumerate(lines):
        paragraph = word.paragraphs[0] if place == 0 and word.paragraphs else word.add_paragraph()
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0)
        run = add_run(paragraph, line)
        run.font.size, run.font.name, run.font.color.rgb = Pt(9), FONT, RGBColor(0xA8, 0x1E, 0x17)
    word.save(file := BytesIO())
    return file.getvalue()
