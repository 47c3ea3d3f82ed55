"""Every sentence of the five priority tasks is quoted by the shipped plan, or stands here with the reason why not."""

import re
from functools import cache
from pathlib import Path

import pytest

from config.catalogue.loader import load_plan

TEXT = Path(__file__).parents[2] / "fixtures" / "directive-2023-08-17.five-tasks.txt"
"""What the directive says from «Bên cạnh những kết quả đạt được» to the paragraph after «năm là»."""

NOT_QUOTED = {
    "Bên cạnh những kết quả đạt được, Hội nghị": "nêu tình hình, không giao việc",
    "Trước yêu cầu nhiệm vụ mới, tôi đề nghị": "lời mở đầu: ai phải làm; Công an, địa phương chủ trì theo đó",
}
"""The beginning of each sentence that no subtask quotes, and why."""


@cache
def sentences() -> tuple[str, ...]:
    paragraphs = (" ".join(line.split()) for line in TEXT.read_text(encoding="utf-8").splitlines())
    return tuple(each for line in paragraphs for each in re.split(r"(?<=[.…”])\s+(?=[A-ZĐÀ-Ỹ])", line) if each)


def quotes() -> list[str]:
    return [quote.text for subtask in load_plan().subtasks() for quote in subtask.quotes]


def reason(sentence: str) -> str | None:
    return next((why for begin, why in NOT_QUOTED.items() if sentence.startswith(begin)), None)


@pytest.mark.parametrize("sentence", sentences())
def test_a_sentence_is_quoted_or_listed_with_its_reason(sentence: str) -> None:
    assert any(quote in sentence for quote in quotes()) or reason(sentence)


def test_no_sentence_is_both_quoted_and_excused() -> None:
    assert [s for s in sentences() if reason(s) and any(quote in s for quote in quotes())] == []


def test_every_quote_is_in_the_text() -> None:
    text = " ".join(TEXT.read_text(encoding="utf-8").split())
    assert [quote for quote in quotes() if quote not in text] == []
