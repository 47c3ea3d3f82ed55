"""How deadlines are written in prose: one pattern of plain text (``words.plain``) for each way, the surest first."""

import re

from intake.directives.phrases.words import plain

YEAR_NUMBER = _Y = r"(?:19|20)\d\d"
_N = r"\d{1,2}"
_NO_THING = r"(?<!hoạt động )(?<!quà )(?<!tặng )(?<!phong trào )(?<!sự kiện )(?<!chương trình )"
_LUNAR = r" ?\(?(?:âm lịch|al(?!\w)|năm (?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) )"
DAY = (
    rf"(?:ngày )?(?:{_N} ?/ ?{_N}(?: ?/ ?{_Y})?|{_N} ?[.-] ?{_N} ?[.-] ?{_Y}|(?:m[ùồ]ng )?{_N} tháng {_N}(?:(?:,? năm "
    rf"| ?/ ?){_Y})?)(?![\d/]| ?%|{_LUNAR})"
)
_COUNT = r"(?:một|hai|ba|bốn|năm|sáu)"
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
    r"(?:(?:(?:trước|vào|định kỳ(?: vào)?|chậm nhất(?: là| vào)?)(?: ngày)?|ngày) (?:m[ùồ]ng )?\d{1,2}(?: ?/ ?\d{1,2})?"
    r"(?:,? (?:và |trước )*(?:ngày )?\d{1,2}(?: ?/ ?\d{1,2})?)*"
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
            rf"|gian)(?: hoàn thành)?:?) {_BESIDE_DAY}*{_TIME}?{_BESIDE_DAY}*{DAY}(?:,? và (?:trước )?{DAY})?"
            rf"{_EVERY}?"),
        ("date", rf"(?:trước|chậm nhất) {_TIME}{DAY}"),
        ("date", rf"(?:trước|chậm nhất(?: là)?)(?: ngày)? [^,;.:()/]{{3,70}}\((?:ngày )?{DAY}\)"),
        ("date", rf"từ (?:ngày )?{_N}(?:(?: ?/ ?| tháng ){_N}(?:(?: ?/ ?| năm ){_Y})?)? ?(?:đến(?: hết)? |- ?){DAY}"),
        ("date", rf"từ nay (?:cho )?đến (?:hết |trước )?{DAY}"),
        ("month", rf"từ (?:nay|tháng {_N}(?: ?/ ?{_Y}| năm {_Y})?) (?:cho )?đến (?:hết |cuối )*{_MONTH}"),
        ("quarter", rf"từ (?:nay|{_QUARTER}) (?:cho )?đến (?:hết |cuối )*{_QUARTER}"),
        ("year", r"từ nay (?:cho )?đến (?:hết|cuối) năm(?! (?:19|20)\d\d|[^\W\d_])"),
        ("date", rf"(?:ngay )?trong (?:\d{{1,2}} |các )?ngày (?:{_N}(?:, ?{_N})*(?: và |-| - ))?{DAY}"),
        ("date", rf"{AT} (?:ngày )?{DAY}"),
        ("date", rf"{_NO_THING}(?:nhân|vào)(?: dịp)? ngày [^,;.:()/\d]{{3,60}} \(?{DAY}\)?"),
        ("date", rf"(?:phấn đấu|bảo đảm|đảm bảo)(?: đến| trước)(?: hết)? {DAY}"),
        ("date", rf"đến (?:hết )?ngày {DAY}(?= (?:cơ bản )?(?:hoàn thành|giải ngân|đạt|xong|có 100))"),
        ("date", rf"đến (?:hết )?{DAY}(?=,? phải(?!\w))"),
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
        ("recurring", rf"(?:mỗi|hằng|hàng) (?:ngày|tuần|tháng|quý|năm)(?: ít nhất)?,? (?:\d+|{_COUNT}) (?:lần|đợt|kỳ)"
                      r"(?!\w)(?: ?\([^)]{0,60}\))?"),
        ("recurring", rf"(?:{_WEEKDAY}|ngày (?:đầu|cuối)(?: tuần)?) (?:của )?các tuần(?! [\d])"),
        ("recurring", r"(?:0?[1369]|ba|sáu) tháng(?:,)? (?:một|1|01|/) ?lần(?: ?\([^)]{0,60}\))?"),
        ("recurring", rf"(?:cứ )?(?:\d{{1,2}}|{_COUNT}) (?:phút|giờ|ngày|tuần|tháng|quý|năm) ?(?:/|một|1|01) ?lần"),
        ("recurring", r"(?:(?<=báo cáo )|(?<=[,;:(] ))(?:0?6|sáu) tháng(?:,| và) (?:0?1 |một )?năm"
                      r"(?! ?\d| (?:nay|qua)|\w)"),
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

_NAMED_DAY = re.compile(r"(trước|chậm nhất).*\((?:ngày )?([^()]*)\)$")
_RANGE_TO = re.compile(r"từ .*? ?(?:đến|-)(?: hết| cuối| trước)* (.+)$")
_PERIODS = re.compile(r"(?:tháng|quý|(?:0?6|sáu|0?9|chín) tháng|năm)[ ,]")
_OF_ANOTHER_YEAR = re.compile(r"(?: của)? năm (?:trước|sau|liền kề|kế hoạch|kế tiếp)$")
_LAST_CALL = re.compile(r"(?:hạn (?:cuối|chót)(?: cùng)?|không để quá|không (?:chậm|trễ) hơn)\W*")
_BY_DAY = re.compile(
    r"(?:(?:phấn đấu|bảo đảm|đảm bảo) )?(?:đến|(?:ngay )?trong)(?: hết| \d{1,2}| các)? ngày (?:.*(?: và |-))?(.+)$"
)
_NOT_COUNTED = re.compile(rf"{_BESIDE_DAY}(?=\d|ngày|{_BESIDE_DAY})|thời điểm (?=\d|ngày)")
_WORDED_MONTH = re.compile(rf"tháng ({_MONTH_IN_WORDS})(?= *(?:[,/]|$|năm \d))")
_TEN_DAYS = re.compile(r".*?(thượng|trung|hạ) tuần (?:của )?tháng (\d.*)$")
"""The ten days of a month, up to the 10th, the 20th and its end."""
_UNTIL_DUE = re.compile(r"đến (?=\d)")
_BEFORE_ITS_END = re.compile(r".*trước khi (?:kết thúc|hết) ")
_NAMED_BEFORE = re.compile(r"(?:nhân|vào)(?: dịp)? ngày [^\d]{3,62}?(?:ngày )?(\d.*)$")
_COMES_BACK = re.compile(r"(?:mỗi|hằng|hàng) (?:tháng|quý|năm)|định kỳ|lần(?!\w)")
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
    if (several := LAST_OF.search(lower)) and not _COMES_BACK.search(lower):
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
