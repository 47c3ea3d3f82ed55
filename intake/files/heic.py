"""A HEIC photo, as iPhones make it, becomes a JPEG: upright, in its own colours, and with nothing said about it.

Needs the packages ``pi-heif`` and Pillow, which are optional; without them a HEIC photo is refused in words that say
how to send it. Its size is read from its header and bounded before anything of it is decoded.
"""

import importlib.util
from functools import cache
from importlib import import_module
from io import BytesIO

from config.errors import Refused
from intake.files.refusals import damaged, refused

_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis")
_DECODED = _BRANDS[:-2]
"""AVIF is another coding in the same box."""
_MOST_PIXELS = 32_000_000
"""As phones make them by themselves (12 or 24 million); it takes 475 MB of the 512 MB of addresses a reader has."""
_QUALITY = 85


def is_heic(content: bytes) -> bool:
    """Whether a file is HEIC, HEIF or AVIF, whatever its name says."""
    return content[4:8] == b"ftyp" and content[8:12] in _BRANDS


def heic_as_jpeg(name: str, content: bytes) -> bytes:
    """The first picture of a HEIC file as JPEG, upright as it was taken. Raises ``Refused``."""
    if content[8:12] not in _DECODED or not _can_decode():
        raise _how_to_send(name)
    try:
        # Each thread takes 70 MB of addresses, of which the reader has few; one after another takes no longer.
        import_module("pi_heif").options.DECODE_THREADS = 1
        opened = import_module("pi_heif").open_heif(BytesIO(content), convert_hdr_to_8bit=True)
        width, height = opened.size
    except (ValueError, RuntimeError, OSError, SyntaxError, EOFError):
        raise damaged(name) from None
    if width < 1 or height < 1:
        raise damaged(name)
    if width * height > _MOST_PIXELS:
        raise too_large(name, width, height, _MOST_PIXELS)
    try:
        picture = opened.to_pillow()  # turned as the file says; libheif does it while decoding
        del opened
        picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        picture.info.clear()
        picture.save(written := BytesIO(), "JPEG", quality=_QUALITY)
    except (ValueError, RuntimeError, OSError, SyntaxError, EOFError):
        raise damaged(name) from None
    return written.getvalue()


@cache
def _can_decode() -> bool:
    return all(importlib.util.find_spec(package) for package in ("pi_heif", "PIL"))


def _how_to_send(name: str) -> Refused:
    return refused(
        name,
        "là ảnh HEIC; trên iPhone vào Cài đặt > Camera > Định dạng, chọn Tương thích nhất rồi chụp lại,"
        " hoặc mở ảnh, lưu thành JPEG hoặc PDF rồi gửi",
        "is a HEIC image; set the iPhone camera format to Most Compatible and take it again, or save it as JPEG or PDF",
    )


def too_large(name: str, width: int, height: int, most: int) -> Refused:
    limit = most // 1_000_000
    return refused(
        name,
        f"là ảnh {width} × {height} điểm, lớn hơn {limit} triệu điểm; giảm cỡ ảnh rồi gửi",
        f"is an image of {width} × {height} pixels, more than {limit} million; reduce its size and send it again",
    )
