"""Wordings of directives of many makers and years: who is told, with whom, by when, and what is no task."""

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.office_names import OfficeNames
from intake.directives.drafting.draft import DraftTask, draft_of
from intake.directives.reading.process import read

HEAD = "Sơn Hà, ngày 06 tháng 5 năm 2024\n"


@pytest.fixture(scope="module")
def names() -> OfficeNames:
    return load_plan().office_names


def tasks(text: str, names: OfficeNames) -> tuple[DraftTask, ...]:
    return draft_of(read("chi-dao.txt", (HEAD + text).encode()), names).tasks


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ("Các bộ, ngành, địa phương rà soát chế độ.", ["Các bộ, ngành, địa phương"]),
        ("Yêu cầu chủ đầu tư các dự án báo cáo tiến độ.", ["chủ đầu tư các dự án"]),
        ("Các chủ hồ đập, chủ rừng lập phương án ứng phó.", ["Các chủ hồ đập, chủ rừng"]),
        ("Các cơ quan, đơn vị chủ trì báo cáo tiến độ.", ["Các cơ quan, đơn vị chủ trì"]),
        ("Các trường đại học, cao đẳng trên địa bàn tỉnh mở ngành.",
            ["Các trường đại học, cao đẳng trên địa bàn tỉnh"]),
        ("Các tổ chức, cá nhân sản xuất, kinh doanh thực phẩm niêm yết giá.",
            ["Các tổ chức, cá nhân sản xuất, kinh doanh thực phẩm"]),
        ("Các tổ chức phi chính phủ, cộng đồng ngư dân tham gia cứu hộ.",
            ["Các tổ chức phi chính phủ, cộng đồng ngư dân"]),
        ("Các đồng chí Thường trực Ban Chỉ huy trực tiếp kiểm tra.", ["Các đồng chí Thường trực Ban Chỉ huy"]),
        ("Các đồng chí Ủy viên Ban Thường vụ phụ trách địa bàn trực tiếp chỉ đạo.",
            ["Các đồng chí Ủy viên Ban Thường vụ phụ trách địa bàn"]),
        ("Trung đoàn 726, Đồn Biên phòng Cửa Tùng tuần tra.", ["Trung đoàn 726", "Đồn Biên phòng Cửa Tùng"]),
        ("Ban Dân vận Huyện ủy nắm tình hình nhân dân.", ["Ban Dân vận Huyện ủy"]),
        ("Thường trực Ban Chỉ huy Phòng, chống lụt bão và Tìm kiếm cứu nạn tỉnh: Tổ chức trực ban.",
            ["Thường trực Ban Chỉ huy Phòng, chống lụt bão và Tìm kiếm cứu nạn tỉnh"]),
        ("Huyện ủy Đông Hà lãnh đạo công tác tuyên truyền.", ["Huyện ủy Đông Hà"]),
        ("Trung ương Đoàn Thanh niên Cộng sản Hồ Chí Minh, Trung ương Hội Nông dân Việt Nam vận động hội viên.",
            ["Trung ương Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Trung ương Hội Nông dân Việt Nam"]),
        ("Sở Y tế yêu cầu các bệnh viện tư nhân niêm yết giá.", ["Sở Y tế"]),
        ("Chủ tịch UBND tỉnh yêu cầu Sở Y tế khắc phục.", ["Sở Y tế"]),
        ("Các thành viên UBND tỉnh theo lĩnh vực được phân công chỉ đạo thực hiện.", ["Các thành viên UBND tỉnh"]),
        ("Quản lý ca, phúc lợi trẻ em: Phòng Bảo vệ, chăm sóc trẻ em và Bình đẳng giới duy trì tổng đài.",
            ["Phòng Bảo vệ, chăm sóc trẻ em và Bình đẳng giới"]),
        ("Sắp xếp lại các trạm (Ban cán sự đảng Ủy ban nhân dân tỉnh chỉ đạo thực hiện).",
            ["Ban cán sự đảng Ủy ban nhân dân tỉnh"]),
    ],
)  # fmt: skip
def test_who_is_told(said: str, leads: list[str], names: OfficeNames) -> None:
    (task,) = tasks(f"1. {said}", names)
    assert [each.text for each in task.leads] == leads


@pytest.mark.parametrize(
    ("said", "kind", "day"),
    [
        ("định kỳ vào thứ Sáu hằng tuần báo cáo Sở Kế hoạch và Đầu tư", "recurring", None),
        ("báo cáo về Sở Kế hoạch và Đầu tư định kỳ vào thứ Sáu hằng tuần", "recurring", None),
        ("phát sóng 2 buổi/tuần", "recurring", None),
        ("tổ chức ít nhất 02 đợt kiểm tra/năm", "recurring", None),
        ("báo cáo UBND tỉnh hằng quý, hằng năm theo quy định", "recurring", None),
        ("rà soát, hoàn thành trong 9 tháng đầu năm", "month", "2024-09-30"),
        ("kết nối hệ thống, hoàn thành trước thời điểm 01/7/2024", "date", "2024-07-01"),
        ("trình phương án không chậm hơn ngày 20/6/2024", "date", "2024-06-20"),
        ("truyền thông tối thiểu 02 lần/ngày từ nay đến hết ngày 17/9/2024", "date", "2024-09-17"),
        ("hoàn thành việc rà soát trong quý.", "unread", None),
        ("báo cáo tại buổi tiếp công dân định kỳ tháng 6/2024", "unread", None),
        ("chi trả trợ cấp hằng tháng cho đối tượng bảo trợ", None, None),
        ("đưa việc ứng dụng công nghệ vào xét thi đua, khen thưởng hằng năm.", None, None),
        ("bảo đảm cấp điện cho kỳ thi tốt nghiệp từ ngày 02 đến ngày 04/6/2024", None, None),
        ("dạy học 02 buổi/ngày ở nơi đủ điều kiện", None, None),
    ],
)
def test_by_when(said: str, kind: str | None, day: str | None, names: OfficeNames) -> None:
    (task,) = tasks(f"1. Sở Y tế {said}", names)
    read_as = task.deadline
    assert (read_as.kind if read_as else None, str(read_as.day) if read_as and read_as.day else None) == (kind, day)


class TestWhatIsNoTask:
    def test_what_was_found_and_what_a_heading_is_about(self, names: OfficeNames) -> None:
        text = (
            "Điều 1. Hội đồng nhân dân tỉnh cơ bản thống nhất với đánh giá; giải ngân đến ngày 30/4/2024 đạt 31%.\n"
            "Điều 2. Nhiệm vụ chủ yếu 6 tháng cuối năm 2024\n"
            "Hội đồng nhân dân tỉnh giao Ủy ban nhân dân tỉnh thực hiện các nhiệm vụ sau:\n"
            "1. Khắc phục tình trạng thiếu thuốc tại các bệnh viện.\n"
        )
        assert [(each.title[:9], each.deadline) for each in tasks(text, names)] == [("Khắc phục", None)]

    @pytest.mark.parametrize(
        "heading", ["Về tình hình tháng 4 và 4 tháng năm 2024", "NHIỆM VỤ TRỌNG TÂM TRONG 02 THÁNG CUỐI NĂM"]
    )
    def test_a_heading_that_names_a_time_sets_no_day(self, heading: str, names: OfficeNames) -> None:
        (task,) = tasks(f"I. {heading}\n1. Sở Y tế tăng cường kiểm tra.\n", names)
        assert task.deadline is None

    def test_an_aim_among_the_items_is_no_task(self, names: OfficeNames) -> None:
        text = "1. Mục tiêu: hoàn thành toàn bộ 1.310 nhà trước ngày 30/9/2024.\n2. Sở Xây dựng cung cấp mẫu nhà."
        assert [each.ref for each in tasks(text, names)] == ["2"]

    def test_recipients_of_a_telegram_are_told_nothing_by_its_news(self, names: OfficeNames) -> None:
        text = (
            "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH ĐIỆN:\n- Chủ tịch UBND các huyện, thành phố.\n\n"
            "Theo Trung tâm Dự báo khí tượng thủy văn, bão đổ bộ từ đêm ngày 06/9 đến hết ngày 08/9.\n\n"
            "Chủ tịch UBND tỉnh yêu cầu:\n1. Sở Y tế trực cấp cứu.\n"
        )
        assert [each.title for each in tasks(text, names)] == ["Trực cấp cứu"]

    def test_the_last_words_to_everybody(self, names: OfficeNames) -> None:
        text = (
            "1. Sở Y tế rà soát.\n\nYêu cầu Giám đốc các sở, Chủ tịch UBND các xã tổ chức thực hiện nghiêm túc; chịu"
            " trách nhiệm trước Chủ tịch UBND tỉnh nếu để xảy ra chậm trễ./."
        )
        assert [each.ref for each in tasks(text, names)] == ["1"]

    def test_what_is_given_behind_the_last_words_is_a_task(self, names: OfficeNames) -> None:
        text = (
            "1. Sở Y tế rà soát.\n\nVăn phòng UBND tỉnh thông báo kết luận của Chủ tịch UBND tỉnh để các sở biết, thực"
            " hiện; giao Văn phòng UBND tỉnh theo dõi, đôn đốc./."
        )
        assert [each.title for each in tasks(text, names)] == ["Rà soát", "Theo dõi, đôn đốc"]


class TestSeveralInOneParagraph:
    def test_each_office_of_a_topic_with_its_own_day(self, names: OfficeNames) -> None:
        text = (
            "3. Về dự án Bệnh viện: Đồng ý chủ trương. Sở Y tế hoàn thiện hồ sơ trước 25/5. Sở Tài chính tham mưu"
            " trình UBND tỉnh trước 30/6."
        )
        assert [(each.leads[0].text, str(each.deadline and each.deadline.day)) for each in tasks(text, names)] == [
            ("Sở Y tế", "2024-05-25"), ("Sở Tài chính", "2024-06-30"),
        ]  # fmt: skip

    def test_the_day_of_a_later_sentence_is_not_of_the_one_before_it(self, names: OfficeNames) -> None:
        text = (
            "1. Sở Y tế ban hành hướng dẫn trước ngày 28/6/2024. Hướng dẫn các xã lập đề án. Hằng tuần tổng hợp tiến"
            " độ báo cáo UBND tỉnh."
        )
        assert [each.deadline.kind if each.deadline else None for each in tasks(text, names)] == [
            "date", None, "recurring",
        ]  # fmt: skip

    def test_two_days_behind_a_topic(self, names: OfficeNames) -> None:
        text = (
            "1. Về kiến nghị của các hộ dân: Vụ việc đã được xem xét nhưng các hộ chưa đồng ý. Giao UBND xã Tam Hưng"
            " đối thoại với các hộ dân trước ngày 10/6/2024, báo cáo UBND tỉnh trước ngày 20/6/2024."
        )
        assert [str(each.deadline and each.deadline.day) for each in tasks(text, names)] == ["2024-06-10", "2024-06-20"]


def test_on_the_work_of_another_office(names: OfficeNames) -> None:
    (task,) = tasks("1. Sở Tài chính: Căn cứ dự toán do Công an tỉnh lập, thẩm định, bố trí kinh phí.", names)
    assert [each.text for each in task.coordinating] == ["Công an tỉnh"]
