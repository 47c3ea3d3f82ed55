"""The grammar of deadline rules: every form, its canonical writing, and what is none."""

import unicodedata

import pytest

from config.errors import Refused
from config.rules.grammar import (
    FORMS,
    MAX_DAYS,
    ByDay,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    PeriodicReport,
    Rule,
    parse_rule,
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ISSUE+0", FromAnchor("ISSUE", 0)),
        ("ISSUE+15", FromAnchor("ISSUE", 15)),
        ("DOC+30", FromAnchor("DOC", 30)),
        ("EVENT+5", FromAnchor("EVENT", 5)),
        ("EVENT-10", FromAnchor("EVENT", -10)),
        (f"ISSUE+{MAX_DAYS}", FromAnchor("ISSUE", MAX_DAYS)),
        ("CLOSE", FromClose(0)),
        ("CLOSE+3", FromClose(3)),
        ("ND09-M", PeriodicReport("month", "report")),
        ("ND09-Q:coordinating", PeriodicReport("quarter", "coordinating")),
        ("ND09-H:compiled", PeriodicReport("half", "compiled")),
        ("ND09-Y", PeriodicReport("year", "report")),
        ("BEFORE:31/01", ByDay("BEFORE", 31, 1)),
        ("BY:31/10", ByDay("BY", 31, 10)),
        ("UNTIL:25/12/2023", ByDay("UNTIL", 25, 12, 2023)),
        ("BY:29/02", ByDay("BY", 29, 2)),
        ("DATE:19/08-30", FromDay(19, 8, -30)),
        ("DATE:19/08+10", FromDay(19, 8, 10)),
        ("Q510-Y", GradingLink(None)),
        ("Q510-Y:residential", GradingLink("residential")),
        ("Q510-Y:unit", GradingLink("unit")),
        ("Q510-Y:district", GradingLink("district")),
    ],
)
def test_a_canonical_text_is_its_rule_and_the_rule_its_text(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule
    assert str(rule) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("issue+15", "ISSUE+15"),
        (" ISSUE + 15 ", "ISSUE+15"),
        ("ISSUE+015", "ISSUE+15"),
        ("EVENT+0", "EVENT+0"),
        ("CLOSE+0", "CLOSE"),
        ("nd09-q:report", "ND09-Q"),
        ("Nd09-h:Compiled", "ND09-H:compiled"),
        ("BY:1/9", "BY:01/09"),
        ("DATE:1/9+5", "DATE:01/09+5"),
        ("q510-y:UNIT", "Q510-Y:unit"),
        ("trước ngày 31/01", "BEFORE:31/01"),
        ("Chậm nhất ngày 31/10", "BY:31/10"),
        ("đến  hết\tngày 31/10/2024", "UNTIL:31/10/2024"),
        (unicodedata.normalize("NFD", "trước ngày 31/01"), "BEFORE:31/01"),
    ],
)
def test_other_ways_of_writing_mean_the_same(text: str, canonical: str) -> None:
    assert str(parse_rule(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "ISSUE", "ISSUE+", "ISSUE-3", "DOC-3", "ISSUE+-3", "ISSUE++3", "ISSUE+1.5", "ISSUE-0", "EVENT-0"),
        *(f"ISSUE+{MAX_DAYS + 1}", "EVENT-401", "CLOSE+401", "DATE:19/08+401", "ISSUE+99999999999999999999"),
        *("CLOSE-3", "CLOSE+", "ND09", "ND09-X", "ND09-Q:lead", "ND09-Q:", "ND09Q"),
        *("BEFORE:31/02", "BY:1/13", "BY:0/1", "UNTIL:30/02", "BY:29/02/2023", "BY:31/10/1989", "BY:31/10/2101"),
        *("BY:31-10", "BY:31/10/23", "BY:", "trước ngày", "sau ngày 31/01"),
        *("DATE:19/08", "DATE:31/02+1", "DATE:29/02/2023+1", "Q510-Y:commune", "Q510", "+5", "15", "ISSUE+15; DOC+3"),
    ],
)
def test_anything_else_is_refused_with_the_nearest_right_form(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(text)
    assert f"«{text}»" in str(refusal.value)
    assert f"'{text}'" in refusal.value.en
    assert sum(form in str(refusal.value) for form, *_ in FORMS) <= 1


def test_digits_of_other_scripts_are_not_read_as_numbers_by_chance() -> None:
    """They either mean their number or are refused; nothing in between, such as a rule that prints otherwise."""
    for text in ("ISSUE+１５", "BY:３１/10"):
        try:
            rule = parse_rule(text)
        except Refused:
            continue
        assert str(rule).isascii()


@pytest.mark.parametrize("form", [form for form, *_ in FORMS])
def test_every_form_on_the_list_can_be_written(form: str) -> None:
    """The list shown to a user is not wider than the grammar."""
    written = form.split("[")[0].split("|")[0]
    for one in written.split(", "):
        filled = one.replace("dd/MM", "31/10").replace("yyyy", "2025").replace("+n", "+5").replace("-n", "-5")
        assert parse_rule(filled)
