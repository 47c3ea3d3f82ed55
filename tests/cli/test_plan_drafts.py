"""`dondoc plan amend --save-draft`, `drafts`, `amend --draft`, `drop-draft`: kept for whoever signs, then applied."""

import json
from pathlib import Path

import pytest
from docx import Document

from tests.support.command import Command

AS_OF = ("--as-of", "2023-08-22")


@pytest.fixture
def folder(dondoc: Command, tmp_path: Path) -> Path:
    """The plan in force, written out and changed."""
    found = tmp_path / "out"
    assert dondoc("plan", "export", str(found))[0] == 0
    changed(found / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+25")
    return found


def changed(file: Path, before: str, after: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")


@pytest.mark.later
def test_a_draft_is_kept_without_a_paper_listed_shown_and_applied_with_one(
    dondoc: Command, folder: Path, tmp_path: Path
) -> None:
    word = tmp_path / "xem.docx"
    code, out, err = dondoc("plan", "amend", str(folder), "--save-draft", "-o", str(word), *AS_OF)
    assert code == 0, err
    assert "Đã giữ làm dự thảo số 1" in out and "hạn dời từ" in out
    text = [each.text for each in Document(str(word)).paragraphs]
    assert any("chưa có văn bản" in each.casefold() for each in text)
    (listed,) = json.loads(dondoc("plan", "drafts", "--json")[1])
    assert (listed["number"], listed["paper"], listed["overtaken"]) == (1, "", {})
    assert "chưa có" in dondoc("plan", "drafts")[1]
    assert all(each["number"] == 1 for each in json.loads(dondoc("plan", "editions", "--json")[1]))

    code, _, err = dondoc("plan", "amend", "--draft", "1", *AS_OF)
    assert (code, "--reason" in err) == (1, True)
    seen = json.loads(dondoc("plan", "amend", "--draft", "1", "--preview", "--json", *AS_OF)[1])
    assert seen["moved"] and seen["draft"]["number"] == 1
    paper = ("--paper", "45/KH-UBND", "--date", "2023-08-21")
    done = json.loads(dondoc("plan", "amend", "--draft", "1", *paper, "--json", *AS_OF)[1])
    assert done["moved"] == seen["moved"]
    assert "45/KH-UBND" in dondoc("plan", "editions")[1]
    assert "Không có dự thảo nào" in dondoc("plan", "drafts")[1]
    code, _, err = dondoc("plan", "amend", "--draft", "1", *paper, *AS_OF)
    assert (code, "đã được áp dụng ngày 22/08/2023" in err) == (1, True)


@pytest.mark.later
def test_a_draft_from_an_older_edition_says_so_and_shows_its_preview_anew(dondoc: Command, folder: Path) -> None:
    assert dondoc("plan", "amend", str(folder), "--save-draft", "--paper", "45/KH-UBND", *AS_OF)[0] == 0
    other = folder.parent / "other"
    dondoc("plan", "export", str(other))
    changed(other / "p1.yaml", "lead: ISSUE+15", "lead: ISSUE+20")
    assert dondoc("plan", "amend", str(other), "--reason", "cho thêm thời gian", *AS_OF)[0] == 0
    assert "lập từ bản cũ" in dondoc("plan", "drafts")[1]
    code, out, err = dondoc("plan", "amend", "--draft", "1", "--preview", *AS_OF)
    assert code == 0, err
    assert "lập từ bản 1" in out and "nay đang dùng bản 2" in out
    assert "Cả hai cùng sửa" in out and "due.lead" in out
    assert "hạn dời từ" in out


@pytest.mark.later
def test_a_draft_is_dropped_and_what_makes_no_sense_is_refused(dondoc: Command, folder: Path) -> None:
    code, _, err = dondoc("plan", "amend", *AS_OF)
    assert (code, "--draft N" in err) == (1, True)
    code, _, err = dondoc("plan", "amend", str(folder), "--draft", "1", *AS_OF)
    assert (code, "một trong hai" in err) == (1, True)
    code, _, err = dondoc("plan", "amend", "--draft", "1", "--reason", "thử", *AS_OF)
    assert (code, "Không có dự thảo số 1" in err) == (1, True)
    assert dondoc("plan", "amend", str(folder), "--save-draft", "--next-period", *AS_OF)[0] == 0
    code, _, err = dondoc("plan", "amend", "--draft", "1", "--next-period", "--reason", "thử", *AS_OF)
    assert (code, "--next-period" in err) == (1, True)
    assert dondoc("plan", "drop-draft", "1", "--reason", "Không ban hành nữa.", *AS_OF)[0] == 0
    assert "Không có dự thảo nào" in dondoc("plan", "drafts")[1]
