"""The page from which everything a coordinator manages is reached."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal.query import read_query
from portal.rights import WHOLE_HOUSE
from portal.web import page, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

_GROUPS = (
    (
        ("Chỉ đạo và việc", "Directives and work"),
        (
            ("/desk/directives", "Chỉ đạo", "Directives", "văn bản giao việc, sự kiện, kết thúc", "documents, events"),
            ("/desk/intake", "Chỉ đạo mới", "New directive", "từ văn bản đến giao việc", "from its text to work"),
            (
                "/plans",
                "Kế hoạch",
                "Plans",
                "nhiệm vụ, sửa đổi, dự thảo, các bản",
                "subtasks, amendments, drafts, editions",
            ),
            ("/rehearsals", "Diễn tập", "Rehearsals", "các tháng tới, không gửi gì", "the months ahead, nothing sent"),
            ("/desk/changes", "Các lần điều chỉnh", "Changes", "xem lại, hoàn tác", "looked at and taken back"),
            ("/desk/assign", "Giao việc đột xuất", "Ad hoc work", "việc ngoài kế hoạch", "outside the plan"),
            ("/desk/workbook", "Giao việc từ Excel", "Assign from Excel", "nhiều việc cùng lúc", "several at once"),
            ("/desk/holidays", "Lịch nghỉ, làm bù", "Days off", "thông báo, tính lại hạn", "notices, dates moved"),
        ),
    ),
    (
        ("Cơ quan và người", "Offices and people"),
        (
            (
                "/desk/register",
                "Danh bạ cơ quan",
                "Office register",
                "thêm, đổi tên, sáp nhập",
                "added, renamed, merged",
            ),
            ("/desk/offices", "Liên hệ", "Contacts", "địa chỉ, gửi thử, đường dẫn", "addresses, tests, links"),
            ("/desk/silences", "Tạm ngừng nhắc", "Silences", "theo cơ quan, việc, kỳ", "by office, work, period"),
            ("/desk/deputies", "Làm thay, nhận thay", "Deputies", "từ ngày đến ngày", "from day to day"),
            (
                "/desk/webhooks",
                "Phần mềm được báo",
                "Programs told",
                "sự kiện gửi sang phần mềm",
                "events sent out",
            ),
            ("/desk/accounts", "Tài khoản", "Accounts", "thêm, khóa, đường dẫn vào", "added, closed, links"),
        ),
    ),
    (
        ("Theo dõi", "Records"),
        (
            ("/desk/messages", "Thư, tin nhắn", "Messages", "ai đã được báo gì, khi nào", "who was told what, when"),
            ("/desk/notices", "Vì sao đã báo, chưa báo", "Why told, why not", "từng thông báo", "each notice"),
            ("/desk/trail", "Ai đã làm gì", "Who did what", "theo tài khoản, cơ quan, ngày", "by account, office, day"),
            ("/desk/followup", "Soát việc bị sót", "Follow-up audit", "nhắc sót, thư kẹt", "what fell through"),
            ("/documents", "Văn bản, báo cáo", "Papers", "in cho cuộc họp", "printed for the meeting"),
            ("/calendar", "Lịch", "Calendar", "hạn trong lịch của mình", "due dates in your calendar"),
            ("/prefect/v2/runs", "Lượt chạy", "Runs", "trang của Prefect", "Prefect's pages"),
        ),
    ),
)
"""Of each group its links: the address, what it is, and what is done there, in Vietnamese and English."""


@router.get("/desk/more")
def more(request: Request) -> HTMLResponse:
    read_query(request, ())
    limited = visitor_of(request).directives is not None
    groups = [
        (heading, [link for link in links if not (limited and link[0].startswith(WHOLE_HOUSE))])
        for heading, links in _GROUPS
    ]
    return page(request, "more.html", groups=groups)
