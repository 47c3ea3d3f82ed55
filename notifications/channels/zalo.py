"""Zalo OA: a text message to one follower of an Official Account.

Zalo answers 200 also to what it refuses, with a code in ``error``. A refusal that another try cannot mend (token,
follower, permission) is permanent; limits, faults of the service and codes that we do not know are temporary. What Zalo
writes beside a code is never repeated.
"""

import json

from requests import RequestException

from config.contacts.contacts import Address
from config.contacts.own_channels import zalo_address
from notifications.channels.connections import Means
from notifications.channels.outgoing import Outcome, Outgoing, Result
from notifications.channels.pace import TooFast
from notifications.channels.web import Exchange, too_fast

TEXT_AT_MOST = 2_000
"""Characters that Zalo takes in one text."""

_TOKEN_REFUSED = (-124, -216)
_NEVER = (-201, -202, -203, -204, -205, -206, -207, -212, -213, -217, -221, -227, -230, -232, -233)
"""Wrong parameters, permission or account; a person who does not follow, has blocked, or has been silent too long."""


def send_over_zalo(address: Address, message: Outgoing, means: Means) -> Outcome:
    """Send one message to one follower; the text when it fits, else the short one with its link."""
    to = zalo_address(address.url)
    if to is None:
        return Outcome(Result.PERMANENT, "Địa chỉ Zalo trong tệp liên hệ không đúng dạng.")
    exchange = Exchange(means.connections)
    try:
        means.connections.pace.wait_for_recipient(address.url)
        answer = exchange.request(
            "post",
            f"{to.base}/v3.0/oa/message/cs",
            json={"recipient": {"user_id": to.user_id}, "message": {"text": _as_much_as_fits(message)}},
            headers={"access_token": to.token},
            # A message sent on elsewhere would arrive as an empty page request, with the token in it.
            allow_redirects=False,
        )
    except TooFast as fault:
        return too_fast(fault)
    except RequestException:
        return exchange.outcome() or Outcome(Result.TEMPORARY, "Không gửi được yêu cầu tới Zalo.")
    return exchange.outcome() or _understood(answer.content)


def _as_much_as_fits(message: Outgoing) -> str:
    whole = f"{message.subject}\n\n{message.text}"
    return whole if len(whole) <= TEXT_AT_MOST else message.shortened(TEXT_AT_MOST)


def _understood(answer: bytes) -> Outcome:
    try:
        code = json.loads(answer)["error"]
    except (ValueError, KeyError, TypeError):
        return Outcome(Result.AMBIGUOUS, "Zalo trả lời không đọc được, chưa rõ đã nhận hay chưa.")
    if code == 0:
        return Outcome(Result.SENT)
    shown = code if isinstance(code, int) else "lạ"
    if code in _TOKEN_REFUSED:
        return Outcome(Result.PERMANENT, f"Zalo không nhận khóa truy cập (mã {shown}); khóa hết hạn thì lấy khóa mới.")
    if code in _NEVER:
        return Outcome(Result.PERMANENT, f"Zalo từ chối (mã {shown}); kiểm tra người nhận và quyền của tài khoản OA.")
    return Outcome(Result.TEMPORARY, f"Zalo tạm thời từ chối (mã {shown}).")
