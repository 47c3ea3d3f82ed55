"""Photos become one PDF each: upright, without what the phone wrote about itself, their size bounded."""

import io
import struct
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from config.errors import Refused
from intake.files import heic
from intake.files.evidence import examine
from intake.files.pictures import picture_as_pdf
from models.work.attachments import ExaminedFile
from tests.support.evidence_files import jpeg, png, turned
from tests.support.examples import examples


def refusal(content: bytes, name: str = "anh.jpg") -> str:
    with pytest.raises(Refused) as refused:
        examine(name, io.BytesIO(content))
    return str(refused.value)


def kept(content: bytes, name: str = "IMG_0001.JPG") -> ExaminedFile:
    return examine(name, io.BytesIO(content))


def test_a_photo_becomes_a_pdf_that_is_known_as_unread() -> None:
    file = kept(jpeg())
    assert (file.name, file.media_type, file.readable) == ("IMG_0001.pdf", "application/pdf", False)
    [page] = PdfReader(io.BytesIO(file.content), strict=True).pages
    assert page.mediabox.width > page.mediabox.height
    assert kept(jpeg()).sha256 == file.sha256


def test_nothing_stays_of_what_the_phone_says_of_itself() -> None:
    made = picture_as_pdf("a", jpeg(exif=turned(1, b"iPhone GPS 19.8N 105.7E")) + b"PK\x03\x04 hidden")
    assert b"iPhone" not in made and b"Exif" not in made and b"hidden" not in made and b"\xff\xd9" in made
    text = struct.pack(">I", 11) + b"tEXtAuthor\0Hung" + b"\0\0\0\0"
    assert b"Author" not in picture_as_pdf("a", png(chunks=text))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_however_the_phone_was_held(orientation: int) -> None:
    page = PdfReader(io.BytesIO(picture_as_pdf("a", jpeg(40, 20, exif=turned(orientation))))).pages[0]
    across, down = float(page.mediabox.width), float(page.mediabox.height)
    assert (across < down) is (orientation >= 5)
    a, b, c, d, e, f = map(float, page.get_contents().get_data().split()[1:7])  # type: ignore[union-attr]
    corners = {(round(a * u + c * v + e), round(b * u + d * v + f)) for u in (0, 1) for v in (0, 1)}
    assert corners == {(0, 0), (0, round(down)), (round(across), 0), (round(across), round(down))}
    top_left = (round(c + e), round(d + f))  # of the picture as it was taken: u = 0, v = 1
    left, top = top_left[0] == 0, top_left[1] > 0
    assert (left, top) == {
        1: (True, True),
        2: (False, True),
        3: (False, False),
        4: (True, False),
        5: (True, True),
        6: (False, True),
        7: (False, False),
        8: (True, False),
    }[orientation]


@pytest.mark.parametrize("colour", [0, 2, 3, 4, 6])
def test_every_kind_of_png_is_a_picture_in_the_pdf(colour: int) -> None:
    reader = PdfReader(io.BytesIO(picture_as_pdf("a", png(colour=colour))), strict=True)
    picture = reader.pages[0]["/Resources"]["/XObject"]["/P"].get_object()  # type: ignore[index]
    assert (picture["/Width"], picture["/Height"]) == (4, 3)


def test_sizes_are_bounded_before_anything_is_unpacked() -> None:
    assert "triệu điểm" in refusal(jpeg(60_000, 60_000))
    assert "triệu điểm" in refusal(png(100_000, 100_000, rows=b""))
    assert "hỏng" in refusal(png(4, 3, rows=b"\0" * 1_000_000)), "unpacks to more than its header says"
    assert "hỏng" in refusal(png(4, 3, rows=b"\0"))
    assert "hỏng" in refusal(jpeg()[:30])


PHOTOS = Path(__file__).parents[2] / "fixtures" / "photos"
TURNED = (PHOTOS / "turned.heic").read_bytes()
"""96 × 64 points, red in its first corner, with a maker and to be turned a quarter, as a phone held upright says."""
_ISPE = b"ispe\0\0\0\0"


def test_heic_is_told_how_to_send_it_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic, "_can_decode", lambda: False)
    assert "Tương thích nhất" in refused_in_this_process(TURNED)


def test_a_photo_of_an_iphone_becomes_a_pdf_and_tells_nothing_of_it() -> None:
    pytest.importorskip("pi_heif")
    made = picture_as_pdf("IMG_1.HEIC", TURNED)
    assert made == picture_as_pdf("IMG_1.HEIC", TURNED) and b"Phone" not in made
    page = PdfReader(io.BytesIO(made)).pages[0]
    picture = page["/Resources"]["/XObject"]["/P"]  # type: ignore[index]
    assert (picture["/Width"], picture["/Height"]) == (64, 96), "upright"
    red = heic_corner(heic.heic_as_jpeg("a", TURNED))
    assert red[0] > 150 > red[1], "the first corner is to the right now"


def heic_corner(jpeg_content: bytes) -> tuple[int, ...]:
    opened = import_module("PIL.Image").open(io.BytesIO(jpeg_content))
    assert not opened.getexif()
    found: tuple[int, ...] = opened.getpixel((opened.width - 4, 4))
    return found


def test_the_size_of_a_heic_is_bounded_by_its_header() -> None:
    pytest.importorskip("pi_heif")
    place = TURNED.index(_ISPE) + len(_ISPE)
    for width, height in ((30_000, 30_000), (8064, 6048)):
        sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
        assert "triệu điểm" in refused_in_this_process(TURNED[:place] + sides + TURNED[place + 8 :])
    assert "hỏng" in refused_in_this_process(TURNED[:300])


def test_a_heic_of_many_tiles_is_read_in_the_memory_of_a_reader() -> None:
    """12 million points in grids of tiles, which libheif would decode in threads of their own."""
    pytest.importorskip("pi_heif")
    page = PdfReader(io.BytesIO(kept((PHOTOS / "tiled.heic").read_bytes(), "IMG_2.HEIC").content)).pages[0]
    picture = page["/Resources"]["/XObject"]["/P"]  # type: ignore[index]
    assert (picture["/Width"], picture["/Height"]) == (4032, 3024)


def refused_in_this_process(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        picture_as_pdf("IMG_1.HEIC", content)
    return str(refused.value)


def test_other_pictures_are_told_what_to_do() -> None:
    assert "HEIC" in refusal(b"\0\0\0\x18ftypavif" + b"\0" * 50, "IMG_1.avif")
    assert "JPEG" in refusal(b"GIF89a" + b"\0" * 50)
    assert "JPEG" in refusal(b"RIFF\0\0\0\0WEBPVP8 ")


@settings(max_examples=examples(150))
@given(st.sampled_from((jpeg(exif=turned(6)), png(), png(colour=6))), st.integers(0, 400), st.binary(max_size=4))
def test_any_changed_bytes_are_made_a_pdf_or_refused_in_words(content: bytes, place: int, value: bytes) -> None:
    place = 3 + place % len(content)
    try:
        assert picture_as_pdf("a", content[:place] + value + content[place + len(value) :]).startswith(b"%PDF-")
    except Refused as refused:
        assert str(refused) and refused.en
