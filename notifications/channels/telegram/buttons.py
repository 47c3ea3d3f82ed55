"""A message to one Telegram chat with buttons under it: each opens a page of the portal, as the link in the text does.

Apprise knows no buttons. Whatever Telegram does not take as it is sent here is left to Apprise, without them.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from config.contacts.web_addresses import is_inside_name
from notifications.channels.apprise_log import confirmation
from notifications.channels.connections import Connections
from notifications.channels.formats import fit_to_service, in_format_of
from notifications.channels.http import NotTaken, pause_of, post
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result

TELEGRAM = "tgram"

_BAD_REQUEST, _TOO_MANY = 400, 429


def send_with_buttons(plugin: Any, message: OutgoingMessage, connections: Connections) -> Outcome | None:
    """The outcome, or None where the message is to go without buttons.

    plugin  the address as Apprise reads it: the bot, the chat, the format
    """
    keys = [[{"text": words, "url": url}] for words, url in message.buttons if _is_public(url)]
    if not keys or len(plugin.targets) != 1:
        return None
    chat, topic = plugin.targets[0]
    title, body, rich = fit_to_service(plugin, message)
    fitted = in_format_of(plugin, title, body, rich=rich)
    content = {
        "chat_id": chat,
        "text": "\n".join(filter(None, (fitted.title, fitted.body))),
        "parse_mode": "HTML" if fitted.format == "html" else plugin.markdown_ver,
        "disable_notification": bool(plugin.silent),
        "disable_web_page_preview": not plugin.preview,
        "reply_markup": {"inline_keyboard": keys},
        **({"message_thread_id": topic} if topic else {}),
    }
    try:
        answer = post(connections, f"{plugin.notify_url}{plugin.bot_token}/sendMessage", content=content, headers={})
    except NotTaken as refused:
        if refused.status == _BAD_REQUEST:
            return None
        if refused.status == _TOO_MANY:
            return Outcome(Result.TEMPORARY, refused.outcome.reason, _asked_pause(refused.body))
        return refused.outcome
    return confirmation(TELEGRAM, answer)


def _is_public(url: str) -> bool:
    """Whether Telegram takes it for a button: it refuses the whole message for an address of the inside."""
    parts = urlsplit(url)
    return parts.scheme == "https" and not is_inside_name(parts.hostname or "")


def _asked_pause(answer: bytes) -> timedelta | None:
    """How long Telegram asks to be left alone, which it says in the body."""
    try:
        return pause_of(float(json.loads(answer)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return None
