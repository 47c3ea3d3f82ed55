"""What a task says of its time: read by a rule, shown in its words where no rule fits, and never made up."""

import pytest

from config.catalogue.loader import load_plan
from intake.directives.correcting.rows import SURE
from intake.directives.drafting.draft import DraftTask, draft_of
from intake.directives.reading.process import read
from tests.support.directive_files import docx

HEAD = (
    "ỦY BAN NHÂN DÂN TỈNH THANH HÓA\nSố: 187/KH-UBND\nThanh Hóa, ngày 12 tháng 8 năm 2026\nKẾ HOẠCH\nVề y tế\n"
    "I. NHIỆM VỤ\n"
)


def task_of(words: str) -> DraftTask:
    """The one task of a plan of the 12th of August 2026."""
    (task,) = draft_of(read("kh.txt", f"{HEAD}1. Sở Y tế {words}.\n".encode()), load_plan().office_names).tasks
    return task


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("rà soát, hoàn thành trước ngày 31/11/2026", "hoàn thành trước ngày 31/11/2026"),
        ("rà soát, xong trước 25/12/26", "trước 25/12/26"),
        ("rà soát, xong trong tuần đầu tháng 11/2026", "xong trong tuần đầu tháng 11/2026"),
        ("rà soát, hoàn thành trong nửa đầu tháng 9/2026", "trong nửa đầu tháng 9/2026"),
        ("rà soát, hoàn thành chậm nhất là cuối tuần", "chậm nhất là cuối tuần"),
        ("rà soát, xong trước Tết Nguyên đán 2027", "trước Tết Nguyên đán 2027"),
        ("rà soát, xong trong năm học 2026 - 2027", "trong năm học 2026 - 2027"),
        ("rà soát, hoàn thành trước Đại hội Đảng bộ tỉnh", "trước Đại hội Đảng bộ tỉnh"),
        ("trình UBND tỉnh trước kỳ họp thường lệ cuối năm 2026", "trước kỳ họp thường lệ cuối năm 2026"),
        ("trình UBND tỉnh trước kỳ họp giữa năm 2027", "trước kỳ họp giữa năm 2027"),
        ("mở đợt kiểm tra từ ngày 01/12/2026 đến 17h00 ngày 15/12/2026", "đến 17h00 ngày 15/12/2026"),
        ("triển khai từ nay đến Tết Nguyên đán", "từ nay đến Tết Nguyên đán"),
        ("rà soát, sơ kết sau 30 ngày triển khai", "sau 30 ngày"),
        ("rà soát, hoàn thành trong vòng một tháng", "trong vòng một tháng"),
        ("khẩn trương rà soát; thời gian xong trong tuần thứ 3 tháng 8/2026", "xong trong tuần thứ 3 tháng 8/2026"),
        ("báo cáo trước 17 giờ hôm nay", "trước 17 giờ hôm nay"),
        ("báo cáo vào chiều thứ Sáu", "vào chiều thứ Sáu"),
        ("tập huấn trong 3 ngày", "trong 3 ngày"),
        ("báo cáo trước 16h00 hằng ngày", "trước 16h00 hằng ngày"),
        ("báo cáo vào thứ Sáu hằng tuần", "vào thứ Sáu hằng tuần"),
        ("báo cáo, định kỳ ngày 15 và ngày 30 hằng tháng", "định kỳ ngày 15 và ngày 30 hằng tháng"),
        ("báo cáo, định kỳ 6 tháng trước ngày 10/6, hằng năm trước ngày 10/12", "hằng năm trước ngày 10/12"),
    ],
)
def test_a_time_that_is_not_read_is_shown_in_its_words(words: str, shown: str) -> None:
    task = task_of(words)
    assert task.deadline is not None and task.deadline.words in words
    assert shown in task.deadline.words
    assert (task.deadline.rule, task.deadline.day) == ("", None)
    assert task.sure < SURE and "lời ghi hạn chưa đọc được thành quy tắc" in task.why


def test_what_is_not_read_beside_a_deadline_is_told_with_it() -> None:
    task = task_of("rà soát, hoàn thành trước ngày 30/9/2026; tổng kết trước Tết Nguyên đán")
    assert task.deadline and task.deadline.rule == "BEFORE:30/09/2026"
    assert task.sure < SURE and any("«trước Tết Nguyên đán»" in each for each in task.why)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("hoàn thành chậm nhất sau 07 ngày làm việc kể từ ngày nhận được hồ sơ", "EVENT+7"),
        ("báo cáo, định kỳ hằng tháng, trước ngày 10 của tháng kế tiếp", "MONTHLY:BEFORE:10/2"),
        ("báo cáo trước ngày 05 tháng đầu tiên của quý sau", "QUARTERLY:BEFORE:05/4"),
        ("hoàn thành trong tuần cuối tháng 8/2026", "MONTH:08/2026"),
        ("hoàn thành trong thượng tuần tháng 10/2026", "BY:10/10/2026"),
        ("hoàn thành trong hạ tuần tháng 10/2026", "MONTH:10/2026"),
        ("thẩm định hồ sơ trong 05 ngày làm việc", "ISSUE+5"),
        ("trình hồ sơ phê duyệt trước ngày 01/10/2026", "BEFORE:01/10/2026"),
        ("bảo đảm dự án được phê duyệt trước ngày 01/10/2026", "BEFORE:01/10/2026"),
        ("đôn đốc các đơn vị nộp báo cáo trước ngày 01/10/2026", "BEFORE:01/10/2026"),
    ],
)
def test_what_is_read_is_sure(words: str, rule: str) -> None:
    task = task_of(words)
    assert task.deadline and task.deadline.rule == rule
    assert task.sure >= SURE


@pytest.mark.parametrize(
    "words",
    [
        "rà soát dự án không đưa đất vào sử dụng trong 12 tháng liên tục",
        "rút ngắn thời gian thẩm định từ 20 ngày xuống còn không quá 10 ngày",
        "cách ly người bệnh trong 14 ngày",
        "niêm yết công khai trong thời hạn 15 ngày",
        "thu hồi giấy phép các cơ sở ngừng hoạt động quá 12 tháng",
        "rà soát hồ sơ nộp trước ngày 01/10/2026",
        "rà soát hợp đồng ký trước ngày 01/10/2026",
        "kiểm tra các dự án được phê duyệt trước ngày 01/10/2026",
        "thu hồi các giấy phép hết hạn trước ngày 31/12/2026",
        "rà soát các cơ sở hoạt động đến hết ngày 30/9/2026",
        "không cấp phép mới cho đến hết ngày 31/12/2026",
        "tạm dừng tiếp nhận hồ sơ đến hết ngày 31/12/2026",
        "khắc phục hậu quả trận lũ xảy ra vào đêm 02/8/2026",
        "kiểm tra, trước hết là bệnh viện tỉnh, trước mắt và lâu dài",
        "tổng hợp số liệu từ ngày 15/12/2025 đến ngày 14/6/2026",
    ],
)
def test_a_time_of_something_else_is_no_deadline(words: str) -> None:
    task = task_of(words)
    assert task.deadline is None and task.sure >= SURE


@pytest.mark.parametrize("words", ["khẩn trương rà soát", "thường xuyên rà soát"])
def test_words_that_mean_no_date_ask_for_no_look(words: str) -> None:
    assert task_of(words).sure >= SURE


def test_an_assumed_year_asks_for_a_look() -> None:
    task = task_of("rà soát, hoàn thành trước ngày 15/9")
    assert task.deadline and str(task.deadline.day) == "2026-09-15"
    assert task.sure < SURE


@pytest.mark.parametrize("cell", ["Tuần 2 tháng 10/2026", "Sau khi HĐND thông qua 10 ngày", "15/6 và 15/12"])
def test_a_cell_that_is_not_read_asks_for_a_look(cell: str) -> None:
    rows = [["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian"], ["1", "Rà soát cơ sở", "Sở Y tế", cell]]
    (task,) = draft_of(read("kh.docx", docx("KẾ HOẠCH", tables=[rows])), load_plan().office_names).tasks
    assert task.deadline and task.deadline.words == cell
    assert task.sure < SURE


class TestTermsOfHeadings:
    @pytest.mark.parametrize(
        "introduction",
        [
            "Thực hiện Công văn số 4412/BYT-DP của Bộ Y tế yêu cầu hoàn thành trước ngày 30/11/2026, UBND tỉnh ban "
            "hành Kế hoạch như sau:",
            "Bộ Y tế yêu cầu các tỉnh hoàn thành trước ngày 30/11/2026. UBND tỉnh đề nghị thực hiện các việc sau:",
            "Theo kế hoạch của Chính phủ giao hoàn thành trước ngày 30/11/2026 các nhiệm vụ sau:",
        ],
    )
    def test_what_another_body_asked_for_is_none_of_theirs(self, introduction: str) -> None:
        text = f"Thanh Hóa, ngày 12 tháng 8 năm 2026\n{introduction}\n1. Sở Y tế rà soát."
        assert draft_of(read("kh.txt", text.encode())).tasks[-1].deadline is None

    @pytest.mark.parametrize(
        "introduction",
        [
            "Thực hiện Công văn của Bộ Y tế, UBND tỉnh yêu cầu hoàn thành trước ngày 30/11/2026 các việc sau:",
            "Hoàn thành trước ngày 30/11/2026 các nhiệm vụ sau:",
        ],
    )
    def test_what_the_issuer_asks_for_is(self, introduction: str) -> None:
        text = f"Thanh Hóa, ngày 12 tháng 8 năm 2026\n{introduction}\n1. Sở Y tế rà soát."
        (task,) = draft_of(read("kh.txt", text.encode())).tasks
        assert task.deadline and str(task.deadline.day) == "2026-11-30"

    @pytest.mark.parametrize("item", ["xong trong tuần đầu tháng 11/2026", "hằng tuần (vào chiều thứ Năm)"])
    def test_an_item_with_a_time_of_its_own_has_not_that_of_its_heading(self, item: str) -> None:
        text = f"{HEAD}5. Các nhiệm vụ trọng tâm tháng 11:\n- Sở Y tế xây dựng kế hoạch truyền thông, {item}."
        (task,) = draft_of(read("kh.txt", text.encode())).tasks
        assert task.deadline and (task.deadline.rule, task.deadline.day) == ("", None)
        assert task.sure < SURE


class TestTimesOfTheThing:
    """A day that tells a thing apart is no day to do something by."""

    @pytest.mark.parametrize(
        "words",
        [
            "thanh tra các công trình khởi công từ ngày 01/9/2026 đến ngày 31/12/2026",
            "hỗ trợ hợp tác xã thành lập trước ngày 31/10/2026 và hộ kinh doanh chuyển đổi trong năm 2026",
            "rà soát các quy hoạch phê duyệt trước ngày 01/10/2026",
            "thống kê các vụ việc phát sinh trước ngày 01/10/2026",
            "cập nhật các quy định ban hành trước ngày 01/10/2026",
            "cử cán bộ dự hội thảo tổ chức từ ngày 10 đến ngày 15/10/2026",
            "rà soát công trình hoàn thành trước ngày 31/12/2025",
        ],
    )
    def test_it_is_not_the_deadline(self, words: str) -> None:
        assert task_of(words).deadline is None

    @pytest.mark.parametrize(
        "words",
        [
            "hoàn thành công trình trước ngày 01/10/2026",
            "thành lập tổ công tác trước ngày 01/10/2026",
            "đôn đốc các doanh nghiệp nộp trước ngày 01/10/2026",
            "tổ chức hội chợ, khai trương gian hàng trước ngày 01/10/2026",
            "tham mưu kế hoạch ban hành trước ngày 01/10/2026",
        ],
    )
    def test_a_duty_keeps_its_day(self, words: str) -> None:
        task = task_of(words)
        assert task.deadline and str(task.deadline.day) == "2026-10-01"
        assert task.sure >= SURE

    def test_a_day_that_may_be_either_asks_for_a_look(self) -> None:
        task = task_of("rà soát các công trình hoàn thành trước ngày 01/10/2026")
        assert task.deadline and task.sure < SURE

    def test_a_day_before_the_signing_asks_for_a_look(self) -> None:
        task = task_of("báo cáo kết quả trước ngày 05/8/2026")
        assert task.deadline and str(task.deadline.day) == "2026-08-05"
        assert task.sure < SURE and "hạn nêu trước ngày ký văn bản" in task.why

    def test_the_signing_may_be_told_in_a_line_of_its_own(self) -> None:
        text = "SỞ Y TẾ\nSố: 9/SYT\nNgày 12 tháng 8 năm 2026\n1. Trung tâm Y tế rà soát, xong trước ngày 15/9."
        (task,) = draft_of(read("kh.txt", text.encode())).tasks
        assert task.deadline and str(task.deadline.day) == "2026-09-15"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("gửi báo cáo trước ngày 25/9/2026 (riêng phần tài chính trước ngày 28/9/2026)", "trước ngày 28/9/2026"),
        ("gửi báo cáo trước ngày 25/9/2026, riêng số liệu tháng 9 trước ngày 05/10/2026", "trước ngày 05/10/2026"),
        ("trình đề án trong quý IV/2026 và quý I/2027", "quý I/2027"),
        ("trình đề án trong tháng 9/2026 và tháng 3/2027", "tháng 3/2027"),
        ("tập huấn vào tháng 9, tháng 10 và tháng 12 năm 2026", "lấy mốc cuối trong các mốc đã nêu"),
        ("sơ kết vào năm 2028, tổng kết vào năm 2030", "vào năm 2030"),
        ("ra quân đợt 1 từ 13-19/9/2026, đợt 2 từ 10-16/10/2026", "từ 10-16/10/2026"),
        ("bàn giao mặt bằng trước 30/11/2026 (trong đó bàn giao 70% trước 30/9/2026)", "trước 30/9/2026"),
    ],
)
def test_a_second_time_is_told_beside_the_first(words: str, left: str) -> None:
    task = task_of(words)
    assert task.deadline and task.sure < SURE
    assert left in f"{task.deadline.words} {task.why}"


@pytest.mark.parametrize(
    ("words", "shown", "kind"),
    [
        ("báo cáo hai năm một lần", "hai năm một lần", "periodic"),
        ("giám sát chuyên đề, 02 năm/lần", "02 năm/lần", "periodic"),
        ("tuyên truyền; 6 tháng, 1 năm báo cáo UBND tỉnh", "6 tháng, 1 năm", "periodic"),
        ("báo cáo 6 tháng, một năm", "6 tháng, một năm", "periodic"),
        ("mỗi năm hai lần (tháng 4 và tháng 10) kiểm tra cơ sở", "mỗi năm hai lần (tháng 4 và tháng 10)", "periodic"),
        ("kiểm tra cơ sở, mỗi năm 02 đợt", "mỗi năm 02 đợt", "periodic"),
        ("kiểm tra 2 đợt: tháng 4 và tháng 10", "tháng 4 và tháng 10", "one-off"),
        ("báo cáo sau kỳ nghỉ lễ 05 ngày", "sau kỳ nghỉ lễ 05 ngày", "one-off"),
        ("tổng hợp cuối năm", "cuối năm", "one-off"),
        ("rà soát danh mục, cuối năm tổng hợp", "cuối năm", "one-off"),
        ("tham mưu tổ chức hội nghị, dự kiến ngày 20/9/2026", "ngày 20/9/2026", "one-off"),
        ("báo cáo kết quả ngày 20/9/2026", "ngày 20/9/2026", "one-off"),
    ],
)
def test_a_time_that_no_rule_has_is_shown(words: str, shown: str, kind: str) -> None:
    task = task_of(words)
    assert task.deadline and shown in task.deadline.words
    assert not task.deadline.rule and task.kind == kind
    assert task.sure < SURE


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("công khai danh mục, ngày mồng 5 hằng tháng", "MONTHLY:BY:05"),
        ("báo cáo ngày mùng 5 hằng tháng", "MONTHLY:BY:05"),
        ("báo cáo ngày 5 hằng tháng", "MONTHLY:BY:05"),
        ("rà soát thủ tục, ngày 25 tháng cuối quý", "QUARTERLY:BY:25/3"),
        ("báo cáo trước ngày mồng 5 hằng tháng", "MONTHLY:BEFORE:05"),
    ],
)
def test_the_day_of_each_month_is_read(words: str, rule: str) -> None:
    task = task_of(words)
    assert task.deadline and task.deadline.rule == rule


@pytest.mark.parametrize(
    "words",
    [
        "báo cáo theo Công văn số 12/BCT-XNK ngày 10/4/2026 của Bộ Công Thương",
        "triển khai Luật Đất đai có hiệu lực từ ngày 01/9/2026",
        "bảo vệ lễ kỷ niệm ngày 19/9/2026",
        "tổng hợp số liệu tháng 9 và quý III",
        "bảo đảm hàng hóa dịp cuối năm và Tết",
        "không dồn thanh toán vào cuối năm",
        "báo cáo tình hình 6 tháng đầu năm 2026",
        "trực 24/7 tại các bến",
    ],
)
def test_a_time_of_the_background_asks_for_no_look(words: str) -> None:
    task = task_of(words)
    assert task.deadline is None and task.sure >= SURE
