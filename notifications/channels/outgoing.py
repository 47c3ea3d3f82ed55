"""What is handed to a channel, and what comes back."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Result(StrEnum):
    """What is known after a try."""

    SENT = "sent"  # the service took it
    TEMPORARY = "temporary"  # it did not, and may later
    AMBIGUOUS = "ambiguous"  # no answer in time: it may or may not have been taken
    PERMANENT = "permanent"  # it did not and will not
    RATE_LIMITED = "rate_limited"  # by our own limits its turn is too far away: nothing was tried


@dataclass(frozen=True)
class Outcome:
    """The result of one try, with its reason in Vietnamese when it failed; of one that was sent, what is to be noted.

    retry_after    how long the service asked to be left alone, or None if it did not
    server         the server that takes no message of ours now, whatever is in it; empty where the fault is another
    needs_mending  it will not until somebody sees to it: a wrong password, a certificate that is over
    mailbox_full   the recipient's mailbox is full, so that the next tries are hours apart
    """

    result: Result
    reason: str = ""
    retry_after: timedelta | None = None
    server: str = ""
    needs_mending: bool = False
    mailbox_full: bool = False


@dataclass(frozen=True)
class OutgoingMessage:
    """A message ready to leave.

    short         what is sent instead of ``text`` where a service takes only a few words: it begins with the subject
                  and, where there is something to open, its last line is the link
    reply_to      the mail address that answers go to, where it is not the sender's
    is_first_try  nobody has tried before, so that no copy of it can be anywhere
    buttons       what may be pressed under it, where the service has buttons: words and the address that opens
    """

    key: str
    recipient_name: str
    subject: str
    text: str
    html: str
    short: str
    is_first_try: bool = False
    reply_to: str = ""
    buttons: tuple[tuple[str, str], ...] = ()

    def shortened(self, max_length: int, length: Callable[[str], int] = len) -> str:
        """``short`` in at most ``max_length`` characters; a link at its end stays whole, what is before it is cut.

        length  how the service counts
        """
        if length(self.short) <= max_length:
            return self.short
        rest, _, link = self.short.rpartition("\n")
        end = f"…\n{link}"
        if "://" not in link or length(end) >= max_length:
            rest, end = self.short, "…"
        kept = bisect_right(range(len(rest)), max_length, key=lambda size: length(rest[:size] + end)) - 1
        return rest[:kept] + end
