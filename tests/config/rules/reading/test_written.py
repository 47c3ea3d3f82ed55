"""Rules in the words of documents: what a clerk is shown is read back as the same rule."""

import pytest

from config.catalogue.loader import load_plan
from config.rules.reading.written import reads_back, written

READ_BACK = """
DOC+20 EVENT+2 EVENT-10 ISSUE+15 ISSUE+10cal ISSUE+24h ISSUE+6mo DOC+10cal EVENT+24h EVENT-3cal EVERY-M EVERY-Q EVERY-H
EVERY-Y STANDING-M STANDING-Q STANDING-H STANDING-Y UNDATED UNDATED:urgent UNDATED:reference BEFORE:08/09
BEFORE:30/06/2025 BY:30/06 BY:30/06/2025 UNTIL:25/12 UNTIL:31/12/2025 AT:15:00-30/06/2025 AT:15:30-30/06 DATE:31/07+10
DATE:31/07-10 DATE:31/07/2025+10cal MONTH:06 MONTH:06/2025 QUARTER:2 QUARTER:2/2025 HALF:1 HALF:2/2025 YEAR YEAR:2025
TARGET:2030 TARGET:2030-2045 TARGET:2030/Q SPAN:2025-2026 SPAN:2025- SPAN:2025-2026/Q SEASON:spring/2025 FY:2025/26
FY:2025/26-Q3 MONTHLY:BEFORE:20 MONTHLY:BY:20 MONTHLY:BY:END MONTHLY:BY:05/2 QUARTERLY:BY:20/3 QUARTERLY:BEFORE:20/3
QUARTERLY:BY:05/4 YEARLY:BY:END/01,END/06 YEARLY:BEFORE:15/12 YEARLY:BY:15/06,15/12 AFTER:T1.2 AFTER:T1.2+5 EVENT DOC
"""
IN_WORDS_ONLY = {
    "ND09-Q": "báo cáo quý theo NĐ 09",
    "ND09-H:compiled": "báo cáo 6 tháng theo NĐ 09, hạn tổng hợp",
    "CLOSE+3": "3 ngày làm việc sau ngày chốt số liệu của kỳ",
    "Q510-Y:unit": "đánh giá, xếp loại hằng năm, cơ quan, đơn vị (QĐ 510)",
    "AFTER:T1.2,T1.3+5": "5 ngày làm việc sau T1.2, T1.3",
    "EVENT+0": "ngay trong ngày của sự kiện",
}


@pytest.mark.parametrize("rule", READ_BACK.split())
def test_words_are_read_back(rule: str) -> None:
    assert written(rule) != rule
    assert reads_back(written(rule), rule), written(rule)


@pytest.mark.parametrize("rule", IN_WORDS_ONLY)
def test_what_has_no_phrase_is_said_without_its_short_form(rule: str) -> None:
    assert written(rule) == IN_WORDS_ONLY[rule]


def test_no_rule_of_the_shipped_plan_is_shown_in_its_short_form() -> None:
    rules = {step.due.lead for _, step in load_plan().steps()}
    assert not [rule for rule in rules if written(rule) == rule]


def test_what_cannot_be_read_stays() -> None:
    assert written("31/06/2025") == "31/06/2025"
