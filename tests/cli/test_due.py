"""`dondoc due` in the words of directives, without a store."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from config.errors import Refused
from config.rules.grammar import FORMS, PHRASES


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["due", *arguments], env={"COLUMNS": "80", **environment}, catch_exceptions=True)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))


def test_a_phrase_is_answered_with_its_day_and_how_it_was_read() -> None:
    lines = run("trong quý II", "--from", "2025-01-15").output.splitlines()
    assert lines == [
        "30/06/2025",
        "«trong quý II»: Quý II/2025, hiểu là đến hết ngày 30/6/2025 → 24:00 ngày 30/6/2025",
        "'trong quý II': quarter 2 of 2025, read as to the end of 30/6/2025 → 24:00 on 30/6/2025",
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("trong quý II/2025", "2025-06-30"),
        ("hoàn thành trước 30/6/2025", "2025-06-27"),
        ("tháng 6/2025", "2025-06-30"),
        ("đến năm 2028", "2028-12-31"),
        ("2025–2026", "2025-12-31"),
    ],
)
def test_a_phrase_with_its_own_year_needs_no_day_to_count_from(written: str, day: str, tmp_path: Path) -> None:
    answer = json.loads(run(written, "--json").output)
    assert (answer["due_date"], answer["timing"]) == (day, "dated")
    assert list(tmp_path.iterdir()) == []  # no store was made


@pytest.mark.parametrize(
    ("written", "rule", "timing"),
    [
        ("thường xuyên", "STANDING-Q", "standing"),
        ("khẩn trương", "UNDATED:urgent", "undated"),
        ("5 ngày làm việc sau T1.2", "AFTER:T1.2+5", "after"),
    ],
)
def test_what_has_no_day_says_so(written: str, rule: str, timing: str) -> None:
    answer = json.loads(run(written, "--json").output)
    assert (answer["rule"], answer["timing"]) == (rule, timing)
    assert answer["due_date"] is None and answer["due_at"] is None
    assert answer["explanation_vi"] and answer["explanation_en"]
    lines = run(written, DONDOC_LANGUAGE="en").output.splitlines()
    assert len(lines) == 3


def test_hours_are_counted_from_the_hour_given() -> None:
    answer = json.loads(run("trong 24 giờ", "--from", "2025-01-24T14:30", "--json").output)
    assert (answer["due_at"], answer["due_date"]) == ("2025-01-25T14:30:00+07:00", "2025-01-25")


def test_what_counts_from_a_day_asks_for_it_and_is_wrong_usage() -> None:
    result = run("07 ngày làm việc")
    assert result.exit_code == 2 and "--from" in result.output


def test_what_cannot_be_read_gets_the_nearest_right_form() -> None:
    result = run("31/06/2025")
    assert isinstance(result.exception, Refused)
    assert "31/06/2025: tháng 6 có 30 ngày" in str(result.exception)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_help_tells_phrases_first_and_short_forms_after(language: str) -> None:
    lines = [line.strip() for line in run("--help", DONDOC_LANGUAGE=language).output.splitlines()]
    phrases = [lines.index(phrase) for phrase, *_ in PHRASES]
    forms = [lines.index(form) for form, *_ in FORMS]
    assert phrases == sorted(phrases) and forms == sorted(forms) and phrases[-1] < forms[0]
