"""Zalo OA: a text message to one follower of an Official Account.

Zalo answers 200 also to what it refuses, with a code in ``error``. A refusal that another try cannot mend (token,
follower, permission) is permanent; limits, faults of the service and codes that we do not know are temporary. What Zalo
writes beside a code is never repeated.
"""

import json
import urllib.error
import urllib.request
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from config.contacts import Address
from config.own_channels import ZaloAddress, zalo_address
from notifications.outgoing import Outcome, Outgoing, Result

TEXT_AT_MOST = 2_000
"""Characters that Zalo takes in one text."""

ANSWERS_WITHIN_S = 20.0

_TOKEN_REFUSED = (-124, -216)
_NEVER = (-201, -202, -203, -204, -205, -206, -207, -212, -213, -217, -221, -227, -230, -232, -233)
"""Wrong parameters, permission or account; a person who does not follow, has blocked, or has been silent too long."""


def send_over_zalo(address: Address, message: Outgoing, mailbox: Path, now: datetime) -> Outcome:
    """Send one message to one follower; the text when it fits, else the short one with its link."""
    to = zalo_address(address.url)
    if to is None:
        return Outcome(Result.PERMANENT, "Địa chỉ Zalo trong tệp liên hệ không đúng dạng.")
    try:
        with _opener.open(_request(to, _as_much_as_fits(message)), timeout=ANSWERS_WITHIN_S) as answer:
            return _outcome(answer.read(100_000))
    except urllib.error.HTTPError as refused:
        refused.close()
        if refused.code in (408, 425, 429) or refused.code >= 500:
            return Outcome(Result.TEMPORARY, f"Zalo tạm thời từ chối (mã HTTP {refused.code}).")
        return Outcome(Result.PERMANENT, f"Zalo từ chối (mã HTTP {refused.code}); kiểm tra địa chỉ.")
    except urllib.error.URLError:  # before anything was sent
        return Outcome(Result.TEMPORARY, "Không kết nối được tới Zalo.")
    except (OSError, HTTPException):
        return Outcome(Result.AMBIGUOUS, "Zalo không trả lời trong thời gian chờ, chưa rõ đã nhận hay chưa.")


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A message sent on elsewhere would arrive as an empty page request, with the token in it."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoDetours)


def _request(to: ZaloAddress, text: str) -> urllib.request.Request:
    content = {"recipient": {"user_id": to.user_id}, "message": {"text": text}}
    return urllib.request.Request(
        f"{to.base}/v3.0/oa/message/cs",
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "access_token": to.token},
        method="POST",
    )


def _as_much_as_fits(message: Outgoing) -> str:
    whole = f"{message.subject}\n\n{message.text}"
    if len(whole) <= TEXT_AT_MOST:
        return whole
    short = message.short  # it begins with the subject and ends with the link
    if len(short) <= TEXT_AT_MOST:
        return short
    rest, _, link = short.rpartition("\n")
    return f"{rest[: TEXT_AT_MOST - len(link) - 2]}…\n{link}"


def _outcome(answer: bytes) -> Outcome:
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
