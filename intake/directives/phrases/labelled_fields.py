"""Lines such as «Cơ quan chủ trì: Sở A», «Thời gian: Quý II/2025», «Sản phẩm: …» beneath or behind a task."""

import re
from dataclasses import dataclass

LEAD, WITH, WHEN, WHAT, TO, ABOUT = "lead", "with", "when", "what", "to", "about"

_BODY = r"(?:cơ quan|đơn vị|bộ phận|tổ chức|cá nhân|người|sở, ngành|phòng|phân công)"
_LABELS = (
    (ABOUT, r"nội dung(?: (?:công việc|thực hiện|nhiệm vụ|cụ thể|chủ yếu))?"),
    (WITH, rf"(?:{_BODY}(?:, (?:đơn vị|tổ chức))?(?: tham gia)? phối hợp(?: thực hiện)?|phối hợp(?: thực hiện)?)"),
    (
        LEAD,
        rf"(?:{_BODY}(?:, (?:đơn vị|tổ chức))? (?:chủ trì|thực hiện|chịu trách nhiệm|đầu mối|tham mưu"
        rf"|phụ trách)(?: (?:thực hiện|tham mưu|chính|triển khai))?|chủ trì(?: thực hiện)?|(?:phân công"
        rf"|đầu mối) thực hiện|giao thực hiện)",
    ),
    (
        WHEN,
        r"(?:(?:thời gian|thời hạn|tiến độ|hạn|kỳ hạn|thời điểm)(?: (?:thực hiện|hoàn thành|triển khai|tổ chức"
        r"|báo cáo|xong|trình|dự kiến|cụ thể|và tiến độ))*|hoàn thành)",
    ),
    (
        WHAT,
        r"(?:sản phẩm(?: (?:hoàn thành|đầu ra|dự kiến|chủ yếu))?|kết quả(?: (?:đầu ra|dự kiến|thực hiện|cần đạt"
        r"|hoàn thành))?(?:, sản phẩm)?|sản phẩm, kết quả|dự kiến kết quả)",
    ),
    (
        TO,
        r"(?:cơ quan|cấp|nơi|đơn vị) (?:trình|nhận báo cáo|báo cáo|phê duyệt|quyết định|ban hành|tiếp nhận)"
        r"|(?:trình|báo cáo)(?= *:)",
    ),
)
_LABEL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS) + "")
_MARK = re.compile(r" *: *")


@dataclass(frozen=True)
class LabelledField:
    """``start`` is where its label begins, [value, end) what it says."""

    name: str
    start: int
    value: int
    end: int


def fields_in(lower: str, start: int, end: int) -> list[LabelledField]:
    """The labelled fields of a paragraph, in order."""
    found: list[tuple[str, int, int]] = []
    for match in _LABEL.finditer(lower, start, end):
        if match.start() > start and not re.search(
            r"(?:[.;,(|*]|^|- ?|\n) *$", lower[max(start, match.start() - 4) : match.start()] or "\n"
        ):
            continue
        mark = _MARK.match(lower, match.end(), end)
        if mark:
            found.append((str(match.lastgroup), match.start(), mark.end()))
    fields = []
    ends = [*(at for _, at, _ in found[1:]), end]
    for (name, at, value), following in zip(found, ends, strict=False):
        stop = following
        while stop > value and lower[stop - 1] in " .;,()-+|":
            stop -= 1
        fields.append(LabelledField(name, at, value, stop))
    return fields
