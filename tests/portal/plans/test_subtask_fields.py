"""The form of a subtask says the subtask that it shows: untouched, it changes nothing of any plan."""

import re
from pathlib import Path

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.writing import plan_contents
from config.errors import Refused
from models.plans.documents import Content
from models.plans.reshaping import subtask_content
from portal.plans.step_fields import MOST_ROWS, Fields, rows_of
from portal.plans.subtask_fields import changed_subtask, subtask_fields
from tests.support.corpus import CORPUS
from tests.support.plans import plan_of


@pytest.mark.later
@pytest.mark.parametrize("source", [None, *sorted(CORPUS.iterdir())], ids=lambda each: each.name if each else "shipped")
def test_an_untouched_form_says_the_subtask_as_it_is(source: Path | None) -> None:
    plan = load_plan(source)
    contents = {each["code"]: each for file in plan_contents(plan).values() for each in file.get("subtasks", ())}
    for subtask in plan.subtasks():
        content = contents[subtask.code]
        shown = subtask_fields(plan, subtask, content)
        lists = {"documents": subtask.documents, "systems": subtask.systems}
        assert changed_subtask(content, shown, shown, lists)[0] == content, subtask.code


@pytest.fixture
def counted(tmp_path: Path) -> tuple[Content, Fields]:
    """A subtask whose form has three counts and one check, and the form's fields."""
    labels = {"dung": "Đúng hạn", "tre": "Trễ", "tong": "Tổng"}
    counts = ", ".join(f"{{key: {key}, label_vi: {label}}}" for key, label in labels.items())
    report = (
        f"report: {{counts: [{counts}], checks: [{{expression: dung <= tong, label_vi: đúng hạn không quá tổng}}]}}"
    )
    plan = plan_of(tmp_path / "plan.yaml", "lead: SYT\ndue: {lead: BY:30/06/2025}", subtask=report)
    content = subtask_content(plan, "T1.1")
    return content, subtask_fields(plan, plan.subtask("T1.1"), content)


def checks_of(content: Content, shown: Fields, **changed: str) -> list[tuple[str, str]]:
    sent = shown | {name.replace("_", "."): value for name, value in changed.items()}
    made = changed_subtask(content, sent, shown, {})[0]["report"].get("checks", [])
    return [(each["expression"], each["label_vi"]) for each in made]


def test_a_check_is_written_by_the_numbers_of_counts(counted: tuple[Content, Fields]) -> None:
    content, shown = counted
    assert shown["r.k0"] == "1 ≤ 3"
    assert checks_of(content, shown) == [("dung <= tong", "đúng hạn không quá tổng")]
    for typed in ("1 + 2 = 3", "1+2==3"):
        assert checks_of(content, shown, r_k0=typed) == [("dung + tre == tong", "Đúng hạn + Trễ bằng Tổng")]
    assert checks_of(content, shown, r_k0="3 − 1 >= 2") == [("tong - dung >= tre", "Tổng − Đúng hạn không nhỏ hơn Trễ")]
    assert checks_of(content, shown, r_k0="") == []
    second = {"r_k_n": "2", "r_k1": "2 <= 3"}
    assert checks_of(content, shown, **second)[1] == ("tre <= tong", "Trễ không lớn hơn Tổng")


def test_a_check_that_cannot_be_read_is_told_by_its_number(counted: tuple[Content, Fields]) -> None:
    content, shown = counted
    wrong = {"r_k_n": "4", "r_k0": "1 + 4 = 3", "r_k1": "1 + 2", "r_k2": "1 < 3", "r_k3": "ô 1 = ô 3"}
    with pytest.raises(Refused) as refused:
        checks_of(content, shown, **wrong)
    told = [str(each) for each in refused.value.faults]
    assert [each[:16] for each in told] == [f"Phép kiểm tra {number} " for number in (1, 2, 3, 4)]
    assert "không có ô số liệu 4" in told[0] and "như 1 + 2 = 3" in told[1]
    with pytest.raises(Refused, match="không có ô số liệu 3"):
        checks_of(content, shown, r_c2_label="")


def test_the_parts_of_a_report_are_named_given_away_added_and_dropped(tmp_path: Path) -> None:
    parts = "{key: land, title_vi: đất đai, title_en: land, lead: SNV}, {key: budget, title_vi: ngân sách, lead: STC}"
    step = f"lead: UBND\ndue: {{lead: BY:30/06/2025}}\nvariants: [{parts}]"
    plan = plan_of(tmp_path / "plan.yaml", step)
    content = subtask_content(plan, "T1.1")
    shown = subtask_fields(plan, plan.subtask("T1.1"), content)
    assert (shown["s0.v.n"], shown["s0.v0.title"], shown["s0.v0.lead"]) == ("2", "đất đai", "Sở Nội vụ")
    sent = shown | {
        "s0.v.n": "3",
        "s0.v0.lead": "Sở Tài chính\nSở Y tế",
        "s0.v0.named": "nhóm departments",
        "s0.v1.title": "",
        "s0.v2.title": "Thanh tra",
        "s0.v2.lead": "Sở Nội vụ",
    }
    changed = changed_subtask(content, sent, shown, {})[0]
    land, inspection = changed["steps"][0]["variants"]
    assert land == {
        "key": "land",
        "title_vi": "đất đai",
        "title_en": "land",
        "lead": ["Sở Tài chính", "Sở Y tế"],
        "named": ["departments"],
    }
    assert inspection == {"key": "thanh_tra", "title_vi": "Thanh tra", "lead": "Sở Nội vụ"}
    emptied = changed_subtask(content, shown | {"s0.v0.title": "", "s0.v1.title": ""}, shown, {})[0]
    assert "variants" not in emptied["steps"][0]


@pytest.fixture
def long(tmp_path: Path) -> tuple[Content, Fields]:
    """A subtask with 75 of everything that its form shows in rows, and the form's fields."""
    rows = range(75)
    counts = ", ".join(f"{{key: o_{row}, label_vi: Ô {row}}}" for row in rows)
    checks = ", ".join(f"{{expression: o_{row} <= o_0, label_vi: phép {row}}}" for row in rows)
    targets = ", ".join(f"{{key: t_{row}, indicator_vi: Chỉ tiêu {row}, value: {row + 1}, unit: xã}}" for row in rows)
    quotes = ", ".join(f"Câu {row}" for row in rows)
    parts = ", ".join(f"{{key: p_{row}, title_vi: Phần {row}, lead: SYT}}" for row in rows)
    own = f"report: {{counts: [{counts}], checks: [{checks}]}}\ntargets: [{targets}]\nquote: [{quotes}]"
    step = f"lead: SYT\ndue: {{lead: BY:30/06/2025}}\nvariants: [{parts}]"
    plan = plan_of(tmp_path / "plan.yaml", step, subtask=own)
    content = subtask_content(plan, "T1.1")
    return content, subtask_fields(plan, plan.subtask("T1.1"), content)


def test_however_many_rows_there_are_none_is_lost(long: tuple[Content, Fields]) -> None:
    content, shown = long
    assert changed_subtask(content, shown, shown, {})[0] == content
    sent = shown | {"s0.v.n": "76", "s0.v74.title": "Phần cuối", "s0.v75.title": "Thêm", "s0.v75.lead": "STC"}
    parts = changed_subtask(content, sent, shown, {})[0]["steps"][0]["variants"]
    assert len(parts) == 76
    assert parts[74]["title_vi"] == "Phần cuối" and parts[75]["title_vi"] == "Thêm"


def test_a_form_asks_for_no_more_empty_rows_than_can_be_read(long: tuple[Content, Fields]) -> None:
    _, shown = long
    assert len(rows_of({"t.n": "99999"}, "t")) == MOST_ROWS
    assert len(rows_of(shown | {"t.n": "99999"}, "t")) == 76
    assert len(rows_of({"t.n": "٣"}, "t")) == 0


def test_a_list_whose_count_is_not_sent_stays(long: tuple[Content, Fields]) -> None:
    content, shown = long
    for kind in ("q", "t", "s", "s0.v", "r.c", "r.k"):
        rows = re.compile(rf"{re.escape(kind)}(\.n|\d)")
        sent = {name: value for name, value in shown.items() if not rows.match(name)} | {"title": "Tên mới"}
        for count in ({}, {f"{kind}.n": ""}, {f"{kind}.n": "x"}, {f"{kind}.n": "٣"}):
            assert changed_subtask(content, sent | count, shown, {})[0] == content | {"title_vi": "Tên mới"}, kind
    emptied = {"t.n": "0", "q.n": "0", "s0.v.n": "0", "r.c.n": "0", "r.k.n": "0"}
    assert not changed_subtask(content, shown | emptied, shown, {})[0].keys() & {"targets", "quote", "report"}
