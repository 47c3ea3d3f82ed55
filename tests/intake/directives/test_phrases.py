"""Phrases of directives: lists of offices, who is told what, deadlines."""

from datetime import date

import pytest

from intake.directives.phrases.assignment import AssignmentReader
from intake.directives.phrases.deadline_phrases import YearContext, cell_deadline, deadlines_in, terms_in, weightiest
from intake.directives.phrases.offices.reader import OfficeReader
from intake.directives.phrases.words import folded, plain

YEAR = YearContext(issued=date(2025, 2, 1))


@pytest.mark.parametrize(
    ("text", "offices", "rest"),
    [
        (
            "Sở Xây dựng, Sở Giao thông Vận tải, Uỷ ban nhân dân các huyện, thị xã Long Khánh và các ngành dự thảo",
            ["Sở Xây dựng", "Sở Giao thông Vận tải", "Uỷ ban nhân dân các huyện, thị xã Long Khánh", "các ngành"],
            " dự thảo",
        ),
        (
            "Thủ trưởng các sở, ban, ngành trực thuộc UBND tỉnh; Chủ tịch UBND các xã, phường có trách nhiệm",
            ["các sở, ban, ngành trực thuộc UBND tỉnh", "UBND các xã, phường"],
            " có trách nhiệm",
        ),
        ("Sở Văn hóa, Thể thao và Du lịch và Tỉnh đoàn mở", ["Sở Văn hóa, Thể thao và Du lịch", "Tỉnh đoàn"], " mở"),
        ("UBND các xã, phường tổ chức thực hiện", ["UBND các xã, phường"], " tổ chức thực hiện"),
        ("các cơ quan, đơn vị, địa phương báo cáo", ["các cơ quan, đơn vị, địa phương"], " báo cáo"),
        ("phòng An ninh chính trị nội bộ Công an tỉnh để", ["phòng An ninh chính trị nội bộ Công an tỉnh"], " để"),
        ("Sở KH&CN; Sở TT&TT, VP UBND tỉnh", ["Sở KH&CN", "Sở TT&TT", "VP UBND tỉnh"], ""),
        ("Sở Khoa\nhọc và\nCông nghệ\nSở Y tế", ["Sở Khoa\nhọc và\nCông nghệ", "Sở Y tế"], ""),
        ("Ban Thường vụ Đảng ủy xã Hòa Bình lãnh đạo", ["Ban Thường vụ Đảng ủy xã Hòa Bình"], " lãnh đạo"),
        ("Phòng Kiểm tra, thẩm định giá tham mưu", ["Phòng Kiểm tra, thẩm định giá"], " tham mưu"),
        ("Trung tâm Hỗ trợ, tư vấn việc làm tổ chức", ["Trung tâm Hỗ trợ, tư vấn việc làm"], " tổ chức"),
        ("Trung tâm Nuôi dưỡng, điều dưỡng người có công rà soát",
            ["Trung tâm Nuôi dưỡng, điều dưỡng người có công"], " rà soát"),
        ("Trung tâm Cấp nước sạch nông thôn lắp đặt", ["Trung tâm Cấp nước sạch nông thôn"], " lắp đặt"),
        ("Phòng Chứng nhận chất lượng công bố", ["Phòng Chứng nhận chất lượng"], " công bố"),
        ("Phòng Nội vụ và Quản lý đô thị rà soát", ["Phòng Nội vụ và Quản lý đô thị"], " rà soát"),
        ("Phòng Kiểm soát thủ tục và theo dõi đơn thư rà soát", ["Phòng Kiểm soát thủ tục và theo dõi đơn thư"],
            " rà soát"),
        ("Phòng Thuế nộp số liệu", ["Phòng Thuế"], " nộp số liệu"),
        ("Phòng Tổng hợp, tham mưu", ["Phòng Tổng hợp"], ", tham mưu"),
        ("Phòng Kiểm tra, Sở Y tế rà soát", ["Phòng Kiểm tra", "Sở Y tế"], " rà soát"),
        ("Phòng Quản lý dự án và gửi", ["Phòng Quản lý dự án"], " và gửi"),
        ("Chi cục Chăn nuôi và Thú y kiểm tra", ["Chi cục Chăn nuôi và Thú y"], " kiểm tra"),
        ("Hội Chăn nuôi tỉnh vận động", ["Hội Chăn nuôi tỉnh"], " vận động"),
        ("Trung tâm Giống vật nuôi tỉnh cung ứng", ["Trung tâm Giống vật nuôi tỉnh"], " cung ứng"),
        ("Cục Bưu chính và Viễn thông phối hợp", ["Cục Bưu chính và Viễn thông"], " phối hợp"),
        ("Cục Tần số vô tuyến điện rà soát", ["Cục Tần số vô tuyến điện"], " rà soát"),
        ("Bưu điện tỉnh và Viễn thông Xuân Lĩnh rà soát", ["Bưu điện tỉnh", "Viễn thông Xuân Lĩnh"], " rà soát"),
        ("Viễn thông tỉnh, VNPT, Viettel bảo đảm", ["Viễn thông tỉnh", "VNPT", "Viettel"], " bảo đảm"),
        ("Báo cáo kết quả về Sở Y tế", [], "Báo cáo kết quả về Sở Y tế"),
        ("Hội nghị tổng kết", [], "Hội nghị tổng kết"),
    ],
)  # fmt: skip
def test_lists_of_offices(text: str, offices: list[str], rest: str) -> None:
    found, end = OfficeReader().list_at(text, plain(text), 0, len(text))
    assert [each.text for each in found] == offices
    assert text[end:] == rest


def test_a_list_that_shares_its_head() -> None:
    text = "các Sở: Kế hoạch và Đầu tư, Xây dựng và Y tế; UBND các xã"
    found, _ = OfficeReader().list_at(text, plain(text), 0, len(text))
    assert [(each.head, each.text) for each in found] == [
        ("Sở", "Kế hoạch và Đầu tư"),
        ("Sở", "Xây dựng"),
        ("Sở", "Y tế"),
        ("", "UBND các xã"),
    ]


@pytest.mark.parametrize(
    ("text", "leads", "coordinating", "rest"),
    [
        ("Giao Sở Tài chính chủ trì, phối hợp với Sở Nội vụ và các đơn vị liên quan tham mưu", ["Sở Tài chính"],
         ["Sở Nội vụ", "các đơn vị liên quan"], "tham mưu"),
        ("Sở Y tế có trách nhiệm tổng hợp", ["Sở Y tế"], [], "tổng hợp"),
        ("Yêu cầu các sở, ban, ngành rà soát", ["các sở, ban, ngành"], [], "rà soát"),
        ("Công an tỉnh: Chủ trì, phối hợp với Bộ CHQS tỉnh rà soát", ["Công an tỉnh"], ["Bộ CHQS tỉnh"], "rà soát"),
        ("Chủ trì, phối hợp với Sở Y tế rà soát", [], ["Sở Y tế"], "rà soát"),
        ("Sở Y tế là cơ quan thường trực", [], [], "Sở Y tế là cơ quan thường trực"),
        ("Thông tin và truyền thông là ngành kinh tế", [], [], "Thông tin và truyền thông là ngành kinh tế"),
        ("Các doanh nghiệp được cấp phép dùng nước phải lắp đồng hồ", ["Các doanh nghiệp được cấp phép dùng nước"],
         [], "phải lắp đồng hồ"),
        ("UBND các xã, phường có đường sắt đi qua tăng cường cảnh giới",
         ["UBND các xã, phường có đường sắt đi qua"], [], "tăng cường cảnh giới"),
        ("Sở Nội vụ là cơ quan thường trực của Ban Chỉ đạo, tham mưu kế hoạch", ["Sở Nội vụ"], [], "tham mưu kế hoạch"),
        ("Ban Quản lý dự án đầu tư xây dựng công trình dân dụng tỉnh lập dự toán",
         ["Ban Quản lý dự án đầu tư xây dựng công trình dân dụng tỉnh"], [], "lập dự toán"),
        ("Ban Quản lý dự án xây dựng kế hoạch thi công", ["Ban Quản lý dự án"], [], "xây dựng kế hoạch thi công"),
        ("UBND các xã: Hòa Mỹ, Tân Lập và Công an xã rà soát", ["UBND các xã: Hòa Mỹ", "Tân Lập", "Công an xã"], [],
         "rà soát"),
        ("Trạm Y tế các xã, phường tuần tra", ["Trạm Y tế các xã, phường"], [], "tuần tra"),
        ("Các hợp tác xã tham gia chuỗi rau sạch cam kết", ["Các hợp tác xã tham gia chuỗi rau sạch"], [], "cam kết"),
        ("Cấp xã: UBND các xã tổ chức hội nghị", ["UBND các xã"], [], "tổ chức hội nghị"),
        ("Hiệu trưởng trường cao đẳng, học viện công khai", ["trường cao đẳng, học viện"], [], "công khai"),
        ("Các công ty khai thác thủy lợi nạo vét", ["Các công ty khai thác thủy lợi"], [], "nạo vét"),
        ("Phòng Cảnh sát giao thông Công an tỉnh tuần tra", ["Phòng Cảnh sát giao thông Công an tỉnh"], [], "tuần tra"),
        ("Ban Chỉ đạo 389 tỉnh chỉ đạo", ["Ban Chỉ đạo 389 tỉnh"], [], "chỉ đạo"),
        ("Ngân hàng Nhà nước Khu vực 8 rà soát", ["Ngân hàng Nhà nước Khu vực 8"], [], "rà soát"),
        ("Chi cục Kiểm lâm trực phòng cháy", ["Chi cục Kiểm lâm"], [], "trực phòng cháy"),
        ("Hội nghị yêu cầu các địa phương rà soát", ["các địa phương"], [], "rà soát"),
        ("Về kiến nghị mở rộng chợ, Sở Công Thương nghiên cứu", ["Sở Công Thương"], [], "nghiên cứu"),
        ("Các hãng hàng không, khách sạn giảm giá", ["Các hãng hàng không, khách sạn"], [], "giảm giá"),
        ("Ban Thường trực Hội đồng rà soát", ["Ban Thường trực Hội đồng"], [], "rà soát"),
        ("Ủy ban bầu cử xã niêm yết danh sách", ["Ủy ban bầu cử xã"], [], "niêm yết danh sách"),
        ("Các trường được chọn làm điểm thi bố trí phòng", ["Các trường được chọn làm điểm thi"], [], "bố trí phòng"),
        ("Công ty Điện lực Hòa Lộc báo cáo", ["Công ty Điện lực Hòa Lộc"], [], "báo cáo"),
        ("Giao Văn phòng Thường trực Ban An toàn tổng hợp", ["Văn phòng Thường trực Ban An toàn"], [], "tổng hợp"),
        ("Hội đồng nhân dân tỉnh tán thành báo cáo", [], [], "Hội đồng nhân dân tỉnh tán thành báo cáo"),
        ("Phòng Kinh tế chủ trì, các thôn phối hợp", ["Phòng Kinh tế"], ["các thôn"], ""),
        ("Tổ chức đón Đoàn công tác của Bộ Y tế", [], [], "Tổ chức đón Đoàn công tác của Bộ Y tế"),
        ("Thường trực các cấp ủy xã, phường chỉ đạo", ["Thường trực các cấp ủy xã, phường"], [], "chỉ đạo"),
        ("Sở Y tế cùng với Sở Tài chính và UBND các xã rà soát", ["Sở Y tế"], ["Sở Tài chính", "UBND các xã"],
         "rà soát"),
        ("Chủ trì, cùng Công an tỉnh, Sở Y tế lập đoàn", [], ["Công an tỉnh", "Sở Y tế"], "lập đoàn"),
        ("Cùng với việc rà soát, Sở Y tế báo cáo", [], [], "Cùng với việc rà soát, Sở Y tế báo cáo"),
        ("Đề nghị Hội Nông dân tỉnh, Tỉnh đoàn phối hợp với Sở Công Thương cử cán bộ",
         ["Hội Nông dân tỉnh", "Tỉnh đoàn"], ["Sở Công Thương"], "cử cán bộ"),
        ("Về cấp nước: Công ty Cấp nước Hòa Lộc có trách nhiệm:", ["Công ty Cấp nước Hòa Lộc"], [], ""),
        ("Các cơ sở sản xuất, kinh doanh muối ăn phải công bố hợp quy", ["Các cơ sở sản xuất, kinh doanh muối ăn"], [],
         "phải công bố hợp quy"),
        ("Các hợp tác xã thu mua, bảo quản chè búp niêm yết giá", ["Các hợp tác xã thu mua, bảo quản chè búp"], [],
         "niêm yết giá"),
        ("Các doanh nghiệp thu mua hết lúa cho dân trước ngày 30/5", ["Các doanh nghiệp"], [],
         "thu mua hết lúa cho dân trước ngày 30/5"),
        ("Các đơn vị không được bố trí vốn", [], [], "Các đơn vị không được bố trí vốn"),
        ("Các đơn vị không được ký hợp đồng mới", ["Các đơn vị"], [], "không được ký hợp đồng mới"),
        ("Quá trình thực hiện nếu có vướng mắc các địa phương báo cáo về Sở Y tế", ["các địa phương"], [],
         "báo cáo về Sở Y tế"),
    ],
)  # fmt: skip
def test_who_is_told_what(text: str, leads: list[str], coordinating: list[str], rest: str) -> None:
    found = AssignmentReader(text, plain(text), OfficeReader()).at(0, len(text))
    assert [each.text for each in found.leads] == leads
    assert [each.text for each in found.coordinating] == coordinating
    assert text[found.rest :] == rest


@pytest.mark.parametrize(
    ("text", "kind", "rule", "day"),
    [
        ("gửi về UBND tỉnh trước ngày 28/2/2023; lập", "date", "BEFORE:28/02/2023", date(2023, 2, 28)),
        ("chậm nhất ngày 05 tháng 9 năm 2025", "date", "BY:05/09/2025", date(2025, 9, 5)),
        ("trước 17 giờ 00 ngày 10/8/2025", "date", "AT:17:00-10/08/2025", date(2025, 8, 10)),
        ("báo cáo trước ngày 15/11", "date", "BEFORE:15/11", date(2025, 11, 15)),
        ("báo cáo trước ngày 15/01", "date", "BEFORE:15/01", date(2026, 1, 15)),
        ("hoàn thành trong Quý III/2025", "quarter", "QUARTER:3/2025", date(2025, 9, 30)),
        ("hoàn thành trong tháng 9/2025", "month", "MONTH:09/2025", date(2025, 9, 30)),
        ("hết năm 2010, tổ chức tổng kết", "year", "YEAR:2010", date(2010, 12, 31)),
        ("định kỳ 6 tháng báo cáo", "recurring", "EVERY-H", None),
        ("trước ngày 20 hằng tháng", "recurring", "MONTHLY:BEFORE:20", None),
        ("định kỳ 06 tháng một lần (tháng 01 và tháng 6 hàng năm) để", "recurring", "YEARLY:BY:END/01,END/06", None),
        ("và hàng năm tổng hợp báo cáo", "recurring", "EVERY-Y", None),
        ("Trong thời hạn 07 ngày làm việc kể từ ngày nhận được hồ sơ, trả lời", "days", "EVENT+7", None),
        ("ngay sau khi Đề án được phê duyệt, xây dựng", "after", "EVENT", None),
        ("theo quy định (khi có yêu cầu).", "on-request", "EVENT", None),
        ("ra quân từ ngày 15/4 đến hết ngày 15/7/2025, tập trung", "date", "UNTIL:15/07/2025", date(2025, 7, 15)),
        ("từ tháng 3 đến tháng 10/2025 tổ chức", "month", "MONTH:10/2025", date(2025, 10, 31)),
        ("Từ nay đến cuối năm, các đơn vị", "year", "YEAR", date(2025, 12, 31)),
        ("xong trước ngày bế mạc Đại hội (20/6/2025).", "date", "BEFORE:20/06/2025", date(2025, 6, 20)),
        ("chậm nhất 17 giờ hằng ngày gửi số liệu", "recurring", "STANDING-Q", None),
        ("báo cáo quý (trước ngày 20 tháng cuối quý), năm (trước ngày 10/12) về Sở", "recurring", "", None),
        ("gửi Sở trước ngày 31 tháng 7 của năm trước.", "recurring", "YEARLY:BEFORE:31/07", None),
        ("phát bản tin 6 giờ một lần.", "recurring", "", None),
        ("tổng kết năm học trước ngày 30/6/2025.", "date", "BEFORE:30/06/2025", date(2025, 6, 30)),
        ("ra quân vào ngày 20/9/2025", "date", "BY:20/09/2025", date(2025, 9, 20)),
        ("hạn chót 25/9/2025", "date", "BY:25/09/2025", date(2025, 9, 25)),
        ("không để quá ngày 25/9/2025", "date", "BY:25/09/2025", date(2025, 9, 25)),
        ("hoàn thành trong ngày 15/9/2025", "date", "BY:15/09/2025", date(2025, 9, 15)),
        ("giải ngân hết trước ngày 31/12/2025", "date", "BEFORE:31/12/2025", date(2025, 12, 31)),
        ("trong các tháng 10, 11 năm 2025", "month", "MONTH:11/2025", date(2025, 11, 30)),
        ("hoàn thành trong quý III, quý IV/2025", "quarter", "QUARTER:4/2025", date(2025, 12, 31)),
        ("ban hành trước ngày 30/9/2025", "date", "BEFORE:30/09/2025", date(2025, 9, 30)),
        ("kiểm tra tối thiểu 02 lần/năm.", "recurring", "", None),
        ("chuyển hồ sơ vào ngày làm việc cuối cùng của tháng", "recurring", "", None),
        ("mở hội chợ vào tháng 11/2025.", "month", "MONTH:11/2025", date(2025, 11, 30)),
        ("tổng kết vào năm 2027.", "year", "YEAR:2027", date(2027, 12, 31)),
        ("họp giao ban vào thứ Hai hằng tuần để", "recurring", "", None),
        ("nộp trước hết giờ làm việc ngày 14/3/2025", "date", "BEFORE:14/03/2025", date(2025, 3, 14)),
        ("gửi chậm nhất chiều thứ Ba, ngày 11/3", "date", "BY:11/03", date(2025, 3, 11)),
        ("gửi trước ngày mùng 5 tháng 4", "date", "BEFORE:05/04", date(2025, 4, 5)),
        ("đến 15/4/2025 phải bàn giao xong mặt bằng", "date", "UNTIL:15/04/2025", date(2025, 4, 15)),
        ("sửa xong các trường trong năm nay.", "year", "YEAR:2025", date(2025, 12, 31)),
        ("trả lời trong thời hạn 10 ngày kể từ ngày 03/3/2025.", "date", "DATE:03/03/2025+10cal", date(2025, 3, 13)),
        ("khắc phục trong 02 tuần tính từ ngày 03 tháng 3 năm 2025", "date", "DATE:03/03/2025+14cal",
            date(2025, 3, 17)),
        ("trả lời trong 10 ngày làm việc kể từ ngày 03/3/2025", "date", "DATE:03/03/2025+10", None),
        ("gửi số liệu trước 10 giờ thứ Hai các tuần", "recurring", "", None),
        ("cấp xong thẻ trước khi kết thúc quý II", "quarter", "QUARTER:2", date(2025, 6, 30)),
        ("xong trước khi kết thúc tháng 5/2025", "month", "MONTH:05/2025", date(2025, 5, 31)),
        ("khai trương nhân Ngày Sách Việt Nam 21/4/2025", "date", "BY:21/04/2025", date(2025, 4, 21)),
        ("hoàn thành trong tháng Chín.", "month", "MONTH:09", date(2025, 9, 30)),
        ("thông xe trong trung tuần tháng 8/2025", "date", "BY:20/08/2025", date(2025, 8, 20)),
    ],
)  # fmt: skip
def test_deadlines_in_prose(text: str, kind: str, rule: str, day: date | None) -> None:
    (found,) = deadlines_in(text, 0, len(text), YEAR)
    assert (found.kind, found.rule, found.day) == (kind, rule, day)
    assert found.words == text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định số 12/2020/NĐ-CP ngày 28 tháng 02 năm 2020 của Chính phủ",
        "có hiệu lực sau 10 (mười) ngày kể từ ngày ký ban hành",
        "các tuyến đường đến năm 2015 phải thực hiện ngầm hóa",
        "xác định nhu cầu kinh phí hàng năm để bảo đảm",
        "đề án, kế hoạch 5 năm và hàng năm về đào tạo nghề",
        "chương trình kiểm tra, giám sát hằng năm.",
        "tính đến hết ngày 31/12/2024 đạt 90%",
        "Luật có hiệu lực trước ngày 01/7/2025",
        "công chức được tuyển dụng trước ngày 01/7/2025",
        "chuẩn bị cuộc họp lần sau vào ngày 08/8/2025",
        "quy hoạch được thông qua vào tháng 10/2025",
        "thu hồi nếu nhà đầu tư không khởi công trước ngày 30/6/2026",
        "phục vụ Đại hội diễn ra vào tháng 9/2025",
        "dự án kết thúc vào năm 2026",
        "số liệu từ ngày 15/12/2024 đến ngày 14/6/2025",
        "tạm đình chỉ cơ sở trong 10 ngày kể từ ngày 03/3/2025",
        "chuẩn bị phiên họp thứ hai, dự kiến vào ngày 08/8/2025",
        "tổ chức lễ hội trước ngày mùng 10 tháng 3 âm lịch",
        "giá lúa trong năm nay giảm mạnh",
        "báo cáo kết quả các hoạt động nhân Ngày Sách Việt Nam 21/4",
        "đến 15/4/2025 cả tỉnh có 40 trường",
    ],
)
def test_what_is_no_deadline(text: str) -> None:
    assert deadlines_in(text, 0, len(text), YEAR) == []


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("12/2025", "month", date(2025, 12, 31)),
        ("Quý II", "quarter", date(2025, 6, 30)),
        ("Quý I, II/2025", "quarter", date(2025, 6, 30)),
        ("Tháng 10, 11/2025", "month", date(2025, 11, 30)),
        ("2025-2026", "span", date(2025, 12, 31)),
        ("Thường xuyên", "standing", None),
        ("Hàng tuần", "recurring", None),
        ("Theo Kế hoạch", "by-reference", None),
        ("Kỳ họp giữa năm 2025", "event", None),
        ("Ngày cuối cùng của quý", "recurring", None),
        ("Trao giải nhân Ngày Pháp luật Việt Nam 09/11/2025", "date", date(2025, 11, 9)),
        ("Thường xuyên; báo cáo trước 15/12/2025", "date", date(2025, 12, 15)),
    ],
)
def test_cells_of_dates(text: str, kind: str, day: date | None) -> None:
    found = cell_deadline(text, 0, len(text), YearContext(year=2025))
    assert found is not None
    assert (found.kind, found.day, found.words) == (kind, day, text)


def test_a_day_long_before_the_document_is_what_has_happened() -> None:
    text = "rà soát các dự án giao đất trước ngày 01/7/2014; báo cáo trước ngày 30/4"
    assert [each.words for each in terms_in(text, 0, len(text), YEAR)] == ["trước ngày 30/4"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("điều tra vụ cháy chợ vào ngày 12/11/2026, kết luận trước ngày 30/12/2026", "trước ngày 30/12/2026"),
        ("làm rõ nguyên nhân vụ cá chết vào ngày 10/11/2026", None),
        ("làm rõ vụ tai nạn vào ngày 12/11", None),
        ("thống kê các ca nhập viện vào ngày 18/11/2026", None),
        ("khắc phục hậu quả bão đổ bộ vào tháng 10/2026", None),
        ("sửa cầu sập vào đầu tháng 11/2026, xong trước ngày 31/12/2026", "xong trước ngày 31/12/2026"),
        ("làm việc từ ngày 10/11 đến ngày 20/11/2026 về vụ buôn lậu, báo cáo trước ngày 30/11/2026",
            "trước ngày 30/11/2026"),
        ("thống kê thiệt hại do mưa từ ngày 01/11 đến ngày 05/11, gửi trước ngày 25/11", "trước ngày 25/11"),
        ("xác minh việc khai thác cát từ tháng 8 đến tháng 10/2026", None),
        ("tiêm từ ngày 15/11 đến ngày 15/12/2026", "từ ngày 15/11 đến ngày 15/12/2026"),
        ("ra quân vào ngày 01/12/2026, hoàn thành trong quý I/2027", "hoàn thành trong quý I/2027"),
        ("tổ chức sơ kết vào tháng 12/2026, nếu có vướng mắc báo cáo", "vào tháng 12/2026"),
        ("các đơn vị đã được giao vốn phải giải ngân trước ngày 31/12/2026", "trước ngày 31/12/2026"),
        ("các hộ đã nhận hỗ trợ cần sửa nhà trước ngày 31/12/2026", "trước ngày 31/12/2026"),
        ("nếu chưa xong phải hoàn thành trước ngày 15/12/2026", "hoàn thành trước ngày 15/12/2026"),
        ("trường hợp còn vướng mắc thì báo cáo trước ngày 15/12/2026", "trước ngày 15/12/2026"),
        ("trường hợp vướng mắc báo cáo UBND tỉnh trước ngày 10/12/2026", "trước ngày 10/12/2026"),
        ("kiểm tra cơ sở đã được cấp phép trước ngày 01/12/2026", None),
        ("hoàn thiện nội dung đã báo cáo trước ngày 30/11/2026", None),
        ("thu hồi nếu nhà đầu tư không khởi công trước ngày 30/6/2027", None),
        ("trong tháng 10/2026, các sở xử lý 12 vụ", None),
        ("hoàn thành trong tháng 11/2026", "hoàn thành trong tháng 11/2026"),
        ("khai trương vào ngày 15/01", "vào ngày 15/01"),
        ("giám sát từ nay đến hết ngày 31/12/2026", "đến hết ngày 31/12/2026"),
    ],
)  # fmt: skip
def test_the_day_something_happened_is_no_term(text: str, term: str | None) -> None:
    weighed = weightiest(terms_in(text, 0, len(text), YearContext(issued=date(2026, 11, 20))))
    assert (weighed and weighed.words) == term


def test_an_empty_cell_says_nothing() -> None:
    assert cell_deadline(" - ", 0, 3, YEAR) is None


def test_texts_for_matching_are_as_long_as_they_were() -> None:
    text = "Uỷ ban, Hoà Bình, quý, Ðảng, İ, toàn –"
    assert plain(text) == "ủy ban, hòa bình, quý, đảng, İ, toàn -"
    assert len(plain(text)) == len(folded(text)) == len(text)


@pytest.mark.parametrize("name", ["Sở Y tế thuộc ", "Phòng Nội vụ của "])
def test_a_name_that_never_ends_is_read_in_bounded_steps(name: str) -> None:
    said = name * 4000
    OfficeReader().list_at(said, plain(said), 0, len(said))
