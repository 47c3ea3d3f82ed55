"""Zalo: a text to one follower of an Official Account, or a template of ZNS to one telephone.

Zalo answers 200 even when it refuses, with a code in ``error``. A refusal that another try cannot change (token,
follower, permission) is permanent; limits, faults of the service and unknown codes are temporary. What Zalo writes
beside a code is never repeated.
"""

import json
from typing import Any

from config.contacts.contacts import Address
from config.contacts.zalo_addresses import ZaloAddress, zalo_address
from notifications.channels.connections import SendContext
from notifications.channels.http import NotTaken, post, rate_limited
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import RateLimited
from notifications.channels.zalo.tokens import access_token

MAX_TEXT_LENGTH = 2_000
"""Characters that Zalo takes in one text."""

MAX_PARAMETER_LENGTH = 400
"""Characters of one parameter of a template."""

_OA_BASE, _ZNS_BASE = "https://openapi.zalo.me", "https://business.openapi.zalo.me"

_TOKEN_CODES = (-124, -216)
_PERMANENT_CODES = (-201, -202, -203, -204, -205, -206, -207, -212, -213, -217, -221, -227, -230, -232, -233)
"""Wrong parameters, permission or account; a person who does not follow, has blocked, or has been silent too long."""


def send_over_zalo(address: Address, message: OutgoingMessage, context: SendContext) -> Outcome:
    """Send one message to one follower, the text when it fits, else the short one with its link; or to one telephone
    what its template has room for."""
    to = zalo_address(address.url)
    if to is None:
        return Outcome(Result.PERMANENT, "Địa chỉ Zalo trong tệp liên hệ không đúng dạng.")
    try:
        context.connections.limits.wait_for_recipient(address.url)
        token = access_token(to.login, context)
        code = _post(to, message, token, context)
        if code in _TOKEN_CODES and not to.login.token:
            # It ended sooner than was said, or somebody else has renewed it.
            code = _post(to, message, access_token(to.login, context, refused=token), context)
    except RateLimited as fault:
        return rate_limited(fault)
    except NotTaken as fault:
        return fault.outcome
    return _outcome_of(code)


def _post(to: ZaloAddress, message: OutgoingMessage, token: str, context: SendContext) -> object:
    """Send it, and return Zalo's code: 0 for taken, None for an answer that has none."""
    if to.template:
        url = f"{to.login.base or _ZNS_BASE}/message/template"
        content: dict[str, Any] = {
            "phone": to.recipient,
            "template_id": to.template,
            "template_data": _template_data(to, message),
            "tracking_id": message.key,
        }
    else:
        url = f"{to.login.base or _OA_BASE}/v3.0/oa/message/cs"
        content = {"recipient": {"user_id": to.recipient}, "message": {"text": _fitting_text(message)}}
    answer = post(context.connections, url, content=content, headers={"access_token": token})
    try:
        code: object = json.loads(answer)["error"]
    except (ValueError, KeyError, TypeError):
        return None
    return code


def _template_data(to: ZaloAddress, message: OutgoingMessage) -> dict[str, str]:
    """What a template is told, each under the name that it has there; a dash where there is no link."""
    link = message.short.rpartition("\n")[2]
    told = {
        "office": message.recipient_name,
        "subject": message.subject,
        "link": link if "://" in link else "–",
    }
    return {name: told[part][:MAX_PARAMETER_LENGTH] for part, name in to.parameters}


def _fitting_text(message: OutgoingMessage) -> str:
    whole = f"{message.subject}\n\n{message.text}"
    return whole if len(whole) <= MAX_TEXT_LENGTH else message.shortened(MAX_TEXT_LENGTH)


def _outcome_of(code: object) -> Outcome:
    if code is None:
        return Outcome(Result.AMBIGUOUS, "Zalo trả lời không đọc được, chưa rõ đã nhận hay chưa.")
    if code == 0:
        return Outcome(Result.SENT)
    shown = code if isinstance(code, int) else "lạ"
    if code in _TOKEN_CODES:
        return Outcome(Result.PERMANENT, f"Zalo không nhận khóa truy cập (mã {shown}); khóa hết hạn thì lấy khóa mới.")
    if code in _PERMANENT_CODES:
        return Outcome(Result.PERMANENT, f"Zalo từ chối (mã {shown}); kiểm tra người nhận và quyền của tài khoản OA.")
    return Outcome(Result.TEMPORARY, f"Zalo tạm thời từ chối (mã {shown}).")
