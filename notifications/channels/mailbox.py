"""The local mailbox: a folder of letters, for those who have no channel."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from config.clock import HANOI
from config.contacts.contacts import Address
from notifications.channels.connections import SendContext
from notifications.channels.letter import compose_letter, formatted_address
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result


@dataclass(frozen=True)
class Letter:
    """One letter of the local mailbox."""

    file: str
    at: datetime
    recipient: str
    subject: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat()}


def letters(mailbox: Path) -> list[Letter]:
    """All letters, the oldest first; an empty list before the first one is written."""
    return sorted(_read(mailbox), key=lambda letter: (letter.at, letter.file))


def put_in_mailbox(_: Address, message: OutgoingMessage, context: SendContext) -> Outcome:
    """Write the message as an ``.eml`` file; the same message again replaces its own file."""
    mailbox, now = context.mailbox, context.now
    to = formatted_address(message.recipient_name, "mailbox@localhost")
    content = compose_letter(message, sender="dondoc <dondoc@localhost>", to=to, now=now).replace(b"\r\n", b"\n")
    path = mailbox / f"{now.astimezone(HANOI):%Y%m%d}-{message.key}.eml"
    try:
        mailbox.mkdir(parents=True, exist_ok=True)
        # Looking through a mailbox of years for every new letter would take longer each day.
        for earlier in () if message.is_first_try else mailbox.glob(f"*-{message.key}.eml"):
            path = earlier
        half_written = path.with_suffix(".part")
        with half_written.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half_written.replace(path)
    except OSError as fault:
        return Outcome(Result.TEMPORARY, f"Không ghi được hộp thư tại chỗ ({fault.strerror}).")
    return Outcome(Result.SENT)


def _read(mailbox: Path) -> Iterator[Letter]:
    # Only what we put there ourselves: anybody may lay other files beside it.
    for path in mailbox.glob("*-dondoc-*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        yield Letter(
            file=str(path),
            at=parsedate_to_datetime(message["Date"]),
            recipient=message["To"].addresses[0].display_name,
            subject=message["Subject"],
            text=body.get_content() if body is not None else "",
        )
