"""Whom a report goes to, and through whom: «báo cáo UBND tỉnh qua Sở Tài chính trước ngày 10/12». Nothing of when.

Texts come folded, as in ``config.rules.reading.day_phrases``.
"""

import re

_NO_OFFICE = (
    r"truoc|cham|muon|den|trong|hang|dinh|vao|ngay|khi|sau|qua|thong qua|de|het|theo|thang|quy|nam|moi|lap tuc|kip|giua"
    r"|dau(?! tu)|cuoi|tai (?:ky|phien|hoi|cuoc|dai)|hoan|ket qua|va (?:bao|hoan)|tong hop|bao cao"
)
"""What an office's name does not go on with: words of time and of what is to be done."""
_OFFICE = (
    r"(?:uy ban|ubnd|hdnd|hoi dong|thuong truc|ban(?! hanh)|tinh uy|thanh uy|huyen uy|dang uy|chu tich"
    r"|so(?! lieu| luong)|bo|van phong|cong an|cuc|chi cuc|tong cuc|phong|trung tam|vien|thu tuong|chinh phu|co quan"
    r"|don vi|mat tran|mttq|lanh dao|kho bac|ngan hang|toa an)"
    rf"(?: (?!(?:{_NO_OFFICE})\b)[a-z&]+){{0,12}}"
)
_TO = rf"(?:gui|bao cao|trinh|nop)(?: bao cao| ket qua)*,? (?:ve |cho |toi |den )?{_OFFICE}"
_THROUGH = rf"[ ,(]*(?:thong )?qua {_OFFICE}\)?"
_BEFORE = re.compile(rf"(?:{_TO}(?:{_THROUGH})?|{_THROUGH}),? ")
_BEHIND = re.compile(
    rf"(?P<rest>.+?)(?:{_THROUGH}|[ ,(]*(?:{_TO}|(?:ve|cho|toi) {_OFFICE})(?:{_THROUGH})?\)?)?"
    r"(?:(?: ?,| va)? (?:tong hop|bao cao|theo doi|chi dao))*"
    r"(?: ?,? de (?:tong hop|theo doi|bao cao|chi dao)(?:[ ,][a-z ,]*)?)?"
)


def without_recipients(text: str) -> str:
    """The text without the offices that something is sent to or through, before or behind a deadline."""
    if before := _BEFORE.match(text):
        text = text[before.end() :]
    behind = _BEHIND.fullmatch(text)
    return behind["rest"] if behind else text
