"""Correcting a draft: what each act does to the rows, and that no words and no dates are made up or lost by it."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from config.errors import Refused
from intake.directives.correcting import acts
from intake.directives.correcting.passages import PassageReader, names_of, place_of
from intake.directives.correcting.rows import RowState, Sheet, as_json, rows_from, sheet_of
from intake.directives.correcting.seen import change_seen
from intake.directives.drafting.draft import draft_of
from intake.directives.reading.process import read

TEXT = """ỦY BAN NHÂN DÂN TỈNH
Số: 15/KH-UBND
An Lạc, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
PHÒNG, CHỐNG DỊCH BỆNH NĂM 2026
1. Giao Sở Y tế chủ trì, phối hợp với Công an tỉnh rà soát cơ sở khám bệnh, báo cáo UBND tỉnh trước ngày 15/11.
2. Giao Sở Tài chính bố trí kinh phí trong quý II/2026; Sở Nội vụ kiểm tra việc bố trí nhân lực trước ngày 30/9/2026.
3. Sở Y tế Trung ương giả định thường xuyên theo dõi tình hình dịch.
Các cơ sở y tế dự trữ thuốc cho mùa mưa bão.
"""


@pytest.fixture(scope="module")
def names() -> OfficeNames:
    return names_of(load_plan(), {})


@pytest.fixture(scope="module")
def sheet(names: OfficeNames) -> Sheet:
    document = read("kh.txt", TEXT.encode())
    return sheet_of(document, draft_of(document, names))


@pytest.fixture(scope="module")
def reader(sheet: Sheet, names: OfficeNames) -> PassageReader:
    return PassageReader.of(sheet.text, names, place_of(load_plan()))


def typed(sheet: Sheet, number: int, **fields: object) -> acts.Changes:
    """The form of a row as it comes, with some fields typed over."""
    row = sheet.row(number)
    assert row is not None
    return replace(acts.as_typed(row.task), **fields)  # type: ignore[arg-type]


def test_rows_are_kept_as_they_are(sheet: Sheet) -> None:
    assert rows_from(json.loads(json.dumps(as_json(sheet.rows)))) == sheet.rows
    assert len(sheet.rows) >= 3


def test_a_form_sent_as_it_came_confirms_and_changes_nothing(sheet: Sheet, reader: PassageReader) -> None:
    for row in sheet.rows:
        changed = acts.change(sheet, row.number, typed(sheet, row.number), reader, confirm=True)
        assert changed.row(row.number) == replace(row, state=RowState.CONFIRMED)


def test_what_is_typed_is_read_again(sheet: Sheet, reader: PassageReader) -> None:
    changes = typed(sheet, 1, leads="Công an tỉnh\nSYT", deadline="trong quý III", report_to="", role="each")
    row = acts.change(sheet, 1, changes, reader, confirm=False).row(1)
    assert row is not None and row.state is RowState.DRAFTED
    assert [each.office for each in row.task.leads] == ["CAT", "SYT"] and row.task.role == "each"
    assert row.task.report_to is None
    assert row.task.deadline is not None and row.task.deadline.day == date(2026, 9, 30)
    cleared = acts.change(sheet, 1, typed(sheet, 1, deadline=""), reader, confirm=True).row(1)
    assert cleared is not None and cleared.task.deadline is None, "nothing is made up"


def test_more_than_one_may_be_reported_to(sheet: Sheet, reader: PassageReader) -> None:
    row = acts.change(sheet, 1, typed(sheet, 1, report_to="UBND tỉnh; Sở Tài chính"), reader, confirm=True).row(1)
    assert row is not None and [each.office for each in row.task.reported_to] == ["UBND", "STC"]
    assert rows_from(json.loads(json.dumps(as_json([row])))) == (row,)


def test_all_that_is_wrong_with_a_row_is_said_at_once(sheet: Sheet, reader: PassageReader) -> None:
    changes = typed(sheet, 1, title="x", deadline="hôm nào đó", product="y" * 901)
    with pytest.raises(Refused) as refused:
        acts.change(sheet, 1, changes, reader, confirm=True)
    said = " ".join(str(each) for each in refused.value.faults)
    assert "Tên nhiệm vụ" in said and "Thời hạn" in said and "Sản phẩm" in said


def test_a_row_is_split_where_a_sentence_begins(sheet: Sheet, reader: PassageReader) -> None:
    several = [each.number for each in sheet.rows if each.task.quote.startswith(("Giao Sở Tài chính", "Sở Nội vụ"))]
    sheet = acts.merge(sheet, several)
    row = sheet.row(several[0])
    assert row is not None
    pieces = acts.pieces_of(sheet, row)
    parted = acts.split(sheet, row.number, pieces[1][0], reader)
    first, second = parted.row(row.number), parted.row(parted.next_number - 1)
    assert first is not None and second is not None
    assert "Sở Nội vụ" not in first.task.quote and second.task.quote.startswith("Sở Nội vụ kiểm tra")
    assert [each.office for each in second.task.leads] == ["SNV"]
    assert first.task.deadline is not None and first.task.deadline.rule == "QUARTER:2/2026"
    assert second.task.deadline is not None and second.task.deadline.day == date(2026, 9, 30)
    with pytest.raises(Refused, match="Tách"):
        acts.split(sheet, row.number, pieces[0][0], reader)


def test_rows_are_merged_and_an_act_on_no_row_is_refused(sheet: Sheet) -> None:
    one, other = sheet.rows[:2]
    merged = acts.merge(sheet, [one.number, other.number])
    row = merged.row(one.number)
    assert row is not None and other.task.quote in row.task.quote and one.task.quote in row.task.quote
    assert {each.text for each in other.task.leads} <= {each.text for each in row.task.leads}
    assert [each.number for each in merged.of(RowState.DROPPED)] == [other.number]
    assert acts.merge(merged, [one.number, other.number]) == merged, "sent again"
    with pytest.raises(Refused, match="hai nhiệm vụ"):
        acts.merge(sheet, [one.number])
    with pytest.raises(Refused, match="tải lại"):
        acts.set_state(sheet, [one.number, 99], RowState.CONFIRMED)


def test_what_merged_rows_say_differently_is_told_and_not_sure(names: OfficeNames) -> None:
    document = read(
        "kh.txt",
        "1. Sở Y tế kiểm tra bệnh viện, báo cáo UBND tỉnh trước ngày 15/9/2026.\n"
        "2. Sở Y tế kiểm tra nhà thuốc, báo cáo Bộ Y tế trước ngày 20/12/2026.\n"
        "3. Sở Y tế kiểm tra phòng khám, báo cáo UBND tỉnh trước ngày 15/9/2026.\n".encode(),
    )
    sheet = sheet_of(document, draft_of(document, names))
    assert acts.sure_rows(sheet) == [1, 2, 3]
    merged = acts.merge(sheet, [1, 2])
    (row, _) = merged.live
    assert [each.text for each in row.task.reported_to] == ["UBND tỉnh", "Bộ Y tế"]
    assert row.task.deadline and row.task.deadline.words == "trước ngày 15/9/2026"
    assert any("«trước ngày 15/9/2026»" in each and "«trước ngày 20/12/2026»" in each for each in row.task.why)
    assert acts.sure_rows(merged) == [3]
    assert acts.sure_rows(acts.merge(sheet, [1, 3])) == [1, 2], "both say the same"


def test_a_passage_becomes_a_row_and_is_covered_then(sheet: Sheet, reader: PassageReader) -> None:
    at = sheet.text.index("Các cơ sở y tế dự trữ")
    end = sheet.text.index("\n", at)
    added, number = acts.add(sheet, at, end + 1, reader)
    row = added.row(number)
    assert row is not None and row.task.quote == sheet.text[at:end] and row.state is RowState.DRAFTED
    assert row.task.deadline is None
    assert not any(start < end and at < stop for start, stop in added.uncovered)
    for start, stop in ((5, 5), (-1, 9), (0, len(sheet.text) + 1)):
        with pytest.raises(Refused, match="đoạn"):
            acts.add(sheet, start, stop, reader)


def test_a_name_that_is_settled_holds_for_all_rows_and_for_the_next_draft(sheet: Sheet) -> None:
    unknown = acts.unknown_offices(sheet)
    assert unknown
    words = next(iter(unknown))
    settled = acts.settle(sheet, {words: "SYT"})
    assert words not in acts.unknown_offices(settled)
    document = read("kh.txt", TEXT.encode())
    again = sheet_of(document, draft_of(document, names_of(load_plan(), {words: "SYT"})))
    assert words not in acts.unknown_offices(again)


def test_what_is_not_confirmed_is_not_in_the_plan(sheet: Sheet) -> None:
    confirmed = acts.set_state(sheet, acts.sure_rows(sheet), RowState.CONFIRMED)
    assert len(confirmed.draft().tasks) == len(acts.sure_rows(sheet)) > 0
    assert not acts.sure_rows(confirmed)
    assert sheet.draft().tasks == ()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_is_done_no_word_is_made_up(sheet: Sheet, reader: PassageReader, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        act = data.draw(st.sampled_from(("add", "merge", "split", "drop")))
        numbers = [row.number for row in sheet.live]
        if len(numbers) < 2:
            break
        try:
            if act == "add":
                start = data.draw(st.integers(0, len(sheet.text)))
                sheet, _number = acts.add(sheet, start, data.draw(st.integers(start, len(sheet.text))), reader)
            elif act == "merge":
                sheet = acts.merge(sheet, data.draw(st.sets(st.sampled_from(numbers), min_size=2, max_size=3)))
            elif act == "split":
                row = sheet.row(data.draw(st.sampled_from(numbers)))
                assert row is not None
                at = data.draw(st.sampled_from([start for start, _ in acts.pieces_of(sheet, row)]))
                sheet = acts.split(sheet, row.number, at, reader)
            else:
                sheet = acts.set_state(sheet, [data.draw(st.sampled_from(numbers))], RowState.DROPPED)
        except Refused:
            continue
    assert len({row.task.ref for row in sheet.rows}) == len(sheet.rows) == len({row.number for row in sheet.rows})
    for row in sheet.rows:
        assert row.task.quote == "\n".join(sheet.text[a:b] for a, b in row.own)
        assert all(0 <= a < b <= len(sheet.text) for a, b in row.task.spans)
    assert rows_from(json.loads(json.dumps(as_json(sheet.rows)))) == sheet.rows


def test_a_passage_is_not_longer_than_a_task_is(sheet: Sheet, reader: PassageReader) -> None:
    longest = acts.LONGEST_PASSAGE
    long = Sheet(read("kh.txt", (TEXT + "Các cơ quan thực hiện nghiêm.\n" * 200).encode()), sheet.rows)
    of_long = PassageReader.of(long.text, reader.names, reader.place)
    assert acts.add(long, 0, longest, of_long)[1]
    with pytest.raises(Refused, match="4,000"):
        acts.add(long, 0, longest + 1, of_long)


def test_a_row_that_was_dropped_or_merged_stays_so(sheet: Sheet, reader: PassageReader) -> None:
    one, other = sheet.rows[:2]
    merged = acts.merge(sheet, [one.number, other.number])
    gone, number = "đã bỏ hoặc đã gộp", other.number
    pieces = acts.pieces_of(sheet, other)
    with pytest.raises(Refused, match=gone):
        acts.change(merged, number, typed(merged, number), reader, confirm=True)
    with pytest.raises(Refused, match=gone):
        acts.split(merged, number, pieces[-1][0], reader)
    with pytest.raises(Refused, match=gone):
        acts.set_state(merged, [number], RowState.CONFIRMED)
    with pytest.raises(Refused, match=gone):
        acts.merge(merged, [number, sheet.rows[2].number])
    back = acts.set_state(merged, [number], RowState.DRAFTED)
    assert acts.change(back, number, typed(back, number), reader, confirm=True)


def test_a_form_of_a_row_that_changed_is_refused(sheet: Sheet, reader: PassageReader) -> None:
    row, asked = sheet.rows[0], typed(sheet, sheet.rows[0].number, product="Báo cáo")
    changed = change_seen(sheet, row.number, row.digest, asked, reader, confirm=False)
    assert changed == acts.change(sheet, row.number, asked, reader, confirm=False) != sheet
    for seen in (row.digest, ""):
        assert change_seen(changed, row.number, seen, asked, reader, confirm=False) == changed, "sent again"
        for other in (typed(sheet, row.number), typed(sheet, row.number, title="")):
            with pytest.raises(Refused, match="đã thay đổi") as refused:
                change_seen(changed, row.number, seen, other, reader, confirm=False)
            assert "Sản phẩm: hiện là «Báo cáo»." in [str(each) for each in refused.value.details]
        with pytest.raises(Refused, match="đã thay đổi"):
            change_seen(changed, row.number, seen, asked, reader, confirm=True)


@pytest.mark.parametrize("name", ["leads", "coordinating", "report_to"])
@pytest.mark.parametrize(
    "words", ["Ông Nguyễn Văn Hùng, số căn cước 079085001234", "0912345678", "Sở Y tế (MẬT)", "x" * 1001, "SYT\n" * 201]
)
def test_an_office_is_typed_without_personal_data_or_secrets(
    sheet: Sheet, reader: PassageReader, name: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        acts.change(sheet, 1, typed(sheet, 1, **{name: words}), reader, confirm=True)
    assert {"leads": "Chủ trì", "coordinating": "Phối hợp", "report_to": "Báo cáo ai"}[name] in str(
        refused.value.faults[0]
    )
