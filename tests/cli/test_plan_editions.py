"""`dondoc plan`: written out, changed, looked at and applied; the files themselves are read once."""

import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from config.catalogue.loader import load_plan
from config.clock import local_date, now
from tests.support.command import Command


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_what_is_written_out_is_the_plan_in_force(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert dondoc("plan", "export", str(folder))[0] == 0
    code, _, err = dondoc("plan", "amend", str(folder), "--reason", "không đổi gì")
    assert code == 1
    assert "Không có gì khác" in err
    assert "chọn một thư mục chưa có" in dondoc("plan", "export", str(folder))[2]


def test_an_amendment_is_looked_at_and_then_done(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    amend = (
        "plan",
        "amend",
        str(folder),
        "--paper",
        "45/KH-UBND",
        "--date",
        "2023-08-21",
        "--as-of",
        "2023-08-22",
        "--json",
    )
    code, out, err = dondoc(*amend, "--preview")
    assert code == 0, err
    preview = json.loads(out)
    assert preview["moved"]
    assert all(each["from"] < each["to"] and not each["overdue"] for each in preview["moved"])
    done = json.loads(dondoc(*amend)[1])
    assert (done["moved"], done["digest"]) == (preview["moved"], preview["digest"])
    first = preview["moved"][0]
    code, out, _ = dondoc("assignment", "show", str(first["assignment"]), "--json")
    assert json.loads(out)["assignment"]["due_date"] == first["to"]
    editions = json.loads(dondoc("plan", "editions", "--json")[1])
    assert [(each["number"], each["paper"]) for each in editions if each["series"].startswith("directive/")] == [
        (1, ""),
        (2, "45/KH-UBND"),
    ]


def test_one_file_of_the_plan_is_enough(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    one = ("plan", "amend", str(folder / "p1.yaml"), "--reason", "cho thêm thời gian", "--as-of", "2023-08-22")
    assert json.loads(dondoc(*one, "--preview", "--json")[1])["moved"]


def test_faults_are_told_all_at_once_and_nothing_is_written(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+nhiều")
    changed(folder / "directive.yaml", "coordinator: CAT", "coordinator: KHONG")
    code, _, err = dondoc("plan", "amend", str(folder), "--reason", "thử")
    assert code == 1
    assert "p1.yaml" in err and "directive.yaml" in err and "KHONG" in err
    assert all(each["number"] == 1 for each in json.loads(dondoc("plan", "editions", "--json")[1]))


def test_a_known_directive_is_not_changed_by_taking_it_in_again(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    code, _, err = dondoc("plan", "import", str(folder))
    assert code == 1
    assert "plan amend" in err


def test_files_changed_later_are_pointed_out_and_not_read(
    dondoc: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    code, out, _ = dondoc("plan", "editions")
    assert code == 0
    assert "khác mọi bản đã nhập" in out
    assert "ISSUE+25" not in dondoc("plan", "show")[1]
    (folder / "directive.yaml").write_text("hỏng: [")
    assert dondoc("plan", "show")[0] == 0


def test_the_preview_goes_out_as_a_paper_for_whoever_signs(dondoc: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    dondoc("plan", "export", str(folder))
    changed(folder / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    amend = ("plan", "amend", str(folder), "--paper", "45/KH-UBND", "--as-of", "2023-08-22", "--preview", "-o")
    assert dondoc(*amend, str(tmp_path / "xem.docx"))[0] == 0
    word = Document(str(tmp_path / "xem.docx"))
    assert any("hạn dời từ" in each.text for each in word.paragraphs)
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[0] == ["Nội dung, kỳ", "Thay đổi", "Cơ quan", "Hạn", "Việc số"]
    assert {row[1] for row in rows[1:] if len(set(row)) > 1} == {"đổi hạn"}  # the others name a subtask
    assert dondoc(*amend, str(tmp_path / "xem.xlsx"))[0] == 0
    sentences, by_assignment = openpyxl.load_workbook(tmp_path / "xem.xlsx").worksheets
    assert "hạn dời từ" in str(sentences.cell(sentences.max_row, 3).value)
    preview = json.loads(dondoc(*amend[:-1], "--json")[1])
    assert by_assignment.max_row - 1 == len(preview["moved"])
    assert preview["sentences"][0]["changes"]
    code, _, err = dondoc(*amend, str(tmp_path / "xem.pdf"))
    assert code == 1
    assert ".docx" in err


@pytest.mark.later
def test_the_register_of_communes_goes_out_with_the_plan_and_comes_in_by_an_amendment(
    dondoc: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    assert dondoc("plan", "export", str(folder), "--communes")[0] == 0
    listed = [each for each in load_plan(folder).offices if each.member_of == "XA"]
    assert len(listed) == 166 and {each.valid_from for each in listed} == {local_date(now()) + timedelta(days=1)}
    amend = ("plan", "amend", str(folder), "--reason", "Theo dõi từng xã, phường.", "--as-of", "2023-08-22")
    preview = json.loads(dondoc(*amend, "--preview", "--json")[1])
    assert (preview["overdue"], preview["withdrawn"]) == (0, [])
    said = [change for each in preview["sentences"] if not each["subtask"] for change in each["changes"]]
    assert said[0] == "thêm 166 cơ quan thuộc Các xã, phường"
    assert "việc chưa báo cáo chuyển cho 166 cơ quan thành viên" in said[1]
    assert dondoc(*amend)[0] == 0
    # A second time there is nobody to add.
    assert dondoc("plan", "export", str(tmp_path / "again"), "--communes")[0] == 0
    code, _, err = dondoc("plan", "amend", str(tmp_path / "again"), "--reason", "lần nữa")
    assert (code, "Không có gì khác" in err) == (1, True)


PASSED = """
directive: {code: KH-45, title_vi: Kế hoạch số 45/KH-UBND, date: 2025-01-06, coordinator: UBND}
priorities:
- code: p6
  title_vi: Nhiệm vụ
  subtasks:
    - code: T6.1
      title_vi: Rà soát
      steps: [{key: review, due: {lead: "BY:28/02/2025", words: trước tháng 3}, lead: SYT}]
    - code: T6.2
      title_vi: Báo cáo
      steps: [{key: report, due: {lead: "BY:30/06/2025"}, lead: SYT}]
"""


def test_days_that_would_make_work_late_at_once_are_confirmed(dondoc: Command, tmp_path: Path) -> None:
    plan = str(tmp_path / "kh45.yaml")
    Path(plan).write_text(PASSED, encoding="utf-8")
    code, _, err = dondoc("plan", "import", plan, "--as-of", "2025-03-10")
    assert code == 1
    assert "--confirm" in err and "T6.1 (review): trước tháng 3, hết hạn 28/02/2025" in err and "T6.2" not in err
    assert "KH-45" not in dondoc("plan", "editions", "--json")[1], "nothing is taken in"
    code, out, _ = dondoc("plan", "import", plan, "--as-of", "2025-03-10", "--confirm", "--json")
    assert code == 0
    assert json.loads(out)["passed"] == [
        {"subtask": "T6.1", "step": "review", "due_date": "2025-02-28", "makes_late": True}
    ]
