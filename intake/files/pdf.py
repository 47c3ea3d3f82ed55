"""The text of a PDF, line by line, and whether the file holds active content."""

import io
from collections.abc import Iterator
from itertools import pairwise

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from intake.files.active_pdf import acts, direct
from intake.files.refusals import damaged, refused, refusing_damaged

MAX_PAGES = 200
_MAX_OBJECTS = 200_000

# Notes, filled-in fields, bookmarks and alternative texts of pictures.
_WORDS = ("/Contents", "/V", "/DV", "/RC", "/Title", "/TU", "/Alt", "/ActualText")
# Enough on each side of a line's end for any pattern of the boundary.
_REACH = 60


def pdf_lines(name: str, content: bytes) -> tuple[list[tuple[str, str]], bool]:
    """Every line with its place, and whether every page had text; raises ``Refused``."""
    with refusing_damaged(name):
        reader = PdfReader(io.BytesIO(content))
        # Many scanners set a password for changing only; such a file opens, and is read, without one.
        if reader.is_encrypted and not reader.decrypt(""):
            raise refused(
                name,
                "có mật khẩu; bỏ mật khẩu rồi gửi lại",
                "has a password; remove the password and send the file again",
            )
        pages = len(reader.pages)
        if pages > MAX_PAGES:
            raise refused(name, f"dài {pages} trang; tối đa {MAX_PAGES}", f"has {pages} pages; at most {MAX_PAGES}")
        texts = [("ghi chú, ô điền hoặc mục lục", words) for words in _walk(name, reader)]
        texts += [("thuộc tính tệp", words) for words in _about(reader)]
        read = True
        for number, page in enumerate(reader.pages, 1):
            lines = page.extract_text().splitlines()
            read = read and any(line.strip() for line in lines)
            texts.extend(_placed(f"trang {number}", lines))
    return texts, read


def _placed(page: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each line, and the end of each line joined with the beginning of the next, since a name may be broken.

    Not joined where both are digits, which is how neighbouring cells of a table look.
    """
    for number, line in enumerate(lines, 1):
        yield f"{page}, dòng {number}", line
    for number, (line, following) in enumerate(pairwise(lines), 1):
        end, beginning = line.rstrip()[-_REACH:], following.lstrip()[:_REACH]
        if end and beginning and not (end[-1].isdigit() and beginning[0].isdigit()):
            yield f"{page}, dòng {number}–{number + 1}", f"{end} {beginning}"


def _about(reader: PdfReader) -> Iterator[str]:
    """Title, subject and keywords; the author of the file is not part of the report."""
    if (about := reader.metadata) is not None:
        for key in ("/Title", "/Subject", "/Keywords"):
            if isinstance(words := about.get(key), str):
                yield str(words)


def _walk(name: str, reader: PdfReader) -> list[str]:
    """The text that is not on the pages; refuses a document with active content or attachments."""
    words: list[str] = []
    waiting, seen = [reader.trailer.get("/Root")], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen:
                continue
            seen.add(each.idnum)
            each = each.get_object()
        if len(seen) > _MAX_OBJECTS or len(waiting) > _MAX_OBJECTS:
            raise damaged(name)
        if isinstance(each, ArrayObject):
            waiting.extend(each)
        elif isinstance(each, DictionaryObject):
            if what := acts(each):
                raise refused(name, *what.value)
            # A digital signature is bytes, even if they look like text.
            if "/ByteRange" not in each:
                words.extend(str(text) for key in _WORDS if isinstance(text := direct(each, key), str))
            waiting.extend(each.raw_get(key) for key in each)
    return words
