"""What the boundary finds in a text."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What was found, in Vietnamese and English, in the order in which it is told."""

    TELEPHONE = ("số điện thoại", "a telephone number")
    IDENTITY = ("dãy chữ số giống số CMND/CCCD", "digits that look like an identity number")
    PASSPORT = ("số hộ chiếu", "a passport number")
    INSURANCE = ("mã số bảo hiểm xã hội, bảo hiểm y tế", "a social insurance number")
    LICENCE = ("số giấy tờ của cá nhân", "the number of a personal paper")
    ACCOUNT = ("số tài khoản", "an account number")
    PLATE = ("biển số xe", "a licence plate")
    BIRTH = ("ngày, năm sinh của một người", "a date of birth")
    MAIL = ("địa chỉ thư điện tử cá nhân", "an e-mail address")
    NAME = ("tên người", "a person's name")
    HOME = ("địa chỉ nhà, thửa đất của người dân", "a citizen's address or plot of land")
    PERSON = ("một người bệnh, người liên quan vụ việc", "a patient or a person in a case")
    SECRET = ("dấu chỉ độ mật", "a mark of secrecy")

    @property
    def vi(self) -> str:
        return self.value[0]

    @property
    def en(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Finding:
    """``at`` is a place in the text as read."""

    kind: Kind
    at: int
