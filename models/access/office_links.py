"""Office links: whoever holds the link from a message acts for its office, for a set number of days.

A link names its office and when it was made, and is signed. It opens only that office's own list and assignments.
Moving an office's ``links_since`` forward revokes every link and session made before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.settings import Settings
from models.access.accounts import revoke_tokens
from models.access.signed_links import LinkExpired, Signer, SignInRefused
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.account import ApiToken, OfficeRevocation


class LinkRevoked(SignInRefused):
    """It was made before the office's links were revoked."""


class OfficeEnded(SignInRefused):
    """Its office has ended; the successor has links of its own."""


@dataclass(frozen=True)
class OfficeLinks:
    """Makes links of one portal and reads them."""

    settings: Settings
    signer: Signer

    def link(self, office: str, *, now: datetime, to: str = "") -> str:
        """A link that signs ``office`` in for ``link_days``, on its list or on the page ``to``."""
        return self.links(office, now=now)(to)

    def links(self, office: str, *, now: datetime) -> Callable[[str], str]:
        """``link`` for many pages at once, signed once."""
        life = timedelta(days=self.settings.link_days)
        address = f"{self.settings.portal_url}/door/{self.signer.issue(office, now=now, life=life)}"
        return lambda to: f"{address}?to={quote(to)}" if to else address

    def open(self, session: Session, token: str, *, plan: Plan, now: datetime) -> str:
        """The office that a link signs in at ``now``; raises a ``SignInRefused`` that says why not."""
        ticket = self.signer.read(token)
        if now >= ticket.expires_at:
            days, ended = ticket.life.days, f"{ticket.expires_at.astimezone(HANOI):%d/%m/%Y}"
            raise LinkExpired(
                f"Đường dẫn đã quá {days} ngày (hết hạn {ended}). Mở thư mới hơn, hoặc xin đường dẫn mới.",
                f"This link expired on {ended}, after {days} days. Open a newer message, or ask for a new link.",
            )
        if not are_links_valid(session, ticket.who, since=ticket.issued_at):
            raise LinkRevoked(
                "Đường dẫn này đã bị thu hồi. Mở thư mới hơn, hoặc xin đường dẫn mới.",
                "This link was revoked. Open a newer message, or ask for a new link.",
            )
        if has_office_ended(plan, ticket.who, now=now):
            raise _ended(plan, ticket.who, now)
        return ticket.who


def office_links(settings: Settings) -> OfficeLinks:
    """The office links of a portal; raises ``Refused`` when the signing key cannot be read or made."""
    return OfficeLinks(settings, Signer(settings, "door"))


def are_links_valid(session: Session, office: str, *, since: datetime) -> bool:
    """Whether links and sessions of an office made at ``since`` are not revoked."""
    revoked_at = session.scalar(_REVOKED_AT, {"office": office})
    return revoked_at is None or since > revoked_at


_REVOKED_AT = select(OfficeRevocation.links_since).where(OfficeRevocation.office == bindparam("office"))


def has_office_ended(plan: Plan, office: str, *, now: datetime) -> bool:
    """Whether an office has ended: its last day is past, or the plan no longer knows it."""
    found = next((each for each in plan.offices if each.code == office), None)
    return found is None or (found.valid_to is not None and found.valid_to < local_date(now))


def hand_over_link(session: Session, settings: Settings, office: str, context: ActorContext) -> str:
    """A fresh link for an office that asks by telephone, as a fact; raises ``Refused`` for an unknown office."""
    code = context.plan.office_named(office).code
    if has_office_ended(context.plan, code, now=context.now):
        raise _ended(context.plan, code, context.now)
    lock_audit_chain(session)
    record(session, context, "make_office_link", f"office:{code}")
    return office_links(settings).link(code, now=context.now)


def revoke_links(session: Session, office: str, context: ActorContext) -> None:
    """Revoke every link, session and token of an office made up to now; raises ``Refused`` for an unknown office."""
    code = context.plan.office_named(office).code
    lock_audit_chain(session)
    session.merge(OfficeRevocation(office=code, links_since=context.now))
    revoked = revoke_tokens(session, col(ApiToken.office) == code, context.now)
    record(session, context, "revoke_links", f"office:{code}", **revoked)


def _ended(plan: Plan, office: str, now: datetime) -> OfficeEnded:
    today = local_date(now)
    coordinator = plan.coordinator_on(plan.main_directive, today)
    named = {each.code: each for each in plan.offices}
    gone, successor = named.get(office), named.get(plan.current_office(office, today)) if office in named else None
    if gone is not None and successor is not None and successor.exists_on(today):
        return OfficeEnded(
            f"{gone.name_vi} đã kết thúc hoạt động; việc do {successor.name_vi} tiếp nhận. Xin đường dẫn mới cho"
            f" cơ quan đó, hoặc hỏi {coordinator.name_vi}.",
            f"{gone.name_en} has ended; {successor.name_en} has taken over its work. Ask for a new link for that"
            f" office, or ask {coordinator.name_en}.",
        )
    return OfficeEnded(
        f"{gone.name_vi if gone else 'Cơ quan này'} không còn nhận việc; hỏi {coordinator.name_vi}.",
        f"{gone.name_en if gone else 'This office'} no longer takes part; ask {coordinator.name_en}.",
    )
