"""Accounts of coordinators and managers, and the keys of programs."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from config.boundary import checked_line
from config.errors import Refused
from models.store.actor import ActorContext
from models.store.audit import also_about, last_event, lock_audit_chain, record
from models.tables.account import ApiToken, User, UserRole
from models.tables.errors import NotFound

MAX_TOKEN_LIFE = timedelta(days=366)
TOKEN_PREFIX = "dd_"

SAMPLE_DOMAIN = "mau.example"
"""Of the accounts that come with the sample; no mail reaches it."""

_RANDOM_BYTES = 32  # 43 characters
_USE_NOTED_EVERY = timedelta(hours=1)

_EMAIL = re.compile(r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_LONGEST_LOCAL_PART = 64
_LONGEST_NAME = 100
_ADD = "add_user"
MAKE_LINK = "make_sign_in_link"
"""The verb of the audit event of a link that was handed over, which changes nothing of the account."""

ADDED_AGAIN_FOR = timedelta(minutes=10)
"""How long the same account added once more is the one that is there: the answer may have been lost."""


def add_user(
    session: Session,
    *,
    email: str,
    post: str,
    role: UserRole,
    context: ActorContext,
    directives: Collection[str] = (),
) -> User:
    """Register a coordinator or manager by address and post; the same once more, by the same actor, soon and with
    nothing done since, is the account that is there.

    directives  the only ones that it has to do with, by their codes; none for all

    Raises ``Refused`` when the address is there otherwise.
    """
    address = normalize_email(email)
    title = checked_post(post)
    codes = known_codes(directives, context)
    # Not the address: the trail is for ever, and may be read by others.
    details = {"post": title, "role": role.value} | ({"directives": codes} if codes else {})
    lock_audit_chain(session)
    there = find_user(session, address)
    if there is not None:
        last = last_event(session, f"user:{there.id}", besides=MAKE_LINK)
        if (
            last is not None
            and (last.verb, last.actor, last.details) == (_ADD, context.actor, details)
            and context.now - last.at < ADDED_AGAIN_FOR
        ):
            return there
        raise Refused(
            f"Địa chỉ {address} đã có tài khoản; sửa tài khoản đó trong danh sách.",
            f"There is already an account for {address}; change it in the list of accounts.",
            command="dondoc user list",
        )
    user = User(email=address, post=title, role=role, created_at=context.now, sessions_since=context.now)
    user.directives = codes or None
    session.add(user)
    session.flush()
    record(session, context, _ADD, f"user:{user.id}", **details)
    return user


def checked_post(post: str) -> str:
    """The post of an account in one line; raises ``Refused`` for a person's name."""
    return checked_line(post, "Chức danh", "Post", shortest=2, longest=_LONGEST_NAME)


def known_codes(directives: Collection[str], context: ActorContext) -> list[str]:
    """These directives by their codes, in order; raises ``Refused`` for what the plan does not have, blank too."""
    return sorted({context.plan.directive(each.strip()).code for each in directives})


def disable_user(session: Session, email: str, context: ActorContext) -> User:
    """Close an account with its sessions, sign-in links and tokens; doing it twice changes nothing."""
    lock_audit_chain(session)
    user = existing_user(session, email)
    if user.disabled_at is None:
        user.disabled_at = user.sessions_since = context.now
        revoked = revoke_tokens(session, col(ApiToken.owner_id) == user.id, context.now)
        record(session, context, "disable_user", f"user:{user.id}", **revoked)
    return user


def enable_user(session: Session, email: str, context: ActorContext) -> User:
    """Open a closed account again; its earlier sessions, sign-in links and tokens stay void.

    It is nobody's at the OpenID Connect provider any more: who signs in there next with its address has it, as when
    a post passes to a successor.
    """
    lock_audit_chain(session)
    user = existing_user(session, email)
    if user.disabled_at is not None:
        user.disabled_at, user.sessions_since = None, context.now
        user.openid_issuer = user.openid_subject = None
        record(session, context, "enable_user", f"user:{user.id}")
    return user


def users(session: Session, *, role: UserRole | None = None, enabled: bool | None = None) -> Sequence[User]:
    """Accounts in the order of their making: all, or those of a role, or those that are open (or closed)."""
    query = select(User).order_by(col(User.id))
    if role is not None:
        query = query.where(User.role == role)
    if enabled is not None:
        query = query.where(col(User.disabled_at).is_(None) if enabled else col(User.disabled_at).is_not(None))
    return session.exec(query).all()


def find_user(session: Session, email: str) -> User | None:
    """The account of an address, however its letters are written; a closed one too."""
    address = fold_email(email)
    return session.exec(select(User).where(func.lower(User.email) == address)).one_or_none() if address else None


def find_bound_user(session: Session, issuer: str, subject: str) -> User | None:
    """The account that was bound to a subject of an OpenID Connect provider; a closed one too."""
    bound = (col(User.openid_issuer) == issuer, col(User.openid_subject) == subject)
    return session.exec(select(User).where(*bound)).one_or_none()


LONGEST_EMAIL = 254
"""Characters of an address (RFC 5321, as mended by erratum 1690); nothing longer is looked at."""


def fold_email(text: str) -> str:
    """The address in the one way of writing by which it is known and counted; empty for what is too long for one."""
    return unicodedata.normalize("NFC", text).strip().lower() if len(text) <= LONGEST_EMAIL else ""


def normalize_email(text: str) -> str:
    """The address in small letters; raises ``Refused`` when it is none."""
    address = fold_email(text)
    local = address.partition("@")[0]
    if len(address) > 200 or len(local) > _LONGEST_LOCAL_PART or not _EMAIL.fullmatch(address):
        raise Refused(
            f"«{text.strip()[:80]}» không phải địa chỉ thư; viết như vanphong@tinh.example.",
            f"'{text.strip()[:80]}' is not a mail address; write it like office@province.example.",
        )
    return address


def make_token(
    session: Session,
    *,
    name: str,
    office: str | None,
    role: UserRole | None,
    days: int,
    context: ActorContext,
    owner: str | None = None,
) -> str:
    """Make a token for a program, of an office or with the rights of a role; returns it, once and never again.

    owner  address of the account that answers for a token of a role, and with which it ends
    """
    title = checked_line(name, "Tên khóa", "Name", shortest=2, longest=_LONGEST_NAME)
    if (office is None) == (role is None):
        raise Refused(
            "Khóa thuộc về một cơ quan hoặc một vai trò: chọn một trong hai.",
            "A token belongs to an office or to a role: choose one of the two.",
        )
    code = context.plan.office_named(office).code if office is not None else None
    if not 1 <= days <= MAX_TOKEN_LIFE.days:
        raise Refused(
            f"Thời hạn {days} ngày không dùng được; từ 1 đến {MAX_TOKEN_LIFE.days} ngày.",
            f"{days} days is not allowed; a token can be valid for 1 to {MAX_TOKEN_LIFE.days} days.",
        )
    lock_audit_chain(session)
    account = _owner(session, owner, role) if owner is not None else None
    plain = f"{TOKEN_PREFIX}{secrets.token_urlsafe(_RANDOM_BYTES)}"
    token = ApiToken(
        name=title,
        sha256=_hash(plain),
        office=code,
        role=role,
        owner_id=account.id if account is not None else None,
        created_at=context.now,
        expires_at=context.now + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    held_by = {"office": code, "role": role.value if role else None}
    if account is not None:
        held_by["owner"] = f"user:{account.id}"
    record(session, context, "make_token", f"token:{token.id}", name=title, **held_by, days=days)
    return plain


def revoke_token(session: Session, token_id: int, context: ActorContext) -> ApiToken:
    """Make a token void; doing it twice changes nothing."""
    lock_audit_chain(session)
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(
            f"Không có khóa số {token_id}; xem danh sách khóa.",
            f"There is no token no. {token_id}; see the list of tokens.",
            command="dondoc token list",
        )
    if token.revoked_at is None:
        token.revoked_at = context.now
        record(session, context, "revoke_token", f"token:{token_id}")
    return token


def tokens(session: Session) -> Sequence[ApiToken]:
    """All tokens ever made, revoked ones too."""
    return session.exec(select(ApiToken).order_by(col(ApiToken.id))).all()


def find_token(session: Session, plain: str, *, now: datetime) -> ApiToken | None:
    """The token if it is valid at ``now``, or None. The caller checks whether its office has ended."""
    if not plain.startswith(TOKEN_PREFIX) or len(plain) > 100:
        return None
    token = session.exec(select(ApiToken).where(ApiToken.sha256 == _hash(plain))).one_or_none()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    if token.owner_id is not None:
        owner = session.get(User, token.owner_id)
        if owner is None or owner.disabled_at is not None:
            return None
    return token


def should_record_use(token: ApiToken, *, now: datetime) -> bool:
    """Whether ``used_at`` is old enough to be worth a write: most requests only read."""
    return token.used_at is None or now - token.used_at >= _USE_NOTED_EVERY


def record_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Record when a token was last used, so that forgotten ones can be found and revoked."""
    if (token := session.get(ApiToken, token_id)) is not None:
        token.used_at = now


def revoke_tokens(session: Session, of: ColumnElement[bool], now: datetime) -> dict[str, list[int]]:
    """Make the valid tokens ``of`` a kind void; returns their numbers under ``tokens``, for the record, if any."""
    valid = session.exec(
        select(ApiToken).where(of, col(ApiToken.revoked_at).is_(None)).order_by(col(ApiToken.id))
    ).all()
    for token in valid:
        token.revoked_at = now
    also_about(session, "token", [token.id for token in valid])
    return {"tokens": [token.id or 0 for token in valid]} if valid else {}


def _owner(session: Session, email: str, role: UserRole | None) -> User:
    """The open account that may own a token of this role."""
    owner = existing_user(session, email)
    if owner.disabled_at is not None:
        raise Refused(f"Tài khoản {owner.email} đã khóa.", f"The account {owner.email} is closed.")
    if role is None:
        raise Refused(
            "Khóa của cơ quan thuộc về cơ quan; chỉ ghi người giữ khóa cho khóa theo vai trò.",
            "An office's token belongs to the office; an owner is given only for a token by role.",
        )
    if role is UserRole.COORDINATOR and owner.role is not UserRole.COORDINATOR:
        raise Refused(
            f"{owner.email} chỉ xem; không thể giữ khóa đôn đốc.",
            f"{owner.email} has read-only access and cannot own a coordinator's token.",
        )
    return owner


def _hash(plain: str) -> str:
    # A token is random enough that a plain hash cannot be guessed back.
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def existing_user(session: Session, email: str) -> User:
    """The account of an address, a closed one too; raises ``NotFound``."""
    user = find_user(session, email)
    if user is None:
        raise NotFound(
            f"Không có tài khoản «{email.strip()[:80]}»; xem danh sách tài khoản.",
            f"There is no account '{email.strip()[:80]}'; see the list of accounts.",
            command="dondoc user list",
        )
    return user
