"""Mail addresses, checked where they are written: what no server would take is said in words, and not tried for days.

Of an address in Apprise's form (``mailto://user:password@host?to=…``) everybody is checked who gets a letter or sends
it. A domain in Vietnamese letters becomes what mail carries (RFC 5890): «sở-y-tế.vn» is xn--s-y-t-s61b1i.vn.
"""

import re
import unicodedata
from urllib.parse import quote, unquote

from config.errors import Refused

SCHEMES = ("mailto", "mailtos")

_LONGEST, _LONGEST_LOCAL, _LONGEST_LABEL = 254, 64, 63
"""Letters of an address, of what is before its @, and of a part of its domain (RFC 5321, RFC 1035)."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")

_PLAIN = re.compile(r"[^@:]+@[^@]+")

_OTHERS = ("cc", "bcc", "reply")
_PLAIN_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")


def mail_address(text: str) -> str:
    """The address as mail carries it; raises ``Refused`` that says what is wrong with it, without repeating it."""
    address = unicodedata.normalize("NFC", text).strip(" ")
    if not address:
        raise Refused("để trống; ghi địa chỉ thư", "is empty; give a mail address")
    if any(unicodedata.category(letter)[0] in "CZ" for letter in address):
        raise Refused(
            "có dấu cách, xuống dòng hoặc ký tự không nhìn thấy; bỏ đi",
            "contains a space, a line break or an invisible character; remove it",
        )
    local, at, domain = address.rpartition("@")
    if not at:
        raise Refused("thiếu dấu @; viết như vanthu@syt.example.vn", "has no @; write it like office@province.example")
    if not local:
        raise Refused("thiếu phần trước dấu @", "has nothing before its @")
    if not domain:
        raise Refused("thiếu tên miền sau dấu @", "has no domain after its @")
    if "@" in local:
        raise Refused("có hai dấu @; mỗi chỗ một địa chỉ", "has two @ signs; enter one address per field")
    if not local.isascii():
        raise Refused(
            "phần trước dấu @ có chữ có dấu, nhiều máy chủ thư không nhận; dùng chữ không dấu",
            "has accented letters before the @, which many mail servers do not accept; use plain letters",
        )
    if not _ATOM.fullmatch(local):
        raise Refused(
            "phần trước dấu @ có ký tự hoặc dấu chấm không đúng chỗ",
            "has a character or full stop before the @ that is not allowed there",
        )
    plain = domain_name(domain)
    if len(local) > _LONGEST_LOCAL or len(f"{local}@{plain}") > _LONGEST:
        raise Refused(
            f"dài quá {_LONGEST} ký tự (trước dấu @: {_LONGEST_LOCAL})",
            f"is longer than {_LONGEST} characters (before the @: {_LONGEST_LOCAL})",
        )
    return f"{local}@{plain}"


def domain_name(text: str) -> str:
    """A domain as mail carries it, in plain letters; raises ``Refused`` when it is none."""
    labels = unicodedata.normalize("NFC", text).split(".")
    if len(labels) == 1 and text.lower() != "localhost":
        raise Refused(
            "tên miền thiếu dấu chấm, như syt.example.vn",
            "has a domain without a full stop, it should be like syt.example.vn",
        )
    try:
        plain = [label if label.isascii() else label.lower().encode("idna").decode() for label in labels]
    except UnicodeError:
        plain = [""]
    if not all(_LABEL.fullmatch(label) and len(label) <= _LONGEST_LABEL for label in plain) or plain[-1].isdigit():
        raise Refused(
            "tên miền không đúng dạng, như syt.example.vn", "has an invalid domain, it should be like syt.example.vn"
        )
    return ".".join(plain)


def is_plain_mail(address: str) -> bool:
    """Whether an address is an e-mail and nothing else."""
    return bool(_PLAIN_MAIL.fullmatch(address))


def checked_mail_url(url: str, *, with_recipient: bool = True) -> tuple[str, list[Refused]]:
    """An address in Apprise's form with all names as mail carries them, and what is wrong with whom it names.

    with_recipient  false for a mail server alone, whose recipients are added for each letter
    """
    faults: list[Refused] = []
    before, mark, query = url.partition("?")
    fields = [part.partition("=") for part in query.split("&")] if mark else []
    kept = []
    for name, equals, value in fields:
        key = unquote(name).lower()
        # A sender without an @ is a name; an empty list of copies is none.
        is_checked = key == "to" or (key == "from" and "@" in unquote(value)) or (key in _OTHERS and value != "")
        kept.append(f"{name}{equals}{_checked_list(key, value, faults) if is_checked else value}")
    scheme, mark_of_scheme, rest = before.partition("://")
    place, *path = rest.split("/")
    names_nobody = not any(path) and not any(unquote(name).lower() == "to" for name, _, _ in fields)
    # «mailto://vanthu@syt.example.vn» alone is whom it goes to; with a password it is an account that sends.
    if with_recipient and names_nobody and not _PLAIN.fullmatch(place):
        faults.append(
            Refused(
                "thiếu nơi nhận, thư sẽ về chính người gửi; thêm ?to=vanthu@syt.example.vn",
                "names no recipient, so letters would go to their sender; add ?to=office@province.example",
            )
        )
    path = [_checked_list("to", part, faults) if part else "" for part in path]
    before = f"{scheme}{mark_of_scheme}{'/'.join((place, *path))}"
    try:
        before = _with_plain_host(before)
    except Refused as fault:
        faults.append(Refused(f"máy chủ thư: {fault}", f"mail server: {fault.en}"))
    return before + mark + "&".join(kept), faults


def _checked_list(key: str, value: str, faults: list[Refused]) -> str:
    plain = []
    for each in unquote(value).split(","):
        named = _NAMED.fullmatch(each)
        try:
            address = mail_address(named["address"] if named else each)
            plain.append(f"{named['name']}<{address}>" if named else address)
        except Refused as fault:
            faults.append(Refused(f"{key}=: {fault}", f"{key}=: {fault.en}"))
    return value if ",".join(plain) == unquote(value) else quote(",".join(plain), safe="@,")


def _with_plain_host(before: str) -> str:
    scheme, mark, rest = before.partition("://")
    place, slash, path = rest.partition("/")
    login, at, host = place.rpartition("@")
    name, colon, port = host.partition(":")
    shown = unquote(name)
    if shown.isascii():
        return before
    return f"{scheme}{mark}{login}{at}{domain_name(shown)}{colon}{port}{slash}{path}"


def with_recipient(url: str, email: str) -> str:
    """The address ``url`` of a mail server with ``email`` as the recipient."""
    return f"{url}{'&' if '?' in url else '?'}to={quote(email, safe='')}"
