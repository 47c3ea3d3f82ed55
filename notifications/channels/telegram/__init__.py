"""Telegram, where a message has buttons; all else goes over Apprise."""
