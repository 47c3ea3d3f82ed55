"""The boundary over the corpus of the project's own: shares of what must be refused, and of what must not."""

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from config.boundary import Strength, findings

CORPUS = Path(__file__).parents[1] / "fixtures" / "boundary"


def texts(kind: str) -> list[tuple[Strength, str]]:
    """Every text of the files of a kind, with the strength it is held to."""
    return [
        (Strength.EVIDENCE if "evidence" in path.stem else Strength.TYPED, line)
        for path in sorted(CORPUS.glob(f"*_{kind}.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("# ")
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_must_be_refused_is_refused(form: Literal["NFC", "NFD"]) -> None:
    tried = texts("refused")
    assert len(tried) >= 200
    passed = [text for strength, text in tried if not findings(unicodedata.normalize(form, text), strength)]
    assert len(passed) <= 0.01 * len(tried), passed


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_offices_write_passes(form: Literal["NFC", "NFD"]) -> None:
    tried = texts("accepted")
    assert len(tried) >= 200
    refused = [text for strength, text in tried if findings(unicodedata.normalize(form, text), strength)]
    assert len(refused) <= 0.01 * len(tried), refused


def test_a_paper_names_who_signs_it_and_no_citizen() -> None:
    signed = "Ngày 12/9/2023, KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC (Đã ký) Lê Hoàng Việt"
    assert findings(signed) and not findings(signed, Strength.EVIDENCE)
    citizen = "Ông Lê Hoàng Việt, trú tại thôn 2, đề nghị bồi thường."
    assert findings(citizen) and findings(citizen, Strength.EVIDENCE)


@pytest.mark.later
def test_a_text_of_many_digits_or_words_is_read_at_once() -> None:
    for piece in (
        "0",
        "0 ",
        "a",
        "Nguyễn ",
        "không ",
        "số 1 ",
        "@",
        "a@a.",
        "36A-",
        "Công ty Đầu tư ",
        "sinh ngày ",
        "(",
        "- ",
    ):
        findings(piece * (20_000 // len(piece)))
