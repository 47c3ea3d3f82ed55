"""How papers name documents and days: kind, number, «ngày 05 tháng 9 năm 2023», issuer (NĐ 30/2020, phụ lục I)."""

import re
from datetime import date

from config.catalogue.plan import Directive, Plan

KINDS = {
    "BB": "Biên bản",
    "BC": "Báo cáo",
    "CĐ": "Công điện",
    "CT": "Chỉ thị",
    "CTR": "Chương trình",
    "CTHĐ": "Chương trình hành động",
    "CV": "Công văn",
    "ĐA": "Đề án",
    "HD": "Hướng dẫn",
    "KH": "Kế hoạch",
    "KL": "Kết luận",
    "NQ": "Nghị quyết",
    "PA": "Phương án",
    "QC": "Quy chế",
    "QĐ": "Quyết định",
    "QYĐ": "Quy định",
    "TB": "Thông báo",
    "TT": "Thông tư",
    "TTR": "Tờ trình",
}
"""What kind of document the letters of a symbol mean: NĐ 30/2020, phụ lục III; HD 36-HD/VPTW for those of the Party."""

_PARTY = re.compile(r"\d+[a-z]?-([^\W\d_]+)/(.+)")
_STATE = re.compile(r"\d+[a-z]?/(?:\d{4}/)?([^\W\d_]+)(?:-(.+))?")


def day_in_full(day: date) -> str:
    """«ngày 05 tháng 9 năm 2023»: days below ten and the first two months with a nought; each number stays
    beside its word where a line ends."""
    month = f"{day.month:02}" if day.month <= 2 else day.month
    return f"ngày~{day:%d} tháng~{month} năm~{day.year}".replace("~", "\N{NO-BREAK SPACE}")


def kind_and_issuer(number: str, plan: Plan) -> tuple[str, str]:
    """The kind of document that a number names, and the office of the plan that issued it; empty where it says neither.

    «123-TB/TU» is of the Party, «45/KH-UBND» of the State, «67/UBND-NC» a letter.
    """
    if found := _PARTY.fullmatch(number):
        kind, organ = KINDS.get(found[1].upper(), ""), found[2]
    elif found := _STATE.fullmatch(number):
        kind, organ = (KINDS.get(found[1].upper(), ""), found[2]) if found[2] else ("", found[1])
        if not kind:
            kind, organ = "Công văn", found[1]
    else:
        return "", ""
    code = re.split(r"[-.,]", organ or "")[0]
    issuer = next((office.name_vi for office in plan.offices if office.code == code), "")
    return kind, issuer.partition(" (")[0]


def cited(number: str, day: date, plan: Plan) -> str:
    """«Thông báo số 123-TB/TU ngày 17 tháng 8 năm 2023 của Tỉnh ủy»."""
    kind, issuer = kind_and_issuer(number, plan)
    words = f"{kind or 'Văn bản giao việc'} số {number} {day_in_full(day)}"
    return f"{words} của {issuer}" if issuer else words


def directive_cited(directive: Directive) -> str:
    """The directive by its title and day."""
    return f"{directive.title_vi} ({day_in_full(directive.date)})"
