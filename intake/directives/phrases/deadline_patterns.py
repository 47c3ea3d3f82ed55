"""How deadlines are written in prose: one pattern of plain text (``words.plain``) for each way, the surest first."""

import re

YEAR_NUMBER = _Y = r"(?:19|20)\d\d"
_N = r"\d{1,2}"
_DAY = (
    rf"(?:ngày )?(?:{_N} ?/ ?{_N}(?: ?/ ?{_Y})?|{_N} ?[.-] ?{_N} ?[.-] ?{_Y}|{_N} tháng {_N}(?:(?:,? năm "
    rf"| ?/ ?){_Y})?)(?![\d/]| ?%)"
)
_EVERY = r"(?:,? (?:hằng|hàng|mỗi) (?:năm|quý|tháng))"
_PREP = (
    r"(?:(?:xong|hoàn thành)(?: xong)? )?(?:chậm nhất|muộn nhất|trước|không (?:để )?quá|đến hết|hết"
    r"|hạn (?:cuối|chót)(?: cùng)?:?|không muộn hơn)(?: (?:là|vào|đến|trước|trong|hết|dịp|khi hết|thời điểm))*"
)
_IN = rf"(?:{_PREP}|hoàn thành|trong|(?:đến )?cuối|ngay trong)(?: (?:trong|vào|cuối|hết))*"
_AT = r"(?<!kết thúc )(?<!bắt đầu )(?<!thông qua )(?<!ban hành )(?<!phát hiện )(?<!ký )(?<!họp )vào"
_TIME = rf"(?:{_N} ?(?:giờ|h|g)(?: ?\d\d)?(?: phút)?,? (?:ngày )?)"
_MONTH = rf"(?:\d{{1,2}} ?/ ?{_Y}|tháng {_N}(?:(?: ?/ ?|[ ,]+năm | ?- ?){_Y})?)(?![\d/])"
_QUARTER = rf"quý (?:[ivx]+|\d)(?: ?[,-] ?(?:quý )?(?:[ivx]+|\d)(?= ?[/n]))?(?:(?: ?/ ?|[ ,]+năm ){_Y})?(?![\w/])"
_HALF = rf"(?:0?6|sáu) tháng (?:đầu|cuối) năm(?: {_Y})?"
_YEAR = rf"năm {_Y}(?! ?[-/] ?\d)"
_WORK_DAYS = r"(?:ngày làm việc|ngày|giờ(?! (?:hằng|hàng|mỗi|ngày|các))|tháng|tuần)(?: làm việc)?"
_SPECIAL = (
    r"(?:(?:trước|vào|chậm nhất(?: là| vào)?)(?: ngày)? \d{1,2}(?: ?/ ?\d{1,2})?(?:,? (?:và "
    r"|trước )*(?:ngày )?\d{1,2}(?: ?/ ?\d{1,2})?)*"
    r" (?:của )?(?:(?:hằng|hàng|mỗi) (?:tháng|quý|năm)|tháng (?:cuối|đầu)(?: của)?(?: mỗi)? quý(?: sau"
    r"| kế tiếp)?|cuối (?:tháng|quý)))"
)
_PERIOD = r"(?:tháng|quý|(?:0?6|sáu|0?9|chín) tháng|năm)(?![^\W\d_])"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("event", r"tại (?:kỳ họp|phiên họp|hội nghị) [^;.:()]{3,60}"),
        ("recurring",
            r"định kỳ,? (?:(?:hằng|hàng) )?(?:(?:0?\d+|một|hai|ba|sáu) )?(?:ngày|tuần|tháng|quý"
            r"|năm)(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6|sáu|0?9) tháng|năm))*"
                      r"(?: ?/ ?(?:một |1 |01 )?lần| (?:một|1|01) lần)?(?: ?\([^)]{0,60}\))?"),
        ("recurring", rf"{_PERIOD} ?\([^()]{{3,60}}\)(?:,? (?:và )?{_PERIOD} ?\([^()]{{3,60}}\))+"),
        ("recurring", rf"(?<=báo cáo ){_PERIOD}(?:,? (?:và )?{_PERIOD})+(?! ?\d|[^\W\d_])"),
        ("recurring", _SPECIAL),
        ("recurring",
            rf"{_PREP} (?:ngày )?{_N}(?: ?/ ?| tháng ){_N}(?: của)? năm (?:trước|sau|liền kề|kế hoạch|kế tiếp)"),
        ("recurring", rf"(?:{_PREP} )(?:ngày )?{_N} tháng {_N}(?:,? và (?:trước )?(?:ngày )?{_N} tháng {_N})*{_EVERY}"),
        ("recurring", rf"\(?tháng {_N}(?:,? (?:và )?tháng {_N})*{_EVERY}"),
        ("date",
            rf"(?:{_PREP}|hoàn thành(?: vào| xong)?|thời (?:hạn"
            rf"|gian)(?: hoàn thành)?:?) {_TIME}?{_DAY}(?:,? và (?:trước )?{_DAY})?{_EVERY}?"),
        ("date", rf"(?:trước|chậm nhất) {_TIME}{_DAY}"),
        ("date", rf"(?:trước|chậm nhất(?: là)?)(?: ngày)? [^,;.:()/]{{3,70}}\((?:ngày )?{_DAY}\)"),
        ("date", rf"từ (?:ngày )?{_N}(?:(?: ?/ ?| tháng ){_N}(?:(?: ?/ ?| năm ){_Y})?)? ?(?:đến|-)(?: hết)? {_DAY}"),
        ("date", rf"từ nay (?:cho )?đến (?:hết |trước )?{_DAY}"),
        ("month", rf"từ (?:nay|tháng {_N}(?: ?/ ?{_Y}| năm {_Y})?) (?:cho )?đến (?:hết |cuối )*{_MONTH}"),
        ("quarter", rf"từ (?:nay|{_QUARTER}) (?:cho )?đến (?:hết |cuối )*{_QUARTER}"),
        ("year", r"từ nay (?:cho )?đến (?:hết|cuối) năm(?! (?:19|20)\d\d|[^\W\d_])"),
        ("date", rf"(?:ngay )?trong (?:\d{{1,2}} |các )?ngày (?:{_N}(?:, ?{_N})*(?: và |-| - ))?{_DAY}"),
        ("date", rf"{_AT} (?:ngày )?{_DAY}"),
        ("date", rf"(?:phấn đấu|bảo đảm|đảm bảo)(?: đến| trước)(?: hết)? {_DAY}"),
        ("date", rf"đến (?:hết )?ngày {_DAY}(?= (?:phải |cơ bản )?(?:hoàn thành|giải ngân|đạt|xong|có 100))"),
        ("month", rf"(?:{_IN}|vào) (?:các )?tháng {_N}(?:(?:,| và|-)? ?(?:tháng )?{_N})*(?: và |-| - )(?:tháng )?{_N}"
                  rf"(?:(?: ?/ ?| năm ){_Y})?(?![\d/])"),
        ("month", rf"{_IN} các tháng {_N}(?:, ?{_N})+(?:(?: ?/ ?| năm ){_Y})?(?![\d/])"),
        ("month", rf"{_IN} {_MONTH}{_EVERY}?"),
        ("quarter", rf"{_IN} {_QUARTER}"),
        ("half", rf"{_IN} {_HALF}"),
        ("year", rf"{_IN} {_YEAR}"),
        ("year", rf"(?:(?<=sơ kết )|(?<=tổng kết ))(?:[^,;.\d]{{0,40}} )?vào (?:cuối )?{_YEAR}"),
        ("month", rf"{_AT} (?:đầu |giữa |cuối )?{_MONTH}"),
        ("quarter", rf"{_AT} (?:đầu |cuối )?{_QUARTER}"),
        ("year", rf"(?:hoàn thành|phấn đấu) (?:đến )?năm {_Y}|(?:hoàn thành|xong) (?:ngay )?trong năm(?! \d)"),
        ("recurring", r"mỗi (?:ngày|tuần|tháng|quý|năm)(?: ít nhất)? (?:một|1|01|hai|2|02) lần"),
        ("recurring", r"(?:0?[1369]|ba|sáu) tháng(?:,)? (?:một|1|01|/) ?lần(?: ?\([^)]{0,60}\))?"),
        ("recurring", r"\d{1,2} (?:giờ|ngày|tuần|tháng) ?(?:/|một|1|01) ?lần"),
        ("recurring", r"(?:(?:tối thiểu|ít nhất) )?\d{1,2} (?:lần|kỳ|đợt) ?(?:/|mỗi|một) ?(?:ngày|tuần|tháng|quý|năm)"),
        ("recurring",
            r"ngày (?:làm việc )?(?:đầu tiên|cuối cùng|đầu|cuối) (?:của )?(?:(?:mỗi|hằng) )?(?:tuần|tháng"
            r"|quý)(?! [\divx])"),
        ("recurring",
            r"(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm)(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6"
            r"|sáu|0?9) tháng|năm)(?![^\W\d_]))*"),
        ("recurring",
            r"định kỳ(?= (?:báo cáo|tổ chức|tổng hợp|kiểm tra|rà soát|sơ kết|đánh giá|thông báo|gửi|cập nhật"
            r"|thống kê))"),
        ("days",
            rf"(?:(?:chậm nhất|không quá|tối đa|trong)(?: (?:vòng|thời hạn|thời gian|là|không quá"
            rf"|tối đa))* )\(?\d+\)? ?(?:\([^)]*\) ?)?{_WORK_DAYS}(?:,? (?:kể từ|tính từ|từ|sau"
            rf"|trước) [^,;.:()]{{2,70}})?"),
        ("hours", r"(?:báo cáo|thông báo|gửi báo cáo|phản ánh) (?:kịp thời, )?ngay(?! (?:từ|trong|sau khi|khi|tại))"),
        ("after", r"(?:ngay )?sau khi [^,;.:()]{3,90}"),
        ("on-request", r"\(?(?:khi có (?:yêu cầu|đề nghị|chỉ đạo)|theo yêu cầu|đột xuất)[^,;.:()]{0,50}\)?"),
        ("event",
            r"(?:khi|nếu|trường hợp)(?: có)? (?:xảy ra|phát sinh|phát hiện|khó khăn|vướng mắc|vấn đề|sự cố"
            r"|nội dung)[^,;.:()]{0,80}"
                  r"|(?:các )?vụ[^;.:()]{2,40} xảy ra"
                  r"|nếu có[^;.:()]{0,60}"),
    )
)  # fmt: skip
