"""Reading sheets that came from anywhere: what is not what it says, is made to eat memory, or hides something."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalogue.plan import Plan
from config.errors import Refused
from intake import sandbox
from intake.sheets.fill_in_sheets import CLEAR, FILL_IN, choices_of
from intake.sheets.filled_rows import FilledRow, filled_rows
from intake.sheets.reading import ASSIGNMENTS, CONTACTS, ERROR, FORMULA, MAX_ROWS, NUMBER, OFFICES, read_sheet
from tests.support.evidence_files import word
from tests.support.examples import examples
from tests.support.sheets import TODAY, filled, saved, template

COLUMNS = {column.key: column for column in FILL_IN[ASSIGNMENTS].columns}


def rows(plan: Plan, content: bytes) -> list[FilledRow]:
    return filled_rows(FILL_IN[ASSIGNMENTS], read_sheet("viec.xlsx", content), choices_of(plan, TODAY))


def rewritten(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed, as no program would write it."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(before.read(name)) if name == part else before.read(name))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"

words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40).map(str.strip)
row_of_words = st.fixed_dictionaries({"title": words, "due_on": st.dates(date(2000, 1, 1), date(2099, 12, 31))})


@settings(max_examples=examples(12))
@given(st.lists(row_of_words, max_size=30))
def test_texts_and_days_come_back_as_they_went(plan: Plan, written: list[Mapping[str, str | date]]) -> None:
    found = rows(plan, template(plan, ASSIGNMENTS, written))
    said = [(row.text(COLUMNS["title"]), row.day(COLUMNS["due_on"])) for row in found]
    assert said == [(unicodedata.normalize("NFC", str(row["title"])).strip(), row["due_on"]) for row in written]


@pytest.mark.parametrize(
    ("typed", "did_you_mean"),
    [
        ("05/12/2026", date(2026, 12, 5)),
        ("5-1-2027", date(2027, 1, 5)),
        ("2026-12-05", date(2026, 12, 5)),
        (46_361, date(2026, 12, 5)),
        (46_361.75, date(2026, 12, 5)),
        ("12/31/2026", None),
        ("5/12/26", None),
        ("hôm nay", None),
        (20_261_205, None),
        (-1, None),
    ],
)
def test_days_are_read_as_people_here_write_them(plan: Plan, typed: object, did_you_mean: date | None) -> None:
    book = openpyxl.load_workbook(BytesIO(template(plan, ASSIGNMENTS)))
    cell = book["Giao việc"]["E5"]
    cell.value, cell.number_format = typed, "General"
    row = rows(plan, saved(book))[0]
    assert row.day(COLUMNS["due_on"]) == did_you_mean
    assert bool(row.faults) == (did_you_mean is None)


def test_days_counted_from_1904_are_the_same_days(plan: Plan) -> None:
    content = filled(plan, ASSIGNMENTS, {"title": "Việc một", "due_on": 46_361 - 1_462})
    content = rewritten(
        content, "xl/workbook.xml", lambda xml: xml.replace(b"<workbookPr", b'<workbookPr date1904="1"')
    )
    assert rows(plan, content)[0].day(COLUMNS["due_on"]) == date(2026, 12, 5)


def test_formulas_errors_and_blank_rows_are_told_apart(plan: Plan) -> None:
    content = filled(plan, ASSIGNMENTS, {"title": "=A1"}, {"title": 12.0}, {"title": "   "}, {"title": True})
    content = rewritten(
        content, SHEET, lambda xml: re.sub(rb'<c r="A7"[^>]*>.*?</c>', b'<c r="A7" t="e"><v>#REF!</v></c>', xml)
    )
    found = rows(plan, content)
    assert [(row.number, row.cells["title"].kind) for row in found[:3]] == [(5, FORMULA), (6, NUMBER), (7, ERROR)]
    assert [row.text(COLUMNS["title"]) for row in found] == ["", "12", "", "có"]
    assert str(found[2].faults[0]) == "Giao việc!A7: ô báo lỗi #REF!; ghi giá trị đúng."


def test_a_formula_with_its_value_is_taken_at_its_value(plan: Plan) -> None:
    content = rewritten(
        filled(plan, ASSIGNMENTS, {"title": "x"}),
        SHEET,
        lambda xml: re.sub(
            rb'<c r="A5"[^>]*>.*?</c>', '<c r="A5" t="str"><f>A1</f><v>Việc tính ra</v></c>'.encode(), xml
        ),
    )
    assert rows(plan, content)[0].text(COLUMNS["title"]) == "Việc tính ra"


def test_merged_cells_are_refused_below_the_heads_only(plan: Plan) -> None:
    book = openpyxl.load_workbook(BytesIO(template(plan, ASSIGNMENTS)))
    book["Giao việc"].merge_cells("A1:F1")
    assert rows(plan, saved(book)) == []
    book["Giao việc"].merge_cells("A6:A8")
    with pytest.raises(Refused) as refused:
        rows(plan, saved(book))
    assert list(refused.value.details) == ["Giao việc!A6:A8: là ô gộp; bỏ gộp, ghi vào từng ô."]


def test_a_sheet_is_as_large_as_its_cells_and_not_as_it_says(plan: Plan) -> None:
    content = filled(plan, ASSIGNMENTS, {"title": "Việc một"})
    huge = rewritten(
        content, SHEET, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)
    )
    assert [row.number for row in rows(plan, huge)] == [5]
    far = filled(plan, ASSIGNMENTS, {"title": "Việc một"}, cells={"A40000": "Việc hai"})
    assert [row.number for row in rows(plan, far)] == [5, 40_000]


def test_too_many_rows_are_refused(plan: Plan) -> None:
    content = template(plan, ASSIGNMENTS, [{"title": f"Việc {number}"} for number in range(MAX_ROWS)])
    with pytest.raises(Refused, match="có hơn 2000 dòng"):
        read_sheet("viec.xlsx", content)


def nested(levels: int) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]><x>&e{levels - 1};</x>'.encode()


def test_files_that_are_not_what_they_say_are_refused_in_words(plan: Plan) -> None:
    right = template(plan, ASSIGNMENTS)
    book = openpyxl.Workbook()
    other = saved(book)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, b"")
        archive.writestr(SHEET, b"0" * (210 * 1024 * 1024))
    for content, words_of_it in (
        (b"PK\x03\x04 no archive", "bị hỏng"),
        (b"TT;Nhiem vu", "không phải bảng Excel"),
        (b"\xd0\xcf\x11\xe0", "có mật khẩu"),
        (right[: len(right) // 2], "bị hỏng"),
        (word("Báo cáo"), "không phải bảng Excel"),
        (other, "không có trang tính nào nhập được (có: Sheet)"),
        (bomb.getvalue(), "quá lớn"),
        (rewritten(right, SHEET, lambda _: nested(9)), "bị hỏng"),
        (rewritten(right, SHEET, lambda xml: xml[: len(xml) // 2]), "bị hỏng"),
    ):
        with pytest.raises(Refused) as refused:
            read_sheet("viec.xlsx", content)
        assert words_of_it in str(refused.value)


def test_a_row_beyond_all_rows_is_refused_and_not_passed_over(plan: Plan) -> None:
    content = filled(plan, ASSIGNMENTS, {"title": "Việc một"})
    endless = rewritten(content, SHEET, lambda xml: xml.replace(b'<row r="5"', b'<row r="99999999999"'))
    with pytest.raises(Refused, match="quá lớn"):
        sandbox.run("intake.sheets.reading", "viec.xlsx", endless)


@pytest.mark.parametrize(
    ("choices", "written", "found"),
    [
        ("offices", "Uỷ ban nhân dân tỉnh", "UBND"),
        ("offices", "Sở  Y\u00a0tế", "SYT"),
        ("offices", "SYT – Sở Y tế", "SYT"),
        ("register", "Sở KH&ĐT", "SKHDT"),
        ("offices", "Sở Y tê", None),
        ("kinds", "trường học", "trường học"),
        ("kinds", "nhà nước", None),
        ("urgencies", "Hoả tốc", "express"),
        ("urgencies", "HOẢ  TỐC", "express"),
        ("offices", "SYT - Sở Y tế", "SYT"),
        ("offices", "Sở\u200bY tế", "SYT"),
    ],
)
def test_what_is_typed_is_found_however_it_is_spelt(plan: Plan, choices: str, written: str, found: str | None) -> None:
    assert choices_of(plan, date(2024, 1, 1))[choices].find(written) == found


def test_a_sheet_says_which_words_keep_a_value_and_which_remove_it() -> None:
    for kind in (CONTACTS, OFFICES):
        assert all(f"«{CLEAR}»" in about for about in (FILL_IN[kind].about_vi, FILL_IN[kind].about_en))


def test_a_hint_in_vietnamese_names_nothing_in_english(plan: Plan) -> None:
    vi, _ = choices_of(plan, TODAY)["urgencies"].unknown("hoả tôc")
    assert "hỏa tốc" in vi and "express" not in vi


def test_columns_of_one_s_own_are_left_alone(plan: Plan) -> None:
    own = {"G4": "STT", "G5": 1, "H4": "Ý kiến", "H5": "đồng ý", "H6": "chỉ ghi ở cột riêng"}
    [row] = rows(plan, filled(plan, ASSIGNMENTS, {"title": "Việc một"}, cells=own))
    assert (row.number, set(row.cells)) == (5, {"title"})


def test_a_field_of_one_line_is_one_line(plan: Plan) -> None:
    [row] = rows(plan, filled(plan, ASSIGNMENTS, {"title": "Việc\nmột \r\n hai"}))
    assert row.text(COLUMNS["title"]) == "Việc một hai"


def test_rows_that_do_not_show_are_asked_about_and_never_taken_in(plan: Plan) -> None:
    book = openpyxl.load_workbook(
        BytesIO(filled(plan, ASSIGNMENTS, {"title": "Một"}, {"title": "Hai"}, {"title": "Ba"}))
    )
    book["Giao việc"].row_dimensions[6].hidden = True
    book["Giao việc"].auto_filter.ref = "A4:F7"
    found = rows(plan, saved(book))
    assert [(row.number, len(row.faults)) for row in found] == [(5, 0), (6, 1), (7, 0)]
    assert "Giao việc!A6: dòng 6 đang ẩn hoặc bị lọc" in str(found[1].faults[0])


def test_hundreds_of_thousands_of_formatted_rows_are_blank(plan: Plan) -> None:
    blank = b"".join(b'<row r="%d" s="3" customFormat="1"><c r="A%d" s="3"/></row>' % (n, n) for n in range(6, 400_006))
    content = rewritten(
        filled(plan, ASSIGNMENTS, {"title": "Việc một"}),
        SHEET,
        lambda xml: re.sub(rb'<row r="(?:[6-9]|\d\d+)".*?</row>', b"", xml).replace(
            b"</sheetData>", blank + b"</sheetData>"
        ),
    )
    assert [row.number for row in rows(plan, content)] == [5]
