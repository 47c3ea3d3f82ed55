"""Amounts with decimals, as people write them and as they read them: «1.250», «12,75», «1,5 %»."""

import re
from decimal import Decimal

from config.errors import Refused

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.\d+)?|[1-9]\d{0,2}(?:,\d{3})+\.\d+")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2},\d{2}0")
"""A thousand by English habit, one and a quarter by the comma; nobody who means a fraction writes its last 0."""
_LARGEST = Decimal(10) ** 15
_DECIMALS = 6
_LONGEST = 40


def parse_amount(written: str, label: str, label_en: str, *, unit: str = "") -> Decimal:
    """The number that somebody wrote, by Vietnamese habit: a comma before decimals, dots between thousands.

    «1.250» is a thousand, «12,75» twelve and three quarters. A dot that cannot part thousands is a decimal one
    («12.75», «0.125»); where both marks or several commas stand, the English habit is meant («1,250.5»). «1,250» could
    be either and is refused.

    label, label_en  name the field in a refusal; without them the refusal is of the number alone
    unit             may stand behind it, as may «%»

    Raises ``Refused``, which says what to write.
    """
    label, label_en = (f"{each}: " if each else "" for each in (label, label_en))
    text = written.strip()[:_LONGEST]
    for ending in (unit, "%"):
        if ending and text.casefold().endswith(ending.casefold()):
            text = text[: -len(ending)].rstrip()
            break
    digits = "".join(text.split())
    negative = digits[:1] in ("-", "−", "–")
    digits = digits.lstrip("-−–") if negative else digits
    if not digits.isascii():
        raise _unreadable(written, label, label_en, unit)
    if _AMBIGUOUS.fullmatch(digits):
        thousands, fraction = digits.replace(",", "."), digits.rstrip("0").rstrip(",")
        raise Refused(
            f"{label}«{digits}» đọc được hai cách; viết {thousands} nếu là hàng nghìn, {fraction} nếu là số thập phân.",
            f"{label_en}'{digits}' can be read in two ways; write {thousands} for thousands, {fraction} for a decimal.",
        )
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(digits):
        digits = digits.replace(",", "")
    elif _PLAIN.fullmatch(digits):
        digits = digits.replace(",", ".")
    else:
        raise _unreadable(written, label, label_en, unit)
    amount = Decimal(digits)
    if amount > _LARGEST:
        raise Refused(
            f"{label}{written[:20]} lớn quá; xem lại số.", f"{label_en}{written[:20]} is too large; check the number."
        )
    if -int(amount.normalize().as_tuple().exponent) > _DECIMALS:
        raise Refused(
            f"{label}{written[:20]} có quá nhiều chữ số thập phân; tối đa {_DECIMALS} chữ số sau dấu phẩy.",
            f"{label_en}{written[:20]} has too many decimals; at most {_DECIMALS}.",
        )
    return -amount if negative else amount


def stored(amount: Decimal) -> int | float:
    """As JSON keeps it: a whole number as one."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def exact(number: float | Decimal) -> Decimal:
    """What was stored, without the error of binary fractions."""
    return Decimal(str(number))


def amount_in_words(number: float | Decimal, language: str = "vi") -> str:
    """«2.305», «12,75»; in English «2,305», «12.75»."""
    shown = f"{exact(number).normalize():,f}"
    return shown if language == "en" else shown.replace(",", " ").replace(".", ",").replace(" ", ".")


def _unreadable(written: str, label: str, label_en: str, unit: str) -> Refused:
    after = f" {unit}" if unit else ""
    return Refused(
        f"{label}«{written[:20]}» không phải là số; viết như 1250, 1.250 hoặc 12,75{after}.",
        f"{label_en}'{written[:20]}' is not a number; write 1250, 1.250 or 12,75{after}.",
    )
