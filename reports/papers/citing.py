"""How papers name documents and days: kind, number, «ngày 05 tháng 9 năm 2023», issuer (NĐ 30/2020, phụ lục I)."""

import re
from datetime import date

from config.catalogue.plan import Directive, Plan
from config.text.suggestions import without_accents

KINDS = {
    "BB": "Biên bản",
    "BC": "Báo cáo",
    "CĐ": "Công điện",
    "CT": "Chỉ thị",
    "CTR": "Chương trình",
    "CTHĐ": "Chương trình hành động",
    "CV": "Công văn",
    "DA": "Dự án",
    "ĐA": "Đề án",
    "GGT": "Giấy giới thiệu",
    "GM": "Giấy mời",
    "GUQ": "Giấy ủy quyền",
    "HD": "Hướng dẫn",
    "KH": "Kế hoạch",
    "KL": "Kết luận",
    "NĐ": "Nghị định",
    "NQ": "Nghị quyết",
    "NQLT": "Nghị quyết liên tịch",
    "PA": "Phương án",
    "PB": "Phiếu báo",
    "PC": "Phiếu chuyển",
    "PG": "Phiếu gửi",
    "PL": "Pháp lệnh",
    "QC": "Quy chế",
    "QĐ": "Quyết định",
    "QYĐ": "Quy định",
    "TB": "Thông báo",
    "TC": "Thông cáo",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "TTR": "Tờ trình",
}
"""What kind of document the letters of a symbol mean: NĐ 30/2020, phụ lục III; HD 36-HD/VPTW for those of the Party."""

_SHORTEST_ORGAN = 3
"""Letters of an organ's symbol («UBND», «SYT»); two that are no kind known here may be any kind."""

_PARTY = re.compile(r"\d+[a-z]?-([^\W\d_]+)/(.+)")
_STATE = re.compile(r"\d+[a-z]?/(?:\d{4}/)?([^\W\d_]+)(?:-(.+))?")


def day_in_full(day: date) -> str:
    """«ngày 05 tháng 9 năm 2023»: days below ten and the first two months with a nought; each number stays
    beside its word where a line ends."""
    month = f"{day.month:02}" if day.month <= 2 else day.month
    return f"ngày~{day:%d} tháng~{month} năm~{day.year}".replace("~", "\N{NO-BREAK SPACE}")


def kind_and_issuer(number: str, plan: Plan) -> tuple[str, str]:
    """The kind of document that a number names, and the office of the plan that issued it; empty where it says neither.

    «123-TB/TU» is of the Party, «45/KH-UBND» of the State, «67/UBND-NC» a letter: where others name their kind it names
    who wrote it.
    """
    by_code = {without_accents(office.code): office.name_vi.partition(" (")[0] for office in plan.offices}
    if found := _PARTY.fullmatch(number):
        kind, organ = KINDS.get(found[1].upper(), ""), found[2]
    elif found := _STATE.fullmatch(number):
        kind, organ = KINDS.get(found[1].upper(), "") if found[2] else "", found[2] or found[1]
        if not kind and (len(found[1]) >= _SHORTEST_ORGAN or without_accents(found[1]) in by_code):
            kind, organ = "Công văn", found[1]
    else:
        return "", ""
    return kind, by_code.get(without_accents(re.split(r"[-.,]", organ)[0]), "")


def cited(number: str, day: date, plan: Plan) -> str:
    """«Thông báo số 123-TB/TU ngày 17 tháng 8 năm 2023 của Tỉnh ủy»."""
    kind, issuer = kind_and_issuer(number, plan)
    words = f"{kind or 'Văn bản giao việc'} số {number} {day_in_full(day)}"
    return f"{words} của {issuer}" if issuer else words


def directive_cited(directive: Directive) -> str:
    """The directive by its title and day."""
    return f"{directive.title_vi} ({day_in_full(directive.date)})"
