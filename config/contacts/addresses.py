"""Whole addresses: their secrets put in, and what sends to them. No fault repeats an address: it may hold a secret."""

from collections.abc import Mapping

from config.contacts.apprise_services import service_of
from config.contacts.mail_addresses import SCHEMES as MAIL_SCHEMES
from config.contacts.mail_addresses import checked_mail_url
from config.contacts.own_channels import OWN_ADDRESSES
from config.contacts.placeholders import MissingSecrets, with_secrets
from config.errors import Refused


def with_its_secrets(url: str, environ: Mapping[str, str], *, with_recipient: bool = True) -> tuple[str, list[Refused]]:
    """The address with its secrets put in, of mail as mail carries it, and what is wrong with it.

    with_recipient  false for a mail server alone, whose recipients are added for each letter
    """
    try:
        full = with_secrets(url, environ)
    except MissingSecrets as missing:
        return "", [
            Refused(
                f"biến môi trường {name} chưa đặt (hoặc {name}_FILE không đọc được).",
                f"the environment variable {name} is not set (or {name}_FILE cannot be read).",
            )
            for name in missing.names
        ]
    if full.partition("://")[0].lower() not in MAIL_SCHEMES:
        return full, []
    plain, faults = checked_mail_url(full, with_recipient=with_recipient)
    return plain, [Refused(f"{fault}.", f"{fault.en}.") for fault in faults]


def channel_of(url: str) -> str:
    """The channel of a whole address; raises ``Refused`` when nothing could send to it, or it names several."""
    scheme = url.partition("://")[0]
    if (own := OWN_ADDRESSES.get(scheme)) is not None:
        if own.understands(url):
            return scheme
        raise Refused(
            f"địa chỉ {scheme} không đúng dạng; viết như {own.example}",
            f"is not a valid {scheme} address; write it like {own.example}",
        )
    service = service_of(url)
    if service is None:
        vi, en = "không có dạng dịch-vụ://…", "does not have the form service://…"
        # A service is written in small letters; anything else may be a secret in the wrong place.
        if "://" in url and scheme.isalnum() and scheme.islower():
            vi, en = f"«{scheme}://» với nội dung không đúng dạng", f"'{scheme}://' followed by something invalid"
        raise Refused(
            f"Apprise không hiểu địa chỉ này ({vi}); xem tài liệu của dịch vụ.",
            f"Apprise does not understand this address ({en}); see the documentation of the service.",
        )
    service.retry = 0  # it multiplies the length
    if len(service) > 1:
        # When one of several fails, sending again would reach the others twice.
        raise Refused(
            f"{len(service)} nơi nhận; mỗi bộ phận chỉ một nơi nhận (hộp thư chung, nhóm).",
            f"{len(service)} recipients; each contact has only one (a shared mailbox or a group).",
        )
    # Some services are addressed by the page address that they give out themselves.
    return scheme.lower() if scheme.lower() not in ("http", "https") else str(service.schema)
