"""The draft: held to the tasks that were found by hand, and to what it must never do."""

import importlib.util
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from intake.directives.drafting.draft import Draft, draft_of
from intake.directives.phrases.words import plain
from intake.directives.reading.process import read
from intake.directives.text import Paragraph, Table
from tests.support.directive_files import docx
from tests.support.examples import examples

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("drafting_benchmark", ROOT / "benchmarks" / "drafting.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def names() -> OfficeNames:
    return load_plan().office_names


def draft(text: str, names: OfficeNames | None = None) -> Draft:
    return draft_of(read("chi-dao.txt", text.encode()), names)


class TestAgainstTheTasksByHand:
    @pytest.mark.later
    def test_prose_and_tables_reach_their_aims(self, benchmark: Any, names: OfficeNames) -> None:
        scores: dict[str, Any] = defaultdict(benchmark.Score)
        for path, gold in benchmark.texts():
            counted = benchmark.score(draft_of(read(path.name, path.read_bytes()), names), gold)
            scores[benchmark.kind_of(path)].add(counted)
        assert scores["tables"].whole >= 0.97
        for prose in (scores["corpus"], scores["made"]):
            assert prose.f1(prose.found) >= 0.92
            assert prose.whole >= 0.75
        assert scores["tables"].dates == scores["made"].dates == 1.0
        rounds = [counted for kind, counted in scores.items() if kind.startswith("unseen")]
        assert len(rounds) >= 5
        assert all(counted.whole >= 0.97 and counted.dates == 1.0 for counted in rounds)
        # One duty of the corpus has a yearly report that the annotator counted as a task of its own.
        assert scores["corpus"].dated_right >= scores["corpus"].dated - 1

    def test_the_shipped_directive_holds_the_quotes_of_the_shipped_plan(self, names: OfficeNames) -> None:
        plan = load_plan()
        lines = (
            (ROOT / "tests" / "fixtures" / "directive-2023-08-17.five-tasks.txt")
            .read_text(encoding="utf-8")
            .split("\n")
        )
        found = draft_of(read("chi-dao.docx", docx(*(line for line in lines if line.strip()))), names)
        in_tasks = " ".join(" ".join(plain(found.text[a:b]).split()) for each in found.tasks for a, b in each.spans)
        quotes = [each.quote for each in plan.subtasks() if each.quote]
        missing = [
            quote for quote in quotes if not all(" ".join(plain(part).split()) in in_tasks for part in quote.split("…"))
        ]
        assert len(quotes) - len(missing) >= 35, missing
        assert [each.deadline.day for each in found.tasks if each.deadline and each.deadline.day] == []


class TestWhatIsSaid:
    def test_a_task_as_json(self, names: OfficeNames) -> None:
        text = "1. Giao Sở Y tế chủ trì, phối hợp với Công an tỉnh rà soát, báo cáo UBND tỉnh trước ngày 30/6/2025."
        (task,) = draft(text, names).as_json()["tasks"]
        assert json.loads(json.dumps(task)) == {
            "ref": "1",
            "title": "Rà soát, báo cáo UBND tỉnh trước ngày 30/6/2025",
            "quote": text[3:],
            "spans": [[3, len(text)]],
            "role": "lead",
            "leads": [{"text": "Sở Y tế", "office": "SYT"}],
            "coordinating": [{"text": "Công an tỉnh", "office": "CAT"}],
            "report_to": "UBND tỉnh",
            "product": None,
            "target": None,
            "deadline": {
                "words": "trước ngày 30/6/2025", "kind": "date", "rule": "BEFORE:30/06/2025", "date": "2025-06-30",
            },
            "kind": "one-off",
            "sure": 0.85,
            "why": ["câu giao cho cơ quan được nêu tên"],
            "duplicate_of": None,
        }  # fmt: skip

    def test_what_the_text_does_not_say_is_none(self) -> None:
        (task,) = draft("1. Sở Y tế: rà soát.").as_json()["tasks"]
        assert task["deadline"] == {"words": None, "kind": "none", "rule": None, "date": None}
        assert task["report_to"] is task["product"] is task["target"] is None
        assert task["leads"] == [{"text": "Sở Y tế", "office": None}], "without a register no code is known"

    def test_related_offices_stay_words(self, names: OfficeNames) -> None:
        (task,) = draft("1. Sở Y tế chủ trì, phối hợp với các cơ quan liên quan rà soát.", names).tasks
        assert [(each.text, each.office) for each in task.coordinating] == [("các cơ quan liên quan", None)]

    def test_two_deadlines_are_two_tasks(self) -> None:
        text = "1. Sở Y tế rà soát, hoàn thành trước ngày 30/6/2025 và báo cáo UBND tỉnh trước ngày 15/7/2025."
        assert [str(each.deadline.day) for each in draft(text).tasks if each.deadline] == ["2025-06-30", "2025-07-15"]

    def test_a_term_said_once_holds_for_the_items_beneath_it(self) -> None:
        found = draft(
            "Xuân Lĩnh, ngày 10 tháng 01 năm 2026\nI. CÔNG VIỆC\n1. Tháng 3\na) Tổng vệ sinh bờ biển (Phòng Kinh tế).\n"
            "b) Trồng cây (Đoàn Thanh niên xã chủ trì), xong trước ngày 15/3/2026.\n"
            "2. Các thôn hoàn thành trong quý II/2026 các việc sau:\n- Lập danh sách hộ;\n- Niêm yết công khai."
        )
        assert [(each.leads[0].text, str(each.deadline.day)) for each in found.tasks if each.deadline] == [
            ("Phòng Kinh tế", "2026-03-31"),
            ("Đoàn Thanh niên xã", "2026-03-15"),
            ("Các thôn", "2026-06-30"),
            ("Các thôn", "2026-06-30"),
        ]

    @pytest.mark.parametrize(
        "introduction",
        [
            "Theo tin báo từ tháng 4 đến tháng 6/2026 ít mưa, UBND xã ban hành Kế hoạch như sau:",
            "Để kịp khánh thành trước ngày 19/5/2026, Chủ tịch UBND xã yêu cầu:",
        ],
    )
    def test_a_day_that_the_items_are_for_is_no_term_of_theirs(self, introduction: str) -> None:
        found = draft(f"Xuân Lĩnh, ngày 10 tháng 01 năm 2026\n{introduction}\n1. Công an xã tuần tra.")
        assert [each.deadline for each in found.tasks] == [None]

    @pytest.mark.parametrize("label", ["", "1. "])
    def test_what_has_been_done_gives_no_day_to_what_is_to_be_done(self, label: str) -> None:
        found = draft(
            f"Xuân Lĩnh, ngày 20 tháng 11 năm 2026\n{label}Từ ngày 10/11 đến ngày 20/11/2026, Sở Y tế đã kiểm tra 20"
            " cơ sở; yêu cầu Sở Y tế báo cáo trước ngày 05/12/2026."
        )
        assert [str(each.deadline and each.deadline.day) for each in found.tasks] == ["2026-12-05"]

    def test_who_is_told_stands_anywhere(self) -> None:
        found = draft(
            "Xuân Lĩnh, ngày 10 tháng 01 năm 2026\n1. Về kiến nghị của Hợp tác xã A: giao Sở Tài chính xem xét.\n"
            "2. Sở Y tế trực dịch.\nKết quả thực hiện đề nghị các đơn vị gửi về Sở Nội vụ trước ngày 20/02/2026."
        )
        assert [[each.text for each in task.leads] for task in found.tasks] == [
            ["Sở Tài chính"],
            ["Sở Y tế"],
            ["các đơn vị"],
        ]

    @pytest.mark.parametrize(
        "introduction",
        ["Chủ tịch UBND tỉnh yêu cầu:", "UBND tỉnh yêu cầu các cơ quan, đơn vị tập trung thực hiện:"],
    )
    def test_each_office_is_told_and_each_household_is_counted(self, introduction: str) -> None:
        found = draft(
            f"{introduction}\n1. Mỗi sở, ngành cử một lãnh đạo phụ trách.\n2. Từng địa phương rà soát quỹ đất.\n"
            "3. Sở Y tế trực dịch.\n4. Các thôn:\n- Mỗi hộ dự trữ nước sạch."
        )
        told = [each.text for task in found.tasks for each in task.leads]
        assert told == ["Mỗi sở, ngành", "Từng địa phương", "Sở Y tế", "Các thôn"]

    @pytest.mark.parametrize(
        "text",
        [
            "Nguyên nhân: UBND các xã chưa quan tâm, kiểm tra thường xuyên.",
            "Nguyên nhân chủ quan: UBND các xã thiếu kiểm tra, đôn đốc.",
            "Tồn tại: Sở Y tế triển khai chậm các dự án.",
            "Ưu điểm: Sở Nội vụ chủ động tham mưu UBND tỉnh.",
            "Thuận lợi: Các sở, ngành phối hợp chặt chẽ.",
            "Về tình hình dịch bệnh, Sở Y tế đánh giá cơ bản được kiểm soát.",
            "Về kết quả thực hiện, các sở, ngành chủ động triển khai.",
            "UBND các xã còn chậm triển khai.",
            "Sở Y tế triển khai chậm các dự án.",
            "UBND các xã tại Công văn số 5 báo cáo chưa đầy đủ.",
            "Các đơn vị chưa chủ động rà soát hồ sơ.",
        ],
    )
    @pytest.mark.parametrize("label", ["", "1. "])
    def test_findings_are_no_tasks(self, label: str, text: str) -> None:
        assert [each.title for each in draft(label + text).tasks] == []

    @pytest.mark.parametrize(
        ("text", "leads"),
        [
            ("Giải pháp: Sở Y tế mua sắm thiết bị.", "Sở Y tế"),
            ("Đối với tồn tại, hạn chế này, Sở Xây dựng khắc phục.", "Sở Xây dựng"),
            ("Về khắc phục hạn chế, Sở Y tế xây dựng kế hoạch.", "Sở Y tế"),
            ("Về kiến nghị này, UBND tỉnh giao Sở Xây dựng nghiên cứu.", "Sở Xây dựng"),
            ("UBND các xã chưa đạt chuẩn phải xây dựng lộ trình.", "UBND các xã chưa đạt chuẩn"),
            ("UBND các xã tại khu vực biên giới chủ động tuần tra.", "UBND các xã tại khu vực biên giới"),
            ("Sở Y tế báo cáo chậm nhất ngày 30/6/2025.", "Sở Y tế"),
            ("Về phòng cháy, Chủ tịch UBND tỉnh yêu cầu:\n- Sở Y tế trực dịch.\n- Rà soát các chợ.", "Sở Y tế"),
        ],
    )
    def test_who_is_told_amid_topics(self, text: str, leads: str) -> None:
        assert [each.text for task in draft(f"1. {text}").tasks for each in task.leads] == [leads]

    def test_everybody_told_to_carry_the_document_out_is_no_task(self) -> None:
        found = draft(
            "CÔNG ĐIỆN\n1. Sở Y tế trực cấp cứu.\n2. Các thôn: mỗi hộ dự trữ nước sạch.\n"
            "Nhận được Công điện này, yêu cầu các địa phương khẩn trương triển khai thực hiện./."
        )
        assert [[each.text for each in task.leads] for task in found.tasks] == [["Sở Y tế"], ["Các thôn"]]

    def test_who_and_when_may_stand_in_labelled_brackets(self) -> None:
        found = draft(
            "I- CÔNG VIỆC\n1- Trồng cây xanh (Chủ trì: Phòng Kinh tế; phối hợp: các thôn; thời gian: Quý II/2026).\n"
            "2- Sân bóng mới. Chủ trì: Đoàn Thanh niên xã. Thời gian: Tháng 9/2026."
        )
        assert [
            (each.leads[0].text, [one.text for one in each.coordinating], str(each.deadline and each.deadline.day))
            for each in found.tasks
        ] == [("Phòng Kinh tế", ["các thôn"], "2026-06-30"), ("Đoàn Thanh niên xã", [], "2026-09-30")]

    def test_aims_under_a_heading_of_a_party_document_are_no_tasks(self) -> None:
        assert draft("I- MỤC TIÊU\n- Đến hết năm 2030, có 50 doanh nghiệp mới.\nII- KẾT QUẢ\nTốt.").tasks == ()

    def test_one_duty_told_twice_is_marked(self) -> None:
        text = (
            "I. NHIỆM VỤ\n1. Thành lập Đoàn kiểm tra việc chấp hành quy định bảo vệ bí mật nhà nước (Giao Công an tỉnh"
            " tham mưu).\n"
            "II. PHÂN CÔNG\n1. Công an tỉnh\n- Thành lập Đoàn kiểm tra việc chấp hành quy định bảo vệ bí mật nhà nước."
        )
        assert [each.duplicate_of for each in draft(text).tasks] == [None, "I.1"]

    def test_aims_grounds_and_validity_are_no_tasks(self) -> None:
        text = (
            "Căn cứ Luật An toàn thực phẩm ngày 17 tháng 6 năm 2010;\nI. MỤC ĐÍCH, YÊU CẦU\n"
            "1. Nâng cao nhận thức của cán bộ.\n2. Các sở, ban, ngành xác định đây là việc quan trọng.\n"
            "II. KINH PHÍ\n1. Kinh phí do ngân sách bảo đảm.\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký.\n"
            "Điều 3. Giám đốc Sở Y tế và các cơ quan liên quan chịu trách nhiệm thi hành Quyết định này./."
        )
        assert [each.title for each in draft(text).tasks] == []

    def test_another_language_and_no_tasks_are_told(self) -> None:
        english = "The department shall review all procedures and report to the committee every quarter. " * 5
        found = draft(english)
        assert found.tasks == ()
        assert "tiếng Việt" in found.notes[0][0]
        assert "Không thấy nhiệm vụ" in found.notes[1][0]
        assert [found.text[a:b] for a, b in found.uncovered] == [english.strip()]

    def test_footnotes_are_told_of(self) -> None:
        document = read("a.txt", b"x")
        with_note = type(document)("Chú thích 1: Giao Sở Y tế rà soát.", (Paragraph(0, 34, "footnote"),))
        found = draft_of(with_note)
        assert found.tasks == ()
        assert any("Chú thích" in vi for vi, _ in found.notes)


_PIECES = (
    "giao|Sở Y tế|UBND các xã, phường|Công an tỉnh|chủ trì, phối hợp với|rà soát|báo cáo|trước ngày 30/6/2025|quý II"
    "|hằng năm|ngày 28/02/2020|;|.|:|(|)|1.|a)|-|\n|\n\n|II.|Căn cứ|khi có yêu cầu|các cơ quan liên quan|\t|%|12"
    "|Hà|và|,"
)
_WORDS = st.sampled_from(_PIECES.split("|"))


@given(st.lists(_WORDS, min_size=1, max_size=40))
@settings(max_examples=examples(100), deadline=None)
def test_whatever_the_text_nothing_is_made_up_and_nothing_is_lost(words: list[str]) -> None:
    text = " ".join(words)
    assume(any(each.isalnum() for each in text))
    found = draft(text)
    refs = [each.ref for each in found.tasks]
    assert len(set(refs)) == len(refs)
    covered = [False] * len(found.text)
    for start, end in [*found.uncovered, *(span for each in found.tasks for span in each.spans)]:
        assert 0 <= start <= end <= len(found.text)
        covered[start:end] = [True] * (end - start)
    document = read("chi-dao.txt", text.encode())
    for block in document.blocks:
        spans = [span for row in block.rows for span in row] if isinstance(block, Table) else [(block.start, block.end)]
        for start, end in spans:
            assert all(covered[at] or not found.text[at].isalpha() for at in range(start, end))
    one_line = " ".join(found.text.split())
    for task in found.tasks:
        for office in (*task.leads, *task.coordinating):
            assert office.text in one_line
        if task.deadline:
            assert " ".join(task.deadline.words.split()) in one_line
