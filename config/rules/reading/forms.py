"""What a deadline may be written as, to be shown to people: phrases first, then the short forms of a plan."""

_COUNTING = "BLDS 2015, Điều 147 (áp dụng tương tự)"
_ROLLING = "BLDS 2015, Điều 148 (áp dụng tương tự)"
_BY_NUMBERS = "BLDS 2015, Điều 147–148 (áp dụng tương tự)"
_PERIODIC_REPORTS = "NĐ 09/2019/NĐ-CP, Điều 12–13 (áp dụng tương tự)"
_WORDS = "lời của chỉ đạo; cách hiểu là quy ước"

PHRASES: tuple[tuple[str, str, str], ...] = (
    ("trước ngày 30/6/2025 · chậm nhất ngày · đến hết ngày · trước 15 giờ ngày", "một ngày, một giờ", "a day, an hour"),
    ("tháng 6/2025 · trong quý II · 6 tháng đầu năm 2025 · năm 2025", "hết tháng, quý, nửa năm, năm", "the end of it"),
    ("đến năm 2030 · 2025–2026 · 2025 và những năm tiếp theo", "năm mục tiêu, giai đoạn", "a target year, a span"),
    ("07 ngày làm việc · trong vòng 10 ngày kể từ ngày ban hành", "số ngày", "working days, calendar days"),
    ("trong 24 giờ · báo cáo ngay", "giờ, tính cả đêm và ngày nghỉ", "hours, by night and on days off"),
    ("hằng quý · định kỳ 6 tháng", "định kỳ, theo kỳ của chỉ đạo", "at a rhythm, by the directive's periods"),
    ("trước ngày 20 hằng tháng · tháng 01 và tháng 6 hằng năm", "định kỳ, ngày riêng", "at a rhythm, on its own days"),
    ("sau T1.2 · 5 ngày làm việc sau T1.2", "sau một việc khác", "after another subtask"),
    ("khi có yêu cầu · sau khi … được phê duyệt", "mở khi có sự kiện, chưa có hạn", "opened by an event, no date yet"),
    ("thường xuyên · thường xuyên, báo cáo hằng tháng", "không có hạn, hỏi tiến độ", "no date, progress is asked for"),
    ("khẩn trương · không quy định", "chưa có hạn", "no date yet"),
)
"""Phrases as people write them, and their meaning in Vietnamese and English."""

FORMS: tuple[tuple[str, str, str, str], ...] = (
    ("ISSUE+n", "n ngày làm việc sau ngày văn bản giao việc", "n working days after the assigning document", _COUNTING),
    ("DOC+n", "n ngày làm việc sau ngày văn bản mới", "n working days after a new document", _COUNTING),
    ("EVENT+n, EVENT-n", "n ngày làm việc sau, trước sự kiện", "n working days after, before an event", _COUNTING),
    (
        "ISSUE+ncal, ISSUE+nh, ISSUE+nmo",
        "n ngày theo lịch, n giờ, n tháng; DOC, EVENT cũng vậy",
        "n calendar days, hours, months; DOC and EVENT likewise",
        _BY_NUMBERS,
    ),
    (
        "CLOSE+n",
        "n ngày làm việc sau ngày chốt số liệu của kỳ",
        "n working days after the period closes",
        _PERIODIC_REPORTS,
    ),
    (
        "ND09-M|Q|H|Y[:coordinating|:report|:compiled]",
        "báo cáo tháng, quý, 6 tháng, năm theo NĐ 09/2019 (áp dụng tương tự)",
        "periodic report by analogy with NĐ 09/2019",
        _PERIODIC_REPORTS,
    ),
    (
        "EVERY-M|Q|H|Y[:coordinating|:report|:compiled]",
        "báo cáo tháng, quý, 6 tháng, năm theo kỳ của chỉ đạo",
        "periodic report by the periods of the directive",
        _PERIODIC_REPORTS,
    ),
    (
        "BEFORE:dd/MM[/yyyy]",
        "trước ngày",
        "strictly before the day",
        "quy ước: ngày làm việc liền trước; kế hoạch có thể đổi",
    ),
    ("BY:dd/MM[/yyyy]", "chậm nhất ngày", "at the latest on the day", _ROLLING),
    ("UNTIL:dd/MM[/yyyy]", "đến hết ngày", "to the end of the day", _ROLLING),
    ("AT:15:00-dd/MM[/yyyy]", "đến giờ ấy của ngày", "to that hour of the day", _WORDS),
    (
        "DATE:dd/MM+n, DATE:dd/MM-n",
        "n ngày làm việc sau, trước một ngày hằng năm",
        "n working days from a yearly day",
        _COUNTING,
    ),
    ("DATE:dd/MM/yyyy+ncal", "n ngày theo lịch từ một ngày", "n calendar days from a day", _BY_NUMBERS),
    ("MONTH:06[/2025]", "hết tháng", "the end of the month", _ROLLING),
    ("QUARTER:2[/2025]", "hết quý", "the end of the calendar quarter", _ROLLING),
    ("HALF:1[/2025]", "hết 6 tháng đầu (1), cuối (2) năm", "the end of the first (1), second (2) half", _ROLLING),
    ("YEAR[:2025]", "hết năm", "the end of the year", _ROLLING),
    (
        "TARGET:2030[-2045][/Q]",
        "năm mục tiêu, tầm nhìn; nhịp tiến độ",
        "target year, outlook; rhythm",
        "quy ước: 31/12, không chuyển ngày",
    ),
    ("SPAN:2025-2026[/Q], SPAN:2025-", "giai đoạn; hạn là hết từng năm", "years; due at the end of each", _WORDS),
    ("SEASON:spring/2025", "mùa trong văn bản tiếng Anh", "a season: spring ends in May", _WORDS),
    ("FY:2025/26[-Q3]", "năm tài khóa từ tháng 4", "a fiscal year from April", _WORDS),
    ("MONTHLY:BEFORE:20", "trước ngày 20 hằng tháng", "before the 20th of every month", _ROLLING),
    ("QUARTERLY:BEFORE:20/3", "ngày 20 tháng thứ ba của quý", "the 20th of the quarter's third month", _ROLLING),
    ("YEARLY:BY:END/01,END/06", "hết tháng 1 và tháng 6 hằng năm", "the end of January and June every year", _ROLLING),
    (
        "Q510-Y[:residential|:unit|:district]",
        "chuỗi đánh giá, phân loại phong trào hằng năm",
        "a link of the yearly grading chain",
        "thông lệ theo QĐ 510/QĐ-BCA-V05",
    ),
    (
        "AFTER:T1.2[:step][,T1.3][+n]",
        "sau việc khác n ngày làm việc; nhiều việc thì từ việc xong sau cùng",
        "n working days after another subtask; of several, after the last",
        _COUNTING,
    ),
    ("EVENT, DOC", "mở khi có sự kiện, văn bản mới; chưa có hạn", "opened by an event or document; no date", _WORDS),
    ("STANDING[-M|Q|H|Y]", "thường xuyên; hỏi tiến độ theo nhịp", "standing; progress is asked for", _WORDS),
    ("UNDATED[:urgent|:reference]", "chưa có hạn", "no date", _WORDS),
)
"""Every short form: how it is written, its meaning in Vietnamese and English, and what it rests on."""
