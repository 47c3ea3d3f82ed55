"""Photos become one PDF each: upright, without what the phone wrote about itself, their size bounded."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from config.errors import Refused
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


def test_other_pictures_are_told_what_to_do() -> None:
    assert "HEIC" in refusal(b"\0\0\0\x18ftypheic" + b"\0" * 50, "IMG_1.HEIC")
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
