"""The page from which everything a coordinator manages is reached."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal.query import read_query
from portal.rights import LASTING, WHOLE_HOUSE
from portal.web import page, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

_GROUPS = (
    (
        ("Chỉ đạo và việc", "Directives and work"),
        (
            (
                "/desk/directives",
                "Chỉ đạo",
                "Directives",
                "văn bản giao việc, sự kiện, kết thúc",
                "assigning documents, events, closing",
            ),
            ("/desk/intake", "Chỉ đạo mới", "New directive", "từ văn bản đến giao việc", "from text to assignments"),
            (
                "/plans",
                "Kế hoạch",
                "Plans",
                "nhiệm vụ, sửa đổi, dự thảo, các bản",
                "subtasks, amendments, drafts, editions",
            ),
            (
                "/rehearsals",
                "Diễn tập",
                "Rehearsals",
                "các tháng tới, không gửi gì",
                "the months ahead, nothing is sent",
            ),
            ("/desk/changes", "Các lần điều chỉnh", "Changes", "xem lại, hoàn tác", "review, undo"),
            ("/desk/assign", "Giao việc đột xuất", "Ad hoc work", "việc ngoài kế hoạch", "outside the plan"),
            (
                "/desk/workbook",
                "Giao việc từ Excel",
                "Assign from Excel",
                "nhiều việc cùng lúc",
                "several assignments at once",
            ),
            (
                "/desk/holidays",
                "Lịch nghỉ, làm bù",
                "Holidays and swapped working days",
                "thông báo, tính lại hạn",
                "notices, recalculate due dates",
            ),
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
                "add, rename, merge",
            ),
            ("/desk/offices", "Liên hệ", "Contacts", "địa chỉ, gửi thử, đường dẫn", "addresses, test messages, links"),
            (
                "/desk/silences",
                "Tạm ngừng nhắc",
                "Paused reminders",
                "theo cơ quan, việc, kỳ",
                "by office, work, period",
            ),
            ("/desk/deputies", "Người thay thế, nhận thay thư", "Deputies", "từ ngày đến ngày", "from day to day"),
            (
                "/desk/webhooks",
                "Phần mềm nhận sự kiện",
                "Event subscriptions",
                "sự kiện gửi sang phần mềm khác",
                "events sent to other programs",
            ),
            ("/desk/accounts", "Tài khoản", "Accounts", "thêm, khóa, đường dẫn đăng nhập", "add, close, sign-in links"),
        ),
    ),
    (
        ("Theo dõi", "Records"),
        (
            (
                "/desk/messages",
                "Thư, tin nhắn",
                "Messages",
                "đã gửi gì, cho ai, khi nào",
                "who was sent what, and when",
            ),
            ("/desk/notices", "Vì sao đã báo, chưa báo", "Why notified, why not", "từng thông báo", "each notice"),
            ("/desk/trail", "Ai đã làm gì", "Who did what", "theo tài khoản, cơ quan, ngày", "by account, office, day"),
            (
                "/desk/followup",
                "Soát việc bị sót",
                "Missed follow-ups",
                "việc chưa nhắc, thư bị kẹt",
                "missed reminders, stuck messages",
            ),
            ("/documents", "Báo cáo, văn bản", "Reports and letters", "tải, in cho cuộc họp", "to download and print"),
            ("/calendar", "Lịch", "Calendar", "xem hạn trong lịch cá nhân", "due dates in your calendar"),
            ("/prefect/v2/runs", "Lượt chạy", "Runs", "trang của Prefect", "Prefect's pages"),
        ),
    ),
)
"""Of each group its links: the address, what it is, and what is done there, in Vietnamese and English."""


@router.get("/desk/more")
def more(request: Request) -> HTMLResponse:
    read_query(request, ())
    visitor = visitor_of(request)
    closed = WHOLE_HOUSE if visitor.directives is not None else ()
    lasting: frozenset[str] = LASTING if visitor.stands_in else frozenset()
    groups = [
        (heading, [link for link in links if not link[0].startswith(closed) and link[0] not in lasting])
        for heading, links in _GROUPS
    ]
    return page(request, "more.html", groups=groups)
