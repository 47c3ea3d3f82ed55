"""Reading the local mailbox: the letters that were written because no channel is configured."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any


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
