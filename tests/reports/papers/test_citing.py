"""Documents as papers cite them."""

from datetime import date

import pytest

from config.catalogue.plan import Plan
from reports.papers.citing import cited, day_in_full, kind_and_issuer


@pytest.mark.parametrize(
    ("number", "kind", "issuer"),
    [
        ("123-TB/TU", "Thông báo", "Tỉnh ủy"),
        ("12-CV/BNC", "Công văn", "Ban Nội chính Tỉnh ủy"),
        ("45/KH-UBND", "Kế hoạch", "Ủy ban nhân dân tỉnh"),
        ("09/2019/QĐ-UBND", "Quyết định", "Ủy ban nhân dân tỉnh"),
        ("67/CAT-PV01", "Công văn", "Công an tỉnh"),
        ("67/CAT", "Công văn", "Công an tỉnh"),
        ("8/CĐ-TTg", "Công điện", ""),
        ("123/2025/NĐ-CP", "Nghị định", ""),
        ("9/GM-UBND", "Giấy mời", "Ủy ban nhân dân tỉnh"),
        ("3/2025/TTLT-BYT-BTC", "Thông tư liên tịch", ""),
        ("14/KH-SGDĐT", "Kế hoạch", "Sở Giáo dục và Đào tạo"),
        ("215/SGDĐT-VP", "Công văn", "Sở Giáo dục và Đào tạo"),
        ("30/XY-UBND", "", "Ủy ban nhân dân tỉnh"),
        ("01-MAU/TB", "", ""),
        ("giấy mời", "", ""),
    ],
)
def test_kind_and_issuer_are_read_from_the_symbol(plan: Plan, number: str, kind: str, issuer: str) -> None:
    assert kind_and_issuer(number, plan) == (kind, issuer)


def test_a_document_is_cited_by_kind_number_day_and_issuer(plan: Plan) -> None:
    written = cited("123-TB/TU", date(2023, 8, 17), plan).replace("\N{NO-BREAK SPACE}", " ")
    assert written == "Thông báo số 123-TB/TU ngày 17 tháng 8 năm 2023 của Tỉnh ủy"
    assert cited("7", date(2023, 8, 17), plan).startswith("Văn bản giao việc số 7 ")


def test_small_days_and_the_first_two_months_have_a_nought() -> None:
    assert day_in_full(date(2026, 2, 5)).replace("\N{NO-BREAK SPACE}", " ") == "ngày 05 tháng 02 năm 2026"
    assert day_in_full(date(2026, 3, 15)).replace("\N{NO-BREAK SPACE}", " ") == "ngày 15 tháng 3 năm 2026"
