"""What a rehearsal found: written and read back, drawn, as a calendar and as a workbook; and how it is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from config.errors import Refused
from config.settings import load_settings
from reports.months_ahead.kept import KEPT, Asked, KeptRehearsal, KeptRehearsals
from reports.months_ahead.outcome import DateAtRisk, DayAhead, OfficeAhead, Rehearsal, WeekAhead, rehearsal_from
from reports.months_ahead.pictures import LEVELS, letters_by_week, months
from reports.months_ahead.workbook import write_months_ahead

NOW = datetime(2026, 1, 12, 1, tzinfo=UTC)
FOUND = Rehearsal(
    first=date(2026, 1, 12),
    last=date(2026, 3, 11),
    days=[DayAhead(date(2026, 1, 12), 1, 1), DayAhead(date(2026, 2, 2), 50, 20), DayAhead(date(2026, 2, 3), 5, 5)],
    offices=[
        OfficeAhead("SYT", 5, 2, False, date(2026, 2, 2), None, None, date(2026, 1, 12)),
        OfficeAhead("STC", 1, 0, True, None, date(2026, 3, 2), date(2026, 3, 3), None),
    ],
    weeks=[WeekAhead("SYT", date(2026, 2, 2), 3, 2), WeekAhead("STC", date(2026, 3, 2), 1, 0)],
    dates_at_risk=[DateAtRisk("SYT", "T6.1", "doc:1", date(2026, 2, 13), ("sát kỳ nghỉ dài", "close to the holiday"))],
    without_date={"T6.2": 3},
    names={"SYT": "Sở Y tế", "STC": "Sở Tài chính", "T6.1": "Rà soát", "T6.2": "Theo dõi"},
)


def test_what_is_written_is_read_back() -> None:
    written = json.loads(json.dumps(FOUND.as_json(), default=date.isoformat))
    assert rehearsal_from(written) == FOUND
    assert FOUND.letters == 56 and FOUND.peaks[0].date == date(2026, 2, 2)


def test_the_calendar_has_every_day_once_and_is_darkest_where_most_goes_out() -> None:
    drawn = months(FOUND)
    assert [month.first for month in drawn] == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    days = [each for month in drawn for week in month.weeks for each in week if each is not None]
    assert len(days) == len({each.day for each in days}) == 31 + 28 + 31
    inside = [each.day for each in days if each.level is not None]
    assert inside == [FOUND.first + timedelta(days=n) for n in range((FOUND.last - FOUND.first).days + 1)]
    levels = {each.day: each.level for each in days if each.letters}
    assert levels == {date(2026, 1, 12): 1, date(2026, 2, 2): LEVELS, date(2026, 2, 3): 1}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_picture_is_well_formed_and_tells_its_figures(language: str) -> None:
    svg = letters_by_week(FOUND, language=language)
    ElementTree.fromstring(svg)
    assert "02/02/2026: 55" in svg
    ElementTree.fromstring(letters_by_week(Rehearsal(NOW.date(), NOW.date(), (), (), (), (), {}, {}), language="vi"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_workbook_holds_all_of_it(language: str) -> None:
    file = BytesIO()
    write_months_ahead(FOUND, file, language=language)  # type: ignore[arg-type]
    book = load_workbook(file)
    words = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert {"Sở Y tế", "02/02/2026", "T6.1 Rà soát", "T6.2 Theo dõi", "50"} <= words
    assert len(book.sheetnames) == 5


def test_rehearsals_are_kept_and_the_oldest_make_room(tmp_path: Path) -> None:
    kept = KeptRehearsals(load_settings({"DONDOC_DATA_DIR": str(tmp_path)}))
    assert kept.all() == [] and kept.one(1) is None
    asked = Asked(months=3, now=NOW, answering=True, draft=4)
    first = kept.ask(asked)
    assert first.asked == asked and not first.is_done and first.part == 0
    first.say(0.25)
    assert first.part == 0.25
    first.keep(FOUND)
    assert first.is_done and first.found == FOUND and first.fault(NOW) is None
    numbers = list[int]()
    for _ in range(KEPT):
        made = kept.ask(asked)
        made.keep(FOUND)
        numbers.append(made.number)
    assert numbers == list(range(2, KEPT + 2))
    assert [each.number for each in kept.all()] == numbers[::-1], "the first has made room"


def test_what_two_ask_for_at_once_is_started_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, asked = load_settings({"DONDOC_DATA_DIR": str(tmp_path)}), Asked(months=1, now=NOW)
    looks, started, together = KeptRehearsals.all, list[int](), Barrier(2)

    def look_together(kept: KeptRehearsals) -> list[KeptRehearsal]:
        found = looks(kept)
        with suppress(BrokenBarrierError):  # of two who must look one after the other, nobody comes to the second
            together.wait(timeout=0.2)
        return found

    def ask(nth: int) -> int:
        later = replace(asked, now=NOW + timedelta(seconds=nth))
        return KeptRehearsals(settings).ask(later, start=started.append).number

    monkeypatch.setattr(KeptRehearsals, "all", look_together)
    with ThreadPoolExecutor(2) as threads:
        assert [*threads.map(ask, range(2))] == [1, 1]
    assert started == [1]
    with pytest.raises(Refused, match="Đang có diễn tập số 1 chạy"):
        KeptRehearsals(settings).ask(replace(asked, months=2))
    with pytest.raises(Refused, match="Đang có diễn tập số 1 chạy"):
        KeptRehearsals(settings).ask(replace(asked, stands_on="otherwise"))


def test_one_that_was_broken_off_says_so(tmp_path: Path) -> None:
    kept = KeptRehearsals(load_settings({"DONDOC_DATA_DIR": str(tmp_path)}))
    one = kept.ask(Asked(months=1, now=NOW))
    assert one.fault(NOW) is None, "it is only starting"
    later = NOW + timedelta(minutes=5)
    with one.playing():
        assert KeptRehearsal(tmp_path / "rehearsals" / "1").fault(later) is None, "somebody is at it"
    assert "giữa chừng" in str(one.fault(later))
    one.keep_fault(Refused("Số tháng: từ 1 đến 24.", "Months: 1 to 24."))
    assert str(one.fault(NOW)) == "Số tháng: từ 1 đến 24."
