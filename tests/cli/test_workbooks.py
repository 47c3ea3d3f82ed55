"""Tables for Excel from the command line: a form is fetched, filled in, tried, taken in, and fetched again."""

import json
from pathlib import Path

import openpyxl

from reports.wording import STATUS_VI
from tests.support.command import Command
from tests.support.sheets import FIRST

AS_OF = ("--as-of", "2023-08-21")


def fill(path: Path, *rows: tuple[object, ...]) -> None:
    book = openpyxl.load_workbook(path)
    for number, row in enumerate(rows, FIRST):
        for place, value in enumerate(row, 1):
            book.worksheets[0].cell(number, place).value = value
    book.save(path)


def test_a_form_goes_out_and_comes_back(dondoc: Command, tmp_path: Path) -> None:
    form = tmp_path / "giao-viec.xlsx"
    assert dondoc("workbook", "template", "assignments", "-o", str(form))[0] == 0
    fill(form, ("Việc một", "T3.4", "SYT", "CAT", "20/09/2023"), ("Việc hai", "T3.4", "SYTT", None, "20/09/2023"))
    code, out, err = dondoc("workbook", "import", str(form), *AS_OF)
    assert code == 1 and "Giao việc!C6: không có đơn vị «SYTT»; có phải «SYT»?" in err and not out
    code, out, _ = dondoc("workbook", "import", str(form), "--dry-run", *AS_OF)
    assert (code, "1 dòng mới, 1 dòng có lỗi" in out, "chưa ghi gì" in out) == (1, True, True)
    assert json.loads(dondoc("assignment", "list", "--subtask", "T3.4", "--json")[1]) == []
    code, out, _ = dondoc("workbook", "import", str(form), "--good-rows", *AS_OF)
    assert code == 1 and "Đã giao 1 việc" in out
    again = tmp_path / "dang-co.xlsx"
    assert "1 dòng" in dondoc("workbook", "export", "assignments", "-o", str(again))[1]
    code, out, _ = dondoc("workbook", "import", str(again), *AS_OF)
    assert code == 0 and "Không có gì thay đổi." in out
    for kind in ("contacts", "offices"):
        assert dondoc("workbook", "export", kind, "-o", str(again))[0] == 0
        assert "Không có gì thay đổi." in dondoc("workbook", "import", str(again))[1]


def test_the_tracking_table_goes_out_and_is_known_when_it_comes_back(dondoc: Command, tmp_path: Path) -> None:
    table = tmp_path / "bang.xlsx"
    code, out, _ = dondoc("workbook", "export", "-o", str(table), "--office", "SYT", *AS_OF, "--json")
    listed = json.loads(dondoc("assignment", "list", "--office", "SYT", *AS_OF, "--json")[1])
    assert (code, json.loads(out)["assignments"]) == (0, len(listed)) and listed
    code, out, _ = dondoc("workbook", "import", str(table))
    assert code == 0 and f"«Bảng theo dõi»: {len(listed)} dòng đã có." in out and "Không có gì thay đổi." in out
    book = openpyxl.load_workbook(table)
    book.worksheets[0]["J6"] = "31/12/2030"
    book.save(table)
    for options in ((), ("--good-rows",)):
        code, out, err = dondoc("workbook", "import", str(table), *options)
        assert code == 1 and "Bảng theo dõi!J6: việc số" in out + err and "đổi bằng gia hạn" in out + err


def test_what_leads_have_to_do_goes_out_for_the_tracker_of_the_province(dondoc: Command, tmp_path: Path) -> None:
    table = tmp_path / "theo-doi.xlsx"
    late = ("--as-of", "2023-09-20")
    code, out, _ = dondoc("workbook", "export", "--tracker", "-o", str(table), *late, "--json")
    leads = json.loads(dondoc("assignment", "list", "--role", "lead", *late, "--json")[1])
    assert (code, json.loads(out)["assignments"]) == (0, len(leads)) and leads
    head, *rows = openpyxl.load_workbook(table).worksheets[0].iter_rows(values_only=True)
    assert head[1:7] == ("Nhiệm vụ", "Kỳ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Trạng thái")
    assert {row[9] for row in rows} == {each["id"] for each in leads}
    assert {row[6] for row in rows} <= set(STATUS_VI.values())
    assert rows[0][1].startswith("T0.1 ") and f"{rows[0][5]:%d/%m/%Y}" == "11/09/2023"
    assert rows[0][6] == "Chưa hoàn thành, quá hạn"


def test_the_register_takes_offices_from_a_sheet(dondoc: Command, tmp_path: Path) -> None:
    form = tmp_path / "co-quan.xlsx"
    dondoc("workbook", "template", "offices", "-o", str(form))
    fill(form, ("XA001", "Xã Một", "One Commune", "locality", None, "XA"))
    code, out, _ = dondoc("workbook", "import", str(form))
    assert code == 0 and "Đã ghi 1 cơ quan vào danh bạ" in out
    shown = json.loads(dondoc("office", "show", "XA001", "--json")[1])
    assert (shown["name_vi"], shown["member_of"], shown["kind"]) == ("Xã Một", "XA", "locality")
