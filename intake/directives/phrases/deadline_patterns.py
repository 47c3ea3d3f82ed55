"""How deadlines are written in prose: one pattern of plain text (``words.plain``) for each way, the surest first; and
what stands before a time that is none."""

import re

from intake.directives.phrases.words import plain

YEAR_NUMBER = _Y = r"(?:19|20)\d\d"
_N = r"\d{1,2}"
_NO_THING = r"(?<!hoạt động )(?<!quà )(?<!tặng )(?<!phong trào )(?<!sự kiện )(?<!chương trình )"
_LUNAR = r" ?\(?(?:âm lịch|al(?!\w)|năm (?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) )"
_DAY = (
    rf"(?:ngày )?(?:{_N} ?/ ?{_N}(?: ?/ ?{_Y})?|{_N} ?[.-] ?{_N} ?[.-] ?{_Y}|(?:mùng )?{_N} tháng {_N}(?:(?:,? năm "
    rf"| ?/ ?){_Y})?)(?![\d/]| ?%|{_LUNAR})"
)
_WEEKDAY = r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
_EVERY = r"(?:,? (?:hằng|hàng|mỗi) (?:năm|quý|tháng))"
_PREP = (
    r"(?:(?:xong|hoàn thành)(?: xong)? )?(?:chậm nhất|muộn nhất|trước|không (?:để )?quá|đến hết|hết"
    r"|hạn (?:cuối|chót)(?: cùng)?:?|không (?:muộn|chậm|trễ) hơn)(?: (?:là|vào|đến|trước|trong|hết"
    r"|dịp|khi hết|khi kết thúc"
    r"|thời điểm))*"
)
_IN = rf"(?:{_PREP}|hoàn thành|trong|(?:đến )?cuối|ngay trong)(?: (?:trong|vào|cuối|hết))*"
AT = r"(?<!kết thúc )(?<!bắt đầu )(?<!thông qua )(?<!ban hành )(?<!phát hiện )(?<!ký )(?<!họp )vào"
_TIME = rf"(?:{_N} ?(?:giờ|h|g)(?: ?\d\d)?(?: phút)?,? (?:ngày )?)"
_BESIDE_DAY = (
    rf"(?:(?:(?:cuối|hết) (?:giờ|buổi|ngày)(?: làm việc| hành chính)?|(?:buổi )?(?:sáng|chiều)|{_WEEKDAY}),? )"
)
"""What part of the day, or which day of the week a day is: «cuối giờ làm việc ngày …», «thứ Sáu, ngày …»."""
_MONTH_WORDS = ("hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTH_IN_WORDS = rf"(?:{'|'.join(reversed(_MONTH_WORDS))})"
_MONTH = (
    rf"(?:\d{{1,2}} ?/ ?{_Y}|tháng {_N}(?:(?: ?/ ?|[ ,]+năm | ?- ?){_Y})?"
    rf"|tháng {_MONTH_IN_WORDS}(?= *(?:[,;.)/]|$|năm \d)))(?![\d/])"
)
_QUARTER = rf"quý (?:[ivx]+|\d)(?: ?[,-] ?(?:quý )?(?:[ivx]+|\d)(?= ?[/n]))?(?:(?: ?/ ?|[ ,]+năm ){_Y})?(?![\w/])"
_HALF = rf"(?:0?[369]|ba|sáu|chín) tháng (?:đầu|cuối) năm(?: {_Y})?"
_YEAR = rf"năm {_Y}(?! ?[-/] ?\d)"
_WORK_DAYS = r"(?:ngày làm việc|ngày|giờ(?! (?:hằng|hàng|mỗi|ngày|các))|tháng|tuần)(?: làm việc)?"
_SPECIAL = (
    r"(?:(?:trước|vào|định kỳ(?: vào)?|chậm nhất(?: là| vào)?)(?: ngày)? \d{1,2}(?: ?/ ?\d{1,2})?(?:,? (?:và "
    r"|trước )*(?:ngày )?\d{1,2}(?: ?/ ?\d{1,2})?)*"
    r" (?:của )?(?:(?:hằng|hàng|mỗi) (?:tháng|quý|năm)|tháng (?:cuối|đầu)(?: tiên)?(?: của)?(?: mỗi)? quý(?: sau"
    r"| kế tiếp)?|(?:tháng|quý) (?:sau|kế tiếp|tiếp theo|tới)|cuối (?:tháng|quý)))"
)
_PERIOD = r"(?:tháng|quý|(?:0?6|sáu|0?9|chín) tháng|năm)(?![^\W\d_])"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("event", r"tại (?:kỳ họp|phiên họp|hội nghị) [^;.:()]{3,60}"),
        ("recurring",
            r"định kỳ,? (?:(?:hằng|hàng) )?(?:(?:0?\d+|một|hai|ba|sáu) )?(?:ngày(?! \d)|tuần|tháng(?! \d)"
            r"|quý(?! [ivx\d])|năm(?! \d))(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6"
            r"|sáu|0?9) tháng|năm))*"
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
            rf"|gian)(?: hoàn thành)?:?) {_BESIDE_DAY}*{_TIME}?{_BESIDE_DAY}*{_DAY}(?:,? và (?:trước )?{_DAY})?"
            rf"{_EVERY}?"),
        ("date", rf"(?:trước|chậm nhất) {_TIME}{_DAY}"),
        ("date", rf"(?:trước|chậm nhất(?: là)?)(?: ngày)? [^,;.:()/]{{3,70}}\((?:ngày )?{_DAY}\)"),
        ("date", rf"từ (?:ngày )?{_N}(?:(?: ?/ ?| tháng ){_N}(?:(?: ?/ ?| năm ){_Y})?)? ?(?:đến|-)(?: hết)? {_DAY}"),
        ("date", rf"từ nay (?:cho )?đến (?:hết |trước )?{_DAY}"),
        ("month", rf"từ (?:nay|tháng {_N}(?: ?/ ?{_Y}| năm {_Y})?) (?:cho )?đến (?:hết |cuối )*{_MONTH}"),
        ("quarter", rf"từ (?:nay|{_QUARTER}) (?:cho )?đến (?:hết |cuối )*{_QUARTER}"),
        ("year", r"từ nay (?:cho )?đến (?:hết|cuối) năm(?! (?:19|20)\d\d|[^\W\d_])"),
        ("date", rf"(?:ngay )?trong (?:\d{{1,2}} |các )?ngày (?:{_N}(?:, ?{_N})*(?: và |-| - ))?{_DAY}"),
        ("date", rf"{AT} (?:ngày )?{_DAY}"),
        ("date", rf"{_NO_THING}(?:nhân|vào)(?: dịp)? ngày [^,;.:()/\d]{{3,60}} \(?{_DAY}\)?"),
        ("date", rf"(?:phấn đấu|bảo đảm|đảm bảo)(?: đến| trước)(?: hết)? {_DAY}"),
        ("date", rf"đến (?:hết )?ngày {_DAY}(?= (?:cơ bản )?(?:hoàn thành|giải ngân|đạt|xong|có 100))"),
        ("date", rf"đến (?:hết )?{_DAY}(?=,? phải(?!\w))"),
        ("month", rf"(?:{_IN}|vào) (?:các )?tháng {_N}(?:(?:,| và|-)? ?(?:tháng )?{_N})*(?: và |-| - )(?:tháng )?{_N}"
                  rf"(?:(?: ?/ ?| năm ){_Y})?(?![\d/])"),
        ("month", rf"{_IN} các tháng {_N}(?:, ?{_N})+(?:(?: ?/ ?| năm ){_Y})?(?![\d/])"),
        ("month",
            rf"đến (?:hết |cuối )?{_MONTH}(?=,? (?:phải |cơ bản )?(?:hoàn thành|xong|đạt|có \d|tối thiểu|ít nhất))"),
        ("month", rf"{_IN} {_MONTH}{_EVERY}?"),
        ("date", rf"{_IN} (?:thượng|trung|hạ) tuần (?:của )?{_MONTH}"),
        ("quarter", rf"{_IN} {_QUARTER}"),
        ("half", rf"{_IN} {_HALF}"),
        ("year", rf"{_IN} {_YEAR}"),
        ("year", rf"(?<=[^\W\d_] ){_IN} năm nay(?= *(?:[,;.)]|$))"),
        ("year", rf"(?:(?<=sơ kết )|(?<=tổng kết ))(?:[^,;.\d]{{0,40}} )?vào (?:cuối )?{_YEAR}"),
        ("month", rf"{AT} (?:đầu |giữa |cuối )?{_MONTH}"),
        ("quarter", rf"{AT} (?:đầu |cuối )?{_QUARTER}"),
        ("year", rf"(?:hoàn thành|phấn đấu) (?:đến )?năm {_Y}|(?:hoàn thành|xong) (?:ngay )?trong năm(?! \d| học)"),
        ("recurring", r"mỗi (?:ngày|tuần|tháng|quý|năm)(?: ít nhất)? (?:một|1|01|hai|2|02) lần"),
        ("recurring", rf"(?:{_WEEKDAY}|ngày (?:đầu|cuối)(?: tuần)?) (?:của )?các tuần(?! [\d])"),
        ("recurring", r"(?:0?[1369]|ba|sáu) tháng(?:,)? (?:một|1|01|/) ?lần(?: ?\([^)]{0,60}\))?"),
        ("recurring", r"(?:cứ )?\d{1,2} (?:phút|giờ|ngày|tuần|tháng) ?(?:/|một|1|01) ?lần"),
        ("recurring",
            r"(?:(?:tối thiểu|ít nhất) )?\d{1,2} (?:(?:lần|kỳ|đợt|lượt|số|tin, bài|tin|bài)(?: [^\W\d_]+){0,2}"
            r"|buổi(?= ?/ ?(?:tuần|tháng))) ?(?:/|mỗi|một) ?(?:ngày|tuần|tháng|quý|năm)"),
        ("recurring",
            r"ngày (?:làm việc )?(?:đầu tiên|cuối cùng|đầu|cuối) (?:của )?(?:(?:mỗi|hằng) )?(?:tuần|tháng"
            r"|quý)(?! [\divx])"),
        ("recurring",
            r"(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm)(?:,? (?:và )?(?:(?:hằng|hàng) )?(?:tuần|tháng|quý|(?:0?6"
            r"|sáu|0?9) tháng|năm)(?![^\W\d_]))*"),
        ("recurring",
            r"định kỳ(?= (?:báo cáo|tham mưu|giám sát|đối chiếu|cung cấp|họp|tổ chức|tổng hợp"
            r"|kiểm tra|rà soát|sơ kết|đánh giá|thông báo|gửi|cập nhật"
            r"|thống kê))"),
        ("days",
            rf"(?:(?:chậm nhất|không quá|tối đa|trong)(?: (?:vòng|thời hạn|thời gian|là|không quá"
            rf"|tối đa|sau))* )\(?\d+\)? ?(?:\([^)]*\) ?)?{_WORK_DAYS}(?:,? (?:kể từ|tính từ|từ|sau"
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

_NO_DUTY = r"(?!(?<!\w)(?:phải|cần|thì|khẩn trương)(?!\w))"
_NO_DUTY_IF = r"(?!(?<!\w)(?:phải|cần(?= hoàn| báo| gửi| xong)|thì|báo cáo|gửi)(?!\w))"
"""What was done, or a condition, ends where a duty begins: «nếu chưa xong phải …», «vướng mắc báo cáo …»."""
NOT_BEFORE = re.compile(
    rf"(?:đã (?:{_NO_DUTY}[^,;.]){{0,48}}|(?<!\w)(?:nếu|trường hợp) (?:{_NO_DUTY_IF}[^,;.:]){{0,60}}"
    r"|hiệu lực(?: thi hành)?|(?:phát )?sinh|tồn đọng|từ (?:ngày )?[\d/.\- ]{3,12}"
    r"|(?<!phải )(?<!cần )được (?:cấp|ký|tuyển dụng|thành lập|công nhận|khởi công)|tính|số liệu(?: \w+)?"
    r"|hết (?:hạn|hiệu lực)(?: sử dụng)?|(?:hoạt động|khai thác|lưu hành)(?: cho)?"
    r"|kể từ[^,;.]{0,30}"
    r"|(?:diễn ra|khai mạc|được tổ chức|xảy ra)(?: vào| từ| trong)*|(?:kết thúc|bắt đầu) (?:vào|từ|trong)"
    r"|so với|tầm nhìn|kỷ niệm[^,;.]{0,40}) *$"
)
ADJECTIVE_OF = re.compile(
    r"(?:kinh phí|kế hoạch|chương trình|chương trình công tác|dự toán|báo cáo|ngân sách|5 năm và|năm năm và"
    r"|nhu cầu|trợ cấp|phụ cấp|lương|nhiệm vụ|chỉ tiêu|trung hạn và"
    r"|5 năm,|công việc|công tác|hội nghị|đánh giá|sinh hoạt|nguồn|hoạt động|tổng kết|chi|thi đua|khen thưởng|trọng tâm"
    r"|chuyên đề|quý và|tháng và|kết quả) $"
)
PLAN_OF = re.compile(
    r"(?:kinh phí|kế hoạch(?!,? (?:và |- )?(?:đầu tư|tài chính))|chương trình|dự toán|danh mục"
    r"|chỉ tiêu|ngân sách|nhu cầu|nội dung|hội nghị)[^;.()]{0,45}$"
)
_A_THING = (
    r"(?:hồ sơ|đơn(?! vị)|tờ khai|dự án|công trình|đề tài|hợp đồng|giấy (?:phép|chứng nhận)|chứng chỉ|văn bản|cơ sở"
    r"|doanh nghiệp|sản phẩm|thuê bao|phương tiện|đất)"
)
_NO_DUTY_BETWEEN = r"(?!phải|cần|chậm|để|bảo đảm|đảm bảo|trình|gửi|báo cáo|hoàn thành|và|của)"
OF_A_THING = re.compile(
    rf"(?<!\w){_A_THING}(?: {_NO_DUTY_BETWEEN}[^\W\d_]+){{0,3}}"
    r" (?:nộp|ký(?: kết)?|cấp(?: phép)?|phê duyệt"
    r"|được (?:giao|thuê|tiếp nhận|chấp thuận|nghiệm thu|ban hành|đăng ký|khởi công)) *$"
)
"""What a thing is told apart by: «hồ sơ nộp trước ngày …», «các dự án được phê duyệt trước ngày …»."""
DUTY_TO_IT = re.compile(
    rf"(?<!\w)(?:bảo đảm|đảm bảo|phấn đấu|trình|hoàn thành|hoàn thiện|hoàn tất|gửi|lập)"
    rf"(?: (?:các|những|toàn bộ|mọi))? {_A_THING}[^,;.:]*$"
)
BANNED = re.compile(r"(?<!\w)(?:không|chưa|(?:tạm )?(?:dừng|ngừng)|cấm) (?!để |quá )[^,;.:]{2,45}$")
"""«không cấp phép mới cho đến hết ngày …»: when something may begin again."""
MEETING = re.compile(r"(?<!\w)(?:họp|hội nghị|đại hội|lễ|kỳ thi|phiên)(?!\w)[^,;.]*(?:, dự kiến[^,;.]*)?$")
MARK_AFTER = re.compile(r" *(?:[,;.)]|của|và|theo|cho|để|$)")
_FROM_A_DAY = re.compile(rf"(?:kể từ|tính từ|từ) {_DAY}")
_FROM_THEN = re.compile(r"(?:kể từ|tính từ|từ|sau|trước) ")
_COMPLETES = (
    r"hoàn thành|hoàn thiện|hoàn tất|xong|báo cáo|gửi|trình|nộp|trả lời|phúc đáp|có ý kiến|giải quyết|xử lý|khắc phục"
    r"|ban hành|công bố|phê duyệt|thẩm định|tham mưu|đề xuất|cung cấp|tổng hợp|chuyển|cấp|trả|giao|phản hồi|xem xét"
    r"|chấn chỉnh|thanh toán|chi trả|rà soát|thực hiện|quyết định"
)
_GOES_ON = (
    r"không|chưa|ngừng|dừng|hoạt động|cách ly|niêm yết|phát sóng|duy trì|lưu|điều trị|theo dõi|đình chỉ|tạm|nghỉ"
    r"|kéo dài|công khai|bảo hành|còn|xuống|thời gian|rút ngắn|quá hạn|có hiệu lực|từ \d+ (?:ngày|tháng|giờ|tuần)"
)
_DOES = re.compile(rf"(?<!\w)(?:(?P<ends>{_COMPLETES})|{_GOES_ON})(?!\w)")
_TOO_LONG_AGO = re.compile(r" *(?:liên tục|trở lên|liền|nữa)(?!\w)")


def days_to_do_it(lower: str, start: int, a: int, b: int) -> bool | None:
    """Whether days at [a, b) are those in which something is to be done; False: it goes on for them; None: not told.

    They are counted from a moment, or a verb of completing stands nearest: «trình trong 05 ngày», but not «cách ly
    trong 14 ngày», «rút ngắn thời gian thẩm định xuống còn không quá 10 ngày».
    """
    if _TOO_LONG_AGO.match(lower, b):
        return False
    if _FROM_A_DAY.search(lower, a, b) and (does := list(_DOES.finditer(lower, start, a))) and not does[-1]["ends"]:
        return False
    if _FROM_THEN.search(lower, a, b) or lower.startswith("chậm nhất", a):
        return True
    clause = max(start, 1 + max(lower.rfind(mark, start, a) for mark in ",;.:("))
    before = list(_DOES.finditer(lower, clause, a))
    if before:
        return before[-1]["ends"] is not None
    behind = _DOES.search(lower, b, min(len(lower), b + 80))
    return True if not lower[clause:a].strip() and behind and behind["ends"] else None


_NAMED_DAY = re.compile(r"(trước|chậm nhất).*\((?:ngày )?([^()]*)\)$")
_RANGE_TO = re.compile(r"từ .*? ?(?:đến|-)(?: hết| cuối| trước)* (.+)$")
_PERIODS = re.compile(r"(?:tháng|quý|(?:0?6|sáu|0?9|chín) tháng|năm)[ ,]")
_OF_ANOTHER_YEAR = re.compile(r"(?: của)? năm (?:trước|sau|liền kề|kế hoạch|kế tiếp)$")
_LAST_CALL = re.compile(r"(?:hạn (?:cuối|chót)(?: cùng)?|không để quá|không (?:chậm|trễ) hơn)\W*")
_BY_DAY = re.compile(
    r"(?:(?:phấn đấu|bảo đảm|đảm bảo) )?(?:đến|(?:ngay )?trong)(?: hết| \d{1,2}| các)? ngày (?:.*(?: và |-))?(.+)$"
)
_NOT_COUNTED = re.compile(rf"{_BESIDE_DAY}(?=\d|ngày|{_BESIDE_DAY})|mùng (?=\d)|thời điểm (?=\d|ngày)")
_WORDED_MONTH = re.compile(rf"tháng ({_MONTH_IN_WORDS})(?= *(?:[,/]|$|năm \d))")
_TEN_DAYS = re.compile(r".*?(thượng|trung|hạ) tuần (?:của )?tháng (\d.*)$")
"""The ten days of a month, up to the 10th, the 20th and its end."""
_UNTIL_DUE = re.compile(r"đến (?=\d)")
_BEFORE_ITS_END = re.compile(r".*trước khi (?:kết thúc|hết) ")
_NAMED_BEFORE = re.compile(r"(?:nhân|vào)(?: dịp)? ngày [^\d]{3,62}?(?:ngày )?(\d.*)$")
LAST_OF = re.compile(
    rf"(tháng|quý) (?:[ivx]+|\d{{1,2}})(?: ?(?:,|-|và|\+|đến|đến tháng|đến quý) ?(?:(?:tháng|quý) )?([ivx]+"
    rf"|\d{{1,2}}))+((?: ?/ ?| năm |, năm ){_Y})?"
)


def forms_of(line: str) -> list[str]:
    """A phrase as it stands and in the ways in which a rule states it: of a range its end, of a named day its date."""
    lower = plain(line)
    forms = [line]
    if (bare := _NOT_COUNTED.sub("", lower)) != lower:
        forms.append(bare)
    if worded := _WORDED_MONTH.search(lower):
        number = _MONTH_WORDS.index(worded[1]) + 2
        forms.append(f"{lower[: worded.start(1)]}{number}{lower[worded.end(1) :]}")
    if ten_days := _TEN_DAYS.match(forms[-1]):
        day = {"thượng": "ngày 10/", "trung": "ngày 20/", "hạ": "tháng "}[ten_days[1]]
        forms.append(f"trong {day}{ten_days[2]}")
    if until := _UNTIL_DUE.match(lower):
        forms.append(f"trong ngày {lower[until.end() :]}")
    if before := _BEFORE_ITS_END.match(lower):
        forms.append(f"trong {lower[before.end() :]}")
    if named := _NAMED_BEFORE.match(lower):
        forms.append(f"trong ngày {named[1]}")
    if named := _NAMED_DAY.match(lower if lower.endswith(")") else f"{lower})"):
        forms.append(f"{named[1]} {named[2]}")
    if reaches := _RANGE_TO.match(lower):
        forms.append(f"đến hết {reaches[1]}")
    if several := LAST_OF.search(lower):
        forms.append(f"{several[1]} {several[2]}{several[3] or ''}")
    if call := _LAST_CALL.match(lower):
        forms.append(f"chậm nhất {line[call.end() :]}")
    if lower.startswith(("hết trước ", "hết trong ")):  # «giải ngân hết trước ngày …»
        forms.append(line[len("hết ") :])
    if by_day := _BY_DAY.match(lower):
        forms.append(f"trong ngày {by_day[1].removeprefix('ngày ')}")
    if of_year := _OF_ANOTHER_YEAR.search(lower):
        forms.append(f"{lower[: of_year.start()]} hằng năm")
    if "vào " in lower:
        forms.append(f"trong {lower[lower.index('vào ') + 4 :]}")
    if _PERIODS.match(lower):
        forms.append(f"định kỳ {line}")
    return forms
