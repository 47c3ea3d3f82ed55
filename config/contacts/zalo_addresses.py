"""Addresses of Zalo: a follower of an Official Account (``zalo://``), a telephone and a template (``zns://``).

    zalo://ACCESS_TOKEN@USER_ID
    zalo://APP_ID:SECRET_KEY@USER_ID?refresh=REFRESH_TOKEN
    zns://APP_ID:SECRET_KEY@84901234567?refresh=REFRESH_TOKEN&template=TEMPLATE_ID

An access token ends after a day; with the key of the application and a first refresh token it is renewed.
``?base=http://…`` names another place to send to. A template of ZNS is approved by Zalo with its own parameters:
``office=``, ``subject=`` and ``link=`` say what it calls what it is told.
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

ZALO, ZNS = "zalo", "zns"

PARAMETERS = {"office": "co_quan", "subject": "noi_dung", "link": "duong_dan"}
"""What a template of ZNS is told, and how its parameters are called where the address does not say."""


@dataclass(frozen=True)
class ZaloLogin:
    """By what an Official Account is sent as: an access token, or an application that renews it.

    base  where the service listens, empty for Zalo's own places
    """

    token: str = field(default="", repr=False)
    app_id: str = ""
    secret: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    base: str = ""


@dataclass(frozen=True)
class ZaloAddress:
    """One follower of an Official Account, or one telephone that gets a template."""

    login: ZaloLogin
    recipient: str
    template: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


def zalo_address(url: str) -> ZaloAddress | None:
    """Read an address of Zalo; None when it is not one."""
    try:
        parts = urlsplit(url)
        query = parts.query.replace("+", "%2B")
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        return None
    given_login, _, recipient = parts.netloc.rpartition("@")
    if not all(given.values()) or parts.scheme not in (ZALO, ZNS) or parts.path not in ("", "/") or parts.fragment:
        return None
    login = _login(given_login, given.pop("refresh", ""), given.pop("base", ""))
    if login is None or not (recipient.isascii() and recipient.isdigit()):
        return None
    if parts.scheme == ZALO:
        return None if given else ZaloAddress(login, recipient)
    template = given.pop("template", "")
    named = tuple((part, given.pop(part, name)) for part, name in PARAMETERS.items())
    if given or not template.isalnum() or not 9 <= len(recipient) <= 15 or recipient.startswith("0"):
        return None
    return ZaloAddress(login, recipient, template, named)


def _login(given: str, refresh: str, base: str) -> ZaloLogin | None:
    try:
        listens = urlsplit(base)
        if base and (listens.scheme not in ("http", "https") or not listens.hostname or listens.query):
            return None
        if base and listens.fragment:
            return None
    except ValueError:
        return None
    base = base.rstrip("/")
    app_id, colon, secret = (unquote(part) for part in given.partition(":"))
    # They go into headers, where a line break would begin another one.
    if refresh:
        whole = bool(colon) and app_id.isascii() and app_id.isdigit() and _is_one_word(secret) and _is_one_word(refresh)
        return ZaloLogin(app_id=app_id, secret=secret, refresh=refresh, base=base) if whole else None
    token = unquote(given)
    return ZaloLogin(token=token, base=base) if _is_one_word(token) else None


def _is_one_word(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
