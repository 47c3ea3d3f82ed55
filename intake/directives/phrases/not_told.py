"""What tells offices nothing in sentences about them: findings, and who gives the orders; topics of orders."""

import re

from intake.directives.phrases.words import ACTION

_FINDING = (
    r"(?:những |các |một số )?(?:nguyên nhân|tồn tại|hạn chế|khuyết điểm|yếu kém|bất cập|ưu điểm|kết quả|tình hình"
    r"|thực trạng|thuận lợi|khó khăn|vướng mắc|bài học|đánh giá|nhận xét|thành tích|sai phạm|vi phạm)(?!\w)"
)
"""What was found, no topic of orders: «Nguyên nhân: Sở A …»."""
ABOUT = re.compile(rf"(?:về(?! {_FINDING})|đối với|liên quan(?: đến)?|riêng) ")
TOPIC = re.compile(rf"(?!chủ trì|phối hợp|giao|{_FINDING})[^:.;,()]{{2,50}}: +")
FOUND = re.compile(rf"{ACTION.pattern} (?:còn|chưa|rất|được|chậm(?! nhất| nộp| trả| đóng| tiến độ))(?!\w)")
"""How well something was done: «triển khai chậm», «báo cáo chưa đầy đủ»."""
ORDERS = re.compile(
    r" *(?:yêu cầu|giao|đề nghị|kết luận|có ý kiến)"
    r"(?: (?:chỉ đạo|thực hiện|các|một số|nội dung|nhiệm vụ|như|sau|đây))* *:"
)
"""Behind the office that gives what stands below: «Chủ tịch UBND tỉnh yêu cầu:»."""
NO_VERB = re.compile(
    r"(?:là|thuộc|của|đã|được|có|tại|trong|với|và|như|gồm|do|về|cho|đối|trên|này|đó|nói|chưa|còn|đang|bị|theo|ở"
    r"|để|nhằm|hay|mà|thì|khi|nếu|năm"
    r"|ngày|số|lần|khóa|trước|sau|cùng|hoặc|từ|bằng|qua|giữa|đến|dưới|nơi|những|các|một|ban hành kèm"
    r"|quy định tại|phù hợp|tương ứng|liên quan|khác|nêu|hiện|rất|cũng|luôn|vẫn|vừa|chỉ|xin|mới|đều|hoạt động|cán bộ"
    r"|công chức|viên chức|người|đảng viên|học sinh|nhân dân|vi phạm|tham dự|đạt|gặp|bao gồm|cơ bản"
    r"|nhất trí|ghi nhận|tán thành|biểu dương|đánh giá cao|hoan nghênh|chia sẻ|nghe)(?!\w)"
)
"""What a sentence about offices goes on with when it tells them nothing."""
