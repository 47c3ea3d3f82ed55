"""Figures to be reached, as the words of a task state them, and whether a figure is the least or the most."""

import re

_OPENS = (
    r"đạt|tối thiểu|ít nhất|trên|từ|(?:kéo )?giảm|tăng|nâng|không quá|không thấp hơn|không cao hơn|không vượt quá"
    r"|không để|phấn đấu|bảo đảm|đảm bảo|tỷ lệ|có|giữ|duy trì|khống chế|hạn chế|kiềm chế|dưới|không dưới"
)
_FIGURE = re.compile(
    rf"(?:(?<!\w)(?:{_OPENS})(?!\w)[^,;.:()]{{0,70}}? )?(?<![\d.,])\d{{1,3}}(?:[.,]\d+)* ?%(?: [^,;.()]{{2,90}})?"
    r"|(?:tối thiểu|ít nhất|hoàn thành|xây dựng|hỗ trợ|đạt) (?:ít nhất |tối thiểu |từ )?\d{1,3}(?:\.\d{3})*(?!\d"
    r"|[/.-]\d| ?(?:ngày|giờ|tháng|năm|lần)) [^,;.()\d]{2,70}"
)
_NUMBERS_OF_LAW = re.compile(r"(?:điều|khoản|điểm|số|chương|mục|quý|tháng|ngày|năm) *$")
_CLAUSE = re.compile(r"[;.:()]|,(?!\d)")
_ALL = re.compile(r"(?<![\d,.])100 ?%")
_WISHES = r"phấn đấu|bảo đảm|đảm bảo|nâng|đưa|tăng|giảm|không để|khống chế|giữ|duy trì|tối thiểu|ít nhất|không thấp hơn"
_REACHES = re.compile(
    rf"(?<!\w)(?:{_WISHES}|đạt|hoàn thành|bố trí|dành|hạn chế|kiềm chế|không quá|không vượt quá|không cao hơn"
    r"|không dưới|tỷ lệ|thực hiện|xây dựng)(?!\w)|^\W*có "
)
_TELLS_APART = re.compile(
    r"(?<!\w)(?:rà soát|kiểm tra|xử lý|điều chuyển|khắc phục|đôn đốc|thu hồi|thanh tra|thẩm định|phê bình|kiểm điểm"
    r"|thống kê|công khai|hỗ trợ|ưu tiên|đối với)(?!\w).*(?<!\w)(?:các|những|nơi|trường hợp|dự án|cơ sở|đơn vị"
    rf"|địa phương|xã|hộ|tình trạng|khoản)(?!\w)(?!.*(?<!\w)(?:{_WISHES})(?!\w))"
)
"""«rà soát các xã có tỷ lệ hộ nghèo trên 20%»: which ones, and nothing to be reached."""
_SO_FAR = re.compile(r"(?<!\w)(?:(?<!nông thôn )(?<!đô thị )mới|chỉ|hiện|đã|đang)(?: (?:chỉ|mới|có|đạt|được|là))* *$")
_RATE = re.compile(
    r"(?<!\w)(?:phạt|lãi(?: suất)?|thuế suất|mức (?:thu|chi|đóng|hưởng|phạt|hỗ trợ|phí)|khấu trừ|tạm ứng)(?!\w)"
)
_PART_OF_COST = re.compile(r".{0,20}(?:chi phí|kinh phí|học phí|lãi suất|giá|tiền|mức đóng)")
_MORE = r"trên|hơn|cao hơn|lớn hơn|nhiều hơn|vượt(?: quá)?|quá(?! (?:hạn|trình))"
_LESS = r"dưới|thấp hơn|nhỏ hơn|ít hơn"
_COMPARED = re.compile(
    r"(?P<sign>[≤<])|(?<!\w)(?:(?P<most>tối đa|còn(?! lại)|xuống)|(?P<least>tối thiểu|ít nhất|đạt|nâng|tăng)"
    rf"|(?P<more>{_MORE})|(?P<less>{_LESS}))(?!\w)"
)
_NOT = re.compile(r"(?<!\w)không (?:$|[^\W\d_]+ $|(?:để|được|cho) )")
_UNSURE = re.compile(
    r"(?<!\w)(?:hạn chế|khống chế|kiềm chế|kiểm soát|giữ|duy trì|về(?: mức)?|không để)(?!\w)"
    r"|(?<!giảm )tỷ lệ [^,;]*(?:nghèo|quá hạn|trễ hạn|nợ|thất nghiệp|dinh dưỡng|tử vong|mắc|vi phạm|bỏ học|thất thoát)"
)


def target_of(text: str, lower: str, start: int, end: int) -> str | None:
    """«100% cán bộ …», «giảm 1,5 %», «2.305 nhà»: the first figure to be reached; None without one."""
    for found in _FIGURE.finditer(lower, start, end):
        if _NUMBERS_OF_LAW.search(lower, max(start, found.start() - 12), found.start()):
            continue
        if "%" not in found[0] or _is_reached(
            lower, start, found.end() - len(found[0].split("%", 1)[1]) - 1, found.end()
        ):
            return text[found.start() : found.end()].strip()
    return None


def _is_reached(lower: str, start: int, sign: int, end: int) -> bool:
    """Whether a share, with its % at ``sign``, is what is to be reached; not what tells things apart, a rate, or how
    far it has come."""
    figure = sign
    while figure > start and lower[figure - 1] in "0123456789., ":
        figure -= 1
    marks = [each.end() for each in _CLAUSE.finditer(lower, start, figure)]
    before = lower[marks[-1] if marks else start : figure]
    if _RATE.search(before) or _SO_FAR.search(before) or _TELLS_APART.search(before):
        return False
    if "hỗ trợ" in before and _PART_OF_COST.match(lower, sign + 1, end):
        return False
    return bool(_REACHES.search(before.lstrip()) or _ALL.match(lower[figure:end].lstrip()))


def is_at_most(before: str, behind: str = "") -> bool | None:
    """Whether a figure is the most by the plain words before and behind it; None where they do not tell for sure."""
    if re.match(r" ?%?[^,;.]{0,20}trở (?:xuống|lại)(?!\w)", behind):
        return True
    if re.match(r" ?%?[^,;.]{0,20}trở lên(?!\w)", behind):
        return False
    compared = list(_COMPARED.finditer(before))
    if not compared:
        return None if _UNSURE.search(before) else False
    last = compared[-1]
    if last["more"] or last["less"]:
        return bool(last["less"]) is not bool(_NOT.search(before[: last.start()]))
    return last["least"] is None
