"""A directive's text that is brought in on the portal, and what its plan is launched with."""

from tests.support.people import Person

HOME = "/desk/intake"
TEXT = """ỦY BAN NHÂN DÂN TỈNH
Số: 15/KH-UBND
An Lạc, ngày 17 tháng 8 năm 2023
KẾ HOẠCH
PHÒNG, CHỐNG DỊCH BỆNH NĂM 2023
1. Giao Sở Y tế chủ trì, phối hợp với Công an tỉnh rà soát cơ sở khám bệnh, báo cáo UBND tỉnh trước ngày 15/11.
2. Giao Sở Tài chính bố trí kinh phí trong quý IV/2023; Sở Nội vụ kiểm tra nhân lực trước ngày 30/9/2023.
3. Trung tâm Kiểm soát bệnh tật thường xuyên theo dõi tình hình dịch.
Các cơ sở y tế dự trữ thuốc cho mùa mưa bão sắp tới.
"""
LAUNCH = {
    "title": "Kế hoạch phòng, chống dịch bệnh",
    "code": "KH-15-2023",
    "signed_on": "17/08/2023",
    "number": "15/KH-UBND",
    "on_date": "18/08/2023",
    "coordinator": "",
    "periods": "calendar",
}


def taken_in(person: Person, text: str = TEXT) -> str:
    """Paste a text; returns the address of its draft."""
    person.post(HOME, {"text": text}, on=HOME)
    assert person.last is not None and person.last.status_code == 200
    return str(person.last.url.path)
