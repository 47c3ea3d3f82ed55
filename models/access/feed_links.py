"""The addresses of calendar feeds: signed, long-lived, and opening nothing but the feed.

Other people's programs fetch them for years, so they are kept apart from the links in messages: a feed's address signs
nobody in. It ends at the end of the year after it was made, when its office or account ends, when that office's links
are revoked, and when it is revoked itself (``revoke_feed_address``).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from config.catalogue.plan import Plan
from config.clock import end_of_day, local_date, start_of_day
from config.errors import Refused
from config.settings import Settings
from models.access.limits import Limit, limit_in, limit_of
from models.access.office_links import are_links_valid, has_office_ended
from models.access.signed_links import LinkForged, Signer, to_millisecond
from models.access.signing_in import is_session_valid
from models.store.actor import ActorContext
from models.store.audit import also_about, lock_audit_chain, record
from models.tables.account import FeedRevocation, OfficeRevocation, User, UserRole

_JUST_AFTER = timedelta(milliseconds=1)


class FeedNotFound(Refused):
    """The address was not made here, or was cut short."""


class FeedEnded(Refused):
    """The address has expired or was revoked, or its office or account has ended."""


@dataclass(frozen=True)
class Feed:
    """Whose calendar: one office's work, or the work that one coordinator's account has to do with."""

    office: str | None = None
    user_id: int | None = None

    @property
    def key(self) -> str:
        """An office's code, or the account's number; a code never holds a colon."""
        return self.office or f"user:{self.user_id}"


@dataclass(frozen=True)
class Address:
    """The address of a feed, and the last day on which it is valid.

    limit  the directives that the account is limited to whose feed it is
    """

    feed: Feed
    url: str
    last_day: date
    limit: Limit = None


@dataclass(frozen=True)
class CalendarFeedLinks:
    """Makes the addresses of one portal's feeds and reads them."""

    settings: Settings
    signer: Signer

    def address(self, session: Session, feed: Feed, *, now: datetime) -> Address:
        """The address of a feed: the same one all year long, unless it is revoked."""
        year = local_date(now).year
        last_day = date(year + 1, 12, 31)
        issued_at = max([start_of_day(date(year, 1, 1)), *_earliest_issues(session, feed)])
        token = self.signer.issue(feed.key, now=issued_at, life=end_of_day(last_day) - issued_at)
        return Address(feed, f"{self.settings.portal_url}/calendar/{token}.ics", last_day)

    def open(self, session: Session, token: str, *, plan: Plan, now: datetime) -> Address:
        """The feed that a token opens at ``now``; raises ``FeedNotFound`` or ``FeedEnded``."""
        try:
            ticket = self.signer.read(token)
        except LinkForged:
            raise FeedNotFound("Không có lịch ở địa chỉ này.", "There is no calendar at this address.") from None
        kind, _, number = ticket.who.partition(":")
        feed = Feed(user_id=int(number)) if kind == "user" else Feed(office=ticket.who)
        revocation = session.get(FeedRevocation, feed.key)
        user = session.get(User, feed.user_id) if feed.user_id is not None else None
        limit = limit_in(plan, limit_of(user)) if user is not None else None
        good = (
            limit != frozenset()
            and now < ticket.expires_at
            and (revocation is None or ticket.issued_at > revocation.links_since)
            and _is_owner_active(session, feed, ticket.issued_at, plan=plan, now=now)
        )
        if not good:
            raise FeedEnded(
                "Địa chỉ lịch này không còn dùng được; sao chép địa chỉ mới ở mục «Lịch» của trang đôn đốc.",
                "This calendar address is no longer valid; copy the new one from 'Calendar' in the portal.",
            )
        url = f"{self.settings.portal_url}/calendar/{token}.ics"
        return Address(feed, url, local_date(ticket.expires_at - timedelta(seconds=1)), limit)


def feed_links(settings: Settings) -> CalendarFeedLinks:
    """The feed links of a portal; raises ``Refused`` when the signing key cannot be read or made."""
    return CalendarFeedLinks(settings, Signer(settings, "calendar"))


def revoke_feed_address(session: Session, feed: Feed, context: ActorContext) -> None:
    """Revoke every address of a feed made up to now; links and sessions stay as they are."""
    if feed.office is not None:
        feed = Feed(context.plan.office_named(feed.office).code)
    lock_audit_chain(session)
    session.merge(FeedRevocation(feed=feed.key, links_since=context.now))
    subject = f"office:{feed.office}" if feed.office else feed.key
    record(session, context, "change_calendar_address", subject)
    also_about(session, "feed", [feed.key])


def _is_owner_active(session: Session, feed: Feed, since: datetime, *, plan: Plan, now: datetime) -> bool:
    if feed.office is not None:
        return are_links_valid(session, feed.office, since=since) and not has_office_ended(plan, feed.office, now=now)
    user = session.get(User, feed.user_id)
    return is_session_valid(user, since=since) and user is not None and user.role is UserRole.COORDINATOR


def _earliest_issues(session: Session, feed: Feed) -> list[datetime]:
    """The earliest moments from which a new address is valid."""
    revocations = [
        session.get(FeedRevocation, feed.key),
        session.get(OfficeRevocation, feed.office) if feed.office is not None else None,
    ]
    earliest = [to_millisecond(each.links_since) + _JUST_AFTER for each in revocations if each is not None]
    if feed.user_id is not None and (user := session.get(User, feed.user_id)):
        earliest.append(to_millisecond(user.sessions_since))
    return earliest
