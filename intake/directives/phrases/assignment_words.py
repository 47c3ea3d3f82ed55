"""Words around the offices of an assignment; matched against plain text (``words.plain``)."""

import re

from intake.directives.phrases.words import ACTION, NO_NAME, VERBS

LEAD_IN = re.compile(
    r"(?:(?:trong đó|đồng thời|riêng|cụ thể|ngoài ra|trước mắt|theo đó|trách nhiệm của|nhiệm vụ của|về phía"
    r"|nhiệm vụ cụ thể của)[,:]? *)*(?:đối với +)?"
    r"(?:(?:(?:ngay )?(?:sau )?khi )?(?:nhận được|căn cứ|trên cơ sở) [^.;:,]{3,80} (?:này|trên),? +"
    r"(?=yêu cầu|đề nghị|giao))?"
    r"(?:(?:hội nghị|phiên họp|tập thể lãnh đạo|đoàn (?:kiểm tra|giám sát|công tác)) +(?=yêu cầu|giao|đề nghị))?"
)
GIVE = re.compile(
    r"(?:giao(?: nhiệm vụ| trách nhiệm)?(?: cụ thể)?(?: cho)?|yêu cầu|đề nghị|kính đề nghị|trân trọng đề nghị"
    r"|phân công(?: nhiệm vụ)?(?: cho)?|ủy quyền(?: cho)?|thống nhất giao|tiếp tục giao|đồng ý giao"
    r"|đề xuất giao) +"
)
DUTY = re.compile(
    r",? *(?:(?:trong phạm vi|căn cứ|theo|trên cơ sở|tùy theo|bám sát)(?: vào)? (?:chức năng|nhiệm vụ|quyền hạn"
    r"|thẩm quyền|lĩnh vực|địa bàn|phạm vi|kế hoạch|nội dung|điều kiện|tình hình)[^:;.]{0,140}?"
    rf"(?<!được)(?<!đã)(?<!cần)(?:[, ]+(?=(?:{VERBS}|(?:có|chịu) trách nhiệm|có nhiệm vụ)(?!\w))|(?=:)))?"
    r"(?:(?:có|chịu) trách nhiệm(?: (?:chính|trước (?:(?! (?:về|nếu"
    r"|khi) )[^,;:.]){2,60}?(?= *[,:])))?(?! (?:trước|về|nếu|khi|toàn diện)(?!\w))|có nhiệm vụ"
    r"|thực hiện (?:các|những|một số"
    r"|tốt một số|nghiêm túc một số) (?:nhiệm vụ|nội dung|công việc|giải pháp)(?: [^:.;]{0,40})?"
    r"|tập trung thực hiện(?: (?:tốt|các|những|một số)[^:.;]{0,60})?|triển khai thực hiện (?:tốt )?(?:các|những"
    r"|một số)[^:.;]{0,60}|(?:chỉ đạo|tổ chức)(?: thực hiện)?(?=:))?"
    r"(?: (?:sau đây|như sau|sau|cụ thể))*(?P<colon> *:)? *"
)
LEADS = re.compile(
    r",? *(?:(?:là (?:cơ quan|đơn vị) +)?(?:chịu trách nhiệm +)?(?:chủ trì|làm đầu mối|là đầu mối)"
    r"|là (?:cơ quan|đơn vị) (?:thường trực|đầu mối|chủ trì)[^,;.:]{0,60}?(?=,| và | có trách nhiệm))(?:,| và)? *"
)
MUST = r"phải|cần|có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|khẩn trương|nghiêm túc"
STARTS = (
    r"tập trung|tăng cường|chủ động|chủ trì|tiếp tục|kịp thời|thường xuyên|đẩy mạnh|đẩy nhanh|phối hợp|chỉ đạo"
    r"|hoàn thành|báo cáo|ban hành|bố trí|rà soát|lập|tổ chức|xây dựng|thực hiện|triển khai|cam kết"
)
WHICH = re.compile(
    rf" (?!có (?:trách nhiệm|nhiệm vụ|kế hoạch|biện pháp|giải pháp|văn bản|báo cáo|ý kiến))"
    rf"(?:(?:được|đang|đã|bị) (?:[^:.;]{{3,100}}?(?= (?:{MUST})(?!\w))|[^:.;]{{3,60}}?(?= (?:{STARTS})(?!\w)))"
    rf"|(?:chưa|còn) [^:.;,]{{3,60}}?(?= (?:{MUST})(?!\w))"
    rf"|tham gia (?:đề án|chương trình|dự án|liên kết|mô hình|chuỗi)[^:.;,]{{0,60}}?(?= (?:{MUST}|{STARTS})(?!\w))"
    rf"|(?:nơi|có|ở|tại)(?! (?:công văn|công điện|văn bản|tờ trình|báo cáo|thông báo|quyết định|kế hoạch|kết luận"
    rf"|chỉ thị|hội nghị|cuộc họp|phiên họp)(?!\w)) [^:.;]{{2,100}}?(?= (?:{MUST}|{STARTS})(?!\w)))"
)
"""Which of a group: «UBND các xã nơi có dự án tập trung …», «Các tổ chức được cấp phép phải …»."""
THAT_LEAD = re.compile(
    rf" (?:được giao )?(?:chủ trì|phối hợp)(?: (?:nhiệm vụ|thực hiện|các nhiệm vụ"
    rf"|nội dung)[^,;.:]{{0,40}}?)? (?={ACTION.pattern})"
)
"""Which of all: «Các đơn vị chủ trì gửi báo cáo», where no office of its own leads."""
IN_CHARGE = re.compile(rf" (?:(?:được )?(?:phân công|giao) )?phụ trách [^,;.:]{{3,40}}? (?={ACTION.pattern})")
"""Which of several persons: «Các đồng chí Ủy viên phụ trách địa bàn trực tiếp chỉ đạo»."""
AND_OTHERS = re.compile(rf"(?:,| và) (?!{NO_NAME.pattern})(?:[^\W\d_]+ ){{1,4}}(?={ACTION.pattern})")
"""Others of the same kind in words that are not known: «Các tổ chức phi chính phủ, cộng đồng ngư dân tham gia …»."""
ISSUER = re.compile(
    r"(?:ubnd|ủy ban nhân dân|chủ tịch|phó chủ tịch|thủ tướng|phó thủ tướng|chính phủ|hđnd|hội đồng nhân dân"
    r"|(?:tỉnh|thành|huyện|thị|đảng) ủy|ban thường vụ|ban chấp hành|thường trực|bộ trưởng|ban chỉ đạo"
    r"|ban chỉ huy)(?!\w)"
)
"""Who orders in a list of orders; any other office there is told to order: «3. Sở A yêu cầu các doanh nghiệp …»."""
OF_ALL = re.compile(r"(?:các |những )?(?:(?:sở|ban|ngành|cơ quan|đơn vị|địa phương)(?:, | và |$))+")
WITH = re.compile(
    r",? *(?:(?:chủ động +)?(?:phối hợp|kết hợp|hiệp đồng)(?: chặt chẽ| tốt| thường xuyên| kịp thời)*(?:,? (?:với"
    r"|cùng|giữa))*|cùng(?: với)?) +"
)
JOINS = re.compile(r" (?:cùng )?phối hợp(?: thực hiện)?(?=[ ).;,]|$)")
"""Behind offices that take part: «Sở A chủ trì, Sở B phối hợp»."""
JOINED_BY = re.compile(r"[ ,]*cùng(?: với)?[ ]*")
"""What tells the offices that lead from those that do it with them: «Sở A cùng với Sở B và các xã …»."""
STARTS_WITH = re.compile(
    r"(?P<self>(?:chủ động|tích cực|tăng cường|tiếp tục|thường xuyên)(?:,? *(?:chủ động|tích cực))* +"
    r"|tham gia +)?(?:phối hợp|hiệp đồng)(?P<close> chặt chẽ)?(?: (?:với|cùng))+ +"
)
TEMPORAL = re.compile(
    r"(?:trước mắt|trong khi|khi|căn cứ|trên cơ sở|để|theo|sau khi|hằng năm|hàng năm|định kỳ|chậm nhất|trước|hết"
    r"|trong)\b[^:;.]{2,220}?, *"
)
TROUBLE = re.compile(
    r"(?:\* *lưu ý:? *)?(?:trong )?quá trình [^:;.]{0,100}?(?:vướng mắc|phát sinh|khó khăn"
    r"|bất cập)(?:(?:,| hoặc| và) (?:khó khăn|vướng mắc|phát sinh|bất cập))*(?: (?:cần|vượt|phát sinh"
    r"|mới)[^,;.]{0,60})?,? +"
)
PERSONS = ("đồng chí", "các đồng chí", "ủy viên", "các ủy viên", "thành viên", "các thành viên")
MIDDLE = re.compile(r"(?<!\w)phối hợp(?: [^,;.:()]{0,24}?)? (?:với|cùng) +")
ASIDE = re.compile(
    r" *\([^()]{0,120}\)| *- *(?:là )?(?:cơ quan|đơn vị) (?:thường trực|đầu mối|chủ trì)[^-;.:]{0,60} *-(?= )"
)
"""«Sở A (cơ quan thường trực)», «Sở A - Cơ quan thường trực Ban Chỉ đạo - tổng hợp»."""
ON_WORK_OF = re.compile(
    r"(?:căn cứ|trên cơ sở)(?: vào)? (?:dự toán|đề xuất|phương án|hồ sơ|báo cáo|danh sách|nhu cầu|kế hoạch|số liệu)"
    r"[^,;.:()]{0,40}? do +"
)
"""On what another office has made: «Căn cứ dự toán do Công an tỉnh lập, …»."""
ROLE_BEHIND = re.compile(
    r",? *(?:(?:là (?:cơ quan|đơn vị) )?chủ trì|tham mưu|thực hiện|chịu trách nhiệm|làm đầu mối|đầu mối"
    r"|hướng dẫn|triển khai|tổ chức|xây dựng|theo dõi|tổng hợp|phối hợp|chuẩn bị|soạn thảo|trình|phụ trách|cung cấp"
    r"|kiểm tra|báo cáo|đề xuất|chỉ đạo|lãnh đạo)"
)
_TERM = (
    r"(?:(?:xong|hoàn thành|ngay|định kỳ) )?(?:trước|chậm nhất|muộn nhất|trong|từ|đến|hết|vào|định kỳ|hằng|hàng|mỗi|quý"
    r"|tháng)"
    r" (?:(?:ngày|tháng|tuần|quý|năm)(?!\w)|(?=[^,:;]{0,40}\d))(?:[^,:;.]|(?<=\d)[.,:](?=\d))"
)
FRONT_TERM = re.compile(rf"{_TERM}{{0,80}}(?P<mark>[,:]) +")
"""Before the office: «Trước ngày 15/9, Sở A …», «Định kỳ hằng quý, các sở …»."""
TERM_WITHIN = re.compile(rf"{_TERM}{{2,60}}? (?={ACTION.pattern})")
"""Between the office and what it is told: «Sở A trước ngày 15/9 báo cáo …»."""

_FINDING = (
    r"(?:những |các |một số )?(?:nguyên nhân|tồn tại|hạn chế|khuyết điểm|yếu kém|bất cập|ưu điểm|kết quả|tình hình"
    r"|thực trạng|thuận lợi|khó khăn|vướng mắc|bài học|đánh giá|nhận xét|thành tích|sai phạm|vi phạm)(?!\w)"
)
"""What was found, no topic of orders: «Nguyên nhân: Sở A …»."""
ABOUT = re.compile(rf"(?:về(?! {_FINDING})|đối với|liên quan(?: đến)?|riêng) ")
TOPIC = re.compile(rf"(?!chủ trì|phối hợp|giao|{_FINDING})[^:.;()]{{2,60}}: +")
_FORBIDDEN = r"(?!không được (?!giao|cấp|bố trí|hưởng|hỗ trợ|phân bổ|đánh giá|công nhận|xếp loại))"
"""«không được thu mua …» forbids; «không được giao vốn» is a finding."""
FOUND = re.compile(
    rf"(?:thống nhất|nhất trí) (?:đánh giá|nhận định|cao|với|thông qua)(?!\w)"
    rf"|{_FORBIDDEN}{ACTION.pattern} (?:còn|chưa|rất|được|chậm(?! nhất| nộp| trả| đóng| tiến độ))(?!\w)"
)
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
