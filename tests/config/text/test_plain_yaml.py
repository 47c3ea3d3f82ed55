"""Slips in files that people write: each is told in its own words, in both languages, at the line where it is."""

from pathlib import Path

import pytest

from config.catalogue.loader import load_plan
from config.contacts.loading import ContactErrors
from config.errors import Refused
from config.settings import PLAN_DIR
from config.text.plain_yaml import parse, read_yaml
from tests.support.contacts_file import load_contacts

ABOVE = "".join(f"muc{number}: giá trị {number}\n" for number in range(1, 9))
BELOW = 'sau: "x"\nhet: [a, "b"]\ndanh_sach:\n  - x\n  - y\n'

SLIPS = {
    "a quote is not closed": ('title: "Kế hoạch\n', 9, "thiếu dấu ngoặc kép", "quote that opens"),
    "text after a quote": ('title: "Kế hoạch" năm\n', 9, "còn chữ sau dấu ngoặc kép", "after the closing quote"),
    "a tab": ("m:\n\tb: 1\n", 10, "phím tab", "the indent is a tab"),
    "no space after a colon": ("title:Kế hoạch\n", 9, "thiếu dấu cách sau dấu hai chấm", "space is missing after"),
    "a bracket is not closed": ("m: [a, b\n", 9, "mở mà không đóng", "bracket [ or { is not closed"),
    "text after a bracket": ("m: [a] b\n", 9, "còn chữ sau ngoặc đóng", "after the closing bracket"),
    "a key twice": ("muc1: x\n", 9, "mục «muc1» viết hai lần (lần đầu ở dòng 1)", "written twice (first in line 1)"),
    "an indent that fits nothing": ("m:\n    a: 1\n  b: 2\n", 11, "thụt lề không khớp", "the indent fits no line"),
    "an indent below a value": ("m: x\n   b: 2\n", 10, "thụt lề sâu hơn", "indented more than"),
    "a colon in a value": ("title: Kế hoạch: năm\n", 9, "giá trị có dấu hai chấm", "the value holds a colon"),
    "no dash": ("m:\n  - code: a\n    n: 1\n  code: b\n", 12, "thiếu dấu gạch «- » ở đầu", "begin with a dash"),
    "no space after a dash": ("m:\n  - a\n  -b\n", 11, "thiếu dấu cách sau dấu gạch", "missing after the dash"),
    "no colon": ("title Kế hoạch\n", 9, "thiếu dấu hai chấm", "a colon is missing"),
    "a wide colon": ("title： Kế hoạch\n", 9, "dấu hai chấm «：»", "colon is not a plain one"),
    "a special character": ("title: @tinh\n", 9, "ký tự đặc biệt", "special character"),
    "a special space": ("title:\u00a0Kế hoạch\n", 9, "dấu cách lạ", "special space"),
    "a control character": ("title: a\x00b\n", 9, "ký tự điều khiển", "control character"),
    "a byte order mark inside": ("\ufefftitle Kế hoạch\n", 9, "dấu cách lạ", "special space"),
    "a swallowed end": ("title: Kế hoạch #57\n", 9, "chữ sau « #» bị bỏ", "dropped as a comment"),
    "a value that is all swallowed": ("title: #57\n", 9, "chữ sau « #» bị bỏ", "dropped as a comment"),
    "a second document": ("---\nx: y\n", 9, "«---»", "one document"),
    "a list as a key": ("? [a, b]\n: 1\n", 9, "tên mục phải là chữ", "a key must be plain text"),
}


def only_fault(text: str) -> Refused:
    try:
        (fault,) = parse(text).faults
    except Refused as refused:
        return refused
    return fault


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_at_its_line_in_both_languages(slip: str) -> None:
    written, line, vi, en = SLIPS[slip]
    fault = only_fault(f"{ABOVE}{written}{BELOW}")
    assert str(fault).startswith(f"dòng {line}: ") and vi in str(fault)
    assert fault.en.startswith(f"line {line}: ") and en in fault.en


def test_different_slips_get_different_words() -> None:
    told = {slip: str(only_fault(f"{ABOVE}{SLIPS[slip][0]}{BELOW}")).partition(": ")[2] for slip in SLIPS}
    same = {"a byte order mark inside": "a special space", "a value that is all swallowed": "a swallowed end"}
    assert all(told.pop(slip) == told[other] for slip, other in same.items())
    assert len(set(told.values())) == len(told)


@pytest.mark.parametrize(
    "text",
    [
        'a: "Kế hoạch #57"\n',
        "a: 'Kế hoạch #57'\n",
        "a: |\n  Kế hoạch #57\n",
        'a: "nhiều dòng\n  #57"\n',
        "a: b # lời chú thích, xem #57\n",
        "#chú thích\na: b\n",
        "a: C#57\n",
        "a: b #\n",
    ],
)
def test_a_real_comment_and_a_number_sign_in_quotes_are_no_slip(text: str) -> None:
    assert parse(text).faults == []


def test_a_quote_over_several_lines_is_not_taken_for_the_slip() -> None:
    text = 'a: "một\n  hai"\nb: [x,\n  "y"]\nc: |\n  "ba\nd: e: f\n'
    assert str(only_fault(text)).startswith("dòng 7: ")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_quote_that_swallows_lines_up_to_the_next_one_is_told_where_it_opens(quote: str) -> None:
    text = f"{ABOVE}title: {quote}Kế hoạch\nx: y\nz: {quote}w{quote}\n"
    assert str(only_fault(text)).startswith("dòng 9: ")


def test_tags_make_no_objects() -> None:
    assert "ký tự đặc biệt" in str(only_fault("a: !!python/object/apply:os.getcwd []\n"))


def test_nesting_and_repetition_end() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(
        f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 9)
    )
    for text, words in ((laughs, "lặp lại nhau quá nhiều lần"), (f"a: {'[' * 40}{']' * 40}\n", "quá sâu")):
        with pytest.raises(Refused, match=words):
            parse(text)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "vi", "en"),
        [
            ("a: Kế hoạch".encode("utf-16"), "UTF-16", "UTF-16"),
            (b"a: b\nc: K\xe9\n", "dòng 2: không phải chữ UTF-8", "line 2: is not UTF-8"),
            (b"x" * 5_000_001, "tệp lớn quá", "is larger than"),
        ],
    )
    def test_what_is_no_text_or_too_much_is_said_in_words(
        self, tmp_path: Path, content: bytes, vi: str, en: str
    ) -> None:
        (tmp_path / "a.yaml").write_bytes(content)
        with pytest.raises(Refused) as refused:
            read_yaml(tmp_path / "a.yaml")
        assert vi in str(refused.value) and en in refused.value.en

    def test_a_byte_order_mark_at_the_beginning_does_no_harm(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("\ufeffa: b\n", encoding="utf-8-sig")
        assert read_yaml(tmp_path / "a.yaml") == ({"a": "b"}, [])

    def test_contacts_tell_a_swallowed_address_without_showing_it(self, tmp_path: Path) -> None:
        path = tmp_path / "contacts.yaml"
        path.write_text("offices:\n  SYT:\n    focal: json://127.0.0.1/ #bí-mật\n", encoding="utf-8")
        with pytest.raises(ContactErrors) as refused:
            load_contacts(path, known_offices=["SYT"])
        (vi,), (en,) = refused.value.details, refused.value.details_en
        assert vi.startswith("dòng 3: ") and en.startswith("line 3: ")
        assert "bí-mật" not in f"{refused.value}{vi}{en}"


def test_the_shipped_plan_has_no_slip() -> None:
    for path in PLAN_DIR.glob("*.yaml"):
        assert read_yaml(path).faults == []
    load_plan()
