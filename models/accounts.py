"""Accounts of coordinators and managers, and the tokens of programs."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from config.boundary import refuse_personal_or_secret
from config.errors import Refused
from models.account import ApiToken, User, UserRole
from models.acting import Acting
from models.audit import Fact, record, take_turn
from models.errors import NotFound

LONGEST_TOKEN_LIFE = timedelta(days=366)

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")


def add_user(session: Session, *, email: str, post: str, role: UserRole, acting: Acting) -> User:
    """Register a coordinator or manager by address and post; raises ``Refused`` when the address is there already."""
    address = normal_email(email)
    title = refuse_personal_or_secret(post, "Chức danh")
    if not 2 <= len(title) <= 100:
        raise Refused("Chức danh: cần từ 2 đến 100 ký tự.", "Post: 2 to 100 characters are needed.")
    take_turn(session)
    if find_user(session, address) is not None:
        raise Refused(f"Địa chỉ {address} đã có tài khoản.", f"There is already an account for {address}.")
    user = User(email=address, post=title, role=role, created_at=acting.now, sessions_since=acting.now)
    session.add(user)
    session.flush()
    _record(session, "add_user", f"user:{user.id}", {"post": title, "role": role.value}, acting)
    return user


def disable_user(session: Session, email: str, acting: Acting) -> User:
    """Close an account and all its sessions; doing it twice changes nothing."""
    take_turn(session)
    user = _user(session, email)
    if user.disabled_at is None:
        user.disabled_at = acting.now
        _record(session, "disable_user", f"user:{user.id}", {}, acting)
    return user


def enable_user(session: Session, email: str, acting: Acting) -> User:
    """Open a closed account again; its earlier sessions stay void."""
    take_turn(session)
    user = _user(session, email)
    if user.disabled_at is not None:
        user.disabled_at, user.sessions_since = None, acting.now
        _record(session, "enable_user", f"user:{user.id}", {}, acting)
    return user


def users(session: Session) -> Sequence[User]:
    return session.scalars(select(User).order_by(col(User.id))).all()


def find_user(session: Session, email: str) -> User | None:
    """The account of an address, however its letters are written."""
    return session.scalars(select(User).where(func.lower(col(User.email)) == email.strip().lower())).one_or_none()


def normal_email(text: str) -> str:
    """The address in small letters; raises ``Refused`` when it is none."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    if len(address) > 200 or not _EMAIL.fullmatch(address):
        raise Refused(
            f"«{text[:80]}» không phải địa chỉ thư; viết như vanphong@tinh.example.",
            f"'{text[:80]}' is not a mail address; write it like office@province.example.",
        )
    return address


def make_token(
    session: Session, *, name: str, office: str | None, role: UserRole | None, days: int, acting: Acting
) -> str:
    """A new key for a program, of an office or with the rights of a role; shown here once and never again."""
    title = refuse_personal_or_secret(name, "Tên khóa")
    if not 2 <= len(title) <= 100:
        raise Refused("Tên khóa: cần từ 2 đến 100 ký tự.", "Name: 2 to 100 characters are needed.")
    if (office is None) == (role is None):
        raise Refused("Chọn một cơ quan hoặc một vai trò cho khóa.", "Choose either an office or a role for the token.")
    life = timedelta(days=days)
    if not timedelta(0) < life <= LONGEST_TOKEN_LIFE:
        raise Refused(
            f"Thời hạn {days} ngày không dùng được; từ 1 đến {LONGEST_TOKEN_LIFE.days} ngày.",
            f"A token lives from 1 to {LONGEST_TOKEN_LIFE.days} days.",
        )
    take_turn(session)
    plain = f"dd_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        name=title,
        sha256=_hash(plain),
        office=acting.plan.office(office).code if office else None,
        role=role,
        created_at=acting.now,
        expires_at=acting.now + life,
    )
    session.add(token)
    session.flush()
    facts: dict[str, object] = {
        "name": title,
        "office": token.office,
        "role": role.value if role else None,
        "days": days,
    }
    _record(session, "make_token", f"token:{token.id}", facts, acting)
    return plain


def revoke_token(session: Session, token_id: int, acting: Acting) -> None:
    """Make a token void; doing it twice changes nothing."""
    take_turn(session)
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound(f"Không có khóa số {token_id}.", f"There is no token {token_id}.")
    if token.revoked_at is None:
        token.revoked_at = acting.now
        _record(session, "revoke_token", f"token:{token_id}", {}, acting)


def tokens(session: Session) -> Sequence[ApiToken]:
    return session.scalars(select(ApiToken).order_by(col(ApiToken.id))).all()


def token_bearer(session: Session, plain: str, *, now: datetime) -> ApiToken | None:
    """The token that somebody shows, when it is good at ``now``."""
    token = session.scalars(select(ApiToken).where(col(ApiToken.sha256) == _hash(plain))).one_or_none()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    return token


def _hash(plain: str) -> str:
    # A token is random enough that a plain hash cannot be guessed back.
    return hashlib.sha256(plain.encode()).hexdigest()


def _user(session: Session, email: str) -> User:
    user = find_user(session, email)
    if user is None:
        raise NotFound(f"Không có tài khoản {email}.", f"There is no account for {email}.")
    return user


def _record(session: Session, verb: str, subject: str, facts: dict[str, object], acting: Acting) -> None:
    record(session, [Fact(verb, subject, facts)], actor=acting.actor, now=acting.now)
