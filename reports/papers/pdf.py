"""A Word file as PDF, by LibreOffice in a process of its own."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from config.errors import Refused

_PATIENCE_S = 120
FONT = "Times New Roman"
"""The font of papers by NĐ 30/2020/NĐ-CP and HD 36-HD/VPTW."""


def to_pdf(document: bytes) -> bytes:
    """The document as PDF; raises ``Refused`` without LibreOffice, or when it cannot turn it."""
    program = office_program()
    if program is None:
        raise Refused(
            "Chưa cài LibreOffice nên chưa xuất được PDF; cài gói libreoffice-writer, hoặc lấy tệp Word.",
            "LibreOffice is not installed, so PDF is not available; install libreoffice-writer, or use the Word file.",
        )
    with tempfile.TemporaryDirectory(prefix="dondoc-pdf-") as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(document)
        # A profile of its own, so that an office suite somebody has open on this machine is left alone.
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        try:
            subprocess.run(
                [*command, "--convert-to", "pdf", "--outdir", folder, str(source)],
                check=True,
                capture_output=True,
                timeout=_PATIENCE_S,
            )
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise Refused(
                "LibreOffice không chuyển được tệp sang PDF; lấy tệp Word.",
                "LibreOffice could not convert the file to PDF; use the Word file.",
            ) from None


def office_program() -> str | None:
    """Where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def font_in_place() -> str:
    """The font that stands in for Times New Roman on this machine; the name itself where that is there or unknown."""
    program = shutil.which("fc-match")
    if program is None:
        return FONT
    try:
        found = subprocess.run(
            [program, "--format=%{family[0]}", FONT], capture_output=True, text=True, check=True, timeout=_PATIENCE_S
        )
    except (subprocess.SubprocessError, OSError):
        return FONT
    return found.stdout.strip() or FONT


SAME_METRICS = frozenset({FONT, "Liberation Serif", "Tinos", "TeX Gyre Termes", "Nimbus Roman"})
"""Fonts whose lines end where they end in Times New Roman."""


def font_warning() -> tuple[str, str] | None:
    """What to say, in Vietnamese and English, where PDF would get a font of other widths; None where it would not."""
    font = font_in_place()
    if font in SAME_METRICS:
        return None
    return (
        f"Máy chủ chưa có phông Times New Roman nên PDF dùng {font}, chữ rộng hơn; cài gói fonts-liberation2.",
        f"The server does not have Times New Roman, so the PDF uses {font}, which is wider; install fonts-liberation2.",
    )
