"""Signing in with an account, and out again.

One signs in by a link that works once, within a quarter of an hour, or by an address that an OpenID Connect provider
vouches for. Signing in voids every sign-in link made before; closing the account voids every link and session.
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from config.errors import Refused
from config.settings import Settings
from models.access.accounts import MAKE_LINK, find_bound_user, find_user
from models.access.signed_links import LinkExpired, Signer, SignInRefused, to_millisecond
from models.store.actor import ActorContext
from models.store.audit import AuditEntry, lock_audit_chain, record, record_all
from models.store.upsert import insert_new
from models.tables.account import EndedSession, User

LINK_LIFE = timedelta(minutes=15)


class NoSuchAccount(SignInRefused):
    """There is no open account for whoever proved who they are."""


def user_link(settings: Settings, user: User, *, now: datetime, to: str = "") -> str:
    """An address that signs a user in, once, within ``LINK_LIFE``, at the beginning or on the page ``to``."""
    address = f"{settings.portal_url}/sign-in/{_signer(settings).issue(str(user.id), now=now, life=LINK_LIFE)}"
    return f"{address}?to={quote(to)}" if to else address


def hand_over_sign_in_link(session: Session, settings: Settings, user: User, context: ActorContext) -> str:
    """A sign-in link for whoever shows it to hand it over, as a fact; raises ``Refused`` for a closed account."""
    lock_audit_chain(session)
    session.refresh(user)
    if user.disabled_at is not None:
        raise Refused("Tài khoản đã khóa; mở lại trước.", "The account is closed; open it first.")
    record(session, context, MAKE_LINK, f"user:{user.id}")
    return user_link(settings, user, now=context.now)


def user_of_link(session: Session, settings: Settings, token: str, *, now: datetime) -> User:
    """The user whom a link would sign in at ``now``; changes nothing. Raises a ``SignInRefused``."""
    ticket = _signer(settings).read(token)
    user = session.get(User, int(ticket.who), populate_existing=True)
    if user is None or user.disabled_at is not None:
        raise _no_account()
    used = user.signed_in_at is not None and user.signed_in_at >= ticket.issued_at
    if now >= ticket.expires_at or used or not is_session_valid(user, since=ticket.issued_at):
        raise LinkExpired(
            f"Đường dẫn đã dùng, hoặc đã quá {LINK_LIFE.seconds // 60} phút. Xin đường dẫn mới.",
            f"This link has already been used, or is older than {LINK_LIFE.seconds // 60} minutes. Ask for a new one.",
        )
    return user


def sign_in_by_link(session: Session, settings: Settings, token: str, *, now: datetime) -> User:
    """Sign in and use up the link; of two uses at the same moment the second is refused."""
    lock_audit_chain(session)
    return _signed_in(session, user_of_link(session, settings, token, now=now), "link", now)


def sign_in_by_address(session: Session, email: str, *, now: datetime, issuer: str = "", subject: str = "") -> User:
    """Sign in a user whom an OpenID Connect provider vouches for; raises ``NoSuchAccount``.

    The address is compared whole, as the provider wrote it but for large and small letters. The first sign-in binds the
    account to the provider's ``subject``; from then on that subject alone opens it, whatever address goes with it.
    """
    lock_audit_chain(session)
    user = find_bound_user(session, issuer, subject) if subject else None
    if user is None:
        user = find_user(session, email) if email == email.strip() else None
        if user is not None and subject and user.openid_subject is not None and user.openid_issuer == issuer:
            raise _no_account()
    if user is None or user.disabled_at is not None:
        raise _no_account()
    if subject:
        user.openid_issuer, user.openid_subject = issuer, subject
    return _signed_in(session, user, "openid", now)


def is_session_valid(user: User | None, *, since: datetime) -> bool:
    """Whether a session or link made at ``since`` is valid: the account is open, and was not closed in between."""
    # A closed account makes no sessions, so one as old as its reopening came after it.
    return user is not None and user.disabled_at is None and since >= to_millisecond(user.sessions_since)


def end_session(session: Session, name: str, *, runs_out_at: datetime, now: datetime) -> None:
    """End the session ``name`` for good; ending it twice changes nothing.

    A session is a signed cookie, which nobody can take back; what can be kept is that it has ended. Those that have run
    out are forgotten here, so that the table stays as small as a day's signing out.
    """
    session.exec(delete(EndedSession).where(col(EndedSession.forget_at) <= now))
    session.exec(insert_new(session, EndedSession).values(session=name, forget_at=runs_out_at))


def was_ended(session: Session, name: str) -> bool:
    """Whether somebody signed out of the session ``name``."""
    return session.scalar(_ENDED, {"name": name}) is not None


_ENDED = select(EndedSession.session).where(EndedSession.session == bindparam("name"))


def _signed_in(session: Session, user: User, how: str, now: datetime) -> User:
    user.signed_in_at = now
    entries = [AuditEntry("sign_in", f"user:{user.id}", {"by": how})]
    record_all(session, entries, actor=f"{user.role.value}:{user.id}", now=now)
    return user


def _no_account() -> NoSuchAccount:
    return NoSuchAccount(
        "Tài khoản này không có hoặc đã khóa; hỏi người quản trị.",
        "There is no such account, or it is closed; ask the operator.",
    )


def _signer(settings: Settings) -> Signer:
    return Signer(settings, "sign-in")
