"""Signed links: whoever holds one from a message may enter its office's door, for a set number of days.

A link names its office and when it was made, nothing else, and is signed. It opens only that office's own list and
work. Moving an office's ``links_since`` forward revokes every link and session made before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session

from config.catalogue import Plan
from config.clock import local_date
from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings
from models.account import OfficeDoor
from models.acting import Acting
from models.audit import Fact, record, take_turn


class DoorClosed(Refused):
    """The link does not open anything: forged or cut short, too old, or revoked."""


@dataclass(frozen=True)
class Doors:
    """Makes links of one portal and reads them."""

    settings: Settings
    serializer: URLSafeSerializer

    def token(self, office: str, *, now: datetime) -> str:
        return str(self.serializer.dumps([office, int(now.timestamp())]))

    def link(self, office: str, *, now: datetime, to: str = "") -> str:
        """An address that opens ``office``'s door, on its list or on the page ``to``."""
        address = f"{self.settings.portal_url}/door/{self.token(office, now=now)}"
        return f"{address}?to={quote(to)}" if to else address

    def open(self, session: Session, token: str, *, plan: Plan, now: datetime) -> str:
        """The office whose door a link opens at ``now``; raises ``DoorClosed`` saying why it does not."""
        try:
            office, made = self.serializer.loads(token)
            made_at = datetime.fromtimestamp(made, UTC)
        except (BadSignature, ValueError, TypeError, OverflowError, OSError):
            raise DoorClosed(
                "Đường dẫn không đúng. Có thể nó đã bị cắt ngắn khi chép; hãy mở lại từ thư, hoặc xin đường dẫn mới.",
                "This link is not right. It may have been cut short; open it from the message, or ask for a new one.",
            ) from None
        if now - made_at > timedelta(days=self.settings.link_days):
            raise DoorClosed(
                f"Đường dẫn đã quá {self.settings.link_days} ngày. Mở thư mới hơn, hoặc xin đường dẫn mới.",
                f"This link is older than {self.settings.link_days} days. Open a newer message, or ask for a new link.",
            )
        if not still_open(session, office, since=made_at):
            raise DoorClosed(
                "Đường dẫn này đã bị thu hồi. Mở thư mới hơn, hoặc xin đường dẫn mới.",
                "This link was revoked. Open a newer message, or ask for a new link.",
            )
        today = plan.current_office(office, local_date(now))
        if today != office:
            raise DoorClosed(
                f"{plan.office(office).name_vi} đã kết thúc hoạt động; việc do {plan.office(today).name_vi} tiếp nhận."
                " Xin đường dẫn mới cho cơ quan đó.",
                f"{plan.office(office).name_en} has ended; {plan.office(today).name_en} has taken over its work."
                " Ask for a new link for that office.",
            )
        return str(office)


def doors(settings: Settings) -> Doors:
    return Doors(settings, URLSafeSerializer(signing_key(settings), salt="door"))


def still_open(session: Session, office: str, *, since: datetime) -> bool:
    """Whether what was made at ``since`` for an office has not been revoked."""
    door = session.get(OfficeDoor, office)
    return door is None or since >= door.links_since


def revoke_links(session: Session, office: str, acting: Acting) -> None:
    """Make every link and session of an office void that was made up to now."""
    take_turn(session)
    # Links know whole seconds: one made in this very second is revoked too.
    since = acting.now.replace(microsecond=0) + timedelta(seconds=1)
    session.merge(OfficeDoor(office=acting.plan.office(office).code, links_since=since))
    record(session, [Fact("revoke_links", f"office:{office}", {})], actor=acting.actor, now=acting.now)
