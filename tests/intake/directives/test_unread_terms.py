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
        ("báo cáo trước 17 giờ hôm nay", "trước 17 giờ hôm nay"),
        ("báo cáo vào chiều thứ Sáu", "vào chiều thứ Sáu"),
        ("rà soát thủ tục, ngày 25 tháng cuối quý", "ngày 25 tháng cuối quý"),
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
