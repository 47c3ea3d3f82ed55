"""Where a task of a directive begins and ends, whom it is given to, and by which line its date is said."""

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from intake.directives.drafting.draft import DraftTask, draft_of
from intake.directives.reading.process import read

HEAD = "Thanh Hóa, ngày 12 tháng 8 năm 2026\nI. NHIỆM VỤ\n"


@pytest.fixture(scope="module")
def names() -> OfficeNames:
    return load_plan().office_names


def tasks(text: str, names: OfficeNames) -> tuple[DraftTask, ...]:
    return draft_of(read("chi-dao.txt", (HEAD + text).encode()), names, "Thanh Hóa").tasks


def said(text: str, names: OfficeNames) -> list[tuple[str, str | None]]:
    """The leads of each task, and its day or its rule."""
    return [
        (
            " ".join(each.office or each.text for each in task.leads),
            task.deadline and (str(task.deadline.day) if task.deadline.day else task.deadline.rule),
        )
        for task in tasks(text, names)
    ]


class TestOfficesOfOneItem:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "1. Giao Sở Y tế chuẩn bị cơ số thuốc; Sở Công Thương chuẩn bị hàng hóa, hoàn thành trước ngày"
                " 15/9/2026; Sở Giáo dục và Đào tạo quyết định cho học sinh nghỉ học.",
                [("SYT", None), ("SCT", "2026-09-15"), ("SGDDT", None)],
            ),
            (
                "1. Giao Sở Tài chính thẩm định; giao Sở Xây dựng trình hồ sơ trước 20/9/2026; giao Sở Tư pháp góp ý.",
                [("STC", None), ("SXD", "2026-09-20"), ("STP", None)],
            ),
            (
                "1. Giao Công an tỉnh điều tra, giao Thanh tra tỉnh thanh tra, xong trong tháng 10/2026.",
                [("CAT", None), ("TTR", "2026-10-31")],
            ),
            (
                "1. Các sở, ngành báo cáo Sở Y tế trước 15/11/2026; Sở Y tế tổng hợp, báo cáo UBND tỉnh trước"
                " 20/11/2026.",
                [("Các sở, ngành", "2026-11-15"), ("SYT", "2026-11-20")],
            ),
            (
                "1. Đồng ý chủ trương bổ sung 5 tỷ đồng cho UBND xã Nga Sơn; giao đồng chí Phó Chủ tịch UBND tỉnh phụ"
                " trách trực tiếp chỉ đạo; Sở Tài chính tham mưu quyết định trước 15/11/2026.",
                [("UBND", None), ("STC", "2026-11-15")],
            ),
            (
                "1. Sở Y tế, Công an tỉnh bố trí lực lượng. Riêng Sở Nội vụ quản lý biên chế; báo cáo trước 15/11.",
                [("SYT CAT", None), ("SNV", "2026-11-15")],
            ),
            (
                "1. Sở Y tế kiểm tra các chợ; Sở Công Thương, Sở Nội vụ chủ trì, phối hợp với Công an tỉnh xử lý.",
                [("SYT", None), ("SCT SNV", None)],
            ),
        ],
    )
    def test_each_has_its_task_and_its_date(
        self, text: str, expected: list[tuple[str, str | None]], names: OfficeNames
    ) -> None:
        assert said(text, names) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "1. Sở Y tế chủ trì, phối hợp với Sở Tài chính; Công an tỉnh; UBND các xã, phường rà soát.",
            "1. Sở Y tế rà soát; báo cáo UBND tỉnh.",
            "1. Sở Y tế gửi dự thảo lấy ý kiến: Sở Tài chính; Sở Tư pháp; Công an tỉnh.",
            "1. Sở Y tế tham mưu ban hành kế hoạch, giao chỉ tiêu cho các xã, phường.",
        ],
    )
    def test_an_office_that_is_told_nothing_begins_none(self, text: str, names: OfficeNames) -> None:
        assert [each for each, _ in said(text, names)] == ["SYT"]

    def test_what_is_passed_on_is_no_duty_of_those_who_report(self, names: OfficeNames) -> None:
        text = (
            "1. Trước ngày 25 hằng tháng, các đơn vị gửi báo cáo về Sở Tài chính để tổng hợp, báo cáo UBND tỉnh trước"
            " ngày 28 hằng tháng."
        )
        assert said(text, names) == [("các đơn vị", "MONTHLY:BEFORE:25")]


class TestTermsInFront:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "Trước ngày 15/9/2026, Sở Y tế hoàn thành rà soát; Sở Tài chính bố trí kinh phí trong tháng 10/2026.",
                [("SYT", "2026-09-15"), ("STC", "2026-10-31")],
            ),
            ("Trước ngày 20/9/2026, Sở Y tế, Sở Nội vụ gửi báo cáo về UBND tỉnh.", [("SYT SNV", "2026-09-20")]),
            ("Chậm nhất ngày 20 hằng tháng, UBND các xã, phường báo cáo Sở Y tế.", [("XA", "MONTHLY:BY:20")]),
            ("Từ nay đến hết ngày 31/10/2026, Công an tỉnh mở đợt cao điểm.", [("CAT", "2026-10-31")]),
            ("Định kỳ hằng quý, các sở, ban, ngành gửi báo cáo về Sở Nội vụ.", [("các sở, ban, ngành", "EVERY-Q")]),
            ("Trong quý IV/2026, giao Sở Y tế chủ trì kiểm tra.", [("SYT", "2026-12-31")]),
            (
                "Trong tháng 9/2026: Sở Nội vụ trình Đề án; Sở Tư pháp thẩm định; Sở Y tế góp ý trước ngày 10/9/2026.",
                [("SNV", "2026-09-30"), ("STP", "2026-09-30"), ("SYT", "2026-09-10")],
            ),
            (
                "Sở Nội vụ trình Đề án trước ngày 10/9/2026; trong tháng 10/2026, Sở Tư pháp thẩm định.",
                [("SNV", "2026-09-10"), ("STP", "2026-10-31")],
            ),
            (
                "Sở Y tế, Sở Nội vụ trước ngày 25/10/2026 báo cáo rõ nguyên nhân.",
                [("SYT SNV", "2026-10-25")],
            ),
        ],
    )
    @pytest.mark.parametrize("label", ["1. ", ""])
    def test_who_is_told_behind_them(
        self, label: str, text: str, expected: list[tuple[str, str | None]], names: OfficeNames
    ) -> None:
        assert said(label + text, names) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "Trong tháng 7/2026, Sở Y tế đã kiểm tra 20 cơ sở.",
            "Trong 8 tháng đầu năm 2026, các địa phương còn chậm triển khai.",
            "Trong những năm qua, các cấp ủy tăng cường lãnh đạo.",
        ],
    )
    def test_what_was_done_then_is_no_task(self, text: str, names: OfficeNames) -> None:
        assert said(text, names) == []


class TestLinesOfTime:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "1. Nhiệm vụ\na) Sở Y tế rà soát.\nb) Sở Nội vụ tập huấn, xong trước 15/9/2026.\n"
                "2. Thời gian thực hiện: Từ tháng 9/2026 đến hết ngày 30/11/2026.",
                [("SYT", None), ("SNV", "2026-09-15")],
            ),
            (
                "1. Sở Nội vụ tập huấn.\n2. Sở Y tế kiểm tra, báo cáo trước 20/9/2026.\nII. THỜI GIAN, KINH PHÍ\n"
                "1. Thời gian: Quý IV/2026.\n2. Kinh phí: Ngân sách tỉnh.",
                [("SNV", None), ("SYT", "2026-09-20")],
            ),
            (
                "1. Sở Nội vụ xây dựng Kế hoạch.\n2. Kinh phí: Ngân sách tỉnh.\n3. Thời gian: Năm 2026.",
                [("SNV", None)],
            ),
            (
                "1. Sở Nội vụ tập huấn.\nII. THỜI GIAN THỰC HIỆN\nThời gian thực hiện: đến tháng 12/2026.\n"
                "III. TỔ CHỨC THỰC HIỆN KẾ HOẠCH\n1. Sở Y tế kiểm tra.\n2. Thời hạn: Quý I/2027.",
                [("SNV", None), ("SYT", None)],
            ),
            (
                "1. Sở Y tế rà soát.\nThời gian: Quý IV/2026.\n2. Sở Nội vụ kiểm tra.",
                [("SYT", "2026-12-31"), ("SNV", None)],
            ),
            ("1. Sở Y tế rà soát.\n- Thời gian: Quý IV/2026.", [("SYT", "2026-12-31")]),
            ("1. Sở Y tế rà soát trước ngày 15/9/2026.\n- Thời gian: Quý IV/2026.", [("SYT", "2026-09-15")]),
            (
                "1. Tuyên truyền\n- Sở Y tế mở chuyên mục.\n- Thời gian: Quý IV/2026.",
                [("SYT", "2026-12-31")],
            ),
            (
                "1. Tuyên truyền\na) Sở Y tế mở chuyên mục.\nb) Sở Nội vụ tập huấn, xong trước 15/9/2026.\n"
                "c) Công an tỉnh phát tờ rơi.\nd) Thời gian: Quý IV/2026.",
                [("SYT", "2026-12-31"), ("SNV", "2026-09-15"), ("CAT", "2026-12-31")],
            ),
            (
                "1. Lập danh sách các cơ sở\na) Đơn vị thực hiện: Sở Y tế.\nb) Thời gian hoàn thành: trước 20/8/2026.",
                [("SYT", "2026-08-20")],
            ),
        ],
    )
    def test_they_hold_for_the_tasks_of_their_item(
        self, text: str, expected: list[tuple[str, str | None]], names: OfficeNames
    ) -> None:
        assert said(text, names) == expected

    def test_a_line_of_the_whole_document_stays_uncovered(self, names: OfficeNames) -> None:
        text = HEAD + "1. Sở Nội vụ tập huấn, xong trước 15/9/2026.\n2. Thời gian thực hiện: Quý IV/2026."
        found = draft_of(read("chi-dao.txt", text.encode()), names)
        assert "2. Thời gian thực hiện: Quý IV/2026." in [found.text[a:b] for a, b in found.uncovered]


class TestClosings:
    @pytest.mark.parametrize(
        "text",
        [
            "Nhận được văn bản này, yêu cầu các đơn vị nghiêm túc thực hiện./.",
            "Yêu cầu các cơ quan, đơn vị nghiêm túc triển khai thực hiện./.",
            "Căn cứ Kế hoạch này, đề nghị các sở, ban, ngành khẩn trương triển khai thực hiện./.",
        ],
    )
    @pytest.mark.parametrize(
        "item", ["1. Sở Y tế kiểm tra.", "1. Sở Y tế rà soát.\n2. Kiểm tra các chợ trước ngày 30/9/2026."]
    )
    def test_everybody_told_to_obey_is_no_task(self, item: str, text: str, names: OfficeNames) -> None:
        assert said(f"{item}\n\n{text}", names) == said(item, names)

    @pytest.mark.parametrize(
        ("text", "to"),
        [
            (
                "Yêu cầu các cơ quan, đơn vị nghiêm túc triển khai thực hiện; quá trình thực hiện nếu có vướng mắc, kịp"
                " thời phản ánh về Sở Y tế để tổng hợp, báo cáo UBND tỉnh./.",
                "Sở Y tế",
            ),
            (
                "Trong quá trình triển khai thực hiện, nếu có vướng mắc, các đơn vị kịp thời báo cáo UBND tỉnh"
                " (qua Sở Y tế) để xem xét, giải quyết./.",
                "UBND tỉnh",
            ),
        ],
    )
    def test_what_everybody_does_in_trouble_is_not_sure(self, text: str, to: str, names: OfficeNames) -> None:
        *_, last = tasks(f"1. Sở Y tế kiểm tra.\n\n{text}", names)
        assert "nghiêm túc" not in last.title
        assert [each.text for each in last.reported_to] == [to]
        assert last.sure < 0.7
        assert any("vướng mắc" in each for each in last.why)


class TestTitles:
    @pytest.mark.parametrize(
        ("text", "title"),
        [
            (
                "Sở Xây dựng hướng dẫn các địa phương tháo gỡ vướng mắc cho các công trình hạ tầng kỹ thuật, báo cáo"
                " UBND tỉnh trước 31/8/2026.",
                "Hướng dẫn các địa phương tháo gỡ vướng mắc cho các công trình hạ tầng kỹ thuật",
            ),
            (
                "Sở Tài chính tiếp thu ý kiến các thành viên dự họp, hoàn chỉnh báo cáo, trình Chủ tịch UBND tỉnh trước"
                " ngày 08/11/2026.",
                "Tiếp thu ý kiến các thành viên dự họp, hoàn chỉnh báo cáo",
            ),
            (
                "Sở Nội vụ gửi tài liệu kiểm chứng (bản điện tử; bản giấy) kèm Báo cáo tự chấm điểm về UBND tỉnh, chậm"
                " nhất 18/12/2026.",
                "Gửi tài liệu kiểm chứng (bản điện tử; bản giấy) kèm Báo cáo tự chấm điểm về UBND tỉnh",
            ),
            (
                "Sở Y tế rà soát toàn bộ các cơ sở khám bệnh trên địa bàn, xong trước 30.9.2026; công khai kết quả.",
                "Rà soát toàn bộ các cơ sở khám bệnh trên địa bàn",
            ),
            (
                "Sở Nội vụ cập nhật quy trình nội bộ giải quyết thủ tục hành chính để công khai trên mạng.",
                "Cập nhật quy trình nội bộ giải quyết thủ tục hành chính",
            ),
            (
                "Sở Y tế rà soát hồ sơ của các cơ sở hoàn thành việc tự kiểm tra trên địa bàn TP. Thanh Hóa.",
                "Rà soát hồ sơ của các cơ sở hoàn thành việc tự kiểm tra trên địa bàn TP. Thanh Hóa",
            ),
            (
                "Sở Y tế trực cấp cứu tại các bệnh viện từ 17:00 hằng ngày. Các bệnh viện bố trí xe.",
                "Trực cấp cứu tại các bệnh viện từ 17:00 hằng ngày",
            ),
        ],
    )
    def test_they_end_between_words_that_belong_together(self, text: str, title: str, names: OfficeNames) -> None:
        assert tasks(f"1. {text}", names)[0].title == title

    def test_a_bracket_of_labelled_words_is_left_out(self, names: OfficeNames) -> None:
        (task,) = tasks("1. Rà soát quy hoạch (Chủ trì: Sở Xây dựng; Thời gian: Quý IV/2026).", names)
        assert task.title == "Rà soát quy hoạch"
        assert not task.quote.endswith("(")


class TestOffices:
    @pytest.mark.parametrize(
        ("text", "leads"),
        [
            (
                "Ngân hàng Nhà nước Chi nhánh Khu vực 7 chỉ đạo các ngân hàng.",
                ["Ngân hàng Nhà nước Chi nhánh Khu vực 7"],
            ),
            (
                "Các đơn vị sự nghiệp công lập thuộc UBND tỉnh rà soát.",
                ["Các đơn vị sự nghiệp công lập thuộc UBND tỉnh"],
            ),
            ("Các cơ sở giáo dục ngoài công lập công khai học phí.", ["Các cơ sở giáo dục ngoài công lập"]),
            (
                "Ban QLDA đầu tư xây dựng công trình giao thông tỉnh lập hồ sơ.",
                ["Ban QLDA đầu tư xây dựng công trình giao thông tỉnh"],
            ),
            (
                "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông tỉnh, Ban Quản lý dự án đầu tư xây dựng"
                " các công trình dân dụng và công nghiệp tỉnh trước ngày 25/10/2026 báo cáo nguyên nhân.",
                [
                    "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông tỉnh",
                    "Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng và công nghiệp tỉnh",
                ],
            ),
            ("Trung tâm Đổi mới sáng tạo tỉnh kết nối các doanh nghiệp.", ["Trung tâm Đổi mới sáng tạo tỉnh"]),
        ],
    )
    def test_verbs_within_names(self, text: str, leads: list[str], names: OfficeNames) -> None:
        assert [[each.text for each in task.leads] for task in tasks(f"1. {text}", names)] == [leads]

    @pytest.mark.parametrize(
        ("text", "role", "office"),
        [
            ("1. Chủ tịch UBND các xã, phường:\na) Rà soát phương án.", "each", "XA"),
            ("1. Chủ tịch UBND các xã, phường rà soát hộ nghèo.", "each", "XA"),
            ("1. Chủ tịch UBND các xã, phường\nRà soát hộ nghèo.", "each", "XA"),
            ("1. Đ/c Giám đốc Sở Xây dựng rà soát quy hoạch.", "lead", "SXD"),
            ("1. Giao Đ/c Phó Giám đốc Sở Y tế chủ trì kiểm tra.", "lead", "SYT"),
            ("1. Ban Quản lý Khu kinh tế Nghi Sơn và các KCN: báo cáo tiến độ.", "lead", "BQLNS"),
            ("1. Ban Thường vụ Tỉnh ủy xem xét, quyết định.", "lead", "TU"),
            ("1. Thường trực HĐND tỉnh giám sát việc thực hiện.", "lead", "HDND"),
        ],
    )
    def test_who_is_meant(self, text: str, role: str, office: str, names: OfficeNames) -> None:
        found = tasks(text, names)
        assert [(each.role, [one.office for one in each.leads]) for each in found] == [(role, [office])]

    def test_the_head_of_an_office_in_a_table(self, names: OfficeNames) -> None:
        table = "| STT | Nhiệm vụ | Cơ quan chủ trì |\n| 1 | Rà soát quy hoạch | Đ/c Giám đốc Sở Xây dựng |"
        (task,) = draft_of(read("a.txt", table.encode()), names).tasks
        assert [(each.text, each.office) for each in task.leads] == [("Sở Xây dựng", "SXD")]

    @pytest.mark.parametrize(
        ("text", "to"),
        [
            ("Sở Xây dựng làm rõ giá, xin ý kiến Sở Tư pháp; báo cáo lại tại phiên họp thường kỳ.", []),
            ("Sở Xây dựng lấy ý kiến Sở Tư pháp, báo cáo UBND tỉnh.", ["UBND tỉnh"]),
            ("Sở Xây dựng xin ý kiến Sở Tư pháp, trình UBND tỉnh.", ["UBND tỉnh"]),
            ("Sở Y tế tổng hợp, báo cáo Bộ Y tế và UBND tỉnh.", ["Bộ Y tế", "UBND tỉnh"]),
            ("Sở Y tế gửi kết quả về Sở Nội vụ, Sở Tài chính.", ["Sở Nội vụ", "Sở Tài chính"]),
            ("Sở Y tế báo cáo UBND tỉnh, Chủ tịch UBND tỉnh xem xét.", ["UBND tỉnh"]),
            ("Sở Y tế báo cáo Tỉnh ủy (qua Ban Tổ chức Tỉnh ủy) và UBND tỉnh.", ["Tỉnh ủy", "UBND tỉnh"]),
        ],
    )
    def test_who_is_reported_to(self, text: str, to: list[str], names: OfficeNames) -> None:
        (task,) = tasks(f"1. {text}", names)
        assert [each.text for each in task.reported_to] == to


def test_what_stands_behind_the_sentence_of_validity_is_given(names: OfficeNames) -> None:
    text = (
        "1. Sở Y tế rà soát.\nKế hoạch này có hiệu lực kể từ ngày ký. Các cơ quan chịu trách nhiệm trước pháp luật."
        " Giao Sở Nội vụ tổng hợp kết quả, báo cáo trước ngày 30/9/2026./."
    )
    assert said(text, names) == [("SYT", None), ("SNV", "2026-09-30")]


def test_a_topic_and_an_office_stand_above_its_list(names: OfficeNames) -> None:
    text = "1. Về thuốc chữa bệnh: Sở Y tế có trách nhiệm:\n+ Mua thuốc trước 15/9/2026.\n+ Công khai giá thuốc."
    assert said(text, names) == [("SYT", "2026-09-15"), ("SYT", None)]


def test_who_joins_in_brackets_coordinates(names: OfficeNames) -> None:
    (task,) = tasks("1. Tập huấn 40 tổ (Sở Y tế tham mưu; Sở Nội vụ phối hợp; hoàn thành trong tháng Chín).", names)
    assert ([each.text for each in task.leads], [each.text for each in task.coordinating]) == (
        ["Sở Y tế"],
        ["Sở Nội vụ"],
    )
    assert task.deadline and str(task.deadline.day) == "2026-09-30"
