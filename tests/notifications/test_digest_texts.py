"""The exact words of a digest, in both languages, for every desk; the texts lie in tests/golden.

After a wanted change of words: delete the file and run the test once, then read what it wrote.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.catalogue import Plan
from config.clock import end_of_day
from config.working_time import WorkingCalendar
from models.delivery import Item
from models.lifecycle import Kind, Role, State
from models.office import Desk
from notifications.render import LISTED, Audience, render
from tests.cast import at

GOLDEN = Path(__file__).parents[1] / "golden"
NOW = at("2023-09-14", 7, 30)


def item(kind: Kind, number: int, due: date = date(2023, 9, 11), **changes: object) -> Item:
    whole = Item(
        notice_id=number,
        kind=kind,
        rung=f"x:{due.isoformat()}",
        assignment_id=number,
        priority="p1",
        subtask="T0.1",
        step="report",
        variant="",
        period="doc:123-TB/TU",
        occasion="",
        role=Role.LEAD,
        office="SYT",
        state=State.ASSIGNED,
        due_at=end_of_day(due),
        due_date=due,
        original_due_date=due,
        explanation_vi="+15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
        explanation_en="+15 working days from 17/8/2023; skips 1–4/9 (National Day) → 24:00 on 11/9/2023",
        acknowledged_at=None,
        reason="",
        until=None,
        told_before=0,
        last_told_at=None,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


ITEMS = [
    item(Kind.ASSIGNED, 21, date(2023, 10, 2), subtask="T2.1", period="2023-Q4", role=Role.COORDINATING),
    item(Kind.OVERDUE, 5, told_before=3, last_told_at=at("2023-09-12"), original_due_date=date(2023, 9, 6)),
    item(Kind.DUE_SOON, 9, date(2023, 9, 21), subtask="T1.4", step="report", period="2023-H2"),
    item(Kind.REPORT_RETURNED, 7, reason="Số liệu chưa khớp."),
    item(Kind.EXTENSION_GRANTED, 8, until=date(2023, 9, 20)),
]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("desk", list(Desk))
def test_the_words_are_these(plan: Plan, calendar: WorkingCalendar, language: str, desk: Desk) -> None:
    office = plan.office("SYT")
    name = office.name_vi if language == "vi" else office.name_en
    digest = render(ITEMS, Audience(name, desk, language, sample=True), plan=plan, calendar=calendar, now=NOW)
    said = f"{digest.subject}\n\n{digest.text}"
    path = GOLDEN / f"digest.{desk.value}.{language}.txt"
    if not path.exists():
        path.write_text(said, encoding="utf-8")
        pytest.fail(f"{path.name} was not there and has been written; read it, then run again")
    assert said == path.read_text(encoding="utf-8")


def test_a_long_digest_counts_what_it_does_not_list(plan: Plan, calendar: WorkingCalendar) -> None:
    many = [item(Kind.OVERDUE, number) for number in range(1, LISTED + 8)]
    digest = render(many, Audience("Sở Y tế", Desk.FOCAL, "vi", sample=False), plan=plan, calendar=calendar, now=NOW)
    assert f"{LISTED + 7} việc quá hạn" in digest.subject
    assert "và 7 việc khác" in digest.text
    assert digest.short.count("\n") == 6


def test_html_shows_what_was_typed_and_runs_nothing(plan: Plan, calendar: WorkingCalendar) -> None:
    bad = [item(Kind.REPORT_RETURNED, 7, reason="<script>alert(1)</script> & {{ 7*7 }}")]
    digest = render(bad, Audience("Sở Y tế", Desk.FOCAL, "vi", sample=False), plan=plan, calendar=calendar, now=NOW)
    assert "<script>" not in digest.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7*7 }}" in digest.html
