"""From Word to PDF by LibreOffice, where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from config.errors import Refused

_PATIENCE_S = 120


def to_pdf(document: bytes) -> bytes:
    """The document as PDF; raises ``Refused`` without LibreOffice, or when it cannot turn it."""
    program = office_program()
    if program is None:
        raise Refused(
            "Chưa cài LibreOffice nên chưa xuất được PDF; cài gói libreoffice-writer, hoặc lấy tệp Word.",
            "LibreOffice is not installed, so there is no PDF; install libreoffice-writer, or take the Word file.",
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
                "LibreOffice could not make a PDF of it; take the Word file.",
            ) from None


def office_program() -> str | None:
    """Where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")
