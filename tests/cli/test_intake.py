"""`dondoc intake`: a directive's tasks as JSON, as text and in words, with and without a store."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from config.errors import Refused
from tests.support.command import Command

TEXT = "1. Giao Sở Y tế rà soát, báo cáo UBND tỉnh trước ngày 30/6/2025.\n2. Nội dung khác của văn bản.\n"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def directive(tmp_path: Path) -> Path:
    path = tmp_path / "chi-dao.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["intake", *arguments], env={"COLUMNS": "80"}, catch_exceptions=True)


def test_json_counts_the_characters_of_the_text(directive: Path, tmp_path: Path) -> None:
    text = run(str(directive), "--text").output
    read = json.loads(run(str(directive), "--json").output)
    assert text == TEXT
    assert read["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    (task,) = read["tasks"]
    start, end = task["spans"][0]
    assert text[start:end] == task["quote"] == "Giao Sở Y tế rà soát, báo cáo UBND tỉnh trước ngày 30/6/2025."
    assert task["leads"] == [{"text": "Sở Y tế", "office": "SYT"}], "the offices of the shipped plan"
    assert [text[a:b] for a, b in read["uncovered"]][-1] == "2. Nội dung khác của văn bản."
    assert not (tmp_path / "data").exists(), "drafting makes no store"


def test_in_words(directive: Path) -> None:
    shown = run(str(directive)).output
    assert "1 nhiệm vụ." in shown
    assert "Chủ trì:   Sở Y tế [SYT] (chủ trì)" in shown
    assert "Thời hạn:  «trước ngày 30/6/2025» → 30/06/2025, BEFORE:30/06/2025" in shown
    assert "Sản phẩm:  không nêu" in shown
    assert "Nội dung khác của văn bản." in shown


def test_a_file_that_is_not_there_is_refused(dondoc: Command, tmp_path: Path) -> None:
    code, _, err = dondoc("intake", str(tmp_path / "khong-co.docx"))
    assert (code, "khong-co.docx" in err, "Traceback" in err) == (1, True, False)


def test_a_plan_is_written_into_a_new_folder_alone(directive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "moi"
    assert "plan import" in run(str(directive), "--plan", str(folder)).output
    assert {each.name for each in folder.iterdir()} == {"plan.yaml", "van-ban.txt"}
    refused = run(str(directive), "--plan", str(folder)).exception
    assert isinstance(refused, Refused)
    assert "đã có tệp" in str(refused)
