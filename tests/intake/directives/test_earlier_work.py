"""What a text does not assign, takes back, changes, or tells of as done gives no sure task."""

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from intake.directives.drafting.draft import DOUBTED, Draft, draft_of
from intake.directives.reading.process import read

HEAD = "ỦY BAN NHÂN DÂN TỈNH\nSố: 61/UBND-TH\nngày 11 tháng 5 năm 2026\n"


@pytest.fixture(scope="module")
def names() -> OfficeNames:
    return load_plan().office_names


def drafted(text: str, names: OfficeNames, head: str = HEAD) -> Draft:
    return draft_of(read("chi-dao.txt", (head + text).encode()), names)


@pytest.mark.parametrize(
    "said",
    [
        "Không giao Sở Xây dựng lập đồ án riêng cho khu này.",
        "Chủ tịch UBND tỉnh không thống nhất giao Sở Nội vụ lập đề án.",
        "Chưa xem xét giao nhiệm vụ cho Sở Tư pháp soạn quy chế trước ngày 20/6/2026.",
        "Sở Y tế không phải gửi báo cáo tuần trước ngày 15/6/2026.",
        "Sở Công Thương không cần tổ chức hội nghị sơ kết.",
        "Kể từ ngày 01/6/2026, Thanh tra tỉnh không còn phải báo cáo hằng tuần.",
        "Sở Tài chính được miễn báo cáo tháng 5/2026.",
    ],
)
def test_what_is_not_assigned_is_no_task_and_stays_in_sight(said: str, names: OfficeNames) -> None:
    draft = drafted(f"1. {said}\n2. Sở Xây dựng rà soát quy hoạch.", names)
    assert ["quy hoạch" in each.quote for each in draft.tasks] == [True]
    assert any(said in draft.text[a:b] for a, b in draft.uncovered)


@pytest.mark.parametrize(
    "said",
    [
        "Thôi giao Sở Xây dựng chủ trì lập đồ án.",
        "Bãi bỏ nội dung đã giao Sở Nội vụ báo cáo trước ngày 20 hằng tháng tại Công văn số 9/UBND-TH.",
        "Thu hồi nhiệm vụ giao Sở Tư pháp trước ngày 20/6/2026.",
        "Sở Y tế tạm dừng thực hiện nhiệm vụ thống kê tuần trước ngày 15/6/2026.",
        "Sở Y tế thôi chủ trì Tổ công tác từ ngày 01/6/2026.",
        "Công an tỉnh không tiếp tục báo cáo hằng tuần.",
        "Nhiệm vụ giao Sở Nội vụ tại Công văn số 9/UBND-TH: dừng thực hiện.",
    ],
)
def test_what_takes_work_back_is_doubted_and_has_no_date(said: str, names: OfficeNames) -> None:
    (task,) = drafted(f"1. {said}", names).tasks
    assert task.sure <= DOUBTED and any("thôi việc đã giao" in each for each in task.why)
    assert task.deadline is None


@pytest.mark.parametrize(
    "said",
    [
        "Sở Xây dựng không để xảy ra thất thoát vật tư.",
        "Các chủ đầu tư không thi công vào ban đêm.",
        "Sở Y tế không yêu cầu người dân nộp bản sao giấy tờ.",
        "UBND các xã, phường không được thu phí ngoài quy định.",
        "Sở Công Thương dừng cấp phép khai thác cát từ ngày 01/6/2026.",
        "Sở Tài chính tạm dừng các nhiệm vụ chi chưa cần thiết.",
        "Giao Sở Tài chính (không giao Sở Xây dựng) thẩm định giá.",
        "Giao Sở Xây dựng điều chỉnh tiến độ dự án cầu Đông.",
    ],
)
def test_what_an_office_must_not_do_is_a_task(said: str, names: OfficeNames) -> None:
    (task,) = drafted(f"1. {said}", names).tasks
    assert task.sure > DOUBTED


def test_what_is_told_instead_of_what_is_not_is_doubted(names: OfficeNames) -> None:
    (task,) = drafted("1. Sở Y tế không phải lập kế hoạch riêng, lồng ghép vào kế hoạch chung.", names).tasks
    assert task.sure <= DOUBTED and "văn bản nói không giao việc này" in task.why
    (given,) = drafted("1. Không giao Sở Y tế lập đề án, giao Sở Nội vụ lập đề án.", names).tasks
    assert [each.text for each in given.leads] == ["Sở Nội vụ"]


@pytest.mark.parametrize(
    ("said", "lead", "day"),
    [
        ("Điều chỉnh thời hạn báo cáo của Sở Nội vụ từ trước ngày 10/6/2026 thành trước ngày 10/7/2026.",
            "Sở Nội vụ", "2026-07-10"),
        ("Thay cụm từ “trước ngày 10/6/2026” bằng “trước ngày 10/7/2026” tại khoản 3 Công văn số 8/UBND-TH.",
            None, "2026-07-10"),
        ("Gia hạn cho Sở Y tế hoàn thành đề án trạm y tế đến ngày 15/8/2026.", "Sở Y tế", "2026-08-15"),
        ("Sở Nội vụ được gia hạn trình đề án đến ngày 15/8/2026.", "Sở Nội vụ", "2026-08-15"),
        ("Đồng ý cho Sở Nội vụ lùi thời gian trình đề án đến ngày 15/8/2026.", "Sở Nội vụ", "2026-08-15"),
        ("Cho phép lùi thời hạn trình đồ án của Sở Xây dựng từ 10/6/2026 sang 31/7/2026.", "Sở Xây dựng", "2026-07-31"),
        ("Thời hạn tổng kết của Sở Tư pháp kéo dài từ ngày 30/6/2026 đến ngày 30/9/2026.", "Sở Tư pháp", "2026-09-30"),
        ("Chuyển nhiệm vụ lập đề án từ Sở Xây dựng sang Sở Công Thương chủ trì, trình trước ngày 20/7/2026.",
            "Sở Công Thương", "2026-07-20"),
    ],
)  # fmt: skip
def test_a_change_of_earlier_work_is_doubted_with_what_holds_now(
    said: str, lead: str | None, day: str, names: OfficeNames
) -> None:
    (task,) = drafted(f"1. {said}", names).tasks
    assert task.sure <= DOUBTED and any("sửa việc đã giao" in each for each in task.why)
    assert [each.text for each in task.leads] == ([lead] if lead else [])
    assert task.deadline and str(task.deadline.day) == day


def test_a_change_without_a_number_stays_in_sight(names: OfficeNames) -> None:
    change = "Gia hạn cho Thanh tra tỉnh đến ngày 15/7/2026."
    draft = drafted(f"1. Sở Y tế lập kế hoạch.\n{change}", names)
    assert change in [draft.text[a:b] for a, b in draft.uncovered]


def test_an_office_that_replaces_another_is_doubted(names: OfficeNames) -> None:
    (task,) = drafted("1. Giao Sở Nội vụ chủ trì thay Sở Y tế lập đề án.", names).tasks
    assert task.sure <= DOUBTED and [each.text for each in task.leads] == ["Sở Nội vụ"]


REPORT = "UBND TỈNH\nSố: 5/BC-UBND\nngày 03 tháng 7 năm 2026\nBÁO CÁO\nKết quả 6 tháng đầu năm 2026\n"


def test_what_a_report_tells_of_is_no_task(names: OfficeNames) -> None:
    told = (
        "1. Sở Nội vụ đã phối hợp với Sở Tài chính mở 5 lớp từ ngày 02/3 đến ngày 12/4/2026.\n"
        "2. Tỷ lệ hồ sơ đúng hạn đến ngày 30/6/2026 đạt 91%.\n"
        "3. Sở Y tế: đã trình đề án trước ngày 15/8/2026.\n"
    )
    assert drafted(told, names, REPORT).tasks == ()
    (task,) = drafted(told + "4. Sở Tư pháp hoàn thành rà soát trước ngày 30/9/2026.", names, REPORT).tasks
    assert task.sure <= DOUBTED and [each.text for each in task.leads] == ["Sở Tư pháp"]


def test_what_has_been_done_is_no_task_in_an_order_either(names: OfficeNames) -> None:
    (task,) = drafted("1. Sở Y tế: đã ban hành kế hoạch.\n2. Sở Y tế: rà soát kế hoạch đã ban hành.", names).tasks
    assert task.ref == "2"


@pytest.mark.parametrize(
    "said",
    ["Trưởng ban: Phó Chủ tịch UBND tỉnh.", "Giám đốc Sở Y tế: Phó Trưởng ban.", "Thành viên: Trưởng Công an xã."],
)
def test_who_is_what_is_no_task(said: str, names: OfficeNames) -> None:
    assert drafted(f"1. {said}", names).tasks == ()
    (task,) = drafted(f"1. {said}\n2. Tổ trưởng: phân công thành viên.", names).tasks
    assert "phân công" in task.quote


def test_a_duty_among_the_aims_is_doubted(names: OfficeNames) -> None:
    text = "I. MỤC ĐÍCH, YÊU CẦU\n1. Yêu cầu: Các đơn vị xác định rõ tiến độ.\nII. NHIỆM VỤ\n1. Sở Y tế lập kế hoạch."
    aim, task = drafted(text, names).tasks
    assert aim.sure <= DOUBTED < task.sure


LETTER = "SỞ Y TẾ\nSố: 77/SYT-NV\nngày 06 tháng 7 năm 2026\nKính gửi:\n- Sở Tài chính;\n- Công an tỉnh.\n"
ASKED = "Sở Y tế đề nghị:\n1. Sở Tài chính bố trí kinh phí.\n2. Công an tỉnh bảo đảm trật tự.\n"


@pytest.mark.parametrize("label", ["", "3. "])
def test_a_duty_without_a_subject_is_that_of_everybody_addressed(label: str, names: OfficeNames) -> None:
    closing = f"{label}Báo cáo kết quả về Sở Y tế trước ngày 20/8/2026.\nNơi nhận:\n- Như trên;\n- Lưu: VT."
    task = drafted(ASKED + closing, names, LETTER).tasks[-1]
    assert [each.text for each in task.leads] == ["Sở Tài chính", "Công an tỉnh"]
    assert (task.role, str(task.deadline and task.deadline.day)) == ("each", "2026-08-20")
    assert task.sure <= DOUBTED and [each.text for each in task.reported_to] == ["Sở Y tế"]


def test_a_duty_within_an_item_goes_on_with_it(names: OfficeNames) -> None:
    within = ASKED.replace("phí.\n", "phí.\nBáo cáo kết quả trước ngày 20/8/2026.\n")
    assert len(drafted(within, names, LETTER).tasks) == 2


def test_a_closing_duty_is_that_of_the_units_that_were_told(names: OfficeNames) -> None:
    text = (
        "Sở Y tế yêu cầu các bệnh viện:\n1. Rà soát thuốc.\n2. Bố trí giường bệnh.\nGửi kết quả trước ngày 20/8/2026."
    )
    task = drafted(text, names).tasks[-1]
    assert [each.text for each in task.leads] == ["các bệnh viện"] and task.sure <= DOUBTED


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("Sở Nội vụ: Kết quả xếp loại là căn cứ bố trí cán bộ; báo cáo UBND tỉnh trước ngày 15/12/2026.", "2026-12-15"),
        ("Sở Tài chính: Tình hình quyết toán đến nay đạt thấp; tập trung xong trước ngày 30/6/2026.", "2026-06-30"),
        ("Sở Tư pháp đã chậm hai lần, khẩn trương hoàn thành quy chế trước ngày 20/7/2026.", "2026-07-20"),
    ],
)
def test_what_tells_of_the_past_and_asks_for_more_is_doubted_not_dropped(
    said: str, due: str, names: OfficeNames
) -> None:
    (task,) = drafted(f"1. {said}", names).tasks
    assert task.sure <= DOUBTED and task.deadline is not None and str(task.deadline.day) == due
    assert any("kể việc đã làm" in each for each in task.why)


@pytest.mark.parametrize(
    ("said", "lead"),
    [
        ("Sửa đổi quy định phân cấp cho Sở Tài chính bằng Quyết định mới: Sở Nội vụ chủ trì, trình UBND tỉnh.", "SNV"),
        ("Điều chỉnh thời gian mở cửa của Sở Y tế: Sở Nội vụ chủ trì tham mưu trước ngày 30/6/2026.", "SNV"),
        ("Gia hạn giấy phép môi trường cho Sở Xây dựng: Sở Tư pháp chủ trì, xong trước ngày 30/6/2026.", "STP"),
    ],
)
def test_the_lead_that_is_named_stays_whoever_else_is_named(said: str, lead: str, names: OfficeNames) -> None:
    (task,) = drafted(f"1. {said}", names).tasks
    assert [each.office for each in task.leads] == [lead]
    assert ("sửa việc đã giao" in " ".join(task.why)) is not said.startswith("Gia hạn giấy")


def test_a_row_of_a_table_of_targets_is_a_task(names: OfficeNames) -> None:
    cells = (
        ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn hoàn thành"),
        ("1", "Kết quả giải ngân vốn đạt trên 95%", "Sở Tài chính", "31/12/2026"),
        ("2", "Số liệu dân cư đã làm sạch được đồng bộ", "Công an tỉnh", "30/9/2026"),
    )
    table = "\n".join("| " + " | ".join(row) + " |" for row in cells)
    assert [[each.office for each in task.leads] for task in drafted(table, names).tasks] == [["STC"], ["CAT"]]
