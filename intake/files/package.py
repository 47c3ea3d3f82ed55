"""The package of a Word or Excel file: its parts, their XML, and how they refer to each other and elsewhere."""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from defusedxml.ElementTree import fromstring

from intake.files.refusals import damaged, refused, refusing_damaged, too_large

_MAX_PARTS = 2_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 40 * 1024 * 1024
_OTHER_ENCODING = re.compile(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)


def opened(name: str, content: bytes) -> zipfile.ZipFile:
    """The archive; refused when it is damaged, holds a part twice or unpacks to too much."""
    with refusing_damaged(name):
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(
            name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove the password and send the file again"
        )
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(name)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise too_large(name)
    return archive


def xml(name: str, archive: zipfile.ZipFile, part: str) -> Any:
    """The root element of a part."""
    with refusing_damaged(name):
        content = beginning(archive, part, _MAX_XML + 1)
        if len(content) <= _MAX_XML:
            return _parsed(content)
    raise too_large(name)


def _parsed(content: bytes) -> Any:
    """The root of some XML, in which nothing is defined: a definition may grow without bound or read a file."""
    plain = content.startswith((b"<", b"\xef\xbb\xbf<")) and b"<!" not in content and not _OTHER_ENCODING.match(content)
    # What guards against definitions is written in Python and takes ten times as long.
    return ElementTree.fromstring(content) if plain else fromstring(content)


def beginning(archive: zipfile.ZipFile, part: str, size: int) -> bytes:
    """The first bytes of a part; the size that the archive states may be false."""
    with archive.open(part) as file:
        return file.read(size)


def relations(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, Any]]:
    """Each relation with the .rels part that it stands in."""
    for part in archive.namelist():
        if part.lower().endswith(".rels"):
            yield from ((part, link) for link in xml(name, archive, part))


def tag(element: Any) -> str:
    """An element's name without its namespace."""
    return local_name(element.tag)


@lru_cache(maxsize=4096)
def local_name(written: str) -> str:
    return str(written).rpartition("}")[2]


def tags(root: Any) -> set[str]:
    """The names of all elements below and with ``root``."""
    return {local_name(each) for each in {element.tag for element in root.iter()}}


def attribute(element: Any, wanted: str) -> str:
    """The value of an attribute in any namespace; "" for none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == wanted), "")
