"""Amounts as people write them, and a law: what is shown is read back as the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from config.text.amounts import amount_in_words, exact, parse_amount, stored


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1,5 %", "1.5"),
        ("1.250", "1250"),
        ("12,75", "12.75"),
        ("12.75", "12.75"),
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("2.305 nhà", "2305"),
        ("1 250", "1250"),
        ("0.125", "0.125"),
        ("-0,5%", "-0.5"),
        ("0", "0"),
        (" 7 ", "7"),
    ],
)
def test_it_is_read_as_it_is_meant(written: str, amount: str) -> None:
    assert parse_amount(written, "X", "X", unit="nhà") == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "thousands", "fraction"),
    [("1,250", "1.250", "1,25"), ("12,500", "12.500", "12,5"), ("3,000", "3.000", "3")],
)
def test_what_could_be_a_thousand_or_a_fraction_is_not_guessed(written: str, thousands: str, fraction: str) -> None:
    with pytest.raises(Refused, match="đọc được hai cách") as refused:
        parse_amount(written, "so_nha", "so_nha")
    assert f"viết {thousands} nếu là hàng nghìn, {fraction} nếu là số thập phân" in str(refused.value)
    assert f"write {thousands} for thousands, {fraction} for a decimal" in refused.value.en


@pytest.mark.parametrize(
    "written", ["abc", "1,2,3", "", "%", "1e5", "１２", "NaN", "1.5.2", "12-3", "9" * 30, "0,1234567"]
)
def test_what_cannot_be_read_names_the_field(written: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_amount(written, "so_nha (Số nhà)", "so_nha (Houses)", unit="nhà")
    assert str(refused.value).startswith("so_nha (Số nhà): ")
    assert refused.value.en.startswith("so_nha (Houses): ")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_what_is_shown_is_read_back(amount: Decimal) -> None:
    assert parse_amount(amount_in_words(amount), "X", "X") == amount
    assert exact(stored(amount)) == amount
