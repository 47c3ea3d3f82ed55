"""A photo of a paper, as phones make it, becomes a PDF of one page: upright, without the place and device it was taken.

The data of a JPEG or PNG goes into the PDF as it is, so nothing is decoded but for a check of its size; a JPEG loses
its application segments (EXIF), a PNG all chunks but the picture's; a HEIC becomes a JPEG first (``heic``).
"""

import struct
import zlib
from dataclasses import dataclass

from intake.files.heic import heic_as_jpeg, is_heic, too_large
from intake.files.refusals import damaged, refused, refusing_damaged

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_MAX_PIXELS = 120_000_000
"""More than any phone takes; a picture whose header says more is made to exhaust the reader."""
_A4 = (595.28, 841.89)

# PDF matrix of the picture's unit square on a page of width w and height h, by EXIF orientation.
_UPRIGHT = {
    1: "{w} 0 0 {h} 0 0",
    2: "-{w} 0 0 {h} {w} 0",
    3: "-{w} 0 0 -{h} {w} {h}",
    4: "{w} 0 0 -{h} 0 {h}",
    5: "0 -{h} -{w} 0 {w} {h}",
    6: "0 -{h} {w} 0 0 {h}",
    7: "0 {h} {w} 0 0 0",
    8: "0 {h} -{w} 0 {w} 0",
}
_TURNED = (5, 6, 7, 8)
# What is transparent shows white: c·a + 1 - a for each colour.
_GRAY_ON_WHITE = "{exch 1 sub mul 1 add}"
_RGB_ON_WHITE = (
    "{4 1 roll 1 sub 3 index mul 1 add 3 1 roll 1 sub 3 index mul 1 add 3 1 roll 1 sub 3 index mul 1 add 3 1 roll"
    " 4 -1 roll pop}"
)


@dataclass(frozen=True)
class _Picture:
    width: int
    height: int
    orientation: int
    entries: str
    data: bytes
    objects: tuple[bytes, ...] = ()
    """further objects, numbered from 6 on"""


def is_picture(content: bytes) -> bool:
    """Whether a file is a photo of a kind that becomes a PDF."""
    return content.startswith((JPEG, PNG)) or is_heic(content)


def picture_as_pdf(name: str, content: bytes) -> bytes:
    """The PDF of a JPEG, PNG or HEIC; the same bytes for the same picture. Raises ``Refused``."""
    if is_heic(content):
        content = heic_as_jpeg(name, content)
    with refusing_damaged(name):
        picture = _jpeg(name, content) if content.startswith(JPEG) else _png(name, content)
    return _pdf(picture)


def refuse_other_pictures(name: str, content: bytes) -> None:
    """Raises ``Refused`` for pictures of kinds that are not read, telling how to send them."""
    other = content.startswith((b"GIF8", b"BM", b"II*\0", b"MM\0*")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )
    if other:
        raise refused(
            name,
            "là ảnh dạng GIF, BMP, TIFF hoặc WebP; lưu lại dạng JPEG, PNG hoặc PDF rồi gửi",
            "is a GIF, BMP, TIFF or WebP image; save it as JPEG, PNG or PDF and send it again",
        )


def _checked_size(name: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise damaged(name)
    if width * height > _MAX_PIXELS:
        raise too_large(name, width, height, _MAX_PIXELS)


# --- JPEG -------------------------------------------------------------------------------------------------

_FRAMES = {0xC0, 0xC1, 0xC2}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ADOBE = 0xEE
_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK /Decode [1 0 1 0 1 0 1 0]"}


def _jpeg(name: str, content: bytes) -> _Picture:
    kept, at, orientation, frame, scanned = [content[:2]], 2, 1, None, False
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise damaged(name)
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        segment = content[at:end]
        if marker in _OTHER_FRAMES:
            raise refused(
                name,
                "là kiểu JPEG ít dùng; lưu lại thành JPEG thường rồi gửi",
                "is an unusual kind of JPEG; save it as a standard JPEG and send it again",
            )
        if marker in _FRAMES:
            height, width, parts = struct.unpack_from(">HHB", segment, 5)
            _checked_size(name, width, height)
            frame = (width, height, parts)
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            orientation = _orientation(segment[10:])
        if marker == 0xDA:  # the picture's data runs to the next marker that is neither a restart nor a stuffed byte
            end, scanned = _end_of_scan(content, end), True
            segment = content[at:end]
        if not (0xE0 <= marker <= 0xEF and marker != _ADOBE) and marker != 0xFE:
            kept.append(segment)
        at = end
    if not scanned or frame is None or frame[2] not in _SPACES:
        raise damaged(name)
    entries = f"/ColorSpace {_SPACES[frame[2]]} /BitsPerComponent 8 /Filter /DCTDecode"
    return _Picture(frame[0], frame[1], orientation, entries, b"".join([*kept, b"\xff\xd9"]))


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)


def _orientation(tiff: bytes) -> int:
    """The orientation that EXIF gives, 1 to 8; 1 where it says nothing that can be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 1
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(min(struct.unpack_from(f"{order}H", tiff, first)[0], 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


# --- PNG --------------------------------------------------------------------------------------------------

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def _png(name: str, content: bytes) -> _Picture:
    at, palette, data, orientation = len(PNG), b"", [], 1
    width = height = bits = colour = interlaced = 0
    while at + 12 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at + 8 : at + 8 + size]
        if len(chunk) < size:
            raise damaged(name)
        match kind:
            case b"IHDR":
                width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
                _checked_size(name, width, height)
            case b"PLTE":
                palette = chunk
            case b"eXIf":
                orientation = _orientation(chunk)
            case b"IDAT":
                data.append(chunk)
            case b"IEND":
                break
        at += 12 + size
    if colour not in _CHANNELS or not data:
        raise damaged(name)
    if interlaced:
        raise refused(
            name,
            "là ảnh PNG kiểu đan xen (interlaced); lưu lại dạng JPEG rồi gửi",
            "is an interlaced PNG; save it as JPEG and send it again",
        )
    packed, channels = b"".join(data), _CHANNELS[colour]
    _check_rows(name, packed, height * (1 + (width * channels * bits + 7) // 8))
    space, objects = _png_space(colour, palette)
    entries = (
        f"/ColorSpace {space} /BitsPerComponent {bits} /Filter /FlateDecode /DecodeParms << /Predictor 15"
        f" /Colors {channels} /BitsPerComponent {bits} /Columns {width} >>"
    )
    return _Picture(width, height, orientation, entries, packed, objects)


def _check_rows(name: str, packed: bytes, expected: int) -> None:
    """The data unpacks to as many bytes as the header says and no more; counted piece by piece, nothing is kept."""
    unpacker, size, rest = zlib.decompressobj(), 0, packed
    while rest and not unpacker.eof:
        size += len(unpacker.decompress(rest, 1 << 20))
        rest = unpacker.unconsumed_tail
        if size > expected:
            raise damaged(name)
    if size < expected:
        raise damaged(name)


def _png_space(colour: int, palette: bytes) -> tuple[str, tuple[bytes, ...]]:
    match colour:
        case 0:
            return "/DeviceGray", ()
        case 2:
            return "/DeviceRGB", ()
        case 3:
            return f"[/Indexed /DeviceRGB {len(palette) // 3 - 1} <{palette.hex()}>]", ()
        case 4:
            return "[/DeviceN [/Gray /Alpha] /DeviceGray 6 0 R]", (_function(2, 1, _GRAY_ON_WHITE),)
        case _:
            names = "/Red /Green /Blue /Alpha"
            return f"[/DeviceN [{names}] /DeviceRGB 6 0 R]", (_function(4, 3, _RGB_ON_WHITE),)


def _function(inputs: int, outputs: int, code: str) -> bytes:
    limits = f"/Domain [{'0 1 ' * inputs}] /Range [{'0 1 ' * outputs}]"
    return f"<< /FunctionType 4 {limits} /Length {len(code)} >>\nstream\n{code}\nendstream".encode()


# --- PDF --------------------------------------------------------------------------------------------------


def _pdf(picture: _Picture) -> bytes:
    across, down = picture.width, picture.height
    if picture.orientation in _TURNED:
        across, down = down, across
    sheet = _A4 if down >= across else _A4[::-1]
    scale = min(sheet[0] / across, sheet[1] / down)
    width, height = round(across * scale, 2), round(down * scale, 2)
    drawn = f"q {_UPRIGHT[picture.orientation].format(w=width, h=height)} cm /P Do Q".encode()
    head = f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} {picture.entries}"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << /XObject << /P 5 0 R >> >>"
        " /Contents 4 0 R >>".encode(),
        f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream",
        f"{head} /Length {len(picture.data)} >>\nstream\n".encode() + picture.data + b"\nendstream",
        *picture.objects,
    ]
    written, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    written += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(written)
