"""A message in the length and the format that a service takes: escaped, so that nothing in it is taken for a sign.

Apprise escapes text for services that speak HTML, not for those whose address asks for Markdown: there «[5]» or «a_b»
is a fault for which the service refuses all of it. So what is sent is written in the service's own format.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from notifications.channels.outgoing import OutgoingMessage

_TELEGRAM, _MATRIX = "tgram", ("matrix", "matrixs")

_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~])")
_MARKDOWN_AT_BEGINNING = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))", re.MULTILINE)
_TELEGRAM_SIGNS_2 = re.compile(r"([_*\[\]()~`>#+\-=|{}.!\\])")
_TELEGRAM_SIGNS = re.compile(r"([_*`\[])")


@dataclass(frozen=True)
class Fitted:
    """What is handed to Apprise; ``format`` is the name of one of its formats."""

    title: str
    body: str
    format: str


def length(text: str) -> int:
    """How long a service may count a text at the most: an emoji as two, and a line's end, too."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + text.count("\n")


def fit_to_service(plugin: Any, message: OutgoingMessage) -> tuple[str, str, bool]:
    """Title and body, as they are read, in the length that the service takes, and whether the body is HTML."""
    has_title = plugin.title_maxlen > 0
    # A chat shows HTML too, but a page with tables is made for mail.
    rich = has_title and _format(plugin) == "html" and not _is_chat(plugin)
    if rich and length(message.html) <= plugin.body_maxlen:
        return message.subject, message.html, True
    escaped = _escape(plugin)

    def escaped_length(text: str) -> int:
        return length(escaped(text))

    stands_apart = has_title and not _is_chat(plugin)
    room = plugin.body_maxlen - (0 if stands_apart else escaped_length(f"{message.subject}\n\n"))
    if escaped_length(message.text) <= room:
        return message.subject, message.text, False
    return "", message.shortened(plugin.body_maxlen, escaped_length), False


def in_format_of(plugin: Any, title: str, body: str, *, rich: bool) -> Fitted:
    """Title and body as the service reads them."""
    wanted = _format(plugin)
    if rich or (wanted == "html" and not _is_telegram(plugin) and not _is_chat(plugin)):
        return Fitted(title, body, "html" if rich else "text")
    escaped = _escape(plugin)
    if title and (plugin.title_maxlen <= 0 or _is_chat(plugin)):
        # Put before the body by Apprise, it would begin with a «#».
        heading = f"<b>{escaped(title)}</b>" if wanted == "html" else escaped(title)
        between = escaped("\n\n")
        return Fitted("", f"{heading}{between}{escaped(body)}", wanted)
    return Fitted(title, escaped(body), wanted)


def _format(plugin: Any) -> str:
    wanted = str(plugin.notify_format.value)
    # What its address calls text, Telegram is told by Apprise to read as HTML; and the Markdown of a Matrix room would
    # be made HTML by Apprise, which takes other escapes than Matrix does.
    as_html = (_is_telegram(plugin) and wanted == "text") or (_is_chat(plugin) and wanted == "markdown")
    return "html" if as_html else wanted


def _escape(plugin: Any) -> Callable[[str], str]:
    wanted = _format(plugin)
    if wanted == "markdown":
        if not _is_telegram(plugin):
            return _markdown
        return _telegram_markdown_2 if plugin.markdown_ver == "MarkdownV2" else _telegram_markdown
    if wanted == "html" and _is_telegram(plugin):
        return _telegram_html
    if wanted == "html" and _is_chat(plugin):
        return lambda text: escape(text, quote=False).replace("\n", "<br>")
    return lambda text: text


def _telegram_html(text: str) -> str:
    # Apprise makes one of several line ends that follow each other.
    return re.sub(r"\n(?=\n)", "\n ", escape(text, quote=False))


def _markdown(text: str) -> str:
    # Two spaces before a line's end keep it one.
    signs = _MARKDOWN_AT_BEGINNING.sub(_escaped_beginning, _MARKDOWN_SIGNS.sub(r"\\\1", text))
    return re.sub(r"(?<=\S)\n(?=[^\n])", "  \n", signs)


def _escaped_beginning(found: re.Match[str]) -> str:
    space, sign = found.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def _telegram_markdown(text: str) -> str:
    return _TELEGRAM_SIGNS.sub(r"\\\1", text)


def _telegram_markdown_2(text: str) -> str:
    return _TELEGRAM_SIGNS_2.sub(r"\\\1", text)


def _is_telegram(plugin: Any) -> bool:
    return bool(plugin.secure_protocol == _TELEGRAM)


def _is_chat(plugin: Any) -> bool:
    """Whether its title is no more than a line of the message, which Apprise writes as a heading with «#»."""
    return plugin.secure_protocol in _MATRIX
