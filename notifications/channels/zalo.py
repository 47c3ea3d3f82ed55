"""Zalo OA: a text message to one follower of an Official Account.

Zalo answers 200 even when it refuses, with a code in ``error``. A refusal that another try cannot change (token,
follower, permission) is permanent; limits, faults of the service and unknown codes are temporary. What Zalo writes
beside a code is never repeated.
"""

import json

from config.contacts.contacts import Address, zalo_address
from notifications.channels.connections import SendContext
from notifications.channels.http import NotTaken, post, rate_limited
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import RateLimited

MAX_TEXT_LENGTH = 2_000
"""Characters that Zalo takes in one text."""

_TOKEN_CODES = (-124, -216)
_PERMANENT_CODES = (-201, -202, -203, -204, -205, -206, -207, -212, -213, -217, -221, -227, -230, -232, -233)
"""Wrong parameters, permission or account; a person who does not follow, has blocked, or has been silent too long."""


def send_over_zalo(address: Address, message: OutgoingMessage, context: SendContext) -> Outcome:
    """Send one message to one follower; the text when it fits, else the short one with its link."""
    to = zalo_address(address.url)
    if to is None:
        return Outcome(Result.PERMANENT, "Địa chỉ Zalo trong tệp liên hệ không đúng dạng.")
    try:
        context.connections.limits.wait_for_recipient(address.url)
        answer = post(
            context.connections,
            f"{to.base}/v3.0/oa/message/cs",
            content={"recipient": {"user_id": to.user_id}, "message": {"text": _fitting_text(message)}},
            headers={"access_token": to.token},
        )
    except RateLimited as fault:
        return rate_limited(fault)
    except NotTaken as fault:
        return fault.outcome
    return _outcome_of(answer)


def _fitting_text(message: OutgoingMessage) -> str:
    whole = f"{message.subject}\n\n{message.text}"
    return whole if len(whole) <= MAX_TEXT_LENGTH else message.shortened(MAX_TEXT_LENGTH)


def _outcome_of(answer: bytes) -> Outcome:
    try:
        code = json.loads(answer)["error"]
    except (ValueError, KeyError, TypeError):
        return Outcome(Result.AMBIGUOUS, "Zalo trả lời không đọc được, chưa rõ đã nhận hay chưa.")
    if code == 0:
        return Outcome(Result.SENT)
    shown = code if isinstance(code, int) else "lạ"
    if code in _TOKEN_CODES:
        return Outcome(Result.PERMANENT, f"Zalo không nhận khóa truy cập (mã {shown}); khóa hết hạn thì lấy khóa mới.")
    if code in _PERMANENT_CODES:
        return Outcome(Result.PERMANENT, f"Zalo từ chối (mã {shown}); kiểm tra người nhận và quyền của tài khoản OA.")
    return Outcome(Result.TEMPORARY, f"Zalo tạm thời từ chối (mã {shown}).")
