"""What a directive demands: quotes that stand in its text, products, targets, whose words a date rests on."""

from pathlib import Path

import pytest

from config.catalogue.checks.quote_check import nearest_passage, stands_in
from config.catalogue.loader import PlanError, PlanErrors, load_plan
from config.text.amounts import parse_amount
from tests.support.plans import one_step, plan_of

STEP = "lead: SYT\ndue: {lead: BY:30/06/2025}"
SOURCE = "Giao Sở  Y tế chủ trì xây dựng Kế hoạch, trình\nỦy ban nhân dân tỉnh trước ngày 30/6/2025; các sở phối hợp."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.yaml"


def faults(file: Path) -> tuple[PlanError, ...]:
    with pytest.raises(PlanErrors) as refused:
        load_plan(file)
    return refused.value.errors


class TestQuotes:
    @pytest.mark.parametrize(
        ("quote", "stands"),
        [
            ("Giao Sở Y tế chủ trì", True),
            ("Sở\u00a0Y tế chủ trì xây dựng Kế\u200b hoạch, trình Ủy ban", True),
            ("Giao Sở Y tế … trước ngày 30/6/2025", True),
            ("trước ngày 30/6/2025 … Giao Sở Y tế", False),
            ("Giao Sở Y tế chủ trì xây dựng Đề án", False),
        ],
    )
    def test_words_stand_in_the_text_or_not(self, quote: str, stands: bool) -> None:
        assert stands_in(quote, SOURCE) is stands

    def test_a_quote_that_does_not_is_told_with_the_nearest_passage(self, path: Path) -> None:
        (path.parent / "ke-hoach.txt").write_text("\ufeff" + SOURCE, encoding="utf-8")
        subtask = "quote: [Giao Sở Y tế chủ trì, Sở Y tế chủ trì xây dựng Đề án]"
        (fault,) = faults(one_step(path, STEP, subtask=subtask, directive="source: ke-hoach.txt"))
        assert (fault.file, fault.key) == ("plan.yaml", "T1.1.quote[1]")
        assert "gần nhất là «Sở Y tế chủ trì xây dựng Kế hoạch,»" in fault.problem_vi
        assert nearest_passage("không liên quan gì cả", SOURCE) == ""

    def test_the_text_is_kept_with_the_directive(self, path: Path) -> None:
        (path.parent / "ke-hoach.txt").write_bytes(SOURCE.replace("\n", "\r\n").encode())
        plan = plan_of(path, STEP, directive="source: ke-hoach.txt")
        assert plan.main_directive.source == SOURCE
        inline = plan_of(path, STEP, directive="source: |\n  Giao Sở Y tế.\n  Hết.")
        assert inline.main_directive.source == "Giao Sở Y tế.\nHết."

    @pytest.mark.parametrize(
        ("named", "advice"),
        [("thieu.txt", "không có tệp này"), ("../ngoai.txt", "nằm cạnh"), ("ke hoach.docx", ".txt mã UTF-8")],
    )
    def test_a_text_that_cannot_be_read_is_told(self, path: Path, named: str, advice: str) -> None:
        (fault,) = faults(one_step(path, STEP, directive=f"source: {named}"))
        assert fault.key == "directive.source"
        assert advice in fault.problem_vi

    def test_quotes_are_not_cut_and_may_be_several_with_their_place(self, path: Path) -> None:
        long = "từ " * 700
        plan = plan_of(path, STEP, subtask=f'quote:\n  - "{long}"\n  - {{text: hai, place: "Mục II, điểm 3"}}')
        first, second = plan.subtask("T1.1").quotes
        assert (len(first.text), second.text, second.place) == (2099, "hai", "Mục II, điểm 3")
        assert plan.subtask("T1.1").quote.endswith(" … hai")

    def test_a_fault_in_a_quote_names_the_key_of_the_file(self, path: Path) -> None:
        assert [fault.key for fault in faults(one_step(path, STEP, subtask="quote: ' '"))] == ["T1.1.quote"]


class TestProducts:
    def test_a_paper_is_done_when_its_number_and_date_are_given(self, path: Path) -> None:
        subtask = plan_of(path, STEP, subtask="product: Kế hoạch của Ủy ban nhân dân tỉnh").subtask("T1.1")
        assert subtask.form("plan").document == "required"
        other = plan_of(path, STEP, subtask="product: {title_vi: 2.305 nhà, kind: other}").subtask("T1.1")
        assert other.form("plan").document == "optional"

    def test_a_step_may_have_a_product_of_its_own(self, path: Path) -> None:
        subtask = plan_of(path, f"{STEP}\nproduct: Báo cáo", subtask="product: Quyết định").subtask("T1.1")
        product = subtask.product_of("plan")
        assert product is not None
        assert product.title_en == "Báo cáo"


class TestTargets:
    @pytest.mark.parametrize(
        ("written", "value", "amount"),
        [
            ("2305", "2305", "2305"),
            ("2.305", "2305", "2305"),
            ("'1,5'", "1,5", "1.5"),
            ("1.50", "1,5", "1.5"),
            ("0.125", "0,125", "0.125"),
            ("'0,125'", "0,125", "0.125"),
            ("1.250.000", "1250000", "1250000"),
            ("2.305 nhà", "2305", "2305"),
            ("0", "0", "0"),
        ],
    )
    def test_a_figure_is_read_as_vietnamese_writes_it(self, path: Path, written: str, value: str, amount: str) -> None:
        plan = plan_of(path, STEP, subtask=f"targets: [{{indicator_vi: Số nhà, unit: nhà, value: {written}}}]")
        (target,) = plan.subtask("T1.1").targets
        assert (target.value, str(target.amount), target.key) == (value, amount, "so_nha")
        assert [count.key for count in plan.subtask("T1.1").form("plan").counts] == ["so_nha"]

    def test_what_is_no_number_is_told(self, path: Path) -> None:
        (fault,) = faults(one_step(path, STEP, subtask="targets: [{indicator_vi: Số nhà, value: nhiều}]"))
        assert fault.key == "T1.1.targets[0].value"
        assert "1.250" in fault.problem_vi

    @pytest.mark.parametrize(
        ("written", "advice"),
        [
            ("'1,250'", "viết 1.250 nếu là hàng nghìn, 1,25 nếu là số thập phân"),
            ("95%", "unit: '%'"),
            ("-5", "từ 0 trở lên"),
            ("true", "không phải là số"),
            ("'0,1234567'", "tối đa 6 chữ số"),
        ],
    )
    def test_what_is_not_sure_is_refused_with_what_to_write(self, path: Path, written: str, advice: str) -> None:
        (fault,) = faults(one_step(path, STEP, subtask=f"targets: [{{indicator_vi: Số nhà, value: {written}}}]"))
        assert fault.key == "T1.1.targets[0].value"
        assert advice in fault.problem_vi

    def test_a_figure_is_read_alike_in_a_plan_and_in_a_report(self, path: Path) -> None:
        for written in ("0.125", "1.250", "12,75", "12.75", "1.250,5", "1,250.5", "7"):
            plan = plan_of(path, STEP, subtask=f"targets: [{{indicator_vi: Số nhà, value: '{written}'}}]")
            (target,) = plan.subtask("T1.1").targets
            assert target.amount == parse_amount(written, "", "")


class TestBasis:
    @pytest.mark.parametrize(
        ("subtask", "due", "lead", "coordinating"),
        [
            ("", "{lead: BY:30/06/2025, coordinating: lead}", "proposal", "proposal"),
            ("", "{lead: BY:30/06/2025, coordinating: lead, words: trước 30/6}", "stated", "stated"),
            ("", "{lead: BY:30/06/2025, coordinating: BY:20/06/2025, words: trước 30/6}", "stated", "proposal"),
            ("basis: stated", "{lead: BY:30/06/2025, coordinating: BY:20/06/2025}", "stated", "proposal"),
            ("basis: practice", "{lead: BY:30/06/2025, coordinating: BY:20/06/2025}", "practice", "practice"),
            (
                "basis: stated",
                "{lead: BY:30/06/2025, coordinating: BY:20/06/2025, basis: {coordinating: law}}",
                "stated",
                "law",
            ),
        ],
    )
    def test_a_date_says_whose_words_it_rests_on(
        self, path: Path, subtask: str, due: str, lead: str, coordinating: str
    ) -> None:
        plan = plan_of(path, f"lead: SYT\ncoordinating: [STC]\ndue: {due}", subtask=subtask)
        whole, step = plan.subtask("T1.1"), plan.step("T1.1", "plan")
        assert (whole.basis_of(step, "lead"), whole.basis_of(step, "coordinating")) == (lead, coordinating)


def test_what_a_clerk_need_not_say(path: Path) -> None:
    plan = plan_of(path, STEP)
    (priority,) = plan.priorities
    subtask, step = plan.subtask("T1.1"), plan.step("T1.1", "plan")
    assert (priority.code, priority.numeral, priority.title_en) == ("p1", "Nhiệm vụ 1", "Nhiệm vụ")
    assert (subtask.kind, subtask.ladder, subtask.title_en) == ("one-off", "standard", "Xây dựng kế hoạch")
    assert (step.title_vi, step.trigger) == ("Xây dựng kế hoạch", "issue")
    assert plan.main_directive.default_monitor == "UBND"
    assert (plan.office("HOI").kind, plan.office("SYT").kind) == ("hiệp hội", "state")
    assert plan.ladder("standard").rungs


@pytest.mark.parametrize(
    ("trigger", "written", "rule"),
    [
        ("event", "báo cáo ngay", "EVENT+24h"),
        ("event", "07 ngày làm việc", "EVENT+7"),
        ("document", "trong vòng 10 ngày", "DOC+10cal"),
        ("event", "EVENT-3", "EVENT-3"),
    ],
)
def test_a_deadline_in_words_is_counted_from_what_opens_its_step(
    path: Path, trigger: str, written: str, rule: str
) -> None:
    plan = plan_of(path, f"lead: SYT\ntrigger: {trigger}\ndue: {{lead: {written}}}")
    assert plan.step("T1.1", "plan").due.lead == rule


def test_a_report_at_once_on_an_event_opens_with_the_event(path: Path) -> None:
    step = plan_of(path, "lead: SYT\ndue: {lead: báo cáo ngay khi có sự cố}").step("T1.1", "plan")
    assert (step.trigger, step.due.lead) == ("event", "EVENT+24h")
