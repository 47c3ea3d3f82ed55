"""The boundary over the corpus of the project's own: shares of what must be refused, and of what must not."""

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from config.boundary import Strength, findings
from config.personal_data.papers import PaperContext

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


PAPER = """SỞ Y TẾ
Số: 4512/SYT-NVY
Kính gửi: Ủy ban nhân dân tỉnh
Thực hiện Công văn số 1234/UBND-VX của Chủ tịch UBND tỉnh, Sở Y tế báo cáo như sau:
Đã tổ chức 3 hội nghị với 412 lượt người.
Nơi nhận:
- Như trên;
- Lưu: VT, NVY (Hương).
KT. GIÁM ĐỐC
PHÓ GIÁM ĐỐC

(Đã ký)
Nguyễn Hoàng Phúc
"""


@pytest.mark.parametrize("name", ["Nguyễn Hoàng Phúc", "Lò Văn Pó", "TRẦN THỊ LAN", "BS.CKII Đỗ Tiến Dũng", "Hà Minh"])
def test_whoever_signs_a_paper_may_be_named_below_the_post(name: str) -> None:
    paper = PaperContext()
    for line in PAPER.replace("Nguyễn Hoàng Phúc", name).splitlines():
        assert not findings(line, Strength.EVIDENCE, paper), line


def test_a_name_alone_that_nobody_signs_with_is_a_citizen_s() -> None:
    paper = PaperContext()
    lines = ["Danh sách hộ nghèo được hỗ trợ", "Lò Văn Pó", "Vi Thị Hoài"]
    assert [bool(findings(line, Strength.EVIDENCE, paper)) for line in lines] == [False, True, True]


def test_recipients_are_named_below_their_heading_and_nowhere_else() -> None:
    paper = PaperContext()
    lines = {
        "- Hộ được hỗ trợ: Lê Văn Bốn": True,
        "Nơi nhận:": False,
        "- Như trên;": False,
        "- Đ/c Lê Văn Bốn, Phó Chủ tịch (để báo cáo);": False,
        "- Lê Văn Bốn;": False,
        "Danh sách kèm theo": False,
        "- Vi Văn Sơn": True,
    }
    assert {line: bool(findings(line, Strength.EVIDENCE, paper)) for line in lines} == lines


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
