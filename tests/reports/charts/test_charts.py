"""The charts: well-formed whatever is drawn, telling what the figures say, and legible without colour."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from config.errors import Refused
from config.rules.periods import period_in_words
from models.tables.lifecycle import Status
from reports.charts.charts import Place, Row, part_name, parts, ranking, stacked_bars, trend
from reports.charts.drawing import DUE_SOON
from reports.charts.timeline import Lane, timeline
from reports.figures import Tally, percent
from reports.spans import Span, key_of, last_keys, short_key, span_of

GOLDEN = Path(__file__).parents[2] / "golden"
SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<b>&"\x00 Ủy ban nhân dân thị trấn Nông trường Thống Nhất và các xã vùng biên giới hải đảo xa xôi'
MIXED = Tally(done_on_time=5, done_late=2, open_within_term=4, open_overdue=3, due_soon=1)
ALL_LATE, ALL_WELL = Tally(open_overdue=7), Tally(done_on_time=7)
TALLIES = [[], [MIXED], [ALL_LATE], [ALL_WELL], [Tally()], [MIXED, ALL_LATE, ALL_WELL, Tally()], [MIXED] * 206]


def drawn(tallies: list[Tally], language: str = "vi") -> dict[str, str]:
    rows = [Row(NASTY, each) for each in tallies]
    day = date(2026, 11, 3)
    lanes = [Lane(NASTY, NASTY, date(2024, 1, 2), day, date(2026, 11, 30), None, each) for each in tallies]
    words = {name: part_name(name, language) for name in parts(Tally())}
    return {
        "bars": stacked_bars("bars", rows, title=NASTY, language=language),
        "trend": trend("trend", rows[:12], title=NASTY, language=language),
        "ranking": ranking("ranking", [Place(1, NASTY, each) for each in tallies], title=NASTY, language=language),
        "lanes": timeline("lanes", lanes, today=day, title=NASTY, language=language, words=words),
    }


@pytest.mark.parametrize("tallies", TALLIES, ids=lambda each: f"{len(each)} rows")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_chart_is_well_formed_and_names_itself(tallies: list[Tally], language: str) -> None:
    for key, svg in drawn(tallies, language).items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{key}-title {key}-desc"
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None and title.text == NASTY.replace("\x00", "")
        assert desc is not None and desc.text
        assert "style=" not in svg and "<script" not in svg and "href" not in svg
        width, height = (float(root.get(name) or 0) for name in ("width", "height"))
        for box in root.iter(f"{SVG}rect"):
            assert float(box.get("x") or 0) + float(box.get("width") or 0) <= width + 1
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.get("y") or 0) <= height, text.text


def test_the_parts_of_a_bar_are_all_there_is() -> None:
    assert sum(parts(MIXED).values()) == MIXED.total
    assert parts(MIXED)[DUE_SOON] == 1 and parts(MIXED)[Status.OPEN_WITHIN_TERM] == 3
    root = ElementTree.fromstring(stacked_bars("bars", [Row("Sở Y tế", MIXED)], title="t", language="vi"))
    tips = {part.text for box in root.iter(f"{SVG}rect") for part in box.iter(f"{SVG}title")}
    assert tips == {f"{part_name(word, 'vi')}: {number}" for word, number in parts(MIXED).items()}
    widths = {
        str(box.get("fill")): float(box.get("width") or 0)
        for box in root.iter(f"{SVG}rect")
        if box.find(f"{SVG}title") is not None
    }
    assert widths[f"url(#bars-{Status.DONE_ON_TIME})"] == pytest.approx(5 / 14 * 439, abs=0.1)


def test_no_two_fills_are_alike_without_their_colour() -> None:
    root = ElementTree.fromstring(stacked_bars("bars", [Row("", MIXED)], title="t", language="vi"))
    strokes = [
        "".join(path.get("d") or "" for path in pattern.iter(f"{SVG}path")) for pattern in root.iter(f"{SVG}pattern")
    ]
    assert len(strokes) == len(set(strokes)) == 5


@pytest.mark.parametrize(
    ("share", "said"), [(None, "–"), (0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.999, "99%"), (1, "100%")]
)
def test_a_share_is_rounded_without_hiding_what_is_missing(share: float | None, said: str) -> None:
    assert percent(share) == said


def test_one_small_chart_to_the_letter() -> None:
    svg = stacked_bars("work", [Row("Sở Y tế", MIXED)], title="Tình trạng", language="vi")
    assert svg.replace("><", ">\n<") + "\n" == (GOLDEN / "chart.stacked_bars.vi.svg").read_text("utf-8")


def test_spans_of_due_dates() -> None:
    assert span_of("2024-02") == Span(date(2024, 2, 1), date(2024, 2, 29))
    assert span_of("2026-Q4") == Span(date(2026, 10, 1), date(2026, 12, 31))
    assert span_of("2026") == Span(date(2026, 1, 1), date(2026, 12, 31))
    assert last_keys(date(2026, 2, 3), "month", 3) == ("2025-12", "2026-01", "2026-02")
    assert last_keys(date(2026, 2, 3), "quarter", 2) == ("2025-Q4", "2026-Q1")
    assert key_of(date(2026, 9, 30), "quarter") == "2026-Q3"
    assert [period_in_words(key, "vi") for key in ("2026-11", "2026-Q4", "2026")] == [
        "tháng 11/2026",
        "quý IV/2026",
        "năm 2026",
    ]
    assert [short_key(key) for key in ("2026-11", "2026-Q4", "2026")] == ["11/26", "IV/26", "2026"]
    for wrong in ("2026-13", "2026-Q5", "2026-1", "1026", "٢٠٢٦", "x", ""):
        with pytest.raises(Refused, match="không có"):
            span_of(wrong)
