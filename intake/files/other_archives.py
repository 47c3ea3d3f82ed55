"""What else holds files or begins like one of Word or Excel: OpenDocument, archives; named rightly with what to do."""

import zipfile
from pathlib import PurePosixPath

from config.errors import Refused
from intake.files.package import beginning
from intake.files.refusals import refused

_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": (".odt", ".docx"),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods", ".xlsx"),
    "application/vnd.oasis.opendocument.presentation": (".odp", ".pdf"),
}
_KEPT = (".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png", ".heic")
_OTHER = {b"Rar!\x1a\x07": ".rar", b"7z\xbc\xaf\x27\x1c": ".7z", b"\x1f\x8b": ".gz"}


def not_an_office_file(name: str, archive: zipfile.ZipFile) -> Refused:
    """Why an archive that is neither Word nor Excel is not taken."""
    parts = archive.namelist()
    if "mimetype" in parts:
        written = beginning(archive, "mimetype", 100).decode("ascii", "replace").strip()
        ending, instead = _OPEN_DOCUMENTS.get(written.removesuffix("-template"), ("OpenDocument", ".pdf"))
        return refused(
            name,
            f"là tệp {ending} của LibreOffice; mở bằng LibreOffice, chọn Lưu thành {instead} hoặc xuất PDF rồi gửi",
            f"is a LibreOffice {ending} file; save it as {instead} or export it to PDF",
        )
    if any(part.startswith("ppt/") for part in parts):
        return refused(
            name,
            "là tệp trình chiếu PowerPoint; xuất ra PDF rồi gửi",
            "is a PowerPoint presentation; export it to PDF and send that",
        )
    if "xl/workbook.bin" in parts:
        return refused(
            name,
            "là tệp Excel nhị phân (.xlsb); lưu lại dạng .xlsx rồi gửi",
            "is a binary Excel file (.xlsb); save it as .xlsx",
        )
    inside = [part for part in parts if not part.endswith("/") and not part.startswith("__MACOSX")]
    sendable = [part for part in inside if PurePosixPath(part).suffix.lower() in _KEPT]
    if len(inside) == len(sendable) == 1:
        return refused(
            name,
            "là tệp nén (.zip) chứa một tệp; bấm chuột phải, chọn Giải nén (Extract), rồi gửi chính tệp bên trong",
            "is an archive (.zip) with one file; extract it and send the file inside",
        )
    return refused(
        name,
        "là tệp nén, không phải Word (.docx) hay Excel (.xlsx); giải nén rồi gửi từng tệp PDF, Word, Excel hoặc ảnh",
        "is an archive, not Word (.docx) or Excel (.xlsx); extract it and send each PDF, Word, Excel or image file",
    )


def refuse_other_archives(name: str, content: bytes) -> None:
    """Refuse an archive of another kind than Word and Excel files are."""
    for mark, ending in _OTHER.items():
        if content.startswith(mark):
            raise refused(
                name,
                f"là tệp nén ({ending}); bấm chuột phải, chọn Giải nén (Extract), rồi gửi từng tệp PDF, Word, Excel"
                " hoặc ảnh",
                f"is an archive ({ending}); extract it and send each file",
            )
